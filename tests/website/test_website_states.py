"""Websites as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.clouds import Between
from website.cases import session

import flows
from flows.engine import Call, CloudError, Denied, Page
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount
from flows.website.probes import probes

BUCKET, REGION, ACCOUNT = "tea-pages", "eu-central-1", "123456789012"
FILES, WEBSITE = f"{BUCKET}.s3.{REGION}.amazonaws.com", f"{BUCKET}.s3-website.{REGION}.amazonaws.com"
IDENTITY, CANONICAL = "E2QWRUHAPOMQZL", "c0ffee" * 10 + "cafe"
CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


class Site:
    """A bucket with pages, and a distribution in front of it that signs its requests."""

    def __init__(self, account: PracticeAccount) -> None:
        client: Any = account.session.client
        self.s3, self.cloudfront, self.kms = client("s3"), client("cloudfront"), client("kms")
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


def denied(**more: Any) -> Callable[[Site], None]:
    return lambda site: site.policy(site.allowed(), statement(**more))


def let_in(**more: Any) -> Callable[[Site], None]:
    return lambda site: site.policy(site.allowed(**more))


def identity(*principals: Any, encrypted: bool = False) -> Callable[[Site], None]:
    def made(site: Site) -> None:
        path = f"origin-access-identity/cloudfront/{IDENTITY}"
        site.origins(site.origin(control="", S3OriginConfig={"OriginAccessIdentity": path}))
        site.policy(*(site.allowed(Principal=each, Condition={}) for each in principals))
        if encrypted:
            site.encrypted()

    return made


def in_a_folder(resource: str) -> Callable[[Site], None]:
    def made(site: Site) -> None:
        site.pages("build/index.html")
        site.origins(site.origin(OriginPath="/build"))
        site.policy(site.allowed(Resource=f"arn:aws:s3:::{BUCKET}/{resource}"))

    return made


def group(second: str) -> Callable[[Site], None]:
    def made(site: Site) -> None:
        members = several({"OriginId": "files"}, {"OriginId": "spare"})
        spare = {"Id": "group", "FailoverCriteria": {"StatusCodes": several(500)}, "Members": members}
        site.configured(
            Origins=several(site.origin(), site.origin("spare", second)), OriginGroups=several(spare),
        )  # fmt: skip
        site.configured(DefaultCacheBehavior=behaviour("group"))

    return made


def key_for(principal: Any, *, distribution: bool = False) -> Callable[[Site], None]:
    def made(site: Site) -> None:
        key = site.encrypted()
        allowed = {"Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}
        if distribution:
            allowed["Condition"] = {"StringEquals": {"aws:SourceArn": site.arn}}
        policy = {"Version": "2012-10-17", "Statement": [allowed]}
        site.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))

    return made


def website(policy: Mapping[str, Any], *more: Mapping[str, Any], host: str = WEBSITE) -> Callable[[Site], None]:
    def made(site: Site) -> None:
        site.hosted()
        site.opened()
        site.origins(site.origin(host=host, CustomHeaders=several(SECRET)))
        site.policy(policy, *more)

    return made


def open_to_all(site: Site) -> None:
    site.opened()
    site.policy(site.allowed(), statement("Allow", Action="s3:GetObject"))


def encrypted_website(site: Site) -> None:
    website(WITH_SECRET)(site)
    site.encrypted()


SECRET = {"HeaderName": "Referer", "HeaderValue": "only-cloudfront-knows"}
WITH_SECRET = statement(
    "Allow", Action="s3:GetObject", Condition={"StringEquals": {"aws:Referer": SECRET["HeaderValue"]}}
)
TLS_ONLY = statement(Sid="TlsOnly", Condition={"Bool": {"aws:SecureTransport": "false"}})
NAMED = {"AWS": f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {IDENTITY}"}
SERVICE = {"Service": "cloudfront.amazonaws.com"}


def deleted(site: Site) -> None:
    for each in site.s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        site.s3.delete_object(Bucket=BUCKET, Key=each["Key"])
    site.s3.delete_bucket(Bucket=BUCKET)


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


def leading_away(site: Site) -> None:
    site.opened()
    site.hosted(RedirectAllRequestsTo={"HostName": "www.example.com", "Protocol": "https"})
    site.origins(site.origin(host=WEBSITE))
    site.s3.delete_bucket_policy(Bucket=BUCKET)


def own_acl(site: Site) -> None:
    """As sites were made before bucket policies were usual."""
    site.opened()
    site.s3.delete_bucket_policy(Bucket=BUCKET)
    site.s3.put_object_acl(Bucket=BUCKET, Key="index.html", ACL="public-read")
    site.origins(site.origin(control=""))


def answering(site: Site, mapped: str, code: str = "404", *errors: int) -> None:
    """Errors are answered with a page."""
    each = [{"ErrorCode": error, "ResponsePagePath": mapped, "ResponseCode": code, "ErrorCachingMinTTL": 10}
            for error in errors or (403, 404)]  # fmt: skip
    site.configured(CustomErrorResponses=several(*each))


def key_by_alias(site: Site) -> None:
    """The bucket names by its alias the key that the files have by its ARN."""
    key_for(SERVICE, distribution=True)(site)
    key = site.s3.head_object(Bucket=BUCKET, Key="index.html")["SSEKMSKeyId"]
    site.kms.create_alias(AliasName="alias/pages", TargetKeyId=key.rpartition("/")[2])
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/pages"}}
    site.s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})


def downloaded(site: Site) -> None:
    site.s3.put_object(Bucket=BUCKET, Key="index.html", Body=b"<h1>", ContentType="binary/octet-stream")


def archived(site: Site) -> None:
    site.pages("index.html", StorageClass="GLACIER")


TEA, LEAF = "tea.fjord-coffee.example", "leaf.fjord-coffee.example"


def named(*records: Mapping[str, Any], **config: Any) -> Callable[[Site], None]:
    """The site has a name, with these records in its zone, where HOST is the distribution's own."""

    def made(site: Site) -> None:
        (zone,) = site.route53.list_hosted_zones()["HostedZones"]
        host = site.cloudfront.get_distribution(Id=site.id)["Distribution"]["DomainName"]
        for each in records:
            text = json.dumps(each).replace("HOST", host).replace("ZONE", zone["Id"].rpartition("/")[2])
            change = {"Action": "CREATE", "ResourceRecordSet": json.loads(text)}
            site.route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": [change]})
        listed = site.acm.list_certificates()["CertificateSummaryList"]
        (arn,) = [each["CertificateArn"] for each in listed if each["DomainName"] == "*.fjord-coffee.example"]
        certificate = {
            "ACMCertificateArn": arn,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }
        site.configured(Aliases=several(TEA), ViewerCertificate=certificate, **config)

    return made


def alias(name: str, kind: str, to: str = "HOST", zone: str = "Z2FDTNDATAQYW2", **more: Any) -> dict[str, Any]:
    target = {"HostedZoneId": zone, "DNSName": to, "EvaluateTargetHealth": False}
    return {"Name": name, "Type": kind, "AliasTarget": target, **more}


BOTH = (alias(TEA, "A"), alias(TEA, "AAAA"))
BY_ANOTHER_NAME = (
    {"Name": TEA, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": LEAF}]},
    alias(LEAF, "A"), alias(LEAF, "AAAA"),
)  # fmt: skip
BY_AN_ALIAS = (*(alias(TEA, kind, LEAF, "ZONE") for kind in ("A", "AAAA")), alias(LEAF, "A"), alias(LEAF, "AAAA"))
ASTRAY = (
    {"Name": TEA, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": LEAF}]},
    {"Name": LEAF, "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "198.51.100.7"}]},
)  # fmt: skip
SHARED = (
    alias(TEA, "A", SetIdentifier="new", Weight=10), alias(TEA, "AAAA"),
    {"Name": TEA, "Type": "A", "TTL": 60, "SetIdentifier": "old", "Weight": 90,
     "ResourceRecords": [{"Value": "198.51.100.7"}]},
)  # fmt: skip
BY_WILDCARD = (alias("*.fjord-coffee.example", "A"), alias("*.fjord-coffee.example", "AAAA"))
A_TXT = {"Name": TEA, "Type": "TXT", "TTL": 300, "ResourceRecords": [{"Value": '"hello"'}]}
HANDED = {"Name": TEA, "Type": "NS", "TTL": 300, "ResourceRecords": [{"Value": "ns1.example.net"}]}


OLD = "old-pages"
OLD_HOST = f"{OLD}.s3.{REGION}.amazonaws.com"


def pages_alone(site: Site) -> None:
    """The pictures and styles of the pages were forgotten."""
    site.s3.put_object(Bucket=BUCKET, Key="style.css", Body=b"x", ContentType="text/css")
    site.policy(site.allowed(Resource=f"arn:aws:s3:::{BUCKET}/*.html"))


def kept_back(site: Site) -> None:
    site.pages("private/a.html")
    site.policy(site.allowed(), statement(Resource=f"arn:aws:s3:::{BUCKET}/private/*"))


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


def ending(kind: str, proved_by: str = "DNS") -> tuple[str, Mapping[str, Any]]:
    """A certificate that ends in ten days."""
    soon = datetime.now(UTC) + timedelta(days=10)
    proof = [{"DomainName": TEA, "ValidationMethod": proved_by}] if kind != "IMPORTED" else []
    told = {"Status": "ISSUED", "DomainName": TEA, "NotAfter": soon, "Type": kind, "DomainValidationOptions": proof}
    return "DescribeCertificate", {"Certificate": told}


def starting_elsewhere(site: Site) -> None:
    """CloudFront asks a website, too, for the page that it was told."""
    website(WITH_SECRET)(site)
    site.configured(DefaultRootObject="home.html")


EXCEPT_HOST, ALL_VIEWER = "b689b0a8-53d0-40ab-baf2-68738e2966ac", "216adef6-5c7f-47e4-b989-5492eafa07d3"


def headers(*names: str, kind: str = "OriginRequestPolicy") -> Mapping[str, Any]:
    """A policy that hands these on."""
    config: dict[str, Any] = {"HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": several(*names)}}
    if kind == "CachePolicy":
        config = {"ParametersInCacheKeyAndForwardedToOrigin": config}
    return {kind: {f"{kind}Config": config}}


STATES = {
    # as it should be, each in its way
    "as the console makes it": State(lambda _: None, "works"),
    "by a wildcard in the ARN": State(
        let_in(Condition={"ArnLike": {"AWS:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/*"}}), "works"
    ),
    "by the account": State(let_in(Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}), "works"),
    "by a wildcard in the action": State(let_in(Action=["s3:ListBucket", "s3:Get*"]), "works"),
    "in a folder": State(in_a_folder("build/*"), "works"),
    "https alone": State(denied(Condition={"Bool": {"aws:SecureTransport": "false"}}), "works"),
    "a Deny for others": State(
        lambda site: site.policy(site.allowed(), statement(Condition={"StringNotEquals": {"aws:SourceArn": site.arn}})),
        "works",
    ),
    "a Deny of another folder": State(denied(Resource=f"arn:aws:s3:::{BUCKET}/private/*"), "works"),
    "a Deny of files that are kept back": State(kept_back, "works"),
    "a Deny of writing": State(denied(Action=["s3:PutObject", "s3:DeleteBucket"]), "works"),
    "a group of origins": State(group(FILES), "works"),
    "a key that lets it in": State(key_for(SERVICE, distribution=True), "works"),
    "an API beside it": State(api_beside_it, "works"),
    "a function for the folders": State(functioning, "works"),
    "a website with a secret header": State(website(WITH_SECRET), "works"),
    "a website that leads away": State(leading_away, "works"),
    "a key by its alias": State(key_by_alias, "works"),
    "with a name": State(named(*BOTH), "works"),
    "with a name that leads to another of its names": State(named(*BY_ANOTHER_NAME), "works"),
    "with a name that is an alias of another": State(named(*BY_AN_ALIAS), "works"),
    "with a name by a wildcard": State(named(*BY_WILDCARD), "works"),
    "with a name that the zone leaves to others": State(named(HANDED), "works"),
    "a behaviour for everything before the default one": State(everything_by("files", "old"), "works"),
    "a folder before the one that it is in": State(in_order("images/old/*", "images/*"), "works"),
    "what hands on all but the Host": State(handing_on(OriginRequestPolicyId=EXCEPT_HOST), "works"),
    "a policy of its own that hands on one header": State(
        handing_on(OriginRequestPolicyId="mine"), "works", answer=("GetOriginRequestPolicy", headers("Origin"))
    ),
    "without IPv6, and no record for it": State(named(alias(TEA, "A"), IsIPV6Enabled=False), "works"),
    "the host without a region, after its first day": State(
        lambda site: site.origins(site.origin(host=f"{BUCKET}.s3.amazonaws.com")),
        "works",
        answer=("ListBuckets", {"Buckets": [{"Name": BUCKET, "CreationDate": datetime(2020, 1, 1, tzinfo=UTC)}]}),
    ),
    "for some countries": State(
        lambda site: site.configured(
            Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", **several("DE", "AT")}}
        ),
        "works",
    ),
    "with a page for errors": State(lambda site: [site.pages("404.html"), answering(site, "/404.html")], "works"),
    # what works, and should not stay so
    "for visitors with a signature": State(
        lambda site: site.configured(
            DefaultCacheBehavior=behaviour("files", TrustedKeyGroups={"Enabled": True, **several("group")})
        ),
        "works_but",
        "signed",
        "for everybody",
    ),
    "an imported certificate that ends": State(
        named(*BOTH), "works_but", "certificate", "import a new one", ending("IMPORTED")
    ),
    "a certificate by e-mail that ends": State(
        named(*BOTH), "works_but", "certificate", "by e-mail", ending("AMAZON_ISSUED", "EMAIL")
    ),
    "a certificate that did not renew itself": State(
        named(*BOTH), "works_but", "certificate", "back into DNS", ending("AMAZON_ISSUED")
    ),
    "a behaviour that is never used, and does the same": State(
        in_order("images/*", "images/b*", of="files"), "works_but", "behaviour", "Move it before"
    ),
    "a policy for pages alone": State(pages_alone, "works_but", "policy-rest", "every file that visitors are to get"),
    "only some visitors are led there": State(named(*SHARED), "works_but", f"records-{TEA}", "all of its records"),
    "an error page that is not there": State(lambda site: answering(site, "/404.html"), "works_but", "error-page"),
    "an app that hides the origin's errors": State(
        lambda site: answering(site, "/index.html", "200", 403, 404, 500), "works_but", "errors-hidden", "5xx"
    ),
    "an Origin Access Identity": State(identity(NAMED), "works_but", "access-control", "Origin Access Control"),
    "an identity by its canonical id": State(identity({"CanonicalUser": CANONICAL}), "works_but", "access-control"),
    "open to all": State(
        open_to_all,
        "works_but",
        "direct-access",
        "Remove the statement",
    ),
    "folders with pages of their own": State(
        lambda site: site.pages("about/index.html"), "works_but", "folders", WEBSITE
    ),
    "by ACL alone": State(own_acl, "works"),
    # and what is not right
    "a Deny of everything": State(denied(), "broken", "policy", "except CloudFront from it"),
    "a Deny by network": State(
        denied(Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}), "broken", "policy", "Remove that statement"
    ),
    "a Deny by address": State(
        denied(Condition={"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), "broken", "policy"
    ),
    "another distribution": State(
        let_in(Condition={"StringEquals": {"AWS:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E0"}}),
        "broken",
        "policy",
        "AWS:SourceArn arn:aws:cloudfront",
    ),
    "the wrong folder": State(in_a_folder("dist/*"), "broken", "policy", "Allow s3:GetObject"),
    "listing alone": State(let_in(Action="s3:ListBucket", Resource=f"arn:aws:s3:::{BUCKET}"), "broken", "policy"),
    "an identity of somebody else": State(
        identity({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E0"}),
        "broken",
        "policy",
        "Origin Access Control",
    ),
    "an identity and a key": State(identity(NAMED, encrypted=True), "broken", "kms-key", "Origin Access Control"),
    "a key for the account": State(
        key_for({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), "broken", "kms-key", "kms:Decrypt"
    ),
    "a website, https alone": State(website(WITH_SECRET, TLS_ONLY), "broken", "policy", "bucket endpoint"),
    "a website with another secret": State(
        website({**WITH_SECRET, "Condition": {"StringEquals": {"aws:Referer": "x"}}}), "broken", "policy", "same value"
    ),
    "a website of encrypted files": State(encrypted_website, "broken", "kms-key", "bucket endpoint"),
    "the bucket is deleted": State(deleted, "broken", "origin", "Make a bucket of that name"),
    "the second of a group is gone": State(group(f"no-such-bucket.s3.{REGION}.amazonaws.com"), "broken", "origin"),
    "another behaviour's bucket is gone": State(images_elsewhere, "broken", "origin"),
    "no such start page": State(
        lambda site: site.configured(DefaultRootObject="home.html"), "broken", "start-page", "Upload it"
    ),
    "no start page": State(lambda site: site.configured(DefaultRootObject=""), "broken", "start-page", "index.html"),
    "another region's website": State(
        website(WITH_SECRET, host=f"{BUCKET}.s3-website-us-east-1.amazonaws.com"),
        "broken",
        "address",
        WEBSITE,
    ),
    "the dash of an old region": State(
        website(WITH_SECRET, host=f"{BUCKET}.s3-website-{REGION}.amazonaws.com"),
        "broken",
        "address",
        WEBSITE,
    ),
    "an app whose page is not there": State(
        lambda site: answering(site, "/app.html", "200"), "broken", "error-page", "Upload app.html"
    ),
    "a start page that is downloaded": State(downloaded, "works_but", "start-page", "text/html"),
    "a start page in the archive": State(archived, "broken", "start-page", "Restore it"),
    "a website of a bucket whose readers pay": State(
        website(WITH_SECRET),
        "broken",
        "charges",
        "bucket endpoint",
        answer=("GetBucketRequestPayment", {"Payer": "Requester"}),
    ),
    "the host without a region, in its first day": State(
        lambda site: site.origins(site.origin(host=f"{BUCKET}.s3.amazonaws.com")), "broken", "address", FILES
    ),
    "a name that leads to another, and that elsewhere": State(named(*ASTRAY), "broken", f"records-{TEA}", "alias for"),
    "a name at which a wildcard does not count": State(named(*BY_WILDCARD, A_TXT), "broken", f"records-{TEA}"),
    "a website with another start page": State(starting_elsewhere, "broken", "start-page", "Upload it"),
    "a behaviour for everything, of another bucket": State(everything_by("old", "files"), "broken", "start-page"),
    "a behaviour that is never used": State(
        in_order("images/*", "/images/b*"), "broken", "behaviour", "Move it before"
    ),
    "a path that no file of its bucket has": State(
        in_order("/images/*", files=("a.png",)), "broken", "files", "a CloudFront Function that takes images/ off"
    ),
    "the visitor's Host is handed on": State(
        handing_on(OriginRequestPolicyId=ALL_VIEWER), "broken", "host", "AllViewerExceptHostHeader"
    ),
    "the Host is part of what is cached by": State(
        handing_on(CachePolicyId="mine"),
        "broken",
        "host",
        "a cache policy without Host",
        answer=("GetCachePolicy", headers("host", kind="CachePolicy")),
    ),
    "a website that gets the visitor's Host": State(website_handing_on, "broken", "host"),
    # what cannot be told
    "a policy that may not be read": State(handing_on(OriginRequestPolicyId="mine"), "unknown", "host"),
    "a certificate that IAM keeps": State(
        named(*BOTH), "unknown", "certificate", answer=("GetDistribution", {"IAMCertificateId": "ASCA1"})
    ),
    "a condition that is not known": State(
        denied(Condition={"StringNotEquals": {"aws:SourceOrgID": "o-1"}}), "unknown", "policy"
    ),
}


def test_a_name_that_leads_to_a_distribution_which_does_not_know_it(account: PracticeAccount, cloud: Aws) -> None:
    """The record was made, and the name forgotten at CloudFront."""
    site = Site(account)
    named(*BOTH, alias(LEAF, "A"))(site)
    found = verdict(flows.find("website").diagnose(CachedCloud(cloud), {"domain": LEAF}))
    assert (found.status.value, found.cause) == ("broken", "unknown-name")
    assert f"{LEAF} leads to {site.id}, which does not know that name" in (
        found.because.sentence if found.because else ""
    )
    assert verdict(flows.find("website").diagnose(CachedCloud(cloud), {"domain": TEA})).status.value == "works"


ANSWERS = {"bucket": BUCKET, "origin": FILES, "domain": "", "single_page_app": "no", "lock_origin": "yes"}
BEFOREHAND = {
    "as the console makes it": "",
    "a Deny of writing": "",
    "a Deny of another folder": "",
    "https alone": "",
    "a Deny of everything": "refused policy",
    "a Deny by network": "refused policy",
    "a Deny by address": "refused policy",
    "a condition that is not known": "not checked policy",
    "a key for the account": "kms-key",
    "folders with pages of their own": "folders-without-index",
}
"""The same, asked before another distribution is put in front of it."""


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


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.some(every=3)
def test_how_it_stands(account: PracticeAccount, cloud: Aws, state: State) -> None:
    site = Site(account)
    state.made(site)

    found = site.check(Otherwise(cloud, *state.answer))
    assert (found.status.value, found.cause.partition(":")[0]) == (state.status, state.cause), found
    assert state.remedy in (found.because.remedy if found.because else "")
    assert len({each.id for each in found.findings}) == len(found.findings)


@pytest.mark.parametrize(("state", "expected"), BEFOREHAND.items(), ids=BEFOREHAND)
@pytest.mark.some(every=4)
def test_it_is_known_beforehand(account: PracticeAccount, cloud: Aws, state: str, expected: str) -> None:
    STATES[state].made(Site(account))

    review = session(cloud, None, ANSWERS).review()
    said = {f"{each.grade.value} {each.id.partition(':')[0]}" for each in review.findings}
    said |= {each.id for each in review.cautions}
    if expected:
        assert expected in said
    else:
        assert not review.refusals and not {"kms-key", "folders-without-index"} & said
        assert "predicted policy" in said


class Closed(Between):
    """Where some operations are refused; HeadObject only for those keys."""

    def __init__(self, cloud: Any, *operations: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(cloud)
        self.operations, self.keys = operations, keys

    def make(self, call: Call) -> dict[str, Any]:
        if call.name in self.operations or (call.name == "HeadObject" and call.params["Key"] in self.keys):
            raise Denied("You are not allowed to do that.", permission="any:Thing", aws_code="AccessDenied")
        return super().make(call)


@pytest.mark.parametrize(("code", "status"), [("200", "unknown"), ("404", "works")])
def test_a_page_of_the_app_that_may_not_be_looked_at_is_on_the_way(
    account: PracticeAccount, cloud: Aws, code: str, status: str
) -> None:
    site = Site(account)
    answering(site, "/app.html", code)
    found = site.check(Closed(cloud, keys=("app.html",)))
    assert (found.status.value, found.cause.partition(":")[0]) == (status, "error-page" if status == "unknown" else "")


def test_a_key_that_nobody_could_see_is_on_the_way(account: PracticeAccount, cloud: Aws) -> None:
    """Neither by the bucket nor by the start page, which is only known to be listed."""
    found = Site(account).check(Closed(cloud, "GetBucketEncryption", keys=("index.html",)))
    assert (found.status.value, found.cause.partition(":")[0]) == ("unknown", "kms-key")


def test_a_website_that_leads_away_is_not_opened(account: PracticeAccount, cloud: Aws) -> None:
    site = Site(account)
    leading_away(site)
    site.s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})

    review = session(cloud, None, {**ANSWERS, "origin": WEBSITE}).review()
    assert [each.call.name for each in review.plan.actions] == ["CreateDistributionWithTags"]
    assert "leads-away" in {each.id for each in review.cautions}


ONLY_BEFOREHAND = {"twice": "afterwards the records in each of the zones are compared"}


def test_a_check_knows_all_that_is_known_beforehand() -> None:
    """Both only choose among the same rules."""
    before = asked_of("answers", "checks")
    assert {"may_read", "decrypts", "folders", "delegated", "may_issue"} <= before
    assert before - asked_of("origins", "diagnosis") == set(ONLY_BEFOREHAND)


def asked_of(*modules: str) -> set[str]:
    """The rules that those modules of the set-up use."""
    text = "".join(Path(f"flows/website/{module}.py").read_text(encoding="utf-8") for module in modules)
    return set(re.findall(r"\b(?:page_rules|rules|delegation)\.([a-z_]+)", text)) - {"namesakes"}


def kept_by_terraform(site: Site) -> None:
    tags = [{"Key": "managed-by", "Value": "terraform"}]
    site.s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags})


def test_who_else_keeps_it_is_told(account: PracticeAccount, cloud: Aws) -> None:
    site = Site(account)
    kept_by_terraform(site)
    found = site.check(cloud)
    assert found.status.value == "works"
    assert any("managed by Terraform" in each.sentence for each in found.findings)
    assert "managed" in {each.id for each in session(cloud, None, ANSWERS).review().cautions}


@pytest.mark.parametrize("asked", [True, False], ids=["asked before", "never asked"])
def test_what_is_being_spread_waits_only_where_it_never_worked(
    account: PracticeAccount, cloud: Aws, asked: bool
) -> None:
    """A change is no outage; and until all is there, an error that visitors get proves nothing."""
    site = Site(account)

    class Spreading(Between):
        def make(self, call: Call) -> dict[str, Any]:
            answer = deepcopy(super().make(call))
            if call.name == "GetDistribution":
                answer["Distribution"] |= {
                    "Status": "InProgress",
                    "LastModifiedTime": datetime(2026, 11, 1, tzinfo=UTC),
                }
            return answer

        def pages(self, call: Call) -> Any:
            if call.name != "GetMetricData":
                return super().pages(call)
            return iter([{"MetricDataResults": [{"Values": [3.0]}]} if asked else {}])

        def look_at(self, url: str) -> Page:
            return Page(504, {"via": "1.1 x.cloudfront.net (CloudFront)"}, b"")

    found = verdict(
        flows.find("website").diagnose(CachedCloud(Spreading(cloud)), {"distribution": site.id, "probe": "yes"})
    )
    assert found.status.value == "waiting"
    assert next(each.grade.value for each in found.findings if each.id == "state") == (
        "caution" if asked else "waiting"
    )


def test_who_else_keeps_the_distribution_is_told(account: PracticeAccount, cloud: Aws) -> None:
    site = Site(account)
    tags = {"Items": [{"Key": "aws:cloudformation:stack-name", "Value": "tea"}]}
    site.cloudfront.tag_resource(Resource=site.arn, Tags=tags)
    assert any(f"The distribution {site.id} is managed by the CloudFormation stack tea" in each.sentence
               for each in site.check(cloud).findings)  # fmt: skip


def test_a_check_asks_as_much_as_its_distribution_is_large(account: PracticeAccount, cloud: Aws) -> None:
    site = Site(account)
    for number in range(3):
        site.s3.create_bucket(Bucket=f"of-others-{number}", CreateBucketConfiguration={"LocationConstraint": REGION})
    counted = Between(cloud)
    site.check(counted)
    assert len(counted.calls) == 13, [each.operation for each in counted.calls]


@pytest.mark.parametrize(
    "what", ["HeadBucket", "GetBucketPolicy", "GetOriginAccessControl", "GetBucketWebsite", "HeadObject"]
)
def test_what_could_not_be_looked_at_is_not_said_to_work(account: PracticeAccount, cloud: Aws, what: str) -> None:
    site = Site(account)

    def refused(_: int, call: Any) -> None:
        if call.name == what or (what == "HeadObject" and call.name == "ListObjectsV2"):
            raise CloudError(f"You are not allowed to {what}.")

    expected = "works" if what == "GetBucketWebsite" else "unknown"
    assert site.check(Between(cloud, before=refused)).status.value == expected


@pytest.mark.parametrize(
    ("status", "cache", "way"),
    [
        (500, "Error from cloudfront", "The origin itself fails"),
        (503, "Error from cloudfront", "cannot keep up"),
        (503, "LambdaExecutionError from cloudfront", "function at the edge failed"),
        (502, "Error from cloudfront", "cannot speak to the origin"),
        (504, "Error from cloudfront", "cannot speak to the origin"),
        (307, "Miss from cloudfront", "first day"),
    ],
)
def test_an_error_of_the_origin_is_told_from_others(cloud: Aws, status: int, cache: str, way: str) -> None:
    class Outside(Between):
        def look_at(self, url: str) -> Page:
            return Page(status, {"via": "1.1 x.cloudfront.net (CloudFront)", "x-cache": cache})

    front, *_ = probes(Outside(cloud), {"DefaultCacheBehavior": {}}, "x.cloudfront.net", [], allowed=True)
    assert front.grade.value == "refused" and way in front.remedy


def test_a_first_distribution_may_have_to_wait_for_a_word_of_aws(account: PracticeAccount, cloud: Aws) -> None:
    def verified() -> bool:
        return "verified" in {each.id for each in session(cloud, None).review().findings}

    assert verified()
    Site(account)
    assert not verified()
