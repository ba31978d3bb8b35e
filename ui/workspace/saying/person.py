"""Who she is: two lines, red flags, and whether she may be dialled."""

from collections.abc import Sequence
from datetime import datetime

from lumi_desk.calls.rules import Blocked, Channel, WechatState, may_dial
from lumi_desk.clock import local_day
from lumi_desk.consents.rules import Way, shut
from lumi_desk.customers.person import Person as Her
from lumi_desk.security.masking import mask_phone, mask_text
from ui import steps
from ui.ways import listed
from ui.widgets.values import Badge, Choice, Tone
from ui.words import day, money, tr, trn
from ui.workspace.loading import Chosen
from ui.workspace.saying import reasons, whys
from ui.workspace.saying.queue import pool_badge
from ui.workspace.saying.reasons import LINES, Context
from ui.workspace.screen import Dial, Figure, Person, Stage
from ui.workspace.state import Desktop

_YEAR_DAYS = 365
_TAGS = 2


def person(chosen: Chosen, desktop: Desktop, now: datetime) -> Person:
    """The header."""
    her = chosen.her
    return Person(
        her.id,
        her.name,
        _badges(her),
        _facts(her, now),
        _flags(her, now),
        _figures(chosen, desktop, now),
        tuple(whys.said(why) for why in chosen.whys if whys.is_worth_saying(why)),
        few_tags(chosen.tags),
        tr("Tags: {tags}", tags=mask_text(tr(", ").join(chosen.tags))) if chosen.tags else "",
        steps.clock_line(chosen.clock) if chosen.clock else "",
        steps.badges(chosen.clock) if chosen.clock else (),
    )


def few_tags(tags: Sequence[str]) -> tuple[Badge, ...]:
    """The first tags whole, and how many more there are."""
    # Where one more would be told by a number it is shown itself.
    shown = tags[:_TAGS] if len(tags) > _TAGS + 1 else tags
    more = len(tags) - len(shown)
    told = [Badge(mask_text(tag), Tone.INFO) for tag in shown]
    return (*told, Badge(f"+{more}", Tone.INFO)) if more else tuple(told)


def dial(chosen: Chosen, desktop: Desktop, now: datetime, debt: str) -> Dial | None:
    """The way to a call; `debt` is who has to be written up first, or empty."""
    call = desktop.call
    if call is None or desktop.stage not in (Stage.READY, Stage.DIALLED):
        return None
    number, ways = mask_phone(chosen.her.phone), _ways(chosen)
    if desktop.stage is Stage.DIALLED:
        return Dial(number, tr("Press Enter when she answers; mark it when she does not."))
    if ways and not number:
        hint = tr("No number is known: write to her there, then write it up here.")
        blocked_by = not_to_be_written(chosen, Channel(ways[0].name), now, debt)
        return Dial(ways[0].text, hint, blocked_by, ways, instead=True)
    return Dial(
        number or tr("No number is known"),
        tr("No phone is connected: dial by hand, then mark each step here."),
        blocked(chosen, desktop, now, debt),
        ways,
    )


def blocked(chosen: Chosen, desktop: Desktop, now: datetime, debt: str) -> str:
    """Why she may not be dialled now, in words; empty when she may."""
    if desktop.call is None:
        return ""
    answer = chosen.may_dial(now, desktop.call)
    if isinstance(answer, Blocked):
        return reasons.blocked(answer, Context(now, {}))
    if debt:
        return tr("Write up the call with {name} first.", name=debt)
    if not chosen.her.phone:
        return tr("There is no number to dial. Ask for it on WeChat or Wangwang.")
    return ""


def not_to_be_written(chosen: Chosen, channel: Channel, now: datetime, debt: str) -> str:
    """Why she may not be written to there, in words; empty when she may."""
    if chosen.her.refused:
        refused = may_dial(now, (), refused=True, settings=chosen.budget)
        return reasons.blocked(refused, Context(now, {})) if isinstance(refused, Blocked) else ""
    if not chosen.may_reach(Way(channel.value)):
        return tr("She is not to be written offers there.")
    return tr("Write up the call with {name} first.", name=debt) if debt else ""


def _ways(chosen: Chosen) -> tuple[Choice, ...]:
    """Where she can be written to: WeChat once she has accepted, and Wangwang.

    A way that she closed is not shown; a refusal closes none alone, it is said beside them all.
    """
    her, ways = chosen.her, []
    if her.wechat_state == WechatState.ACCEPTED and chosen.may_reach(Way.WECHAT):
        ways.append(
            Choice(Channel.WECHAT, tr("WeChat {name}", name=mask_text(her.wechat) or her.name))
        )
    if her.wangwang and chosen.may_reach(Way.WANGWANG):
        ways.append(Choice(Channel.WANGWANG, tr("Wangwang {name}", name=mask_text(her.wangwang))))
    return tuple(ways)


def _badges(her: Her) -> tuple[Badge, ...]:
    badges = [pool_badge(her.pool, her.grade), *whys.relationship_badges(her.relationship)]
    if her.line is not None and her.line in LINES and her.line != "other":
        badges.append(Badge(tr(LINES[her.line]), Tone.VIOLET))
    return tuple(badges)


def _facts(her: Her, now: datetime) -> str:
    facts = [mask_text(her.city)]
    if her.wangwang:
        facts.append(tr("Wangwang {name}", name=mask_text(her.wangwang)))
    if her.member_since is not None:
        years = (local_day(now) - her.member_since).days // _YEAR_DAYS
        member = trn("member for {n} year", "member for {n} years", years)
        facts.append(member if years else tr("member since this year"))
    return " · ".join(fact for fact in facts if fact)


def _flags(her: Her, now: datetime) -> tuple[Badge, ...]:
    flags = []
    if her.refused:
        flags.append(Badge(tr("Do not call"), Tone.BAD, icon="warning"))
    flags += _shut(her)
    ticket = her.complaint_open
    if ticket is not None:
        text = tr("Complaint, due {day}", day=day(ticket.due_at, now))
        flags.append(Badge(text, Tone.BAD, icon="warning"))
    if her.allergy:
        flags.append(Badge(mask_text(her.allergy), Tone.WARN, icon="warning"))
    return tuple(flags)


def _shut(her: Her) -> list[Badge]:
    """The ways she closed: to offers, and to everything."""
    closed = shut(her.words)
    offers = listed(one.way for one in closed if not one.wholly)
    wholly = listed(one.way for one in closed if one.wholly)
    flags = []
    if wholly:
        flags.append(tr("No contact: {ways}", ways=wholly))
    if offers:
        flags.append(tr("No offers: {ways}", ways=offers))
    return [Badge(words, Tone.BAD, icon="warning") for words in flags]


def _figures(chosen: Chosen, desktop: Desktop, now: datetime) -> tuple[Figure, ...]:
    her = chosen.her
    figures = []
    if her.balance_fen is not None:
        figures.append(Figure(tr("Card balance"), money(her.balance_fen)))
    orders = trn("{n} order", "{n} orders", her.year_orders)
    figures.append(Figure(tr("Last year"), money(her.year_fen), orders))
    value = next((why.fields for why in chosen.whys if "value_fen" in why.fields), {})
    if value.get("brought_fen"):
        ahead = tr("next 12 months {money}", money=money(whys.yuan(value["value_fen"])))
        figures.append(Figure(tr("So far"), money(whys.yuan(value["brought_fen"])), ahead))
    last = her.last_order
    if last is not None:
        ago = (local_day(now) - local_day(last.paid_at)).days
        days = trn("{n} day ago", "{n} days ago", ago) if ago else tr("today")
        if chosen.clock is not None:
            days = tr("day {day} of {days}", day=chosen.clock.day, days=chosen.clock.days)
        figures.append(Figure(tr("Last bought"), _what(chosen), days))
    figures.append(Figure(tr("Dials left today"), _dials(chosen, desktop, now)))
    return tuple(figures)


def _what(chosen: Chosen) -> str:
    last = chosen.her.last_order
    main = last.main if last else None
    if main is None:
        return last.title if last else ""
    name = chosen.shown.shelf.names().get(main.product_id or "", main.title)
    return f"{name} ×{main.units}" if main.units > 1 else name


def _dials(chosen: Chosen, desktop: Desktop, now: datetime) -> str:
    moments = {at for at, _ in chosen.her.dials}
    moments |= {one.at for one in desktop.call.dials} if desktop.call else set()
    used = sum(local_day(at) == local_day(now) for at in moments)
    return f"{max(chosen.budget.per_day - used, 0)} / {chosen.budget.per_day}"
