"""Rules of a security group that name another group instead of a network: whatever is in that may come in.

Of a connected VPC's groups AWS takes only those of the same region, and only while the connection is active; another
account's needs its number. Once the connection is gone the rule stays and lets nobody in (Amazon VPC Peering Guide,
"Update your security groups to reference peer security groups", 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import security_group_rules
from .addresses import Network
from .ip_permissions import Service, spoken
from .security_groups import SecurityGroup

NOT_YET = ("InvalidGroup.NotFound: belong to different networks",)
"""What AWS says of a group whose VPC is not connected yet (ansible issue 28876)."""


@dataclass(frozen=True)
class GroupRule:
    """Who may use what by being in a security group; `owner` is the account of one that is another's."""

    service: Service
    named: SecurityGroup
    owner: str = ""

    @property
    def source(self) -> str:
        """Who that is, as part of a sentence."""
        return f"{self.named.name} ({self.named.id})"

    @property
    def key(self) -> str:
        return f"{self.service.protocol}-{self.named.id}"

    @property
    def admitted(self) -> security_group_rules.Rule:
        """As EC2 takes it."""
        service = self.service
        return security_group_rules.Rule(
            service.protocol, service.first, service.last, "UserIdGroupPairs", self.named.id,
            f"{service.name} from {self.source}", self.owner,
        )  # fmt: skip

    def in_(self, group: SecurityGroup) -> bool:
        """Whether a group lets that in already."""
        return any(
            str(each["IpProtocol"]) in ("-1", self.service.protocol)
            and any(pair.get("GroupId") == self.named.id for pair in each.get("UserIdGroupPairs") or [])
            and (str(each["IpProtocol"]) == "-1" or self._within(int(each["FromPort"]), int(each["ToPort"])))
            for each in group.told.get("IpPermissions") or []
        )

    def _within(self, first: int, last: int) -> bool:
        if self.service.protocol in ("icmp", "icmpv6"):
            return first in (-1, self.service.first)
        return first <= self.service.first and self.service.last <= last


def missing(
    group: SecurityGroup,
    services: Iterable[Service],
    named: Iterable[SecurityGroup],
    networks: Iterable[Network],
    owner: str = "",
) -> tuple[tuple[GroupRule, ...], tuple[GroupRule, ...]]:
    """The rules that a group needs, and those that it has.

    Args:
        group: the one that lets in.
        services: what may be used.
        named: the groups that may.
        networks: where what is in them is: ping is one rule for each version of IP.
        owner: the account of the groups, where it is another.
    """
    kinds = {each.version: each for each in networks}.values()
    spoken_there = dict.fromkeys(spoken(service, each) for service in services for each in kinds)
    wanted = [GroupRule(service, each, owner) for service in spoken_there for each in named]
    covered = tuple(rule for rule in wanted if rule.in_(group))
    return tuple(rule for rule in wanted if rule not in covered), covered
