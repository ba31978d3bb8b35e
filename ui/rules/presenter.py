"""Decides what the manager's screen of rules shows, and what her numbers become. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first. The rule
sets are those this desk holds, offline too; who would move, and putting numbers in force, only the
hub can say and do. What is typed is kept on this desk until it is in force or dropped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lumi_desk.clock import Clock, local_day
from lumi_desk.customers.rulesets.rules import RULE_SETS, RuleSet
from lumi_desk.customers.rulesets.versions import Version, before_day, mark, to_come
from lumi_desk.customers.touch_plan.words.rules import Row
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.managing import protocol
from lumi_desk.managing.client import RulesAtHub
from lumi_desk.managing.protocol import RulesDone, RulesPreviewed
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.keepsakes import keep
from lumi_desk.sync.status import Status
from ui.lane import Lane, SyncNews
from ui.rules import drafts, moving, plans, saying
from ui.rules.drafts import Draft, Reading
from ui.rules.loading import KEPT, Books, books
from ui.rules.screen import Preview, Screen
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Button, Notice, SyncChip, Tone
from ui.words import sentence, tr, trn

SIGNALS = (
    "picked",
    "typed",
    "step_typed",
    "step_moved",
    "step_removed",
    "step_added",
    "dated",
    "reasoned",
    "settled",
    "put",
    "stayed",
    "dropped",
    "went_back",
    "went_back_to",
    "asked_again",
    "notice_closed",
)
TABLES = ("setting",)
_NO_PREVIEW = "NoPreview"
_CHANGED = "RulesChanged"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the hub is asked: who would move from these versions by these numbers."""

    name: str
    numbers: tuple[tuple[str, str], ...]
    day: date
    base: str
    to: int | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """What was sent under which id: sent again after a lost answer, it has one effect."""

    id: str
    asked: _Asked
    draft: Draft
    taken: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """What came of it: whom it moves, None for nobody ever, or why it could not be asked."""

    asked: _Asked
    told: RulesPreviewed | None = None
    problem: LumiError | None = None


class RulesPresenter:
    """The rule sets, one of them being changed."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        hub: RulesAtHub,
        me: Me,
        now: Clock,
    ) -> None:
        self._lane, self._show, self._hub, self._me, self._now = lane, show, hub, me, now
        self._books: Books | None = None
        self._drafts: dict[str, Draft] = {}
        self._chosen: RuleSet = RULE_SETS[0]
        self._seen: _Seen | None = None
        self._running: _Asked | None = None
        self._confirming = self._putting = False
        self._offline = False
        # By rule set, what was sent, and whether the hub has taken it and the sync not brought it.
        self._sent: dict[str, _Sent] = {}
        self._notice: Notice | None = None
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_change(TABLES, self.refresh)
        lane.on_sync(self._heard)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known."""
        self._draw()
        self.refresh()

    def refresh(self) -> None:
        """Read the rule sets again."""
        self._lane.read(books, self._read, key="rules")

    def picked(self, name: str) -> None:
        """Another rule set; what is typed of this one stays."""
        if name != self._chosen.name and not self._putting:
            self._chosen = next(one for one in RULE_SETS if one.name == name)
            self._confirming, self._notice = False, None
            self._ask()
            self._draw()

    def typed(self, key: str, text: str) -> None:
        """A number as it is typed."""
        reading = self._reading()
        if reading is not None:
            self._change(drafts.typed(self._chosen, reading, self._draft, key, text))

    def step_typed(self, place: int, part: str, text: str) -> None:
        """A part of a step of the plan: its days (`when`), `way`, words (`script`) or `purpose`."""
        self._plan(lambda rows, _: plans.replaced(rows, place, part, text))

    def step_moved(self, place: int, by: int) -> None:
        """A step goes so many places down, or up; days that are in order stay where they are."""
        self._plan(lambda rows, _: plans.moved(rows, place, by))

    def step_removed(self, place: int) -> None:
        """Leave a step out."""
        self._plan(lambda rows, _: plans.without(rows, place))

    def step_added(self) -> None:
        """One more step below."""
        self._plan(plans.with_new)

    def dated(self, text: str) -> None:
        """The day as it is typed."""
        self._change(replace(self._draft, day=text))

    def reasoned(self, text: str) -> None:
        """The reason as it is typed."""
        self._change(replace(self._draft, why=text))

    def settled(self) -> None:
        """Nothing was typed for a moment: keep it, and ask whom it would move."""
        self._keep()
        self._ask()
        self._draw()

    def asked_again(self) -> None:
        """Ask once more whom it would move."""
        self._seen = None
        self._ask()
        self._draw()

    def put(self) -> None:
        """Put the numbers in force: first she is told what happens, then it does."""
        if not self._can_put():
            return
        if not self._confirming:
            self._confirming = True
            self._draw()
            return
        self._confirming, self._putting, self._notice = False, True, None
        self._draw()
        rules, asked = self._chosen, self._asked()
        if asked is not None:
            before = self._sent.get(rules.name)
            sent = _Sent(new_id(), asked, self._draft)
            if before is not None and (before.asked, before.draft) == (asked, self._draft):
                sent = before
            self._sent[rules.name] = sent
            work = self._work(sent)
            self._lane.outside(work, lambda told: self._put_in_force(rules, told), self._refused)

    def stayed(self) -> None:
        """She says no."""
        self._confirming = False
        self._draw()

    def dropped(self) -> None:
        """Forget what was typed of this rule set."""
        self._change(Draft())
        self.settled()

    def went_back(self) -> None:
        """Fill the form with the version before, to see whom that would move."""
        self._change(Draft(day=self._draft.day, why=self._draft.why, back=True))
        self.settled()

    def went_back_to(self, version: str) -> None:
        """Fill the form with an earlier version, by its id, to see whom that would move.

        One that is to come is taken back: from its day on holds what holds until then.
        """
        found, day = self._versions(self._chosen), self._draft.day
        for place in to_come(found, local_day(self._now())):
            if found[place].id == version:
                day, version = str(found[place].since), found[before_day(found, place)].id
        self._change(Draft(day=day, why=self._draft.why, back=True, to=version))
        self.settled()

    def notice_closed(self) -> None:
        """The notice was read."""
        self._notice = None
        self._draw()

    # What is known.

    @property
    def _draft(self) -> Draft:
        return self._drafts.get(self._chosen.name, Draft())

    def _versions(self, rules: RuleSet) -> tuple[Version, ...]:
        return self._books.versions[rules.name] if self._books else ()

    def _reading(self) -> Reading | None:
        found = self._versions(self._chosen)
        if not found:
            return None
        return drafts.read(self._chosen, found, self._draft, local_day(self._now()))

    def _read(self, found: Books) -> None:
        before, self._books = self._books, found
        if before is None:
            self._drafts = {**found.drafts, **self._drafts}
        for rules in RULE_SETS:
            self._compare(rules, before.versions[rules.name] if before else ())
        self._ask()
        self._draw()

    def _compare(self, rules: RuleSet, before: Sequence[Version]) -> None:
        """Let go of what is in force now, and say what somebody else has put in force."""
        known = {one.id for one in before}
        fresh = [one for one in self._versions(rules) if before and one.id not in known]
        sent = self._sent.get(rules.name)
        if sent and any(one.id == sent.id for one in self._versions(rules)):
            del self._sent[rules.name]
            # What was typed while the answer was on its way is something new.
            if self._drafts.get(rules.name) == sent.draft:
                del self._drafts[rules.name]
            self._keep()
        strange = [one for one in fresh if sent is None or one.id != sent.id]
        if strange and rules is self._chosen and self._drafts.get(rules.name):
            self._confirming = False
            found = self._versions(rules)
            steps = [(found[max(found.index(one) - 1, 0)], one) for one in strange]
            self._notice = Notice(saying.meanwhile(rules, steps), Tone.WARN)

    # Whom it would move.

    def _asked(self) -> _Asked | None:
        """What there is to ask of what is typed; nothing if it says what holds, or cannot be."""
        reading = self._reading()
        if reading is None or not (reading.is_new or reading.place is not None):
            return None
        if reading.values is None or reading.day_wrong is not None:
            return None
        numbers = tuple(reading.numbers.items())
        to = reading.place if self._draft.to is not None else None
        base = mark(self._versions(self._chosen))
        return _Asked(self._chosen.name, numbers, reading.day, base, to)

    def _ask(self) -> None:
        """Ask whom it would move; while one answer is on its way, the newest waits for it."""
        asked = self._asked()
        if asked is None or self._running is not None or self._is_taken():
            return
        if self._seen is not None and self._seen.asked == asked:
            return
        self._running = asked

        def work() -> RulesPreviewed:
            return self._hub.preview(asked.name, dict(asked.numbers), asked.day, moving.NAMES)

        self._lane.outside(
            work,
            lambda told: self._answered(_Seen(asked, told)),
            lambda problem: self._answered(self._unanswered(asked, problem)),
        )

    def _answered(self, seen: _Seen) -> None:
        self._running = None
        self._seen = seen
        self._note_line(seen.problem)
        self._ask()
        self._draw()

    @staticmethod
    def _unanswered(asked: _Asked, problem: LumiError) -> _Seen:
        return _Seen(asked) if problem.code == _NO_PREVIEW else _Seen(asked, problem=problem)

    def _is_seen(self) -> bool:
        """Whether she has been told whom exactly this would move."""
        seen, asked = self._seen, self._asked()
        return asked is not None and seen is not None and seen.asked == asked and not seen.problem

    # Putting in force.

    def _can_put(self) -> bool:
        return self._is_seen() and not self._putting and not self._is_taken()

    def _is_taken(self) -> bool:
        """Whether the hub has these numbers in force already, and only the sync is to come."""
        sent = self._sent.get(self._chosen.name)
        return sent is not None and sent.taken

    def _work(self, sent: _Sent) -> Callable[[], RulesDone]:
        asked, why = sent.asked, sent.draft.why.strip()
        if sent.draft.back:
            back = protocol.RollBackRules(sent.id, asked.name, asked.base, asked.day, why, asked.to)
            return lambda: self._hub.roll_back(back)
        numbers = dict(asked.numbers)
        told = protocol.SetRules(sent.id, asked.name, numbers, asked.base, asked.day, why)
        return lambda: self._hub.set(told)

    def _put_in_force(self, rules: RuleSet, told: RulesDone) -> None:
        self._putting = False
        sent = self._sent[rules.name] = replace(self._sent[rules.name], taken=True)
        words = moving.done(rules, told, self._now(), back=sent.draft.back)
        self._notice = Notice(words, Tone.GOOD)
        self._lane.sync_now()
        self.refresh()

    def _refused(self, problem: LumiError) -> None:
        self._putting = False
        self._note_line(problem)
        self._notice = None if self._offline else Notice(sentence(problem), Tone.BAD)
        if problem.code == _CHANGED:
            # What is new comes with the catalogue, and is said then.
            self._lane.sync_now()
        self._draw()

    # Drawing and keeping.

    def _change(self, draft: Draft) -> None:
        self._confirming = False
        if self._notice is not None and self._notice.tone is Tone.GOOD:
            # What was done last is not what is being typed now.
            self._notice = None
        self._drafts[self._chosen.name] = draft
        self._draw()

    def _plan(self, change: Callable[[Sequence[Row], Reading], Sequence[Row]]) -> None:
        reading = self._reading()
        if reading is not None and self._chosen.plan is not None:
            rows = change(drafts.rows(self._chosen, reading), reading)
            self._change(drafts.planned(self._chosen, reading, self._draft, rows))

    def _keep(self) -> None:
        told = drafts.dumped(self._drafts)
        self._lane.write(lambda session: keep(session, KEPT, told))

    def _note_line(self, problem: LumiError | None) -> None:
        self._offline = isinstance(problem, HubOutOfReach)

    def _heard(self, news: SyncNews) -> None:
        """The line is there again, or is not."""
        if news.running:
            return
        self._note_line(news.problem)
        unasked = self._seen is not None and isinstance(self._seen.problem, HubOutOfReach)
        if unasked and not self._offline:
            self._seen = None
            self._ask()
        self._draw()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._chip = screen.chip
        self._draw()

    def _draw(self) -> None:
        self._show(self._screen())

    def _screen(self) -> Screen:
        now, found, reading = self._now(), self._books, self._reading()
        screen = Screen(
            title=tr("Rules"),
            left=trn("{n} rule set", "{n} rule sets", len(RULE_SETS)),
            sync=self._chip,
            person=self._me.name,
            notice=self._notice,
            offline=away() if self._offline else "",
            keys=tr("Tab through the numbers · Ctrl Enter puts in force · Esc back"),
        )
        if found is None or reading is None:
            return screen
        today, rules = local_day(now), self._chosen
        rows = (
            saying.row(one, self._versions(one), self._drafts.get(one.name, Draft()), today, now)
            for one in RULE_SETS
        )
        return replace(
            screen,
            rows=tuple(rows),
            chosen=rules.name,
            form=saying.form(rules, reading, self._draft, now, self._button(reading)),
            preview=self._preview(reading),
            history=saying.history(rules, self._versions(rules), today, now),
            confirm=self._confirm(reading),
        )

    def _button(self, reading: Reading) -> Button:
        told = saying.from_day(reading.day, self._now())
        if self._putting:
            return Button(tr("Being put in force …"), enabled=False)
        return Button(tr("Put in force {when}", when=told), enabled=self._can_put())

    def _preview(self, reading: Reading) -> Preview:
        if reading.values is None or reading.day_wrong is not None:
            return moving.not_usable()
        asked, seen = self._asked(), self._seen
        if asked is None:
            return moving.nothing_typed()
        if seen is not None and seen.asked == asked:
            if isinstance(seen.problem, HubOutOfReach):
                return moving.unknown()
            if seen.problem is not None:
                return moving.failed(sentence(seen.problem))
            return moving.shown(seen.told) if seen.told else moving.moves_nobody()
        if seen is not None and seen.told is not None and seen.asked.name == asked.name:
            return moving.shown(seen.told, stale=True)
        return moving.asking()

    def _confirm(self, reading: Reading) -> Confirm | None:
        if not self._confirming or not self._is_seen() or self._seen is None:
            return None
        found = self._versions(self._chosen)
        return moving.confirm(
            self._chosen, reading, self._draft, self._seen.told, found, self._now()
        )


def away() -> str:
    """What she is told while the line is down."""
    return tr(
        "The hub cannot be reached. Shown is what this desk saw last; who would move, and putting"
        " numbers in force, has to wait. What you type stays here."
    )
