"""What stands in front of a load balancer, and by which way and port it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alb.cases import HTTPS, Front, session
from alb.standing import check, secure
from support.clouds import Between

from flows.engine import Call
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


def distribution(account: PracticeAccount, host: str, how: str = "http-only", port: int = 80) -> None:
    cloudfront: Any = account.session.client("cloudfront", region_name="us-east-1")
    origin = {"Id": "a", "DomainName": host, "CustomOriginConfig": {"HTTPPort": port, "HTTPSPort": 443,
                                                                    "OriginProtocolPolicy": how}}  # fmt: skip
    behaviour = {"TargetOriginId": "a", "ViewerProtocolPolicy": "allow-all",
                 "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}  # fmt: skip
    config = {"CallerReference": host, "Comment": "", "Enabled": True, "DefaultCacheBehavior": behaviour,
              "Origins": {"Quantity": 1, "Items": [origin]}}  # fmt: skip
    cloudfront.create_distribution(DistributionConfig=config)


def by_its_own_name(account: PracticeAccount, shop: Front) -> None:
    distribution(account, shop.found["DNSName"])


def by_an_alias(account: PracticeAccount, shop: Front) -> None:
    """The usual way: a name of one's own for the origin."""
    route53: Any = account.session.client("route53")
    zone = next(each for each in route53.list_hosted_zones()["HostedZones"] if not each["Config"]["PrivateZone"])
    name = f"origin.{zone['Name']}"
    target = {"HostedZoneId": "Z215JYRZR1TBD5", "DNSName": f"dualstack.{shop.found['DNSName']}.",
              "EvaluateTargetHealth": False}  # fmt: skip
    record = {"Name": name, "Type": "A", "AliasTarget": target}
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": [change]})
    distribution(account, name.rstrip("."))


def by_https(account: PracticeAccount, shop: Front) -> None:
    distribution(account, shop.found["DNSName"], "https-only")


def somebody_else(account: PracticeAccount, shop: Front) -> None:
    distribution(account, "origin.somewhere.example")


@pytest.mark.parametrize(
    ("front", "status", "refused"),
    [
        (by_its_own_name, "broken", True), (by_an_alias, "broken", True), (by_https, "works", False),
        (somebody_else, "works", False),
    ],
)  # fmt: skip
def test_who_asks_by_http_is_known_by_where_its_name_leads(
    account: PracticeAccount, cloud: Aws, front: Callable[[PracticeAccount, Front], None], status: str, refused: bool
) -> None:
    """Beforehand and afterwards it is the same rule that says so."""
    shop = Front(account)
    front(account, shop)
    before = [each.id.partition(":")[0] for each in session(cloud, None, HTTPS).review().refusals]
    assert before == (["in-front"] if refused else [])
    secure(shop)
    assert check(cloud).status.value == status


def by_a_secret_header(account: PracticeAccount, shop: Front) -> None:
    """Only CloudFront knows it; who comes past it is sent to https, and so to CloudFront."""
    header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Origin", "Values": ["secret"]}}
    shop.rule(1, more=[header])
    distribution(account, shop.found["DNSName"])


def with_an_api(account: PracticeAccount, shop: Front) -> None:
    shop.rule(1, paths=["/api/*"])
    distribution(account, shop.found["DNSName"])


def by_another_port(account: PracticeAccount, shop: Front) -> None:
    shop.listen(8080)
    permission: Any = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    shop.ec2.authorize_security_group_ingress(GroupId=shop.found["SecurityGroups"][0], IpPermissions=[permission])
    distribution(account, shop.found["DNSName"], port=8080)


@pytest.mark.parametrize(
    ("front", "status"),
    [(by_a_secret_header, "unknown"), (with_an_api, "broken"), (by_another_port, "works")],
)
def test_a_redirect_that_cloudfront_does_not_meet_is_no_circle(
    account: PracticeAccount, cloud: Aws, front: Callable[[PracticeAccount, Front], None], status: str
) -> None:
    shop = Front(account)
    secure(shop)
    front(account, shop)
    found = check(cloud)
    assert found.status.value == status, found
    assert found.cause.startswith("in-front" if status != "works" else "")


@pytest.mark.parametrize(
    ("how", "itself", "status"),
    [("http-only", True, "broken"), ("https-only", True, "works"), ("http-only", False, "works")],
)
@pytest.mark.some(1)
def test_cloudfront_reaches_an_internal_one_by_a_vpc_origin(
    account: PracticeAccount, cloud: Aws, how: str, itself: bool, status: str
) -> None:
    shop = Front(account)
    secure(shop)

    class ByVpcOrigin(Between):
        def pages(self, call: Call) -> Any:
            if call.name != "ListDistributions":
                return super().pages(call)
            origin = {"Id": "a", "DomainName": "internal", "VpcOriginConfig": {"VpcOriginId": "vo_1"}}
            return iter([{"DistributionList": {"Items": [{"Id": "E1", "Origins": {"Items": [origin]}}]}}])

        def make(self, call: Call) -> dict[str, Any]:
            if call.name != "GetVpcOrigin":
                return super().make(call)
            arn = shop.arn if itself else f"{shop.arn}0"
            return {"VpcOrigin": {"VpcOriginEndpointConfig": {"Arn": arn, "OriginProtocolPolicy": how}}}

    assert check(ByVpcOrigin(cloud)).status.value == status
