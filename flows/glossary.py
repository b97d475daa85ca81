"""Technical words that questions, reviews and findings use, each in a line or two for somebody who is new to the field.

They stand in `glossary.txt`: a word with its other forms in a line, what it means in the indented lines below. A test
finds capitals and names of AWS that are used without an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

ENTRY = re.compile(r"^(\S.*)\n((?:    .*\n)+)", re.M)


class Word(NamedTuple):
    """One entry: the word, what it means, and all its forms, itself the first."""

    name: str
    meaning: str
    forms: tuple[str, ...]


@cache
def words() -> tuple[Word, ...]:
    """Every entry, by its name."""
    found = ENTRY.findall(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))
    made = [(names.split(", "), " ".join(meaning.split())) for names, meaning in found]
    return tuple(sorted((Word(names[0], meaning, tuple(names)) for names, meaning in made), key=_small))


def standing_in(texts: Iterable[str]) -> list[Word]:
    """The words that stand in these texts, in one or several, by their names."""
    seen = {found[0] for text in texts for found in _pattern().finditer(text)}
    return sorted({word for each in seen if (word := _known(each))}, key=_small)


def find(name: str) -> Word | None:
    """The entry for a word in any of its forms, in capitals or not, one or several."""
    small = {form.lower(): word for form, word in _forms().items()}
    return _known(name) or next((small[each] for each in _singular(name.lower()) if each in small), None)


def near(name: str) -> list[str]:
    """Words that are spelt like it, or else whose entry speaks of it."""
    alike = [_forms()[form].name for form in get_close_matches(name, _forms(), n=3, cutoff=0.6)]
    return list(dict.fromkeys(alike or [word.name for word in words() if name.lower() in word.meaning.lower()][:5]))


def _small(word: Word) -> str:
    return word.name.lower()


@cache
def _forms() -> dict[str, Word]:
    return {form: word for word in words() for form in word.forms}


@cache
def _pattern() -> re.Pattern[str]:
    """Any form, the longest first, as a word of its own; a small one may begin a sentence."""
    forms = sorted(_forms(), key=len, reverse=True)
    either = "|".join(f"(?i:{form[0]}){re.escape(form[1:])}" if form.islower() else re.escape(form) for form in forms)
    return re.compile(rf"(?<![\w-])(?:{either})(?:s|es)?(?![\w-])")


def _known(found: str) -> Word | None:
    """The entry of what stands in a text: several of it, or at the beginning of a sentence."""
    tried = (*_singular(found), *_singular(found[:1].lower() + found[1:]))
    return next((_forms()[each] for each in tried if each in _forms()), None)


def _singular(word: str) -> tuple[str, ...]:
    return word, word.removesuffix("s"), word.removesuffix("es")
