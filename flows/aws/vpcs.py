"""Virtual private clouds: to pick from, with their ranges and what subnets they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from flows.engine import Call, Cloud, Option
from flows.engine.listing import Narrow, by_filter, listed

from .addresses import Network
from .tags import name_of


@dataclass(frozen=True)
class Vpc:
    """A VPC. `networks` are all its IPv4 ranges and `networks6` the IPv6 ones, `ours` says whether this account owns
    it."""

    id: str
    name: str
    networks: tuple[IPv4Network, ...]
    is_default: bool
    owner: str
    ours: bool
    networks6: tuple[IPv6Network, ...] = ()

    @property
    def ranges(self) -> tuple[Network, ...]:
        """All its ranges."""
        return (*self.networks, *self.networks6)

    @property
    def called(self) -> str:
        """Its name, or else its id."""
        return self.name or self.id


VPC_NAMED = by_filter("vpc-id", "tag:Name")


def vpcs(cloud: Cloud, narrow: Narrow = VPC_NAMED) -> Iterator[Option[Vpc]]:
    """The VPCs of the region that can carry anything."""
    account = cloud.identity.account
    for page in listed(cloud, Call("ec2.DescribeVpcs"), narrow):
        for vpc in page["Vpcs"] or []:
            if vpc.get("State", "available") != "available":
                continue
            found = _vpc(vpc, account)
            networks = ", ".join(str(network) for network in found.networks)
            hint = f"{networks}{', the default VPC' if found.is_default else ''}"
            yield Option(found.id, found, found.name or found.id, f"{found.id}  {hint}" if found.name else hint)


def vpc(cloud: Cloud, id: str) -> Vpc | None:
    """One VPC; None if AWS does not tell of it. Raises CloudError."""
    found = cloud.make(Call("ec2.DescribeVpcs", {"VpcIds": [id]})).get("Vpcs") or []
    return _vpc(found[0], cloud.identity.account) if found else None


def with_ranges(cloud: Cloud, networks: Iterable[IPv4Network]) -> list[Vpc]:
    """The VPCs that have one of these as a range of their own. Raises CloudError."""
    wanted = [str(each) for each in networks]
    asked = {"Filters": [{"Name": "cidr-block-association.cidr-block", "Values": wanted}]}
    found = [_vpc(each, cloud.identity.account) for each in cloud.make(Call("ec2.DescribeVpcs", asked))["Vpcs"]]
    return [each for each in found if any(str(own) in wanted for own in each.networks)]


def subnets(cloud: Cloud, vpc: Vpc) -> tuple[str, ...]:
    """The ids of a VPC's subnets. Raises CloudError."""
    pages = cloud.pages(Call("ec2.DescribeSubnets", in_vpc(vpc.id)))
    return tuple(str(each["SubnetId"]) for page in pages for each in page.get("Subnets") or [])


def zones(cloud: Cloud, vpc: Vpc) -> dict[str, str]:
    """The ids of a VPC's subnets, each with its availability zone. Raises CloudError."""
    pages = cloud.pages(Call("ec2.DescribeSubnets", in_vpc(vpc.id)))
    found = [each for page in pages for each in page.get("Subnets") or []]
    return {str(each["SubnetId"]): str(each.get("AvailabilityZone") or "") for each in found}


def shown(vpc: Vpc) -> str:
    """A VPC as a part of a sentence."""
    return f"{vpc.name} ({vpc.id})" if vpc.name else vpc.id


def in_vpc(vpc: str) -> dict[str, Any]:
    """What EC2 is asked with for the things of the VPC of that id."""
    return {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}


def arn(partition: str, region: str, account: str, vpc: str) -> str:
    """The ARN of a VPC."""
    return f"arn:{partition}:ec2:{region}:{account}:vpc/{vpc}"


def _vpc(vpc: dict[str, Any], account: str) -> Vpc:
    associated = [
        block["CidrBlock"]
        for block in vpc.get("CidrBlockAssociationSet") or []
        if (block.get("CidrBlockState") or {}).get("State", "associated") == "associated"
    ] or [vpc["CidrBlock"]]
    owner = str(vpc.get("OwnerId") or account)
    return Vpc(
        vpc["VpcId"],
        name_of(vpc),
        tuple(IPv4Network(cidr) for cidr in associated),
        bool(vpc.get("IsDefault")),
        owner,
        not account or owner == account,
        tuple(
            IPv6Network(block["Ipv6CidrBlock"])
            for block in vpc.get("Ipv6CidrBlockAssociationSet") or []
            if (block.get("Ipv6CidrBlockState") or {}).get("State", "associated") == "associated"
        ),
    )
