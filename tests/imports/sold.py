"""Plausible sales, written as each platform's export writes them, and what they truly come to."""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]

TITLES = ("胶原蛋白饮10支", "酵素粉20袋，买一送一", "梦胶原礼盒", "大酵素 旅行装")
START = datetime(2018, 9, 1, 9, 30, 5)  # noqa: DTZ001  (as files write it)


@dataclass(frozen=True)
class Piece:
    """One product of a sale. `fen` is what the buyer was to pay for it, all units together."""

    title: str
    units: int
    list_fen: int
    fen: int


@dataclass(frozen=True)
class Deal:
    """A sale as it truly was. `stage` is waiting, paid, shipped, done or refunded."""

    number: str
    nick: str
    phone: str
    created: datetime
    stage: str
    pieces: tuple[Piece, ...]
    postage_fen: int

    @property
    def goods_fen(self) -> int:
        return sum(piece.fen for piece in self.pieces)

    @property
    def total_fen(self) -> int:
        return self.goods_fen + self.postage_fen

    @property
    def is_paid(self) -> bool:
        return self.stage != "waiting"

    @property
    def kept_fen(self) -> int:
        return self.total_fen if self.is_paid and self.stage != "refunded" else 0

    @property
    def refund_fen(self) -> int:
        return self.total_fen if self.stage == "refunded" else 0

    @property
    def paid(self) -> str:
        return f"{self.created + timedelta(minutes=3):%Y-%m-%d %H:%M:%S}" if self.is_paid else ""

    @property
    def finished(self) -> str:
        done = self.stage == "done"
        return f"{self.created + timedelta(days=6):%Y-%m-%d %H:%M:%S}" if done else ""


def deals(seed: int, count: int = 12, digits: int = 18) -> tuple[Deal, ...]:
    """Sales by chance; every stage and one to three products come in a dozen."""
    dice = random.Random(seed)
    stages = ("done", "paid", "shipped", "waiting", "refunded")
    found = []
    for n in range(count):
        pieces = []
        for title in dice.sample(TITLES, 1 + n % 3):
            units = dice.randint(1, 4)
            list_fen = dice.randint(500, 99_999)
            pieces.append(Piece(title, units, list_fen, units * list_fen - dice.randint(0, 400)))
        found.append(
            Deal(
                number=str(dice.randint(10 ** (digits - 1), 10**digits - 10) // 10)
                + str(n % 9 + 1),
                nick=f"小鱼{n}",
                phone=f"138{dice.randint(10**7, 10**8 - 1)}",
                created=START + timedelta(minutes=137 * n),
                stage=stages[n % len(stages)],
                pieces=tuple(pieces),
                postage_fen=dice.choice((0, 600, 1200)),
            )
        )
    return tuple(found)


_TAOBAO = {
    "waiting": "等待买家付款",
    "paid": "买家已付款，等待卖家发货",
    "shipped": "卖家已发货，等待买家确认",
    "done": "交易成功",
    "refunded": "交易关闭",
}
_JD = {
    "waiting": "等待付款确认",
    "paid": "等待出库",
    "shipped": "等待确认收货",
    "done": "完成",
    "refunded": "取消",
}
_DOUYIN = {
    "waiting": "待支付",
    "paid": "备货中",
    "shipped": "已发货",
    "done": "已完成",
    "refunded": "已关闭",
}
STATUS = {"waiting": "waiting", "paid": "paid", "shipped": "shipped", "done": "done"} | {
    "refunded": "closed"
}


def yuan(fen: int, *, thousands: bool = False) -> str:
    """As exports write money."""
    return f"{fen / 100:,.2f}" if thousands else f"{fen / 100:.2f}"


def taobao(deal: Deal) -> list[dict[str, str]]:
    """The row of an order, for every header of Taobao and Tmall."""
    titles = "，".join(piece.title for piece in deal.pieces)
    return [
        {
            "订单编号": deal.number,
            "主订单编号": deal.number,
            "买家会员名": deal.nick,
            "买家应付货款": yuan(deal.goods_fen),
            "买家应付邮费": yuan(deal.postage_fen),
            "总金额": yuan(deal.total_fen),
            "买家实际支付金额": yuan(deal.kept_fen),
            "买家实付金额": yuan(deal.kept_fen),
            "退款金额": yuan(deal.refund_fen),
            "订单状态": _TAOBAO[deal.stage],
            "收货人姓名": "王芳",
            "收货地址": "浙江省 宁波市 江东区 百丈路1号(315040)",
            "联系手机": f"'{deal.phone}",
            "订单创建时间": f"{deal.created:%Y-%m-%d %H:%M:%S}",
            "订单付款时间": deal.paid,
            "确认收货时间": deal.finished,
            "宝贝标题": titles,
            "商品标题": titles,
            "宝贝种类": str(len(deal.pieces)),
            "买家服务费": "0元",
            "店铺名称": "0",
        }
    ]


def taobao_lines(deal: Deal) -> list[dict[str, str]]:
    """The rows of an items export."""
    return [
        {
            "订单编号": deal.number,
            "主订单编号": deal.number,
            "子订单编号": f"{deal.number[:-2]}{n:02d}",
            "标题": piece.title,
            "商品标题": piece.title,
            "价格": yuan(piece.list_fen),
            "商品价格": yuan(piece.list_fen),
            "购买数量": str(piece.units),
            "商家编码": f"C{n}",
            "订单状态": _TAOBAO[deal.stage],
            "退款金额": yuan(0),
        }
        for n, piece in enumerate(deal.pieces)
    ]


def jd(deal: Deal) -> list[dict[str, str]]:
    """One row for every product; the order's amounts stand on each of them."""
    by_balance = min(1000, deal.total_fen)
    return [
        {
            "订单号": deal.number,
            "商品ID": f"{n}{deal.number[:7]}",
            "商品名称": piece.title,
            "订购数量": str(piece.units),
            "支付方式": "在线支付",
            "下单时间": f"{deal.created:%Y-%m-%d %H:%M:%S}",
            "京东价": yuan(piece.list_fen),
            "订单金额": yuan(deal.total_fen),
            "结算金额": yuan(deal.total_fen),
            "余额支付": yuan(by_balance),
            "应付金额": yuan(deal.total_fen - by_balance),
            "订单状态": _JD[deal.stage],
            "下单帐号": deal.nick,
            "客户姓名": "王芳",
            "客户地址": "浙江宁波市江东区百丈路1号",
            "联系电话": deal.phone,
            "运费金额": yuan(deal.postage_fen),
            "付款确认时间": deal.paid,
            "货号": f"C{n}",
            "订单完成时间": deal.finished,
        }
        for n, piece in enumerate(deal.pieces)
    ]


def douyin(deal: Deal) -> list[dict[str, str]]:
    """One row for every sub-order with its own amount; the first one carries the postage."""
    return [
        {
            "主订单编号": f"\t{deal.number}",
            "子订单编号": f"'{deal.number[:-2]}{n:02d}",
            "选购商品": piece.title,
            "商品规格": "默认",
            "商品数量": str(piece.units),
            "商家编码": f"C{n}",
            "商品单价": yuan(piece.list_fen, thousands=True),
            "订单应付金额": yuan(piece.fen + (0 if n else deal.postage_fen), thousands=True),
            "运费": yuan(0 if n else deal.postage_fen),
            "收件人": "王**",
            "收件人手机号": f"{deal.phone}-1234",
            "省": "浙江省",
            "市": "宁波市",
            "订单提交时间": f"{deal.created:%Y/%m/%d %H:%M:%S}",
            "支付完成时间": deal.paid.replace("-", "/"),
            "订单完成时间": deal.finished,
            "订单状态": _DOUYIN[deal.stage],
            "售后状态": "-",
        }
        for n, piece in enumerate(deal.pieces)
    ]


def write(path: Path, header: Sequence[str], rows: Sequence[dict[str, str]], encoding: str) -> Path:
    """A file under a header: .xlsx by its name, else .csv, quoted, in an encoding."""
    table = [list(header), *([row.get(name.strip(), "") for name in header] for row in rows)]
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for cells in table:
            sheet.append(cells)
        book.save(path)
    else:
        out = io.StringIO(newline="")
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows(table)
        path.write_bytes(out.getvalue().encode(encoding))
    return path
