"""A bucket with pages and a distribution in front of it, and how one that somebody left otherwise stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from support.clouds import Between

import flows
from flows.engine import Call
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount

BUCKET, REGION, ACCOUNT = "tea-pages", "eu-central-1", "123456789012"
FILES, WEBSITE = f"{BUCKET}.s3.{REGION}.amazonaws.com", f"{BUCKET}.s3-website.{REGION}.amazonaws.com"
IDENTITY, CANONICAL = "E2QWRUHAPOMQZL", "c0ffee" * 10 + "cafe"
CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


class Site:
    """A bucket with pages, and a distribution in front of it that signs its requests."""

    def __init__(self, account: PracticeAccount) -> None:
        client: Any = account.session.client
        self.s3, self.cloudfront, self.kms = client("s3"), client("cloudfront"), client("kms")
        self.waf = client("wafv2", region_name="us-east-1")
        self.route53, self.acm = client("route53"), client("acm", region_name="us-east-1")
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.pages("index.html")
        set_ = {"Name": "tea", "SigningProtocol": "sigv4", "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3"}  # fmt: skip
        made = self.cloudfront.create_origin_access_control(OriginAccessControlConfig=set_)
        self.control = made["OriginAccessControl"]["Id"]
        config = {
            "CallerReference": "tea", "Comment": "", "Enabled": True, "DefaultRootObject": "index.html",
            "Origins": several(self.origin()), "DefaultCacheBehavior": behaviour("files"),
        }  # fmt: skip
        found = self.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
        self.id, self.arn = found["Id"], found["ARN"]
        self.policy(self.allowed())

    def pages(self, *keys: str, **more: Any) -> None:
        for key in keys:
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=b"<h1>", ContentType="text/html", **more)

    def origin(self, id: str = "files", host: str = FILES, control: str | None = None, **more: Any) -> dict[str, Any]:
        kind = {"S3OriginConfig": {"OriginAccessIdentity": ""}}
        if ".s3-website" in host:
            kind = {"CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}}  # type: ignore[dict-item]
            control = ""
        signed = self.control if control is None else control
        return {"Id": id, "DomainName": host, "OriginPath": "", "OriginAccessControlId": signed, **kind, **more}

    def allowed(self, **more: Any) -> dict[str, Any]:
        return {
            "Sid": "CloudFront", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": self.arn}}, **more,
        }  # fmt: skip

    def policy(self, *statements: Mapping[str, Any], version: str = "2012-10-17") -> None:
        self.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": version, "Statement": statements}))

    def configured(self, **changed: Any) -> None:
        found = self.cloudfront.get_distribution_config(Id=self.id)
        config = {**found["DistributionConfig"], **changed}
        self.cloudfront.update_distribution(Id=self.id, IfMatch=found["ETag"], DistributionConfig=config)

    def origins(self, *each: Mapping[str, Any], **changed: Any) -> None:
        self.configured(Origins=several(*each), **changed)

    def opened(self) -> None:
        self.s3.delete_public_access_block(Bucket=BUCKET)

    def hosted(self, **website: Any) -> None:
        self.s3.put_bucket_website(
            Bucket=BUCKET, WebsiteConfiguration=website or {"IndexDocument": {"Suffix": "index.html"}}
        )

    def encrypted(self, key: str = "") -> str:
        key = key or self.kms.create_key()["KeyMetadata"]["Arn"]
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        self.s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
        self.pages("index.html", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
        return key

    def check(self, cloud: Any) -> Verdict:
        return verdict(flows.find("website").diagnose(CachedCloud(cloud), {"distribution": self.id}))


def several(*items: Any) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": list(items)}


def behaviour(target: str, **more: Any) -> dict[str, Any]:
    return {"TargetOriginId": target, "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": CACHED, **more}


def statement(effect: str = "Deny", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/*", **more}


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Site], object]
    status: str
    cause: str = ""
    remedy: str = ""
    answer: tuple[str, Mapping[str, Any]] = ("", {})
    """An operation that is answered otherwise than in practice."""


class Otherwise(Between):
    """Where the identity is known by what S3 calls it, as it is not in practice, and one answer is another."""

    def __init__(self, cloud: Any, operation: str = "", answer: Mapping[str, Any] = {}) -> None:
        super().__init__(cloud)
        self.operation, self.answer = operation, dict(answer)

    def make(self, call: Call) -> dict[str, Any]:
        if call.name == "GetCloudFrontOriginAccessIdentity":
            return {"CloudFrontOriginAccessIdentity": {"Id": call.params["Id"], "S3CanonicalUserId": CANONICAL}}
        if call.name != self.operation:
            return super().make(call)
        if call.name == "GetDistribution":
            answer = deepcopy(super().make(call))
            answer["Distribution"]["DistributionConfig"]["ViewerCertificate"] = self.answer
            return answer
        return self.answer
