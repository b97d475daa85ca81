"""What is wrong with answers that came in one go: each with its key, all of it in one refusal, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .problems import Problem, Refused
from .questions import Question


class Lacking(Refused):
    """Answers are missing, and perhaps more is wrong. `missing` are the questions without one."""

    def __init__(self, what: str, remedy: str = "", *, missing: Sequence[Question[Any]], instead: str = "") -> None:
        super().__init__(what, remedy=remedy, instead=instead)
        self.missing = tuple(missing)


def said_of(question: Question[Any], problem: Problem | ValueError) -> Refused:
    """What is wrong with an answer, with the key that it was given by."""
    what, why, remedy = (
        (problem.what, problem.why, problem.remedy) if isinstance(problem, Problem) else (problem, "", "")
    )
    better = str(getattr(problem, "suggestion", ""))
    meant = f"Did you mean {better}?" if better and better not in str(what) else ""
    instead = str(getattr(problem, "instead", ""))
    return Refused(f"{question.id}: {what}", why, f"{remedy} {meant}".strip(), instead=instead)


def refuse(unknown: Sequence[Refused], wrong: Iterable[Refused], missing: Sequence[Question[Any]]) -> None:
    """Raise everything that is wrong with the answers in one: what to do about each stands beside it, and what there is
    to add comes last. Nothing where nothing is wrong."""
    refusals = [*unknown, *wrong]
    if not missing:
        if len(refusals) == 1:
            raise refusals[0]
        if refusals:
            raise Refused(_counted(refusals), instead=_better(refusals))
        return
    lacking = absent(missing)
    if refusals:
        what = _counted([*refusals, lacking])
        raise Lacking(what, lacking.remedy, missing=missing, instead=_better(refusals))
    raise lacking


def _counted(refusals: Sequence[Refused]) -> str:
    told = (each.what if isinstance(each, Lacking) else str(each) for each in refusals)
    return "\n".join([f"{len(refusals)} things are wrong with these answers:", *told])


def _better(refusals: Iterable[Refused]) -> str:
    """The set-up that fits better, if one of these names one."""
    return next((each.instead for each in refusals if each.instead), "")


def absent(missing: Sequence[Question[Any]]) -> Lacking:
    """That these questions have no answer, each with what may be answered."""
    words = [f"  {q.id}: {q.ask} ({q.allowed()})" for q in missing]
    hidden = " ".join(f"--set {q.id}=@FILE" for q in missing if q.kind == "secret")
    shown = "to the answers file, or with --set KEY=VALUE" if any(q.kind != "secret" for q in missing) else ""
    return Lacking(
        f"{len(missing)} answer{'s are' if len(missing) > 1 else ' is'} missing:\n" + "\n".join(words),
        f"Add them {'; and '.join(each for each in (shown, hidden and f'with {hidden}') if each)}.",
        missing=missing,
    )
