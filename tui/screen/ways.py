"""Which screen follows which.

Only what the first screen needs is imported before another is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from .navigation import Navigation
from .screens.page import Page
from .workspace import Account, Start

if TYPE_CHECKING:
    from flows.engine import Busy, Handover, Receipt, Run, SecretText, Session, SignInNeeded, State
    from flows.engine.board import Board
    from flows.engine.board import Row as Found
    from flows.engine.checking import Checking
    from flows.engine.look import Looked
    from flows.engine.verdict import Verdict

    from ..exports import Document, Form
    from .screens.places import Places
    from .tasking import Tasking
    from .widgets.lines import Said


class Ways(Navigation):
    """The part of the app that moves between the screens."""

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
        from .. import verdicts
        from .screens.findings import Findings

        def opened() -> Checking:
            subject = self.workspace.flow(found.flow).check.whole(found.subject)
            return self.workspace.checking(found.flow, subject, board.place)

        def shown(checking: Checking) -> None:
            self.push_screen(Findings(checking, found.verdict, name=verdicts.thing(found), seen=board.cloud, over=True))

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

    def choose_place(self, kind: str) -> None:
        from .screens.places import Places

        self.push_screen(Places(kind, self.go_home))

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

    def ask_to_sign_in(self, need: SignInNeeded, then: Callable[[bool], None]) -> None:
        """Show how to sign in; `then` is told whether somebody did."""
        from .screens.sign_in import SignIn

        self.push_screen(SignIn(need, then))

    def go(self, page: Page) -> None:
        """Replace everything that is shown."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if len(self.screen_stack) == 2:
            self.switch_screen(page)
        else:
            self.push_screen(page)

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
