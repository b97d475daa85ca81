"""What is not as a run left it is made so again by a plan that can be taken back, or taken as it is."""

from __future__ import annotations

import pytest
from alb import cases as alb
from s3_lambda import cases as s3_lambda
from support.authorized import ACTIONS, PREFIXES, reference
from support.clock import FakeClock
from support.colleagues import client, resource
from support.sessions import carried_out, taken_back
from vpn import cases as vpn
from website import cases as website

from flows.engine import Blocked, Journal, Session
from flows.engine.boto import Aws
from flows.engine.look import State
from flows.engine.put_back import ADMITTING, HOLDS_A_SECRET, can, cannot
from flows.engine.references import fill
from flows.export.resources import TABLE
from flows.practice import PracticeAccount


def states(made: Session) -> dict[str, str]:
    return {each.action: each.state.value for each in made.look()}


def put_back(made: Session, *accepted: str) -> Session:
    again = made.put_back(made.look())
    again.accepted |= set(accepted)
    carried_out(again)
    return again


@pytest.fixture
def office(cloud: Aws, account: PracticeAccount, journal: Journal, clock: FakeClock) -> Session:
    """A VPN whose connection somebody deleted."""
    made = vpn.session(cloud, journal, vpn.STAGING, clock=clock)
    carried_out(made)
    client(account, "ec2").delete_vpn_connection(VpnConnectionId=resource(made, "connection"))
    return made


def test_what_is_gone_is_made_again_upon_what_stands(office: Session) -> None:
    """With all that went with it, after a yes to its new ids; its undo takes it away, and nothing else."""
    again = office.put_back(office.look())
    steps = {each.id: each for each in again.review().plan.actions}
    assert list(steps) == ["connection", "static-192.168.10.0-24", "static-192.168.20.0-24"]
    assert steps["connection"].call.params["CustomerGatewayId"] == resource(office, "customer-gateway")
    with pytest.raises(Blocked):
        list(again.apply())
    again.accept("new-ids")
    carried_out(again)
    assert set(states(again).values()) == {"as_left"}
    assert again.run and again.run.record.handover["outputs"]["connection"] != resource(office, "connection")
    taken_back(again)
    assert states(office)["customer-gateway"] == "as_left"


def test_what_leads_traffic_again_needs_a_yes_and_the_keys_are_not_written_once_more(
    cloud: Aws, account: PracticeAccount, journal: Journal, clock: FakeClock
) -> None:
    """As the repair of the same does; and what the run costs is not said to end with the undo of that."""
    made = vpn.session(cloud, journal, vpn.STAGING, clock=clock)
    carried_out(made)
    assert made.run and made.run.plan
    propagated = next(each for each in made.run.plan.actions if each.call.operation == "ec2.EnableVgwRoutePropagation")
    client(account, "ec2").disable_vgw_route_propagation(**fill(propagated.call.params, made.run.resolve))
    again = made.put_back(made.look())
    assert [each.id for each in again.review().cautions if each.confirm] == ["traffic"]
    with pytest.raises(Blocked):
        list(again.apply())
    again.accept("traffic")
    carried_out(again)
    assert set(states(made).values()) == {"as_left"}
    assert again.run and not list(again.run.folder.glob("*")), "the run that it is of has the files"
    assert again.run.record.handover["next_steps"] == [f"See how it stands now: handrail runs {made.run.id} --look"]


def test_a_setting_is_put_back_after_a_yes_and_the_undo_of_that_is_what_somebody_set(
    cloud: Aws, account: PracticeAccount, journal: Journal, clock: FakeClock
) -> None:
    made = alb.session(cloud, journal, alb.VARIANTS["https"], clock=clock)
    carried_out(made)
    elbv2 = client(account, "elbv2")
    assert made.run and made.run.plan
    listener = next(each for each in made.run.plan.actions if each.id == "default").call.params["ListenerArn"]
    theirs = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    elbv2.modify_listener(ListenerArn=listener, DefaultActions=theirs)
    (seen,) = (each for each in made.look() if each.action == "default")
    assert seen.state is State.CHANGED
    assert "redirect" in seen.was and "503" in seen.now
    with pytest.raises(Blocked):
        list(made.put_back(made.look()).apply())
    again = put_back(made, "overwrites")
    assert set(states(made).values()) == {"as_left"}
    taken_back(again)
    (standing,) = elbv2.describe_listeners(ListenerArns=[listener])["Listeners"]
    assert standing["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "503"


def test_an_entry_that_was_taken_out_is_written_beside_those_of_others(
    cloud: Aws, account: PracticeAccount, journal: Journal, clock: FakeClock
) -> None:
    made = s3_lambda.session(cloud, journal, clock=clock)
    carried_out(made)
    s3, bucket = client(account, "s3"), {"Bucket": s3_lambda.BUCKET}
    document = s3.get_bucket_notification_configuration(**bucket)
    ours = document.pop("LambdaFunctionConfigurations")
    s3.put_bucket_notification_configuration(
        **bucket, NotificationConfiguration={"QueueConfigurations": document["QueueConfigurations"]}
    )
    assert states(made) == {"permission": "as_left", "notification": "gone"}
    put_back(made)
    assert set(states(made).values()) == {"as_left"}
    now = s3.get_bucket_notification_configuration(**bucket)
    assert (now["LambdaFunctionConfigurations"], now["QueueConfigurations"]) == (ours, document["QueueConfigurations"])


def test_what_somebody_closed_needs_a_yes(
    cloud: Aws, account: PracticeAccount, journal: Journal, clock: FakeClock
) -> None:
    made = s3_lambda.session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run and made.run.plan
    permission = next(each for each in made.run.plan.actions if each.id == "permission").call.params
    lambda_ = client(account, "lambda")
    lambda_.remove_permission(FunctionName=permission["FunctionName"], StatementId=resource(made, "permission"))
    again = made.put_back(made.look())
    assert [each.id for each in again.review().cautions if each.confirm] == ["access"]
    with pytest.raises(Blocked):
        list(again.apply())
    again.accept("access")
    carried_out(again)
    assert set(states(made).values()) == {"as_left"}


LETS_NOBODY_IN = {"iam.CreateInstanceProfile", "iam.CreateRole", "sqs.CreateQueue"}
"""They make something new: what may be done by it is said in other calls, or by its owner alone."""
FIREWALLS = {
    "ec2.AuthorizeSecurityGroupIngress", "ec2.CreateNetworkAclEntry", "ec2.ModifyImageAttribute", "kms.EnableKey",
}  # fmt: skip
"""They let somebody in, and AWS counts them among those that write."""


def test_each_call_by_which_somebody_may_do_more_is_known_for_one() -> None:
    """Of all calls of all set-ups, those that the Service Authorization Reference counts as managing permissions."""

    def level(operation: str) -> str:
        service, name = operation.split(".")
        prefix, action = ACTIONS.get(operation, f"{PREFIXES.get(service, service)}:{name}").split(":")
        return str(reference()[prefix]["privileges"][action]["access_level"])

    known = {operation for operation in (*TABLE, *ADMITTING) if level(operation) == "Permissions management"}
    assert known - LETS_NOBODY_IN == ADMITTING - FIREWALLS


@pytest.mark.wild
def test_what_was_public_and_is_not_needs_a_yes(
    cloud: Aws, account: PracticeAccount, journal: Journal, clock: FakeClock
) -> None:
    made = website.session(cloud, journal, website.VARIANTS["open-bucket"], clock=clock)
    carried_out(made)
    s3, bucket = client(account, "s3"), {"Bucket": website.FILES}
    s3.delete_bucket_policy(**bucket)
    closed = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(**bucket, PublicAccessBlockConfiguration=closed)
    again = made.put_back(made.look())
    assert {each.id for each in again.review().plan.actions} == {"public-access-block", "bucket-policy"}
    assert [each.id for each in again.review().cautions if each.confirm] == ["access"] * 2
    with pytest.raises(Blocked):
        list(again.apply())


@pytest.mark.wild
def test_what_holds_a_secret_is_not_put_back(
    cloud: Aws, account: PracticeAccount, journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.engine.differences.LONG", 10_000)
    made = website.session(cloud, journal, website.VARIANTS["website"], clock=clock)
    carried_out(made)
    assert made.run
    client(account, "s3").delete_bucket_policy(Bucket=made.run.record.handover["outputs"]["bucket"])
    looked = made.look()
    assert [each.action for each in looked if each.state is State.GONE] == ["bucket-policy"]
    assert (can(made.run, looked), cannot(made.run, looked)) == ([], {"bucket-policy": HOLDS_A_SECRET})
    assert "(a secret)" in next(each.was for each in looked if each.state is State.GONE)


@pytest.mark.wild
def test_what_is_taken_as_it_is_is_told_no_more(office: Session) -> None:
    """And an undo goes on from there."""
    looked = office.look()
    assert office.take_as_it_is(looked) == ["connection", "static-192.168.10.0-24", "static-192.168.20.0-24"]
    assert set(states(office).values()) == {"as_left"}
    taken_back(office)


@pytest.mark.wild
def test_a_change_that_is_taken_as_it_is_is_taken_back_as_ours(
    cloud: Aws, account: PracticeAccount, journal: Journal, clock: FakeClock
) -> None:
    made = alb.session(cloud, journal, alb.VARIANTS["https"], clock=clock)
    elbv2 = client(account, "elbv2")
    before = {each["ListenerArn"]: each["DefaultActions"] for each in listeners(elbv2)}
    carried_out(made)
    assert made.run and made.run.plan
    listener = next(each for each in made.run.plan.actions if each.id == "default").call.params["ListenerArn"]
    theirs = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    elbv2.modify_listener(ListenerArn=listener, DefaultActions=theirs)
    assert made.take_as_it_is(made.look()) == ["default"]
    assert set(states(made).values()) == {"as_left"}
    taken_back(made)
    assert {each["ListenerArn"]: each["DefaultActions"] for each in listeners(elbv2)} == before


def listeners(elbv2: object) -> list[dict[str, object]]:
    balancers = elbv2.describe_load_balancers()["LoadBalancers"]  # type: ignore[attr-defined]
    return [
        each
        for balancer in balancers
        for each in elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]  # type: ignore[attr-defined]
    ]
