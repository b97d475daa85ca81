"""Which policy said no, and so who could change that: asking for a permission helps against one of them only."""

from __future__ import annotations

import re

from .bucket_owner import OWNER
from .calls import Call
from .permissions import permission
from .problems import Denied

ASKED = re.compile(r"not authorized to perform:? ([\w-]+:\w+)")
"""AWS names the permission that lacks; it may be another than that of the call, such as iam:PassRole."""
POLICY = re.compile(
    r"(?P<explicit>with an explicit deny in an?|because no) (?P<kind>service control policy|resource control policy"
    r"|permissions boundary|session policy|VPC endpoint policy|resource-based policy|identity-based policy)"
)
"""How AWS names the kind of policy (IAM User Guide, "Troubleshoot access denied error messages", 2026-11)."""
IN_VAIN = "Asking for the permission {permission} would not help: "
FORBIDS = {
    "service control policy": "your organization forbids this with a service control policy; only its administrators "
    "can change it.",
    "resource control policy": "your organization forbids this with a resource control policy; only its administrators "
    "can change it.",
    "permissions boundary": "a permissions boundary forbids it. Whoever limited your user or role with it can change "
    "it.",
    "session policy": "your sign-in itself was limited by a session policy, which forbids it. Sign in with another "
    "role, or without that limit.",
    "VPC endpoint policy": "the policy of the VPC endpoint on the way to AWS forbids it. Whoever runs this network can "
    "change it; or go another way.",
    "resource-based policy": "the policy of the thing itself forbids it. Whoever looks after the thing can change it.",
    "identity-based policy": "a policy of your own user or role forbids it. Your administrator can change that policy.",
}
"""By kind of policy, what is to be done about an explicit deny."""
LACKS = {
    "service control policy": IN_VAIN + FORBIDS["service control policy"],
    "resource control policy": IN_VAIN + FORBIDS["resource control policy"],
    "permissions boundary": "A permissions boundary forbids it; ask your administrator to allow {permission} there "
    "too.",
    "session policy": IN_VAIN + "your sign-in itself was limited by a session policy, and this is not among what it "
    "allows. Sign in with another role, or without that limit.",
    "VPC endpoint policy": IN_VAIN + "the policy of the VPC endpoint on the way to AWS does not let it through. "
    "Whoever runs this network can change it; or go another way.",
    "resource-based policy": "Ask whoever looks after the thing to allow {permission} in its policy, then go on.",
}  # fmt: skip
"""The same where no policy of that kind allows it."""
ASK = "Ask your administrator for the permission {permission}, then go on."
BLOCKED = re.compile(r"public policies are (blocked|prevented)")
"""S3's words where Block Public Access is in the way, not a permission (S3 User Guide, 2026-11)."""
ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")
"""A thousand letters that say nothing to a person."""


def in_the_way(kind: str, permission: str, explicit: bool) -> str:
    """What is to be done where a policy of this kind forbids a permission, or where no such policy allows it."""
    told = IN_VAIN + FORBIDS[kind] if explicit else LACKS.get(kind, ASK)
    return told.format(permission=permission)


def denied(call: Call, code: str, message: str) -> Denied:
    """AWS does not allow this call, said so that a person knows whom to ask."""
    named = ASKED.search(message)
    action = named[1] if named else permission(call.operation) or call.operation
    remedy = ASK.format(permission=action)
    if found := POLICY.search(message):
        remedy = in_the_way(found["kind"], action, found["explicit"] != "because no")
    elif "explicit deny" in message.lower() and "service control" not in message:
        remedy = IN_VAIN.format(permission=action) + "some policy forbids it. Your administrator can find out which."
    elif "service control policy" in message:
        remedy = LACKS["service control policy"].format(permission=action)
    elif BLOCKED.search(message):
        remedy = (
            IN_VAIN + "Block Public Access, of the bucket or of the account, does not let a policy in that is public."
        ).format(permission=action)
    elif OWNER in call.params and not named:
        remedy += " Or the bucket is another account's by now: S3 refuses that in the same words."
    why = ENCODED.sub(" (`aws sts decode-authorization-message` reads the rest of AWS's message.)", message)
    return Denied(f"You are not allowed to {action}.", why, remedy, permission=action, aws_code=code)
