"""One thing that is being taken back: what of that was sent already, and why it is left or not there.

What was sent may have arrived though its answer never came, so each call is noted before it is sent, and what is gone
is told as removed where it was this undo that removed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .actions import Action
from .calls import Call
from .later_runs import set_by, set_in_part_by, took_away
from .of_others import NAMED, OTHERS, Claim, named_of
from .plan import Plan
from .problems import CloudError, Lost
from .receipts import NOT_FOUND
from .refusals import matches, no_such_thing
from .sending import Carrier, Sent
from .staying import Stay, mentioned
from .undo_plan import DELETE, Undo

GONE = f"{NOT_FOUND}: somebody took it away already."
TAKEN = f"{NOT_FOUND}: the undo of the run {{}} took it away."
NEVER = f"{NOT_FOUND}: AWS never answered the call that was to make it, and it is not there."
NOTHING_LEFT = f"{NOT_FOUND}: what it belonged to is gone, so there is nothing left to put back."
AS_BEFORE = "It was as before already: somebody put it back."
PUT_BACK = "It was as before already: the undo of the run {} put it back."
UNCHANGED = "It was like that before this run."
NOT_AS_BEFORE = "What it had before is gone itself, so it cannot be put back; it is left as it is now."
CHANGED = "Somebody changed it since; it is left as it is now."
SET_BY = "The run {} changed it since: undo that first."
RENAMED = "Somebody gave it another name since ({}); it is left as it is now."
REVERSED = "An earlier undo had begun with it, and somebody took that back since; it is left as it is now."


class Stays(CloudError):
    """It is left, and with it all that is in `needs`, unless the decision `key` lets it go."""

    def __init__(self, stay: Stay, needs: Iterable[str] = (), key: str = "") -> None:
        super().__init__(stay.why)
        self.stay, self.needs, self.key = stay, set(needs), key


@dataclass
class Taking:
    """One action that is being taken back.

    `given_up` is whether the run took it away itself; `doubted`, whether nobody ever heard that it was made. `step`
    counts the calls that take it back.
    """

    action: Action
    plan: Plan
    carrier: Carrier
    given_up: bool
    doubted: bool = False
    step: int = 0

    def __post_init__(self) -> None:
        run, id = self.carrier.run, self.action.id
        steps = self.action.undo if isinstance(self.action.undo, tuple) else (self.action.undo,)
        # an earlier release noted no more than that it had begun
        earlier = range(len(steps)) if run.status(id) == "undo" else ()
        self._sent: set[int] = set(run.facts(id).get("sent", earlier))
        self._earlier = set(self._sent)
        self._took: set[int] = set(run.facts(id).get("took", ()))
        self.going: list[Claim] = []
        """What of others goes with the thing itself."""
        self.ours: Mapping[str, Any] = {}
        self.theirs: tuple[str, ...] = ()
        """Of several settings those that are put back, with what they were, and those that somebody changed since."""

    @property
    def begun(self) -> bool:
        """Whether this call was sent before and may have arrived: then what is gone now was taken away by us."""
        return self.given_up or self.step in self._earlier

    @property
    def gone(self) -> str:
        """Why it is not there, where this undo did not take it away: what is known of that, and no more."""
        if self.doubted:
            return NEVER
        other = took_away(self.carrier.run, self.action)
        return TAKEN.format(other) if other else GONE

    @property
    def as_before(self) -> str:
        """The same of a setting that stands as it did before."""
        other = took_away(self.carrier.run, self.action)
        return PUT_BACK.format(other) if other else AS_BEFORE

    @property
    def lets_go(self) -> bool:
        """Whether it was decided that what others changed goes all the same."""
        return self.carrier.decisions.get(OTHERS) == DELETE

    def set_otherwise(self, now: Any) -> str:
        """Why what stands there `now` is left: whose it is, where another run of the journal says that."""
        other = set_by(self.carrier.run, self.action, now)
        return SET_BY.format(other) if other else CHANGED

    def set_in_part(self, now: Any) -> str:
        """Why none of several settings is put back yet: a later run set one of them. Empty if none did."""
        other = set_in_part_by(self.carrier.run, self.action, now)
        return SET_BY.format(other) if other else ""

    def arrived(self, step: Undo) -> bool:
        """Whether what is gone was taken away by this call, sent before: what it leaves behind would be there."""
        left = step.kept.find if step.kept else None
        return self.step in self._earlier and (left is None or self.carrier.search(left) is not None)

    def note(self, **data: Any) -> None:
        self.carrier.run.note(self.action.id, "undo", sent=sorted(self._sent), **data)

    def _noted(self, step: Undo, what: Sent) -> None:
        """Write down which calls may have arrived: what AWS refuses did not, unless it was sent before, too."""
        if what is Sent.BEGUN and self.step not in self._sent:
            self._sent.add(self.step)
            self.note()
        elif what is Sent.REFUSED and self.step not in self._earlier:
            self._sent.discard(self.step)
            self.note()
        elif what is Sent.ANSWERED:
            for claim in self.going:
                self.went(claim.things, claim.more)
            self.going = []
            if step.reversed:
                self._took.add(self.step)
                self.note(took=sorted(self._took))

    def reversed(self, step: Undo) -> bool:
        """Whether AWS took this call in an earlier undo, and somebody took that back since."""
        if not step.reversed or self.step not in self._took:
            return False
        assert step.read is not None, "what is read tells it"
        return bool(self.carrier.look(step.read, step.reversed))

    def went(self, things: Sequence[Any], more: bool = False) -> None:
        """Write down what of others is gone, at once: the first by name, how many, and whether there were `more`."""
        facts = self.carrier.run.facts(self.action.id)
        names = [*facts.get("with_it", ()), *map(named_of, things[:NAMED])]
        count = facts.get("with_all", 0) + len(things)
        self.note(with_it=names[:NAMED], with_all=count, with_more=more or facts.get("with_more", False))

    @property
    def fresh(self) -> tuple[str, ...]:
        """What was done so shortly before that AWS may not know it yet: this, unless "gone" is our own doing."""
        return () if self.begun else (self.action.id,)

    @property
    def around(self) -> tuple[str, ...]:
        """That, and what rested on it and was just taken back."""
        return (*self.fresh, *resting_on(self.action, self.plan))

    def changed(self, why: str, now: Any, look: Call, key: str = "") -> Stays:
        """Somebody changed it since: it is theirs now, and so is what it leans on or, by that `look`, is part of."""
        looked = look.fill(self.carrier.resolve)
        return Stays(Stay(why, "changed"), mentioned(self.action, self.plan, self.carrier.run, looked, now), key)

    def send(self, step: Undo) -> None:
        """Send a call that takes something back. Doing that twice is harmless, so a lost answer is asked for again."""
        fresh, action = () if step.more else self.fresh, self.action.id
        send = partial(
            self.carrier.send,
            step.call,
            step.not_yet,
            step.read,
            step.more,
            action=action,
            noted=partial(self._noted, step),
        )
        try:
            send(rests_on=fresh)
        except Lost:
            self._earlier.add(self.step)
            try:
                send()
            except CloudError as problem:
                if not is_gone(problem, (*step.gone, *step.repeated)):  # the first one arrived
                    raise


def resting_on(action: Action, plan: Plan) -> list[str]:
    """The actions that need this one: of what was just taken back, AWS may still tell."""
    return [other.id for other in plan.actions if action.id in other.needs]


def gave_up(action: Action, plan: Plan, carrier: Carrier) -> bool:
    """Whether the run took it away itself."""
    return any(other.gives_up == action.id and carrier.run.status(other.id) == "ready" for other in plan.actions)


def wanted(step: Undo, carrier: Carrier) -> bool:
    """Whether this call is made, after what was decided."""
    return not step.when or carrier.decisions.get(step.when[0]) == step.when[1]


def is_gone(problem: CloudError, codes: Iterable[str] = ()) -> bool:
    """Whether AWS says that there is nothing there."""
    return matches(problem, codes) or no_such_thing(problem)
