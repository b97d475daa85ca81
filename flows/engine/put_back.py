"""What is not as a run left it any more: made so again by a plan, or taken as it is.

Putting back is the run's own steps once more, for what is gone or was set otherwise, with the ids of all that stands
still. So it goes the whole way of a set-up: reviewed, carried out, journalled, gone on with, and taken back.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any

from .actions import Action
from .clock import Clock, RealClock
from .cloud import Cloud
from .documents import Document
from .flow import Flow, Handover
from .journal import Run
from .look import GONE, Looked, State
from .options import Caution, Danger
from .plan import Plan
from .references import RUN, TOKEN, Join, Ref, join, refs
from .repair import admits, redirects
from .sending import Carrier
from .settings import current, digest, fingerprints
from .shell import handrail
from .undo_plan import Entry, Restore

OF = "put_back"
"""The key under which a run that puts another back names it."""
MOVED = (State.CHANGED, State.GONE)
ADMITTING = frozenset({
    "ec2.AuthorizeSecurityGroupIngress", "ec2.CreateNetworkAclEntry", "ec2.ModifyImageAttribute",
    "ec2.ModifySnapshotAttribute", "iam.AddRoleToInstanceProfile", "iam.PutRolePolicy", "kms.EnableKey",
    "kms.PutKeyPolicy", "lambda.AddPermission", "logs.PutResourcePolicy",
    "rds.ModifyDBClusterSnapshotAttribute", "rds.ModifyDBSnapshotAttribute",
    "s3.PutBucketPolicy", "s3.PutPublicAccessBlock",
})  # fmt: skip
"""Calls by which somebody may do what they might not before."""
REDIRECTING = frozenset({
    "ec2.AttachVpnGateway", "ec2.CreateRoute", "ec2.EnableVgwRoutePropagation", "ec2.ReplaceRoute",
    "elbv2.CreateListener", "elbv2.CreateRule", "route53.ChangeResourceRecordSets",
})  # fmt: skip
"""Calls by which traffic takes another way than it does without."""
NO_WAY_BACK = "it was changed in a way that only you can judge. Change it yourself, or undo the run and begin anew"
HOLDS_A_SECRET = "a secret is part of it, which nobody kept. Undo the run and begin anew"  # noqa: S105
LEANT_ON = "it would get another id, and what stands still knows the old one. Undo the run and begin anew"
NEEDS = "it needs something that cannot be put back. Undo the run and begin anew"
NO_UNDO = "there would be no way back from that. Set it yourself, or undo the run and begin anew"


def cannot(run: Run, looked: Iterable[Looked]) -> dict[str, str]:
    """Of what is changed or gone, what cannot be put back, by the id of its step, and why not and what to do."""
    plan, state = _plan(run), {each.action: each.state for each in looked}
    moved = [action for action in plan.actions if state.get(action.id) in MOVED]
    why = {action.id: said for action in moved if (said := _why_not(action, plan, state))}
    while lost := [
        each for each in moved if each.id not in why and each.needs & {id for id in why if _gone(state, id)}
    ]:
        why |= {each.id: NEEDS for each in lost}
    return why


def can(run: Run, looked: Iterable[Looked]) -> list[str]:
    """The ids of the steps that can be put back, in the plan's order."""
    looked = list(looked)
    lost = cannot(run, looked)
    return [each.action for each in looked if each.state in MOVED and each.action not in lost]


def put_back(flow: type[Flow], run: Run, looked: Iterable[Looked]) -> type[Flow]:
    """A set-up that asks nothing, and makes what can be as the run left it.

    Its hand-over is that of `flow` where what that tells of is made anew; else it only says how to look.
    """
    looked = list(looked)
    plan, wanted = _plan(run), set(can(run, looked))
    resolve = partial(_known, run, wanted)
    steps = [_again(action, wanted, resolve) for action in plan.actions if action.id in wanted]
    again = replace(
        plan, actions=tuple(steps), outputs=known(plan.outputs, resolve), reads=known(plan.reads, resolve), secrets=(),
        accounts={},
    )  # fmt: skip
    changed = {each.action for each in looked if each.state is State.CHANGED}
    cautions = tuple(_cautions(steps, changed))

    def planned(self: Flow) -> Plan:
        return again

    def warned(self: Flow) -> tuple[Caution, ...]:
        return cautions

    def handed_over(cls: type[Flow], cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        see = f"See how it stands now: {handrail('runs', run.id, '--look')}"
        return replace(flow.handover(cloud, outputs, facts), files={}, next_steps=(see,), done=(), notes=())

    about: dict[str, Any] = {"title": f"Put back: {flow.title}", "plan": planned, "checks": warned}
    about["given"] = {OF: run.id}  # so that a list of runs can say what it is
    if wanted.isdisjoint(ref.action for ref in refs(plan.outputs)):  # files and prices are those of the run
        about["handover"] = classmethod(handed_over)
    return type(flow.__name__, (flow,), {"__module__": flow.__module__, "__doc__": flow.__doc__, **about})


def accept(run: Run, looked: Iterable[Looked], cloud: Cloud, clock: Clock | None = None) -> list[str]:
    """Take what was changed or is gone as it is from now on; the ids of the steps for which that can be said.

    A look says nothing more of it. An undo puts back what was changed, as if this run had set it so. Raises CloudError.
    """
    carrier = Carrier(run, cloud, lambda _: None, threading.Event(), clock or RealClock())
    state = {each.action: each.state for each in looked}
    taken: list[str] = []
    for action in _plan(run).actions:
        match state.get(action.id):
            case State.GONE:
                now: dict[str, Any] = {"accepted": GONE}
            case State.CHANGED:
                now = _as_it_is(action, carrier)
            case _:
                continue
        if now:
            run.note(action.id, run.status(action.id), **now)
            taken.append(action.id)
    return taken


def _as_it_is(action: Action, carrier: Carrier) -> dict[str, Any]:
    if isinstance(action.undo, Restore):
        return {"after": digest(current(action, action.undo, carrier))}
    if isinstance(action.undo, Entry):
        ours = Document(carrier, action).ours()
        return {"after": digest(ours)} if ours is not None else {}
    facts, now = carrier.run.facts(action.id), fingerprints(action, carrier) if action.settings else None
    return {"as_ended": now} if now and now != facts.get("as_ended", facts.get("as_made")) else {}


def _why_not(action: Action, plan: Plan, state: Mapping[str, State]) -> str:
    if any(ref.path.startswith("secret:") for ref in refs((action.call, action.undo, action.read))):
        return HOLDS_A_SECRET
    if isinstance(action.undo, Restore):
        return ""
    if not _gone(state, action.id):
        return NO_WAY_BACK
    if not action.undo:
        of = [each for each in action.needs if _gone(state, each)]
        return "" if of else NO_UNDO
    new = any(ref.action == action.id for ref in refs(action.resource))
    leaning = [each.id for each in plan.actions if action.id in each.stands_on and state.get(each.id) is not None]
    return LEANT_ON if new and any(not _gone(state, each) for each in leaning) else ""


def _gone(state: Mapping[str, State], id: str) -> bool:
    return state.get(id) is State.GONE


def _again(action: Action, wanted: set[str], resolve: Any) -> Action:
    """A step with the ids of what stands still in it."""
    again: Action = known(action, resolve)
    return replace(
        again,
        after=tuple(id for id in action.after if id in wanted),
        of_new=action.of_new if action.of_new in wanted else "",
        decided="",  # it stands otherwise: that is why it is put back
        sentence=f"Again: {action.sentence[:1].lower()}{action.sentence[1:]}",
    )


def _cautions(steps: Iterable[Action], changed: Set[str]) -> Iterable[Caution]:
    """What needs a conscious yes: whoever took something away, or set it otherwise, may have had a reason."""
    steps = list(steps)
    if any(ref.action == each.id for each in steps for ref in refs(each.resource)):
        message = "What is made again gets new ids, addresses and keys: whoever was told the old ones needs the new."
        yield Caution("new-ids", message, confirm=True, danger=Danger.FOR_GOOD)
    for each in steps:
        if _admits(each):
            yield admits(f"What somebody took away or changed is allowed again then. {each.sentence}.")
        elif each.call.operation in REDIRECTING and each.id not in changed:
            yield redirects(f"What somebody took away leads traffic again then. {each.sentence}.")
        elif each.id in changed:
            yield Caution(
                "overwrites", f"What somebody set meanwhile is lost then. {each.sentence}.", True, danger=Danger.DELETES
            )


def _admits(action: Action) -> bool:
    name = action.call.operation
    if name not in ADMITTING:
        return False
    if name == "s3.PutPublicAccessBlock":
        return isinstance(action.undo, Restore)  # that of a bucket that the run makes is only closed
    return "Policy" not in name or "Allow" in repr((action.call.params, action.undo))


def _known(run: Run, wanted: set[str], ref: Ref) -> Any:
    """What a reference stands for where that stands; itself where it is of a step that is done again.

    The run that is put back stays what its things are marked with and called by; a token is never used twice.
    """
    if ref.action in wanted or ref == TOKEN or (ref.action == RUN.action and ref != RUN) or ref.action.startswith("@"):
        return ref
    try:
        return run.resolve(ref)
    except KeyError:
        return ref


def known(value: Any, resolve: Any) -> Any:
    """`value` with those references in it replaced that stand for something already."""
    match value:
        case Ref():
            return resolve(value)
        case Join(parts):
            told = join(*(part if isinstance(part, str) else _text(resolve(part)) for part in parts))
            return told if any(isinstance(part, Ref) for part in told.parts) else "".join(map(str, told.parts))
        case Mapping():
            return {key: known(each, resolve) for key, each in value.items()}
        case list():
            return [known(each, resolve) for each in value]
        case tuple():
            return tuple(known(each, resolve) for each in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            members = {each.name: known(getattr(value, each.name), resolve) for each in fields(value) if each.init}
            return replace(value, **members)
        case _:
            return value


def _text(value: Any) -> Any:
    return value if isinstance(value, Ref | Join) else str(value)


def _plan(run: Run) -> Plan:
    assert run.plan is not None, "only a confirmed run is put back"
    return run.plan
