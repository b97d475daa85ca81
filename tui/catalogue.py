"""A long list of options, line by line: a page at a time, or what contains a text, read no further than is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.engine import Offer, Option

PAGE = 20


class Catalogue:
    """The options of a question, and which of them are looked at.

    Args:
        offer: what the session offers; its rest is read when it is needed.

    Attributes:
        first: how many options come before the page that is shown.
        whole: everything is read.
    """

    def __init__(self, offer: Offer) -> None:
        self._known: list[Option[Any]] = list(offer.options)
        self._rest: Iterator[Option[Any]] = iter(()) if offer.rest is None else offer.rest
        self.whole = offer.rest is None
        self._parts: list[str] = []
        self._looked_at = 0
        self._found: list[Option[Any]] = []
        self.first = 0

    def look_for(self, part: str) -> None:
        """Of what is looked at, look only at what contains this text, whatever its case."""
        self._parts.append(part.lower())
        self._found, self._looked_at, self.first = [], 0, 0

    def page(self) -> list[Option[Any]]:
        """The options to show now. May ask AWS; raises Problem."""
        self._find(self.first + PAGE + 1)
        return self._found[self.first : self.first + PAGE]

    def turn(self) -> bool:
        """To the next page, if there is one. May ask AWS; raises Problem."""
        self._find(self.first + PAGE + 1)
        if len(self._found) <= self.first + PAGE:
            return False
        self.first += PAGE
        return True

    def further(self) -> str:
        """What comes after this page, in words; nothing if it is the last."""
        left = len(self._found) - self.first - PAGE
        if left <= 0:
            return ""
        return f"{left} more" if self.whole else f"more than {left - 1} more"

    def matching(self) -> str:
        """How many options are looked at, in words."""
        self._find(PAGE + 1)
        return f"{len(self._found)}" if self.whole else f"More than {len(self._found) - 1}"

    def numbered(self, number: int) -> Option[Any] | None:
        """The option that was shown with this number."""
        shown = self._found if self._parts else self._known
        return shown[number - 1] if 0 < number <= len(shown) else None

    def exact(self, text: str) -> list[Option[Any]]:
        """Those with this key or name; reading ends where a key is found. May ask AWS; raises Problem."""
        named: list[Option[Any]] = []
        for option in self._every():
            if option.key == text:
                return [option]
            if option.label == text:
                named.append(option)
        return named

    def containing(self, part: str) -> list[Option[Any]]:
        """Those that contain this text. May ask AWS; raises Problem."""
        return [option for option in self._every() if part.lower() in _text(option)]

    def place(self, key: str) -> int:
        """The number of an option among those that are known; 0 if it is not."""
        return next((number for number, option in enumerate(self._known, 1) if option.key == key), 0)

    def _find(self, many: int) -> None:
        for option in self._every(self._looked_at):
            if len(self._found) >= many and not self.whole:
                return
            self._looked_at += 1
            if all(part in _text(option) for part in self._parts):
                self._found.append(option)

    def every(self) -> list[Option[Any]]:
        """All options. May ask AWS; raises Problem."""
        return list(self._every())

    def _every(self, first: int = 0) -> Iterator[Option[Any]]:
        at = first
        while True:
            if at == len(self._known) and not self._read_on():
                return
            yield self._known[at]
            at += 1

    def _read_on(self) -> bool:
        option = next(self._rest, None)
        if option is None:
            self.whole = True
            return False
        self._known.append(option)
        return True


def _text(option: Option[Any]) -> str:
    return f"{option.key} {option.label} {option.hint}".lower()
