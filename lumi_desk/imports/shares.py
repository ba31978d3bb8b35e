"""What exports say of an order line by line: kept by line, added up over all their files.

Programs cut their exports after so many rows, also between two lines of one order. Files of one
header complete each other; what another kind of export says of the order stands beside it, and
so does what one says of the whole order. Of these tellings the newest counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from lumi_desk.imports import rules
from lumi_desk.imports.rules import Progress
from lumi_desk.imports.states.rules import OrderStatus
from lumi_desk.storage.base import from_millis, to_millis

# The telling of exports that have a row for the whole order.
WHOLE = ""
BETWEEN = "，"
# A blank in a newer one never wipes what an older one says.
_FILLED = (
    *("title", "status_words", "close_words", "goods_fen", "postage_fen"),
    *("paid_at", "confirmed_at"),
)
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class Share(NamedTuple):
    """What an export says of one line of an order, or of all of it."""

    title: str
    status: OrderStatus
    status_words: str
    close_words: str
    total_fen: int
    paid_fen: int
    refund_fen: int
    goods_fen: int
    postage_fen: int
    paid_at: datetime | None
    confirmed_at: datetime | None
    as_of: datetime = LONG_AGO

    @property
    def progress(self) -> Progress:
        """How late it was written."""
        told = (self.status, self.refund_fen, self.paid_at, self.confirmed_at, self.as_of)
        return rules.progress(*told)


# A share as it is kept, as numbers and texts; its last is when its file was made.
Kept = Sequence[Any]
Shares = Mapping[str, Share]
Tellings = Mapping[str, Shares]


def summed(shares: Sequence[Share], amounts: Sequence[Share] = ()) -> Share:
    """The order that lines make. Amounts are those of `amounts`, of all lines if there are none."""
    if len(shares) == 1:
        return _with_goods(shares[0])
    status = _status([one.status for one in shares])
    telling = next(one for one in shares if one.status is status)
    counted = amounts or shares
    found = Share(
        title=BETWEEN.join(dict.fromkeys(one.title for one in shares if one.title)),
        status=status,
        status_words=telling.status_words,
        close_words=telling.close_words,
        total_fen=sum([one.total_fen for one in counted]),
        paid_fen=sum([one.paid_fen for one in counted]),
        refund_fen=sum([one.refund_fen for one in counted]),
        goods_fen=sum([one.goods_fen for one in counted]),
        postage_fen=sum([one.postage_fen for one in counted]),
        paid_at=min((one.paid_at for one in shares if one.paid_at), default=None),
        confirmed_at=max((one.confirmed_at for one in shares if one.confirmed_at), default=None),
        as_of=max(one.as_of for one in shares),
    )
    return _with_goods(found)


def _with_goods(one: Share) -> Share:
    goods = one.goods_fen or max(0, one.total_fen - one.postage_fen)
    return one._replace(goods_fen=goods) if goods != one.goods_fen else one


def _status(told: Sequence[OrderStatus]) -> OrderStatus:
    """An order is as far as the slowest of its lines; closed only when all of them are."""
    alive = [one for one in told if one is not OrderStatus.CLOSED]
    return min(alive, key=list(OrderStatus).index) if alive else OrderStatus.CLOSED


def with_more(
    tellings: Tellings,
    family: str,
    shares: Iterable[tuple[str, Share]],
    as_of: datetime,
    *,
    again: bool,
) -> Tellings:
    """What is known of an order, and what one more file of a family says of its lines.

    A line that a file tells `again` is never newer than what came after it.
    """
    known = dict(tellings.get(family, {}))
    for key, one in shares:
        told, stood = one._replace(as_of=as_of), known.get(key)
        if stood is None:
            known[key] = told
            continue
        now, before = told.progress, stood.progress
        newer = now > before or (now == before and not again)
        known[key] = _filled(told, stood) if newer else _filled(stood, told)
    return {**tellings, family: known}


def _filled(first: Share, other: Share) -> Share:
    more = {name: getattr(other, name) for name in _FILLED if not getattr(first, name)}
    return first._replace(**more, refund_fen=max(first.refund_fen, other.refund_fen))


def standing(tellings: Tellings) -> Share:
    """What counts of all that is said of an order; of two as new the greater sum."""
    told = [_telling(family, shares) for family, shares in sorted(tellings.items())]
    told.sort(key=lambda one: (one.progress, one.total_fen), reverse=True)
    found = told[0]
    for other in told[1:]:
        found = _filled(found, other)
    return found


def _telling(family: str, shares: Shares) -> Share:
    if family == WHOLE:
        return next(iter(shares.values()))
    order = summed([shares[key] for key in sorted(shares)])
    kept = rules.kept_fen(order.total_fen, order.paid_fen, order.refund_fen)
    return order._replace(paid_fen=kept)


def as_json(tellings: Tellings) -> dict[str, Any]:
    """As it is kept."""
    return {
        family: {key: as_kept(one) for key, one in sorted(shares.items())}
        for family, shares in sorted(tellings.items())
    }


def of_json(told: Mapping[str, Any]) -> Tellings:
    """As it was kept."""
    return {
        family: {key: of_kept(one) for key, one in shares.items()}
        for family, shares in told.items()
    }


def first(family: str, shares: Iterable[tuple[str, Kept]], as_of: datetime) -> dict[str, Any]:
    """What the first file tells of an order's lines, as it is kept."""
    made_at = to_millis(as_of)
    return {family: {key: (*one[:-1], made_at) for key, one in sorted(shares)}}


def holds(
    kept: Mapping[str, Any] | None,
    family: str,
    shares: Iterable[tuple[str, Kept]],
    as_of: datetime,
) -> bool:
    """Whether what is kept of an order says just what a file tells of its lines."""
    known, made_at = (kept or {}).get(family, {}), to_millis(as_of)
    return all(known.get(key) == [*one[:-1], made_at] for key, one in shares)


def as_kept(one: Share) -> Kept:
    """A share as it is kept."""
    paid = one.paid_at and to_millis(one.paid_at)
    confirmed = one.confirmed_at and to_millis(one.confirmed_at)
    return (one.title, one.status.value, *one[2:-3], paid, confirmed, to_millis(one.as_of))


def of_kept(values: Kept) -> Share:
    """A share as it was kept."""
    title, status, *rest, paid_at, confirmed_at, as_of = values
    times = [at if at is None else from_millis(at) for at in (paid_at, confirmed_at)]
    return Share._make((title, OrderStatus(status), *rest, *times, from_millis(as_of)))
