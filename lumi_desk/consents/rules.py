"""May she be reached by a way, for a purpose: what was given, what was withdrawn, what holds else.

Sources: PIPL, the Personal Information Protection Law of China: article 13 (the lawful bases), 15
(a consent can be withdrawn, as easily as it was given), 28 and 29 (health needs a consent of its
own). Whoever agrees to offers by a way agrees to be reached by it; whoever is not to be reached by
a way gets no offers by it either. The latest word counts; of two at one moment, the withdrawal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    """How somebody is reached."""

    PHONE = "phone"
    SMS = "sms"
    WECHAT = "wechat"
    WANGWANG = "wangwang"
    POST = "post"


class Purpose(StrEnum):
    """What for."""

    SERVICE = "service"  # her orders, what she was promised, her complaints
    MARKETING = "marketing"
    HEALTH = "health"  # to keep notes on her health, whatever way they came by


class Basis(StrEnum):
    """Why it is lawful, by article 13 of the PIPL."""

    CONSENT = "consent"
    CONTRACT = "contract"
    DUTY = "duty"  # the law asks for it
    PUBLISHED = "published"  # she made it public herself


@dataclass(frozen=True, slots=True)
class ConsentSettings:
    """What holds where nothing is recorded: 1 it may be done, 0 it may not.

    `service` counts for every way: her orders are a contract. The ways are for offers: most people
    of the brand's lists joined its member centre before anybody wrote consents down. Health notes
    have no such number: without a recorded consent there are none.
    """

    service: int = 1
    phone: int = 1
    sms: int = 1
    wechat: int = 1
    wangwang: int = 1
    post: int = 1


CONSENTS = ConsentSettings()


@dataclass(frozen=True, slots=True)
class Word:
    """What she said, or a list: a purpose given at a moment, withdrawn at a moment, or both."""

    way: str
    purpose: str
    given_at: datetime | None
    withdrawn_at: datetime | None


def said(words: Iterable[Word], way: Way, purpose: Purpose) -> bool | None:
    """The latest word about a way and purpose: given, withdrawn, or None if there is none."""
    given: list[datetime] = []
    withdrawn: list[datetime] = []
    for one in words:
        if _speaks(one, way, purpose, _GIVING) and one.given_at is not None:
            given.append(one.given_at)
        if _speaks(one, way, purpose, _WITHDRAWING) and one.withdrawn_at is not None:
            withdrawn.append(one.withdrawn_at)
    if not given and not withdrawn:
        return None
    return bool(given) and (not withdrawn or max(given) > max(withdrawn))


def may(
    words: Iterable[Word], way: Way, purpose: Purpose, settings: ConsentSettings = CONSENTS
) -> bool:
    """Whether she may be reached by this way for this purpose."""
    told = said(words, way, purpose)
    return by_default(way, purpose, settings) if told is None else told


def by_default(way: Way, purpose: Purpose, settings: ConsentSettings = CONSENTS) -> bool:
    """What holds where nothing is recorded."""
    if purpose is Purpose.HEALTH:
        return False
    if purpose is Purpose.SERVICE:
        return bool(settings.service)
    return bool(getattr(settings, way.value))


def binding_from(words: Iterable[Word], now: datetime) -> datetime:
    """From when a withdrawal said now counts: a clock that was ahead must not outlive it."""
    given = [one.given_at for one in words if one.given_at is not None]
    return max([now, *given])


@dataclass(frozen=True, slots=True)
class Shut:
    """A way that is closed to her reps: to offers, or with `wholly` to everything."""

    way: Way
    wholly: bool


def shut(words: Sequence[Word]) -> tuple[Shut, ...]:
    """The ways closed by her own word, in order: what only a setting closes is not told of her."""
    return tuple(
        Shut(way, wholly=said(words, way, Purpose.SERVICE) is False)
        for way in Way
        if said(words, way, Purpose.MARKETING) is False
    )


# Of which purposes a word counts for a purpose.
_GIVING = {
    Purpose.SERVICE: (Purpose.SERVICE, Purpose.MARKETING),
    Purpose.MARKETING: (Purpose.MARKETING,),
    Purpose.HEALTH: (Purpose.HEALTH,),
}
_WITHDRAWING = {
    Purpose.SERVICE: (Purpose.SERVICE,),
    Purpose.MARKETING: (Purpose.SERVICE, Purpose.MARKETING),
    Purpose.HEALTH: (Purpose.HEALTH,),
}


def _speaks(
    one: Word, way: Way, purpose: Purpose, counting: dict[Purpose, tuple[Purpose, ...]]
) -> bool:
    """Whether a word is about this; health notes are one matter for all ways."""
    here = one.way == way or purpose is Purpose.HEALTH
    return here and one.purpose in counting[purpose]
