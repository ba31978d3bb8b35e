"""What keeps a reading from being sure besides its columns, and what would come of it."""

from collections.abc import Mapping
from enum import StrEnum


class Doubt(StrEnum):
    """A doubt; a code for machines, `SENTENCES` has the words."""

    WHOSE = "whose"
    REPEATED = "repeated"
    UNPAID = "unpaid"
    UNREAD = "unread"
    ORDERLY = "orderly"
    UNTIMED = "untimed"
    UNPRICED = "unpriced"
    HEADING = "heading"
    GIVEN_BACK = "given_back"
    CURRENCY = "currency"
    UNFIT = "unfit"
    UNIT = "unit"
    UNIT_SAID = "unit_said"
    UNIT_LOOKS = "unit_looks"
    KINDS = "kinds"
    PART_CARD = "part_card"


SENTENCES: Mapping[Doubt, str] = {
    Doubt.WHOSE: "rows of one order repeat an amount: say --amounts line or order",
    Doubt.REPEATED: "order numbers repeat: all rows of an order but one would be left out",
    Doubt.UNPAID: (
        "no column says whether an order was paid: the orders of all {rows} rows would count as "
        "unpaid. If they were paid, say which column is paid_at; the time of the order will do"
    ),
    Doubt.UNREAD: (
        "what is said of consents is not read: {columns}. Say its meaning, or - for not to be used"
    ),
    Doubt.ORDERLY: "{kind}, with columns of an order export: {columns}",
    Doubt.UNTIMED: (
        "no column says when an order was made: {paid_at} is taken for it, and rows without it are "
        "left out"
    ),
    Doubt.UNPRICED: (
        "no column says what an order is worth: {total} is taken for it, as before any refund"
    ),
    Doubt.GIVEN_BACK: (
        "which orders were cancelled or given back seems to be said by {columns}, and is not read: "
        "all would count as kept. Say after_sale, status or - for it"
    ),
    Doubt.CURRENCY: "{columns} names other currencies, and all amounts would be taken for yuan",
    Doubt.UNFIT: (
        "{columns} has the name of something that is looked for, and its values do not fit it: it "
        "would not be read. Say its meaning, or - for not to be used"
    ),
    Doubt.UNIT: (
        "{columns} seems to be in another unit, and would be taken for yuan: say --unit, or change "
        "it in the file"
    ),
    Doubt.UNIT_SAID: (
        "{columns} is read in the unit that its name says: compare what is read, or say --unit"
    ),
    Doubt.UNIT_LOOKS: (
        "{columns} looks like fen, and would be taken for yuan: say --unit COLUMN=fen or yuan"
    ),
    Doubt.KINDS: (
        "{columns} has kinds of orders that nobody knows: rows of these would count as sales. If "
        "they are none, change the words in the file"
    ),
    Doubt.PART_CARD: (
        "{columns} tells of orders that a recharge card paid in part: all of them would count as "
        "cash"
    ),
    Doubt.HEADING: "the names of the columns may stand elsewhere than in line {line}",
}
