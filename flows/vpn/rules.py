"""What decides whether packets find the way to the office, whether it is planned or stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network

from flows.aws.network import RouteTable
from flows.engine import Caution, Finding, Grade

ROUTES_PER_TABLE = 500
"""Unless AWS raised it, quota L-93826ACB (VPC quotas, 2026-10)."""


def routes(
    tables: Iterable[RouteTable], networks: Sequence[IPv4Network], gateway: str, *, fixed: bool
) -> Iterator[Finding | Caution]:
    """What the chosen route tables already do with the office's networks.

    `gateway` is the id of the VPN gateway if it exists already. A route that exists is never replaced.
    """
    clear = True
    for table in tables:
        name = table.name or table.id
        for network in networks:
            for route in table.routes:
                if route.target in (gateway, "local") or not route.network.overlaps(network):
                    continue
                if route.network == network and not route.propagated:
                    clear = False
                    beats = "it stays as it is" if fixed else "a fixed entry always beats a propagated one"
                    yield Caution(
                        "route-taken",
                        f"Route table {name} already has {network} -> {route.target}; {beats}, "
                        "so this traffic will not use the VPN. Remove that route first if it should.",
                    )
                elif route.network.prefixlen > network.prefixlen:
                    clear = False
                    yield Caution(
                        "more-specific-route",
                        f"Route table {name} already sends {route.network} to {route.target}. "
                        "The more specific route wins, so that part of the office is not reached through the VPN.",
                    )
            full = len(table.routes) + len(networks)
            if fixed and full > ROUTES_PER_TABLE:
                yield Finding(
                    "route-table-full", Grade.REFUSED, f"Route table {name} is full ({len(table.routes)} routes)."
                )
    if clear:
        yield Finding("routes", Grade.PROVED, "No existing route leads the office's networks elsewhere.")
