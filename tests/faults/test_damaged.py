"""A damaged file is noticed at the start and set aside; what only it held is carried over."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, text

from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.tables import Note, UnfinishedCall
from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.listing.rules import Column, Field, Filter, Order
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Account, Desk, resume, sign_in
from lumi_desk.ids import new_id
from lumi_desk.storage.damage import Damaged
from lumi_desk.storage.engines import WrongKey
from lumi_desk.storage.salvage import Mended, MendedInPart
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import DeadLetter, Outbox, SentLog
from tests.hubs import Hub, NullVault
from tests.lines import through
from tests.makers import NOW, PASSWORD, hub_with_rep
from tests.stores import sqlite_hub
from tests.sync.test_rounds import assert_same_as_hub, count, do, give

PAGE = 4096
FLIPS = 40
WORDS = "她说等女儿放假再定，先记下来"
ACCOUNT = Account("http://127.0.0.1", "lin")

Damage = Callable[[bytearray], None]


@dataclass
class Seat:
    """A desk that was closed with unsent work on it, and copies of it to be damaged."""

    hub: Hub
    folder: Path
    vault: NullVault
    waiting: tuple[str, ...]
    sent: tuple[str, ...]
    customers: tuple[str, ...]

    def broken(self, number: int, damage: Damage) -> "Broken":
        root = self.folder.with_name(f"broken-{number}")
        shutil.copytree(self.folder, root)
        path = ACCOUNT.data(root)
        content = bytearray(path.read_bytes())
        damage(content)
        path.write_bytes(content)
        return Broken(self, root, bytes(content))


@dataclass
class Broken:
    """A copy whose file is damaged."""

    seat: Seat
    root: Path
    content: bytes

    @property
    def path(self) -> Path:
        return ACCOUNT.data(self.root)

    def start(self) -> Desk:
        hub = through(self.seat.hub.line(), ACCOUNT.address)
        vault = NullVault(dict(self.seat.vault.secrets))
        return resume(ACCOUNT, self.root, vault, hub, self.seat.hub.clock)

    def start_and_sign_in(self) -> Desk:
        """As she does when even her name could not be read any more."""
        try:
            return self.start()
        except Mended as said:
            hub = through(self.seat.hub.line(), ACCOUNT.address)
            vault = NullVault(dict(self.seat.vault.secrets))
            desk = sign_in(ACCOUNT, PASSWORD, self.root, vault, hub, self.seat.hub.clock)
            desk.notice = said
            return desk

    def aside(self) -> list[Path]:
        return list(self.path.parent.glob("desk.db.damaged-*"))


@pytest.fixture
def seat(hub_file: Path, tmp_path: Path) -> Iterator[Seat]:
    store = sqlite_hub(hub_file, tmp_path)
    hub = Hub(store, tmp_path)
    lin = hub_with_rep(store, "lin")
    customers = give(hub, lin, many=40, orders=2)
    vault = NullVault()
    line = hub.line()
    desk = hub.desk("lin", line, vault)
    desk.sync_round()
    sent = [a_note(lin, customer) for customer in customers]
    do(desk, *sent)
    desk.sync_round()
    line.cut = True
    waiting = [a_note(lin, customers[n % 40]) for n in range(60)]
    do(desk, *waiting)
    desk.close()
    ids = tuple(one.id for one in waiting), tuple(one.id for one in sent)
    yield Seat(hub, tmp_path / "seat", vault, *ids, tuple(customers))
    store.close()


def a_note(by: str, customer: str) -> WriteNote:
    return WriteNote(id=new_id(), customer_id=customer, by=by, at=NOW, words=WORDS * 4)


def fates(desk: Desk) -> tuple[set[str], set[str]]:
    """Work that will be sent, and work that is shown because it may have been altered."""
    with desk.store.read() as session:
        waiting = set(session.scalars(select(Outbox.op_id).where(~Outbox.answered)))
        shown = session.scalars(select(DeadLetter.op_id).where(DeadLetter.reason == "Damaged"))
        return waiting, set(shown)


def flip(content: bytearray, bit: int) -> None:
    content[bit // 8] ^= 1 << bit % 8


@pytest.mark.slow
def test_single_bits_are_noticed_and_no_work_is_altered_or_lost_in_silence(
    seat: Seat, tries: Callable[[int], int]
) -> None:
    dice = random.Random(18)
    size = ACCOUNT.data(seat.folder).stat().st_size
    for number in range(tries(FLIPS)):
        bit = dice.randrange(size * 8)
        broken = seat.broken(number, lambda content, bit=bit: flip(content, bit))  # type: ignore[misc]
        desk = broken.start_and_sign_in()
        waiting, shown = fates(desk)
        lost = set(seat.waiting) - waiting - shown
        assert isinstance(desk.notice, Mended), f"bit {bit} was not noticed"
        assert waiting <= set(seat.waiting)
        assert not (lost or shown) or isinstance(desk.notice, MendedInPart), f"bit {bit}"
        # A bit spoils sixteen bytes: the rows whose text it tore, or in the page's list of its
        # rows the eight these bytes point to. Never those of other pages.
        assert len(lost) <= 8, f"bit {bit}"
        assert broken.aside()[0].read_bytes() == broken.content
        desk.sync_round()
        assert waiting <= notes_at(seat.hub.store)
        assert all(words == WORDS * 4 for words in words_at(seat.hub.store))
        assert_same_as_hub(seat.hub, desk)
        desk.close()


def notes_at(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Note.id)))


def words_at(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(Note.words)))


@pytest.mark.slow
@pytest.mark.parametrize("first", [1, 4, 17])
def test_zeroed_pages(seat: Seat, first: int) -> None:
    def zero(content: bytearray) -> None:
        content[first * PAGE : (first + 2) * PAGE] = bytes(2 * PAGE)

    desk = seat.broken(first, zero).start_and_sign_in()
    assert isinstance(desk.notice, Mended)
    desk.sync_round()
    assert_same_as_hub(seat.hub, desk)
    desk.close()


@pytest.mark.slow
@pytest.mark.parametrize("kept", [0.0, 0.01, 0.5, 0.9])
def test_a_file_cut_short(seat: Seat, kept: float) -> None:
    def cut(content: bytearray) -> None:
        del content[int(len(content) * kept) :]

    desk = seat.broken(0, cut).start_and_sign_in()
    assert isinstance(desk.notice, Mended)
    desk.sync_round()
    assert count(desk.store, Customer) == 40
    assert_same_as_hub(seat.hub, desk)
    desk.close()


def untouched(_: bytearray) -> None:
    """A sound copy."""


def zero_first(content: bytearray) -> None:
    content[:PAGE] = bytes(PAGE)


def test_without_its_first_page_everything_unsent_is_carried_over(seat: Seat) -> None:
    broken = seat.broken(0, zero_first)
    desk = broken.start()
    assert type(desk.notice) is Mended
    assert desk.notice.params["kept"] == len(seat.waiting)
    waiting, shown = fates(desk)
    assert (waiting, shown) == (set(seat.waiting), set())
    with desk.store.read() as session:
        assert set(session.scalars(select(SentLog.op_id))) == set(seat.sent)
    assert desk.sync_round().sent == len(seat.waiting)
    assert notes_at(seat.hub.store) == {*seat.waiting, *seat.sent}
    assert_same_as_hub(seat.hub, desk)
    desk.close()
    again = broken.start()
    assert again.notice is None, "it is said once"
    again.close()


def test_work_after_the_damage_gets_numbers_of_its_own(seat: Seat) -> None:
    desk = seat.broken(0, zero_first).start()
    with desk.store.read() as session:
        before = max(session.scalars(select(Outbox.client_seq)))
    do(desk, a_note(desk.me.person_id, seat.customers[0]))
    with desk.store.read() as session:
        assert max(session.scalars(select(Outbox.client_seq))) > before + 100
    desk.close()


def test_a_lost_key_is_told_apart_from_damage(seat: Seat) -> None:
    broken = seat.broken(0, untouched)
    seat.vault.secrets["key"] = "ab" * 32
    before = broken.path.read_bytes()
    with pytest.raises(WrongKey):
        broken.start()
    assert broken.path.read_bytes() == before
    assert broken.aside() == []


def test_a_lost_key_to_a_damaged_file_changes_nothing_either(seat: Seat) -> None:
    broken = seat.broken(0, zero_first)
    seat.vault.secrets["key"] = "ab" * 32
    with pytest.raises(WrongKey):
        broken.start()
    assert broken.path.read_bytes() == broken.content
    assert broken.aside() == []


def test_a_call_under_way_is_carried_over(seat: Seat) -> None:
    sound = seat.broken(0, untouched)
    desk = sound.start()
    with desk.store.write() as session:
        session.add(
            UnfinishedCall(
                customer_id=seat.customers[0],
                contact_id=new_id(),
                state="talking",
                note=WORDS,
                dials=[],
                path=[],
                form={},
                touched_at=NOW,
            )
        )
    desk.close()
    content = bytearray(sound.path.read_bytes())
    zero_first(content)
    sound.path.write_bytes(content)
    desk = sound.start()
    with desk.store.read() as session:
        assert session.scalars(select(UnfinishedCall.note)).all() == [WORDS]
    desk.close()


def test_the_views_she_kept_are_carried_over(seat: Seat) -> None:
    sound = seat.broken(0, untouched)
    desk = sound.start()
    with desk.store.write() as session:
        wanted = Filter().toggled(Field.POOL, "V"), Order(Column.YEAR)
        listing.keep_view(session, "V 库", *wanted, NOW)
    desk.close()
    content = bytearray(sound.path.read_bytes())
    zero_first(content)
    sound.path.write_bytes(content)
    desk = sound.start()
    with desk.store.read() as session:
        assert listing.views(session) == (listing.View("V 库", *wanted),)
    desk.close()


def test_a_crash_while_mending_leaves_the_damaged_file_or_the_new_one(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing catches it, like a kill."""

    broken = seat.broken(0, zero_first)
    replace = Path.replace
    for step in range(4):
        left = [step]

        def dying(self: Path, target: Path, left: list[int] = left) -> Path:
            if not left[0]:
                raise Killed
            left[0] -= 1
            return replace(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", dying)
            try:
                broken.start().close()
            except Killed:
                continue
    desk = broken.start()
    assert fates(desk)[0] == set(seat.waiting)
    desk.close()


def test_damage_that_shows_while_working_is_said(seat: Seat) -> None:
    broken = seat.broken(0, untouched)
    desk = broken.start()
    with desk.store.read() as session:
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'customer'"
        page = session.execute(text(root)).scalar_one()
    desk.store.close()
    content = bytearray(broken.path.read_bytes())
    flip(content, ((page - 1) * PAGE + 100) * 8)
    broken.path.write_bytes(content)
    with pytest.raises(Damaged), desk.store.read() as session:
        session.scalars(select(Customer.name)).all()
    desk.close()


def test_a_full_disk_while_mending_changes_nothing(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = seat.broken(0, zero_first)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(OSError, match="No space"):
            broken.start()
    assert broken.path.read_bytes() == broken.content
    desk = broken.start()
    assert fates(desk)[0] == set(seat.waiting)
    desk.close()
