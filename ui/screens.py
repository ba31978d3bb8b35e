"""The list of screens: name, title, what makes it, the right it needs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from lumi_desk.clock import Clock
from lumi_desk.desk import Desk
from lumi_desk.managing.centre_client import CentreAtHub
from lumi_desk.managing.client import PairsAtHub, RepsAtHub, RulesAtHub
from lumi_desk.managing.figures_client import FiguresAtHub
from lumi_desk.managing.imports_client import ImportsAtHub
from lumi_desk.managing.titles_client import TitlesAtHub
from lumi_desk.security.roles import Right, may
from ui.assigning import presenter as assigning
from ui.assigning.presenter import AssigningPresenter
from ui.assigning.view import AssigningView
from ui.board import presenter as board
from ui.board.presenter import BoardPresenter
from ui.board.view import BoardView
from ui.customers import centre
from ui.customers import presenter as customers
from ui.customers.centre import CentrePresenter
from ui.customers.centre_view import CentreView
from ui.customers.presenter import CustomersPresenter
from ui.customers.view import CustomersView
from ui.figures import presenter as figures
from ui.figures.presenter import FiguresPresenter
from ui.figures.view import FiguresView
from ui.imports import presenter as imports
from ui.imports.presenter import ImportsPresenter
from ui.imports.view import ImportsView
from ui.lane import Lane
from ui.parked import presenter as parked
from ui.parked.presenter import ParkedPresenter
from ui.parked.view import ParkedView
from ui.review import presenter as review
from ui.review.presenter import ReviewPresenter
from ui.review.view import ReviewView
from ui.rules import presenter as rules
from ui.rules.presenter import RulesPresenter
from ui.rules.view import RulesView
from ui.titles import presenter as titles
from ui.titles.presenter import TitlesPresenter
from ui.titles.view import TitlesView
from ui.words import N_
from ui.workspace.presenter import SIGNALS, WorkspacePresenter
from ui.workspace.view import WorkspaceView

_TICK_MS = 3_000
_WATCH_MS = 600


class Go(Protocol):
    """The way to another screen, with customers in it where they are told."""

    def __call__(self, name: str, *customer_ids: str) -> None: ...


@dataclass(frozen=True)
class Shell:
    """What the window lends a screen. The lane already belongs to the screen's place in it."""

    desk: Desk
    lane: Lane
    now: Clock
    go: Go
    show_sync: Callable[[], None]
    show_account: Callable[[], None]


@dataclass(frozen=True)
class Made:
    """A view, and its presenter, which lanes and signals hold only weakly.

    `open` puts customers before who looks, where the screen can.
    """

    view: QWidget
    presenter: object
    open: Callable[..., object] | None = None


@dataclass(frozen=True)
class Entry:
    """One screen. `make` gives its view, whose layout may begin with a bar of `kind` "top"."""

    name: str
    title: str
    make: Callable[[Shell], Made]
    right: Right


def _workspace(shell: Shell) -> Made:
    view = WorkspaceView(now=shell.now)
    copy = QGuiApplication.clipboard().setText
    presenter = WorkspacePresenter(shell.lane, view.draw, shell.desk.me, shell.now, copy)
    _join(shell, view, presenter, SIGNALS)
    timer = QTimer(view)
    timer.timeout.connect(presenter.tick)
    timer.start(_TICK_MS)
    presenter.begin()
    view.customers_wanted.connect(lambda: shell.go("customers"))
    return Made(view, presenter, presenter.picked)


def _join(shell: Shell, view: Any, presenter: Any, signals: Iterable[str]) -> None:
    """What she does on a page is told to its presenter, or to the window."""
    _connect(view, presenter, signals)
    view.sync_wanted.connect(shell.show_sync)
    view.account_wanted.connect(shell.show_account)


def _connect(part: Any, does: Any, signals: Iterable[str]) -> None:
    for name in signals:
        getattr(part, name).connect(getattr(does, name))


def _customers(shell: Shell) -> Made:
    view = CustomersView(now=shell.now)

    def go(customer_id: str) -> None:
        shell.go("workspace", customer_id)

    def hand_over(customer_ids: Sequence[str]) -> None:
        shell.go("assigning", *customer_ids)

    presenter = CustomersPresenter(
        shell.lane, view.draw, shell.desk.me, shell.now, go, hand_over, view.ask_path
    )
    _join(shell, view, presenter, customers.SIGNALS)
    timer = QTimer(view)
    timer.timeout.connect(presenter.tick)
    timer.start(_TICK_MS)
    presenter.begin()
    return Made(view, presenter)


def _centre(shell: Shell) -> Made:
    view = CentreView(now=shell.now)

    def hand_over(customer_ids: Sequence[str]) -> None:
        shell.go("assigning", *customer_ids)

    hub = CentreAtHub(shell.desk.ask)
    presenter = CentrePresenter(
        shell.lane, view.draw, hub, shell.desk.me, shell.now, hand_over, view.list.ask_path
    )
    _join(shell, view, presenter, ())
    for part, does, signals in (
        (view.list, presenter, centre.SIGNALS),
        (view.record, presenter, centre.RECORD_SIGNALS),
    ):
        _connect(part, does, signals)
    timer = QTimer(view)
    timer.timeout.connect(presenter.tick)
    timer.start(_TICK_MS)
    presenter.begin()
    return Made(view, presenter)


def _board(shell: Shell) -> Made:
    view = BoardView()
    presenter = BoardPresenter(shell.lane, view.draw, shell.desk.me, shell.now)
    _join(shell, view, presenter, board.SIGNALS)
    view.went.connect(shell.go)
    view.parked_wanted.connect(lambda: shell.go("parked"))
    presenter.begin()
    return Made(view, presenter)


def _parked(shell: Shell) -> Made:
    view = ParkedView()
    presenter = ParkedPresenter(shell.lane, view.draw, shell.desk.me, shell.now)
    _join(shell, view, presenter, parked.SIGNALS)
    presenter.begin()
    return Made(view, presenter)


def _assigning(shell: Shell) -> Made:
    view = AssigningView()
    hub = RepsAtHub(shell.desk.ask)
    presenter = AssigningPresenter(shell.lane, view.draw, hub, shell.desk.me, shell.now)
    _join(shell, view, presenter, assigning.SIGNALS)
    presenter.begin()
    return Made(view, presenter, presenter.chose)


def _rules(shell: Shell) -> Made:
    view = RulesView()
    hub = RulesAtHub(shell.desk.ask)
    presenter = RulesPresenter(shell.lane, view.draw, hub, shell.desk.me, shell.now)
    _join(shell, view, presenter, rules.SIGNALS)
    presenter.begin()
    return Made(view, presenter)


def _review(shell: Shell) -> Made:
    view = ReviewView()
    hub = PairsAtHub(shell.desk.ask)
    presenter = ReviewPresenter(shell.lane, view.draw, hub, shell.desk.me, shell.now)
    _join(shell, view, presenter, review.SIGNALS)
    presenter.begin()
    return Made(view, presenter)


def _titles(shell: Shell) -> Made:
    view = TitlesView()
    hub = TitlesAtHub(shell.desk.ask)
    presenter = TitlesPresenter(shell.lane, view.draw, hub, shell.desk.me, shell.now)
    _join(shell, view, presenter, titles.SIGNALS)
    presenter.begin()
    return Made(view, presenter)


def _figures(shell: Shell) -> Made:
    view = FiguresView()
    hub = FiguresAtHub(shell.desk.ask)
    presenter = FiguresPresenter(
        shell.lane, view.draw, hub, shell.desk.me, shell.now, view.ask_path
    )
    _join(shell, view, presenter, figures.SIGNALS)
    presenter.begin()
    return Made(view, presenter)


def _imports(shell: Shell) -> Made:
    view = ImportsView()
    hub = ImportsAtHub(shell.desk.ask)
    presenter = ImportsPresenter(
        shell.lane, view.draw, hub, shell.desk.me, shell.now, view.ask_path
    )
    _join(shell, view, presenter, imports.SIGNALS)
    timer = QTimer(view)
    timer.timeout.connect(presenter.tick)
    timer.start(_WATCH_MS)
    presenter.begin()
    return Made(view, presenter)


SCREENS: tuple[Entry, ...] = (
    Entry("workspace", N_("Today's list"), _workspace, Right.CONTACT),
    Entry("customers", N_("Customers"), _customers, Right.CONTACT),
    Entry("board", N_("Team targets"), _board, Right.LEAD),
    Entry("centre", N_("The whole centre"), _centre, Right.LEAD),
    Entry("parked", N_("To decide"), _parked, Right.DECIDE),
    Entry("assigning", N_("Assignment"), _assigning, Right.LEAD),
    Entry("review", N_("One person or two"), _review, Right.IDENTIFY),
    Entry("rules", N_("Rules"), _rules, Right.MANAGE),
    Entry("figures", N_("Figures"), _figures, Right.MANAGE),
    Entry("titles", N_("Product titles"), _titles, Right.MANAGE),
    Entry("imports", N_("Imports"), _imports, Right.IMPORT),
)


def open_to(role: str) -> tuple[Entry, ...]:
    """The screens a role may see."""
    return tuple(entry for entry in SCREENS if may(role, entry.right))
