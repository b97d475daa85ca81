"""The refusal of a check that names no thing, where nobody can be asked: what is missing, and what there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flows.engine import Question, Refused
from flows.engine.checking import Candidates

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
            "missing": [[{"key": q.id, "ask": q.ask, "allowed": q.allowed()} for q in way] for way in ways],
            "candidates": [
                {
                    "key": each.key,
                    "options": [{"id": o.key, "name": o.label, "hint": o.hint} for o in each.options],
                    "more": each.more,
                    "trouble": each.trouble,
                }
                for each in found
            ],
        }


def _there_are(found: Candidates) -> Iterable[str]:
    if found.trouble:
        yield safe.line(found.trouble)
        return
    yield f"There are, for {found.key}:"
    for each in found.options:
        parts = (each.key, each.label if each.label != each.key else "", each.hint.removeprefix(each.key))
        yield "  " + "  ".join(safe.line(part) for part in parts if part)
    if found.more:
        yield f"  and {found.more} more"
