"""What AWS means by its words for "no"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .problems import CloudError, NoSuchCall

NO_SUCH_THING = re.compile(r"NotFound|NotExist|NoSuch|NonExist|UnknownResource|^404$", re.IGNORECASE)
"""In a code: that what was asked about is not there. `InvalidVpcID.NotFound` of EC2, `NoSuchBucket`,
`InvocationDoesNotExist`, `AWS.SimpleQueueService.NonExistentQueue`; "404" is what a HEAD has instead of a code.
The error shapes in botocore's service models (1.44) that say so have one of these words."""


def no_such_thing(problem: CloudError) -> bool:
    """Whether AWS says that there is no such thing: not any more, or not yet. A call that is not known is not one."""
    return not isinstance(problem, NoSuchCall) and bool(NO_SUCH_THING.search(problem.aws_code))


def matches(problem: CloudError, codes: Iterable[str]) -> bool:
    """Whether AWS's refusal is one of `codes`, each `Code` or `Code: part of the message`."""
    for entry in codes:
        code, _, part = entry.partition(": ")
        if problem.aws_code == code and part.lower() in problem.aws_message.lower():
            return True
    return False
