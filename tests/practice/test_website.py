"""What the website's services lack in moto, and what they refuse as AWS does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from practice.office import refused

from flows.practice import PracticeAccount

SITE, FILES = "fjord-coffee-site", "fjord-coffee-files"


@pytest.fixture
def s3(account: PracticeAccount) -> Any:
    return account.session.client("s3")


@pytest.fixture
def cloudfront(account: PracticeAccount) -> Any:
    return account.session.client("cloudfront")


@pytest.fixture
def acm(account: PracticeAccount) -> Any:
    return account.session.client("acm", region_name="us-east-1")


@pytest.fixture
def route53(account: PracticeAccount) -> Any:
    return account.session.client("route53")


def config(
    reference: str = "a", host: str = f"{FILES}.s3.eu-central-1.amazonaws.com", **changed: Any
) -> dict[str, Any]:
    origin = {
        "Id": "o",
        "DomainName": host,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        **changed.pop("origin", {}),
    }
    return {
        "CallerReference": reference,
        "Comment": "a test",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "o",
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
        **changed,
    }


def named(name: str, certificate: str) -> dict[str, Any]:
    viewers = {"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only"}
    return {"Aliases": {"Quantity": 1, "Items": [name]}, "ViewerCertificate": viewers}


def wildcard(acm: Any) -> str:
    return str(acm.list_certificates()["CertificateSummaryList"][0]["CertificateArn"])


def test_every_bucket_says_where_it_is_and_is_encrypted(s3: Any) -> None:
    assert {each["BucketRegion"] for each in s3.list_buckets(MaxBuckets=1000)["Buckets"]} == {"eu-central-1"}
    rules = s3.get_bucket_encryption(Bucket=FILES)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "MalformedPolicy"),
        ('{"Version": "2012-10-17"}', "MalformedPolicy"),
        (
            '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", '
            '"Resource": "arn:aws:s3:::another/*"}]}',
            "MalformedPolicy",
        ),
        (json.dumps({"Statement": [], "Id": "x" * 20480}), "PolicyTooLarge"),
    ],
)
def test_a_policy_that_aws_would_refuse(s3: Any, text: str, code: str) -> None:
    with refused(code):
        s3.put_bucket_policy(Bucket=FILES, Policy=text)


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({}, True),
        ({"StringEquals": {"aws:Referer": "secret"}}, True),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, False),
    ],
)
def test_what_counts_as_public(s3: Any, condition: Any, public: bool) -> None:
    """A referer does not make it less so; under a block it is refused."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{FILES}/*"}
    text = json.dumps({"Statement": [{**statement, "Condition": condition}]})
    if public:
        with refused("AccessDenied"):
            s3.put_bucket_policy(Bucket=FILES, Policy=text)
    s3.delete_public_access_block(Bucket=FILES)
    s3.put_bucket_policy(Bucket=FILES, Policy=text)
    assert s3.get_bucket_policy_status(Bucket=FILES)["PolicyStatus"]["IsPublic"] is public


def test_a_distribution_is_what_was_asked_for(cloudfront: Any, acm: Any) -> None:
    control = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "c", "SigningProtocol": "sigv4", "SigningBehavior": "always", "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]  # fmt: skip
    viewers = named("www.fjord-coffee.example", wildcard(acm))
    asked = config(origin={"OriginAccessControlId": control}, **viewers)
    made = cloudfront.create_distribution(DistributionConfig=asked)
    found = cloudfront.get_distribution(Id=made["Distribution"]["Id"])["Distribution"]
    (origin,) = found["DistributionConfig"]["Origins"]["Items"]
    assert origin["OriginAccessControlId"] == control
    assert found["DistributionConfig"]["ViewerCertificate"] == viewers["ViewerCertificate"]
    (listed,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    assert listed["Aliases"]["Items"] == ["www.fjord-coffee.example"]
    with refused("OriginAccessControlInUse"):
        etag = cloudfront.get_origin_access_control(Id=control)["ETag"]
        cloudfront.delete_origin_access_control(Id=control, IfMatch=etag)
    with refused("OriginAccessControlAlreadyExists"):
        cloudfront.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": "c", "SigningProtocol": "sigv4", "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            }
        )  # fmt: skip


def test_what_aws_refuses_of_a_distribution(cloudfront: Any, acm: Any) -> None:
    def create(reference: str, host: str = f"{FILES}.s3.eu-central-1.amazonaws.com", **changed: Any) -> Any:
        return cloudfront.create_distribution(DistributionConfig=config(reference, host, **changed))

    create("a", **named("www.fjord-coffee.example", wildcard(acm)))
    with refused("DistributionAlreadyExists"):
        create("a")
    with refused("CNAMEAlreadyExists"):
        create("b", **named("www.fjord-coffee.example", wildcard(acm)))
    with refused("InvalidViewerCertificate"):
        create("c", **named("www.example.org", wildcard(acm)))
    with refused("InvalidViewerCertificate"):
        create("d", Aliases={"Quantity": 1, "Items": ["tea.fjord-coffee.example"]})
    with refused("InvalidArgument"):
        create("e", f"{SITE}.s3-website.eu-central-1.amazonaws.com")
    with refused("InvalidDefaultRootObject"):
        create("f", DefaultRootObject="/index.html")


def test_a_distribution_is_changed_by_those_who_know_its_version(cloudfront: Any) -> None:
    made = cloudfront.create_distribution(DistributionConfig=config())
    id_, first = made["Distribution"]["Id"], made["ETag"]
    with refused("DistributionNotDisabled"):
        cloudfront.delete_distribution(Id=id_, IfMatch=first)
    off = {**made["Distribution"]["DistributionConfig"], "Enabled": False}
    second = cloudfront.update_distribution(Id=id_, IfMatch=first, DistributionConfig=off)["ETag"]
    assert second != first
    with refused("PreconditionFailed"):
        cloudfront.update_distribution(Id=id_, IfMatch=first, DistributionConfig=off)
    cloudfront.delete_distribution(Id=id_, IfMatch=second)
    with refused("NoSuchDistribution"):
        cloudfront.get_distribution(Id=id_)


def test_a_certificate_is_issued_once_its_record_is_there(acm: Any, route53: Any) -> None:
    arn = acm.request_certificate(DomainName="www.fjord-coffee.example", ValidationMethod="DNS")["CertificateArn"]
    found = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert found["Status"] == "PENDING_VALIDATION"
    record = found["DomainValidationOptions"][0]["ResourceRecord"]
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    written = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": record["Value"]}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": written}]}
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=changes)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"
    with refused("ValidationException"):
        acm.request_certificate(DomainName="no_domain", ValidationMethod="DNS")


def test_a_certificate_in_use_stays(acm: Any, cloudfront: Any) -> None:
    arn = wildcard(acm)
    made = cloudfront.create_distribution(DistributionConfig=config(**named("www.fjord-coffee.example", arn)))
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [made["Distribution"]["ARN"]]
    with refused("ResourceInUseException"):
        acm.delete_certificate(CertificateArn=arn)


def test_records_are_changed_all_or_nothing(route53: Any) -> None:
    (zone,) = route53.list_hosted_zones()["HostedZones"]

    def change(*changes: tuple[str, str, str, str]) -> None:
        batch = [
            {
                "Action": action,
                "ResourceRecordSet": {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]},
            }
            for action, name, kind, value in changes
        ]
        route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": batch})

    def listed() -> Any:
        return route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]

    change(("CREATE", "a.fjord-coffee.example", "A", "198.51.100.1"))
    before = listed()
    new = ("CREATE", "b.fjord-coffee.example", "A", "198.51.100.2")
    for wrong in (
        ("CREATE", "a.fjord-coffee.example", "A", "198.51.100.1"),
        ("CREATE", "a.fjord-coffee.example", "CNAME", "b.example.com"),
        ("DELETE", "a.fjord-coffee.example", "A", "198.51.100.9"),
        ("DELETE", "c.fjord-coffee.example", "A", "198.51.100.1"),
        ("UPSERT", "a.fjord-coffee.example", "A", "nowhere"),
        ("CREATE", "a.example.org", "A", "198.51.100.1"),
    ):
        with refused("InvalidChangeBatch"):
            change(new, wrong)
        assert listed() == before
    change(
        ("DELETE", "a.fjord-coffee.example", "A", "198.51.100.1"),
        ("CREATE", "a.fjord-coffee.example", "CNAME", "b.example.com"),
    )


def test_changes_take_a_while(cloudfront: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As people will meet it: in progress first, deployed later, and again after every change."""
    from flows.practice.clock import CLOCK

    later, now = 0, CLOCK.now
    monkeypatch.setattr(CLOCK, "hurry", False)
    monkeypatch.setattr(CLOCK, "now", lambda: now() + later)
    id_ = cloudfront.create_distribution(DistributionConfig=config())["Distribution"]["Id"]

    def status() -> str:
        return str(cloudfront.get_distribution(Id=id_)["Distribution"]["Status"])

    assert status() == "InProgress"
    later = 60
    assert status() == "Deployed"
    later = 0
    found = cloudfront.get_distribution_config(Id=id_)
    off = {**found["DistributionConfig"], "Enabled": False}
    cloudfront.update_distribution(Id=id_, IfMatch=found["ETag"], DistributionConfig=off)
    assert status() == "InProgress"
