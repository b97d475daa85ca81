"""What a run made is looked at again: as it was left, changed, gone, or it cannot be told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from kills.scenes import CASES
from s3_lambda import cases as s3_lambda
from support.clock import FakeClock
from support.clouds import Between
from support.colleagues import client, resource
from support.sessions import answered, carried_out, taken_back
from vpn import cases as vpn

from flows.engine import Call, Denied, Journal, Place, Session
from flows.engine.boto import Aws
from flows.engine.event_history import NO_HISTORY, NOBODY, PACE, PAGES
from flows.engine.events import Happening
from flows.engine.look import BROKEN_OFF, NOTED_NOTHING, Looked, State
from flows.engine.problems import NoSuchCall
from flows.engine.refusals import changes
from flows.practice import PracticeAccount
from tui import looking_again

CLOSED = "CloudTrail's event history may not be read: cloudtrail:LookupEvents is not allowed."


def looked_at(made: Session, asked: list[Call] | None = None) -> dict[str, Looked]:
    """What a look says of each step; what was asked for it."""

    def noted(_: int, call: Call) -> None:
        if asked is not None:
            asked.append(call)

    made._account = Between(made._account, before=noted)
    return {each.action: each for each in made.look()}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.some("s3_pipeline, a new trail")
def test_after_a_run_everything_is_as_it_was_left(
    account: PracticeAccount, journal: Journal, clock: FakeClock, case: str
) -> None:
    """And looking changes nothing, in the account and in the journal."""
    made = answered(CASES[case], Aws(Place(practice=True), account.session, account.session_of), journal, clock)
    carried_out(made)
    assert made.run is not None
    before, asked = made.run.history(), list[Call]()
    looked = looked_at(made, asked)
    odd = {id: each for id, each in looked.items() if each.state is not State.AS_LEFT}
    assert not odd
    assert not [each.by for each in looked.values() if each.by]
    assert not [call.operation for call in asked if changes(call) or call.name == "LookupEvents"]
    assert made.run.history() == before


@pytest.fixture
def made(cloud: Aws, journal: Journal, clock: FakeClock) -> Session:
    made = vpn.session(cloud, journal, vpn.STAGING, clock=clock)
    carried_out(made)
    return made


def test_what_somebody_deleted_costs_nothing_any_more(
    account: PracticeAccount, made: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named with who did it, with all that went with it, and nothing is asked twice."""
    assert [each.action for each in made.look() if each.costs] == ["connection"]
    client(account, "ec2").delete_vpn_connection(VpnConnectionId=resource(made, "connection"))
    monkeypatch.setattr("flows.engine.sending.FRESH", 0)  # else it is looked at once more, for a minute
    asked = list[Call]()
    looked = looked_at(made, asked)
    gone = looked["connection"]
    assert (gone.state, gone.was, gone.now, gone.costs) == (State.GONE, resource(made, "connection"), "not there", ())
    assert gone.by.startswith("arn:aws:iam::123456789012:user/ada: DeleteVpnConnection, ")
    assert {id for id, each in looked.items() if each.state is State.GONE} == {
        "connection", "static-192.168.10.0-24", "static-192.168.20.0-24",
    }  # fmt: skip
    assert sorted(call.name for call in asked) == [
        "DescribeCustomerGateways", "DescribeCustomerGateways", "DescribeRouteTables", "DescribeVpnConnections",
        "LookupEvents",
    ]  # fmt: skip
    assert len({json.dumps((call.operation, call.params), default=str) for call in asked}) == len(asked)


@pytest.mark.wild
def test_what_was_taken_back_is_not_looked_at(made: Session) -> None:
    taken_back(made)
    assert made.look() == []


def test_what_an_interrupted_undo_took_is_no_doing_of_others(account: PracticeAccount, made: Session) -> None:
    """Nor is anything as it was left that was only done to a thing that may be gone; the undo goes on."""
    run = made.run
    assert run is not None and run.plan is not None
    run.set_status("undoing")
    for id in ("static-192.168.10.0-24", "static-192.168.20.0-24"):
        run.note(id, "undone")
    run.note("connection", "undo")
    client(account, "ec2").delete_vpn_connection(VpnConnectionId=resource(made, "connection"))
    asked = list[Call]()
    looked = looked_at(made, asked)
    assert (looked["connection"].state, looked["connection"].now) == (State.UNKNOWN, BROKEN_OFF)
    assert not {each.state for each in looked.values()} & {State.CHANGED, State.GONE}
    assert not [call for call in asked if call.name == "LookupEvents"], "nobody did it but this run"
    told = looking_again.looked(run, looked.values())
    assert told[1].startswith("An undo of it did not come to its end")
    assert told[1].endswith(f"Go on with: handrail undo {run.id}")
    taken_back(made)


def test_what_may_not_be_read_cannot_be_told(made: Session) -> None:
    denied = Denied("no", permission="ec2:DescribeVpnConnections")

    def refused(_: int, call: Call) -> None:
        if call.operation == "ec2.DescribeVpnConnections":
            raise denied

    made._account = Between(made._account, before=refused)
    looked = looked_at(made)
    assert looked["connection"].state is State.UNKNOWN
    assert looked["connection"].now == "no"
    assert looked["connection"].costs, "it may be there still"
    assert looked["customer-gateway"].state is State.AS_LEFT


class Pending(Between):
    """An account whose VPN connections are never ready."""

    def make(self, call: Call) -> dict[str, Any]:
        answer = super().make(call)
        return {**answer, "VpnConnections": [{**each, "State": "pending"} for each in answer.get("VpnConnections", [])]}


def test_what_broke_off_before_it_was_noted_cannot_be_told(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """A stop in the wait: it is there, and whether somebody changed it meanwhile nobody knows."""
    made = vpn.session(Pending(cloud), journal, vpn.STAGING, clock=clock)
    made.review()
    for event in made.apply():
        if event.kind is Happening.WAITING and event.action == "connection":
            made.stop()
    looked = looked_at(made)
    assert (looked["connection"].state, looked["connection"].now) == (State.UNKNOWN, NOTED_NOTHING)
    assert looked["customer-gateway"].state is State.AS_LEFT


def test_an_entry_that_was_not_noted_cannot_be_told(
    cloud: Aws, journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.engine.apply._changed", lambda *_: {})
    made = s3_lambda.session(cloud, journal, clock=clock)
    carried_out(made)
    looked = looked_at(made)
    assert (looked["notification"].state, looked["notification"].now) == (State.UNKNOWN, NOTED_NOTHING)


@pytest.mark.parametrize(("problem", "by"), [(Denied("no", permission=""), CLOSED), (NoSuchCall("no"), NO_HISTORY)])
@pytest.mark.some(1)
def test_a_history_that_cannot_be_read_is_asked_once(
    account: PracticeAccount, made: Session, clock: FakeClock, problem: Exception, by: str
) -> None:
    ec2 = client(account, "ec2")
    ec2.delete_vpn_connection(VpnConnectionId=resource(made, "connection"))
    ec2.delete_customer_gateway(CustomerGatewayId=resource(made, "customer-gateway"))
    asked: list[str] = []

    def refused(_: int, call: Call) -> None:
        if call.name == "LookupEvents":
            asked.append(call.name)
            raise problem

    made._account = Between(made._account, before=refused)
    looked = looked_at(made)
    assert (looked["connection"].by, looked["customer-gateway"].by) == (by, by)
    assert len(asked) == 1


class History(Between):
    """An account whose event history tells these: who, what, when in minutes from now, and about what."""

    events: tuple[tuple[str, str, int, str], ...] = ()
    portion = 50

    def make(self, call: Call) -> dict[str, Any]:
        if call.name != "LookupEvents":
            return super().make(call)
        (asked,) = call.params["LookupAttributes"]
        now = datetime.now(UTC)
        every = [
            {
                "EventName": what, "EventTime": now + timedelta(minutes=minutes), "ReadOnly": "false",
                "CloudTrailEvent": json.dumps({"userIdentity": {"arn": who}, "requestParameters": about}),
            }
            for who, what, minutes, about in sorted(self.events, key=lambda each: -each[2])
            if asked["AttributeValue"] in (what, about) or asked["AttributeValue"] in about
        ]  # fmt: skip
        first = int(call.params.get("NextToken", 0))
        last = first + self.portion
        return {"Events": every[first:last], **({"NextToken": str(last)} if every[last:] else {})}


def test_who_did_something_else_to_it_is_not_named(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Many change a bucket; the one who is named changed its notifications."""
    made = s3_lambda.session(cloud, journal, clock=clock)
    carried_out(made)
    bucket = s3_lambda.BUCKET
    client(account, "s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    history = History(made._account)
    made._account = history
    history.events = (("bob", "PutBucketTagging", 3, bucket), ("eve", "PutObject", 4, bucket))
    assert {each.action: each.by for each in made.look()}["notification"] == NOBODY
    history.events = (*history.events, ("ann", "PutBucketNotification", 2, bucket))
    assert {each.action: each.by for each in made.look()}["notification"].startswith("ann: PutBucketNotification, ")


def test_a_busy_thing_is_read_on_and_it_is_told_how_far(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Of ten answers the one who did it stands in the third; of more than ten the rest is not called nobody."""
    made = s3_lambda.session(cloud, journal, clock=clock)
    carried_out(made)
    bucket = s3_lambda.BUCKET
    client(account, "s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    made._account = history = History(made._account)
    history.portion = 1
    busy = tuple(("bob", "PutBucketTagging", 10 + number, bucket) for number in range(2 * PAGES))
    history.events = (*busy[:2], ("ann", "PutBucketNotification", 5, bucket))
    before = len(clock.slept)
    assert {each.action: each.by for each in made.look()}["notification"].startswith("ann: PutBucketNotification, ")
    assert clock.slept[before:].count(PACE) == 2
    history.events = busy
    by = {each.action: each.by for each in made.look()}["notification"]
    assert by.startswith("CloudTrail's event history does not tell as far as it was read, back to 20")


@pytest.mark.wild
def test_the_history_is_asked_twice_a_second_at_most(account: PracticeAccount, made: Session, clock: FakeClock) -> None:
    ec2 = client(account, "ec2")
    ec2.delete_vpn_connection(VpnConnectionId=resource(made, "connection"))
    ec2.delete_customer_gateway(CustomerGatewayId=resource(made, "customer-gateway"))
    before, asked = len(clock.slept), list[Call]()
    looked_at(made, asked)
    questions = [call for call in asked if call.name == "LookupEvents"]
    assert clock.slept[before:].count(PACE) == len(questions) - 1 == 1
