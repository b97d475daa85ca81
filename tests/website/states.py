"""How websites of other people stand: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

from website.behaviours import (
    ALL_VIEWER,
    EXCEPT_HOST,
    ONE_COUNTRY,
    api_beside_it,
    asking,
    everything_by,
    functioning,
    group,
    guarded,
    handing_on,
    headers,
    images_elsewhere,
    in_order,
    website_handing_on,
)
from website.named_sites import (
    A_TXT,
    ASTRAY,
    BOTH,
    BY_AN_ALIAS,
    BY_ANOTHER_NAME,
    BY_WILDCARD,
    HANDED,
    SHARED,
    TEA,
    alias,
    ending,
    named,
)
from website.readers import (
    NAMED,
    SERVICE,
    TLS_ONLY,
    WITH_SECRET,
    denied,
    encrypted_website,
    identity,
    in_a_folder,
    kept_back,
    key_by_alias,
    key_for,
    let_in,
    open_to_all,
    own_acl,
    owning_all,
    pages_alone,
    uploaded_by,
    website,
)
from website.standing import (
    ACCOUNT,
    BUCKET,
    CANONICAL,
    FILES,
    REGION,
    WEBSITE,
    Site,
    State,
    behaviour,
    several,
    statement,
)


def deleted(site: Site) -> None:
    for each in site.s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        site.s3.delete_object(Bucket=BUCKET, Key=each["Key"])
    site.s3.delete_bucket(Bucket=BUCKET)


def leading_away(site: Site) -> None:
    site.opened()
    site.hosted(RedirectAllRequestsTo={"HostName": "www.example.com", "Protocol": "https"})
    site.origins(site.origin(host=WEBSITE))
    site.s3.delete_bucket_policy(Bucket=BUCKET)


def answering(site: Site, mapped: str, code: str = "404", *errors: int) -> None:
    """Errors are answered with a page."""
    each = [{"ErrorCode": error, "ResponsePagePath": mapped, "ResponseCode": code, "ErrorCachingMinTTL": 10}
            for error in errors or (403, 404)]  # fmt: skip
    site.configured(CustomErrorResponses=several(*each))


def downloaded(site: Site) -> None:
    site.s3.put_object(Bucket=BUCKET, Key="index.html", Body=b"<h1>", ContentType="binary/octet-stream")


def archived(site: Site) -> None:
    site.pages("index.html", StorageClass="GLACIER")


def starting_elsewhere(site: Site) -> None:
    """CloudFront asks a website, too, for the page that it was told."""
    website(WITH_SECRET)(site)
    site.configured(DefaultRootObject="home.html")


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
    "with a name that the zone leaves to others": State(named(HANDED), "unknown", f"records-{TEA}", "be a CNAME"),
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
    "behind a firewall that lets everybody through": State(guarded("Allow"), "works"),
    "behind a firewall that turns some away": State(
        guarded("Allow", {"Statement": ONE_COUNTRY, "Action": {"Block": {}}}), "works"
    ),
    "behind a firewall for one country": State(
        guarded("Block", {"Statement": ONE_COUNTRY, "Action": {"Allow": {}}}), "works"
    ),
    "behind a firewall of the old kind": State(lambda site: site.configured(WebACLId="473e64fd-f30b"), "works"),
    "a bucket that owns whatever is uploaded": State(
        owning_all, "works", answer=("ListObjectsV2", uploaded_by("another"))
    ),
    # what works, and should not stay so
    "for visitors with a certificate": State(
        lambda site: site.configured(ViewerMtlsConfig={"Mode": "required"}), "works_but", "client-certificate"
    ),
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
    "behind a firewall that lets nobody through": State(guarded("Block"), "broken", "firewall", "default action"),
    "behind a firewall that only counts whom it knows": State(
        guarded("Block", {"Statement": ONE_COUNTRY, "Action": {"Count": {}}}), "broken", "firewall"
    ),
    "a website at another port": State(
        asking(WEBSITE, OriginProtocolPolicy="http-only", HTTPPort=8080), "broken", "origin", "Set it to 80"
    ),
    "a bucket at another port": State(asking(FILES, HTTPSPort=8443), "broken", "origin", "Set it to 443"),
    "a bucket by old TLS alone": State(
        asking(FILES, OriginSslProtocols=several("SSLv3", "TLSv1")), "broken", "origin", "Add TLSv1.2"
    ),
    "a bucket as any other server": State(
        asking(FILES, OriginSslProtocols=several("TLSv1", "TLSv1.2")), "works_but", "direct-access"
    ),
    "a start page that another account uploaded": State(
        lambda site: None, "broken", "owner", "BucketOwnerEnforced", ("ListObjectsV2", uploaded_by("another"))
    ),
    # what cannot be told
    "behind a firewall whose groups decide": State(
        guarded(
            "Block",
            {
                "Statement": {
                    "RuleGroupReferenceStatement": {
                        "ARN": "arn:aws:wafv2:us-east-1:123456789012:global/rulegroup/ours/1"
                    }
                },
                "OverrideAction": {"None": {}},
            },
        ),
        "unknown",
        "firewall",
    ),
    "a policy that may not be read": State(handing_on(OriginRequestPolicyId="mine"), "unknown", "host"),
    "a certificate that IAM keeps": State(
        named(*BOTH), "unknown", "certificate", answer=("GetDistribution", {"IAMCertificateId": "ASCA1"})
    ),
    "a condition that is not known": State(
        denied(Condition={"StringNotEquals": {"aws:SourceOrgID": "o-1"}}), "unknown", "policy"
    ),
}
