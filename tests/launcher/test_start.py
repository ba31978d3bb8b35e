"""What each word on the command line starts."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.launcher import start
from lumi_desk.launcher.pip_words import explained
from lumi_desk.launcher.trouble import NotReady

_PACKAGE = Path(start.__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("words", "module", "rest"),
    [
        ([], "ui", []),
        (["--zoom", "150"], "ui", ["--zoom", "150"]),
        (["demo", "--tour", "pictures"], "lumi_desk.demo", ["--tour", "pictures"]),
        (["gallery"], "ui.gallery", []),
        (["hub", "serve"], "lumi_desk.hub", ["serve"]),
        (["test", "tests/house"], "pytest", ["tests/house"]),
    ],
)
def test_the_first_word_chooses(words: list[str], module: str, rest: list[str]) -> None:
    command, left = start.chosen(words)
    assert (command.module, left) == (module, rest)


def test_an_unknown_word_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotReady, match="demo, gallery, hub, test"):
        start.chosen(["sever"])


def test_only_the_tests_need_the_larger_lock() -> None:
    larger = [command.name for command in start.COMMANDS if command.lock == "requirements-dev.txt"]
    assert larger == ["test"]


def test_the_quick_tier_leaves_out_what_is_slow() -> None:
    assert "not slow and not soak" in start.pytest_arguments(["--quick"])
    assert "--quick" not in start.pytest_arguments(["--quick"])
    assert "not soak" in start.pytest_arguments([])


@given(
    st.lists(st.sampled_from(["-x", "-n0", "tests/house", "-k", "walls", "--pdb", "-m", "soak"]))
)
def test_a_persons_own_arguments_come_last(own: list[str]) -> None:
    given_to_pytest = start.pytest_arguments(own)
    assert given_to_pytest[len(given_to_pytest) - len(own) :] == own


def test_a_debugger_keeps_the_terminal() -> None:
    assert "-n" not in start.pytest_arguments(["--pdb"])


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(command.says in told for command in start.COMMANDS)


def test_a_refusal_is_one_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main(["sever"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("file", ["__init__.py", "__main__.py"])
def test_an_old_python_can_read_the_first_files(file: str) -> None:
    ast.parse((_PACKAGE / file).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_its_version() -> None:
    program = (
        "import runpy, sys; sys.version_info = (3, 9, 2);"
        "runpy.run_module('lumi_desk', run_name='__main__')"
    )
    old = subprocess.run(
        [sys.executable, "-c", program], cwd=_PACKAGE.parent, capture_output=True, text=True
    )
    assert old.returncode == 1
    assert "needs Python 3.11 or newer and this is 3.9" in old.stderr
    assert old.stderr.count("\n") == 1


def test_the_launcher_needs_nothing_but_the_standard_library() -> None:
    program = (
        "import sys; import lumi_desk.launcher.start;"
        "print([name for name in sys.modules if '.' not in name])"
    )
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(_PACKAGE.parent)!r});"
         + program],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(ast.literal_eval(bare.stdout)) - {"__main__", "lumi_desk"}
    assert loaded <= {*sys.stdlib_module_names, "__mp_main__"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            ["WARNING: Retrying: Temporary failure in name resolution", "ERROR: No matching"],
            "out of reach",
        ),
        (["ERROR: Could not install packages: [Errno 28] No space left on device"], "disk is full"),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."], "cache"),
        (["ERROR: No matching distribution found for pyside6==6.11"], "nothing ready-made"),
        (["ERROR: something new"], "(something new)"),
        ([], "pip said nothing"),
    ],
)
def test_pip_is_put_in_one_sentence(said: list[str], sentence: str) -> None:
    told = explained(said)
    assert sentence in told
    assert "\n" not in told
