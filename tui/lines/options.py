"""A long list of options, line by line: a page at a time, read no further than is shown, or what contains a text.

A text needs the whole list, read once: only then is a name that was found the only one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.engine import Offer, Option

PAGE = 20
MOST_DIGITS = 9
"""Of a number in a list; what is longer is a name."""


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
        self._shown = self._known
        self._offered: set[int] = set()
        self.first = 0

    @property
    def count(self) -> int:
        """How many options are looked at, as far as they are read."""
        return len(self._shown)

    def look_for(self, part: str) -> bool:
        """Of what is looked at, look only at what contains this text; False, and nothing changes, if nothing does.

        May ask AWS; raises Problem.
        """
        self.every()
        found = [option for option in self._shown if part.lower() in _text(option)]
        if found:
            self._shown, self.first = found, 0
        return bool(found)

    def page(self) -> list[Option[Any]]:
        """The options to show now. May ask AWS; raises Problem."""
        self._reach(self.first + PAGE + 1)
        return self._shown[self.first : self.first + PAGE]

    def turn(self) -> None:
        """To the next page."""
        self.first += PAGE

    def further(self) -> str:
        """What comes after this page, in words; nothing if it is the last, as is known once it was shown."""
        left = len(self._shown) - self.first - PAGE
        if left <= 0:
            return ""
        return f"{left} more" if self.whole else "There are more"

    def numbered(self, number: int) -> Option[Any] | None:
        """The option that was shown with this number: what nobody saw is not meant, a name may have digits only."""
        seen = number <= self.first + PAGE or number in self._offered
        return self._shown[number - 1] if seen and 0 < number <= len(self._shown) else None

    def named(self, reply: str) -> list[Option[Any]]:
        """Those that a number, a key or a name means. May ask AWS; raises Problem."""
        option = self.numbered(int(reply)) if reply.isdigit() and len(reply) < MOST_DIGITS else None
        return [option] if option else self.exact(reply)

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
        """The number of an option, to be offered; 0 if it is not known."""
        number = next((number for number, option in enumerate(self._known, 1) if option.key == key), 0)
        self._offered.add(number)
        return number

    def every(self) -> list[Option[Any]]:
        """All options. May ask AWS; raises Problem."""
        return list(self._every())

    def _every(self) -> Iterator[Option[Any]]:
        at = 0
        while at < len(self._known) or self._read_on():
            yield self._known[at]
            at += 1

    def _reach(self, many: int) -> None:
        while len(self._known) < many and self._read_on():
            pass

    def _read_on(self) -> bool:
        option = next(self._rest, None)
        if option is None:
            self.whole = True
            return False
        self._known.append(option)
        return True


def _text(option: Option[Any]) -> str:
    return f"{option.key} {option.label} {option.hint}".lower()
