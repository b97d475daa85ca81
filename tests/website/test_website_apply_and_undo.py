"""Applied, the site is as the answers say; undone, the account is as it was before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.clock import FakeClock
from support.sessions import carried_out, taken_back, there_and_back
from website.cases import (
    BUCKET,
    FILES,
    NAMED,
    SITE,
    VARIANTS,
    WEBSITE,
    WEBSITE_OF_SITE,
    outputs,
    picture,
    policy,
    session,
)  # fmt: skip

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

NAME = "www.fjord-coffee.example"


@pytest.fixture
def cloudfront(account: PracticeAccount) -> Any:
    return account.session.client("cloudfront")


@pytest.fixture
def route53(account: PracticeAccount) -> Any:
    return account.session.client("route53")


def config(cloudfront: Any, made: Any) -> Any:
    return cloudfront.get_distribution_config(Id=outputs(made)["distribution"])["DistributionConfig"]


def records(route53: Any, name: str) -> dict[str, Any]:
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    found = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    return {each["Type"]: each for each in found if each["Name"] == f"{name}."}


def change(route53: Any, action: str, **record: Any) -> None:
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=batch)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("open-bucket")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """Both origins, with and without names, as an app or not; answering and reviewing only read."""
    there_and_back(session(cloud, journal, VARIANTS[variant], clock=clock), lambda: picture(account.session))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("bucket", "website", "website-in-its-bucket")
def test_what_was_made_is_found_healthy(cloud: Aws, journal: Journal, clock: FakeClock, variant: str) -> None:
    """The proof after applying refuses nothing that was just made."""
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    list(made.apply())
    findings = {finding.id: finding.grade.value for finding in made.hand_over().findings}
    assert "refused" not in findings.values()
    assert findings["state"] == "proved"
    assert findings["outside"] == "not checked"


def test_a_website_origin(
    account: PracticeAccount, cloudfront: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Plain HTTP, the secret header, and one more statement that wants it; the others as they were."""
    theirs = policy(account.session, SITE)
    made = session(cloud, journal, WEBSITE, clock=clock)
    carried_out(made)
    (origin,) = config(cloudfront, made)["Origins"]["Items"]
    (header,) = origin["CustomHeaders"]["Items"]
    assert origin["DomainName"] == WEBSITE_OF_SITE
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "http-only"
    assert (header["HeaderName"], len(header["HeaderValue"]) >= 32) == ("Referer", True)
    assert made.run is not None
    told = made.run.record.handover["next_steps"]
    assert "handrail --practice check" in told[0], "what can be done here comes first"
    assert not any("--delete" in step for step in told), "the bucket holds a site"
    assert not any("Done already" in step or "you would now" in step for step in told), "nobody saw who uploaded it"
    *others, ours = policy(account.session, SITE)
    assert others == theirs
    assert ours["Condition"] == {"StringEquals": {"aws:Referer": header["HeaderValue"]}}


def test_a_bucket_origin(
    account: PracticeAccount, cloudfront: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Signed for, with a default root object, and a statement for this distribution alone."""
    made = session(cloud, journal, BUCKET, clock=clock)
    carried_out(made)
    found = config(cloudfront, made)
    (origin,) = found["Origins"]["Items"]
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    assert cloudfront.get_origin_access_control(Id=origin["OriginAccessControlId"])
    assert found["DefaultRootObject"] == "index.html"
    (ours,) = policy(account.session, FILES)
    assert ours["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    arn = f"arn:aws:cloudfront::123456789012:distribution/{outputs(made)['distribution']}"
    assert ours["Condition"] == {"StringEquals": {"AWS:SourceArn": arn}}


@pytest.mark.parametrize("variant", ["bucket-app", "website-app"])
def test_an_app_answers_missing_files_itself(
    cloudfront: Any, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    carried_out(made)
    mapped = config(cloudfront, made)["CustomErrorResponses"]["Items"]
    assert {(each["ErrorCode"], each["ResponsePagePath"], each["ResponseCode"]) for each in mapped} == {
        (403, "/index.html", "200"),
        (404, "/index.html", "200"),
    }


@pytest.mark.wild
def test_names_lead_to_the_distribution(
    account: PracticeAccount, cloudfront: Any, route53: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Alias records for both kinds of address, a certificate from us-east-1, all of it tagged."""
    made = session(cloud, journal, {**BUCKET, **NAMED}, clock=clock)
    carried_out(made)
    host = outputs(made)["cloudfront_name"]
    for name in NAMED["domain"]:
        found = records(route53, name)
        assert {kind: found[kind]["AliasTarget"]["DNSName"] for kind in ("A", "AAAA")} == dict.fromkeys(
            ("A", "AAAA"), f"{host}."
        )
    found = config(cloudfront, made)
    assert found["Aliases"]["Items"] == NAMED["domain"]
    arn = found["ViewerCertificate"]["ACMCertificateArn"]
    assert arn.startswith("arn:aws:acm:us-east-1:")
    assert made.run is not None
    tags = account.session.client("acm", region_name="us-east-1").list_tags_for_certificate(CertificateArn=arn)["Tags"]
    assert {"Key": "handrail:run", "Value": made.run.id} in tags
    tags = cloudfront.list_tags_for_resource(
        Resource=f"arn:aws:cloudfront::123456789012:distribution/{outputs(made)['distribution']}"
    )
    assert {"Key": "handrail:run", "Value": made.run.id} in tags["Tags"]["Items"]


@pytest.mark.wild
def test_a_record_that_proved_another_certificate_survives(
    route53: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """ACM wants the same record for every certificate of a name: undo must not take it from the others."""
    before = records(route53, "_d930b28be6c5927595552b219965053e.fjord-coffee.example")
    assert before
    made = session(cloud, journal, {**BUCKET, **NAMED}, clock=clock)
    carried_out(made)
    taken_back(made)
    assert records(route53, "_d930b28be6c5927595552b219965053e.fjord-coffee.example") == before


@pytest.mark.wild
def test_a_name_that_leads_elsewhere_is_left_unless_asked(
    route53: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """By default the records are told instead of written."""
    change(route53, "CREATE", Name=NAME, Type="CNAME", TTL=60, ResourceRecords=[{"Value": "old.example.net"}])
    made = session(cloud, journal, {**BUCKET, **NAMED}, clock=clock)
    cautions = {caution.id for caution in made.review().cautions}
    assert "name-in-use" in cautions
    carried_out(made)
    assert set(records(route53, NAME)) == {"CNAME"}
    assert made.run is not None
    told = outputs(made)
    enter = next(each for each in made.run.record.handover["next_steps"] if "Enter CNAME records" in each)
    assert NAME in enter and told["cloudfront_name"] in enter
    assert (told["record_name"], told["record_value"]) == (NAME, told["cloudfront_name"])


@pytest.mark.wild
def test_a_name_that_leads_elsewhere_is_put_back(
    account: PracticeAccount, route53: Any, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Replaced in one step when asked for, and put back by undo."""
    change(route53, "CREATE", Name=NAME, Type="CNAME", TTL=60, ResourceRecords=[{"Value": "old.example.net"}])
    before = picture(account.session)
    made = session(cloud, journal, {**BUCKET, **NAMED, "point_domain": "yes"}, clock=clock)
    carried_out(made)
    assert set(records(route53, NAME)) == {"A", "AAAA"}
    taken_back(made)
    assert picture(account.session) == before


@pytest.mark.wild
def test_a_name_that_was_changed_since_is_left(route53: Any, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, {**BUCKET, **NAMED}, clock=clock)
    carried_out(made)
    change(route53, "UPSERT", Name=NAME, Type="A", TTL=60, ResourceRecords=[{"Value": "198.51.100.7"}])
    list(made.undo())
    (left,) = [left for left in made.receipt().left if NAME in left.what]
    assert "no longer points at the distribution" in left.why
    assert records(route53, NAME)["A"]["ResourceRecords"] == [{"Value": "198.51.100.7"}]


def test_a_policy_that_others_changed_since_keeps_their_change(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Only our own statement is taken out of what stands there then."""
    made = session(cloud, journal, WEBSITE, clock=clock)
    carried_out(made)
    s3 = account.session.client("s3")
    standing = policy(account.session, SITE)
    added = {**standing[0], "Sid": "AddedMeanwhile"}
    changed = {"Version": "2012-10-17", "Statement": [*standing, added]}
    s3.put_bucket_policy(Bucket=SITE, Policy=json.dumps(changed))
    taken_back(made)
    assert policy(account.session, SITE) == [standing[0], added]


def test_a_statement_of_ours_that_was_changed_is_left(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, WEBSITE, clock=clock)
    carried_out(made)
    *others, ours = policy(account.session, SITE)
    ours["Condition"] = {"StringEquals": {"aws:Referer": "rotated"}}
    text = json.dumps({"Version": "2012-10-17", "Statement": [*others, ours]})
    account.session.client("s3").put_bucket_policy(Bucket=SITE, Policy=text)
    list(made.undo())
    assert policy(account.session, SITE) == [*others, ours]
    assert any("Somebody changed it since" in left.why for left in made.receipt().left)


def test_only_what_must_change_of_the_block_is_changed(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """A policy for everybody may count; what is blocked through ACLs stays blocked."""
    made = session(cloud, journal, VARIANTS["website-that-is-none"], clock=clock)
    carried_out(made)
    block = account.session.client("s3").get_public_access_block(Bucket=FILES)["PublicAccessBlockConfiguration"]
    assert block == {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": False,
        "RestrictPublicBuckets": False,
    }


def test_the_secret_is_nowhere_but_with_aws(
    account: PracticeAccount, cloudfront: Any, cloud: Aws, journal: Journal, clock: FakeClock, tmp_path: Path
) -> None:
    """Not in the journal, the files, the events, the review or the outputs; only the practice account has it."""
    made = session(cloud, journal, WEBSITE, clock=clock)
    shown = repr(made.review())
    events = carried_out(made)
    (origin,) = config(cloudfront, made)["Origins"]["Items"]
    secret = origin["CustomHeaders"]["Items"][0]["HeaderValue"]
    second = session(cloud, journal, {**WEBSITE, "name": "second"}, clock=clock)
    shown += repr(second.review()) + repr(events) + repr(carried_out(second)) + repr(outputs(made))
    assert made.run is not None
    shown += repr(made.run.history()) + repr(made.run.plan)
    taken_back(second)
    taken_back(made)
    assert secret not in shown + repr(made.receipt())
    assert (tmp_path / "state").exists()
    written = [path for path in tmp_path.rglob("*") if path.is_file() and "practice" not in path.parts]
    assert written
    assert [path for path in written if secret.encode() in path.read_bytes()] == []


def test_a_policy_that_would_be_too_large_is_refused(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Before anything is made."""
    statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "s3:GetObject"}
    many = [
        {**statement, "Sid": f"Partner{n}", "Resource": f"arn:aws:s3:::{FILES}/{'x' * 900}{n}/*"} for n in range(19)
    ]
    text = json.dumps({"Version": "2012-10-17", "Statement": many}, separators=(",", ":"))
    account.session.client("s3").put_bucket_policy(Bucket=FILES, Policy=text)
    (refusal,) = session(cloud, journal, BUCKET, clock=clock).review().refusals
    assert "20480" in refusal.sentence
