"""What can stand in the way of a database, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import Any

from flows.aws import service_quotas
from flows.aws.addresses import PRIVATE
from flows.aws.aurora_clusters import OTHER_SERVICES, clusters, every_instance, is_aurora
from flows.aws.vpcs import Vpc
from flows.engine import Call, Caution, Cloud, Finding, Grade

from . import rules

RULES: tuple[rules.Rule, ...] = (rules.key_state, rules.clients)
QUOTA = {"clusters": ("L-952B80B8", 40), "instances": ("L-7B6409FD", 40)}
"""Of one region; the numbers count where the account's own cannot be read (Amazon RDS quotas, 2026-10)."""


def password(user: str) -> Caution:
    """What becomes of the password that AWS makes (Aurora User Guide, "Password management with Secrets Manager")."""
    return Caution(
        "password-changes",
        f"AWS changes the password of {user} every 7 days, by itself. Whatever keeps a copy of it stops within a week: "
        "let applications read it in Secrets Manager each time they connect.",
        key="user",
    )


def names_free(cloud: Cloud, name: str, vpc: Vpc, instances: int) -> Iterator[Finding]:
    """Whether everything that will carry the name may. AWS refuses what exists; an emulator may overwrite it."""
    taken: list[str] = []
    if any(each["DBClusterIdentifier"] == name for each in clusters(cloud)):
        taken.append(f"the cluster {name}")
    wanted = {f"{name}-{number}" for number in range(1, instances + 1)}
    there = {each["DBInstanceIdentifier"] for each in every_instance(cloud)}
    taken += [f"the instance {id}" for id in sorted(wanted & there)]
    for page in cloud.pages(Call("rds.DescribeDBSubnetGroups")):
        if any(str(each.get("DBSubnetGroupName", "")).lower() == name for each in page.get("DBSubnetGroups") or []):
            taken.append(f"the subnet group {name}")
    for page in cloud.pages(Call("ec2.DescribeSecurityGroups", {"Filters": [{"Name": "vpc-id", "Values": [vpc.id]}]})):
        if any(each.get("GroupName") == f"{name}-db" for each in page["SecurityGroups"]):
            taken.append(f"the security group {name}-db")
    if taken:
        what = ", ".join(taken)
        yield Finding("names", Grade.REFUSED, f"There is already {what}.", "read just now", "Choose another name.")
    else:
        yield Finding("names", Grade.PROVED, f"Nothing is called {name} yet.", "read just now")


def room(cloud: Cloud, instances: int) -> Iterator[Finding]:
    """Whether the account has room for one more cluster and its instances."""
    known = True
    counted = [each for each in every_instance(cloud) if each.get("Engine") not in OTHER_SERVICES]
    wanted = (("clusters", sum(map(is_aurora, clusters(cloud))), 1), ("instances", len(counted), instances))
    for what, existing, more in wanted:
        code, usual = QUOTA[what]
        told = service_quotas.limit(cloud, "rds", code)
        known = known and told is not None
        limit = usual if told is None else told
        if existing + more > limit:
            yield Finding(
                f"quota-{code}", Grade.REFUSED,
                f"You have {existing} {what}; {more} more would be over the limit of {limit}.",
                "counted in your account", f"Delete one, or ask AWS to raise the quota {code}.",
            )  # fmt: skip
            return
    grade, by = (Grade.PROVED, "") if known else (Grade.PREDICTED, ", going by AWS's usual limits")
    yield Finding("room", grade, f"There is room for the cluster and its instances{by}.", "counted in your account")


def outside(networks: Iterable[IPv4Network], vpc: Vpc) -> Iterator[Caution]:
    """Addresses on the internet cannot reach a database without a public address."""
    private: tuple[Any, ...] = (*PRIVATE, *vpc.networks)
    if far := [str(each) for each in networks if not any(each.subnet_of(own) for own in private)]:
        yield Caution(
            "address-cannot-reach",
            f"{', '.join(far)} cannot reach it: it has no public address. Set public to yes, or connect through a VPN "
            "and let in the address that the database sees.",
        )
