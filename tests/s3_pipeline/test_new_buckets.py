"""A bucket is a run's only with proof, and what people put into it goes only when that was decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.clock import FakeClock
from support.clouds import Between

from flows.aws import bucket_creation
from flows.aws.buckets import Bucket
from flows.engine import Call, Journal, Lost, Place, Plan, Run
from flows.engine.apply import apply
from flows.engine.boto import Aws
from flows.engine.undo import undo
from flows.practice import ACCOUNT_ID, PracticeAccount

NAME = "harbour-landing"
HERE, VIRGINIA = "eu-central-1", "us-east-1"
PLACE = {HERE: {"CreateBucketConfiguration": {"LocationConstraint": HERE}}, VIRGINIA: {}}


@pytest.fixture
def run(journal: Journal) -> Run:
    return journal.begin("s3_pipeline", Place(practice=True))


def carried_out(run: Run, cloud: Any, clock: FakeClock, region: str = HERE) -> list[str]:
    """Make the bucket; what went wrong."""
    plan = Plan(bucket_creation.create("bucket", Bucket(NAME, region), "in which the file lands", "harbour"))
    run.confirm(plan, ACCOUNT_ID, Place(practice=True))
    return [str(event.problem) for event in apply(run, plan, cloud, clock=clock) if event.problem]


def taken_back(run: Run, cloud: Any, clock: FakeClock, **decided: str) -> None:
    assert run.plan is not None
    list(undo(run, run.plan, cloud, clock=clock, decisions=decided))


def s3(account: PracticeAccount, region: str) -> Any:
    return account.session.client("s3", region_name=region)


def names(account: PracticeAccount) -> list[str]:
    return [each["Name"] for each in s3(account, HERE).list_buckets()["Buckets"]]


def meanwhile(
    cloud: Aws, arrives: bool, act: Callable[[], object], operation: str = "s3.CreateBucket"
) -> Between:  # fmt: skip
    """The answer to the first such call gets lost, after or before it arrived, and somebody does something then."""
    seen: list[Call] = []

    def lost(_: int, call: Call) -> None:
        if call.operation == operation and not seen:
            seen.append(call)
            act()
            raise Lost("The line was cut.")

    return Between(cloud, **{"after" if arrives else "before": lost})


@pytest.mark.parametrize("region", [HERE, VIRGINIA])
def test_a_bucket_that_somebody_made_meanwhile_is_not_adopted_and_keeps_its_files(
    account: PracticeAccount, cloud: Aws, run: Run, clock: FakeClock, region: str
) -> None:
    """In Virginia AWS answers to making it a second time as if it had made it."""
    client = s3(account, region)

    def made_by_somebody() -> None:
        client.create_bucket(Bucket=NAME, **PLACE[region])
        client.put_object(Bucket=NAME, Key="theirs.txt", Body=b"theirs")

    problems = carried_out(run, meanwhile(cloud, False, made_by_somebody), clock, region)
    assert problems == [f"A bucket named {NAME} exists already, and was not made by this run."]
    taken_back(run, cloud, clock, files="delete", others="delete")
    assert client.list_objects_v2(Bucket=NAME)["KeyCount"] == 1


@pytest.mark.parametrize("region", [HERE, VIRGINIA])
def test_a_bucket_that_is_there_before_the_call_is_refused(
    account: PracticeAccount, cloud: Aws, run: Run, clock: FakeClock, region: str
) -> None:
    s3(account, region).create_bucket(Bucket=NAME, **PLACE[region])
    assert carried_out(run, cloud, clock, region) == [
        f"A bucket named {NAME} exists already, and was not made by this run."
    ]
    taken_back(run, cloud, clock)
    assert NAME in names(account)


def test_a_bucket_is_known_by_its_tag_once_the_answer_is_lost(
    account: PracticeAccount, cloud: Aws, run: Run, clock: FakeClock
) -> None:
    assert carried_out(run, meanwhile(cloud, True, lambda: None), clock) == []
    taken_back(run, cloud, clock)
    assert NAME not in names(account)


@pytest.mark.parametrize("holds_files", [False, True])
def test_without_tags_it_is_the_runs_only_while_nobody_has_touched_it(
    account: PracticeAccount, cloud: Aws, run: Run, clock: FakeClock, holds_files: bool
) -> None:
    """As where an emulator does not take the tags of the call: new and empty is enough, a file in it is not."""
    client = s3(account, HERE)

    def untagged() -> None:
        client.delete_bucket_tagging(Bucket=NAME)
        if holds_files:
            client.put_object(Bucket=NAME, Key="theirs.txt", Body=b"theirs")

    assert bool(carried_out(run, meanwhile(cloud, True, untagged), clock)) == holds_files
    taken_back(run, cloud, clock)
    assert (NAME in names(account)) == holds_files


def test_a_bucket_whose_tags_are_gone_is_not_emptied(
    account: PracticeAccount, cloud: Aws, run: Run, clock: FakeClock
) -> None:
    assert carried_out(run, cloud, clock) == []
    client = s3(account, HERE)
    client.put_object(Bucket=NAME, Key="theirs.txt", Body=b"theirs")
    client.delete_bucket_tagging(Bucket=NAME)
    taken_back(run, cloud, clock, files="delete")
    assert client.list_objects_v2(Bucket=NAME)["KeyCount"] == 1
    assert run.facts("bucket")["why"] == "Its tags do not say any more that this run made it."


def test_of_many_files_only_some_are_looked_at(
    account: PracticeAccount, cloud: Aws, run: Run, clock: FakeClock
) -> None:
    assert carried_out(run, cloud, clock) == []
    client = s3(account, HERE)
    client.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    for number in range(12):
        client.put_object(Bucket=NAME, Key=f"{number:02}.txt", Body=b"theirs")
    taken_back(run, cloud, clock)
    assert run.facts("bucket")["why"].endswith("09.txt and more.")
    taken_back(run, cloud, clock, files="delete")
    assert NAME not in names(account)


class Locked(Between):
    """There are more files than AWS lists at a time, and none may be deleted: it answers as if all was well."""

    def make(self, call: Call) -> dict[str, Any]:
        if call.operation == "s3.ListObjectVersions":
            return {"IsTruncated": True, "Versions": [{"Key": "theirs.txt", "VersionId": "1"}]}
        if call.operation == "s3.DeleteObjects":
            self._noted(call)
            gone = {"Key": "gone.txt", "Code": "NoSuchVersion", "Message": "It is gone."}
            return {"Errors": [gone, {"Key": "theirs.txt", "Code": "AccessDenied", "Message": "It is locked."}]}
        return super().make(call)


def test_files_that_may_not_be_deleted_are_tried_once_and_told(cloud: Aws, run: Run, clock: FakeClock) -> None:
    assert carried_out(run, cloud, clock) == []
    locked = Locked(cloud)
    taken_back(run, locked, clock, files="delete")
    assert [call.operation for call in locked.calls].count("s3.DeleteObjects") == 1
    assert "s3.DeleteBucket" not in [call.operation for call in locked.calls]
    assert run.record.status == "undoing"
    assert "theirs.txt (AccessDenied): It is locked." in run.facts("bucket")["why"]
