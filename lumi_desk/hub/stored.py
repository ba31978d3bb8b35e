"""Rows as they are stored and travel: tuples in the order of their entity's columns."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Connection

from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.direct import Direct, Row
from lumi_desk.sync.entities import Entity


def rows_of(
    connection: Connection, entity: Entity, asked: Direct, told: Mapping[str, Any]
) -> list[Row]:
    """Rows of an entity, from a select of the columns that travel and of no others."""
    rows = asked.rows(connection, told)
    if connection.dialect.name == "postgresql":
        return rows
    # The file keeps 0 and 1; the wire says what they mean.
    for place in _truths(entity):
        rows = [(*row[:place], _said(row[place]), *row[place + 1 :]) for row in rows]
    return rows


def rows_among(
    connection: Connection, entity: Entity, key: str, values: Sequence[str]
) -> list[Row]:
    """The rows with one of these values in a column."""
    return rows_of(connection, entity, _among(entity, key), {IDS: values})


@cache
def _among(entity: Entity, key: str) -> Direct:
    return Direct(entity.raw().where(among(entity.kept.c[key])))


@cache
def _truths(entity: Entity) -> Sequence[int]:
    kinds = (entity.kept.c[name].type for name in entity.columns)
    return [place for place, kind in enumerate(kinds) if isinstance(kind, Boolean)]


def _said(kept: int | None) -> bool | None:
    return None if kept is None else bool(kept)
