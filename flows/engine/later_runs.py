"""Runs that came after a run in the same account and work with what it made or changed.

AWS cannot tell of them: a later run that finds a switch on does nothing about it, and needs it all the same. The
journal knows what each of them names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from .actions import Action
from .authorization import RULES
from .calls import Call
from .events import Happening
from .expressions import part
from .journal import UNREADABLE, Run
from .made import made_by
from .plan import Plan
from .problems import JournalTrouble
from .references import Ref, before
from .run_place import EVERYWHERE
from .settings import digest
from .undo_plan import Restore

OF_ITSELF = re.compile(r"arn:.*|[a-z]+-[0-9a-f]{8,17}")
"""An address or an id that AWS made up: it means one thing only, whoever names it."""

PARAMETER = re.compile(r"{([^}?]+)\??}")
"""What stands in the address of what IAM asks about: JMESPath into a call's parameters."""
PLACES = {"partition", "region", "account"}


@dataclass(frozen=True)
class Later:
    """A run that is not undone, with what stands of it.

    `began` is the place in the journal of its first word, 0 if it found all done; `names` is all that it works with.
    """

    run: Run
    plan: Plan
    began: int
    names: frozenset[str]

    def leans_on(self, action: Action, of: Run) -> bool:
        """Whether it works with what that action of another run made, or with what that changed and it did not change
        itself. Of what both did alike there is only one."""
        ours = _words_of(action, of)
        handed_out = any(self.run.facts(each.id).get("whose") == of.id for each in self.plan.actions)
        found_without = self.began and self.began < of.began(action.id) and not handed_out
        if not ours or not ours <= self.names or found_without:
            return False
        if made_by(action, of):
            return True
        same = [each for each in self.plan.actions if each.call.operation == action.call.operation]
        theirs = [_filled(each.call, self.run) for each in same if ours <= _words_of(each, self.run)]
        return not theirs or _filled(action.call, of) in theirs

    def stands(self, action: Action) -> bool:
        """Whether it did that, and has not taken it back."""
        return _stands(self.run, action)

    def takes_back(self) -> Iterator[Call]:
        """The calls that take back what it made and that stands."""
        for action in self.plan.actions:
            if isinstance(action.undo, tuple) and _stands(self.run, action):
                yield from (_filled(step.call, self.run) for step in action.undo if _is_own(self.run, action))


def later_runs(run: Run) -> list[Later]:
    """Those in the same place, newest first; without what this version cannot read."""
    found = []
    for each in run.others():
        with suppress(JournalTrouble, *UNREADABLE):
            plan = each.plan
            if plan and (not plan.actions or any(_stands(each, action) for action in plan.actions)):
                found.append(Later(each, plan, each.began(), frozenset(_all_named(plan, each))))
    return found


def _stands(run: Run, action: Action) -> bool:
    return run.status(action.id) not in ("", "refused", "undone")


def does_the_same(run: Run, other: str, action: Action) -> bool:
    """Whether another run does the very same as that action of this one, or is not known here."""
    plan = next((each.plan for each in run.others() if each.id == other), None)
    return plan is None or any(each.call == action.call for each in plan.actions)


def took_away(run: Run, action: Action) -> str:
    """The other run that did the very same as that action and whose undo took it back; nothing where there is none."""
    mine = _filled(action.call, run)
    for each in run.others(undone=True):
        with suppress(JournalTrouble, *UNREADABLE):
            for other in each.plan.actions if each.plan else ():
                taken = each.status(other.id) == "undone" and each.facts(other.id).get("how") != Happening.GONE.value
                if taken and _filled(other.call, each) == mine:
                    return each.id
    return ""


def set_by(run: Run, action: Action, now: Any) -> str:
    """The other run that set what this action of `run` had set, and left there what stands there `now`; nothing where
    there is none."""
    if isinstance(action.undo, tuple):
        return ""
    there, mark = _filled(action.undo.read, run), digest(now)
    for each in run.others():
        with suppress(JournalTrouble, *UNREADABLE):
            for other in each.plan.actions if each.plan else ():
                left = _stands(each, other) and each.facts(other.id).get("after") == mark
                if left and not isinstance(other.undo, tuple) and _filled(other.undo.read, each) == there:
                    return each.id
    return ""


def set_in_part_by(run: Run, action: Action, now: Any) -> str:
    """The later run that set one of the several settings that this action of `run` had set, and left there what stands
    there `now` and is not this run's; nothing where there is none."""
    if not isinstance(now, Mapping) or not isinstance(action.undo, Restore):
        return ""
    left, there = run.facts(action.id).get("apart", {}), _put_where(run, action, action.undo)
    moved = {(name, mark) for name, each in now.items() if left.get(name, mark := digest(each)) != mark}
    for each in run.others() if moved else ():
        with suppress(JournalTrouble, *UNREADABLE):
            for other in each.plan.actions if each.plan else ():
                since = _stands(each, other) and each.began(other.id) > run.began(action.id)
                theirs = each.facts(other.id).get("apart", {}).items() if since else ()
                if (
                    moved & {*theirs}
                    and isinstance(other.undo, Restore)
                    and _put_where(each, other, other.undo) == there
                ):
                    return each.id
    return ""


def _put_where(run: Run, action: Action, restore: Restore) -> Call:
    """The call that puts settings back, whatever they were: several runs that set others of the same have the same."""
    return _filled(restore.put.fill(lambda ref: None if ref == before(action.id) else ref), run)


def _is_own(run: Run, action: Action) -> bool:
    return bool(run.facts(action.id).get("created"))


def _all_named(plan: Plan, run: Run) -> Iterator[str]:
    for action in plan.actions:
        yield from _named(action.call, run)
    for use in plan.uses:
        service = use.type.lower().removeprefix("aws::").partition("::")[0]
        yield from _words(use.resource, Call(f"{service}.", region=run.record.place.region))


def _named(call: Call, run: Run) -> Iterator[str]:
    return _words(_filled(call, run).params, _at(call, run))


def _at(call: Call, run: Run) -> Call:
    return replace(call, region=call.region or run.record.place.region)


def _words(value: Any, call: Call) -> Iterator[str]:
    """Every text in it, and in the JSON in it, as what it is to its service; of an address its parts, too."""
    if isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _words(each, call)
    elif isinstance(value, str):
        yield _word(value, call)
        if value.startswith("arn:") and value.count(":") >= 5:
            _, _, service, region, _, rest = value.split(":", 5)
            yield from (_word(each, Call(f"{service}.", region=region)) for each in re.split("[/:]", rest))
        elif value.startswith(("{", "[")):
            with suppress(ValueError):
                yield from _words(json.loads(value), call)


def _word(text: str, call: Call) -> str:
    if OF_ITSELF.fullmatch(text):
        return text
    region = "" if f"{call.service}." in EVERYWHERE else call.region
    return f"{call.service} {region} {call.profile} {text}"


def things(action: Action, run: Run) -> list[str]:
    """What it made; else what it changed, which is what IAM asks about. Nothing where some of that is not known."""
    call = _filled(action.call, run)
    asked = [each.arn for each in RULES.get(call.operation, ()) if not (each.action or each.made)]
    paths = [path for arn in asked for path in PARAMETER.findall(arn) if path not in PLACES]
    told = [part(path, call.params) or action.call.known.get(path, ()) for path in paths]
    each = [one for some in told for one in (some if isinstance(some, list | tuple) else [some])]
    known = all(told) and all(isinstance(one, str) for one in each)
    return [made] if (made := made_by(action, run)) else each if known else []


def _words_of(action: Action, run: Run) -> set[str]:
    """The same, each as what it is to its service."""
    return {_word(one, _at(_filled(action.call, run), run)) for one in things(action, run)}


def _filled(call: Call, run: Run) -> Call:
    """As it was sent; with a text that no other run has where that is written down nowhere."""

    def told(ref: Ref) -> Any:
        with suppress(KeyError):
            return run.resolve(ref)
        return Unknown(run.id, ref)

    return call.fill(told)


@dataclass(frozen=True)
class Unknown:
    """What a run has put there that is written down nowhere."""

    run: str
    ref: Ref
