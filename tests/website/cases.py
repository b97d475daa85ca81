"""Answers for the website set-up in the demo company, a picture of what it touches, and a way through it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError
from support.killed import Case, by_kind

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.engine.clock import Clock

SITE, FILES = "fjord-coffee-site", "fjord-coffee-files"
WEBSITE_OF_SITE = f"{SITE}.s3-website.eu-central-1.amazonaws.com"
WEBSITE_OF_FILES = f"{FILES}.s3-website.eu-central-1.amazonaws.com"
BUCKET_OF_SITE, BUCKET_OF_FILES = (f"{name}.s3.eu-central-1.amazonaws.com" for name in (SITE, FILES))

BUCKET: Mapping[str, Any] = {
    "bucket": FILES,
    "origin": BUCKET_OF_FILES,
    "domain": "",
    "single_page_app": "no",
    "lock_origin": "yes",
}
"""A private bucket, and CloudFront's own name."""
WEBSITE: Mapping[str, Any] = {**BUCKET, "bucket": SITE, "origin": WEBSITE_OF_SITE}
"""A bucket with website hosting, whose policy has a statement of somebody else."""
NAMED: Mapping[str, Any] = {
    "domain": ["www.fjord-coffee.example", "fjord-coffee.example"],
    "certificate": "new",
    "zone": "fjord-coffee.example",
}
APP: Mapping[str, Any] = {"single_page_app": "yes"}

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "bucket": BUCKET,
    "website": WEBSITE,
    "bucket-app": {**BUCKET, **APP},
    "website-app": {**WEBSITE, **APP},
    "bucket-named": {**BUCKET, **NAMED},
    "website-named": {**WEBSITE, **NAMED},
    "bucket-named-app": {**BUCKET, **NAMED, **APP},
    "website-named-app": {**WEBSITE, **NAMED, **APP},
    "certificate-that-exists": {
        **WEBSITE,
        "domain": "tea.fjord-coffee.example",
        "certificate": "*.fjord-coffee.example",
        "zone": "fjord-coffee.example",
    },
    "dns-elsewhere": {**BUCKET, "domain": "www.tea.test", "certificate": "new", "zone": "elsewhere"},
    "open-bucket": {**BUCKET, "lock_origin": "no"},
    "open-website": {**WEBSITE, "lock_origin": "no"},
    "website-that-is-none": {**BUCKET, "origin": WEBSITE_OF_FILES},
    "website-in-its-bucket": {**WEBSITE, "origin": BUCKET_OF_SITE, "missing_page": "404.html"},
}
"""Both origins, with and without names, as an app or not; and what else there is."""
MOST = "website-named"
"""Of these the one that has as much of the set-up as can be."""
ACCEPTED = (
    "bucket-instead-of-website",
    "folders-without-index",
    "website-without-hosting",
    "private-bucket-as-website",
    "private-bucket-opened",
    "open-origin",
)
"""The warnings that need a conscious yes."""


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any] = WEBSITE, *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered and accepted."""
    made = Session(flows.find("website"), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted |= set(ACCEPTED)
    made.fill(answers)
    return made


def outputs(made: Session) -> dict[str, str]:
    assert made.run is not None
    found: dict[str, str] = made.run.record.handover["outputs"]
    return found


def policy(account: boto3.Session, bucket: str) -> list[dict[str, Any]]:
    """The statements of a bucket's policy."""
    try:
        text = account.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError:
        return []
    listed: list[dict[str, Any]] = json.loads(text)["Statement"]
    return listed


def picture(account: boto3.Session, *, endpoint_url: str | None = None) -> dict[str, Any]:
    """Everything that this set-up could change, in all services and for all buckets."""

    def client(name: str, region: str = "eu-central-1") -> Any:
        return account.client(name, region_name=region, endpoint_url=endpoint_url)  # type: ignore[call-overload]

    s3, cloudfront, route53, acm = client("s3"), client("cloudfront"), client("route53"), client("acm", "us-east-1")
    shown: dict[str, Any] = {}
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        for setting in ("website", "policy"):
            shown[f"{setting} of {bucket}"] = _setting(getattr(s3, f"get_bucket_{setting}"), bucket)
        shown[f"block of {bucket}"] = _setting(s3.get_public_access_block, bucket)
        shown[f"files of {bucket}"] = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    for zone in route53.list_hosted_zones()["HostedZones"]:
        records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        shown[f"records of {zone['Name']}"] = sorted(json.dumps(record, sort_keys=True) for record in records)
    for one in cloudfront.list_distributions()["DistributionList"].get("Items", []):
        shown[f"distribution {one['Id']}"] = {key: value for key, value in one.items() if key != "LastModifiedTime"}
    controls = cloudfront.list_origin_access_controls()["OriginAccessControlList"].get("Items", [])
    shown |= {f"access control {one['Id']}": one for one in controls}
    for one in acm.list_certificates()["CertificateSummaryList"]:
        found = acm.describe_certificate(CertificateArn=one["CertificateArn"])["Certificate"]
        kept = ("DomainName", "Status", "InUseBy")
        shown[f"certificate {one['CertificateArn']}"] = {key: found[key] for key in kept}
    return shown


def _setting(read: Any, bucket: str) -> Any:
    try:
        answer = read(Bucket=bucket)
    except ClientError as error:
        return error.response["Error"]["Code"]
    answer.pop("ResponseMetadata")
    return json.loads(answer["Policy"]) if "Policy" in answer else answer


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"distribution": made["distribution"]}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "website",
        answers,
        lambda account: by_kind(picture(account.session)),
        re.compile(
            r"(\b|(?<=HandrailCloudFront))[A-Z][0-9A-Z]{12}\b|\b[a-z][0-9a-z]{12}\.cloudfront\.net"
            r"|\b[0-9a-f-]{36}\b|\b[0-9A-Za-z]{48}\b"
        ),
    )


CASES: Mapping[str, Case] = {
    "website, secret header": _killed(WEBSITE),
    "website, certificate and names": _killed(VARIANTS["bucket-named"]),
}
"""What is killed at every moment of it."""
