"""An entry in somebody else's document: added to what stands there, taken out of what stands there then."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from support.clock import FakeClock
from support.clouds import Between

from flows.aws.notifications import Notification, without
from flows.engine import (
    Action,
    Call,
    CloudError,
    Entry,
    Journal,
    Place,
    Plan,
    Ref,
    Run,
    Still,
    Undo,
    Wait,
    edited,
    found,
    join,
    seen,
    serialization,
)
from flows.engine.apply import apply
from flows.engine.boto import Aws
from flows.engine.receipts import receipt
from flows.engine.references import refs
from flows.engine.undo import undo
from flows.practice import ACCOUNT_ID, PracticeAccount

WITH_POLICY, WITHOUT = "fjord-coffee-site", "fjord-coffee-artifacts"


def statement(bucket: str, sid: Any) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }


def plan_for(bucket: str, limit: int = 20480) -> Plan:
    this = {"Bucket": bucket}
    entry = Entry(
        Call("s3.GetBucketPolicy", this), "Policy", statement(bucket, "Ours"), Call("s3.DeleteBucketPolicy", this),
        absent=("NoSuchBucketPolicy",), limit=limit,
    )  # fmt: skip
    return Plan(
        (Action("policy", "Add", Call("s3.PutBucketPolicy", {**this, "Policy": edited("policy")}), undo=entry),)
    )


@pytest.fixture
def s3(account: PracticeAccount) -> Any:
    return account.session.client("s3")


def standing(s3: Any, bucket: str) -> Any:
    try:
        return json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except s3.exceptions.ClientError:
        return None


def begun(journal: Journal, plan: Plan) -> Run:
    run = journal.begin("vpn", Place(practice=True), ACCOUNT_ID)
    run.confirm(plan, ACCOUNT_ID, Place(practice=True))
    return run


def done(run: Run, plan: Plan, cloud: Aws, clock: FakeClock) -> list[Any]:
    return [event.problem for event in apply(run, plan, cloud, clock=clock) if event.problem]


@pytest.mark.parametrize("bucket", [WITH_POLICY, WITHOUT])
def test_it_stands_beside_the_others_and_goes_alone(
    s3: Any, cloud: Aws, journal: Journal, clock: FakeClock, bucket: str
) -> None:
    before, plan = standing(s3, bucket), plan_for(bucket)
    run = begun(journal, plan)
    assert done(run, plan, cloud, clock) == []
    others = before["Statement"] if before else []
    assert standing(s3, bucket)["Statement"] == [*others, statement(bucket, "Ours")]
    list(undo(run, plan, cloud, clock=clock))
    assert standing(s3, bucket) == before
    assert receipt(run, plan).complete


@pytest.mark.parametrize("tags", [[], [{"Key": "of", "Value": "others"}]], ids=["the first", "beside another"])
def test_a_document_that_is_no_text_may_begin_with_it(
    s3: Any, cloud: Aws, journal: Journal, clock: FakeClock, tags: list[Any]
) -> None:
    """The tags of a bucket: where there are none, AWS answers with an error instead of an empty list."""
    this, ours = {"Bucket": WITHOUT}, {"Key": "ours", "Value": "yes"}
    if tags:
        s3.put_bucket_tagging(**this, Tagging={"TagSet": tags})
    entry = Entry(
        Call("s3.GetBucketTagging", this), "{TagSet: TagSet}", ours, Call("s3.DeleteBucketTagging", this),
        absent=("NoSuchTagSet",), empty={}, within="TagSet", key="Key",
    )  # fmt: skip
    plan = Plan((Action("tag", "Add", Call("s3.PutBucketTagging", {**this, "Tagging": edited("tag")}), undo=entry),))
    run = begun(journal, plan)
    assert done(run, plan, cloud, clock) == []
    assert s3.get_bucket_tagging(**this)["TagSet"] == [*tags, ours]
    list(undo(run, plan, cloud, clock=clock))
    assert receipt(run, plan).complete
    if tags:
        assert s3.get_bucket_tagging(**this)["TagSet"] == tags
    else:
        with pytest.raises(s3.exceptions.ClientError, match="NoSuchTagSet"):
            s3.get_bucket_tagging(**this)


def test_what_was_added_after_the_review_stays_through_apply_and_undo(
    s3: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Nothing is written back from memory: neither what stood there at the review nor at applying."""
    plan = plan_for(WITHOUT)
    run = begun(journal, plan)
    first, second = statement(WITHOUT, "First"), statement(WITHOUT, "Second")
    s3.put_bucket_policy(Bucket=WITHOUT, Policy=json.dumps({"Version": "2012-10-17", "Statement": first}))
    assert done(run, plan, cloud, clock) == []
    now = standing(s3, WITHOUT)
    s3.put_bucket_policy(Bucket=WITHOUT, Policy=json.dumps({**now, "Statement": [*now["Statement"], second]}))
    list(undo(run, plan, cloud, clock=clock))
    assert standing(s3, WITHOUT)["Statement"] == [first, second]


def test_one_that_somebody_changed_is_left(s3: Any, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    plan = plan_for(WITHOUT)
    run = begun(journal, plan)
    done(run, plan, cloud, clock)
    changed = {**statement(WITHOUT, "Ours"), "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{WITHOUT}"}
    s3.put_bucket_policy(Bucket=WITHOUT, Policy=json.dumps({"Version": "2012-10-17", "Statement": [changed]}))
    list(undo(run, plan, cloud, clock=clock))
    assert standing(s3, WITHOUT)["Statement"] == [changed]
    assert [left.why for left in receipt(run, plan).left] == ["Somebody changed it since; it is left as it is now."]


def test_one_that_is_gone_already_is_taken_back(s3: Any, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    plan = plan_for(WITHOUT)
    run = begun(journal, plan)
    done(run, plan, cloud, clock)
    s3.delete_bucket_policy(Bucket=WITHOUT)
    list(undo(run, plan, cloud, clock=clock))
    assert receipt(run, plan).complete


def test_a_document_that_would_grow_too_long_is_left(s3: Any, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    before, plan = standing(s3, WITH_POLICY), plan_for(WITH_POLICY, limit=300)
    (problem,) = done(begun(journal, plan), plan, cloud, clock)
    assert "AWS takes at most 300." in str(problem)
    assert standing(s3, WITH_POLICY) == before


def test_nothing_of_the_others_is_kept(s3: Any, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Their statements may hold secrets."""
    plan = plan_for(WITH_POLICY)
    run = begun(journal, plan)
    done(run, plan, cloud, clock)
    assert "AccountantReadsReports" not in repr(run.history()) + serialization.dumps(plan)


def test_a_plan_with_all_of_it_can_be_kept() -> None:
    """And what an entry refers to must have run before it."""
    first = Action(
        "first", "Make", Call("ec2.CreateVpc", {}),
        wait=Wait(Call("ec2.DescribeVpcs", {}), "Vpcs[0]", "Waiting"),
        undo=(Undo(Call("ec2.DeleteVpc", {"VpcId": found("Vpcs[0].VpcId")}), read=Call("ec2.DescribeVpcs")),),
    )  # fmt: skip
    this = {"Bucket": WITHOUT}
    entry = Entry(
        Call("s3.GetBucketPolicy", this), "Policy", statement(WITHOUT, join("Ours", seen("first", "Vpcs[0].VpcId")))
    )
    second = Action("second", "Add", Call("s3.PutBucketPolicy", {**this, "Policy": edited("second")}), undo=entry)
    plan = Plan((first, second))
    assert serialization.loads(serialization.dumps(plan)) == plan
    assert second.needs == {"first"}
    assert plan.seen_in_wait("first") == {"Vpcs[0].VpcId"}
    assert Ref("@found", "Vpcs[0].VpcId") in set(refs(first.undo))
    assert "ec2.DescribeVpcs" in {call.operation for call in plan.calls()}


def test_what_only_waits_has_nothing_to_take_back(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    look = Call("s3.ListBuckets")
    plan = Plan((Action("look", "Wait for it", look, wait=Wait(look, "Buckets", "Waiting")),))
    run = begun(journal, plan)
    assert done(run, plan, cloud, clock) == []
    assert list(undo(run, plan, cloud, clock=clock)) == []
    done_ = receipt(run, plan)
    assert (done_.complete, done_.removed, done_.left) == (True, (), ())


NOTIFICATIONS = (
    "{LambdaFunctionConfigurations: LambdaFunctionConfigurations, QueueConfigurations: QueueConfigurations, "
    "TopicConfigurations: TopicConfigurations, EventBridgeConfiguration: EventBridgeConfiguration}"
)


def test_a_document_that_is_no_text_keeps_what_others_have_in_it(
    account: PracticeAccount, cloud: Aws, journal: Journal, s3: Any, clock: FakeClock
) -> None:
    """Two entries beside each other, and ours alone is taken out, also when others changed theirs meanwhile."""

    def entry(id_: str, prefix: str) -> dict[str, Any]:
        rules = [{"Name": "prefix", "Value": prefix}]
        return {
            "Id": id_,
            "QueueArn": f"arn:aws:sqs:eu-central-1:{ACCOUNT_ID}:{id_}",
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": rules}},
        }

    def ids() -> list[str]:
        found = s3.get_bucket_notification_configuration(Bucket=WITHOUT)
        return [each["Id"] for each in found.get("QueueConfigurations", [])]

    def others(*theirs: dict[str, Any]) -> None:
        document = s3.get_bucket_notification_configuration(Bucket=WITHOUT)
        ours = [each for each in document.get("QueueConfigurations", []) if each["Id"] == "ours"]
        s3.put_bucket_notification_configuration(
            Bucket=WITHOUT, NotificationConfiguration={"QueueConfigurations": [*ours, *theirs]}
        )

    this = {"Bucket": WITHOUT}
    undoing = Entry(
        Call("s3.GetBucketNotificationConfiguration", this), NOTIFICATIONS, entry("ours", "in/"),
        empty={}, within="QueueConfigurations", key="Id",
    )  # fmt: skip
    put = Call("s3.PutBucketNotificationConfiguration", {**this, "NotificationConfiguration": edited("notify")})
    plan = Plan((Action("notify", "Add", put, undo=undoing),))
    others(entry("theirs", "out/"))
    run = begun(journal, plan)
    assert not done(run, plan, cloud, clock)
    assert sorted(ids()) == ["ours", "theirs"]
    others(entry("theirs", "out/"), entry("later", "late/"))
    list(undo(run, plan, cloud, clock=clock))
    assert sorted(ids()) == ["later", "theirs"]
    assert receipt(run, plan).complete


def notify(id_: str, put: Call | None = None) -> Plan:
    """One notification of a bucket, with a name of its own."""
    this = {"Bucket": WITHOUT}
    added = {
        "Id": id_,
        "QueueArn": f"arn:aws:sqs:eu-central-1:{ACCOUNT_ID}:{id_}",
        "Events": ["s3:ObjectCreated:*"],
    }
    undoing = Entry(
        Call("s3.GetBucketNotificationConfiguration", this), NOTIFICATIONS, added,
        empty={}, within="QueueConfigurations", key="Id", put=put, gone=("NoSuchBucket",),
    )  # fmt: skip
    written = {**this, "NotificationConfiguration": edited("notify")}
    return Plan((Action("notify", "Add", Call("s3.PutBucketNotificationConfiguration", written), undo=undoing),))


class Behind(Between):
    """After each change the old document is told three times more, as by a copy that is not in step."""

    def __init__(self, cloud: Any) -> None:
        super().__init__(cloud)
        self.known: dict[str, Any] = {}
        self.late = 0

    def make(self, call: Call) -> dict[str, Any]:
        if call.name.startswith("Put"):
            self.late = 3
        answer = super().make(call)
        if call.name != "GetBucketNotificationConfiguration":
            return answer
        self.late -= 1
        if self.late < 0 or not self.known:
            self.known = answer
        return self.known


def test_what_is_put_back_stays_when_the_next_is_put_back_beside_it(
    cloud: Aws, journal: Journal, s3: Any, clock: FakeClock
) -> None:
    """Two of one document, taken out and put back one after the other: neither takes the other's change back."""
    theirs = [
        {"Id": id_, "QueueArn": f"arn:aws:sqs:eu-central-1:{ACCOUNT_ID}:{id_}", "Events": [f"s3:Object{event}:*"]}
        for id_, event in (("one", "Created"), ("two", "Removed"), ("three", "Restore"))
    ]
    s3.put_bucket_notification_configuration(Bucket=WITHOUT, NotificationConfiguration={"QueueConfigurations": theirs})
    dead = [Notification(str(each["QueueArn"]), tuple(each["Events"]), "", "", str(each["Id"])) for each in theirs[:2]]
    first, second = (without(cloud, WITHOUT, each) for each in dead)
    plan = Plan((first, replace(second, after=(first.id,))))
    run = begun(journal, plan)
    assert not done(run, plan, Behind(cloud), clock)
    assert [each["Id"] for each in notified(s3)["QueueConfigurations"]] == ["three"]
    list(undo(run, plan, Behind(cloud), clock=clock))
    assert {each["Id"] for each in notified(s3)["QueueConfigurations"]} == {"one", "two", "three"}
    assert receipt(run, plan).complete


def test_it_can_be_taken_out_otherwise_than_it_was_put_in(
    cloud: Aws, journal: Journal, s3: Any, clock: FakeClock
) -> None:
    """For example without asking whether others' receivers still exist."""
    written = {"Bucket": WITHOUT, "NotificationConfiguration": edited("notify"), "SkipDestinationValidation": True}
    plan = notify("ours", Call("s3.PutBucketNotificationConfiguration", written))
    assert serialization.loads(serialization.dumps(plan)) == plan
    run = begun(journal, plan)
    sent = Between(cloud)
    assert not done(run, plan, cloud, clock)
    list(undo(run, plan, sent, clock=clock))
    (call,) = [call for call in sent.calls if call.name.startswith("Put")]
    assert call.params["SkipDestinationValidation"]
    assert "QueueConfigurations" not in s3.get_bucket_notification_configuration(Bucket=WITHOUT)


def test_it_may_go_with_all_that_it_was_part_of(cloud: Aws, journal: Journal, s3: Any, clock: FakeClock) -> None:
    plan = notify("ours")
    run = begun(journal, plan)
    assert not done(run, plan, cloud, clock)
    s3.delete_bucket(Bucket=WITHOUT)
    list(undo(run, plan, cloud, clock=clock))
    assert receipt(run, plan).complete


@pytest.mark.parametrize(("bucket", "stays"), [("gone", False), (WITH_POLICY, True)])
def test_what_is_needed_by_something_else_stays_while_that_stands(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, bucket: str, stays: bool
) -> None:
    """And where that is gone altogether, nothing stands in the way."""
    names = {"QueueName": "jobs"}
    queue = Call("sqs.CreateQueue", names)
    needed = Still(
        Call("s3.GetBucketPolicy", {"Bucket": bucket}), "contains(Policy, 'Accountant') && '1' || '0'", "0",
        "It is needed.", absent=("NoSuchBucket",),
    )  # fmt: skip
    url = f"https://sqs.eu-central-1.amazonaws.com/{ACCOUNT_ID}/jobs"
    plan = Plan(
        (Action("queue", "Make", queue, undo=(Undo(Call("sqs.DeleteQueue", {"QueueUrl": url}), still=needed),)),)
    )
    run = begun(journal, plan)
    assert not done(run, plan, cloud, clock)
    list(undo(run, plan, cloud, clock=clock))
    assert [left.why for left in receipt(run, plan).left] == (["It is needed."] if stays else [])
    assert (url in account.session.client("sqs").list_queues()["QueueUrls"]) == stays


def switch() -> Plan:
    """EventBridge, which is on for a bucket or off."""
    this = {"Bucket": WITHOUT}
    undoing = Entry(
        Call("s3.GetBucketNotificationConfiguration", this), NOTIFICATIONS, {}, empty={},
        within="EventBridgeConfiguration", key="", gone=("NoSuchBucket",),
    )  # fmt: skip
    put = Call("s3.PutBucketNotificationConfiguration", {**this, "NotificationConfiguration": edited("events")})
    return Plan((Action("events", "Switch on", put, undo=undoing),))


def notified(s3: Any) -> dict[str, Any]:
    found: dict[str, Any] = s3.get_bucket_notification_configuration(Bucket=WITHOUT)
    found.pop("ResponseMetadata")
    return found


@pytest.mark.parametrize("on_before", [False, True])
def test_a_switch_goes_off_again_unless_it_was_on_before(
    cloud: Aws, journal: Journal, s3: Any, clock: FakeClock, on_before: bool
) -> None:
    """And what others have in the same document stays, also what they put there meanwhile."""
    theirs = {
        "Id": "theirs",
        "QueueArn": f"arn:aws:sqs:eu-central-1:{ACCOUNT_ID}:new-invoices",
        "Events": ["s3:ObjectCreated:Put"],
    }
    mine: dict[str, Any] = {"EventBridgeConfiguration": {}}
    standing_ = {"QueueConfigurations": [theirs]} | (mine if on_before else {})
    s3.put_bucket_notification_configuration(Bucket=WITHOUT, NotificationConfiguration=standing_)
    plan = switch()
    run = begun(journal, plan)
    assert not done(run, plan, cloud, clock)
    assert notified(s3) == {"QueueConfigurations": [theirs], **mine}
    later = {**theirs, "Id": "later", "Events": ["s3:ObjectRemoved:*"]}
    s3.put_bucket_notification_configuration(
        Bucket=WITHOUT, NotificationConfiguration={"QueueConfigurations": [theirs, later], **mine}
    )
    list(undo(run, plan, cloud, clock=clock))
    assert notified(s3) == {"QueueConfigurations": [theirs, later]} | (mine if on_before else {})
    told = receipt(run, plan)
    assert told.complete and told.removed == (() if on_before else ("Switch on",))
    assert [left.why for left in told.left] == (["It was like that before this run."] if on_before else [])


@pytest.mark.parametrize("on_before", [False, True])
@pytest.mark.parametrize("arrived", [False, True])
def test_a_switch_whose_answer_got_lost(
    cloud: Aws, journal: Journal, s3: Any, clock: FakeClock, on_before: bool, arrived: bool
) -> None:
    """What was found before is known from the journal, so that undo after a crash leaves it as it was."""
    before: dict[str, Any] = {"EventBridgeConfiguration": {}} if on_before else {}
    s3.put_bucket_notification_configuration(Bucket=WITHOUT, NotificationConfiguration=before)
    plan = switch()

    class Crash(BaseException):
        pass

    def crash(_: int, call: Call) -> None:
        if call.name.startswith("Put"):
            raise Crash

    run = begun(journal, plan)
    list(apply(run, plan, Between(cloud, **{"after" if arrived else "before": crash}), clock=clock))
    assert run.status("events") == "intent"
    list(undo(run, plan, cloud, clock=clock))
    assert notified(s3) == before
    assert receipt(run, plan).complete


def test_a_document_is_read_right_before_it_is_written_whole(
    cloud: Aws, journal: Journal, s3: Any, clock: FakeClock
) -> None:
    """One thing in it changes, there and back, and what others changed after the review stays."""

    def put(value: str) -> Call:
        tags_ = found(f"[TagSet[?Key!='mode'], [`{json.dumps({'Key': 'mode', 'Value': value})}`]][]")
        return Call("s3.PutBucketTagging", {"Bucket": WITHOUT, "Tagging": {"TagSet": tags_}})

    read = Call("s3.GetBucketTagging", {"Bucket": WITHOUT})
    plan = Plan((Action("mode", "Set", put("new"), read=read, undo=(Undo(put("old"), read=read),)),))
    assert serialization.loads(serialization.dumps(plan)) == plan
    assert "s3.GetBucketTagging" in [call.operation for call in plan.calls()]

    def tags_of() -> dict[str, str]:
        return {each["Key"]: each["Value"] for each in s3.get_bucket_tagging(Bucket=WITHOUT)["TagSet"]}

    run = begun(journal, plan)
    s3.put_bucket_tagging(Bucket=WITHOUT, Tagging={"TagSet": [{"Key": "team", "Value": "roastery"}]})
    assert not done(run, plan, cloud, clock)
    assert tags_of() == {"team": "roastery", "mode": "new"}
    list(undo(run, plan, cloud, clock=clock))
    assert tags_of() == {"team": "roastery", "mode": "old"}


def test_taking_it_out_waits_for_others_and_keeps_what_they_did(
    cloud: Aws, journal: Journal, s3: Any, clock: FakeClock
) -> None:
    """Somebody else's change is under way, which refuses ours; what it leaves is what ours is taken out of."""
    this = {"Bucket": WITHOUT}
    plan = plan_for(WITHOUT)
    (action,) = plan.actions
    plan = replace(plan, actions=(replace(action, not_yet=("OperationAborted",)),))
    run = begun(journal, plan)
    assert done(run, plan, cloud, clock) == []
    theirs = statement(WITHOUT, "Theirs")

    def busy(_: int, call: Call) -> None:
        if call.name in ("PutBucketPolicy", "DeleteBucketPolicy") and len(standing(s3, WITHOUT)["Statement"]) == 1:
            both = {"Version": "2012-10-17", "Statement": [statement(WITHOUT, "Ours"), theirs]}
            s3.put_bucket_policy(**this, Policy=json.dumps(both))
            raise CloudError("Busy.", aws_code="OperationAborted")

    list(undo(run, plan, Between(cloud, before=busy), clock=clock))
    assert receipt(run, plan).complete
    assert standing(s3, WITHOUT)["Statement"] == [theirs]
