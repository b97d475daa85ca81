"""The least IAM policy for a plan, from the plan's own calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flows.engine.refusals import READS

GLOBAL = ("iam:", "sts:", "cloudfront:", "route53:")
"""Services without a region; a condition on the region would lock them out (IAM User Guide, 2026-10)."""


ALWAYS = ("iam:ListAccountAliases", "iam:SimulatePrincipalPolicy")
"""What is asked in every account, to show its name and to check the rest; Handrail does without where it may not."""


def policy(actions: Sequence[str], region: str, also: Iterable[str] = ()) -> dict[str, Any]:
    """A policy that allows just these IAM actions, changes only in `region` and where else the plan goes.

    Args:
        actions: as `Review.permissions` or `Review.reads` lists them; unknown ones (`?service.Operation`) are
            left out, the caller reports them.
        region: where the plan works.
        also: the regions of its calls that name one; empty ones do not count.
    """
    known = [action for action in actions if not action.startswith("?")]
    reads = sorted({*ALWAYS, *(action for action in known if action.partition(":")[2].startswith(READS))})
    writes = [action for action in known if action not in reads]
    here = [action for action in writes if not action.startswith(GLOBAL)]
    everywhere = [action for action in writes if action.startswith(GLOBAL)]
    statements: list[dict[str, Any]] = []
    if reads:
        statements.append(_allow("HandrailReads", reads))
    if here:
        regions = [*dict.fromkeys([region, *sorted(filter(None, also))])]
        allowed = regions if len(regions) > 1 else region
        condition = {"Condition": {"StringEquals": {"aws:RequestedRegion": allowed}}}
        statements.append(_allow("HandrailChanges", here) | condition)
    if everywhere:
        statements.append(_allow("HandrailChangesWithoutRegion", everywhere))
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(sid: str, actions: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"}
