"""Many rows as one: to unpack each takes a driver longer than it takes a database to join them."""

from typing import Any

from sqlalchemy import ColumnElement, String, cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def joined(column: ColumnElement[Any]) -> ColumnElement[str]:
    """All values of a column in one text, a blank between them; None of no rows.

    No value may hold a blank. Two columns of one select are joined in one order.
    """
    return _Joined(cast(column, String))


class _Joined(FunctionElement[str]):
    type = String()
    inherit_cache = True


@compiles(_Joined)
def _in_sqlite(element: Any, compiler: Any, **told: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **told)}, ' ')"


@compiles(_Joined, "postgresql")
def _in_postgres(element: Any, compiler: Any, **told: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **told)}, ' ')"
