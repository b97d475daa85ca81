"""What could stand in the way of a website behind CloudFront, before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.aws import buckets, cloudfront
from flows.aws.buckets import Bucket
from flows.engine import Cloud, Finding
from flows.engine.findings import broken, likely, proved, unknown


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


def readable(cloud: Cloud, bucket: Bucket, *, website: bool) -> Iterator[Finding]:
    """Whether the policy has room, and nothing in it forbids what will be allowed."""
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
    if denying := next(
        (s for s in standing if s.get("Effect") == "Deny" and buckets.everybody(s) and not s.get("Condition")), None
    ):
        yield broken(
            "policy-denies",
            f"A statement in the policy of {bucket.name} denies everybody (Sid "
            f"{denying.get('Sid', 'without a name')}); CloudFront would be refused too.",
            "GetBucketPolicy",
            "Remove or narrow that statement first.",
        )
        return
    kept = "It has none yet"
    if standing:
        kept = (
            "Its statement stays as it is" if len(standing) == 1 else f"Its {len(standing)} statements stay as they are"
        )
    yield proved("policy", f"The policy of {bucket.name} can take one more statement. {kept}.", "GetBucketPolicy")
    if website:
        yield unknown(
            "organization",
            "Whether your organization blocks public policies cannot be seen from here.",
            "",
            "If it does, AWS refuses that step, and undo puts all back.",
        )


def seen_from_outside(names: Sequence[str]) -> Finding:
    """What only a look from the internet would show."""
    what = f"Whether another account's distribution uses {names[0]}" if names else "How the site looks from outside"
    return unknown(
        "outside",
        f"{what} was not checked.",
        "no request was made over the internet",
        "If so, AWS refuses the distribution with CNAMEAlreadyExists." if names else "",
    )
