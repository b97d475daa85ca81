"""How long lists are read: no more of them than is needed.

An account may have ten thousand of something. Three rules keep that bearable, and no set-up has to know them:
a list that is shown opens with its first page (and, where every entry costs a call of its own, with a screenful)
and is read on behind it; a reply that is the id of something ends
the reading where it is found; and a reply that is a name is asked for by AWS's own filters, where a look-up says
which they are (`listed`). Two context variables carry this, because look-ups are plain generators and what is
wanted of them depends on who reads: each thread has its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .calls import Call

if TYPE_CHECKING:
    from .cloud import Cloud

IDENTIFIER = re.compile(r"[a-z]+(-[a-z]+)*-[0-9a-f]{8,17}")
"""How EC2 writes ids: `vpc-` and 8 or 17 hexadecimal digits (Amazon EC2 API Reference, "Resource IDs", 2026-10)."""
MOST = 200
"""Values that one filter of EC2 takes (Amazon EC2 API Reference, "Filter", 2026-10)."""


SCREENFUL = 20
"""Options with which a list opens whose entries are looked up one by one."""


class Enough(BaseException):
    """Something was not read, because what there is suffices for now. No look-up may catch it."""


@dataclass
class _Sought:
    texts: tuple[str, ...]
    narrowed: bool = False


_enough: ContextVar[Callable[[int], bool] | None] = ContextVar("enough", default=None)
_sought: ContextVar[_Sought | None] = ContextVar("sought", default=None)


@contextmanager
def reading_until(enough: Callable[[int], bool]) -> Iterator[None]:
    """While this holds, nothing is asked for that can wait: `Enough` is raised instead.

    A further page can wait if `enough(1)`, any other call if `enough(SCREENFUL)`: whether there are so many options.
    """
    token = _enough.set(enough)
    try:
        yield
    finally:
        _enough.reset(token)


def stop_if_enough(options: int) -> None:
    """Before AWS is asked. Raises Enough if whoever reads here has so many options."""
    enough = _enough.get()
    if enough is not None and enough(options):
        raise Enough


@contextmanager
def seeking(texts: Sequence[str]) -> Iterator[Callable[[], bool]]:
    """While this holds, look-ups need only find what these texts name. Gives: whether any of them left out the rest."""
    sought = _Sought(tuple(texts))
    token = _sought.set(sought)
    try:
        yield lambda: sought.narrowed
    finally:
        _sought.reset(token)


Narrow = Callable[[Call, tuple[str, ...]], Sequence[Call]]
"""The calls that find everything that these texts may name, and little else; none if it cannot be said."""


def listed(cloud: Cloud, call: Call, narrow: Narrow) -> Iterator[dict[str, Any]]:
    """The pages of a list to pick from.

    They are the same as `cloud.pages(call)`, but while a reply is understood only what it may name is asked for.
    `narrow` must find every entry whose key or label is one of the texts: then a name that is found once is unique.
    A list that is read already is not asked for again.
    """
    sought = _sought.get()
    begun: Callable[[Call], bool] = getattr(cloud, "begun", lambda _: False)
    calls = narrow(call, sought.texts) if sought and sought.texts and not begun(call) else ()
    if sought and calls:
        sought.narrowed = True
    for each in calls or [call]:
        yield from cloud.pages(each)


def is_sought(text: str) -> bool:
    """Whether this is what a reply names, so that it is worth a call of its own; in a list to look at it may not be."""
    sought = _sought.get()
    return sought is not None and text in sought.texts


def whole(call: Call, texts: tuple[str, ...]) -> Sequence[Call]:
    """Not narrowed: for a list that only serves to make another one."""
    return ()


def by_filter(id: str = "", name: str = "") -> Narrow:
    """Narrow by the filters of EC2 (and of RDS, which are alike) for an id and for a name.

    A text in the form of an id is taken for one; every other is a name.
    """

    def narrow(call: Call, texts: tuple[str, ...]) -> Sequence[Call]:
        ids = [text for text in texts if IDENTIFIER.fullmatch(text)]
        names = [re.sub(r"([*?\\])", r"\\\1", text) for text in texts if text not in ids]
        if (ids and not id) or (names and not name) or len(texts) > MOST:
            return ()
        given = list(call.params.get("Filters") or [])
        parts = [(id, ids), (name, names)]
        return [
            replace(call, params={**call.params, "Filters": [*given, {"Name": by, "Values": values}]})
            for by, values in parts
            if values
        ]

    return narrow


def by_prefix(parameter: str = "Prefix") -> Narrow:
    """Narrow to what begins with the text. The thing itself comes first, so one page is enough."""

    def narrow(call: Call, texts: tuple[str, ...]) -> Sequence[Call]:
        few = texts if len(texts) <= 20 and all(texts) else ()
        return [replace(call, params={**call.params, parameter: text}) for text in few]

    return narrow
