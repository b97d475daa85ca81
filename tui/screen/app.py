"""The full screen: which screen follows which, and how the program ends.

Only what the first screen needs is imported here; the SDK, the set-ups and the practice account follow in a
worker thread once something is on the screen.
"""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.events import Event, Key

from .. import preferences
from .driver import ThinDriver, driver
from .farewell import farewell, mistake
from .navigation import Navigation
from .screens.home import Home
from .screens.page import Page
from .theme import ANSI, THEMES, fitting_theme
from .workspace import Account, Start, Workspace

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from flows.engine import Busy, Cloud, Handover, Place, Receipt, Run, SecretText, Session, SignInNeeded, State
    from flows.engine.board import Board
    from flows.engine.board import Row as Found
    from flows.engine.checking import Checking
    from flows.engine.look import Looked
    from flows.engine.verdict import Verdict

    from ..exports import Document, Form
    from .screens.places import Places
    from .tasking import Tasking
    from .widgets.lines import Said

OPENING = Account("opening the account…")
STILL_PRACTICE = "This is practice, as is what you had open. p chooses a profile of yours instead."
LEAVING = ("ctrl+c", "ctrl+q", "ctrl+z")
"""Keys that answer nothing."""


def run(
    place: Place,
    *,
    flow: str = "",
    run: str = "",
    check: str = "",
    task: str = "",
    at: str = "",
    answers: Mapping[str, object] | None = None,
    accept: Collection[str] = (),
) -> int:
    """Open the full screen, at home, at the set-up `flow`, the draft or run `run`, or the small task `task`.

    `check` is the name of the set-up whose like is checked; `answers` are of that, or of `flow`. `at` is the entry that
    the cursor is on at home.

    Returns the exit code: 0 done or left safely, 1 failed after something was created, 130 interrupted.
    """
    workspace = Workspace(place)
    app = HandrailApp(workspace, Start(flow, run, check, task, answers or {}, tuple(accept)))
    app.chosen = at
    app.run(mouse=False)  # without it the terminal's own selecting and copying works, also over SSH
    for line in app.farewell():
        print(line, file=sys.stderr)
    workspace.close()
    return app.code


class HandrailApp(Navigation):
    """The app. It owns the workspace and moves between the screens; a session is driven by the screens."""

    CSS_PATH = "handrail.tcss"
    TITLE = "Handrail"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-vast")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]
    ENABLE_COMMAND_PALETTE = False  # ours is a list like all the others: no animation, no cursor that blinks
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", priority=True, tooltip="What this screen is, and its keys"),
        Binding("ctrl+p", "palette", "Commands", priority=True, tooltip="Everything that can be done here"),
        Binding("ctrl+o", "account", "Profile", system=True, tooltip="Another profile or region; answers are kept"),
        Binding("ctrl+c", "leave", "Leave", priority=True, tooltip="Leave safely; nothing is lost"),
        Binding("q", "leave", "Quit", show=False, tooltip="Leave; nothing is lost"),
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True, tooltip="Leave safely; nothing is lost"),
        Binding("ctrl+z", "suspend_process", "Shell", show=False, priority=True, tooltip="To the shell; fg comes back"),
    ]

    def __init__(self, workspace: Workspace, start: Start | None = None) -> None:
        plain = bool(os.environ.get("NO_COLOR"))
        if not plain:
            os.environ.pop("NO_COLOR", None)  # an empty one means nothing; Textual would obey it
        # plain: the terminal's own two colours and its attributes, nothing else
        super().__init__(driver_class=driver(), ansi_color=True if plain else None)
        self.workspace, self._start = workspace, start or Start()
        workspace.ask = self.sign_in
        self._account = self._home = OPENING
        self._telling: Timer | None = None
        self._last_words: list[str] = []
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        fitting = ANSI.name if plain else fitting_theme(self.console.color_system)
        self.theme = fitting if plain else preferences.theme(self.available_themes) or fitting
        self.stylesheet.set_variables(self.get_css_variables())
        self._read_in = self.theme

    def refresh_css(self, animate: bool = True) -> None:
        """Read the style sheet in the colours of another theme. Textual does so at the start, too, where it was read in
        those a moment ago: a tenth of the first frame."""
        known, self._read_in = self._read_in == self.theme, ""
        if not known:
            super().refresh_css(animate)

    async def on_event(self, event: Event) -> None:
        """Drop what was typed before the question that it would answer was on the screen."""
        page = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(event, Key) and isinstance(page, Page) and event.key not in LEAVING and page.unseen(event.time):
            return
        await super().on_event(event)

    def on_mount(self) -> None:
        if not self.is_headless:
            for number in (signal.SIGHUP, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self.lose)
        if self._start != Start():
            self.begin(self._start)
        else:
            self.go_home()

    def expect_frame(self) -> None:
        if isinstance(self._driver, ThinDriver):
            self._driver.sent_at = inf

    @property
    def sent_at(self) -> float:
        return self._driver.sent_at if isinstance(self._driver, ThinDriver) else inf

    # -- where to go -------------------------------------------------------------------------------------

    def go_home(self, note: str = "") -> None:
        workspace = self.workspace
        workspace.unpick()
        if workspace.place.practice and not (workspace.said.practice or self._home.practice):
            self._home, note = OPENING, f"{note} {STILL_PRACTICE}".strip()
        self._account = self._home
        self.go(Home(note))

    def show_history(self) -> None:
        from .screens.history import History

        self.push_screen(History())

    def open_entry(self, key: str) -> None:
        self.chosen = key
        kind, _, name = key.partition(":")
        match kind:
            case "flow":
                self.begin(Start(flow=name))
            case "check":
                self.begin(Start(check=name))
            case "task":
                self.begin(Start(task=name))
            case "run":
                self.begin(Start(run=name))
            case _:
                self.show_board()

    def begin(self, start: Start) -> None:
        from .screens.question import Question

        self.go(Question(start))

    def show(self, asked: Session | Checking | Tasking, state: State | None) -> None:
        from flows.engine import Asking, Session

        if isinstance(state, Asking):
            from .screens.question import Question

            self.go(Question(state=state))
        elif isinstance(asked, Session):
            from .screens.review import ReviewPage

            assert state is not None, "a session is never without"
            self.go(ReviewPage(asked, state.review))
        else:
            self.show_answer(asked)

    def show_answer(self, asked: Checking | Tasking) -> None:
        """Look or do, now that everything is answered."""
        from flows.engine.checking import Checking

        if isinstance(asked, Checking):
            from .screens.findings import Findings

            self.go(Findings(asked))
        else:
            from .screens.small_task import SmallTask

            self.go(SmallTask(asked))

    def show_run(self, session: Session) -> None:
        from .screens.history import RunPage
        from .screens.progress import Progress

        assert session.run is not None
        status = session.run.record.status
        self.go(Progress(session, stopped=status) if status in ("applying", "failed", "undoing") else RunPage(session))

    def show_elsewhere(self, run: Run, busy: Busy) -> None:
        from ..history import where
        from .screens.elsewhere import Elsewhere

        record = run.record
        there = where(record).removeprefix("In ").replace("account ", "", 1)
        self.show_account(Account(there, practice=record.place.practice))
        title = self.workspace.flow(record.flow).title
        self.go(Elsewhere(title, run, busy, lambda: self.begin(Start(run=run.id))))

    def read(self, title: str, rows: list[Said]) -> None:
        from .screens.page import Reading

        self.push_screen(Reading(title, rows))

    def show_exports(self, session: Session) -> None:
        from .screens.export import Exports

        self.push_screen(Exports(session))

    def show_export(self, form: Form, flow: str, document: Document) -> None:
        from .screens.export import Exported

        self.push_screen(Exported(form, flow, document))

    def save_as(self, document: Document, name: str, then: Callable[[str], None]) -> None:
        from .screens.export import SaveAs

        self.push_screen(SaveAs(document, name, then))

    def say_again(self, session: Session, withheld: tuple[SecretText, ...], then: Callable[[], None]) -> None:
        from .screens.say_again import SayAgain

        self.push_screen(SayAgain(session, withheld, then))

    def apply(self, session: Session) -> None:
        from .. import words
        from .screens.confirm import TypeName
        from .screens.progress import Progress

        if name := words.production_name(session.identity, session.place):
            self.push_screen(TypeName(name, lambda: self.go(Progress(session))))
        else:
            self.go(Progress(session))

    def show_done(self, session: Session, handover: Handover, said: str = "") -> None:
        from flows.engine.flow import REPAIR

        from .screens.done import Done

        if session.flow.kind == REPAIR:
            self._show_mended(session)
        else:
            self.go(Done(session, handover, said))

    def _show_mended(self, session: Session) -> None:
        """Look again at what was mended, beside what was found before."""
        from .screens.findings import Findings

        workspace = self.workspace
        checking, before = workspace.mending or (workspace.checking_again(session), None)
        self.go(Findings(checking, before=before, mended=session))

    def show_board(self) -> None:
        from .screens.board import BoardPage

        self.go(BoardPage())

    def open_found(self, board: Board, found: Found) -> None:
        from .. import words
        from .screens.findings import Findings

        def opened() -> Checking:
            subject = self.workspace.flow(found.flow).check.whole(found.subject)
            return self.workspace.checking(found.flow, subject, board.place)

        def shown(checking: Checking) -> None:
            self.push_screen(Findings(checking, found.verdict, name=words.thing(found), seen=board.cloud, over=True))

        if isinstance(self.screen, Page):
            self.screen.do(opened, shown)

    def choose_repairs(self, checking: Checking, told: Verdict) -> None:
        from .screens.repairs import Repairs

        self.push_screen(Repairs(checking, told))

    def mend(self, checking: Checking, told: Verdict, ids: Collection[str]) -> None:
        def planned() -> tuple[Session, State]:
            session = self.workspace.mend(checking, told, [each for each in told.findings if each.id in ids])
            return session, session.state()

        if isinstance(self.screen, Page):
            self.screen.do(planned, lambda found: self.show(*found), saying="Making a plan of it…")

    def back_from_review(self) -> None:
        from .screens.findings import Findings

        if self.workspace.mending:
            checking, told = self.workspace.mending
            self.workspace.release()
            self.workspace.asked = checking
            self.go(Findings(checking, told))
        elif run := self.workspace.putting_back:
            self.begin(Start(run=run))
        else:
            self.go_home()

    def diagnose(self, session: Session) -> None:
        run, name = session.run, session.flow.id
        assert run is not None, "only a run has made something"

        def opened() -> tuple[Checking, bool]:
            subject = self.workspace.checked(session)
            checking = self.workspace.checking(name, subject, session.place, run=run.id)
            return checking, checking.asking() is None

        def shown(found: tuple[Checking, bool]) -> None:
            from .screens.findings import Findings

            checking, told = found
            if told:
                self.push_screen(Findings(checking, over=True, agreed=not checking.made.check.reaches))
            else:
                self.begin(Start(check=name, answers=checking.subject()))

        if isinstance(self.screen, Page):
            self.screen.do(opened, shown)

    def show_looked(self, session: Session, looked: list[Looked]) -> None:
        from .screens.looked import LookedPage

        self.push_screen(LookedPage(session, looked))

    def ask_to_undo(self, session: Session) -> None:
        from .screens.confirm import UndoPage

        self.push_screen(UndoPage(session))

    def undo(self, session: Session, decided: Mapping[str, str]) -> None:
        from .screens.progress import Progress

        self.go(Progress(session, undo=decided))

    def show_receipt(self, session: Session, receipt: Receipt) -> None:
        from .screens.done import ReceiptPage

        self.go(ReceiptPage(session, receipt))

    def trouble(self, error: Exception, again: Callable[[], None]) -> None:
        from flows.engine import NotChosen

        from .screens.places import Places
        from .screens.trouble import Trouble

        if isinstance(error, NotChosen) and not isinstance(self.screen, Places):
            self.push_screen(Places(error.lacks, again, error))
        else:
            self.push_screen(Trouble(error, again))

    def go(self, page: Page) -> None:
        """Replace everything that is shown."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if len(self.screen_stack) == 2:
            self.switch_screen(page)
        else:
            self.push_screen(page)

    # -- the account -------------------------------------------------------------------------------------

    @property
    def account(self) -> Account:
        return self._account

    def open_account(self) -> None:
        if self._account == OPENING:
            self._opening()

    @work(group="account", exclusive=True)
    async def _opening(self) -> None:
        try:
            opened = await asyncio.to_thread(self.workspace.exclusively, lambda: self.workspace.account(quiet=True))
        except Exception as error:  # said in full once an account is needed; home, history and practice need none
            opened = Account(not_there(error))
        if self._account == OPENING:
            self.show_account(opened)
        self._home = opened

    def show_account(self, account: Account) -> None:
        self._account = account
        self._tell_account()

    def _tell_account(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Page) and screen.is_mounted:
                screen.show_where()
        if self._telling:
            self._telling.stop()
            self._telling = None
        if ends := self._account.ends:
            from .. import words

            if seconds := words.told_anew(ends):
                self._telling = self.set_timer(seconds, self._tell_account)

    def choose_place(self, kind: str) -> None:
        from .screens.places import Places

        self.push_screen(Places(kind, self.go_home))

    def moved(self, account: Account, page: Screen[None], then: Callable[[], None]) -> None:
        self._home = account
        self.show_account(account)
        while self.screen is not page:
            self.pop_screen()
        self.pop_screen()
        then()

    def practise(self, then: Callable[[], None]) -> None:
        self.workspace.practise()
        self._home = OPENING
        self.show_account(OPENING)
        self.pop_screen()
        then()

    def practise_instead(self, again: Callable[[], None]) -> None:
        if places := self._choosing():
            self.pop_screen()
            places.action_practise()
        else:
            self.practise(again)

    def choose_profile_instead(self, again: Callable[[], None]) -> None:
        from .screens.places import Places

        if self._choosing():
            self.pop_screen()
        else:
            self.switch_screen(Places("profile", again))

    def _choosing(self) -> Places | None:
        """The list of profiles, if the trouble that is shown came from there."""
        from .screens.places import Places

        under = self.screen_stack[-2]
        return under if isinstance(under, Places) else None

    def sign_in(self, need: SignInNeeded) -> bool:
        from .screens.sign_in import SignIn

        answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        account, door = self._account, need.door
        lasting = account.ends is not None and door is not None and not door.other
        if lasting:
            self.call_from_thread(self.show_account, replace(account, ends=datetime.now(UTC)))
        self.call_from_thread(lambda: self.push_screen(SignIn(need, answers.put)) and None)
        signed_in = answers.get()
        if signed_in and lasting and door is not None:
            self.call_from_thread(self.show_account, replace(self._account, ends=door.ends))
        return signed_in

    # -- keys that work everywhere -----------------------------------------------------------------------

    def action_help(self) -> None:
        from .screens.help import Help

        if not isinstance(self.screen, Help) and isinstance(self.screen, Page):
            self.push_screen(Help(self.screen))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "account":
            moves = isinstance(self.screen, Page) and self.screen.moves
            return moves and self.workspace.asked is not None and not self.workspace.asked.place.practice
        return True

    def action_account(self) -> None:
        """Another account for what is at hand: answers are kept, and looked at again there."""
        from flows.engine import Session
        from flows.engine.checking import Checking

        from .screens.places import Places

        asked = self.workspace.asked
        assert asked is not None, "it is offered where something is asked"

        def again() -> None:
            match asked:
                case Session():
                    self.begin(Start(run=asked.run.id) if asked.run else Start(flow=asked.flow.id))
                case Checking():
                    self.begin(Start(check=asked.made.id, answers=asked.answers()))
                case _:
                    self.begin(Start(task=asked.name))

        self.push_screen(Places("profile", again))

    def action_palette(self) -> None:
        from .screens.palette import Palette

        if not isinstance(self.screen, Palette) and isinstance(self.screen, Page):
            self.push_screen(Palette(self.screen))

    def action_leave(self) -> None:
        if not all(screen.leave() for screen in self.screen_stack if isinstance(screen, Page)):
            return
        self.end()

    def lose(self) -> None:
        """The line is gone, or the machine ends: nothing further is sent, and what is under way is written down."""
        if not all(screen.leave() for screen in self.screen_stack if isinstance(screen, Page)):
            self.code = 130
        self.end()

    def end(self) -> None:
        self.leaving = True
        self.exit()

    # -- the end -----------------------------------------------------------------------------------------

    def farewell(self) -> list[str]:
        """What a person needs once the screen is gone."""
        return self._last_words or farewell(self.workspace.session)

    def _handle_exception(self, error: Exception) -> None:
        """A mistake of ours ends the program with a sentence; what was done is in the journal."""
        self.code = 1
        if self.is_headless or os.environ.get("HANDRAIL_DEBUG"):
            super()._handle_exception(error)
            return
        if self.workspace.session is not None:
            self.workspace.session.stop()
        self._last_words = mistake(error)
        self.end()

    def _fatal_error(self) -> None:
        """Textual's, without the values of variables: some are tokens, codes and keys, and this is sent to others."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self._exit_renderables.append(Segments(self.console.render(Traceback(show_locals=False), self.console.options)))
        self._close_messages_no_wait()


def not_there(error: Exception) -> str:
    """Why there is no account at home, in as many words as the bar has room for."""
    from flows.engine import NotChosen, SignInNeeded

    match error:
        case NotChosen():
            return (
                f"no {error.lacks} yet: p chooses one" if error.lacks == "profile" else "no region yet: r chooses one"
            )
        case SignInNeeded():
            return "not signed in"
        case _:
            return "no account yet"


def app_for(place: Place, opener: Callable[[Place], Cloud], start: Start | None = None) -> HandrailApp:
    """The app on an account that is open already: for tests and pictures."""
    return HandrailApp(Workspace(place, opener), start)
