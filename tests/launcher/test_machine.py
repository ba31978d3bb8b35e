"""Which machines can run the desk, and what the others are told."""

import sys

import pytest

from lumi_desk.launcher import machine
from lumi_desk.launcher.machine import Library, Machine
from lumi_desk.launcher.trouble import NotReady


@pytest.mark.parametrize(
    "good",
    [
        Machine("Linux", "x86_64", (2, 36)),
        Machine("Linux", "x86_64", (2, 34)),
        Machine("Linux", "aarch64", (2, 39)),
        Machine("Windows", "x86_64"),
        Machine("Darwin", "aarch64"),
    ],
)
def test_a_machine_with_ready_made_packages_passes(good: Machine) -> None:
    machine.require_platform(good)


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (Machine("Linux", "aarch64", (2, 36)), "64-bit ARM Linux with glibc 2.36"),
        (Machine("Linux", "x86_64", (2, 31)), "Linux with glibc 2.31 (it takes 2.34)"),
        (Machine("Linux", "x86_64", None), "Alpine"),
        (Machine("Linux", "riscv64", (2, 40)), "riscv64"),
        (Machine("Darwin", "x86_64"), "Macs with an Intel processor"),
        (Machine("Windows", "aarch64"), "Windows on ARM"),
        (Machine("Windows", "x86_64", bits=32), "32-bit Python"),
        (Machine("FreeBSD", "x86_64"), "FreeBSD"),
    ],
)
def test_any_other_machine_is_named(bad: Machine, named: str) -> None:
    with pytest.raises(NotReady) as refused:
        machine.require_platform(bad)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_this_machine_is_a_good_one() -> None:
    machine.require_platform(machine.this_machine())


def test_a_missing_library_comes_with_its_package() -> None:
    with pytest.raises(NotReady) as refused:
        machine.require_qt([Library("libnowhere.so.9", "libnowhere9")])
    assert "libnowhere.so.9" in str(refused.value)
    assert "apt install libnowhere9" in str(refused.value)


def test_only_what_is_missing_is_named() -> None:
    def load(file: str) -> None:
        if file == "libEGL.so.1":
            raise OSError

    assert [library.package for library in machine.missing(machine.QT, load)] == ["libegl1"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux may lack a screen")
class TestScreen:
    def test_without_a_display_nothing_is_shown_and_it_is_said(self) -> None:
        platform, sentence = machine.screen({})
        assert platform == "offscreen"
        assert sentence is not None

    def test_pictures_need_no_window_and_no_words(self) -> None:
        assert machine.screen({"DISPLAY": ":0"}, pictures=True) == ("offscreen", None)

    def test_what_a_person_chose_stands(self) -> None:
        assert machine.screen({"QT_QPA_PLATFORM": "vnc"}, pictures=True) == (None, None)

    def test_wayland_alone_is_a_screen(self) -> None:
        assert machine.screen({"WAYLAND_DISPLAY": "wayland-0"}) == (None, None)
