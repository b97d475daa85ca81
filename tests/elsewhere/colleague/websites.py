"""Websites: distributions, certificates, records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from elsewhere.colleague.deed import NotHere, client, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


def _edited_distribution(account: PracticeAccount, id_: str, **change: Any) -> None:
    cloudfront = client(account, "cloudfront")
    found = cloudfront.get_distribution_config(Id=id_)
    cloudfront.update_distribution(
        Id=id_, IfMatch=found["ETag"], DistributionConfig={**found["DistributionConfig"], **change}
    )


@to("cloudfront.CreateDistribution", "cloudfront.CreateDistributionWithTags")
def distribution_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _edited_distribution(account, it.id, Comment="theirs", HttpVersion="http2and3")


@to("cloudfront.CreateDistribution", "cloudfront.CreateDistributionWithTags", mere=True)
def distribution_switched_off(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _edited_distribution(account, it.id, Enabled=False)


def _their_distribution(account: PracticeAccount, all_: Collection[Made]) -> None:
    cloudfront = client(account, "cloudfront")
    ours = next(each for each in all_ if each.operation.startswith("cloudfront.CreateDistribution"))
    found = cloudfront.get_distribution_config(Id=ours.id)["DistributionConfig"]
    aliases = {"Aliases": {"Quantity": 0, "Items": []}}
    cloudfront.create_distribution(
        DistributionConfig={**found, **aliases, "CallerReference": "theirs", "Comment": "theirs"}
    )


@to("cloudfront.CreateOriginAccessControl")
def access_control_used_by_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _their_distribution(account, all_)


@to("acm.RequestCertificate")
def certificate_used_by_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _their_distribution(account, all_)


def _records(account: PracticeAccount, zone: str, *changes: Mapping[str, Any]) -> None:
    client(account, "route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": list(changes)})


@to("route53.ChangeResourceRecordSets")
def first_record_removed(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    zone, first = it.params["HostedZoneId"], it.params["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]
    _records(account, zone, {"Action": "DELETE", "ResourceRecordSet": first})


@to("route53.ChangeResourceRecordSets")
def last_record_removed(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    if len(it.params["ChangeBatch"]["Changes"]) < 2:
        raise NotHere
    zone, last = it.params["HostedZoneId"], it.params["ChangeBatch"]["Changes"][-1]["ResourceRecordSet"]
    _records(account, zone, {"Action": "DELETE", "ResourceRecordSet": last})


@to("route53.ChangeResourceRecordSets", turns=True)
def first_record_pointed_elsewhere(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    zone, first = it.params["HostedZoneId"], it.params["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]
    value = {"A": "198.51.100.77", "AAAA": "2001:db8::77", "CNAME": "theirs.example.com."}[first["Type"]]
    kept = {"Name": first["Name"], "Type": first["Type"], "TTL": 60, "ResourceRecords": [{"Value": value}]}
    _records(account, zone, {"Action": "UPSERT", "ResourceRecordSet": kept})


@to("route53.ChangeResourceRecordSets")
def record_beside_ours(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    first = it.params["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]
    if first["Type"] == "CNAME":
        raise NotHere  # nothing may stand beside one
    theirs = {"Name": first["Name"], "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"theirs"'}]}
    _records(account, it.params["HostedZoneId"], {"Action": "UPSERT", "ResourceRecordSet": theirs})


@to("route53.ChangeResourceRecordSets", takes=True)
def zone_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    route53, zone = client(account, "route53"), it.params["HostedZoneId"]
    for record in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if record["Type"] not in ("NS", "SOA"):
            _records(account, zone, {"Action": "DELETE", "ResourceRecordSet": record})
    route53.delete_hosted_zone(Id=zone)
