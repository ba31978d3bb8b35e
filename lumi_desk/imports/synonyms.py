"""What other programs call the columns: names of shop managers, ERPs and hand-made lists."""

from collections.abc import Mapping

from lumi_desk.imports.columns import Kind

# "Buyer" in the word that the interface never uses; lists made by hand do.
BUYER = "\u987e\u5ba2"

_NUMBER = (
    "订单编号 订单号 订单号码 订单id 主订单编号 主订单号 主订单id 平台订单号 平台单号 "
    "网店订单号 线上订单号 "
    "原始单号 原始订单号 外部订单号 交易号 交易编号 交易单号 单号 order_no orderno order_id "
    "orderid tid "
    "order_number ordernumber order_sn ordersn order"
)
_TITLE = (
    "宝贝标题 宝贝名称 商品标题 商品名称 商品名 标题 品名 产品名称 产品名 产品 商品 货品名称 "
    "选购商品 "
    "title product product_name item item_name"
)
_SHOP = "店铺 店铺名称 店铺名 店名 网店 网店名称 shop shop_name store"
_STATUS = "订单状态 交易状态 状态 status order_status"
_PHONE = (
    "手机 手机号 手机号码 电话 电话号码 联系手机 联系电话 联系方式 收货人手机 收货人手机号 "
    "收货手机 "
    "收件人手机 收件人手机号 收件人电话 收货人电话 客户手机 客户电话 会员手机 会员手机号 "
    "买家手机 移动电话 "
    f"{BUYER}手机 {BUYER}电话 receiver_mobile phone mobile tel telephone phone_number cellphone"
)
_NAME = (
    "姓名 名字 名称 客户 客户名 客户姓名 客户名称 会员姓名 会员名称 联系人 联系人姓名 称呼 "
    f"{BUYER} {BUYER}姓名 {BUYER}名称 name customer customer_name full_name"
)
_RECEIVER = (
    "收货人 收货人姓名 收件人 收件人姓名 收货姓名 姓名 客户姓名 receiver recipient consignee "
    "receiver_name "
    "customer_name"
)
_MEMBER = (
    "会员id 会员编号 会员号 会员卡号 会员编码 会员代码 卡号 客户编号 客户号 客户id 客户代码 "
    "客户编码 "
    "品牌会员id member_id memberid customer_id"
)
_CITY = "城市 市 所在城市 收货城市 收货市 city"
_PROVINCE = "省 省份 收货省 收货省份 province"
_ADDRESS = "收货地址 收件地址 地址 详细地址 收货详细地址 客户地址 address"

_ORDER: Mapping[str, str] = {
    "number": _NUMBER,
    "created": "用户下单时间 订单生成时间 生成时间 订单创建时间 订单创建日期 创建时间 创建日期 "
    "下单时间 下单日期 下单日 create_time "
    "订单提交时间 订单时间 订单日期 "
    "拍下时间 拍单时间 购买时间 购买日期 created_at created order_time order_date ordertime "
    "orderdate",
    "paid_at": "订单支付时间 买家付款时间 用户付款时间 订单付款时间 付款时间 付款日期 支付时间 "
    "支付日期 支付完成时间 付款确认时间 "
    "付款完成时间 "
    "paid_at pay_time paytime payment_time payment_date",
    "confirmed_at": "确认收货时间 收货时间 订单完成时间 完成时间 完成日期 签收时间 "
    "交易完成时间 交易成功时间 "
    "confirmed_at finished_at end_time",
    "total": "总金额 订单金额 订单总额 订单总金额 订单总价 应付总额 应收金额 应收合计 "
    "订单应付金额 应付金额 总价 合计 "
    "合计金额 total total_amount order_amount order_total "
    "grand_total amount",
    "paid": "用户实付金额 订单实付金额 买家实付 订单实付 已付 买家实际支付金额 买家实付金额 "
    "实付金额 实付 实付款 实付总额 实际支付 实际支付金额 "
    "支付金额 付款金额 "
    "已付金额 已付款 实收 实收金额 实收款 paid paid_amount pay_amount payment",
    "refund": "退款金额 退款 退款总额 已退金额 已退款金额 退货金额 退费 退费金额 refund refunded "
    "refund_amount refunded_amount refund_fee",
    "goods": "买家应付货款 货款 商品金额 商品总额 商品总价 goods_amount total_fee",
    "postage": "买家应付邮费 邮费 运费 运费金额 快递费 配送费 postage freight shipping_fee "
    "post_fee",
    "status": _STATUS,
    "close": "订单关闭原因 关闭原因 取消原因",
    "after_sale": "售后状态 订单售后状态 退款状态 订单退款状态 退款售后状态 退款/售后状态 维权状态 "
    "after_sale_status refund_status",
    "order_kind": "订单类型 订单种类 订单类别 订单分类 订单性质 订单类型名称 订单业务类型 "
    "平台订单类型 线上订单类型 网店订单类型 销售单类型 单据类型 单据类别 单据性质 业务类型 "
    "交易类型 销售类型 order_type order_kind",
    "pay_method": "支付方式 付款方式 支付类型 付款类型 支付渠道 付款渠道 收款方式 结算方式 "
    "支付方式名称 pay_method payment_method pay_type payment_type",
    "title": _TITLE,
    "nick": "买家 买家网名 客户网名 网名 买家id 买家会员名 买家昵称 买家旺旺 旺旺 旺旺号 "
    "旺旺名 旺旺昵称 淘宝昵称 昵称 下单帐号 "
    "下单账号 买家账号 "
    "买家帐号 会员名 会员名称 buyer_nick nick nickname",
    "open_user": "买家open_uid 买家openuid open_uid openuid 买家ouid",
    "member": _MEMBER,
    "receiver": _RECEIVER,
    "mobile": _PHONE,
    "landline": "固定电话 座机 固话 landline",
    "address": _ADDRESS,
    "province": _PROVINCE,
    "city": _CITY,
    "shop": _SHOP,
}
_LINE: Mapping[str, str] = {
    "number": _NUMBER,
    "own_number": "子订单编号 子订单号 子订单id 子单号 sub_order_id",
    "title": _TITLE,
    "price": "价格 单价 售价 商品价格 商品单价 销售单价 成交单价 京东价 price unit_price",
    "units": "成交数量 sku件数 商品件数 购买数量 数量 商品数量 订购数量 销售数量 件数 盒数 "
    "瓶数 订购数 quantity qty units count",
    "code": "商家编码 外部系统编号 货号 商品编码 商品编号 产品编码 sku sku编码 sku_code code",
    "spec": "商品属性 规格 商品规格 产品规格 颜色规格 属性 spec",
    "package": "套餐信息 套餐",
    "status": _STATUS,
}
_PEOPLE: Mapping[str, str] = {
    "name": f"{_NAME} {_RECEIVER}",
    "phone": _PHONE,
    "wechat": "微信 微信号 微信账号 微信id wechat wechat_id weixin",
    "wangwang": "旺旺 旺旺号 旺旺名 旺旺id 旺旺昵称 淘宝昵称 淘宝账号 买家会员名 wangwang",
    "balance": "卡余额 充值卡余额 储值余额 会员卡余额 卡内余额 账户余额 余额 card_balance balance",
    "numbers": f"历史订单号 关联订单号 order_numbers orders {_NUMBER}",
    "member": _MEMBER,
    "wecom": "外部联系人id 外部联系人userid 外部用户id external_userid externaluserid",
    "remark": "备注名 备注名称 客户备注 好友备注 remark",
    "nickname": "微信昵称 微信名 微信名称 客户昵称 nickname",
    "account": "添加人 跟进人 跟进成员 所属员工 所属成员 所属客服 添加员工 添加成员 企微账号 "
    "企业微信账号 follow_user",
    "added": "添加时间 添加日期 添加好友时间 加好友时间 加微时间 added_at",
    "friend": "好友状态 添加状态 微信状态 friend_state",
    "card": "充值卡号 储值卡号 储值卡卡号 充值卡卡号 充值卡编号 储值卡编号 card_no cardno",
    "face": "面值 卡面值 卡面额 储值面值 face_value",
    "principal_left": "本金余额 剩余本金 充值余额本金 principal_left",
    "bonus_left": "赠金余额 剩余赠金 赠送余额 bonus_left",
    "principal": "本金 充值本金 本金金额 实充金额 principal",
    "bonus": "赠金 赠送金额 赠金金额 赠送本金 bonus",
    "opened": "开卡时间 开卡日期 办卡时间 办卡日期 opened_at",
    "consent": "回复内容 短信回复 上行内容 回复短信 "
    "是否同意 同意营销 营销同意 是否同意营销 同意接收 是否授权 营销授权 同意内容 "
    "授权内容 同意条款 授权条款 同意 授权 consent opt_in",
    "withdrawn": "是否退订 退订时间 退订日期 撤回时间 是否拒收 退订 拒收 拒绝 勿扰 免打扰 "
    "withdrawn unsubscribed opt_out",
    "told_from": "客户来源 登记来源 报名来源 同意来源 来源渠道 source",
    "told_at": "同意时间 授权时间 登记时间 报名时间 留资时间 来电时间 上行时间 回复时间 "
    "signed_up_at",
    "birthday": "生日 出生日期 出生年月 出生年月日 生日日期 birthday birth_date",
    "city": _CITY,
    "shop": _SHOP,
}
SYNONYMS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    kind: {field: tuple(dict.fromkeys(words.split())) for field, words in told.items()}
    for kind, told in (
        (Kind.WHOLE, {**_ORDER, **_LINE}),
        (Kind.ORDERS, _ORDER),
        (Kind.ITEMS, _LINE),
        (Kind.MEMBERS, _PEOPLE),
    )
}
