"""What a run made before it stopped is there still, and its own: before a resume builds upon it."""

from __future__ import annotations

from . import shell
from .actions import Action
from .documents import Document
from .plan import Plan
from .problems import CloudError, NoSuchCall
from .refusals import no_such_thing
from .sending import Carrier
from .settings import current, digest, fingerprints
from .undo_plan import Entry, Restore

INDEX = "resourcegroupstaggingapi"
"""It may know of a thing much later than the service that has it."""


def insist(action: Action, plan: Plan, carrier: Carrier) -> None:
    """Refuse to build upon what somebody took away, or made anew under its name. What may not be looked at is taken
    to stand. Raises CloudError."""
    run = carrier.run
    over = any(
        (each.gives_up == action.id and run.status(each.id) not in ("", "refused"))
        or (each.relieves == action.id and run.status(each.id) == "ready")
        for each in plan.actions
    )
    if over or not action.undo or not run.facts(action.id).get("created", True):
        return
    try:
        stands = _stands(action, carrier)
    except NoSuchCall:
        return
    except CloudError as problem:
        if not no_such_thing(problem):
            return
        stands = False
    if not stands:
        what = f"{action.standing}: somebody took it away or changed it since this run made it."
        undo = shell.handrail("undo", run.id)
        raise CloudError(what, "Nothing more is built upon it.", f"Take the run back: {undo}. Then begin a new one.")


def _stands(action: Action, carrier: Carrier) -> bool:
    facts, undo = carrier.run.facts(action.id), action.undo
    if find := action.find:
        if find.look.service == INDEX:
            return True
        begun = carrier.run.when(action.id, "intent")
        seen = carrier.believed(
            lambda: carrier.search(find, begun, benefit=True), lambda seen: seen is None, (action.id,)
        )
        return seen is not None
    if isinstance(undo, Restore):
        mine = (action.id,)
        former = facts.get("before")
        now = carrier.believed(lambda: current(action, undo, carrier), lambda seen: seen == former, mine)
        return "before" not in facts or now != former or digest(former) == facts.get("after")
    if isinstance(undo, Entry):
        ours = carrier.believed(lambda: Document(carrier, action).ours(), lambda seen: seen is None, (action.id,))
        return ours is not None
    if action.settings:
        told = carrier.believed(lambda: fingerprints(action, carrier), lambda seen: seen is None, (action.id,))
        return told is not None
    return True
