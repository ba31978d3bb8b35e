"""What the hub answered, and what is sent again when a hub has lost it.

All of it goes from table to table inside the database: a push of a hundred operations is a
handful of statements.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lumi_desk.operations import ASK, KINDS
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import touch
from lumi_desk.sync import rows
from lumi_desk.sync.protocol import APPLIED, PARKED, Answer
from lumi_desk.sync.tables import DeadLetter, SentLog

# How long a hub may be put back by and still get everything again.
KEPT_FOR = timedelta(days=90)
# So many of the newest are kept whatever the clock says: it may be wrong.
ALWAYS_KEPT = 1000
# What the hub keeps: it did it, or it holds it for the leader.
_KEPT = (APPLIED, PARKED)
_WORK = "op_id, client_seq, kind, kind_ver, payload, customer_id"
_FIRST = rows.listed(kind.name for kind in KINDS if kind.first)


def log(session: Session, answers: Sequence[Answer], now: datetime) -> None:
    """Note what the hub answered to work of the outbox; what was taken once stays `kept`."""
    told = [[one.op_id, one.status, int(one.status in _KEPT)] for one in answers]
    rows.change(
        session,
        SentLog.__tablename__,
        f"INSERT INTO sent_log ({_WORK}, made_at, status, kept, answered_at)"  # noqa: S608
        f" SELECT {_WORK}, made_at, told.value ->> 1, told.value ->> 2, ?"
        " FROM json_each(?) AS told JOIN outbox ON op_id = told.value ->> 0 WHERE true"
        " ON CONFLICT (op_id) DO UPDATE SET status = excluded.status,"
        " kept = max(kept, excluded.kept), answered_at = excluded.answered_at",
        to_millis(now),
        json.dumps(told),
    )


def bury(session: Session, answers: Sequence[Answer], now: datetime) -> None:
    """Show the rep work of the outbox that was refused or parked, and how the rows stand now."""
    _each(
        session,
        f"INSERT INTO dead_letter ({_WORK}, status, reason, params, now, answered_at)"  # noqa: S608
        f" SELECT {_WORK}, ?, ?, ?, ?, ? FROM outbox WHERE op_id = ?"
        " ON CONFLICT (op_id) DO UPDATE SET status = excluded.status,"
        " reason = excluded.reason, params = excluded.params, now = excluded.now,"
        " answered_at = excluded.answered_at",
        [
            (
                answer.status,
                answer.reason,
                json.dumps(answer.params, ensure_ascii=False, sort_keys=True),
                json.dumps(_as_it_stands(answer), ensure_ascii=False, sort_keys=True),
                to_millis(now),
                answer.op_id,
            )
            for answer in answers
        ],
    )
    if answers:
        touch(session, DeadLetter.__tablename__)


def unearth(session: Session, op_ids: Sequence[str]) -> None:
    """What was refused once and is taken now is refused no more."""
    sql = f"DELETE FROM dead_letter WHERE op_id {rows.AMONG}"  # noqa: S608
    rows.change(session, DeadLetter.__tablename__, sql, rows.listed(op_ids))


def queue_again(session: Session, now: datetime) -> None:
    """Put into the outbox what was taken once, and refusals: unread, or asked about.

    In their old order; only a number that is taken (work carried over from a damaged file may
    have any) makes place for a new one.
    """
    session.connection().exec_driver_sql(
        f"INSERT INTO outbox ({_WORK}, first, not_before, made_at, sending, answered, before)"  # noqa: S608
        " SELECT op_id, CASE WHEN client_seq IN (SELECT client_seq FROM outbox)"
        " OR row_number() OVER (PARTITION BY client_seq ORDER BY op_id) > 1"
        " THEN NULL ELSE client_seq END, kind, kind_ver, payload,"
        " coalesce(customer_id, json_extract(payload, '$.customer_id')),"
        f" kind {rows.AMONG}, ?, coalesce(made_at, ?), 1, 0, '[]'"
        " FROM sent_log WHERE op_id NOT IN (SELECT op_id FROM outbox) AND"
        " (kept OR op_id IN (SELECT op_id FROM dead_letter WHERE seen_at IS NULL)"
        # A question is kept under the work that it is about.
        " OR op_id IN (SELECT customer_id FROM sent_log WHERE kept AND kind = ?))"
        " ORDER BY client_seq",
        (_FIRST, to_millis(now), to_millis(now), ASK),
    )


def prune(session: Session, now: datetime) -> None:
    """Forget what was answered long ago, and never what is waiting to be sent again."""
    session.connection().exec_driver_sql(
        "DELETE FROM sent_log WHERE answered_at < ?"
        " AND client_seq <= (SELECT max(client_seq) FROM sent_log) - ?"
        " AND op_id NOT IN (SELECT op_id FROM outbox)",
        (to_millis(now - KEPT_FOR), ALWAYS_KEPT),
    )


def _as_it_stands(answer: Answer) -> dict[str, dict[str, Any]]:
    """The rows a refusal came with: entity → column → value, as stored."""
    return {
        change.entity: dict(zip(columns, change.row or (), strict=True))
        for change in answer.now
        if (columns := rows.columns_of(change))
    }


def _each(session: Session, sql: str, values: list[tuple[Any, ...]]) -> None:
    if values:
        session.connection().exec_driver_sql(sql, values)
