"""What of a phone number is shown."""

import re

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
    assert mask_text(text) == "打给138 •••• 4127或0571 •••• 3456，卡•••• 1122，12,000 元"


def test_a_text_without_numbers_stays() -> None:
    assert mask_text("database is locked after 5 s, line 120") == (
        "database is locked after 5 s, line 120"
    )
