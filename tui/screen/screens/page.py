"""What every screen has in common: where one is at the top, the keys at the bottom, and how slow work is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path
from time import monotonic
from typing import ClassVar, TypeVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from ...called import as_called
from ...characters import fitting
from ..navigation import Navigation
from ..widgets.bar import Bar, Keys
from ..widgets.lines import Lines, Said
from ..widgets.options import Options

T = TypeVar("T")
UNSEEN = 0.5
"""Seconds after which a question counts as seen, whatever the screen is busy with."""


class Say(Static):
    """A piece of text that is only repainted when it changes, and takes no room when it is empty, unless it `stays`."""

    def __init__(self, text: str = "", *, stays: bool = False, id: str | None = None) -> None:
        text = fitting(as_called(text))
        super().__init__(text, id=id, markup=False)
        self._said, self._stays = text, stays
        self.display = bool(text) or stays

    @property
    def said(self) -> str:
        """What it says now."""
        return self._said

    def say(self, text: str) -> None:
        """Say this instead."""
        text = fitting(as_called(text))
        if text != self._said:
            self._said = text
            self.display = bool(text) or self._stays
            self.update(text)


def homely(text: str) -> str:
    """`text` with the person's home folder as ~: long paths do not fit 80 columns."""
    return text.replace(f"{Path.home()}/", "~/")


class Page(Screen[None]):
    """A screen of Handrail. Subclasses say what is between the two bars."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "app.help", "Help", show=False, tooltip="What this screen is, its words and its keys"),
        Binding("pagedown", "read(1)", "Read on", show=False, tooltip="Further down in what has no room here"),
        Binding("pageup", "read(-1)", "Read up", show=False, tooltip="Further up in it"),
    ]
    title_words = ""
    """What the bar says besides the product's name."""
    set_up = ""
    """The set-up that it is of, by its name: some words mean something else in another. Empty for several, or none."""
    under_way = False
    """Whether calls are under way that must be finished first."""
    asks: ClassVar[bool] = False
    """Whether a key here may answer something: then none counts that was typed before it was to be seen."""
    moves: ClassVar[bool] = False
    """Whether what is made here may move to another account: a draft, not a run."""

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self._drawn = inf if self.asks else 0.0
        self._expects = False

    def on_show(self) -> None:
        """It is to be seen now."""
        if self.asks:
            self.ask_anew()

    def ask_anew(self) -> None:
        """Something else is asked from now on, and nobody has seen it yet."""
        self._drawn, self._expects = inf, True
        self.handrail.expect_frame()
        self.call_after_refresh(self._was_drawn)
        self.set_timer(UNSEEN, self._was_drawn)

    def _was_drawn(self) -> None:
        if self._drawn == inf:
            self._drawn = monotonic()

    def unseen(self, at: float) -> bool:
        """Whether a key of that moment was typed before what is asked now could be seen."""
        drawn = self._drawn
        if self._expects:  # what is sent may be answered before anybody here comes to hear that it was drawn
            drawn = min(drawn, self.handrail.sent_at)
        return at < drawn

    @property
    def handrail(self) -> Navigation:
        """The app, by what a screen may ask of it."""
        return cast("Navigation", self.app)

    def compose(self) -> ComposeResult:
        yield Bar(self.title_words, self.handrail.account.named)
        yield from self.between()
        yield Keys()

    def between(self) -> Iterable[Widget]:
        """The widgets between the bars."""
        return ()

    def name_it(self, title: str) -> None:
        """Change what the bar says."""
        self.title_words = title
        self.show_where()

    def show_where(self) -> None:
        """Say in the bar which account this is."""
        self.query_one(Bar).say(self.title_words, self.handrail.account.named)

    def on_lines_copied(self, event: Lines.Copied) -> None:
        """Say what was copied, where there is room for it."""
        for said in self.query("#said").results(Say):
            said.say(f"Copied: {event.text}")

    def explained(self) -> list[Said]:
        """What help says about this screen."""
        return []

    def texts(self) -> list[str]:
        """What stands on it."""
        found = list[str]()
        for widget in self.query("*"):
            match widget:
                case Say():
                    found.append(widget.said)
                case Lines() | Options():
                    found += widget.texts
        return found

    def leave(self) -> bool:
        """Ctrl-C was pressed. True if the program may end at once."""
        return True

    def action_read(self, direction: int) -> None:
        """Read on in a text beside a list or a field, which keeps the keys: the first that has more."""
        texts = [text for text in self.query(Lines) if text.display]
        any(text.read_on(direction) for text in (texts if direction > 0 else reversed(texts)))

    def action_home(self) -> None:
        """To the first screen, on pages that have a key for it."""
        self.handrail.go_home()

    # -- slow work ---------------------------------------------------------------------------------------

    def do(self, slow: Callable[[], T], then: Callable[[T], None], *, saying: str = "") -> None:
        """Do something slow in a thread, then show what came of it. Until then, keys that do things wait.

        What goes wrong is shown as a screen from which it can be tried again.
        """
        if not self.busy:
            self.busy = True
            self._doing(slow, then, saying)

    def do_again(
        self, slow: Callable[[], T], then: Callable[[T], None], *, saying: str, same: Callable[[T], bool]
    ) -> None:
        """Look once more: that is seen at once, and afterwards whether it came to the `same`, and when."""
        from ... import looking_again

        def shown(found: T) -> None:
            changed = not same(found)
            then(found)
            self.waits(looking_again.as_of(changed=changed))

        if not self.busy:
            self.waits(saying)
        self.do(slow, shown, saying=saying)

    def once_typed(self, then: Callable[[], None]) -> None:
        """Do this when the keys before it have done theirs: they may come in one go, and a key on its way from the
        field or list up to the app, where it is found among the bindings, must not be overtaken."""

        def follow(node: DOMNode) -> None:
            above = node.parent
            node.call_later(then if above is None else lambda: follow(above))

        follow(self.focused or self)

    @property
    def gone(self) -> bool:
        """The program is ending; there may be no widget any more to show anything in."""
        return self.handrail.leaving or not self.is_running

    def waits(self, words: str) -> None:
        """Slow work has not come back yet; `words` say what it is, "" that it is over."""

    @work(group="slow")
    async def _doing(self, slow: Callable[[], T], then: Callable[[T], None], saying: str) -> None:
        timer = self.set_timer(0.3, lambda: self.waits(saying or "Reading the account…"))
        try:
            found = await asyncio.to_thread(self.handrail.workspace.exclusively, slow)
        except Exception as error:
            self.busy = False
            if self.gone:
                return
            self.handrail.trouble(error, lambda: self.do(slow, then, saying=saying))
            return
        finally:
            timer.stop()
            if not self.gone:
                self.waits("")
        self.busy = False
        if not self.gone:
            then(found)


class Reading(Page):
    """A page that is only read: help, commands, permissions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", tooltip="Back to where you were"),
    ]

    def __init__(self, title: str, rows: list[Said]) -> None:
        super().__init__()
        self.title_words, self._rows = title, rows

    def between(self) -> Iterable[Widget]:
        yield Lines(self._rows, id="page")

    def action_close(self) -> None:
        """Back to the screen before."""
        self.app.pop_screen()
