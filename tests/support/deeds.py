"""What somebody else did between a run and its undo, and whether the undo kept its promises."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.engine import Session, irrevocable
from flows.engine.references import fill
from support.looked import as_foretold, as_found, to_stay
from support.sessions import carried_out

NOT_FOUND = "^not found: "
USED = "It existed before this run and was only used."


@dataclass(frozen=True)
class Deed:
    """Something that was done, and what an undo without a further word has to make of it.

    Args:
        do: does it; it is given clients of the account by their service's name, and what the run made by action.
        left: how each thing begins that is on the receipt as left, with a regular expression for why.
        answers: the key of the answers in the set-up's VARIANTS.
        decided: what the person said.
        theirs: whether what they did is still there afterwards.
    """

    do: Callable[[Callable[..., Any], Made], object]
    left: Mapping[str, str] = field(default_factory=dict)
    answers: str = ""
    decided: Mapping[str, str] = field(default_factory=dict)
    theirs: bool = True


Made = Mapping[str, str]
"""What a run made: the id of each action's thing."""


def undone_after(deed: Deed, made: Session, client: Callable[..., Any], picture: Callable[[], Any]) -> Session:
    """Carry out, let it be done, take back twice; nothing of others is harmed, and what is told is so."""
    before = lines(picture())
    carried_out(made)
    applied, ids = lines(picture()), things(made)
    deed.do(client, ids)
    disturbed = lines(picture())
    looked = made.look()
    assert made.run is not None and made.run.plan is not None
    remembered = {each.what for each in irrevocable.staying(made.run, made.run.plan)}
    foretold = to_stay(made, deed.decided)
    list(made.undo(deed.decided))
    after = lines(picture())
    as_found(looked, made)
    as_foretold(foretold, made)
    told_right(deed, made, remembered)
    assert not after - disturbed - before, "made by nobody"
    assert not (before & disturbed) - after, "was there before and is gone"
    if deed.theirs:
        assert not (disturbed - applied - before) - after, "somebody's, and gone"
    for action, id in ids.items():
        stays = [what for what in deed.left if what.startswith(undone(made, action)) and f"({id})" in what]
        there = [line for line in after if id in line]
        assert there or not stays, f"{action} is told as left, and is gone"
    again = list(made.undo(deed.decided))
    assert not [event.problem for event in again if event.problem and deed.decided]
    told_right(deed, made, remembered)
    return made


def told_right(deed: Deed, made: Session, remembered: Collection[str] = ()) -> None:
    """The undo has ended, and everything of the run is on its receipt once; so may be what no undo takes back."""
    assert made.run is not None and made.run.plan is not None
    receipt = made.receipt()
    left = {each.what: each.why for each in receipt.left if each.why != USED and each.what not in remembered}
    assert (receipt.complete, made.run.record.status) == (True, "undone"), receipt
    for start, why in deed.left.items():
        found = [each for what, each in left.items() if what.startswith(start)]
        assert found and all(re.search(why, each) for each in found), (start, why, left)
    unexpected = {what: why for what, why in left.items() if not what.startswith(tuple(deed.left))}
    assert not unexpected, unexpected
    told = (*receipt.removed, *receipt.restored, *left)
    for action in made.run.plan.actions:
        if action.undo:
            assert [what for what in told if what.startswith((action.taken_back, action.standing))], action.id


def things(made: Session) -> dict[str, str]:
    """What a run made: the id of each action's thing."""
    run = made.run
    assert run is not None and run.plan is not None
    return {each.id: str(fill(each.resource, run.resolve)) for each in run.plan.actions if each.resource}


def undone(made: Session, action: str) -> str:
    assert made.run is not None and made.run.plan is not None
    return next(each.standing for each in made.run.plan.actions if each.id == action)


def lines(picture: Any) -> set[str]:
    """A picture of an account, so that one thing's change is one line's."""
    return set(_lines(picture))


def _lines(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _lines(each, f"{path}/{key}")
    elif isinstance(value, list):
        for each in value:
            yield f"{path}: {json.dumps(each, sort_keys=True, default=str)}"
    else:
        yield f"{path}: {json.dumps(value, sort_keys=True, default=str)}"
