"""Export files for tests, written as the platforms and spreadsheets write them."""

import csv
import io
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_46 = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,"
    "总金额,返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言,"
    "收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,"
    "订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,"
    "宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,"
    "是否手机订单,分阶段订单信息,特权订金订单id,是否上传合同照片,是否上传小票,"
    "是否代付,定金排名,修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,"
    "集分宝抵扣,是否是O2O交易,退款金额,预约门店"
)
HEADER_46 = tuple(_46.split(","))
_ITEMS = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"
HEADER_ITEMS = tuple(_ITEMS.split(","))
ORDER = {
    "订单编号": "2140260038636553217",
    "买家会员名": "小鱼儿",
    "买家应付货款": "95.00",
    "买家应付邮费": "5.00",
    "总金额": "100.00",
    "买家实际支付金额": "100.00",
    "订单状态": "交易成功",
    "收货人姓名": "王芳",
    "收货地址": "浙江省 宁波市 江东区 百丈路1号(315040)",
    "联系手机": "'13800004127",
    "订单创建时间": "2017-05-30 23:18:45",
    "订单付款时间": "2017-05-30 23:19:02",
    "宝贝标题": "胶原蛋白饮10支，酵素粉20袋",
    "宝贝种类": "2",
    "买家服务费": "0元",
    "退款金额": "0",
}
ITEM = {
    "订单编号": "2140260038636553217",
    "标题": "胶原蛋白饮10支",
    "价格": "59.90",
    "购买数量": "1",
    "商家编码": "JY-10",
    "订单状态": "交易成功",
}


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    encoding: str = "gb18030"
    quote_all: bool = True
    formula: bool = True
    shuffle: int | None = None
    line_end: str = "\r\n"


RAW = Style()
RESAVED = Style(encoding="utf-8-sig", quote_all=False, formula=False)


def write(
    path: Path, header: Sequence[str], rows: Sequence[Mapping[str, str]], style: Style = RAW
) -> Path:
    """Write rows, named by trimmed header, under a header as it is."""
    order = list(range(len(header)))
    if style.shuffle is not None:
        random.Random(style.shuffle).shuffle(order)
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        lineterminator=style.line_end,
        quoting=csv.QUOTE_ALL if style.quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerow([header[place] for place in order])
    for row in rows:
        writer.writerow([_cell(header[place], row, style) for place in order])
    path.write_bytes(out.getvalue().encode(style.encoding))
    return path


def _cell(name: str, row: Mapping[str, str], style: Style) -> str:
    text = row.get(name.strip(), "")
    if name.strip() == "订单编号" and style.formula:
        return f'="{text}"'
    return text


def orders(path: Path, *rows: Mapping[str, str], style: Style = RAW) -> Path:
    """An order export of 46 columns; each row says how it differs from `ORDER`."""
    return write(path, HEADER_46, [{**ORDER, **row} for row in rows], style)


def items(path: Path, *rows: Mapping[str, str], style: Style = RAW) -> Path:
    """An items export; each row says how it differs from `ITEM`."""
    return write(path, HEADER_ITEMS, [{**ITEM, **row} for row in rows], style)


def members(path: Path, *rows: Mapping[str, str]) -> Path:
    """A member list with the columns of its first row."""
    return write(path, list(rows[0]), rows, RESAVED)


def variants(shared_data: Path) -> dict[str, list[str]]:
    """The header variants of public export files, by name."""
    told = json.loads((shared_data / "order_export_headers.json").read_text(encoding="utf-8"))
    return {one["id"]: one["columns"] for one in told["variants"]}
