"""Private hosted zones of several accounts: moto knows those of one, associates any VPC and authorizes none.

Amazon Route 53 API Reference, AssociateVPCWithHostedZone, DisassociateVPCFromHostedZone,
CreateVPCAssociationAuthorization and its kind, 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.route53 import urls
from moto.route53.exceptions import (
    LastVPCAssociation,
    NoSuchHostedZone,
    PublicZoneVPCAssociation,
    Route53ClientError,
)
from moto.route53.models import route53_backends
from moto.route53.responses import Route53

from flows.practice.gaps.wire import Response, answers

CHANGE = {"Id": "/change/C2682N5HXP0BZ4", "Status": "INSYNC", "SubmittedAt": 0}
PATHS = ("authorizevpcassociation", "deauthorizevpcassociation")


def _zones() -> Iterator[tuple[str, Any]]:
    """Every zone, with the account that owns it."""
    for account in list(route53_backends):
        for zone in list(route53_backends[account]["aws"].zones.values()):
            yield account, zone


def _asked(self: Response, *, own: bool = False) -> tuple[str, Any, dict[str, str]]:
    """Whose zone the request is about, the zone, and the VPC."""
    id = str(self._get_param("HostedZoneId")).rpartition("/")[2]
    found = [(account, zone) for account, zone in _zones() if zone.resource_id == id]
    if not found or (own and found[0][0] != self.current_account):
        raise NoSuchHostedZone(id)
    vpc = {"vpc_id": self._get_param("VPC.VPCId"), "vpc_region": self._get_param("VPC.VPCRegion")}
    return *found[0], {key: str(value) for key, value in vpc.items()}


def _there(account: str, vpc: dict[str, str]) -> bool:
    return vpc["vpc_id"] in ec2_backends[account][vpc["vpc_region"]].vpcs


def _of_vpc(self: Response) -> ActionResult:
    vpc = {"vpc_id": self._get_param("VPCId"), "vpc_region": self._get_param("VPCRegion")}
    if not _there(self.current_account, vpc):
        raise _invalid(vpc)
    told = [
        {"HostedZoneId": zone.resource_id, "Name": zone.name, "Owner": {"OwningAccount": account}}
        for account, zone in _zones() if zone.private_zone and vpc in zone.vpcs
    ]  # fmt: skip
    return ActionResult({"HostedZoneSummaries": told, "MaxItems": "100"})


def _associate(self: Response) -> ActionResult:
    owner, zone, vpc = _asked(self)
    if not zone.private_zone:
        raise PublicZoneVPCAssociation()
    if not _there(self.current_account, vpc):
        raise _invalid(vpc)
    if owner != self.current_account and vpc not in _authorized(zone):
        raise Route53ClientError(
            "NotAuthorizedException",
            f"The VPC: {vpc['vpc_id']} in region {vpc['vpc_region']} has not been authorized to associate with your "
            "hosted zone.",
        )
    same = [each for _, each in _zones() if each.private_zone and each.name == zone.name and vpc in each.vpcs]
    if same:
        raise Route53ClientError(
            "ConflictingDomainExists",
            f"The VPC {vpc['vpc_id']} in region {vpc['vpc_region']} has already been associated with the hosted zone "
            f"{same[0].resource_id} with the same domain name.",
        )
    zone.add_vpc(vpc["vpc_id"], vpc["vpc_region"])
    return ActionResult({"ChangeInfo": CHANGE})


def _disassociate(self: Response) -> ActionResult:
    owner, zone, vpc = _asked(self)
    if owner != self.current_account and not _there(self.current_account, vpc):
        raise _invalid(vpc)
    if vpc not in zone.vpcs:
        raise Route53ClientError("VPCAssociationNotFound", f"{vpc['vpc_id']} is not associated with the hosted zone.")
    if len(zone.vpcs) == 1:
        raise LastVPCAssociation()
    zone.delete_vpc(vpc["vpc_id"])
    return ActionResult({"ChangeInfo": CHANGE})


def _authorized(zone: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = vars(zone).setdefault("authorized", [])
    return found


def _authorize(self: Response) -> ActionResult:
    _, zone, vpc = _asked(self, own=True)
    if not any(_there(account, vpc) for account in list(ec2_backends)):
        raise _invalid(vpc)
    if vpc not in _authorized(zone):
        _authorized(zone).append(vpc)
    return ActionResult({"HostedZoneId": zone.resource_id, "VPC": vpc})


def _withdraw(self: Response) -> ActionResult:
    _, zone, vpc = _asked(self, own=True)
    if vpc not in _authorized(zone):
        raise Route53ClientError("VPCAssociationAuthorizationNotFound", "There is no such authorization.")
    _authorized(zone).remove(vpc)
    return ActionResult({})


def _authorizations(self: Response) -> ActionResult:
    _, zone, _ = _asked(self, own=True)
    return ActionResult({"HostedZoneId": zone.resource_id, "VPCs": _authorized(zone)})


def _invalid(vpc: dict[str, str]) -> Exception:
    return Route53ClientError("InvalidVPCId", f"The VPC ID {vpc['vpc_id']} is invalid.")


def install() -> None:
    urls.url_paths |= {
        rf"{{0}}/(?P<api_version>[\d_-]+)/hostedzone/(?P<zone_id>[^/]+)/{path}/?$": Route53.dispatch for path in PATHS
    }
    answers(
        Route53,
        {
            "list_hosted_zones_by_vpc": _of_vpc,
            "associate_vpc_with_hosted_zone": _associate,
            "disassociate_vpc_from_hosted_zone": _disassociate,
            "create_vpc_association_authorization": _authorize,
            "delete_vpc_association_authorization": _withdraw,
            "list_vpc_association_authorizations": _authorizations,
        },
    )
