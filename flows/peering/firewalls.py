"""What decides whether the firewalls of a VPC let the other one in: security groups, and network ACLs of subnets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flows.aws import network_acls as acls
from flows.aws import used_by_others
from flows.aws.network import Service
from flows.engine import Call, CloudError, Finding, Grade

from . import repairs
from .rules import Seen


def doors(here: Seen) -> Iterator[Finding]:
    """Some security group with something in it lets the other VPC in. One that nothing stands behind is a door in no
    wall; a VPC may also only ask, and never be asked."""
    id, by = f"security-groups:{here.vpc}", "DescribeSecurityGroups, DescribeNetworkInterfaces"
    if why := here.unread.get("groups") or here.unread.get("servers"):
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
            id, Grade.CAUTION, f"There is nothing in {here.side.shown} that a security group guards.", by,
            "There is nothing to be reached there; it may still ask.",
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


def either(found: list[Finding]) -> Iterator[Finding]:
    """What was found of both doors: one VPC may only ask, so one that is open suffices, and the other is told."""
    opened = any(each.grade is Grade.PROVED for each in found)
    for each in found:
        only_asks = opened and each.grade in (Grade.REFUSED, Grade.CAUTION)
        yield replace(each, grade=Grade.PREDICTED) if only_asks else each


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
        ]
        if named:
            yield Finding(
                f"stale:{group['GroupId']}", Grade.CAUTION,
                f"{group.get('GroupName') or ''} ({group['GroupId']}) names {', '.join(named)}, which is gone, no "
                "longer connected, or in another region.", "DescribeStaleSecurityGroups",
                "Use the network instead of the group, or take the rule away.",
            )  # fmt: skip


def network_acls(here: Seen) -> Iterator[Finding]:
    """The network ACLs let the other VPC in and the answers out: they know no connections, so both count."""
    id, by = "network-acls", "DescribeNetworkAcls: its entries, first match wins"
    if why := here.unread.get("acls"):
        yield Finding(f"{id}:{here.vpc}", Grade.NOT_CHECKED, f"The network ACLs of {here.vpc} could not be read.", why)
        return
    subnets = {each.subnet for each in here.meant} if here.meant else {s for t in here.tables for s in here.behind(t)}
    services = here.side.services if here.planned else tuple(
        dict.fromkeys(service for group in here.side.groups for service in here.lets_in(group))
    )  # fmt: skip
    clear = True
    for acl in here.acls:
        beside: list[acls.Entry] = []
        touched = sorted(acls.subnets(acl) & subnets)
        for network in here.networks if touched else ():
            shut = [each for each in services if not acls.allows(acl, network, each, egress=False)]
            back = acls.allows(acl, network, acls.ANSWERS, egress=True)
            answers = acls.allows(acl, network, acls.ANSWERS, egress=False)
            if not shut and back and answers:
                continue
            clear = False
            what = [f"the way in for {_services(shut)}"] * bool(shut) + ["answers out"] * (not back)
            what += ["answers in"] * (not answers)
            wanted = [*shut, *([] if answers else [acls.ANSWERS])]
            found = Finding(
                f"{id}:{acl.get('NetworkAclId')}:{network}", Grade.PREDICTED if here.planned else Grade.REFUSED,
                f"The network ACL {acl.get('NetworkAclId')} of subnet {touched[0]} blocks {network} of {here.peer} "
                f"({', '.join(what)}).", by,
                "Allow it there, in both directions: network ACLs do not know which packets are answers.",
            )  # fmt: skip
            entries = acls.opening(acl, network, wanted, answers=not back, beside=beside)
            beside += entries
            mends = entries and not here.planned
            yield found.mended_by(repairs.let_through(acl, entries, here.side)) if mends else found
    if clear and here.networks:
        yield Finding(
            f"{id}:{here.vpc}", Grade.PREDICTED, f"The network ACLs of {here.vpc} let {here.peer} through.", by
        )


def _listed(here: Seen) -> str:
    return ", ".join(map(str, here.networks)) or here.peer


def _services(services: list[Service]) -> str:
    def told(service: Service) -> str:
        if service.name or service.protocol == "-1":
            return service.name or "everything"
        ports = str(service.first) if service.first == service.last else f"{service.first}-{service.last}"
        return "ping" if service.protocol in ("icmp", "icmpv6") else f"{service.protocol}/{ports}"

    return ", ".join(dict.fromkeys(map(told, services)))
