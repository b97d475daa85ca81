"""How far visitors from the internet come: the route of a subnet to an internet gateway, and its network ACL.

Amazon VPC User Guide, "Internet gateways" and "Network ACLs"; Application Load Balancers guide, "Troubleshoot",
"Clients cannot connect to an internet-facing load balancer" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, ip_network
from typing import Any

from flows.engine import Cloud, CloudError, Finding
from flows.engine.findings import broken, caution, proved, unknown

from . import network_acls, prefix_lists, route_tables
from .addresses import IPV6, PRIVATE, Network, made_of, within
from .ip_permissions import Service
from .route_tables import RouteTable

BY = "DescribeRouteTables, DescribeNetworkAcls"
EVERYWHERE = IPv4Network("0.0.0.0/0")
PASSED_ON = ("vpce-", "eni-", "i-", "tgw-", "vgw-", "lgw-", "cagw-")
"""What a default route may lead to that is no internet gateway, and may still pass visitors on, such as a firewall."""


@dataclass(frozen=True)
class Way:
    """How visitors come to a subnet: `open` None where that cannot be told; `why` and `remedy` where they do not, and
    `port` where it is only by that one, and `few` where only some do."""

    subnet: str
    open: bool | None
    why: str = ""
    remedy: str = ""
    port: int = 0
    few: bool = False


def from_outside(source: str) -> bool:
    """Whether what a security group admits may be somebody on the internet: no private network, and no other group."""
    if source.startswith("sg-"):
        return False
    found = _network(source)  # none is a prefix list, such as CloudFront's
    private: tuple[Network, ...] = (*PRIVATE, IPV6[1])
    return found is None or not any(within(found, each) for each in private)


def admitted(cloud: Cloud, sources: Iterable[str]) -> list[str]:
    """The same sources, prefix lists as the networks in them, of which there may be none; one that may not be read
    stays."""
    found: list[str] = []
    for source in sources:
        try:
            inside = prefix_lists.networks(cloud, source) if source.startswith("pl-") else None
        except CloudError:
            inside = None
        found += [source] if inside is None else map(str, inside)
    return list(dict.fromkeys(found))


def ways(
    cloud: Cloud, vpc: str, subnets: Iterable[str], doors: Mapping[int, Sequence[str]], *, internet: bool
) -> list[Way]:
    """How visitors come to each subnet.

    Args:
        cloud: the account.
        vpc: the id of the VPC.
        subnets: the ids of the subnets.
        doors: the ports at which somebody is let in, each with the networks, prefix lists and groups that are.
        internet: whether they come from the internet.

    Raises CloudError.
    """
    tables, acls = route_tables.tables(cloud, vpc), network_acls.of(cloud, vpc)
    main = next((each for each in tables if each.main), None)
    found = []
    for subnet in dict.fromkeys(subnets):
        table = next((each for each in tables if subnet in each.subnets), main)
        acl = next((each for each in acls if subnet in network_acls.subnets(each)), None)
        way = _routed(subnet, table, _visitors(doors)) if internet else Way(subnet, True)
        found.append(_guarded(way, acl, doors) if way.open and acl else way)
    return found


def told(cloud: Cloud, id: str, what: str, vpc: str, subnets: Iterable[str], doors: Mapping[int, Sequence[str]],
         *, internet: bool) -> Iterator[Finding]:  # fmt: skip
    """Whether visitors come to `what`, which stands in these subnets; the other arguments as of `ways`."""
    try:
        each = ways(cloud, vpc, subnets, doors, internet=internet)
    except CloudError as problem:
        yield unknown(id, f"Whether visitors come as far as {what} could not be read.", problem.what)
        return
    shut = [way for way in each if way.open is False]
    unsure = [way for way in each if way.open is None]
    if shut and len(shut) == len(each):
        who = "Only some come" if shut[0].few else "Nobody comes"
        who = f"Who comes by port {shut[0].port} does not come" if shut[0].port else who
        told = f"{who} as far as {what}: {shut[0].why}. Browsers wait until they give up."
        yield broken(id, told, BY, shut[0].remedy)
    elif shut:
        yield caution(id, f"Some visitors of {what} get no answer: {shut[0].why}.", BY, shut[0].remedy)
    elif unsure:
        yield unknown(id, f"Whether visitors come as far as {what} cannot be told: {unsure[0].why}.", BY, aside=True)
    elif each:
        yield proved(id, f"Its routes and network ACLs let visitors come as far as {what}.", BY)


def _visitors(doors: Mapping[int, Sequence[str]]) -> list[Network]:
    """The networks from which visitors come by IPv4, as far as the security groups admit them; what is in lists of
    others may be anywhere."""
    each = [source for sources in doors.values() for source in sources if from_outside(source)]
    return [found for source in each if (found := _network(source) or EVERYWHERE).version == 4]


def _routed(subnet: str, table: RouteTable | None, visitors: Sequence[Network]) -> Way:
    """Whether a subnet has a route to an internet gateway that is there, and that leads back to these visitors: a
    longer one leads to some of them, and one of IPv6 to none."""
    if table is None:
        return Way(subnet, None, f"the route table of {subnet} was not told")
    led = [way.network for way in table.ways if way.target.startswith("igw-") and way.state != "blackhole"]
    if led and (not visitors or any(within(each, one) or made_of(each, led) for each in visitors for one in led)):
        return Way(subnet, True)
    default = next((way for way in table.ways if not way.network.prefixlen), None)
    if default and default.target.startswith(PASSED_ON) and default.state != "blackhole":
        return Way(subnet, None, f"{subnet} sends what is for the internet to {default.target}")
    gone = " (blackhole)" if default and default.state == "blackhole" else ""
    to_ = f"; what is for the internet goes to {default.target}{gone}" if default and default.network not in led else ""
    what = f"leads only {', '.join(map(str, led[:3]))} to an internet gateway" if led else (
        "has no route to an internet gateway"
    )  # fmt: skip
    return Way(
        subnet, False, f"the subnet {subnet} {what}{to_}",
        f"Enter a route for 0.0.0.0/0 to an internet gateway in {table.shown}, or use subnets that have one.",
        few=bool(led),
    )  # fmt: skip


def _guarded(way: Way, acl: Mapping[str, Any], doors: Mapping[int, Sequence[str]]) -> Way:
    """The same, with what the subnet's network ACL says to whom the security groups admit."""
    name = str(acl.get("NetworkAclId"))
    closed: list[Way] = []
    for port, sources in doors.items():
        known = [found for each in sources if (found := _network(each))]
        networks = [each for each in known if each.version == 4]
        if not networks or len(known) < len(sources):
            continue  # lists and groups have addresses that are not read here
        service = Service(f"port {port}", "tcp", port, port)
        if not any(network_acls.passes(acl, each, service, egress=False) for each in networks):
            told, entry = f"lets nobody in by port {port}", f"an inbound entry for port {port}"
        elif not any(network_acls.passes(acl, each, network_acls.MOST_ANSWERS, egress=True) for each in networks):
            told, entry = "lets no answers out", "an outbound entry for the ports 1024 to 65535"
        else:
            continue
        closed.append(Way(
            way.subnet, False, f"the network ACL {name} of {way.subnet} {told}",
            f"Give {name} {entry}, numbered before what denies it.", port,
        ))  # fmt: skip
    if len(closed) == len(doors):
        return replace(closed[0], port=0) if closed else way
    return closed[0] if closed else way


def _network(source: str) -> Network | None:
    try:
        return ip_network(source, strict=False)
    except ValueError:
        return None
