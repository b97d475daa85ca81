"""What could stand in the way of a website behind CloudFront, before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.aws import buckets, cloudfront, delegation, keepers, route53
from flows.aws.buckets import Bucket
from flows.engine import Caution, Cloud, Finding
from flows.engine.findings import broken, likely, proved, unknown

from . import rules
from .situation import Origin

RULES = (rules.may_read,)
"""Those of the origin that are looked at beforehand here; its keys and folders are where it is chosen."""


def room(cloud: Cloud, *, control: bool) -> Iterator[Finding]:
    """Whether the account's quotas leave room (CloudFront quotas, 2026-10)."""
    have = len(cloudfront.distributions(cloud))
    if have >= cloudfront.DISTRIBUTIONS:
        yield broken(
            "distributions",
            f"Your account has {have} distributions; {cloudfront.DISTRIBUTIONS} are allowed.",
            "ListDistributions",
            "Delete one, or ask for more under Service Quotas.",
        )
    else:
        yield likely(
            "distributions",
            f"There is room: {have} of {cloudfront.DISTRIBUTIONS} distributions.",
            "ListDistributions",
        )
    if not have:
        yield unknown(
            "verified",
            "It is the first distribution of this account; AWS verifies some new accounts before it takes one.",
            "AWS says so only when it is asked to make one",
            "If it refuses with “must be verified”, open a support case about the account (free), then resume.",
            aside=True,
        )


def readable(here: Origin) -> Iterator[Finding]:
    """Whether the policy has room, and nothing in it forbids what will be allowed."""
    cloud, bucket = here.cloud, here.bucket
    if here.leads:
        yield proved(
            "policy-size", f"The website of {bucket.name} sends everybody to {here.leads}; that needs no policy.",
            "GetBucketWebsite: RedirectAllRequestsTo",
        )  # fmt: skip
        return
    standing = buckets.statements(cloud, bucket)
    size = len(str(standing).encode())
    if size > buckets.POLICY_LIMIT - 600:
        yield broken(
            "policy-size",
            f"The policy of {bucket.name} has about {size} bytes; AWS takes {buckets.POLICY_LIMIT}.",
            "GetBucketPolicy",
            "Remove statements that are no longer needed first.",
        )
        return
    kept = "It has none yet"
    if standing:
        kept = (
            "Its statement stays as it is" if len(standing) == 1 else f"Its {len(standing)} statements stay as they are"
        )
    yield proved("policy-size", f"The policy of {bucket.name} can take one more statement. {kept}.", "GetBucketPolicy")
    for rule in RULES:
        yield from rule(here)
    if here.website:
        yield unknown(
            "organization",
            "Whether your organization blocks public policies cannot be seen from here.",
            "",
            "If it does, AWS refuses that step, and undo puts all back.",
        )


def kept(cloud: Cloud, bucket: Bucket) -> Iterator[Caution]:
    """Whether somebody else keeps the bucket, whose policy is about to be changed."""
    yield from keepers.beforehand(f"The bucket {bucket.name}", buckets.tags(cloud, bucket), "bucket")


def names(cloud: Cloud, zone: route53.Zone, names: Sequence[str], *, proved: bool) -> Iterator[Finding]:
    """Whether what is written into the zone will be asked for, and the certificate issued if it is not yet."""
    yield from delegation.delegated(cloud, zone)
    if not proved:
        yield from delegation.may_issue(cloud, zone, names, planned=True)


def seen_from_outside(names: Sequence[str]) -> Finding:
    """What only a look from the internet would show."""
    what = f"Whether another account's distribution uses {names[0]}" if names else "How the site looks from outside"
    return unknown(
        "outside",
        f"{what} was not checked.",
        "no request was made over the internet",
        "If so, AWS refuses the distribution with CNAMEAlreadyExists." if names else "",
    )
