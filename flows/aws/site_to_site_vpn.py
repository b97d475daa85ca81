"""Site-to-site VPN: gateways and connections to pick from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

from flows.engine import Call, Cloud, Late, Option, Refused, Use, Wait

from .tags import name_of, of
from .vpcs import Vpc

ENDED = ("deleted", "deleting")
NEW: Final = "new"
CUSTOMER_ASN_FOR_STATIC = 65000
"""AWS demands a number even where it is not used (Site-to-Site VPN User Guide, "Customer gateway options")."""
AMAZON_ASN = 64512

KEPT = timedelta(days=455)
"""How long CloudWatch keeps what it measures, by the hour (CloudWatch User Guide, "Metrics retention", 2026-11)."""
LINK_LOCAL = IPv4Network("169.254.0.0/16")
RESERVED_INSIDE = tuple(IPv4Network(f"169.254.{n}/30") for n in ("0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "169.252"))


@dataclass(frozen=True)
class VpnGateway:
    """AWS's end: a plug on one VPC. `vpc` and `attachment` are empty when it is not attached."""

    id: str
    name: str
    asn: int
    vpc: str
    attachment: str
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    def used(self) -> Use:
        return Use("vpn-gateway", f"Use the VPN gateway {self.name or self.id}", "AWS::EC2::VPNGateway", self.id)


@dataclass(frozen=True)
class CustomerGateway:
    """The office's device, as AWS knows it."""

    id: str
    name: str
    address: str
    asn: int
    device_name: str


@dataclass(frozen=True)
class Connection:
    """A connection of two gateways. `routes` are its static routes; `local` and `remote` are what its tunnels carry, of
    the office and of AWS, each a network; `unsaid` is whether AWS leaves open how it routes, and `run` the run of
    Handrail that made it, if one did. `six` is whether its tunnels carry IPv6 and no IPv4, at a transit gateway alone
    (Site-to-Site VPN User Guide, "IPv4 and IPv6 traffic in AWS Site-to-Site VPN", 2026-11)."""

    id: str
    name: str
    customer_gateway: str
    vpn_gateway: str
    static: bool
    routes: tuple[str, ...]
    inside: tuple[str, ...]
    local: str = "0.0.0.0/0"
    remote: str = "0.0.0.0/0"
    unsaid: bool = False
    run: str = ""
    transit_gateway: str = ""
    six: bool = False

    @property
    def aws_end(self) -> str:
        """The id of the gateway that it ends at in AWS."""
        return self.vpn_gateway or self.transit_gateway

    def used(self) -> Use:
        return Use("connection", f"Use the VPN connection {self.name or self.id}", "AWS::EC2::VPNConnection", self.id)


# -- to pick from ----------------------------------------------------------------------------------------------


def gateways(cloud: Cloud) -> list[VpnGateway]:
    """The virtual private gateways of the region."""
    found = cloud.make(Call("ec2.DescribeVpnGateways")).get("VpnGateways") or []
    return [_vpn_gateway(gateway) for gateway in found if gateway.get("State") not in ENDED]


def gateway_options(cloud: Cloud, vpc: Vpc) -> Iterator[Option[VpnGateway | str]]:
    """The gateway that a VPC has, or else a new one and those that are not attached. Raises Refused."""
    found = gateways(cloud)
    for gateway in found:
        if gateway.vpc == vpc.id:
            if gateway.attachment == "detaching":
                raise Refused(
                    f"The VPN gateway {gateway.id} is being removed from this VPC right now.",
                    remedy="Wait a minute, then read again.",
                )
            yield Option(gateway.id, gateway, gateway.name or gateway.id, "already attached to this VPC, used as it is")
            return
    yield Option(NEW, NEW, "a new VPN gateway", "costs nothing itself")
    for gateway in found:
        if not gateway.vpc:
            yield Option(
                gateway.id, gateway, gateway.name or gateway.id, f"{gateway.id}  not attached, ASN {gateway.asn}"
            )


def customer_gateways(cloud: Cloud) -> list[CustomerGateway]:
    """The customer gateways of the region."""
    found = cloud.make(Call("ec2.DescribeCustomerGateways")).get("CustomerGateways") or []
    return [
        CustomerGateway(
            gateway["CustomerGatewayId"],
            name_of(gateway),
            gateway.get("IpAddress", ""),
            int(gateway.get("BgpAsnExtended") or gateway.get("BgpAsn") or CUSTOMER_ASN_FOR_STATIC),
            gateway.get("DeviceName") or "",
        )
        for gateway in found
        if gateway.get("State") not in ENDED
    ]


def connections(cloud: Cloud) -> list[Connection]:
    """The VPN connections of the region that have not ended."""
    found = cloud.make(Call("ec2.DescribeVpnConnections")).get("VpnConnections") or []
    return [connection(each) for each in found if each.get("State") not in ENDED]


def connection(found: dict[str, Any]) -> Connection:
    """One connection out of AWS's answer."""
    options = found.get("Options") or {}
    routes = (route for route in found.get("Routes") or [] if route.get("State") not in ENDED)
    return Connection(
        found["VpnConnectionId"],
        name_of(found),
        str(found.get("CustomerGatewayId") or ""),
        str(found.get("VpnGatewayId") or ""),
        bool(options.get("StaticRoutesOnly")),
        tuple(str(route["DestinationCidrBlock"]) for route in routes if route.get("DestinationCidrBlock")),
        tuple(str(tunnel.get("TunnelInsideCidr", "")) for tunnel in options.get("TunnelOptions") or []),
        str(options.get("LocalIpv4NetworkCidr") or "0.0.0.0/0"),
        str(options.get("RemoteIpv4NetworkCidr") or "0.0.0.0/0"),
        unsaid="StaticRoutesOnly" not in options,
        run=of(found).get("handrail:run", ""),
        transit_gateway=str(found.get("TransitGatewayId") or ""),
        six=options.get("TunnelInsideIpVersion") == "ipv6",
    )


def was_up(cloud: Cloud, id: str, now: datetime) -> bool:
    """Whether a tunnel of a connection was up at any time in the 15 months that CloudWatch keeps. Raises CloudError.

    A day's greatest TunnelState of a connection is above 0 if a tunnel was up (Site-to-Site VPN User Guide,
    "CloudWatch metrics", 2026-11).
    """
    metric = {
        "Namespace": "AWS/VPN", "MetricName": "TunnelState", "Dimensions": [{"Name": "VpnId", "Value": id}],
    }  # fmt: skip
    query = {"Id": "state", "MetricStat": {"Metric": metric, "Period": 86400, "Stat": "Maximum"}}
    span = {"StartTime": now - KEPT, "EndTime": now + timedelta(minutes=1)}
    pages = cloud.pages(Call("cloudwatch.GetMetricData", {"MetricDataQueries": [query], **span}))
    results = [each for page in pages for each in page.get("MetricDataResults") or []]
    return any(value > 0 for each in results for value in each.get("Values") or [])


def made(cloud: Cloud, id: str) -> datetime | None:
    """When a connection was made; None if CloudTrail, which keeps 90 days, does not tell. Raises CloudError."""
    about = [{"AttributeKey": "ResourceName", "AttributeValue": id}]
    found = cloud.make(Call("cloudtrail.LookupEvents", {"LookupAttributes": about})).get("Events") or []
    times = [each["EventTime"] for each in found if each.get("EventName") == "CreateVpnConnection"]
    return min(times, default=None)


def registered(cloud: Cloud, address: IPv4Address, asn: int, device_name: str) -> Use | None:
    """The customer gateway that AWS would hand out instead of a new one, if there is one."""
    for gateway in customer_gateways(cloud):
        if (gateway.address, gateway.asn, gateway.device_name) == (str(address), asn, device_name):
            sentence = f"Use the registration of {address} that exists: {gateway.name or gateway.id}"
            return Use("customer-gateway", sentence, "AWS::EC2::CustomerGateway", gateway.id)
    return None


def between(cloud: Cloud, customer: Use | None, gateway: Use | None) -> Connection | None:
    """The connection that already stands between two existing gateways.

    AWS allows one for each pair, and several at a transit gateway; one that is there is used.
    """
    if customer is None or gateway is None:
        return None
    pair = (customer.resource, gateway.resource)
    return next((each for each in connections(cloud) if (each.customer_gateway, each.aws_end) == pair), None)


def routes_of(cloud: Cloud, used: Use | None) -> tuple[str, ...]:
    """The static routes that an existing connection has."""
    return next((each.routes for each in connections(cloud) if used and each.id == used.resource), ())


def inside_network(text: str) -> IPv4Network:
    """A tunnel's inside network. Raises Refused (ranges: CreateVpnConnection, EC2 API reference, 2026-10)."""
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        network = None
    if network is None or network.prefixlen != 30 or not network.subnet_of(LINK_LOCAL):
        raise Refused(f"{text} must be a /30 inside 169.254.0.0/16, for example 169.254.44.244/30.")
    if not text.startswith(f"{network.network_address}/"):
        raise Refused(f"{text} is not the start of a /30. Did you mean {network}?", suggestion=str(network))
    if network in RESERVED_INSIDE:
        reserved = ", ".join(str(other) for other in RESERVED_INSIDE[:-1])
        raise Refused(f"{network} is reserved by AWS. Not allowed are {reserved} and {RESERVED_INSIDE[-1]}.")
    return network


def usable_inside(networks: tuple[IPv4Network, ...], taken: list[Connection]) -> None:
    """Refuse inside networks that do not make a pair, or that another connection uses."""
    if networks and len(networks) != 2:
        raise Refused(f"There are two tunnels, so enter two networks or none; these are {len(networks)}.")
    if networks and networks[0] == networks[1]:
        raise Refused("The two tunnels need different inside networks.")
    for network in networks:
        for other in taken:
            if str(network) in other.inside:
                raise Refused(f"{network} is already used by {other.id}.")


def interface(text: str) -> str:
    """A network interface's name as Linux allows it. Raises Refused."""
    if not 1 <= len(text) <= 15 or not all(c.isascii() and (c.isalnum() or c in "_.-") for c in text):
        raise Refused(f"“{text}” is not an interface name; it looks like eth0 or ens3.")
    return text


def attached(gateway: Late, vpc: Vpc) -> Wait:
    """Wait until a VPN gateway is attached (terraform-provider-aws allows 15 minutes)."""
    return Wait(
        Call("ec2.DescribeVpnGateways", {"VpnGatewayIds": [gateway]}),
        ready=f"VpnGateways[0].VpcAttachments[?VpcId=='{vpc.id}' && State=='attached'] | [0]",
        now=f"VpnGateways[0].VpcAttachments[?VpcId=='{vpc.id}'] | [0].State",
        sentence=f"Waiting until the VPN gateway is attached to {vpc.called}",
        typical=40,
        limit=900,
    )


def _vpn_gateway(gateway: dict[str, Any]) -> VpnGateway:
    attached = [a for a in gateway.get("VpcAttachments") or [] if a.get("State") != "detached"]
    return VpnGateway(
        gateway["VpnGatewayId"],
        name_of(gateway),
        int(gateway.get("AmazonSideAsn") or AMAZON_ASN),
        str(attached[0].get("VpcId") or "") if attached else "",
        str(attached[0].get("State") or "") if attached else "",
        of(gateway),
    )
