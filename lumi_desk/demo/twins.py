"""Some people are in a company twice, as in every real one: there is something to look through."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.demo import records
from lumi_desk.ids import new_id

Pair = tuple[str, str]
T = TypeVar("T")

# Of each kind: who wrote as a WeChat friend, and who came with a list of birthdays.
_OF_EACH = 4


def add(session: Session, company: records.Company) -> list[Pair]:
    """Write a second record of a few customers, whom no rep holds yet.

    Returns the (table, id) pairs, to publish. An invented number is nobody's and speaks for
    nothing: what they share is a WeChat name, or a name and a birthday.
    """
    friends = _some(one for one in company.customers if one.wechat_state == "accepted")
    listed = _some(one for one in company.customers if one.birthday and one not in friends)
    made = [_friend(one) for one in friends] + [_listed(one) for one in listed]
    session.add_all(made)
    session.flush()
    return [(Customer.__tablename__, one.id) for one in made]


def _some(people: Iterable[T]) -> Sequence[T]:
    """A few, from all over the company."""
    everybody = list(people)
    return everybody[:: max(1, len(everybody) // _OF_EACH)][:_OF_EACH]


def _friend(her: records.Customer) -> Customer:
    return Customer(
        id=new_id(), name=f"{her.name[0]}女士", wechat=her.wechat, wechat_state=her.wechat_state
    )


def _listed(her: records.Customer) -> Customer:
    return Customer(
        id=new_id(),
        name=her.name,
        pinyin=her.pinyin,
        initials=her.initials,
        birthday=her.birthday,
        city=her.city,
    )
