"""Text with wildcards, as policies use it: `*` is any number of characters, `?` is one; nothing else is special.

In an ARN they stay within its parts, which colons separate. A `*` that ends a part of a `Resource` may go on beyond it,
and what comes after the fifth colon is all one part (IAM User Guide, "IAM JSON policy elements: Resource" and
"Condition operators", 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a pattern: as it is written, `plain` where it is the value of a variable and has no wildcards.

    `text` is None where the value is not known: it may be anything.
    """

    text: str | None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign of a pattern: a character, or a wildcard, `*` or `?`; and whether that may stand for a colon."""

    text: str
    wild: bool = False
    colons: bool = True

    @property
    def many(self) -> bool:
        return self.wild and self.text == "*"

    def takes(self, letter: str) -> bool:
        return (self.colons or letter != ":") if self.wild else self.text == letter


def fits(pieces: Sequence[Piece], text: str) -> bool:
    """Whether a pattern fits all of a text; what is not known in it counts as a `*`."""
    return _fits(_signs(tuple(pieces)), text)


def fits_arn(pieces: Sequence[Piece], arn: str, *, beyond: bool) -> bool:
    """The same for an ARN. `beyond`: a `*` that ends a part may go on into the next, as in a `Resource`."""
    return _fits(_within_parts(tuple(pieces), beyond), arn)


@lru_cache(maxsize=4096)
def _signs(pieces: tuple[Piece, ...]) -> tuple[_Sign, ...]:
    signs: list[_Sign] = []
    for piece in pieces:
        if piece.text is None:
            signs.append(_Sign("*", wild=True))
        else:
            signs += (_Sign(each, wild=each in "*?" and not piece.plain) for each in piece.text)
    return tuple(signs)


@lru_cache(maxsize=4096)
def _within_parts(pieces: tuple[Piece, ...], beyond: bool) -> tuple[_Sign, ...]:
    found: list[_Sign] = []
    signs, colons = _signs(pieces), 0
    for at, sign in enumerate(signs):
        colons += sign.text == ":"
        if not sign.wild or colons >= 5:
            found.append(sign)
            continue
        following = signs[at + 1 : at + 2]
        ends = not following or (beyond and following[0].text == ":")
        found.append(_Sign(sign.text, wild=True, colons=sign.text == "*" and ends))
    return tuple(found)


@lru_cache(maxsize=4096)
def _literal(signs: tuple[_Sign, ...]) -> str | None:
    """What a pattern without wildcards is; None if it has any."""
    return None if any(sign.wild for sign in signs) else "".join(sign.text for sign in signs)


@lru_cache(maxsize=4096)
def _fits(signs: tuple[_Sign, ...], text: str) -> bool:
    """All places in the pattern at once, so that no pattern takes long."""
    if (literal := _literal(signs)) is not None:
        return literal == text
    places = _from(signs, {0})
    for letter in text:
        ahead = {at if signs[at].many else at + 1 for at in places if _takes(signs, at, letter)}
        places = _from(signs, ahead)
        if not places:
            return False
    return len(signs) in places


def _takes(signs: Sequence[_Sign], at: int, letter: str) -> bool:
    return at < len(signs) and signs[at].takes(letter)


def _from(signs: Sequence[_Sign], places: set[int]) -> set[int]:
    """These places, and those beyond a `*` that stands for nothing."""
    found: set[int] = set()
    for at in places:
        found.add(at)
        while at < len(signs) and signs[at].many:
            at += 1  # noqa: PLW2901 - the way on from it
            found.add(at)
    return found
