"""What an answer about a website must be beyond its form, and what is worth saying about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from flows.aws import buckets, certificates, cloudfront, delegation, route53
from flows.aws.buckets import Bucket
from flows.aws.s3_endpoints import Endpoint, itself, recognised, website
from flows.engine import Caution, Cloud, Danger, Finding, Grade, Refused

from . import page_rules, rules
from .rules import RATHER_THE_BUCKET
from .situation import Origin

REFERER, USER_AGENT = "Referer", "User-Agent"
OPTIMIZED, DISABLED = "optimized", "disabled"
EVERYWHERE, WEST, MOST = "PriceClass_All", "PriceClass_100", "PriceClass_200"


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys."""

    cloud: Cloud
    bucket: Bucket
    origin: Endpoint
    domain: tuple[str, ...]
    zone: route53.Zone | str


# -- the origin ------------------------------------------------------------------------------------------------


def usable(bucket: Bucket, flow: Answers) -> Iterator[Caution]:
    certificates.home(flow.cloud)
    hosted = buckets.hosting(flow.cloud, bucket)
    if hosted and hosted.leads:
        yield Caution(
            "leads-away",
            f"The website of {bucket.name} serves no files: it sends everybody to {hosted.leads}. As the origin it "
            "does so for your names, by https too; it needs no files and no policy.",
        )
    elif buckets.keys(flow.cloud, bucket) == []:
        yield Caution("empty-bucket", "The bucket is empty. The site will show an error until you upload files.")


def pasted(text: str, flow: Answers) -> str:
    """An address of the bucket in any of its forms, as the list has it."""
    found = recognised(text)
    if found is None or found.bucket != flow.bucket.name:
        return text
    made = website if found.website else itself
    return made(flow.bucket.name, flow.bucket.region).host


def meant(endpoint: Endpoint, flow: Answers) -> Iterator[Caution]:
    if endpoint.website:
        yield from website_meant(flow.cloud, flow.bucket)
    else:
        yield from bucket_meant(flow.cloud, flow.bucket)


def bucket_meant(cloud: Cloud, bucket: Bucket) -> Iterator[Caution]:
    """Whether somebody who chose the bucket may have meant the website in it. Raises Refused."""
    site = website(bucket.name, bucket.region)
    if hosted := buckets.hosting(cloud, bucket):
        yield Caution(
            "bucket-instead-of-website",
            f"Bucket {bucket.name} has website hosting turned on, but you chose the bucket itself as origin. Then "
            "CloudFront ignores the website settings: index pages in sub-folders, S3 redirect rules and the S3 error "
            f"page do not work.{_relied_on(cloud, bucket, hosted)} Choose the website endpoint ({site}) if you rely on "
            "them.",
            confirm=True,
            switch=site.host,
        )
    else:
        here = Origin.to_be(cloud, bucket, website=False, locked=True)
        for found in page_rules.folders(here, "index.html", buckets.keys(cloud, bucket), rewritten=False):
            yield Caution("folders-without-index", f"{found.sentence} {found.remedy}", confirm=True, switch=site.host)
    yield from encrypted(cloud, bucket, website=False, locked=True)


def website_meant(cloud: Cloud, bucket: Bucket) -> Iterator[Caution]:
    """Whether the website in a bucket can be an origin. Raises Refused."""
    files = itself(bucket.name, bucket.region)
    hosted = buckets.hosting(cloud, bucket)
    if hosted and hosted.leads:
        return
    yield from encrypted(cloud, bucket, website=True, locked=True)
    here = Origin.to_be(cloud, bucket, website=True, locked=True)
    refuse(rules.charges(here))
    refuse(rules.may_read(here))
    if not hosted:
        yield Caution(
            "website-without-hosting",
            f"Bucket {bucket.name} has no website hosting, so its website endpoint does not answer. Handrail would "
            f"switch it on. If you do not need index pages in sub-folders or redirects, the bucket endpoint ({files}) "
            "is safer.",
            confirm=True,
            switch=files.host,
        )
    yield from _opening(cloud, bucket, "private-bucket-as-website", files.host)


def encrypted(cloud: Cloud, bucket: Bucket, *, website: bool, locked: bool) -> Iterator[Caution]:
    """Whether CloudFront will be able to decrypt what is uploaded. Raises Refused."""
    if key := buckets.encryption_key(cloud, bucket):
        here = Origin.to_be(cloud, bucket, website=website, locked=locked)
        for found in refuse(page_rules.decrypts(here, {key: True})):
            if found.grade is not Grade.PROVED:
                yield Caution("kms-key", " ".join(filter(None, (found.sentence, found.remedy or found.evidence))))


def refuse(findings: Iterable[Finding]) -> list[Finding]:
    """What was found, if nothing of it stands in the way. Raises Refused."""
    found = list(findings)
    for each in found:
        if each.grade is Grade.REFUSED:
            raise Refused(each.sentence, remedy=each.remedy)
    return found


def locked(yes: bool, flow: Answers) -> Iterator[Caution]:
    return lock(flow.cloud, flow.bucket, website=flow.origin.website, locked=yes)


def lock(cloud: Cloud, bucket: Bucket, *, website: bool, locked: bool) -> Iterator[Caution]:
    """What locking the origin means, or leaving it open. Raises Refused."""
    hosted = buckets.hosting(cloud, bucket) if website else None
    if hosted and hosted.leads:
        return
    if not locked and not website:
        yield from encrypted(cloud, bucket, website=False, locked=False)
    opening = [s for s in buckets.statements(cloud, bucket) if buckets.opens_to_all(s, bucket.name)]
    if locked and opening:
        yield Caution(
            "open-already",
            f"In the bucket's policy {buckets.called(opening[0])} lets everybody read "
            "the files, so CloudFront can be passed by. Handrail leaves it; remove it yourself when the site works.",
        )
    if locked and website:
        yield Caution(
            "weak-lock",
            "AWS calls a secret header weak protection: the way between CloudFront and S3 is not encrypted, and "
            "whoever may read the distribution or the bucket policy can read the header.",
        )
    if not locked and not opening:
        yield Caution(
            "open-origin",
            f"Everybody will be able to read all files of {bucket.name} directly from S3.",
            confirm=True,
            switch="yes",
            danger=Danger.OPENS,
        )
        if not website:  # the website's own question has said so already
            yield from _opening(cloud, bucket, "private-bucket-opened", "")


def _opening(cloud: Cloud, bucket: Bucket, caution: str, switch: str) -> Iterator[Caution]:
    """What stands against a policy that AWS calls public, at the bucket and at the account."""
    account = buckets.account_block(cloud, bucket.region)
    if account and account.in_the_way:
        raise Refused(
            "Your whole account blocks public policies. Turning that off would affect all buckets; Handrail does not "
            "do that.",
            remedy=f"{RATHER_THE_BUCKET} Or change it yourself under S3, Block Public Access settings for this "
            "account.",
        )
    if buckets.block(cloud, bucket).in_the_way:
        unread = "" if account else " Whether the whole account blocks it too could not be read."
        yield Caution(
            caution,
            f"Public access of {bucket.name} is blocked by the bucket. This needs a policy that AWS counts as public, "
            "so BlockPublicPolicy and RestrictPublicBuckets are set to false for this bucket; BlockPublicAcls and "
            f"IgnorePublicAcls stay as they are, and undo puts all back.{unread}",
            confirm=True,
            switch=switch,
            danger=Danger.OPENS,
        )


def _relied_on(cloud: Cloud, bucket: Bucket, hosted: buckets.Hosting) -> str:
    folders = [key for key in buckets.keys(cloud, bucket) or [] if key.endswith(f"/{hosted.index}")]
    if hosted.redirects:
        return " This bucket has redirect rules."
    return f" This bucket has {folders[0]}, among others." if len(folders) > 1 else ""


# -- the names -------------------------------------------------------------------------------------------------


def free_names(names: tuple[str, ...], flow: Answers) -> Iterator[Caution]:
    return usable_names(flow.cloud, names)


def usable_names(cloud: Cloud, names: Sequence[str]) -> Iterator[Caution]:
    """Whether the names can be a distribution's. Raises Refused."""
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Refused(f"{twice[0]} is listed twice.")
    if len(names) > cloudfront.NAMES:
        raise Refused(f"These are {len(names)} names. At most {cloudfront.NAMES} names per distribution.")
    if not names:
        return
    for other in cloudfront.distributions(cloud):
        for name in names:
            if name in other.names:
                raise Refused(
                    f"{name} is already used by your distribution {other.id} ({other.comment or 'without a comment'}).",
                    remedy="Remove it there first, or use that distribution.",
                )
            if rival := next((own for own in other.names if _rivals(own, name)), ""):
                yield Caution(
                    "wildcard-elsewhere",
                    f"Your distribution {other.id} has {rival}, which overlaps with {name}. The more exact name wins.",
                )


def longest_valid(flow: Answers) -> str:
    return next((found.arn for found in certificates.fitting(flow.cloud, flow.domain)), certificates.NEW)


def good_certificate(certificate: certificates.Certificate | str, flow: Answers) -> Iterator[Caution]:
    if certificate == certificates.NEW:
        yield from new_certificate(flow.cloud, flow.domain)


def new_certificate(cloud: Cloud, names: Sequence[str]) -> Iterator[Caution]:
    """Whether a certificate for these names can be requested. Raises Refused."""
    if len(names) > certificates.NAMES:
        raise Refused(
            f"These are {len(names)} names. ACM allows {certificates.NAMES} names per certificate by default.",
            remedy="Use a wildcard, for example *.example.com.",
        )
    if len(names[0]) > certificates.FIRST_NAME:
        raise Refused(
            f"Certificates can have at most {certificates.FIRST_NAME} characters in the first name; {names[0]} has "
            f"{len(names[0])}.",
            remedy="Put a shorter name first.",
        )
    if there := certificates.elsewhere(cloud, names):
        yield Caution(
            "certificate-elsewhere",
            f"There is a certificate for {', '.join(there.names)} in {cloud.identity.region}. CloudFront accepts only "
            f"certificates from {certificates.home(cloud)}. A new one is free.",
        )


def nearest_zone(flow: Answers) -> str:
    return next((zone.id for zone in route53.fitting(flow.cloud, flow.domain)), route53.ELSEWHERE)


def right_zone(zone: route53.Zone | str, flow: Answers) -> Iterator[Caution]:
    if isinstance(zone, route53.Zone):
        yield from standing_records(flow.cloud, zone, flow.domain)
        if said := delegation.twice(flow.cloud, zone):
            yield Caution("zone-twice", f"{said} The certificate is proved in that zone alone.", confirm=True)
    elif zone == route53.ELSEWHERE:
        yield from apex(flow.domain)


def standing_records(cloud: Cloud, zone: route53.Zone, names: Sequence[str]) -> Iterator[Caution]:
    """What the names lead to today. Raises Refused."""
    for name in names:
        records = route53.standing(cloud, zone, name)
        if policy := route53.policy_of(records):
            raise Refused(
                f"{name} uses a routing policy ({policy}). Handrail does not touch that.",
                remedy=f"Answer “{route53.ELSEWHERE}” and change the records yourself.",
            )
        today, _ = route53.answered(cloud, zone, name)
        if held := held_elsewhere(cloud, today):
            proof = f"_{name}" if name.count(".") > 1 else f"_.{name}"
            yield Caution(
                "name-taken",
                f"{name} leads to {held}, a distribution that is none of this account's. Most likely it holds "
                "the name: AWS would refuse it for another (CNAMEAlreadyExists). Whose it is says "
                "`aws cloudfront list-conflicting-aliases`. Have them take the name out; or make the distribution "
                f"without the name, write a TXT record {proof} with its address, and move the name with "
                "`aws cloudfront associate-alias`.",
                confirm=True,
            )
        elif today:
            yield Caution(
                "name-in-use",
                f"{name} currently points to {route53.target(today[0])}. It keeps working until the last step; that "
                "step is only done if you say so (point_domain).",
            )


def held_elsewhere(cloud: Cloud, records: Sequence[Mapping[str, Any]]) -> str:
    """The distribution of others to which these records lead; empty if none."""
    hosts = [host for host in map(route53.target, records) if host.lower().rstrip(".").endswith(".cloudfront.net")]
    own = {each.host for each in cloudfront.distributions(cloud)} if hosts else set()
    return next((host.rstrip(".") for host in hosts if host.rstrip(".") not in own), "")


def apex(names: Sequence[str]) -> Iterator[Caution]:
    """What other providers cannot do."""
    for name in names:
        if name.count(".") == 1:
            yield Caution(
                "apex",
                f"At {name} itself only some DNS providers allow a CNAME (look for ALIAS, ANAME or flattening). "
                f"www.{name} always works.",
            )


def nothing_stands_there(flow: Answers) -> str:
    zone = flow.zone
    assert isinstance(zone, route53.Zone)
    return "no" if any(route53.answered(flow.cloud, zone, name)[0] for name in flow.domain) else "yes"


def _rivals(other: str, name: str) -> bool:
    return other.startswith("*.") and not name.startswith("*.") and name.partition(".")[2] == other[2:]


# -- the pages -------------------------------------------------------------------------------------------------


def whole_app(yes: bool, flow: Answers) -> Iterator[Caution]:
    if yes:
        yield Caution(
            "missing-files-look-fine",
            "Every missing file will be answered with the start page and status 200. A typo in an image name then also "
            "shows the start page, and a wrong permission looks like a blank app.",
        )


def known_start_page(flow: Answers) -> str:
    hosted = buckets.hosting(flow.cloud, flow.bucket) if flow.origin.website else None
    return hosted.index if hosted and hosted.index else "index.html"


def start_page(text: str) -> str:
    if text.startswith("/"):
        raise Refused("Write the name without a leading “/”.", suggestion=text.lstrip("/"))
    if len(text) > 255:
        raise Refused(f"The name of the start page has {len(text)} characters; at most 255 are possible.")
    return text


def page_without_folders(page: str, flow: Answers) -> Iterator[Caution]:
    if flow.origin.website and "/" in page:
        raise Refused(f"“{page}”: the S3 index document is a file name without folders.")
    hosted = buckets.hosting(flow.cloud, flow.bucket) if flow.origin.website else None
    if not (hosted and hosted.leads):
        yield from page_there(flow.cloud, flow.bucket, page)


def error_page(text: str) -> str:
    if not text:
        return ""
    if any(character.isspace() or not character.isascii() for character in text):
        raise Refused(f"“{text}” is not a path. Use a path like /404.html.")
    return f"/{text.lstrip('/')}"


def there(page: str, flow: Answers) -> Iterator[Caution]:
    if page:
        yield from page_there(flow.cloud, flow.bucket, page.lstrip("/"))


def page_there(cloud: Cloud, bucket: Bucket, key: str) -> Iterator[Caution]:
    """Whether a page is there, and of a type that browsers show."""
    listed = buckets.keys(cloud, bucket)
    if listed is not None and len(listed) < 1000 and key not in listed:  # a longer list is not read to its end
        yield Caution("page-missing", f"{key} is not in the bucket yet; visitors would see an error.")
        return
    type_ = buckets.content_type(cloud, bucket, key) if listed and key in listed else None
    if type_ is not None and "html" not in type_:
        yield Caution(
            "page-type",
            f"{key} has the type {type_ or 'unknown'}; browsers will download it instead of showing it. Upload it "
            "again with the content type text/html.",
        )
