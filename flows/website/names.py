"""What must hold for visitors to get as far as CloudFront: the records of its names, and whom it lets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import delegation, route53, web_acls
from flows.engine import Cloud, CloudError, Finding
from flows.engine.findings import broken, caution, likely, proved, unknown, waits

from . import repairs
from .behaviours import main

HOPS = 4
"""So many names one after the other are followed."""


def leads(
    cloud: Cloud, name: str, host: str, zones: dict[str, route53.Zone], *, ipv6: bool, seen: bool = False,
    new: bool = False,
) -> Iterator[Finding]:  # fmt: skip
    """Whether a name leads to the distribution.

    Args:
        cloud: the account.
        name: the name.
        host: the distribution's own.
        zones: the zones that were looked into, by name; one more is added.
        ipv6: whether the distribution answers to IPv6 as well.
        seen: whether a visitor got to the page by that name just now, which says it of a name whose DNS is elsewhere.
        new: whether the distribution was just made, so that such a name still waits for its record.
    """
    id = f"records-{name}"
    try:
        zone = next(iter(route53.fitting(cloud, [name])), None)
        records, handed = route53.answered(cloud, zone, name) if zone else ([], "")
        twins = delegation.namesakes(cloud, zone) if zone else []
        elsewhere = [bool(_leading(cloud, route53.answered(cloud, twin, name)[0], host)) for twin in twins]
        own = route53.standing(cloud, zone, name) if zone else []
        arrive = _leading(cloud, records, host)
    except CloudError as problem:
        yield unknown(id, f"The records of {name} could not be read.", str(problem))
        return
    if zone is None:
        sentence = f"{name} is in no zone of this account, so its records were not looked at."
        yield _not_read(id, name, host, sentence, "ListHostedZones", seen=seen, new=new)
        return
    zones.setdefault(zone.name, zone)
    where = f"zone {zone.name}{f', by its wildcard {route53.called(records[0])}' if records and not own else ''}"
    if handed:
        sentence = f"The zone {zone.name} leaves {handed} to other name servers, so the records of {name} were not "
        evidence = f"zone {zone.id}: an NS record for {handed}"
        yield _not_read(id, name, host, f"{sentence}looked at.", evidence, seen=seen, new=new)
        return
    if twins and {bool(arrive), *elsewhere} == {True, False}:
        yield unknown(
            id, f"{name} leads to the distribution in one of {len(twins) + 1} public zones called {zone.name}; "
            "the internet asks only one of them.", f"zones {', '.join(each.id for each in (zone, *twins))}",
            "See which one's name servers the registrar names, and write the records there.",
        )  # fmt: skip
        return
    others = [route53.target(record) for record in records if record not in arrive]
    kinds = {str(record.get("Type")) for record in arrive}
    if others and arrive and (policy := route53.policy_of(records)):
        yield caution(
            id, f"Only some visitors of {name} are led to the distribution, others to {others[0]}.",
            f"{where}: {policy}", "Let all of its records lead there, if that is meant.",
        )  # fmt: skip
    elif others or not arrive:
        led = f"leads to {others[0]}" if others else "has no record"
        yield broken(
            id, f"{name} {led}, not to the distribution.", where, f"Make it an alias for {host}, of type A and AAAA."
        ).mended_by(repairs.point(zone, name, host, own))
    elif kinds == {"A"} and ipv6:
        yield caution(
            id, f"{name} has no AAAA record, so visitors with IPv6 alone do not get there.", where,
            f"Add an alias of type AAAA for {host}.",
        ).mended_by(repairs.point(zone, name, host, own))  # fmt: skip
    else:
        yield proved(id, f"{name} leads to the distribution.", where)


def _not_read(id: str, name: str, host: str, sentence: str, evidence: str, *, seen: bool, new: bool) -> Finding:
    """What is said of a name whose records nobody here can read: without them it is not known to work."""
    if new and not seen:
        asked = f"Enter a CNAME record where the DNS of {name} is managed: its name is {name}, its value {host}."
        return waits(id, f"{name} waits for your DNS record, a CNAME to {host}.", evidence, asked)
    return unknown(id, sentence, evidence, f"Where its DNS is managed it should be a CNAME to {host}.", aside=seen)


def _leading(cloud: Cloud, records: list[dict[str, Any]], host: str, hops: int = HOPS) -> list[dict[str, Any]]:
    """Those of the records that lead to the distribution, also by way of other names of this account."""
    return [each for each in records if _arrives(cloud, each, host, hops)]


def _arrives(cloud: Cloud, record: Mapping[str, Any], host: str, hops: int) -> bool:
    to, kind = route53.target(record).rstrip(".").lower(), record.get("Type")
    if to == host.lower():
        return True
    if not hops or not (kind == "CNAME" or record.get("AliasTarget")):
        return False
    for zone in route53.fitting(cloud, [to])[:1]:
        further = [
            each for each in route53.answered(cloud, zone, to)[0]
            if kind == "CNAME" or each.get("Type") in (kind, "CNAME")
        ]  # fmt: skip
        return bool(further) and all(_arrives(cloud, each, host, hops - 1) for each in further)
    return False


def let_in(cloud: Cloud, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Whom CloudFront turns away before it asks for a file."""
    default = main(config)
    signed = [kind for kind in ("TrustedKeyGroups", "TrustedSigners") if (default.get(kind) or {}).get("Enabled")]
    if signed:
        yield caution(
            "signed", "Only visitors with a signed address or cookie are let in; all others get 403.",
            f"{signed[0]} of {default.get('PathPattern') or 'the default behaviour'}",
            "Take that away, if the pages are for everybody.",
        )  # fmt: skip
    geo = (config.get("Restrictions") or {}).get("GeoRestriction") or {}
    if (kind := geo.get("RestrictionType", "none")) != "none":
        countries = ", ".join(geo.get("Items") or []) or "none"
        which = f"from {countries} alone are let in" if kind == "whitelist" else f"from {countries} are turned away"
        yield likely("countries", f"Visitors {which}.", f"GeoRestriction: {kind}")
    if (config.get("ViewerMtlsConfig") or {}).get("Mode") == "required":
        yield caution(
            "client-certificate", "Only visitors with a client certificate are let in; all others get no page.",
            "ViewerMtlsConfig: required", "Make it optional, or take it away, if the pages are for everybody.",
        )  # fmt: skip
    if firewall := str(config.get("WebACLId") or ""):
        yield from web_acls.of_distribution(cloud, firewall)
