"""What a face shows while a plan is carried out or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .actions import ByHand
from .problems import Problem


class Happening(StrEnum):
    STARTED = "started"
    WAITING = "waiting"
    DONE = "done"
    EXISTED = "existed"
    """It was there already and is left as it was."""
    FAILED = "failed"
    IN_DOUBT = "in doubt"
    """The call was sent, its answer never came and it could not be looked up."""
    STOPPED = "stopped"
    """Asked to stop before the next call."""
    UNDOING = "undoing"
    REMOVED = "removed"
    RESTORED = "restored"
    GONE = "gone"
    """It was to be taken back and was not there any more."""
    LEFT = "left"


@dataclass(frozen=True)
class Event:
    """Something happened to an action.

    Args:
        kind: what.
        action: its id.
        sentence: what the action does, or what is being waited for.
        now: the state's own word while waiting.
        elapsed: seconds since this wait began.
        typical: seconds it usually takes.
        problem: why it failed.
        by_hand: what a person has to do, or it will be waited for in vain.
    """

    kind: Happening
    action: str
    sentence: str
    now: str = ""
    elapsed: float = 0
    typical: int = 0
    problem: Problem | None = None
    by_hand: ByHand | None = None


@dataclass(frozen=True)
class Left:
    """Something that undo did not take away.

    It `stays` where it is of this run and there still: not what was there before, nor what somebody took away already.
    It is `theirs` where somebody put it there since, beside what was of this run; a `maybe` where nobody here can tell
    whether there is such a thing at all. What it `costs` may be `by_use`:
    nothing while nobody uses it.
    """

    what: str
    why: str
    costs: str = ""
    stays: bool = False
    theirs: bool = False
    by_use: bool = False
    maybe: bool = False


@dataclass(frozen=True)
class Receipt:
    """How an undo ended."""

    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()
    complete: bool = True
    """Nothing is left that might go when it is tried again."""
    in_use: bool = False
    """Something stays as this run made it."""
    lost: tuple[str, ...] = ()
    """What is gone for good with it, by a person's decision; what of that others had stands in `removed`, too."""
    yours: tuple[str, ...] = ()
    """What a person has to do themselves."""
    mended: bool = False
    """A repair of what this run made, which is a run of its own, stands still."""

    @property
    def staying(self) -> tuple[Left, ...]:
        """What of this run is there still: others lean on it or changed it, it was kept on purpose, or it failed."""
        return tuple(rest for rest in self.left if rest.stays)
