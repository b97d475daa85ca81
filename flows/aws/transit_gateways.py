"""Transit gateways: what is attached to one, and where its route tables lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from flows.engine import Call, Cloud

from .tags import of

ENDED = ("deleted", "deleting", "failed", "failing", "rejected", "rejecting")
ATTACHED = ("available", "modifying")


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
    """A line of a transit gateway's route table; `to` are the ids of the attachments that it leads to."""

    network: IPv4Network
    to: tuple[str, ...]
    active: bool


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


def routes(cloud: Cloud, table: str) -> tuple[Route, ...]:
    """The IPv4 routes of a transit gateway's route table, a thousand at most. Raises CloudError."""
    every = [{"Name": "state", "Values": ["active", "blackhole"]}]
    asked = Call("ec2.SearchTransitGatewayRoutes", {"TransitGatewayRouteTableId": table, "Filters": every})
    return tuple(
        Route(
            IPv4Network(str(each["DestinationCidrBlock"]), strict=False),
            tuple(
                str(to.get("TransitGatewayAttachmentId") or "") for to in each.get("TransitGatewayAttachments") or []
            ),
            each.get("State") == "active",
        )
        for each in cloud.make(asked).get("Routes") or []
        if "." in str(each.get("DestinationCidrBlock") or "")
    )
