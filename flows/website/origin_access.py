"""Where CloudFront fetches a website, and who may read it there: the origin against the bucket's settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.aws import buckets
from flows.aws.s3_endpoints import recognised, website
from flows.engine import Call, Cloud, CloudError, Finding
from flows.engine.findings import broken, likely, proved, unknown


@dataclass(frozen=True)
class Side:
    """S3's side of a distribution, as it was read: its configuration, its origin, and the origin's bucket."""

    config: Mapping[str, Any]
    source: Mapping[str, Any]
    arn: str
    bucket: buckets.Bucket
    standing: list[dict[str, Any]]
    block: buckets.Block
    hosted: buckets.Hosting | None

    @property
    def public(self) -> bool:
        """Whether everybody can read the files directly."""
        opening = (buckets.opens_to_all(each, self.bucket.name) for each in self.standing)
        return not self.block.restrict and any(opening)


def origin(cloud: Cloud, whole: Mapping[str, Any]) -> Iterator[Finding]:
    """The kind of the origin, what its bucket is, and whether CloudFront and only CloudFront may read it."""
    config = whole["DistributionConfig"]
    target = config["DefaultCacheBehavior"]["TargetOriginId"]
    source = next((each for each in config["Origins"]["Items"] if each["Id"] == target), None)
    if source is None:
        yield unknown("origin", f"Its pages come from the origin {target}, which is not among its origins.", "Origins")
        return
    endpoint = recognised(source["DomainName"])
    if endpoint is None:
        host = source["DomainName"]
        yield unknown("origin", f"The origin {host} is no S3 address, so it was not looked at.", "Origins")
        return
    try:
        bucket = buckets.found(cloud, endpoint.bucket)
        standing, block = buckets.statements(cloud, bucket), buckets.block(cloud, bucket)
        side = Side(config, source, whole["ARN"], bucket, standing, block, buckets.hosting(cloud, bucket))
    except CloudError as problem:
        yield unknown("origin", f"The bucket {endpoint.bucket} could not be read.", str(problem))
        return
    if endpoint.website:
        yield from _website(side)
        yield from _header(cloud, side)
    else:
        yield from _bucket(cloud, side)
        yield from _signature(cloud, side)


def _website(side: Side) -> Iterator[Finding]:
    if side.hosted is None:
        yield broken(
            "origin",
            f"The origin is the website endpoint of {side.bucket.name}, but hosting is off in that bucket.",
            "GetBucketWebsite",
            "Switch static website hosting on, or use the bucket endpoint with Origin Access Control.",
        )
        return
    policy = (side.source.get("CustomOriginConfig") or {}).get("OriginProtocolPolicy", "")
    if policy != "http-only":
        yield broken(
            "origin",
            f"CloudFront speaks {policy or 'S3'} to the website endpoint, which knows plain HTTP only.",
            "OriginProtocolPolicy",
            "Set the origin's protocol to HTTP only; otherwise visitors get 502 or 504.",
        )
        return
    yield proved(
        "origin",
        f"The origin is the website endpoint of {side.bucket.name}; hosting is on, start page {side.hosted.index}.",
        "GetBucketWebsite",
    )


def _bucket(cloud: Cloud, side: Side) -> Iterator[Finding]:
    if side.hosted:
        folders = [key for key in buckets.keys(cloud, side.bucket) or [] if key.endswith(f"/{side.hosted.index}")]
        relied_on = side.hosted.redirects or folders
        yield (broken if relied_on else likely)(
            "bucket-instead-of-website",
            f"The origin is the bucket {side.bucket.name} itself, although website hosting is on in it: index pages of "
            "sub-folders, S3 redirects and S3's error page do not work.",
            "redirect rules" if side.hosted.redirects else folders[0] if folders else "GetBucketWebsite",
            "If you rely on them, make the website endpoint the origin: "
            f"{website(side.bucket.name, side.bucket.region)}.",
        )
    else:
        yield proved(
            "origin",
            f"The origin is the bucket {side.bucket.name}; it is not set up as a website.",
            "GetBucketWebsite",
        )
    if not side.config.get("DefaultRootObject"):
        yield broken(
            "start-page",
            "No default root object is set, so visitors of the bare address get 403.",
            "DefaultRootObject",
            "Set it to the start page, for example index.html.",
        )


def _signature(cloud: Cloud, side: Side) -> Iterator[Finding]:
    control = side.source.get("OriginAccessControlId") or ""
    if control:
        yield from _control(cloud, control)
        allowing = [each for each in side.standing if _lets_cloudfront(each, side.arn, side.bucket.name)]
        if allowing:
            sid = allowing[0].get("Sid", "without a name")
            yield proved("policy", f"The bucket policy lets this distribution read (Sid {sid}).", "GetBucketPolicy")
        else:
            yield broken(
                "policy",
                "The bucket policy does not let this distribution read, so visitors get 403.",
                "GetBucketPolicy",
                f"Allow s3:GetObject for cloudfront.amazonaws.com with the condition AWS:SourceArn {side.arn}.",
            )
    elif not side.public:
        yield broken(
            "policy",
            "CloudFront does not sign its requests, and the bucket is not public, so visitors get 403.",
            "OriginAccessControlId is empty",
            "Add an Origin Access Control, and a statement for this distribution.",
        )
    yield _direct(side, locked=bool(control))


def _control(cloud: Cloud, id_: str) -> Iterator[Finding]:
    try:
        answer = cloud.make(Call("cloudfront.GetOriginAccessControl", {"Id": id_}))
    except CloudError as problem:
        yield unknown("access-control", f"The Origin Access Control {id_} could not be read.", str(problem))
        return
    signing = answer["OriginAccessControl"]["OriginAccessControlConfig"]["SigningBehavior"]
    if signing == "always":
        yield proved(
            "access-control",
            "CloudFront signs its requests to the bucket.",
            f"Origin Access Control {id_}",
        )
    else:
        yield broken(
            "access-control",
            f"The Origin Access Control signs “{signing}” instead of always.",
            f"Origin Access Control {id_}",
            "Set its signing behaviour to always.",
        )


def _header(cloud: Cloud, side: Side) -> Iterator[Finding]:
    """Whether the header that CloudFront sends is the one that the policy wants. Its value is never told."""
    sent = {
        f"aws:{header['HeaderName'].replace('-', '').lower()}": header["HeaderValue"]
        for header in (side.source.get("CustomHeaders") or {}).get("Items") or []
    }
    locks = [value for each in side.standing for value in _wanted(each) if each.get("Effect") == "Allow"]
    fits = any(sent.get(key.lower()) in values for key, values in locks)
    account = buckets.account_block(cloud, side.bucket.region)
    if side.block.restrict or (account and account.restrict):
        yield broken(
            "public-access-block",
            "Public access is blocked, so the policy for the website has no effect.",
            "GetPublicAccessBlock",
            "Use the bucket endpoint with Origin Access Control, or lift the block for this bucket.",
        )
    if fits:
        yield proved("policy", "The policy lets whoever sends CloudFront's secret header read.", "GetBucketPolicy")
    elif locks and not side.public:
        yield broken(
            "policy",
            "The secret that the policy wants is not the one that CloudFront sends, so visitors get 403.",
            "GetBucketPolicy and CustomHeaders",
            "Put the same value into both.",
        )
    elif not side.public:
        yield broken(
            "policy",
            "The bucket policy lets nobody read, so visitors get 403.",
            "GetBucketPolicy",
            "Allow s3:GetObject for requests with the secret header.",
        )
    yield _direct(side, locked=fits)


def _direct(side: Side, *, locked: bool) -> Finding:
    if not side.public:
        sentence = f"The files of {side.bucket.name} cannot be read past CloudFront"
        seen = "GetBucketPolicy, GetPublicAccessBlock"
        if side.block.ignore_acls:
            return proved("direct-access", f"{sentence}.", seen)
        return likely("direct-access", f"{sentence}, unless old ACLs of single files allow it.", seen)
    return (broken if locked else likely)(
        "direct-access",
        f"Everybody can read the files of {side.bucket.name} directly from S3, past CloudFront.",
        "a statement without a condition",
        "Remove the statement that allows everybody to read.",
    )


def _lets_cloudfront(statement: Mapping[str, Any], arn: str, bucket: str) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service", []) if isinstance(principal, Mapping) else []
    values = [
        value
        for test in (statement.get("Condition") or {}).values()
        for key, value in test.items()
        if key.lower() == "aws:sourcearn"
    ]
    named = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return (
        statement.get("Effect") == "Allow"
        and "cloudfront.amazonaws.com" in (services if isinstance(services, list) else [services])
        and buckets.reads_files(statement, bucket)
        and (not named or arn in named)
    )


def _wanted(statement: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for test in (statement.get("Condition") or {}).values():
        for key, value in test.items():
            if key.lower() in ("aws:referer", "aws:useragent"):
                yield key, value if isinstance(value, list) else [value]
