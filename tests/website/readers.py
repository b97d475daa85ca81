"""Who may read the files of a site: its bucket's policy, its key, and a website that knows a secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from website.standing import BUCKET, IDENTITY, WEBSITE, Site, several, statement


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


def own_acl(site: Site) -> None:
    """As sites were made before bucket policies were usual."""
    site.opened()
    site.s3.delete_bucket_policy(Bucket=BUCKET)
    site.s3.put_object_acl(Bucket=BUCKET, Key="index.html", ACL="public-read")
    site.origins(site.origin(control=""))


def key_by_alias(site: Site) -> None:
    """The bucket names by its alias the key that the files have by its ARN."""
    key_for(SERVICE, distribution=True)(site)
    key = site.s3.head_object(Bucket=BUCKET, Key="index.html")["SSEKMSKeyId"]
    site.kms.create_alias(AliasName="alias/pages", TargetKeyId=key.rpartition("/")[2])
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/pages"}}
    site.s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})


def pages_alone(site: Site) -> None:
    """The pictures and styles of the pages were forgotten."""
    site.s3.put_object(Bucket=BUCKET, Key="style.css", Body=b"x", ContentType="text/css")
    site.policy(site.allowed(Resource=f"arn:aws:s3:::{BUCKET}/*.html"))


def kept_back(site: Site) -> None:
    site.pages("private/a.html")
    site.policy(site.allowed(), statement(Resource=f"arn:aws:s3:::{BUCKET}/private/*"))


def uploaded_by(owner: str) -> Mapping[str, Any]:
    """What S3 lists where the start page is somebody's."""
    return {"Contents": [{"Key": "index.html", "Owner": {"ID": owner}}]}


def owning_all(site: Site) -> None:
    rules = [{"ObjectOwnership": "BucketOwnerEnforced"}]
    site.s3.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls={"Rules": rules})
