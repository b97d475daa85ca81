"""What an action of a run made, and what that is called on a receipt."""

from __future__ import annotations

from .actions import Action
from .calls import Call
from .journal import Run
from .plan import Plan
from .references import fill


def made_by(action: Action, run: Run) -> str:
    """The id of what an action made; empty if it makes nothing, or has not."""
    try:
        return str(fill(action.resource, run.resolve)) if action.resource else ""
    except KeyError:
        return ""


def of_own(action: Action, plan: Plan, run: Run) -> Action | None:
    """The action that made the thing in which this one sets something, where it was this run that made it."""
    asked = named_in(action.call)
    made = (other for other in plan.actions if other.type and run.facts(other.id).get("created"))
    return next((other for other in made if other.id != action.id and made_by(other, run) in asked), None)


def named_in(call: Call) -> set[str]:
    """The words that a call sends, ids among them."""
    return {each for each in call.params.values() if isinstance(each, str)}


def called(action: Action, run: Run, *, left: bool = False) -> str:
    """An action on a receipt: its sentence, and the id of what it made, unless that stands in it. What is `left` is
    not told in words that say that it went."""
    made, told = made_by(action, run), action.standing if left else action.taken_back
    return f"{told} ({made})" if made and made not in told.split() else told


def lost_by_it(action: Action, run: Run) -> list[str]:
    """What was there before and is gone for good since an action was done; nothing before that."""
    return [action.loses] if action.loses and run.facts(action.id).get("created") else []


def yours(action: Action, run: Run) -> str:
    """What a person has to do themselves once an action is taken back; empty where nothing, or nothing was made."""
    try:
        return str(fill(action.yours, run.resolve)) if action.yours else ""
    except KeyError:
        return ""
