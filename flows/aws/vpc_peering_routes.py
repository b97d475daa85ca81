"""What leads over a VPC peering connection, and the rules of security groups that let it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flows.engine import Action, Call, Find, Late, Others, Ref, Still, Undo, found, if_found, join

from . import edits, security_group_rules
from .addresses import Network, slug
from .group_rules import NOT_YET, GroupRule
from .ip_permissions import Rule
from .route_tables import TARGETS, Route, RouteTable, destination, rerouted
from .security_groups import SecurityGroup
from .tags import as_name
from .vpc_peering import NOT_FOUND, REFUSALS


def way(table: RouteTable, network: Network, id: Late, after: tuple[str, ...]) -> Action:
    """Enter a route to the other VPC. One that leads there is recognised; one that leads elsewhere is in the way."""
    look = Call("ec2.DescribeRouteTables", {"RouteTableIds": [table.id]})
    to = destination(network)
    here = f"RouteTables[0].Routes[?{to}=='{network}'"
    ours = Find(look, join(f"{here} && VpcPeeringConnectionId=='", id, "'] | [0]"))
    which = {"RouteTableId": table.id, to: str(network)}
    return Action(
        f"route-{table.id}-{slug(network)}",
        f"Send {network} from {table.shown} to the connection",
        Call("ec2.CreateRoute", {**which, "VpcPeeringConnectionId": id}),
        undo=(
            Undo(
                Call("ec2.DeleteRoute", which),
                gone=("InvalidRoute.NotFound",),
                still=Still(
                    look, f"{here}] | [0].not_null({', '.join(TARGETS)})", id,
                    "It leads elsewhere now; somebody changed it since.", absent=("InvalidRouteTableID.NotFound",),
                ),
            ),
        ),
        # a route has no tag: one to a connection that was there before may be anybody's
        find=ours if isinstance(id, Ref) else None,
        unless=None if isinstance(id, Ref) else ours,
        after=after,
        not_yet=("InvalidParameterValue: belong to different networks", *NOT_FOUND),
        refusals=REFUSALS,
        type="AWS::EC2::Route",
        undone=f"The route to {network} in {table.shown}",
    )  # fmt: skip


def way_instead(table: RouteTable, taken: Route, id: Late, after: tuple[str, ...]) -> Action:
    """Let a route that is there lead to the other VPC; back to where it led at undo."""
    way = rerouted(
        f"route-{table.id}-{slug(taken.network)}", table, taken, {"VpcPeeringConnectionId": id}, "the connection"
    )  # fmt: skip
    not_yet = ("InvalidParameterValue: belong to different networks", *NOT_FOUND)
    return replace(way, after=after, not_yet=not_yet, refusals=REFUSALS)


def let_in(group: SecurityGroup, rules: Iterable[Rule | GroupRule], peer: str, ready: tuple[str, ...] = ()) -> Action:
    """Add rules for the other VPC to a security group, all or none.

    Args:
        group: where they are added.
        rules: what they say.
        peer: what the other VPC is called.
        ready: after what its groups may be named, where they are.
    """
    rules = tuple(rules)
    services = ", ".join(dict.fromkeys(rule.service.name for rule in rules))
    sources = ", ".join(dict.fromkeys(rule.source for rule in rules))
    made = security_group_rules.admit(
        f"let-in-{group.id}",
        f"Let {sources} use {services} on what is in {group.name} ({group.id})",
        group.id,
        [rule.admitted for rule in rules],
        about=f"peering with {as_name(peer)}",
        undone=f"The rules for {peer} in {group.name} ({group.id})",
    )
    by_groups = any(isinstance(rule, GroupRule) for rule in rules)
    return replace(made, after=ready, not_yet=NOT_YET) if by_groups else made


def used_by(id: Late, vpc: str, tables: Iterable[str], networks: Iterable[Network]) -> Others:
    """The routes in a VPC that others let lead over a connection.

    Args:
        id: the connection's.
        vpc: the VPC.
        tables: the ids of those tables in which this run makes routes.
        networks: to what.
    """
    own = f"contains({edits.literal(list(tables))}, table) && contains({edits.literal([*map(str, networks)])}, to)"
    return Others(
        Call("ec2.DescribeRouteTables", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}),
        join(
            "RouteTables[].beside(Routes[?VpcPeeringConnectionId=='", id,
            "'].{to: DestinationCidrBlock || DestinationIpv6CidrBlock, "
            "four: DestinationCidrBlock, six: DestinationIpv6CidrBlock, list: DestinationPrefixListId}, "
            f"{{table: RouteTableId}})[] | [?!({own})].[table, four, six, list]",
        ),
        "Routes of others lead over it",
        remove=Call(
            "ec2.DeleteRoute",
            {
                "RouteTableId": found("id"), "DestinationCidrBlock": if_found("[1]"),
                "DestinationIpv6CidrBlock": if_found("[2]"), "DestinationPrefixListId": if_found("[3]"),
            },
        ),
    )  # fmt: skip
