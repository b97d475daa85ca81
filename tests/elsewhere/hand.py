"""What a run made, seen from outside of it, and how somebody takes any of it away by hand."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from support import variants
from support.clock import FakeClock

from flows.engine import Action, Call, Journal, Place, Run
from flows.engine.boto import Aws
from flows.engine.documents import Document
from flows.engine.references import FOUND, Ref, fill
from flows.engine.sending import Carrier
from flows.engine.undo_plan import Entry, Restore
from flows.practice import PracticeAccount

SETS = ("Put", "Modify", "Update", "Enable")
ABSENT = re.compile("NotFound|NoSuch|not found|does not exist|pending deletion")


@dataclass(frozen=True)
class Made:
    """An action of a run that stands.

    Args:
        action: its id in the plan.
        operation: what was called.
        params: with what.
        id: of the thing that was made; empty for a setting.
        told: how a receipt's line about it begins, where it went and where it is left.
        costs: whether it costs anything while it exists.
        setting: whether it is a setting that something had before, too.
    """

    action: str
    operation: str
    params: Mapping[str, Any]
    id: str
    told: tuple[str, ...]
    costs: bool
    setting: bool


def services(account: PracticeAccount, flow: str, answers: Mapping[str, Any]) -> set[str]:
    """The services of a set-up's plan, and those whose things may lean on what it makes."""
    plan = variants.session(Aws(Place(practice=True), account.session, account.session_of), flow, answers).review().plan
    used = {action.call.service for action in plan.actions}
    return used | {"iam"} | ({"lambda"} if used & {"iam", "s3"} else set())


def made(account: PracticeAccount, state: Path, run: str) -> list[Made]:
    """What the run did that an undo would take back, in the order in which it was done."""
    with _opened(account, state, run) as (kept, _):
        return [_made(kept, action) for action in _standing(kept)]


def taken_away(
    account: PracticeAccount, state: Path, run: str, actions: Collection[str], decided: Mapping[str, str]
) -> list[str] | None:
    """Take away by hand what these actions made; what AWS wants gone before that, too. The actions whose work is gone.

    None if the run itself took all of it away.
    """
    gone: list[str] = []
    with _opened(account, state, run) as (kept, carrier):
        standing = _standing(kept)
        for target in [each for each in reversed(standing) if each.id in actions and each.call.service != "ssm"]:
            try:
                there = _is_taken_away(account, carrier, target, decided)
            except ClientError:  # in use: what leans on it first
                leaning = _with_what_leans_on_it(standing, target)
                for each in leaning:
                    there = _is_taken_away(account, carrier, each, decided)
                gone += [each.id for each in leaning]
            gone += [target.id] if there else []
    return list(dict.fromkeys(gone)) or None


def _with_what_leans_on_it(standing: list[Action], target: Action) -> list[Action]:
    gone = {target.id}
    for each in standing:
        if each.needs & gone:
            gone.add(each.id)
    return [each for each in reversed(standing) if each.id in gone]


def _is_taken_away(account: PracticeAccount, carrier: Carrier, action: Action, decided: Mapping[str, str]) -> bool:
    """Take it away; False if it was not there any more."""
    try:
        _take_away(account, carrier, action, decided)
    except ClientError as error:
        if not ABSENT.search(str(error)):
            raise
        return False
    return True


def _take_away(account: PracticeAccount, carrier: Carrier, action: Action, decided: Mapping[str, str]) -> None:
    undo = action.undo
    if isinstance(undo, Restore):
        before = carrier.run.facts(action.id)["before"]
        _send(account, carrier, undo.remove if before is None and undo.remove else undo.put)
    elif isinstance(undo, Entry):
        document = Document(carrier, action)
        text = document.without_entry()
        if undo.remove and not text:
            _send(account, carrier, undo.remove)
            return
        put = undo.put or action.call
        _send(account, carrier, put, lambda ref: text if ref.path == "@edited" else carrier.resolve(ref))
    else:
        for step in undo:
            if not step.when or decided.get(step.when[0]) == step.when[1]:
                read = _send(account, carrier, step.read) if step.read else {}
                _send(account, carrier, step.call, read=read)


def _send(
    account: PracticeAccount,
    carrier: Carrier,
    call: Call,
    resolve: Callable[[Ref], Any] | None = None,
    read: Mapping[str, Any] | None = None,
) -> Any:
    import jmespath

    def known(ref: Ref) -> Any:
        return jmespath.search(ref.path, read) if ref.action == FOUND else (resolve or carrier.resolve)(ref)

    session = account.session_of(call.profile) if call.profile else account.session
    client: Any = session.client(call.service, region_name=call.region or None)  # type: ignore[union-attr, call-overload]
    return getattr(client, xform_name(call.name))(**call.fill(known).params)


@contextmanager
def _opened(account: PracticeAccount, state: Path, run: str) -> Iterator[tuple[Run, Carrier]]:
    journal = Journal(state / "handrail")
    try:
        kept = journal.run(run)
        cloud = Aws(Place(practice=True), account.session, account.session_of)
        yield kept, Carrier(kept, cloud, lambda event: None, threading.Event(), FakeClock())
    finally:
        journal.close()


def _standing(run: Run) -> list[Action]:
    assert run.plan is not None
    relieved = {action.relieves for action in run.plan.actions if action.relieves}
    return [
        action
        for action in run.plan.actions
        if action.undo and action.id not in relieved and run.facts(action.id).get("created", True)
    ]


def _made(run: Run, action: Action) -> Made:
    def known(ref: Ref) -> Any:
        try:
            return run.resolve(ref)
        except KeyError:
            return ""

    return Made(
        action.id, action.call.operation, fill(action.call.params, known),
        str(fill(action.resource, known)) if action.resource else "", (action.taken_back, action.standing),
        bool(action.costs), isinstance(action.undo, Restore | Entry) or action.call.name.startswith(SETS),
    )  # fmt: skip
