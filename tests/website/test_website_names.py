"""What stands in the account's own zones is read before a certificate is requested, and afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from website.cases import ACCEPTED, BUCKET, NAMED

import flows
from flows.engine import Place, Session
from flows.engine.boto import Aws
from flows.engine.states import Review
from flows.practice import PracticeAccount

DOMAIN = "fjord-coffee.example"
WWW = f"www.{DOMAIN}"
ANSWERS = {**BUCKET, **NAMED, "domain": [WWW]}


class Zones:
    def __init__(self, account: PracticeAccount) -> None:
        self.route53: Any = account.session.client("route53")
        self.first = self.route53.list_hosted_zones()["HostedZones"][0]["Id"]

    def write(self, zone: str, name: str, kind: str, *values: str) -> None:
        record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": each} for each in values]}
        change = {"Action": "UPSERT", "ResourceRecordSet": record}
        self.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})

    def make(self, name: str) -> tuple[str, list[str]]:
        made = self.route53.create_hosted_zone(Name=name, CallerReference=name)
        return made["HostedZone"]["Id"], made["DelegationSet"]["NameServers"]


def reviewed(cloud: Aws, *accepted: str, **changed: Any) -> Review:
    made = Session(flows.find("website"), cloud, None, place=Place(practice=True))
    made.accepted |= {*ACCEPTED, *accepted}
    made.fill({**ANSWERS, **changed})
    return made.review()


def said(cloud: Aws, **changed: Any) -> dict[str, str]:
    review = reviewed(cloud, "zone-twice", "name-taken", **changed)
    found = {each.id.partition(":")[0]: each.grade.value for each in review.findings}
    return {**found, **{each.id: "caution" for each in review.cautions}}


@pytest.mark.parametrize(
    ("owner", "values", "name", "grade"),
    [
        (WWW, ['0 issue "letsencrypt.org"'], WWW, "refused"),
        (DOMAIN, ['0 issue "letsencrypt.org"'], WWW, "refused"),
        (DOMAIN, ['0 issue ";"'], WWW, "refused"),
        (DOMAIN, ['0 issue "amazon.com"', '0 issuewild ";"'], f"*.{DOMAIN}", "refused"),
        (DOMAIN, ['0 issue "letsencrypt.org"', '0 issue "amazontrust.com; account=1"'], WWW, "predicted"),
        (DOMAIN, ['0 iodef "mailto:kim@fjord-coffee.example"'], WWW, "predicted"),
        (f"shop.{DOMAIN}", ['0 issue "letsencrypt.org"'], WWW, ""),
    ],
)
@pytest.mark.some(2)
def test_a_caa_record_that_does_not_let_amazon_issue(
    account: PracticeAccount, cloud: Aws, owner: str, values: list[str], name: str, grade: str
) -> None:
    zones = Zones(account)
    zones.write(zones.first, owner, "CAA", *values)
    assert said(cloud, domain=[name]).get("caa", "") == grade


def test_the_nearest_caa_record_decides(account: PracticeAccount, cloud: Aws) -> None:
    zones = Zones(account)
    zones.write(zones.first, DOMAIN, "CAA", '0 issue "letsencrypt.org"')
    zones.write(zones.first, WWW, "CAA", '0 issue "amazon.com"')
    assert said(cloud)["caa"] == "predicted"


def test_of_two_zones_of_one_name_the_internet_asks_one(account: PracticeAccount, cloud: Aws) -> None:
    zones = Zones(account)
    second, servers = zones.make(DOMAIN)
    review = reviewed(cloud, "zone-twice", zone=second.rpartition("/")[2])
    (caution,) = [each for each in review.cautions if each.id == "zone-twice"]
    assert servers[0].rstrip(".") in caution.message and "registrar" in caution.message


@pytest.mark.parametrize(("written", "grade"), [("none", "refused"), ("others", "refused"), ("its own", "proved")])
@pytest.mark.some(1)
def test_a_zone_below_another_must_be_delegated(account: PracticeAccount, cloud: Aws, written: str, grade: str) -> None:
    zones = Zones(account)
    below = f"shop.{DOMAIN}"
    id, servers = zones.make(below)
    if written != "none":
        values = servers if written == "its own" else ["ns-1.example.com."]
        zones.write(zones.first, below, "NS", *values)
    assert said(cloud, domain=[f"www.{below}"], zone=id.rpartition("/")[2])["delegation"] == grade


def test_of_two_zones_above_of_one_name_both_must_lead_here(account: PracticeAccount, cloud: Aws) -> None:
    zones, below = Zones(account), f"shop.{DOMAIN}"
    zones.make(DOMAIN)
    id, servers = zones.make(below)
    zones.write(zones.first, below, "NS", *servers)
    assert said(cloud, domain=[f"www.{below}"], zone=id.rpartition("/")[2])["delegation"] == "not checked"


@pytest.mark.parametrize("owner", [WWW, f"*.{DOMAIN}"])
def test_a_name_that_leads_to_a_distribution_of_others_is_told(
    account: PracticeAccount, cloud: Aws, owner: str
) -> None:
    zones = Zones(account)
    zones.write(zones.first, owner, "CNAME", "d2222222222222.cloudfront.net")
    (caution,) = [each for each in reviewed(cloud, "name-taken").cautions if each.id == "name-taken"]
    assert caution.confirm and f"_{WWW}" in caution.message and "associate-alias" in caution.message


@pytest.mark.parametrize("owner", [WWW, f"*.{DOMAIN}"])
def test_a_name_that_leads_somewhere_today_is_not_moved_without_a_word(
    account: PracticeAccount, cloud: Aws, owner: str
) -> None:
    """By its own record, or by the wildcard that stands for it."""
    zones = Zones(account)
    zones.write(zones.first, owner, "A", "198.51.100.7")
    review = reviewed(cloud)
    assert f"{WWW} currently points to 198.51.100.7." in next(
        each.message for each in review.cautions if each.id == "name-in-use"
    )
    assert not [each for each in review.plan.actions if each.id.startswith("alias-")]
