"""Somebody in front of the full screen: presses keys, types, and reads what is there."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.pilot import Pilot

from flows.engine import Call, Cloud, Identity, Place
from tui.screen.app import HandrailApp, app_for
from tui.screen.screens.page import Page
from tui.screen.workspace import Start

NARROW, WIDE = (80, 24), (120, 40)
PRACTICE = Place(practice=True)
NAMES = {".": "full_stop", "/": "slash", "-": "minus", " ": "space", ",": "comma", "[": "left_square_bracket",
         "]": "right_square_bracket", "_": "underscore"}  # fmt: skip


class Person:
    """Drives the app by its keys and sees its cells, as a terminal would show them."""

    def __init__(self, app: HandrailApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def screen(self) -> str:
        """Every line of the screen, without trailing blanks."""
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    @property
    def words(self) -> str:
        """The same with every run of blanks as one, so that wrapping does not matter; beside a picture also what
        stands left of it by itself, whose lines run on from one to the next.
        """
        lines = self.screen.splitlines()
        drawn = self.app.screen.has_class("-drawn")
        between = [widget.region for widget in self.app.screen.query("#stage, #main")] if drawn else []
        lines += [line[each.x : each.right] for each in between for line in lines[each.y : each.bottom]]
        return " ".join(" ".join(lines).split())

    async def settle(self) -> None:
        """Until nothing is under way any more."""
        await self.pilot.pause()
        while not self._still():
            await self.app.workers.wait_for_complete()
            await self.pilot.pause()

    @property
    def seen(self) -> bool:
        """Whether what is on the screen was there long enough for a key to be meant for it."""
        screen = self.app.screen
        return not (isinstance(screen, Page) and screen.unseen(time.monotonic()))

    def _still(self) -> bool:
        """Nobody works, and the screen stands and was seen; Textual's own pause takes a process that waits for idle."""
        screen = self.app.screen
        pumps = (self.app, screen, *screen.query("*"))
        return (
            all(worker.is_finished for worker in self.app.workers)
            and screen.is_mounted
            and self.seen
            and not any(pump.message_queue_size for pump in pumps)
        )

    async def resize(self, columns: int, lines: int) -> None:
        await self.pilot.resize_terminal(columns, lines)
        while self.app._resize_event is not None:  # Textual gathers sizes for a moment before it takes the last
            await self.pilot.pause(0.01)
        await self.settle()

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def types(self, text: str) -> None:
        await self.pilot.press(*(NAMES.get(letter, letter) for letter in text))
        await self.settle()

    async def pastes(self, text: str) -> None:
        assert self.app.focused is not None, "something must take it"
        self.app.focused.post_message(events.Paste(text))
        await self.settle()

    async def until(self, text: str) -> None:
        """Let the app work until this is on the screen."""
        for _ in range(2000):
            if text in self.words:
                break
            await self.pilot.pause(0.01)
        self.sees(text)

    def sees(self, *texts: str) -> None:
        for text in texts:
            assert text in self.words, f"“{text}” is not on the screen:\n{self.screen}"

    async def reads_on_to(self, text: str) -> None:
        """A page further and further down until this is on the screen."""
        while text not in self.words:
            before = self.screen
            await self.press("pagedown")
            assert self.screen != before, f"“{text}” is on no page; the last is:\n{before}"

    def does_not_see(self, *texts: str) -> None:
        for text in texts:
            assert text not in self.words, f"“{text}” is on the screen:\n{self.screen}"

    def goes_without_clipping(self) -> None:
        """Every widget in view lies inside the screen, between its two bars, and nothing needs a scrollbar."""
        assert not (self.app.screen.show_vertical_scrollbar or self.app.screen.show_horizontal_scrollbar), self.screen
        width, height = self.app.size
        for widget in self.app.screen.query("*"):
            region = widget.region
            if widget.display and region:
                assert region.right <= width and region.bottom <= height, f"{widget} reaches to {region}"


def made(
    cloud: Cloud | Callable[[Place], Cloud],
    start: Start | None = None,
    *,
    place: Place = PRACTICE,
    flow: Any = None,
) -> HandrailApp:
    """The app on this account. `flow` stands in for the set-up that `start` names."""
    app = app_for(place, cloud if callable(cloud) else lambda _: cloud, start)
    if flow is not None:
        app.workspace.flow = lambda _: flow  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def somebody(
    cloud: Cloud | Callable[[Place], Cloud],
    start: Start | None = None,
    *,
    size: tuple[int, int] = NARROW,
    place: Place = PRACTICE,
    flow: Any = None,
) -> AsyncIterator[Person]:
    """A person at the app, on this account."""
    app = made(cloud, start, place=place, flow=flow)
    async with app.run_test(size=size) as pilot:
        person = Person(app, pilot)
        await person.settle()
        yield person
    app.workspace.close()


class Canned:
    """An account that gives prepared answers, or raises what is prepared instead."""

    def __init__(self, answers: dict[str, Any] | None = None, alias: str = "canned") -> None:
        self.answers = answers or {}
        self.identity = Identity("111122223333", "arn:aws:iam::111122223333:user/kim", "eu-central-1", alias)

    def make(self, call: Call) -> dict[str, Any]:
        answer = self.answers.get(call.operation, {})
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(call)
        return dict(answer)

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)
