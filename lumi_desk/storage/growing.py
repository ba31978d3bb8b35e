"""Tables that grow by much within one transaction, and a server that plans by what it knew."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

# Fewer rows change no plan.
_MANY = 1000
_KNOWN = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)")


def count_anew(session: Session, table: Any, written: int, times: int = 2) -> None:
    """Have a server count a table anew if it knows of fewer than `times` the rows just written.

    What it planned while the table was small would read all of it every time, until it looks by
    itself: at the earliest when the transaction is over. A file plans without counting.
    """
    connection = session.connection()
    if written < _MANY or connection.dialect.name != "postgresql":
        return
    quoted = f'"{table.name}"'
    if (connection.scalar(_KNOWN, {"name": quoted}) or 0) < times * written:
        connection.execute(text(f"ANALYZE {quoted}"))
