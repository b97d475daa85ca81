"""Where a distribution fetches what it serves: each origin of each behaviour, and those of its groups."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flows.aws import buckets, keepers
from flows.aws.s3_endpoints import Endpoint, has_region, itself, recognised, website
from flows.engine import Call, Cloud, CloudError, Denied, Finding, Grade
from flows.engine.findings import broken, likely, proved, unknown
from flows.engine.flow import Mend

from . import page_rules, repairs, rules
from .behaviours import Used, behaviours, folders_there, hands_host_on, main, rewritten, used
from .situation import Origin

T = TypeVar("T")
RULES = (rules.charges, rules.may_read, rules.signed, rules.only_cloudfront)
CURRENT_TLS = ("TLSv1.2", "TLSv1.3")
SETTLED = timedelta(hours=24)
"""How long S3's address without a region may lead away from a new bucket, by 307 (S3 User Guide, "Making requests using
the REST API", 2026-11)."""


def origins(cloud: Cloud, whole: Mapping[str, Any], *, new: bool) -> Iterator[Finding]:
    """The kind of each origin, what its bucket is, and whether CloudFront and only CloudFront may read it; `new` where
    the files are still to come."""
    config = whole.get("DistributionConfig") or {}
    found, missing = used(config)
    for id in missing:
        yield unknown(
            f"origin:{id}", f"Its pages come from the origin {id}, which is not among its origins.", "Origins"
        )
    for one in found:
        yield from _origin(cloud, whole, config, one, new)


def _origin(
    cloud: Cloud, whole: Mapping[str, Any], config: Mapping[str, Any], one: Used, new: bool
) -> Iterator[Finding]:
    name, host = one.source.get("Id", ""), one.source.get("DomainName", "")
    id = f"origin:{name}"
    endpoint = recognised(host)
    if endpoint is None:
        sentence = f"The origin {host} is no S3 address, so it was not looked at."
        yield unknown(id, sentence, "Origins", aside=not one.main)
        return
    try:
        bucket = buckets.found(cloud, endpoint.bucket)
    except CloudError as problem:
        yield _no_bucket(id, endpoint.bucket, problem)
        return
    here = yield from _situation(cloud, whole, config, one, endpoint, bucket)
    yield _kind(one, here, endpoint)
    yield from _address(cloud, endpoint, here)
    yield from keepers.told(name, f"The bucket {bucket.name}", buckets.tags(cloud, bucket))
    for rule in RULES:
        yield from rule(here)
    names = list((config.get("Aliases") or {}).get("Items") or [])
    yield from hands_host_on(cloud, one, here, names)
    if not here.leads:
        yield from _pages(cloud, config, one, here, new)


def _no_bucket(id: str, name: str, problem: CloudError) -> Finding:
    if problem.aws_code in buckets.MISSING:
        return broken(
            id, f"There is no bucket {name}: visitors get an error, and whoever makes a bucket of that name serves "
            "this site.", "HeadBucket: 404",
            "Make a bucket of that name at once, or another one the origin; then put the files back.",
        )  # fmt: skip
    needed = f"; it needs s3:ListBucket on arn:aws:s3:::{name}" if isinstance(problem, Denied) else ""
    return unknown(
        id,
        f"The bucket {name} could not be looked at. It may be another account's, too.",
        f"HeadBucket: {problem}{needed}",
    )


def _situation(
    cloud: Cloud, whole: Mapping[str, Any], config: Mapping[str, Any], one: Used, endpoint: Endpoint,
    bucket: buckets.Bucket,
) -> Generator[Finding, None, Origin]:  # fmt: skip
    """What decides, as it stands; what could not be read is said, and not taken for an answer."""
    unread: dict[str, str] = {}

    def or_else(what: str, look: Callable[[], T], otherwise: T) -> T:
        try:
            return look()
        except CloudError as problem:
            unread[what] = str(problem)
            return otherwise

    source, name = one.source, one.source.get("Id", "")
    hosted = or_else("hosting", lambda: buckets.hosting(cloud, bucket), None)
    start = str(config.get("DefaultRootObject") or "") or (hosted.index if endpoint.website and hosted else "")
    prefix = str(source.get("OriginPath") or "").strip("/")
    wanted = tuple(_asked(prefix, path, start) for path in dict.fromkeys(one.paths))
    control, identity = str(source.get("OriginAccessControlId") or ""), ""
    if control:
        control = yield from _control(cloud, control, name)
    else:
        identity = str((source.get("S3OriginConfig") or {}).get("OriginAccessIdentity") or "").rpartition("/")[2]
    here = Origin(
        cloud, name, bucket, endpoint.website, str(whole.get("ARN", "")), wanted,
        or_else("policy", lambda: buckets.policy(cloud, bucket), None),
        or_else("block", lambda: buckets.block(cloud, bucket), buckets.Block()),
        hosted, control, identity,
        headers={
            str(each.get("HeaderName", "")): str(each.get("HeaderValue", ""))
            for each in (source.get("CustomHeaders") or {}).get("Items") or []
        },
        secure=_secure(config, source, endpoint, control), unread=unread, source=source,
    )  # fmt: skip
    if identity:
        call = Call("cloudfront.GetCloudFrontOriginAccessIdentity", {"Id": identity})
        known: dict[str, Any] = or_else("identity", lambda: cloud.make(call), {})
        about = known.get("CloudFrontOriginAccessIdentity") or {}
        here = replace(here, canonical=str(about.get("S3CanonicalUserId") or ""))
    account = buckets.account_block(cloud, bucket.region)
    if account is None:
        unread.setdefault("block", "the account's block of public access")
    else:
        block = replace(here.block, restrict=here.block.restrict or account.restrict)
        here = replace(here, block=replace(block, ignore_acls=block.ignore_acls or account.ignore_acls))
    return here


def _asked(prefix: str, path: str, start: str) -> str:
    """A file that a visitor of a path asks for, as its name in the bucket."""
    key = path.strip("/").replace("*", start or "index.html").replace("?", "x") if path else start.lstrip("/")
    return "/".join(part for part in (prefix, key or "index.html") if part)


def _secure(config: Mapping[str, Any], source: Mapping[str, Any], endpoint: Endpoint, control: str) -> bool | None:
    """Whether CloudFront asks by https: always where it signs with SigV4, else as it is set, or as the visitor does
    (CloudFront Developer Guide, "Require HTTPS between CloudFront and your Amazon S3 origin", 2026-11)."""
    if endpoint.website:
        return False
    set_ = (source.get("CustomOriginConfig") or {}).get("OriginProtocolPolicy", "match-viewer")
    if control or set_ == "https-only":
        return True
    if set_ == "http-only":
        return False
    plain = any(each.get("ViewerProtocolPolicy") == "allow-all" for each in behaviours(config))
    return None if plain else True


def _control(cloud: Cloud, id: str, name: str) -> Generator[Finding, None, str]:
    """The Origin Access Control, if it signs."""
    try:
        answer = cloud.make(Call("cloudfront.GetOriginAccessControl", {"Id": id}))
    except CloudError as problem:
        yield unknown(f"access-control:{name}", f"The Origin Access Control {id} could not be read.", str(problem))
        return id
    set_ = (answer.get("OriginAccessControl") or {}).get("OriginAccessControlConfig") or {}
    signing, seen = set_.get("SigningBehavior", ""), f"Origin Access Control {id}"
    if signing == "always":
        yield proved(
            f"access-control:{name}", "CloudFront signs its requests to the bucket.", f"Origin Access Control {id}"
        )
    elif signing == "no-override":
        yield likely(
            f"access-control:{name}",
            "CloudFront signs its requests to the bucket, except those that a visitor signed.", seen,
        )  # fmt: skip
    else:
        yield Finding(
            f"access-control:{name}", Grade.CAUTION, f"The Origin Access Control does not sign (“{signing or '?'}”).",
            seen, "Set its signing behaviour to always.",
        )  # fmt: skip
        return ""
    return id


def _kind(one: Used, here: Origin, endpoint: Endpoint) -> Finding:
    id, name = f"origin:{here.id}", here.bucket.name
    where = f", in the group {one.group}" if one.group else ""
    if "hosting" in here.unread:
        sentence = f"Whether website hosting is on in {name} could not be read."
        return unknown(id, sentence, here.unread["hosting"], aside=not endpoint.website)
    if unanswered := _unanswered(one.source, endpoint, name):
        return unanswered
    if not endpoint.website:
        what = "website hosting is on in it, which CloudFront does not use" if here.hosted else "it is no website"
        return proved(id, f"The origin is the bucket {name}{where}; {what}.", "GetBucketWebsite")
    if here.hosted is None:
        return broken(
            id, f"The origin is the website endpoint of {name}, but hosting is off in that bucket.", "GetBucketWebsite",
            "Switch static website hosting on, or use the bucket endpoint with Origin Access Control.",
        ).mended_by(repairs.host(here))  # fmt: skip
    policy = (one.source.get("CustomOriginConfig") or {}).get("OriginProtocolPolicy", "")
    if policy != "http-only":
        return broken(
            id, f"CloudFront speaks {policy or 'S3'} to the website endpoint, which knows plain HTTP only.",
            "OriginProtocolPolicy", "Set the origin's protocol to HTTP only; otherwise visitors get 502 or 504.",
        ).mended_by(_plainly(here) if policy else None)  # fmt: skip
    if here.leads:
        sentence = f"The website of {name} sends everybody to {here.leads}, whatever they ask for{where}."
        return proved(id, sentence, "GetBucketWebsite: RedirectAllRequestsTo")
    return proved(
        id, f"The origin is the website endpoint of {name}{where}; hosting is on, start page {here.hosted.index}.",
        "GetBucketWebsite",
    )  # fmt: skip


def _unanswered(source: Mapping[str, Any], endpoint: Endpoint, name: str) -> Finding | None:
    """What a custom origin asks S3 by, and S3 answers by nothing: another port than the usual one, or TLS before 1.2
    (Amazon S3 User Guide, "Website endpoints" and "Network isolation": TLS 1.2 or later, 2026-11)."""
    custom = source.get("CustomOriginConfig") or {}
    how, id = custom.get("OriginProtocolPolicy"), f"origin:{source.get('Id', '')}"
    plain = endpoint.website or how == "http-only"
    asked, right = ("HTTPPort", 80) if plain else ("HTTPSPort", 443)
    if custom and (port := int(custom.get(asked) or right)) != right:
        return broken(
            id, f"CloudFront asks {name} at port {port}, where S3 does not listen: visitors get 504.",
            f"{asked} of the origin", f"Set it to {right}.",
        )  # fmt: skip
    spoken = (custom.get("OriginSslProtocols") or {}).get("Items") or []
    if spoken and not plain and not set(spoken) & set(CURRENT_TLS):
        return broken(
            id, f"CloudFront speaks only {', '.join(spoken)} to {name}, and S3 takes TLS 1.2 or later: visitors get "
            "502.", "OriginSslProtocols", "Add TLSv1.2 to them.",
        )  # fmt: skip
    return None


def _plainly(here: Origin) -> Mend:
    sentence = f"Let CloudFront speak plain HTTP to the website of {here.bucket.name}"
    return repairs.of_origin(here, "OriginProtocolPolicy", "http-only", sentence, "CustomOriginConfig")


def _address(cloud: Cloud, endpoint: Endpoint, here: Origin) -> Iterator[Finding]:
    """Whether the origin's host is one of the bucket's own region."""
    id, bucket = f"address:{here.id}", here.bucket
    right = (website if endpoint.website else itself)(bucket.name, bucket.region).host
    if has_region(endpoint, bucket.region):
        return
    if has_region(endpoint, ""):
        try:
            made = buckets.made(cloud, bucket)
        except CloudError as problem:
            made, why = None, str(problem)
        else:
            why = "ListBuckets"
        if bucket.region == "us-east-1" or (made and datetime.now(UTC) - made > SETTLED):
            return
        if made is None:
            yield unknown(id, f"{endpoint.host} has no region; it leads away from a bucket in its first day. How old "
                          f"{bucket.name} is could not be read.", why, f"Make {right} the origin.")  # fmt: skip
            return
        yield broken(
            id, f"{endpoint.host} has no region. In its first day S3 leads visitors away from it, to the bucket itself "
            "(307), where they get 403.", f"{why}: {bucket.name} was made at {made:%Y-%m-%d %H:%M}",
            f"Make {right} the origin, or wait a day.",
        ).mended_by(_right(here, right))  # fmt: skip
        return
    yield broken(
        id, f"{endpoint.host} is not the address of {bucket.name}, which is in {bucket.region}: CloudFront gets a "
        "redirect, or nothing at all.", "HeadBucket: BucketRegion", f"Make {right} the origin.",
    ).mended_by(_right(here, right))  # fmt: skip


def _right(here: Origin, host: str) -> Mend:
    moves = f"CloudFront fetches from {host} then."
    return repairs.of_origin(here, "DomainName", host, f"Fetch from {host}", moves=moves)


def _pages(cloud: Cloud, config: Mapping[str, Any], one: Used, here: Origin, new: bool) -> Iterator[Finding]:
    """The start page and those of the folders, and the keys that they are encrypted with."""
    changed = one.main and rewritten(main(config))
    start, root = here.wanted[0], str(config.get("DefaultRootObject") or "")
    there: Mapping[str, Any] | None = {}
    if one.main:
        try:
            there = buckets.file(cloud, here.bucket, start)
        except CloudError as problem:
            listed = _keys(cloud, here.bucket, start)
            there = None if listed is not None and start not in listed else {}
            here = replace(here, unread={**here.unread, "start": str(problem)} if listed is None else here.unread)
        keys = _keys(cloud, here.bucket, _prefix(start))
        yield from page_rules.start_page(here, root, there, changed, keys, new=new)
        if not new:
            yield from rules.owned(here) if there else ()
            yield from page_rules.error_page(here, config, lambda key: _there(cloud, here.bucket, key))
        yield from page_rules.folders(here, root, keys, changed)
        yield from rules.rest(here, keys)
    if not new:
        yield from folders_there(one, here, lambda begun: _keys(cloud, here.bucket, begun))
    try:
        default_key = buckets.encryption_key(cloud, here.bucket)
    except CloudError:
        default_key = None
    used = str((there or {}).get("SSEKMSKeyId") or "")
    encrypted = {used: True} if used else {}
    if default_key:
        encrypted.setdefault(default_key, not there)
    if default_key is None and not there:
        yield unknown(
            f"kms-key:{here.id}",
            f"Whether the files of {here.bucket.name} are encrypted with a KMS key could not be read.",
            "GetBucketEncryption needs s3:GetEncryptionConfiguration",
        )  # fmt: skip
    yield from page_rules.decrypts(here, encrypted)


def _there(cloud: Cloud, bucket: buckets.Bucket, key: str) -> bool | None:
    """Whether a file is there; None if that cannot be told."""
    try:
        return buckets.file(cloud, bucket, key) is not None
    except CloudError:
        return None


def _keys(cloud: Cloud, bucket: buckets.Bucket, prefix: str) -> list[str] | None:
    try:
        return buckets.keys(cloud, bucket, prefix)
    except CloudError:
        return None


def _prefix(start: str) -> str:
    folder, slash, _ = start.rpartition("/")
    return f"{folder}{slash}"
