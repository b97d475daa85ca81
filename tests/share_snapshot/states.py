"""How snapshots of other people stand: shared in unusual ways that are right, and in ways that are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from share_snapshot.cases import EXISTING
from support.retold import Told, denied, more

import flows
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import SECOND_ACCOUNT_ID

NAME = EXISTING["snapshot"]
THEM = {"AWS": f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"}


def shared_with(*accounts: str) -> Mapping[str, Told]:
    attribute = {"AttributeName": "restore", "AttributeValues": list(accounts)}
    path = "DBSnapshotAttributesResult"
    return more("rds.DescribeDBSnapshotAttributes", path, DBSnapshotAttributes=[attribute])


def of_snapshot(**values: Any) -> Mapping[str, Told]:
    return more("rds.DescribeDBSnapshots", "DBSnapshots", **values)


def of_key(**values: Any) -> Mapping[str, Told]:
    return more("kms.DescribeKey", "KeyMetadata", **values)


def policy(*actions: str, **more_: Any) -> Mapping[str, Told]:
    one = {"Effect": "Allow", "Principal": THEM, "Action": list(actions), "Resource": "*", **more_}
    return more("kms.GetKeyPolicy", "", Policy=json.dumps({"Version": "2012-10-17", "Statement": one}))


def granted(who: str, **more_: Any) -> Mapping[str, Told]:
    """A key whose policy does not let them in, and a grant that does."""
    ways = ["DescribeKey", "Decrypt", "ReEncryptFrom", "GenerateDataKeyWithoutPlaintext", "CreateGrant"]
    one = {"GranteePrincipal": f"arn:aws:iam::{SECOND_ACCOUNT_ID}:{who}", "Operations": ways, **more_}
    return {**policy("kms:DescribeKey"), **more("kms.ListGrants", "", Grants=[one])}


ALL = policy("kms:*")
# how it is told, the status, its cause, a part of the way out, what is wrong beforehand
PLAIN: Mapping[str, tuple[Mapping[str, Told], str, str, str, str]] = {
    "not encrypted": ({}, "works", "", "", ""),
    "among nineteen others": (
        shared_with(SECOND_ACCOUNT_ID, *(f"4444444444{n}" for n in range(10, 29))), "works", "", "", "",
    ),
    "kept by a plan": (of_snapshot(TagList=[{"Key": "ManagedBy", "Value": "Terraform"}]), "works", "", "", ""),
    "public": (shared_with("all"), "works_but", "public", "values-to-remove all", "public"),
    "public and named": (shared_with("all", SECOND_ACCOUNT_ID), "works_but", "public", "values-to-remove", "public"),
    "shared with another": (shared_with("444444444444"), "broken", "shared", "handrail run share_snapshot", ""),
    "who may use it is not told": (denied("rds.DescribeDBSnapshotAttributes"), "unknown", "shared", "", "answer"),
    "being made": (of_snapshot(Status="creating"), "waiting", "snapshot", "Wait", "answer"),
    "failed": (of_snapshot(Status="failed"), "broken", "snapshot", "new one", "answer"),
    "a state by a new word": (of_snapshot(Status="dreaming"), "unknown", "snapshot", "", "answer"),
}  # fmt: skip
LOCKED: Mapping[str, tuple[Mapping[str, Told], str, str, str, str]] = {
    "a key that is open": (ALL, "works", "", "", ""),
    "a key open through RDS": (
        policy("kms:*", Condition={"StringLike": {"kms:ViaService": "rds.*.amazonaws.com"}}), "works", "", "", "",
    ),
    "a key that may not be looked at": (
        {**denied("kms.DescribeKey"), **more("kms.ListAliases", "", Aliases=[])}, "unknown", "key", "keeps that key",
        "key",
    ),
    "a third account's key": (of_key(AWSAccountId="444444444444"), "unknown", "key", "", "key"),
    "Amazon's key": (of_key(KeyManager="AWS"), "broken", "key", "key=new", "answer"),
    "a key of RDS itself": (of_snapshot(StorageEncryptionType="sse-rds"), "broken", "key", "key=new", "answer"),
    "switched off": ({**ALL, **of_key(KeyState="Disabled")}, "broken", "key-state", "enable-key", "key-state"),
    "to be deleted": (
        {**ALL, **of_key(KeyState="PendingDeletion")}, "broken", "key-state", "cancel-key-deletion", "key-state",
    ),
    "decrypt and grants only": (
        policy("kms:Decrypt", "kms:CreateGrant"), "broken", "key-use", "kms:GenerateDataKey*", "",
    ),
    "a grant to all of them": (granted("root"), "works", "", "", ""),
    "a grant to a role of theirs": (granted("role/restore"), "works_but", "key-use", "as that user or role", ""),
    "a grant within limits": (
        granted("root", Constraints={"EncryptionContextSubset": {"a": "b"}}), "unknown", "key-use", "", "",
    ),
    "grants that may not be listed": (
        {**policy("kms:Decrypt"), **denied("kms.ListGrants")}, "unknown", "key-use", "", "",
    ),
    "only from somewhere": (
        policy("kms:*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), "unknown", "key-use", "", "",
    ),
}  # fmt: skip


def check(cloud: Any, snapshot: str = NAME) -> Verdict:
    subject = {"snapshot": snapshot, "account": SECOND_ACCOUNT_ID}
    return verdict(flows.find("share_snapshot").diagnose(CachedCloud(cloud), subject))


CLUSTERS = f"arn:aws:rds:eu-central-1:123456789012:cluster-snapshot:{NAME}"
