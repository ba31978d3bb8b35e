"""Asking for rows by many ids: one statement, whatever their number and on either engine.

An IN that lists each id is a new statement for every number of them: compiled anew by SQLAlchemy,
planned anew by the server.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Boolean, ColumnElement, String, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from lumi_desk.storage.base import can_be_kept

T = TypeVar("T")

IDS = "ids"


def among(column: ColumnElement[Any], name: str = IDS) -> ColumnElement[bool]:
    """Whether a text column is one of the texts that the statement is executed with as `name`."""
    return _Among(column, bindparam(name, type_=_Texts()))


def chunks(items: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Lists of at most `size`: so many every engine takes in a statement that lists each."""
    some = list(items)
    for start in range(0, len(some), size):
        yield some[start : start + size]


def in_pieces(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` of items that are never all at hand."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def array(texts: Sequence[str]) -> str:
    """Texts as PostgreSQL reads an array of them."""
    if not texts:
        return "{}"
    # No text holds a NUL: it parts them until quotes and backslashes are marked.
    told = "\0".join(texts).replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + told.replace("\0", '","') + '"}'


class _TextArray(UserDefinedType[str]):
    """PostgreSQL's text[]. A text that is cast to one would be read again for every row."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "text[]"


class _Texts(TypeDecorator[Sequence[str]]):
    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = _TextArray() if dialect.name == "postgresql" else String()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        texts = list(value or ())
        if not can_be_kept(texts):
            # What cannot be kept stands nowhere.
            texts = [text for text in texts if can_be_kept([text])]
        return array(texts) if dialect.name == "postgresql" else json.dumps(texts)


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> Any:  # noqa: ARG002  (named by the base)
        """It is a condition: compared with a 1, as SQLite's flags are, no index would help."""
        return self


@compiles(_Among)
def _in_sqlite(element: Any, compiler: Any, **told: Any) -> str:
    column, texts = (compiler.process(one, **told) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608  (of our own)


@compiles(_Among, "postgresql")
def _in_postgres(element: Any, compiler: Any, **told: Any) -> str:
    column, texts = (compiler.process(one, **told) for one in element.clauses)
    return f"{column} = ANY({texts})"
