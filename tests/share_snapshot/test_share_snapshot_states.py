"""Snapshots as other people leave them: shared in unusual ways that are right, and in ways that are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from share_snapshot.cases import EXISTING, own_key, session
from support.clock import FakeClock
from support.clouds import Between
from support.retold import Retold, Told, denied, more

import flows
from flows.aws import rds_snapshots
from flows.engine import Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount
from flows.share_snapshot import checks, diagnosis, handover, rules

NAME = EXISTING["snapshot"]
THEM = {"AWS": f"arn:aws:iam::{SECOND_ACCOUNT_ID}:root"}


@pytest.fixture(scope="module")
def key(still: PracticeAccount) -> str:
    return own_key(still)


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


@pytest.mark.parametrize("state", [*PLAIN, *LOCKED])
@pytest.mark.some(every=3)
def test_each_state_is_told_with_its_cause(still_both: Aws, key: str, state: str) -> None:
    locked = of_snapshot(Encrypted=True, KmsKeyId=key) if state in LOCKED else {}
    changed, status, cause, remedy, before = {**PLAIN, **LOCKED}[state]
    other = [each["rds.DescribeDBSnapshots"] for each in (locked, changed) if "rds.DescribeDBSnapshots" in each]

    def snapshots(page: dict[str, Any]) -> dict[str, Any]:
        for change in other:
            page = change(page)
        return page

    told = Retold(still_both, {**shared_with(SECOND_ACCOUNT_ID), **changed, "rds.DescribeDBSnapshots": snapshots})
    found = check(told)
    assert (found.status.value, found.cause.partition(":")[0]) == (status, cause)
    assert remedy in (found.because.remedy if found.because else "")
    if before == "answer":
        with pytest.raises(Exception, match=r"missing|is (creating|failed|dreaming)|not allowed"):
            session(told, None, EXISTING, FakeClock()).review()
        return
    findings = session(told, None, EXISTING, FakeClock()).review().findings
    wrong = [each.id.partition(":")[0] for each in findings if each.grade.value not in ("proved", "predicted")]
    assert wrong[:1] == ([before] if before else [])


def test_a_name_that_only_the_key_makes_necessary_is_asked_for(still_both: Aws, key: str) -> None:
    told = Retold(still_both, {**of_snapshot(Encrypted=True, KmsKeyId=key), **of_key(KeyManager="AWS")})
    with pytest.raises(Refused, match="1 answer is missing:\n  snapshot_name: What should the shared snapshot be"):
        session(told, None, EXISTING, FakeClock())


def test_the_letter_names_what_does_not_come_along(still_both: Aws) -> None:
    arn = f"arn:aws:rds:eu-central-1:123456789012:snapshot:{NAME}"
    facts = {"kind": "DBSnapshot", "region": "eu-central-1", "accounts": [SECOND_ACCOUNT_ID], "engine": "oracle-ee",
             "encrypted": False, "their_key": "", "option_group": "with-timezone"}  # fmt: skip
    told = handover.hand_over(still_both, {"snapshot": NAME, "snapshot_arn": arn}, facts)
    letter = told.files["for-the-receiver.txt"]
    for part in ("with-timezone", "--option-group-name", "--db-parameter-group-name", "Tags", ":123456789012:"):
        assert part in letter


CLUSTERS = f"arn:aws:rds:eu-central-1:123456789012:cluster-snapshot:{NAME}"


def test_an_address_is_not_taken_for_another_of_that_name(still_both: Aws) -> None:
    assert check(still_both, CLUSTERS).cause == "snapshot"
    assert check(still_both, NAME.upper()).cause == "shared"


def test_a_check_knows_all_that_is_looked_at_beforehand() -> None:
    assert set(checks.RULES) <= set(diagnosis.RULES)


def test_of_several_receivers_each_is_told(still_both: Aws, key: str) -> None:
    """The one whom the key's policy lets in may; of the other that is said, and only of that one."""
    told = {**shared_with(SECOND_ACCOUNT_ID, "444444444444"), **of_snapshot(Encrypted=True, KmsKeyId=key), **ALL}
    cloud = CachedCloud(Retold(still_both, told))
    data = rds_snapshots.one(cloud, NAME)
    assert data
    here = rules.Situation(cloud, data, (SECOND_ACCOUNT_ID, "444444444444"))
    told_of = {each.id.rpartition(":")[2]: each.grade.value for each in rules.key_use(here)}
    assert told_of == {SECOND_ACCOUNT_ID: "proved", "444444444444": "refused"}
    assert [each.grade.value for each in rules.shared(here)] == ["proved"]


def test_a_check_asks_a_fixed_number_of_things(still_both: Aws, key: str) -> None:
    told = {**shared_with(SECOND_ACCOUNT_ID), **of_snapshot(Encrypted=True, KmsKeyId=key), **ALL}
    counted = Between(Retold(still_both, told))
    check(counted)
    assert len(counted.calls) == 7, [each.operation for each in counted.calls]
