"""What others did at a website since it was made: theirs stays, what it needs stays, and the receipt says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from support.clock import FakeClock
from support.deeds import NOT_FOUND, Deed, Made, undone_after
from support.sessions import carried_out, taken_back
from website.cases import BUCKET, FILES, NAMED, VARIANTS, picture, session

from flows.engine import Call, CloudError, Journal, Ref
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

Client = Callable[..., Any]
DOMAIN = "fjord-coffee.example"
WWW = f"www.{DOMAIN}"
OLD = {"Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "198.51.100.10"}]}


def change(client: Client, action: str, record: Mapping[str, Any]) -> None:
    (zone,) = client("route53").list_hosted_zones()["HostedZones"]
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    client("route53").change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=batch)


def standing(client: Client, name: str) -> dict[str, Any]:
    (zone,) = client("route53").list_hosted_zones()["HostedZones"]
    found = client("route53").list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    return {each["Type"]: each for each in found if each["Name"] == f"{name}."}


def edited(client: Client, id: str, **changed: Any) -> None:
    cloudfront = client("cloudfront")
    found = cloudfront.get_distribution_config(Id=id)
    config = {**found["DistributionConfig"], **changed}
    cloudfront.update_distribution(Id=id, IfMatch=found["ETag"], DistributionConfig=config)


def another_distribution(client: Client, made: Made, **changed: Any) -> None:
    """One of somebody else with the same origin, access control and certificate, under no name."""
    found = client("cloudfront").get_distribution_config(Id=made["distribution"])["DistributionConfig"]
    config = {**found, "Aliases": {"Quantity": 0}, "CallerReference": "theirs", "Comment": "theirs", **changed}
    client("cloudfront").create_distribution(DistributionConfig=config)


def distribution_behind_another(client: Client, made: Made) -> None:
    host = client("cloudfront").get_distribution(Id=made["distribution"])["Distribution"]["DomainName"]
    how = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    origin = {"Id": "s3-bucket", "DomainName": host, "CustomOriginConfig": how}
    another_distribution(client, made, Origins={"Quantity": 1, "Items": [origin]})


def distribution_edited(client: Client, made: Made) -> None:
    edited(client, made["distribution"], Comment="theirs")


def start_page_edited(client: Client, made: Made) -> None:
    edited(client, made["distribution"], DefaultRootObject="home.html")


def switched_off(client: Client, made: Made) -> None:
    edited(client, made["distribution"], Enabled=False)


def distribution_deleted(client: Client, made: Made) -> None:
    switched_off(client, made)
    cloudfront = client("cloudfront")
    version = cloudfront.get_distribution(Id=made["distribution"])["ETag"]
    cloudfront.delete_distribution(Id=made["distribution"], IfMatch=version)


def another_name_points_there(client: Client, made: Made) -> None:
    host = client("cloudfront").get_distribution(Id=made["distribution"])["Distribution"]["DomainName"]
    record = {"Name": f"blog.{DOMAIN}.", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": host}]}
    change(client, "CREATE", record)


def private_zone_points_there(client: Client, made: Made) -> None:
    """Whoever is inside a network asks its own zone of the same name."""
    route53, host = client("route53"), client("cloudfront").get_distribution(Id=made["distribution"])
    (vpc, *_) = client("ec2").describe_vpcs()["Vpcs"]
    zone = route53.create_hosted_zone(
        Name=DOMAIN, CallerReference="theirs", VPC={"VPCRegion": "eu-central-1", "VPCId": vpc["VpcId"]}
    )["HostedZone"]["Id"]
    record = {
        "Name": f"{WWW}.", "Type": "CNAME", "TTL": 60,
        "ResourceRecords": [{"Value": host["Distribution"]["DomainName"]}],
    }  # fmt: skip
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def everybody_let_in(client: Client, made: Made) -> None:
    s3 = client("s3")
    found = json.loads(s3.get_bucket_policy(Bucket=FILES)["Policy"])
    theirs = {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject"}
    found["Statement"].append({**theirs, "Resource": f"arn:aws:s3:::{FILES}/theirs/*"})
    s3.put_bucket_policy(Bucket=FILES, Policy=json.dumps(found))


def another_certificate(client: Client, made: Made) -> None:
    client("acm", region_name="eu-central-1").request_certificate(DomainName=WWW, ValidationMethod="DNS")


def removed(*kinds: str) -> Callable[[Client, Made], None]:
    def remove(client: Client, made: Made) -> None:
        for kind in kinds:
            change(client, "DELETE", standing(client, WWW)[kind])

    return remove


def led_elsewhere(client: Client, made: Made) -> None:
    change(client, "UPSERT", {"Name": f"{WWW}.", **OLD})


def weighed(client: Client, made: Made) -> None:
    """Half of the visitors go elsewhere; the other half still to the distribution."""
    ours = standing(client, WWW)["A"]
    change(client, "DELETE", ours)
    change(client, "CREATE", {**ours, "SetIdentifier": "new", "Weight": 1})
    change(client, "CREATE", {"Name": f"{WWW}.", **OLD, "SetIdentifier": "old", "Weight": 1})


def zone_deleted(client: Client, made: Made) -> None:
    (zone,) = client("route53").list_hosted_zones()["HostedZones"]
    for record in client("route53").list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]:
        if record["Type"] not in ("NS", "SOA"):
            change(client, "DELETE", record)
    client("route53").delete_hosted_zone(Id=zone["Id"])


def bucket_deleted(bucket: str) -> Callable[[Client, Made], None]:
    def delete(client: Client, made: Made) -> None:
        for each in client("s3").list_objects_v2(Bucket=bucket).get("Contents", []):
            client("s3").delete_object(Bucket=bucket, Key=each["Key"])
        client("s3").delete_bucket(Bucket=bucket)

    return delete


def policy_deleted(client: Client, made: Made) -> None:
    client("s3").delete_bucket_policy(Bucket=FILES)


def statement_edited(client: Client, made: Made) -> None:
    s3 = client("s3")
    found = json.loads(s3.get_bucket_policy(Bucket=FILES)["Policy"])
    found["Statement"][-1]["Resource"] += "theirs/*"
    s3.put_bucket_policy(Bucket=FILES, Policy=json.dumps(found))


def statement_added(client: Client, made: Made) -> None:
    s3 = client("s3")
    found = json.loads(s3.get_bucket_policy(Bucket=FILES)["Policy"])
    theirs = {**found["Statement"][-1], "Sid": "Theirs", "Effect": "Deny", "Condition": {"Bool": {"a": "b"}}}
    found["Statement"].append(theirs)
    s3.put_bucket_policy(Bucket=FILES, Policy=json.dumps(found))


def hosting_edited(client: Client, made: Made) -> None:
    theirs = {"IndexDocument": {"Suffix": "theirs.html"}}
    client("s3").put_bucket_website(Bucket=FILES, WebsiteConfiguration=theirs)


def hosting_switched_off(client: Client, made: Made) -> None:
    client("s3").delete_bucket_website(Bucket=FILES)


def block_put_back(client: Client, made: Made) -> None:
    everything = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    client("s3").put_public_access_block(Bucket=FILES, PublicAccessBlockConfiguration=everything)


FETCHED = "^Distributions of CloudFront get their files there"
NEEDED, CHANGED = "needs it, and that stays", "^Somebody changed it since"
SITE_, CONTROL, CERTIFICATE = "The distribution (", "The Origin Access Control (", "The certificate (arn:"
STATEMENT, PROOF, RECORDS = "The statement in the policy of", f"The record that proved {WWW}", f"The records of {WWW}"
LIKE_THAT = {f"The record that proved {DOMAIN}": "^It was like that before this run"}
WITH_IT = {CERTIFICATE: NEEDED, PROOF: NEEDED, f"The record that proved {DOMAIN}": NEEDED, CONTROL: NEEDED}

DEEDS: Mapping[str, Deed] = {
    "distribution edited": Deed(distribution_edited, {SITE_: CHANGED, CONTROL: NEEDED, STATEMENT: NEEDED}, "bucket"),
    "distribution edited, which may go": Deed(
        distribution_edited, {}, "bucket", decided={"others": "delete"}, theirs=False
    ),
    "start page edited, with names": Deed(
        start_page_edited, {SITE_: CHANGED, STATEMENT: NEEDED, **WITH_IT}, "bucket-named"
    ),
    "distribution behind another": Deed(
        distribution_behind_another,
        {SITE_: rf"{FETCHED}: [A-Z0-9]+ \(theirs\)", CONTROL: NEEDED, STATEMENT: NEEDED},
        "bucket",
    ),
    "distribution switched off": Deed(switched_off, {}, "bucket", theirs=False),
    "distribution deleted": Deed(distribution_deleted, {SITE_: NOT_FOUND}, "bucket"),
    "access control and certificate used by another": Deed(
        another_distribution,
        {
            CONTROL: r"^Distributions of others use it: [A-Z0-9]+ \(theirs\)",
            CERTIFICATE: "^Others use it: arn:aws:cloudfront",
            PROOF: NEEDED,
            f"The record that proved {DOMAIN}": NEEDED,
        },
        "bucket-named",
    ),
    "another name points there": Deed(
        another_name_points_there,
        {SITE_: rf"^Records of others lead to it: blog.{DOMAIN}. \(CNAME\)", STATEMENT: NEEDED, **WITH_IT},
        "bucket-named",
    ),
    "a private zone points there": Deed(
        private_zone_points_there,
        {
            SITE_: rf"^Records of others by the name {WWW} lead to it, in these zones: /hostedzone/\w+ \({DOMAIN}",
            STATEMENT: NEEDED,
            **WITH_IT,
        },
        "bucket-named",
    ),
    "another certificate": Deed(
        another_certificate, {PROOF: "^Certificates of others are proved by it: www\\.", **LIKE_THAT}, "bucket-named"
    ),
    "A removed": Deed(removed("A"), {f"{RECORDS}: A": NOT_FOUND, **LIKE_THAT}, "bucket-named"),
    "AAAA removed": Deed(removed("AAAA"), {f"{RECORDS}: AAAA": NOT_FOUND, **LIKE_THAT}, "bucket-named"),
    "both removed": Deed(removed("A", "AAAA"), {RECORDS: NOT_FOUND, **LIKE_THAT}, "bucket-named"),
    "A led elsewhere": Deed(
        led_elsewhere, {f"{RECORDS}: A": "no longer points at the distribution", **LIKE_THAT}, "bucket-named"
    ),
    "A weighed": Deed(
        weighed,
        {f"{RECORDS}: A": "no longer points", SITE_: NEEDED, STATEMENT: NEEDED, **WITH_IT},
        "bucket-named",
    ),
    "zone deleted": Deed(
        zone_deleted,
        {RECORDS: NOT_FOUND, f"The records of {DOMAIN}": NOT_FOUND, "The record that": NOT_FOUND},
        "bucket-named",
        theirs=False,
    ),
    "bucket deleted": Deed(bucket_deleted(FILES), {STATEMENT: NOT_FOUND}, "bucket"),
    "bucket deleted, a website": Deed(
        bucket_deleted(FILES),
        {STATEMENT: NOT_FOUND, "The website hosting": NOT_FOUND, "The public access block": NOT_FOUND},
        "website-that-is-none",
    ),
    "policy deleted": Deed(policy_deleted, {STATEMENT: NOT_FOUND}, "bucket"),
    "statement edited": Deed(statement_edited, {STATEMENT: CHANGED, SITE_: NEEDED, CONTROL: NEEDED}, "bucket"),
    "statement added": Deed(
        statement_added, {"What somebody put beside it since: Theirs (The statement": "^It is not this run's"}, "bucket"
    ),
    "hosting edited": Deed(hosting_edited, {"The website hosting": "^Somebody changed"}, "website-that-is-none"),
    "hosting switched off": Deed(hosting_switched_off, {"The website hosting": NOT_FOUND}, "website-that-is-none"),
    "everybody let in": Deed(
        everybody_let_in,
        {
            "The public access block": "^Statements of others let everybody in, .*: Theirs",
            "The website hosting": NEEDED,
            "What somebody put beside it since: Theirs (": "^It is not this run's",
        },
        "website-that-is-none",
    ),
    "block put back": Deed(
        block_put_back, {"The public access block": "^It was as before already"}, "website-that-is-none"
    ),
}


def test_what_an_earlier_undo_switched_off_and_somebody_on_again_is_theirs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = session(cloud, journal, VARIANTS["bucket"], clock=clock)
    carried_out(made)
    send = vars(Aws)["_send"]

    def broken(aws: Aws, call: Call, how: object) -> Any:
        if call.name == "DeleteDistribution":
            raise CloudError("An internal error.", aws_code="InternalError")
        return send(aws, call, how)

    with monkeypatch.context() as during:
        during.setattr(Aws, "_send", broken)
        list(made.undo())
    client = account.session.client
    ((id, on),) = ((each["Id"], each["Enabled"]) for each in distributions(client))
    assert not on
    edited(client, id, Enabled=True)
    list(made.undo())
    assert [(each["Id"], each["Enabled"]) for each in distributions(client)] == [(id, True)]
    left = {left.what: left.why for left in made.receipt().left}
    assert "somebody took that back since" in left[f"The distribution ({id})"]


def distributions(client: Client) -> list[Any]:
    return list(client("cloudfront").list_distributions()["DistributionList"].get("Items", ()))


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.some("distribution behind another")
def test_what_others_did_stays_theirs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, name: str
) -> None:
    """Undo ends, harms nothing of theirs, and tells what is left and why."""
    deed = DEEDS[name]
    made = session(cloud, journal, VARIANTS[deed.answers], clock=clock)
    undone_after(deed, made, account.session.client, lambda: picture(account.session))


@pytest.mark.parametrize("removed_kind", ["A", "AAAA"])
@pytest.mark.parametrize("kind", ["CNAME", "A"])
@pytest.mark.wild
def test_former_records_come_back_one_by_one(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, kind: str, removed_kind: str
) -> None:
    """One of ours was taken away: what it had replaced stays away, what the other had replaced comes back."""
    client: Client = account.session.client
    former = {"Name": f"{WWW}.", "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": "198.51.100.10"}]}
    if kind == "CNAME":
        former["ResourceRecords"] = [{"Value": "old.example.net"}]
    change(client, "CREATE", former)
    made = session(cloud, journal, {**BUCKET, **NAMED, "point_domain": "yes"}, clock=clock)
    carried_out(made)
    assert set(standing(client, WWW)) == {"A", "AAAA"}
    removed(removed_kind)(client, {})
    taken_back(made)
    back = kind == "CNAME" or removed_kind != kind
    assert standing(client, WWW) == ({kind: former} if back else {})
    assert [left.why[:10] for left in made.receipt().left if left.what == f"{RECORDS}: {removed_kind}"] == [
        "not found:"
    ]


@pytest.mark.wild
def test_a_cname_does_not_come_back_beside_what_somebody_put_there(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """It would stand beside no other record; theirs stays, and undo ends."""
    client: Client = account.session.client
    old = {"Name": f"{WWW}.", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "old.example.net"}]}
    change(client, "CREATE", old)
    made = session(cloud, journal, {**BUCKET, **NAMED, "point_domain": "yes"}, clock=clock)
    carried_out(made)
    led_elsewhere(client, {})
    taken_back(made)
    assert {kind: each.get("ResourceRecords") for kind, each in standing(client, WWW).items()} == {
        "A": OLD["ResourceRecords"]
    }


@pytest.mark.wild
def test_hosting_that_was_switched_on_meanwhile_is_not_ours(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Between review and applying somebody made a website of it: it is neither overwritten nor switched off."""
    made = session(cloud, journal, VARIANTS["website-that-is-none"], clock=clock)
    made.review()
    hosting_edited(account.session.client, {})
    before = picture(account.session)
    carried_out(made)
    taken_back(made)
    assert picture(account.session) == before
    assert "It existed before this run." in {left.why for left in made.receipt().left}


@pytest.mark.wild
def test_hosting_stays_on_for_distributions_of_others(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Theirs gets its files from the website that the run switched on; the run's own distribution does not count."""
    made = session(cloud, journal, VARIANTS["website-that-is-none"], clock=clock)
    carried_out(made)
    assert made.run
    cloudfront = account.session.client("cloudfront")
    ours = cloudfront.get_distribution_config(Id=made.run.resolve(Ref("distribution", "Distribution.Id")))
    theirs = {**ours["DistributionConfig"], "CallerReference": "theirs", "Aliases": {"Quantity": 0, "Items": []}}
    new = cloudfront.create_distribution(DistributionConfig=theirs)["Distribution"]["Id"]
    list(made.undo())
    left = [left.why for left in made.receipt().left if left.what.startswith("The website hosting")]
    assert len(left) == 1 and f"Distributions of CloudFront get their files there: {new} (" in left[0]
    assert account.session.client("s3").get_bucket_website(Bucket=FILES)["IndexDocument"]


@pytest.mark.wild
def test_a_website_stays_open_for_the_name_that_leads_to_it(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """S3 answers by a name that is the bucket's; somebody else's record needs what the run opened."""
    s3, route53 = account.session.client("s3"), account.session.client("route53")
    s3.create_bucket(Bucket=WWW, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket=WWW, Key="index.html", ContentType="text/html")
    origin = f"{WWW}.s3-website.eu-central-1.amazonaws.com"
    made = session(cloud, journal, {**BUCKET, "bucket": WWW, "origin": origin, "lock_origin": "no"}, clock=clock)
    carried_out(made)
    endpoint = {"HostedZoneId": "Z21DNDUVLTQW6Q", "DNSName": "s3-website.eu-central-1.amazonaws.com."}
    record = {"Name": f"{WWW}.", "Type": "A", "AliasTarget": {**endpoint, "EvaluateTargetHealth": False}}
    (zone,) = (each["Id"] for each in route53.list_hosted_zones()["HostedZones"] if each["Name"] == f"{DOMAIN}.")
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    list(made.undo())
    left = {each.what: each.why for each in made.receipt().left}
    opened = ("The statement in", "The public access block of", "The website hosting of")
    assert all(any(what.startswith(start) for what in left) for start in opened), left
    assert f"Records by the name {WWW} lead to its website, in these zones: {zone}" in " ".join(left.values())
    assert made.receipt().complete
