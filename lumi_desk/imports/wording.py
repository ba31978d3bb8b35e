"""What the name of a column says by its words, where no list of names has the whole of it.

Programs put names together: 应收订单金额, 绑定手机号, 收货人手机/提货人手机. What such a name is
about stands in a few words of it. They make a guess, never a certainty.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from lumi_desk.imports import headers, units
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.synonyms import BUYER, SYNONYMS

EXACT = 1.0
SYNONYM = 0.95
_BESIDE_A_NOTE = 0.85
WORDED = 0.75
_IN_NAME = 0.6
_PLATFORMS = 0.8
# Units behind the names of columns: 商品总价(元), 商品数量(件).
_UNIT = re.compile(r"\((?:元|人民币|rmb|cny|¥|件|个|盒|瓶)\)$")
_NOTE = re.compile(r"\([^()]*\)")
_DAY = "(?:时间|日期|日|时刻)$"
_SUM = "(?:金额|总额|总价|总计|合计|款项?|额)?$"
_HER = (
    f"(?:收货|收件|提货|买家|客户|会员|{BUYER}|联系|线索|报名|持卡|来电|预留|真实|下单|购货|往来)"
)
# What a name says that is none of ours, whatever the values look like.
_OTHERWISE = re.compile(
    "快递(?!费)|物流(?!费)|运单|面单|包裹|批次|发票|优惠(?!后)|折扣|补贴|抵扣|红包|积分|佣金|服务费|手续费"
    "|税[额率费金]|成本|利润|毛利|定金|押金|(?:支付|付款)(?:单|流水|编)"
    "|(?:发货|出库|揽收|打印|审核|修改|更新|同步|承诺|预计|截止|最晚|最近|最后|上次|下次|末次|首次"
    "|注册|入会|退款|售后|申请|导出|打单|拣货|配货|派送|联系|登录|活跃|有效|到期)"
    rf"\S{{0,4}}{_DAY}"
    "|(?:方式|渠道|类型|类目|分类|种类|种类数|平台|部门|仓库|品牌|等级|级别|身份|性别|年龄|标签|阶段|描述"
    "|留言|备注|次数|公司|区县|地区|街道|邮编|序号|链接|图片)$"
    "|(?:售后|维权|退款|发货|审核|打印|发票|客户|会员|线索|跟进)状态$"
    "|(?:家属|紧急联系人?|推荐人?|介绍人?|邀请人|顾问|导购|客服|坐席|员工|店长|门店|店铺|网点|业务员|被叫)"
    r"\S{0,3}(?:电话|手机|手机号|号码|联系方式)$|(?:家属|紧急联系人?)\S{0,2}(?:姓名|名称?)?$"
    "|^(?:原|旧|曾用)(?:手机|电话|联系)"
    r"|^是否\S{0,4}退[款货]?$|(?:原因|理由)$|(?:余额|礼品卡|京豆|券|预存款?|储值卡?)(?:支付|付款)"
    "|申请退|经手|业务员|制单|审核人|操作|达人|主播|客服电话|门店电话|店铺电话|(?<![省市])区$|累计|平均|人均"
)
_ORDER = {
    "number": r"(?:订单|单据|小票|交易|销售单?|主单)(?:号码?|编号|单号|编码|id|no)$",
    "created": r"^(?:日期|时间)$"
    r"|(?:下单|创建|成交|拍下|订货|录单|开单|销售|交易|生成|购买|消费|订购|提交)"
    rf"\S{{0,2}}{_DAY}",
    "paid_at": rf"(?:付款|支付|到账|收款|付讫|结账)\S{{0,2}}{_DAY}",
    "confirmed_at": r"^(?!.*(?:付款|支付|退款)).*(?:收货|签收|妥投|完成|完结|成功)"
    rf"\S{{0,2}}{_DAY}",
    "total": r"^(?!.*(?:实付|实收|已付|已收|退|运费|邮|商品|货))"
    r".*(?:应收|应付|订单|单据|交易|销售|成交|实销|折后|优惠后|价税|总)"
    r"\S{0,4}(?:金额|总额|总价|总计|合计|款|额)$|(?:应收|应付)$"
    r"|^(?:金额|总价|合计|总计|小计)$|\((?:总共|合计|总计|小计)\)$",
    "paid": r"(?:实付|实收|已付|已收|实际支付|实际付款|实际收款|支付|付款|收款)"
    rf"(?:订单|商品|现金)?{_SUM}",
    "refund": rf"退(?:款|货)?(?:成功|总)?{_SUM}",
    "goods": r"(?:商品|货品|宝贝|货)\S{0,2}(?:金额|总额|总价|合计|款)(?:合计)?$",
    "postage": "运费|邮费|邮资|快递费|配送费|物流费",
    "status": "(?:订单|单据|交易|平台|付款|支付)状态$",
    "title": r"(?:商品|货品|宝贝|产品)$"
    r"|(?:商品|货品|宝贝|产品|物料|存货|项目|品)\S{0,2}(?:名称?|标题|全名|摘要|信息|简称)$",
    "nick": rf"(?:{_HER}|团员)人?(?:昵称|网名|旺旺|旺旺号)$",
    "member": rf"(?:会员|客户|{BUYER}|用户)(?:id|编号|编码|账号|帐号|代码|号|卡号)$",
    "receiver": rf"{_HER}(?:人|方|单位)(?:姓名|名称|名)?$|{_HER}(?:姓名|全称|全名|称呼)$|姓名$"
    rf"|^(?:客户|会员|{BUYER})$",
    "mobile": r"(?:手机|电话|联系方式|移动电话|来电号码|mobile|phone|tel)(?:号码?)?\d?$",
    "landline": "座机|固话|固定电话",
    "address": "地址$",
    "province": "省份?$",
    "city": "(?:城市|所在地|市)$",
    "shop": "(?:店铺|网店|门店|小店)(?:名称?)?$",
}
# A program's own number stands beside the platform's, and only that one is known to others.
_OF_THE_PLATFORM = re.compile(
    "(?:来源|平台|原始|外部|线上|网店)(?:订单|单据|单)?(?:号码?|编号|单号|id)$"
)
_LINE = {
    "price": r"(?:单价|售价|零售价|成交价|销售价)$|\((?:单件|单个|每件)\)$",
    "units": "(?:数量|件数|销量|盒数|瓶数|支数|袋数)$",
    "code": r"(?:商品|货品|物料|sku)\S{0,2}(?:编码|编号|代码|货号)",
    "spec": "规格$",
    "number": _ORDER["number"],
    "title": _ORDER["title"],
    "status": _ORDER["status"],
}
_PEOPLE = {
    "name": _ORDER["receiver"],
    "phone": _ORDER["mobile"],
    "member": _ORDER["member"],
    "address": _ORDER["address"],
    "city": _ORDER["city"],
    "shop": _ORDER["shop"],
    "wechat": "微信(?:号码?|账号|帐号|id)?$",
    "wangwang": "旺旺|淘宝(?:昵称|账号|id)$",
    "remark": "备注名",
    "nickname": "昵称$|微信名$",
    "account": "(?:添加|跟进|归属|所属|负责|维护)(?:人|员工|成员|客服|销售|顾问)(?:姓名)?$",
    "added": rf"(?:加微|加好友|添加)\S{{0,2}}{_DAY}",
    "birthday": "生日|出生",
    "told_from": "来源$",
    "told_at": rf"(?:报名|登记|来电|授权|同意|咨询|留资)\S{{0,2}}{_DAY}",
    "card": r"(?:充值|储值|会员)?卡\S{0,2}(?:号|编号)$",
    "principal_left": r"本金\S{0,2}余额|剩余本金|本金剩余",
    "bonus_left": r"赠\S{0,3}余额|剩余赠|赠\S{0,3}剩余",
    "balance": "^(?!.*[本赠]).*余额$",
    "opened": rf"(?:开卡|办卡|发卡)\S{{0,2}}{_DAY}",
}
_SAID: Mapping[Kind, Mapping[str, re.Pattern[str]]] = {
    kind: {field: re.compile(words) for field, words in told.items() if field in SYNONYMS[kind]}
    for kind, told in (
        (Kind.WHOLE, _ORDER | _LINE),
        (Kind.ORDERS, _ORDER),
        (Kind.ITEMS, _LINE),
        (Kind.MEMBERS, _PEOPLE),
    )
}


def _run_together(name: str) -> str:
    """An English name without what stands between its words: created_at, Created At."""
    return re.sub(r"[-_.\s]", "", name)


_ENGLISH: Mapping[Kind, Mapping[str, frozenset[str]]] = {
    kind: {
        field: frozenset(_run_together(word) for word in words if word.isascii())
        for field, words in fields.items()
    }
    for kind, fields in SYNONYMS.items()
}


def plain(name: str) -> str:
    """A name as it is compared, without a unit behind it."""
    return _UNIT.sub("", units.without(headers.plain_header(name)))


def says(kind: Kind, field: str, name: str) -> float:
    """How surely a plain name says that a column of such a file holds a field, 0 to 1."""
    if name in headers.NAMES.get(kind, {}).get(field, ()):
        return EXACT
    synonyms = SYNONYMS[kind][field]
    if name in synonyms or (name.isascii() and _run_together(name) in _ENGLISH[kind][field]):
        return SYNONYM
    if is_otherwise(name):
        return 0.0
    if field == "number" and _OF_THE_PLATFORM.search(name):
        return _PLATFORMS
    bare = _NOTE.sub("", name)
    if bare != name and bare in synonyms:
        return _BESIDE_A_NOTE
    said = _SAID[kind].get(field)
    if said is not None and all(said.search(part) for part in name.split("/")):
        return WORDED
    # What a name is about stands at its end; short words stand in too many others' beginnings.
    words = [word for word in synonyms if len(word) > 1 and not word.isascii()]
    inside = any(name.endswith(word) or (len(word) > 2 and word in name) for word in words)
    return _IN_NAME if inside else 0.0


def is_of_the_platform(name: str) -> bool:
    """Whether a plain name is that of the order's number on its platform, not in a program."""
    return _OF_THE_PLATFORM.search(name) is not None


def is_a_named_time(name: str) -> bool:
    """Whether a plain name says that a column holds times, of whatever."""
    return bool(re.search(_DAY, name))


def is_otherwise(name: str) -> bool:
    """Whether a plain name says that a column holds something no file is asked for."""
    return bool(name and _OTHERWISE.search(_NOTE.sub("", name)))


@lru_cache(maxsize=4096)
def known(name: str) -> float:
    """How surely a name as a whole is that of some field of some kind of file, 0 to 1."""
    told = plain(name)
    every = (says(kind, field, told) for kind, fields in SYNONYMS.items() for field in fields)
    return max((sure for sure in every if sure >= WORDED), default=0.0)
