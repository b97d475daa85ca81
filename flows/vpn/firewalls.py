"""What decides whether the firewalls of the VPC let the office in: security groups, and the network ACLs of subnets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flows.aws import network_acls as acls
from flows.aws import used_by_others
from flows.aws.interfaces import Interface
from flows.engine import Finding, Grade

from . import repairs
from .rules import Situation


def ways_in(here: Situation) -> Iterator[Finding]:
    """A table that the gateway itself was given leads what comes from the office to a firewall, which must be there
    (Amazon VPC User Guide, "Gateway route tables", 2026-11)."""
    for table in here.tables:
        ways = [each for each in table.routes if each.target != "local"] if here.gateway in table.edges else []
        dead = [each for each in ways if each.state == "blackhole"]
        if dead:
            yield Finding(
                f"ways-in:{table.id}", Grade.REFUSED,
                f"What comes from the office for {dead[0].network} is lost: {table.shown}, by which {here.gateway} "
                f"leads it, sends it to {dead[0].target}, which is gone.",
                "DescribeRouteTables: GatewayId of its associations",
                "Let that route lead to a firewall that is there, or take it away.",
            )  # fmt: skip
        elif ways:
            yield Finding(
                f"ways-in:{table.id}", Grade.NOT_CHECKED,
                f"What comes from the office for {ways[0].network} goes to {ways[0].target} first; whether that passes "
                "it on was not found out.", f"DescribeRouteTables: {table.id}", aside=True,
            )  # fmt: skip


def doors(here: Situation) -> Iterator[Finding]:
    """The groups of servers let the office in. One that nothing stands behind is a door in no wall."""
    id, by = "security-groups", "DescribeSecurityGroups, DescribeNetworkInterfaces"
    if why := here.unread.get("groups") or here.unread.get("servers") or here.unread.get("lists"):
        yield Finding(id, Grade.NOT_CHECKED, "The security groups, or what stands behind them, could not be read.", why)
        return
    if not here.networks and any(route.target == here.gateway for table in here.tables for route in table.routes):
        yield Finding(
            id, Grade.NOT_CHECKED, "Only default routes lead to the office, which do not say its networks: whether the "
            "security groups let it in was not found out.", "DescribeRouteTables",
            "See that the servers' security groups let the office's networks in.",
        )  # fmt: skip
        return
    if not here.networks:
        yield Finding(
            id, Grade.NOT_CHECKED if here.up else Grade.WAITING,
            "The office's networks are not known yet, so the security groups were not looked at.",
            "no routes of the connection", "Check again once the device announces its networks.", follows=("tunnels",),
        )  # fmt: skip
        return
    used = {group for each in here.servers for group in each.groups}
    meant = [group for group in here.groups if here.lets_in(group)]
    working = [group for group in meant if group.id in used]
    names = ", ".join(f"{group.name} ({group.id})" for group in working or meant)
    office = ", ".join(map(str, here.networks[:3])) + (" and more" if len(here.networks) > 3 else "")
    remedy = f"Let {office} in where your servers are: a rule in their security group."
    if working:
        count = len(here.meant)
        some = f"{count} network interface{'' if count == 1 else 's'}"
        yield Finding(id, Grade.PROVED, f"These security groups let the office in: {names}.", f"{by}: {some} in them")
        return
    if meant:
        yield _opened(here, here.servers, Finding(
            id, Grade.REFUSED if used else Grade.CAUTION,
            f"No server is in the security group that lets the office in: {names}.", by,
            remedy if used else "The VPC has no server yet: let the office into the security group of one you start.",
        ))  # fmt: skip
        return
    public = {
        group.id: ", ".join(dict.fromkeys(rule.service.told for rule in group.rules if not rule.network.prefixlen))
        for group in here.groups if any(not rule.network.prefixlen for rule in group.rules)
    }  # fmt: skip
    open_to_all = [group for group in here.groups if group.id in public and group.id in used]
    everybody = "; ".join(f"{group.name} ({group.id}): {public[group.id]}" for group in open_to_all)
    shut = [each for each in here.servers if not any(group in public for group in each.groups)]
    if open_to_all and not shut:
        yield _opened(here, here.servers, Finding(
            id, Grade.CAUTION, f"The office comes in only where everybody may: {everybody}.", by,
            f"{remedy} Then everybody need not be let in.",
        ))  # fmt: skip
        return
    also = f" What everybody may use is not meant for the office ({everybody})." if everybody else ""
    closed = f" {shut[0].shown} is closed to it." if shut else ""
    sentence = f"No security group of {here.vpc.called} lets the office in.{closed}{also}"
    yield _opened(here, shut or here.servers, Finding(id, Grade.REFUSED, sentence, by, remedy))


def _opened(here: Situation, servers: Iterable[Interface], found: Finding) -> Finding:
    """With the repair: the first of those servers that lets somebody use something lets the office use that as well."""
    groups = used_by_others.shut(here.groups, servers)
    if not groups:
        return found
    found = replace(found, remedy=f"{found.remedy} {used_by_others.told(groups)}")
    return found.mended_by(repairs.let_in(groups, here.networks, here.gateway))


def network_acls(here: Situation) -> Iterator[Finding]:
    """The network ACLs of the subnets let the office in and the answers out."""
    id, by = "network-acls", "DescribeNetworkAcls: its entries, first match wins"
    if why := here.unread.get("acls"):
        yield Finding(id, Grade.NOT_CHECKED, "The network ACLs could not be read.", why)
        return
    subnets = _looked_at(here)
    clear = True
    for acl in here.acls:
        beside: list[acls.Entry] = []
        touched = sorted(acls.subnets(acl) & subnets)
        for network in here.reached if touched else ():
            wrong = acls.blocked(acl, here.asked(touched, network))
            if wrong is None:
                continue
            clear = False
            found = Finding(
                f"{id}:{acl.get('NetworkAclId')}:{network}",
                Grade.PREDICTED if here.planned else Grade.REFUSED if wrong.nothing else Grade.CAUTION,
                f"The network ACL {acl.get('NetworkAclId')} of subnet {touched[0]} blocks {network} "
                f"({wrong.what()}).", by, "Allow it there, in both directions.",
            )  # fmt: skip
            entries = acls.opening(acl, network, wrong.shut, wrong.answers, beside)
            beside += entries
            found = replace(found, beyond="" if wrong.closed else repairs.MEANT)
            mends = entries and (wrong.closed or not wrong.part) and not here.planned
            yield found.mended_by(repairs.let_through(acl, entries)) if mends else found
    if clear and here.reached:
        yield Finding(
            id, Grade.PREDICTED, "The network ACLs let the office in and the answers out.", "DescribeNetworkAcls"
        )


def entrances(here: Situation, attached: Iterable[str]) -> Iterator[Finding]:
    """The network ACLs of the subnets in which a transit gateway is attached let what comes from it go on to servers in
    others, and the answers in (Amazon VPC Transit Gateways guide, "Network ACLs for transit gateways", 2026-11)."""
    doors = set(attached)
    services = {
        service for each in {server.subnet for server in here.meant} - doors for network in here.reached
        for service, _ in here.asked([each], network)
    }  # fmt: skip
    for acl in here.acls if services else ():
        touched = sorted(acls.subnets(acl) & doors)
        wrong = acls.blocked(acl, [(s, own) for s in services for own in here.vpc.networks], asking=True)
        if not touched or wrong is None or not wrong.nothing:
            continue
        found = Finding(
            f"network-acls:{acl.get('NetworkAclId')}:entrance", Grade.REFUSED,
            f"The network ACL {acl.get('NetworkAclId')} of subnet {touched[0]}, where {here.gateway} is attached, "
            f"keeps what comes from it away from the servers ({wrong.what()}).",
            "DescribeNetworkAcls: its entries, first match wins", "Allow it there, in both directions.",
        )  # fmt: skip
        entries: list[acls.Entry] = []
        for own in here.vpc.networks:
            entries += acls.opening(acl, own, wrong.answers, sorted(wrong.shut, key=str), entries)
        yield found.mended_by(repairs.let_through(acl, entries)) if entries else found


def _looked_at(here: Situation) -> set[str]:
    """The subnets that matter: of the chosen tables, or of the servers that let the office in, else of all."""
    if not here.planned and here.meant:
        return {each.subnet for each in here.meant}
    if here.planned or here.subnets:
        return {subnet for table in here.tables for subnet in here.behind(table)}
    return {subnet for acl in here.acls for subnet in acls.subnets(acl)}
