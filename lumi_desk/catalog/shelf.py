"""Which product an order line speaks of, and the numbers of a rule set as its own kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog import service
from lumi_desk.catalog.tables import Product, SettledTitle
from lumi_desk.customers.rules import Star, star_of
from lumi_desk.errors import N_, LumiError

T = TypeVar("T")

# In which unit target the two named products count.
_MEASURE = {Star.DREAM: "dream", Star.BIG_ENZYME: "enzyme"}


class BadSetting(LumiError):
    """The numbers of a rule set do not fit it."""

    title = N_("The settings of “{rule_set}” cannot be used: {where}")
    advice = N_("Nothing was changed. Correct them, then try again.")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a product counts as. `measure` is "dream", "enzyme" or empty."""

    measure: str = ""
    high_margin: bool = False


class Shelf:
    """The products, found by id or shop code; by their title where neither is known.

    `settled` says what titles count as that the manager has settled.
    """

    def __init__(
        self,
        by_id: Mapping[str, Kind],
        by_code: Mapping[str, Kind],
        settled: Mapping[str, Kind] = MappingProxyType({}),
    ) -> None:
        self._by_id = by_id
        self._by_code = by_code
        self._settled = settled
        self._by_title: dict[str, Kind] = {}

    def kind_of(self, product_id: str | None, code: str, title: str) -> Kind:
        """What an order line counts as."""
        known = self._by_id.get(product_id or "") or self._by_code.get(code)
        return known or self._titled(title)

    def settled(self, title: str) -> Kind | None:
        """What a title counts as by what the manager settled; None where that is nothing."""
        return self._settled.get(title)

    def _titled(self, title: str) -> Kind:
        if title not in self._by_title:
            star = star_of(title)
            plain = self.settled(title) or Kind()
            self._by_title[title] = Kind(_MEASURE[star], high_margin=True) if star else plain
        return self._by_title[title]


def shelf(session: Session) -> Shelf:
    """The products as they are now."""
    by_id, by_code = {}, {}
    for product in session.scalars(select(Product)):
        by_id[product.id] = Kind(product.measure, product.high_margin)
        if product.code:
            by_code[product.code] = by_id[product.id]
    asked = select(SettledTitle.title, SettledTitle.high_margin, SettledTitle.product_id)
    settled = {
        title: by_id.get(product_id or "") or Kind(high_margin=high_margin)
        for title, high_margin, product_id in session.execute(asked)
        if high_margin or product_id
    }
    return Shelf(by_id, by_code, settled)


def numbers(session: Session, rule_set: str, day: date, default: T) -> T:
    """The numbers of a rule set in force on a day, of the default's kind; the default if none.

    What the kept settings leave out keeps its default. Raises BadSetting.
    """
    body = service.setting(session, rule_set, day)
    return default if body is None else told(rule_set, body, default)


def usable(session: Session, rule_set: str, day: date, default: T) -> T:
    """The numbers of a rule set as a desk goes by them: the default where they cannot be used.

    What the hub sends must not cost anybody her day's list.
    """
    try:
        return numbers(session, rule_set, day, default)
    except BadSetting:
        return default


def told(rule_set: str, body: Any, default: T) -> T:
    """The numbers that a setting's body tells, of the default's kind. Raises BadSetting."""
    try:
        kind: Any = type(default)
        return cast(T, _adapter(kind).validate_python(body))
    except ValidationError as error:
        places = {".".join(map(str, one["loc"])) or one["msg"] for one in error.errors()}
        raise BadSetting(rule_set=rule_set, where=", ".join(sorted(places))) from None


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Making one takes longer than all that is read with it."""
    return TypeAdapter(kind)
