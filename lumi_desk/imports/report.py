"""What an import did: counts, sums, and every row left out with its reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from lumi_desk.imports.columns import LeftOut, OrderRow
from lumi_desk.imports.guessing import meaning_of
from lumi_desk.imports.repairs import Repaired
from lumi_desk.imports.units import WORDS, Unit

# What is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]
# So many rows left out are kept one by one; the rest is counted by reason.
MOST_LEFT_OUT = 10_000
_SHOWN = 20
_INSIDE = ("touched", "customer_ids", "met", "changed_anything")


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file, or sheet of a workbook, as it was found.

    `columns` tells which column (by name) was taken for which field, where the header is no
    platform's, and `units` what amounts were counted in, yuan aside.
    """

    name: str
    kind: str
    encoding: str
    rows: int
    sha256: str
    imported_before: bool
    columns: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[str, Unit], ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of what was read: `read` = added + changed + unchanged, + left_out of rows.

    Buyers and members are people, not rows: `read` counts each once.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """Totals of the amount columns, in fen: 总金额, 买家实际支付金额, 退款金额."""

    total_fen: int = 0
    paid_fen: int = 0
    refund_fen: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """One import. `file_sums` are of the files' own cells, `sums` of the orders taken.

    `unsold` orders are of goods sent for nothing, `by_card` those that a recharge card paid.
    Reachable is an order whose customer has a real phone number, WeChat, or a Wangwang nick seen
    in an order of the last two years (`rules.NICK_LIVE_DAYS`), and has not closed that way to
    offers; masked and virtual numbers reach nobody. `people` are all customers the files speak
    of, `reached` how many of them by each way, and by "any". Of rows left out, and of repaired
    cells, the first are listed; `left_out_more` and `repairs_more` count the rest by reason and by
    repair. `touched` are (table, id) of all records written that travel, `customer_ids` the
    customers of the files, and `met` those and whoever was made one with another: all three can
    be gone through until the batch is closed.
    """

    run_id: str
    files: tuple[FileRead, ...]
    skipped: tuple[str, ...]
    orders: Counts
    lines: Counts
    buyers: Counts
    members: Counts
    file_sums: Sums
    sums: Sums
    unpaid: int
    wholly_refunded: int
    unsold: int
    by_card: int
    rounded: int
    upgraded: int
    without_person: int
    reachable: int
    people: int
    reached: Mapping[str, int]
    linked: int
    dirt: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    left_out_more: Mapping[str, int]
    repairs: tuple[Repaired, ...]
    repairs_more: Mapping[str, int]
    changed_anything: bool
    touched: Iterable[tuple[str, str]] = field(repr=False)
    customer_ids: Iterable[str] = field(repr=False)
    met: Iterable[str] = field(repr=False)

    @property
    def reachable_share(self) -> float:
        """The part of the orders whose buyer can be reached, 0 to 1."""
        return self.reachable / self.orders.read if self.orders.read else 0.0

    @property
    def people_share(self) -> float:
        """The part of the people who can be reached by any way, 0 to 1."""
        return self.reached.get("any", 0) / self.people if self.people else 0.0

    def as_json(self) -> dict[str, Any]:
        """The report for machines; what was touched stays out, it is only for the feed."""
        names = [one.name for one in fields(self) if one.name not in _INSIDE]
        body = {name: _plain(getattr(self, name)) for name in names}
        body["people_share"] = round(self.people_share, 4)
        body["reachable_share"] = round(self.reachable_share, 4)
        body["left_out"] = [
            {
                "file": row.file,
                "line": row.line,
                "reason": row.reason.value,
                "params": dict(row.params),
                "words": row.words,
            }
            for row in self.left_out
        ]
        body["repairs"] = [asdict(row) | {"words": row.words} for row in self.repairs]
        return body

    def as_text(self) -> str:
        """The report for people, one fact a line."""
        parts = (
            self._of_files(),
            self._of_counts(),
            self._of_money(),
            self._of_people(),
            self._of_dirt(),
        )
        return "\n".join([line for part in parts for line in part] + self._of_left_out())

    def _of_files(self) -> list[str]:
        again = " · imported before"
        lines = []
        for one in self.files:
            seen = again if one.imported_before else ""
            lines.append(f"{one.name}: {one.kind}, {one.rows} rows, {one.encoding}{seen}")
            if one.columns:
                lines.append(f"  read as {in_words(one.columns, one.units)}")
        lines += [f"{name}: not read, it holds no orders and no people" for name in self.skipped]
        return lines

    def _of_counts(self) -> list[str]:
        named = {
            "orders": self.orders,
            "lines": self.lines,
            "buyers": self.buyers,
            "members": self.members,
        }
        return [
            f"{name:<8} {one.read:>7,} read {one.added:>7,} added {one.changed:>7,} changed "
            f"{one.unchanged:>7,} unchanged {one.left_out:>5,} left out"
            for name, one in named.items()
            if one.read or one.left_out
        ]

    def _of_money(self) -> list[str]:
        if not self.orders.read:
            return [f"{self.linked:,} orders linked to members"]
        same = "as in the file" if self.sums == self.file_sums else "the file says "
        if self.sums != self.file_sums:
            same += _yuan_of(self.file_sums)
        counts = f"{self.unpaid:,} unpaid, {self.wholly_refunded:,} wholly refunded"
        reach = f"{self.reachable:,} of {self.orders.read:,} orders reach their buyer"
        return [
            f"{_yuan_of(self.sums)} ({same})",
            f"{counts}, {self.without_person:,} without a person",
            *self._of_no_cash(),
            f"{reach} ({self.reachable_share:.1%})",
        ]

    def _of_no_cash(self) -> list[str]:
        """Orders whose amounts count otherwise than the files alone would say."""
        told = {"of goods sent for nothing": self.unsold, "paid by a recharge card": self.by_card}
        return [f"orders {what}: {n:,}" for what, n in told.items() if n]

    def _of_people(self) -> list[str]:
        if not self.people:
            return []
        ways = ", ".join(f"{way} {n:,}" for way, n in self.reached.items() if n and way != "any")
        some = f"{self.reached['any']:,} of {self.people:,} people can be reached"
        return [f"{some} ({self.people_share:.1%}){': ' if ways else ''}{ways}"]

    def _of_dirt(self) -> list[str]:
        lines = [f"repaired: {what} × {n:,}" for what, n in self.dirt.items()]
        cells = len(self.repairs) + sum(self.repairs_more.values())
        if cells:
            lines.append(
                f"{cells:,} cells taken for what they do not say; "
                f"see lumi-hub import show {self.run_id} --repairs"
            )
        if self.rounded:
            lines.insert(0, f"{self.rounded:,} order numbers rounded by a spreadsheet: not used")
        if self.upgraded:
            lines.insert(0, f"{self.upgraded:,} orders have got their true number")
        return lines

    def _of_left_out(self) -> list[str]:
        lines = [f"{row.file}, line {row.line}: {row.words}" for row in self.left_out[:_SHOWN]]
        rest = Counter(row.reason.value for row in self.left_out[_SHOWN:])
        rest.update(self.left_out_more)
        if rest:
            told = ", ".join(f"{n:,} × {reason}" for reason, n in sorted(rest.items()))
            lines.append(f"… and {rest.total():,} more rows ({told}); see --json")
        return lines


def _plain(value: Any) -> Any:
    """A part of a report as JSON has it."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, FileRead | Counts | Sums):
        return {name: _plain(one) for name, one in asdict(value).items()}
    return value


def add(parts: Iterable[Sums]) -> Sums:
    """The sums of sums."""
    totals = [(one.total_fen, one.paid_fen, one.refund_fen) for one in parts]
    total, paid, refund = (sum(column) for column in zip((0, 0, 0), *totals, strict=True))
    return Sums(total, paid, refund)


def sums_of(rows: Iterable[OrderRow]) -> Sums:
    """The amounts of some orders, as their files have them."""
    total = paid = refund = 0
    for row in rows:
        total += row.total_fen
        paid += row.paid_fen
        refund += row.refund_fen
    return Sums(total, paid, refund)


def in_words(columns: Iterable[tuple[str, str]], units: Iterable[tuple[str, Unit]] = ()) -> str:
    """Which column (by name) was taken for which field, for a line of text."""
    counted = {name: f" ({WORDS[unit]})" for name, unit in units}
    return ", ".join(
        f"{name} = {meaning_of(told)}{counted.get(name, '')}" for name, told in columns
    )


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, exact."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def _yuan_of(sums: Sums) -> str:
    return (
        f"总金额 {yuan(sums.total_fen)}, 实际支付 {yuan(sums.paid_fen)}, "
        f"退款 {yuan(sums.refund_fen)}"
    )
