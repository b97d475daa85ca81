"""VPN connections as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from practice.office import connection, customer_gateway, named, vpn_gateway
from support.clouds import Between
from vpn.cases import BGP, STATIC, session

import flows
from flows.engine import Call, Cloud, Denied, Place, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount, open_account
from flows.vpn import checks, diagnosis

OFFICE, SINCE = "192.168.10.0/24", datetime(2026, 11, 1, tzinfo=UTC)
Answer = dict[str, Any]
Edit = Callable[[Answer], None]


@dataclass(frozen=True)
class World:
    """An office that reaches the shop's servers, and the ids of what is on the way."""

    account: PracticeAccount
    cloud: Cloud
    static: str
    bgp: str


def reached(account: PracticeAccount) -> World:
    """The office and the company's shop, all of it right."""
    ec2: Any = account.session.client("ec2")
    vpc = named(ec2, "vpc", "shop")
    gateway = vpn_gateway(ec2, vpc)
    made = connection(ec2, customer_gateway(ec2)["CustomerGatewayId"], gateway)["VpnConnectionId"]
    other = customer_gateway(ec2, "198.51.100.8", BgpAsn=65010)["CustomerGatewayId"]
    bgp = connection(ec2, other, gateway, static=False)["VpnConnectionId"]
    ec2.create_tags(Resources=[bgp], Tags=[{"Key": "Name", "Value": "branch"}])
    ec2.create_vpn_connection_route(VpnConnectionId=made, DestinationCidrBlock=OFFICE)
    for table in ("shop-private-a", "shop-private-b"):
        ec2.create_route(RouteTableId=named(ec2, "table", table), DestinationCidrBlock=OFFICE, GatewayId=gateway)
    (app,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["app"]}])["SecurityGroups"]
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": OFFICE}]}
    ec2.authorize_security_group_ingress(GroupId=app["GroupId"], IpPermissions=[ssh])
    VPN_ID[0], SHOP_ID[0] = made, vpc
    for each in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]:
        SUBNETS[each["Tags"][0]["Value"]] = each["SubnetId"]
    return World(account, Aws(Place(practice=True), account.session), made, bgp)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        yield reached(account)


PRACTICE_LACKS = (
    "GetManagedPrefixListEntries", "LookupEvents", "GetMetricData", "DescribeTransitGatewayAttachments",
    "SearchTransitGatewayRoutes", "DescribeTransitGatewayVpcAttachments", "GetTransitGatewayRouteTablePropagations",
)  # fmt: skip


class Edited(Between):
    """An account in which some things are otherwise."""

    def __init__(self, cloud: Cloud, edits: Mapping[str, Edit]) -> None:
        super().__init__(cloud)
        self.edits = edits

    def make(self, call: Call) -> Answer:
        if call.name in PRACTICE_LACKS:
            self._noted(call)
            answer: Answer = {"Asked": call.params}
        else:
            answer = deepcopy(super().make(call))
        if edit := self.edits.get(call.name):
            edit(answer)
        return answer

    def pages(self, call: Call) -> Iterator[Answer]:
        if call.name in PRACTICE_LACKS:
            yield self.make(call)
            return
        for page in super().pages(call):
            answer = deepcopy(page)
            if edit := self.edits.get(call.name):
                edit(answer)
            yield answer


def check(cloud: Cloud, name: str) -> Verdict:
    return verdict(flows.find("vpn").diagnose(CachedCloud(cloud), {"connection": name}))


# -- how a state is made -----------------------------------------------------------------------------------------


def tunnels(*states: str, message: str = "", routes: int = 1, since: tuple[datetime, ...] = (SINCE, SINCE)) -> Edit:
    def edit(answer: Answer) -> None:
        for each, state, changed in zip(answer["VpnConnections"][0]["VgwTelemetry"], states, since, strict=True):
            each |= {
                "Status": state,
                "StatusMessage": message,
                "AcceptedRouteCount": routes,
                "LastStatusChange": changed,
            }

    return edit


UP = tunnels("UP", "UP")


def connected(*more: Edit) -> dict[str, Edit]:
    """Both tunnels are up, and what else is so of the connection."""

    def edit(answer: Answer) -> None:
        for each in (UP, *more):
            each(answer)

    return {"DescribeVpnConnections": edit}


def options(**changed: Any) -> Edit:
    return lambda answer: answer["VpnConnections"][0]["Options"].update(changed)


def starting(*versions: str) -> Edit:
    """AWS is to start both tunnels."""

    def edit(answer: Answer) -> None:
        for each in answer["VpnConnections"][0]["Options"]["TunnelOptions"]:
            each |= {"StartupAction": "start", "IkeVersions": [{"Value": version} for version in versions]}

    return edit


def told(**changed: Any) -> Edit:
    return lambda answer: answer["VpnConnections"][0].update(changed)


def networks(*cidrs: str) -> Edit:
    return told(Routes=[{"DestinationCidrBlock": cidr, "State": "available"} for cidr in cidrs])


def table(name: str, change: Edit) -> Edit:
    def edit(answer: Answer) -> None:
        for each in answer["RouteTables"]:
            if any(tag["Value"].startswith(name) for tag in each.get("Tags") or []):
                change(each)

    return edit


def without_the_office(each: Answer) -> None:
    each["Routes"] = [route for route in each["Routes"] if not str(route.get("GatewayId")).startswith("vgw-")]


def to(cidr: str, **target: str) -> Edit:
    """The office's way is another one."""

    def edit(each: Answer) -> None:
        gateway = next(str(r["GatewayId"]) for r in each["Routes"] if str(r.get("GatewayId")).startswith("vgw-"))
        without_the_office(each)
        each["Routes"].append({"DestinationCidrBlock": cidr, "State": "active", "GatewayId": gateway, **target})

    return edit


def dead(each: Answer) -> None:
    for route in each["Routes"]:
        if str(route.get("GatewayId")).startswith("vgw-"):
            route["State"] = "blackhole"


def by_list(each: Answer) -> None:
    for route in each["Routes"]:
        if str(route.get("GatewayId")).startswith("vgw-"):
            del route["DestinationCidrBlock"]
            route["DestinationPrefixListId"] = "pl-1"


def taking_over(each: Answer) -> None:
    gateway = next(str(r["GatewayId"]) for r in each["Routes"] if str(r.get("GatewayId")).startswith("vgw-"))
    without_the_office(each)
    each["PropagatingVgws"] = [{"GatewayId": gateway}]


def entries(answer: Answer) -> None:
    answer["Entries"] = [{"Cidr": OFFICE}]


def group(name: str, *ranges: str, **more: Any) -> Edit:
    """That group lets those networks in, and nothing else."""

    def edit(answer: Answer) -> None:
        for each in answer["SecurityGroups"]:
            if each["GroupName"] == name:
                rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": r} for r in ranges]}
                each["IpPermissions"] = [{**rule, **more}]

    return edit


def both(*edits: Edit) -> Edit:
    def edit(answer: Answer) -> None:
        for each in edits:
            each(answer)

    return edit


def nobody(answer: Answer) -> None:
    answer["NetworkInterfaces"] = []


def acl(**entry: Any) -> Edit:
    def edit(answer: Answer) -> None:
        for each in answer["NetworkAcls"]:
            first = {"RuleNumber": 1, "Protocol": "-1", "CidrBlock": OFFICE, "RuleAction": "deny", "Egress": False}
            each["Entries"].insert(0, {**first, **entry})

    return edit


def for_linux_alone(answer: Answer) -> None:
    """As many write it: answers go out to the ports that Linux uses."""
    for each in answer["NetworkAcls"]:
        for entry in each["Entries"]:
            if entry["Egress"] and entry["RuleAction"] == "allow":
                entry |= {"Protocol": "6", "PortRange": {"From": 32768, "To": 65535}}


def acl_of(*lines: str) -> Edit:
    """What the network ACLs let through, each line as “in|out tcp|udp|all|icmp FIRST-LAST NETWORK”, in that order."""
    numbers = {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}

    def edit(answer: Answer) -> None:
        entries = []
        for number, line in enumerate(lines, 1):
            way, protocol, ports, cidr = line.removeprefix("no ").split()
            first, _, last = ports.partition("-")
            more: Answer = {"PortRange": {"From": int(first), "To": int(last or first)}} if first else {}
            if protocol == "icmp":
                more = {"IcmpTypeCode": {"Type": int(first), "Code": -1}}
            action = "deny" if line.startswith("no ") else "allow"
            entries.append({
                "RuleNumber": number, "Protocol": numbers[protocol], "CidrBlock": cidr, "RuleAction": action,
                "Egress": way == "out", **more,
            })  # fmt: skip
        for each in answer["NetworkAcls"]:
            each["Entries"] = entries

    return edit


def closed_subnets(*names: str) -> Edit:
    """These subnets have a network ACL of their own that lets nothing through."""

    def edit(answer: Answer) -> None:
        for acl in answer["NetworkAcls"]:
            mine = [each for each in acl["Associations"] if each["SubnetId"] in [SUBNETS[name] for name in names]]
            if mine:
                acl["Associations"] = [each for each in acl["Associations"] if each not in mine]
                closed = {**acl, "NetworkAclId": "acl-0closed", "Associations": mine, "Entries": []}
                answer["NetworkAcls"].append(closed)
                return

    return edit


ENTRANCES = ("shop-public-a", "shop-public-b")
OUT = "out tcp 1024-65535 0.0.0.0/0"


def measured(answer: Answer) -> None:
    answer["MetricDataResults"] = [{"Id": "state", "Values": [0.0, 1.0]}]


def denied(_: Answer) -> None:
    raise Denied("You are not allowed to do that.", permission="any:Thing")


def made_long_ago(answer: Answer) -> None:
    answer["Events"] = [{"EventName": "CreateVpnConnection", "EventTime": SINCE - timedelta(days=30)}]


def made_then(answer: Answer) -> None:
    answer["Events"] = [{"EventName": "CreateVpnConnection", "EventTime": SINCE}]


def all_of(*edits: Mapping[str, Edit]) -> dict[str, Edit]:
    """Those edits, one after the other where two are of one answer."""
    found: dict[str, Edit] = {}
    for each in edits:
        for name, edit in each.items():
            found[name] = both(found[name], edit) if name in found else edit
    return found


def parts(each: Answer) -> None:
    """The two halves of the office's network, one by one."""
    to("192.168.10.0/25")(each)
    each["Routes"].append({**each["Routes"][-1], "DestinationCidrBlock": "192.168.10.128/25"})


def halves_elsewhere(each: Answer) -> None:
    for half in ("192.168.10.0/25", "192.168.10.128/25"):
        each["Routes"].append({"DestinationCidrBlock": half, "State": "active", "VpcPeeringConnectionId": "pcx-1"})


TGW, OFFICE_IN, SHOP_IN = "tgw-1", "tgw-attach-office", "tgw-attach-shop"


def attachment(id: str, resource: str, kind: str, state: str = "available", table: str = "tgw-rtb-1") -> Answer:
    found: Answer = {"TransitGatewayAttachmentId": id, "ResourceId": resource, "ResourceType": kind, "State": state}
    return {**found, "Association": {"TransitGatewayRouteTableId": table}} if table else found


def leading(cidr: str, *to: str, state: str = "active") -> Answer:
    attachments = [{"TransitGatewayAttachmentId": each} for each in to]
    return {"DestinationCidrBlock": cidr, "State": state, "TransitGatewayAttachments": attachments}


OTHER_OFFICE = attachment("tgw-attach-other", "vpn-0other", "vpn")
ROUTES = (leading("10.0.0.0/16", SHOP_IN), leading(OFFICE, OFFICE_IN))


def at_a_transit_gateway(
    *routes: Answer, office: Mapping[str, Any] = {}, shop: Mapping[str, Any] = {}, more: Iterable[Answer] = (),
    up: Edit = UP, subnets: Iterable[str] = ("shop-private-a", "shop-private-b"),
) -> dict[str, Edit]:  # fmt: skip
    """The connection ends at a transit gateway to which the shop's VPC is attached, too."""

    def standing(answer: Answer) -> None:
        answer["TransitGatewayVpcAttachments"] = [{"SubnetIds": [SUBNETS[each] for each in subnets]}]

    def ends(answer: Answer) -> None:
        answer["VpnConnections"][0] |= {"VpnGatewayId": None, "TransitGatewayId": TGW, "Routes": []}

    def attached(answer: Answer) -> None:
        answer["TransitGatewayAttachments"] = [
            attachment(OFFICE_IN, VPN_ID[0], "vpn", **office), attachment(SHOP_IN, SHOP_ID[0], "vpc", **shop), *more
        ]  # fmt: skip

    def led(each: Answer) -> None:
        for route in each["Routes"]:
            if str(route.get("GatewayId")).startswith("vgw-"):
                del route["GatewayId"]
                route["TransitGatewayId"] = TGW

    return {
        "DescribeVpnConnections": both(up, ends),
        "DescribeTransitGatewayAttachments": attached,
        "DescribeTransitGatewayVpcAttachments": standing,
        "SearchTransitGatewayRoutes": lambda answer: answer.update(Routes=list(routes or ROUTES)),
        "DescribeRouteTables": table("shop", led),
    }


def by_bgp() -> dict[str, Edit]:
    return {"DescribeVpnConnections": options(StaticRoutesOnly=False)}


def bringing_in(*ids: str) -> dict[str, Edit]:
    """Whose networks the route tables of the transit gateway have."""
    found = [{"TransitGatewayAttachmentId": each, "State": "enabled"} for each in ids]
    return {
        "GetTransitGatewayRouteTablePropagations": lambda answer: answer.update(
            TransitGatewayRouteTablePropagations=found
        )
    }


def without_the_hub(each: Answer) -> None:
    each["Routes"] = [route for route in each["Routes"] if route.get("TransitGatewayId") != TGW]


def defaulting(each: Answer) -> None:
    each["Routes"] = [{"DestinationCidrBlock": "0.0.0.0/0", "State": "active", "TransitGatewayId": TGW}]


def office_alone(each: Answer) -> None:
    """The office's networks go to the transit gateway, and all else to the internet."""
    for route in each["Routes"]:
        if route.get("TransitGatewayId") == TGW:
            route["DestinationCidrBlock"] = "192.168.0.0/16"


DEFAULT = (ROUTES[0], leading("0.0.0.0/0", OFFICE_IN))


def only_for(asked: str, *routes: Answer) -> dict[str, Edit]:
    """Another route table of the transit gateway than the office's."""

    def edit(answer: Answer) -> None:
        answer["Routes"] = list(routes if answer["Asked"]["TransitGatewayRouteTableId"] == asked else ROUTES)

    return {"SearchTransitGatewayRoutes": edit}


VPN_ID, SHOP_ID = [""], [""]
SUBNETS: dict[str, str] = {}
"""Known once the account is open."""
DOWN = {"DescribeVpnConnections": tunnels("DOWN", "DOWN", message="IPSEC IS DOWN")}
SPEECHLESS = tunnels("DOWN", "DOWN", message="IPSEC IS UP")
SWALLOWED = connected(networks("10.0.5.0/24"))
LATER = tunnels("DOWN", "DOWN", message="IPSEC IS DOWN", since=(SINCE, SINCE + timedelta(days=9)))


@dataclass(frozen=True)
class State:
    """What is otherwise, and how it stands then: the status, the rule that it is because of, part of the way out."""

    edits: Mapping[str, Edit]
    status: str
    cause: str = ""
    remedy: str = ""
    bgp: bool = False


STATES = {
    # as it should be, each in its way
    "static, fixed routes": State(connected(), "works"),
    "BGP": State(connected(), "works", bgp=True),
    "new, by BGP": State(DOWN, "waiting", "tunnels", "Install", bgp=True),
    "propagated": State(
        {**connected(), "DescribeRouteTables": table("shop-private", to(OFFICE, Origin="EnableVgwRoutePropagation"))},
        "works",
    ),
    "a summary that contains the VPC": State(
        {**connected(networks("10.0.0.0/8")), "DescribeRouteTables": table("shop-private", to("10.0.0.0/8")),
         "DescribeSecurityGroups": group("app", "10.0.0.0/8")}, "works",
    ),
    "everything goes to the office": State(
        {**connected(networks("0.0.0.0/0")), "DescribeRouteTables": table("shop-private", to("0.0.0.0/0"))}, "works",
    ),
    "a wider route": State(
        {**connected(), "DescribeRouteTables": table("shop-private", to("192.168.0.0/16"))}, "works",
    ),
    "by prefix lists": State(
        {**connected(), "DescribeRouteTables": table("shop-private", by_list), "GetManagedPrefixListEntries": entries,
         "DescribeSecurityGroups": group("app", PrefixListIds=[{"PrefixListId": "pl-1"}])}, "works",
    ),
    "the office's network in two parts": State(
        {**connected(), "DescribeRouteTables": table("shop-private", parts)}, "works",
    ),
    "at a transit gateway": State(at_a_transit_gateway(), "works"),
    "at a transit gateway, new": State(
        all_of(at_a_transit_gateway(), {"DescribeVpnConnections": tunnels("DOWN", "DOWN")}), "waiting", "tunnels",
        "Install",
    ),
    "at a transit gateway, in one zone of two": State(
        at_a_transit_gateway(subnets=["shop-private-a"]), "works_but", "zones", "Add a subnet of eu-central-1b",
    ),
    "at a transit gateway, by a default route of the VPC": State(
        all_of(at_a_transit_gateway(), {"DescribeRouteTables": table("shop-private", defaulting)}), "works",
    ),
    "a transit gateway leads everything else to the office": State(
        all_of(at_a_transit_gateway(*DEFAULT), {"DescribeRouteTables": table("shop-private", office_alone)}), "works",
    ),
    "a transit gateway's narrower route to a VPC of the same summary": State(
        all_of(at_a_transit_gateway(
            ROUTES[0], leading("192.168.0.0/16", OFFICE_IN), leading("192.168.99.0/24", "tgw-attach-x")),
            {"DescribeRouteTables": table("shop-private", office_alone)}), "works",
    ),
    "a part of the office, into a dead route of the transit gateway": State(
        at_a_transit_gateway(*ROUTES, leading("192.168.10.128/25", state="blackhole")), "works_but", "back", "Remove",
    ),
    "a part of the VPC, into a dead route of the transit gateway": State(
        at_a_transit_gateway(*ROUTES, leading("10.0.1.0/24", state="blackhole")), "works_but", "onward",
        "lead 10.0.0.0/16",
    ),
    "at a transit gateway, standing by": State(
        all_of(at_a_transit_gateway(ROUTES[0], leading(OFFICE, "tgw-attach-other"), more=[OTHER_OFFICE]), by_bgp(),
               bringing_in(OFFICE_IN)), "works_but", "back", "stands by",
    ),
    "of a stack": State(
        connected(told(Tags=[{"Key": "aws:cloudformation:stack-name", "Value": "office"}])), "works",
    ),
    "AWS says no word of its state": State(connected(tunnels("UP", "UP", message="")), "works"),
    "the other table's servers are not meant": State(
        {**connected(), "DescribeRouteTables": table("shop-private-b", without_the_office)}, "works_but",
        "route-tables", "route propagation",
    ),
    "one tunnel down": State(
        connected(tunnels("UP", "DOWN", message="IPSEC IS DOWN")), "works_but", "tunnel", "Configure this tunnel too",
    ),
    "only where everybody may": State(
        {**connected(), "DescribeSecurityGroups": both(group("app", "0.0.0.0/0"), group("web", "0.0.0.0/0"),
                                                       group("database", "0.0.0.0/0"), group("default", "0.0.0.0/0"))},
        "works_but", "security-groups", "everybody need not",
    ),
    "answers go out to the ports of some clients": State(
        {**connected(), "DescribeNetworkAcls": for_linux_alone}, "works_but", "network-acls", "both directions",
    ),
    "new": State(DOWN, "waiting", "tunnels", "Install the configuration"),
    "new, CloudWatch closed": State(
        {**DOWN, "GetMetricData": denied, "LookupEvents": made_then}, "waiting", "tunnels", "Install",
    ),
    "the network ACL in two halves of the office, and of the ports": State(
        {**connected(), "DescribeNetworkAcls": acl_of(
            "in tcp 0-1023 192.168.10.0/25", "in tcp 22 192.168.10.128/25", "out tcp 1024-32767 0.0.0.0/0",
            "out tcp 32768-65535 0.0.0.0/0")}, "works",
    ),
    "the network ACL knows only those who may come in": State(
        {**connected(), "DescribeSecurityGroups": group("app", "192.168.10.7/32"),
         "DescribeNetworkAcls": acl_of("in tcp 22 192.168.10.0/28", OUT)}, "works",
    ),
    "the group lets everything in, and the network ACL one port": State(
        {**connected(), "DescribeSecurityGroups": group("app", OFFICE, IpProtocol="-1"),
         "DescribeNetworkAcls": acl_of("in tcp 22 192.168.10.0/24", OUT)}, "works_but", "network-acls",
    ),
    "a redirect is kept away, and ping is not": State(
        {**connected(), "DescribeSecurityGroups": group("app", OFFICE, IpProtocol="icmp", FromPort=8, ToPort=-1),
         "DescribeNetworkAcls": acl_of("no in icmp 5 0.0.0.0/0", "in icmp 8 0.0.0.0/0", "out icmp 0 0.0.0.0/0")},
        "works",
    ),
    "a network of the office that no server lets in has no route": State(
        connected(networks(OFFICE, "172.16.0.0/16")), "works_but", "route-tables",
    ),
    "the tables lead only to those who may come in": State(
        connected(networks("192.168.0.0/16")), "works_but", "route-tables", "as a whole",
    ),
    # and what is not
    "the tables lead to a part of the office, and others may come in": State(
        {**connected(networks("192.168.0.0/16")), "DescribeSecurityGroups": group("app", "192.168.99.0/24")},
        "broken", "route-tables", "as a whole",
    ),
    "the network ACL lets the echo in, and no ping": State(
        {**connected(), "DescribeSecurityGroups": group("app", OFFICE, IpProtocol="icmp", FromPort=8, ToPort=-1),
         "DescribeNetworkAcls": acl_of("in icmp 0 0.0.0.0/0", "out icmp 0 0.0.0.0/0")}, "broken", "network-acls",
        "Allow it",
    ),
    "a summary that contains the VPC, and only the VPC is let in": State(
        {**connected(networks("10.0.0.0/8")), "DescribeRouteTables": table("shop-private", to("10.0.0.0/8")),
         "DescribeSecurityGroups": group("app", "10.0.0.0/16")}, "broken", "security-groups",
    ),
    "both halves of the office go elsewhere": State(
        {**connected(), "DescribeRouteTables": table("shop-private", halves_elsewhere)}, "broken", "route-tables",
        "Remove them",
    ),
    "an appliance that is gone": State(
        {**connected(), "DescribeRouteTables": table(
            "shop-private-a", to(OFFICE, GatewayId="", NetworkInterfaceId="eni-1", State="blackhole"))},
        "broken", "route-tables", "lead to vgw-",
    ),
    "the servers' own table": State(
        {**connected(), "DescribeRouteTables": table("shop-private-a", without_the_office)}, "broken", "route-tables",
        "route propagation",
    ),
    "no table": State(
        {**connected(), "DescribeRouteTables": table("shop", without_the_office), "DescribeNetworkInterfaces": nobody},
        "broken", "route-tables", "route propagation",
    ),
    "propagation, and nothing comes": State(
        {**connected(), "DescribeRouteTables": table("shop-private-a", taking_over)}, "broken", "route-tables",
        "100 routes at most",
    ),
    "a dead route": State(
        {**connected(), "DescribeRouteTables": table("shop-private-a", dead)}, "broken", "route-tables", "Attach",
    ),
    "to a peering": State(
        {**connected(), "DescribeRouteTables": table(
            "shop-private-a", to(OFFICE, GatewayId="", VpcPeeringConnectionId="pcx-1"))},
        "broken", "route-tables", "lead to vgw-",
    ),
    "the servers' group is closed": State(
        {**connected(), "DescribeSecurityGroups": group("app", "10.9.0.0/16")}, "broken", "security-groups",
        "in their security group",
    ),
    "a group that nothing is in": State(
        {**connected(), "DescribeSecurityGroups": both(group("app", "10.9.0.0/16"), group("database", OFFICE)),
         "DescribeNetworkInterfaces": lambda answer: answer.update(NetworkInterfaces=[
             each for each in answer["NetworkInterfaces"] if "database" not in str(each["Groups"])])},
        "broken", "security-groups", "in their security group",
    ),
    "the VPC's own range": State(SWALLOWED, "broken", "overlap", "One side must use other addresses"),
    "the numbers do not agree": State(
        {"DescribeVpnConnections": SPEECHLESS}, "broken", "tunnels", "65010", bgp=True,
    ),
    "nothing announced": State(
        connected(tunnels("UP", "UP", routes=0)), "broken", "announced", "by BGP", bgp=True,
    ),
    "too much is nearly announced": State(
        connected(tunnels("UP", "UP", routes=100)), "works_but", "announced", "fewer", bgp=True,
    ),
    "it was up before": State({**DOWN, "GetMetricData": measured}, "broken", "tunnels", "device runs"),
    "one tunnel changed long after the other": State(
        {"DescribeVpnConnections": LATER, "GetMetricData": denied}, "broken", "tunnels", "device runs",
    ),
    "it changed long after it was made": State(
        {**DOWN, "GetMetricData": denied, "LookupEvents": made_long_ago}, "broken", "tunnels", "device runs",
    ),
    "nobody may say whether it was up": State(
        {**DOWN, "GetMetricData": denied, "LookupEvents": denied}, "unknown", "tunnels", "If it did",
    ),
    "the way in is blocked": State({**connected(), "DescribeNetworkAcls": acl()}, "broken", "network-acls", "Allow it"),
    "the answers are blocked": State(
        {**connected(), "DescribeNetworkAcls": acl(Egress=True)}, "broken", "network-acls", "both directions",
    ),
    "narrowed to another network": State(
        connected(options(LocalIpv4NetworkCidr="192.168.77.0/24")), "broken", "selectors", "0.0.0.0/0",
    ),
    "no network of the office": State(connected(networks()), "broken", "static-routes", "static routes"),
    "no gateway": State(connected(told(VpnGatewayId="")), "broken", "gateway", "transit gateway"),
    "Cloud WAN": State(connected(told(VpnGatewayId="", CoreNetworkArn="arn:x")), "unknown", "gateway", "segment"),
    "one of two tunnels announces nothing": State(
        connected(lambda answer: answer["VpnConnections"][0]["VgwTelemetry"][1].update(AcceptedRouteCount=0)),
        "works_but", "silent", "through both tunnels", bgp=True,
    ),
    "nothing of what is announced has come": State(
        {**connected(), "DescribeRouteTables": table("shop-private", taking_over)}, "broken", "route-tables", "by BGP",
        bgp=True,
    ),
    "all of the VPC, into dead routes of the transit gateway": State(
        at_a_transit_gateway(*ROUTES, *(leading(each, state="blackhole") for each in ("10.0.0.0/17", "10.0.128.0/17"))),
        "broken", "onward", "lead 10.0.0.0/16",
    ),
    "the transit gateway leads another range to the VPC": State(
        at_a_transit_gateway(leading("10.9.0.0/16", SHOP_IN), ROUTES[1]), "broken", "onward", "lead 10.0.0.0/16",
    ),
    "all of the office, into dead routes of the transit gateway": State(
        at_a_transit_gateway(*ROUTES, leading("192.168.10.0/25", state="blackhole"),
                             leading("192.168.10.128/25", state="blackhole")), "broken", "back", "propagate",
    ),
    "at a transit gateway, and the connection brings nothing": State(
        all_of(at_a_transit_gateway(ROUTES[0], leading("172.16.0.0/16", "tgw-attach-other"), more=[OTHER_OFFICE]),
               by_bgp(), bringing_in(SHOP_IN)), "broken", "back", "propagate",
    ),
    "a transit gateway's tunnels carry IPv6": State(
        all_of(at_a_transit_gateway(ROUTES[0]), {"DescribeVpnConnections": options(TunnelInsideIpVersion="ipv6")}),
        "unknown", "onward", "IPv6",
    ),
    "where the transit gateway is attached, nothing goes on to the servers": State(
        {**at_a_transit_gateway(subnets=ENTRANCES), "DescribeNetworkAcls": closed_subnets(*ENTRANCES)}, "broken",
        "network-acls", "both directions",
    ),
    "a firewall at the transit gateway": State(
        all_of(at_a_transit_gateway(), {"DescribeTransitGatewayVpcAttachments": lambda answer: answer[
            "TransitGatewayVpcAttachments"][0].update(Options={"ApplianceModeSupport": "enable"})}), "unknown", "vpc",
    ),
    "attached to the transit gateway, and associated with nothing": State(
        at_a_transit_gateway(office={"table": ""}), "broken", "attachment", "Associate tgw-attach-office",
    ),
    "the transit gateway leads nowhere": State(
        at_a_transit_gateway(leading(OFFICE, OFFICE_IN)), "broken", "onward", "propagate",
    ),
    "the transit gateway leads no answers back": State(
        all_of(at_a_transit_gateway(shop={"table": "tgw-rtb-2"}), only_for("tgw-rtb-2", ROUTES[0])), "broken", "back",
        "Let tgw-attach-office propagate into tgw-rtb-2",
    ),
    "a dead route of the transit gateway": State(
        at_a_transit_gateway(ROUTES[0], leading(OFFICE, OFFICE_IN, state="blackhole")), "broken", "back", "propagate",
    ),
    "the servers' table does not lead to the transit gateway": State(
        all_of(at_a_transit_gateway(), {"DescribeRouteTables": table("shop-private-a", without_the_hub)}), "broken",
        "route-tables", "Enter 192.168.10.0/24 to tgw-1",
    ),
    "the servers' group is closed, behind a transit gateway": State(
        {**at_a_transit_gateway(), "DescribeSecurityGroups": group("app", "10.9.0.0/16")}, "broken",
        "security-groups", "in their security group",
    ),
    "a part of the office is another VPC's, which is usual": State(
        at_a_transit_gateway(*ROUTES, leading("192.168.10.128/25", "tgw-attach-other")), "works", "",
    ),
    "a blackhole stands in the place of the VPC": State(
        at_a_transit_gateway(leading("10.0.0.0/16", state="blackhole"), ROUTES[1]), "broken", "onward",
        "A blackhole of the same network has to go first",
    ),
    "a transit gateway that is closed to the eye": State(
        {**at_a_transit_gateway(), "DescribeTransitGatewayAttachments": denied}, "unknown", "attachment",
    ),
    "a transit gateway's zones closed to the eye": State(
        {**at_a_transit_gateway(), "DescribeTransitGatewayVpcAttachments": denied}, "unknown", "zones",
    ),
    "a transit gateway's routes closed to the eye": State(
        {**at_a_transit_gateway(), "SearchTransitGatewayRoutes": denied}, "unknown", "onward",
    ),
    "a transit gateway leads everything else to the office, and the servers' group is closed": State(
        all_of(at_a_transit_gateway(*DEFAULT), {"DescribeRouteTables": table("shop-private", office_alone),
               "DescribeSecurityGroups": group("app", "10.9.0.0/16")}), "broken", "security-groups", "192.168.0.0/16",
    ),
    "default routes alone lead to the office": State(
        all_of(at_a_transit_gateway(*DEFAULT), {"DescribeRouteTables": table("shop-private", defaulting)}), "unknown",
        "security-groups", "the office's networks",
    ),
    "a transit gateway of others": State(
        {**at_a_transit_gateway(), "DescribeTransitGatewayAttachments": lambda answer: answer.clear()}, "unknown",
        "attachment", "its owner can look",
    ),
    "through a firewall between": State(
        {**connected(), "DescribeRouteTables": table("shop-private-a", to(OFFICE, GatewayId="vpce-1"))}, "unknown",
        "route-tables", "forwards it",
    ),
    "AWS is to start what speaks IKEv1 alone": State(connected(starting("ikev1")), "works_but", "startup", "IKEv2"),
    "AWS starts, and both versions are allowed": State(connected(starting("ikev1", "ikev2")), "works", ""),
    "gateways closed to the eye": State({**connected(), "DescribeVpnGateways": denied}, "unknown", "attachment"),
    "networks closed to the eye": State({**connected(), "DescribeVpcs": denied}, "unknown", "vpc"),
    "servers closed to the eye": State(
        {**connected(), "DescribeNetworkInterfaces": denied}, "unknown", "security-groups",
    ),
    "network ACLs closed to the eye": State({**connected(), "DescribeNetworkAcls": denied}, "unknown", "network-acls"),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.some(every=3)
def test_how_it_stands(world: World, state: State) -> None:
    found = check(Edited(world.cloud, state.edits), world.bgp if state.bgp else world.static)
    shown = [(each.id, each.grade.value, each.sentence) for each in found.findings]
    assert (found.status.value, found.cause.partition(":")[0]) == (state.status, state.cause), shown
    assert state.remedy in (found.because.remedy if found.because else "")
    assert len({each.id for each in found.findings}) == len(found.findings)
    assert not any(each.evidence.startswith(",") for each in found.findings)


def test_the_consequence_stands_under_its_cause(world: World) -> None:
    """A network that is local anyway is not waited for in the route tables as well."""
    found = check(Edited(world.cloud, SWALLOWED), world.static)
    assert not [each for each in found.findings if "has not come" in each.sentence or "none has come" in each.sentence]


def test_both_numbers_and_the_inside_addresses_are_named(world: World) -> None:
    found = check(Edited(world.cloud, STATES["the numbers do not agree"].edits), world.bgp)
    assert found.because and all(
        word in found.because.remedy for word in ("65010", "64512", "169.254.", "100 networks")
    )


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (("ikev2",), []),
        (("ikev1", "ikev2"), ["AWS starts tunnel 1 only with IKEv2", "AWS starts tunnel 2 only with IKEv2"]),
        ((), ["AWS starts tunnel 1 only with IKEv2", "AWS starts tunnel 2 only with IKEv2"]),
        (("ikev1",), ["AWS is to start tunnel 1 and cannot", "AWS is to start tunnel 2 and cannot"]),
    ],
)
def test_who_can_start_a_tunnel_that_is_down_is_said(world: World, versions: tuple[str, ...], said: list[str]) -> None:
    down = {"DescribeVpnConnections": both(starting(*versions), tunnels("DOWN", "DOWN", message="IPSEC IS DOWN"))}
    found = check(Edited(world.cloud, down), world.static)
    sentences = [each.sentence for each in found.findings if each.id.startswith("startup:")]
    assert len(sentences) == len(said)
    assert all(sentence.startswith(begins) for sentence, begins in zip(sentences, said, strict=True))


def test_a_name_may_begin_like_an_id(world: World) -> None:
    world.account.session.client("ec2").create_tags(Resources=[world.bgp], Tags=[{"Key": "Name", "Value": "vpn-oslo"}])
    assert check(world.cloud, "vpn-oslo") == check(world.cloud, world.bgp)
    world.account.session.client("ec2").create_tags(Resources=[world.bgp], Tags=[{"Key": "Name", "Value": "branch"}])


def test_what_it_calls(world: World) -> None:
    """However many route tables, groups and servers there are; a tunnel that is up has no past to be looked at."""
    account = Edited(world.cloud, connected())
    check(account, world.static)
    assert sorted(call.name for call in account.calls) == [
        "DescribeAlarms",
        "DescribeNetworkAcls", "DescribeNetworkInterfaces", "DescribeRouteTables", "DescribeSecurityGroups",
        "DescribeSubnets", "DescribeVpcs", "DescribeVpnConnections", "DescribeVpnGateways",
        "GetActiveVpnTunnelStatus", "GetActiveVpnTunnelStatus",
    ]  # fmt: skip
    account = Edited(world.cloud, DOWN)
    check(account, world.static)
    assert [call.name for call in account.calls].count("GetMetricData") == 1 and len(account.calls) == 12


def test_a_name_is_taken_and_names_stand_beside_ids(world: World) -> None:
    assert check(Edited(world.cloud, connected()), "office").status.value == "works"
    with pytest.raises(Refused) as problem:
        check(world.cloud, "nowhere")
    assert f"{world.static} (office)" in problem.value.remedy


def test_who_keeps_it_is_said(world: World) -> None:
    found = check(Edited(world.cloud, STATES["of a stack"].edits), world.static)
    assert [each.sentence for each in found.findings if each.id.startswith("managed:")] == [
        f"The VPN connection {world.static} is managed by the CloudFormation stack office: change it there."
    ]


ONLY_BEFORE = {
    "routes": "what a plan leaves as it is; afterwards `ways_back` follows the same routes",
}
ONLY_AFTER = {"ways_back", "doors"}
"""What a plan makes itself: the ways and the doors."""


def test_a_check_knows_what_is_known_beforehand() -> None:
    before, after = ({rule.__name__ for rule in room.RULES} for room in (checks, diagnosis))
    assert before - after == set(ONLY_BEFORE) and after - before == ONLY_AFTER


# -- beforehand --------------------------------------------------------------------------------------------------


def cautions(cloud: Cloud, answers: Mapping[str, Any]) -> dict[str, str]:
    return {each.id: each.message for each in session(cloud, None, answers).review().cautions}


def test_a_network_that_contains_the_vpc_is_taken_with_a_word(world: World) -> None:
    made = session(world.cloud, None, {**STATIC, "networks": ["10.0.0.0/8"], "vpc": "staging",
                                       "route_tables": ["staging-private"], "security_groups": []})  # fmt: skip
    assert "contains-vpc" in {each.id for each in made.review().cautions}


def test_the_same_device_under_another_number_is_said(world: World) -> None:
    registered = {"gateway_ip": "198.51.100.99"}
    assert "DuplicateIpAddress" in cautions(world.cloud, {**STATIC, **registered})["same-address"]
    assert "same-address" not in cautions(world.cloud, {**BGP, **registered})


def test_who_keeps_what_is_changed_is_said(world: World) -> None:
    stack = [{"Key": "aws:cloudformation:stack-name", "Value": "shop"}]

    def of_a_stack(answer: Answer) -> None:
        for each in answer.get("RouteTables") or answer["SecurityGroups"]:
            each["Tags"] = [*(each.get("Tags") or []), *stack]

    kept = Edited(world.cloud, {"DescribeRouteTables": of_a_stack, "DescribeSecurityGroups": of_a_stack})
    found = [each.message for each in session(kept, None).review().cautions if each.id == "managed"]
    assert any("route table" in each for each in found) and any("security group" in each for each in found)


def test_a_group_that_nothing_is_in_is_said_beforehand(world: World) -> None:
    """As the check would say afterwards; by one call, whatever was chosen, and by none where nothing was."""
    empty = Edited(world.cloud, {"DescribeNetworkInterfaces": nobody})
    assert "app" in cautions(empty, STATIC)["nothing-in-group"]
    assert [call.name for call in empty.calls].count("DescribeNetworkInterfaces") == 1
    assert "nothing-in-group" not in cautions(world.cloud, STATIC)
    denying = Edited(world.cloud, {"DescribeNetworkInterfaces": denied})
    assert "nothing-in-group" not in cautions(denying, STATIC)
    assert "nothing-in-group" not in cautions(empty, {**STATIC, "security_groups": []})


def test_a_policy_based_device_is_warned_of_several_pairs(world: World) -> None:
    one = {"networks": ["192.168.10.0/24"]}
    assert (
        "4 pairs"
        in cautions(world.cloud, {**STATIC, "networks": [f"192.168.{n}.0/24" for n in range(10, 14)]})["policy-based"]
    )
    assert "policy-based" not in cautions(world.cloud, {**STATIC, **one})
    assert "policy-based" not in cautions(world.cloud, BGP)


def test_of_several_networks_behind_a_transit_gateway_one_may_be_closed(world: World) -> None:
    """The office need not be let in to all of them; a network of another account is not looked at."""
    staging = named(world.account.session.client("ec2"), "vpc", "staging")
    second, third = attachment("tgw-attach-2", staging, "vpc"), attachment("tgw-attach-3", "vpc-theirs", "vpc")
    third["ResourceOwnerId"] = "210987654321"
    routes = (*ROUTES, leading("10.1.0.0/16", "tgw-attach-2"))

    found = check(Edited(world.cloud, at_a_transit_gateway(*routes, more=[second])), world.static)
    assert found.status.value == "works_but" and staging in found.cause
    assert len({each.id for each in found.findings}) == len(found.findings)

    also = (*routes, leading("10.2.0.0/16", "tgw-attach-3"))
    found = check(Edited(world.cloud, at_a_transit_gateway(*also, more=[second, third])), world.static)
    assert found.status.value == "unknown" and "210987654321" in found.because.evidence if found.because else False


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("DescribeTransitGatewayAttachments", "TransitGatewayAttachments"),
        ("SearchTransitGatewayRoutes", "Routes"),
        ("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"),
    ],
)
def test_what_aws_leaves_out_of_a_transit_gateway_is_no_error(world: World, operation: str, members: str) -> None:
    """Each member is left out, emptied, and called by a word of next year; a check always comes to an end."""
    edits = at_a_transit_gateway()
    whole: Answer = {}
    edits[operation](whole)
    for name in sorted({name for each in whole[members] for name in each}):
        for otherwise in (None, "", "something-new"):

            def changed(answer: Answer, name: str = name, otherwise: str | None = otherwise) -> None:
                edits[operation](answer)
                for each in answer[members]:
                    if otherwise is None or not isinstance(each.get(name), str):
                        each.pop(name, None)
                    else:
                        each[name] = otherwise

            if name != "DestinationCidrBlock" or otherwise is None:
                assert check(Edited(world.cloud, {**edits, operation: changed}), world.static).findings


def test_denied_acls_are_not_said_to_be_open(world: World) -> None:
    closed = Edited(world.cloud, {"DescribeNetworkAcls": denied})
    found = {each.id: each.grade.value for each in session(closed, None).review().findings}
    assert found["network-acls"] == "not checked"
