"""The lists of a hub as they ship: one record per row of the tables of the same name."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    code: str
    name: str
    line: str
    measure: str
    high_margin: bool
    price_fen: int
    cost_fen: int
    unit: str
    days_per_unit: int
    allergens: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products sold together; `items` are [product id, units]."""

    id: str
    name: str
    items: list[list[Any]]
    price_fen: int
    list_fen: int
    high_margin: bool
    pools: str
    grades: str


@dataclass(frozen=True, slots=True)
class CardPlan:
    id: str
    name: str
    value_fen: int
    bonus_fen: int
    gift: str
    gift_fen: int


@dataclass(frozen=True, slots=True)
class Disposition:
    id: str
    answered: bool
    position: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Setting:
    id: str
    rule_set: str
    effective: date
    body: Any


@dataclass(frozen=True, slots=True)
class ScriptText:
    """A script as kept: `body` is the document scripts.reading parses."""

    id: str
    situation: str
    language: str
    version: int
    title: str
    body: Any
