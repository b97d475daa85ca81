"""What others did at a load balancer since a run: theirs stays, what it needs stays, and the receipt says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from alb.cases import MAINTENANCE, MOVED, VARIANTS, picture, session, to
from support.clock import FakeClock
from support.deeds import NOT_FOUND, Deed, Made, undone_after
from support.sessions import carried_out, taken_back

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

Client = Callable[..., Any]
ANSWERS = {**VARIANTS, "moved, new https": {**MOVED, "https_listener": "new"}}
FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
HOST = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["theirs.example.com"]}}]


def http(client: Client) -> str:
    """The ARN of the shop's listener on port 80."""
    elbv2 = client("elbv2")
    (shop,) = elbv2.describe_load_balancers(Names=["shop"])["LoadBalancers"]
    listeners = elbv2.describe_listeners(LoadBalancerArn=shop["LoadBalancerArn"])["Listeners"]
    return next(str(each["ListenerArn"]) for each in listeners if each["Port"] == 80)


def rule_on_our_listener(client: Client, made: Made) -> None:
    client("elbv2").create_rule(ListenerArn=made["https-listener"], Priority=77, Conditions=HOST, Actions=FIXED)


def certificate_on_our_listener(client: Client, made: Made) -> None:
    acm = client("acm")
    arn = acm.request_certificate(DomainName="theirs.fjord-coffee.example", ValidationMethod="DNS")["CertificateArn"]
    client("elbv2").add_listener_certificates(
        ListenerArn=made["https-listener"], Certificates=[{"CertificateArn": arn}]
    )


def our_listener_edited(client: Client, made: Made) -> None:
    client("elbv2").modify_listener(ListenerArn=made["https-listener"], DefaultActions=FIXED)


def our_listener_deleted(client: Client, made: Made) -> None:
    client("elbv2").delete_listener(ListenerArn=made["https-listener"])


def strictness_edited(client: Client, made: Made) -> None:
    key = "routing.http.response.strict_transport_security.header_value"
    client("elbv2").modify_listener_attributes(
        ListenerArn=made["https-listener"], Attributes=[{"Key": key, "Value": "max-age=60"}]
    )


def redirect_edited(client: Client, made: Made) -> None:
    """For now only; the visitors are still sent to https."""
    client("elbv2").modify_listener(ListenerArn=http(client), DefaultActions=to(code="HTTP_302", Port="443"))


def default_edited(client: Client, made: Made) -> None:
    client("elbv2").modify_listener(ListenerArn=http(client), DefaultActions=FIXED)


def http_deleted(client: Client, made: Made) -> None:
    client("elbv2").delete_listener(ListenerArn=http(client))


def another_port_leads_there(client: Client, made: Made) -> None:
    elbv2 = client("elbv2")
    (shop,) = elbv2.describe_load_balancers(Names=["shop"])["LoadBalancers"]
    elbv2.create_listener(
        LoadBalancerArn=shop["LoadBalancerArn"], Protocol="HTTP", Port=8080, DefaultActions=to(Port="443")
    )


def rule_leads_there(client: Client, made: Made) -> None:
    client("elbv2").create_rule(ListenerArn=http(client), Priority=5, Conditions=HOST, Actions=to(Port="443"))


def our_listener_replaced(client: Client, made: Made) -> None:
    elbv2 = client("elbv2")
    (ours,) = elbv2.describe_listeners(ListenerArns=[made["https-listener"]])["Listeners"]
    elbv2.delete_listener(ListenerArn=made["https-listener"])
    elbv2.create_listener(
        LoadBalancerArn=ours["LoadBalancerArn"], Protocol="HTTPS", Port=443, Certificates=ours["Certificates"],
        DefaultActions=FIXED,
    )  # fmt: skip


def balancer_beside(client: Client, made: Made, port: int = 443) -> None:
    """Another load balancer with the same security group."""
    elbv2 = client("elbv2")
    (shop,) = elbv2.describe_load_balancers(Names=["shop"])["LoadBalancers"]
    (ours,) = elbv2.describe_listeners(ListenerArns=[made["https-listener"]])["Listeners"]
    subnets = [each["SubnetId"] for each in shop["AvailabilityZones"]]
    theirs = elbv2.create_load_balancer(Name="theirs", Subnets=subnets, SecurityGroups=shop["SecurityGroups"])
    elbv2.create_listener(
        LoadBalancerArn=theirs["LoadBalancers"][0]["LoadBalancerArn"], Protocol="HTTPS", Port=port,
        Certificates=ours["Certificates"], DefaultActions=FIXED,
    )  # fmt: skip


def balancer_beside_on_another_port(client: Client, made: Made) -> None:
    balancer_beside(client, made, 8443)


def machine_beside(client: Client, made: Made) -> None:
    group, _ = _opened(client)
    ec2 = client("ec2")
    (web,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    (subnet, *_) = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [web["VpcId"]]}])["Subnets"]
    ec2.create_network_interface(SubnetId=subnet["SubnetId"], Groups=[group], Description="theirs")


def in_front(client: Client, made: Made, policy: str = "https-only") -> None:
    """A distribution that gets everything from the load balancer."""
    (shop,) = client("elbv2").describe_load_balancers(Names=["shop"])["LoadBalancers"]
    how = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": policy}
    origin = {"Id": "shop", "DomainName": shop["DNSName"], "CustomOriginConfig": how}
    behaviour = {"TargetOriginId": "shop", "ViewerProtocolPolicy": "redirect-to-https"}
    config = {
        "CallerReference": "theirs", "Comment": "theirs", "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {**behaviour, "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"},
    }  # fmt: skip
    client("cloudfront").create_distribution(DistributionConfig=config)


def in_front_by_http(client: Client, made: Made) -> None:
    in_front(client, made, "http-only")


def rule_pointed_elsewhere(client: Client, made: Made) -> None:
    client("elbv2").modify_rule(RuleArn=made["rule"], Actions=FIXED)


def rule_for_other_hosts(client: Client, made: Made) -> None:
    client("elbv2").modify_rule(RuleArn=made["rule"], Conditions=HOST)


def rule_renumbered(client: Client, made: Made) -> None:
    client("elbv2").set_rule_priorities(RulePriorities=[{"RuleArn": made["rule"], "Priority": 4321}])


def rule_deleted(client: Client, made: Made) -> None:
    client("elbv2").delete_rule(RuleArn=made["rule"])


def _opened(client: Client) -> tuple[str, str]:
    ec2 = client("ec2")
    (web,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])["SecurityGroups"]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [web["GroupId"]]}])
    ours = next(each for each in rules["SecurityGroupRules"] if "visitors" in each.get("Description", ""))
    return str(web["GroupId"]), str(ours["SecurityGroupRuleId"])


def port_edited(client: Client, made: Made) -> None:
    group, rule = _opened(client)
    theirs = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "203.0.113.0/24"}
    changed = [{"SecurityGroupRuleId": rule, "SecurityGroupRule": theirs}]
    client("ec2").modify_security_group_rules(GroupId=group, SecurityGroupRules=changed)


def port_closed(client: Client, made: Made) -> None:
    group, rule = _opened(client)
    client("ec2").revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule])


def port_closed_and_opened_again(client: Client, made: Made) -> None:
    """By a rule of theirs, which says the same."""
    port_closed(client, made)
    group = client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])
    client("ec2").authorize_security_group_ingress(
        GroupId=group["SecurityGroups"][0]["GroupId"],
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )


NEEDED, CHANGED, NOTHING_LEFT = "needs it, and that stays", "^Somebody changed it", "^not found: what it belonged to"
HTTPS, PORT, NOW = "The listener on port 443 (arn:", "The rule for port 443 in the", "What port 80 does now"
BEFORE = "What port 80 did before"
RULE = "The rule with priority"

DEEDS: Mapping[str, Deed] = {
    "rule on our listener": Deed(
        rule_on_our_listener, {HTTPS: r"^Others have rules on it: priority 77\.$", PORT: NEEDED}, "https"
    ),
    "port closed, and a rule on our listener": Deed(
        lambda client, made: (port_closed(client, made), rule_on_our_listener(client, made)),
        {HTTPS: "^Others have rules on it: ", PORT: NOT_FOUND},
        "https",
    ),
    "port closed and opened again": Deed(
        port_closed_and_opened_again,
        {PORT: NOT_FOUND, "What somebody put beside it since: sgr-": "^It is not this run's"},
        "https",
    ),
    "rule on our listener, which may go": Deed(
        rule_on_our_listener, {}, "https", decided={"others": "delete"}, theirs=False
    ),
    "certificate on our listener": Deed(
        certificate_on_our_listener, {HTTPS: "^Others added certificates to it: arn:", PORT: NEEDED}, "https"
    ),
    "our listener edited": Deed(our_listener_edited, {HTTPS: CHANGED, PORT: NEEDED}, "https"),
    "our listener deleted": Deed(our_listener_deleted, {HTTPS: NOT_FOUND}, "https"),
    "our listener deleted, strict": Deed(
        our_listener_deleted, {HTTPS: NOT_FOUND, "The HSTS header": NOT_FOUND}, "strict"
    ),
    "strictness edited": Deed(strictness_edited, {"The HSTS header": CHANGED, HTTPS: NEEDED, PORT: NEEDED}, "strict"),
    "redirect edited": Deed(
        redirect_edited, {NOW: CHANGED, HTTPS: r"^Visitors are sent to it by: port 80\.", PORT: NEEDED}, "https"
    ),
    "default edited": Deed(default_edited, {NOW: CHANGED}, "https"),
    "default edited, maintenance": Deed(redirect_edited, {NOW: CHANGED}, "maintenance"),
    "http deleted": Deed(http_deleted, {BEFORE: NOTHING_LEFT}, "https"),
    "another port leads there": Deed(
        another_port_leads_there, {HTTPS: r"^Visitors are sent to it by: port 8080\.", PORT: NEEDED}, "https"
    ),
    "rule leads there": Deed(
        rule_leads_there, {HTTPS: r"^Visitors are sent to it by rules of: port 80\.", PORT: NEEDED}, "https"
    ),
    "our listener replaced": Deed(
        our_listener_replaced, {HTTPS: NOT_FOUND, PORT: r"^Others listen there: port 443\."}, "https"
    ),
    "another balancer in the group": Deed(
        balancer_beside, {PORT: r"^Load balancers of others .* listen on that port: theirs"}, "https"
    ),
    "another balancer in the group, another port": Deed(balancer_beside_on_another_port, {}, "https"),
    "a machine in the group": Deed(
        machine_beside, {PORT: r"^Others put network cards into that .*: eni-\w+ \(theirs\)"}, "https"
    ),
    "a distribution in front": Deed(
        in_front, {HTTPS: r"^Distributions of CloudFront get their files there: \w+ \(theirs\)", PORT: NEEDED}, "https"
    ),
    "a distribution in front by http": Deed(in_front_by_http, {}, "https"),
    "rule pointed elsewhere": Deed(rule_pointed_elsewhere, {RULE: CHANGED}, "gone"),
    "rule pointed elsewhere, https": Deed(
        rule_pointed_elsewhere, {RULE: CHANGED, HTTPS: NEEDED, PORT: NEEDED}, "moved, new https"
    ),
    "rule for other hosts": Deed(rule_for_other_hosts, {RULE: CHANGED}, "gone"),
    "rule renumbered": Deed(rule_renumbered, {RULE: CHANGED}, "gone"),
    "rule deleted": Deed(rule_deleted, {RULE: NOT_FOUND}, "gone"),
    "port edited": Deed(port_edited, {PORT: "^Somebody changed this rule since"}, "https"),
    "port closed": Deed(port_closed, {PORT: NOT_FOUND}, "https"),
}


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.some("default edited, maintenance")
def test_what_others_did_stays_theirs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, name: str
) -> None:
    """Undo ends, harms nothing of theirs, and tells what is left and why."""
    deed = DEEDS[name]
    made = session(cloud, journal, ANSWERS[deed.answers], clock=clock)
    undone_after(deed, made, account.session.client, lambda: picture(account))


def test_a_listener_that_came_meanwhile_is_not_ours(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """The same listener once more is answered with the one that is there: it is used, and stays, with its way in."""
    made = session(cloud, journal, VARIANTS["https"], clock=clock)
    plan = made.review().plan
    (call,) = (action.call for action in plan.actions if action.id == "https-listener")
    theirs = account.session.client("elbv2").create_listener(
        **{key: value for key, value in call.params.items() if key != "Tags"}
    )["Listeners"][0]["ListenerArn"]
    before = picture(account)
    carried_out(made)
    taken_back(made)
    now = picture(account)
    assert {id: now[id] for id in before} == before and theirs in before
    assert [now[id]["FromPort"] for id in now.keys() - before.keys()] == [443]
    assert "It existed before this run." in {left.why for left in made.receipt().left}


@pytest.mark.wild
def test_no_former_redirect_comes_back_that_leads_nowhere(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Of two runs the first was undone first, and with it the listener to which port 80 had led."""
    first = session(cloud, journal, VARIANTS["https"], clock=clock)
    carried_out(first)
    second = session(cloud, journal, {**VARIANTS["maintenance"], "listener": "80"}, clock=clock)
    carried_out(second)
    list(first.undo())
    elbv2 = account.session.client("elbv2")
    now = elbv2.describe_listeners(ListenerArns=[http(account.session.client)])["Listeners"][0]["DefaultActions"]
    list(second.undo())
    after = elbv2.describe_listeners(ListenerArns=[http(account.session.client)])["Listeners"][0]["DefaultActions"]
    assert (after, now[0]["Type"]) == (now, "fixed-response")
    left = {left.why for left in second.receipt().left}
    assert "Visitors were sent to a port on which nobody listens any more: 443." in left


@pytest.mark.parametrize("decided", ["keep", "delete"])
@pytest.mark.some("keep")
def test_nobody_is_led_back_into_an_emptied_target_group_unasked(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, decided: str
) -> None:
    """While a page said why, the servers went."""
    elbv2 = account.session.client("elbv2")
    before = picture(account)
    made = session(cloud, journal, {**VARIANTS["maintenance"], "listener": "80"}, clock=clock)
    carried_out(made)
    for group in elbv2.describe_target_groups(Names=["shop"])["TargetGroups"]:
        arn = group["TargetGroupArn"]
        health = elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        elbv2.deregister_targets(TargetGroupArn=arn, Targets=[each["Target"] for each in health])
    list(made.undo({"others": decided}))
    left = {left.why for left in made.receipt().left}
    if decided == "keep":
        assert "Visitors were sent to target groups in which there is no server any more: shop." in left
    else:
        assert left == {"It existed before this run and was only used."} and picture(account) == before


@pytest.mark.wild
def test_a_former_redirect_comes_back_that_leads_somewhere(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    carried_out(session(cloud, journal, VARIANTS["https"], clock=clock))
    before = picture(account)
    second = session(cloud, journal, {**VARIANTS["maintenance"], "listener": "80"}, clock=clock)
    carried_out(second)
    taken_back(second)
    assert picture(account) == before


def test_what_another_run_set_is_that_run_s_to_take_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Nobody else changed it: the later run is named, and once it is taken back this one is, too."""
    before = picture(account)
    first = session(cloud, journal, MAINTENANCE, clock=clock)
    carried_out(first)
    second = session(cloud, journal, {**MAINTENANCE, "status": "500"}, clock=clock)
    carried_out(second)
    assert first.run and second.run
    why = f"The run {second.run.id} changed it since: undo that first."
    assert [claim.why for claim in first.claims()] == [why]
    list(first.undo())
    assert [each.why for each in first.receipt().left if each.stays] == [why]
    taken_back(second)
    taken_back(first)
    assert picture(account) == before
