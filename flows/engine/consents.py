"""What may need a conscious yes: fixed ids, which `--accept` names, each with what somebody says yes to.

A set-up declares its own beside its answers (`Flow.consents`); here are those that any of them may ask for. A test
compares both with the cautions that the rooms give.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .flow import Flow

ANYWHERE: Mapping[str, str] = {
    "plain-http": "An address outside this machine is asked without TLS: whoever is on the way can read and change it.",
}
"""Whatever is made or mended."""
PUTTING_BACK: Mapping[str, str] = {
    "new-ids": "With `runs RUN --look --put-back`: what is made again gets new ids, addresses and keys.",
    "overwrites": "With `runs RUN --look --put-back`: what somebody set meanwhile is lost.",
    "access": "With `runs RUN --look --put-back`: what somebody took away or changed is allowed again.",
    "traffic": "With `runs RUN --look --put-back`: what somebody took away leads traffic again.",
}
REPAIRING: Mapping[str, str] = {
    "access": "Somebody may do by the repair what they may not do now.",
    "for-good": "What the repair switches on can never be removed again, such as the versioning of a bucket.",
    "managed": "A stack, a controller or a plan keeps what is repaired, and may take the repair back.",
    "traffic": "Traffic takes another way by the repair.",
}


def of(flow: type[Flow], *, check: bool = False) -> dict[str, Mapping[str, str]]:
    """What the set-up may need a yes for, or the repairs of its check: by the key of the question, "" for the review.

    Args:
        flow: the set-up.
        check: of `check FLOW --fix` instead.
    """
    if check:
        return {"": {**REPAIRING, **ANYWHERE}} if flow.check.questions else {}
    own = dict(flow.consents)
    return own | {"": {**own.get("", {}), **ANYWHERE, **PUTTING_BACK}}
