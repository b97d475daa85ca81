"""Whether an undo kept its promises, whatever was done to the account since the run."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from elsewhere.everything import NOWHERE, Things
from elsewhere.hand import Made
from support.world import Ended


@dataclass(frozen=True)
class Course:
    """What happened, as pictures of the account: before the run, after it, after somebody's deed, after the undo.

    `mere` is whether the deed changed nothing that anybody would miss, `turned` whether what it changed is somebody
    else's now; `gone` are the actions whose work it took away.
    """

    before: Things
    applied: Things
    disturbed: Things
    after: Things
    undo: Ended
    again: Ended
    mere: bool = False
    turned: bool = False
    gone: Collection[str] = ()


def complaints(course: Course, made: Collection[Made]) -> list[str]:
    """Every promise that was broken."""
    return [*_ended(course), *_told(course, made), *_harmed(course, made)]


def _ended(course: Course) -> list[str]:
    found, document = [], course.undo.json if course.undo.out else {}
    if (course.undo.code, document.get("status")) != (0, "undone"):
        why = [f"{each['what']}: {each['why']}" for each in document.get("left", [])]
        found.append(f"undo ended with {course.undo.code} {document.get('status')} {why} {course.undo.err[-300:]}")
    if "Traceback" in course.undo.err + course.undo.out:
        found.append("a traceback was shown")
    elif course.again.code != 0:
        found.append(f"a second undo ended with {course.again.code}")
    return found


def _told(course: Course, made: Collection[Made]) -> list[str]:
    if not course.undo.out or "removed" not in course.undo.json:
        return ["there is no receipt"]
    receipt: Mapping[str, Any] = course.undo.json
    found = []
    for each in made:
        claimed = [line for line in (*receipt["removed"], *receipt["restored"]) if _about(line, each)]
        left = [line for line in receipt["left"] if _about(line["what"], each)]
        if each.action in course.gone:
            if claimed:
                found.append(f"{each.action} was gone already, and is told as {claimed}")
            if not any(each.setting or line["why"].startswith("not found") for line in left):
                found.append(f"{each.action} was gone already; the receipt says {left or 'nothing of it'}")
        elif each.id and claimed and _there(course.after, each):
            found.append(f"{each.action} ({each.id}) is told as removed, and is there")
        elif each.id and left and each.costs and _there(course.after, each) and not any(x["costs"] for x in left):
            found.append(f"{each.action} ({each.id}) goes on costing money, and the receipt does not say so")
        elif not claimed and not left and (not each.id or _there(course.disturbed, each)):
            found.append(f"{each.action} is not on the receipt")
    return found


def _harmed(course: Course, made: Collection[Made]) -> list[str]:
    found = []
    told = course.undo.out + course.undo.err
    left = json.dumps(course.undo.json.get("left", [])) if course.undo.out else ""
    lost = [
        form
        for each in made
        if each.id and _there(course.disturbed, each) and not _there(course.after, each)
        for form in _as_others_name(each)
    ]
    for name in sorted(course.before.keys() | course.applied.keys() | course.disturbed.keys() | course.after.keys()):
        before, applied, disturbed, after = (
            things.get(name) for things in (course.before, course.applied, course.disturbed, course.after)
        )
        if name.endswith(NOWHERE):
            if after is not None and before is None:
                found.append(f"{name} now")
            continue
        if after and after != before and " statement " not in name:
            found += [f"{name} is left, and needs {id}, which is gone" for id in lost if _needs(name, after, id)]
        if disturbed == applied:  # nobody but the run touched it
            if after not in (before, applied, CLOSED if before is None and name.endswith(" block") else before):
                found.append(f"{name} was neither put back nor left: {_short(before)} → {_short(after)}")
            elif after != before and left in ("", "[]"):
                found.append(f"{name} is not as before, and nothing is told as left")
        elif after == disturbed:
            pass
        elif after == before and before is None and applied is not None and not course.turned:
            if not course.mere and not SAID.search(told):
                found.append(f"{name} was changed to {_short(disturbed)} and is gone without a word")
        else:
            found.append(f"{name}, which somebody changed to {_short(disturbed)}, is {_short(after)}")
    return found


SAID = re.compile("[Ss]omebody|changed|edited")


def _about(line: str, each: Made) -> bool:
    began = next((told for told in each.told if line.startswith(told)), None)
    return began is not None and (not each.id or "(" not in line[len(began) :] or each.id in line)


def _there(things: Things, it: Made) -> bool:
    """Whether what an action made is there: by its id, or by a name that others may have for things of another kind."""
    named = (name.rpartition(" ") for name in things if name.endswith(it.id))
    return any(id == it.id and kind.partition(" ")[0] in it.operation.lower() for kind, _, id in named)


CLOSED = json.dumps(
    dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
)
"""How AWS blocks each new bucket, and so what the block of one that is left is put back to."""
NAMED: Mapping[str, str] = {
    "iam.CreateRole": ':role/{}"',
    "iam.CreateInstanceProfile": ':instance-profile/{}"',
    "rds.CreateDBCluster": '"DBClusterIdentifier": "{}"',
    "rds.CreateDBSubnetGroup": '"DBSubnetGroupName": "{}"',
    "codepipeline.CreatePipeline": ':codepipeline:eu-central-1:123456789012:{}"',
    "codebuild.CreateProject": '"ProjectName": "{}"',
    "logs.CreateLogGroup": 'LogGroupArn": "arn:aws:logs:eu-central-1:123456789012:log-group:{}"',
    "sqs.CreateQueue": '"DeadLetterConfig": {{"Arn": "arn:aws:sqs:eu-central-1:123456789012:{}"',
}
"""How another thing says that it needs one whose id is a name, which things of another kind may have too."""


def _as_others_name(it: Made) -> list[str]:
    if it.operation in NAMED:
        return [NAMED[it.operation].format(it.id)]
    return [it.id] if re.fullmatch(r"[a-z]+-[0-9a-f]{8,}|arn:.*|[0-9A-Z]{12,}", it.id) else []


def _needs(name: str, thing: str, id: str) -> bool:
    """Whether a thing mentions the id elsewhere than in its tags."""
    told = f"{name} {json.dumps(_untagged(json.loads(thing)))}"
    return id in told


def _untagged(value: Any) -> Any:
    match value:
        case {"Key": _, "Value": _}:
            return None
        case dict():
            return {key: _untagged(each) for key, each in value.items()}
        case list():
            return [_untagged(each) for each in value]
        case _:
            return value


def _short(text: str | None) -> str:
    return "gone" if text is None else text[:120]
