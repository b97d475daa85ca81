"""What was read in an account is kept, so that going back and forth is instant and nothing is asked for twice.

Pages are kept as they come: whoever needs the first does not wait for the last, and two readers of one list share
what there is of it. All but the first are kept packed, because of a hundred thousand things little is looked at twice.
"""

from __future__ import annotations

import pickle
import re
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from .calls import Call
from .cloud import Ask, Cloud, Identity
from .listing import SCREENFUL, stop_if_enough
from .problems import CloudError, SignInNeeded
from .refusals import changes
from .web import Page

Answer = dict[str, Any]
WAY_ON = re.compile("(Token|Marker)$", re.IGNORECASE)
FLEETING = ("ssm.GetCommandInvocation",)
"""What is asked again and again until it changes."""


class CachedCloud:
    """Reads each thing once; a change makes it forget.

    Args:
        cloud: the account.
        refused_once: what AWS refused is not asked for again either, until it is to be read afresh. Left out, it is:
            somebody may have been given the permission meanwhile.
    """

    def __init__(self, cloud: Cloud, *, refused_once: bool = False) -> None:
        self._cloud, self._refused_once = cloud, refused_once
        self._seen: dict[str, _Kept] = {}
        self._lock = threading.RLock()
        self.ask: Ask | None = None
        """How to sign in again when that is needed in the middle of reading; nobody is asked without it."""
        self._given_up = False
        self.reads: dict[str, Call] = {}
        """Everything that was read, in order: what the permissions for reading follow from."""

    @property
    def identity(self) -> Identity:
        return self._cloud.identity

    def forget(self) -> None:
        """Read everything afresh from now on."""
        with self._lock:
            self._seen.clear()
            self._given_up = False

    def make(self, call: Call) -> Answer:
        if changes(call):
            self.forget()
            return self._cloud.make(call)
        kept = self._kept(call, lambda: iter([self._cloud.make(call)]))
        if not kept.has(0):
            stop_if_enough(SCREENFUL)
        answer = kept.page(0)
        assert answer is not None, "a call has an answer"
        return answer

    def pages(self, call: Call) -> Iterator[Answer]:
        kept, number = self._kept(call, lambda: self._cloud.pages(call)), 0
        page: Answer | None = None
        while True:
            if not kept.has(number) and (page is None or _continues(page)):
                stop_if_enough(1 if number else SCREENFUL)
            page = kept.page(number)
            if page is None:
                return
            yield page
            number += 1

    def begun(self, call: Call) -> bool:
        """Whether this is read already, at least in part."""
        kept = self._seen.get(call.key)
        return kept is not None and kept.has(0)

    def known(self, call: Call) -> list[Answer]:
        """The pages of it that were read so far; nothing is asked."""
        kept = self._seen.get(call.key)
        return kept.so_far() if kept else []

    def look_at(self, url: str) -> Page:
        return self._cloud.look_at(url)

    def _kept(self, call: Call, read: Callable[[], Iterator[Answer]]) -> _Kept:
        key = call.key
        with self._lock:
            self.reads[key] = call
            if key not in self._seen or call.operation in FLEETING:
                self._seen[key] = _Kept(read, self._patiently, self._refused_once)
            return self._seen[key]

    def _patiently(self, read: Callable[[], None]) -> None:
        """Read; where the sign-in has ended meanwhile, sign in and read again. Somebody who will not is asked once."""
        while True:
            try:
                return read()
            except SignInNeeded as need:
                if self._given_up or self.ask is None or need.door is None:
                    raise
                self._given_up = not self.ask(need)
                if self._given_up:
                    raise


class _Kept:
    """The pages of one call as far as they were read."""

    def __init__(
        self, read: Callable[[], Iterator[Answer]], patiently: Callable[[Callable[[], None]], None], refused_once: bool
    ) -> None:
        self._read, self._patiently, self._refused_once = read, patiently, refused_once
        self._refused: CloudError | None = None
        self._pages: list[Answer | bytes] = []
        self._whole = False
        self._rest: Iterator[Answer] | None = None
        self._lock = threading.Lock()

    def has(self, number: int) -> bool:
        """Whether this page, or that there is none, is known without asking."""
        return self._whole or number < len(self._pages)

    def page(self, number: int) -> Answer | None:
        """A page, read if need be; None beyond the last."""
        if not self.has(number):  # what is known waits for no other reader's page
            with self._lock:
                if self._refused:
                    raise self._refused
                while not self.has(number):
                    self._patiently(self._one_more)
        return _unpacked(self._pages[number]) if number < len(self._pages) else None

    def so_far(self) -> list[Answer]:
        """The pages that are known."""
        return [_unpacked(page) for page in self._pages]

    def _one_more(self) -> None:
        try:
            rest, self._rest = self._rest or self._again(), None  # one that fails has come to its end
            page = next(rest, None)
        except CloudError as refused:
            self._refused = refused if self._refused_once else None
            raise
        if page is None:
            self._whole = True
        else:
            self._pages.append(zlib.compress(pickle.dumps(page), 1) if self._pages else page)
            self._rest = rest

    def _again(self) -> Iterator[Answer]:
        """From where it broke off: a reading that failed begins anew, and what is known of it is passed over."""
        rest = self._read()
        for _ in self._pages:
            next(rest, None)
        return rest


def _unpacked(page: Answer | bytes) -> Answer:
    if isinstance(page, bytes):
        unpacked: Answer = pickle.loads(zlib.decompress(page))  # noqa: S301 - packed above, and never out of memory
        return unpacked
    return page


def _continues(page: Answer) -> bool:
    """Whether another page follows, as far as its words tell: AWS calls the way to it a token or a marker."""
    parts = [page, *(part for name, part in page.items() if isinstance(part, dict) and name != "ResponseMetadata")]
    return any(
        value and (isinstance(value, str) if WAY_ON.search(name) else name == "IsTruncated")
        for part in parts
        for name, value in part.items()
    )
