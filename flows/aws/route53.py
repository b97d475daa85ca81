"""Route 53: the zone that a name belongs to, what stands there, and the records that a website needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.engine import (
    Action,
    Call,
    Cloud,
    CloudError,
    Find,
    Late,
    Option,
    Others,
    Ref,
    Refused,
    Restore,
    Still,
    Undo,
    before,
    found,
    join,
)

from . import edits
from .hostnames import slug

ELSEWHERE: Final = "elsewhere"
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of every distribution (CloudFront and Route 53 Developer Guides, 2026-10)."""
ADDRESSES = ("A", "AAAA")
GONE = ("InvalidChangeBatch: but it was not found",)
"""How Route 53 says that there is no record that could be deleted."""
ROUTED = (
    "Weight",
    "Region",
    "Failover",
    "GeoLocation",
    "MultiValueAnswer",
    "GeoProximityLocation",
    "CidrRoutingConfig",
)


@dataclass(frozen=True)
class Zone:
    """A hosted zone. `name` has no dot at the end."""

    id: str
    name: str
    private: bool

    def holds(self, name: str) -> bool:
        return f".{name}".endswith(f".{self.name}")


# -- to pick from ----------------------------------------------------------------------------------------------


def zones(cloud: Cloud) -> list[Zone]:
    """The hosted zones of the account."""
    return [
        Zone(
            each["Id"].rpartition("/")[2], each["Name"].rstrip("."), bool((each.get("Config") or {}).get("PrivateZone"))
        )
        for page in cloud.pages(Call("route53.ListHostedZones"))
        for each in page["HostedZones"]
    ]


def zone_options(cloud: Cloud, names: Sequence[str]) -> Iterator[Option[Zone | str]]:
    """The public zones that all the names belong to, the nearest first, and "somewhere else"."""
    for zone in fitting(cloud, names):
        yield Option(
            zone.id, zone, zone.name, f"{zone.id}  a public zone of this account; the records are written for you"
        )
    private = next((zone.name for zone in zones(cloud) if zone.private and all(map(zone.holds, names))), "")
    hint = f"; the zone {private} of this account is private, the internet never asks it" if private else ""
    yield Option(
        ELSEWHERE, ELSEWHERE, "somewhere else", f"another provider or account; you get the records to enter{hint}"
    )


def fitting(cloud: Cloud, names: Sequence[str]) -> list[Zone]:
    """The public zones that all the names belong to, the nearest first."""
    found = [zone for zone in zones(cloud) if not zone.private and all(map(zone.holds, names))]
    return sorted(found, key=lambda zone: len(zone.name), reverse=True)


def given(cloud: Cloud, text: str, names: Sequence[str]) -> str:
    """A reply for the choice of zones; one that cannot be right is refused with the reason. Raises Refused."""
    bare = text.removeprefix("/hostedzone/").rstrip(".")
    zone = next((zone for zone in zones(cloud) if bare in (zone.id, zone.name) and not zone.private), None)
    if zone and (outside := [name for name in names if not zone.holds(name)]):
        raise Refused(
            f"{outside[0]} does not belong to the zone {zone.name}.", remedy=f"Choose another zone, or “{ELSEWHERE}”."
        )
    if zone is None and any(bare in (zone.id, zone.name) for zone in zones(cloud)):
        raise Refused(
            f"The zone {bare} is private. Visitors on the internet never ask it.",
            remedy=f"Choose a public zone, or “{ELSEWHERE}”.",
        )
    return bare


def standing(cloud: Cloud, zone: Zone, name: str) -> list[dict[str, Any]]:
    """The records with which a name answers a browser today."""
    return [each for each in at(cloud, zone, name) if each["Type"] in ("A", "AAAA", "CNAME")]


def at(cloud: Cloud, zone: Zone, name: str) -> list[dict[str, Any]]:
    """All records of a name in a zone."""
    found = cloud.make(_look(zone.id, name))["ResourceRecordSets"]
    return [each for each in found if each["Name"] == _dotted(name)]


def answered(cloud: Cloud, zone: Zone, name: str) -> tuple[list[dict[str, Any]], str]:
    """The records with which a zone answers a browser that asks for a name: its own, or of the wildcard that stands
    for it (RFC 4592, 2006-07). And the name at or above it that the zone hands to other name servers; empty if none.

    Raises CloudError.
    """
    labels = name.split(".")
    below = [".".join(labels[number:]) for number in range(len(labels) - zone.name.count(".") - 1)]
    records: list[dict[str, Any]] | None = None
    handed = ""
    for owner in below or [name]:
        there = _from(cloud, zone, owner)
        own = [each for each in there if each["Name"] == _dotted(owner)]
        if below and any(each["Type"] == "NS" for each in own):
            handed = owner
        if records is None and there:
            records = own if owner == name else []
        elif records is None and below:
            records = at(cloud, zone, f"*.{owner.partition('.')[2]}") or None
    return [each for each in records or [] if each["Type"] in (*ADDRESSES, "CNAME")], handed


def _from(cloud: Cloud, zone: Zone, name: str) -> list[dict[str, Any]]:
    """The records of a name and of those below it, as far as the first page has them."""
    found: list[dict[str, Any]] = cloud.make(_look(zone.id, name))["ResourceRecordSets"]
    return [each for each in found if f".{each['Name']}".endswith(f".{_dotted(name)}")]


def called(record: Mapping[str, Any]) -> str:
    """The name of a record, as people write it."""
    return str(record.get("Name", "")).replace("\\052", "*").rstrip(".")


def tags(cloud: Cloud, zone: Zone) -> list[Mapping[str, str]]:
    """The tags of a zone; of one whose tags may not be read, none."""
    try:
        found = cloud.make(Call("route53.ListTagsForResource", {"ResourceType": "hostedzone", "ResourceId": zone.id}))
    except CloudError:
        return []
    return list((found.get("ResourceTagSet") or {}).get("Tags") or [])


def target(record: Mapping[str, Any]) -> str:
    """Where a record leads, as people say it."""
    alias = record.get("AliasTarget")
    return (
        str(alias["DNSName"]).rstrip(".")
        if alias
        else ", ".join(each["Value"] for each in record.get("ResourceRecords") or [])
    )


def policy_of(records: Sequence[Mapping[str, Any]]) -> str:
    """The routing policy of a name's records, empty for the simple one."""
    return next((word for record in records for word in ROUTED if word in record), "")


# -- to change -------------------------------------------------------------------------------------------------


def proof(zone: Zone, name: str, record: tuple[str | Ref, str | Ref], others: tuple[Others, ...]) -> Action:
    """Write the record that proves a name to ACM. It may stand there already: the same one proves every certificate."""
    id_, (key, value) = f"proof-{slug(name)}", record
    entry = {"Name": key, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": value}]}
    called = f"_*.{name.removeprefix('*.')}"  # how ACM begins it (ACM User Guide, "DNS validation", 2026-11)
    look = {"HostedZoneId": zone.id, "StartRecordName": key, "StartRecordType": "CNAME", "MaxItems": "1"}
    return Action(
        id_,
        f"Write the record that proves {name} into the zone {zone.name}",
        _change(zone, called, ("UPSERT", entry)),
        undo=Restore(
            Call("route53.ListResourceRecordSets", look),
            join("ResourceRecordSets[?Name=='", key, "' && Type=='CNAME'] | [0]"),
            _change(zone, called, ("UPSERT", before(id_)), kind="CNAME"),
            _change(zone, called, ("DELETE", entry)),
        ),
        not_yet=("PriorRequestNotComplete",),
        others=others,
        part_of=("certificate",),
        copies=("certificate",),
        undone=f"The record that proved {name}",
    )


def alias(
    zone: Zone, name: str, distribution: str | Ref, old: Sequence[Mapping[str, Any]], after: tuple[str, ...]
) -> Action:
    """Point a name at a distribution, for both kinds of address, in one step with the removal of what stood there.

    What stood there is named exactly, so that AWS refuses if somebody changed it after the review.
    """
    to = {"HostedZoneId": CLOUDFRONT_ZONE, "DNSName": join(distribution, "."), "EvaluateTargetHealth": False}
    new = [{"Name": _dotted(name), "Type": kind, "AliasTarget": to} for kind in ADDRESSES]
    take, give = [("DELETE", each) for each in old], [("CREATE", each) for each in new]
    here = f"ResourceRecordSets[?Name=='{_quoted(name)}' && Type=='A'] | [0]"
    sentence = f"Point {name} at the distribution"
    if old:
        sentence += f" instead of {target(old[0])}"
    return Action(
        f"alias-{slug(name)}",
        sentence,
        _change(zone, _dotted(name)[:-1], *take, *give),
        undo=_put_back(zone, name, distribution, new, old),
        find=Find(
            _look(zone.id, name), join(f"[{here}] | [?AliasTarget.DNSName=='", distribution, ".'] | [0].{Record: @}")
        ),
        not_yet=("PriorRequestNotComplete",),
        after=after,
        undone=f"The records of {name}",
    )


def _put_back(
    zone: Zone,
    name: str,
    distribution: str | Ref,
    new: Sequence[Mapping[str, Any]],
    old: Sequence[Mapping[str, Any]],
) -> tuple[Undo, ...]:
    """Each record as it was, if it is still as this run left it.

    A CNAME stands beside no other record, so it comes back in one step with the removal of the last of ours, that
    nobody asks in vain meanwhile; or, if somebody took that away, as soon as nothing stands there any more.
    """
    cname = [("CREATE", each) for each in old if each["Type"] == "CNAME"]
    steps = []
    for number, ours in enumerate(reversed(new)):
        former = [("CREATE", each) for each in old if each["Type"] == ours["Type"]]
        last = cname if number == len(new) - 1 else []
        steps.append(
            Undo(
                _change(zone, _dotted(name)[:-1], ("DELETE", ours), *former, *last),
                gone=GONE,
                not_yet=("PriorRequestNotComplete",),
                still=Still(
                    _look(zone.id, name), _as_made(name, ours["Type"], distribution), "ours",
                    f"{name} no longer points at the distribution; this record is left as it is now.",
                ),
                what=ours["Type"],
                restores=bool(former or last),
            )
        )  # fmt: skip
    if cname:
        kinds = " || ".join(f"Type=='{kind}'" for kind in (*ADDRESSES, "CNAME"))
        there = Find(_look(zone.id, name), f"ResourceRecordSets[?Name=='{_quoted(name)}' && ({kinds})] | [0]")
        back = _change(zone, _dotted(name)[:-1], *cname)
        steps.append(Undo(back, not_yet=("PriorRequestNotComplete",), what="the CNAME", unless=there, restores=True))
    return tuple(steps)


def _as_made(name: str, kind: str, distribution: str | Ref) -> Late:
    """JMESPath: null if there is no such record, "ours" if it is as it was made, else what is there by now."""
    alias = "@[0].AliasTarget"
    return join(
        f"ResourceRecordSets[?Name=='{_quoted(name)}' && Type=='{kind}'] | @[0] && (length(@)==`1`",
        f" && {alias}.DNSName=='",
        distribution,
        f".' && {alias}.HostedZoneId=='{CLOUDFRONT_ZONE}' && !({alias}.EvaluateTargetHealth) && !(@[0].SetIdentifier)"
        f" && 'ours' || ({alias}.DNSName || @[0].ResourceRecords) && to_string(@))",
    )


def pointed(zone: Zone, distribution: str | Ref, names: Sequence[str]) -> Others:
    """The records in a zone that lead to a distribution, without those of `names`, which the run itself has there."""
    own = edits.literal([_dotted(name) for name in names])
    leads = join("AliasTarget.DNSName=='", distribution, ".'")
    value = join("ResourceRecords[?Value=='", distribution, "' || Value=='", distribution, ".']")
    return Others(
        Call("route53.ListResourceRecordSets", {"HostedZoneId": zone.id}),
        join(
            "ResourceRecordSets[?(", leads, " || ", value, f") && !(contains({own}, Name) && "
            f"contains({edits.literal(ADDRESSES)}, Type))].[Name, Type]",
        ),
        "Records of others lead to it",
    )  # fmt: skip


def leading_to_website(bucket: str) -> Others:
    """The zones of this account in which the name of a bucket leads to its website. Under any other name that answers
    nobody (Amazon S3 User Guide, "Configuring a static website using a custom domain", 2026-11)."""
    website = "s3-website"
    leads = f"contains(AliasTarget.DNSName || '', '{website}') || ResourceRecords[?contains(Value || '', '{website}')]"
    return Others(
        Call("route53.ListHostedZones"),
        f"HostedZones[?contains({_parents(bucket)}, Name)].[Id, Name]",
        f"Records by the name {bucket} lead to its website, in these zones",
        each=_look(found("id"), bucket),
        leans=f"ResourceRecordSets[?Name=='{_quoted(bucket)}' && ({leads})]",
    )


def pointed_elsewhere(known: str, distribution: str | Ref, name: str) -> Others:
    """The other zones of this account in which that name leads to a distribution: a private one beside a public one.

    Under names that it does not know a distribution answers nobody, so no others are looked for.

    Args:
        known: the id of the zone that is looked at by itself; empty if there is none.
        distribution: its host.
        name: one of those that it answers to.
    """
    leads = join("AliasTarget.DNSName=='", distribution, ".'")
    value = join("ResourceRecords[?Value=='", distribution, "' || Value=='", distribution, ".']")
    return Others(
        Call("route53.ListHostedZones"),
        f"HostedZones[?contains({_parents(name)}, Name) && Id!='{known}' && Id!='/hostedzone/{known}'].[Id, Name]",
        f"Records of others by the name {name} lead to it, in these zones",
        each=_look(found("id"), name),
        leans=join(f"ResourceRecordSets[?Name=='{_quoted(name)}' && (", leads, " || ", value, ")]"),
    )


def leading_to(address: Late) -> Others:
    """The zones of this account with records that lead to a public address. Left behind they would lead to whoever
    gets that address next (Amazon Route 53 Developer Guide, "Protection from dangling delegation records", 2026-11)."""
    return Others(
        Call("route53.ListHostedZones"), "HostedZones[].[Name, Id]", "Records in zones of this account lead to it",
        each=Call("route53.ListResourceRecordSets", {"HostedZoneId": found("[1]")}),
        leans=join("ResourceRecordSets[?Type=='A' && contains(ResourceRecords[].Value || `[]`, '", address, "')]"),
    )  # fmt: skip


def _parents(name: str) -> str:
    """JMESPath that is the list of all zones in which a name may be."""
    labels = name.split(".")
    return edits.literal([_dotted(".".join(labels[n:])) for n in range(len(labels))])


def _look(zone: Late, name: str) -> Call:
    return Call(
        "route53.ListResourceRecordSets", {"HostedZoneId": zone, "StartRecordName": _dotted(name), "MaxItems": "20"}
    )


def _change(zone: Zone, name: str, *changes: tuple[str, Any], kind: str = "") -> Call:
    """Change records whose names are like that; `kind` is theirs, where the records do not say it yet."""
    listed = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
    where = "ChangeBatch.Changes[].ResourceRecordSet"
    known = {f"{where}.Name": (name,)} | ({f"{where}.Type": (kind,)} if kind else {})
    params = {"HostedZoneId": zone.id, "ChangeBatch": {"Changes": listed}}
    return Call("route53.ChangeResourceRecordSets", params, known=known)


def _dotted(name: str) -> str:
    r"""As Route 53 answers: with a dot at the end, and a wildcard as its code `\052`."""
    return f"{name.replace('*', chr(92) + '052')}."


def _quoted(name: str) -> str:
    return _dotted(name).replace("\\", "\\\\")
