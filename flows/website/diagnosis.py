"""Why a website behind CloudFront works or does not, step by step, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flows.aws import cloudfront, delegation, keepers, route53
from flows.aws.hostnames import covers
from flows.aws.route53 import Zone
from flows.engine import Call, Cloud, CloudError, Finding, Grade, Refused
from flows.engine.findings import broken, caution, proved, unknown, waits
from flows.engine.flow import was_proved

from . import names as visitors
from . import page_rules, repairs
from .behaviours import main, never_used
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
        "cloudfront.GetOriginRequestPolicy",
        "cloudfront.GetCachePolicy",
        "cloudfront.ListTagsForResource",
        "s3.GetBucketWebsite",
        "s3.GetBucketPolicy",
        "s3.GetBucketTagging",
        "s3.GetPublicAccessBlock",
        "s3.GetBucketEncryption",
        "s3.GetBucketRequestPayment",
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
    deployed = whole.get("Status") == "Deployed"
    asked = "" if subject.get("distribution") else subject.get("domain", "").strip().lower()
    if asked not in ("", host.lower(), *names) and not any(covers(name, asked) for name in names):
        yield broken(
            "unknown-name", f"{asked} leads to {whole['Id']}, which does not know that name: visitors get 403.",
            "Aliases", f"Add {asked} to its names, with a certificate that covers it.",
        )  # fmt: skip
    yield from _state(cloud, whole)
    tags = cloudfront.tags_of(cloud, str(whole.get("ARN") or ""))
    yield from keepers.told("distribution", f"The distribution {whole['Id']}", tags)
    yield from origins(cloud, whole, new=new)
    yield from _certificate(cloud, config, names)
    zones: dict[str, Zone] = {}
    allowed = subject.get("probe", "").lower() in ("yes", "y", "true")
    visited = list(probes(cloud, config, host, names, allowed=allowed))
    ipv6 = config.get("IsIPV6Enabled") is not False
    for name in names:
        seen = was_proved(visited, f"outside-{name}")
        yield from visitors.leads(cloud, name, host, zones, ipv6=ipv6, seen=seen, new=new)
    for zone in zones.values():
        yield from delegation.delegated(cloud, zone)
        if (config.get("ViewerCertificate") or {}).get("ACMCertificateArn"):
            yield from delegation.may_issue(cloud, zone, [name for name in names if zone.holds(name)], planned=False)
    yield from _delivery(cloud, config, whole["ARN"])
    for found in visited:
        # until its settings are everywhere, a visitor may well get an error
        early = found.grade is Grade.REFUSED and not deployed
        yield replace(found, grade=Grade.WAITING, follows=("state",)) if early else found


def _distribution(cloud: Cloud, id_: str, domain: str) -> dict[str, Any]:
    try:
        known = cloudfront.distributions(cloud)
    except CloudError:
        if not id_:
            raise
        known = []  # one that is given by its id is looked at without the others
    if not id_:
        found = next((each for each in known if domain in (*each.names, each.host)), None)
        wild = next((each for each in known if any(covers(name, domain) for name in each.names)), None)
        if not (found := found or wild or _led(cloud, known, domain)):
            listed = ", ".join(f"{each.id} ({', '.join(each.names) or each.host})" for each in known)
            remedy = f"There are: {listed}." if listed else "There is none in this account; perhaps in another one."
            raise Refused(f"No distribution of this account has the name {domain}.", remedy=remedy)
        id_ = found.id
    id_ = next((each.id for each in known if id_ in (*each.names, each.host)), id_)
    try:
        whole: dict[str, Any] = cloud.make(Call("cloudfront.GetDistribution", {"Id": id_}))["Distribution"]
    except CloudError as problem:
        if problem.aws_code != "NoSuchDistribution":
            raise
        listed = ", ".join(each.id for each in known)
        remedy = f"There are: {listed}." if listed else "There is none in this account; perhaps in another one."
        raise Refused(f"There is no distribution “{id_}” in this account.", remedy=remedy) from None
    return whole


def _led(cloud: Cloud, known: list[cloudfront.Distribution], domain: str) -> cloudfront.Distribution | None:
    """The distribution to which the records of a name lead that none of them has. Raises CloudError."""
    zone = next(iter(route53.fitting(cloud, [domain])), None)
    records = route53.answered(cloud, zone, domain)[0] if zone else []
    led = {route53.target(each).rstrip(".").lower() for each in records}
    return next((each for each in known if each.host.lower() in led), None)


def _state(cloud: Cloud, whole: Mapping[str, Any]) -> Iterator[Finding]:
    id_, seen = whole["Id"], "GetDistribution"
    if not whole["DistributionConfig"]["Enabled"]:
        moves = f"{id_} answers everybody then, at all its names."
        on = repairs.setting(whole["ARN"], "Enabled", True, f"Switch the distribution {id_} on", moves=moves)
        yield broken("state", f"The distribution {id_} is switched off.", seen, "Switch it on.").mended_by(on)
    elif whole["Status"] != "Deployed":
        changed: datetime | None = whole.get("LastModifiedTime")
        try:
            known = changed is not None and cloudfront.asked_before(cloud, id_, changed)
        except CloudError:
            known = False
        if known and changed:
            told = f"A change of {id_} is being spread; until then some visitors get it as it was."
            yield caution("state", told, f"{seen}: changed {changed:%Y-%m-%d %H:%M} UTC", "Wait some minutes.")
        else:
            yield waits("state", f"{id_} is being spread to all locations.", seen, "Wait some minutes.")
    else:
        yield proved("state", f"The distribution {id_} is switched on and everywhere.", seen)


# -- certificate, delivery ------------------------------------------------------------------------------------


def _certificate(cloud: Cloud, config: Mapping[str, Any], names: list[str]) -> Iterator[Finding]:
    arn = (config.get("ViewerCertificate") or {}).get("ACMCertificateArn") or ""
    if not arn:
        if names and (uploaded := (config.get("ViewerCertificate") or {}).get("IAMCertificateId")):
            yield unknown(
                "certificate", f"The certificate {uploaded} is kept by IAM, and was not looked at.",
                "ViewerCertificate: IAMCertificateId", "AWS Certificate Manager would renew one of its own by itself.",
            )  # fmt: skip
        elif names:
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
    remedy, renews = _renewed(found), found.get("Type") != "IMPORTED"
    if days is None:
        yield proved("certificate", "The certificate is issued and covers all names.", evidence)
    elif days < 0:
        yield broken("certificate", f"The certificate ended on {until:%Y-%m-%d}.", evidence, remedy)
    elif days < SOON:
        told = f"The certificate ends in {days} days{' and has not renewed itself' if renews else ''}."
        yield caution("certificate", told, evidence, remedy)
    else:
        told = f"The certificate is issued and covers all names; it is good for {days} days."
        yield proved("certificate", told, evidence)


def _renewed(certificate: Mapping[str, Any]) -> str:
    """How a certificate goes on (ACM User Guide, "Managed certificate renewal", 2026-11)."""
    if certificate.get("Type") == "IMPORTED":
        return "It was imported, and nobody renews it by itself: import a new one in its place."
    if any(each.get("ValidationMethod") == "EMAIL" for each in certificate.get("DomainValidationOptions") or []):
        return "It is proved by e-mail: answer the one that AWS sent to the owner of the domain."
    return "Put the record that proves it back into DNS."


REASONS = {
    "CAA_ERROR": "The domain's CAA record does not allow Amazon. Add: 0 issue “amazon.com”.",
    "INVALID_PUBLIC_DOMAIN": "The name is not a public domain name.",
    "DOMAIN_NOT_ALLOWED": "The name is on a block list for public certificates; AWS Support can tell more.",
    "ADDITIONAL_VERIFICATION_REQUIRED": "AWS wants to check the name first; contact AWS Support.",
}


def _delivery(cloud: Cloud, config: Mapping[str, Any], arn: str) -> Iterator[Finding]:
    default = main(config)
    policy = default.get("ViewerProtocolPolicy", "allow-all")
    if policy == "allow-all":
        found = caution(
            "https",
            "Visitors may use plain HTTP.",
            "ViewerProtocolPolicy is allow-all",
            "Set it to redirect-to-https.",
        )
        yield found if "PathPattern" in default else found.mended_by(
            repairs.setting(
                arn, "ViewerProtocolPolicy", "redirect-to-https", "Send visitors with plain HTTP on to https",
                moves="Visitors with plain HTTP get a redirect then, and what cannot follow one gets nothing.",
                at=("DefaultCacheBehavior",),
            )
        )  # fmt: skip
    else:
        how = "are sent on to https" if policy == "redirect-to-https" else "are refused"
        yield proved("https", f"Visitors with plain HTTP {how}.", f"ViewerProtocolPolicy is {policy}")
    yield from never_used(config)
    yield from visitors.let_in(cloud, config)
    yield from page_rules.errors(config, arn)
