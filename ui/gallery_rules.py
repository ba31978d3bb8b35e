"""The manager's screen of rules with fixed content, for the gallery and the tests of the view."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from lumi_desk.clock import local_day
from lumi_desk.customers.rulesets.rules import RULE_SETS, RuleSet, named
from lumi_desk.customers.rulesets.versions import Version
from lumi_desk.managing.protocol import RulesDone, RulesMove, RulesMover, RulesPreviewed, RulesStep
from ui.gallery_parts import NOW, Words, synced, words
from ui.rules import drafts, moving, saying
from ui.rules.drafts import Draft
from ui.rules.presenter import away
from ui.rules.screen import Preview, Screen
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Button, Notice, SyncChip, SyncState, Tone
from ui.words import tr, trn

_TODAY = local_day(NOW)
_LATER = (_TODAY + timedelta(days=9)).isoformat()
_POINTS = {"a_points": "1000", "b_points": "400"}


def rules(language: str) -> dict[str, Screen]:
    """Return every state of the rules by name."""
    w = words(language)
    grade = _screen(
        w, named("grade"), Draft(_POINTS, why=w("双十一之后", "after 11-11")), _grades(w)
    )
    later = _screen(w, named("grade"), Draft(_POINTS, day=_LATER), _grades(w))
    wrong = _screen(w, named("grade"), Draft({"a_points": "很多", "new_days": "0"}, day="2025-1-1"))
    against = _screen(w, named("grade"), Draft({"a_points": "100"}))
    nobody = _screen(w, named("churn"), Draft({"least": "31"}), _nobody())
    offline = replace(
        _screen(w, named("pool"), Draft({"active_days": "300"})),
        preview=moving.unknown(),
        offline=away(),
        sync=SyncChip(SyncState.OFFLINE, w("离线 · 14:02", "Offline · 14:02"), "14:02"),
    )
    half_year = named("half_year")
    plan = _screen(w, half_year, Draft({"plan": _plan(w)}), _asked_for(w))
    return {
        "rules": grade,
        "rules-plain": _screen(w, named("pool"), Draft()),
        "rules-wrong": wrong,
        "rules-against": against,
        "rules-nobody": nobody,
        "rules-many": _screen(w, named("relationship"), Draft({"close": "5"}), _near(w)),
        "rules-run-out": _screen(
            w, named("run_out"), Draft({"collagen_days": "10", "enzyme_ahead": "10"}), _due(w)
        ),
        "rules-plan": plan,
        "rules-plan-wrong": _screen(w, half_year, Draft({"plan": _WRONG_PLAN, "grace": "2"})),
        "rules-plan-confirm": replace(plan, confirm=_plan_asked(w)),
        "rules-desks": replace(
            _screen(w, named("consents"), Draft({"sms": "0"})), preview=moving.moves_nobody()
        ),
        "rules-confirm": _asked(named("grade"), later, _grades(w)),
        "rules-done": replace(grade, notice=Notice(_done(), Tone.GOOD)),
        "rules-changed": replace(grade, notice=Notice(_meanwhile(w), Tone.WARN)),
        "rules-offline": offline,
    }


def _screen(w: Words, of: RuleSet, draft: Draft, seen: RulesPreviewed | None = None) -> Screen:
    found = _versions(w)
    reading = drafts.read(of, found[of.name], draft, _TODAY)
    told = saying.from_day(reading.day, NOW)
    put = Button(tr("Put in force {when}", when=told), enabled=seen is not None)
    rows = (
        saying.row(one, found[one.name], draft if one is of else Draft(), _TODAY, NOW)
        for one in RULE_SETS
    )
    return Screen(
        title=tr("Rules"),
        left=trn("{n} rule set", "{n} rule sets", len(RULE_SETS)),
        sync=synced(w),
        person=w("顾明兰", "Gu Minglan"),
        rows=tuple(rows),
        chosen=of.name,
        form=saying.form(of, reading, draft, NOW, put),
        preview=_preview(reading, seen),
        history=saying.history(of, found[of.name], _TODAY, NOW),
        keys=tr("Tab through the numbers · Ctrl Enter puts in force · Esc back"),
    )


def _preview(reading: drafts.Reading, seen: RulesPreviewed | None) -> Preview:
    if seen is not None:
        return moving.shown(seen)
    if reading.values is None or reading.day_wrong is not None:
        return moving.not_usable()
    return moving.asking() if reading.is_new else moving.nothing_typed()


def _asked(of: RuleSet, screen: Screen, seen: RulesPreviewed) -> Screen:
    draft = Draft(_POINTS, day=_LATER)
    found = (Version(of.values(of.default)),)
    reading = drafts.read(of, found, draft, _TODAY)
    return replace(screen, confirm=moving.confirm(of, reading, draft, seen, found, NOW))


def _plan(w: Words) -> str:
    """Of what ships: a step with other days, ways and purposes of their own, one that is new."""
    return (
        f"sent | wechat; delivered | wechat; 5-9 | phone | newcomer |"
        f" {w('问问怎么吃', 'how does she take it')};"
        f" 30; run_out; 60-70 | wechat | care | {w('送护肤小课', 'send the skin-care lesson')};"
        f" 90; 150 | phone | recall"
    )


_WRONG_PLAN = "sent; delivered; 7-35; 30; sent; 90-; 150-190"


def _plan_asked(w: Words) -> Confirm:
    of, draft = named("half_year"), Draft({"plan": _plan(w)})
    found = (Version(of.values(of.default)),)
    reading = drafts.read(of, found, draft, _TODAY)
    return moving.confirm(of, reading, draft, _asked_for(w), found, NOW)


def _asked_for(w: Words) -> RulesPreviewed:
    counts = {
        ("touch_missed", "touch_missed"): 61, ("touch_missed", "touch_today"): 38,
        ("touch_today", "touch_today"): 27, ("touch_week", "touch_today"): 19,
        ("touch_week", "touch_week"): 44, ("", "touch_today"): 52, ("", "touch_week"): 33,
        ("", ""): 2726,
    }  # fmt: skip
    told = _told("half_year", counts, {("", "touch_today"): w("周文静 何丽", "周文静 何丽")})
    days = (
        (5, 0, 57, 0, 74), (7, 58, 0, 81, 0), (30, 41, 41, 60, 60), (60, 0, 71, 0, 104),
        (90, 17, 17, 28, 28), (150, 10, 11, 20, 21),
    )  # fmt: skip
    return replace(told, steps=tuple(RulesStep(f"day{one[0]}", *one) for one in days))


def _versions(w: Words) -> Mapping[str, tuple[Version, ...]]:
    """As they ship, but for the grades, which have a history."""
    found = {one.name: (Version(one.values(one.default)),) for one in RULE_SETS}
    grade = named("grade")
    values = grade.values(grade.default)
    name = w("顾明兰", "Gu Minglan")
    steps = (
        ({"a_points": 90_000}, date(2026, 9, 1), 82, w("双十一前收紧", "before 11-11"), False),
        ({"a_points": 80_000}, date(2026, 10, 8), 45, w("太严了", "too strict"), True),
        ({"a_points": 80_000, "collagen_points": 20_000}, date(2026, 12, 20), 2, "", False),
    )
    told = [
        Version(
            {**values, **changed}, since, "guminglan", NOW - timedelta(days=ago), back,
            name=name, why=why, id=str(since),
        )
        for changed, since, ago, why, back in steps
    ]  # fmt: skip
    return {**found, "grade": (*found["grade"], *told)}


def _grades(w: Words) -> RulesPreviewed:
    counts = {("A", "A"): 402, ("A", "B"): 131, ("B", "B"): 655, ("B", "C"): 81, ("C", "C"): 214}
    names = {
        ("A", "B"): w("周文静 欧阳敏 何丽 沈玉兰", "周文静 欧阳敏 何丽 沈玉兰"),
        ("B", "C"): w("阿依古丽·买买提 林秀英", "阿依古丽·买买提 林秀英"),
    }
    return _told("grade", {**counts, ("", ""): 1517}, names)


def _near(w: Words) -> RulesPreviewed:
    counts = {
        ("close", "close"): 118, ("close", "steady"): 342, ("steady", "steady"): 611,
        ("cooling", "cooling"): 420, ("at_risk", "at_risk"): 97, ("", ""): 1412,
    }  # fmt: skip
    return _told("relationship", counts, {("close", "steady"): w("周文静 何丽", "周文静 何丽")})


def _due(w: Words) -> RulesPreviewed:
    counts = {
        ("due_now", "due_now"): 88, ("due_soon", "due_now"): 17, ("due_soon", "due_soon"): 241,
        ("due_later", "due_later"): 96, ("due_over", "due_over"): 803, ("", "due_now"): 46,
        ("", "due_over"): 310, ("", ""): 1399,
    }  # fmt: skip
    return _told("run_out", counts, {("", "due_now"): w("周文静 何丽", "周文静 何丽")})


def _nobody() -> RulesPreviewed:
    return _told("churn", {("warned", "warned"): 204, ("", ""): 2796}, {})


def _told(
    what: str, counts: Mapping[tuple[str, str], int], names: Mapping[tuple[str, str], str]
) -> RulesPreviewed:
    moves = tuple(RulesMove(*move, customers) for move, customers in sorted(counts.items()))
    movers = tuple(
        RulesMover(name, name, move[0], *move)
        for move, told in names.items()
        for name in told.split()
    )
    moving_ = sum(one.customers for one in moves if one.old != one.new)
    return RulesPreviewed(what, moving_, moves, movers)


def _done() -> str:
    moved = {"pool": (), "grade": (RulesMove("A", "B", 131), RulesMove("B", "C", 81))}
    told = RulesDone("grade", _TODAY.isoformat(), {}, "2026-12-20", {**moved}, again=False)
    return moving.done(named("grade"), told, NOW, back=False)


def _meanwhile(w: Words) -> str:
    grade = named("grade")
    shipped = Version(grade.values(grade.default))
    hers = Version({**shipped.values, "b_points": 35_000}, name=w("贺春梅", "He Chunmei"))
    return saying.meanwhile(grade, ((shipped, hers),))
