"""The one check that every set-up needs: may this user do all of it?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .cloud import Cloud
from .flow import Finding, Grade
from .permissions import Need
from .permissions import actions as named
from .plan import Call
from .problems import CloudError

BATCH = 100
"""Actions asked about in one request."""


def allowed(cloud: Cloud, needs: Sequence[Need]) -> Finding:
    """What IAM's simulator says about these actions.

    It is asked instead of EC2's DryRun because it can never create anything, whatever answers. It does not
    know organization policies or conditions on single resources, so its yes is a prediction and its no a
    warning (IAM User Guide, "Testing IAM policies with the IAM policy simulator", 2026-10).
    """
    if cloud.identity.arn.endswith(":root"):
        # the simulator knows users, groups and roles; nothing but an organization policy binds this one
        # (IAM User Guide, "AWS account root user", 2026-10)
        return Finding(
            "permissions", Grade.PREDICTED, "You are signed in as the account's root user, who may do all of this.",
            "GetCallerIdentity", "AWS advises against it for daily work: make a user or a role with these permissions.",
        )  # fmt: skip
    known = [action for action in named(needs) if not action.startswith("?")]
    try:
        denied = [
            result["EvalActionName"]
            for start in range(0, len(known), BATCH)
            for page in cloud.pages(
                Call(
                    "iam.SimulatePrincipalPolicy",
                    {"PolicySourceArn": _principal(cloud.identity.arn), "ActionNames": known[start : start + BATCH]},
                )
            )
            for result in page["EvaluationResults"]
            if result["EvalDecision"] != "allowed"
        ]
    except (CloudError, KeyError) as problem:
        why = problem.what if isinstance(problem, CloudError) else "the answer was not understood"
        return Finding(
            "permissions", Grade.NOT_CHECKED, "Whether you may do all of this was not checked.", why,
            "If a step is refused, Handrail stops there and names the permission.",
        )  # fmt: skip
    if denied:
        return Finding(
            "permissions", Grade.PREDICTED, f"You will probably be refused: {', '.join(sorted(denied))}.",
            "IAM policy simulator", "Ask your administrator for these permissions first.",
        )  # fmt: skip
    return Finding("permissions", Grade.PREDICTED, "You may do all of this.", "IAM policy simulator")


def _principal(arn: str) -> str:
    """The role behind a role session; the simulator knows roles and users, not sessions."""
    return re.sub(r":sts:(.*):assumed-role/([^/]+)/.*", r":iam:\1:role/\2", arn)
