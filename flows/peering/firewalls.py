"""What decides whether the firewalls of a VPC let the other one in: security groups, and network ACLs of subnets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from flows.aws import network_acls as acls
from flows.aws import used_by_others
from flows.aws.addresses import Network
from flows.aws.ip_permissions import KNOWN, Service
from flows.engine import Call, CloudError, Finding, Grade

from . import repairs
from .seen import Seen


def doors(here: Seen) -> Iterator[Finding]:
    """Some security group with something in it lets the other VPC in. One that nothing stands behind is a door in no
    wall; a VPC may also only ask, and never be asked."""
    id, by = f"security-groups:{here.vpc}", "DescribeSecurityGroups, DescribeNetworkInterfaces"
    if why := here.unread.get("groups") or here.unread.get("servers") or here.unread.get("lists"):
        yield Finding(
            id, Grade.NOT_CHECKED, f"The security groups of {here.vpc}, or what is in them, could not be read.", why
        )
        return
    used = {group for each in here.servers for group in each.groups}
    meant = [group for group in here.side.groups if here.lets_in(group)]
    working = [group for group in meant if group.id in used]
    if working:
        names = "; ".join(f"{group.name} ({group.id}): {_services(here.lets_in(group))}" for group in working)
        yield Finding(id, Grade.PROVED, f"These security groups of {here.vpc} let {here.peer} in: {names}.", by)
        return
    public = [
        group for group in here.side.groups
        if group.id in used and any(not rule.network.prefixlen for rule in (*group.rules, *group.rules6))
    ]  # fmt: skip
    if meant and not used:
        names = ", ".join(f"{group.name} ({group.id})" for group in meant)
        yield Finding(
            id, Grade.CAUTION, f"{names} lets {here.peer} in, and nothing is in it.", by,
            "Put what is to be reached into it.",
        )  # fmt: skip
    elif not used:
        yield Finding(
            id, Grade.CAUTION, f"{here.side.shown} is empty so far, so that nothing there is to be reached.",
            by, f"If you start a machine there, let {_listed(here)} into its security group; until then there is "
            "nothing to do.",
        )  # fmt: skip
    elif public:
        yield Finding(
            id, Grade.CAUTION,
            f"{here.peer} comes into {here.side.shown} only where everybody may: {public[0].name} ({public[0].id}).",
            by,
            f"Let {here.networks[0] if here.networks else 'its networks'} in where that is to be reached.",
        )  # fmt: skip
    else:
        found = Finding(
            id, Grade.REFUSED,
            f"No security group in {here.side.shown} lets in anything from {_listed(here)}.", by,
            f"Let {_listed(here)} in where that is to be reached: a rule in its security group.",
        )  # fmt: skip
        if groups := used_by_others.shut(here.side.groups, here.servers)[:1]:
            found = replace(found, remedy=f"{found.remedy} {used_by_others.told(groups)}")
            found = found.mended_by(repairs.let_in(groups, here.networks, here.side, here.peer))
        yield found


def either(found: list[Finding], both: list[Seen]) -> Iterator[Finding]:
    """What was found of both doors: one VPC may only ask, so one that is open suffices, and the other is told. So is
    one in which there is nothing yet, where there is something in the other."""
    opened = any(each.grade is Grade.PROVED for each in found)
    empty = {f"security-groups:{each.vpc}" for each in both if not each.servers}
    for each in found:
        only_asks = opened or (each.id in empty and len(empty) < len(both))
        told = only_asks and each.grade in (Grade.REFUSED, Grade.CAUTION)
        yield replace(each, grade=Grade.PREDICTED) if told else each


def outward(both: list[Seen], found: list[Finding]) -> Iterator[Finding]:
    """What is to ask may send: a security group may have lost the rule that lets everything out. `found` is what was
    found of both doors; of one that is shut nobody asks."""
    opened = {each.id for each in found if each.grade is Grade.PROVED}
    asked = [
        (here, list(dict.fromkeys(each for group in other.side.groups for each in other.lets_in(group))))
        for here, other in (both, both[::-1])
        if f"security-groups:{other.vpc}" in opened and not here.unread.get("groups")
    ]  # fmt: skip
    dumb = [(here, services) for here, services in asked if here.servers and not _may_send(here, services)]
    for here, services in dumb:
        yield Finding(
            f"security-groups-out:{here.vpc}", Grade.REFUSED if len(dumb) == len(asked) else Grade.CAUTION,
            f"No security group of what is in {here.side.shown} lets it send what {here.peer} lets in "
            f"({_services(services)}).", "DescribeSecurityGroups: IpPermissionsEgress",
            f"Let it out where something is to ask: an outbound rule to {_listed(here)}.",
        )  # fmt: skip


def _may_send(here: Seen, services: list[Service]) -> bool:
    used = {id for each in here.servers for id in each.groups}
    rules = [
        rule for group in here.side.groups if group.id in used
        for rule in group.told.get("IpPermissionsEgress", [{"IpProtocol": "-1", "UserIdGroupPairs": ["any"]}])
    ]  # fmt: skip
    return any(_reaches(rule, here) and _carries(rule, each) for rule in rules for each in services)


def _reaches(rule: Mapping[str, Any], here: Seen) -> bool:
    """Whether a rule lets something out to the other VPC. Of lists and groups that is not looked at, and taken so."""
    told = [
        each.get("CidrIp") or each.get("CidrIpv6") for key in ("IpRanges", "Ipv6Ranges") for each in rule.get(key) or []
    ]
    networks = [ip_network(str(each), strict=False) for each in told]
    return bool(rule.get("UserIdGroupPairs") or rule.get("PrefixListIds")) or any(
        each.version == its.version and each.overlaps(its) for each in networks for its in here.networks
    )


def _carries(rule: Mapping[str, Any], service: Service) -> bool:
    protocol = str(rule.get("IpProtocol"))
    if "-1" in (protocol, service.protocol) or protocol != service.protocol:
        return "-1" in (protocol, service.protocol)
    first, last = int(rule.get("FromPort") or 0), int(rule.get("ToPort") or 0)
    if protocol in ("icmp", "icmpv6"):
        return -1 in (first, service.first) or first == service.first
    return first <= service.last and service.first <= last


def stale(here: Seen) -> Iterator[Finding]:
    """Rules that name a group which is gone or no longer connected let nobody in (Amazon VPC User Guide, "Stale
    security group rules", 2026-11)."""
    try:
        pages = list(here.side.cloud.pages(Call("ec2.DescribeStaleSecurityGroups", {"VpcId": here.vpc})))
    except CloudError as problem:
        yield Finding(
            f"stale:{here.vpc}", Grade.NOT_CHECKED, f"Whether rules of {here.vpc} are stale could not be read.",
            problem.what, aside=True,
        )  # fmt: skip
        return
    for group in (each for page in pages for each in page.get("StaleSecurityGroupSet") or []):
        named = [
            str(pair.get("GroupId"))
            for rule in group.get("StaleIpPermissions") or []
            for pair in rule.get("UserIdGroupPairs") or []
            if pair.get("VpcPeeringConnectionId") in (None, "", here.connection)  # others are no matter of this one
        ]
        if named:
            yield Finding(
                f"stale:{group['GroupId']}", Grade.CAUTION,
                f"{group.get('GroupName') or ''} ({group['GroupId']}) names {', '.join(named)}, which is gone, no "
                "longer connected, or in another region.", "DescribeStaleSecurityGroups",
                "Use the network instead of the group, or take the rule away.",
            )  # fmt: skip


def network_acls(here: Seen, other: Seen | None = None) -> Iterator[Finding]:
    """The network ACLs let the other VPC in and the answers out, or let what is here ask and be answered: they know no
    connections, so both directions count.

    `other` is the other VPC, where it is looked at.
    """
    id, by = "network-acls", "DescribeNetworkAcls: its entries, first match wins"
    if why := here.unread.get("acls"):
        yield Finding(f"{id}:{here.vpc}", Grade.NOT_CHECKED, f"The network ACLs of {here.vpc} could not be read.", why)
        return
    beside: list[acls.Entry] = []
    found = [*_lets_in(here, beside), *_asks(here, other, beside)]
    yield from found
    if not found and here.networks:
        yield Finding(
            f"{id}:{here.vpc}", Grade.PREDICTED, f"The network ACLs of {here.vpc} let {here.peer} through.", by
        )


def _lets_in(here: Seen, beside: list[acls.Entry]) -> Iterator[Finding]:
    """What the ACLs keep from what lets the other VPC in."""
    for acl, touched, network in _guarded(here, {each.subnet for each in here.meant}):
        if wrong := acls.blocked(acl, here.asked(touched, network)):
            grade = Grade.REFUSED if wrong.nothing else Grade.CAUTION
            yield _blocks(here, acl, touched[0], network, wrong, Grade.PREDICTED if here.planned else grade, beside)


def _asks(here: Seen, other: Seen | None, beside: list[acls.Entry]) -> Iterator[Finding]:
    """What the ACLs keep from whoever here asks the other VPC for something. Who that is nobody knows: of several
    subnets one that may suffices, and of a VPC that lets the other in nobody may need to."""
    wanted = list(dict.fromkeys(each for group in other.side.groups for each in other.lets_in(group))) if other else []
    if other and here.meant and not wanted:
        return
    places = {each.subnet for each in here.servers} or {each for table in here.tables for each in here.behind(table)}
    shut, open_ = [], False
    for acl, touched, network in _guarded(here, places):
        wrong = acls.blocked(acl, [(each, network) for each in wanted or [KNOWN["all"]]], asking=True)
        if wrong and wrong.nothing:
            shut.append((acl, touched[0], network, wrong))
        else:
            open_ = True
    if open_ and here.meant:
        return
    grade = Grade.PREDICTED if here.planned else Grade.CAUTION if open_ or here.meant else Grade.REFUSED
    for acl, subnet, network, wrong in shut:
        yield _blocks(here, acl, subnet, network, wrong, grade, beside)


def _guarded(here: Seen, subnets: set[str]) -> Iterator[tuple[Mapping[str, Any], list[str], Network]]:
    """The ACLs of those subnets, each with its ones of these and the networks of the other VPC that are led there."""
    behind = {subnet for table in here.tables for subnet in here.behind(table)} if here.planned else subnets
    led = [
        each for each in here.networks if here.planned or any(here.led_in_part(table, each) for table in here.tables)
    ] or here.networks  # fmt: skip
    for acl in here.acls:
        touched = sorted(acls.subnets(acl) & behind)
        yield from ((acl, touched, network) for network in led if touched)


def _blocks(
    here: Seen, acl: Mapping[str, Any], subnet: str, network: Network, wrong: acls.Blocked, grade: Grade,
    beside: list[acls.Entry],
) -> Finding:  # fmt: skip
    asking = ":asking" if wrong.asking else ""
    found = Finding(
        f"network-acls:{acl.get('NetworkAclId')}:{network}{asking}", grade,
        f"The network ACL {acl.get('NetworkAclId')} of subnet {subnet} blocks {network} of {here.peer} "
        f"({wrong.what()}).", "DescribeNetworkAcls: its entries, first match wins",
        "Allow it there, in both directions: network ACLs do not know which packets are answers.",
        beyond="" if wrong.closed else repairs.MEANT,
    )  # fmt: skip
    inward, outward = (wrong.answers, wrong.shut) if asking else (wrong.shut, wrong.answers)
    entries = acls.opening(acl, network, inward, outward, beside)
    beside += entries
    mends = entries and (wrong.closed or not wrong.part) and not here.planned
    return found.mended_by(repairs.let_through(acl, entries, here.side)) if mends else found


def _listed(here: Seen) -> str:
    return ", ".join(map(str, here.networks)) or here.peer


def _services(services: list[Service]) -> str:
    return ", ".join(dict.fromkeys(service.told for service in services))
