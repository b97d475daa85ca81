"""A changed setting is put back as it was, unless somebody changed it since."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from practice.office import named
from practice.picture import snapshot
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back
from vpn.cases import FIXED, session

from flows.aws import event_rules, notifications
from flows.aws.notifications import Notification
from flows.engine import (
    Action,
    Call,
    CloudError,
    Denied,
    Happening,
    Journal,
    Place,
    Plan,
    Receipt,
    Restore,
    Run,
    Undo,
    before,
)
from flows.engine.apply import apply
from flows.engine.boto import Aws
from flows.engine.look import State, look
from flows.engine.receipts import receipt
from flows.engine.undo import undo
from flows.practice import ACCOUNT_ID, PracticeAccount

WITH_POLICY, WITHOUT = "fjord-coffee-site", "fjord-coffee-files"


def policy(bucket: str, sid: str) -> str:
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def plan_for(bucket: str) -> Plan:
    """One setting that belongs to others too."""
    this = {"Bucket": bucket}
    put = Action(
        "policy",
        f"Set the policy of {bucket}",
        Call("s3.PutBucketPolicy", {**this, "Policy": policy(bucket, "Ours")}),
        undo=Restore(
            read=Call("s3.GetBucketPolicy", this),
            path="Policy",
            put=Call("s3.PutBucketPolicy", {**this, "Policy": before("policy")}),
            remove=Call("s3.DeleteBucketPolicy", this),
            absent=("NoSuchBucketPolicy",),
        ),
    )
    return Plan((put,))


@pytest.fixture
def s3(account: PracticeAccount) -> Any:
    return account.session.client("s3")


def standing(s3: Any, bucket: str) -> Any:
    try:
        return json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except s3.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "NoSuchBucketPolicy"
        return None


def begun(journal: Journal, plan: Plan) -> Run:
    run = journal.begin("demo", Place())
    run.confirm(plan, ACCOUNT_ID, Place())
    return run


def do(run: Run, plan: Plan, cloud: Any) -> None:
    problems = [event.problem for event in apply(run, plan, cloud, clock=FakeClock()) if event.problem]
    assert not problems
    assert run.record.status == "done"


def take_back(run: Run, plan: Plan, cloud: Any) -> Receipt:
    list(undo(run, plan, cloud, clock=FakeClock()))
    return receipt(run, plan)


@pytest.mark.parametrize("bucket", [WITH_POLICY, WITHOUT])
def test_restored(cloud: Aws, journal: Journal, s3: Any, bucket: str) -> None:
    """What stood there before stands there again; where nothing stood, nothing does."""
    former, plan = standing(s3, bucket), plan_for(bucket)
    assert (former is None) is (bucket == WITHOUT)
    run = begun(journal, plan)
    do(run, plan, cloud)
    assert standing(s3, bucket) == json.loads(policy(bucket, "Ours"))
    told = take_back(run, plan, cloud)
    assert standing(s3, bucket) == former
    assert (bool(told.restored), bool(told.removed)) == (former is not None, former is None)
    assert told.complete and not told.left
    assert run.record.status == "undone"


@pytest.mark.parametrize("bucket", [WITH_POLICY, WITHOUT])
def test_somebody_comes_between_a_call_and_its_note(cloud: Aws, journal: Journal, s3: Any, bucket: str) -> None:
    """Killed after its call, a run neither puts back nor puts anew what somebody has changed by then."""
    former, plan = standing(s3, bucket), plan_for(bucket)
    run = begun(journal, plan)
    run.note("policy", "intent", before=former and json.dumps(former))
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, "Theirs"))
    (problem,) = (event.problem for event in apply(run, plan, cloud, clock=FakeClock()) if event.problem)
    assert "somebody changed it" in str(problem)
    run.note("policy", "intent", before=former and json.dumps(former))
    (left,) = take_back(run, plan, cloud).left
    assert "changed it since" in left.why
    assert standing(s3, bucket) == json.loads(policy(bucket, "Theirs"))


RULE = "deliver-shop-uploads"


@pytest.mark.parametrize("theirs", [False, True])
def test_a_rule_of_which_the_rest_is_read_as_it_is_sent(
    account: PracticeAccount, cloud: Aws, journal: Journal, theirs: bool
) -> None:
    """Killed after its call, too, it is known whether what the rule hears is what was put there."""
    events: Any = account.session.client("events")
    former = events.describe_rule(Name=RULE)["EventPattern"]
    plan = Plan((event_rules.hear(RULE, {"source": ["aws.s3"]}, "more"),))
    (hear,) = plan.actions
    run = begun(journal, plan)
    run.note(hear.id, "intent", before=former)
    there = {"source": ["theirs"]} if theirs else {"source": ["aws.s3"]}
    events.put_rule(Name=RULE, EventPattern=json.dumps(there), State="DISABLED")
    problems = [str(event.problem) for event in apply(run, plan, cloud, clock=FakeClock()) if event.problem]
    assert ["somebody changed it" in each for each in problems] == [True] * theirs
    (looked,) = look(run, plan, cloud, clock=FakeClock())
    assert (looked.state is State.AS_LEFT) is not theirs
    assert bool(take_back(run, plan, cloud).restored) is not theirs
    now = events.describe_rule(Name=RULE)
    assert (now["State"], json.loads(now["EventPattern"])) == ("DISABLED", there if theirs else json.loads(former))


def test_one_of_a_list_that_somebody_changed_is_not_taken_out(cloud: Aws, journal: Journal, s3: Any) -> None:
    dead = {"Id": "dead", "QueueArn": f"arn:aws:sqs:eu-central-1:{ACCOUNT_ID}:dead", "Events": ["s3:ObjectRemoved:*"]}

    def put(**more: Any) -> None:
        there = {"QueueConfigurations": [{**dead, **more}]}
        s3.put_bucket_notification_configuration(
            Bucket=WITHOUT, NotificationConfiguration=there, SkipDestinationValidation=True
        )

    plan = Plan((notifications.without(cloud, WITHOUT, Notification(dead["QueueArn"], (), id="dead")),))
    (action,) = plan.actions
    run = begun(journal, plan)
    run.note(action.id, "intent", before=dead)
    put(Events=["s3:ObjectTagging:*"])
    (problem,) = (event.problem for event in apply(run, plan, cloud, clock=FakeClock()) if event.problem)
    assert "somebody changed it" in str(problem)
    assert [each.id for each in notifications.standing(cloud, WITHOUT)] == ["dead"]


@pytest.mark.parametrize("bucket", [WITH_POLICY, WITHOUT])
def test_left_when_somebody_changed_it(cloud: Aws, journal: Journal, s3: Any, bucket: str) -> None:
    """A change that somebody made since is kept, nothing is written, and the receipt says why."""
    plan = plan_for(bucket)
    run = begun(journal, plan)
    do(run, plan, cloud)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, "Theirs"))
    watched = Between(cloud)
    told = take_back(run, plan, watched)
    assert standing(s3, bucket) == json.loads(policy(bucket, "Theirs"))
    assert {call.name for call in watched.calls} == {"GetBucketPolicy"}
    (left,) = told.left
    assert "changed it since" in left.why
    assert told.complete, "nothing that this run made is left"


def test_left_when_somebody_removed_it(cloud: Aws, journal: Journal, s3: Any) -> None:
    """Removing it is a change too: the former value does not come back."""
    plan = plan_for(WITH_POLICY)
    run = begun(journal, plan)
    do(run, plan, cloud)
    s3.delete_bucket_policy(Bucket=WITH_POLICY)
    assert "changed it since" in take_back(run, plan, cloud).left[0].why
    assert standing(s3, WITH_POLICY) is None


def test_put_back_by_hand_already(cloud: Aws, journal: Journal, s3: Any) -> None:
    """If it stands as before, there is nothing to do, and it is not claimed that undo did it."""
    former, plan = s3.get_bucket_policy(Bucket=WITH_POLICY)["Policy"], plan_for(WITH_POLICY)
    run = begun(journal, plan)
    do(run, plan, cloud)
    s3.put_bucket_policy(Bucket=WITH_POLICY, Policy=former)
    told = take_back(run, plan, cloud)
    assert told.complete and not told.restored
    assert [left.why for left in told.left] == ["It was as before already: somebody put it back."]
    assert s3.get_bucket_policy(Bucket=WITH_POLICY)["Policy"] == former


def test_left_when_what_it_had_before_is_gone(cloud: Aws, journal: Journal, s3: Any) -> None:
    """A former value that names what somebody deleted since cannot be put back: it stays, as do those it stands on."""
    plan = plan_for(WITH_POLICY)
    bucket = Action("bucket", "Use it", Call("s3.PutBucketTagging"), undo=(Undo(Call("s3.DeleteBucket")),))
    plan = Plan((bucket, replace(plan.actions[0], after=("bucket",))))
    run = begun(journal, plan)
    run.note("bucket", "ready", created=True)
    do(run, plan, cloud)

    def gone(_: int, call: Call) -> None:
        if call.name == "PutBucketPolicy":
            raise CloudError("There is none.", aws_code="NoSuchTarget")

    told = take_back(run, plan, Between(cloud, before=gone))
    assert standing(s3, WITH_POLICY) == json.loads(policy(WITH_POLICY, "Ours"))
    assert ["gone itself" in left.why for left in told.left] == [True, False]
    assert [left.what for left in told.left] == [f"Set the policy of {WITH_POLICY}", "Use it"] and not told.removed


class Cut(BaseException):
    """The plug was pulled: no `except` of ours may catch it."""


def cut_at(n: int, journal: Journal, cloud: Aws, monkeypatch: pytest.MonkeyPatch) -> tuple[Between, Callable[[], bool]]:
    """A cloud and a journal that both end for good at their n-th moment; and whether they did."""
    moments = [0]

    def moment(*_: object) -> None:
        moments[0] += 1
        if moments[0] >= n:
            raise Cut

    write = Journal.write

    def write_or_end(self: Journal, *rest: Any) -> int:
        moment()
        return write(self, *rest)

    monkeypatch.setattr(Journal, "write", write_or_end)
    return Between(cloud, before=moment), lambda: moments[0] >= n


@pytest.mark.parametrize("bucket", [WITH_POLICY, WITHOUT])
@pytest.mark.parametrize("go_on", [True, False], ids=["resumed", "undone"])
@pytest.mark.some("undone-fjord-coffee-files", "undone-fjord-coffee-site")
def test_cut_anywhere(
    cloud: Aws, tmp_path: Path, s3: Any, monkeypatch: pytest.MonkeyPatch, bucket: str, go_on: bool
) -> None:
    """Cut off at any moment of applying, resumed or not: undo restores the former value.

    What a second reading of the value in between would take for the former value is our own.
    """
    former, plan = standing(s3, bucket), plan_for(bucket)
    for n in itertools.count(1):
        journal = Journal(tmp_path / str(n))
        run = begun(journal, plan)
        with monkeypatch.context() as patched:
            mortal, died = cut_at(n, journal, cloud, patched)
            with suppress(Cut):
                list(apply(run, plan, mortal, clock=FakeClock()))
            dead = died()
        again = Journal(tmp_path / str(n)).run(run.id)
        if go_on:
            do(again, plan, cloud)
            assert standing(s3, bucket) == json.loads(policy(bucket, "Ours"))
        assert take_back(again, plan, cloud).complete
        assert standing(s3, bucket) == former
        if not dead:
            assert n > 6
            return


@pytest.mark.parametrize("bucket", [WITH_POLICY, WITHOUT])
@pytest.mark.some("fjord-coffee-files")
def test_undo_cut_anywhere(cloud: Aws, tmp_path: Path, s3: Any, monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    """Cut off at any moment of undo, a second undo restores the former value."""
    former, plan = standing(s3, bucket), plan_for(bucket)
    for n in itertools.count(1):
        journal = Journal(tmp_path / str(n))
        run = begun(journal, plan)
        do(run, plan, cloud)
        with monkeypatch.context() as patched:
            mortal, died = cut_at(n, journal, cloud, patched)
            with suppress(Cut):
                list(undo(run, plan, mortal, clock=FakeClock()))
            dead = died()
        assert take_back(Journal(tmp_path / str(n)).run(run.id), plan, cloud).complete
        assert standing(s3, bucket) == former
        if not dead:
            assert n > 4
            return


@pytest.mark.wild
def test_a_route_somebody_pointed_elsewhere_is_left(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It is theirs now; everything else of the run still goes, also what is only ready in a moment."""
    ec2: Any = account.session.client("ec2")
    watched, busy = Between(cloud), iter([CloudError("Busy.", aws_code="IncorrectState")] * 4)

    def not_yet(_: int, call: Call) -> None:
        if call.name == "DetachVpnGateway" and (refusal := next(busy, None)):
            raise refusal

    watched.before = not_yet
    made = session(watched, journal, FIXED, clock=clock)
    carried_out(made)
    table = named(ec2, "table", "shop-private-a")
    (public,) = ec2.describe_route_tables(RouteTableIds=[named(ec2, "table", "shop-public")])["RouteTables"]
    internet = next(r["GatewayId"] for r in public["Routes"] if r["DestinationCidrBlock"] == "0.0.0.0/0")
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="192.168.10.0/24", GatewayId=internet)
    events = list(made.undo())
    assert [e.action for e in events if e.kind is Happening.LEFT] == [f"route-{table}-192.168.10.0-24"]
    told = made.receipt()
    assert told.complete and "changed it since" in told.left[0].why
    (after,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    led = {route["DestinationCidrBlock"]: route["GatewayId"] for route in after["Routes"]}
    assert led["192.168.10.0/24"] == internet
    assert "192.168.20.0/24" not in led
    assert not [g for g in ec2.describe_vpn_gateways()["VpnGateways"] if made.run and _ours(g, made.run.id)]


@pytest.mark.wild
def test_what_a_left_thing_needs_is_not_waited_for(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """If the connection cannot be deleted, neither can its ends: that is said at once, and a second undo finishes."""
    before_it = snapshot(account.session)
    denied = [True]

    def deny(_: int, call: Call) -> None:
        if call.name == "DeleteVpnConnection" and denied:
            raise Denied("You are not allowed to.", permission="ec2:DeleteVpnConnection")

    made = session(Between(cloud, before=deny), journal, FIXED, clock=clock)
    carried_out(made)
    began = clock.now()
    list(made.undo())
    told = made.receipt()
    assert clock.now() - began < 300
    assert not told.complete and any(left.costs for left in told.left)
    assert made.run is not None
    stuck = ("connection", "vpn-gateway", "customer-gateway")
    assert [made.run.status(action) for action in stuck] == ["left"] * 3
    denied.clear()
    taken_back(made)
    assert snapshot(account.session) == before_it


def _ours(gateway: Any, run: str) -> bool:
    gone = gateway["State"] == "deleted"
    return not gone and any(tag["Value"] == run for tag in gateway.get("Tags", []))
