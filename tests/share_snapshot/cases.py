"""Answers for sharing a database snapshot in the demo company, and a picture of both accounts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from support.killed import Case, by_kind

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.engine.clock import Clock
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount

PLAIN: Mapping[str, Any] = {
    "database": "orders", "account": SECOND_ACCOUNT_ID, "region": "eu-central-1", "snapshot_name": "for-partner",
}  # fmt: skip
LOCKED: Mapping[str, Any] = {**PLAIN, "database": "members"}
"""Encrypted with Amazon's key."""
EXISTING: Mapping[str, Any] = {
    "snapshot": "orders-before-summer", "account": SECOND_ACCOUNT_ID, "region": "eu-central-1",
}  # fmt: skip
AUTOMATIC: Mapping[str, Any] = {
    "snapshot": "rds:members-2026-03-02-09-00", "account": SECOND_ACCOUNT_ID, "region": "eu-central-1",
    "snapshot_name": "for-partner",
}  # fmt: skip
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "plain": PLAIN,
    "locked": LOCKED,
    "existing": EXISTING,
    "automatic": AUTOMATIC,
    "cluster": {**PLAIN, "database": "reports"},
    "elsewhere": {**PLAIN, "region": "eu-west-1"},
    "locked, elsewhere, received": {
        **LOCKED, "region": "eu-west-1", "receive": "yes", "target_profile": "partner",
    },
    "a copy": {**EXISTING, "way": "named", "snapshot_name": "for-partner", "key": "new"},
    "two": {**PLAIN, "account": [SECOND_ACCOUNT_ID, "333333333333"]},
}  # fmt: skip
MOST = "locked"
"""Of these the one that has as much of the set-up as can be."""
OWN_KEY = "alias/shop"
ACCOUNTS, REGIONS = ("own", "partner"), ("eu-central-1", "eu-west-1")


def session(cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any], clock: Clock | None = None) -> Session:
    made = Session(flows.find("share_snapshot"), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted.add("compare-the-number")
    made.fill(answers)
    return made


def own_key(account: PracticeAccount, region: str = "eu-central-1") -> str:
    """A key of the company's own, with a statement that is not Handrail's; its address."""
    kms = account.session.client("kms", region_name=region)
    made: str = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName=OWN_KEY, TargetKeyId=made)
    return made


def picture(
    account: PracticeAccount, accounts: Sequence[str] = ACCOUNTS, regions: Sequence[str] = REGIONS
) -> dict[str, Any]:
    """Every snapshot with whom it is shared, and every key that is in use with its policy."""
    seen: dict[str, Any] = {}
    for name in accounts:
        for region in regions:
            rds, kms = _clients(account, name, region)
            for each in rds.describe_db_snapshots()["DBSnapshots"]:
                id_ = each["DBSnapshotIdentifier"]
                told = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=id_)["DBSnapshotAttributesResult"]
                seen[f"{name} {region} {id_}"] = _told(each, told["DBSnapshotAttributes"])
            for each in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]:
                id_ = each["DBClusterSnapshotIdentifier"]
                look = rds.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier=id_)
                told = look["DBClusterSnapshotAttributesResult"]
                seen[f"{name} {region} {id_}"] = _told(each, told["DBClusterSnapshotAttributes"])
            aliases = kms.list_aliases()["Aliases"]
            own = {each["TargetKeyId"]: each["AliasName"] for each in aliases if "/aws/" not in each["AliasName"]}
            for each in kms.list_keys()["Keys"]:
                about = kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]
                if about["KeyState"] == "Enabled" and about["KeyManager"] == "CUSTOMER":
                    policy = json.loads(kms.get_key_policy(KeyId=each["KeyId"], PolicyName="default")["Policy"])
                    seen[each["KeyId"]] = [own.get(each["KeyId"]), policy]
    return seen


@lru_cache(maxsize=len(ACCOUNTS) * len(REGIONS))
def _clients(account: PracticeAccount, name: str, region: str) -> tuple[Any, Any]:
    boto = account.session if name == "own" else account.session_of(name)
    assert boto
    return boto.client("rds", region_name=region), boto.client("kms", region_name=region)


def _told(each: Mapping[str, Any], attributes: Any) -> list[Any]:
    tags = sorted((tag["Key"], tag["Value"]) for tag in each.get("TagList") or [])
    return [each["Status"], each.get("Encrypted", each.get("StorageEncrypted")), tags, attributes]


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"snapshot": made["snapshot"], "account": SECOND_ACCOUNT_ID}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "share_snapshot",
        answers,
        lambda account: by_kind(picture(account, ["own"], ["eu-central-1"])),
        re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"),
        files=2,
        accept=("compare-the-number",),
    )


CASES: Mapping[str, Case] = {"share_snapshot, with a key": _killed(LOCKED)}
"""What is killed at every moment of it."""
