"""What can be picked, what there is to say about an answer, and how a question reads after another one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Danger(StrEnum):
    """What a caution warns of that is more than a remark: the word by which every face tells it at a glance."""

    FOR_GOOD = "for good"
    """It cannot be taken back."""
    OPENS = "opens"
    """Everybody in the internet can come in, read or take over."""
    STOPS = "stops"
    """Something that works now is away for a time."""
    DELETES = "deletes"
    """What others made or set is lost."""
    COSTS = "costs"
    """It costs much."""


@dataclass(frozen=True)
class Caution:
    """Something to think about before going on.

    Args:
        id: stable; `--accept ID` names it.
        message: what will happen, and what to do instead.
        confirm: it needs a conscious yes.
        switch: a reply to the same question that avoids it; a front end offers it with one key.
        key: the question it belongs to, filled in by the engine.
        danger: what kind of danger it is, if it is one; it needs a conscious yes then.
        instead: the set-up that fits better, by its name, if this is what somebody wants.
    """

    id: str
    message: str
    confirm: bool = False
    switch: str = ""
    key: str = ""
    danger: Danger | None = None
    instead: str = ""

    @property
    def short(self) -> str:
        """What will happen, in its first sentence."""
        return self.message.partition(". ")[0].rstrip(".")


@dataclass(frozen=True)
class Option(Generic[T_co]):
    """One thing to pick. Facts ride along in `value`, so that later checks need no second look-up.

    Args:
        key: what an answers file says, for example an id.
        value: what the set-up works with.
        label: its name, as a person knows it.
        hint: what helps to tell it from the others.
    """

    key: str
    value: T_co
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Words:
    """What a question says instead, where an earlier answer makes some of it idle; what is empty stays as it is."""

    ask: str = ""
    why: str = ""
    example: str = ""
