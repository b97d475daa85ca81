"""Technical words that questions, reviews and findings use, each in a line or two for somebody who is new to the field.

They stand in `glossary.txt`: a word with its other forms in a line, what it means in the indented lines below. A form
that means this in some set-ups alone has their names behind it: `connection [vpn]`. A test finds capitals and names of
AWS that are used without an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

ENTRY = re.compile(r"^(\S.*)\n((?:    .*\n)+)", re.M)
FORM = re.compile(r"(.+?)(?: \[(.+)\])?$")


class Word(NamedTuple):
    """One entry: the word, what it means, all its forms, itself the first, and those that mean it in some set-ups only,
    each with their names."""

    name: str
    meaning: str
    forms: tuple[str, ...]
    here: Mapping[str, tuple[str, ...]]

    def also(self) -> list[str]:
        """What else it is called, with where, if not everywhere."""
        return [*self.forms[1:], *(f"{form} ({', '.join(where)})" for form, where in self.here.items())]


@cache
def words() -> tuple[Word, ...]:
    """Every entry, by its name."""
    found = ENTRY.findall(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))
    return tuple(sorted((_entry(names, " ".join(meaning.split())) for names, meaning in found), key=_small))


def standing_in(texts: Iterable[str], set_up: str = "") -> list[Word]:
    """The words that stand in these texts, in one or several, by their names, as that set-up means them.

    Where none is named, texts are of any of them: a word that means something else in each is told with all of it.
    """
    seen = {found[0] for text in texts for found in _pattern().finditer(text)}
    told = {word.name: word for each in seen for word in _meant(each, set_up)}
    return sorted(told.values(), key=_small)


def find(name: str) -> Word | None:
    """The entry for a word in any of its forms, in capitals or not, one or several."""
    return next(iter(meanings(name)), None)


def meanings(name: str) -> list[Word]:
    """Every entry for a word, the one that holds wherever no set-up means something else first."""
    for sought in (*_singular(name), *_singular(name.lower())):
        if found := [word for form, said in _forms().items() if sought in (form, form.lower()) for word in said]:
            return list({word.name: word for word in found}.values())
    return []


def near(name: str) -> list[str]:
    """Words that are spelt like it, or else whose entry speaks of it."""
    alike = [_forms()[form][0].name for form in get_close_matches(name, _forms(), n=3, cutoff=0.6)]
    return list(dict.fromkeys(alike or [word.name for word in words() if name.lower() in word.meaning.lower()][:5]))


def _entry(names: str, meaning: str) -> Word:
    forms = {form: tuple((where or "").split()) for form, where in map(_form, names.split(", "))}
    everywhere = tuple(form for form, where in forms.items() if not where)
    return Word(everywhere[0], meaning, everywhere, {form: where for form, where in forms.items() if where})


def _form(text: str) -> tuple[str, str | None]:
    found = FORM.match(text)
    assert found is not None, "a form is not empty"
    return found[1], found[2]


def _small(word: Word) -> str:
    return word.name.lower()


@cache
def _forms() -> dict[str, list[Word]]:
    """Each form with the entries that have it, the one that holds everywhere first."""
    found: dict[str, list[Word]] = {form: [word] for word in words() for form in word.forms}
    for word in words():
        for form in word.here:
            found.setdefault(form, []).append(word)
    return found


@cache
def _pattern() -> re.Pattern[str]:
    """Any form, the longest first, as a word of its own; a small one may begin a sentence."""
    forms = sorted(_forms(), key=len, reverse=True)
    either = "|".join(f"(?i:{form[0]}){re.escape(form[1:])}" if form.islower() else re.escape(form) for form in forms)
    return re.compile(rf"(?<![\w-])(?:{either})(?:s|es)?(?![\w-])")


def _meant(found: str, set_up: str = "") -> list[Word]:
    """The entries of what stands in a text: several of it, or at the beginning of a sentence."""
    tried = (*_singular(found), *_singular(found[:1].lower() + found[1:]))
    form = next((each for each in tried if each in _forms()), "")
    every = _forms().get(form, [])
    here = [word for word in every if set_up in word.here.get(form, ())]
    anywhere = [word for word in every if form in word.forms]
    return here or anywhere or (every if not set_up else [])


def _singular(word: str) -> tuple[str, ...]:
    return word, word.removesuffix("s"), word.removesuffix("es")
