"""The walls of the house: who may import whom, and who may write.

This table is the architecture. Adding a line, or an exception to one, is an architectural
decision and should look like one in review.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

STDLIB = tuple(sorted(sys.stdlib_module_names))
QT = ("PySide6", "shiboken6", "PyQt*", "pyqtgraph")
THREADS = (
    "threading",
    "_thread",
    "asyncio",
    "concurrent",
    "multiprocessing",
    "PySide6.QtCore.QThread*",
    "PySide6.QtCore.QRunnable",
    "PySide6.QtConcurrent",
)
# Heavy guests that load when first needed. Only these may be imported inside a function.
DEFERRED = ("pandas", "numpy", "pyqtgraph", "alembic", "pypinyin", "python_calamine", "openpyxl")
# Small values and words that every rule may use; all of them standard library only.
PLAIN = ("lumi_desk.because", "lumi_desk.clock", "lumi_desk.errors", "lumi_desk.money")


@dataclass(frozen=True)
class Wall:
    """What files of a place may not import, or (`only`) all they may.

    Places are patterns of paths, names patterns of dotted names; a name covers what is in it, and
    `{room}` is the room of the importing file.
    """

    where: tuple[str, ...]
    why: str
    never: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    but_in: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


@dataclass(frozen=True)
class Import:
    """One imported name, dotted in full, and where."""

    file: str
    line: int
    name: str
    deferred: bool

    @property
    def room(self) -> str:
        """The folder of the file inside its package."""
        return self.file.split("/")[1]


CORE = "lumi_desk/*"
EVERYWHERE = ("lumi_desk/*", "ui/*")


def door(guest: tuple[str, ...], *homes: str) -> Wall:
    """One door for a guest: its homes and no other file may import it."""
    return Wall(EVERYWHERE, f"{guest[0]} has its own door", never=guest, but_in=homes)


WALLS = (
    Wall((CORE,), "the core knows no screen", never=("ui", *QT)),
    Wall(
        ("lumi_desk/*/rules.py",),
        "rules import the standard library, other rules and plain values",
        only=(*STDLIB, "lumi_desk.*.rules", *PLAIN),
    ),
    Wall(
        ("lumi_desk/*/rules.py",),
        "rules are handed the time, the dice and the ids",
        never=("lumi_desk.clock.now", "random", "secrets", "uuid", "time"),
    ),
    Wall(
        tuple(f"{name.replace('.', '/')}.py" for name in PLAIN),
        "what rules stand on stands on nothing",
        only=(*STDLIB, *PLAIN),
    ),
    Wall(
        ("lumi_desk/__init__.py", "lumi_desk/__main__.py", "lumi_desk/launcher/*"),
        "the launcher runs before anything is installed",
        only=(*STDLIB, "lumi_desk.launcher"),
    ),
    Wall(
        EVERYWHERE,
        "nobody imports the hub",
        never=("lumi_desk.hub",),
        but_in=("lumi_desk/hub/*", "lumi_desk/demo/founding.py"),
    ),
    Wall(
        EVERYWHERE,
        "nobody imports the demonstration",
        never=("lumi_desk.demo",),
        but_in=("lumi_desk/demo/*",),
    ),
    Wall(
        ("ui/*/presenter.py", "ui/*/screen.py", "ui/lane.py", "ui/words.py"),
        "presenters know no Qt",
        never=(*QT, "ui.*.view", "ui.background", "ui.theme"),
    ),
    Wall(
        ("ui/*",),
        "the screen asks services, not tables",
        never=("lumi_desk.*.tables", "lumi_desk.storage", "sqlalchemy"),
        but=("sqlalchemy.orm.Session",),
    ),
    Wall(
        ("lumi_desk/*/service.py",),
        "rooms use each other's rules and services, never each other's tables",
        never=("lumi_desk.*.tables",),
        but=("lumi_desk.{room}.tables",),
        but_in=("lumi_desk/reports/*", "lumi_desk/imports/*"),
    ),
    Wall(
        ("migrations/*",),
        "a bundle keeps migrations as data and does not see what they import",
        only=(*STDLIB, "alembic", "sqlalchemy"),
    ),
    Wall(
        EVERYWHERE,
        "threads live in one module",
        never=THREADS,
        but_in=(
            "ui/background.py",
            "lumi_desk/telephony/*",
            "lumi_desk/hub/poke.py",
            "lumi_desk/hub/lanes.py",
        ),
    ),
    door(("pandas", "numpy"), "lumi_desk/imports/readers.py", "lumi_desk/reports/frames.py"),
    door(
        ("python_calamine", "openpyxl"), "lumi_desk/imports/workbooks.py", "lumi_desk/*/export.py"
    ),
    door(("keyring",), "lumi_desk/security/vault.py"),
    door(("argon2", "cryptography"), "lumi_desk/security/*"),
    door(("http", "truststore", "urllib.request"), "lumi_desk/sync/line.py"),
    door(("httpx2", "httpx", "requests", "urllib3")),
    door(("fastapi", "starlette", "uvicorn"), "lumi_desk/hub/*"),
    door(("alembic",), "lumi_desk/schema.py"),
    door(("sqlcipher3", "sqlite3", "psycopg"), "lumi_desk/storage/*"),
    door(("platformdirs",), "lumi_desk/paths.py"),
    door(("uuid6", "uuid_utils"), "lumi_desk/ids.py"),
)

# Who may write to the database. Everyone else hands an operation to `desk.do`.
WRITERS = (
    "lumi_desk/*/operations.py",
    "lumi_desk/*/service.py",
    "lumi_desk/imports/*",
    "lumi_desk/hub/*",
    "lumi_desk/sync/*",
    "lumi_desk/storage/*",
    "lumi_desk/demo/*",
    "lumi_desk/desk.py",
)
COMMITTERS = ("lumi_desk/storage/*",)
TELLS_TIME = ("lumi_desk/clock.py",)
_WRITES = {"add", "add_all", "merge", "delete", "bulk_save_objects", "bulk_insert_mappings"}
_STATEMENTS = {"insert", "update", "delete"}
_NOW = {"now", "utcnow", "today"}


def broken_walls(root: Path) -> list[str]:
    """Return a sentence for every import that goes through a wall."""
    found = []
    for file in source_files(root):
        for imported in imports(root, file):
            found += [_said(imported, wall.why) for wall in WALLS if breaks(imported, wall)]
            if imported.deferred and not _matches(imported.name, DEFERRED):
                found.append(_said(imported, "imports stand at the top, but for deferred doors"))
    return found


def strange_writers(root: Path) -> list[str]:
    """Return a sentence for every write, commit or look at the clock outside its place."""
    found = []
    for file in source_files(root):
        path = file.relative_to(root).as_posix()
        for line, name, places in _doings(ast.parse(file.read_text(encoding="utf-8"))):
            if not _at(path, places):
                found.append(f"{path}:{line} calls {name}: only {', '.join(places)} may")
    return found


def breaks(imported: Import, wall: Wall) -> bool:
    """Say whether an import goes through a wall."""
    if not _at(imported.file, wall.where) or _at(imported.file, wall.but_in):
        return False
    if wall.only:
        return not _matches(imported.name, wall.only)
    but = tuple(one.replace("{room}", imported.room) for one in wall.but)
    return _matches(imported.name, wall.never) and not _matches(imported.name, but)


def source_files(root: Path) -> list[Path]:
    """Return every file of ours that walls are about."""
    folders = ("lumi_desk", "ui", "migrations")
    return sorted(file for folder in folders for file in (root / folder).rglob("*.py"))


def imports(root: Path, file: Path) -> Iterator[Import]:
    """Read the imports of a file without running it."""
    path = file.relative_to(root).as_posix()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inside = {id(node) for function in _functions(tree) for node in ast.walk(function)}
    for node in ast.walk(tree):
        for name in _names(node):
            yield Import(path, node.lineno, name, id(node) in inside)  # type: ignore[attr-defined]


def _functions(tree: ast.AST) -> list[ast.AST]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _doings(tree: ast.AST) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield line, name and allowed places of everything only some may do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for alias in node.names:
                if alias.name in _STATEMENTS:
                    yield node.lineno, f"sqlalchemy.{alias.name}", WRITERS
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, doing = ast.unparse(node.func.value), node.func.attr
            if owner.endswith("session") and doing in _WRITES:
                yield node.lineno, f"{owner}.{doing}", WRITERS
            if owner.endswith("session") and doing == "commit":
                yield node.lineno, f"{owner}.{doing}", COMMITTERS
            if owner in ("datetime", "date", "datetime.datetime") and doing in _NOW:
                yield node.lineno, f"{owner}.{doing}", TELLS_TIME


def _at(path: str, places: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, place) for place in places)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, each) for one in patterns for each in (one, f"{one}.*"))


def _said(imported: Import, why: str) -> str:
    return f"{imported.file}:{imported.line} imports {imported.name}: {why}"
