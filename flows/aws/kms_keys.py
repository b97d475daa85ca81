"""KMS keys that another account may use: which there are, whose they are, and whether they can be used.

AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key", and the EC2 and RDS user guides on sharing
encrypted images and snapshots, 2026-10. Amazon's standard keys (alias/aws/…) never leave their account, so what is
encrypted with one is encrypted anew, by a copy, before it is shared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from flows.engine import (
    Call,
    Cloud,
    CloudError,
    Finding,
    Grade,
    Late,
    Option,
    Refused,
    shell,
)
from flows.engine.refusals import no_such_thing
from flows.policies import Answer, Caller, Request, Verdict, document, listed, read

KEEP, NEW = "keep", "new"
USE = ("kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")
GRANTS = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
NEEDED = (
    "kms:DescribeKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant",
)  # fmt: skip
"""What a receiver's copy does with the key (EBS User Guide, "Share a snapshot": permissions for keys, 2026-11)."""
GONE = "gone"
WORKING = ("Enabled", "Updating")
STATES: Mapping[str, tuple[str, str]] = {
    "Disabled": (
        "is switched off (Disabled): nobody can use what is encrypted with it",
        "Switch it on: {enable}.",
    ),
    "PendingDeletion": (
        "is to be deleted{when} (PendingDeletion): until then it is off, and then everything encrypted with it is lost",
        "Keep it: {cancel}. It stays switched off until then: {enable}.",
    ),
    "PendingReplicaDeletion": (
        "is to be deleted as soon as its replicas are (PendingReplicaDeletion): it is off",
        "Keep it: {cancel}. It stays switched off until then: {enable}.",
    ),
    "PendingImport": (
        "has no key material (PendingImport): nobody can use what is encrypted with it",
        "Bring the same material in again, which begins with {material}.",
    ),
    "Unavailable": (
        "is out of reach (Unavailable): its external or CloudHSM key store is disconnected",
        "Connect its key store: {stores} says which it is.",
    ),
    "Creating": ("is still being made (Creating)", "Wait a moment, and look again."),
    GONE: (
        "is gone: KMS does not know it, and what is encrypted with it cannot be opened by anybody",
        "Share something else: a new snapshot or image, encrypted with a key that there is.",
    ),
}
"""What the states mean in which a key cannot be used, and what ends them (AWS KMS Developer Guide, "Key states of AWS
KMS keys" and "CancelKeyDeletion", 2026-11)."""


@dataclass(frozen=True)
class Key:
    """A key of one's own."""

    id: str
    arn: str
    name: str


class Whose(StrEnum):
    """Whose a key is. Not to know it is an answer of its own."""

    OWN = "own"
    AMAZONS = "Amazon's"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Seen:
    """What could be seen of a key.

    Args:
        id: what it was asked by.
        whose: whose it is.
        key: one's own, unless it is gone.
        state: AWS's word for it; empty is not known.
        ends: when AWS deletes it; empty if it does not.
        spec: of which kind it is; empty is not known.
        why: why not everything is known.
        arn: its address; empty is not known.
    """

    id: str
    whose: Whose
    key: Key | None = None
    state: str = ""
    ends: str = ""
    spec: str = ""
    why: str = ""
    arn: str = ""

    @property
    def short(self) -> str:
        return self.id.rpartition("/")[2]

    @property
    def name(self) -> str:
        return self.key.name if self.key else self.short


def options(cloud: Cloud, region: str = "") -> list[Option[Key | str]]:
    """The key it has, a new one, or one of one's own, by its alias or, without one, by its id; where those may not be
    listed, without them."""
    offered: list[Option[Key | str]] = [
        Option(KEEP, KEEP, "The key it has, or none"),
        Option(NEW, NEW, "A new key, made for this", "about 1 USD a month"),
    ]
    try:
        pages = list(cloud.pages(Call("kms.ListAliases", region=region)))
    except CloudError:
        return offered
    aliases = [each for page in pages for each in page["Aliases"] if each.get("TargetKeyId")]
    own = [each for each in aliases if not _named_by_amazon(each["AliasName"])]
    keys = [Key(each["TargetKeyId"], _arn(each), each["AliasName"]) for each in own]
    offered += [Option(each.name, each, each.name, each.id) for each in keys]
    nameless = _nameless(cloud, {str(each["TargetKeyId"]) for each in aliases}, region)
    return offered + [Option(each.id, each, each.id, "has no alias") for each in nameless]


def _nameless(cloud: Cloud, named: Collection[str], region: str) -> list[Key]:
    """The keys without an alias; Amazon's have one (AWS KMS Developer Guide, "AWS managed keys", 2026-11)."""
    try:
        pages = list(cloud.pages(Call("kms.ListKeys", region=region)))
    except CloudError:
        return []
    found = [each for page in pages for each in page["Keys"] if each["KeyId"] not in named]
    return [Key(each["KeyId"], each["KeyArn"], each["KeyId"]) for each in found]


def by_alias(text: str, offered: Iterable[Option[Key | str]]) -> str:
    """What a key is offered as that was given by its id or address: its alias, where it has one."""
    for each in offered:
        if isinstance(each.value, Key) and text in (each.value.id, each.value.arn):
            return each.key
    return text


def look(cloud: Cloud, key: str, region: str = "", *, named: bool = True) -> Seen:
    """What can be seen of the key with which something is encrypted, by its id, address or alias.

    Where it may not be described, its names may still say whose it is: Amazon's own have one that begins alias/aws/.
    `named` is whether its names are asked for where only people would miss them.
    """
    if _named_by_amazon(key):
        return Seen(key, Whose.AMAZONS)
    about: Mapping[str, Any] = {}
    why, arn = "", key if ":key/" in key else ""
    try:
        about = cloud.make(Call("kms.DescribeKey", {"KeyId": key}, region)).get("KeyMetadata") or {}
    except CloudError as problem:
        if no_such_thing(problem):
            return Seen(key, Whose.OWN, state=GONE, arn=arn)
        why = problem.what
    if about.get("KeyManager") == "AWS":
        return Seen(key, Whose.AMAZONS)
    arn = str(about.get("Arn") or arn)
    owner, state = about.get("AWSAccountId") or _part(key, 4), _state(about)
    if owner and cloud.identity.account not in ("", owner):
        whose = f"it is a key of the account {owner}, which alone can read its policy"
        return Seen(key, Whose.UNKNOWN, None, *state, why=whose, arn=arn)
    id_ = about.get("KeyId") or _part(key, 5).removeprefix("key/") or key
    if about.get("KeyManager") and not named:
        return Seen(key, Whose.OWN, Key(id_, arn, key), *state, arn=arn)
    try:
        aliases = cloud.make(Call("kms.ListAliases", {"KeyId": about.get("KeyId") or key}, region)).get("Aliases") or []
    except CloudError as problem:
        aliases, why = [], why or ("" if "KeyManager" in about else problem.what)
    names = [str(each.get("AliasName") or "") for each in aliases]
    if any(map(_named_by_amazon, names)):
        return Seen(key, Whose.AMAZONS)
    if why and not names:
        return Seen(key, Whose.UNKNOWN, why=why, arn=arn)
    return Seen(key, Whose.OWN, Key(id_, arn or key, names[0] if names else id_), *state, why=why, arn=arn or key)


def tags(cloud: Cloud, key: str, region: str = "") -> dict[str, str]:
    """The tags of a key; of one whose tags may not be read, none."""
    try:
        found = cloud.make(Call("kms.ListResourceTags", {"KeyId": key}, region)).get("Tags") or []
    except CloudError:
        return {}
    return {str(each["TagKey"]): str(each["TagValue"]) for each in found}


def usable(cloud: Cloud, key: Key, region: str = "") -> None:
    """Raises Refused for a key that cannot encrypt what is shared."""
    seen = look(cloud, key.id, region)
    if found := hindered(replace(seen, key=key), region or cloud.identity.region):
        raise Refused(f"{found.sentence} {found.remedy} Or choose another, or a new one.")
    if seen.spec not in ("", "SYMMETRIC_DEFAULT"):
        raise Refused(
            f"The key {key.name} is of the kind {seen.spec}; disks need a symmetric one. Choose another or new."
        )


def whose(seen: Seen) -> Iterator[Finding]:
    """Whether a key can be opened for another account at all: one of one's own can, Amazon's cannot."""
    id_ = f"key:{seen.short}"
    if seen.whose is Whose.AMAZONS:
        yield Finding(
            id_, Grade.REFUSED, "It is encrypted with Amazon's key, which never leaves your account.",
            f"DescribeKey and ListAliases: {seen.id} is managed by AWS",
            "Share a copy instead, encrypted with a key of your own: run the set-up with key=new.",
        )  # fmt: skip
    elif seen.whose is Whose.UNKNOWN:
        yield Finding(
            id_, Grade.NOT_CHECKED, f"Whether they may use its key {seen.short} cannot be told from here.", seen.why,
            "Ask whoever keeps that key to look at it: Amazon's own keys cannot be shared, others by their policy.",
        )  # fmt: skip


def state(seen: Seen, region: str) -> Iterator[Finding]:
    """Whether a key is switched on: without it nobody can start, copy or restore what is encrypted with it."""
    id_ = f"key-state:{seen.short}"
    if seen.whose is Whose.AMAZONS or (seen.whose is Whose.UNKNOWN and not seen.state):
        return
    if seen.state in WORKING:
        yield Finding(id_, Grade.PROVED, f"The key {seen.name} is switched on.", f"DescribeKey: {seen.state}")
        return
    by = f"DescribeKey: {seen.state}" if seen.state else seen.why or "DescribeKey does not say it"
    if seen.state not in STATES:
        how = f"in the state {seen.state}, which is not known here" if seen.state else "in a state that was not told"
        yield Finding(id_, Grade.NOT_CHECKED, f"The key {seen.name} is {how}.", by)
        return
    said, remedy = STATES[seen.state]
    when = f", on {seen.ends[:10]}" if seen.ends else ""
    grade = Grade.WAITING if seen.state == "Creating" else Grade.REFUSED
    which = {"key_id": seen.key.id if seen.key else seen.id, "region": region}
    commands = {
        "enable": shell.aws("kms", "enable-key", **which),
        "cancel": shell.aws("kms", "cancel-key-deletion", **which),
        "material": shell.aws("kms", "get-parameters-for-import", **which),
        "stores": shell.aws("kms", "describe-custom-key-stores", region=region),
    }
    yield Finding(id_, grade, f"The key {seen.name} {said.format(when=when)}.", by, remedy.format(**commands))


def hindered(seen: Seen, region: str) -> Finding | None:
    """What keeps everybody from using a key; None if nothing does that could be seen."""
    return next((each for each in state(seen, region) if each.grade in (Grade.REFUSED, Grade.WAITING)), None)


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
        if _part(who, 4) == account:
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
        found += [str(each) for each in told if _part(str(each), 4) == account and not str(each).endswith(":root")]
    return list(dict.fromkeys(found))


def policy(cloud: Cloud, seen: Seen, region: str = "") -> Mapping[str, Any]:
    """The policy of a key of one's own. Raises CloudError where it may not be read, or the key is another's."""
    if seen.key is None:
        raise CloudError(seen.why or f"The key {seen.short} is not there.")
    return _policy(cloud, seen.key.id, region)


def _policy(cloud: Cloud, key: str, region: str) -> Mapping[str, Any]:
    """The key's policy; one that is no policy allows nothing that is known. Raises CloudError."""
    asked = Call("kms.GetKeyPolicy", {"KeyId": key, "PolicyName": "default"}, region)
    try:
        whole = document(cloud.make(asked).get("Policy") or "{}")
    except ValueError:
        whole = None
    return whole if isinstance(whole, Mapping) else {"Statement": "not a policy"}


def _state(about: Mapping[str, Any]) -> tuple[str, str, str]:
    spec = about.get("KeySpec") or about.get("CustomerMasterKeySpec") or ""
    state = about.get("KeyState") or ("" if "Enabled" not in about else "Enabled" if about["Enabled"] else "Disabled")
    return str(state), str(about.get("DeletionDate") or ""), str(spec)


def _named_by_amazon(name: str) -> bool:
    return name.startswith("alias/aws/") or _part(name, 5).startswith("alias/aws/")


def _part(arn: str, number: int) -> str:
    parts = arn.split(":", 5)
    return parts[number] if parts[0] == "arn" and len(parts) > number else ""


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


def _arn(alias: Mapping[str, Any]) -> str:
    return f"{alias['AliasArn'].partition(':alias/')[0]}:key/{alias['TargetKeyId']}"
