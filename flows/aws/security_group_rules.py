"""Rules that are added to a security group, known by their ids and taken back one by one.

An id stays with its rule when somebody edits that (Amazon EC2 API Reference, "ModifySecurityGroupRules", 2026-10), so
what was edited can be told from what is as it was made, and what somebody else put in its place is not ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    Find,
    Finding,
    Grade,
    Late,
    Others,
    Ref,
    Still,
    Undo,
    join,
)

from . import service_quotas

KINDS = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}
"""The four ways in which EC2 takes where something may come from."""
TOLD = {
    "IpRanges": "CidrIpv4",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "ReferencedGroupInfo.GroupId",
}
"""And in which it tells it of a rule."""
ALL = "-1"
"""Every protocol: it has no ports."""
ROOM = 60
QUOTA = "L-0EA8095F"
"""Rules of a security group in one direction, IPv4 and IPv6 counted apart; a rule for another group or for a prefix
list counts in both (Amazon VPC User Guide, "Amazon VPC quotas", 2026-11)."""


@dataclass(frozen=True)
class Rule:
    """Who may use what: a protocol and its ports (ICMP: type and code), from a source of one of the KINDS.

    `source` is a network, or the id of a prefix list or security group; `name` says it all to people; `owner` is the
    account of a security group that is another's.
    """

    protocol: str
    first: int
    last: int
    kind: str
    source: str
    name: str
    owner: str = ""

    def permission(self, description: Late) -> dict[str, Any]:
        """As EC2 takes it."""
        ports = {} if self.protocol == ALL else {"FromPort": self.first, "ToPort": self.last}
        source = {KINDS[self.kind]: self.source, "Description": description}
        if self.owner:
            source["UserId"] = self.owner
        return {"IpProtocol": self.protocol, **ports, self.kind: [source]}

    @property
    def is_it(self) -> str:
        """JMESPath, true of this rule as EC2 tells it."""
        ports = "" if self.protocol == ALL else f" && FromPort==`{self.first}` && ToPort==`{self.last}`"
        return f"IpProtocol=='{self.protocol}'{ports} && {TOLD[self.kind]}=='{self.source}'"


def counted(permissions: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """The rules of one direction as AWS counts them: for IPv4 and for IPv6."""
    four = six = 0
    for each in permissions:
        both = len(each.get("PrefixListIds") or ()) + len(each.get("UserIdGroupPairs") or ())
        four += len(each.get("IpRanges") or ()) + both
        six += len(each.get("Ipv6Ranges") or ()) + both
    return four, six


def room(cloud: Cloud, group: Mapping[str, Any], more: Iterable[Rule]) -> Iterator[Finding]:
    """Whether a security group, as EC2 tells it, has room for more rules inwards. Its limit is read only where it
    decides."""
    added = counted(rule.permission("") for rule in more)
    there = counted(group.get("IpPermissions") or ())
    if not any(added) or all(have + new <= ROOM for have, new in zip(there, added, strict=True)):
        return
    read = service_quotas.limit(cloud, "vpc", QUOTA)
    limit = read or ROOM
    name = f"{group.get('GroupName') or ''} ({group['GroupId']})".strip()
    for have, new, kind in zip(there, added, ("IPv4", "IPv6"), strict=True):
        if new and have + new > limit:
            yield Finding(
                f"rules:{group['GroupId']}:{kind}", Grade.REFUSED,
                f"The security group {name} has {have} rules for {kind}; {new} more would be over the limit of {limit}"
                f"{'' if read else ', which is the usual one'}.",
                "counted in your account",
                f"Combine rules of it, or ask AWS to raise the quota {QUOTA}.",
            )  # fmt: skip


def admit(
    id: str,
    sentence: str,
    group: Late,
    rules: Iterable[Rule],
    *,
    about: str,
    undone: str,
    others: tuple[Others, ...] = (),
    **more: Mapping[str, Any],
) -> Action:
    """Add rules to a security group, all of them or none; each is described with the run.

    Args:
        id: the action's.
        sentence: what the review says.
        group: the id of the group.
        rules: what is added.
        about: what the rules' description says behind the run: "office".
        undone: what the receipt calls them.
        others: what of others may need them.
        more: further parameters of the call, such as tags.
    """
    rules = tuple(rules)
    description = join("Handrail ", RUN, f": {about}")
    wanted = " || ".join(rule.is_it for rule in rules)
    mine = join("SecurityGroupRules[?Description=='", description, f"' && !IsEgress && ({wanted})]")
    look = Call("ec2.DescribeSecurityGroupRules", {"Filters": [{"Name": "group-id", "Values": [group]}]})
    return Action(
        id,
        sentence,
        Call(
            "ec2.AuthorizeSecurityGroupIngress",
            {"GroupId": group, "IpPermissions": [rule.permission(description) for rule in rules], **more},
        ),
        undo=tuple(_taken_back(id, group, rule, place) for place, rule in enumerate(rules)),
        find=Find(look, join("(", mine, " || `null`) && {SecurityGroupRules: ", mine, "}")),
        others=others,
        goes_with=group.action if isinstance(group, Ref) else "",
        type="AWS::EC2::SecurityGroupIngress",
        undone=undone,
    )


def _taken_back(id: str, group: Late, rule: Rule, place: int) -> Undo:
    """Revoke one rule, unless it says something else by now. AWS tells in no promised order what it made."""
    it = f"(SecurityGroupRules[?{rule.is_it}] || SecurityGroupRules[{place}:]) | [0].SecurityGroupRuleId"
    this = {"SecurityGroupRuleIds": [Ref(id, it)]}
    whole = f"IpProtocol && type(FromPort)=='number' && type(ToPort)=='number' && ({' || '.join(TOLD.values())})"
    return Undo(
        Call("ec2.RevokeSecurityGroupIngress", {"GroupId": group, **this}),
        still=Still(
            Call("ec2.DescribeSecurityGroupRules", this),
            f"SecurityGroupRules[0] | @ && ({rule.is_it} && 'ours' || {whole} && GroupId)",
            "ours",
            "Somebody changed this rule since; it is left as it is now.",
        ),
        what=rule.name,
        alike=Find(
            Call("ec2.DescribeSecurityGroupRules", {"Filters": [{"Name": "group-id", "Values": [group]}]}),
            f"SecurityGroupRules[?!IsEgress && {rule.is_it}].SecurityGroupRuleId || `null`",
        ),
    )
