"""Load balancers as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alb.cases import HTTPS, Front, session, to
from support.clouds import Between

import flows
from flows.alb import ports, rules
from flows.engine import Call, Caution, CloudError
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount


def check(cloud: Any, name: str = "shop") -> Verdict:
    return verdict(flows.find("alb").diagnose(CachedCloud(cloud), {"load_balancer": name}))


def https(shop: Front, port: int = 443, **more: Any) -> None:
    """A listener, and the firewall open for it."""
    shop.listen(port, https=True, **more)
    permission: Any = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    shop.ec2.authorize_security_group_ingress(GroupId=shop.found["SecurityGroups"][0], IpPermissions=[permission])


def secure(shop: Front) -> None:
    https(shop)
    shop.default(80, to("HTTPS", Port="443"))


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Front], None]
    status: str
    cause: str = ""
    remedy: str = ""
    targets: tuple[dict[str, str], ...] = ()
    """What AWS would say of the health of its targets."""


def ill(reason: str = "", says: str = "", state: str = "unhealthy") -> dict[str, str]:
    return {"State": state, "Reason": reason, "Description": says}


def nothing(shop: Front) -> None:
    pass


def with_a_stack(shop: Front) -> None:
    secure(shop)
    shop.elbv2.add_tags(ResourceArns=[shop.arn], Tags=[{"Key": "aws:cloudformation:stack-name", "Value": "shop"}])


def to_elsewhere(shop: Front) -> None:
    """Nothing here listens for https, and nothing here needs to."""
    shop.default(80, to("HTTPS", Host="www.example.com", Port="443"))


def all_six_by_keyword(shop: Front) -> None:
    https(shop)
    shop.default(80, to("HTTPS", Port="443", Host="#{host}", Path="/#{path}", Query="#{query}", code="HTTP_302"))


def by_headers(shop: Front) -> None:
    secure(shop)
    shop.rule(5, more=[{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Test", "Values": ["1"]}}])


def by_another_name(shop: Front) -> None:
    secure(shop)
    shop.rule(7, port=443, hosts=["shop.example.org"])


def on_8443(shop: Front) -> None:
    https(shop, 8443)
    shop.default(80, to("HTTPS", Port="8443"))


def http_on_443(shop: Front) -> None:
    shop.listen(443)
    shop.default(80, to("HTTPS", Port="443"))


def nobody(shop: Front) -> None:
    secure(shop)
    found = shop.elbv2.describe_target_health(TargetGroupArn=shop.targets)["TargetHealthDescriptions"]
    shop.elbv2.deregister_targets(TargetGroupArn=shop.targets, Targets=[each["Target"] for each in found])


def in_circles(shop: Front) -> None:
    shop.default(80, to("HTTP", Port="80", Path="/x/#{path}"))


def into_nothing(shop: Front) -> None:
    shop.default(80, to("HTTPS", Port="443"))


def closed(shop: Front) -> None:
    shop.listen(443, https=True)


def no_listener(shop: Front) -> None:
    for each in shop.listeners.values():
        shop.elbv2.delete_listener(ListenerArn=each["ListenerArn"])


def old_tls(shop: Front) -> None:
    https(shop, policy="ELBSecurityPolicy-TLS-1-1-2017-01")


def subnets_of(shop: Front) -> list[str]:
    return [each["SubnetId"] for each in shop.found["AvailabilityZones"]]


def private(shop: Front, count: int = 9) -> None:
    """In subnets that have no way to the internet, as where the private ones were chosen."""
    secure(shop)
    new = shop.ec2.create_route_table(VpcId=shop.found["VpcId"])["RouteTable"]["RouteTableId"]
    chosen = subnets_of(shop)[:count]
    for table in shop.ec2.describe_route_tables()["RouteTables"]:
        for each in table["Associations"]:
            if each.get("SubnetId") in chosen:
                shop.ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
    for subnet in chosen:
        shop.ec2.associate_route_table(RouteTableId=new, SubnetId=subnet)


def guarded(*entries: Mapping[str, Any]) -> Callable[[Front], None]:
    """Behind a network ACL that has only these entries."""

    def made(shop: Front) -> None:
        secure(shop)
        new = shop.ec2.create_network_acl(VpcId=shop.found["VpcId"])["NetworkAcl"]["NetworkAclId"]
        for number, each in enumerate(entries, 1):
            shop.ec2.create_network_acl_entry(NetworkAclId=new, RuleNumber=number, Protocol="6", **each)
        for acl in shop.ec2.describe_network_acls()["NetworkAcls"]:
            for each in acl["Associations"]:
                if each["SubnetId"] in subnets_of(shop):
                    id_ = each["NetworkAclAssociationId"]
                    shop.ec2.replace_network_acl_association(AssociationId=id_, NetworkAclId=new)

    return made


def entry(first: int, last: int, *, egress: bool, network: str = "0.0.0.0/0") -> dict[str, Any]:
    return {"RuleAction": "allow", "Egress": egress, "CidrBlock": network, "PortRange": {"From": first, "To": last}}


def let_in(shop: Front, **source: Any) -> None:
    """Its security group lets in these alone."""
    secure(shop)
    (group,) = shop.found["SecurityGroups"]
    (told,) = shop.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    shop.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=told["IpPermissions"])
    permission: Any = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 443, **source}
    shop.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def dual_stack(shop: Front) -> None:
    secure(shop)
    shop.elbv2.set_ip_address_type(LoadBalancerArn=shop.arn, IpAddressType="dualstack")


def weighing_nothing(shop: Front) -> None:
    groups = [{"TargetGroupArn": shop.targets, "Weight": 0}]
    https(shop, actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}])


def behind_everything(shop: Front) -> None:
    """A rule for one host behind one for all paths, as it was left after a maintenance."""
    secure(shop)
    fixed: Any = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    shop.rule(1, port=443, paths=["/*"], actions=[fixed])
    shop.rule(2, port=443, hosts=["shop.fjord-coffee.example"])


FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:hello"


def with_a_function(shop: Front) -> None:
    """Everything by https is answered by a function."""
    made = shop.elbv2.create_target_group(Name="hello", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    shop.elbv2.register_targets(TargetGroupArn=made, Targets=[{"Id": FUNCTION}])
    https(shop, actions=[{"Type": "forward", "TargetGroupArn": made}])


class WithFunction(Between):
    """Where there is that function, or not, and what its policy says."""

    def __init__(self, cloud: Any, policy: Mapping[str, Any] | None, *, there: bool = True, most: int = -1) -> None:
        super().__init__(cloud)
        self.policy, self.there, self.most = policy, there, most

    def make(self, call: Call) -> dict[str, Any]:
        gone = CloudError("Function not found.", aws_code="ResourceNotFoundException")
        match call.name:
            case "GetFunctionConfiguration" if self.there:
                return {"State": "Active"}
            case "GetFunctionConcurrency":
                return {} if self.most < 0 else {"ReservedConcurrentExecutions": self.most}
            case "GetPolicy" if self.policy is not None:
                return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [self.policy]})}
            case "GetFunctionConfiguration" | "GetPolicy":
                raise gone
        return super().make(call)


CALLED = {"Effect": "Allow", "Principal": {"Service": "elasticloadbalancing.amazonaws.com"},
          "Action": "lambda:InvokeFunction", "Resource": FUNCTION}  # fmt: skip


def distribution(account: PracticeAccount, host: str, how: str = "http-only", port: int = 80) -> None:
    cloudfront: Any = account.session.client("cloudfront", region_name="us-east-1")
    origin = {"Id": "a", "DomainName": host, "CustomOriginConfig": {"HTTPPort": port, "HTTPSPort": 443,
                                                                    "OriginProtocolPolicy": how}}  # fmt: skip
    behaviour = {"TargetOriginId": "a", "ViewerProtocolPolicy": "allow-all",
                 "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}  # fmt: skip
    config = {"CallerReference": host, "Comment": "", "Enabled": True, "DefaultCacheBehavior": behaviour,
              "Origins": {"Quantity": 1, "Items": [origin]}}  # fmt: skip
    cloudfront.create_distribution(DistributionConfig=config)


class WithHealth(Between):
    """Whose targets are as they never are in practice."""

    def __init__(self, cloud: Any, targets: tuple[dict[str, str], ...]) -> None:
        super().__init__(cloud)
        self.targets = targets

    def make(self, call: Call) -> dict[str, Any]:
        if call.name != "DescribeTargetHealth":
            return super().make(call)
        health = [{"Target": {"Id": f"i-{n}"}, "TargetHealth": each} for n, each in enumerate(self.targets)]
        return {"TargetHealthDescriptions": health}


REDIRECTS = ill("Target.ResponseCodeMismatch", "Health checks failed with these codes: [301]")
STATES = {
    # as it should be, each in its way
    "http alone": State(nothing, "works"),
    "both": State(secure, "works"),
    "of a stack": State(with_a_stack, "works"),
    "to another host": State(to_elsewhere, "works"),
    "all six fields, for a while": State(all_six_by_keyword, "works"),
    "a rule by a header": State(by_headers, "works"),
    "https on another port": State(on_8443, "works"),
    "a function, whose health is not asked": State(
        secure, "works", targets=(ill("Target.HealthCheckDisabled", state="unavailable"),)
    ),
    "no server asked yet": State(secure, "waiting", "healthy", targets=(ill(state="initial"),)),
    "being replaced": State(secure, "waiting", "healthy", targets=(ill(state="draining"), ill(state="initial"))),
    "one of two is ill": State(
        secure, "works_but", "healthy", "application redirects by itself", (ill(state="healthy"), REDIRECTS)
    ),
    "behind a network ACL of its own": State(
        guarded(entry(80, 443, egress=False), entry(1024, 65535, egress=True)), "works"
    ),
    "behind a network ACL for the office": State(
        guarded(
            entry(80, 443, egress=False, network="203.0.113.0/24"),
            entry(32768, 60999, egress=True, network="203.0.113.0/24"),
        ),
        "works",
    ),
    "one of its subnets is private": State(
        lambda shop: private(shop, 1), "works_but", "way-in", "route for 0.0.0.0/0 to an internet gateway"
    ),
    "private networks alone are let in": State(
        lambda shop: let_in(shop, IpRanges=[{"CidrIp": "10.0.0.0/8"}]), "works_but", "open", "let them use port 80"
    ),
    "IPv6 addresses, and nobody let in by them": State(dual_stack, "works_but", "open", "Let ::/0 use port 80"),
    "old TLS": State(old_tls, "works_but", "tls", "ELBSecurityPolicy-TLS13-1-2"),
    # and what is not
    "all redirect the health check": State(
        secure, "broken", "healthy", "application redirects by itself", (REDIRECTS, REDIRECTS)
    ),
    "all time out": State(secure, "broken", "healthy", "let the load balancer in", (ill("Target.Timeout"),)),
    "a stopped machine": State(secure, "broken", "healthy", "start it", (ill("Target.InvalidState", state="unused"),)),
    "nobody behind it": State(nobody, "broken", "healthy", "Register a server"),
    "in circles": State(in_circles, "broken", "loop", "another host or path"),
    "into nothing": State(into_nothing, "broken", "https", "handrail run alb"),
    "http on 443": State(http_on_443, "broken", "https", "change that one to HTTPS"),
    "a closed port": State(closed, "broken", "open", "Let visitors use port 443"),
    "a name that no certificate covers": State(
        by_another_name, "works_but", "covers", "Add a certificate for those names"
    ),
    "in private subnets": State(private, "broken", "way-in", "use subnets that have one"),
    "a network ACL without entries": State(guarded(), "broken", "way-in", "an inbound entry for port 80"),
    "a network ACL that lets no answers out": State(
        guarded(entry(80, 443, egress=False)), "broken", "way-in", "an outbound entry for the ports 1024 to 65535"
    ),
    "a network ACL that lets http in alone": State(
        guarded(entry(80, 80, egress=False), entry(1024, 65535, egress=True)), "broken", "way-in", "for port 443"
    ),
    "a rule for everything before it": State(behind_everything, "broken", "shadowed", "a smaller number"),
    "a group that is to get nothing": State(weighing_nothing, "unknown", "weights", "a weight above 0"),
    "no listener": State(no_listener, "broken", "listeners", "Make a listener"),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.some(every=4)
def test_how_it_stands(account: PracticeAccount, cloud: Aws, state: State) -> None:
    shop = Front(account)
    state.made(shop)

    found = check(WithHealth(cloud, state.targets) if state.targets else cloud)
    assert (found.status.value, found.cause.partition(":")[0]) == (state.status, state.cause), found
    assert state.remedy in (found.because.remedy if found.because else "")
    assert len({each.id for each in found.findings}) == len(found.findings)


@pytest.mark.parametrize(
    ("function", "status", "says"),
    [
        ({"policy": CALLED}, "works", ""),
        ({"policy": None, "there": False}, "broken", "The function hello of hello does not exist"),
        ({"policy": None}, "broken", "The load balancer may not call the function hello"),
        ({"policy": {**CALLED, "Principal": {"Service": "s3.amazonaws.com"}}}, "broken", "may not call"),
        ({"policy": CALLED, "most": 0}, "broken", "its reserved concurrency is 0"),
    ],
)
@pytest.mark.some(2)
def test_a_function_behind_it_must_be_there_and_let_it_in(
    account: PracticeAccount, cloud: Aws, function: Mapping[str, Any], status: str, says: str
) -> None:
    """Whatever its health is called, which mostly nobody asks."""
    with_a_function(Front(account))
    found = check(WithFunction(cloud, **function))
    assert (found.status.value, found.cause) == (status, "healthy:hello" if says else "")
    assert says in (found.because.sentence if found.because else "")


# -- what stands in front ----------------------------------------------------------------------------------------


def by_its_own_name(account: PracticeAccount, shop: Front) -> None:
    distribution(account, shop.found["DNSName"])


def by_an_alias(account: PracticeAccount, shop: Front) -> None:
    """The usual way: a name of one's own for the origin."""
    route53: Any = account.session.client("route53")
    zone = next(each for each in route53.list_hosted_zones()["HostedZones"] if not each["Config"]["PrivateZone"])
    name = f"origin.{zone['Name']}"
    target = {"HostedZoneId": "Z215JYRZR1TBD5", "DNSName": f"dualstack.{shop.found['DNSName']}.",
              "EvaluateTargetHealth": False}  # fmt: skip
    record = {"Name": name, "Type": "A", "AliasTarget": target}
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": [change]})
    distribution(account, name.rstrip("."))


def by_https(account: PracticeAccount, shop: Front) -> None:
    distribution(account, shop.found["DNSName"], "https-only")


def somebody_else(account: PracticeAccount, shop: Front) -> None:
    distribution(account, "origin.somewhere.example")


@pytest.mark.parametrize(
    ("front", "status", "refused"),
    [
        (by_its_own_name, "broken", True), (by_an_alias, "broken", True), (by_https, "works", False),
        (somebody_else, "works", False),
    ],
)  # fmt: skip
def test_who_asks_by_http_is_known_by_where_its_name_leads(
    account: PracticeAccount, cloud: Aws, front: Callable[[PracticeAccount, Front], None], status: str, refused: bool
) -> None:
    """Beforehand and afterwards it is the same rule that says so."""
    shop = Front(account)
    front(account, shop)
    before = [each.id.partition(":")[0] for each in session(cloud, None, HTTPS).review().refusals]
    assert before == (["in-front"] if refused else [])
    secure(shop)
    assert check(cloud).status.value == status


def by_a_secret_header(account: PracticeAccount, shop: Front) -> None:
    """Only CloudFront knows it; who comes past it is sent to https, and so to CloudFront."""
    header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Origin", "Values": ["secret"]}}
    shop.rule(1, more=[header])
    distribution(account, shop.found["DNSName"])


def with_an_api(account: PracticeAccount, shop: Front) -> None:
    shop.rule(1, paths=["/api/*"])
    distribution(account, shop.found["DNSName"])


def by_another_port(account: PracticeAccount, shop: Front) -> None:
    shop.listen(8080)
    permission: Any = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    shop.ec2.authorize_security_group_ingress(GroupId=shop.found["SecurityGroups"][0], IpPermissions=[permission])
    distribution(account, shop.found["DNSName"], port=8080)


@pytest.mark.parametrize(
    ("front", "status"),
    [(by_a_secret_header, "unknown"), (with_an_api, "broken"), (by_another_port, "works")],
)
def test_a_redirect_that_cloudfront_does_not_meet_is_no_circle(
    account: PracticeAccount, cloud: Aws, front: Callable[[PracticeAccount, Front], None], status: str
) -> None:
    shop = Front(account)
    secure(shop)
    front(account, shop)
    found = check(cloud)
    assert found.status.value == status, found
    assert found.cause.startswith("in-front" if status != "works" else "")


@pytest.mark.parametrize(
    ("how", "itself", "status"),
    [("http-only", True, "broken"), ("https-only", True, "works"), ("http-only", False, "works")],
)
@pytest.mark.some(1)
def test_cloudfront_reaches_an_internal_one_by_a_vpc_origin(
    account: PracticeAccount, cloud: Aws, how: str, itself: bool, status: str
) -> None:
    shop = Front(account)
    secure(shop)

    class ByVpcOrigin(Between):
        def pages(self, call: Call) -> Any:
            if call.name != "ListDistributions":
                return super().pages(call)
            origin = {"Id": "a", "DomainName": "internal", "VpcOriginConfig": {"VpcOriginId": "vo_1"}}
            return iter([{"DistributionList": {"Items": [{"Id": "E1", "Origins": {"Items": [origin]}}]}}])

        def make(self, call: Call) -> dict[str, Any]:
            if call.name != "GetVpcOrigin":
                return super().make(call)
            arn = shop.arn if itself else f"{shop.arn}0"
            return {"VpcOrigin": {"VpcOriginEndpointConfig": {"Arn": arn, "OriginProtocolPolicy": how}}}

    assert check(ByVpcOrigin(cloud)).status.value == status


def test_a_security_group_that_was_not_asked_for_is_passed_over(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    (asked,) = shop.found["SecurityGroups"]

    class Mixed(Between):
        def make(self, call: Call) -> dict[str, Any]:
            answer = super().make(call)
            if call.name == "DescribeSecurityGroups":
                return {"SecurityGroups": [{"GroupId": "sg-else"}, *answer["SecurityGroups"]]}
            return answer

    assert [group.id for group in ports.groups(Mixed(cloud), [asked])] == [asked]


def test_the_idle_half_of_a_pair_is_not_missed(account: PracticeAccount, cloud: Aws) -> None:
    """As blue/green deployments leave it: nothing is sent to the group that nobody is in."""
    shop = Front(account)
    made = shop.elbv2.create_target_group(Name="green", Protocol="HTTP", Port=80, VpcId=shop.found["VpcId"])
    green = made["TargetGroups"][0]["TargetGroupArn"]

    def looked_at(weight: int) -> list[str]:
        groups = [{"TargetGroupArn": shop.targets, "Weight": 100}, {"TargetGroupArn": green, "Weight": weight}]
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        return [each.id for each in rules.servers(cloud, [action])]

    assert looked_at(0) == ["healthy:shop"]
    assert looked_at(1) == ["healthy:shop", "healthy:green"]


def test_what_could_not_be_looked_at_is_not_said_to_work(account: PracticeAccount, cloud: Aws) -> None:
    secure(Front(account))

    def denied(what: str) -> Verdict:
        def deny(_: int, call: Any) -> None:
            if call.name == what:
                raise CloudError(f"You are not allowed to elasticloadbalancing:{what}.")

        return check(Between(cloud, before=deny))

    for what in (
        "DescribeTargetHealth", "DescribeListeners", "DescribeRules", "DescribeSSLPolicies", "DescribeSecurityGroups",
        "DescribeListenerCertificates", "DescribeCertificate", "ListDistributions",
    ):  # fmt: skip
        assert denied(what).status.value == "unknown", what


def test_a_check_knows_all_that_is_known_beforehand() -> None:
    """Both only choose among the same rules: of circles, of what stands in front, of certificates and of servers.

    That a listener writes an error for everybody is only to be found in one that exists.
    """
    asked = {
        name: set(re.findall(r"\brules\.([a-z_]+)\(", Path(f"flows/alb/{name}.py").read_text(encoding="utf-8")))
        for name in ("checks", "diagnosis")
    }
    assert asked["checks"] == {"circles", "in_front", "lasts", "covers", "servers"}
    assert asked["diagnosis"] - asked["checks"] == {"by_itself"}
    assert not asked["checks"] - asked["diagnosis"]


# -- what is not replaced, and what is counted -------------------------------------------------------------------


def signing_in(shop: Front) -> list[Any]:
    config = {"Issuer": "https://id.example.com", "AuthorizationEndpoint": "https://id.example.com/a",
              "TokenEndpoint": "https://id.example.com/t", "UserInfoEndpoint": "https://id.example.com/u",
              "ClientId": "shop", "ClientSecret": "never told again"}  # fmt: skip
    return [{"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": config},
            {**shop.forward[0], "Order": 2}]  # fmt: skip


def test_a_sign_in_is_never_replaced(account: PracticeAccount, cloud: Aws) -> None:
    """AWS does not tell its secret again, so nobody could put it back."""
    shop = Front(account)
    https(shop, actions=signing_in(shop))
    maintenance = {"load_balancer": "shop", "action": "fixed_response", "scope": "all", "status": "503",
                   "body": "Back soon", "content_type": "text/plain", "listener": "443"}  # fmt: skip
    review = session(cloud, None, maintenance).review()
    assert [each.call.name for each in review.plan.actions] == ["CreateRule"]
    assert "sign-in-kept" in {each.id for each in review.cautions if isinstance(each, Caution)}


def test_rules_of_the_security_group_are_counted_apart_for_each_kind(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    group = shop.found["SecurityGroups"][0]
    for number in range(59):
        permission: Any = {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000,
                           "IpRanges": [{"CidrIp": f"10.9.{number}.0/24"}]}  # fmt: skip
        shop.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    told = [each.sentence for each in session(cloud, None, HTTPS).review().refusals]
    assert len(told) == 1 and "rules for IPv4; 1 more would be over the limit of 60" in told[0]


def test_a_check_asks_as_much_as_its_load_balancer_is_large(account: PracticeAccount, cloud: Aws) -> None:
    secure(Front(account))
    counted = Between(cloud)
    check(counted)
    assert len(counted.calls) == 15, [each.operation for each in counted.calls]
