"""What will be done to the account: a graph of calls, each with how to know it worked and how to take it back.

A plan is data. The very same `Call` is shown for review, printed as an `aws` command, turned into a
permission, checked against botocore's model by the tests, sent, journalled and undone. Nothing about a plan
may be written down twice.

Its words stand beside it: `calls`, `actions`, `undo_plan`, and `references` for values that are not known yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .actions import Action, Cost
from .calls import Call
from .problems import FlowMistake
from .references import RUN, Late, refs
from .undo_plan import Decision


@dataclass(frozen=True)
class Use:
    """Something that exists already and is used as it is; undo never touches it."""

    id: str
    sentence: str
    type: str
    resource: str


@dataclass(frozen=True)
class Secret:
    """A value that only AWS keeps: a random one that Handrail makes up, or what was answered to a `SecretText`.

    It is generated, or asked for, when first needed. Once `kept_by` is done, AWS has it, and after a crash it is read
    back from there instead: `path` into the answer of `look`.

    Args:
        name: what `secret(name)` refers to.
        kept_by: the id of the action that hands it to AWS.
        look: the call that reads it back.
        path: JMESPath to it.
        characters: its length; letters and digits. Of one that is made up.
        answer: the key of the question that it is the answer to; empty where it is made up.
        source: the reference that it was answered by; empty where it was typed.
        form: what an answer looks like, in words.
        pattern: the same as a regular expression, for CloudFormation.
    """

    name: str
    kept_by: str
    look: Call
    path: Late
    characters: int = 40
    answer: str = ""
    source: str = ""
    form: str = ""
    pattern: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything a set-up will do, in an order in which it could be done one by one.

    Args:
        actions: what is done.
        uses: what was found and is used.
        outputs: what a person or a script wants to know afterwards, by name.
        facts: what the hand-over needs to know of the answers; plain JSON.
        reads: calls the hand-over will make afterwards; they count for the permissions.
        secrets: values that only AWS keeps.
        decisions: what must be decided before it is taken back.
        accounts: the number of the account that each profile of its calls led to when it was confirmed.
        told: what the answers in the picture said when it was confirmed, by their keys, as a person reads them; None
            for one that there shall be no such thing. So it is drawn alike later on, and that asks AWS nothing.
    """

    actions: tuple[Action, ...]
    uses: tuple[Use, ...] = ()
    outputs: Mapping[str, Late] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    reads: tuple[Call, ...] = ()
    secrets: tuple[Secret, ...] = ()
    decisions: tuple[Decision, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {RUN.action}
        for action in self.actions:
            if action.id in known:
                raise FlowMistake(f"Two actions are called {action.id!r}.")
            if unknown := action.needs - known:
                raise FlowMistake(f"{action.id!r} needs {sorted(unknown)}, which has not run by then.")
            if not action.find and any(r.action == action.id and not r.path.startswith("@") for r in refs(action.undo)):
                raise FlowMistake(f"After a crash {action.id!r} could not be taken back: it has no `find`.")
            known.add(action.id)

    @classmethod
    def of(cls, things: Iterable[Action | Use], **rest: Any) -> Plan:
        """A plan of what is done and what is used, sorted apart."""
        things = tuple(things)
        return cls(
            tuple(thing for thing in things if isinstance(thing, Action)),
            tuple(thing for thing in things if isinstance(thing, Use)),
            **rest,
        )

    def paths_into(self, action_id: str) -> set[str]:
        """The parts of this action's answer that anything later needs: all that the journal may keep of it."""
        return {path for path in self._mentioned[action_id] if not path.startswith("@")}

    def seen_in_wait(self, action_id: str) -> set[str]:
        """The parts of the last answer of this action's wait that anything later needs."""
        return {path.removeprefix("@seen:") for path in self._mentioned[action_id] if path.startswith("@seen:")}

    @cached_property
    def _mentioned(self) -> Mapping[str, set[str]]:
        """Which parts of which action's answer are mentioned anywhere."""
        mentioned: dict[str, set[str]] = {action.id: set() for action in self.actions}
        for ref in refs((self.actions, self.outputs, self.secrets)):
            mentioned.setdefault(ref.action, set()).add(ref.path)
        return mentioned

    def calls(self) -> Iterator[Call]:
        """Every call that carrying out, watching, recognising, undoing and handing over may make."""
        for action in self.actions:
            yield from (call for call, _ in action.calls())
            yield from (others.remove for others in action.others if others.remove)
        yield from (kept.look for kept in self.secrets)
        yield from self.reads

    @property
    def costs(self) -> tuple[Cost, ...]:
        return tuple(cost for action in self.actions for cost in action.costs)
