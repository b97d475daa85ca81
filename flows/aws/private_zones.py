"""Private hosted zones of Route 53: which VPCs resolve their names, and what it takes that one more does.

A connection of two VPCs changes nothing of that: each VPC resolves the zones that it is associated with. Another
account's VPC is authorized by the zone's owner first, and associated by its own (Amazon Route 53 Developer Guide,
"Associating more VPCs with a private hosted zone" and "… that you created with different AWS accounts", 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine import Action, Call, Cloud, Find, Still, Undo

from .vpcs import Vpc

BUSY = ("PriorRequestNotComplete", "ConcurrentModification")
REFUSALS = {
    "ConflictingDomainExists": "That VPC resolves another private hosted zone of the same name: one of the two can be.",
    "LimitsExceeded": "The zone has as many VPCs as it may.",
    "NotAuthorizedException": "The zone's owner has not authorized the VPC, or took that back meanwhile. Try again.",
    "LastVPCAssociation": "It is the zone's only VPC by now, and a private zone keeps one: associate another first.",
    "TooManyVPCAssociationAuthorizations": "The zone has as many authorizations as it may. Delete old ones.",
}
"""Amazon Route 53 API Reference, AssociateVPCWithHostedZone and its kind, 2026-11."""


@dataclass(frozen=True)
class Zone:
    """A private hosted zone; `owner` is its account, and empty where a service of AWS keeps it."""

    id: str
    name: str
    owner: str


def of_vpc(cloud: Cloud, vpc: str) -> tuple[Zone, ...]:
    """The zones that a VPC of that region resolves, whoever owns them. Raises CloudError."""
    found: list[Mapping[str, Any]] = []
    asked: dict[str, Any] = {"VPCId": vpc, "VPCRegion": cloud.identity.region}
    while True:
        page = cloud.make(Call("route53.ListHostedZonesByVPC", asked))
        found += page.get("HostedZoneSummaries") or []
        if not page.get("NextToken"):
            break
        asked = {**asked, "NextToken": page["NextToken"]}
    return tuple(
        Zone(
            str(each["HostedZoneId"]).rpartition("/")[2], str(each["Name"]).rstrip("."),
            str((each.get("Owner") or {}).get("OwningAccount") or ""),
        )
        for each in found
    )  # fmt: skip


def associated(zone: Zone, vpc: Vpc, region: str, after: tuple[str, ...]) -> Action:
    """Let a VPC resolve a zone; done by the account of the VPC.

    A zone has no tag for that: a VPC that resolves it already does so before this run.
    """
    which = _which(zone, vpc, region)
    look = Call("route53.ListHostedZonesByVPC", which["VPC"])
    here = f"HostedZoneSummaries[?HostedZoneId=='{zone.id}'] | [0].HostedZoneId"
    return Action(
        f"zone-{zone.id}",
        f"Let {vpc.called} resolve the names of {zone.name} ({zone.id})",
        Call("route53.AssociateVPCWithHostedZone", which),
        undo=(
            Undo(
                Call("route53.DisassociateVPCFromHostedZone", which),
                gone=("VPCAssociationNotFound", "NoSuchHostedZone"),
                not_yet=BUSY,
                still=Still(look, here, zone.id, "", absent=("InvalidVPCId",)),
            ),
        ),
        # it is there or not, and was looked for just before: after a lost answer, what stands is what was put
        find=Find(look, f"HostedZoneSummaries[?HostedZoneId=='{zone.id}'] | [0].{{HostedZoneId: HostedZoneId}}"),
        unless=Find(look, here),
        after=after,
        not_yet=BUSY,
        refusals=REFUSALS,
        undone=f"The association of {vpc.called} with {zone.name} ({zone.id})",
    )


def authorized(zone: Zone, vpc: Vpc, region: str, after: tuple[str, ...]) -> Action:
    """Allow the account of a VPC to let it resolve a zone; done by the zone's owner."""
    which = _which(zone, vpc, region)
    look = Call("route53.ListVPCAssociationAuthorizations", {"HostedZoneId": zone.id})
    here = f"VPCs[?VPCId=='{vpc.id}'] | [0].VPCId"
    return Action(
        f"authorize-{zone.id}",
        f"Allow {vpc.called} to resolve {zone.name} ({zone.id})",
        Call("route53.CreateVPCAssociationAuthorization", which),
        undo=(
            Undo(
                Call("route53.DeleteVPCAssociationAuthorization", which),
                gone=("VPCAssociationAuthorizationNotFound", "NoSuchHostedZone"),
                not_yet=BUSY,
                still=Still(look, here, vpc.id, "", absent=("NoSuchHostedZone",)),
            ),
        ),
        find=Find(look, f"VPCs[?VPCId=='{vpc.id}'] | [0].{{VPC: @}}"),
        unless=Find(look, here),
        after=after,
        not_yet=BUSY,
        refusals=REFUSALS,
        undone=f"The permission for {vpc.called} to resolve {zone.name} ({zone.id})",
    )


def withdrawn(zone: Zone, vpc: Vpc, region: str) -> Action:
    """Take the permission back once it is used, as AWS recommends: what is associated stays so."""
    return Action(
        f"withdraw-{zone.id}",
        f"Take the permission for {zone.name} ({zone.id}) back: it is used",
        Call("route53.DeleteVPCAssociationAuthorization", _which(zone, vpc, region)),
        after=(f"zone-{zone.id}",),
        not_yet=BUSY,
        exists=("VPCAssociationAuthorizationNotFound",),
        of_new=f"authorize-{zone.id}",
        gives_up=f"authorize-{zone.id}",
    )


def _which(zone: Zone, vpc: Vpc, region: str) -> dict[str, Any]:
    return {"HostedZoneId": zone.id, "VPC": {"VPCRegion": region, "VPCId": vpc.id}}
