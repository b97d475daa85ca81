"""How load balancers of other people stand: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from alb.cases import Front, to
from alb.standing import State, https, ill, secure


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


def led_by(*networks: str) -> Callable[[Front], None]:
    """Its subnets lead these alone to the internet gateway."""

    def made(shop: Front) -> None:
        gateways = shop.ec2.describe_internet_gateways()["InternetGateways"]
        (gateway,) = (
            each["InternetGatewayId"] for each in gateways if each["Attachments"][0]["VpcId"] == shop.found["VpcId"]
        )
        before = {each["RouteTableId"] for each in shop.ec2.describe_route_tables()["RouteTables"]}
        private(shop)
        told = shop.ec2.describe_route_tables()["RouteTables"]
        (table,) = (each["RouteTableId"] for each in told if each["RouteTableId"] not in before)
        for network in networks:
            kind = "DestinationIpv6CidrBlock" if ":" in network else "DestinationCidrBlock"
            shop.ec2.create_route(RouteTableId=table, GatewayId=gateway, **{kind: network})

    return made


def detached(shop: Front) -> None:
    """Its routes stand as they did."""
    secure(shop)
    for each in shop.ec2.describe_internet_gateways()["InternetGateways"]:
        if each["Attachments"][0]["VpcId"] == shop.found["VpcId"]:
            shop.ec2.detach_internet_gateway(InternetGatewayId=each["InternetGatewayId"], VpcId=shop.found["VpcId"])


def firewalled(shop: Front, default: str = "Block") -> None:
    secure(shop)
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "shop"}
    told = shop.waf.create_web_acl(Name="shop", Scope="REGIONAL", DefaultAction={default: {}}, VisibilityConfig=seen)
    shop.waf.associate_web_acl(WebACLArn=told["Summary"]["ARN"], ResourceArn=shop.arn)


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


def by_list(*networks: str) -> Callable[[Front], None]:
    """Its security group lets in a prefix list with these networks."""

    def made(shop: Front) -> None:
        asked = {"PrefixListName": "partners", "MaxEntries": 5, "AddressFamily": "IPv4"}
        entries = [{"Cidr": each} for each in networks]
        told = shop.ec2.create_managed_prefix_list(**asked, Entries=entries)["PrefixList"]
        let_in(shop, PrefixListIds=[{"PrefixListId": told["PrefixListId"]}])

    return made


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


def known_as(shop: Front, name: str) -> None:
    """The zone of the company leads that name to it, as the console writes an alias."""
    target = {"HostedZoneId": shop.found["CanonicalHostedZoneId"], "DNSName": f"dualstack.{shop.found['DNSName']}",
              "EvaluateTargetHealth": True}  # fmt: skip
    record = {"Name": name, "Type": "A", "AliasTarget": target}
    (zone,) = shop.route53.list_hosted_zones()["HostedZones"]
    shop.route53.change_resource_record_sets(
        HostedZoneId=zone["Id"], ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    )


def all_to(name: str, *, led: bool = True, taken: bool = False) -> Callable[[Front], None]:
    """Whoever comes by https is sent to one name, as an apex to its www."""

    def made(shop: Front) -> None:
        secure(shop)
        shop.default(443, to("HTTPS", Host=name, Port="443"))
        if led:
            known_as(shop, name)
        if taken:
            shop.rule(1, port=443, hosts=[name])

    return made


def to_its_own_name(shop: Front, name: str = "www.shop.fjord-coffee.example") -> None:
    https(shop)
    known_as(shop, name)
    shop.default(80, to("HTTPS", Host=name, Port="443"))


OWN = "shop.fjord-coffee.example"
REDIRECTS = ill("Target.ResponseCodeMismatch", "Health checks failed with these codes: [301]")
STATES = {
    # as it should be, each in its way
    "http alone": State(nothing, "works"),
    "both": State(secure, "works"),
    "of a stack": State(with_a_stack, "works"),
    "to another host": State(to_elsewhere, "works"),
    "all to one name, which a rule takes": State(all_to(OWN, taken=True), "works"),
    "all to one name, of which nobody knows where it leads": State(all_to("www.example.com", led=False), "works"),
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
    "a prefix list of partners is let in": State(by_list("203.0.113.0/24"), "works"),
    "a prefix list of private networks alone is let in": State(
        by_list("10.0.0.0/8"), "works_but", "open", "let them use port 80"
    ),
    "a prefix list in which there is nothing": State(by_list(), "broken", "open", "Enter their networks there"),
    "IPv6 addresses, and nobody let in by them": State(dual_stack, "works_but", "open", "Let ::/0 use port 80"),
    "old TLS": State(old_tls, "works_but", "tls", "ELBSecurityPolicy-TLS13-1-2"),
    "its subnets lead the internet to the gateway in halves": State(led_by("0.0.0.0/1", "128.0.0.0/1"), "works"),
    "behind a firewall that lets everybody through": State(lambda shop: firewalled(shop, "Allow"), "works"),
    # and what is not
    "its subnets lead one office alone to the gateway": State(
        led_by("203.0.113.0/24"), "broken", "way-in", "a route for 0.0.0.0/0"
    ),
    "the internet gateway is detached": State(detached, "broken", "way-in", "to an internet gateway"),
    "its subnets lead IPv6 alone to the gateway": State(led_by("::/0"), "broken", "way-in", "a route for 0.0.0.0/0"),
    "all redirect the health check": State(
        secure, "broken", "healthy", "application redirects by itself", (REDIRECTS, REDIRECTS)
    ),
    "all time out": State(secure, "broken", "healthy", "let the load balancer in", (ill("Target.Timeout"),)),
    "a stopped machine": State(secure, "broken", "healthy", "start it", (ill("Target.InvalidState", state="unused"),)),
    "nobody behind it": State(nobody, "broken", "healthy", "Register a server"),
    "behind a firewall that lets nobody through": State(firewalled, "broken", "firewall", "default action"),
    "in circles": State(in_circles, "broken", "loop", "another host or path"),
    "all to one name, which is its own": State(all_to(OWN), "broken", "loop", "another host or path"),
    "all to one name, in capitals": State(all_to(OWN.upper()), "broken", "loop", "another host or path"),
    "into nothing": State(into_nothing, "broken", "https", "handrail run alb"),
    "http on 443": State(http_on_443, "broken", "https", "change that one to HTTPS"),
    "a closed port": State(closed, "broken", "open", "Let visitors use port 443"),
    "a name that no certificate covers": State(
        by_another_name, "works_but", "covers", "Add a certificate for those names"
    ),
    "a name of the zone, that a certificate covers": State(lambda shop: [secure(shop), known_as(shop, OWN)], "works"),
    "a name of the zone, that no certificate covers": State(
        lambda shop: [secure(shop), known_as(shop, "deep.shop.fjord-coffee.example")],
        "works_but",
        "covers",
        "Add a certificate for those names",
    ),
    "its own name, that no certificate covers": State(
        to_its_own_name, "works_but", "covers", "Add a certificate for those names"
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
