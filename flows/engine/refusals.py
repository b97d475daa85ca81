"""A refusal of AWS in plain words: the family of its errors that it belongs to, a sentence, a remedy, an exit code.

AWS has thousands of codes, and most services have some of their own; what they mean falls into a few families. What
belongs to none is told in AWS's own words. A refusal is one whatever its HTTP status, for EC2 and Lambda also say 500
and 502 when they will not; only a 5xx without a meaning of its own leaves a change in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .calls import Call
from .denials import denied
from .permissions import READS
from .problems import CloudError, Denied, Lost, NoSuchCall, SignInNeeded, Way
from .refusal_families import FAMILIES, IN_USE, NO_SUCH_THING, Family, Refusal


def changes(call: Call) -> bool:
    """Whether this call may change anything."""
    return not call.name.startswith(READS)


def no_such_thing(problem: CloudError) -> bool:
    """Whether AWS says that there is no such thing: not any more, or not yet. A call that is not known is not one."""
    return not isinstance(problem, NoSuchCall) and bool(NO_SUCH_THING.search(problem.aws_code))


def in_use(problem: CloudError) -> bool:
    """Whether AWS keeps a thing because something else needs it."""
    return bool(IN_USE.search(problem.aws_code))


def matches(problem: CloudError, codes: Iterable[str]) -> bool:
    """Whether AWS's refusal is one of `codes`, each `Code` or `Code: part of the message`."""
    for entry in codes:
        code, _, part = entry.partition(": ")
        if problem.aws_code == code and part.lower() in problem.aws_message.lower():
            return True
    return False


PAGE = re.compile(r"""\s*(?:\bb)?["']?\s*<(?:!doctype|html|head|body)(?=[\s>]).*""", re.IGNORECASE | re.DOTALL)
TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
BYTES = re.compile(r"""\s*\bb(["']).*\1?\s*$""", re.DOTALL)


def readable(text: str) -> str:
    """What a person can read of what came back: of a web page, as a proxy or an emulator sends it, its heading; of raw
    bytes, what was said before them."""
    if page := PAGE.search(text):
        heading = TITLE.search(page[0])
        said = re.sub(r"(\s|\\[nrt])+", " ", heading[2]).strip() if heading else ""
        before = text[: page.start()].rstrip(" :\n")
        return f"{f'{before}: ' if before else ''}a web page came back{f', “{said}”' if said else ''}."
    return BYTES.sub("", text).rstrip(" :\n") if "\n" in text else text


def explain(call: Call, response: Any, region: str = "") -> CloudError:
    """AWS's refusal in plain words. `response` is botocore's parsed error response."""
    error = response.get("Error", {})
    code, message = str(error.get("Code") or "Unknown"), readable(str(error.get("Message") or ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    refusal = Refusal(call, code, message, status, region)
    family = next((family for family in FAMILIES if family.has(refusal)), None)
    if family is not None:
        return _of(family, refusal)
    words: dict[str, Any] = {"aws_code": code, "aws_message": message}
    if status < 500:
        return CloudError(f"AWS refused {call.operation} ({code}).", message, **words)
    why = f"{code} {message}".strip()
    if changes(call):
        return Lost(f"AWS broke off {call.operation}.", why, **words)
    remedy = "Try again in a minute. https://health.aws.amazon.com/health/status tells of trouble that AWS knows of."
    return CloudError(f"AWS could not answer {call.operation}: the fault is on its side.", why, remedy, **words)


def refused_part(call: Call, answer: Mapping[str, Any]) -> CloudError | None:
    """What AWS would not do of a call about several things, which it answers as if all was well; None if it did all.

    Amazon S3 API Reference, DeleteObjects; Amazon EventBridge API Reference, PutTargets and RemoveTargets; Amazon EC2
    API Reference, UnsuccessfulItem, 2026-11. What was not there any more is told only where nothing else is.
    """
    entries = [each for name in REFUSED_PARTS for each in answer.get(name) or () if each.get("Key") != NO_FILE]
    if not entries and not answer.get("FailedEntryCount"):
        return None
    problems = [_of_part(call, each) for each in entries] or [explain(call, {})]
    return next((each for each in problems if not no_such_thing(each)), problems[0])


NO_FILE = "handrail-found-it-empty"
"""The name of nothing, which is asked to be deleted where there is nothing: S3 refuses an empty list."""
REFUSED_PARTS = ("Errors", "FailedEntries", "Unsuccessful", "UnsuccessfulItems")
"""Members of answers that list what was refused, each with its reason."""


def _of_part(call: Call, entry: Mapping[str, Any]) -> CloudError:
    error = entry.get("Error") or entry
    code = str(error.get("Code") or error.get("ErrorCode") or "Unknown")
    which = next((str(entry[name]) for name in ("Key", "TargetId", "ResourceId") if entry.get(name)), "")
    message = str(error.get("Message") or error.get("ErrorMessage") or "")
    status = 500 if re.search("^Internal|Unavailable$", code) else 400
    told = {"Code": code, "Message": f"{which} ({code}): {message}" if which else message}
    return explain(call, {"Error": told, "ResponseMetadata": {"HTTPStatusCode": status}})


def _of(family: Family, refusal: Refusal) -> CloudError:
    code, message = refusal.code, refusal.message
    what, remedy = refusal.told(family.what), refusal.told(family.remedy)
    if family.problem is SignInNeeded:
        return SignInNeeded(what, message, remedy, way=Way.AGAIN, aws_code=code)
    if family.problem is Denied:
        if not what:
            return denied(refusal.call, code, message)
        return Denied(what, message, remedy, permission="", aws_code=code)
    return family.problem(what, message, remedy, aws_code=code, aws_message=message)
