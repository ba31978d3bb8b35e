"""What no file of the project may say, how large it may be, and what stands at the top."""

import ast
import re

import pytest

from tests.house import tree

TOP = {
    ".ci",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "build.spec",
    "docs",
    "lumi_desk",
    "migrations",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "resources",
    "tests",
    "ui",
}
# Each with a letter in brackets, so that this file does not say it itself.
FORBIDDEN = {
    "a package registry's address": r"pypi[.]org|python[h]osted|npmj[s]|/simpl[e]/?['\"]?$",
    "a path of one machine": r"(?<![\w.$}>])/(?:w[o]rk|r[o]ot|h[o]me|t[m]p|U[s]ers)/\w",
    "the word that is never used for a customer": "\u987e\u5ba2",
    "a promise instead of work": r"\b(?:TOD[O]|FIXM[E]|XX[X])\b",
}
# A test may say what the interface must not.
MAY_SAY = {"the word that is never used for a customer": "tests/"}
LONGEST_FUNCTION = 45
LONGEST_MODULE = 500


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_says(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    said = [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}"
        for path, text in tree.texts()
        if not path.startswith(MAY_SAY.get(what, "nowhere"))
        for found in pattern.finditer(text)
    ]
    assert said == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a package registry's address", "https://files.python" + "hosted.org/x"),
        ("a package registry's address", "http://localhost:8080/sim" + "ple/"),
        ("a path of one machine", 'open("/wo' + 'rk/main/x")'),
        ("a path of one machine", "cd /ho" + "me/li/desk"),
        ("the word that is never used for a customer", "尊敬的" + "\u987e\u5ba2"),
        ("a promise instead of work", "# TO" + "DO later"),
    ],
)
def test_a_planted_word_is_found(what: str, text: str) -> None:
    assert re.search(FORBIDDEN[what], text, re.MULTILINE)


def test_a_folder_of_another_name_is_no_machine_path() -> None:
    assert not re.search(FORBIDDEN["a path of one machine"], "lumi_desk/wo" + "rk/list")


def test_the_top_level_holds_what_it_should() -> None:
    assert {path.relative_to(tree.ROOT).parts[0] for path in tree.files()} <= TOP


def test_every_text_ends_lines_alike() -> None:
    assert [path for path, text in tree.texts() if "\r" in text] == []


def test_every_module_says_in_one_line_what_it_is_for() -> None:
    silent = []
    for path, text in _modules():
        said = ast.get_docstring(ast.parse(text))
        if not said or len(said.splitlines()[0]) > 100:
            silent.append(path)
    assert silent == []


def test_no_function_is_too_long() -> None:
    long = [
        f"{path}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path, text in _modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_is_too_long() -> None:
    lengths = {path: text.count("\n") for path, text in _modules()}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def _modules() -> list[tuple[str, str]]:
    places = ("lumi_desk/", "ui/", "tests/")
    return [
        (path, text)
        for path, text in tree.texts()
        if path.endswith(".py") and path.startswith(places) and text.strip()
    ]
