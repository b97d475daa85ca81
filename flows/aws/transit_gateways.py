"""Transit gateways: those there are, what is attached to one, and where its route tables lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from flows.engine import Call, Cloud, CloudError, Option, Use

from .tags import name_of, of

ENDED = ("deleted", "deleting", "failed", "failing", "rejected", "rejecting")
ATTACHED = ("available", "modifying")


@dataclass(frozen=True)
class TransitGateway:
    """A hub for networks. `association` and `propagation` are the ids of the route tables that a new attachment goes by
    and brings its networks into, empty where its owner has switched that off; `ours` says whether this account owns
    it, `ecmp` whether it sends by several VPN tunnels at once that announce the same (equal-cost multipath, by BGP
    alone; Amazon VPC Transit Gateways guide, "Equal Cost Multipath routing", 2026-11)."""

    id: str
    name: str
    asn: int
    owner: str
    ours: bool
    association: str
    propagation: str
    ecmp: bool
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def called(self) -> str:
        """Its name, or else its id."""
        return self.name or self.id

    def used(self) -> Use:
        return Use("vpn-gateway", f"Use the transit gateway {self.called}", "AWS::EC2::TransitGateway", self.id)


@dataclass(frozen=True)
class Attachment:
    """Something that a transit gateway connects: a VPC, a VPN connection, another transit gateway …

    `resource` is its id, `owner` the account that it belongs to, `table` the route table by which packets that come
    from it go on; empty if there is none.
    """

    id: str
    kind: str
    resource: str
    owner: str
    state: str
    table: str
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Route:
    """A line of a transit gateway's route table; `to` are the ids of the attachments that it leads to, `entered` says
    whether somebody entered it, and no attachment brings it."""

    network: IPv4Network
    to: tuple[str, ...]
    active: bool
    entered: bool = False


def options(cloud: Cloud) -> Iterator[Option[TransitGateway]]:
    """The transit gateways of the region. One that is shared with this account is listed, too."""
    try:
        found = gateways(cloud)
    except CloudError:  # whoever may not see them goes by a VPN gateway
        return
    for each in found:
        whose = f"ASN {each.asn}" if each.ours else f"of account {each.owner}, which alone can let a VPN end at it"
        yield Option(each.id, each, each.called, f"{each.id}  a transit gateway, {whose}")


def gateways(cloud: Cloud) -> list[TransitGateway]:
    """Those of the region that are ready, and those shared with this account. Raises CloudError."""
    pages = cloud.pages(Call("ec2.DescribeTransitGateways"))
    account = cloud.identity.account
    return [
        _gateway(each, account)
        for page in pages
        for each in page.get("TransitGateways") or []
        if each.get("State") in ATTACHED
    ]


def _gateway(found: Mapping[str, Any], account: str) -> TransitGateway:
    told = found.get("Options") or {}
    owner = str(found.get("OwnerId") or account)

    def table(what: str) -> str:
        on = told.get(f"DefaultRouteTable{what}") == "enable"
        return str(told.get(f"{what}DefaultRouteTableId") or "") if on else ""

    return TransitGateway(
        str(found["TransitGatewayId"]), name_of(found), int(told.get("AmazonSideAsn") or 64512), owner,
        owner == account, table("Association"), table("Propagation"), told.get("VpnEcmpSupport") != "disable",
        of(found),
    )  # fmt: skip


def tables(cloud: Cloud, gateway: str) -> tuple[str, ...]:
    """The ids of a transit gateway's route tables. Raises CloudError."""
    asked = [{"Name": "transit-gateway-id", "Values": [gateway]}, {"Name": "state", "Values": ["available"]}]
    pages = cloud.pages(Call("ec2.DescribeTransitGatewayRouteTables", {"Filters": asked}))
    return tuple(
        str(each["TransitGatewayRouteTableId"])
        for page in pages
        for each in page.get("TransitGatewayRouteTables") or []
    )


def bringing(cloud: Cloud, table: str) -> tuple[str, ...]:
    """The ids of the attachments that bring their networks into a route table. Raises CloudError."""
    pages = cloud.pages(Call("ec2.GetTransitGatewayRouteTablePropagations", {"TransitGatewayRouteTableId": table}))
    return tuple(
        str(each.get("TransitGatewayAttachmentId") or "")
        for page in pages
        for each in page.get("TransitGatewayRouteTablePropagations") or []
        if each.get("State") in ("enabled", "enabling")
    )


def subnets(cloud: Cloud, attachment: str) -> tuple[str, ...]:
    """The ids of the subnets, one a zone, in which a VPC's attachment stands. Raises CloudError."""
    return tuple(str(id) for each in _of_vpc(cloud, attachment) for id in each.get("SubnetIds") or [])


def appliance(cloud: Cloud, attachment: str) -> bool:
    """Whether a VPC is attached as a firewall that stands between others is (Amazon VPC Transit Gateways guide,
    "Appliance in a shared services VPC", 2026-11). Raises CloudError."""
    told = _of_vpc(cloud, attachment)
    return any((each.get("Options") or {}).get("ApplianceModeSupport") == "enable" for each in told)


def _of_vpc(cloud: Cloud, attachment: str) -> list[Mapping[str, Any]]:
    asked = Call("ec2.DescribeTransitGatewayVpcAttachments", {"TransitGatewayAttachmentIds": [attachment]})
    return cloud.make(asked).get("TransitGatewayVpcAttachments") or []


def of_vpc(cloud: Cloud, vpc: str) -> int:
    """To how many transit gateways a VPC is attached. Raises CloudError."""
    asked = Call("ec2.DescribeTransitGatewayVpcAttachments", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]})
    found = [each for page in cloud.pages(asked) for each in page.get("TransitGatewayVpcAttachments") or []]
    return sum(each.get("State") not in ENDED for each in found)


def attachments(cloud: Cloud, gateway: str) -> tuple[Attachment, ...]:
    """What is attached to a transit gateway, as far as this account may see it. Raises CloudError."""
    asked = Call(
        "ec2.DescribeTransitGatewayAttachments", {"Filters": [{"Name": "transit-gateway-id", "Values": [gateway]}]}
    )
    found = [each for page in cloud.pages(asked) for each in page.get("TransitGatewayAttachments") or []]
    return tuple(
        Attachment(
            str(each.get("TransitGatewayAttachmentId") or ""),
            str(each.get("ResourceType") or ""),
            str(each.get("ResourceId") or ""),
            str(each.get("ResourceOwnerId") or ""),
            str(each.get("State") or ""),
            str((each.get("Association") or {}).get("TransitGatewayRouteTableId") or ""),
            of(each),
        )
        for each in found
        if each.get("State") not in ENDED
    )


def taken(network: IPv4Network, routes: Iterable[Route]) -> set[Route | None]:
    """The routes that packets to a network take, None where some find none: of each address the longest prefix counts,
    of equals the one that somebody entered, and one that is dead loses them (Amazon VPC Transit Gateways guide, "How
    AWS Transit Gateway works", 2026-11)."""
    about = [each for each in routes if each.network.overlaps(network)]
    if any(each.network != network and each.network.subnet_of(network) for each in about):
        return {found for half in network.subnets() for found in taken(half, about)}
    return {max(about, key=lambda each: (each.network.prefixlen, each.entered), default=None)}


def routes(cloud: Cloud, table: str) -> tuple[Route, ...]:
    """The IPv4 routes of a transit gateway's route table. Raises CloudError."""
    every = [{"Name": "state", "Values": ["active", "blackhole"]}]
    asked = Call("ec2.SearchTransitGatewayRoutes", {"TransitGatewayRouteTableId": table, "Filters": every})
    return tuple(
        Route(
            IPv4Network(str(each["DestinationCidrBlock"]), strict=False),
            tuple(
                str(to.get("TransitGatewayAttachmentId") or "") for to in each.get("TransitGatewayAttachments") or []
            ),
            each.get("State") == "active",
            each.get("Type") == "static",
        )
        for page in cloud.pages(asked)
        for each in page.get("Routes") or []
        if "." in str(each.get("DestinationCidrBlock") or "")
    )
