"""The VPC behind AWS's end of a connection, as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Network
from typing import TypeVar

from flows.aws import interfaces, network_acls, prefix_lists, route_tables, security_groups, vpcs
from flows.aws import site_to_site_vpn as vpn
from flows.aws.vpcs import Vpc
from flows.engine import Cloud, CloudError

from . import firewalls, rules
from .rules import Situation

T = TypeVar("T")
RULES = (rules.overlap, rules.selectors, firewalls.ways_in, rules.ways_back, firewalls.doors, firewalls.network_acls)
"""What must hold in the VPC, in the order in which packets meet it."""


def situation(
    cloud: Cloud, connection: vpn.Connection, vpc: Vpc, gateway: str, networks: tuple[IPv4Network, ...] = (), *,
    up: bool,
) -> Situation:  # fmt: skip
    """The VPC as it is. What cannot be read is noted, and the rules that need it say so.

    Args:
        cloud: the account.
        connection: the connection.
        vpc: the VPC.
        gateway: the id of the VPN gateway or transit gateway between the two.
        networks: the office's, where they are known; else those that the route tables lead to the gateway.
        up: whether a tunnel is up.
    """
    unread: dict[str, str] = {}

    def read(what: str, get: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        try:
            return get()
        except CloudError as problem:
            unread[what] = str(problem)
            return ()

    tables = read("tables", lambda: tuple(option.value for option in route_tables.route_tables(cloud, vpc)))
    groups = read("groups", lambda: tuple(option.value for option in security_groups.security_groups(cloud, vpc)))
    named = {id for table in tables for id, target in table.lists if not target.startswith("vpce-")}
    named |= {id for group in groups for _, id in group.lists}
    listed = {id: read("lists", partial(prefix_lists.networks, cloud, id)) for id in sorted(named)}
    return Situation(
        vpc, gateway, networks or rules.networks_through(tables, gateway), tables, groups,
        acls=read("acls", lambda: network_acls.of(cloud, vpc.id)),
        subnets=read("subnets", lambda: vpcs.subnets(cloud, vpc)),
        servers=read("servers", lambda: interfaces.named(cloud, vpc.id, interfaces.guarded(cloud, vpc.id))),
        listed=listed, unread=unread, up=up, static=connection.static,
        fixed=connection.static and not any(gateway in table.propagating for table in tables),
        local=connection.local, remote=connection.remote,
    )  # fmt: skip
