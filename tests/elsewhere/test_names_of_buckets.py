"""A bucket's name is free once it is deleted, and a stranger takes it, who lets everybody read and write there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from kills.scenes import CASES
from support.clock import FakeClock
from support.sessions import answered

from flows.engine import Call, CloudError, Journal, Place, Session
from flows.engine.boto import Aws
from flows.engine.bucket_owner import OWNER, Taken
from flows.export.cli import script
from flows.practice import ACCOUNT_ID, PARTNER, PracticeAccount

SCENES = ("website, secret header", "s3_lambda", "s3_pipeline, a new trail", "spa_pipeline")
BUCKET, FILE = "fjord-coffee-files", "theirs"


@pytest.fixture
def cloud(account: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), account.session, account.session_of)


@pytest.fixture
def made(request: pytest.FixtureRequest, cloud: Aws, journal: Journal, clock: FakeClock) -> Iterator[Session]:
    case = CASES[request.param]
    session = answered(case, cloud, journal, clock)
    yield session
    session.close()


def stranger(account: PracticeAccount) -> Any:
    partner = account.session_of(PARTNER)
    assert partner
    return partner.client("s3")


def take(account: PracticeAccount, name: str, tags: list[dict[str, str]]) -> None:
    """Somebody deletes it, and a stranger makes one of the same name."""
    account.session.resource("s3").Bucket(name).object_versions.delete()
    account.session.client("s3").delete_bucket(Bucket=name)
    theirs = stranger(account)
    theirs.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    theirs.put_object(Bucket=name, Key=FILE, Body=b"theirs")
    theirs.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})


def seen(account: PracticeAccount, name: str) -> list[Any]:
    theirs = stranger(account)
    looks = [theirs.list_objects_v2, theirs.get_bucket_tagging, theirs.get_public_access_block]
    looks += [theirs.get_bucket_notification_configuration, theirs.get_bucket_versioning]
    answers = [{**look(Bucket=name), "ResponseMetadata": None} for look in looks]
    return [*answers, [each["Name"] for each in theirs.list_buckets()["Buckets"]]]


@pytest.mark.parametrize("made", SCENES, indirect=True)
@pytest.mark.some("s3_lambda")
def test_an_undo_leaves_what_a_stranger_has_there(made: Session, account: PracticeAccount) -> None:
    """Ours is not found, and nothing is left that leads to theirs, whatever was decided; and it ends."""
    plan = made.review().plan
    assert [event.problem for event in made.apply() if event.problem] == []
    assert made.run
    names = {call.params["Bucket"] for call in plan.calls() if OWNER in call.params}
    for name in names:
        take(account, name, [{"Key": "handrail:run", "Value": made.run.record.id}])
    before = {name: seen(account, name) for name in names}
    assert names
    assert made.claims() == []
    list(made.undo({"files": "delete", "others": "delete"}))
    assert made.run.record.status == "undone"
    assert {name: seen(account, name) for name in names} == before
    told = {each.what: each.why for each in made.receipt().left}
    assert all(why.startswith(("not found: ", "It existed before")) for why in told.values()), told


@pytest.mark.parametrize("made", SCENES, indirect=True)
@pytest.mark.some("s3_lambda", "website, secret header")
def test_an_exported_script_names_the_owner(made: Session) -> None:
    text = script(made.review().plan, flow="x", title="x", region="eu-central-1", account=ACCOUNT_ID, endpoint="")
    calls = re.findall(r"aws s3api (?!create-bucket|list-buckets)[a-z-]+ (?:[^\n]*\\\n)*[^\n]*", text)
    assert calls
    assert [each for each in calls if f"--expected-bucket-owner {ACCOUNT_ID}" not in each] == []


# -- one call ------------------------------------------------------------------------------------------------------

CALLS = (
    Call("s3.HeadBucket"), Call("s3.ListObjectsV2"), Call("s3.HeadObject", {"Key": FILE}), Call("s3.GetBucketPolicy"),
    Call("s3.PutBucketVersioning", {"VersioningConfiguration": {"Status": "Enabled"}}),
    Call("s3.PutBucketTagging", {"Tagging": {"TagSet": []}}), Call("s3.DeleteBucket"),
    Call("s3.DeleteObjects", {"Delete": {"Objects": [{"Key": FILE}]}}),
)  # fmt: skip


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
@pytest.mark.some("DeleteBucket", "HeadBucket", "PutBucketTagging", "PutBucketVersioning")
def test_nothing_is_asked_of_a_bucket_of_somebody_else(call: Call, account: PracticeAccount, cloud: Aws) -> None:
    take(account, BUCKET, [{"Key": "whose", "Value": "theirs"}])
    before = seen(account, BUCKET)
    with pytest.raises(Taken, match=f"The bucket {BUCKET} does not belong to the account {ACCOUNT_ID}"):
        cloud.make(Call(call.operation, {"Bucket": BUCKET, **call.params}))
    assert seen(account, BUCKET) == before


def test_what_one_may_not_do_to_a_bucket_of_ones_own_is_not_called_another_s(account: PracticeAccount) -> None:
    def refuse(request: Any, **_: Any) -> None:
        request.headers["x-amz-expected-bucket-owner"] = "111122223333"  # S3's words for it are the same

    account.session.events.register("before-sign.s3.HeadBucket", refuse)
    with pytest.raises(CloudError) as caught:
        Aws(Place(practice=True), account.session).make(Call("s3.HeadBucket", {"Bucket": BUCKET}))
    assert not isinstance(caught.value, Taken)
    assert caught.value.exit_code == 4
