"""What others may have at the ends of a VPN connection that a run made, or may have changed of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from flows.engine import Call, Late, Others, Settings, found, join

from . import edits
from .addresses import Network
from .tags import ALIVE, NAME

FILTERS = {
    "VpnGatewayId": "vpn-gateway-id", "TransitGatewayId": "transit-gateway-id",
    "CustomerGatewayId": "customer-gateway-id",
}  # fmt: skip
"""By which filter EC2 lists the connections that have a gateway at that end."""
PROPAGATED = "Origin=='EnableVgwRoutePropagation'"
EDITABLE = (
    "TunnelInsideCidr", "StartupAction", "DpdTimeoutAction", "DpdTimeoutSeconds", "Phase1LifetimeSeconds",
    "Phase2LifetimeSeconds", "IkeVersions[].Value", "Phase1EncryptionAlgorithms[].Value",
    "Phase2EncryptionAlgorithms[].Value", "Phase1IntegrityAlgorithms[].Value", "Phase2IntegrityAlgorithms[].Value",
    "Phase1DHGroupNumbers[].Value", "Phase2DHGroupNumbers[].Value",
)  # fmt: skip
"""Of a tunnel, without its key (botocore's model of EC2's ModifyVpnTunnelOptions, 1.44)."""


def aws_end(gateway: Late) -> str:
    """By which key EC2 names this end of a connection; a transit gateway is never made here, so its id is known."""
    return "TransitGatewayId" if str(gateway).startswith("tgw-") else "VpnGatewayId"


def route_target(gateway: Late) -> str:
    """By which key a route leads to that end."""
    return "TransitGatewayId" if str(gateway).startswith("tgw-") else "GatewayId"


def connections(end: str, id: Late, networks: Iterable[Network] = (), known: Iterable[str] = ()) -> Others:
    """The connections of others that have a gateway at one end.

    Args:
        end: a key of FILTERS.
        id: that gateway's.
        networks: only those that may lead to one of them; AWS does not tell which networks a device announces by BGP.
        known: the ids of those that were there before.
    """
    there = edits.literal(sorted(map(str, networks)))
    leads = f" && (!{there} || !(Options.StaticRoutesOnly) || Routes[?contains({there}, DestinationCidrBlock)])"
    before = f" && !contains({edits.literal(known)}, VpnConnectionId)"
    return Others(
        Call("ec2.DescribeVpnConnections", {"Filters": [{"Name": FILTERS[end], "Values": [id]}]}),
        # not by this run's tag: one that another run made again in its place has that as well
        join(f"VpnConnections[?{end}=='", id, f"' && {ALIVE}{leads}{before}].[VpnConnectionId, {NAME}]"),
        "VPN connections of others use it",
        remove=Call("ec2.DeleteVpnConnection", {"VpnConnectionId": found("id")}),
    )


def attachments(gateway: Late, vpc: str) -> Others:
    """The networks to which somebody attached the gateway after taking it out of `vpc`."""
    return Others(
        Call("ec2.DescribeVpnGateways", {"VpnGatewayIds": [gateway]}),
        f"VpnGateways[].VpcAttachments[] | [?VpcId!='{vpc}' && State!='detached'].VpcId",
        "Somebody attached it to other networks",
        remove=Call("ec2.DetachVpnGateway", {"VpnGatewayId": gateway, "VpcId": found("id")}),
    )


def tables(
    gateway: Late, vpc: str, ours: Sequence[str], networks: Iterable[IPv4Network], *, fixed: bool, made: bool
) -> tuple[Others, ...]:
    """Where somebody let more than this run did lead to the gateway, and so to the office.

    Nothing propagates from a transit gateway into the tables of a VPC.

    Args:
        gateway: its id.
        vpc: the network whose route tables they are.
        ours: the ids of the tables in which this run made routes.
        networks: the office's.
        fixed: whether it entered them one by one; else the gateway does.
        made: whether this run made the gateway, or attached it. What leads to one that was there before may not be
            about this office.
    """
    look = Call("ec2.DescribeRouteTables", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]})
    entered = edits.literal(sorted(str(network) for network in networks))
    own = f"contains({edits.literal(ours)}, table) && contains({entered if fixed else '`[]`'}, to)"
    theirs = f"!({own})" if made else f"!contains({edits.literal(ours)}, table) && contains({entered}, to)"
    routes = Others(
        look,
        join(
            f"RouteTables[].beside(Routes[?!({PROPAGATED}) && {route_target(gateway)}=='", gateway,
            "'].{to: DestinationCidrBlock || DestinationPrefixListId || DestinationIpv6CidrBlock}, "
            "{table: RouteTableId})[] | "
            f"[?{theirs}].[table, to]",
        ),
        "Routes of others lead to the office by it",
        remove=Call("ec2.DeleteRoute", {"RouteTableId": found("id"), "DestinationCidrBlock": found("[1]")}),
    )  # fmt: skip
    propagated = Others(
        look,
        join(
            f"RouteTables[?!contains({edits.literal(() if fixed else ours)}, RouteTableId) && "
            "PropagatingVgws[?GatewayId=='", gateway, f"']].[RouteTableId, {NAME}]",
        ),
        "Others let it enter the office's routes into these tables",
        remove=Call("ec2.DisableVgwRoutePropagation", {"RouteTableId": found("id"), "GatewayId": gateway}),
    )  # fmt: skip
    return (routes, propagated) if made and aws_end(gateway) == "VpnGatewayId" else (routes,)


def static_routes(connection: Late, networks: Iterable[IPv4Network]) -> Others:
    """The networks of which somebody told AWS that they are behind the connection as well."""
    ours = edits.literal([str(network) for network in networks])
    return Others(
        Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection]}),
        f"VpnConnections[?{ALIVE}].Routes[] | [?{ALIVE} && !contains({ours}, DestinationCidrBlock)]"
        ".DestinationCidrBlock",
        "Others reach these networks through it",
    )


def transit_routes(connection: Late, table: str, networks: Iterable[IPv4Network]) -> Others:
    """The networks that somebody lets a transit gateway's route table lead to the connection as well."""
    ours = edits.literal([str(network) for network in networks])
    entered = [
        {"Name": "attachment.resource-id", "Values": [connection]}, {"Name": "type", "Values": ["static"]},
    ]  # fmt: skip
    return Others(
        Call("ec2.SearchTransitGatewayRoutes", {"TransitGatewayRouteTableId": table, "Filters": entered}),
        f"Routes[?!contains({ours}, DestinationCidrBlock)].DestinationCidrBlock",
        f"Routes of others in {table} lead to it",
        remove=Call(
            "ec2.DeleteTransitGatewayRoute",
            {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": found("id")},
        ),
    )


def transit_tables(
    thing: Late, gateway: str, *, entered: Iterable[str] = (), brought: Iterable[str] = ()
) -> tuple[Others, Others]:
    """The route tables of a transit gateway that somebody lets lead to a VPC or a connection as well.

    Args:
        thing: the id of the VPC or connection, which is attached to it.
        gateway: the id of the transit gateway.
        entered: the ids of the tables in which this run may have entered routes to it.
        brought: of those into which it or AWS by itself lets it bring its networks.
    """
    look = Call(
        "ec2.DescribeTransitGatewayRouteTables", {"Filters": [{"Name": "transit-gateway-id", "Values": [gateway]}]}
    )
    routes = [{"Name": "attachment.resource-id", "Values": [thing]}, {"Name": "type", "Values": ["static"]}]
    of_it = [{"Name": "resource-id", "Values": [thing]}]
    table = {"TransitGatewayRouteTableId": found("id")}

    def beyond(ours: Iterable[str]) -> str:
        all_but = f"!contains({edits.literal(sorted({*ours}))}, TransitGatewayRouteTableId)"
        return f"TransitGatewayRouteTables[?{all_but}].[TransitGatewayRouteTableId, {NAME}]"

    return (
        Others(
            look, beyond(entered), "Routes of others in these route tables lead to it",
            each=Call("ec2.SearchTransitGatewayRoutes", {**table, "Filters": routes}), leans="Routes[0]",
        ),
        Others(
            look, beyond(brought), "Others let its networks be known in these route tables",
            each=Call("ec2.GetTransitGatewayRouteTablePropagations", {**table, "Filters": of_it}),
            leans="TransitGatewayRouteTablePropagations[?State!='disabled' && State!='disabling'] | [0]",
        ),
    )  # fmt: skip


def options(connection: Late, end: str = "VpnGatewayId") -> Settings:
    """Between what a connection stands, `end` being AWS's, and how its tunnels are."""
    tunnels = "Options.TunnelOptions"
    both = [f"{tunnels}[0].{name} && {tunnels}[1].{name} && sort({tunnels}[].{name})" for name in EDITABLE]
    return Settings(
        Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection]}),
        edits.each(f"VpnConnections[?{ALIVE}] | [0]", ["CustomerGatewayId", end, *both]),
    )
