"""When a certificate is good, whether it is chosen or in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flows.aws.load_balancers import Certificate
from flows.engine import Finding, Grade

SOON = 30
"""Days before its end at which a certificate is called about to expire; AWS renews its own 60 days before."""


def lasts(certificate: Certificate) -> Iterator[Finding]:
    """Whether a certificate is valid, and for how long."""
    days = certificate.days_left(datetime.now(UTC))
    what, by = f"The certificate of {certificate.name}", "DescribeCertificate"
    if certificate.status != "ISSUED" or (days is not None and days < 0):
        yield Finding(
            "certificate", Grade.REFUSED, f"{what} is not valid ({certificate.status.lower().replace('_', ' ')}"
            f"{f', ended {certificate.ends[:10]}' if days is not None and days < 0 else ''}).", by,
            "Give the https listener another certificate.",
        )  # fmt: skip
    elif days is not None and days < SOON:
        remedy = (
            "AWS renews it by itself once its DNS record is there: see AWS Certificate Manager."
            if certificate.renews
            else "It was imported: import a new one in time."
        )
        yield Finding(
            "certificate",
            Grade.WAITING,
            f"{what} ends in {days} days, on {certificate.ends[:10]}.",
            by,
            remedy,
        )
    else:
        until = f" until {certificate.ends[:10]}" if certificate.ends else ""
        yield Finding("certificate", Grade.PROVED, f"{what} is valid{until}.", by)
