"""Exports of other programs, with names no list has whole: right by one confirmation at most."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from lumi_desk.imports import guessing, mapping, wording
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.headers import Reading
from lumi_desk.imports.mapping import Stand, Unsure, Wish
from tests.imports import sold
from tests.imports.sold import Deal, Piece, yuan

# `column=what!` must be read as what its values are, `~` may be, `-` must not be read at all.
FILES: Mapping[str, tuple[Kind, str]] = {
    "youzan": (
        Kind.ORDERS,
        (
            "订单号=number! 订单类型=otype! 全部商品名称=title! 订单状态=status! "
            "订单创建时间=created! 买家付款时间=paid_at! 交易成功时间=confirmed_at~ "
            "商品金额合计=goods~ 运费=postage! 应收订单金额=total! 订单实付金额=paid! "
            "收货人/提货人=receiver! 收货人手机号/提货人手机号=mobile! "
            "收货人省份=province~ 收货人城市=city~ 买家备注=remark- "
            "订单已退款金额=refund! 归属店铺=shop~ "
        ),
    ),
    "weidian": (
        Kind.ORDERS,
        (
            "订单编号=number! 下单时间=created! 付款时间=paid_at! "
            "发货时间=shipped_at- 订单状态=status! 商品总件数=pieces- "
            "订单总金额（含运费）=total! 买家实付=paid! 已退金额=refund! "
            "收货人=receiver! 联系方式=mobile! 省=province~ 市=city~ 区=district- "
            "收货详细地址=address~ 微信昵称=nick~ "
        ),
    ),
    "pdd": (
        Kind.WHOLE,
        (
            "商品=title! 订单号=number! 订单状态=status! 商品总价(元)=goods! "
            "邮费(元)=postage! 店铺优惠折扣(元)=zero- 平台优惠折扣(元)=zero- "
            "用户实付金额(元)=paid! 商家实收金额(元)=kept- 商品数量(件)=pieces! "
            "订单成交时间=created! 支付时间=paid_at! 承诺发货时间=shipped_at- "
            "确认收货时间=confirmed_at! 收货人=receiver! 手机=mobile! "
            "快递单号=express- 快递公司=company- 售后状态=aftersale! "
        ),
    ),
    "xhs": (
        Kind.WHOLE,
        (
            "订单号=number! 包裹号=sysid- 订单状态=status! 售后状态=aftersale! "
            "用户下单时间=created! 支付时间=paid_at! 商品名称=title! 规格=spec~ "
            "SKU件数=units! SKU单价(元)=price! 商品总价(元)=line! 商家优惠(元)=zero- "
            "收件人姓名=receiver! 收件人电话=mobile! 收件人地址=address~ "
        ),
    ),
    "wxshop": (
        Kind.WHOLE,
        (
            "订单编号=number! 订单下单时间=created! 订单支付时间=paid_at! "
            "订单状态=status! 商品名称=title! 商品编码(平台)=code~ 商品规格=spec~ "
            "商品数量=units! 商品实际价格(单件)=price! 商品实际价格(总共)=line! "
            "收件人姓名=receiver! 收件人手机=mobile! 收件人省=province~ "
            "收件人市=city~ "
        ),
    ),
    "kuaishou": (
        Kind.WHOLE,
        (
            "订单编号=number! 订单状态=status! 退款状态=aftersale! 创建时间=created! "
            "支付时间=paid_at! 商品标题=title! 成交数量=pieces! 运费=postage~ "
            "实付款=total! 退款成功金额=refund~ 买家昵称=nick! 收货人=receiver! "
            "收货手机号=mobile! 快手小店=shop~ "
        ),
    ),
    "wangdiantong": (
        Kind.ORDERS,
        (
            "系统编号=sysid- 原始单号=number! 平台=platform- 店铺=shop~ "
            "交易时间=created! 付款时间=paid_at! 发货时间=shipped_at- 客户网名=nick! "
            "收件人=receiver! 手机=mobile! 应收金额=total! 已付=paid! 邮资=postage~ "
            "订单状态=status! 货品摘要=title~ "
        ),
    ),
    "wanliniu": (
        Kind.ORDERS,
        (
            "单据编号=sysid- 店铺名称=shop~ 来源单号=number! 下单时间=created! "
            "支付时间=paid_at! 单据金额=total! 实收款=paid! 会员昵称=nick! "
            "收货人=receiver! 移动电话=mobile! 单据状态=status! "
        ),
    ),
    "guanjiapo": (
        Kind.WHOLE,
        (
            "录单日期=created! 单据编号=number! 购买单位=receiver~ 商品全名=title! "
            "数量=units! 单价=price! 折后金额=line! 付款状态=status~ 经手人=company- "
        ),
    ),
    "kingdee": (
        Kind.WHOLE,
        (
            "销售订单号=number! 订货日期=created_day! 购货单位=receiver~ "
            "物料名称=title! 销售数量=units! 含税单价=price! 价税合计=line! "
            "单据状态=status! "
        ),
    ),
    "weimob": (
        Kind.ORDERS,
        (
            "订单编号=number! 下单渠道=platform- 下单人昵称=nick~ 下单人手机=mobile! "
            "订单总价=total! 实际付款=paid! 支付方式=pay! 下单时间=created! "
            "支付时间=paid_at! 订单状态=status! 商品信息=title! "
        ),
    ),
    "pos": (
        Kind.WHOLE,
        (
            "小票号=number! 销售时间=created! 会员卡号=card_no~ 会员姓名=receiver~ "
            "品名=title! 销量=units! 零售价=price! 实销金额=line! 门店=shop~ "
        ),
    ),
    "vip": (
        Kind.ORDERS,
        (
            "订单号=number! 订单生成时间=created! 付款时间=paid_at! 订单金额=total! "
            "订单状态=status! 收货人=receiver! 收货人手机=mobile! 收货地址=address! "
            "退货金额=refund! "
        ),
    ),
    "group-tuan": (
        Kind.ORDERS,
        (
            "跟团号=kinds- 订单号=number! 团员昵称=nick~ 下单时间=created! "
            "支付时间=paid_at! 订单金额=total! 退款金额=refund! 订单状态=status! "
            "商品=title! 收货人=receiver! 联系电话=landline! 详细地址=address~ "
        ),
    ),
    "english-shopify": (
        Kind.ORDERS,
        (
            "Name=number! Financial_Status=fstatus~ Paid_at=paid_at! "
            "Created_at=created! Total=total! Shipping=postage~ "
            "Refunded_Amount=refund~ Lineitem_name=title~ Billing_Name=receiver~ "
            "Phone=mobile! "
        ),
    ),
    "wecom-list": (
        Kind.MEMBERS,
        (
            "客户名称=nickname~ 描述=note- 添加人=account! 添加人账号=dept~ "
            "添加人所属部门=dept- 添加时间=added! 来源=told_from~ 备注=remark! "
            "电话=phone! 外部联系人ID=wecom! "
        ),
    ),
    "weiban": (
        Kind.MEMBERS,
        (
            "客户昵称=nickname! 客户备注名=remark! 所属客服=account! "
            "添加好友时间=added! 客户来源=told_from~ 手机号码=phone! unionid=unionid- "
            "外部联系人ID=wecom! 客户状态=friend~ "
        ),
    ),
    "youzan-people": (
        Kind.MEMBERS,
        (
            "客户姓名=name! 客户手机号=phone! 会员身份=level- 可用积分=points- "
            "累计消费金额(元)=spent- 成为客户时间=last- 上次消费时间=last- "
            "性别=gender- 出生年月日=birthday! "
        ),
    ),
    "card-ledger": (
        Kind.MEMBERS,
        (
            "卡号=card! 持卡人=name! 持卡人手机=phone! 卡种=level- "
            "本金余额(元)=principal_left! 赠送金余额(元)=bonus_left! 办卡日期=opened! "
            "办卡门店=company- "
        ),
    ),
    "hotline": (
        Kind.MEMBERS,
        (
            "序号=idx- 来电号码=phone! 来电时间=told_at~ 来电人=name! 咨询内容=need- "
            "是否同意回访=yes! 接待客服=account~ "
        ),
    ),
    "sms-signup": (
        Kind.MEMBERS,
        "报名手机=phone! 报名人=name! 报名时间=told_at! 活动渠道=told_from~ 短信授权条款=consent! ",
    ),
    "tanma": (
        Kind.MEMBERS,
        (
            "线索姓名=name! 联系手机=phone! 微信号=wechat! 归属人=account~ "
            "线索状态=stage- 创建时间=last- 最近跟进=last- 标签=tag- "
        ),
    ),
    "fxiaoke": (
        Kind.MEMBERS,
        (
            "客户编码=member! 客户全称=name! 主手机=phone! 备用手机=phone2- "
            "出生日期(公历)=birthday! 客户级别=level- 归属销售=account~ "
            "最近联系时间=last- "
        ),
    ),
    "jst-member": (
        Kind.MEMBERS,
        (
            "会员账号=member~ 真实姓名=name! 绑定手机=phone! 淘宝昵称=wangwang! "
            "最近下单=last- 累计下单金额=spent- 所在地=city~ "
        ),
    ),
    "handmade": (
        Kind.MEMBERS,
        "姐妹=name! 咋联系=phone! 微信=wechat! 生日哪天=birthday! 谁加的=account~ ",
    ),
    "xiaoetong": (
        Kind.MEMBERS,
        (
            "用户ID=member! 用户昵称=nickname~ 真实姓名=name! 绑定手机号=phone! "
            "注册时间=last- 用户来源=told_from~ 累计付费=spent- 常用收货地址=address- "
        ),
    ),
}
STATES = {
    "waiting": "待付款",
    "paid": "待发货",
    "shipped": "已发货",
    "done": "已完成",
    "refunded": "已关闭",
}
# Where a value is called otherwise than what it means.
MEANINGS = {
    "created_day": "created",
    "line": "total",
    "card_no": "member",
    "fstatus": "status",
    "pieces": "units",
    "yes": "consent",
    "aftersale": "after_sale",
    "receiver": "name",
    "pay": "pay_method",
    "otype": "order_kind",
    "mobile": "phone",
    "phone2": "phone",
}
NAMES = ("王芳", "李娜", "张秀英", "刘洋", "陈静", "杨桂兰", "赵敏", "黄丽", "周婷", "吴玉梅")


ALWAYS = {
    "zero": "0.00",
    "district": "江东区",
    "company": "顺丰",
    "otype": "普通订单",
    "pay": "微信支付",
    "blank": "",
    "remark": "尽快发货",
    "platform": "淘宝",
    "spec": "30袋装",
    "shop": "美康旗舰店",
}


def of_order(deal: Deal, piece: Piece, place: int) -> dict[str, str]:
    sent = f"{deal.created + timedelta(days=1):%Y-%m-%d %H:%M:%S}"
    state = {"waiting": "pending", "refunded": "refunded"}.get(deal.stage, "paid")
    return {
        **ALWAYS,
        "number": deal.number,
        "created": f"{deal.created:%Y-%m-%d %H:%M:%S}",
        "created_day": f"{deal.created:%Y/%m/%d}",
        "paid_at": deal.paid,
        "confirmed_at": deal.finished,
        "shipped_at": sent if deal.stage in ("shipped", "done") else "",
        "total": yuan(deal.total_fen),
        "paid": yuan(deal.kept_fen),
        "kept": yuan(deal.kept_fen),
        "refund": yuan(deal.refund_fen),
        "postage": yuan(deal.postage_fen),
        "goods": yuan(deal.goods_fen),
        "status": STATES[deal.stage],
        "fstatus": state,
        "title": piece.title,
        "units": str(piece.units),
        "price": yuan(piece.list_fen),
        "line": yuan(piece.fen),
        "nick": deal.nick,
        "receiver": "王**",
        "mobile": deal.phone,
        "landline": deal.phone,
        "province": "浙江省",
        "city": "宁波市",
        "address": "浙江省宁波市江东区百丈路1号",
        "code": f"C{place}",
        "aftersale": "退款成功" if deal.stage == "refunded" else "无售后",
        "express": f"SF12345678901{deal.number[:2]}",
        "sysid": f"XS{deal.number[:8]}",
        "kinds": str(len(deal.pieces)),
        "pieces": str(sum(one.units for one in deal.pieces)),
        "card_no": f"VIP{deal.number[:6]}",
    }


def of_person(n: int) -> dict[str, str]:
    day = datetime(2018, 3, 1) + timedelta(days=3 * n, minutes=7 * n)  # noqa: DTZ001
    at, later = f"{day:%Y-%m-%d %H:%M:%S}", f"{day + timedelta(days=90):%Y-%m-%d %H:%M:%S}"
    return {
        "name": NAMES[n % len(NAMES)],
        "phone": f"139{10_000_000 + 7919 * n}",
        "phone2": f"137{10_000_000 + 104_729 * n}",
        "wechat": f"wx_{random.Random(n).randbytes(4).hex()}",
        "nickname": f"{('芳芳', '小仙女', '娜娜酱')[n % 3]}{n}",
        "remark": f"{NAMES[n % len(NAMES)]}胶原",
        "wecom": f"wmAAAA{n:06d}xyz",
        "unionid": f"o6_bmasdasdsad6_2sgVt7h{n:05d}",
        "account": ("张三", "李四", "zhangsan")[n % 3],
        "added": at,
        "member": f"VIP{100_000 + n}",
        "card": f"8800{n:08d}",
        "principal_left": f"{n * 100}.00",
        "bonus_left": f"{n * 10}.00",
        "opened": f"{day:%Y-%m-%d}",
        "birthday": f"19{60 + n % 30}-0{1 + n % 9}-1{n % 10}",
        "city": "宁波",
        "gender": "女",
        "level": "金卡会员",
        "points": str(n * 37),
        "spent": f"{n * 391}.50",
        "consent": "同意接收电话和短信的产品推荐",
        "yes": "是",
        "told_at": at,
        "told_from": "400热线",
        "tag": "高意向",
        "stage": "跟进中",
        "last": later,
        "company": "",
        "note": "咨询胶原",
        "dept": "会员部",
        "need": "想了解梦胶原礼盒",
        "address": "浙江省宁波市江东区",
        "friend": "正常",
        "wangwang": f"小鱼{n}",
        "idx": str(n + 1),
    }


def columns(told: str) -> list[tuple[str, str, str]]:
    pairs = (part.rsplit("=", 1) for part in told.split())
    return [(name.replace("_", " "), what[:-1], what[-1]) for name, what in pairs]


def table(kind: Kind, told: str) -> tuple[list[str], list[list[str]]]:
    if kind is Kind.MEMBERS:
        values = [of_person(n) for n in range(30)]
    else:
        values = [
            of_order(deal, piece, place)
            for deal in sold.deals(5, count=24)
            for place, piece in enumerate(deal.pieces if kind is Kind.WHOLE else deal.pieces[:1])
        ]
    named = columns(told)
    rows = [[row[what] for _, what, _ in named] for row in values]
    return [name for name, _, _ in named], rows


def read(header: list[str], rows: list[list[str]]) -> Reading:
    """By one confirmation at most."""
    stand = Stand(len(rows))
    try:
        return mapping.decide("o.csv", header, rows, mapping.NONE, stand)[0]
    except Unsure:
        return mapping.decide("o.csv", header, rows, Wish(confirmed=True), stand)[0]


@pytest.mark.parametrize("name", FILES)
def test_columns_are_known_by_the_words_in_their_names(name: str) -> None:
    kind, told = FILES[name]
    reading = read(*table(kind, told))
    found = {place: guessing.meaning_of(field) for field, place in reading.places.items()}
    wrong = []
    for place, (column, what, must) in enumerate(columns(told)):
        meant, got = MEANINGS.get(what, what), found.get(place, "")
        right = {"!": (meant,), "~": (meant, "", "name"), "-": ("",)}[must]
        if what == "goods" and got == "total":
            continue
        if got not in right:
            wrong.append((column, got))
    assert wrong == []
    assert reading.kind in ((Kind.ORDERS, Kind.WHOLE) if kind is Kind.WHOLE else (kind,))


@pytest.mark.parametrize(
    "name",
    [
        *("快递单号", "物流公司", "支付流水号", "优惠金额", "积分抵扣", "发货时间", "最近下单时间"),
        *("配送方式", "下单渠道", "发货状态", "经手人", "佣金", "退款申请时间", "累计消费金额"),
    ],
)
def test_what_a_name_says_that_is_none_of_ours(name: str) -> None:
    assert wording.is_otherwise(name)
    assert wording.known(name) == 0


@pytest.mark.parametrize(
    "name", ["优惠后金额", "快递费", "含税单价", "客户来源", "收货城市", "手机号"]
)
def test_what_only_sounds_like_it(name: str) -> None:
    assert wording.known(name) >= wording.WORDED


def test_a_list_of_people_with_sales_in_it_is_asked_about() -> None:
    """A till's receipts name members too; taken for a list of people their sales would be lost."""
    header = ["会员卡号", "会员姓名", "手机", "小票号", "销售时间", "实销金额"]
    row = ["V100", "王芳", "13800004127", "20180901000123", "2018-09-01 10:00:00", "59.90"]
    with pytest.raises(Unsure):
        mapping.decide("o.csv", header, [row], mapping.NONE, Stand(1))


def test_a_known_list_is_not_read_by_half_of_its_columns() -> None:
    header = ["卡号", "持卡人", "持卡人手机", "本金余额(元)", "赠送金余额(元)"]
    row = ["880000000001", "王芳", "13800004127", "100.00", "10.00"]
    with pytest.raises(Unsure) as asked:
        mapping.decide("o.csv", header, [row], mapping.NONE, Stand(1))
    meant = [one.meaning for one in asked.value.proposal.columns]
    assert meant == ["card", "name", "phone", "principal_left", "bonus_left"]
