"""Applied and taken back: the load balancer does what was asked, and then exactly what it did before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from alb.cases import GONE, HTTPS, MAINTENANCE, MOVED, OFFICE, STRICT, VARIANTS, Front, picture, session, to
from support.clock import FakeClock
from support.sessions import carried_out, taken_back, there_and_back

from flows.engine import Happening, Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui import outcome, taking_back


@pytest.fixture
def shop(account: PracticeAccount) -> Front:
    return Front(account)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("office")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """Reviewing only reads, applying changes the account, and undo leaves it exactly as it was."""
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    there_and_back(made, lambda: picture(account))
    assert made.run is not None and made.run.record.status == "undone"
    came_for = next(iter(made.run.record.handover["outputs"].items()))
    assert came_for[0] == "visitors_get" and re.match(r"https?://\S+ → |the same server each time", came_for[1])


def test_the_rule_that_opens_a_port_is_among_what_was_made(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It lets the whole world in: whoever reads the document of a run must find it."""
    made = session(cloud, journal, HTTPS, clock=clock)
    carried_out(made)
    assert made.run is not None and made.run.plan is not None
    found = {each["type"]: each["id"] for each in outcome.resources(made.run, made.run.plan) if each["created"]}
    rules = account.session.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    (rule,) = [each for each in rules if each["SecurityGroupRuleId"] == found["AWS::EC2::SecurityGroupIngress"]]
    assert (rule["CidrIpv4"], rule["FromPort"]) == ("0.0.0.0/0", 443)
    assert made.run.plan.uses
    taken_back(made)
    left = {each.what for each in made.receipt().left}
    assert "The load balancer shop" in left and not any("arn:" in what for what in left), left


@pytest.mark.wild
def test_all_six_fields_are_written(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    carried_out(session(cloud, journal, HTTPS, clock=clock))
    (action,) = shop.listeners[80]["DefaultActions"]
    assert action["RedirectConfig"] == {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
    }


@pytest.mark.wild
def test_https_is_there_before_http_is_switched(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Port 443 is open, listened on and waited for before port 80 says anything else."""
    events = carried_out(session(cloud, journal, HTTPS, clock=clock))
    order = [(event.action, event.kind) for event in events]
    switched = order.index(("default", Happening.STARTED))
    assert order.index(("https-listener", Happening.DONE)) < switched
    assert (
        next(i for i, (action, kind) in enumerate(order) if action.startswith("open-443") and kind is Happening.DONE)
        < switched
    )
    secure = shop.listeners[443]
    assert secure["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert ":eu-central-1:" in secure["Certificates"][0]["CertificateArn"]
    assert secure["DefaultActions"] == [
        {**shop.forward[0], "ForwardConfig": secure["DefaultActions"][0]["ForwardConfig"]}
    ]


@pytest.mark.wild
def test_http_is_not_switched_without_a_healthy_server(
    shop: Front, cloud: Aws, journal: Journal, clock: FakeClock, account: PracticeAccount
) -> None:
    """If nothing behind https becomes healthy, the run stops there, and http is as it was."""
    before = shop.listeners[80]["DefaultActions"]
    made = session(cloud, journal, HTTPS, clock=clock)
    made.review()
    health = shop.elbv2.describe_target_health(TargetGroupArn=shop.targets)["TargetHealthDescriptions"]
    ids = [each["Target"]["Id"] for each in health]
    shop.ec2.stop_instances(InstanceIds=ids)
    events = list(made.apply())
    assert [event.action for event in events if event.kind is Happening.FAILED] == ["https-listener"]
    assert shop.listeners[80]["DefaultActions"] == before
    shop.ec2.start_instances(InstanceIds=ids)
    assert not [event.problem for event in made.apply() if event.problem]
    taken_back(made)


@pytest.mark.wild
def test_everything_made_is_tagged(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    shop.rule(7, paths=["/api/*"])
    made = session(cloud, journal, {**MOVED, "https_listener": "new"}, clock=clock)
    carried_out(made)
    assert made.run is not None
    outputs = made.run.record.handover["outputs"]
    (copy,) = [
        r for r in shop.elbv2.describe_rules(ListenerArn=outputs["https_listener"])["Rules"] if r["Priority"] == "7"
    ]
    for arn in (outputs["https_listener"], outputs["rule"], copy["RuleArn"]):
        tags = {
            t["Key"]: t["Value"] for t in shop.elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
        }
        assert (tags["handrail:run"], tags["handrail:flow"]) == (made.run.id, "alb")
        assert tags["Name"].startswith("shop-")


@pytest.mark.parametrize(
    "actions",
    [
        to("#{protocol}", "HTTP_302", Host="www.#{host}", Path="/x/#{path}", Query="a=1&#{query}"),
        [
            {
                "Type": "fixed-response",
                "FixedResponseConfig": {"StatusCode": "200", "ContentType": "text/html", "MessageBody": "ö"},
            }
        ],
    ],
    ids=["a redirect", "a fixed response"],
)
@pytest.mark.some("a fixed response")
def test_former_default_actions_come_back_whole(
    shop: Front, cloud: Aws, journal: Journal, clock: FakeClock, actions: list[Any]
) -> None:
    shop.default(80, actions)
    before = shop.listeners[80]
    for answers in ({**HTTPS, "forward_to": "shop"}, {**MAINTENANCE, "listener": "80"}):
        made = session(cloud, journal, answers, clock=clock)
        carried_out(made)
        assert shop.listeners[80] != before
        taken_back(made)
        assert shop.listeners[80] == before
        remembered = "What browsers remember of the redirect (301)" in [
            each.what for each in made.receipt().left if each.maybe
        ]
        assert remembered is (answers["action"] == HTTPS["action"])


@pytest.mark.wild
def test_weights_and_stickiness_come_back(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Two weighted target groups with stickiness, copied to https and put back on http."""
    vpc = shop.found["VpcId"]
    other = shop.elbv2.create_target_group(Name="green", Protocol="HTTP", Port=8080, VpcId=vpc)["TargetGroups"][0]
    weighted = {
        "TargetGroups": [
            {"TargetGroupArn": shop.targets, "Weight": 9},
            {"TargetGroupArn": other["TargetGroupArn"], "Weight": 1},
        ],
        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 600},
    }
    shop.default(80, [{"Type": "forward", "ForwardConfig": weighted}])
    before = shop.listeners[80]
    made = session(cloud, journal, HTTPS, clock=clock)
    made.accepted.add("no-healthy-server")
    carried_out(made)
    assert shop.listeners[443]["DefaultActions"] == before["DefaultActions"]
    taken_back(made)
    assert shop.listeners[80] == before


@pytest.mark.wild
def test_what_somebody_changed_since_is_left(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Port 80 sends visitors elsewhere now, but still by port 443: so both stay."""
    made = session(cloud, journal, HTTPS, clock=clock)
    carried_out(made)
    theirs = to("HTTPS", "HTTP_302", Port="443", Host="www.fjord-coffee.example")
    shop.default(80, theirs)
    now = shop.listeners[80]["DefaultActions"]
    list(made.undo())
    assert shop.listeners[80]["DefaultActions"] == now
    whys = [left.why for left in made.receipt().left]
    assert any("changed" in why for why in whys) and any("Visitors are sent to it" in why for why in whys)
    assert 443 in shop.listeners


@pytest.mark.wild
def test_what_is_that_already_is_not_done(shop: Front, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """A second run over the first changes nothing, and its undo neither."""
    carried_out(session(cloud, journal, HTTPS, clock=clock))
    plan = session(cloud, journal, HTTPS, clock=clock).review().plan
    assert plan.actions == ()
    assert {use.id for use in plan.uses} == {"load-balancer", "https-listener", "default"}


@pytest.mark.wild
def test_a_rule_that_does_it_already_is_used(
    shop: Front, account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """The same rule is not made twice; another answer, or a rule before it that catches everything, makes a new one."""
    carried_out(session(cloud, journal, GONE, clock=clock))
    before = picture(account)
    again = session(cloud, journal, GONE, clock=clock)
    assert again.review().plan.actions == ()
    carried_out(again)
    taken_back(again)
    assert picture(account) == before
    assert session(cloud, journal, {**GONE, "body": "Over"}, clock=clock).review().plan.actions
    shop.rule(5, paths=["/winter*"])
    assert session(cloud, journal, GONE, clock=clock).review().plan.actions


@pytest.mark.wild
def test_rules_of_others_survive(
    shop: Front, account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Rules with conditions of every kind are copied as they are, and none is touched."""
    more = [
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["yes"]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}},
    ]
    shop.rule(5, hosts=["beta.fjord-coffee.example"], more=more)
    shop.rule(6, paths=["/healthz"], actions=to("HTTPS", Port="443"))
    before = picture(account)
    made = session(cloud, journal, HTTPS, clock=clock)
    carried_out(made)
    own, copies = (
        [
            r
            for r in shop.elbv2.describe_rules(ListenerArn=shop.listeners[p]["ListenerArn"])["Rules"]
            if not r["IsDefault"]
        ]
        for p in (80, 443)
    )
    assert [rule["Priority"] for rule in copies] == ["5"], "a rule that sends to https makes no sense there"
    assert copies[0]["Conditions"] == own[0]["Conditions"]
    taken_back(made)
    assert picture(account) == before


@pytest.mark.wild
def test_a_rule_before_the_others(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    office = Front(account, "office")
    carried_out(session(cloud, journal, OFFICE, clock=clock))
    first = office.elbv2.describe_rules(ListenerArn=office.listeners[80]["ListenerArn"])["Rules"][0]
    assert first["Priority"] == "9"
    assert first["Conditions"][0]["PathPatternConfig"] == {"Values": ["/*"]}
    assert first["Actions"][0]["RedirectConfig"]["Port"] == "443"
    again = session(cloud, journal, OFFICE, clock=clock).review().plan
    assert {each.id for each in again.actions} == {"hsts"} and "rule" in {use.id for use in again.uses}


@pytest.mark.wild
def test_hsts_is_sent_by_the_https_listener_and_taken_back(
    shop: Front, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    shop.listen(443, https=True)
    key = "routing.http.response.strict_transport_security.header_value"
    arn = shop.listeners[443]["ListenerArn"]

    def header() -> list[str]:
        attributes = shop.elbv2.describe_listener_attributes(ListenerArn=arn)["Attributes"]
        return [each["Value"] for each in attributes if each["Key"] == key]

    for former in ([], ["max-age=7"]):
        if former:
            shop.elbv2.modify_listener_attributes(ListenerArn=arn, Attributes=[{"Key": key, "Value": former[0]}])
        made = session(cloud, journal, STRICT, clock=clock)
        carried_out(made)
        assert header() == ["max-age=86400"]
        taken_back(made)
        assert header() == former
        hsts, redirect = [each for each in made.receipt().left if "browsers" in each.what]
        assert "until 1 day after their last visit" in hsts.why and "(301)" in redirect.what
        told = "Everything of this run is as it was before; whether something of it stays is unknown."
        assert taking_back.headline(made.receipt()) == told


@pytest.mark.wild
def test_a_listener_is_made_where_there_is_none(
    shop: Front, account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Also with a rule: then everything else gets a 404."""
    shop.elbv2.delete_listener(ListenerArn=shop.listeners[80]["ListenerArn"])
    before = picture(account)
    for answers in (HTTPS, MAINTENANCE, GONE):
        made = session(cloud, journal, answers, clock=clock)
        made.accepted.add("no-healthy-server")
        carried_out(made)
        assert 80 in shop.listeners
        taken_back(made)
        assert picture(account) == before


@pytest.mark.wild
def test_ports_are_opened_for_those_who_may_use_the_other(
    shop: Front, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """443 is opened for exactly the visitors of port 80, whether networks, prefix lists or groups; undo closes it."""
    (group,) = shop.found["SecurityGroups"]
    (found,) = shop.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    shop.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=found["IpPermissions"])
    wanted = {
        "IpRanges": [{"CidrIp": "203.0.113.0/24"}, {"CidrIp": "198.51.100.0/24"}],
        "UserIdGroupPairs": [{"GroupId": group}],
    }
    http = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **wanted}
    shop.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[http])
    made = session(cloud, journal, HTTPS, clock=clock)
    carried_out(made)
    (found,) = shop.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    (https,) = [each for each in found["IpPermissions"] if each["FromPort"] == 443]
    assert {each["CidrIp"] for each in https["IpRanges"]} == {"203.0.113.0/24", "198.51.100.0/24"}
    assert [each["GroupId"] for each in https["UserIdGroupPairs"]] == [group]
    taken_back(made)
    (found,) = shop.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert [each["FromPort"] for each in found["IpPermissions"]] == [80]


def test_a_changed_listener_is_among_the_resources_of_its_run(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, MAINTENANCE, clock=clock)
    carried_out(made)
    assert made.run and made.run.plan
    listener = made.run.record.handover["outputs"]["listener"]
    assert {
        "action": "default", "type": "AWS::ElasticLoadBalancingV2::Listener", "id": listener, "created": False,
        "changed": True,
    } in outcome.resources(made.run, made.run.plan)  # fmt: skip
    taken_back(made)
    assert not [each for each in outcome.resources(made.run, made.run.plan) if each.get("changed")]
