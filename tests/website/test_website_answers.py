"""Each refusal and each warning, with its sentence; and the same plan whichever face leads to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from support.clock import FakeClock
from website.cases import (
    BUCKET,
    BUCKET_OF_FILES,
    BUCKET_OF_SITE,
    FILES,
    NAMED,
    SITE,
    WEBSITE,
    WEBSITE_OF_FILES,
    WEBSITE_OF_SITE,
    session,
)  # fmt: skip

import flows
from flows.engine import Asking, Cloud, Journal, Place, Refused, Session
from flows.engine.asked import NOT_LISTED
from flows.engine.boto import Aws
from flows.engine.checking import Checking
from flows.practice import PracticeAccount

ON_TOP = {**BUCKET, **NAMED}


def refusal(cloud: Aws, answers: Mapping[str, Any]) -> str:
    with pytest.raises(Refused) as refused:
        session(cloud, None, answers)
    return str(refused.value)


def cautions(cloud: Aws, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {caution.id: caution for caution in session(cloud, None, answers).review().cautions}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"bucket": "no-such-bucket"}, "“no-such-bucket” is not among the choices"),
        ({"origin": "www.example.com"}, "“www.example.com” is not among the choices"),
        ({"domain": "https://www.example.com/"}, "Only the name, without https:// and without path."),
        ({"domain": "localhost"}, "“localhost” has no domain ending. It looks like www.example.com."),
        ({"domain": "www.exa_mple.com"}, "“www.exa_mple.com” is not a domain name. It looks like www.example.com."),
        ({"domain": f"{'a' * 64}.com"}, "is not a domain name"),
        ({"domain": "198.51.100.7"}, "198.51.100.7 is an IP address. An IP address cannot be used"),
        ({"domain": "www.*.example.com"}, "a wildcard may only be the first part, for example *.example.com."),
        ({"domain": "my.cloudfront.net"}, "You cannot choose names below cloudfront.net."),
        ({"domain": "a.example.com, a.example.com"}, "a.example.com is listed twice."),
        ({"single_page_app": "perhaps"}, "“perhaps” is neither yes nor no."),
        ({"start": "/index.html"}, "Write the name without a leading “/”."),
        ({"start": ""}, "The name of a page is needed. Enter for example index.html."),
        ({"start": "x" * 256}, "has 256 characters; at most 255 are possible."),
        ({"missing_page": "/not found.html"}, "Use a path like /404.html."),
        ({"name": "größe"}, "“größe” cannot be a name."),
    ],
)
@pytest.mark.some(5)
def test_what_is_not_accepted_is_refused_with_its_sentence(
    cloud: Aws, changed: Mapping[str, Any], sentence: str
) -> None:
    named = {"certificate": "new", "zone": "elsewhere"} if changed.get("domain") else {}
    assert sentence in refusal(cloud, {**BUCKET, **named, **changed})


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"certificate": "arn:aws:acm:eu-central-1:123456789012:certificate/1234"},
            "That certificate is in eu-central-1. CloudFront accepts only certificates from us-east-1.",
        ),
        ({"zone": "example.org"}, "“example.org” is not among the choices"),
        ({"domain": "www.example.org"}, "www.example.org does not belong to the zone fjord-coffee.example."),
        (
            {"domain": [f"n{n}.fjord-coffee.example" for n in range(11)]},
            "ACM allows 10 names per certificate by default.",
        ),
        (
            {"domain": f"{'a' * 60}.fjord-coffee.example"},
            "Certificates can have at most 64 characters in the first name",
        ),
        ({"domain": [f"n{n}.fjord-coffee.example" for n in range(101)]}, "At most 100 names per distribution."),
    ],
)
@pytest.mark.some(3)
def test_what_cannot_be_with_these_names_is_refused(cloud: Aws, changed: Mapping[str, Any], sentence: str) -> None:
    assert sentence in refusal(cloud, {**ON_TOP, **changed})


def test_a_certificate_that_does_not_cover_a_name_is_refused(account: PracticeAccount, cloud: Aws) -> None:
    """A wildcard stands for one label: neither for none nor for two."""
    listed = account.session.client("acm", region_name="us-east-1").list_certificates()["CertificateSummaryList"]
    (arn,) = [each["CertificateArn"] for each in listed if each["DomainName"] == "*.fjord-coffee.example"]
    for name in ("fjord-coffee.example", "a.b.fjord-coffee.example"):
        found = refusal(cloud, {**ON_TOP, "domain": name, "certificate": arn})
        assert f"The certificate covers *.fjord-coffee.example, but not {name}." in found


def test_a_private_zone_is_no_zone_for_visitors(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("route53").create_hosted_zone(
        Name="inside.example", CallerReference="private", VPC={"VPCRegion": "eu-central-1", "VPCId": "vpc-1"},
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )  # fmt: skip
    found = refusal(cloud, {**ON_TOP, "domain": "www.inside.example", "zone": "inside.example"})
    assert "The zone inside.example is private. Visitors on the internet never ask it." in found


@pytest.mark.wild
def test_a_name_of_another_distribution_is_found_before(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    first = session(cloud, journal, ON_TOP, clock=clock)
    list(first.apply())
    found = refusal(cloud, {**WEBSITE, **NAMED})
    assert "www.fjord-coffee.example is already used by your distribution" in found
    assert "Remove it there first, or use that distribution." in found


# -- buckets that are not what they seem -----------------------------------------------------------------------


def deny_plain_http(bucket: str) -> str:
    statement = {
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def encrypt(account: PracticeAccount, bucket: str, key: str = "") -> None:
    default = {"SSEAlgorithm": "aws:kms"} | ({"KMSMasterKeyID": key} if key else {})
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    account.session.client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)


def test_a_policy_that_forbids_plain_http_would_block_a_website(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("s3").put_bucket_policy(Bucket=SITE, Policy=deny_plain_http(SITE))
    found = refusal(cloud, WEBSITE)
    assert (
        "The bucket policy forbids unencrypted requests (the statement TlsOnly). The website endpoint speaks only HTTP"
        in found
    )
    assert session(cloud, None, {**WEBSITE, "origin": BUCKET_OF_SITE}).review()


def test_a_website_cannot_serve_files_under_a_key(account: PracticeAccount, cloud: Aws) -> None:
    encrypt(account, SITE, account.session.client("kms").create_key()["KeyMetadata"]["Arn"])
    assert "Such files cannot be served by a website endpoint." in refusal(cloud, WEBSITE)
    found = cautions(cloud, {**WEBSITE, "origin": BUCKET_OF_SITE})
    assert "whose policy does not let CloudFront decrypt: visitors would get 403" in found["kms-key"].message


def test_cloudfront_cannot_read_files_under_awss_own_key(account: PracticeAccount, cloud: Aws) -> None:
    encrypt(account, FILES)
    assert "encrypted with the AWS managed key aws/s3. Its policy cannot be changed" in refusal(cloud, BUCKET)


def test_a_block_of_the_whole_account_is_never_lifted(account: PracticeAccount, cloud: Aws) -> None:
    """It would affect all buckets; the bucket endpoint needs nothing public."""
    account.session.client("s3control").put_public_access_block(
        AccountId="123456789012",
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
    )
    found = refusal(cloud, WEBSITE)
    assert "Your whole account blocks public policies." in found
    assert "Handrail does not do that." in found
    assert session(cloud, None, BUCKET).review()


def test_a_page_that_browsers_would_download(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("s3").put_object(Bucket=SITE, Key="index.html", Body=b"<h1>")
    assert "browsers will download it" in cautions(cloud, WEBSITE)["page-type"].message


def test_an_empty_bucket_and_missing_pages_are_told(account: PracticeAccount, cloud: Aws) -> None:
    account.session.client("s3").delete_object(Bucket=FILES, Key="photos/beans.jpg")
    found = cautions(cloud, {**BUCKET, "missing_page": "404.html"})
    assert found["empty-bucket"].message == "The bucket is empty. The site will show an error until you upload files."
    assert "404.html is not in the bucket yet" in found["page-missing"].message


def test_a_certificate_in_the_wrong_region_is_explained(account: PracticeAccount, cloud: Aws) -> None:
    found = cautions(cloud, {**ON_TOP, "domain": "shop.fjord-coffee.example"})
    assert (
        "There is a certificate for shop.fjord-coffee.example in eu-central-1."
        in found["certificate-elsewhere"].message
    )
    assert "only certificates from us-east-1" in found["certificate-elsewhere"].message


def test_china_is_another_cloudfront(cloud: Aws) -> None:
    class Chinese:
        def __getattr__(self, name: str) -> Any:
            return getattr(cloud, name)

        @property
        def identity(self) -> Any:
            from dataclasses import replace

            return replace(cloud.identity, arn="arn:aws-cn:iam::123456789012:user/ada")

    made = Session(flows.find("website"), Chinese(), None)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="In the partition aws-cn CloudFront is a service of its own"):
        made.fill(BUCKET)


# -- the central warning, and its sisters ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "caution", "words", "switch"),
    [
        (
            {**WEBSITE, "origin": BUCKET_OF_SITE},
            "bucket-instead-of-website",
            ["index pages in sub-folders", "S3 redirect rules", "S3 error page"],
            WEBSITE_OF_SITE,
        ),
        (
            {**BUCKET, "origin": WEBSITE_OF_FILES},
            "website-without-hosting",
            ["does not answer", "switch it on"],
            BUCKET_OF_FILES,
        ),
        (
            {**BUCKET, "origin": WEBSITE_OF_FILES},
            "private-bucket-as-website",
            ["blocked by the bucket", "BlockPublicPolicy", "stay as they are"],
            BUCKET_OF_FILES,
        ),
    ],
)
def test_an_origin_that_was_probably_not_meant_warns(
    cloud: Aws, answers: Mapping[str, Any], caution: str, words: list[str], switch: str
) -> None:
    found = cautions(cloud, answers)[caution]
    assert (found.confirm, found.key, found.switch) == (True, "origin", switch)
    assert all(word in found.message for word in words)


def test_without_a_yes_nothing_is_created(account: PracticeAccount, cloud: Aws, journal: Journal) -> None:
    made = Session(flows.find("website"), cloud, journal, place=Place(practice=True))
    made.fill({**WEBSITE, "origin": BUCKET_OF_SITE})
    with pytest.raises(Refused, match="is not answered yet"):
        list(made.apply())
    assert not account.session.client("cloudfront").list_distributions()["DistributionList"].get("Items")


def test_what_relies_on_the_website_is_named(account: PracticeAccount, cloud: Aws) -> None:
    s3 = account.session.client("s3")
    for key in ("blog/index.html", "shop/index.html"):
        s3.put_object(Bucket=SITE, Key=key, ContentType="text/html", Body=b"<h1>")
    found = cautions(cloud, {**WEBSITE, "origin": BUCKET_OF_SITE})["bucket-instead-of-website"]
    assert "This bucket has blog/index.html, among others." in found.message


def test_the_list_tells_both_addresses_apart(cloud: Aws) -> None:
    """The one that is meant comes first, and each says what it is."""
    made = Session(flows.find("website"), cloud, None)
    for bucket, first in ((SITE, WEBSITE_OF_SITE), (FILES, BUCKET_OF_FILES)):
        made.revisit("bucket")
        made.answer(bucket)
        state = made.state()
        assert isinstance(state, Asking)
        assert state.offer is not None
        assert state.question.id == "origin"
        assert state.offer.options[0].key == first
        told = [f"{option.label} {option.hint}" for option in state.offer.options]
        assert any("Origin Access Control" in each for each in told)
        assert any("OFF" in each for each in told) is (bucket == FILES)


@pytest.mark.parametrize(
    "pasted",
    [f"http://{SITE}.s3-website-eu-central-1.amazonaws.com/", f"https://{WEBSITE_OF_SITE}", WEBSITE_OF_SITE.upper()],
)
@pytest.mark.some(2)
def test_a_pasted_address_is_understood(cloud: Aws, pasted: str) -> None:
    plan = session(cloud, None, {**WEBSITE, "origin": pasted}).review().plan
    assert plan == session(cloud, None, WEBSITE).review().plan


def test_a_check_takes_the_name_that_cloudfront_gives(cloud: Cloud) -> None:
    """Nobody chooses that name, and yet a website may be known by it alone."""
    checking = Checking(flows.find("website"), cloud)
    checking.answer(NOT_LISTED)
    checking.answer("D111111abcdef8.cloudfront.net")
    asking = checking.asking()
    assert asking is not None and asking.question.id == "probe" and not asking.problem
    assert checking.given()["domain"] == "d111111abcdef8.cloudfront.net"
