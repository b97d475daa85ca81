"""What somebody does to a snapshot that a run made and shared, or to its key, and what an undo leaves because of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from share_snapshot.cases import EXISTING, LOCKED, VARIANTS, own_key, session
from support.clock import FakeClock
from support.clouds import Between
from support.colleagues import Deed, client, resource, taken_back_after
from support.sessions import carried_out

from flows.engine import Call, Journal, NoAccess, Session
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount

THEIRS = "333333333333"
ALSO = "444444444444"
RECEIVED = {**VARIANTS["plain"], "receive": "yes", "target_profile": "partner"}


def shared(
    account: PracticeAccount, made: Session, *, add: str = "", take: str = "", name: str = "for-partner"
) -> None:
    rds = client(account, "rds")
    more: Mapping[str, Any] = {
        **({"ValuesToAdd": [add]} if add else {}),
        **({"ValuesToRemove": [take]} if take else {}),
    }
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", **more)


def shared_further(account: PracticeAccount, made: Session) -> None:
    shared(account, made, add=ALSO)


def shared_with_everybody(account: PracticeAccount, made: Session) -> None:
    shared(account, made, add="all")


def cluster_shared_further(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="for-partner", AttributeName="restore", ValuesToAdd=[ALSO]
    )


def one_share_taken_back(account: PracticeAccount, made: Session) -> None:
    shared(account, made, take=SECOND_ACCOUNT_ID)


def deleted(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").delete_db_snapshot(DBSnapshotIdentifier="for-partner")


def replaced(account: PracticeAccount, made: Session) -> None:
    deleted(account, made)
    client(account, "rds").create_db_snapshot(
        DBSnapshotIdentifier="for-partner", DBInstanceIdentifier="orders", Tags=[{"Key": "owner", "Value": "theirs"}]
    )
    shared(account, made, add=SECOND_ACCOUNT_ID)


def standing_one_replaced(account: PracticeAccount, made: Session) -> None:
    rds, name = client(account, "rds"), EXISTING["snapshot"]
    rds.delete_db_snapshot(DBSnapshotIdentifier=name)
    rds.create_db_snapshot(DBSnapshotIdentifier=name, DBInstanceIdentifier="orders")
    shared(account, made, add=SECOND_ACCOUNT_ID, name=name)


def copied_with_the_key(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").copy_db_snapshot(
        SourceDBSnapshotIdentifier="orders-before-summer", TargetDBSnapshotIdentifier="theirs",
        KmsKeyId=resource(made, "key"),
    )  # fmt: skip


def copied_with_its_tags(account: PracticeAccount, made: Session) -> None:
    client(account, "rds").copy_db_snapshot(
        SourceDBSnapshotIdentifier="for-partner", TargetDBSnapshotIdentifier="tagged", CopyTags=True,
        KmsKeyId=resource(made, "key"),
    )  # fmt: skip


def disk_with_the_key(account: PracticeAccount, made: Session) -> None:
    client(account, "ec2").create_volume(
        Size=8, AvailabilityZone="eu-central-1a", Encrypted=True, KmsKeyId=resource(made, "key")
    )


def their_copy_shared_further(account: PracticeAccount, made: Session) -> None:
    partner = account.session_of("partner")
    assert partner
    partner.client("rds", region_name="eu-central-1").modify_db_snapshot_attribute(
        DBSnapshotIdentifier="for-partner", AttributeName="restore", ValuesToAdd=[ALSO]
    )


KEY = "key key-name"
DEEDS: Mapping[str, tuple[Mapping[str, Any], Deed]] = {
    "shared further": (VARIANTS["plain"], Deed(shared_further, "snapshot", ALSO)),
    "shared with everybody": (VARIANTS["plain"], Deed(shared_with_everybody, "snapshot", "all")),
    "a cluster's": (VARIANTS["cluster"], Deed(cluster_shared_further, "snapshot", ALSO)),
    "one permission of two that is gone": (
        VARIANTS["two"],
        Deed(one_share_taken_back, why="not found", gone="share"),
    ),
    "one that is gone": (VARIANTS["two"], Deed(deleted, why="not found", gone="snapshot share share-2")),
    "another of its name": (VARIANTS["plain"], Deed(replaced, "snapshot share", "Another snapshot has its name")),
    "another of the name of one that existed": (EXISTING, Deed(standing_one_replaced, "share", "Somebody changed it")),
    "a copy with a key": (LOCKED, Deed(shared_further, f"copy {KEY}", ALSO)),
    "a key": (LOCKED, Deed(copied_with_the_key, KEY, "snapshot:theirs")),
    "a key of a copy with its tags": (LOCKED, Deed(copied_with_its_tags, KEY, "snapshot:tagged")),
    "a key of a disk": (LOCKED, Deed(disk_with_the_key, KEY, "vol-")),
    "a copy of theirs": (RECEIVED, Deed(their_copy_shared_further, "receive", ALSO)),
}


def made_of(both: Aws, journal: Journal, clock: FakeClock, answers: Mapping[str, Any]) -> Session:
    made = session(both, journal, answers, clock)
    carried_out(made)
    return made


@pytest.mark.parametrize("what", DEEDS)
@pytest.mark.some("a cluster's")
def test_what_others_have_there_stays_and_is_named(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, what: str
) -> None:
    answers, deed = DEEDS[what]
    taken_back_after(account, made_of(both, journal, clock, answers), deed)


@pytest.mark.wild
def test_it_goes_where_that_is_decided(account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock) -> None:
    made = made_of(both, journal, clock, LOCKED)
    for act in (shared_further, copied_with_the_key):
        act(account, made)
    list(made.undo({"others": "delete"}))
    told = made.receipt()
    assert told.complete
    assert ALSO in " ".join(told.removed)
    assert "source" not in " ".join(told.removed), "the run took that away itself"
    assert not [left for left in told.left if "Others" in left.why]


@pytest.mark.wild
def test_a_copy_that_stays_needs_no_statement_for_the_receiver(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """A key of the company's own goes on encrypting it; whom this run let in is let in no more."""
    key = own_key(account)
    made = made_of(both, journal, clock, {**LOCKED, "key": key})
    taken_back_after(account, made, Deed(shared_further, "copy", ALSO))
    policy = client(account, "kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert SECOND_ACCOUNT_ID not in policy


@pytest.mark.wild
def test_what_others_share_under_that_key_keeps_it_open(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    key, rds = own_key(account), client(account, "rds")
    made = made_of(both, journal, clock, {**LOCKED, "key": key})
    for name in ("private", "theirs"):
        rds.copy_db_snapshot(
            SourceDBSnapshotIdentifier="orders-before-summer", TargetDBSnapshotIdentifier=name, KmsKeyId=key
        )
    shared(account, made, add=SECOND_ACCOUNT_ID, name="theirs")
    taken_back_after(account, made, Deed(lambda *_: None, "key-use key-grants", "encrypted with it: theirs."))


@pytest.mark.wild
def test_what_they_may_already_is_not_taken_from_them(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Somebody shared the company's own snapshot between the review and the run."""
    made = session(both, journal, {**EXISTING, "account": [SECOND_ACCOUNT_ID, THEIRS]}, clock)
    made.review()
    shared(account, made, add=SECOND_ACCOUNT_ID, name=EXISTING["snapshot"])
    carried_out(made)
    list(made.undo())
    told = client(account, "rds").describe_db_snapshot_attributes(DBSnapshotIdentifier=EXISTING["snapshot"])
    (restore,) = told["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    assert restore["AttributeValues"] == [SECOND_ACCOUNT_ID]
    assert "existed before" in " ".join(each.why for each in made.receipt().left)
    assert made.receipt().complete


@pytest.mark.wild
def test_a_profile_that_leads_elsewhere_since(both: Aws, journal: Journal, clock: FakeClock) -> None:
    """Nothing is asked for or taken away in an account that the run was never in."""
    moved = False

    def asked(_: int, call: Call) -> None:
        assert not moved or not call.profile or call.name == "GetCallerIdentity", call

    class Moved(Between):
        def make(self, call: Call) -> dict[str, Any]:
            told = super().make(call)
            return {**told, "Account": THEIRS} if moved and call.profile and call.name == "GetCallerIdentity" else told

    made = session(Moved(both, before=asked), journal, RECEIVED, clock=clock)
    carried_out(made)
    moved = True
    with pytest.raises(NoAccess, match=THEIRS):
        made.claims()
    with pytest.raises(NoAccess, match=SECOND_ACCOUNT_ID):
        list(made.undo())
    moved = False
    list(made.undo())
    assert made.receipt().complete
