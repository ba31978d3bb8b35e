"""The content that ships with the program: products, card plans, dispositions, scripts, claims."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from lumi_desk.catalog.records import (
    Bundle,
    CardPlan,
    Disposition,
    Product,
    ScriptText,
    Setting,
)
from lumi_desk.paths import shipped
from lumi_desk.scripts.claims import Claim, ClaimsList

# Long before any invented order, so that the settings hold for all of them.
_EFFECTIVE = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is sold and by which lists calls are kept."""

    shop: str
    channel: str
    products: Mapping[str, Product]
    bundles: tuple[Bundle, ...]
    card_plans: tuple[CardPlan, ...]
    dispositions: tuple[Disposition, ...]
    settings: tuple[Setting, ...]


@cache
def _document(name: str) -> Any:
    return json.loads((shipped("resources") / "content" / name).read_text("utf-8"))


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    told = _document("catalogue.json")
    products = {entry["id"]: _product(entry) for entry in told["products"]}
    return Catalogue(
        shop=told["shop"]["name"],
        channel=told["shop"]["channel"],
        products=products,
        bundles=tuple(_bundle(entry, products) for entry in told["bundles"]),
        card_plans=tuple(_card_plan(entry) for entry in told["card_plans"]),
        dispositions=tuple(
            Disposition(entry["id"], entry["answered"], place, entry["zh"], entry["en"])
            for place, entry in enumerate(told["dispositions"], start=1)
        ),
        settings=(
            *(
                Setting(name, name, _EFFECTIVE, body)
                for name, body in sorted(told["settings"].items())
            ),
            Setting("claims", "claims", _EFFECTIVE, _document("claims.json")),
        ),
    )


def _product(entry: dict[str, Any]) -> Product:
    return Product(
        id=entry["id"],
        code=entry["code"],
        name=entry["name"],
        line=entry["line"],
        measure=entry["measure"],
        high_margin=entry["high_margin"],
        price_fen=entry["yuan"] * 100,
        cost_fen=entry["cost_yuan"] * 100,
        unit=entry["unit"],
        days_per_unit=entry["days_per_unit"],
        allergens=entry["allergens"],
    )


def _bundle(entry: dict[str, Any], products: Mapping[str, Product]) -> Bundle:
    return Bundle(
        id=entry["id"],
        name=entry["name"],
        items=entry["items"],
        price_fen=entry["yuan"] * 100,
        list_fen=sum(products[product].price_fen * units for product, units in entry["items"]),
        high_margin=entry["high_margin"],
        pools=entry["pools"],
        grades=entry["grades"],
    )


def _card_plan(entry: dict[str, Any]) -> CardPlan:
    return CardPlan(
        id=entry["id"],
        name=entry["name"],
        value_fen=entry["yuan"] * 100,
        bonus_fen=entry["bonus_yuan"] * 100,
        gift=entry["gift"],
        gift_fen=entry["gift_yuan"] * 100,
    )


@cache
def scripts() -> tuple[ScriptText, ...]:
    """The shipped scripts in both languages, as they are kept."""
    folder = shipped("resources") / "content" / "scripts"
    documents = [_document(f"scripts/{path.name}") for path in sorted(folder.glob("*.json"))]
    return tuple(
        ScriptText(
            id=one["id"],
            situation=one["situation"],
            language=one["language"],
            version=one["version"],
            title=one["title"],
            body=one,
        )
        for one in documents
    )


@cache
def claims() -> ClaimsList:
    """The shipped list of forbidden claims."""
    told = _document("claims.json")
    found = (Claim(words, kind["kind"]) for kind in told["claims"] for words in kind["words"])
    return ClaimsList(tuple(found), tuple(told["allowed"]))
