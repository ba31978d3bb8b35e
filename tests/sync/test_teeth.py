"""The fleet bites: every one of these deliberate faults of the engine is noticed."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("lumi_desk", "ui", "migrations", "resources", "tests", "pyproject.toml")
CHECKS = (
    "tests/sync/test_found.py",
    "tests/sync/test_rounds.py",
    "tests/hub/test_together.py",
    "tests/sync/test_fleet.py",
)


@dataclass(frozen=True)
class Fault:
    """One line of the engine, and what it is replaced by."""

    file: str
    line: str
    instead: str


FAULTS = {
    "versions stand still": Fault(
        "lumi_desk/sync/feed.py", "values(ver=table.c.ver + 1)", "values(ver=table.c.ver)"
    ),
    "a removed record stays in the digest": Fault(
        "lumi_desk/sync/feed.py",
        'writing.change -= digest.of_record(plan.entity, plan.pk, old["ver"])',
        "pass",
    ),
    "children of who leaves are not forgotten": Fault(
        "lumi_desk/sync/feed.py",
        "writings[stream].change -= _forget_children(session, stream, roots)",
        "pass",
    ),
    "a head is not raised": Fault("lumi_desk/sync/feed.py", "heads[stream] += 1", "pass"),
    "who comes back is not new": Fault(
        "lumi_desk/sync/feed.py",
        'old["entered"] if is_put and was_put else seq',
        'old["entered"] if old else seq',
    ),
    "everybody is delivered to everybody": Fault(
        "lumi_desk/sync/feed.py",
        "return frozenset({rep_stream(holder)} if holder else ())",
        'return frozenset({"catalog"})',
    ),
    "an answer is not kept": Fault(
        "lumi_desk/hub/accept.py",
        "session.add(_keep(person_id, client_id, envelope, answer, now))",
        "pass",
    ),
    "others' customers are written to": Fault(
        "lumi_desk/hub/accept.py", "if not _in_scope(session, person, op):", "if False:"
    ),
    "a late claim is not settled": Fault(
        "lumi_desk/hub/accept.py", "if not pairs:\n        return []", "return []"
    ),
    "the cursor goes ahead of the rows": Fault(
        "lumi_desk/sync/cache.py", "cursor.seq = page.seq", "cursor.seq = page.head"
    ),
    "an earlier stay is not cleared": Fault(
        "lumi_desk/sync/cache.py",
        "_clear_trees(session, page.stream, [c.pk for c in page.changes if c.tree is not None])",
        "pass",
    ),
    "waiting work is not done again": Fault(
        "lumi_desk/sync/cache.py",
        "_write_changes(session, page, columns, round_)\n    outbox.lay(session, customers)",
        "_write_changes(session, page, columns, round_)",
    ),
    "waiting work is not taken off first": Fault(
        "lumi_desk/sync/cache.py",
        "outbox.lift(session, customers)\n    _write_changes",
        "_write_changes",
    ),
    "children outlive their customer": Fault(
        "lumi_desk/sync/cache.py",
        "if entity == CUSTOMER.name:\n        for child in CHILDREN:",
        "if False:\n        for child in CHILDREN:",
    ),
    "acknowledged work is not sent again": Fault(
        "lumi_desk/sync/round.py", "outbox.send_again(session, now())", "pass"
    ),
    "work that was taken is forgotten at once": Fault(
        "lumi_desk/sync/outbox.py", "row.answered = True", "session.delete(row)"
    ),
    "refused work stays on the rows": Fault(
        "lumi_desk/sync/outbox.py",
        "lift(session, customers)\n    for op_id, row in found.items():",
        "for op_id, row in found.items():",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, to be broken."""
    folder = tmp_path_factory.mktemp("teeth")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def bites(folder: Path) -> bool:
    """Whether the checks fail in that copy."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    chosen = [*CHECKS, "-k", "not postgres", "-m", "not slow and not soak"]
    done = subprocess.run(
        [*command, "-p", "no:randomly", *chosen],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 1


@pytest.mark.slow
def test_the_engine_as_it_is_passes(copy: Path) -> None:
    assert not bites(copy)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(copy: Path, name: str) -> None:
    fault = FAULTS[name]
    file = copy / fault.file
    sound = file.read_text("utf-8")
    assert sound.count(fault.line) == 1, f"{fault.file} no longer says: {fault.line}"
    file.write_text(sound.replace(fault.line, fault.instead), "utf-8")
    try:
        assert bites(copy)
    finally:
        file.write_text(sound, "utf-8")
