"""The two addresses of a bucket: the bucket itself, and the website that may be switched on in it.

They look alike and behave differently. AWS's own list of origins offers the bucket where people mean the website,
so both are always told apart here. Table: AWS General Reference, "Amazon S3 endpoints and quotas", 2026-10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DASH = {
    "us-east-1": "Z3AQBSTGFYJSTF", "us-west-1": "Z2F56UZL2M1ACD", "us-west-2": "Z3BJ6K6RIION7M",
    "eu-west-1": "Z1BKCTXD74EZPE", "ap-northeast-1": "Z2M4EHUR26P7ZW", "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD", "sa-east-1": "Z7KQH4QJS55SO", "us-gov-west-1": "Z31GFT0UA1I2HV",
}  # fmt: skip
"""The old regions, whose website hosts are `bucket.s3-website-REGION…`, and the hosted zone of their websites."""
DOT = {
    "us-east-2": "Z2O1EMRO9K5GLX", "af-south-1": "Z2OSFR5PIJ8TYW", "ap-east-1": "ZNB98KWMFR0R6",
    "ap-east-2": "Z064739330DAH7WJVOO93", "ap-south-1": "Z11RGJOFQNVJUP", "ap-south-2": "Z02976202B4EZMXIPMXF7",
    "ap-northeast-2": "Z3W03O7B5YMIYP", "ap-northeast-3": "Z2YQB5RD63NC85", "ap-southeast-3": "Z01846753K324LI26A3VV",
    "ap-southeast-4": "Z0312387243XT5FE14WFO", "ap-southeast-5": "Z08660063OXLMA7F1FJHU",
    "ap-southeast-6": "Z05686083R66JX5C163TC", "ap-southeast-7": "Z0031014GXUMRZG6I14G",
    "ca-central-1": "Z1QDHH18159H29", "ca-west-1": "Z03565811Z33SLEZTHOUL", "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-central-2": "Z030506016YDQGETNASS", "eu-north-1": "Z3BAZG2TWCNX0D", "eu-south-1": "Z2OPA49AB41N7K",
    "eu-south-2": "Z0081959F7139GRJC19J", "eu-west-2": "Z3GKZC51ZF0DB4", "eu-west-3": "Z3R1K369G5AVDG",
    "il-central-1": "Z09640613K4A3MN55U7GU", "me-central-1": "Z06143092I8HRXZRUZROF", "me-south-1": "Z1MPMWCPA7YB62",
    "mx-central-1": "Z057606446ZNVQJJ8WOP", "us-gov-east-1": "Z2NIFVYYW2VKV1", "cn-north-1": "Z5CN8UMXT92WN",
    "cn-northwest-1": "Z282HJ1KT0DH03", "eusc-de-east-1": "",
}  # fmt: skip
"""All others: `bucket.s3-website.REGION…`. New regions have been of this kind since 2014. Empty: not published."""

WEBSITE_HOST = re.compile(
    r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3-website[.-](?P<region>(?:dualstack\.)?[a-z]{2,4}(?:-[a-z]+)+-\d)"
    r"\.amazonaws\.(?:com(?:\.cn)?|eu)"
)
BUCKET_HOST = re.compile(
    r"(?P<bucket>.+)\.s3(?!-website)(?:[.-](?:dualstack\.)?(?P<region>[a-z0-9-]+))?\.amazonaws\.(?:com(?:\.cn)?|eu)"
)


@dataclass(frozen=True)
class Endpoint:
    """One of a bucket's two addresses, as CloudFront takes it: a host name."""

    host: str
    bucket: str
    website: bool

    def __str__(self) -> str:
        return self.host


def website(bucket: str, region: str) -> Endpoint:
    """The address of the website: index pages, redirects and the error page work; plain HTTP only."""
    return Endpoint(f"{bucket}.s3-website{'-' if region in DASH else '.'}{region}.{_suffix(region)}", bucket, True)


def itself(bucket: str, region: str) -> Endpoint:
    """The address of the bucket. Always the regional one: the global one redirects for a day after the creation."""
    return Endpoint(f"{bucket}.s3.{region}.{_suffix(region)}", bucket, False)


def recognised(text: str) -> Endpoint | None:
    """What kind of address a pasted host or URL is, in whichever form; None if it is neither."""
    host = re.sub(r"^https?://", "", text.strip().lower()).rstrip("/.")
    # the website first: the other pattern is the wider one
    for pattern, is_website in ((WEBSITE_HOST, True), (BUCKET_HOST, False)):
        if match := pattern.fullmatch(host):
            return Endpoint(host, match["bucket"], is_website)
    return None


def has_region(endpoint: Endpoint, region: str) -> bool:
    """Whether an address is that of a region, in any of its forms; that of none has the region "".

    The old regions take the dot, too; all others know no dash.
    """
    pattern = WEBSITE_HOST if endpoint.website else BUCKET_HOST
    match = pattern.fullmatch(endpoint.host)
    named = ((match["region"] if match else "") or "").removeprefix("dualstack.")
    dashed = endpoint.website and f".s3-website-{named}" in endpoint.host
    return named == region and not (dashed and region not in DASH)


def _suffix(region: str) -> str:
    if region.startswith("cn-"):
        return "amazonaws.com.cn"
    return "amazonaws.eu" if region.startswith("eusc-") else "amazonaws.com"
