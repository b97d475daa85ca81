"""KMS keys that another account may use: which there are, how one is made, and how one that exists is opened.

AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key", and the EC2 and RDS user guides on sharing
encrypted images and snapshots, 2026-10. Amazon's standard keys (alias/aws/…) never leave their account, so what is
encrypted with one is encrypted anew, by a copy, before it is shared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flows.engine import (
    FLOW,
    RUN,
    TOKEN,
    Action,
    Call,
    Cloud,
    CloudError,
    Cost,
    Entry,
    Find,
    Finding,
    Grade,
    Kept,
    Late,
    Option,
    Ref,
    Refused,
    Undo,
    edited,
    found,
    join,
)
from flows.engine.authorization import SOURCE_KEYS, SOURCE_THROUGH
from flows.engine.refusals import no_such_thing

from . import kms_dependents

KEEP, NEW = "keep", "new"
USE = ("kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")
GRANTS = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
DAYS = 30
"""How long AWS keeps a key that is to be deleted: its longest, so that a receiver who still needs it can say so."""
LARGEST = 32768
"""Bytes that a key policy may have (AWS KMS quotas, 2026-10)."""


@dataclass(frozen=True)
class Key:
    """A key of one's own."""

    id: str
    arn: str
    name: str


@dataclass(frozen=True)
class Opened:
    """A key as a plan goes on with it: what copies are encrypted with, and what must run before they are shared."""

    arn: Late
    after: tuple[str, ...] = ()
    actions: tuple[Action, ...] = field(default=(), compare=False)


# -- to look at ------------------------------------------------------------------------------------------------


def options(cloud: Cloud, region: str = "") -> list[Option[Key | str]]:
    """The key it has, a new one, or one of one's own by its alias; where those may not be listed, without them."""
    offered: list[Option[Key | str]] = [
        Option(KEEP, KEEP, "The key it has, or none"),
        Option(NEW, NEW, "A new key, made for this", "about 1 USD a month"),
    ]
    try:
        pages = list(cloud.pages(Call("kms.ListAliases", region=region)))
    except CloudError:
        return offered
    aliases = [each for page in pages for each in page["Aliases"] if each.get("TargetKeyId")]
    own = [each for each in aliases if not each["AliasName"].startswith("alias/aws/")]
    keys = [Key(each["TargetKeyId"], _arn(each), each["AliasName"]) for each in own]
    return offered + [Option(each.name, each, each.name, each.id) for each in keys]


def by_alias(text: str, offered: Iterable[Option[Key | str]]) -> str:
    """The alias of a key that was given by its id or address."""
    for each in offered:
        if isinstance(each.value, Key) and text in (each.value.id, each.value.arn):
            return each.key
    return text


def usable(cloud: Cloud, key: Key, region: str = "") -> None:
    """Raises Refused for a key that cannot encrypt what is shared."""
    about = cloud.make(Call("kms.DescribeKey", {"KeyId": key.id}, region))["KeyMetadata"]
    if about.get("KeyState", "Enabled") != "Enabled":
        raise Refused(f"The key {key.name} is {about['KeyState']}. Switch it on, or choose another or a new one.")
    spec = about.get("KeySpec") or about.get("CustomerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    if spec != "SYMMETRIC_DEFAULT":
        raise Refused(f"The key {key.name} is of the kind {spec}; disks need a symmetric one. Choose another or new.")


def own(cloud: Cloud, key: str, region: str = "") -> Key | None:
    """The customer's own key of that id or address; None for Amazon's standard ones, and where there is none.

    Raises CloudError where that cannot be seen.
    """
    try:
        about = cloud.make(Call("kms.DescribeKey", {"KeyId": key}, region))["KeyMetadata"]
        if about.get("KeyManager") == "AWS":
            return None
        listed = cloud.make(Call("kms.ListAliases", {"KeyId": about["KeyId"]}, region))["Aliases"]
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        return None
    names = [each["AliasName"] for each in listed]
    if any(name.startswith("alias/aws/") for name in names):  # an emulator may not say who manages it
        return None
    return Key(about["KeyId"], about["Arn"], names[0] if names else about["KeyId"])


def closed_to(cloud: Cloud, key: Key, accounts: Iterable[str], region: str = "") -> list[str]:
    """Which of these accounts the key's policy does not let in yet. Raises CloudError where it may not be read."""
    look = Call("kms.GetKeyPolicy", {"KeyId": key.id, "PolicyName": "default"}, region)
    statements = json.loads(cloud.make(look)["Policy"]).get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return [account for account in accounts if not _let_in(listed, account)]


def finding(cloud: Cloud, key: str, accounts: Iterable[str], region: str = "") -> Finding:
    """Whether these accounts can use what is encrypted with that key."""
    try:
        mine = own(cloud, key, region)
    except CloudError as problem:
        return Finding("key", Grade.NOT_CHECKED, f"The key {key} could not be looked at.", problem.what)
    if mine is None:
        return Finding(
            "key", Grade.REFUSED, "It is encrypted with a key that never leaves your account.",
            f"KMS does not know {key} as a key of your own",
            "Share a copy instead, encrypted with a key of your own: run the set-up with key=new.",
        )  # fmt: skip
    try:
        out = closed_to(cloud, mine, accounts, region)
    except CloudError as problem:
        return Finding("key", Grade.NOT_CHECKED, f"The policy of the key {mine.name} was not read.", problem.what)
    if out:
        return Finding(
            "key", Grade.REFUSED, f"The policy of the key {mine.name} does not let {', '.join(out)} use it.",
            "its key policy",
            f"Add arn:aws:iam::{out[0]}:root to it with {', '.join(USE)}, and kms:CreateGrant for AWS resources.",
        )  # fmt: skip
    return Finding("key", Grade.PROVED, f"The policy of the key {mine.name} lets them use it.", "its key policy")


# -- to make ---------------------------------------------------------------------------------------------------


def make(called: str, cloud: Cloud, accounts: Sequence[str], region: str = "") -> Opened:
    """A new key that these accounts may use. KMS lists keys without tags, so it is recognised by its description."""
    owner = f"arn:{_partition(cloud)}:iam::{cloud.identity.account}:root"
    admin = {
        "Sid": "OwnerAdmin", "Effect": "Allow", "Principal": {"AWS": owner}, "Action": "kms:*", "Resource": "*",
    }  # fmt: skip
    policy = {"Version": "2012-10-17", "Statement": [admin, *_statements(cloud, accounts, "TargetUse", "TargetGrants")]}
    about = join("Handrail ", RUN)
    id_ = Ref("key", "KeyMetadata.KeyId")
    alias = join("alias/handrail/", RUN)
    back = (
        f"AWS deletes it after {DAYS} days; until then it costs nothing, and aws kms cancel-key-deletion brings it "
        "back. Copies that the receiver made with a key of their own do not need it."
    )
    key = Action(
        "key",
        f"Make a key that {' and '.join(accounts)} may use, for what is shared",
        Call(
            "kms.CreateKey",
            {
                "Description": about, "Policy": json.dumps(policy, separators=(",", ":")),
                "Tags": [
                    {"TagKey": "Name", "TagValue": called}, {"TagKey": "handrail:run", "TagValue": RUN},
                    {"TagKey": "handrail:flow", "TagValue": FLOW},
                ],
            },
            region,
        ),
        undo=(
            Undo(
                Call("kms.ScheduleKeyDeletion", {"KeyId": id_, "PendingWindowInDays": DAYS}, region),
                gone=("NotFoundException", "KMSInvalidStateException: pending deletion"),
                kept=Kept(join("The key ", id_, ", switched off"), back),
            ),
        ),
        find=Find(
            Call("kms.ListKeys", region=region),
            "Keys[].{KeyMetadata: {KeyId: KeyId, Arn: KeyArn}}",
            proof=Call("kms.DescribeKey", {"KeyId": found("KeyMetadata.KeyId")}, region),
            ours=join("KeyMetadata.Description == 'Handrail ", RUN, "'"),
        ),
        others=kms_dependents.of_key(id_, alias, region),
        settings=kms_dependents.policy(id_, region),
        type="AWS::KMS::Key",
        resource=Ref("key", "KeyMetadata.Arn"),
        costs=(COST,),
        undone="The key, which AWS deletes later",
        refusals={"MalformedPolicyDocumentException": f"AWS does not know the account {' or '.join(accounts)}."},
    )  # fmt: skip
    named = Action(
        "key-name",
        "Give the key a name",
        Call("kms.CreateAlias", {"AliasName": alias, "TargetKeyId": id_}, region),
        undo=(Undo(Call("kms.DeleteAlias", {"AliasName": alias}, region), gone=("NotFoundException",)),),
        find=Find(
            Call("kms.ListAliases", {"KeyId": id_}, region),
            join("Aliases[?AliasName=='", alias, "' && TargetKeyId=='", id_, "'] | [0]"),
        ),
        exists=("AlreadyExistsException",),
        others=(kms_dependents.pointed_elsewhere(id_, alias, region),),
        part_of=("key",),
        copies=("key",),
        type="AWS::KMS::Alias",
        resource=alias,
        undone="The name of the key",
    )
    turned = Action(
        "key-rotation",
        "Let AWS renew the key's material every year",
        Call("kms.EnableKeyRotation", {"KeyId": id_}, region),
    )
    return Opened(Ref("key", "KeyMetadata.Arn"), ("key",), (key, named, turned))


def open_to(
    key: Key, cloud: Cloud, accounts: Sequence[str], region: str = "", more: str = "", shares: Sequence[str] = ()
) -> Opened:
    """A key that exists, and, for accounts that its policy does not let in, two statements in it. Others stay.

    `more` tells this key's actions from those of another in the same plan; what exists already and is shared by this
    plan is `shares`: images and disks by their ids, snapshots of databases by their addresses.
    """
    out = closed_to(cloud, key, accounts, region)
    if not out:
        return Opened(key.arn)
    read = Call("kms.GetKeyPolicy", {"KeyId": key.id, "PolicyName": "default"}, region)
    actions: list[Action] = []
    who, leaning = " and ".join(out), kms_dependents.shared_under(key.id, out, shares, region)
    for number, statement in enumerate(
        _statements(cloud, out, join("HandrailUse", TOKEN), join("HandrailGrants", TOKEN))
    ):
        id_ = ("key-use", "key-grants")[number] + more
        actions.append(
            Action(
                id_,
                (f"Let {who} use the key {key.name}", f"Let AWS services use it for {who}, too")[number],
                Call("kms.PutKeyPolicy", {"KeyId": key.id, "PolicyName": "default", "Policy": edited(id_)}, region),
                undo=Entry(read, "Policy", statement, limit=LARGEST, gone=("NotFoundException",)),
                others=leaning,
                after=tuple(each.id for each in actions),
                undone=f"What the policy of the key {key.name} allowed {who}",
                refusals={"MalformedPolicyDocumentException": f"AWS does not know the account {who}."},
            )
        )
    return Opened(key.arn, tuple(each.id for each in actions), tuple(actions))


def copied_from(keys: Sequence[str], service: str, region: str) -> Mapping[str, tuple[str, ...]]:
    """What is known of a call that copies what is encrypted with these keys of one's own, in that region."""
    return {SOURCE_KEYS: tuple(keys), SOURCE_THROUGH: (f"{service}.{region}.amazonaws.com",)} if keys else {}


def let_in(opening: Sequence[str]) -> tuple[str, ...]:
    """Those actions of an `Opened` that only let somebody in: what is encrypted with the key stands without them."""
    return tuple(id_ for id_ in opening if id_ != "key")


def for_their_user(keys: Sequence[str]) -> list[dict[str, Any]]:
    """What the receiver's own user needs in a policy there, beside what the keys' policies say here."""
    if not keys:
        return []
    only = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        {"Effect": "Allow", "Action": list(USE), "Resource": list(keys)},
        {"Effect": "Allow", "Action": list(GRANTS), "Resource": list(keys), "Condition": only},
    ]


COST = Cost(
    "The key", (Decimal(1) / 730).quantize(Decimal("0.000001")), "2026-11",
    "https://aws.amazon.com/kms/pricing/, not verified",
    "Each yearly renewal may add another dollar. While somebody uses what is shared, do not delete or disable it.",
)  # fmt: skip


def _statements(cloud: Cloud, accounts: Sequence[str], use: Late, grants: Late) -> list[dict[str, Any]]:
    """What the other side needs. Grants only through AWS services, which revoke them when they are no longer needed."""
    roots = [f"arn:{_partition(cloud)}:iam::{account}:root" for account in accounts]
    who = {"Effect": "Allow", "Principal": {"AWS": roots}, "Resource": "*"}
    return [
        {"Sid": use, **who, "Action": list(USE)},
        {
            "Sid": grants, **who, "Action": list(GRANTS),
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]  # fmt: skip


def _partition(cloud: Cloud) -> str:
    return cloud.identity.arn.split(":")[1] if cloud.identity.arn.startswith("arn:") else "aws"


def _arn(alias: Mapping[str, Any]) -> str:
    return f"{alias['AliasArn'].partition(':alias/')[0]}:key/{alias['TargetKeyId']}"


def _let_in(statements: Iterable[Mapping[str, Any]], account: str) -> bool:
    allowed = [
        action.lower()
        for each in statements
        if each.get("Effect") == "Allow" and account in _accounts(each.get("Principal"))
        for action in _listed(each.get("Action"))
    ]
    return all(
        any(each in ("*", "kms:*", f"kms:{needed}") for each in allowed) for needed in ("decrypt", "creategrant")
    )


def _accounts(principal: Any) -> Iterator[str]:
    """The accounts that a statement names as a whole; a single user or role of theirs is not enough."""
    listed = _listed(principal.get("AWS")) if isinstance(principal, Mapping) else ()
    for each in listed:
        yield each.split(":")[4] if each.startswith("arn:") and each.endswith(":root") else each


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)
