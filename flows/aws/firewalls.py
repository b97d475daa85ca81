"""A firewall for something that is made with it: a security group of its own, and who is let in.

Amazon EC2 API Reference, "CreateSecurityGroup" and "AuthorizeSecurityGroupIngress", 2026-10.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any

from flows.engine import RUN, Action, Call, Cloud, Find, Ref, Undo, join

from .network import SecurityGroup
from .tags import tagged

GROUP = Ref("firewall", "GroupId")


def group_taken(cloud: Cloud, name: str, vpc: str) -> bool:
    """Whether that network has a security group of that name."""
    return any(each["GroupName"] == name for page in cloud.pages(_groups(vpc)) for each in page["SecurityGroups"])


def firewall(name: str, about: str, vpc: str, sentence: str) -> Action:
    """A security group. On the way out a network card may hold it for some minutes.

    Args:
        name: what it is called.
        about: its description.
        vpc: the id of the network.
        sentence: what the review says.
    """
    description = {"GroupName": name, "Description": about, "VpcId": vpc}
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
        find=Find(_groups(vpc), join("SecurityGroups[?Tags[?Key=='handrail:run' && Value=='", RUN, "']] | [0]")),
        type="AWS::EC2::SecurityGroup",
        resource=GROUP,
        undone=f"The security group {name}",
        refusals={"InvalidGroup.Duplicate": f"There is a security group {name} already. Choose another name."},
    )


def let_in(ports: Iterable[int], sources: Iterable[IPv4Network | SecurityGroup], sentence: str, undone: str) -> Action:
    """Let networks, or the machines with certain security groups, use these ports of what is behind the firewall."""
    ports, sources, about = tuple(ports), tuple(sources), join("Handrail ", RUN)

    def named(more: Mapping[str, Any]) -> dict[str, Any]:
        return {"GroupId": GROUP, "IpPermissions": [_rule(port, sources, more) for port in ports]}

    ours = join(
        "SecurityGroups[0].IpPermissions[].[IpRanges, UserIdGroupPairs][][] | [?Description=='",
        *about.parts,
        "'] | [0]",
    )
    return Action(
        "let-in",
        sentence,
        Call("ec2.AuthorizeSecurityGroupIngress", named({"Description": about})),
        undo=(
            Undo(
                Call("ec2.RevokeSecurityGroupIngress", named({})),
                gone=("InvalidPermission.NotFound", "InvalidGroup.NotFound", "InvalidGroupId.NotFound"),
            ),
        ),
        find=Find(Call("ec2.DescribeSecurityGroups", {"GroupIds": [GROUP]}), ours),
        type="AWS::EC2::SecurityGroupIngress",
        undone=undone,
    )


def _groups(vpc: str) -> Call:
    return Call("ec2.DescribeSecurityGroups", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]})


def _rule(port: int, sources: Iterable[IPv4Network | SecurityGroup], more: Mapping[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    if ranges := [{"CidrIp": str(each), **more} for each in sources if isinstance(each, IPv4Network)]:
        rule["IpRanges"] = ranges
    if groups := [{"GroupId": each.id, **more} for each in sources if isinstance(each, SecurityGroup)]:
        rule["UserIdGroupPairs"] = groups
    return rule
