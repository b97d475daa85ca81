"""What else stays where something of a run is left: what it needs, and what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .actions import Action
from .calls import Call
from .journal import Run
from .made import called, made_by, named_in
from .plan import Plan
from .refusals import changes


@dataclass(frozen=True)
class Stay:
    """Why something is left. `because` of `others`, since somebody `changed` it, or AWS `refused`: only that may be
    otherwise when it is tried again."""

    why: str
    because: str


def needed_by(action: Action, needs: Iterable[str], run: Run) -> dict[str, Stay]:
    """Why what a thing needs that is left stays with it."""
    return dict.fromkeys(needs, Stay(f"{called(action, run, left=True)} needs it, and that stays.", "others"))


def staying(plan: Plan, standing: Iterable[Action], causes: Mapping[str, Stay], run: Run) -> dict[str, Stay]:
    """All that stays if these stay, each with its reason: what a thing that stays needs, and what belongs to it."""
    belonging = {action.id: action for action in standing}
    every = {action.id: action for action in plan.actions}
    stays, new = dict(causes), [id for id in causes if id in every]
    while new:
        cause = every[new.pop()]
        stay = stays[cause.id]
        if cause.id in belonging:  # else it is a step that made nothing: on no receipt, so its reason is told
            stay = Stay(f"{called(cause, run, left=True)} needs it, and that stays.", stay.because)
        others = [*sorted(cause.stands_on), *(id for id, action in belonging.items() if cause.id in action.part_of)]
        for other in others:
            if other in every and other not in stays:
                stays[other] = stay
                new.append(other)
    return stays


def mentioned(action: Action, plan: Plan, run: Run, look: Call, value: Any) -> set[str]:
    """The actions of whose things `value`, which `look` told of this one, is: it leans on them, whoever wrote it.

    They are those that it needs and whose ids stand there, the one that made what was looked at, and those that it
    stands on and that were done to the same: what only came before it, in the same document, is nothing to it.
    """
    text, asked = str((value, look.params)), named_in(look)
    told = {
        other.id
        for other in plan.actions
        if other.id in action.needs
        for told in run.facts(other.id).get("outputs", {}).values()
        if isinstance(told, str) and len(told) > 4 and told in text
    }
    done = [other for other in plan.actions if other.id != action.id and changes(other.call)]
    around = [other for other in done if other.call.service == look.service]
    same = {other.id for other in around if other.id in action.stands_on and asked.intersection(named_in(other.call))}
    return told | same | {other.id for other in around if made_by(other, run) in asked}
