"""Each promise is broken once on purpose, in a copy of the project, and its fault test notices.

What is broken is said in docs/promises.md too, by the names used here.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("lumi_desk", "ui", "migrations", "resources", "tests", "pyproject.toml")
# A few tries are enough to see that they fail.
SHARE = "0.05"


@dataclass(frozen=True)
class Break:
    """A promise, words of one file, what they are replaced by, and the test that must fail."""

    promise: int
    file: str
    words: str
    instead: str
    test: str


_ENGINES, _OUTBOX = "lumi_desk/storage/engines.py", "lumi_desk/sync/outbox.py"
_ACCEPT, _CACHE = "lumi_desk/hub/accept.py", "lumi_desk/sync/cache.py"
_SALVAGE, _ROUND = "lumi_desk/storage/salvage.py", "lumi_desk/sync/round.py"

BREAKS = {
    "the log of a killed desk is thrown away": Break(
        1,
        _SALVAGE,
        '    for name in ("making", "look"):',
        '    path.with_name(path.name + "-wal").unlink(missing_ok=True)\n'
        '    for name in ("making", "look"):',
        "tests/faults/test_killed.py::test_a_killed_desk_loses_nothing_it_acknowledged[sqlite]",
    ),
    "nothing is synced": Break(
        2,
        _ENGINES,
        "synchronous = FULL",
        "synchronous = OFF",
        "tests/faults/test_disk.py::test_a_power_cut_takes_nothing_that_was_acknowledged",
    ),
    "a note is kept like what can be had again": Break(
        2,
        _ENGINES,
        'told.get("lumi_passing") else "FULL"',
        'told else "NORMAL"',
        "tests/faults/test_disk.py::test_a_power_cut_takes_nothing_that_was_acknowledged",
    ),
    "each statement stands for itself": Break(
        3,
        _ENGINES,
        'exec_driver_sql("BEGIN IMMEDIATE")',
        'exec_driver_sql("SELECT 1")',
        "tests/faults/test_killed.py::test_a_killed_desk_loses_nothing_it_acknowledged[sqlite]",
    ),
    "a note is kept when the call ends": Break(
        4,
        "ui/workspace/contact.py",
        "            self._put(replace(call, note=text))",
        "            self._desk.call = replace(call, note=text)",
        "tests/journeys/test_power_cut.py"
        "::test_what_was_typed_half_a_second_before_the_power_went_is_there",
    ),
    "an answer is forgotten": Break(
        5,
        _ACCEPT,
        "        batch.told[op_id] = Answer(op_id, status, reason, json.loads(params))",
        "        pass",
        "tests/faults/test_line.py::test_a_lost_answer_and_a_request_that_arrives_twice[sqlite]",
    ),
    "work is done and its answer is not kept": Break(
        6,
        _ACCEPT,
        "        batch.unkept.append(_row(batch, one.envelope, answer))",
        "        pass",
        "tests/faults/test_killed.py"
        "::test_a_killed_hub_does_every_acknowledged_operation_once[sqlite]",
    ),
    "what left once is not sent again": Break(
        7,
        _OUTBOX,
        "WHERE NOT answered AND (not_before",
        "WHERE NOT answered AND NOT sending AND (not_before",
        "tests/faults/test_line.py::test_a_failed_upload_goes_later_by_itself[sqlite-refused]",
    ),
    "one bad operation stops its batch": Break(
        8,
        _ACCEPT,
        "return _batch(session, person_id, client_id, opened, now, careful=True)",
        "return _batch(session, person_id, client_id, opened, now, careful=False)",
        "tests/faults/test_poison.py::test_poison_anywhere_lets_the_others_through[sqlite-middle]",
    ),
    "the cursor is written first": Break(
        9,
        _CACHE,
        "    with outbox.aside(session, customers, _coming(pages) if customers else ()):\n"
        "        if waits and last:",
        "    for page in pages:\n"
        "        known.put(replace(known[page.stream], seq=page.seq))\n"
        "    session.commit()\n"
        "    session.begin()\n"
        "    with outbox.aside(session, customers, _coming(pages) if customers else ()):\n"
        "        if waits and last:",
        "tests/faults/test_killed.py"
        "::test_a_round_killed_before_each_of_its_statements_ends_whole[sqlite]",
    ),
    "two changes get one number": Break(
        10,
        "lumi_desk/sync/feed.py",
        "heads[stream] += 1\n                _plan_row",
        "heads[stream] += 0\n                _plan_row",
        "tests/hub/test_together.py::test_a_reader_misses_nothing_of_what_eight_write[sqlite]",
    ),
    "an interrupted snapshot is begun anew": Break(
        11,
        _ROUND,
        "Snapshot(self._client_id, stream, place.generation, place.after)",
        "Snapshot(self._client_id, stream)",
        "tests/faults/test_snapshots.py"
        "::test_a_snapshot_cut_anywhere_is_gone_on_with_while_the_hub_is_written_to[sqlite]",
    ),
    "only who holds her now may write about her": Break(
        12,
        _ACCEPT,
        "since <= at and",
        "since > at and",
        "tests/faults/test_moved.py::test_work_that_is_sent_after_she_left[sqlite]",
    ),
    "acknowledged work is not sent again": Break(
        13,
        _ROUND,
        "            outbox.send_again(session, self._now())",
        "            pass",
        "tests/faults/test_other_hub.py"
        "::test_yesterdays_backup_gets_todays_acknowledged_work_again[a new life]",
    ),
    "an old desk is told of snapshots": Break(
        14,
        "lumi_desk/hub/deliver.py",
        "if proto < _SNAPSHOTS_SINCE or stand.head == cursor == 0:",
        "if stand.head == cursor == 0:",
        "tests/faults/test_versions.py::test_a_desk_of_the_last_release_is_served_as_then[sqlite]",
    ),
    "numbers of a desk are taken for names of work": Break(
        15,
        _ACCEPT,
        '"op_id": envelope.op_id,',
        '"op_id": f"{batch.client_id}:{envelope.client_seq}",',
        "tests/faults/test_other_hub.py"
        "::test_a_copied_desk_keeps_the_order_and_counts_nothing_twice",
    ),
    "a full disk has no words": Break(
        16,
        "lumi_desk/storage/store.py",
        '_REFUSED = "disk i/o error"',
        '_REFUSED = "\\0"',
        "tests/faults/test_disk.py"
        "::test_no_room_on_the_desk_is_said_and_work_goes_on_when_there_is",
    ),
    "a sync that fails is not asked for": Break(
        17,
        _ENGINES,
        "synchronous = FULL",
        "synchronous = OFF",
        "tests/faults/test_disk.py::test_what_the_disk_refuses_to_sync_is_not_said_to_be_saved[15]",
    ),
    "unsent work stays in the damaged file": Break(
        18,
        _SALVAGE,
        '    _insert(connection, _OUTBOX, [{**row, "before": "[]"} for row in'
        " found.certain[_OUTBOX]])",
        "    pass",
        "tests/faults/test_damaged.py"
        "::test_without_its_first_page_everything_unsent_is_carried_over",
    ),
    "a migration stands half done": Break(
        19,
        _ENGINES,
        'exec_driver_sql("BEGIN IMMEDIATE")',
        'exec_driver_sql("SELECT 1")',
        "tests/faults/test_migrating.py"
        "::test_a_migration_killed_before_each_of_its_statements[desk]",
    ),
    "work waits until a clock comes right": Break(
        20,
        _OUTBOX,
        "OR not_before > ?)",
        "OR ? < 0)",
        "tests/faults/test_wrong_clocks.py::test_a_step_backwards_delays_no_work[sqlite]",
    ),
    "everybody comes back after the same time": Break(
        21,
        "lumi_desk/sync/patience.py",
        "return self.hold + dice * most",
        "return self.hold + most / 2",
        "tests/faults/test_outage.py::test_five_thousand_desks_get_through",
    ),
    "the window does the work itself": Break(
        35,
        "ui/background.py",
        "self._workers[name].put(partial(run, job))",
        "run(job)",
        "tests/journeys/test_never_waits.py::test_a_slow_disk_holds_nobody_up",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, to be broken."""
    folder = tmp_path_factory.mktemp("bite")
    for part in PARTS:
        source, there = ROOT / part, folder / part
        if source.is_dir():
            shutil.copytree(source, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, there)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_promise_is_noticed(copy: Path, name: str) -> None:
    wrong = BREAKS[name]
    file = copy / wrong.file
    sound = file.read_text("utf-8")
    assert sound.count(wrong.words) == 1, f"{wrong.file} no longer says: {wrong.words}"
    file.write_text(sound.replace(wrong.words, wrong.instead), "utf-8")
    try:
        done = _run(copy, wrong.test)
    finally:
        file.write_text(sound, "utf-8")
    # It ran, and it failed: 1 is what pytest ends with then.
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]


def _run(folder: Path, test: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "-p", "no:randomly", test],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "LUMI_TRIES": SHARE},
        capture_output=True,
        text=True,
        timeout=280,
    )
