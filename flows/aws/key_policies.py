"""Policies of KMS keys: whom they let use a key, and what another account needs of them.

AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key", and the EC2 and RDS user guides on sharing
encrypted images and snapshots, 2026-10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flows.engine import Call, Cloud, CloudError, Finding, Grade, Late
from flows.policies import Answer, Caller, Request, Verdict, document, listed, read

from .kms_keys import Key, Seen, arn_part

USE = ("kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")
GRANTS = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
NEEDED = (
    "kms:DescribeKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant",
)  # fmt: skip
"""What a receiver's copy does with the key (EBS User Guide, "Share a snapshot": permissions for keys, 2026-11)."""


def may_use(
    cloud: Cloud, seen: Seen, accounts: Iterable[str], service: str, region: str = "", *, opened: bool = False
) -> Iterator[Finding]:
    """Whether the key's policy lets these accounts do all that copying needs. What can be mended by `open_to` has a
    `repair`.

    Args:
        cloud: the account of the key.
        seen: the key; only of one's own can the policy be read.
        accounts: the receivers.
        service: through which they use it: "ec2" or "rds".
        region: of the key, where that is not the run's own.
        opened: whether the statements of `open_to` are taken as if they were there already.
    """
    key = seen.key
    if key is None:
        return
    try:
        policy = _policy(cloud, key.id, region)
    except CloudError as problem:
        yield Finding(
            f"key-use:{seen.short}", Grade.NOT_CHECKED, f"The policy of the key {key.name} was not read.", problem.what
        )
        return
    for account in accounts:
        if opened:
            more = statements(cloud, [account], "TargetUse", "TargetGrants")
            policy = {**policy, "Statement": [*listed(policy.get("Statement")), *more]}
        yield _use(cloud, f"key-use:{seen.short}:{account}", policy, key, account, service, region)


def closed_to(cloud: Cloud, key: Key, accounts: Iterable[str], service: str, region: str = "") -> list[str]:
    """Which of these accounts the key's policy does not surely let in. Raises CloudError where it may not be read."""
    policy = _policy(cloud, key.id, region)
    return [account for account in accounts if _lacking(cloud, policy, key, _anybody(account), service, region)]


def _use(
    cloud: Cloud, id_: str, policy: Mapping[str, Any], key: Key, account: str, service: str, region: str
) -> Finding:
    lacking = _lacking(cloud, policy, key, _anybody(account), service, region)
    by = f"GetKeyPolicy of {key.name}"
    if not lacking:
        return Finding(id_, Grade.PROVED, f"The policy of the key {key.name} lets {account} use it.", by)
    named = [
        arn for arn in _named(policy, account) if not _lacking(cloud, policy, key, _one(arn, account), service, region)
    ]
    if named:
        return Finding(
            id_, Grade.CAUTION,
            f"The policy of the key {key.name} lets only {' and '.join(named)} use it, nobody else of {account}.", by,
            "Let them copy it as that user or role, or add their account to the policy.",
        )  # fmt: skip
    forbidden = [action for action, said in lacking.items() if said.answer is Answer.FORBIDDEN]
    if forbidden:
        return Finding(
            id_, Grade.REFUSED, f"The policy of the key {key.name} forbids {account} {', '.join(forbidden)}.",
            f"{by}: a statement with the effect Deny", "Except that account in the statement that forbids it.",
        )  # fmt: skip
    missing = [action for action, said in lacking.items() if said.answer is Answer.NOT_ALLOWED]
    if missing:
        told = f"The policy of the key {key.name} does not let {account} do all that copying needs"
        return _by_grant(cloud, key, account, missing, region, id_, told) or Finding(
            id_, Grade.REFUSED, f"{told}.", f"{by}: nothing allows {', '.join(missing)}",
            f"Add arn:{cloud.identity.partition}:iam::{account}:root to it with {', '.join(USE)}, and kms:CreateGrant "
            "for AWS resources.", repair=id_,
        )  # fmt: skip
    unknown = dict.fromkeys(each for said in lacking.values() for each in said.unknown)
    return Finding(
        id_, Grade.NOT_CHECKED, f"Whether the policy of {key.name} lets {account} use it depends on conditions.",
        f"{by}: {', '.join(unknown)}",
    )  # fmt: skip


def _by_grant(
    cloud: Cloud, key: Key, account: str, missing: Iterable[str], region: str, id: str, told: str
) -> Finding | None:
    """What grants let that account do, where the key's policy does not; None if none does (AWS KMS Developer Guide,
    "Grants in AWS KMS", 2026-11)."""
    try:
        pages = list(cloud.pages(Call("kms.ListGrants", {"KeyId": key.id}, region)))
    except CloudError as problem:
        return Finding(id, Grade.NOT_CHECKED, f"{told}; whether a grant does was not looked at.", problem.what)
    may: dict[str, set[str]] = {}
    limited = set[str]()
    for each in (each for page in pages for each in page.get("Grants") or []):
        who = str(each.get("GranteePrincipal") or "")
        if arn_part(who, 4) == account:
            may.setdefault(who, set()).update(f"kms:{one}" for one in each.get("Operations") or [])
            limited |= {who} if each.get("Constraints") else set()
    let = [who for who, actions in may.items() if actions.issuperset(missing)]
    if not let:
        return None
    names, by = " and ".join(let), f"ListGrants of {key.name}"
    if limited.issuperset(let):
        return Finding(id, Grade.NOT_CHECKED, f"{told}; a grant lets {names}, within limits of its own.", by)
    if any(who.endswith(":root") for who in let):
        return Finding(id, Grade.PROVED, f"A grant of the key {key.name} lets {account} use it.", by)
    return Finding(
        id, Grade.CAUTION, f"A grant of the key {key.name} lets only {names} use it, nobody else of {account}.", by,
        "Let them copy it as that user or role, or add their account to the key's policy.",
    )  # fmt: skip


def _lacking(
    cloud: Cloud, policy: Mapping[str, Any], key: Key, caller: Caller, service: str, region: str
) -> dict[str, Verdict]:
    """What the policy does not surely allow of all that copying needs, and what it says to that."""
    said: dict[str, Verdict] = {}
    for action in NEEDED:
        grant = "true" if action == "kms:CreateGrant" else None
        through = f"{service}.{region or cloud.identity.region}.amazonaws.com"
        context = {"kms:ViaService": through, "kms:GrantIsForAWSResource": grant}
        answer = read(policy, Request(action, key.arn, caller, context))
        to_them = answer.answer is Answer.UNTOLD and all(each.get("Effect") == "Allow" for each in answer.statements)
        root = Request(action, key.arn, Caller(f"arn:aws:iam::{caller.account}:root"), context)
        if answer.answer not in (Answer.ALLOWED, Answer.TO_ACCOUNT) and not (to_them and read(policy, root)):
            said[action] = answer
    return said


def _anybody(account: str) -> Caller:
    """Somebody of that account, of whom nothing else is known."""
    return Caller(f"arn:aws:sts::{account}:assumed-role/-/-")


def _one(arn: str, account: str) -> Caller:
    """That user or role."""
    return (
        Caller(f"arn:aws:sts::{account}:assumed-role/{arn.rpartition('/')[2]}/-", arn)
        if ":role/" in arn
        else Caller(arn)
    )


def _named(policy: Mapping[str, Any], account: str) -> list[str]:
    """The users and roles of that account that the policy names."""
    found: list[str] = []
    for statement in listed(policy.get("Statement")):
        principal = statement.get("Principal") if isinstance(statement, Mapping) else None
        told = listed(principal.get("AWS")) if isinstance(principal, Mapping) else []
        found += [str(each) for each in told if arn_part(str(each), 4) == account and not str(each).endswith(":root")]
    return list(dict.fromkeys(found))


def policy(cloud: Cloud, seen: Seen, region: str = "") -> Mapping[str, Any]:
    """The policy of a key of one's own. Raises CloudError where it may not be read, or the key is another's."""
    if seen.key is None:
        raise CloudError(seen.why or f"The key {seen.short} is not there.")
    return _policy(cloud, seen.key.id, region)


def granted(cloud: Cloud, seen: Seen, who: str, action: str, region: str = "") -> Verdict | None:
    """What the grants of a key of one's own let a role do, by its ARN; None where no grant is about that. Raises
    CloudError where they may not be read."""
    if seen.key is None:
        return None
    operation = action.removeprefix("kms:")
    every = (
        each
        for page in cloud.pages(Call("kms.ListGrants", {"KeyId": seen.key.id}, region))
        for each in page.get("Grants") or []
    )
    mine = [
        each for each in every if each.get("GranteePrincipal") == who and operation in (each.get("Operations") or [])
    ]
    if any(not each.get("Constraints") for each in mine):
        return Verdict(Answer.ALLOWED)
    return Verdict(Answer.UNTOLD, unknown=("the limits of a grant of the key",)) if mine else None


def _policy(cloud: Cloud, key: str, region: str) -> Mapping[str, Any]:
    """The key's policy; one that is no policy allows nothing that is known. Raises CloudError."""
    asked = Call("kms.GetKeyPolicy", {"KeyId": key, "PolicyName": "default"}, region)
    try:
        whole = document(cloud.make(asked).get("Policy") or "{}")
    except ValueError:
        whole = None
    return whole if isinstance(whole, Mapping) else {"Statement": "not a policy"}


def statements(cloud: Cloud, accounts: Sequence[str], use: Late, grants: Late) -> list[dict[str, Any]]:
    """What the other side needs. Grants only through AWS services, which revoke them when they are no longer needed."""
    roots = [f"arn:{cloud.identity.partition}:iam::{account}:root" for account in accounts]
    who = {"Effect": "Allow", "Principal": {"AWS": roots}, "Resource": "*"}
    return [
        {"Sid": use, **who, "Action": list(USE)},
        {
            "Sid": grants, **who, "Action": list(GRANTS),
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]  # fmt: skip
