"""Offices whose connection ends at a transit gateway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from vpn.standing import (
    OFFICE,
    SHOP_ID,
    SUBNETS,
    UP,
    VPN_ID,
    Answer,
    Edit,
    State,
    all_of,
    both,
    closed_subnets,
    denied,
    group,
    options,
    table,
    tunnels,
)

ENTRANCES = ("shop-public-a", "shop-public-b")
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
        "SearchTransitGatewayRoutes": lambda answer: answer.update(Routes=deepcopy([*(routes or ROUTES)])),
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


AT_A_HUB = {
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
}  # fmt: skip
