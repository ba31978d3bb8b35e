"""Every way through the door, against a real hub and real encrypted files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from lumi_desk.desk import Account, Desk
from lumi_desk.hub import accounts
from lumi_desk.security.vault import KeyringIsLocked, KeyringMissing, Vault
from lumi_desk.settings import Settings
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed, protocol
from lumi_desk.sync.client import HubClient, connect
from tests import disks
from tests.hubs import Hub, NullVault
from tests.lane import LaneNow
from tests.lines import answering, through
from tests.makers import NOW, PASSWORD, hub_with_rep, make_customer
from tests.stores import sqlite_hub
from ui import words
from ui.sign_in.entrance import Entrance, full_address
from ui.sign_in.invited import Invitation, Invited
from ui.sign_in.presenter import SignInPresenter
from ui.sign_in.screen import Field, Screen, Stage
from ui.words import Language

ADDRESS = "http://127.0.0.1"
FORM = {Field.HUB: "127.0.0.1", Field.NAME: "lin", Field.PASSWORD: PASSWORD}
KNOWN = Settings(hub=ADDRESS, login="lin", stay=True)


class Door:
    """A presenter with everything around it, and what it has shown."""

    def __init__(self, hub: Hub) -> None:
        self.line = hub.line()
        self.vault: Vault = NullVault()
        self.keyring_problem: Exception | None = None
        self.shown: list[Screen] = []
        self.opened: list[Desk] = []
        self.account: Account | None = None
        self.entrance = Entrance(hub.folder, hub.clock, self._connect, self._keyring)
        self.presenter = self._presenter(Settings(), Invitation())

    def again(self, settings: Settings = KNOWN, invitation: Invitation | None = None) -> "Door":
        """Start the program anew on the same machine."""
        self.close()
        self.shown.clear()
        self.presenter = self._presenter(settings, invitation or Invitation())
        self.presenter.begin()
        return self

    def close(self) -> None:
        while self.opened:
            self.opened.pop().close()

    def stands(self, stage: Stage) -> bool:
        """Whether that pane is the one now shown."""
        return self.screen.stage is stage

    @property
    def screen(self) -> Screen:
        return self.shown[-1]

    @property
    def trouble(self) -> tuple[str, Field]:
        assert self.screen.trouble is not None
        return self.screen.trouble.title, self.screen.trouble.at

    def _presenter(self, settings: Settings, invitation: Invitation) -> SignInPresenter:
        return SignInPresenter(
            LaneNow(), self.shown.append, self.entrance, self._opened, settings, invitation
        )

    def _opened(self, desk: Desk, account: Account) -> None:
        self.opened.append(desk)
        self.account = account

    def _connect(self, address: str) -> HubClient:
        connect(address).close()  # What it refuses, it refuses here too.
        return through(self.line, address)

    def _keyring(self, _: str) -> Vault:
        if self.keyring_problem is not None:
            raise self.keyring_problem
        return self.vault


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = words.language()
    words.switch(Language.ENGLISH)
    yield
    words.switch(before)


@pytest.fixture(scope="module")
def peopled(hub_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's file with a rep and her customers; hashing her password takes its time."""
    folder = tmp_path_factory.mktemp("peopled")
    store = sqlite_hub(hub_file, folder)
    rep = hub_with_rep(store)
    with store.write() as session:
        feed.watch(session)
        for _ in range(3):
            make_customer(session, rep)
        feed.publish(session)
    store.close()
    return folder / "hub.db"


@pytest.fixture
def store(peopled: Path, tmp_path: Path) -> Iterator[Store]:
    store = sqlite_hub(peopled, tmp_path)
    yield store
    store.close()


@pytest.fixture
def door(store: Store, tmp_path: Path) -> Iterator[Door]:
    door = Door(Hub(store, tmp_path / "desks"))
    door.presenter.begin()
    yield door
    door.close()


def test_the_first_sign_in_fetches_everything_and_opens(door: Door) -> None:
    assert door.stands(Stage.FORM)
    assert door.screen.focus is Field.HUB

    door.presenter.submit(FORM)

    fetching = [each.progress for each in door.shown if each.progress and each.progress.total]
    assert fetching[-1].done == fetching[-1].total > 0
    assert door.opened[0].is_whole()
    assert door.account == Account(ADDRESS, "lin")


def test_who_stayed_goes_straight_in_even_offline(door: Door) -> None:
    door.presenter.submit(FORM)
    door.line.cut = True

    door.again()

    assert [desk.me.name for desk in door.opened] == ["Lin"]
    assert Stage.FORM not in [each.stage for each in door.shown]


def test_who_signed_out_is_asked_again_with_her_name_filled_in(door: Door) -> None:
    door.presenter.submit(FORM)

    door.again(replace(KNOWN, stay=False))

    assert door.opened == []
    assert (door.screen.stage, door.screen.name, door.screen.hub) == (Stage.FORM, "lin", ADDRESS)
    assert door.screen.focus is Field.PASSWORD


@pytest.mark.parametrize("empty", [Field.HUB, Field.NAME, Field.PASSWORD])
def test_an_empty_field_is_named(door: Door, empty: Field) -> None:
    door.presenter.submit({**FORM, empty: " "})

    assert door.trouble[1] is empty
    assert door.line.requests == []


def test_a_wrong_password_is_said_beside_the_password(door: Door) -> None:
    door.presenter.submit({**FORM, Field.PASSWORD: "wrong"})

    assert door.trouble == ("The name or the password is wrong", Field.PASSWORD)
    assert not any(door.entrance.root.glob("*/desk.db"))


def test_too_many_wrong_passwords_say_how_long_to_wait(door: Door) -> None:
    for _ in range(accounts.FREE_TRIES + 2):
        door.presenter.submit({**FORM, Field.PASSWORD: "wrong"})

    assert door.trouble[0] == "Too many wrong passwords"
    assert door.screen.trouble is not None
    assert any(letter.isdigit() for letter in door.screen.trouble.advice)


def test_a_hub_out_of_reach_is_said_beside_its_address(door: Door) -> None:
    door.line.cut = True

    door.presenter.submit(FORM)

    assert door.trouble == ("The hub cannot be reached", Field.HUB)
    assert door.screen.trouble is not None
    assert door.screen.trouble.advice.startswith("Check the address")


def test_a_server_that_is_no_hub_is_told_apart(door: Door) -> None:
    page = httpx2.Response(200, text="<html>welcome</html>")
    stranger = answering(lambda _: page, ADDRESS)
    door.entrance = replace(door.entrance, connect=lambda _: stranger)
    door.again(Settings())

    door.presenter.submit(FORM)

    assert door.trouble[0].startswith("What answers at")
    assert door.trouble[1] is Field.HUB


def test_a_plain_line_beyond_this_machine_is_refused(door: Door) -> None:
    door.presenter.submit({**FORM, Field.HUB: "http://hub.example"})

    assert door.trouble == ("The address http://hub.example is not safe", Field.HUB)
    assert door.line.requests == []


def test_a_locked_keyring_keeps_the_door_shut_until_it_opens(door: Door) -> None:
    door.presenter.submit(FORM)
    door.close()
    door.keyring_problem = KeyringIsLocked()
    before = _contents(door.entrance.root)

    door.again()
    assert door.stands(Stage.SHUT)
    assert door.trouble[0] == "The keyring of this machine is locked"
    assert _contents(door.entrance.root) == before

    door.keyring_problem = None
    door.presenter.submit({})
    assert len(door.opened) == 1


def test_a_lost_key_is_told_apart_and_changes_nothing(door: Door) -> None:
    door.presenter.submit(FORM)
    door.close()
    door.vault = NullVault()
    before = _contents(door.entrance.root)

    door.again()

    assert door.stands(Stage.SHUT)
    assert door.trouble[0] == "The key of your data is not in the keyring"
    assert _contents(door.entrance.root) == before


def test_a_lost_keyring_does_not_offer_a_pin_for_data_it_locked(door: Door) -> None:
    door.presenter.submit(FORM)
    door.keyring_problem = KeyringMissing()

    door.again()

    assert door.stands(Stage.SHUT)
    assert door.trouble[0] == "The key of your data is not in the keyring"


def test_a_wrong_key_is_told_apart_and_changes_nothing(door: Door) -> None:
    door.presenter.submit(FORM)
    door.close()
    door.vault.keep("key", "00" * 32)
    before = _contents(door.entrance.root)

    door.again()

    assert door.stands(Stage.SHUT)
    assert door.trouble[0].startswith("The key does not open the file")
    assert _contents(door.entrance.root) == before


def test_without_a_keyring_a_pin_is_chosen_and_asked_for_at_the_next_start(door: Door) -> None:
    door.keyring_problem = KeyringMissing()
    door.presenter.submit(FORM)
    assert door.stands(Stage.NEW_PIN)

    door.presenter.submit({Field.PIN: "12345", Field.AGAIN: "12345"})
    assert door.trouble == ("The PIN is too short", Field.PIN)
    door.presenter.submit({Field.PIN: "246810", Field.AGAIN: "246811"})
    assert door.trouble == ("The two PINs are not the same", Field.AGAIN)
    door.presenter.submit({Field.PIN: "246810", Field.AGAIN: "246810"})
    assert len(door.opened) == 1

    door.line.cut = True
    door.again()
    assert door.stands(Stage.PIN)
    door.presenter.submit({Field.PIN: "111111"})
    assert door.trouble == ("The PIN is wrong", Field.PIN)
    door.presenter.submit({Field.PIN: "1"})
    assert door.trouble == ("The PIN is wrong", Field.PIN)
    door.presenter.submit({Field.PIN: "246810"})
    assert len(door.opened) == 1


def test_a_pin_chosen_before_a_mistyped_password_is_not_asked_for_twice(door: Door) -> None:
    door.keyring_problem = KeyringMissing()
    door.presenter.submit({**FORM, Field.PASSWORD: "wrong"})
    door.presenter.submit({Field.PIN: "246810", Field.AGAIN: "246810"})
    assert door.trouble == ("The name or the password is wrong", Field.PASSWORD)

    door.presenter.submit(FORM)

    assert len(door.opened) == 1


def test_a_first_fetch_that_breaks_off_goes_on_where_it_was(door: Door) -> None:
    door.line.lose_reply_to = "/v1/pull"

    door.presenter.submit(FORM)
    assert door.stands(Stage.SHUT)
    assert door.screen.labels.title == "First fetch interrupted"
    assert door.opened == []

    door.presenter.submit({})
    assert door.opened[0].is_whole()


def test_a_fetch_broken_off_by_the_end_of_the_program_is_finished_first(door: Door) -> None:
    door.line.lose_reply_to = "/v1/pull"
    door.presenter.submit(FORM)
    door.presenter.other()

    door.again()

    assert door.opened[0].is_whole()


def test_someone_else_may_sign_in_instead(door: Door) -> None:
    door.presenter.submit(FORM)
    door.keyring_problem = KeyringIsLocked()
    door.again()

    door.presenter.other()

    assert door.stands(Stage.FORM)
    assert door.screen.trouble is None


def test_an_invented_company_is_entered_by_one_press(door: Door) -> None:
    door.keyring_problem = AssertionError("the keyring was asked")
    invitation = Invitation(ADDRESS, (Invited("林晓燕", "rep", "lin", PASSWORD),), pin="246810")
    door.again(Settings(), invitation)
    assert [(each.name, each.role) for each in door.screen.people] == [("林晓燕", "Rep")]

    door.presenter.invite(0)
    assert len(door.opened) == 1

    door.again(KNOWN, invitation)
    assert len(door.opened) == 1


def test_the_language_switches_where_it_stands(door: Door) -> None:
    door.presenter.submit({**FORM, Field.PASSWORD: "wrong"})

    words.switch(Language.CHINESE)

    assert door.trouble == ("用户名或密码不对", Field.PASSWORD)
    assert door.screen.labels.button == "登录"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hub.example", "https://hub.example"),
        (" hub.example:8443/ ", "https://hub.example:8443"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("http://hub.example", "http://hub.example"),
        ("", ""),
    ],
)
def test_an_address_gets_the_scheme_it_means(typed: str, meant: str) -> None:
    assert full_address(typed) == meant


def _contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*.db"))}


def test_a_hub_of_another_version_is_told_apart(door: Door) -> None:
    door.entrance = replace(door.entrance, connect=_later_hub)
    door.again(Settings())

    door.presenter.submit(FORM)

    assert door.stands(Stage.SHUT)
    assert door.trouble[0] == "The hub and this program are of different versions"


def test_a_full_disk_is_told_apart_and_the_next_try_goes_further(door: Door) -> None:
    door.entrance = replace(door.entrance, connect=_later_hub)
    door.again(Settings())

    with disks.full():
        door.presenter.submit(FORM)

        assert door.stands(Stage.SHUT)
        assert door.trouble[0] == "The disk did not take what was to be saved"

    door.presenter.submit({})
    assert door.trouble[0] == "The hub and this program are of different versions"


def _later_hub(address: str) -> HubClient:
    """A hub of years to come: it lets people in and speaks nothing that is spoken today."""
    tokens = protocol.Tokens("access", "refresh", to_millis(NOW) + 60_000, "lin", "Lin", "rep", "")
    later = protocol.Welcome("epoch", protocol.PROTO + 7, protocol.PROTO + 9, 0, ())

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/v1/hello":
            return httpx2.Response(200, content=protocol.WELCOME.dump_json(later))
        return httpx2.Response(200, content=protocol.TOKENS.dump_json(tokens))

    return answering(answer, address)
