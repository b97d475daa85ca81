"""The full screen: how it begins, in which account it is, and how it ends.

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
from .screens.home import Home
from .screens.page import Page
from .theme import ANSI, THEMES, fitting_theme
from .ways import Ways
from .workspace import Account, Start, Workspace

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from flows.engine import Cloud, Place, SignInNeeded


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


class HandrailApp(Ways):
    """The app. It owns the workspace and tells which account it is; a session is driven by the screens."""

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

    # -- the account -------------------------------------------------------------------------------------

    @property
    def account(self) -> Account:
        return self._account

    def go_home(self, note: str = "") -> None:
        workspace = self.workspace
        workspace.unpick()
        if workspace.place.practice and not (workspace.said.practice or self._home.practice):
            self._home, note = OPENING, f"{note} {STILL_PRACTICE}".strip()
        self._account = self._home
        self.go(Home(note))

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

    def sign_in(self, need: SignInNeeded) -> bool:
        answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        account, door = self._account, need.door
        lasting = account.ends is not None and door is not None and not door.other
        if lasting:
            self.call_from_thread(self.show_account, replace(account, ends=datetime.now(UTC)))
        self.call_from_thread(self.ask_to_sign_in, need, answers.put)
        signed_in = answers.get()
        if signed_in and lasting and door is not None:
            self.call_from_thread(self.show_account, replace(self._account, ends=door.ends))
        return signed_in

    # -- the end -----------------------------------------------------------------------------------------

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
