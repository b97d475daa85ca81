"""A one-off task for operators: look at something, or do one small thing, and end with an exit code of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .asked import Asked
from .clock import Clock
from .cloud import Cloud
from .events import Event
from .flow import Finding


@dataclass(frozen=True)
class Outcome:
    """How a task ended.

    Args:
        code: the exit code, one of the task's `codes`.
        sentence: the answer, in plain words.
        facts: the same for scripts; plain JSON.
        findings: what was looked at.
        next_steps: what may be run now.
        shown: the whole answer laid out in lines; empty where sentence and findings say it.
        documents: the answer in the forms of the task's `outputs`.
    """

    code: int
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    next_steps: tuple[str, ...] = ()
    shown: str = ""
    documents: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Surroundings:
    """What a task works with.

    Args:
        cloud: the account; nothing at all for a task without one.
        tell: called with what happens, as it happens.
        stop: set when the person wants to leave; what was changed is put back first.
        clock: time.
    """

    cloud: Cloud
    tell: Callable[[Event], None]
    stop: threading.Event
    clock: Clock


class Task:
    """Base of every task. The first line of its docstring is its summary.

    Attributes:
        asks: what it is asked, and `--set` takes; everything has a default, so that a script leaves out what it likes.
        argument: the key whose value may also stand right behind the task's name; empty for none.
        codes: its exit codes, each with its meaning; those of every command hold besides.
        account: whether it needs one.
        outputs: what `--output` takes besides text and json.
    """

    asks: ClassVar[type[Asked]]
    argument: ClassVar[str] = ""
    codes: ClassVar[Mapping[int, str]] = {0: "done"}
    account: ClassVar[bool] = True
    outputs: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def summary(cls) -> str:
        return (cls.__doc__ or "").strip().partition("\n")[0]

    def perform(self, given: Mapping[str, str], around: Surroundings) -> Outcome:
        """Do it. Raises Problem."""
        raise NotImplementedError
