"""The scratch file: order, groups, flags, what belongs together, and that nobody can read it."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.storage.spool import Heap, Marks, Spool, Ties

KEYS = st.sampled_from(["", "a", "b", "ab", "中"])
PHONE = "13800004127"


@given(st.lists(st.tuples(KEYS, st.integers(0, 30)), unique=True), st.integers(1, 6))
def test_values_come_in_the_order_of_keys_and_places(
    told: list[tuple[str, int]], size: int
) -> None:
    with Spool() as spool:
        heap: Heap[tuple[str, int]] = Heap(spool)
        for key, place in told:
            heap.add(key, (key, place), place)
        assert list(heap) == sorted(told)
        assert len(heap) == len(told)
        pieces = list(heap.pieces(size))
        assert [one for some in pieces for one in some] == sorted(told)
        assert all(len(some) == size for some in pieces[:-1])
        by_key = dict(heap.by_key())
        assert list(by_key) == sorted({key for key, _ in told})
        for key, values in by_key.items():
            assert values == heap.of(key) == sorted(one for one in told if one[0] == key)


@given(st.lists(st.tuples(KEYS, st.integers(0, 30)), unique=True), st.integers(1, 6))
def test_a_group_holds_whole_keys_by_place(told: list[tuple[str, int]], size: int) -> None:
    with Spool() as spool:
        heap: Heap[tuple[str, int]] = Heap(spool)
        for key, place in told:
            heap.add(key, (key, place), place)
        groups = list(heap.groups(size))
        assert sorted(one for some in groups for one in some) == sorted(told)
        for some in groups:
            assert [place for _, place in some] == sorted(place for _, place in some)
            keys = {key for key, _ in some}
            assert {one for one in told if one[0] in keys} == set(some)
        assert all(len(some) >= size for some in groups[:-1])


def test_many_values_are_gone_through_while_others_are_written() -> None:
    with Spool() as spool:
        heap: Heap[int] = Heap(spool)
        other: Heap[int] = Heap(spool)
        for n in range(2500):
            heap.add(f"{n % 7}", n)
        for n in heap:
            other.add(f"{n:05d}", n)
        assert list(other) == list(range(2500))
        heap.rekey("3", "5")
        assert heap.of("3") == []
        assert heap.of("5") == [n for n in range(2500) if n % 7 in (3, 5)]
        assert list(other.between("00010", "00012")) == [10, 11, 12]


@given(st.lists(st.tuples(KEYS, st.integers(1, 15))))
def test_flags_add_up(told: list[tuple[str, int]]) -> None:
    flags: dict[str, int] = defaultdict(int)
    with Spool() as spool:
        marks = Marks(spool)
        for key, more in told:
            marks.mark([key], more)
            flags[key] |= more
        assert marks.count(3) == sum(bool(one & 3) for one in flags.values())
        assert marks.count(1, also=2, none_of=8) == sum(
            one & 3 == 3 and not one & 8 for one in flags.values()
        )
        assert list(marks.which(4, none_of=2)) == sorted(
            key for key, one in flags.items() if key and one & 4 and not one & 2
        )
        assert all(marks.has(key, one) for key, one in flags.items())
        assert marks.add("new")
        assert not marks.add("new")


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12))))
def test_what_is_tied_has_one_root(pairs: list[tuple[int, int]]) -> None:
    sets = [{n} for n in range(13)]
    with Spool() as spool:
        ties = Ties(spool)
        for one, other in pairs:
            ties.tie(f"{one:02d}", f"{other:02d}")
            joined = sets[one] | sets[other]
            for n in joined:
                sets[n] = joined
        for n in range(13):
            assert ties.root(f"{n:02d}") == f"{min(sets[n]):02d}"
        moved = {f"{n:02d}": f"{min(sets[n]):02d}" for n in range(13) if n != min(sets[n])}
        assert dict(ties.moved()) == moved


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks at open files by /proc")
def test_it_has_no_name_and_says_nothing(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        heap: Heap[str] = Heap(spool)
        for n in range(60_000):
            heap.add(f"{n:06d}", f"{PHONE} 王芳" * 30)
        heap.of("000001")
        assert list(tmp_path.iterdir()) == []
        (raw,) = _deleted(tmp_path)
        assert len(raw) > 2**24
        assert PHONE.encode() not in raw
        assert "王芳".encode() not in raw
        assert not raw.startswith(b"SQLite")
    assert _deleted(tmp_path) == []


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.close()
    spool.close()
    assert list(tmp_path.iterdir()) == []


def _deleted(folder: Path) -> list[bytes]:
    """The files of a folder that are open, though nobody finds them any more."""
    found = []
    for place in Path("/proc/self/fd").iterdir():
        try:
            name = str(place.readlink())
        except OSError:
            continue
        if name.startswith(str(folder)) and name.endswith("(deleted)"):
            found.append(place.read_bytes())
    return found
