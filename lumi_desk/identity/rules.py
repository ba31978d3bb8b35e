"""What speaks for two customers being one person, and what rules it out.

Numbers of platforms and of virtual operators, masked ones and ones with an extension are lent, not
owned: they never speak for anything. A name alone never does. What many share (the phone of an
office, a name in a big city) tells nobody apart and is left aside.
"""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType
from typing import Any

from lumi_desk.imports.rules import real_name, real_nick

# Ranges of China's virtual operators: bought without a shop, and what masking services lend out.
VIRTUAL_PREFIXES = ("162", "165", "167", "168", "170", "171")
# Digits and what stands between them: a letter, a star or a dot makes it no number.
_DIALLED = re.compile(r"[\d\s()+.\-]+", re.ASCII)
_MOBILE = re.compile(r"0?(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}", re.ASCII)
_COUNTRY = re.compile(r"(?:00)?86(?=\d{9,12}$)", re.ASCII)
_DOTS = re.compile("[·•・‧∙⋅･.]")
_UNHEARD = re.compile(r"[\s·。᛫]+")
_TITLES = ("女士", "小姐", "先生", "太太", "阿姨", "大姐", "姐")
_SHORTEST_NAME = 2
_SHARED_BY_MANY = 6

# A kind, and what there is of it.
Key = tuple[Any, ...]


class Kind(StrEnum):
    """One thing that two customers share, or do not."""

    PHONE = "phone"
    LANDLINE = "landline"
    WECHAT = "wechat"
    NICK = "nick"
    NAME = "name"
    BIRTHDAY = "birthday"
    NEAR = "near"
    OTHER_NAME = "other_name"


class Against(StrEnum):
    """Why two customers cannot be one person."""

    MEMBER = "member"
    BIRTHDAY = "birthday"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each thing speaks for one person, in points; a pair is likely from `likely` on.

    `birthday` and `near` (the same city, orders within `near_days` days) count on top of the same
    name. `other_name` is taken away where both names are known and differ.
    """

    phone: int = 60
    landline: int = 35
    wechat: int = 60
    nick: int = 50
    name: int = 20
    birthday: int = 35
    near: int = 15
    other_name: int = 10
    near_days: int = 30
    likely: int = 50


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Profile:
    """What identifies a customer or may: all in one form, so that equal means the same.

    `nicks` are (platform, nick), the platform empty for Taobao and Tmall; `days` the Shanghai days
    of her orders, in order.
    """

    id: str
    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    landlines: frozenset[str] = frozenset()
    wechats: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    nicks: frozenset[tuple[str, str]] = frozenset()
    birthday: date | None = None
    city: str = ""
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for one person, with its points (less than none: against it)."""

    kind: Kind
    points: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two customers (the lesser id first) who are likely one person, and why."""

    one: str
    other: str
    evidence: tuple[Evidence, ...]
    score: int


@dataclass(frozen=True, slots=True)
class Shared:
    """A number of a household or a company, in one form, and who has it (ids in their order)."""

    kind: Kind
    number: str
    ids: tuple[str, ...]


@dataclass
class Told:
    """What was said of a customer, as it was written, to be brought into one form."""

    id: str
    names: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    wechats: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    nicks: list[tuple[str, str]] = field(default_factory=list)
    # What may stand in place of a name without being one.
    handles: list[str] = field(default_factory=list)
    birthday: date | None = None
    city: str = ""
    days: list[date] = field(default_factory=list)

    def profile(self) -> Profile:
        """All of it in one form; what is masked, virtual or no name is left out."""
        numbers = [found for one in set(self.phones) if (found := number(one))]
        nicks = set(self.nicks)
        handles = {_plain(one) for one in {*self.handles, *(nick for _, nick in nicks)}}
        return Profile(
            self.id,
            names=frozenset({name_of(one) for one in set(self.names)} - handles - {""}),
            phones=frozenset(one for one in numbers if not one.startswith("0")),
            landlines=frozenset(one for one in numbers if one.startswith("0")),
            wechats=frozenset(account_of(one) for one in self.wechats) - {""},
            members=frozenset(self.members),
            nicks=frozenset((where, nick) for where, one in nicks if (nick := nick_of(one))),
            birthday=self.birthday,
            city=city_of(self.city),
            days=tuple(sorted(set(self.days))),
        )


def number(text: str) -> str:
    """A phone number in one form: `13800138000` or `057187654321`; empty if it is no evidence.

    Country code, blanks, brackets and dashes are dress. Masked numbers, ones with an extension,
    virtual ones and made-up ones (`13800000000`) are no evidence.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _DIALLED.fullmatch(plain):
        return ""
    dialled = re.sub(r"\D", "", plain)
    digits = _COUNTRY.sub("", dialled, count=1)
    if found := _MOBILE.fullmatch(digits):
        mobile = found[1]
        made_up = len(set(mobile[3:])) == 1
        return "" if made_up or is_lent(mobile) else mobile
    if digits != dialled and not digits.startswith("0"):
        digits = f"0{digits}"
    return digits if _LANDLINE.fullmatch(digits) else ""


def is_lent(phone: str) -> bool:
    """Whether a phone in one form is of a virtual operator: one may ring it, it names nobody."""
    return phone.startswith(VIRTUAL_PREFIXES)


def name_of(text: str) -> str:
    """A person's name in one form, its dots alike; empty for what tells nobody from others."""
    plain = _DOTS.sub("·", _plain(real_name(text)))
    letters = [one for one in plain if one.isalpha()]
    is_name = len(letters) >= _SHORTEST_NAME and not any(one.isdigit() for one in plain)
    return plain if is_name else ""


def account_of(text: str) -> str:
    """A WeChat id in one form; empty for a masked one."""
    return "" if "*" in text else _plain(text)


def nick_of(text: str) -> str:
    """A nick in one form; empty for what identifies nobody."""
    return _plain(real_nick(text))


def city_of(text: str) -> str:
    """A city in one form: 杭州 for 杭州市."""
    return _plain(text).removesuffix("市")


def surname_only(text: str) -> bool:
    """Whether a name is no more than a surname and how one speaks to her: 王女士, 王姐."""
    return len(_called(text)) == 1


def other_name(one: str, other: str) -> bool:
    """Whether two names contradict each other. What is no name contradicts none.

    Of 王女士 and 王芳 only the surname is known. Dots and blanks within a name, which files lose or
    write otherwise, make no other one.
    """
    some, others = _called(one), _called(other)
    if not some or not others:
        return False
    if 1 in (len(some), len(others)):
        return some[0] != others[0]
    return _UNHEARD.sub("", some) != _UNHEARD.sub("", others)


def _called(text: str) -> str:
    """A name in one form, without how one speaks to her behind a surname."""
    plain = name_of(text)
    short = (plain.removesuffix(title) for title in _TITLES if plain.endswith(title))
    return next((one for one in short if len(one) == 1), plain)


def against(one: Profile, other: Profile) -> Against | None:
    """Why two customers cannot be one person: other member ids, other birthdays."""
    if one.members and other.members and one.members != other.members:
        return Against.MEMBER
    if one.birthday and other.birthday and one.birthday != other.birthday:
        return Against.BIRTHDAY
    return None


def likeness(one: Profile, other: Profile, weights: Weights = WEIGHTS) -> Likeness | None:
    """What speaks for two customers being one person, if it is enough; order does not matter.

    None where something rules it out, and where nothing but the name speaks for it.
    """
    if one.id == other.id or against(one, other) is not None:
        return None
    one, other = sorted((one, other), key=lambda profile: profile.id)
    evidence = weighed(one, other, weights)
    score = sum(each.points for each in evidence)
    speaks = any(each.kind not in (Kind.NAME, Kind.OTHER_NAME) for each in evidence)
    if not speaks or score < weights.likely:
        return None
    return Likeness(one.id, other.id, evidence, score)


def weighed(one: Profile, other: Profile, weights: Weights = WEIGHTS) -> tuple[Evidence, ...]:
    """All that speaks for two customers being one person, and the other name that speaks against.

    Likely or not: what rules it out is said by `against`.
    """
    return tuple(_evidence(one, other, weights))


def marks(one: Profile, other: Profile) -> frozenset[str]:
    """What two customers share, each thing as a short hash: to know it again, not to read it.

    How near their orders are is none: it comes and goes, and counts only with the name.
    """
    same: list[tuple[Kind, str]] = []
    for kind in (Kind.PHONE, Kind.LANDLINE, Kind.WECHAT, Kind.NAME):
        same += ((kind, value) for value in getattr(one, f"{kind}s") & getattr(other, f"{kind}s"))
    same += ((Kind.NICK, ":".join(nick)) for nick in one.nicks & other.nicks)
    if one.names & other.names and one.birthday and one.birthday == other.birthday:
        same.append((Kind.BIRTHDAY, one.birthday.isoformat()))
    return frozenset(hashed(kind, value) for kind, value in same)


def settled(known: Collection[str] | None, one: Profile, other: Profile) -> bool:
    """Whether all that two share was `known` when they were said to be two people; None: always."""
    return known is None or marks(one, other) <= frozenset(known)


def likely(
    profiles: Iterable[Profile],
    apart: Mapping[frozenset[str], Collection[str] | None] = MappingProxyType({}),
    weights: Weights = WEIGHTS,
    *,
    common: Collection[Key] | None = None,
    among: Collection[str] | None = None,
) -> list[Likeness]:
    """All likely pairs, the surest first, without those (of ids) that are said to be `apart`.

    With each goes what was known then, as marks: who shares something new is proposed again.
    Only customers who share something are compared, so that it takes no square of their number.
    Where these are not all customers, `common` says what many have, and only the pairs of those
    `among` (ids) and their like are told: all who have something of theirs must be here.
    """
    by_id = {one.id: one for one in profiles}
    keys = {pk: frozenset(keys_of(one)) for pk, one in by_id.items()}
    if common is None:
        counted = Counter(key for some in keys.values() for key in some)
        common = frozenset(key for key, many in counted.items() if is_common(many))
    by_id = {pk: _without(one, common) for pk, one in by_id.items()} if common else by_id
    found = {}
    for some in _sharing(keys, common).values():
        for pair in combinations(some, 2):
            key = frozenset(pair)
            if key in found or not (among is None or pair[0] in among or pair[1] in among):
                continue
            one, other = by_id[pair[0]], by_id[pair[1]]
            is_settled = key in apart and settled(apart[key], one, other)
            found[key] = None if is_settled else likeness(one, other, weights)
    pairs = [one for one in found.values() if one is not None]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.one, pair.other))


def shared(
    profiles: Iterable[Profile], apart: Collection[frozenset[str]] = frozenset()
) -> list[Shared]:
    """The numbers of households and companies, those of the most customers first.

    Such a one is a number of several customers of whom two at least are different people: by
    their names, by what rules one person out, or because somebody said so; or of very many.
    """
    by_id = {one.id: one for one in profiles}
    having: dict[tuple[Kind, str], list[str]] = defaultdict(list)
    for one in by_id.values():
        for kind in (Kind.PHONE, Kind.LANDLINE):
            for value in getattr(one, f"{kind}s"):
                having[kind, value].append(one.id)
    found = [
        Shared(kind, value, tuple(sorted(ids)))
        for (kind, value), ids in having.items()
        if is_common(len(ids)) or are_several([by_id[pk] for pk in ids], apart)
    ]
    return sorted(found, key=lambda one: (-len(one.ids), one.kind, one.number))


def are_several(
    profiles: Iterable[Profile], apart: Collection[frozenset[str]] = frozenset()
) -> bool:
    """Whether two of those who have one number are different people."""
    return any(
        frozenset((one.id, other.id)) in apart or _are_two(one, other)
        for one, other in combinations(profiles, 2)
    )


def is_common(many: int) -> bool:
    """Whether so many have a thing that it tells nobody apart."""
    return many > _SHARED_BY_MANY


def _are_two(one: Profile, other: Profile) -> bool:
    """Whether names or facts contradict each other."""
    names = all(other_name(some, another) for some in one.names for another in other.names)
    named = bool(one.names and other.names)
    return (named and names) or against(one, other) is not None


def hashed(kind: Kind, value: str) -> str:
    """A short hash of one thing, to know it again."""
    return hashlib.blake2b(f"{kind}\0{value}".encode(), digest_size=8).hexdigest()


def _evidence(one: Profile, other: Profile, weights: Weights) -> Iterator[Evidence]:
    if one.phones & other.phones:
        yield Evidence(Kind.PHONE, weights.phone)
    if one.landlines & other.landlines:
        yield Evidence(Kind.LANDLINE, weights.landline)
    if one.wechats & other.wechats:
        yield Evidence(Kind.WECHAT, weights.wechat)
    if one.nicks & other.nicks:
        yield Evidence(Kind.NICK, weights.nick)
    if one.names & other.names:
        yield Evidence(Kind.NAME, weights.name)
        if one.birthday and one.birthday == other.birthday:
            yield Evidence(Kind.BIRTHDAY, weights.birthday)
        if one.city and one.city == other.city and _near(one.days, other.days, weights.near_days):
            yield Evidence(Kind.NEAR, weights.near)
    elif one.names and other.names:
        yield Evidence(Kind.OTHER_NAME, -weights.other_name)


def _near(some: Sequence[date], others: Sequence[date], most: int) -> bool:
    """Whether a day of one is within so many days of a day of the other; both are in order."""
    here = there = 0
    while here < len(some) and there < len(others):
        apart = (some[here] - others[there]).days
        if abs(apart) <= most:
            return True
        here, there = (here + 1, there) if apart < 0 else (here, there + 1)
    return False


def _without(one: Profile, common: Collection[Key]) -> Profile:
    """The profile without numbers, accounts and nicks that many share."""

    def own(kind: Kind, values: frozenset[Any]) -> frozenset[Any]:
        return frozenset(value for value in values if (kind, value) not in common)

    return replace(
        one,
        phones=own(Kind.PHONE, one.phones),
        landlines=own(Kind.LANDLINE, one.landlines),
        wechats=own(Kind.WECHAT, one.wechats),
        nicks=own(Kind.NICK, one.nicks),
    )


def _sharing(keys: Mapping[str, Iterable[Key]], common: Collection[Key]) -> dict[Key, list[str]]:
    """The ids of those who share one thing, by that thing; what only one or too many have, not."""
    found: dict[Key, list[str]] = defaultdict(list)
    for pk, some in keys.items():
        for key in some:
            if key not in common:
                found[key].append(pk)
    return {key: ids for key, ids in found.items() if len(ids) > 1}


def keys_of(one: Profile) -> Iterator[Key]:
    """The things of a customer of which one must be shared for two to be likely one person."""
    for kind in (Kind.PHONE, Kind.LANDLINE, Kind.WECHAT, Kind.NICK):
        for value in getattr(one, f"{kind}s"):
            yield kind, value
    for name in one.names:
        if one.birthday:
            yield Kind.BIRTHDAY, name, one.birthday
        if one.city:
            yield Kind.NEAR, name, one.city


def mark_of(key: Key) -> str:
    """A thing as a short hash: to find it again, not to read it."""
    return hashed(key[0], repr(key[1:]))


def _plain(text: str) -> str:
    """One form of what is written wide or narrow, large or small, with blanks or without."""
    if text.isascii():
        return "".join(text.split()).casefold()
    for _ in range(2):
        # What folding and joining bring together may have one form again.
        text = unicodedata.normalize("NFKC", "".join(text.split()).casefold())
    return text
