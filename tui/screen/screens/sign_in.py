"""Signing in without leaving: a page to open elsewhere, an MFA code, or credentials that somebody renews.

Whoever needs it waits in a thread of its own and goes on from where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import line, shown
from ..widgets.fields import TextField
from ..widgets.lines import Lines, Said
from .page import Page, Say

if TYPE_CHECKING:
    from flows.engine import DevicePage, SignInNeeded

PLACES = 6
"""Digits of an MFA code."""


class SignIn(Page):
    """Lets a person in.

    Args:
        need: what signing in takes.
        answer: told once whether they are signed in now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "Sign in", priority=True, tooltip="Take the code, or try the credentials again"),
        Binding("n", "renew", "New code", tooltip="Begin again with a new code"),
        Binding("escape", "close", "Not now", tooltip="Go back without signing in; nothing is lost"),
    ]
    title_words = "Sign in"

    def __init__(self, need: SignInNeeded, answer: Callable[[bool], None]) -> None:
        super().__init__()
        self._need, self._answer, self._answered = need, answer, False
        self._trying = False

    def between(self) -> Iterable[Widget]:
        yield Say("", id="ask")
        yield Say("", id="why")
        yield Lines(id="page")
        yield TextField(id="code")
        yield Say("", id="hint")

    def on_mount(self) -> None:
        self.query_one("#page").can_focus = False
        self._approach(self._need)

    def on_unmount(self) -> None:
        self._tell(False)

    def leave(self) -> bool:
        """Whoever waits must not keep the program from ending."""
        self._tell(False)
        return True

    def _tell(self, signed_in: bool) -> None:
        if not self._answered:
            self._answered = True
            self._answer(signed_in)

    def _close(self, signed_in: bool) -> None:
        if self.is_current:
            self.app.pop_screen()
        self._tell(signed_in)

    # -- the ways ----------------------------------------------------------------------------------------

    def _approach(self, need: SignInNeeded) -> None:
        """Show what it takes now: one way may lead to another, such as a page and then a code."""
        from flows.engine import Way

        self._need = need
        self.query_one("#ask", Say).say(shown(need.what))
        self.query_one("#why", Say).say(shown(need.why))
        self.query_one("#page").display = need.way is Way.DEVICE
        field = self.query_one("#code", TextField)
        field.display = need.way is Way.CODE
        match need.way:
            case Way.DEVICE:
                self._begin()
            case Way.CODE:
                field.value = ""
                field.focus()
                device = f" of {line(need.serial)}" if need.serial else ""
                self._hint(f"Type the {PLACES} digits{device} and press Enter. They are not kept.")
            case Way.AGAIN:
                self._try("")
        self.refresh_bindings()

    @work(group="device", exclusive=True)
    async def _begin(self) -> None:
        from flows.engine import Problem

        assert self._need.door is not None, "only a door is shown"
        self._hint("Asking for a code…")
        try:
            device = await asyncio.to_thread(self._need.door.device)
            self._show(device)
            while not await asyncio.to_thread(device.done):
                await asyncio.sleep(device.interval)
        except Problem as problem:
            self._fail(problem, "n asks for a new code.")
            return
        self._try("")

    def _show(self, device: DevicePage) -> None:
        self.query_one("#why", Say).say("On any device with a browser (your telephone will do), open this page:")
        rows = [Said(line(device.link), "page", "strong"), Said(line(device.code), "code", "strong")]
        self.query_one("#page", Lines).show(rows)
        minutes = max(device.seconds // 60, 1)
        self._hint(
            f"Check that it shows this code, and say yes there. This screen then goes on by itself. The code is good "
            f"for {minutes} minutes. Only say yes to a code that you see here."
        )

    @work(group="try", exclusive=True)
    async def _try(self, code: str) -> None:
        from flows.engine import Problem, SignInNeeded, Way

        assert self._need.door is not None, "only a door is shown"
        self._trying = True
        self._hint("Signing in…")
        try:
            await asyncio.to_thread(self._need.door.enter, code)
        except SignInNeeded as need:
            if need.way is Way.AGAIN:
                self._fail(need, f"{line(need.elsewhere)}, then press Enter.")
            else:
                self._approach(need)
        except Problem as problem:
            self._fail(problem, "Enter tries again, Esc goes back.")
        else:
            self._close(True)
        finally:
            self._trying = False

    def _fail(self, problem: Exception, then: str) -> None:
        from flows.engine import Problem

        assert isinstance(problem, Problem), "mistakes of ours are shown elsewhere"
        self.query_one("#page").display = False
        self.query_one("#ask", Say).say(shown(problem.what))
        self.query_one("#why", Say).say(shown(problem.why))
        self._hint(then)

    def _hint(self, text: str) -> None:
        self.query_one("#hint", Say).say(text)

    # -- keys --------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        from flows.engine import Way

        match action:
            case "enter":
                return self._need.way is not Way.DEVICE
            case "renew":
                return self._need.way is Way.DEVICE
            case _:
                return True

    def action_enter(self) -> None:
        """Take the code, or try the credentials again."""
        self.once_typed(self._take)

    def _take(self) -> None:
        from flows.engine import Way

        if self._trying:
            return
        code = "".join(self.query_one("#code", TextField).value.split())
        if self._need.way is Way.CODE and not (code.isdecimal() and len(code) == PLACES):
            self._hint(f"“{line(code)}” is not a code: it has {PLACES} digits.")
            return
        self._try(code)

    def action_renew(self) -> None:
        """Begin again with a new code."""
        self._approach(self._need)

    def action_close(self) -> None:
        """Back without signing in."""
        self._close(False)

    def explained(self) -> list[Said]:
        return [
            Said("Sign in", kind="heading"),
            Said("AWS wants to know again who you are. You sign in with AWS itself: Handrail sees no password, and "
                 "keeps nothing but what the AWS CLI keeps, in ~/.aws/sso/cache."),
            Said("Afterwards it goes on exactly where it was."),
        ]  # fmt: skip
