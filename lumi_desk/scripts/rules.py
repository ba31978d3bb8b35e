"""What a rep says: the graph of a script, walking it, its words filled in, its faults."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

MAX_ANSWERS = 9
"""Answers are picked with the digits 1 to 9."""


class Situation(Enum):
    """Why she is called, as far as the words go."""

    RENEWAL = "renewal"
    NEWCOMER = "newcomer"
    RECALL = "recall"
    CALLBACK = "callback"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Objection:
    """What a customer may say against it (`words`, each a way to put it), and the reply."""

    words: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What she may answer, and the node it leads to."""

    text: str
    goes_to: str


@dataclass(frozen=True, slots=True)
class Node:
    """One thing to say.

    `wordings` are alternatives, best first: the first one whose fields are all known is said.
    `ends_as` marks an end with the disposition it suggests ("sold", "thinking", ...); elsewhere
    it is empty.
    """

    id: str
    title: str
    wordings: tuple[str, ...]
    answers: tuple[Answer, ...] = ()
    objections: tuple[Objection, ...] = ()
    ends_as: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """One version of a script in one language; `objections` hold at every node."""

    id: str
    situation: Situation
    version: int
    language: str
    title: str
    start: str
    nodes: Mapping[str, Node]
    objections: tuple[Objection, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; `filled` when it came from what we know about her."""

    text: str
    filled: bool


# --- merge fields -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field of a wording: its name, its Chinese name, and what to say when it is unknown.

    `neutral` is by language; a field without neutral words makes the wording fall back.
    """

    name: str
    zh: str
    neutral: Mapping[str, str]


_NONE: Mapping[str, str] = {}

FIELDS: tuple[MergeField, ...] = (
    MergeField("salutation", "称呼", {"zh_CN": "姐", "en": "madam"}),
    MergeField("surname", "姓", _NONE),
    MergeField("name", "姓名", _NONE),
    MergeField("rep", "我", {"zh_CN": "会员中心的客户顾问", "en": "your member centre adviser"}),
    MergeField("balance", "余额", _NONE),
    MergeField("monthly_use", "月用量", _NONE),
    MergeField("days_left", "剩余天数", _NONE),
    MergeField("card_value", "卡面额", _NONE),
    MergeField("card_months", "可用月数", _NONE),
    MergeField("gift", "赠品", _NONE),
    MergeField("last_product", "上次产品", {"zh_CN": "上次的产品", "en": "your last order"}),
    MergeField("first_product", "首单产品", {"zh_CN": "您买的产品", "en": "what you bought"}),
    MergeField("daily_use", "每日用量", _NONE),
    MergeField("quiet_days", "未购天数", _NONE),
    MergeField("bundle", "套餐", _NONE),
    MergeField("bundle_price", "套餐价", _NONE),
    MergeField("list_price", "原价", _NONE),
    MergeField("coupon", "优惠", _NONE),
    MergeField("callback_time", "预约时间", {"zh_CN": "这个时间", "en": "this time"}),
    MergeField("callback_about", "预约内容", _NONE),
)

_BY_NAME = {field.name: field for field in FIELDS} | {field.zh: field for field in FIELDS}
_SLOT = re.compile(r"\{([^{}]*)\}")


def fields_in(wording: str) -> tuple[str, ...]:
    """The names between braces, as written, in order."""
    return tuple(_SLOT.findall(wording))


def render(wordings: Iterable[str], values: Mapping[str, str], language: str) -> tuple[Run, ...]:
    """The first wording that can be said with what is known, as runs.

    `values` is by field name; a missing or blank value counts as unknown. Neutral words come as
    unfilled runs, for nothing in them was looked up. Empty when no wording can be said.
    """
    for wording in wordings:
        runs = _fill(wording, values, language)
        if runs is not None:
            return _joined(runs)
    return ()


def _fill(wording: str, values: Mapping[str, str], language: str) -> list[Run] | None:
    runs: list[Run] = []
    for position, piece in enumerate(_SLOT.split(wording)):
        if position % 2 == 0:
            runs.append(Run(piece, filled=False))
            continue
        run = _value(piece, values, language)
        if run is None:
            return None
        runs.append(run)
    return runs


def _value(name: str, values: Mapping[str, str], language: str) -> Run | None:
    field = _BY_NAME.get(name)
    if field is None:
        return None
    known = (values.get(field.name) or "").strip()
    if known:
        return Run(known, filled=True)
    neutral = field.neutral.get(language)
    return None if neutral is None else Run(neutral, filled=False)


def _joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs without empty ones, and unfilled neighbours as one."""
    joined: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        if joined and not joined[-1].filled and not run.filled:
            joined[-1] = Run(joined[-1].text + run.text, filled=False)
        else:
            joined.append(run)
    return tuple(joined)


# --- walking ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a call stands: the ids of the nodes said so far, the current one last."""

    script: Script
    path: tuple[str, ...]

    @property
    def node(self) -> Node:
        """The node to be said now."""
        return self.script.nodes[self.path[-1]]

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles along the path: the breadcrumbs."""
        return tuple(self.script.nodes[node].title for node in self.path)


def begin(script: Script) -> Walk:
    """Stand at the first node."""
    return Walk(script, (script.start,))


def resume(script: Script, path: Iterable[str]) -> Walk:
    """Stand where a kept path ended; what no longer exists in the script cuts the path there."""
    walk = begin(script)
    for node in list(path)[1:]:
        if all(answer.goes_to != node for answer in walk.node.answers):
            break
        walk = Walk(script, (*walk.path, node))
    return walk


def take(walk: Walk, digit: int) -> Walk:
    """Go where answer `digit` (from 1) leads; stay when there is no such answer."""
    if not 1 <= digit <= len(walk.node.answers):
        return walk
    return replace(walk, path=(*walk.path, walk.node.answers[digit - 1].goes_to))


def back(walk: Walk) -> Walk:
    """One step back; the first node stays."""
    return replace(walk, path=walk.path[:-1]) if len(walk.path) > 1 else walk


# --- objections ---------------------------------------------------------------------------


def find_objections(walk: Walk, said: str, limit: int = 3) -> tuple[Objection, ...]:
    """The objections nearest to what she said, this node's own before the script's.

    Exact words come before words that contain or are contained, those before shared characters.
    Nothing typed lists all of them.
    """
    known = (*walk.node.objections, *walk.script.objections)
    wanted = _plain(said)
    if not wanted:
        return known
    scored = [(_nearness(wanted, objection), -place) for place, objection in enumerate(known)]
    best = sorted((score for score in scored if score[0] > 0), reverse=True)[:limit]
    return tuple(known[-place] for _, place in best)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def _nearness(wanted: str, objection: Objection) -> int:
    return max((_word_nearness(wanted, _plain(word)) for word in objection.words), default=0)


def _word_nearness(wanted: str, word: str) -> int:
    if wanted == word:
        return 100
    if wanted in word or word in wanted:
        return 60 + min(len(wanted), len(word))
    shared = _pairs(wanted) & _pairs(word)
    return 10 * len(shared)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


# --- faults -------------------------------------------------------------------------------


class Fault(Enum):
    """What can be wrong with a script."""

    NO_START = "no_start"
    DEAD_END = "dead_end"
    END_WITH_ANSWERS = "end_with_answers"
    NOWHERE = "nowhere"
    UNREACHABLE = "unreachable"
    TOO_MANY_ANSWERS = "too_many_answers"
    UNKNOWN_FIELD = "unknown_field"
    NO_SURE_WORDING = "no_sure_wording"
    NO_WAY_OUT = "no_way_out"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault, the node it is at, and the name it is about (a field or a node) or ""."""

    fault: Fault
    node: str
    name: str = ""


def problems(script: Script) -> tuple[Problem, ...]:
    """Everything wrong with a script, in the order of its nodes; empty when it can be used."""
    if script.start not in script.nodes:
        return (Problem(Fault.NO_START, script.start),)
    found = [problem for node in script.nodes.values() for problem in _node_problems(script, node)]
    for objection in script.objections:
        found += _text_problems("", (objection.reply,), script.language)
    return (*found, *_path_problems(script))


def _node_problems(script: Script, node: Node) -> list[Problem]:
    found = _text_problems(node.id, node.wordings, script.language)
    for text in (*(a.text for a in node.answers), *(o.reply for o in node.objections)):
        found += _text_problems(node.id, (text,), script.language)
    if node.ends_as and node.answers:
        found.append(Problem(Fault.END_WITH_ANSWERS, node.id))
    if not node.ends_as and not node.answers:
        found.append(Problem(Fault.DEAD_END, node.id))
    if len(node.answers) > MAX_ANSWERS:
        found.append(Problem(Fault.TOO_MANY_ANSWERS, node.id))
    for answer in node.answers:
        if answer.goes_to not in script.nodes:
            found.append(Problem(Fault.NOWHERE, node.id, answer.goes_to))
    return found


def _text_problems(node: str, wordings: tuple[str, ...], language: str) -> list[Problem]:
    """Unknown fields, and wordings none of which can be said when nothing is known."""
    names = [name for wording in wordings for name in fields_in(wording)]
    unknown = [Problem(Fault.UNKNOWN_FIELD, node, name) for name in names if name not in _BY_NAME]
    if unknown:
        return unknown
    return [] if render(wordings, {}, language) else [Problem(Fault.NO_SURE_WORDING, node)]


def _path_problems(script: Script) -> list[Problem]:
    """Nodes nobody comes to, and nodes from which no end can be reached."""
    ways = {
        node.id: {a.goes_to for a in node.answers if a.goes_to in script.nodes}
        for node in script.nodes.values()
    }
    reached = _closure({script.start}, ways)
    backwards: dict[str, set[str]] = {node: set() for node in ways}
    for node, targets in ways.items():
        for target in targets:
            backwards[target].add(node)
    leaving = _closure({n.id for n in script.nodes.values() if n.ends_as}, backwards)
    lost = [Problem(Fault.UNREACHABLE, node) for node in script.nodes if node not in reached]
    stuck = [
        Problem(Fault.NO_WAY_OUT, node.id)
        for node in script.nodes.values()
        if node.answers and node.id not in leaving
    ]
    return lost + stuck


def _closure(seeds: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = set(seeds), list(seeds)
    while waiting:
        for target in ways[waiting.pop()] - seen:
            seen.add(target)
            waiting.append(target)
    return seen


# --- which script -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides which words fit. Days are None when there is nothing to count from.

    `planned` are the words that the touch plan names for a step she is asked for by.
    """

    complaint_open: bool = False
    callback_due: bool = False
    renewal_due: bool = False
    is_newcomer: bool = False
    days_since_delivery: int | None = None
    days_since_purchase: int | None = None
    churn_warning: bool = False
    planned: Situation | None = None


@dataclass(frozen=True, slots=True)
class ChoiceSettings:
    """From when on a customer is a newcomer to be welcomed, or one to be won back."""

    welcome_days: int = 14
    recall_days: int = 180


DEFAULT_CHOICE = ChoiceSettings()


def situation_of(standing: Standing, settings: ChoiceSettings = DEFAULT_CHOICE) -> Situation:
    """The situation of a call, in the order of the worklist's reasons.

    While a complaint is open nothing is sold, so the words are those of care. Those that the
    manager planned for a day come before what is said to everybody new, or quiet.
    """
    if standing.complaint_open:
        return Situation.CARE
    if standing.callback_due:
        return Situation.CALLBACK
    if standing.renewal_due:
        return Situation.RENEWAL
    if standing.planned is not None:
        return standing.planned
    delivered = standing.days_since_delivery
    if standing.is_newcomer and delivered is not None and delivered <= settings.welcome_days:
        return Situation.NEWCOMER
    quiet = standing.days_since_purchase
    if standing.churn_warning or (quiet is not None and quiet >= settings.recall_days):
        return Situation.RECALL
    return Situation.CARE


def choose(scripts: Iterable[Script], situation: Situation, language: str) -> Script | None:
    """The newest version for a situation in a language, else in Chinese, else the care script."""
    known = sorted(scripts, key=lambda script: script.version, reverse=True)
    for wanted in (situation, Situation.CARE):
        for tongue in (language, "zh_CN"):
            for script in known:
                if script.situation is wanted and script.language == tongue:
                    return script
    return None
