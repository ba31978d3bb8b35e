"""Tags of the invented company: what its reps noticed, and what its manager's rules give."""

import random
from collections.abc import Iterable, Iterator

from lumi_desk.customers.tags.rules import Source, TagRule, rule
from lumi_desk.demo import records
from lumi_desk.demo.ledger import Ids
from lumi_desk.demo.lives import Calendar

BY_HAND = ("爱问成分", "要发票", "常送人", "给妈妈买", "周末联系", "爱聊天", "怕麻烦")
BY_RULE: tuple[TagRule, ...] = (
    rule("大客户", ["year>=5000"]),
    rule("两个月未购", ["pool=V,1", "quiet>=60"]),
    rule("只买过一次", ["orders=1", "known>=60"]),
)
# How many of them a customer has: most have none.
_MANY = (0, 0, 0, 1, 1, 2, 4)
_FIRST_MANY = 3
_DAYS_AGO = (1, 90)


def given(
    dice: random.Random, days: Calendar, customers: Iterable[records.Customer]
) -> Iterator[records.Tag]:
    """What reps tagged their customers with; the first one has more than her header shows."""
    ids = Ids(dice)
    for place, her in enumerate(customers):
        many = dice.choice(_MANY) if place else _FIRST_MANY
        for name in dice.sample(BY_HAND, many):
            at = days.evening(dice, dice.randint(*_DAYS_AGO))
            yield records.Tag(ids(at), her.id, name, Source.HAND.value, her.rep_id, at)
