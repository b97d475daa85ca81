"""Subnets of a VPC: where things stand, in which zone, and whether the internet can reach them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from flows.engine import Call, Cloud, Option

from . import route_tables
from .tags import name_of
from .vpcs import Vpc


@dataclass(frozen=True)
class Subnet:
    """A subnet. `public` says that its route table leads to an internet gateway."""

    id: str
    name: str
    zone: str
    network: IPv4Network
    public: bool

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id


def subnets(cloud: Cloud, vpc: Vpc) -> Iterator[Option[Subnet]]:
    """The subnets of a VPC, private ones first."""
    tables = [option.value for option in route_tables.route_tables(cloud, vpc)]
    main = next((table for table in tables if table.main), None)
    asked = Call("ec2.DescribeSubnets", {"Filters": [{"Name": "vpc-id", "Values": [vpc.id]}]})
    found: list[Subnet] = []
    for page in cloud.pages(asked):
        for subnet in page["Subnets"]:
            if not subnet.get("CidrBlock"):
                continue  # it has IPv6 addresses alone, of which nothing here is
            table = next((table for table in tables if subnet["SubnetId"] in table.subnets), main)
            found.append(
                Subnet(
                    subnet["SubnetId"],
                    name_of(subnet),
                    subnet["AvailabilityZone"],
                    IPv4Network(subnet["CidrBlock"]),
                    bool(table and table.public),
                )
            )
    for each in sorted(found, key=lambda each: (each.public, each.zone, each.network)):
        hint = f"{each.id}  {each.network}, {each.zone}, {'public' if each.public else 'private'}"
        yield Option(each.id, each, each.name or each.id, hint)


def zones(chosen: Sequence[Subnet]) -> list[str]:
    """The zones that these subnets lie in."""
    return sorted({subnet.zone for subnet in chosen})
