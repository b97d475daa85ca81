"""Why a website behind CloudFront works or does not, step by step, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.aws import cloudfront, delegation, route53
from flows.aws.hostnames import covers
from flows.engine import Call, Cloud, CloudError, Finding, Refused
from flows.engine.findings import broken, caution, likely, proved, unknown, waits
from flows.engine.flow import Mend

from . import repairs
from .origins import origins
from .probes import probes

SOON = 30
"""Days before its end at which a certificate should have renewed itself (ACM renews 60 days before)."""
READS = tuple(
    Call(operation)
    for operation in (
        "cloudfront.ListDistributions",
        "cloudfront.GetDistribution",
        "cloudfront.GetOriginAccessControl",
        "s3.GetBucketWebsite",
        "s3.GetBucketPolicy",
        "s3.GetBucketTagging",
        "s3.GetPublicAccessBlock",
        "s3.GetBucketEncryption",
        "s3.HeadObject",
        "s3.ListObjectsV2",
        "s3.HeadBucket",
        "s3control.GetPublicAccessBlock",
        "acm.DescribeCertificate",
        "route53.GetHostedZone",
        "route53.ListHostedZones",
        "route53.ListResourceRecordSets",
    )
)
"""What `diagnose` may call."""


def diagnose(cloud: Cloud, subject: Mapping[str, str], *, new: bool = False) -> Iterator[Finding]:
    """All that can be read about one distribution, and with `probe` what a visitor sees; `new` where it was just made,
    and still waits for its files. Raises Refused."""
    whole = _distribution(cloud, subject.get("distribution", ""), subject.get("domain", "").strip().lower())
    config, host = whole["DistributionConfig"], whole["DomainName"]
    names = list((config.get("Aliases") or {}).get("Items") or [])
    yield from _state(whole)
    yield from origins(cloud, whole, new=new)
    yield from _certificate(cloud, config, names)
    zones: dict[str, route53.Zone] = {}
    for name in names:
        yield from _records(cloud, name, host, zones)
    for zone in zones.values():
        yield from delegation.delegated(cloud, zone)
        if (config.get("ViewerCertificate") or {}).get("ACMCertificateArn"):
            yield from delegation.may_issue(cloud, zone, [name for name in names if zone.holds(name)], planned=False)
    yield from _delivery(config, whole["ARN"])
    allowed = subject.get("probe", "").lower() in ("yes", "y", "true")
    yield from probes(cloud, config, host, names, allowed=allowed)


def _distribution(cloud: Cloud, id_: str, domain: str) -> dict[str, Any]:
    known = cloudfront.distributions(cloud)
    if not id_:
        found = next((each for each in known if domain in (*each.names, each.host)), None)
        wild = next((each for each in known if any(covers(name, domain) for name in each.names)), None)
        if not (found := found or wild):
            listed = ", ".join(f"{each.id} ({', '.join(each.names) or each.host})" for each in known)
            remedy = (
                f"There are: {listed}." if listed else "There is no distribution in this account; is --profile right?"
            )
            raise Refused(f"No distribution of this account has the name {domain}.", remedy=remedy)
        id_ = found.id
    id_ = next((each.id for each in known if id_ in each.names), id_)
    try:
        whole: dict[str, Any] = cloud.make(Call("cloudfront.GetDistribution", {"Id": id_}))["Distribution"]
    except CloudError as problem:
        if problem.aws_code != "NoSuchDistribution":
            raise
        listed = ", ".join(each.id for each in known)
        remedy = f"There are: {listed}." if listed else "There is none in this account; is --profile right?"
        raise Refused(f"There is no distribution “{id_}” in this account.", remedy=remedy) from None
    return whole


def _state(whole: Mapping[str, Any]) -> Iterator[Finding]:
    id_, seen = whole["Id"], "GetDistribution"
    if not whole["DistributionConfig"]["Enabled"]:
        moves = f"{id_} answers everybody then, at all its names."
        on = repairs.setting(whole["ARN"], "Enabled", True, f"Switch the distribution {id_} on", moves=moves)
        yield broken("state", f"The distribution {id_} is switched off.", seen, "Switch it on.").mended_by(on)
    elif whole["Status"] != "Deployed":
        yield waits("state", f"{id_} is being spread to all locations.", seen, "Wait some minutes.")
    else:
        yield proved("state", f"The distribution {id_} is switched on and everywhere.", seen)


# -- certificate, names, delivery ------------------------------------------------------------------------------


def _certificate(cloud: Cloud, config: Mapping[str, Any], names: list[str]) -> Iterator[Finding]:
    arn = (config.get("ViewerCertificate") or {}).get("ACMCertificateArn") or ""
    if not arn:
        if names:
            yield broken(
                "certificate",
                "There are names, but no certificate for them.",
                "ViewerCertificate",
                "Choose one.",
            )
        return
    region = arn.split(":")[3]
    try:
        found = cloud.make(Call("acm.DescribeCertificate", {"CertificateArn": arn}, region))["Certificate"]
    except CloudError as problem:
        yield unknown("certificate", "The certificate could not be read.", str(problem))
        return
    status, evidence = found["Status"], f"{arn}, in {region}"
    certified = found.get("SubjectAlternativeNames") or [found["DomainName"]]
    if status != "ISSUED":
        reason = f" ({found['FailureReason']})" if found.get("FailureReason") else ""
        yield broken(
            "certificate",
            f"The certificate is {status.replace('_', ' ').lower()}{reason}.",
            evidence,
            REASONS.get(found.get("FailureReason", ""), "Request a new one and give it to the distribution."),
        )
        return
    if missing := [name for name in names if not any(covers(own, name) for own in certified)]:
        yield broken(
            "certificate",
            f"The certificate covers {', '.join(certified)}, but not {', '.join(missing)}.",
            evidence,
            "Request one for all the names.",
        )
        return
    until = found.get("NotAfter")
    days = (until - datetime.now(UTC)).days if until else None
    remedy = "Put the record that proves it back into DNS."
    if days is None:
        yield proved("certificate", "The certificate is issued and covers all names.", evidence)
    elif days < 0:
        yield broken("certificate", f"The certificate ended on {until:%Y-%m-%d}.", evidence, remedy)
    elif days < SOON:
        told = f"The certificate ends in {days} days and has not renewed itself."
        yield caution("certificate", told, evidence, remedy)
    else:
        told = f"The certificate is issued and covers all names; it is good for {days} days."
        yield proved("certificate", told, evidence)


REASONS = {
    "CAA_ERROR": "The domain's CAA record does not allow Amazon. Add: 0 issue “amazon.com”.",
    "INVALID_PUBLIC_DOMAIN": "The name is not a public domain name.",
    "DOMAIN_NOT_ALLOWED": "The name is on a block list for public certificates; AWS Support can tell more.",
    "ADDITIONAL_VERIFICATION_REQUIRED": "AWS wants to check the name first; contact AWS Support.",
}


def _records(cloud: Cloud, name: str, host: str, zones: dict[str, route53.Zone]) -> Iterator[Finding]:
    try:
        zone = next(iter(route53.fitting(cloud, [name])), None)
        records = route53.standing(cloud, zone, name) if zone else []
        twins = delegation.namesakes(cloud, zone) if zone else []
        elsewhere = [bool(_leading(route53.standing(cloud, twin, name), host)) for twin in twins]
    except CloudError as problem:
        yield unknown(f"records-{name}", f"The records of {name} could not be read.", str(problem))
        return
    if zone is None:
        yield unknown(
            f"records-{name}",
            f"{name} is in no zone of this account, so its records were not looked at.",
            "ListHostedZones",
            f"It should be a CNAME to {host}.",
            aside=True,
        )
        return
    zones.setdefault(zone.name, zone)
    kinds = _leading(records, host)
    if twins and {bool(kinds), *elsewhere} == {True, False}:
        yield unknown(
            f"records-{name}",
            f"{name} leads to the distribution in one of {len(twins) + 1} public zones called {zone.name}; "
            "the internet asks only one of them.",
            f"zones {', '.join(each.id for each in (zone, *twins))}",
            "See which one's name servers the registrar names, and write the records there.",
        )
        return
    others = [route53.target(record) for record in records if not _leading([record], host)]
    if others or not kinds:
        leads = f"leads to {others[0]}" if others else "has no record"
        yield broken(
            f"records-{name}",
            f"{name} {leads}, not to the distribution.",
            f"zone {zone.name}",
            f"Make it an alias for {host}, of type A and AAAA.",
        ).mended_by(repairs.point(zone, name, host, records))
    elif kinds == {"A"}:
        yield caution(
            f"records-{name}",
            f"{name} has no AAAA record, so visitors with IPv6 alone do not get there.",
            f"zone {zone.name}",
            f"Add an alias of type AAAA for {host}.",
        ).mended_by(repairs.point(zone, name, host, records))
    else:
        yield proved(f"records-{name}", f"{name} leads to the distribution.", f"zone {zone.name}")


def _leading(records: list[dict[str, Any]], host: str) -> set[str]:
    """The kinds of those records that lead to the distribution."""
    return {record["Type"] for record in records if route53.target(record).rstrip(".").lower() == host.lower()}


def _delivery(config: Mapping[str, Any], arn: str) -> Iterator[Finding]:
    policy = config["DefaultCacheBehavior"]["ViewerProtocolPolicy"]
    if policy == "allow-all":
        yield caution(
            "https",
            "Visitors may use plain HTTP.",
            "ViewerProtocolPolicy is allow-all",
            "Set it to redirect-to-https.",
        ).mended_by(
            repairs.setting(
                arn, "ViewerProtocolPolicy", "redirect-to-https", "Send visitors with plain HTTP on to https",
                moves="Visitors with plain HTTP get a redirect then, and what cannot follow one gets nothing.",
                at=("DefaultCacheBehavior",),
            )
        )  # fmt: skip
    else:
        how = "are sent on to https" if policy == "redirect-to-https" else "are refused"
        yield proved("https", f"Visitors with plain HTTP {how}.", f"ViewerProtocolPolicy is {policy}")
    mapped = {each["ErrorCode"]: each for each in (config.get("CustomErrorResponses") or {}).get("Items") or []}
    missing = {code: each for code, each in mapped.items() if code in (403, 404) and each.get("ResponsePagePath")}
    if not missing:
        yield proved("errors", "Missing files are answered as S3 answers them.", "CustomErrorResponses")
    elif len(missing) == 1:
        (only,) = missing
        yield likely(
            "errors",
            f"Only {only} is mapped to a page; S3 answers 403 or 404, depending on its policy.",
            "CustomErrorResponses",
            f"Map {404 if only == 403 else 403} to the same page.",
        ).mended_by(_both(config, missing[only], arn))
    else:
        each = missing[404]
        yield proved(
            "errors",
            f"Missing files are answered with {each['ResponsePagePath']} and status {each['ResponseCode']}.",
            "CustomErrorResponses",
        )


def _both(config: Mapping[str, Any], mapped: Mapping[str, Any], arn: str) -> Mend:
    """The other of the two codes by which S3 says that a file is missing gets the same page."""
    other = 404 if mapped["ErrorCode"] == 403 else 403
    standing = (config.get("CustomErrorResponses") or {}).get("Items") or []
    every = [*(each for each in standing if each["ErrorCode"] != other), {**mapped, "ErrorCode": other}]
    sentence = f"Answer {other} with {mapped['ResponsePagePath']}, too"
    return repairs.setting(arn, "CustomErrorResponses", cloudfront.several(every), sentence)
