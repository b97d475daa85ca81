"""KMS keys for what is shared: how one is made, how one that exists is opened for another account, and what it costs.

AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key", and the EC2 and RDS user guides on sharing
encrypted images and snapshots, 2026-10.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from flows.engine import (
    FLOW,
    RUN,
    TOKEN,
    Action,
    Call,
    Cloud,
    Cost,
    Entry,
    Find,
    Kept,
    Late,
    Ref,
    Still,
    Undo,
    edited,
    found,
    join,
)
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits
from flows.engine.resource_types import SOURCE_KEYS, SOURCE_THROUGH

from . import keepers, key_policies, kms_dependents, kms_keys
from .kms_keys import Key

WHY = {
    "key": "What is encrypted can be read only by who may also use its key; Amazon's own keys stay in your account.",
    "key-state": "A key that is switched off, or is to be deleted, opens nothing for anybody.",
    "key-use": "Both sides must agree: the key's policy here, and the other account's own roles.",
    "key-grants": "A grant lets single roles use the key; all others of that account are turned away.",
}
"""Why it matters how a key is shared, by the rule that looks at it."""
DAYS = 30
"""How long AWS keeps a key that is to be deleted: its longest, so that a receiver who still needs it can say so."""
LARGEST = 32768
"""Bytes that a key policy may have (AWS KMS quotas, 2026-10)."""


@dataclass(frozen=True)
class Opened:
    """A key as a plan goes on with it: what copies are encrypted with, and what must run before they are shared."""

    arn: Late
    after: tuple[str, ...] = ()
    actions: tuple[Action, ...] = field(default=(), compare=False)


def make(called: str, cloud: Cloud, accounts: Sequence[str], region: str = "") -> Opened:
    """A new key that these accounts may use. KMS lists keys without tags, so it is recognised by its description."""
    owner = f"arn:{cloud.identity.partition}:iam::{cloud.identity.account}:root"
    admin = {
        "Sid": "OwnerAdmin", "Effect": "Allow", "Principal": {"AWS": owner}, "Action": "kms:*", "Resource": "*",
    }  # fmt: skip
    policy = {
        "Version": "2012-10-17",
        "Statement": [admin, *key_policies.statements(cloud, accounts, "TargetUse", "TargetGrants")],
    }
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
        stands=Still(
            Call("kms.DescribeKey", {"KeyId": id_}, region),
            "KeyMetadata.[KeyState] | [?@!='PendingDeletion'] | [0]", "Enabled", "It is not switched on any more.",
        ),
        type="AWS::KMS::Key",
        resource=Ref("key", "KeyMetadata.Arn"),
        costs=(COST,),
        undone="The key, which AWS deletes later",
        left="The key",
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
        stands=Still(
            Call("kms.GetKeyRotationStatus", {"KeyId": id_}, region),
            "KeyRotationEnabled && 'on' || 'off'",
            "on",
            "It is not renewed any more.",
        ),
    )
    return Opened(Ref("key", "KeyMetadata.Arn"), ("key",), (key, named, turned))


def open_to(
    key: Key,
    cloud: Cloud,
    accounts: Sequence[str],
    service: str,
    region: str = "",
    more: str = "",
    shares: Sequence[str] = (),
) -> Opened:
    """A key that exists, and, for accounts that its policy does not let in, two statements in it. Others stay.

    They use it through `service`: "ec2" or "rds". `more` tells this key's actions from those of another in the same
    plan; what exists already and is shared by this plan is `shares`: images and disks by their ids, snapshots of
    databases by their addresses.
    """
    out = key_policies.closed_to(cloud, key, accounts, service, region)
    if not out:
        return Opened(key.arn)
    actions: list[Action] = []
    who, leaning = " and ".join(out), kms_dependents.shared_under(key.id, out, shares, region)
    for number, statement in enumerate(
        key_policies.statements(cloud, out, join("HandrailUse", TOKEN), join("HandrailGrants", TOKEN))
    ):
        id_ = ("key-use", "key-grants")[number] + more
        sentence = (f"Let {who} use the key {key.name}", f"Let AWS services use it for {who}, too")[number]
        added = add_statement(id_, key.id, sentence, statement, region)
        actions.append(
            replace(
                added,
                others=leaning,
                after=tuple(each.id for each in actions),
                undone=f"What the policy of the key {key.name} allowed {who}",
                refusals={"MalformedPolicyDocumentException": f"AWS does not know the account {who}."},
            )
        )
    return Opened(key.arn, tuple(each.id for each in actions), tuple(actions))


def use(key: Key, account: str, service: str, shares: Sequence[str]) -> Mend:
    """What lets an account use a key through `service`, for what it `shares`: that was shared before, or will be."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The key {key.name}", kms_keys.tags(cloud, key.id))
        yield from open_to(key, cloud, [account], service, more=f"-{key.id}-{account}", shares=shares).actions
        yield admits(f"The account {account} may use the key {key.name} then, for whatever is encrypted with it.")

    return mend


def add_statement(id: str, key: str, sentence: str, statement: Mapping[str, Any], region: str = "") -> Action:
    """Add one statement to the policy of a key, by its id; the others stay as they are."""
    read = Call("kms.GetKeyPolicy", {"KeyId": key, "PolicyName": "default"}, region)
    return Action(
        id,
        sentence,
        Call("kms.PutKeyPolicy", {"KeyId": key, "PolicyName": "default", "Policy": edited(id)}, region),
        undo=Entry(read, "Policy", statement, limit=LARGEST, gone=("NotFoundException",)),
        undone=f"The statement in the policy of the key {key}",
    )


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
        {"Effect": "Allow", "Action": list(key_policies.USE), "Resource": list(keys)},
        {"Effect": "Allow", "Action": list(key_policies.GRANTS), "Resource": list(keys), "Condition": only},
    ]


COST = Cost(
    "The key", (Decimal(1) / 730).quantize(Decimal("0.000001")), "2026-11",
    "https://aws.amazon.com/kms/pricing/, not verified",
    "Each yearly renewal may add another dollar. While somebody uses what is shared, do not delete or disable it.",
)  # fmt: skip
