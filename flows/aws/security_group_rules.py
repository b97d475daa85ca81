"""Rules that are added to a security group, known by their ids and taken back one by one.

An id stays with its rule when somebody edits that (Amazon EC2 API Reference, "ModifySecurityGroupRules", 2026-10), so
what was edited can be told from what is as it was made, and what somebody else put in its place is not ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine import RUN, Action, Call, Find, Late, Others, Ref, Still, Undo, join

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


@dataclass(frozen=True)
class Rule:
    """Who may use what: a protocol and its ports (ICMP: type and code), from a source of one of the KINDS.

    `source` is a network, or the id of a prefix list or security group; `name` says it all to people.
    """

    protocol: str
    first: int
    last: int
    kind: str
    source: str
    name: str

    def permission(self, description: Late) -> dict[str, Any]:
        """As EC2 takes it."""
        ports = {} if self.protocol == ALL else {"FromPort": self.first, "ToPort": self.last}
        source = {KINDS[self.kind]: self.source, "Description": description}
        return {"IpProtocol": self.protocol, **ports, self.kind: [source]}

    @property
    def is_it(self) -> str:
        """JMESPath, true of this rule as EC2 tells it."""
        ports = "" if self.protocol == ALL else f" && FromPort==`{self.first}` && ToPort==`{self.last}`"
        return f"IpProtocol=='{self.protocol}'{ports} && {TOLD[self.kind]}=='{self.source}'"


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
    )
