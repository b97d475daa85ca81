"""The refusals where nobody can be asked and a check names no thing, or a set-up lacks answers: what there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flows.engine import Question, Refused
from flows.engine.checking import Candidates
from flows.engine.refused_answers import Lacking

from .. import safe
from .describe import told

Way = Sequence[Question[Any]]


class Unnamed(Refused):
    """It is not said which one. `about` is the same for scripts.

    Args:
        flow: the set-up that is checked.
        ways: for each way to name a thing, the questions without an answer.
        found: what the first of them may be.
    """

    def __init__(self, flow: str, ways: Iterable[Way], found: Iterable[Candidates]) -> None:
        ways, found = list(ways), list(found)
        lines = [" or ".join(" and ".join(each.id for each in way) for way in ways)]
        lines += [f"  {each.id}: {told(each)}" for way in ways for each in way]
        for each in found:
            lines += list(_there_are(each))
        first = next((each.options[0] for each in found if each.options), None)
        values = [first.key if first else "…", *("…" for _ in ways[0][1:])]
        named = " ".join(f"--set {each.id}={value}" for each, value in zip(ways[0], values, strict=True))
        super().__init__("\n".join(["Which one? Missing: " + lines[0], *lines[1:]]), remedy=f"Add {named}.")
        self.about: dict[str, Any] = {
            "missing": [_missing(way) for way in ways],
            "candidates": _candidates(found),
        }


class Unanswered(Refused):
    """Answers are missing, of which some are known to be there to choose from. `about` is the same for scripts."""

    def __init__(self, lacking: Lacking, found: Iterable[Candidates]) -> None:
        found = list(found)
        lines = [line for each in found for line in _there_are(each, least="at least ", of=f"{each.key}: ")]
        what = "\n".join([lacking.what, *lines])
        super().__init__(what, lacking.why, lacking.remedy, instead=lacking.instead)
        self.about: dict[str, Any] = {"missing": _missing(lacking.missing), "candidates": _candidates(found)}


def _missing(questions: Iterable[Question[Any]]) -> list[dict[str, str]]:
    return [{"key": each.id, "ask": each.ask, "allowed": each.allowed()} for each in questions]


def _candidates(found: Iterable[Candidates]) -> list[dict[str, Any]]:
    return [
        {
            "key": each.key,
            "options": [{"id": o.key, "name": o.label, "hint": o.hint} for o in each.options],
            "more": each.more,
            "trouble": each.trouble,
        }
        for each in found
    ]


def _there_are(found: Candidates, *, least: str = "", of: str = "") -> Iterable[str]:
    if found.trouble:
        yield of + safe.line(found.trouble)
        return
    yield f"There are, for {found.key}:"
    for each in found.options:
        parts = (each.key, each.label if each.label != each.key else "", each.hint.removeprefix(each.key))
        yield "  " + "  ".join(safe.line(part) for part in parts if part)
    if found.more:
        yield f"  and {least}{found.more} more"
