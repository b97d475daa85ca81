"""Certificates of ACM for CloudFront: found, or requested and proved by DNS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.engine import (
    RUN,
    TOKEN,
    Action,
    ByHand,
    Call,
    Cloud,
    CloudError,
    Find,
    Late,
    Option,
    Others,
    Ref,
    Refused,
    Undo,
    Use,
    Wait,
    join,
    seen,
)  # fmt: skip

from . import edits
from .hostnames import covers
from .tags import OURS, tags

NEW: Final = "new"
HOME = {"aws": "us-east-1"}
"""Where each partition's CloudFront takes certificates from (CloudFront Developer Guide, 2026-10)."""
FITTING = ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1")
KEY_TYPES = ("RSA_1024", *FITTING, "EC_secp384r1", "EC_secp521r1")
NAMES, FIRST_NAME = 10, 64
"""Names in a certificate by default, and characters of the first (ACM User Guide, "Quotas", 2026-10)."""


@dataclass(frozen=True)
class Certificate:
    """A certificate. `until` is its last day, empty before it is issued; `proofs` are the records it waits for."""

    arn: str
    names: tuple[str, ...]
    status: str
    key_type: str
    until: str = ""

    @property
    def id(self) -> str:
        return self.arn

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def pending(self) -> bool:
        return self.status == "PENDING_VALIDATION"

    def used(self) -> Use:
        return Use(
            "certificate",
            f"Use the certificate for {', '.join(self.names)}",
            "AWS::CertificateManager::Certificate",
            self.arn,
        )


def home(cloud: Cloud) -> str:
    """The one region whose certificates CloudFront takes. Raises Refused where there is no CloudFront for us."""
    partition = cloud.identity.partition
    if partition not in HOME:
        raise Refused(
            f"In the partition {partition} CloudFront is a service of its own, or there is none; this set-up does not "
            "know it.",
            remedy="Use it in an account of the partition aws.",
        )
    return HOME[partition]


# -- to pick from ----------------------------------------------------------------------------------------------


def certificates(cloud: Cloud, region: str) -> list[Certificate]:
    """The certificates of a region, whatever their state."""
    pages = cloud.pages(_listing(region))
    return [_certificate(cloud, each, region) for page in pages for each in page["CertificateSummaryList"]]


def options(cloud: Cloud, names: Sequence[str]) -> Iterator[Option[Certificate | str]]:
    """A new certificate, and those that are good for all the names."""
    for found in fitting(cloud, names):
        state = "waits for its DNS records" if found.pending else f"valid until {found.until}"
        yield Option(found.arn, found, f"{', '.join(found.names)}", f"…{found.arn[-12:]}  {state}")
    yield Option(NEW, NEW, "a new certificate", "free, proved by DNS records, renews itself")


def fitting(cloud: Cloud, names: Sequence[str]) -> list[Certificate]:
    """Those that are good for all the names, the longest valid first, pending ones last."""
    found = [
        each
        for each in certificates(cloud, home(cloud))
        if each.status in ("ISSUED", "PENDING_VALIDATION") and each.key_type in FITTING and not uncovered(each, names)
    ]
    return sorted(found, key=lambda each: (not each.pending, each.until), reverse=True)


def elsewhere(cloud: Cloud, names: Sequence[str]) -> Certificate | None:
    """One that would fit, but lies in the region where people work instead of CloudFront's own."""
    here = cloud.identity.region
    if here == home(cloud):
        return None
    try:
        found = certificates(cloud, here)
    except CloudError:  # only a hint
        return None
    return next((each for each in found if each.status == "ISSUED" and not uncovered(each, names)), None)


def uncovered(certificate: Certificate, names: Sequence[str]) -> list[str]:
    return [name for name in names if not any(covers(own, name) for own in certificate.names)]


def given(cloud: Cloud, text: str, names: Sequence[str]) -> str:
    """A reply for the choice of certificates; one that cannot be used is refused with the reason. Raises Refused."""
    if not text.startswith("arn:"):
        return text
    region, wanted = text.split(":")[3:4] or [""], home(cloud)
    if region != [wanted]:
        raise Refused(
            f"That certificate is in {region[0] or 'no region'}. CloudFront accepts only certificates from {wanted}.",
            remedy="Choose “new”: a new one is free.",
        )
    found = next((each for each in certificates(cloud, wanted) if each.arn == text), None)
    if found is None:
        return text
    if missing := uncovered(found, names):
        raise Refused(f"The certificate covers {', '.join(found.names)}, but not {', '.join(missing)}.")
    if found.key_type not in FITTING:
        raise Refused(
            f"CloudFront does not support the key type {found.key_type}. It takes RSA 2048 to 4096 and ECDSA P-256."
        )
    if found.status not in ("ISSUED", "PENDING_VALIDATION"):
        raise Refused(
            f"This certificate is {found.status.replace('_', ' ').lower()}.", remedy="Choose another, or “new”."
        )
    return text


def proofs(cloud: Cloud, arn: str) -> list[tuple[str, str, str]]:
    """Name, record and value with which each name of a certificate is proved. Raises CloudError."""
    found = cloud.make(Call("acm.DescribeCertificate", {"CertificateArn": arn}, home(cloud)))["Certificate"]
    return [
        (option["DomainName"], option["ResourceRecord"]["Name"], option["ResourceRecord"]["Value"])
        for option in found.get("DomainValidationOptions") or []
        if option.get("ResourceRecord")
    ]


# -- to create -------------------------------------------------------------------------------------------------


def proved_by_it(cloud: Cloud, name: str) -> Iterator[Others]:
    """The certificates of others that the record of this name proves as well, now and whenever they are renewed.

    In one account it is the same record for each certificate with that name, or its wildcard, in whichever region
    (ACM User Guide, "DNS validation", 2026-10). Those of CloudFront's region and of this one are looked at, without
    those that are there already.
    """
    base = name.removeprefix("*.")
    for region in sorted({home(cloud), cloud.identity.region}):
        try:
            known = [
                each["CertificateArn"]
                for page in cloud.pages(_listing(region))
                for each in page["CertificateSummaryList"]
            ]
        except CloudError:  # who may not look now may not later
            continue
        has = " || ".join(
            f"contains(SubjectAlternativeNameSummaries || `[]`, '{each}') || DomainName=='{each}'"
            for each in (base, f"*.{base}")
        )
        good = "(Status=='ISSUED' || Status=='PENDING_VALIDATION')"
        yield Others(
            _listing(region),
            f"CertificateSummaryList[?({has}) && {good} && !contains({edits.literal(known)}, CertificateArn)]"
            ".[CertificateArn, DomainName]",
            "Certificates of others are proved by it",
        )


def request(name: str, names: Sequence[str], region: str, *, by_hand: bool) -> Action:
    """Ask for a certificate. It is there at once, but good for nothing until the names are proved; by records that a
    person enters `by_hand` where the names' DNS is managed elsewhere."""
    made = Ref("certificate", "CertificateArn")
    more = {"SubjectAlternativeNames": list(names[1:])} if names[1:] else {}
    options = "Certificate.DomainValidationOptions"
    records = [part for each in each_proved(names) for part in ("; ", record_of(each)[0])][1:]
    leftover = join("Delete the certificate's CNAME records at your DNS provider; they prove nothing more: ", *records)
    return Action(
        "certificate",
        f"Request a certificate for {', '.join(names)} in {region}",
        Call(
            "acm.RequestCertificate",
            {
                "DomainName": names[0], **more, "ValidationMethod": "DNS", "KeyAlgorithm": "RSA_2048",
                "IdempotencyToken": TOKEN, "Tags": tags(name),
            },
            region,
        ),
        wait=Wait(
            Call("acm.DescribeCertificate", {"CertificateArn": made}, region),
            ready=f"{options} && length({options}[?ResourceRecord.Name]) == length({options})",
            failed="contains(['FAILED', 'REVOKED'], Certificate.Status)",
            now="Certificate.FailureReason || Certificate.Status",
            sentence="Waiting for the records that will prove the names",
            typical=10,
        ),
        undo=(
            Undo(
                Call("acm.DeleteCertificate", {"CertificateArn": made}, region),
                not_yet=("ResourceInUseException",),
            ),
        ),
        find=Find(
            Call(
                "resourcegroupstaggingapi.GetResources",
                {"TagFilters": [{"Key": "handrail:run", "Values": [RUN]}], "ResourceTypeFilters": ["acm:certificate"]},
                region,
            ),
            join("ResourceTagMappingList[?", OURS, "] | [0].{CertificateArn: ResourceARN}"),
        ),
        others=(
            Others(
                Call("acm.DescribeCertificate", {"CertificateArn": made}, region),
                "Certificate.InUseBy",
                "Others use it",
            ),
        ),
        type="AWS::CertificateManager::Certificate",
        resource=made,
        undone="The certificate",
        yours=leftover if by_hand else "",
    )  # fmt: skip


def each_proved(names: Sequence[str]) -> list[str]:
    """Of these names those that have a record each: a name and its wildcard are proved by one and the same."""
    bases: dict[str, str] = {}
    for name in names:
        bases.setdefault(name.removeprefix("*."), name)
    return list(bases.values())


def record_of(name: str) -> tuple[Ref, Ref]:
    """Name and value of the record that proves one name of the certificate that is being requested."""
    path = f"Certificate.DomainValidationOptions[?DomainName=='{name}'] | [0].ResourceRecord"
    return seen("certificate", f"{path}.Name"), seen("certificate", f"{path}.Value")


def issued(arn: Late, region: str, *, by_hand: Sequence[tuple[Late, Late]] = (), after: tuple[str, ...] = ()) -> Action:
    """Wait until the certificate is issued. Who manages the names' DNS elsewhere enters the records `by_hand`, each a
    name and a value, meanwhile. ACM gives up after 72 hours (ACM User Guide, "DNS validation", 2026-11)."""
    look = Call("acm.DescribeCertificate", {"CertificateArn": arn}, region)
    it, record = ("it", "this record") if len(by_hand) == 1 else ("them", "these records")
    enter = ByHand(
        f"Enter {record}, of the type CNAME, at the provider where the names' DNS is managed, and keep {it}: without "
        "that the certificate is never issued, and never renewed. Leave the domain out of the name where the provider "
        "adds it.",
        tuple(row for name, value in by_hand for row in (("Name", name), ("Value", value))),
    )
    known = "Certificate.DomainValidationOptions[?ResourceRecord.Name && ResourceRecord.Value]"
    records = f"join(', ', {known}.join(' CNAME ', [ResourceRecord.Name, ResourceRecord.Value]) || `[]`)"
    return Action(
        "issued",
        "Wait until the certificate is issued"
        + (f", for which you enter {record} in DNS: AWS names {it} once it is requested" if by_hand else ""),
        look,
        wait=Wait(
            look,
            ready="Certificate.Status=='ISSUED'",
            failed="contains(['FAILED', 'VALIDATION_TIMED_OUT', 'REVOKED', 'EXPIRED', 'INACTIVE'], Certificate.Status)",
            now=f"Certificate.FailureReason || {records if by_hand else 'Certificate.Status'}",
            sentence="Enter these records where the names' DNS is managed"
            if by_hand
            else "Waiting until the certificate is issued",
            typical=3600 if by_hand else 300,
            limit=7200 if by_hand else 1800,
        ),
        after=after,
        by_hand=enter if by_hand else None,
    )


def _listing(region: str) -> Call:
    return Call("acm.ListCertificates", {"Includes": {"keyTypes": list(KEY_TYPES)}}, region)


def _certificate(cloud: Cloud, summary: dict[str, Any], region: str) -> Certificate:
    names = tuple(summary.get("SubjectAlternativeNameSummaries") or ())
    if not names or summary.get("HasAdditionalSubjectAlternativeNames"):
        call = Call("acm.DescribeCertificate", {"CertificateArn": summary["CertificateArn"]}, region)
        names = tuple(cloud.make(call)["Certificate"].get("SubjectAlternativeNames") or (summary["DomainName"],))
    first = summary["DomainName"]
    status, until = summary.get("Status", ""), summary.get("NotAfter")
    return Certificate(
        summary["CertificateArn"], (first, *sorted(name for name in names if name != first)), status,
        summary.get("KeyAlgorithm", ""), f"{until:%Y-%m-%d}" if until and status == "ISSUED" else "",
    )  # fmt: skip
