"""What of a phone number is shown."""

import re
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.security.masking import mask_phone, mask_text


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812344127", "138 •••• 4127"),
        ("138 1234 4127", "138 •••• 4127"),
        ("138-1234-4127", "138 •••• 4127"),
        ("+86 138 1234 4127", "138 •••• 4127"),
        ("+8613812344127", "138 •••• 4127"),
        ("008613812344127", "138 •••• 4127"),
        ("１３８１２３４４１２７", "138 •••• 4127"),
        ("138****4127", "138 •••• 4127"),
        ("1**********", "1•• •••• ••••"),
        ("13812344127-4921", "138 •••• 4127 - ••••"),
        ("13812344127转4921", "138 •••• 4127 - ••••"),
        ("13812344127,4921", "138 •••• 4127 - ••••"),
        ("138 1234 4127 ext. 12", "138 •••• 4127 - ••"),
        ("0571-88123456", "0571 •••• 3456"),
        ("(0571)88123456", "0571 •••• 3456"),
        ("057188123456", "0571 •••• 3456"),
        ("010-6512345", "010 ••• 2345"),
        ("021-55512345-801", "021 •••• 2345 - •••"),
        ("88123456", "•••• 3456"),
        ("400-812-3123", "400 ••• 3123"),
        ("", ""),
        ("  ", ""),
        ("12345", "••••"),
        ("8613812344127", "••••"),
        ("周文静", "••••"),
        ("周文静13812344127", "••••"),
        ("13812344127/13912345678", "••••"),
        ("99999999999999999999", "••••"),
    ],
)
def test_masks(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@given(st.text(alphabet="0123456789+-() *•转,x周１a", max_size=30))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask_phone(mask_phone(text)) == mask_phone(text)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_the_middle_of_a_mobile_number_is_never_shown(phone: str) -> None:
    assert mask_phone(phone) == f"{phone[:3]} •••• {phone[-4:]}"
    assert phone not in mask_text(f"call {phone} failed")


@given(st.text())
def test_never_more_than_eight_digits(text: str) -> None:
    assert len(re.findall(r"\d", mask_phone(text))) <= 8


def test_every_number_in_a_text_is_masked() -> None:
    text = "打给13812344127或0571-88123456，卡2026-11-22，12,000 元"
    assert mask_text(text) == "打给138 •••• 4127或0571 •••• 3456，卡2026-11-22，12,000 元"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("王芳13800004127", "王芳138 •••• 4127"),
        ("wx13800004127", "wx138 •••• 4127"),
        ("tb13800004127", "tb138 •••• 4127"),
        ("•13800004127", "•138 •••• 4127"),
        ("138.0000.4127", "138 •••• 4127"),
        ("138 0000 4127", "138 •••• 4127"),
        ("(138)0000—4127", "138 •••• 4127"),
        ("1 3 8 0 0 0 0 4 1 2 7", "138 •••• 4127"),
        ("１３８００００４１２７", "138 •••• 4127"),
        ("①③⑧⓪⓪⓪⓪④①②⑦", "138 •••• 4127"),
        ("一三八零零零零四一二七", "••••"),
        ("一三八-零零零零 四一二七", "••••"),
        ("138零零零零4127", "••••"),
        ("138OOOO4127", "••••"),
        ("¹³⁸⁰⁰⁰⁰⁴¹²⁷", "138 •••• 4127"),
        ("⑴⑶⑻0000❹❶❷❼", "138 •••• 4127"),
        ("138*0000*4127", "138 •••• 4127"),
        ("138~0000～4127", "138 •••• 4127"),
        ("138|0000・4127", "138 •••• 4127"),
        ("138•0000•4127", "138 •••• 4127"),
        ("138\u00ad0000\u20604127", "138 •••• 4127"),
        ("+852 9123 4567", "••••"),
        ("00853-6612-3456", "••••"),
        ("+886 912 345 678", "••••"),
        ("+86 138-0000-4127", "138 •••• 4127"),
        ("8613800004127", "138 •••• 4127"),
        ("+86 571 8888 0000", "0571 •••• 0000"),
        ("0571-88880000", "0571 •••• 0000"),
        ("(0571) 8888 0000", "0571 •••• 0000"),
        ("88880000", "•••• 0000"),
        ("8888-0000", "•••• 0000"),
        ("13800004127转1234", "138 •••• 4127 - ••••"),
        ("138 0000 4127/139 0000 5555", "138 •••• 4127/139 •••• 5555"),
        ("1380000412713900005555", "••••"),
        ("110101199003071234", "••••"),
        ("8月15日 2026-08-15 13800004127", "8月15日 2026-08-15 138 •••• 4127"),
    ],
)
def test_a_number_is_masked_however_it_is_written(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "4123456789012345678",
        "订单 412345678901234567 已付",
        "2026-11-28 09:00:00",
        "20261128",
        "202611280900",
        "20261128090000",
        "1234567.89",
        "¥1234567",
        "8888880元",
        "12,000",
        "1,380,000,412",
        "3000-5000",
        "2019-2026",
        "tb123456789",
        "t_1489123456789_0123",
        "13,15,17,20,33,1",
        "双11满300减50",
        "138****4127",
        "满150、2000、3000 送",
        "一三五 2026-11-29 来电",
    ],
)
def test_what_is_no_number_to_dial_stays(text: str) -> None:
    assert mask_text(text) == text


_MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
_AREA = st.sampled_from(["010", "021", "029", "0571", "0755", "0931"])
_LANDLINE = st.tuples(_AREA, st.from_regex(r"[2-9][0-9]{6,7}", fullmatch=True))
_BETWEEN = st.sampled_from(["", " ", "-", ".", "·", "_", "/", "—", "  ", ") ", "\u200b"])
_WRITTEN = st.sampled_from(
    [str.maketrans("", ""), str.maketrans("0123456789", "０１２３４５６７８９")]
)
_BESIDE = st.sampled_from(["", "王芳", "wx", "tb", "tel:", "¥ ", "电话 ", "•", "，", "号"])


_PARTS = st.sampled_from([(3, 7), (3, 6), (3, 5, 7, 9), (7,), ()])


@given(_MOBILE, _PARTS, _BETWEEN, _WRITTEN, _BESIDE, _BESIDE)
def test_no_way_of_writing_shows_a_whole_mobile_number(
    phone: str,
    ends: tuple[int, ...],
    between: str,
    digits: dict[int, int],
    before: str,
    behind: str,
) -> None:
    parts = [phone[start:end] for start, end in pairwise((0, *ends, 11))]
    written = between.join(parts).translate(digits)
    assert mask_text(before + written + behind).count(phone[-4:]) == 1
    assert len(re.findall(r"\d", mask_text(before + written + behind))) == 7


@given(_LANDLINE, _BETWEEN, _BETWEEN, _WRITTEN, _BESIDE, _BESIDE)
def test_no_way_of_writing_shows_a_whole_number_with_its_area(
    phone: tuple[str, str],
    between: str,
    within: str,
    digits: dict[int, int],
    before: str,
    behind: str,
) -> None:
    area, rest = phone
    written = f"{area}{between}{rest[:-4]}{within}{rest[-4:]}".translate(digits)
    shown = mask_text(before + written + behind)
    assert re.findall(r"\d", shown) == [*area, *rest[-4:]]


@given(st.text(alphabet="0123456789+-()（） .•*~一三零O转,x周１a年/元¥", max_size=40))
def test_masking_a_text_twice_changes_nothing(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)


_DIGITS = r"\d²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒〇零○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"


@given(st.text())
def test_a_text_of_six_digits_at_most_stays(text: str) -> None:
    short = re.sub(f"[{_DIGITS}]", "", text) + " 2 34 567"
    assert mask_text(short) == short


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y%m%d"]))
def test_a_day_stays(day: date, form: str) -> None:
    assert mask_text(f"她 {day:{form}} 买") == f"她 {day:{form}} 买"


@given(st.integers(0, 9_999_999_99), st.sampled_from(["{:,.2f}", "¥{:.2f}", "{:.2f} 元"]))
def test_an_amount_of_money_stays(fen: int, form: str) -> None:
    text = form.format(fen / 100)
    assert mask_text(text) == text


@given(st.integers(10**18, 10**19 - 1))
def test_an_order_number_stays(number: int) -> None:
    assert mask_text(f"订单{number}") == f"订单{number}"


def test_a_text_without_numbers_stays() -> None:
    assert mask_text("database is locked after 5 s, line 120") == (
        "database is locked after 5 s, line 120"
    )
