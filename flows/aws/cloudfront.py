"""CloudFront: distributions in front of a bucket or its website, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Changed,
    Cloud,
    CloudError,
    Cost,
    Find,
    Late,
    Others,
    Ref,
    Restore,
    Secret,
    Settings,
    Undo,
    Wait,
    before,
    found,
    join,
    secret,
)  # fmt: skip

from . import edits
from .s3_endpoints import Endpoint
from .tags import tags

OPTIMIZED, UNCACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""AWS's own cache policies CachingOptimized and CachingDisabled (CloudFront Developer Guide, 2026-10)."""
SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
"""AWS's own response headers policy SecurityHeadersPolicy."""
NAMES = 100
"""Alternate names of one distribution (CloudFront quotas, 2026-10)."""
DISTRIBUTIONS, CONTROLS = 500, 100
STALE = ("PreconditionFailed", "InvalidIfMatchVersion")
"""How CloudFront says that somebody changed it since it was read."""
SECRET_CHARACTERS = 48
PRICE = Cost(
    "The distribution", Decimal(0), "2026-11",
    "Amazon CloudFront pricing page; no price list was read",
    "The first 1 TB and 10 million requests of a month are free, then about 0.085 USD per GB and 0.010 USD per 10 000 "
    "HTTPS requests (US and Europe). A small site costs about 0 to 1 USD a month.",
)  # fmt: skip


EDITABLE = (
    "Comment", "DefaultRootObject", "PriceClass", "HttpVersion", "IsIPV6Enabled", "WebACLId", "Logging.Bucket",
    "ContinuousDeploymentPolicyId", "Aliases.Quantity", edits.in_any_order("Aliases.Items"), "Origins.Quantity",
    "Origins.Items[0].DomainName", "Origins.Items[0].OriginPath", "Origins.Items[0].OriginAccessControlId",
    "Origins.Items[0].CustomHeaders.Quantity", "OriginGroups.Quantity", "CacheBehaviors.Quantity",
    "DefaultCacheBehavior.TargetOriginId", "DefaultCacheBehavior.ViewerProtocolPolicy",
    "DefaultCacheBehavior.CachePolicyId", "DefaultCacheBehavior.OriginRequestPolicyId",
    "DefaultCacheBehavior.ResponseHeadersPolicyId", "DefaultCacheBehavior.Compress",
    "DefaultCacheBehavior.AllowedMethods.Quantity", "DefaultCacheBehavior.TrustedKeyGroups.Quantity",
    "DefaultCacheBehavior.FunctionAssociations.Quantity", "DefaultCacheBehavior.LambdaFunctionAssociations.Quantity",
    "CustomErrorResponses.Quantity", "ViewerCertificate.ACMCertificateArn",
    "ViewerCertificate.MinimumProtocolVersion", "Restrictions.GeoRestriction.RestrictionType",
    "Restrictions.GeoRestriction.Quantity",
)  # fmt: skip
"""What of a distribution somebody may change. Whether it is switched on is not among it: switched off
it is on its way out."""


@dataclass(frozen=True)
class Delivery:
    """How files are delivered: the fine-tuning of a distribution."""

    start_page: str
    price_class: str = "PriceClass_All"
    cached: bool = True
    security_headers: bool = True


@dataclass(frozen=True)
class Distribution:
    """A distribution as the list of all shows it."""

    id: str
    host: str
    comment: str
    names: tuple[str, ...]
    origins: tuple[str, ...]


def distributions(cloud: Cloud) -> list[Distribution]:
    """The distributions of the account."""
    return [
        Distribution(
            each["Id"], each["DomainName"], each.get("Comment", ""),
            tuple((each.get("Aliases") or {}).get("Items") or ()),
            tuple(origin["DomainName"] for origin in each["Origins"]["Items"]),
        )
        for page in cloud.pages(Call("cloudfront.ListDistributions"))
        for each in (page.get("DistributionList") or {}).get("Items") or []
    ]  # fmt: skip


def tags_of(cloud: Cloud, arn: str) -> list[dict[str, str]]:
    """The tags of a distribution; of one whose tags may not be read, none."""
    try:
        found = cloud.make(Call("cloudfront.ListTagsForResource", {"Resource": arn}))
    except CloudError:
        return []
    return list((found.get("Tags") or {}).get("Items") or [])


def asked_before(cloud: Cloud, id: str, moment: datetime) -> bool:
    """Whether visitors asked a distribution for anything in the two weeks before a moment. Raises CloudError.

    Its metrics are kept in us-east-1 (CloudFront Developer Guide, "Getting metrics using the API", 2026-11).
    """
    asked = [{"Name": "DistributionId", "Value": id}, {"Name": "Region", "Value": "Global"}]
    metric = {"Namespace": "AWS/CloudFront", "MetricName": "Requests", "Dimensions": asked}
    query = {"Id": "requests", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}}
    until = moment.replace(minute=0, second=0, microsecond=0)
    span = {"StartTime": until - timedelta(days=14), "EndTime": until}
    pages = cloud.pages(Call("cloudwatch.GetMetricData", {"MetricDataQueries": [query], **span}, "us-east-1"))
    results = [each for page in pages for each in page.get("MetricDataResults") or []]
    return any(value > 0 for each in results for value in each.get("Values") or [])


# -- to create -------------------------------------------------------------------------------------------------


def access_control(of: str = "") -> Action:
    """What CloudFront signs its requests to a private bucket with: `of` the distribution that this is done for, where
    it is there already."""
    made = Ref("access-control", "OriginAccessControl.Id")
    name = join("handrail-", RUN)
    return Action(
        "access-control",
        "Create the Origin Access Control, with which CloudFront signs its requests to the bucket",
        Call(
            "cloudfront.CreateOriginAccessControl",
            {
                "OriginAccessControlConfig": {
                    "Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always",
                    "OriginAccessControlOriginType": "s3",
                }
            },
        ),
        undo=(
            Undo(
                Call("cloudfront.DeleteOriginAccessControl", {"Id": made, "IfMatch": found("ETag")}),
                read=Call("cloudfront.GetOriginAccessControl", {"Id": made}),
                not_yet=("OriginAccessControlInUse", "PreconditionFailed", "InvalidIfMatchVersion"),
            ),
        ),
        find=Find(
            Call("cloudfront.ListOriginAccessControls"),
            join("OriginAccessControlList.Items[?Name=='", name, "'] | [0].{OriginAccessControl: @}"),
        ),
        others=(
            Others(
                Call("cloudfront.ListDistributions"),
                join(
                    f"DistributionList.Items[?Id!='{of}' && Origins.Items[?OriginAccessControlId=='", made,
                    "']].[Id, Comment]",
                ),
                "Distributions of others use it",
            ),
        ),
        settings=Settings(
            Call("cloudfront.GetOriginAccessControl", {"Id": made}),
            "OriginAccessControl.OriginAccessControlConfig.{name: Name, about: Description, signs: SigningBehavior}",
        ),
        type="AWS::CloudFront::OriginAccessControl",
        resource=made,
        undone="The Origin Access Control",
    )  # fmt: skip


def distribution(
    name: str, origin: Mapping[str, Any], delivery: Delivery, *, names: Sequence[str], certificate: Late,
    errors: Sequence[Mapping[str, Any]], after: tuple[str, ...], others: tuple[Others, ...], yours: Late = "",
) -> Action:  # fmt: skip
    """Make the distribution. Repeating it makes no second one: AWS knows the caller's reference.

    `yours` is what a person has to do themselves once it is gone.

    It is recognised by its comment, which ends with the run's id: the list of all shows neither reference nor tags.
    """
    made = Ref("distribution", "Distribution.Id")
    caching = {"CachePolicyId": OPTIMIZED if delivery.cached else UNCACHED}
    headers = {"ResponseHeadersPolicyId": SECURITY_HEADERS} if delivery.security_headers else {}
    config = {
        "CallerReference": RUN,
        "Comment": join(name, " (", RUN, ")"),
        "Enabled": True,
        "Aliases": several(names),
        "DefaultRootObject": delivery.start_page,
        "Origins": several([origin]),
        "DefaultCacheBehavior": {
            "TargetOriginId": origin["Id"],
            "ViewerProtocolPolicy": "redirect-to-https",
            "AllowedMethods": {**several(["GET", "HEAD"]), "CachedMethods": several(["GET", "HEAD"])},
            "Compress": True,
            **caching,
            **headers,
        },
        "CustomErrorResponses": several(errors),
        "PriceClass": delivery.price_class,
        "ViewerCertificate": _viewers(certificate),
        "HttpVersion": "http2and3",
        "IsIPV6Enabled": True,
    }
    tagged = {"DistributionConfig": config, "Tags": {"Items": tags(name)}}
    whole = Call("cloudfront.GetDistribution", {"Id": made})
    deployed = Wait(
        whole, ready="Distribution.Status=='Deployed'", now="Distribution.Status",
        sentence="Waiting until all of CloudFront's locations know the distribution", typical=300, limit=3600,
    )  # fmt: skip
    off = Wait(
        whole, ready="Distribution.Status=='Deployed'", now="Distribution.Status", gone=("NoSuchDistribution",),
        sentence="Waiting until all of CloudFront's locations have switched it off", typical=300, limit=3600,
    )  # fmt: skip
    switched_off = found("merge(DistributionConfig, {Enabled: `false`})")
    current = {"Id": made, "IfMatch": found("ETag")}
    return Action(
        "distribution",
        f"Create the CloudFront distribution in front of {origin['DomainName']}",
        Call("cloudfront.CreateDistributionWithTags", {"DistributionConfigWithTags": tagged}),
        wait=deployed,
        undo=(
            Undo(
                Call("cloudfront.UpdateDistribution", {**current, "DistributionConfig": switched_off}),
                read=Call("cloudfront.GetDistributionConfig", {"Id": made}), not_yet=STALE, wait=off,
                reversed="DistributionConfig.Enabled",
            ),
            Undo(
                Call("cloudfront.DeleteDistribution", current),
                read=whole, not_yet=("DistributionNotDisabled", *STALE),
            ),
        ),
        find=Find(
            Call("cloudfront.ListDistributions"),
            join("DistributionList.Items[?ends_with(Comment || '', '(", RUN, ")')] | [0].{Distribution: @}"),
        ),
        # a bucket that was just made is not known to CloudFront for a while
        not_yet=("InvalidArgument: does not refer to a valid S3 bucket",),
        after=after,
        others=others,
        settings=Settings(
            Call("cloudfront.GetDistributionConfig", {"Id": made}), edits.each("DistributionConfig", EDITABLE)
        ),
        type="AWS::CloudFront::Distribution",
        resource=made,
        costs=(PRICE,),
        undone="The distribution",
        yours=yours,
    )  # fmt: skip


def change(
    distribution: str, name: str, at: tuple[str, ...], value: Mapping[str, Any], sentence: str,
    after: tuple[str, ...] = (), *, whole: bool = False,
) -> Action:  # fmt: skip
    """Change a setting of a distribution that exists, and nothing else of it.

    Args:
        distribution: its id.
        name: what the setting is called; part of the action's id.
        at: the names that lead to what it is a member of; of a list, `Id=` and the id of the one that is meant.
        value: the members that are changed.
        sentence: what the review says.
        after: ids of actions to wait for.
        whole: the value is that one of a list as a whole, whether it is there yet or not.
    """
    id = "-".join(("set", distribution, *(word.partition("=")[2] for word in at if "=" in word), name))
    there = "DistributionConfig"
    for word in at:
        key, meant, which = word.partition("=")
        quoted = which.replace("'", "\\'")
        there += f"[?to_string({key})=='{quoted}'] | [0]" if meant else f".{key}"
    read = Call("cloudfront.GetDistributionConfig", {"Id": distribution})
    current = {"Id": distribution, "IfMatch": found("ETag")}
    about = Call("cloudfront.GetDistribution", {"Id": distribution})
    return Action(
        id,
        sentence,
        Call(
            "cloudfront.UpdateDistribution",
            {**current, "DistributionConfig": Changed("DistributionConfig", at, value, whole)},
        ),
        wait=Wait(
            about, ready="Distribution.Status=='Deployed'", now="Distribution.Status",
            sentence="Waiting until all of CloudFront's locations know it", typical=300, limit=3600,
        ),
        undo=Restore(
            read,
            there if whole else f"{there}.{{{', '.join(f'{member}: {member}' for member in value)}}}",
            Call(
                "cloudfront.UpdateDistribution",
                {**current, "DistributionConfig": Changed("DistributionConfig", at, before(id), whole)},
            ),
        ),
        read=read,
        after=after,
        not_yet=STALE,
        undone=f"{name} of the distribution {distribution}",
    )  # fmt: skip


def fetching_from(*hosts: Late, secure: bool = False) -> Others:
    """The distributions that get their files from one of these hosts; `secure`: only those that may do so by https."""
    named = join(*(part for host in hosts for part in (" || DomainName=='", host, "'")))
    how = " && CustomOriginConfig.HTTPSPort==`443` && CustomOriginConfig.OriginProtocolPolicy!='http-only'"
    return Others(
        Call("cloudfront.ListDistributions"),
        join("DistributionList.Items[?Origins.Items[?(`false`", named, f"){how if secure else ''}]].[Id, Comment]"),
        "Distributions of CloudFront get their files there",
    )


def of_website(endpoint: Endpoint, header: str) -> dict[str, Any]:
    """A website as origin: plain HTTP, all that it speaks, and a header that only CloudFront knows if one is named."""
    lock = {"CustomHeaders": several([{"HeaderName": header, "HeaderValue": secret("header")}])} if header else {}
    return {
        "Id": "s3-website", "DomainName": endpoint.host, **lock,
        "CustomOriginConfig": {
            "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only",
            "OriginSslProtocols": several(["TLSv1.2"]), "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5,
        },
    }  # fmt: skip


def of_bucket(endpoint: Endpoint, control: Late) -> dict[str, Any]:
    """A bucket as origin, signed for with an Origin Access Control if there is one."""
    signed = {"OriginAccessControlId": control} if control else {}
    # the empty identity is mandatory: it is the former way, which AWS no longer recommends
    return {"Id": "s3-bucket", "DomainName": endpoint.host, **signed, "S3OriginConfig": {"OriginAccessIdentity": ""}}


def header_secret() -> Secret:
    """The header's value, which AWS alone keeps."""
    look = Call("cloudfront.GetDistributionConfig", {"Id": Ref("distribution", "Distribution.Id")})
    path = "DistributionConfig.Origins.Items[0].CustomHeaders.Items[0].HeaderValue"
    return Secret("header", "distribution", look, path, SECRET_CHARACTERS)


def error_pages(page: str, code: int) -> Iterator[dict[str, Any]]:
    """Answer with this page where a file is missing: S3 says 403 to who may not list the bucket, else 404."""
    for refused in (403, 404):
        yield {"ErrorCode": refused, "ResponsePagePath": page, "ResponseCode": str(code), "ErrorCachingMinTTL": 10}


def _viewers(certificate: Late) -> dict[str, Any]:
    if not certificate:
        return {"CloudFrontDefaultCertificate": True}
    return {"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}


def several(items: Sequence[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": list(items)} if items else {"Quantity": 0}
