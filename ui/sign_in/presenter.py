"""Decides which pane of the sign-in stands and what it says. Knows no Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from lumi_desk.desk import Account, Desk, NothingHere
from lumi_desk.errors import LumiError
from lumi_desk.security.roles import Role
from lumi_desk.security.vault import SHORTEST_PIN, KeyringMissing, ShortPin, WrongPin
from lumi_desk.settings import Settings
from lumi_desk.sync import round as rounds
from lumi_desk.sync.client import HubOutOfReach, HubSaid, NotAHub, PlainLine, SignInOver
from ui.lane import Lane
from ui.sign_in.entrance import Entrance, PinWanted, full_address
from ui.sign_in.invited import Invitation
from ui.sign_in.screen import Field, Labels, Person, Screen, Stage, Trouble
from ui.widgets.values import Progress
from ui.words import N_, said, tr, trn

Opened = Callable[[Desk, Account], object]
Values = Mapping[Field, str]

NOBODY_INVITED = Invitation()
_ROLES: Mapping[str, str] = {
    Role.REP: N_("Rep"),
    Role.TRAINEE: N_("Trainee"),
    Role.LEADER: N_("Team leader"),
    Role.MANAGER: N_("Manager"),
    Role.KEEPER: N_("Hub keeper"),
}
_EMPTY = {
    Field.HUB: N_("Enter the address of the hub"),
    Field.NAME: N_("Enter your user name"),
    Field.PASSWORD: N_("Enter your password"),
}


@dataclass(slots=True)
class _State:
    """What is being tried. `retry` is what the button of a shut door does."""

    stage: Stage = Stage.FORM
    account: Account = field(default_factory=lambda: Account("", ""))
    password: str | None = field(default=None, repr=False)
    pin: str | None = field(default=None, repr=False)
    problem: LumiError | None = None
    trouble: Trouble | None = None
    progress: rounds.Progress | None = None
    fetching: bool = False
    desk: Desk | None = None
    retry: Callable[[], object] | None = None


class SignInPresenter:
    """From an empty form, or the account that stayed, to a desk that is whole."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        entrance: Entrance,
        opened: Opened,
        settings: Settings,
        invitation: Invitation = NOBODY_INVITED,
    ) -> None:
        self._lane, self._show, self._entrance, self._opened = lane, show, entrance, opened
        self._invitation = invitation
        self._state = _State(account=Account(invitation.hub or settings.hub, settings.login))
        self._stay = settings.stay
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Go straight on with the account that stayed, else ask who it is."""
        account = self._state.account
        if not (self._stay and account.login and self._entrance.is_known(account)):
            self._draw()
        elif self._entrance.has_pin(account) and self._invitation.pin is None:
            self._stand(Stage.PIN)
        else:
            self._resume(self._invitation.pin)

    def submit(self, values: Values) -> None:
        """The button or Enter: go on with what was typed."""
        stage = self._state.stage
        if stage is Stage.FORM:
            self._form(values)
        elif stage is Stage.NEW_PIN:
            self._new_pin(values)
        elif stage is Stage.PIN:
            self._go_on(values.get(Field.PIN, ""))
        elif stage is Stage.SHUT and self._state.retry is not None:
            self._state.retry()

    def invite(self, place: int) -> None:
        """Sign in as one of the invited."""
        who = self._invitation.people[place]
        address = self._state.account.address
        self._form({Field.HUB: address, Field.NAME: who.login, Field.PASSWORD: who.password})

    def other(self) -> None:
        """Back to the form, as somebody else."""
        if self._state.desk is not None:
            self._state.desk.close()
        self._state = _State(account=self._state.account)
        self._draw()

    def _form(self, values: Values) -> None:
        for name, words in _EMPTY.items():
            if not values.get(name, "").strip():
                self._stand(Stage.FORM, Trouble(tr(words), "", name))
                return
        login = values[Field.NAME].strip()
        account = Account(full_address(values[Field.HUB]), login)
        # A PIN chosen just now still holds when the password was mistyped after it.
        pin = self._state.pin if account == self._state.account else None
        self._state.account, self._state.password = account, values[Field.PASSWORD]
        self._sign_in(pin or self._invitation.pin)

    def _new_pin(self, values: Values) -> None:
        pin = values.get(Field.PIN, "")
        if len(pin) < SHORTEST_PIN:
            self._stand(Stage.NEW_PIN, _beside(ShortPin(least=SHORTEST_PIN), Field.PIN))
        elif pin != values.get(Field.AGAIN):
            advice = tr("Type it once more.")
            words = Trouble(tr("The two PINs are not the same"), advice, Field.AGAIN)
            self._stand(Stage.NEW_PIN, words)
        else:
            self._sign_in(pin)

    def _go_on(self, pin: str) -> None:
        if self._state.password is None:
            self._resume(pin)
        else:
            self._sign_in(pin)

    def _sign_in(self, pin: str | None) -> None:
        state, entrance = self._state, self._entrance
        account, password, state.pin = state.account, state.password or "", pin
        self._stand(Stage.WORKING)
        self._lane.outside(
            lambda: entrance.sign_in(account, password, pin),
            self._entered,
            partial(self._refused, again=partial(self._sign_in, pin)),
        )

    def _resume(self, pin: str | None) -> None:
        entrance, account = self._entrance, self._state.account
        self._stand(Stage.WORKING)
        self._lane.outside(
            lambda: entrance.resume(account, pin),
            self._entered,
            partial(self._refused, again=partial(self._resume, pin)),
        )

    def _refused(self, problem: LumiError, again: Callable[[], object]) -> None:
        """Each problem opens the pane where it can be put right."""
        form = self._state.password is not None
        if isinstance(problem, KeyringMissing):
            self._stand(Stage.NEW_PIN)
        elif isinstance(problem, PinWanted):
            self._stand(Stage.PIN)
        elif isinstance(problem, WrongPin | ShortPin):
            self._state.pin = None
            self._stand(Stage.PIN, problem=WrongPin())
        elif isinstance(problem, NothingHere):
            self._stand(Stage.FORM)
        elif form and isinstance(problem, HubOutOfReach | NotAHub | PlainLine | HubSaid):
            self._stand(Stage.FORM, problem=problem)
        else:
            self._state.retry = again
            self._stand(Stage.SHUT, problem=problem)

    def _entered(self, desk: Desk) -> None:
        self._state.desk = desk
        self._state.password = None
        self._lane.outside(desk.is_whole, self._fetch_unless)

    def _fetch_unless(self, whole: bool) -> None:  # noqa: FBT001  (it is the answer)
        if whole:
            self._open()
        else:
            self._fetch()

    def _fetch(self) -> None:
        desk, lane = self._state.desk, self._lane
        if desk is None:
            return

        def watch(progress: rounds.Progress) -> None:
            lane.post(partial(self._came, progress))

        self._state.fetching = True
        self._stand(Stage.WORKING)
        lane.outside(lambda: desk.sync_round(watch), lambda _: self._open(), self._fetch_failed)

    def _came(self, progress: rounds.Progress) -> None:
        self._state.progress = progress
        if self._state.stage is Stage.WORKING:
            self._draw()

    def _fetch_failed(self, problem: LumiError) -> None:
        if isinstance(problem, SignInOver):
            self.other()
            self._stand(Stage.FORM, problem=problem)
        else:
            self._state.retry = self._fetch
            self._stand(Stage.SHUT, problem=problem)

    def _open(self) -> None:
        desk, account = self._state.desk, self._state.account
        self._state = _State(account=account)
        if desk is not None:
            self._opened(desk, account)

    def _stand(
        self, stage: Stage, trouble: Trouble | None = None, problem: LumiError | None = None
    ) -> None:
        self._state.stage, self._state.trouble, self._state.problem = stage, trouble, problem
        self._draw()

    def _people(self) -> tuple[Person, ...]:
        return tuple(Person(each.name, role(each.role)) for each in self._invitation.people)

    def _draw(self) -> None:
        state = self._state
        trouble = state.trouble
        if state.problem is not None:
            trouble = _beside(state.problem, _place(state.problem, state.stage))
        screen = Screen(
            stage=state.stage,
            labels=_labels(state),
            hub=state.account.address,
            name=state.account.login,
            focus=_focus(state, trouble),
            trouble=trouble,
            progress=_progress(state) if state.stage is Stage.WORKING else None,
        )
        if state.stage is Stage.FORM:
            screen = replace(screen, people=self._people())
        self._show(screen)


def role(value: str) -> str:
    """A role in words."""
    return tr(_ROLES[value]) if value in _ROLES else value


def _labels(state: _State) -> Labels:
    if state.stage is Stage.FORM:
        names = {
            Field.HUB: tr("Hub address"),
            Field.NAME: tr("User name"),
            Field.PASSWORD: tr("Password"),
        }
        return Labels(tr("Sign in"), fields=names, button=tr("Sign in"))
    if state.stage is Stage.NEW_PIN:
        return Labels(
            tr("Choose a PIN"),
            tr(
                "This machine has no keyring to keep the key of your data in. A PIN of at least "
                "{least} characters locks it instead. It is asked for at every start and cannot "
                "be recovered.",
                least=SHORTEST_PIN,
            ),
            {Field.PIN: tr("PIN"), Field.AGAIN: tr("The same PIN again")},
            tr("Go on"),
            tr("Another account"),
        )
    if state.stage is Stage.PIN:
        hint = tr("It opens the data of {login} on this machine.", login=state.account.login)
        labels = Labels(tr("Enter your PIN"), hint, {Field.PIN: tr("PIN")})
        return replace(labels, button=tr("Open"), other=tr("Another account"))
    if state.stage is Stage.SHUT:
        title = tr("First fetch interrupted") if state.fetching else tr("Your data stays closed")
        return Labels(title, button=tr("Try again"), other=tr("Another account"))
    title = tr("Fetching your customers") if state.fetching else tr("One moment")
    return Labels(title)


def _progress(state: _State) -> Progress:
    if state.progress is None:
        words = tr("Asking the hub…") if state.password or state.fetching else tr("Opening…")
        return Progress(words, "", 0, 0)
    received, left = state.progress.received, state.progress.left
    text = trn("{n} record received", "{n} records received", received)
    if left:
        text = tr("{got} · {left} left", got=text, left=f"{left:,}")
    return Progress(tr("Only the first time takes this long."), text, received, received + left)


def _place(problem: LumiError, stage: Stage) -> Field:
    if stage is Stage.PIN:
        return Field.PIN
    if isinstance(problem, HubOutOfReach | NotAHub | PlainLine):
        return Field.HUB
    return Field.PASSWORD if stage is Stage.FORM else Field.NONE


def _beside(problem: LumiError, place: Field) -> Trouble:
    title, advice = said(problem)
    if isinstance(problem, HubOutOfReach) and place is Field.HUB:
        advice = tr("Check the address, the network, and whether the hub is running.")
    return Trouble(title, advice, place)


def _focus(state: _State, trouble: Trouble | None) -> Field:
    if trouble is not None and trouble.at:
        return trouble.at
    if state.stage is Stage.FORM:
        known = state.account
        return Field.HUB if not known.address else Field.PASSWORD if known.login else Field.NAME
    return Field.PIN if state.stage in (Stage.PIN, Stage.NEW_PIN) else Field.NONE
