"""A reply to a question, what it meant, and on which earlier answers that rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .asked import Asked
from .options import Caution
from .problems import Problem


@dataclass
class Said:
    """A reply, what it meant, and the earlier answers that this rests on."""

    raw: object
    value: Any = None
    basis: Mapping[str, Any] | None = None
    cautions: tuple[Caution, ...] = ()
    problem: Problem | None = None
    because: str = ""
    seen: dict[str, Any] = field(default_factory=dict)


def rests(said: Said, answered: Asked) -> bool:
    """Whether an answer was understood, on answers that are still the same."""
    if said.basis is None:
        return False
    return all(key in answered.answers and answered.answers[key] == value for key, value in said.basis.items())


def because(flow: type[Asked], moved: Iterable[str]) -> str:
    """Why an answer is looked at again: those of these keys were changed."""
    labels = [flow.question(key).label for key in moved]
    return f"needs another look, because you changed {' and '.join(labels)}" if labels else ""
