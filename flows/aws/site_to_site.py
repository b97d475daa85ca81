"""Site-to-site VPN: gateways and connections to pick from, what to create, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    Cost,
    Find,
    Late,
    Option,
    Ref,
    Refused,
    Still,
    Undo,
    Use,
    Wait,
)

from .network import Vpc, attached, slug
from .tags import name_of, ours, tagged

ENDED = ("deleted", "deleting")
NEW: Final = "new"
CUSTOMER_ASN_FOR_STATIC = 65000
"""AWS demands a number even where it is not used (Site-to-Site VPN User Guide, "Customer gateway options")."""
AMAZON_ASN = 64512
PRICE = Cost(
    "The VPN connection, from the moment it is available, even while the tunnels are down",
    Decimal("0.05"),
    "2026-11",
    "AWS VPN pricing page, us-east-1; other regions differ a little",
    "Data sent out through it costs about 0.09 USD per GB; AWS may add 0.005 USD per hour for each tunnel address.",
)
SECRET_PRICE = Cost(
    "The secret that keeps the tunnel keys",
    Decimal("0.0005"),
    "2026-11",
    "AWS Secrets Manager pricing page",
    "About 0.40 USD per secret and month.",
)

LINK_LOCAL = IPv4Network("169.254.0.0/16")
RESERVED_INSIDE = tuple(IPv4Network(f"169.254.{n}/30") for n in ("0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "169.252"))

MODERN: dict[str, list[str] | list[int]] = {
    "IKEVersions": ["ikev2"],
    "Phase1EncryptionAlgorithms": ["AES256", "AES256-GCM-16"],
    "Phase2EncryptionAlgorithms": ["AES256", "AES256-GCM-16"],
    "Phase1IntegrityAlgorithms": ["SHA2-256", "SHA2-384", "SHA2-512"],
    "Phase2IntegrityAlgorithms": ["SHA2-256", "SHA2-384", "SHA2-512"],
    "Phase1DHGroupNumbers": [14, 15, 16, 19, 20, 21],
    "Phase2DHGroupNumbers": [14, 15, 16, 19, 20, 21],
}
"""AWS picks the lowest method that both sides allow, so weak ones must not be on the list."""


@dataclass(frozen=True)
class VpnGateway:
    """AWS's end: a plug on one VPC. `vpc` and `attachment` are empty when it is not attached."""

    id: str
    name: str
    asn: int
    vpc: str
    attachment: str

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
    """A connection of two gateways. `routes` are its static routes."""

    id: str
    name: str
    customer_gateway: str
    vpn_gateway: str
    static: bool
    routes: tuple[str, ...]
    inside: tuple[str, ...]

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
        found.get("CustomerGatewayId", ""),
        found.get("VpnGatewayId", ""),
        bool(options.get("StaticRoutesOnly")),
        tuple(str(route["DestinationCidrBlock"]) for route in routes),
        tuple(str(tunnel.get("TunnelInsideCidr", "")) for tunnel in options.get("TunnelOptions") or []),
    )


def registered(cloud: Cloud, address: IPv4Address, asn: int, device_name: str) -> Use | None:
    """The customer gateway that AWS would hand out instead of a new one, if there is one."""
    for gateway in customer_gateways(cloud):
        if (gateway.address, gateway.asn, gateway.device_name) == (str(address), asn, device_name):
            sentence = f"Use the registration of {address} that exists: {gateway.name or gateway.id}"
            return Use("customer-gateway", sentence, "AWS::EC2::CustomerGateway", gateway.id)
    return None


def between(cloud: Cloud, customer: Use | None, gateway: Use | None) -> Connection | None:
    """The connection that already stands between two existing gateways: AWS allows one for each pair."""
    if customer is None or gateway is None:
        return None
    pair = (customer.resource, gateway.resource)
    return next((each for each in connections(cloud) if (each.customer_gateway, each.vpn_gateway) == pair), None)


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


# -- to create -------------------------------------------------------------------------------------------------


def customer_gateway(name: str, address: IPv4Address, asn: int, device_name: str) -> Action:
    """Register the office's device. There is no token; AWS itself returns an identical one that exists."""
    number = {"BgpAsn": asn} if asn <= 2147483647 else {"BgpAsnExtended": asn}
    device = {"DeviceName": device_name} if device_name else {}
    made = "CustomerGateway.CustomerGatewayId"
    by_id = {"CustomerGatewayIds": [Ref("customer-gateway", made)]}
    return Action(
        "customer-gateway",
        f"Register the office's VPN device {address}",
        Call(
            "ec2.CreateCustomerGateway",
            {
                "Type": "ipsec.1",
                "IpAddress": str(address),
                **number,
                **device,
                **tagged("customer-gateway", f"{name}-cgw"),
            },
        ),
        wait=Wait(
            Call("ec2.DescribeCustomerGateways", by_id),
            ready="CustomerGateways[0].State=='available'",
            failed="contains(['deleted','deleting'], CustomerGateways[0].State || '')",
            now="CustomerGateways[0].State",
            sentence="Waiting until the device is registered",
            typical=5,
        ),
        undo=(
            Undo(
                Call("ec2.DeleteCustomerGateway", {"CustomerGatewayId": Ref("customer-gateway", made)}),
                # AWS hands out an identical one that exists, so the answer alone does not make it this run's
                still=Still(
                    Call("ec2.DescribeCustomerGateways", by_id),
                    "CustomerGateways[?State!='deleted' && State!='deleting']"
                    ".[Tags[?Key=='handrail:run'].Value | [0] || 'nobody'] | [0][0]",
                    RUN,
                    "It does not carry this run's tag: somebody else registered it.",
                ),
                gone=("InvalidCustomerGatewayID.NotFound",),
                not_yet=("IncorrectState",),
                wait=Wait(
                    Call("ec2.DescribeCustomerGateways", by_id),
                    ready="!CustomerGateways || CustomerGateways[0].State=='deleted'",
                    now="CustomerGateways[0].State",
                    gone=("InvalidCustomerGatewayID.NotFound",),
                    sentence="Waiting until the device's registration is deleted",
                    typical=5,
                ),
            ),
        ),
        find=ours("ec2.DescribeCustomerGateways", "CustomerGateways", "CustomerGateway"),
        type="AWS::EC2::CustomerGateway",
        resource=Ref("customer-gateway", made),
        undone=f"The registration of {address}",
    )


def vpn_gateway(name: str, asn: int) -> Action:
    """Make AWS's end."""
    made = Ref("vpn-gateway", "VpnGateway.VpnGatewayId")
    by_id = {"VpnGatewayIds": [made]}
    return Action(
        "vpn-gateway",
        f"Create the VPN gateway {name}-vgw",
        Call("ec2.CreateVpnGateway", {"Type": "ipsec.1", "AmazonSideAsn": asn, **tagged("vpn-gateway", f"{name}-vgw")}),
        wait=Wait(
            Call("ec2.DescribeVpnGateways", by_id),
            ready="VpnGateways[0].State=='available'",
            failed="contains(['deleted','deleting'], VpnGateways[0].State || '')",
            now="VpnGateways[0].State",
            sentence="Waiting until the VPN gateway is there",
            typical=5,
        ),
        undo=(
            Undo(
                Call("ec2.DeleteVpnGateway", {"VpnGatewayId": made}),
                gone=("InvalidVpnGatewayID.NotFound",),
                not_yet=("IncorrectState", "DependencyViolation"),
                wait=Wait(
                    Call("ec2.DescribeVpnGateways", by_id),
                    ready="!VpnGateways || VpnGateways[0].State=='deleted'",
                    now="VpnGateways[0].State",
                    gone=("InvalidVpnGatewayID.NotFound",),
                    sentence="Waiting until the VPN gateway is deleted",
                    typical=10,
                ),
            ),
        ),
        find=ours("ec2.DescribeVpnGateways", "VpnGateways", "VpnGateway"),
        type="AWS::EC2::VPNGateway",
        resource=made,
        undone="The VPN gateway",
    )


def attach(gateway: Late, vpc: Vpc) -> Action:
    """Plug AWS's end into a VPC."""
    both = {"VpcId": vpc.id, "VpnGatewayId": gateway}
    look = Call("ec2.DescribeVpnGateways", {"VpnGatewayIds": [gateway]})
    here = f"VpnGateways[0].VpcAttachments[?VpcId=='{vpc.id}' && State!='detached']"
    return Action(
        "attach",
        f"Attach it to the VPC {vpc.name or vpc.id}",
        Call("ec2.AttachVpnGateway", both),
        wait=attached(gateway, vpc),
        undo=(
            Undo(
                Call("ec2.DetachVpnGateway", both),
                gone=("InvalidVpnGatewayAttachment.NotFound", "InvalidVpnGatewayID.NotFound"),
                not_yet=("IncorrectState", "DependencyViolation"),
                wait=Wait(
                    look,
                    ready=f"!({here} | [0])",
                    now=f"{here} | [0].State",
                    gone=("InvalidVpnGatewayID.NotFound",),
                    sentence="Waiting until the VPN gateway is detached",
                    typical=60,
                    limit=1800,
                ),
            ),
        ),
        find=Find(look, f"{here} | [0].{{VpcAttachment: @}}"),
        not_yet=("InvalidVpnGatewayState",),
        type="AWS::EC2::VPCGatewayAttachment",
        undone=f"The attachment to {vpc.name or vpc.id}",
    )


def vpn_connection(
    name: str, customer: Late, gateway: Late, options: dict[str, Any], *, after: tuple[str, ...], secret: bool
) -> Action:
    """Make the connection with its two tunnels. Its keys are in AWS's answer, which is never kept.

    terraform-provider-aws waits up to 40 minutes; usual are 2 to 10.
    """
    made = Ref("connection", "VpnConnection.VpnConnectionId")
    by_id = {"VpnConnectionIds": [made]}
    storage = {"PreSharedKeyStorage": "SecretsManager"} if secret else {}
    return Action(
        "connection",
        "Create the VPN connection with its two tunnels",
        Call(
            "ec2.CreateVpnConnection",
            {
                "Type": "ipsec.1",
                "CustomerGatewayId": customer,
                "VpnGatewayId": gateway,
                "Options": options,
                **storage,
                **tagged("vpn-connection", name),
            },
        ),
        wait=Wait(
            Call("ec2.DescribeVpnConnections", by_id),
            ready="VpnConnections[0].State=='available'",
            failed="contains(['deleted','deleting'], VpnConnections[0].State || '')",
            now="VpnConnections[0].State",
            sentence="Waiting until AWS has set both tunnels up",
            typical=300,
            limit=2400,
        ),
        undo=(
            Undo(
                Call("ec2.DeleteVpnConnection", {"VpnConnectionId": made}),
                gone=("InvalidVpnConnectionID.NotFound",),
                not_yet=("IncorrectState",),
                wait=Wait(
                    Call("ec2.DescribeVpnConnections", by_id),
                    ready="!VpnConnections || VpnConnections[0].State=='deleted'",
                    now="VpnConnections[0].State",
                    gone=("InvalidVpnConnectionID.NotFound",),
                    sentence="Waiting until the VPN connection is deleted",
                    typical=120,
                ),
            ),
        ),
        find=ours("ec2.DescribeVpnConnections", "VpnConnections", "VpnConnection"),
        after=after,
        not_yet=("InvalidCustomerGatewayState", "InvalidVpnGatewayState"),
        type="AWS::EC2::VPNConnection",
        resource=made,
        costs=(PRICE, SECRET_PRICE) if secret else (PRICE,),
        undone="The VPN connection; its AWS addresses and keys are gone for good",
    )


def static_route(connection: Late, network: IPv4Network) -> Action:
    """Tell a static connection of one network of the office. Repeating it is harmless."""
    both = {"VpnConnectionId": connection, "DestinationCidrBlock": str(network)}
    return Action(
        f"static-{slug(network)}",
        f"Tell AWS that {network} is in the office",
        Call("ec2.CreateVpnConnectionRoute", both),
        wait=Wait(
            Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection]}),
            ready=f"!VpnConnections[0].Routes || VpnConnections[0].Routes[?DestinationCidrBlock=='{network}' && "
            "State!='pending'] | [0]",
            now=f"VpnConnections[0].Routes[?DestinationCidrBlock=='{network}'] | [0].State",
            sentence=f"Waiting until AWS knows {network}",
            typical=10,
        ),
        undo=(
            Undo(
                Call("ec2.DeleteVpnConnectionRoute", both),
                gone=("InvalidVpnConnectionID.NotFound", "InvalidRoute.NotFound"),
                not_yet=("IncorrectState", "InvalidVpnConnection.InvalidState"),
            ),
        ),
        not_yet=("InvalidVpnConnection.InvalidState", "IncorrectState"),
        type="AWS::EC2::VPNConnectionRoute",
        undone=f"The connection's route to {network}",
    )


def tunnel_options(*, modern: bool, aws_starts: bool, inside: tuple[IPv4Network, ...]) -> list[dict[str, Any]]:
    """The options of both tunnels (botocore's model of CreateVpnConnection, 1.44).

    Args:
        modern: only IKEv2, AES-256, SHA-2 and large groups; else everything that AWS knows.
        aws_starts: AWS keeps trying to bring the tunnel up, instead of waiting for the device.
        inside: two /30 for the tunnels' inside addresses; AWS chooses if empty.
    """
    methods = {key: [{"Value": value} for value in values] for key, values in MODERN.items()} if modern else {}
    start = {"StartupAction": "start", "DPDTimeoutAction": "restart"} if aws_starts else {"StartupAction": "add"}
    return [{**methods, **start, **({"TunnelInsideCidr": str(inside[number])} if inside else {})} for number in (0, 1)]


def _vpn_gateway(gateway: dict[str, Any]) -> VpnGateway:
    attached = [a for a in gateway.get("VpcAttachments") or [] if a.get("State") != "detached"]
    return VpnGateway(
        gateway["VpnGatewayId"],
        name_of(gateway),
        int(gateway.get("AmazonSideAsn") or AMAZON_ASN),
        attached[0]["VpcId"] if attached else "",
        attached[0]["State"] if attached else "",
    )
