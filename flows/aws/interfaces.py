"""Network interfaces: what stands behind a security group, and in which subnet."""

from __future__ import annotations

from dataclasses import dataclass

from flows.engine import Call, Cloud


@dataclass(frozen=True)
class Interface:
    """A network interface that has security groups: of a machine, a database, a load balancer, a function.

    `of` is the instance's id, or what AWS or people say the interface is for.
    """

    id: str
    of: str
    subnet: str
    groups: tuple[str, ...]


def guarded(cloud: Cloud, vpc: str) -> tuple[Interface, ...]:
    """The network interfaces of a VPC that have security groups; those of NAT gateways and transit gateways have none.

    Raises CloudError.
    """
    asked = Call("ec2.DescribeNetworkInterfaces", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]})
    found = [each for page in cloud.pages(asked) for each in page.get("NetworkInterfaces") or []]
    return tuple(
        Interface(
            str(each.get("NetworkInterfaceId") or ""),
            str((each.get("Attachment") or {}).get("InstanceId") or each.get("Description") or ""),
            str(each.get("SubnetId") or ""),
            tuple(str(group.get("GroupId")) for group in each["Groups"]),
        )
        for each in found
        if each.get("Groups")
    )
