"""How images of other people stand: shared in unusual ways that are right, and in ways that are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from support.retold import Told, denied, more

from flows.practice import ACCOUNT_ID, SECOND_ACCOUNT_ID

THEM = f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"
ORGANIZATION = "arn:aws:organizations::333333333333:organization/o-abc1234567"
UNIT = "arn:aws:organizations::333333333333:ou/o-abc1234567/ou-ab12-34567890"
USE = ["kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]


def policy(*statements: Mapping[str, Any]) -> Mapping[str, Told]:
    """The key's policy: what the console writes for the owner, and these statements."""
    owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}, "Action": "kms:*",
             "Resource": "*"}  # fmt: skip
    text = json.dumps({"Version": "2012-10-17", "Statement": [owner, *statements]})
    return more("kms.GetKeyPolicy", "", Policy=text)


def allow(who: Any, *actions: str, **condition: Any) -> dict[str, Any]:
    given = {"Effect": "Allow", "Principal": who, "Action": list(actions), "Resource": "*"}
    return {**given, "Condition": condition} if condition else given


GRANTS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
OPEN = policy(allow({"AWS": THEM}, *USE), allow({"AWS": THEM}, "kms:CreateGrant", **GRANTS))
SHARED: Mapping[str, Told] = {
    **more("ec2.DescribeImageAttribute", "", LaunchPermissions=[{"UserId": SECOND_ACCOUNT_ID}]),
    **more("ec2.DescribeSnapshotAttribute", "", CreateVolumePermissions=[{"UserId": SECOND_ACCOUNT_ID}]),
    **OPEN,
}


def of_image(**values: Any) -> Mapping[str, Told]:
    return more("ec2.DescribeImages", "Images", **values)


def of_key(**values: Any) -> Mapping[str, Told]:
    return more("kms.DescribeKey", "KeyMetadata", **values)


def launched_by(*rows: Mapping[str, str]) -> Mapping[str, Told]:
    return more("ec2.DescribeImageAttribute", "", LaunchPermissions=list(rows))


def disks_by(*rows: Mapping[str, str]) -> Mapping[str, Told]:
    return more("ec2.DescribeSnapshotAttribute", "", CreateVolumePermissions=list(rows))


HEALTHY: Mapping[str, Mapping[str, Told]] = {
    "as AWS documents it": {},
    "one statement for all, by number": policy(allow({"AWS": SECOND_ACCOUNT_ID}, *USE, "kms:CreateGrant")),
    "everything of KMS": policy(allow({"AWS": [THEM, "arn:aws:iam::444444444444:root"]}, "kms:*")),
    "any account, through EC2 only": policy(
        allow("*", "kms:*", StringEquals={
            "kms:CallerAccount": [SECOND_ACCOUNT_ID], "kms:ViaService": "ec2.eu-central-1.amazonaws.com",
        })
    ),
    "a key that forbids others": policy(
        allow({"AWS": THEM}, "kms:*"),
        {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
         "Condition": {"StringNotEquals": {"kms:CallerAccount": [ACCOUNT_ID, SECOND_ACCOUNT_ID]}}},
    ),
    "not encrypted": more("ec2.DescribeSnapshots", "Snapshots", Encrypted=False),
    "one of several accounts": launched_by({"UserId": "444444444444"}, {"UserId": SECOND_ACCOUNT_ID}),
    "deprecated next year": of_image(DeprecationTime="2999-01-01T00:00:00.000Z"),
    "its aliases may not be listed": denied("kms.ListAliases"),
    "a key that is being moved to another region": of_key(KeyState="Updating"),
    "kept by a stack": of_image(Tags=[{"Key": "aws:cloudformation:stack-name", "Value": "golden"}]),
}  # fmt: skip

# how it is told, the status, the rule that it is because of, a part of the way out, and the rule that refuses or
# doubts beforehand, where the same image is to be shared
BROKEN: Mapping[str, tuple[Mapping[str, Told], str, str, str, str]] = {
    "the key may not be looked at": (
        {**denied("kms.DescribeKey"), **more("kms.ListAliases", "", Aliases=[])}, "unknown", "key", "keeps that key",
        "key",
    ),
    "the key has only a name": (denied("kms.DescribeKey"), "unknown", "key-state", "", "key-state"),
    "a key of a third account": (of_key(AWSAccountId="444444444444"), "unknown", "key", "", "key"),
    "Amazon's key": (of_key(KeyManager="AWS"), "broken", "key", "key=new", ""),
    "Amazon's key, told by its name alone": (
        {**denied("kms.DescribeKey"), **more("kms.ListAliases", "Aliases", AliasName="alias/aws/ebs")}, "broken", "key",
        "key=new", "",
    ),
    "switched off": (of_key(KeyState="Disabled"), "broken", "key-state", "kms enable-key", "key-state"),
    "to be deleted": (
        of_key(KeyState="PendingDeletion", DeletionDate="2026-12-24T00:00:00Z"), "broken", "key-state",
        "cancel-key-deletion", "key-state",
    ),
    "waiting for its material": (of_key(KeyState="PendingImport"), "broken", "key-state", "import", "key-state"),
    "its store is out of reach": (of_key(KeyState="Unavailable"), "broken", "key-state", "store", "key-state"),
    "a replica's original": (of_key(KeyState="PendingReplicaDeletion"), "broken", "key-state", "cancel", "key-state"),
    "being made": (of_key(KeyState="Creating"), "waiting", "key-state", "Wait", "key-state"),
    "a new word": (of_key(KeyState="Hibernating"), "unknown", "key-state", "", "key-state"),
    "decrypt and grants only": (
        policy(allow({"AWS": THEM}, "kms:Decrypt", "kms:CreateGrant")), "broken", "key-use", "kms:ReEncrypt*", "",
    ),
    "all but to make data keys": (
        policy(allow({"AWS": THEM}, "kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant")), "broken",
        "key-use", "kms:GenerateDataKey*", "",
    ),
    "the condition of grants on everything": (
        policy(allow({"AWS": THEM}, "kms:*", **GRANTS)), "broken", "key-use", "kms:CreateGrant", "",
    ),
    "through another service": (
        policy(allow({"AWS": THEM}, "kms:*", StringEquals={"kms:ViaService": "rds.eu-central-1.amazonaws.com"})),
        "broken", "key-use", "kms:CreateGrant", "",
    ),
    "an organization": (
        policy(allow("*", "kms:*", StringEquals={"aws:PrincipalOrgID": "o-abc1234567"})), "unknown", "key-use", "", "",
    ),
    "forbidden for others": (
        policy(allow({"AWS": THEM}, "kms:*"),
               {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
                "Condition": {"StringNotEquals": {"kms:CallerAccount": ACCOUNT_ID}}}),
        "broken", "key-use", "Except that account", "key-use",
    ),
    "one role of theirs": (
        policy(allow({"AWS": f"arn:aws:iam::{SECOND_ACCOUNT_ID}:role/deploy"}, *USE, "kms:CreateGrant")), "works_but",
        "key-use", "as that user or role", "",
    ),
    "the policy may not be read": (denied("kms.GetKeyPolicy"), "unknown", "key-use", "", "denied"),
    "public": ({**launched_by({"Group": "all"})}, "works_but", "public", "Group=all", "public"),
    "public, the disks too": (
        {**launched_by({"Group": "all"}), **disks_by({"Group": "all"})}, "works_but", "public", "Group=all", "public",
    ),
    "shared with an organization": (launched_by({"OrganizationArn": ORGANIZATION}), "unknown", "shared", "account", ""),
    "shared with a unit": (launched_by({"OrganizationalUnitArn": UNIT}), "unknown", "shared", "account", ""),
    "shared with nobody": ({**launched_by(), **disks_by()}, "broken", "shared", "handrail run share_ami", ""),
    "the disks are not": (disks_by(), "works_but", "copies", "copies=yes", ""),
    "its disks may not be looked at": (denied("ec2.DescribeSnapshots"), "unknown", "key", "", "answer"),
    "who may launch it is not told": (denied("ec2.DescribeImageAttribute"), "unknown", "shared", "", "denied"),
    "deprecated": (
        of_image(DeprecationTime="2020-01-01T00:00:00.000Z"), "works_but", "deprecated", "--include-deprecated",
        "deprecated",
    ),
    "disabled": (of_image(State="disabled"), "broken", "image", "enable-image", "answer"),
    "not complete yet": (of_image(State="pending"), "waiting", "image", "Wait", "answer"),
    "failed": (of_image(State="failed"), "broken", "image", "new one", "answer"),
    "a state by a new word": (of_image(State="dormant"), "unknown", "image", "", "answer"),
    "from the Marketplace": (
        of_image(ProductCodes=[{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}]), "works_but", "products",
        "subscribe", "products",
    ),
}  # fmt: skip
