"""A firewall for something that is made with it: a security group of its own, and who is let in.

Amazon EC2 API Reference, "CreateSecurityGroup" and "AuthorizeSecurityGroupIngress", 2026-10. A group cannot be deleted
while it is on a network card, or named by a rule of another group ("DeleteSecurityGroup"); its own rules go with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

from flows.engine import RUN, Action, Call, Cloud, Find, Late, Others, Ref, Still, Undo, found, join

from .security_groups import SecurityGroup
from .tags import tagged

GROUP = Ref("firewall", "GroupId")
OURS = join("Handrail ", RUN)
"""What every rule of the run says of itself."""
RULES = Call("ec2.DescribeSecurityGroupRules", {"Filters": [{"Name": "group-id", "Values": [GROUP]}]})
ABOUT = (
    "[SecurityGroupRuleId, join(' ', [IsEgress && 'out' || 'in', IpProtocol || '', to_string(FromPort || ''), "
    "CidrIpv4 || CidrIpv6 || PrefixListId || ReferencedGroupInfo.GroupId || ''])]"
)
AS_MADE = "IsEgress && IpProtocol=='-1' && (CidrIpv4=='0.0.0.0/0' || CidrIpv6=='::/0')"
"""The way out, which every group has from the beginning."""


def group_taken(cloud: Cloud, name: str, vpc: str) -> bool:
    """Whether that network has a security group of that name."""
    return any(each["GroupName"] == name for page in cloud.pages(_groups(vpc)) for each in page["SecurityGroups"])


def firewall(name: str, about: str, vpc: str, sentence: str, cards: Late, *more: Others) -> Action:
    """A security group. On the way out a network card may hold it for some minutes.

    Args:
        name: what it is called.
        about: its description.
        vpc: the id of the network.
        sentence: what the review says.
        cards: JMESPath that is true of the network cards of what it is made for.
        more: what else may lean on it.
    """
    description = {"GroupName": name, "Description": about, "VpcId": vpc}
    carried = Call("ec2.DescribeNetworkInterfaces", {"Filters": [{"Name": "group-id", "Values": [GROUP]}]})
    theirs = join("NetworkInterfaces[?!(", cards, ")].[NetworkInterfaceId, Attachment.InstanceId || Description]")
    naming = join(
        "SecurityGroups[?GroupId!='", GROUP, "' && contains([IpPermissions, IpPermissionsEgress][].UserIdGroupPairs[]"
        ".GroupId, '", GROUP, "')].[GroupId, GroupName]",
    )  # fmt: skip
    foreign = join("SecurityGroupRules[?Description!='", OURS, f"' && !({AS_MADE})].{ABOUT}")
    return Action(
        GROUP.action,
        sentence,
        Call("ec2.CreateSecurityGroup", {**description, **tagged("security-group", name)}),
        undo=(
            Undo(
                Call("ec2.DeleteSecurityGroup", {"GroupId": GROUP}),
                gone=("InvalidGroup.NotFound", "InvalidGroupId.NotFound"),
                not_yet=("DependencyViolation",),
            ),
        ),
        others=(
            Others(RULES, foreign, "Somebody put rules into it"),
            Others(carried, theirs, "Somebody else's network cards have it", key=""),
            Others(_groups(vpc), naming, "Rules of other security groups name it", key=""),
            *more,
        ),
        find=Find(_groups(vpc), join("SecurityGroups[?Tags[?Key=='handrail:run' && Value=='", RUN, "']] | [0]")),
        type="AWS::EC2::SecurityGroup",
        resource=GROUP,
        undone=f"The security group {name}",
        refusals={"InvalidGroup.Duplicate": f"There is a security group {name} already. Choose another name."},
    )


def let_in(
    ports: Iterable[int], sources: Iterable[IPv4Network | SecurityGroup], sentence: str, undone: str, serves: str
) -> Action:
    """Let networks, or the machines with certain security groups, use these ports of what is behind the firewall.

    `serves` is the id of the action that makes that.
    """
    ports, sources = tuple(ports), tuple(sources)
    made = {"GroupId": GROUP, "IpPermissions": [_rule(port, sources) for port in ports]}
    ids = "SecurityGroupRules[].SecurityGroupRuleId"
    ours = Call(RULES.operation, {"Filters": [{"Name": "security-group-rule-id", "Values": Ref("let-in", ids)}]})
    where = " || ".join(
        f"CidrIpv4=='{each}'" if isinstance(each, IPv4Network) else f"ReferencedGroupInfo.GroupId=='{each.id}'"
        for each in sources
    )
    meant = " || ".join(f"FromPort==`{port}` && ToPort==`{port}`" for port in ports)
    changed = f"SecurityGroupRules[?!(IpProtocol=='tcp' && ({meant}) && ({where}))].{ABOUT}"
    mine = join("SecurityGroupRules[?Description=='", OURS, "']")
    return Action(
        "let-in",
        sentence,
        Call("ec2.AuthorizeSecurityGroupIngress", made),
        undo=(
            Undo(
                Call("ec2.RevokeSecurityGroupIngress", {"GroupId": GROUP, "SecurityGroupRuleIds": found(ids)}),
                read=ours,
                gone=("InvalidGroup.NotFound", "InvalidGroupId.NotFound"),
                still=Still(ours, "SecurityGroupRules[0].GroupId", GROUP, "It is in another group by now."),
            ),
        ),
        others=(Others(ours, changed, "Somebody changed rules of it"),),
        part_of=(GROUP.action, serves),
        goes_with=GROUP.action,
        find=Find(RULES, join("(", mine, " | [0]) && {SecurityGroupRules: ", mine, "}")),
        type="AWS::EC2::SecurityGroupIngress",
        undone=undone,
    )


def _groups(vpc: str) -> Call:
    return Call("ec2.DescribeSecurityGroups", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]})


def _rule(port: int, sources: Iterable[IPv4Network | SecurityGroup]) -> dict[str, Any]:
    more: dict[str, Any] = {"Description": OURS}
    rule: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    if ranges := [{"CidrIp": str(each), **more} for each in sources if isinstance(each, IPv4Network)]:
        rule["IpRanges"] = ranges
    if groups := [{"GroupId": each.id, **more} for each in sources if isinstance(each, SecurityGroup)]:
        rule["UserIdGroupPairs"] = groups
    return rule
