"""Rules that name security groups of a connected VPC: moto knows neither the connection nor the other account.

VPC Peering Guide, "Update your security groups to reference peer security groups", and botocore's model of EC2's
UserIdGroupPair, 1.44, 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError
from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.responses import EC2Response

from flows.practice.gaps.wire import Response, answer_ec2, refuse

STATUS = "PeeringStatus"


def named(backend: Any, group: Any, pairs: list[dict[str, Any]]) -> None:
    """Write beside each group that a rule names where it is; one of a VPC that is not connected is refused."""
    for pair in pairs:
        owner = pair.get("UserId") or backend.account_id
        found = ec2_backends[owner][backend.region_name].get_security_group_by_name_or_id(pair.get("GroupId") or "")
        if found is None or found.vpc_id == group.vpc_id or not pair.get("GroupId"):
            continue  # moto says that there is none; one of the same VPC needs nothing
        between = next((each for each in backend.vpc_pcxs.values() if each.active and _joins(each, group, found)), None)
        if between is None:
            raise refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
        pair |= {"UserId": owner, "VpcId": found.vpc_id, "VpcPeeringConnectionId": between.id, STATUS: "active"}


def _joins(connection: Any, group: Any, other: Any) -> bool:
    return bool(connection.vpcs == {group.vpc_id, other.vpc_id})


def _of_whichever_account(self: Any, pairs: list[dict[str, Any]] | None, vpc_id: str | None) -> list[dict[str, Any]]:
    for pair in pairs or []:
        owner = pair.get("UserId") or self.account_id
        there = ec2_backends[owner][self.region_name]
        found = there.get_security_group_by_name_or_id(pair.get("GroupId") or pair.get("GroupName") or "", vpc_id)
        if found is None:
            raise InvalidSecurityGroupNotFoundError(pair.get("GroupId") or pair.get("GroupName") or "")
        pair.pop("GroupName", None)
        pair |= {"GroupId": found.id, "UserId": owner, "OwnerId": pair.get("OwnerId", owner)}
    return list(pairs or [])


def _as_it_stands(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    """What becomes of the connection is told with the rule."""

    def describe(self: Response) -> ActionResult:
        backend = self.ec2_backend
        states: Mapping[str, str] = {id: each.state for id, each in backend.vpc_pcxs.items()}
        for groups in backend.groups.values():
            for rule in (rule for group in groups.values() for rule in group.ingress_rules):
                if over := rule.source_group.get("VpcPeeringConnectionId"):
                    rule.source_group[STATUS] = states.get(over, "deleted")
        return original(self)

    return describe


_groups: Any = EC2Response.describe_security_groups
_rules: Any = EC2Response.describe_security_group_rules


def install() -> None:
    backend: Any = SecurityGroupBackend
    backend._add_source_group = _of_whichever_account
    answer_ec2(
        {
            "describe_security_groups": _as_it_stands(_groups),
            "describe_security_group_rules": _as_it_stands(_rules),
        }
    )
