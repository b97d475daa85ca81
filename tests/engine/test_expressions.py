"""Every expression by which a plan reads AWS's answers can be read of half of one, and takes nothing for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jmespath
import pytest
from botocore.model import Shape
from jmespath.exceptions import JMESPathError
from kills.scenes import CASES
from support import variants
from support.strange import output_of

from flows.engine import Action, Call, Place
from flows.engine.boto import Aws
from flows.engine.calls import Wait
from flows.engine.expressions import OPTIONS
from flows.engine.references import Late, fill
from flows.engine.undo_plan import Restore
from flows.practice import open_account

Expression = tuple[str, Call, str]
"""What it is for, whose answer it reads, and the JMESPath."""
PLANS = {
    **{case: (each.flow, each.answers) for case, each in CASES.items()},
    **{
        name: variants.VARIANTS[name]
        for name in ("website, dns-elsewhere", "share_ami, launched", "share_snapshot, cluster")
    },
}
READY_WITH_LESS = {
    "quiet": "that nothing runs is what is waited for",
    "cluster": "an emulator tells nothing of its secret; what needs that waits for it",
}
"""Actions whose wait may be over though something is left out, and why."""
TOLD = "told"
"""What stands for every word that AWS would say."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Plans are only made here, so one account does for all of them."""
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        yield Aws(Place(practice=True), account.session, account.session_of)


def text(late: Late) -> str:
    return str(fill(late, lambda _: TOLD))


def of_wait(wait: Wait, about: str) -> Iterator[Expression]:
    for name, path in (("ready", wait.ready), ("failed", wait.failed)):
        if path:
            yield f"{about} {name}", wait.poll, text(path)
    if wait.now:
        yield f"{about} now", wait.watch or wait.poll, text(wait.now)


def of_action(action: Action) -> Iterator[Expression]:
    """All that is read for one action."""
    if action.wait:
        yield from of_wait(action.wait, "wait")
    steps = action.undo if isinstance(action.undo, tuple) else ()
    for find in filter(None, (action.find, action.unless, *(step.unless for step in steps))):
        yield "find shape", find.look, text(find.shape)
        if find.proof:
            yield "find ours", find.proof, text(find.ours)
        if find.bare:
            yield "find untouched", find.bare, text(find.untouched)
    for others in action.others:
        yield "others", others.look, text(others.path)
        if others.each:
            yield "others leans", others.each, text(others.leans)
    if action.settings:
        yield "settings", action.settings.look, text(action.settings.path)
    if isinstance(action.undo, Restore):
        yield "restore", action.undo.read, text(action.undo.path)
    for step in steps:
        if step.wait:
            yield from of_wait(step.wait, "undo")
        if step.still:
            yield "still", step.still.look, text(step.still.path)
        if step.more and step.read:
            yield "more", step.read, step.more


def whole(shape: Shape | None, names: set[str], word: str) -> Any:
    """An answer with all members of these names, one in each list."""
    match shape and shape.type_name:
        case "structure":
            members = {name: each for name, each in shape.members.items() if name in names}
            return {name: whole(each, names, word) for name, each in members.items()}
        case "list":
            return [whole(shape.member, names, word)]
        case "map":
            return {name: whole(shape.value, names, word) for name in names if name not in shape.metadata}
        case "string":
            return word
        case "boolean":
            return True
        case "integer" | "long" | "float" | "double":
            return 1
        case _:
            return None


def parts(value: Any) -> Iterator[Any]:
    """The same answer with one member left out, one list or one structure emptied, each in turn."""
    if isinstance(value, dict):
        for name, each in value.items():
            rest = {other: kept for other, kept in value.items() if other != name}
            yield rest
            yield from ({**rest, name: part} for part in parts(each))
    elif isinstance(value, list) and value:
        yield []
        yield from ([part] for part in parts(value[0]))


def wrong(about: str, call: Call, path: str) -> Iterator[str]:
    """What an expression says wrongly of less than it needs."""
    names = {name.strip('"') for name in re.findall(r'[A-Za-z_]\w*|"[^"]+"', re.sub(r"'[^']*'|`[^`]*`", "", path))}
    words = [TOLD, *re.findall(r"'([^']*)'", path), *re.findall(r'"([^"]+)"', "".join(re.findall(r"`[^`]*`", path)))]
    for word in dict.fromkeys(words):
        answer = whole(output_of(call.operation), names, word) or {}
        for part in ({}, answer, *parts(answer)):
            try:
                found = jmespath.search(path, part, OPTIONS)
            except JMESPathError as error:
                yield f"{about} raises {str(error)[:60]!r} at {part}: {path[:300]}"
                break
            if found and part != answer and about in ("wait ready", "wait failed", "undo failed"):
                yield f"{about} is true of {part}: {path[:300]}"
                break


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.some("share_ami, launched", "share_ami, the machine stopped", "share_snapshot, with a key")
def test_half_an_answer_is_read_and_says_not_yet(name: str, company: Aws) -> None:
    plan = variants.session(company, *PLANS[name]).review().plan
    found = [
        f"{action.id}: {fault}"
        for action in plan.actions
        for about, call, path in of_action(action)
        if about != "wait ready" or action.id not in READY_WITH_LESS
        for fault in wrong(about, call, path)
    ]
    assert not found, "\n".join(found)
