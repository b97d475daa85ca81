"""VPC peering connections: which there are between two VPCs, and what AWS tells of them.

Amazon VPC Peering Guide, "Basics" and "Lifecycle", and botocore's model of EC2, 1.44, 2026-11. One account asks, the
owner of the other VPC accepts, always in two calls, the second in the region of that VPC. AWS goes on telling of what
has ended for hours or days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from flows.engine import Call, Cloud, CloudError, Late, Option, Ref

from .addresses import Network
from .regions import switched_on
from .tags import name_of, of

ACTIVE, PENDING = "active", "pending-acceptance"
ALIVE = ("initiating-request", PENDING, "provisioning", ACTIVE)
ONE = "VpcPeeringConnections[0]"
NOT_FOUND = ("InvalidVpcPeeringConnectionID.NotFound", "InvalidVpcPeeringConnectionId.NotFound")
MADE = Ref("connect", "VpcPeeringConnection.VpcPeeringConnectionId")
PER_VPC, WAITING, ROUTES = "L-7E9ECCDB", "L-DC9F7029", "L-93826ACB"
"""Quotas of the service `vpc`: active connections of a VPC, requests that wait, routes of a table."""
USUAL: Mapping[str, int] = {PER_VPC: 50, WAITING: 25, ROUTES: 500}
"""What they are where the account's own cannot be read (VPC Peering Guide, "Quotas", 2026-11)."""
REFUSALS = {
    "VpcPeeringConnectionsPerVpcLimitExceeded": f"A VPC has as many connections as it may (quota {PER_VPC}).",
    "ActiveVpcPeeringConnectionPerVpcLimitExceeded": f"A VPC has as many connections as it may (quota {PER_VPC}).",
    "OutstandingVpcPeeringConnectionLimitExceeded": f"Too many requests wait for an answer (quota {WAITING}): delete "
    "old ones, or wait until they are accepted.",
    "PendingVpcPeeringConnectionLimitExceeded": f"Too many requests wait for an answer (quota {WAITING}): delete old "
    "ones, or wait until they are accepted.",
    "VpcPeeringConnectionAlreadyExists": "The two VPCs were connected meanwhile from the other side; this request can "
    "never be accepted. Undo it, and begin again: what exists is used then.",
    "InvalidStateTransition": "The request was refused, taken back or has ended meanwhile. Undo, and ask again.",
    "RouteAlreadyExists": "That route table got an entry for this network meanwhile, which leads elsewhere. Look at "
    "it, then undo and begin again.",
    "RouteLimitExceeded": f"The route table is full (quota {ROUTES}).",
    "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled": "DNS hostnames are switched off in one of the two VPCs: "
    "answer dns_hostnames=yes, or dns=no.",
}
"""Amazon EC2 API Reference, "Error codes", 2026-11, and reports of people who met them."""


@dataclass(frozen=True)
class End:
    """One of the two VPCs, as the connection tells of it. AWS tells the `networks`, IPv4 before IPv6, only while it is
    active."""

    vpc: str
    account: str
    region: str
    networks: tuple[Network, ...]
    names: bool
    """Whether the other side gets its private addresses for its public names."""
    multipath: bool


@dataclass(frozen=True)
class Connection:
    """A peering connection: `expires` is when a request ends that nobody accepts."""

    id: str
    name: str
    state: str
    message: str
    requester: End
    accepter: End
    expires: str
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def alive(self) -> bool:
        return self.state in ALIVE

    def end_of(self, vpc: str) -> End:
        """The side of that VPC."""
        return self.requester if self.requester.vpc == vpc else self.accepter

    def beyond(self, vpc: str) -> End:
        """The side of the other VPC."""
        return self.accepter if self.requester.vpc == vpc else self.requester

    def role(self, vpc: str) -> str:
        """What that VPC is in it, as EC2's parameters begin."""
        return "Requester" if self.requester.vpc == vpc else "Accepter"


def connection(told: Mapping[str, Any]) -> Connection:
    """One, as EC2 tells of it."""
    status, expires = told.get("Status") or {}, told.get("ExpirationTime")
    return Connection(
        str(told["VpcPeeringConnectionId"]), name_of(told), str(status.get("Code") or ""),
        str(status.get("Message") or ""), _end(told.get("RequesterVpcInfo") or {}),
        _end(told.get("AccepterVpcInfo") or {}),
        f"{expires:%Y-%m-%d %H:%M} UTC" if isinstance(expires, datetime) else str(expires or ""), of(told),
    )  # fmt: skip


def _end(told: Mapping[str, Any]) -> End:
    ranges = [each.get("CidrBlock") for each in told.get("CidrBlockSet") or []] or [told.get("CidrBlock")]
    six = [IPv6Network(each["Ipv6CidrBlock"]) for each in told.get("Ipv6CidrBlockSet") or []]
    options = told.get("PeeringOptions") or {}
    return End(
        str(told.get("VpcId") or ""), str(told.get("OwnerId") or ""), str(told.get("Region") or ""),
        (*(IPv4Network(each, strict=False) for each in ranges if each), *six),
        bool(options.get("AllowDnsResolutionFromRemoteVpc")), bool(options.get("AllowMultipathResilience")),
    )  # fmt: skip


def connections(cloud: Cloud, name: str = "") -> Iterator[Connection]:
    """All of the region, or those with that name, ended ones as well. Raises CloudError."""
    asked = {"Filters": [{"Name": "tag:Name", "Values": [name]}]} if name else {}
    for page in cloud.pages(Call("ec2.DescribeVpcPeeringConnections", asked)):
        found = (connection(each) for each in page.get("VpcPeeringConnections") or [])
        yield from (each for each in found if name in ("", each.name))  # an emulator may ignore the filter


def of_vpc(cloud: Cloud, vpc: str) -> tuple[Connection, ...]:
    """All that a VPC has or had. Raises CloudError."""
    seen: dict[str, Connection] = {}
    for side in ("requester", "accepter"):
        asked = {"Filters": [{"Name": f"{side}-vpc-info.vpc-id", "Values": [vpc]}]}
        for page in cloud.pages(Call("ec2.DescribeVpcPeeringConnections", asked)):
            for each in map(connection, page.get("VpcPeeringConnections") or []):
                if vpc in (each.requester.vpc, each.accepter.vpc):  # an emulator may ignore the filter
                    seen[each.id] = each
    return tuple(seen.values())


def between(cloud: Cloud, vpc: str, peer: str) -> tuple[Connection, ...]:
    """Those of two VPCs, whoever asked, the ones that are alive first and of these the active one. Raises CloudError.

    A second request in the other direction is taken by AWS and can never be accepted (terraform-provider-aws issue
    44315, 2025), so both directions are looked at.
    """
    found = [each for each in of_vpc(cloud, vpc) if peer in (each.requester.vpc, each.accepter.vpc)]
    return tuple(sorted(found, key=lambda each: (not each.alive, each.state != ACTIVE)))


def one(cloud: Cloud, id: str) -> Connection | None:
    """One by its id; None if there is none in the region. Raises CloudError."""
    try:
        found = cloud.make(Call("ec2.DescribeVpcPeeringConnections", {"VpcPeeringConnectionIds": [id]}))
    except CloudError as problem:
        if not problem.aws_code.startswith("InvalidVpcPeeringConnectionI"):
            raise
        return None
    told = found.get("VpcPeeringConnections") or []
    return connection(told[0]) if told else None


def described(id: Late) -> Call:
    """What EC2 is asked about one, also of one whose id is not known yet."""
    return Call("ec2.DescribeVpcPeeringConnections", {"VpcPeeringConnectionIds": [id]})


def regions(cloud: Cloud) -> list[Option[str]]:
    """Where the other VPC can be."""
    return switched_on(cloud, "the same region")


def overlap(ours: Iterable[Network], theirs: Iterable[Network]) -> tuple[Network, Network] | None:
    """The first two ranges that share addresses: AWS connects no VPCs of which any do, of either kind (VPC Peering
    Guide, "Limitations", 2026-11)."""
    others = tuple(theirs)
    return next(((one, other) for one in ours for other in others if one.overlaps(other)), None)
