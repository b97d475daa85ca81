"""`check website` finds what is broken, says what it saw and what to do; and never tells a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.clock import FakeClock
from support.sessions import carried_out
from website.cases import BUCKET, FILES, NAMED, SITE, VARIANTS, WEBSITE, outputs, session

import flows
from flows.engine import Journal, Missed, Page, Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

WWW = "www.fjord-coffee.example"
Break = Callable[[PracticeAccount, str], None]


def statement_for_all(bucket: str) -> dict[str, Any]:
    resource = f"arn:aws:s3:::{bucket}/*"
    return {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}


def reconfigured(account: PracticeAccount, id_: str, change: Callable[[Any], None]) -> None:
    cloudfront = account.session.client("cloudfront")
    found = cloudfront.get_distribution_config(Id=id_)
    change(found["DistributionConfig"])
    cloudfront.update_distribution(Id=id_, IfMatch=found["ETag"], DistributionConfig=found["DistributionConfig"])


def put_policy(account: PracticeAccount, bucket: str, *statements: Any) -> None:
    s3 = account.session.client("s3")
    s3.delete_public_access_block(Bucket=bucket)
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    s3.put_bucket_policy(Bucket=bucket, Policy=text)


def switched_off(account: PracticeAccount, id_: str) -> None:
    reconfigured(account, id_, lambda config: config.update(Enabled=False))


def no_hosting(account: PracticeAccount, id_: str) -> None:
    account.session.client("s3").delete_bucket_website(Bucket=SITE)


def over_https(account: PracticeAccount, id_: str) -> None:
    def change(config: Any) -> None:
        config["Origins"]["Items"][0]["CustomOriginConfig"]["OriginProtocolPolicy"] = "https-only"

    reconfigured(account, id_, change)


def another_secret(account: PracticeAccount, id_: str) -> None:
    statement = {**statement_for_all(SITE), "Condition": {"StringEquals": {"aws:Referer": "another"}}}
    put_policy(account, SITE, statement)


def open_to_all(account: PracticeAccount, id_: str) -> None:
    s3 = account.session.client("s3")
    standing = json.loads(s3.get_bucket_policy(Bucket=SITE)["Policy"])["Statement"]
    put_policy(account, SITE, *standing, statement_for_all(SITE))


def blocked(account: PracticeAccount, id_: str) -> None:
    account.session.client("s3").put_public_access_block(
        Bucket=SITE, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
    )


def no_policy(account: PracticeAccount, id_: str) -> None:
    account.session.client("s3").delete_bucket_policy(Bucket=FILES)


def hosting_with_folders(account: PracticeAccount, id_: str) -> None:
    s3 = account.session.client("s3")
    s3.put_bucket_website(Bucket=FILES, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    s3.put_object(Bucket=FILES, Key="blog/index.html", Body=b"<h1>")


def no_start_page(account: PracticeAccount, id_: str) -> None:
    reconfigured(account, id_, lambda config: config.update(DefaultRootObject=""))


def unsigned(account: PracticeAccount, id_: str) -> None:
    reconfigured(account, id_, lambda config: config["Origins"]["Items"][0].update(OriginAccessControlId=""))


def plain_http(account: PracticeAccount, id_: str) -> None:
    reconfigured(account, id_, lambda config: config["DefaultCacheBehavior"].update(ViewerProtocolPolicy="allow-all"))


def record_elsewhere(account: PracticeAccount, id_: str) -> None:
    route53 = account.session.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    record = {"Name": WWW, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "198.51.100.7"}]}
    changes = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=changes)


def no_ipv6(account: PracticeAccount, id_: str) -> None:
    route53 = account.session.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    listed = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    (record,) = [each for each in listed if (each["Name"], each["Type"]) == (f"{WWW}.", "AAAA")]
    changes = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=changes)


def dotted(account: PracticeAccount, id_: str) -> None:
    """A name that ends with a dot is the same name."""
    route53 = account.session.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    host = account.session.client("cloudfront").get_distribution(Id=id_)["Distribution"]["DomainName"]
    listed = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    gone = [{"Action": "DELETE", "ResourceRecordSet": each} for each in listed if each["Name"] == f"{WWW}."]
    record = {"Name": WWW, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": f"{host}."}]}
    changes = {"Changes": [*gone, {"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=changes)


WORKS_BUT = (open_to_all, plain_http, no_ipv6)


def findings(cloud: Any, **subject: str) -> dict[str, Any]:
    """By their rules; of the one origin that these distributions have."""
    return {finding.id.partition(":")[0]: finding for finding in flows.find("website").diagnose(cloud, subject)}


@pytest.mark.parametrize(
    ("variant", "wreck", "finding", "words"),
    [
        ("website", switched_off, "state", "is switched off"),
        ("website", no_hosting, "origin", "hosting is off in that bucket"),
        ("website", over_https, "origin", "knows plain HTTP only"),
        ("website", another_secret, "policy", "not the one that CloudFront sends"),
        ("website", open_to_all, "direct-access", "Everybody can read"),
        ("website", blocked, "public-access-block", "has no effect"),
        ("bucket", no_policy, "policy", "does not let this distribution read"),
        ("bucket", hosting_with_folders, "folders", "knows no index pages of folders"),
        ("bucket", no_start_page, "start-page", "No default root object"),
        ("bucket", unsigned, "policy", "does not sign its requests"),
        ("bucket", plain_http, "https", "plain HTTP"),
        ("bucket-named", record_elsewhere, f"records-{WWW}", "leads to 198.51.100.7, not to the distribution"),
        ("bucket-named", no_ipv6, f"records-{WWW}", "has no AAAA record"),
    ],
)
@pytest.mark.some("bucket-plain_http-https-plain HTTP", "website-no_hosting-origin-hosting is off in that bucket")
def test_what_is_broken_is_found(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str, wreck: Break, finding: str,
    words: str,
) -> None:  # fmt: skip
    """Each with its evidence and its remedy; and without the break it is not said."""
    account.session.client("s3").put_object(Bucket="fjord-coffee-files", Key="index.html", Body=b"<p>")
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    carried_out(made)
    id_ = outputs(made)["distribution"]
    healthy = findings(cloud, distribution=id_)
    assert finding not in healthy or healthy[finding].grade.value != "refused"
    wreck(account, id_)
    found = findings(cloud, distribution=id_)[finding]
    assert found.grade.value == ("caution" if wreck in WORKS_BUT else "refused")
    assert words in found.sentence
    assert found.evidence
    assert found.remedy


@pytest.mark.wild
def test_a_cname_with_its_final_dot_leads_there(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, VARIANTS["bucket-named"], clock=clock)
    carried_out(made)
    id_ = outputs(made)["distribution"]
    dotted(account, id_)
    assert findings(cloud, distribution=id_)[f"records-{WWW}"].grade.value == "proved"


@pytest.mark.wild
def test_it_is_found_by_any_of_its_names(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, {**BUCKET, **NAMED}, clock=clock)
    carried_out(made)
    for name in (*NAMED["domain"], outputs(made)["cloudfront_name"]):
        assert outputs(made)["distribution"] in findings(cloud, domain=name)["state"].sentence


def test_what_is_not_there_is_said(cloud: Aws) -> None:
    with pytest.raises(Refused, match="There is no distribution “E000” in this account"):
        findings(cloud, distribution="E000")
    with pytest.raises(Refused, match=r"No distribution of this account has the name www\.example\.com"):
        findings(cloud, domain="www.example.com")


class Outside:
    """An account with an internet in front of it that answers as told."""

    def __init__(self, cloud: Aws, answer: Callable[[str], Page]) -> None:
        self._cloud, self._answer, self.asked = cloud, answer, []  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cloud, name)

    def look_at(self, url: str) -> Page:
        self.asked.append(url)
        return self._answer(url)


def visitor(url: str) -> Page:
    """What a healthy site answers."""
    if ".amazonaws.com" in url:
        return Page(403)
    if url.startswith("http://"):
        return Page(301, {"location": url.replace("http", "https", 1)})
    return Page(404 if "no-such" in url else 200, {"via": "1.1 cloudfront.net (CloudFront)"}, b"<h1>")


def test_the_outside_is_looked_at_with_consent_alone(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, WEBSITE, clock=clock)
    carried_out(made)
    id_ = outputs(made)["distribution"]
    outside = Outside(cloud, visitor)
    assert findings(outside, distribution=id_)["outside"].grade.value == "not checked"
    assert outside.asked == []
    found = findings(outside, distribution=id_, probe="yes")
    seen = {key: finding.grade.value for key, finding in found.items() if key.startswith("outside")}
    assert set(seen.values()) == {"proved"}
    assert len(seen) == 4


@pytest.mark.wild
def test_nothing_is_green_that_was_not_seen(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Offline, or a name that is not known yet: not checked. A practice account has no outside at all."""
    made = session(cloud, journal, {**BUCKET, **NAMED}, clock=clock)
    carried_out(made)
    id_ = outputs(made)["distribution"]
    for cloudless in (Outside(cloud, lambda _: Page(missed=Missed.UNRESOLVED, why="unknown")), cloud):
        found = findings(cloudless, distribution=id_, probe="yes")
        seen = {finding.grade.value for key, finding in found.items() if key.startswith("outside")}
        assert seen == {"not checked"}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(missed=Missed.CERTIFICATE, why="mismatch"), "the certificate is not good"),
        (Page(200, {}, b"hello"), "does not work"),
        (Page(403, {"via": "cloudfront"}, b"AccessDenied"), "does not work"),
        (Page(502, {"via": "cloudfront"}), "does not work"),
    ],
)
@pytest.mark.some(1)
def test_a_site_that_does_not_work_is_said_so(
    cloud: Aws, journal: Journal, clock: FakeClock, page: Page, words: str
) -> None:
    made = session(cloud, journal, WEBSITE, clock=clock)
    carried_out(made)
    outside = Outside(cloud, lambda _: page)
    found = findings(outside, distribution=outputs(made)["distribution"], probe="yes")
    front = found[f"outside-{outputs(made)['cloudfront_name']}"]
    assert (front.grade.value, words in front.sentence, bool(front.remedy)) == ("refused", True, True)


def test_the_secret_is_not_told(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, WEBSITE, clock=clock)
    carried_out(made)
    id_ = outputs(made)["distribution"]
    config = account.session.client("cloudfront").get_distribution_config(Id=id_)["DistributionConfig"]
    value = config["Origins"]["Items"][0]["CustomHeaders"]["Items"][0]["HeaderValue"]
    told = repr(findings(cloud, distribution=id_))
    another_secret(account, id_)
    assert value not in told + repr(findings(cloud, distribution=id_))
