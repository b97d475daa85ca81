"""An office that reaches the shop, and what may be otherwise about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from practice.office import connection, customer_gateway, named, vpn_gateway
from support.clouds import Between

import flows
from flows.engine import Call, Cloud, Denied, Place
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount

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


def a_list_elsewhere(each: Answer) -> None:
    each["Routes"].append({"DestinationPrefixListId": "pl-2", "State": "active", "VpcPeeringConnectionId": "pcx-1"})


def by_a_table_of_its_own(state: str, target: str = "eni-1") -> Edit:
    """The gateway leads what comes in to something before it is local."""

    def edit(answer: Answer) -> None:
        gateways = (str(r.get("GatewayId")) for each in answer["RouteTables"] for r in each["Routes"])
        gateway = next(each for each in gateways if each.startswith("vgw-"))
        to_: Answer = {"DestinationCidrBlock": "10.0.1.0/24", "NetworkInterfaceId": target, "State": state}
        answer["RouteTables"].append({
            "RouteTableId": "rtb-edge", "VpcId": SHOP_ID[0], "Associations": [{"Main": False, "GatewayId": gateway}],
            "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}, to_],
        })  # fmt: skip

    return edit


def listing(*networks: str) -> Edit:
    """What is in every prefix list."""
    return lambda answer: answer.update(Entries=[{"Cidr": each} for each in networks])


VPN_ID, SHOP_ID = [""], [""]
SUBNETS: dict[str, str] = {}
"""Known once the account is open."""
DOWN = {"DescribeVpnConnections": tunnels("DOWN", "DOWN", message="IPSEC IS DOWN")}


@dataclass(frozen=True)
class State:
    """What is otherwise, and how it stands then: the status, the rule that it is because of, part of the way out."""

    edits: Mapping[str, Edit]
    status: str
    cause: str = ""
    remedy: str = ""
    bgp: bool = False
