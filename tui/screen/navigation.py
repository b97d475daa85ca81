"""What a screen may ask of the app, and nothing of how it is done.

A screen says what happened or what somebody wants; which screen comes next is decided in `ways`, and nowhere else.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from textual.app import App
from textual.screen import Screen

from .workspace import Account, Start, Workspace

if TYPE_CHECKING:
    from flows.engine import Busy, Handover, Receipt, Run, SecretText, Session, SignInNeeded, State
    from flows.engine.board import Board
    from flows.engine.board import Row as Found
    from flows.engine.checking import Checking
    from flows.engine.look import Looked
    from flows.engine.verdict import Verdict

    from ..exports import Document, Form
    from .tasking import Tasking
    from .widgets.lines import Said


class Navigation(App[None]):
    """The app as its screens know it.

    Attributes:
        workspace: what lies open.
        chosen: what was chosen on the home screen last; going back leads there.
        code: how the program ends, as an exit code.
        leaving: whether it is ending now.
    """

    workspace: Workspace
    chosen = ""
    code = 0
    leaving = False

    @abstractmethod
    def expect_frame(self) -> None:
        """Note when the next change of the screen begins to be sent."""

    @property
    @abstractmethod
    def sent_at(self) -> float:
        """When that was, by `time.monotonic`; endless until then, and where nobody notes it."""

    # -- where to go -------------------------------------------------------------------------------------

    @abstractmethod
    def go_home(self, note: str = "") -> None:
        """Back to the first screen, and to the account for new set-ups."""

    @abstractmethod
    def show_history(self) -> None:
        """Every draft and run."""

    @abstractmethod
    def open_entry(self, key: str) -> None:
        """What was chosen on the home screen, or in the palette."""

    @abstractmethod
    def begin(self, start: Start) -> None:
        """Start a set-up, a check or a task, or go on with a draft or run."""

    @abstractmethod
    def show(self, asked: Session | Checking | Tasking, state: State | None) -> None:
        """What comes next; no state: everything that a check or a task asks is answered."""

    @abstractmethod
    def show_run(self, session: Session) -> None:
        """A run that was begun earlier."""

    @abstractmethod
    def show_elsewhere(self, run: Run, busy: Busy) -> None:
        """A run that another Handrail has open, to be read."""

    @abstractmethod
    def read(self, title: str, rows: list[Said]) -> None:
        """A page to read; from there it is back to where one was."""

    @abstractmethod
    def show_exports(self, session: Session) -> None:
        """Every kind of file that the plan can be."""

    @abstractmethod
    def show_export(self, form: Form, flow: str, document: Document) -> None:
        """One of these files, as it would be written."""

    @abstractmethod
    def save_as(self, document: Document, name: str, then: Callable[[str], None]) -> None:
        """Ask for a file's name, offering `name`, and write it; `then` is told where."""

    @abstractmethod
    def say_again(self, session: Session, withheld: tuple[SecretText, ...], then: Callable[[], None]) -> None:
        """Ask for what a run still sends and nothing keeps."""

    @abstractmethod
    def apply(self, session: Session) -> None:
        """Carry the plan out, once the account is named if it looks like production."""

    @abstractmethod
    def show_done(self, session: Session, handover: Handover, said: str = "") -> None:
        """What there is after a run that went well."""

    @abstractmethod
    def diagnose(self, session: Session) -> None:
        """Check what the run of this session made."""

    @abstractmethod
    def show_board(self) -> None:
        """Everything in this region, and how it stands."""

    @abstractmethod
    def open_found(self, board: Board, found: Found) -> None:
        """One thing of it; from there it is back to all."""

    @abstractmethod
    def choose_repairs(self, checking: Checking, told: Verdict) -> None:
        """Which of the things that were found shall be mended; then the plan of that."""

    @abstractmethod
    def mend(self, checking: Checking, told: Verdict, ids: Collection[str]) -> None:
        """Show the plan that mends the findings with these ids."""

    @abstractmethod
    def back_from_review(self) -> None:
        """From the plan of a repair to what was found."""

    @abstractmethod
    def show_looked(self, session: Session, looked: list[Looked]) -> None:
        """Whether what a run made is still as it was left, and what can be done about it."""

    @abstractmethod
    def ask_to_undo(self, session: Session) -> None:
        """What taking a run back would mean, and whether to."""

    @abstractmethod
    def undo(self, session: Session, decided: Mapping[str, str]) -> None:
        """Take a run back."""

    @abstractmethod
    def show_receipt(self, session: Session, receipt: Receipt) -> None:
        """What an undo came to."""

    @abstractmethod
    def trouble(self, error: Exception, again: Callable[[], None]) -> None:
        """What went wrong, with a way to try again; what is only not chosen yet is asked for."""

    @abstractmethod
    def action_leave(self) -> None:
        """End the program, unless a screen has calls under way that must be finished first."""

    @abstractmethod
    def end(self) -> None:
        """End the program now."""

    # -- the account -------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def account(self) -> Account:
        """The one that the bar names."""

    @abstractmethod
    def show_account(self, account: Account) -> None:
        """Name this one in the bar from now on."""

    @abstractmethod
    def open_account(self) -> None:
        """Open the account in the background, so that it is ready when a set-up is chosen."""

    @abstractmethod
    def choose_place(self, kind: str) -> None:
        """Let somebody choose a profile or a region for new set-ups."""

    @abstractmethod
    def moved(self, account: Account, page: Screen[None], then: Callable[[], None]) -> None:
        """Somebody chose another place, on this page, and is signed in there: what was to be done follows."""

    @abstractmethod
    def practise(self, then: Callable[[], None]) -> None:
        """Leave the screen at hand, and work in the practice account from now on; `then` follows."""

    @abstractmethod
    def practise_instead(self, again: Callable[[], None]) -> None:
        """The same instead of the trouble that is shown."""

    @abstractmethod
    def choose_profile_instead(self, again: Callable[[], None]) -> None:
        """Choose another profile instead of the trouble that is shown, and try `again` with it."""

    @abstractmethod
    def sign_in(self, need: SignInNeeded) -> bool:
        """Called in a thread that needs a sign-in: shows how, and waits until that is done. False if it is not."""
