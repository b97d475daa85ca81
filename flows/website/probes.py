"""What a visitor sees, over the internet: only with consent, within a time-out, and never a false green."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws.s3_endpoints import recognised
from flows.engine import Cloud, Finding, Grade, Missed, Page
from flows.engine.findings import broken, likely, proved, unknown

from .behaviours import used

NOWHERE = "/there-is-no-such-file-handrail"
"""A page that no site has."""


def probes(cloud: Cloud, config: Mapping[str, Any], host: str, names: list[str], *, allowed: bool) -> Iterator[Finding]:
    """Fetch the site as a visitor would, and its files past CloudFront."""
    if not allowed:
        yield unknown(
            "outside",
            "What a visitor sees was not looked at.",
            "no request was made over the internet",
            "To allow a handful of requests to your own site: --set probe=yes",
            aside=True,
        )
        return
    front = cloud.look_at(f"https://{host}/")
    yield _works(f"https://{host}/", front)
    if front.missed is None:
        yield from _rest(cloud, config, host, front)
    for name in (name for name in names if not name.startswith("*.")):
        yield _works(f"https://{name}/", cloud.look_at(f"https://{name}/"))
    yield from _past_cloudfront(cloud, config)


def _works(url: str, page: Page) -> Finding:
    id_ = f"outside-{url.split('/')[2]}"
    if page.missed is Missed.CERTIFICATE:
        remedy = "The name leads somewhere else, or the distribution lacks it."
        return broken(id_, f"{url}: the certificate is not good for it.", page.why, remedy)
    if page.missed:
        sentence = f"{url} could not be looked at: {page.missed}."
        return unknown(id_, sentence, page.why, "Try again in a while.", aside=True)
    by_cloudfront = "cloudfront" in page.headers.get("via", "").lower() or "x-amz-cf-id" in page.headers
    where = f"answered {page.status}{', by CloudFront' if by_cloudfront else ''}"
    if page.status == 200 and by_cloudfront:
        return proved(id_, f"{url} works.", where)
    return broken(id_, f"{url} does not work.", where, _reading(page, by_cloudfront))


def _reading(page: Page, by_cloudfront: bool) -> str:
    """What an answer means (CloudFront Developer Guide, "Troubleshooting error responses", 2026-10)."""
    if not by_cloudfront:
        return "Something else than CloudFront answers; look at the DNS records."
    if page.status == 403 and b"The request could not be satisfied" in page.body:
        return "The distribution does not know the name, or its certificate is wrong."
    if page.status in (403, 404):
        return "The start page is missing, or the bucket policy does not let CloudFront read."
    said = page.headers.get("x-cache", "")
    if page.status >= 500 and ("Execution" in said or "Lambda" in said):
        return f"A function at the edge failed ({said}); look at its log, in the region nearest to the visitor."
    if page.status in (500, 503):
        return "The origin itself fails, or cannot keep up: look at its log. S3 does so for moments; try again."
    if page.status in (502, 504):
        return "CloudFront cannot speak to the origin; a website endpoint needs HTTP only."
    if page.status == 307:
        return "S3 leads away from the address without a region in a bucket's first day; name its region in the origin."
    if page.status in (301, 302, 308):
        return f"It leads to {page.headers.get('location', 'nowhere')}; look at S3's redirects and the origin's region."
    return "Look at the distribution's error pages."


def _rest(cloud: Cloud, config: Mapping[str, Any], host: str, front: Page) -> Iterator[Finding]:
    plain = cloud.look_at(f"http://{host}/")
    if plain.missed:
        yield unknown("outside-http", "Plain HTTP could not be looked at.", plain.why, aside=True)
    elif plain.status in (301, 302, 307, 308) and plain.headers.get("location", "").startswith("https://"):
        yield proved("outside-http", "Plain HTTP is sent on to https.", f"answered {plain.status}")
    else:
        yield broken(
            "outside-http",
            "Plain HTTP is not sent on to https.",
            f"answered {plain.status}",
            "Set redirect-to-https.",
        )
    mapped = {
        str(each.get("ResponseCode") or "")
        for each in (config.get("CustomErrorResponses") or {}).get("Items") or []
        if each.get("ErrorCode") in (403, 404) and each.get("ResponsePagePath")
    }
    missing = cloud.look_at(f"https://{host}{NOWHERE}")
    if missing.missed:
        yield unknown("outside-missing", "A missing file could not be looked at.", missing.why, aside=True)
    elif "200" in mapped and (missing.status != 200 or missing.body != front.body):
        yield broken(
            "outside-missing",
            "Addresses of the app are not answered with the start page.",
            f"answered {missing.status}",
            "Map 403 and 404 to the start page with status 200.",
        )
    elif str(missing.status) in (mapped or {"403", "404"}):
        yield proved("outside-missing", "A missing file is answered as it should be.", f"answered {missing.status}")
    elif missing.status >= 400:
        yield broken(
            "outside-missing",
            f"A missing file is answered with {missing.status}.",
            f"answered {missing.status}; {' or '.join(sorted(mapped or {'403', '404'}))} would be right",
            _reading(missing, by_cloudfront=True),
        )
    else:
        yield likely(
            "outside-missing",
            f"A missing file is answered with {missing.status}, which is right only where that is meant.",
            f"answered {missing.status}",
        )


def _past_cloudfront(cloud: Cloud, config: Mapping[str, Any]) -> Iterator[Finding]:
    """The start page directly from S3, without the header: that must be refused, wherever pages come from."""
    for one in used(config)[0]:
        if one.main and (endpoint := recognised(one.source.get("DomainName", ""))):
            folder = str(one.source.get("OriginPath") or "").strip("/")
            page = "" if endpoint.website else str(config.get("DefaultRootObject") or "")
            path = "/".join(part for part in (folder, page) if part)
            scheme = "http" if endpoint.website else "https"
            yield _directly(cloud, f"{scheme}://{endpoint.host}/{path}", one.source.get("Id", ""))


def _directly(cloud: Cloud, url: str, origin: str) -> Finding:
    id, seen = f"outside-direct:{origin}", cloud.look_at(url)
    if seen.missed:
        return unknown(id, "S3 itself could not be looked at.", seen.why, aside=True)
    if seen.status == 403:
        return proved(
            id,
            "S3 itself refuses visitors: they must come through CloudFront.",
            "answered 403",
        )
    if seen.status == 200:
        return Finding(
            id,
            Grade.CAUTION,
            f"{url} answers everybody: CloudFront can be passed by.",
            "answered 200",
            "Remove the statement or the ACL that makes the files public.",
        )
    return unknown(id, "S3 itself gave an answer that proves nothing.", f"answered {seen.status}", aside=True)
