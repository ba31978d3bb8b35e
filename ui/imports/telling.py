"""What an import did, in words and as a file. Knows no Qt."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from unicodedata import east_asian_width

from lumi_desk.exports.export import as_file
from lumi_desk.exports.rules import Format
from lumi_desk.managing.imports import PastImport
from ui.imports import terms
from ui.imports.screen import Result, Row, Sheet
from ui.widgets.values import Badge, Button, Tone
from ui.words import count, money, tr, trn, when

_PARTS = ("orders", "lines", "buyers", "members")
# So many files stand in the list by name.
_NAMED = 2
# So many Latin letters wide is a name at most, and so many letters of its end are kept.
_WIDEST, _TAIL = 24, 8


def row(one: PastImport, now: datetime) -> Row:
    """An import in the list."""
    names = tr(", ").join(short(name) for name in one.files[:_NAMED])
    if len(one.files) > _NAMED:
        names += f" +{len(one.files) - _NAMED}"
    fact = tr(
        "{when} · {added} added, {changed} changed",
        when=when(_moment(one), now),
        added=count(one.added),
        changed=count(one.changed),
    )
    badge = None
    if one.left_out:
        badge = Badge(trn("{n} left out", "{n} left out", one.left_out), Tone.WARN)
    return Row(one.run, names, fact, badge)


def short(name: str) -> str:
    """A name of a file as a narrow card can hold it, without its middle where it is long."""
    if _wide(name) <= _WIDEST:
        return name
    head, tail = name, name[-_TAIL:]
    while _wide(head) + _wide(tail) >= _WIDEST:
        head = head[:-1]
    return f"{head}…{tail}"


def _wide(text: str) -> int:
    """How wide a text is, in Latin letters."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _moment(one: PastImport) -> datetime:
    return datetime.fromtimestamp(one.at / 1000, tz=UTC)


def tried(report: Mapping[str, Any], back: Button) -> Result:
    """What an import would do."""
    badge = Badge(tr("Nothing was written"), Tone.INFO)
    return _result("tried", tr("Trial"), badge, report, back)


def done(report: Mapping[str, Any], back: Button) -> Result:
    """What an import has just done."""
    return _result("done", tr("Imported"), Badge(tr("Finished"), Tone.GOOD), report, back)


def past(one: PastImport, report: Mapping[str, Any], now: datetime) -> Result:
    """What an earlier import did."""
    title = tr("Import of {when}", when=when(_moment(one), now))
    return _result(one.run, title, None, report, Button())


def _result(
    name: str, title: str, badge: Badge | None, report: Mapping[str, Any], back: Button
) -> Result:
    sheets = tuple(one for one in (_left_out(report), _repairs(report)) if one.rows)
    lines = (*_of_files(report), *_counts(report), *_money(report), *_people(report))
    save = tr("Save these rows as a file") if sheets else ""
    return Result(name, title, badge, lines, sheets, save, back)


def as_csv(sheets: Sequence[Sheet]) -> bytes:
    """The rows of a result as a file; no cell of it is a formula."""
    widest = max(len(one.headings) for one in sheets)
    rows: list[tuple[str, ...]] = []
    for place, one in enumerate(sheets):
        if place:
            rows += [(), one.headings]
        rows += one.rows
        if one.more:
            rows.append((one.more,))
    filled = [(*cells, *("",) * (widest - len(cells))) for cells in rows]
    return as_file(Format.CSV, sheets[0].title, sheets[0].headings, filled)


def _of_files(report: Mapping[str, Any]) -> list[str]:
    lines = []
    for one in report.get("files", ()):
        told = trn(
            "{file}: {kind}, {n} row",
            "{file}: {kind}, {n} rows",
            one["rows"],
            file=one["name"],
            kind=terms.kind(one["kind"]),
        )
        again = tr("imported before") if one.get("imported_before") else ""
        lines.append(" · ".join(part for part in (told, again) if part))
    skipped = report.get("skipped", ())
    lines += [tr("{file}: not read, it holds no orders and no people", file=one) for one in skipped]
    return lines


def _counts(report: Mapping[str, Any]) -> list[str]:
    return [
        tr(
            "{what}: {read} read, {added} added, {changed} changed, {unchanged} unchanged, "
            "{left_out} left out",
            what=terms.part(name),
            **{key: count(many) for key, many in report[name].items()},
        )
        for name in _PARTS
        if report[name]["read"] or report[name]["left_out"]
    ]


def _money(report: Mapping[str, Any]) -> list[str]:
    if not report["orders"]["read"]:
        return []
    sums, in_files = report["sums"], report["file_sums"]
    line = tr("Worth {total}, paid {paid}, refunded {refund}", **_amounts(sums))
    if sums != in_files:
        line += tr(
            "; in the files worth {total}, paid {paid}, refunded {refund}", **_amounts(in_files)
        )
    return [line, *_of_no_cash(report)]


def _of_no_cash(report: Mapping[str, Any]) -> list[str]:
    """Orders whose amounts count otherwise than their files say."""
    unsold = trn(
        "{n} order of goods sent for nothing (again, in exchange, as a gift): it counts as no sale",
        "{n} orders of goods sent for nothing (again, in exchange, as a gift): they count as no"
        " sales",
        report.get("unsold", 0),
    )
    by_card = trn(
        "{n} order paid by a recharge card: no cash sale",
        "{n} orders paid by a recharge card: no cash sales",
        report.get("by_card", 0),
    )
    told = {"unsold": unsold, "by_card": by_card}
    return [words for name, words in told.items() if report.get(name)]


def _amounts(sums: Mapping[str, int]) -> dict[str, str]:
    return {name: money(sums[f"{name}_fen"]) for name in ("total", "paid", "refund")}


def _people(report: Mapping[str, Any]) -> list[str]:
    lines = []
    if report.get("people"):
        told = {"reached": count(report["reached"]["any"]), "people": count(report["people"])}
        lines.append(tr("{reached} of {people} people can be reached", **told))
    classified = report.get("classified")
    if classified:
        told = {"seen": count(classified["seen"]), "changed": count(classified["changed"])}
        lines.append(tr("{seen} customers classified, {changed} changed", **told))
    if report.get("confirmed"):
        lines.append(tr("{n} claimed sales confirmed", n=count(report["confirmed"])))
    if report.get("given_to_reps"):
        lines.append(tr("{n} customers given to reps", n=count(report["given_to_reps"])))
    return lines


def _left_out(report: Mapping[str, Any]) -> Sheet:
    rows = tuple(
        (one["file"], count(one["line"]), terms.reason(one["reason"], one.get("params", {})))
        for one in report.get("left_out", ())
    )
    more = [
        tr("{n} × {what}", n=count(many), what=terms.reason(code, {}))
        for code, many in report.get("left_out_more", {}).items()
    ]
    return Sheet(
        "left_out",
        trn("{n} row left out", "{n} rows left out", _all(report, "left_out")),
        (tr("File"), tr("Row"), tr("Why")),
        rows,
        _more(more),
    )


def _repairs(report: Mapping[str, Any]) -> Sheet:
    rows = tuple(
        (
            one["file"],
            count(one["line"]),
            one["column"],
            one["stood"],
            one["taken"],
            terms.repair(one["repair"]),
        )
        for one in report.get("repairs", ())
    )
    more = [
        tr("{n} × {what}", n=count(many), what=terms.repair(code))
        for code, many in report.get("repairs_more", {}).items()
    ]
    return Sheet(
        "repairs",
        trn("{n} cell repaired", "{n} cells repaired", _all(report, "repairs")),
        (tr("File"), tr("Row"), tr("Column"), tr("Stood there"), tr("Taken for"), tr("Because of")),
        rows,
        _more(more),
    )


def _all(report: Mapping[str, Any], name: str) -> int:
    more: Mapping[str, int] = report.get(f"{name}_more", {})
    return len(report.get(name, ())) + sum(more.values())


def _more(told: Sequence[str]) -> str:
    return tr("Not listed: {what}", what=tr("; ").join(told)) if told else ""
