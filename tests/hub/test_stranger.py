"""A client that has only read docs/sync.md, against a hub in a process of its own."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from pydantic import TypeAdapter
from uuid6 import uuid7

from lumi_desk import managing
from lumi_desk.hub import describing, problems, proposing
from lumi_desk.hub.snapshot import USUAL
from lumi_desk.security.roles import Role
from lumi_desk.sync import feed, protocol
from tests.makers import PASSWORD, hub_with_rep, make_customer, make_order
from tests.stores import sqlite_hub

_TOLD = Path(__file__).resolve().parents[2] / "docs" / "sync.md"
_EXAMPLE = re.compile(r"^```json (\w+)\n(.+?)\n```$", re.MULTILINE | re.DOTALL)
_EXAMPLES = _EXAMPLE.findall(_TOLD.read_text("utf-8"))

_TEA = "养颜茶 30包"

Told = dict[str, Any]


@dataclass
class Stranger:
    """Speaks HTTP and JSON and nothing of ours."""

    hub: str
    client_id: str = field(default_factory=lambda: str(uuid7()))
    tokens: Told = field(default_factory=dict)
    sent: int = 0

    def ask(self, door: str, **told: Any) -> tuple[int, Told]:
        """Post to a door. The status and the body."""
        headers = {"Content-Type": "application/json"}
        if self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens['access']}"
        body = json.dumps({"client_id": self.client_id, **told}).encode()
        request = urllib.request.Request(f"{self.hub}/v1/{door}", body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def sign_in(self, login: str = "lin") -> None:
        status, self.tokens = self.ask("sign-in", login=login, password=PASSWORD)
        assert status == 200

    def operation(self, kind: str, customer: str, **more: Any) -> Told:
        self.sent += 1
        made = str(uuid7())
        payload = {
            "id": made,
            "customer_id": customer,
            "by": self.tokens["person_id"],
            "at": datetime.now(UTC).isoformat(),
            **more,
        }
        return {
            "op_id": made,
            "client_seq": self.sent,
            "kind": kind,
            "kind_ver": 1,
            "payload": json.dumps(payload),
            "depends_on": None,
        }

    def push(self, *ops: Told) -> list[Told]:
        status, told = self.ask("push", ops=ops)
        assert status == 200, told
        answers: list[Told] = told["answers"]
        return answers

    def sheets(self, stream: str, **begun: str) -> Generator[Told, None, None]:
        """The sheets of a stream, as they come."""
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.tokens['access']}",
        }
        told = {"client_id": self.client_id, "stream": stream, **begun}
        request = urllib.request.Request(  # noqa: S310
            f"{self.hub}/v1/snapshot", json.dumps(told).encode(), headers
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            for line in answer:
                yield json.loads(line)

    def hints(self) -> Generator[dict[str, int], None, None]:
        """What the hub tells while she listens."""
        headers = {"Authorization": f"Bearer {self.tokens['access']}"}
        request = urllib.request.Request(f"{self.hub}/v1/poke", headers=headers)  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            for line in answer:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))["streams"]

    def pull(self, cursors: dict[str, int], limit: int = 500) -> Told:
        status, told = self.ask("pull", cursors=cursors, limit=limit)
        assert status == 200, told
        return told


@dataclass(frozen=True)
class Served:
    """A running hub and the customer of the one rep in it."""

    address: str
    customer: str


@pytest.fixture(scope="module")
def served(hub_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    store = sqlite_hub(hub_file, folder)
    rep = hub_with_rep(store)
    hub_with_rep(store, "gu", role=Role.MANAGER)
    with store.write() as session:
        feed.watch(session)
        customer = make_customer(session, rep).id
        make_order(session, None, title=_TEA)
        # More than one sheet holds.
        for _ in range(USUAL.roots - 2):
            make_customer(session, rep)
        for _ in range(2):
            make_customer(session, rep, phone="13800138001")
        proposing.note_everybody(session)
        feed.publish(session)
    store.close()
    with _hub(folder) as (_, address):
        yield Served(address, customer)


@contextmanager
def _hub(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A hub in a process of its own, and where it listens."""
    command = [sys.executable, "-m", "lumi_desk.hub", "serve", "--port", "0", "--json"]
    command += ["--database", str(folder / "hub.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        yield hub, json.loads(hub.stdout.readline())["listening"]
        hub.terminate()


@pytest.fixture
def stranger(served: Served) -> Stranger:
    stranger = Stranger(served.address)
    stranger.sign_in()
    return stranger


def _digest(records: set[tuple[str, str, int]]) -> str:
    hashes = (
        int.from_bytes(blake2b(f"{e}\0{pk}\0{ver}".encode(), digest_size=8).digest(), "big")
        for e, pk, ver in records
    )
    return str((sum(hashes) + 2**63) % 2**64 - 2**63)


@pytest.mark.parametrize(("shape", "text"), _EXAMPLES)
def test_each_example_is_the_protocols(shape: str, text: str) -> None:
    homes = (f"{managing.__name__}.{one.name}" for one in iter_modules(managing.__path__))
    every = (protocol, *map(import_module, homes))
    kind = next(found for home in every if (found := getattr(home, shape, None)) is not None)
    TypeAdapter(kind).validate_json(text)
    assert json.loads(text).keys() == {one.name for one in fields(kind)}


def test_every_shape_has_its_example() -> None:
    doors = describing._DOORS.values()
    shapes = {shape.__name__ for _, asked, told, _ in doors for shape in (asked, told)}
    assert {shape for shape, _ in _EXAMPLES} == {*shapes, "Problem"}


def test_every_code_the_hub_answers_with_stands_in_the_table() -> None:
    rows = re.findall(r"^\| (\d{3}[\d, ]*) \| ([^|]+) \|", _TOLD.read_text("utf-8"), re.MULTILINE)
    told = {
        code: {int(status) for status in statuses.split(",")}
        for statuses, codes in rows
        for code in re.findall(r"`(\w+)`", codes)
    }
    assert told.keys() == problems.STATUS.keys()
    assert all(status in told[code] for code, status in problems.STATUS.items())


def test_she_is_let_in_and_her_tokens_are_renewed(stranger: Stranger) -> None:
    status, welcome = stranger.ask("hello", version="mine 1.0", proto=1)
    assert status == 200
    assert welcome["streams"] == ["catalog", f"rep:{stranger.tokens['person_id']}"]
    status, renewed = stranger.ask("refresh", refresh=stranger.tokens["refresh"])
    assert status == 200
    assert renewed["access"] != stranger.tokens["access"]


def test_a_wrong_password_is_a_problem_with_words(served: Served) -> None:
    status, problem = Stranger(served.address).ask("sign-in", login="lin", password="guessed")
    assert status == 401
    assert problem["code"] == "WrongPassword"
    assert problem["words"].startswith(problem["title"])


def test_work_is_pushed_twice_and_done_once(stranger: Stranger, served: Served) -> None:
    note = stranger.operation("note.write", served.customer, words="周末再联系")
    first, again = stranger.push(note), stranger.push(note)
    assert first == again
    assert first[0]["status"] == "applied"
    pulled = stranger.pull({})
    (mine,) = (page for page in pulled["pages"] if page["stream"].startswith("rep:"))
    notes = [row for change in mine["changes"] for row in (change["tree"] or {}).get("note", [])]
    at = pulled["columns"]["note"].index("id")
    assert [row[at] for row in notes].count(note["op_id"]) == 1


def test_a_pull_brings_what_came_since_and_the_digest_agrees(
    stranger: Stranger, served: Served
) -> None:
    cursors: dict[str, int] = {}
    # Stream by stream: record → its version, and whose it is.
    held: dict[str, dict[tuple[str, str], tuple[int, str]]] = {}

    def follow() -> list[Told]:
        pulled = stranger.pull(cursors, limit=2)
        for page in pulled["pages"]:
            cursors[page["stream"]] = page["seq"]
            mine = held.setdefault(page["stream"], {})
            for change in page["changes"]:
                mine.pop((change["entity"], change["pk"]), None)
                if change["op"] == "remove":
                    continue
                mine[change["entity"], change["pk"]] = change["ver"], change["root"]
                mine |= {(one, pk): (ver, change["pk"]) for one, pk, ver in change["held"]}
            for one in [one for one, (_, root) in mine.items() if root in page["gone"]]:
                del mine[one]
        pages: list[Told] = pulled["pages"]
        return follow() if any(page["more"] for page in pages) else pages

    follow()
    stranger.push(stranger.operation("note.write", served.customer, words="她在开会"))
    for page in follow():
        assert page["seq"] == page["head"]
        mine = held[page["stream"]]
        assert page["digest"] == _digest({(*one, ver) for one, (ver, _) in mine.items()})


def test_what_is_refused_says_why_and_the_rest_goes_on(stranger: Stranger, served: Served) -> None:
    bad = stranger.operation("sale.claim", served.customer)
    after = stranger.operation("note.write", served.customer, words="a")
    after["depends_on"] = bad["op_id"]
    strange = stranger.operation("note.write", str(uuid7()), words="b")
    good = stranger.operation("note.write", served.customer, words="c")
    answers = stranger.push(bad, after, strange, good)
    statuses = [answer["status"] for answer in answers]
    assert statuses == ["rejected", "blocked", "parked", "applied"]
    assert answers[0]["reason"] == "BadOperation"
    assert answers[0]["now"][0]["pk"] == served.customer


def test_an_unfitting_request_names_its_fields(stranger: Stranger) -> None:
    status, problem = stranger.ask("pull")
    assert status == 422
    assert problem["code"] == "NotUnderstood"
    assert problem["params"] == {"where": "body.cursors"}


def test_a_strange_token_opens_nothing(stranger: Stranger) -> None:
    stranger.tokens = {**stranger.tokens, "access": "guessed"}
    status, problem = stranger.ask("pull", cursors={})
    assert (status, problem["code"]) == (401, "SessionOver")


def _kept(sheets: list[Told]) -> tuple[set[tuple[str, str]], set[tuple[str, str, int]]]:
    rows = {
        (entity, row[sheet["columns"][entity].index("id")])
        for sheet in sheets
        for entity, found in sheet["rows"].items()
        for row in found
    }
    return rows, {(e, pk, ver) for sheet in sheets for e, pk, _, ver in sheet["held"]}


def test_a_stream_comes_whole_is_resumed_and_read_on(stranger: Stranger, served: Served) -> None:
    hers = f"rep:{stranger.tokens['person_id']}"
    status, pulled = stranger.ask("pull", cursors={}, proto=2)
    assert status == 200
    (page,) = (one for one in pulled["pages"] if one["stream"] == hers)
    assert page["again"]
    # The line breaks after the first sheet: the rest is asked for by its name and key.
    coming = stranger.sheets(hers)
    sheets = [next(coming)]
    coming.close()
    note = stranger.operation("note.write", served.customer, words="她在开会")
    assert stranger.push(note)[0]["status"] == "applied"
    while sheets[-1]["more"]:
        last = sheets[-1]
        rest = stranger.sheets(hers, generation=last["generation"], after=last["after"])
        sheets.append(next(rest))
        rest.close()
    rows, held = _kept(sheets)
    assert ("customer", served.customer) in rows
    assert len(sheets) > 1
    assert len({sheet["generation"] for sheet in sheets}) == 1
    _, pulled = stranger.ask("pull", cursors={hers: sheets[-1]["seq"]}, proto=2)
    (page,) = (one for one in pulled["pages"] if one["stream"] == hers)
    assert not page["more"]
    for change in page["changes"]:
        held = {one for one in held if one[:2] != (change["entity"], change["pk"])}
        held |= {(change["entity"], change["pk"], change["ver"])}
    assert page["digest"] == _digest(held)


def test_a_snapshot_of_another_life_is_refused(stranger: Stranger) -> None:
    told = {"stream": "catalog", "generation": "another life:1:x", "after": ""}
    status, problem = stranger.ask("snapshot", **told)
    assert (status, problem["code"]) == (410, "SnapshotOver")


def test_rules_are_looked_at_previewed_set_and_rolled_back(
    stranger: Stranger, served: Served
) -> None:
    assert stranger.ask("rules")[1]["code"] == "NotYours"
    manager = Stranger(served.address)
    manager.sign_in("gu")
    _, told = manager.ask("rules")
    pool = next(one for one in told["rules"] if one["name"] == "pool")
    asked = {"name": "pool", "numbers": {"active_days": "300"}}
    _, seen = manager.ask("rules/preview", **asked)
    assert sum(one["customers"] for one in seen["counts"]) == USUAL.roots + 1
    setting = {**asked, "id": str(uuid7()), "base": pool["mark"], "why": "more of pool 0"}
    first, again = (manager.ask("rules/set", **setting) for _ in range(2))
    assert first[0] == again[0] == 200
    assert again[1] == {**first[1], "again": True, "moved": None}
    status, problem = manager.ask("rules/set", **{**setting, "id": str(uuid7())})
    assert (status, problem["code"], problem["params"]["who"]) == (409, "RulesChanged", "Gu")
    _, shown = manager.ask("rules/show", name="pool")
    assert shown["versions"][-1]["why"] == "more of pool 0"
    back = {"name": "pool", "id": str(uuid7()), "base": shown["mark"]}
    assert manager.ask("rules/roll-back", **back)[1]["numbers"] == {"active_days": "365"}


def test_a_pair_is_looked_at_said_to_be_two_and_taken_back(
    stranger: Stranger, served: Served
) -> None:
    assert stranger.ask("identity")[1]["code"] == "NotYours"
    manager = Stranger(served.address)
    manager.sign_in("gu")
    _, told = manager.ask("identity")
    [pair] = told["pairs"]
    both = {"one": pair["one"], "other": pair["other"]}
    _, shown = manager.ask("identity/show", **both)
    said = {**both, "id": str(uuid7()), "mark": shown["mark"]}
    first, again = (manager.ask("identity/two", **said) for _ in range(2))
    assert first[0] == again[0] == 200
    assert again[1] == {**first[1], "again": True}
    status, problem = manager.ask("identity/two", **{**said, "id": str(uuid7())})
    assert (status, problem["code"], problem["params"]["who"]) == (409, "PairDecided", "Gu")
    assert manager.ask("identity")[1]["waiting"] == 0
    assert manager.ask("identity/undo", id=said["id"])[0] == 200
    assert manager.ask("identity")[1]["waiting"] == 1
    [made] = manager.ask("identity/history")[1]["decisions"]
    assert (made["said"], made["by"], made["undone_by"]) == ("two", "Gu", "Gu")
    assert manager.ask("identity/numbers")[1] == {"numbers": []}


def test_customers_are_handed_over_and_taken_back(stranger: Stranger, served: Served) -> None:
    assert stranger.ask("assigning")[1]["code"] == "NotYours"
    manager = Stranger(served.address)
    manager.sign_in("gu")
    _, told = manager.ask("assigning")
    lin = next(one for one in told["reps"] if one["id"] == stranger.tokens["person_id"])
    asked = {"source": "rep", "way": "nobody", "rep_id": lin["id"]}
    _, seen = manager.ask("assigning/preview", **asked)
    assert seen["moving"] == lin["holds"]
    doing = {"id": str(uuid7()), "asked": asked, "base": seen["mark"], "why": "she leaves"}
    first, again = (manager.ask("assigning/do", **doing)[1] for _ in range(2))
    assert (first["moved"], again) == (lin["holds"], {**first, "again": True})
    status, problem = manager.ask("assigning/do", **{**doing, "id": str(uuid7())})
    assert (status, problem["code"], problem["params"]["who"]) == (409, "CustomersMoved", "Gu")
    _, told = manager.ask("assigning")
    assert (told["history"][0]["why"], told["history"][0]["back"]) == ("she leaves", lin["holds"])
    undoing = {"id": str(uuid7()), "hand_over_id": doing["id"]}
    assert manager.ask("assigning/undo", **undoing)[1]["back"] == lin["holds"]
    plan = {"rep_id": lin["id"], "base": lin["mark"], "takes": True, "side": "old", "most": 9}
    _, done = manager.ask("assigning/plan", **plan)
    assert (done["rep"]["side"], done["rep"]["most"]) == ("old", 9)
    leave = {"id": str(uuid7()), "rep_id": lin["id"], "base": lin["mark"]}
    assert manager.ask("assigning/leave", **leave)[1]["code"] == "RepChanged"
    leave |= {"base": done["rep"]["mark"], "first": "2099-12-01", "last": "2099-12-07"}
    assert manager.ask("assigning/leave", **leave)[1]["rep"]["last"] == "2099-12-07"


def test_a_title_is_settled_and_taken_back(stranger: Stranger) -> None:
    assert stranger.ask("titles")[1]["code"] == "NotYours"
    manager = Stranger(stranger.hub)
    manager.sign_in("gu")
    _, told = manager.ask("titles", words="茶")
    [tea] = told["titles"]
    assert (tea["title"], tea["fen"], told["waiting_fen"]) == (_TEA, 49_800, told["sold_fen"])
    said = {"id": str(uuid7()), "title": _TEA, "line": "enzyme", "high_margin": True}
    first, again = (manager.ask("titles/settle", **said)[1] for _ in range(2))
    assert (first["titles"], again["titles"], again["again"]) == (1, 1, True)
    status, problem = manager.ask("titles/settle", **{**said, "id": str(uuid7())})
    assert (status, problem["code"], problem["params"]["who"]) == (409, "TitleDecided", "Gu")
    assert manager.ask("titles")[1]["waiting"] == 0
    assert manager.ask("titles/undo", id=said["id"])[0] == 200
    many = {"id": str(uuid7()), "words": "茶", "line": "other"}
    assert manager.ask("titles/settle-all", **many, base="")[1]["code"] == "TitlesChanged"
    assert manager.ask("titles/settle-all", **many, base=told["mark"])[1]["titles"] == 1
    last, earlier = manager.ask("titles/history")[1]["decisions"]
    assert (last["line"], last["by"], last["undone_by"]) == ("other", "Gu", "")
    assert (earlier["titles"], earlier["undone_by"]) == ([_TEA], "Gu")


def test_figures_are_counted_for_a_manager(stranger: Stranger) -> None:
    assert stranger.ask("figures/value")[1]["code"] == "NotYours"
    manager = Stranger(stranger.hub)
    manager.sign_in("gu")
    # Nobody is known to have bought the tea.
    assert manager.ask("figures/cohorts", by="grade")[1]["cohorts"] == []
    assert manager.ask("figures/renewals")[1]["renewals"] == []
    assert manager.ask("figures/rfm")[1]["grid"] == []
    assert manager.ask("figures/value")[1]["by"] == "last year"
    assert len(manager.ask("figures/loss", days=30)[1]["loss"]) > 12
    status, problem = manager.ask("figures/loss", since="9999-01")
    assert (status, problem["code"]) == (422, "NoMonth")


def test_a_hint_comes_when_something_was_written(stranger: Stranger, served: Served) -> None:
    hints = stranger.hints()
    hers = f"rep:{stranger.tokens['person_id']}"
    before = next(hints)[hers]
    stranger.push(stranger.operation("note.write", served.customer, words="d"))
    assert next(hints) == {hers: before + 1}
    hints.close()


def test_a_hub_that_stops_ends_the_hints_in_good_order(hub_file: Path, tmp_path: Path) -> None:
    store = sqlite_hub(hub_file, tmp_path)
    hub_with_rep(store)
    store.close()
    with _hub(tmp_path) as (hub, address):
        stranger = Stranger(address)
        stranger.sign_in()
        hints = stranger.hints()
        assert next(hints)
        hub.terminate()
        # An answer that was cut off would raise.
        assert list(hints) == []


def test_a_manager_finds_a_customer_and_reads_of_her(stranger: Stranger, served: Served) -> None:
    assert stranger.ask("centre")[1]["code"] == "NotYours"
    manager = Stranger(served.address)
    manager.sign_in("gu")
    _, told = manager.ask("centre", order="name", limit=1)
    assert len(told["customers"]) == 1 <= told["total"] == told["all"]
    her = told["customers"][0]
    _, shown = manager.ask("centre/show", id=her["id"])
    assert shown["customer"] == her
    assert manager.ask("centre/show", id="nobody")[0] == 404


def test_customers_get_a_tag_and_lose_it_again(stranger: Stranger, served: Served) -> None:
    assert stranger.ask("centre/tags")[1]["code"] == "NotYours"
    manager = Stranger(served.address)
    manager.sign_in("gu")
    asked = {"name": "礼品 3/8", "adding": True, "ids": [served.customer, "nobody"]}
    _, seen = manager.ask("centre/tags/preview", **asked)
    assert (seen["changing"], seen["same"], seen["beyond"]) == (1, 0, 1)
    doing = {"id": str(uuid7()), "asked": asked, "base": seen["mark"]}
    first, again = (manager.ask("centre/tags/do", **doing)[1] for _ in range(2))
    assert (first["changed"], again) == (1, {**first, "again": True})
    status, problem = manager.ask("centre/tags/do", **{**doing, "id": str(uuid7())})
    assert (status, problem["code"]) == (409, "TagsChanged")
    everybody = {"name": "礼品 3/8", "adding": True, "found": {"values": {"tag": ["礼品 3/8"]}}}
    assert manager.ask("centre/tags/preview", **everybody)[1]["same"] == 1
    [made] = manager.ask("centre/tags")[1]["done"]
    assert (made["by"], made["customers"], made["undone_at"]) == ("Gu", 1, None)
    assert manager.ask("centre/tags/undo", id=made["id"])[1]["back"] == 1
    assert manager.ask("centre/tags")[1]["done"][0]["undone_by"] == "Gu"
