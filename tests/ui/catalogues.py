"""What the sources say and what the catalogues hold; run as a module, it brings them together.

`python -m tests.ui.catalogues [FILE…]` writes both catalogues anew: messages no longer in the
sources leave, new ones come in, English ones say what they say. Each FILE holds lines of
`message<TAB>Chinese`. It ends with the messages that still want a translation.
"""

import ast
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from ui.words import Language

ROOT = Path(__file__).resolve().parents[2]
_HEADER = """\
# The words of Lumi Desk.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS: dict[str, tuple[int, ...] | None] = {"tr": None, "N_": None, "trn": (1, 2)}


def in_sources() -> Catalog:
    """Every message marked in `ui` and `lumi_desk`, with the files it stands in."""
    found = Catalog(project="Lumi Desk", charset="utf-8", fuzzy=False)
    for package in ("lumi_desk", "ui"):
        rows = extract_from_dir(ROOT / package, [("**.py", "python")], keywords=KEYWORDS)
        for name, _line, message, _comments, _context in rows:
            place = f"{package}/{Path(name).as_posix()}"
            found.add(message, locations=[(place, 1)], flags=())
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            for message in inside_f_strings(ast.parse(path.read_text("utf-8"))):
                found.add(message, locations=[(place, 1)], flags=())
    return found


def inside_f_strings(tree: ast.AST) -> Iterator[str | tuple[str, ...]]:
    """Messages marked within an f-string: before Python 3.12 Babel's extractor passes them by."""
    for outer in ast.walk(tree):
        if not isinstance(outer, ast.JoinedStr):
            continue
        for call in ast.walk(outer):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                many = {"tr": 1, "N_": 1, "trn": 2}.get(call.func.id, 0)
                values = [each.value for each in call.args[:many] if isinstance(each, ast.Constant)]
                texts = tuple(value for value in values if isinstance(value, str))
                if texts:
                    yield texts[0] if many == 1 else texts


def path(language: Language) -> Path:
    folder = ROOT / "resources" / "translations" / language.value / "LC_MESSAGES"
    return folder / "lumi.po"


def stored(language: Language) -> Catalog:
    with path(language).open("rb") as file:
        return read_po(file, locale=language.value)


def messages(catalogue: Catalog) -> dict[str, Message]:
    """By their (singular) message, the header left out."""
    return {forms(message.id)[0]: message for message in catalogue if message.id}


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """The forms of a message or of its translation: one, or one for each plural."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def fields(text: str) -> set[str]:
    """The named fields of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def bring_together(language: Language, given: dict[str, str]) -> list[str]:
    """Write one catalogue anew; returns the messages that want a translation."""
    old = messages(stored(language)) if path(language).exists() else {}
    new = Catalog(locale=language.value, charset="utf-8", fuzzy=False)
    wanting = []
    for key, message in sorted(messages(in_sources()).items()):
        known = _known(message, old.get(key), language, given)
        if known is None:
            wanting.append(key)
        places = sorted({name for name, _ in message.locations})
        new.add(message.id, known or "", locations=[(name, 1) for name in places])
    path(language).parent.mkdir(parents=True, exist_ok=True)
    with path(language).open("wb") as file:
        # Babel's own header holds the minute of its making, which would differ each time.
        file.write(_HEADER.format(language=language.value, plurals=new.plural_forms).encode())
        write_po(file, new, width=96, include_lineno=False, omit_header=True)
    return wanting


def _known(
    message: Message, old: Message | None, language: Language, given: dict[str, str]
) -> str | tuple[str, ...] | None:
    key = forms(message.id)[0]
    if language is Language.ENGLISH:
        return message.id if isinstance(message.id, str) else tuple(message.id)
    if key in given:
        return given[key] if isinstance(message.id, str) else (given[key],)
    said = forms(old.string) if old is not None else ("",)
    if not all(said):
        return None
    return said[0] if isinstance(message.id, str) else said


def _given(files: list[str]) -> dict[str, str]:
    lines = [line for name in files for line in Path(name).read_text("utf-8").splitlines()]
    pairs = [line.replace("\\n", "\n").split("\t") for line in lines if "\t" in line]
    return {pair[0]: pair[1] for pair in pairs}


if __name__ == "__main__":
    chinese = _given(sys.argv[1:])
    for each in Language:
        for wanted in bring_together(each, chinese):
            sys.stdout.write(f"{each.value}\t{wanted}\n")
