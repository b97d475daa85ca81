"""Network interfaces: what stands behind a security group, and in which subnet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flows.engine import Call, Cloud, CloudError

from .tags import name_of


@dataclass(frozen=True)
class Interface:
    """A network interface that has security groups: of a machine, a database, a load balancer, a function.

    `of` is the instance's id, or what AWS or people say the interface is for. `called` is its machine's name with that
    id, where it has one.
    """

    id: str
    of: str
    subnet: str
    groups: tuple[str, ...]
    called: str = ""

    @property
    def shown(self) -> str:
        """What people know it by: the machine's name, else what it is of, else its own id."""
        return self.called or self.of or self.id


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


def named(cloud: Cloud, vpc: str, servers: Iterable[Interface]) -> tuple[Interface, ...]:
    """The same with the names of their machines, which is one call more; where that is not allowed, without."""
    asked = Call("ec2.DescribeInstances", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]})
    try:
        groups = [group for page in cloud.pages(asked) for group in page.get("Reservations") or []]
    except CloudError:
        groups = []
    names = {each.get("InstanceId"): name_of(each) for group in groups for each in group.get("Instances") or []}
    return tuple(
        replace(each, called=f"{name} ({each.of})") if (name := names.get(each.of)) else each for each in servers
    )
