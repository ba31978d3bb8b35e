"""The screen of imports with fixed content, for the gallery and the tests of the view."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from lumi_desk.imports.problems import NotAnExport
from lumi_desk.managing.imports import (
    PIECE,
    ColumnPlan,
    FileAt,
    ImportAt,
    ImportWish,
    PastImport,
    TablePlan,
)
from lumi_desk.sync.protocol import Problem
from ui.gallery_parts import NOW, Words, synced, words
from ui.imports import saying, telling
from ui.imports.presenter import NEW, away
from ui.imports.screen import Row, Screen
from ui.widgets.values import Badge, Button, Notice, SyncChip, SyncState, Tone
from ui.words import tr, trn

_ORDERS = "ExportOrderList202611171000.csv"
_ERP = "旺店通导出-十一月.xlsx"
_PLAIN = ImportWish()
_MEANINGS = ("number", "created", "paid_at", "total", "postage", "refund", "status", "phone")


def imports(language: str) -> dict[str, Screen]:
    """Return every state of the imports by name."""
    w = words(language)
    plain = _screen(w)
    return {
        "imports": replace(plain, start=saying.start(), keys=tr("Alt O chooses files")),
        **_before(w, plain),
        **_at_work_and_after(w, plain),
        "imports-problem": replace(
            plain, start=saying.start(), notice=Notice(_protected(), Tone.BAD)
        ),
    }


def _before(w: Words, plain: Screen) -> dict[str, Screen]:
    """Until a file is imported."""
    reading = replace(plain, reading=_reading((_erp(),)), keys=_keys(), rows=_rows(w, _ERP))
    two = (_known(), _erp(), _nobodys())
    left = ImportWish(without=("wall.csv",), channel="vip")
    return {
        "imports-coming": replace(
            plain,
            rows=_rows(w, _ORDERS, at_work=True),
            working=saying.coming(_coming(), PIECE),
            sync=SyncChip(SyncState.OFFLINE, w("离线 · 14:02", "Offline · 14:02"), "14:02"),
            offline=away(),
        ),
        "imports-reading": reading,
        "imports-units": replace(reading, reading=_reading((_in_ten_thousands(),))),
        "imports-tables": replace(reading, reading=_reading(two, 2)),
        "imports-left": replace(
            reading, reading=_reading(two, 2, left), confirm=saying.confirm(two, left)
        ),
        "imports-naming": replace(reading, naming=saying.naming("")),
        "imports-confirm": replace(reading, confirm=saying.confirm((_erp(),), ImportWish())),
    }


def _at_work_and_after(w: Words, plain: Screen) -> dict[str, Screen]:
    tried = telling.tried(_report(w), Button(tr("Back to the columns")))
    done = telling.done(_whole_report(w), Button(tr("Next import")))
    return {
        "imports-running": replace(
            plain,
            rows=_rows(w, _ERP, at_work=True),
            working=saying.at_work(_running(), stopping=False),
        ),
        "imports-tried": replace(plain, rows=_rows(w, _ERP), result=tried),
        "imports-done": replace(plain, result=done),
        "imports-past": replace(
            plain, chosen="r2", result=telling.past(_past(w)[1], _report(w), NOW)
        ),
    }


def _keys() -> str:
    return tr(
        "Up and down, Enter corrects a column, Alt U its unit · Ctrl T tries · Ctrl Enter imports"
    )


def _screen(w: Words) -> Screen:
    return Screen(
        title=tr("Imports"),
        left=trn("{n} import", "{n} imports", 3),
        sync=synced(w),
        person=w("汪建萍", "Wang Jianping"),
        rows=_rows(w),
        chosen=NEW,
    )


def _rows(w: Words, name: str = "", *, at_work: bool = False) -> tuple[Row, ...]:
    badge = Badge(tr("At work"), Tone.BRAND, solid=True) if at_work else None
    fact = telling.short(name) if name else tr("Choose files")
    new = Row(NEW, tr("New import"), fact, badge)
    return (new, *(telling.row(one, NOW) for one in _past(w)))


def _past(w: Words) -> tuple[PastImport, ...]:
    def at(**ago: float) -> int:
        return int((NOW - timedelta(**ago)).timestamp() * 1000)

    list_of = w("双十一报名.csv", "sign-ups of 11-11.csv")
    return (
        PastImport("r3", at(hours=3), (list_of,), 412, 38, 0, 0),
        PastImport("r2", at(days=1), (_ORDERS, "ExportOrderDetailList.csv"), 18_204, 96, 41, 7),
        PastImport("r1", at(days=8), (w("储值卡台账.xlsx", "cards.xlsx"),), 86, 0, 2, 12),
    )


def _coming() -> ImportAt:
    files = (FileAt(_ORDERS, 24_700_000, 188), FileAt("ExportOrderDetailList.csv", 9_300_000, 31))
    return ImportAt("job", files)


def _running() -> ImportAt:
    return ImportAt("job", (FileAt(_ERP, 9_300_000, 71),), "run", "orders", 12_000, 18_245)


def _reading(tables: tuple[TablePlan, ...], chosen: int = 0, wish: ImportWish = _PLAIN) -> Any:
    profiles = ("旺店通", "ERP orders")
    return saying.reading(tables, chosen, 0, wish, profiles)


def _column(
    name: str, meaning: str, way: str, certainty: float, samples: tuple[str, ...], unit: str = ""
) -> ColumnPlan:
    return ColumnPlan(name, meaning, way, certainty, samples, unit)


def _erp() -> TablePlan:
    columns = (
        _column("原始单号", "number", "guess", 0.95, ("2140•••••••6553217", "2140•••••••6553218")),
        _column("下单日", "created", "guess", 0.95, ("2026-11-01 10:00", "2026-11-02 11:00")),
        _column("邮资", "postage", "guess", 0.6, ("12.00", "0.00", "8.00")),
        _column("合计", "total", "told", 1.0, ("120.50", "80.00", "1,280.00")),
        _column("电话簿", "phone", "guess", 0.8, ("138 •••• 5678", "139 •••• 5678")),
        _column("(column 6)", "", "", 0.0, ()),
        _column("备用字段", "", "told", 1.0, ("•••",)),
        _column("买家昵称", "nick", "guess", 0.95, ("小••", "海••")),
        _column("取消标记", "", "", 0.0, ("•", "•")),
    )
    told = (_ERP, 18_245, "orders", columns, _MEANINGS, "", ("unpaid", "given_back"))
    return TablePlan(*told, sure=False, problem=None, about={"given_back": ("取消标记",)})


def _in_ten_thousands() -> TablePlan:
    paid = ("1.25 → ¥12,500.00", "0.088 → ¥880.00", "2.5 → ¥25,000.00")
    columns = (
        _column("实付金额(万元)", "paid", "guess", 0.95, paid, "ten_thousand"),
        _column("订单号", "number", "guess", 0.95, ("202•••217", "202•••218")),
        _column("下单时间", "created", "guess", 0.95, ("2026-11-01 10:00", "2026-11-02 11:00")),
        _column("付款时间", "paid_at", "guess", 0.95, ("2026-11-01 10:02", "2026-11-02 11:05")),
        _column("运费", "postage", "guess", 0.95, ("12.00", "0.00", "8.00"), "yuan"),
        _column("订单类型", "order_kind", "guess", 0.95, ("积分兑换", "普通订单", "补发订单")),
        _column("支付方式", "pay_method", "guess", 0.95, ("微信支付", "储值卡")),
    )
    told = ("十一月汇总.xlsx", 412, "orders", columns, _MEANINGS, "", ("kinds", "unit_said"))
    about: dict[str, tuple[str, ...]] = {
        "unit_said": ("实付金额(万元)",),
        "kinds": ("订单类型",),
    }
    return TablePlan(*told, sure=False, problem=None, about=about)


def _known() -> TablePlan:
    columns = (_column("订单编号", "number", "header", 1.0, ("2140•••••••6553217",)),)
    return TablePlan(_ORDERS, 9_120, "orders", columns, _MEANINGS, "", (), sure=True, problem=None)


def _nobodys() -> TablePlan:
    columns = (_column("甲", "", "", 0.0, ("•••",)), _column("乙", "", "", 0.0, ("•••",)))
    told: dict[str, str | int] = {
        "file": "wall.csv",
        "expected": "订单编号, 总金额, 订单创建时间",
        "found": "甲, 乙",
    }
    problem = Problem("NotAnExport", told, title=NotAnExport.title, advice=NotAnExport.advice)
    return TablePlan("wall.csv", 12, "", columns, _MEANINGS, "", (), sure=False, problem=problem)


def _protected() -> str:
    title = tr("{file} is protected by a password", file="old.xlsx")
    advice = tr(
        "Nothing was imported. Open it, take the password off, save it under another name, "
        "import that and delete it afterwards."
    )
    return f"{title}{tr('.')} {advice}"


def _counts(read: int = 0, added: int = 0, changed: int = 0, left_out: int = 0) -> dict[str, int]:
    rest = read - added - changed
    return {
        "read": read,
        "added": added,
        "changed": changed,
        "unchanged": rest,
        "left_out": left_out,
    }


def _report(w: Words) -> dict[str, Any]:
    sums = {"total_fen": 912_345_600, "paid_fen": 880_112_300, "refund_fen": 12_004_000}
    left_out = [
        {"file": _ERP, "line": 18, "reason": "created", "params": {"found": w("昨天", "gestern")}},
        {"file": _ERP, "line": 407, "reason": "money", "params": {"column": "到账", "found": "x"}},
        {
            "file": _ERP,
            "line": 9_120,
            "reason": "repeated",
            "params": {"what": tr("order number"), "found": f"{_ERP}, 9,002"},
        },
    ]
    repairs = [
        {"file": _ERP, "line": 4, "column": "合计", "stood": "1,280.00元", "taken": "1280.00",
         "repair": "unit"},
        {"file": _ERP, "line": 9, "column": "下单日", "stood": "2026/11/1", "taken":
         "2026-11-01 00:00:00", "repair": "date"},
    ]  # fmt: skip
    return {
        "files": [{"name": _ERP, "kind": "orders", "rows": 18_245, "imported_before": False}],
        "skipped": (),
        "orders": _counts(18_204, 18_108, 96, 41),
        "lines": _counts(),
        "buyers": _counts(9_310, 2_204, 180),
        "members": _counts(),
        "sums": sums,
        "file_sums": {**sums, "total_fen": 912_465_600},
        "people": 9_310,
        "reached": {"any": 8_017},
        "left_out": left_out,
        "left_out_more": {"repeated": 38},
        "repairs": repairs,
        "repairs_more": {"date": 5},
    }


def _whole_report(w: Words) -> dict[str, Any]:
    """One in which all went well."""
    more = {"classified": {"seen": 9_310, "changed": 2_412}, "confirmed": 14, "given_to_reps": 320}
    more |= {"unsold": 3, "by_card": 1_204}
    nothing: dict[str, Any] = {"left_out": (), "left_out_more": {}, "repairs": ()}
    report = {**_report(w), **more, **nothing, "repairs_more": {}}
    return {**report, "orders": _counts(18_245, 18_149, 96), "file_sums": report["sums"]}
