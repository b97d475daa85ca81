"""What speaks against sharing in accounts that are not as the company's."""

from __future__ import annotations

import pytest
from share_snapshot.cases import EXISTING, LOCKED, OWN_KEY, PLAIN, own_key, session
from support.clock import FakeClock

from flows.aws import kms_keys
from flows.engine import Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


def test_a_snapshot_that_is_shared_with_many_has_no_room(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    account.session.client("rds").modify_db_snapshot_attribute(
        DBSnapshotIdentifier="orders-before-summer", AttributeName="restore",
        ValuesToAdd=[f"8888888888{n}" for n in range(10, 30)],
    )  # fmt: skip
    with pytest.raises(Refused, match="20 may use it already, with these it would be 21"):
        session(both, None, EXISTING, clock)


@pytest.mark.wild
def test_a_key_that_is_switched_off_or_of_another_kind(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    kms = account.session.client("kms")
    kms.disable_key(KeyId=own_key(account).rpartition("/")[2])
    with pytest.raises(Refused, match=r"The key alias/shop is switched off \(Disabled\).*aws kms enable-key"):
        session(both, None, {**LOCKED, "key": OWN_KEY}, clock)
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/signing", TargetKeyId=signing)
    with pytest.raises(Refused, match="of the kind ECC_NIST_P256; disks need a symmetric one"):
        session(both, None, {**LOCKED, "key": "alias/signing"}, clock)


def test_a_key_without_an_alias(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    """It is offered by its id, and only one's own is; its address will do, too."""
    kms = account.session.client("kms")
    made = kms.create_key()["KeyMetadata"]
    named = {each["TargetKeyId"] for each in kms.list_aliases()["Aliases"] if "TargetKeyId" in each}
    offered = [each.key for each in kms_keys.options(both) if each.hint == "has no alias"]
    assert made["KeyId"] in offered and named.isdisjoint(offered)
    for said in (made["KeyId"], made["Arn"]):
        review = session(both, None, {**LOCKED, "key": said}, clock).review()
        assert not review.refusals
        copied = [each.call.params["KmsKeyId"] for each in review.plan.actions if each.call.name == "CopyDBSnapshot"]
        assert copied == [made["Arn"]]


@pytest.mark.wild
def test_clusters_of_the_other_kinds(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    for engine, sentence in (("postgres", "Multi-AZ DB cluster; its snapshots cannot be shared"), ("neptune", "kind")):
        account.session.client("rds").create_db_cluster(
            DBClusterIdentifier=f"our-{engine}", Engine=engine, MasterUsername="shop",
            MasterUserPassword="not-a-word-1", DBClusterInstanceClass="db.m6gd.large",
            AllocatedStorage=100, StorageType="io1", Iops=1000,
        )  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            session(both, None, {**PLAIN, "database": f"our-{engine}"}, clock)
