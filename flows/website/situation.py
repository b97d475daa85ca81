"""An origin of CloudFront in S3, as it is or would be, with all that decides whether visitors get its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.aws import buckets
from flows.aws.buckets import Block, Bucket, Hosting
from flows.engine import Cloud
from flows.policies import Answer, Caller, Request, Verdict, read

SERVICE = "cloudfront.amazonaws.com"
FROM: tuple[Mapping[str, str], ...] = (
    {"aws:sourceip": "130.176.0.1", "s3:tlsversion": "1.2"},
    {"aws:sourceip": "15.158.0.1", "s3:tlsversion": "1.3"},
)
"""Where CloudFront asks from: some of its addresses, which a policy rarely tells apart (AWS IP address ranges,
CLOUDFRONT_ORIGIN_FACING, 2026-11), and the versions of TLS that S3 takes."""
UNKNOWN_VISITOR: Mapping[str, str | None] = {
    "aws:referer": None, "aws:sourcearn": None, "aws:sourceaccount": None, "aws:sourcevpce": None,
    "aws:sourcevpc": None,    "aws:principalorgid": None, "aws:principalaccount": None, "aws:securetransport": "true",
}  # fmt: skip
"""What S3 sees of somebody who asks it directly, and has not signed in."""


@dataclass(frozen=True)
class Origin:
    """Where CloudFront fetches files, as it is or would be, with all that decides at S3 whether it gets them.

    Args:
        cloud: the account.
        id: what the distribution calls it; part of the ids of what is found.
        bucket: whose files they are.
        website: whether it is the website in the bucket, which speaks plain HTTP and knows nobody.
        distribution: the ARN of the distribution.
        wanted: names of files that visitors ask for, with the origin's path.
        policy: the bucket's; None if it could not be read.
        block: the bucket's own public access block.
        hosted: the website in the bucket.
        control: the id of the Origin Access Control; empty if there is none, or it does not sign.
        identity: the id of the Origin Access Identity, the way before that.
        canonical: what S3 knows that identity by; empty is unknown.
        headers: what CloudFront adds to its requests.
        secure: whether it asks by https; None where that is up to the visitor.
        unread: what could not be read, and why.
        source: the origin as the distribution has it; headers that are secret may be in it.
        planned: whether all this is looked at before the distribution is made.
    """

    cloud: Cloud
    id: str
    bucket: Bucket
    website: bool
    distribution: str
    wanted: tuple[str, ...]
    policy: Mapping[str, Any] | None
    block: Block
    hosted: Hosting | None = None
    control: str = ""
    identity: str = ""
    canonical: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    secure: bool | None = True
    unread: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict, repr=False)
    planned: bool = False

    @classmethod
    def to_be(cls, cloud: Cloud, bucket: Bucket, *, website: bool, locked: bool, start: str = "index.html") -> Origin:
        """The origin as it would be once its one statement stands in the policy. Raises CloudError."""
        made = f"arn:{cloud.identity.partition}:cloudfront::{cloud.identity.account}:distribution/to-be-made"
        ours: dict[str, Any] = {
            "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": f"arn:{cloud.identity.partition}:s3:::{bucket.name}/*",
        }  # fmt: skip
        if locked and website:
            ours["Condition"] = {"StringEquals": {"aws:Referer": "secret"}}
        elif locked:
            ours |= {"Principal": {"Service": SERVICE}, "Condition": {"StringEquals": {"aws:SourceArn": made}}}
        policy = buckets.policy(cloud, bucket)
        return cls(
            cloud, bucket.name, bucket, website, made, (start,), {**policy, "Statement": [*policy["Statement"], ours]},
            buckets.block(cloud, bucket), buckets.hosting(cloud, bucket),
            "to-be-made" if locked and not website else "",
            headers={"Referer": "secret"} if locked else {}, secure=not website, planned=True,
        )  # fmt: skip

    @property
    def prefix(self) -> str:
        """How the names of its files begin, by the origin's path; empty if it has none."""
        path = str(self.source.get("OriginPath") or "").strip("/")
        return f"{path}/" if path else ""

    @property
    def signs(self) -> bool:
        return bool(self.control or self.identity)

    @property
    def leads(self) -> str:
        """Where the website in the bucket sends everybody; empty if it serves files."""
        return self.hosted.leads if self.website and self.hosted else ""

    @property
    def caller(self) -> Caller:
        """Who CloudFront comes as (CloudFront Developer Guide, "Restrict access to an Amazon S3 origin", 2026-11)."""
        if self.control:
            return Caller(service=SERVICE)
        if self.identity:
            name = f"arn:{self.cloud.identity.partition}:iam::cloudfront:user/CloudFront Origin Access Identity"
            return Caller(arn=f"{name} {self.identity}", canonical=self.canonical)
        return Caller()

    @property
    def context(self) -> dict[str, str | None]:
        """What S3 sees of its requests. CloudFront takes a visitor's Referer and User-Agent away."""
        sent = {name.lower(): value for name, value in self.headers.items()}
        account = self.cloud.identity.account
        seen: dict[str, str | None] = {
            **UNKNOWN_VISITOR,
            "aws:referer": sent.get("referer"),
            "aws:useragent": sent.get("user-agent", "Amazon CloudFront"),
            "aws:viaawsservice": "false",
            "aws:sourcearn": self.distribution if self.control else None,
            "aws:sourceaccount": account if self.control else None,
            "aws:securetransport": "true" if self.secure else "false",
        }
        if self.secure is None:
            del seen["aws:securetransport"]
        return seen

    def says(self, key: str, **other: str) -> Verdict:
        """What the policy says when CloudFront asks for a file; `other` is what would be otherwise."""
        resource = f"arn:{self.cloud.identity.partition}:s3:::{self.bucket.name}/{key}"
        context = {**self.context, **{f"aws:{name}": value for name, value in other.items()}}
        asked = Request("s3:GetObject", resource, self.caller, context)
        each = [read(self.policy or {}, replace(asked, context={**context, **way})) for way in FROM]
        if len({verdict.answer for verdict in each}) == 1:
            return each[0]
        about = tuple(statement for verdict in each for statement in verdict.statements)
        return Verdict(Answer.UNTOLD, about, ("from which of its addresses CloudFront asks",))

    @property
    def public(self) -> bool | None:
        """Whether everybody can read the files directly from S3; None if that cannot be told."""
        if self.policy is None:
            return None
        if self.block.restrict:
            return False
        resource = f"arn:{self.cloud.identity.partition}:s3:::{self.bucket.name}/{self.wanted[0]}"
        answer = read(self.policy, Request("s3:GetObject", resource, Caller(), UNKNOWN_VISITOR)).answer
        if answer is Answer.ALLOWED and "block" in self.unread:
            return None
        return {Answer.ALLOWED: True, Answer.UNTOLD: None}.get(answer, False)
