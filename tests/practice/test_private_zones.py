"""Private hosted zones of two accounts: who may associate what, as AWS has it."""

from __future__ import annotations

from typing import Any

import pytest
from practice.office import refused
from practice.test_peerings import named

from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


@pytest.fixture
def ec2(account: PracticeAccount) -> Any:
    return account.session.client("ec2")


def place(vpc: str) -> dict[str, str]:
    return {"VPCRegion": "eu-central-1", "VPCId": vpc}


def zone(route53: Any, name: str, vpc: str) -> str:
    made = route53.create_hosted_zone(
        Name=name, CallerReference=f"{name} {vpc}", HostedZoneConfig={"PrivateZone": True}, VPC=place(vpc)
    )
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def test_in_one_account(account: PracticeAccount, ec2: Any) -> None:
    route53, vpcs = account.session.client("route53"), named(ec2)
    shop, staging = place(vpcs["shop"]), place(vpcs["staging"])
    id = zone(route53, "shop.internal", vpcs["shop"])
    with refused("VPCAssociationNotFound"):
        route53.disassociate_vpc_from_hosted_zone(HostedZoneId=id, VPC=staging)
    with refused("InvalidVPCId"):
        route53.associate_vpc_with_hosted_zone(HostedZoneId=id, VPC=place("vpc-0123456789abcdef0"))
    route53.associate_vpc_with_hosted_zone(HostedZoneId=id, VPC=staging)
    with refused("ConflictingDomainExists"):
        route53.associate_vpc_with_hosted_zone(HostedZoneId=id, VPC=staging)
    (told,) = route53.list_hosted_zones_by_vpc(**staging)["HostedZoneSummaries"]
    assert (told["HostedZoneId"], told["Name"]) == (id, "shop.internal.")
    route53.disassociate_vpc_from_hosted_zone(HostedZoneId=id, VPC=staging)
    with refused("LastVPCAssociation"):
        route53.disassociate_vpc_from_hosted_zone(HostedZoneId=id, VPC=shop)
    public = route53.list_hosted_zones()["HostedZones"][0]["Id"]
    with refused("PublicZoneVPCAssociation"):
        route53.associate_vpc_with_hosted_zone(HostedZoneId=public, VPC=shop)


def test_another_accounts_is_authorized_first(account: PracticeAccount, ec2: Any) -> None:
    partner: Any = account.session_of("partner")
    theirs, ours = partner.client("route53"), account.session.client("route53")
    warehouse = place(named(partner.client("ec2"))["warehouse"])
    shop = place(named(ec2)["shop"])
    (told,) = theirs.list_hosted_zones_by_vpc(**warehouse)["HostedZoneSummaries"]
    assert (told["Name"], told["Owner"]["OwningAccount"]) == ("warehouse.internal.", SECOND_ACCOUNT_ID)
    which = {"HostedZoneId": told["HostedZoneId"], "VPC": shop}
    with refused("NotAuthorizedException"):
        ours.associate_vpc_with_hosted_zone(**which)
    with refused("NoSuchHostedZone"):
        ours.create_vpc_association_authorization(**which)
    with refused("VPCAssociationAuthorizationNotFound"):
        theirs.delete_vpc_association_authorization(**which)
    theirs.create_vpc_association_authorization(**which)
    allowed = theirs.list_vpc_association_authorizations(HostedZoneId=told["HostedZoneId"])["VPCs"]
    assert [each["VPCId"] for each in allowed] == [shop["VPCId"]]
    ours.associate_vpc_with_hosted_zone(**which)
    theirs.delete_vpc_association_authorization(**which)
    assert len(ours.list_hosted_zones_by_vpc(**shop)["HostedZoneSummaries"]) == 1
    with refused("InvalidVPCId"):
        theirs.list_hosted_zones_by_vpc(**shop)
    ours.disassociate_vpc_from_hosted_zone(**which)
    assert ours.list_hosted_zones_by_vpc(**shop)["HostedZoneSummaries"] == []
