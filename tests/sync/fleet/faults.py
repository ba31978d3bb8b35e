"""Deliberate faults of the engine: each one line, and what it is replaced by while it is loaded."""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Fault:
    """Some words of one file, and what they are replaced by.

    `tests` are the direct tests to ask where random histories seldom come by.
    """

    file: str
    words: str
    instead: str
    tests: str = ""

    @property
    def module(self) -> str:
        """The module that is broken."""
        return self.file.removesuffix(".py").replace("/", ".")

    def broken(self) -> str:
        """The file's text with the fault in it."""
        sound = (ROOT / self.file).read_text("utf-8")
        if sound.count(self.words) != 1:
            raise ValueError(f"{self.file} no longer says, or not once: {self.words}")
        return sound.replace(self.words, self.instead)


_FEED, _ROWS = "lumi_desk/sync/feed.py", "lumi_desk/sync/rows.py"
_CACHE, _OUTBOX = "lumi_desk/sync/cache.py", "lumi_desk/sync/outbox.py"
_ROUND, _LETTERS = "lumi_desk/sync/round.py", "lumi_desk/sync/letters.py"
_ACCEPT, _DELIVER = "lumi_desk/hub/accept.py", "lumi_desk/hub/deliver.py"
_SNAPSHOT = "lumi_desk/hub/snapshot.py"
_AT_ONCE, _FOUND = "tests/sync/test_at_once.py", "tests/sync/test_found.py"
_HANDED_ON = "tests/sync/test_handed_on.py"

FAULTS = {
    # The hub writes its feed
    "versions stand still": Fault(
        _FEED,
        "values(ver=table.c.ver + 1)",
        "values(ver=table.c.ver)",
        f"{_FOUND} -k raises_the_version",
    ),
    "a removed record stays in the digest": Fault(
        _FEED,
        'writing.change -= digest.of_record(plan.entity, plan.pk, old["ver"])',
        "pass",
    ),
    "children of who leaves are not forgotten": Fault(
        _FEED, "_forget_children(session, stream, roots, heads, writings[stream])", "pass"
    ),
    "a head is not raised": Fault(
        _FEED, "heads[stream] += 1\n                _plan_row", "_plan_row"
    ),
    "who comes back is not new": Fault(
        _FEED,
        "if is_put and _is_put(old):\n        return",
        "if is_put:\n        return",
    ),
    "everybody is delivered to everybody": Fault(
        _FEED,
        "return (rep_stream(holder),) if holder else ()",
        "return (CATALOG_STREAM,)",
    ),
    "a child that leaves alone is not told of": Fault(
        _FEED, "if customer_id in holders and customer_id != root", "if False"
    ),
    # The hub accepts
    "an answer is not kept": Fault(
        _ACCEPT, "bulk.insert(batch.session, _SYNC_OP, batch.unkept)", "pass"
    ),
    "others' customers are written to": Fault(
        _ACCEPT, "if kind.about == CUSTOMER and not _in_scope(batch, kind, op):", "if False:"
    ),
    "a late claim is not settled": Fault(
        _ACCEPT, "return [*pairs, *changes.pairs]", "return []", f"{_FOUND} -k hub_does_otherwise"
    ),
    "what builds on refused work is carried out": Fault(
        _ACCEPT, "if _is_blocked(batch, envelope):", "if False:"
    ),
    "a decision that comes before its work is forgotten": Fault(
        "lumi_desk/hub/parking.py",
        "session.add(EarlyDecision(id=op.id, at=op.at, **told))",
        "pass",
        "tests/sync/test_put_back.py",
    ),
    "another's name is believed": Fault(_ACCEPT, "if op.by != person.id:", "if False:"),
    # The hub delivers
    "a page passes where somebody came in": Fault(
        _DELIVER, "read = _next(connection, stream, cursor, limit, in_turn=True)", "pass"
    ),
    "a record that changed meanwhile is told under its old version": Fault(
        _DELIVER,
        "if not _is_as_told(others, rows):",
        "if False:",
        f"{_AT_ONCE} -k changes_meanwhile",
    ),
    "a stream that is left out for another is taken for an empty one": Fault(
        _DELIVER,
        'if len(rows) >= told["most"] * len(_PLACES):',
        "if False:",
        f"{_AT_ONCE} -k left_out",
    ),
    "who comes in comes without her children": Fault(
        _DELIVER, "trees.get(row.pk) if is_customer else None", "None"
    ),
    "a cursor below what is forgotten is read on from": Fault(
        _DELIVER,
        "return cursor == 0 or not stand.min_seq <= cursor <= stand.head",
        "return cursor == 0",
        f"{_FOUND} -k removals_were_forgotten",
    ),
    "a snapshot goes on in another life": Fault(
        _SNAPSHOT,
        "if begun.epoch != caller.epoch or not stand.min_seq <= begun.seq <= stand.head:",
        "if False:",
        "tests/hub/test_snapshot.py",
    ),
    "a resumed snapshot claims the newest head": Fault(
        _SNAPSHOT,
        "return begun",
        "return Generation(begun.epoch, stand.head, begun.own)",
        "tests/hub/test_snapshot.py",
    ),
    "a sheet leaves somebody out": Fault(
        _SNAPSHOT, "roots[many - 1] if many", "roots[min(many, len(roots) - 1)] if many"
    ),
    # The desk applies
    "the cursor goes ahead of the rows": Fault(
        _CACHE, "place = replace(place, seq=page.seq,", "place = replace(place, seq=page.head,"
    ),
    "cursor and rows part": Fault(
        _ROUND,
        "            return cache.take(session, pages, pulled.columns, last=last)",
        "            for page in pages:\n"
        '                sql = "UPDATE cursor SET seq = ? WHERE stream = ?"\n'
        "                session.connection().exec_driver_sql(sql, (page.seq, page.stream))\n"
        "        with self._store.write() as session:\n"
        "            return cache.take(session, pages, pulled.columns, last=last)",
    ),
    "an earlier stay is not cleared": Fault(
        _CACHE, "grows += rows.clear_trees(session, page.stream, trees)", "pass"
    ),
    "a sheet is not counted": Fault(
        _CACHE, "change += rows.hold(session, sheet.stream", "rows.hold(session, sheet.stream"
    ),
    "ghosts of earlier rounds stay": Fault(
        _CACHE,
        "place = _leave_for_good(\n            session, place, _records(",
        "place = place or _leave_for_good(\n            session, place, _records(",
    ),
    "what another customer has brought goes as a ghost": Fault(
        _CACHE,
        "stays = rows.another_customers(session, records)",
        "stays = ()",
        "tests/sync/test_put_back.py",
    ),
    "a promise kept elsewhere is not given back first": Fault(
        _OUTBOX, "if others:", "if False:", f"{_FOUND} -k another_desk_has_kept"
    ),
    "work is not lifted off a sheet's rows": Fault(
        _CACHE,
        "with outbox.aside(session, _touched(session, held)):",
        "if True:",
    ),
    "children outlive their customer": Fault(
        _ROWS,
        "if entity == CUSTOMER.name:\n        _forget_children(session, told)",
        "if False:\n        _forget_children(session, told)",
    ),
    # The desk sends
    "waiting work is not done again": Fault(_OUTBOX, "yield\n    lay(session, customers)", "yield"),
    "waiting work is not taken off first": Fault(
        _OUTBOX, "lift(session, customers, coming)\n    yield", "yield"
    ),
    "acknowledged work is not sent again": Fault(
        _ROUND,
        "outbox.send_again(session, self._now())\n            cache.start_over(session, cache.",
        "cache.start_over(session, cache.",
    ),
    "what was taken is not sent again": Fault(_LETTERS, "(kept OR op_id IN", "(op_id IN"),
    "what was asked about is not sent again": Fault(
        _LETTERS,
        "WHERE kept AND kind = ?))",
        "WHERE kept AND kind = ? AND 0))",
        "tests/sync/test_put_back.py",
    ),
    "work that was taken is forgotten at once": Fault(
        _OUTBOX,
        '_mark(session, "answered = 1", taken)',
        '_run(session, f"DELETE FROM outbox WHERE op_id {AMONG}", rows.listed(taken))',
        f"{_FOUND} -k stays_to_be_seen",
    ),
    "refused work stays on the rows": Fault(
        _OUTBOX,
        'with aside(session, {about[op_id] or "" for op_id in refused}):',
        "if True:",
    ),
    "an undo after sending": Fault(
        _OUTBOX,
        " or any(row.sending for row in rows)",
        "",
        "tests/sync/test_rounds.py -k what_has_left_cannot_be_undone",
    ),
    "the last work goes first": Fault(
        _OUTBOX, "ORDER BY first DESC, client_seq LIMIT", "ORDER BY client_seq DESC LIMIT"
    ),
    "whoever answers a push is the right hub": Fault(
        _ROUND,
        "elif epoch != look.epoch:\n                look",
        "elif False:\n                look",
        f"{_FOUND} -k another_hub",
    ),
    "who left alone is removed though she came back": Fault(
        _DELIVER,
        "brought = _brought(found, trees)",
        "brought = set()",
        f"{_HANDED_ON} -k left_alone",
    ),
    "an earlier stay is held on to": Fault(
        _CACHE, "grows = rows.leave(session, page.stream, gone)", "grows = 0"
    ),
}


def break_in(fault: Fault) -> None:
    """From now on the module is loaded with the fault in it. Call it before it is imported."""
    if fault.module in sys.modules:
        raise RuntimeError(f"{fault.module} is loaded already")
    sys.meta_path.insert(0, _Finder(fault))


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._fault.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = _Loader(fullname, str(spec.origin), self._fault)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, fault: Fault) -> None:
        super().__init__(fullname, path)
        self._fault = fault

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002  (named by the base)
        """Compiled anew: what is kept of the sound file is left alone."""
        return compile(self._fault.broken(), self.path, "exec")
