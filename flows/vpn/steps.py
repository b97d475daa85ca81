"""Site-to-site VPN: what is created, how it is known again, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from flows.aws import transit_gateway_routes, vpn_dependents, vpn_tunnels
from flows.aws.addresses import slug
from flows.aws.route_tables import ATTACH
from flows.aws.site_to_site_vpn import attached
from flows.aws.tags import ALIVE, others_tag, ours, tagged
from flows.aws.vpcs import Vpc
from flows.aws.vpn_devices import VpnDevice
from flows.engine import RUN, Action, Call, Cost, Find, Join, Late, Others, Ref, Still, Undo, Wait, join
from flows.engine.references import HANDED_OVER

from .devices import makers

PRICE = Cost(
    "The VPN connection, from the moment it is available, even while the tunnels are down",
    Decimal("0.05"),
    "2026-11",
    "AWS VPN pricing page, US East (N. Virginia); no price list was read, and other regions may cost otherwise",
    "Data sent out through it costs about 0.09 USD per GB; AWS may add 0.005 USD per hour for each tunnel address.",
)
SECRET_PRICE = Cost(
    "The secret that keeps the tunnel keys",
    Decimal("0.0005"),
    "2026-11",
    "AWS Secrets Manager pricing page",
    "About 0.40 USD per secret and month.",
)

CONNECTION = Ref("connection", "VpnConnection.VpnConnectionId")
"""The id of the connection that this run makes."""


def customer_gateway(name: str, address: IPv4Address, asn: int, device_name: str) -> Action:
    """Register the office's device. There is no token; AWS itself returns an identical one that exists."""
    number = {"BgpAsn": asn} if asn <= 2147483647 else {"BgpAsnExtended": asn}
    device = {"DeviceName": device_name} if device_name else {}
    made = Ref("customer-gateway", "CustomerGateway.CustomerGatewayId")
    by_id = {"CustomerGatewayIds": [made]}
    same = (
        f"IpAddress=='{address}' && (BgpAsn=='{asn}' || BgpAsnExtended=='{asn}') && (DeviceName || '')=='{device_name}'"
    )
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
        wait=_until_there("CustomerGateways", by_id, "the device is registered", 5),
        undo=(
            Undo(
                Call("ec2.DeleteCustomerGateway", {"CustomerGatewayId": made}),
                still=_of_this_run("ec2.DescribeCustomerGateways", by_id, "CustomerGateways"),
                not_yet=("IncorrectState",),
                wait=_until_gone("CustomerGateways", by_id, "the device's registration is deleted", 5),
            ),
        ),
        find=ours("ec2.DescribeCustomerGateways", "CustomerGateways", "CustomerGateway"),
        unless=Find(
            Call("ec2.DescribeCustomerGateways", {"Filters": [{"Name": "ip-address", "Values": [str(address)]}]}),
            f"CustomerGateways[?{ALIVE} && {same}] | [0].{{CustomerGateway: @}}",
        ),
        whose=others_tag("CustomerGateway"),
        others=(vpn_dependents.connections("CustomerGatewayId", made),),
        type="AWS::EC2::CustomerGateway",
        resource=made,
        undone=f"The registration of {address}",
    )


def vpn_gateway(name: str, asn: int, vpc: str) -> Action:
    """Make AWS's end, for the network with this id."""
    made = Ref("vpn-gateway", "VpnGateway.VpnGatewayId")
    by_id = {"VpnGatewayIds": [made]}
    return Action(
        "vpn-gateway",
        f"Create the VPN gateway {name}-vgw",
        Call("ec2.CreateVpnGateway", {"Type": "ipsec.1", "AmazonSideAsn": asn, **tagged("vpn-gateway", f"{name}-vgw")}),
        wait=_until_there("VpnGateways", by_id, "the VPN gateway is there", 5),
        undo=(
            Undo(
                Call("ec2.DeleteVpnGateway", {"VpnGatewayId": made}),
                # one that has ended is told of for a while
                still=Still(
                    Call("ec2.DescribeVpnGateways", by_id), f"VpnGateways[?{ALIVE}] | [0].VpnGatewayId", made, ""
                ),
                not_yet=("IncorrectState", "DependencyViolation"),
                wait=_until_gone("VpnGateways", by_id, "the VPN gateway is deleted", 10),
            ),
        ),
        find=ours("ec2.DescribeVpnGateways", "VpnGateways", "VpnGateway"),
        others=(vpn_dependents.connections("VpnGatewayId", made), vpn_dependents.attachments(made, vpc)),
        type="AWS::EC2::VPNGateway",
        resource=made,
        undone="The VPN gateway",
    )


def attach(gateway: Late, vpc: Vpc, tables: tuple[Others, ...], known: tuple[str, ...]) -> Action:
    """Plug AWS's end into a VPC.

    An attachment has no tag: one of a gateway that this run made is its own, one of another may be anybody's.

    Args:
        gateway: the id of AWS's end.
        vpc: the network.
        tables: what others may have let lead there.
        known: the ids of the connections that it has already.
    """
    made = isinstance(gateway, Ref)
    both = {"VpcId": vpc.id, "VpnGatewayId": gateway}
    look = Call("ec2.DescribeVpnGateways", {"VpnGatewayIds": [gateway]})
    here = f"VpnGateways[0].VpcAttachments[?VpcId=='{vpc.id}' && State!='detached']"
    there = Find(look, f"{here} | [0].{{VpcAttachment: @}}")
    return Action(
        ATTACH,
        f"Attach it to the VPC {vpc.called}",
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
        find=there if made else None,
        unless=None if made else there,
        not_yet=("InvalidVpnGatewayState",),
        others=(vpn_dependents.connections("VpnGatewayId", gateway, known=known), *tables),
        type="AWS::EC2::VPCGatewayAttachment",
        undone=f"The attachment to {vpc.called}",
    )


def vpn_connection(
    name: str,
    customer: Late,
    gateway: Late,
    options: dict[str, Any],
    *,
    after: tuple[str, ...],
    secret: bool,
    others: tuple[Others, ...],
    networks: Iterable[IPv4Network],
    device: VpnDevice | str,
) -> Action:
    """Make the connection with its two tunnels. Its keys are in AWS's answer, which is never kept.

    Between two gateways that have one already, AWS hands that out instead; a transit gateway takes a second one (VPC
    Transit Gateways guide, "Equal Cost Multipath routing", 2026-11). terraform-provider-aws waits up to 40
    minutes; usual are 2 to 10.
    """
    made = CONNECTION
    by_id = {"VpnConnectionIds": [made]}
    between = f"CustomerGatewayId=='{customer}' && VpnGatewayId=='{gateway}'"
    end = vpn_dependents.aws_end(gateway)
    stood = isinstance(customer, str) and isinstance(gateway, str) and end == "VpnGatewayId"
    storage = {"PreSharedKeyStorage": "SecretsManager"} if secret else {}
    return Action(
        "connection",
        "Create the VPN connection with its two tunnels",
        Call(
            "ec2.CreateVpnConnection",
            {
                "Type": "ipsec.1",
                "CustomerGatewayId": customer,
                end: gateway,
                "Options": options,
                **storage,
                **tagged("vpn-connection", name),
            },
        ),
        wait=_until_there("VpnConnections", by_id, "AWS has set both tunnels up", 300, limit=2400),
        undo=(
            Undo(
                Call("ec2.DeleteVpnConnection", {"VpnConnectionId": made}),
                still=_of_this_run("ec2.DescribeVpnConnections", by_id, "VpnConnections"),
                not_yet=("IncorrectState",),
                wait=_until_gone("VpnConnections", by_id, "the VPN connection is deleted", 120),
            ),
        ),
        find=ours("ec2.DescribeVpnConnections", "VpnConnections", "VpnConnection"),
        unless=Find(
            Call("ec2.DescribeVpnConnections"), f"VpnConnections[?{ALIVE} && {between}] | [0].{{VpnConnection: @}}"
        )
        if stood
        else None,
        whose=others_tag("VpnConnection"),
        others=(
            *(replace(each, by=made) for each in others),
            *([vpn_dependents.static_routes(made, networks)] if end == "VpnGatewayId" else []),
        ),
        settings=vpn_dependents.options(made, end),
        after=after,
        not_yet=("InvalidCustomerGatewayState", "InvalidVpnGatewayState"),
        type="AWS::EC2::VPNConnection",
        resource=made,
        costs=(
            PRICE,
            *([SECRET_PRICE] if secret else []),
            *([transit_gateway_routes.price("the VPN connection")] if end == "TransitGatewayId" else []),
        ),
        undone="The VPN connection; its AWS addresses and keys are gone for good",
        yours=_taken_off(made, device),
        left="The VPN connection",
    )


def static_route(connection: Late, network: IPv4Network, others: tuple[Others, ...], *, made: bool) -> Action:
    """Tell a static connection of one network of the office.

    AWS takes a repeated one without a word, and a route has no tag: one of a connection that was not `made` by this run
    may be anybody's.
    """
    both = {"VpnConnectionId": connection, "DestinationCidrBlock": str(network)}
    look = Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection]})
    here = f"Routes[?DestinationCidrBlock=='{network}' && {ALIVE}] | [0].DestinationCidrBlock"
    return Action(
        f"static-{slug(network)}",
        f"Tell AWS that {network} is in the office",
        Call("ec2.CreateVpnConnectionRoute", both),
        wait=Wait(
            look,
            ready=f"VpnConnections[0].Routes[?DestinationCidrBlock=='{network}' && State=='available'] | [0]",
            now=f"VpnConnections[0].Routes[?DestinationCidrBlock=='{network}'] | [0].State",
            sentence=f"Waiting until AWS knows {network}",
            typical=10,
            silence=60,
        ),
        undo=(
            Undo(
                Call("ec2.DeleteVpnConnectionRoute", both),
                # an emulator may tell nothing of routes
                still=Still(
                    look,
                    f"VpnConnections[?{ALIVE}] | [0] | @ && (Routes==`null` && '{network}' || ({here}))",
                    str(network),
                    "",
                ),
                not_yet=("IncorrectState", "InvalidVpnConnection.InvalidState"),
            ),
        ),
        unless=None if made else Find(look, f"VpnConnections[0] | {here}"),
        not_yet=("InvalidVpnConnection.InvalidState", "IncorrectState"),
        others=tuple(replace(each, by=connection) for each in others),
        goes_with=connection.action if isinstance(connection, Ref) else "",
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
    methods = (
        {key: [{"Value": value} for value in values] for key, values in vpn_tunnels.MODERN.items()} if modern else {}
    )
    start = {"StartupAction": "start", "DPDTimeoutAction": "restart"} if aws_starts else {"StartupAction": "add"}
    return [{**methods, **start, **({"TunnelInsideCidr": str(inside[number])} if inside else {})} for number in (0, 1)]


def _taken_off(connection: Ref, device: VpnDevice | str) -> Join:
    """What is left to do on the office's device once the connection is gone, where its files were handed over."""
    if isinstance(device, VpnDevice):
        return join(f"Take it off the {device.called} in the office as well. {makers.of(device).off}", HANDED_OVER)
    return join(
        HANDED_OVER,
        "Take it off the office's device as well. On a gateway that was set up with its files: systemctl disable "
        "--now aws-tunnels-keep.timer aws-tunnels, then rm /etc/swanctl/conf.d/",
        connection,
        ".conf",
    )


def _until_there(things: str, by_id: dict[str, Any], what: str, typical: int, limit: int = 600) -> Wait:
    return Wait(
        Call(f"ec2.Describe{things}", by_id),
        ready=f"{things}[0].State=='available'",
        failed=f"contains(['deleted','deleting'], {things}[0].State || '')",
        now=f"{things}[0].State",
        sentence=f"Waiting until {what}",
        typical=typical,
        limit=limit,
    )


def _until_gone(things: str, by_id: dict[str, Any], what: str, typical: int) -> Wait:
    """AWS tells of what is deleted for a while."""
    return Wait(
        Call(f"ec2.Describe{things}", by_id),
        ready=f"!{things} || {things}[0].State=='deleted'",
        now=f"{things}[0].State",
        gone=(f"Invalid{things.removesuffix('s')}ID.NotFound",),
        sentence=f"Waiting until {what}",
        typical=typical,
    )


def _of_this_run(operation: str, by_id: dict[str, Any], things: str) -> Still:
    """AWS may hand out what exists already as if it were new; what this run made carries its tag.

    Where nothing is tagged at all, as in an emulator that does not keep tags, there is nothing to tell it by.
    """
    tag = "Tags[0] && (Tags[?Key=='handrail:run'].Value | [0] || 'nobody')"
    return Still(
        Call(operation, by_id),
        join(f"{things}[?{ALIVE}] | [0] | @ && ({tag} || '", RUN, "')"),
        RUN,
        "It does not carry this run's tag: somebody else made it.",
    )
