"""Sites with a name: their records and their certificates."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from website.standing import Site, several

TEA, LEAF = "tea.fjord-coffee.example", "leaf.fjord-coffee.example"


def named(*records: Mapping[str, Any], **config: Any) -> Callable[[Site], None]:
    """The site has a name, with these records in its zone, where HOST is the distribution's own."""

    def made(site: Site) -> None:
        (zone,) = site.route53.list_hosted_zones()["HostedZones"]
        host = site.cloudfront.get_distribution(Id=site.id)["Distribution"]["DomainName"]
        for each in records:
            text = json.dumps(each).replace("HOST", host).replace("ZONE", zone["Id"].rpartition("/")[2])
            change = {"Action": "CREATE", "ResourceRecordSet": json.loads(text)}
            site.route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": [change]})
        listed = site.acm.list_certificates()["CertificateSummaryList"]
        (arn,) = [each["CertificateArn"] for each in listed if each["DomainName"] == "*.fjord-coffee.example"]
        certificate = {
            "ACMCertificateArn": arn,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }
        site.configured(Aliases=several(TEA), ViewerCertificate=certificate, **config)

    return made


def alias(name: str, kind: str, to: str = "HOST", zone: str = "Z2FDTNDATAQYW2", **more: Any) -> dict[str, Any]:
    target = {"HostedZoneId": zone, "DNSName": to, "EvaluateTargetHealth": False}
    return {"Name": name, "Type": kind, "AliasTarget": target, **more}


BOTH = (alias(TEA, "A"), alias(TEA, "AAAA"))
BY_ANOTHER_NAME = (
    {"Name": TEA, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": LEAF}]},
    alias(LEAF, "A"), alias(LEAF, "AAAA"),
)  # fmt: skip
BY_AN_ALIAS = (*(alias(TEA, kind, LEAF, "ZONE") for kind in ("A", "AAAA")), alias(LEAF, "A"), alias(LEAF, "AAAA"))
ASTRAY = (
    {"Name": TEA, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": LEAF}]},
    {"Name": LEAF, "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "198.51.100.7"}]},
)  # fmt: skip
SHARED = (
    alias(TEA, "A", SetIdentifier="new", Weight=10), alias(TEA, "AAAA"),
    {"Name": TEA, "Type": "A", "TTL": 60, "SetIdentifier": "old", "Weight": 90,
     "ResourceRecords": [{"Value": "198.51.100.7"}]},
)  # fmt: skip
BY_WILDCARD = (alias("*.fjord-coffee.example", "A"), alias("*.fjord-coffee.example", "AAAA"))
A_TXT = {"Name": TEA, "Type": "TXT", "TTL": 300, "ResourceRecords": [{"Value": '"hello"'}]}
HANDED = {"Name": TEA, "Type": "NS", "TTL": 300, "ResourceRecords": [{"Value": "ns1.example.net"}]}


def ending(kind: str, proved_by: str = "DNS") -> tuple[str, Mapping[str, Any]]:
    """A certificate that ends in ten days."""
    soon = datetime.now(UTC) + timedelta(days=10)
    proof = [{"DomainName": TEA, "ValidationMethod": proved_by}] if kind != "IMPORTED" else []
    told = {"Status": "ISSUED", "DomainName": TEA, "NotAfter": soon, "Type": kind, "DomainValidationOptions": proof}
    return "DescribeCertificate", {"Certificate": told}
