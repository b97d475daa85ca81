"""Which origin a distribution asks for which path, and what it hands on to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from website.readers import WITH_SECRET, open_to_all, website
from website.standing import ACCOUNT, REGION, Site, behaviour, several


def group(second: str) -> Callable[[Site], None]:
    def made(site: Site) -> None:
        members = several({"OriginId": "files"}, {"OriginId": "spare"})
        spare = {"Id": "group", "FailoverCriteria": {"StatusCodes": several(500)}, "Members": members}
        site.configured(
            Origins=several(site.origin(), site.origin("spare", second)), OriginGroups=several(spare),
        )  # fmt: skip
        site.configured(DefaultCacheBehavior=behaviour("group"))

    return made


def functioning(site: Site) -> None:
    site.pages("about/index.html")
    function = {"FunctionARN": f"arn:aws:cloudfront::{ACCOUNT}:function/index", "EventType": "viewer-request"}
    site.configured(DefaultCacheBehavior=behaviour("files", FunctionAssociations=several(function)))


def api_beside_it(site: Site) -> None:
    api = {"Id": "api", "DomainName": "api.example.com",
           "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}  # fmt: skip
    site.origins(site.origin(), api, CacheBehaviors=several(behaviour("api", PathPattern="/api/*")))


def images_elsewhere(site: Site) -> None:
    site.origins(
        site.origin(), site.origin("images", f"no-such-bucket.s3.{REGION}.amazonaws.com"),
        CacheBehaviors=several(behaviour("images", PathPattern="/images/*")),
    )  # fmt: skip


OLD = "old-pages"
OLD_HOST = f"{OLD}.s3.{REGION}.amazonaws.com"


def another_bucket(site: Site, *keys: str) -> None:
    """One that the distribution may read, with these files."""
    site.s3.create_bucket(Bucket=OLD, CreateBucketConfiguration={"LocationConstraint": REGION})
    for key in keys:
        site.s3.put_object(Bucket=OLD, Key=key, Body=b"x", ContentType="text/html")
    allowed = site.allowed(Resource=f"arn:aws:s3:::{OLD}/*")
    site.s3.put_bucket_policy(Bucket=OLD, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))


def everything_by(target: str, default: str) -> Callable[[Site], None]:
    """A behaviour for all addresses before the default one; the other bucket has no start page."""

    def made(site: Site) -> None:
        another_bucket(site, "a.png")
        all_of_it = several(behaviour(target, PathPattern="*"))
        origins = several(site.origin(), site.origin("old", OLD_HOST))
        site.configured(Origins=origins, CacheBehaviors=all_of_it, DefaultCacheBehavior=behaviour(default))

    return made


def in_order(*patterns: str, of: str = "old", files: tuple[str, ...] = ("images/a.png",)) -> Callable[[Site], None]:
    """Behaviours for these paths, in this order; the last one has the other bucket as its origin."""

    def made(site: Site) -> None:
        another_bucket(site, *files)
        each = [behaviour("files", PathPattern=pattern) for pattern in patterns[:-1]]
        each.append(behaviour(of, PathPattern=patterns[-1]))
        site.pages("images/b.png", "images/old/c.png")
        site.origins(site.origin(), site.origin("old", OLD_HOST), CacheBehaviors=several(*each))

    return made


def handing_on(**more: Any) -> Callable[[Site], None]:
    return lambda site: site.configured(DefaultCacheBehavior=behaviour("files", **more))


def website_handing_on(site: Site) -> None:
    """As it was set before there were policies."""
    website(WITH_SECRET)(site)
    headers = {"QueryString": False, "Cookies": {"Forward": "none"}, "Headers": several("Host")}
    old = {"TargetOriginId": "files", "ViewerProtocolPolicy": "redirect-to-https", "MinTTL": 0}
    site.configured(DefaultCacheBehavior={**old, "ForwardedValues": headers})


EXCEPT_HOST, ALL_VIEWER = "b689b0a8-53d0-40ab-baf2-68738e2966ac", "216adef6-5c7f-47e4-b989-5492eafa07d3"


def headers(*names: str, kind: str = "OriginRequestPolicy") -> Mapping[str, Any]:
    """A policy that hands these on."""
    config: dict[str, Any] = {"HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": several(*names)}}
    if kind == "CachePolicy":
        config = {"ParametersInCacheKeyAndForwardedToOrigin": config}
    return {kind: {f"{kind}Config": config}}


def asking(host: str, **custom: Any) -> Callable[[Site], None]:
    """An origin that is set as any other server is, in front of a bucket that everybody may read."""

    def made(site: Site) -> None:
        open_to_all(site)
        site.hosted()
        set_ = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only", **custom}
        site.origins({**site.origin(host=host, control=""), "CustomOriginConfig": set_})

    return made


def guarded(default: str, *rules: Mapping[str, Any]) -> Callable[[Site], None]:
    """Behind a web ACL with this default action and these rules."""

    def made(site: Site) -> None:
        seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "pages"}
        told = site.waf.create_web_acl(
            Name="pages", Scope="CLOUDFRONT", DefaultAction={default: {}}, VisibilityConfig=seen,
            Rules=[{"Name": f"rule-{n}", "Priority": n, "VisibilityConfig": seen, **each}
                   for n, each in enumerate(rules)],
        )  # fmt: skip
        site.configured(WebACLId=told["Summary"]["ARN"])

    return made


ONE_COUNTRY: Mapping[str, Any] = {"GeoMatchStatement": {"CountryCodes": ["DE"]}}
