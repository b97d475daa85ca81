"""The rest of a long list, read behind the screen while somebody looks at its beginning."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..widgets.row import Row, row_of

if TYPE_CHECKING:
    from flows.engine import Option

EVERY = 1.0
"""Seconds between two looks at what has arrived: a slow line is not kept busy with counting."""


async def read_on(rest: Iterator[Option[Any]], show: Callable[[list[Row]], None]) -> None:
    """Read it to its end in a thread, and `show` what has arrived now and then. Raises Problem.

    The thread is one that a program need not wait for when it ends, and it stops by itself when this is cancelled.
    """
    loop, over, gone = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    arrived: list[Row] = []
    trouble: list[BaseException] = []

    def read() -> None:
        try:
            for option in rest:
                if gone.is_set():
                    return
                arrived.append(row_of(option))
        except Exception as error:
            trouble.append(error)
        finally:
            with suppress(RuntimeError):  # the loop is closed: nobody looks any more
                loop.call_soon_threadsafe(over.set)

    threading.Thread(target=read, daemon=True, name="rest of a list").start()
    shown = 0
    try:
        while not over.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), EVERY)
            fresh = arrived[shown:]
            shown += len(fresh)
            if fresh:
                show(fresh)
    finally:
        gone.set()
    if trouble:
        raise trouble[0]
