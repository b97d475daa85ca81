"""What mends a site behind CloudFront: settings of the distribution, one statement, the names' records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.aws import bucket_creation, buckets, cloudfront, keepers, kms_keys, route53, shared_keys
from flows.engine import TOKEN, Action, Cloud, Finding, Grade, Ref, join, since
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits, redirects
from flows.policies import Answer

from .situation import Origin

BEYOND = {
    "state": "Wait: AWS spreads a change by itself.",
    "origin": "Only you have the files: make the bucket again, or name another origin.",
    "policy": "A statement of others forbids it, or a secret is in it that AWS alone knows: it is left to whoever put "
    "it there.",
    "policy-rest": "Only you know which of the files visitors are to get.",
    "owner": "Who owns all files of a bucket is for whoever uploads to it to agree on.",
    "public-access-block": "The block is the whole account's, so it is left to whoever keeps the account.",
    "access-control": "The Origin Access Control may be other distributions' as well.",
    "direct-access": "The statement that lets everybody read is somebody else's, and nothing of others is deleted.",
    "kms-key": "What a file is encrypted with is decided when it is uploaded: the files must be uploaded again.",
    "start-page": "Only you have the page: upload it.",
    "folders": "Another origin or a function changes every address of the site: the set-up makes a distribution "
    "with the website as its origin.",
    "address": "In a day S3's address leads to the bucket by itself.",
    "charges": "Who pays for reading is the bucket's owner's to say.",
    "behaviour": "Only you know which of the two is to answer.",
    "host": "Which headers are handed on is for whoever set the policies: other behaviours may have them, too.",
    "files": "Only you have the files, and know where they are meant to be.",
    "error-page": "Only you have the page: upload it.",
    "errors-hidden": "Only you know with which status errors are to be answered.",
    "signed": "Only you know whether the pages are for everybody.",
    "client-certificate": "Only you know whether it is for everybody.",
    "firewall": "Only you know whom the firewall is to let in.",
    "certificate": "A certificate needs a proof of its names: the set-up asks for one.",
    "unknown-name": "A name needs a certificate that covers it: the set-up asks for one.",
    "records": "The zone is not in this account, or routes the name in a way of its own.",
    "delegation": "Only the registrar can change which name servers a zone has.",
    "caa": "A record that says who may certify is its owner's word.",
    "outside": "What a visitor sees follows from the other findings, and from what is between them and CloudFront.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def distribution_of(here: Origin) -> str:
    """The id of the distribution."""
    return here.distribution.rpartition("/")[2]


def setting(arn: str, name: str, value: Any, sentence: str, *, moves: str = "", at: tuple[str, ...] = ()) -> Mend:
    """Change one setting of a distribution; where traffic goes another way by it, `moves` says how."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _keepers(cloud, arn)
        yield cloudfront.change(arn.rpartition("/")[2], name, at, {name: value}, sentence)
        if moves:
            yield redirects(moves)

    return mend


def of_origin(here: Origin, name: str, value: Any, sentence: str, *more: str, moves: str = "") -> Mend:
    """Change one setting of an origin, or of what is in it by the names `more`."""
    at = ("Origins", "Items", f"Id={here.id}", *more)
    return setting(here.distribution, name, value, sentence, moves=moves, at=at)


def answer(arn: str, page: Mapping[str, Any], sentence: str) -> Mend:
    """Answer one error with a page; how the others are answered stays as it is then."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _keepers(cloud, arn)
        name = "CustomErrorResponses"
        at = (name, "Items", f"ErrorCode={page['ErrorCode']}")
        yield cloudfront.change(arn.rpartition("/")[2], name, at, page, sentence, whole=True)

    return mend


def start_with(here: Origin, page: str) -> Mend:
    """Name the page that visitors of the bare address get."""
    return setting(
        here.distribution,
        "DefaultRootObject",
        page,
        f"Let visitors of the bare address get {page} (default root object)",
    )


def let_read(here: Origin) -> Mend:
    """One statement for this distribution in the bucket's policy."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The bucket {here.bucket.name}", buckets.tags(cloud, here.bucket))
        yield _statement(here)
        yield admits(f"The distribution {distribution_of(here)} may read every file of {here.bucket.name} then.")

    return mend


def sign(here: Origin) -> Mend | None:
    """Let CloudFront sign its requests with an Origin Access Control; None where its origin takes none."""
    s3 = here.source.get("S3OriginConfig")
    if s3 is None or here.website:
        return None

    def mend(cloud: Cloud) -> Iterator[Part]:
        distribution = distribution_of(here)
        yield from _keepers(cloud, here.distribution)
        yield cloudfront.access_control(distribution)
        signed = replace(here, control="to-be-made", identity="")
        allowed = signed.says(here.wanted[0]).answer is Answer.ALLOWED
        if not allowed:
            yield from keepers.agreed(f"The bucket {here.bucket.name}", buckets.tags(cloud, here.bucket))
            yield _statement(here)
            yield admits(f"The distribution {distribution} may read every file of {here.bucket.name} then.")
        control = Ref("access-control", "OriginAccessControl.Id")
        value = {"OriginAccessControlId": control, "S3OriginConfig": {**s3, "OriginAccessIdentity": ""}}
        yield cloudfront.change(
            distribution, "OriginAccessControlId", ("Origins", "Items", f"Id={here.id}"), value,
            f"Let CloudFront sign its requests to {here.bucket.name}", () if allowed else (_statement(here).id,),
        )  # fmt: skip

    return mend


def let_public_policy_count(here: Origin) -> Mend:
    """Take the bucket's own block away, as far as it is in the policy's way."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        account = buckets.account_block(cloud, here.bucket.region)
        if account is None or account.restrict:
            yield Finding(
                "account-block", Grade.REFUSED, BEYOND["public-access-block"], "s3control.GetPublicAccessBlock"
            )
        yield from keepers.agreed(f"The bucket {here.bucket.name}", buckets.tags(cloud, here.bucket))
        standing = buckets.statements(cloud, here.bucket)
        yield buckets.allow_public_policy(here.bucket, buckets.block(cloud, here.bucket), (), "", standing)
        yield admits(f"What the policy of {here.bucket.name} allows to everybody counts then.", everybody=True)

    return mend


def host(here: Origin) -> Mend:
    """Switch website hosting on in a bucket whose website is the origin."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The bucket {here.bucket.name}", buckets.tags(cloud, here.bucket))
        served = since(cloud, *bucket_creation.served_by_others(here.bucket, "s3-website"))
        yield buckets.host_website(here.bucket, "index.html", "", others=served)

    return mend


def decrypt(here: Origin, key: str) -> Mend:
    """One statement for this distribution in the policy of the key that the files are encrypted with."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        statement = {
            "Sid": join("HandrailCloudFront", TOKEN), "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "kms:Decrypt", "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceArn": here.distribution}},
        }  # fmt: skip
        id, region = key.rpartition("/")[2], here.bucket.region
        yield from keepers.agreed(f"The key {key}", kms_keys.tags(cloud, id, region))
        sentence = f"Let this distribution decrypt with the key {id} (one statement is added to its policy)"
        yield shared_keys.add_statement(f"key-{id}", id, sentence, statement, region)
        yield admits(f"The distribution {distribution_of(here)} may decrypt with {key} then.")

    return mend


def point(zone: route53.Zone, name: str, host: str, old: Sequence[Mapping[str, Any]]) -> Mend | None:
    """Make a name an alias of the distribution; None where it is routed in a way of its own."""
    if route53.policy_of(old):
        return None

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The zone {zone.name}", route53.tags(cloud, zone))
        yield route53.alias(zone, name, host, old, ())
        yield redirects(f"Visitors of {name} come to {host} then, after the TTL of what stands there.")

    return mend


def _statement(here: Origin) -> Action:
    partition, bucket = here.cloud.identity.partition, here.bucket
    statement: Mapping[str, Any] = {
        "Sid": join("HandrailCloudFront", TOKEN), "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
        "Resource": f"arn:{partition}:s3:::{bucket.name}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": here.distribution}},
    }  # fmt: skip
    sentence = f"Let this distribution read the files of {bucket.name} (one statement is added to its policy)"
    return buckets.add_statement(bucket, sentence, statement, (), id=f"policy-{bucket.name}")


def _keepers(cloud: Cloud, arn: str) -> Iterator[Part]:
    yield from keepers.agreed(f"The distribution {arn.rpartition('/')[2]}", cloudfront.tags_of(cloud, arn))
