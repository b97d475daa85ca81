"""Security groups of a VPC: to pick from, and the rules that one still needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from flows.engine import Action, Call, Cloud, Late, Option, Use
from flows.engine.listing import by_filter, listed

from . import security_group_rules, vpn_dependents
from .addresses import Network, slug
from .ip_permissions import Rule, Service, covers, spoken
from .vpcs import Vpc, in_vpc


@dataclass(frozen=True)
class SecurityGroup:
    """A security group. `rules` are those for IPv4, `rules6` for IPv6 and `lists` for prefix lists; `told` is all of it
    as AWS tells it."""

    id: str
    name: str
    description: str
    rules: tuple[Rule, ...]
    lists: tuple[tuple[Service, str], ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict, hash=False)
    rules6: tuple[Rule, ...] = ()


def security_groups(cloud: Cloud, vpc: Vpc) -> Iterator[Option[SecurityGroup]]:
    """The security groups of a VPC."""
    asked = Call("ec2.DescribeSecurityGroups", in_vpc(vpc.id))
    for page in listed(cloud, asked, by_filter("group-id", "group-name")):
        for group in page["SecurityGroups"]:
            found = _security_group(group)
            yield Option(found.id, found, found.name, f"{found.id}  {found.description}")


def missing_rules(
    group: SecurityGroup, services: Iterable[Service], networks: Iterable[Network]
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules that a group needs, and those it does not because an existing one covers them."""
    wanted = [Rule(spoken(service, network), network) for service in services for network in networks]
    there = (*group.rules, *group.rules6)
    covered = tuple(rule for rule in wanted if any(covers(old, rule.service, rule.network) for old in there))
    return tuple(rule for rule in wanted if rule not in covered), covered


def doors(
    group: SecurityGroup,
    services: Iterable[Service],
    networks: Iterable[IPv4Network],
    gateway: Late,
    known: tuple[str, ...],
) -> list[Action | Use]:
    """Whatever a security group still needs in order to let `networks`, behind a VPN gateway, use `services`. `known`
    are the ids of the connections that the gateway has already."""
    missing, covered = missing_rules(group, services, networks)
    kept: list[Action | Use] = [
        Use(
            f"rule-{group.id}-{rule.service.name}-{slug(rule.network)}",
            f"{group.name} ({group.id}) lets {rule.network} use {rule.service.name} already",
            "AWS::EC2::SecurityGroupIngress",
            group.id,
        )
        for rule in covered
    ]
    return [*kept, let_in(group, missing, gateway, known)] if missing else kept


def let_in(group: SecurityGroup, rules: tuple[Rule, ...], gateway: Late, known: tuple[str, ...]) -> Action:
    """Add rules to a security group, all or none; other connections of the gateway may bring the same networks."""
    end = vpn_dependents.aws_end(gateway)
    through = vpn_dependents.connections(end, gateway, {rule.network for rule in rules}, known)
    services = ", ".join(dict.fromkeys(rule.service.name for rule in rules))
    networks = ", ".join(dict.fromkeys(str(rule.network) for rule in rules))
    return security_group_rules.admit(
        f"let-in-{group.id}",
        f"Let {networks} use {services} on the servers in {group.name} ({group.id})",
        group.id,
        (rule.admitted for rule in rules),
        about="office",
        undone=f"The office's rules in {group.name} ({group.id})",
        others=(replace(through, remove=None),),
    )  # fmt: skip


def _security_group(group: dict[str, Any]) -> SecurityGroup:
    permissions = [
        (Service("", str(p["IpProtocol"]), int(p.get("FromPort") or 0), int(p.get("ToPort") or 0)), p)
        for p in group.get("IpPermissions") or []
    ]

    def of_kind(ranges: str, key: str, kind: type[Network]) -> tuple[Rule, ...]:
        return tuple(
            Rule(service, kind(allowed[key], strict=False))
            for service, permission in permissions
            for allowed in permission.get(ranges) or []
        )

    lists = tuple(
        (service, str(allowed["PrefixListId"]))
        for service, permission in permissions
        for allowed in permission.get("PrefixListIds") or []
    )
    return SecurityGroup(
        group["GroupId"], group.get("GroupName", ""), group.get("Description", ""),
        of_kind("IpRanges", "CidrIp", IPv4Network), lists, group, of_kind("Ipv6Ranges", "CidrIpv6", IPv6Network),
    )  # fmt: skip
