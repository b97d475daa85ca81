"""Route tables of a VPC: to pick from, and the routes to enter, to change, or to let a VPN gateway enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from flows.engine import Action, Call, Cloud, Find, Late, Option, Ref, Restore, Still, Undo, Use, before, join

from . import vpn_dependents
from .addresses import Network, slug
from .tags import name_of, of
from .vpcs import Vpc, in_vpc


@dataclass(frozen=True)
class Route:
    """One line of a route table. `target` is the id it leads to."""

    network: Network
    target: str
    state: str
    propagated: bool
    by: str = ""
    """By which of TARGETS it names that."""


@dataclass(frozen=True)
class RouteTable:
    """A route table. `subnets` are those that were given it by name; `lists` are its routes to prefix lists, each with
    its target; `routes` are those of IPv4, `routes6` those of IPv6; `edges` are the gateways that it was given to, for
    what comes in by them."""

    id: str
    name: str
    main: bool
    subnets: tuple[str, ...]
    routes: tuple[Route, ...]
    propagating: tuple[str, ...]
    lists: tuple[tuple[str, str], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    routes6: tuple[Route, ...] = ()
    edges: tuple[str, ...] = ()

    @property
    def ways(self) -> tuple[Route, ...]:
        """Its routes of both kinds."""
        return (*self.routes, *self.routes6)

    @property
    def shown(self) -> str:
        """As a part of a sentence; the main one, which often has no name, as that."""
        if self.name:
            return f"{self.name} ({self.id})"
        return f"{self.id} (the main one)" if self.main else self.id

    @property
    def public(self) -> bool:
        ways = (route for route in self.routes if route.state != "blackhole")
        return any(route.network.prefixlen == 0 and route.target.startswith("igw-") for route in ways)


TARGETS = (
    "GatewayId", "NatGatewayId", "InstanceId", "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn",
)  # fmt: skip
"""Where a route may lead (botocore's model of EC2's Route, 1.44)."""
ATTACH = "attach"
"""The id of the action that attaches an end of a VPN to a VPC."""
NOT_ATTACHED = {
    "VpnGatewayId": ("Gateway.NotAttached", "InvalidParameterValue: belong to different networks"),
    "TransitGatewayId": ("InvalidTransitGatewayID.NotFound",),
}
"""What AWS says of a route to an end of a VPN that the VPC has only just been attached to, by EC2's name of the end."""


# -- to pick from ----------------------------------------------------------------------------------------------


def route_tables(cloud: Cloud, vpc: Vpc) -> Iterator[Option[RouteTable]]:
    """The route tables of a VPC, those of private subnets first."""
    for table in sorted(tables(cloud, vpc.id), key=lambda table: table.public):
        kind = "public" if table.public else "private"
        subnets = f"{len(table.subnets)} subnet{'' if len(table.subnets) == 1 else 's'}"
        hint = f"{table.id}  {kind}, {subnets}{', main' if table.main else ''}"
        yield Option(table.id, table, table.name or table.id, hint)


def tables(cloud: Cloud, vpc: str) -> list[RouteTable]:
    """The route tables of the VPC of that id. Raises CloudError."""
    pages = cloud.pages(Call("ec2.DescribeRouteTables", in_vpc(vpc)))
    return [_route_table(table) for page in pages for table in page["RouteTables"]]


def leading_to(cloud: Cloud, gateway: str) -> list[str]:
    """The ids of the VPCs in which a route leads to a gateway. Raises CloudError."""
    asked = {"Filters": [{"Name": "route.gateway-id", "Values": [gateway]}]}
    pages = cloud.pages(Call("ec2.DescribeRouteTables", asked))
    return list(dict.fromkeys(str(each["VpcId"]) for page in pages for each in page.get("RouteTables") or []))


def _route_table(table: dict[str, Any]) -> RouteTable:
    associations = table.get("Associations") or []
    told = table.get("Routes") or []
    by = [next((key for key in TARGETS if route.get(key)), "") for route in told]
    leads = [(route, str(route.get(key) or ""), key) for route, key in zip(told, by, strict=True)]

    def of_kind(to: str, kind: type[Network]) -> tuple[Route, ...]:
        return tuple(
            Route(
                kind(route[to]), target, route.get("State", "active"),
                route.get("Origin") == "EnableVgwRoutePropagation", key,
            )
            for route, target, key in leads
            if route.get(to)
        )  # fmt: skip

    return RouteTable(
        table["RouteTableId"],
        name_of(table),
        any(item.get("Main") for item in associations),
        tuple(item["SubnetId"] for item in associations if item.get("SubnetId")),
        of_kind("DestinationCidrBlock", IPv4Network),
        tuple(item["GatewayId"] for item in table.get("PropagatingVgws") or []),
        tuple(
            (str(r["DestinationPrefixListId"]), target) for r, target, _ in leads if r.get("DestinationPrefixListId")
        ),
        of(table),
        of_kind("DestinationIpv6CidrBlock", IPv6Network),
        tuple(item["GatewayId"] for item in associations if item.get("GatewayId")),
    )


# -- to change -------------------------------------------------------------------------------------------------


def ways(
    table: RouteTable,
    networks: Iterable[IPv4Network],
    gateway: Late,
    *,
    fixed: bool,
    after: tuple[str, ...],
    known: tuple[str, ...],
) -> list[Action | Use]:
    """Whatever a route table still needs in order to lead `networks` to a VPN gateway. A route that exists is left.

    `known` are the ids of the connections that the gateway has already.
    """
    if not fixed:
        if gateway in table.propagating:
            sentence = f"{table.shown} takes the office's routes over already"
            return [Use(f"propagate-{table.id}", sentence, "AWS::EC2::VPNGatewayRoutePropagation", table.id)]
        return [propagate(table, gateway, after, known)]
    taken = {route.network: route for route in table.routes if not route.propagated}
    return [
        Use(f"route-{table.id}-{slug(n)}", f"{table.shown} has a route to {n} already", "AWS::EC2::Route", table.id)
        if n in taken
        else route(table, n, gateway, after, known)
        for n in networks
    ]


def propagate(table: RouteTable, gateway: Late, after: tuple[str, ...], known: tuple[str, ...]) -> Action:
    """Let a VPN gateway enter its routes into a table. Other connections of that gateway have theirs by it as well.

    Terraform and CloudFormation both need it ordered after the attachment (aws-cloudformation coverage
    roadmap, issue 1039).
    """
    both = {"RouteTableId": table.id, "GatewayId": gateway}
    look = Call("ec2.DescribeRouteTables", {"RouteTableIds": [table.id]})
    here = join("RouteTables[0].PropagatingVgws[?GatewayId=='", gateway, "'] | [0].GatewayId")
    return Action(
        f"propagate-{table.id}",
        f"Let AWS enter the office's routes into {table.shown}",
        Call("ec2.EnableVgwRoutePropagation", both),
        undo=(
            Undo(
                Call("ec2.DisableVgwRoutePropagation", both),
                gone=("Gateway.NotAttached",),
                still=Still(look, here, gateway, ""),
            ),
        ),
        unless=_there_before(gateway, Find(look, here)),
        after=after,
        not_yet=("Gateway.NotAttached", "InvalidParameterValue: belong to different networks"),
        others=(vpn_dependents.connections("VpnGatewayId", gateway, known=known),),
        type="AWS::EC2::VPNGatewayRoutePropagation",
        undone=f"The propagation into {table.shown}",
    )


def route(
    table: RouteTable, network: IPv4Network, gateway: Late, after: tuple[str, ...], known: tuple[str, ...]
) -> Action:
    """Enter a fixed route to a VPN gateway or transit gateway."""
    end, to = vpn_dependents.aws_end(gateway), vpn_dependents.route_target(gateway)
    look = Call("ec2.DescribeRouteTables", {"RouteTableIds": [table.id]})
    here = f"RouteTables[0].Routes[?DestinationCidrBlock=='{network}'"
    destination = {"RouteTableId": table.id, "DestinationCidrBlock": str(network)}
    return Action(
        f"route-{table.id}-{slug(network)}",
        f"Send {network} from {table.shown} to the {'VPN' if to == 'GatewayId' else 'transit'} gateway",
        Call("ec2.CreateRoute", {**destination, to: gateway}),
        undo=(
            Undo(
                Call("ec2.DeleteRoute", destination),
                still=Still(
                    look, f"{here}] | [0].not_null({', '.join(TARGETS)})", gateway,
                    "It leads elsewhere now; somebody changed it since.",
                ),
            ),
        ),
        # a route has no tag: one to a gateway that this run has neither made nor attached may be anybody's
        find=Find(look, join(f"{here} && {to}=='", gateway, "'] | [0]"))
        if isinstance(gateway, Ref) or ATTACH in after
        else None,
        after=after,
        exists=("RouteAlreadyExists",),
        not_yet=NOT_ATTACHED[end],
        others=(vpn_dependents.connections(end, gateway, (network,), known),),
        type="AWS::EC2::Route",
        undone=f"The route to {network} in {table.shown}",
    )  # fmt: skip


def lead_elsewhere(table: RouteTable, taken: Route, gateway: str) -> Action:
    """Let a route that was entered lead to a VPN gateway, and back to where it led at undo."""
    return rerouted(
        f"lead-{table.id}-{slug(taken.network)}", table, taken, {"GatewayId": gateway}, "the VPN gateway"
    )  # fmt: skip


def rerouted(id: str, table: RouteTable, taken: Route, target: Mapping[str, Late], where: str) -> Action:
    """Let a route that is there lead to another target, and back to where it led at undo.

    Args:
        target: the parameter of ReplaceRoute that names it, such as `GatewayId`, with its id.
        where: the target in words.
    """
    to = destination(taken.network)
    which = {"RouteTableId": table.id, to: str(taken.network)}
    here = f"RouteTables[0].Routes[?{to}=='{taken.network}'] | [0]"
    return Action(
        id,
        f"Let {taken.network} in {table.shown} lead to {where}, and no longer to {taken.target}",
        Call("ec2.ReplaceRoute", {**which, **target}),
        undo=Restore(
            Call("ec2.DescribeRouteTables", {"RouteTableIds": [table.id]}),
            f"{here}.not_null({', '.join(TARGETS)})",
            put=Call("ec2.ReplaceRoute", {**which, taken.by: before(id)}),
            absent=("InvalidRouteTableID.NotFound",),
        ),
        type="AWS::EC2::Route",
        undone=f"The way to {taken.network} in {table.shown}",
    )


def _there_before(gateway: Late, find: Find) -> Find | None:
    """What may have been there before: nothing of a gateway that this run makes itself."""
    return None if isinstance(gateway, Ref) else find


def destination(network: Network) -> str:
    """How EC2 calls the destination of a route there."""
    return "DestinationCidrBlock" if isinstance(network, IPv4Network) else "DestinationIpv6CidrBlock"
