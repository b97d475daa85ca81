"""Whether the internet asks a zone, and whether Amazon may issue certificates for its names.

Both are read from the account's own zones. What stands at a registrar or in a zone elsewhere cannot be seen from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flows.engine import Call, Cloud, CloudError, Finding, Grade
from flows.engine.findings import broken, likely, proved, unknown

from . import route53
from .route53 import Zone

AMAZON = {"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"}
"""Any of these in a CAA record lets ACM issue (ACM User Guide, "Configure a CAA record", 2026-11)."""


def name_servers(cloud: Cloud, zone: Zone) -> list[str]:
    """The servers that answer for a zone. Raises CloudError."""
    found = cloud.make(Call("route53.GetHostedZone", {"Id": zone.id}))
    listed = (found.get("DelegationSet") or {}).get("NameServers") or []
    return sorted(str(each).rstrip(".").lower() for each in listed)


def namesakes(cloud: Cloud, zone: Zone) -> list[Zone]:
    """The other public zones of the same name; the internet asks but one of them. Raises CloudError."""
    return [each for each in route53.zones(cloud) if each.name == zone.name and each.id != zone.id and not each.private]


def delegated(cloud: Cloud, zone: Zone) -> Iterator[Finding]:
    """Whether the zone above it, where that is in this account, leads to this one."""
    id = f"delegation:{zone.name}"
    try:
        above = _above(cloud, zone)
        named = [values for parent in above if (values := _records(cloud, parent, zone.name, "NS"))]
        own = name_servers(cloud, zone)
    except CloudError as problem:
        yield unknown(id, f"Whether {zone.name} is delegated to this zone could not be read.", str(problem), aside=True)
        return
    remedy = f"Make the NS record of {zone.name} there: {', '.join(own)}."
    if not own:
        yield unknown(id, f"The name servers of the zone {zone.name} were not told.", "GetHostedZone", aside=True)
        return
    if not above:
        yield unknown(
            id, f"Whether the registrar of {zone.name} names this zone's servers cannot be seen from here.",
            f"GetHostedZone: {', '.join(own)}",
            "If it names others, nobody asks this zone: certificates are never issued, and names lead nowhere.",
            aside=True,
        )  # fmt: skip
        return
    if not named:
        yield broken(
            id, f"The zone {above[0].name} of this account has no NS record for {zone.name}, so nobody asks the zone "
            f"{zone.name}.", "ListResourceRecordSets", remedy,
        )  # fmt: skip
    elif not any(set(_bare(values)) & set(own) for values in named):
        yield broken(
            id, f"The zone {above[0].name} of this account leads {zone.name} to other name servers than this zone's: "
            f"{', '.join(_bare(named[0]))}.", f"GetHostedZone: {', '.join(own)}", remedy,
        )  # fmt: skip
    elif len(above) > sum(bool(set(_bare(values)) & set(own)) for values in named):
        yield unknown(
            id, f"There are {len(above)} zones {above[0].name} in this account, not all of which lead {zone.name} to "
            "this zone; which one the internet asks cannot be seen from here.",
            f"the NS records in the zones {' and '.join(each.id for each in above)}", remedy,
        )  # fmt: skip
    else:
        yield proved(id, f"{zone.name} is delegated to this zone.", f"the NS record in the zone {above[0].name}")


def twice(cloud: Cloud, zone: Zone) -> str:
    """What to know where there are several public zones of one name; empty if there are not. Raises CloudError."""
    others = namesakes(cloud, zone)
    if not others:
        return ""
    listed = "; ".join(f"{each.id}: {', '.join(name_servers(cloud, each)) or 'not known'}" for each in [zone, *others])
    return (
        f"There are {len(others) + 1} public zones called {zone.name} in this account, and the internet asks only one: "
        f"the one whose name servers the registrar of {zone.name} names. They are {listed}."
    )


def may_issue(cloud: Cloud, zone: Zone, names: Sequence[str], *, planned: bool) -> Iterator[Finding]:
    """Whether the CAA records let Amazon issue, or renew, a certificate for these names.

    The nearest one to the name decides; `issuewild` comes before `issue` for a wildcard (RFC 8659, 2019-11).
    """
    for name in names:
        id = f"caa:{name}"
        try:
            owner, values = _caa(cloud, zone, name.removeprefix("*."))
        except CloudError as problem:
            yield unknown(id, f"The CAA records of {name} could not be read.", str(problem), aside=True)
            continue
        if _lets_amazon(values, wild=name.startswith("*.")):
            if owner:
                yield likely(
                    id, f"The CAA record of {owner} lets Amazon issue certificates for {name}.", "; ".join(values)
                )
            continue
        what = "the certificate would fail" if planned else "the certificate cannot be renewed"
        yield Finding(
            id, Grade.REFUSED if planned else Grade.CAUTION,
            f"The CAA record of {owner} does not let Amazon issue certificates: {what} for {name}.", "; ".join(values),
            f'Add this value to the CAA record of {owner}: 0 issue "amazon.com"'
            f"{' and 0 issuewild amazon.com' if name.startswith('*.') else ''}.",
        )  # fmt: skip


def _above(cloud: Cloud, zone: Zone) -> list[Zone]:
    """The nearest public zones of this account that a zone is within."""
    found = [each for each in route53.zones(cloud) if not each.private and each.name != zone.name]
    within = [each for each in found if each.holds(zone.name)]
    nearest = max((len(each.name) for each in within), default=0)
    return [each for each in within if len(each.name) == nearest]


def _caa(cloud: Cloud, zone: Zone, name: str) -> tuple[str, list[str]]:
    """The CAA record that counts for a name, and whose it is: its own, or of the nearest name above that has one."""
    labels = name.split(".")
    for at in range(len(labels) - 1):
        owner = ".".join(labels[at:])
        holders = [zone] if zone.holds(owner) else [
            each for each in route53.zones(cloud) if not each.private and each.holds(owner)
        ]  # fmt: skip
        for holder in holders:
            if values := _records(cloud, holder, owner, "CAA"):
                return owner, values
    return "", []


def _lets_amazon(values: Sequence[str], *, wild: bool) -> bool:
    issuers: dict[str, list[str]] = {}
    for value in values:
        _, tag, issuer = ([*value.split(None, 2), "", "", ""])[:3]
        issuers.setdefault(tag.lower(), []).append(issuer.strip('" ').partition(";")[0].strip().lower())
    counts = issuers.get("issuewild") if wild and "issuewild" in issuers else issuers.get("issue")
    return counts is None or bool(AMAZON & set(counts))


def _records(cloud: Cloud, zone: Zone, name: str, kind: str) -> list[str]:
    found: list[dict[str, Any]] = route53.at(cloud, zone, name)
    records = (each for each in found if each.get("Type") == kind)
    return [str(value.get("Value", "")) for each in records for value in each.get("ResourceRecords") or []]


def _bare(values: Sequence[str]) -> list[str]:
    return sorted(value.rstrip(".").lower() for value in values)
