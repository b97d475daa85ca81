"""The full screen. This module is the switchboard: which screen follows which, and how the program ends.

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
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType

from .driver import driver
from .screens.home import Home
from .screens.page import Page
from .theme import ANSI, THEMES, fitting_theme
from .workspace import Start, Workspace

if TYPE_CHECKING:
    from textual.timer import Timer

    from flows.engine import Cloud, Place, Session, SignInNeeded, State

OPENING = "opening the account…"


def run(
    place: Place,
    *,
    flow: str = "",
    run: str = "",
    answers: Mapping[str, object] | None = None,
    accept: Collection[str] = (),
) -> int:
    """Open the full screen, at home, at the set-up `flow`, or at the draft or run `run`.

    Returns the exit code: 0 done or left safely, 1 failed after something was created, 130 interrupted.
    """
    workspace = Workspace(place)
    app = HandrailApp(workspace, Start(flow, run, answers or {}, tuple(accept)))
    app.run(mouse=False)  # without it the terminal's own selecting and copying works, also over SSH
    for line in app.farewell():
        print(line, file=sys.stderr)
    workspace.close()
    return app.code


class HandrailApp(App[None]):
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
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True, tooltip="Leave safely; nothing is lost"),
    ]

    def __init__(self, workspace: Workspace, start: Start | None = None) -> None:
        plain = bool(os.environ.get("NO_COLOR"))
        if not plain:
            os.environ.pop("NO_COLOR", None)  # an empty one means nothing; Textual would obey it
        # plain: the terminal's own two colours and its attributes, nothing else
        super().__init__(driver_class=driver(), ansi_color=True if plain else None)
        self.workspace, self._start = workspace, start or Start()
        workspace.ask = self.sign_in
        self.where = self._home = OPENING
        self._ends: datetime | None = None
        self._home_ends: datetime | None = None
        self._telling: Timer | None = None
        self.chosen = ""
        """What was chosen on the home screen last; going back leads there."""
        self.code = 0
        self.leaving = False
        self._last_words: list[str] = []
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = ANSI.name if plain else fitting_theme(few_colours=self.console.color_system == "standard")

    def on_mount(self) -> None:
        if not self.is_headless:
            for number in (signal.SIGHUP, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self.lose)
        if self._start.flow or self._start.run:
            self.begin(self._start)
        else:
            self.go_home()

    # -- where to go -------------------------------------------------------------------------------------

    def go_home(self, note: str = "") -> None:
        """Back to the first screen, and to the account for new set-ups."""
        self.workspace.unpick()
        self.where, self._ends = self._home, self._home_ends
        self.go(Home(note))

    def begin(self, start: Start) -> None:
        """Start a set-up, or go on with a draft or run."""
        from .screens.question import Question

        self.go(Question(start))

    def show(self, session: Session, state: State) -> None:
        """The screen for what the session says comes next."""
        from flows.engine import Asking

        if isinstance(state, Asking):
            from .screens.question import Question

            self.go(Question(state=state))
        else:
            from .screens.review import ReviewPage

            self.go(ReviewPage(session, state.review))

    def show_run(self, session: Session) -> None:
        """The screen for a run that was begun earlier."""
        from .screens.history import RunPage
        from .screens.progress import Progress

        assert session.run is not None
        status = session.run.record.status
        self.go(Progress(session, stopped=status) if status in ("applying", "failed", "undoing") else RunPage(session))

    def go(self, page: Page) -> None:
        """Replace everything that is shown."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if len(self.screen_stack) == 2:
            self.switch_screen(page)
        else:
            self.push_screen(page)

    def trouble(self, error: Exception, again: Callable[[], None]) -> None:
        """Show what went wrong, with a way to try again; what is only not chosen yet is asked for."""
        from flows.engine import NotChosen

        from .screens.places import Places
        from .screens.trouble import Trouble

        if isinstance(error, NotChosen) and not isinstance(self.screen, Places):
            self.push_screen(Places(error.lacks, again, error))
        else:
            self.push_screen(Trouble(error, again))

    # -- the account -------------------------------------------------------------------------------------

    def open_account(self) -> None:
        """Open the account in the background, so that it is ready when a set-up is chosen."""
        if self.where == OPENING:
            self._opening()

    @work(group="account", exclusive=True)
    async def _opening(self) -> None:
        ends = None
        try:
            where, ends = await asyncio.to_thread(self.workspace.exclusively, lambda: self.workspace.where(quiet=True))
        except Exception as error:  # said in full once an account is needed; home, history and practice need none
            where = not_there(error)
        if self.where == OPENING:
            self.say_where(where, ends)
        self._home, self._home_ends = where, ends

    def say_where(self, where: str, ends: datetime | None = None) -> None:
        """Which account the bar names from now on, and until when somebody is signed in there."""
        self.where, self._ends = where, ends
        self._show_where()

    def _show_where(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Page) and screen.is_mounted:
                screen.show_where()
        if self._telling:
            self._telling.stop()
            self._telling = None
        if self._ends:
            from .. import words

            if seconds := words.told_anew(self._ends):
                self._telling = self.set_timer(seconds, self._show_where)

    @property
    def standing(self) -> str:
        """What the bar says of the account."""
        if not self._ends:
            return self.where
        from .. import words

        return f"{self.where} · {words.left(self._ends)}"

    def practise(self) -> None:
        """From now on work in the practice account."""
        self.workspace.practise()
        self._home, self._home_ends = OPENING, None
        self.say_where(OPENING)

    def choose_place(self, kind: str) -> None:
        """Let somebody choose a profile or a region for new set-ups."""
        from .screens.places import Places

        self.push_screen(Places(kind, self.go_home))

    def move(self, place: Place, page: Page, then: Callable[[], None]) -> None:
        """Go to that place, signing in if need be; `page`, which asked for it, is done then."""

        def arrived(found: tuple[str, datetime | None]) -> None:
            self._home, self._home_ends = found
            self.say_where(*found)
            while self.screen is not page:
                self.pop_screen()
            self.pop_screen()
            then()

        page.do(lambda: self.workspace.pick(place), arrived, saying="Signing in…")

    def sign_in(self, need: SignInNeeded) -> bool:
        """Called in a thread that needs a sign-in: shows how, and waits until that is done. False if it is not."""
        from .screens.sign_in import SignIn

        answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        lasting = self._ends is not None and need.door is not None and not need.door.other
        if lasting:
            self.call_from_thread(self.say_where, self.where, datetime.now(UTC))
        self.call_from_thread(lambda: self.push_screen(SignIn(need, answers.put)) and None)
        signed_in = answers.get()
        if signed_in and lasting and need.door is not None:
            self.call_from_thread(self.say_where, self.where, need.door.ends)
        return signed_in

    # -- keys that work everywhere -----------------------------------------------------------------------

    def action_help(self) -> None:
        from .screens.help import Help

        if not isinstance(self.screen, Help) and isinstance(self.screen, Page):
            self.push_screen(Help(self.screen))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "account":
            moves = isinstance(self.screen, Page) and self.screen.moves
            return moves and self.workspace.session is not None and not self.workspace.session.place.practice
        return True

    def action_account(self) -> None:
        """Another account for the draft at hand: its answers are kept, and looked at again there."""
        from .screens.places import Places

        session = self.workspace.session
        assert session is not None, "it is offered where a session is"

        def again() -> None:
            self.begin(Start(run=session.run.id) if session.run else Start(flow=session.flow.id))

        self.push_screen(Places("profile", again))

    def action_palette(self) -> None:
        from .screens.palette import Palette

        if not isinstance(self.screen, Palette) and isinstance(self.screen, Page):
            self.push_screen(Palette(self.screen))

    def action_leave(self) -> None:
        """End the program, unless the screen has calls under way that must be finished first."""
        if not all(screen.leave() for screen in self.screen_stack if isinstance(screen, Page)):
            return
        self.end()

    def lose(self) -> None:
        """The line is gone, or the machine ends: nothing further is sent, and what is under way is written down."""
        if not all(screen.leave() for screen in self.screen_stack if isinstance(screen, Page)):
            self.code = 130
        self.end()

    def end(self) -> None:
        """End the program now."""
        self.leaving = True
        self.exit()

    # -- the end -----------------------------------------------------------------------------------------

    def farewell(self) -> list[str]:
        """What a person needs once the screen is gone: how to go on, take back, and where the files are."""
        if self._last_words:
            return self._last_words
        session = self.workspace.session
        if session is None or session.run is None:
            return []
        from .. import words
        from ..history import STATES

        record = session.run.record
        if record.status == "draft":
            return [f"Draft kept. Go on with: {words.resume(record.id)}"] if record.answers else []
        told = [f"{record.id}: {STATES[record.status]}"]
        if record.handover.get("files") and record.status != "undone":
            told.append(f"Files: {session.run.folder} (only you can read them; they may hold secret keys)")
        if record.status in ("applying", "failed"):
            told.append(f"Go on with: {words.resume(record.id)}")
        if record.status != "undone":
            told.append(f"Take it back with: {words.undo(record.id)}")
        return told

    def _handle_exception(self, error: Exception) -> None:
        """A mistake of ours ends the program with a sentence; what was done is in the journal."""
        self.code = 1
        if self.is_headless or os.environ.get("HANDRAIL_DEBUG"):
            super()._handle_exception(error)
            return
        if self.workspace.session is not None:
            self.workspace.session.stop()
        self._last_words = [
            f"Handrail itself made a mistake ({type(error).__name__}).",
            "What was done until then is in the journal: `handrail runs` shows it.",
            "HANDRAIL_DEBUG=1 shows the details for a report.",
        ]
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
