"""What the set-up finds around a load balancer, and what it then says."""

from __future__ import annotations

from typing import Any

import pytest
from alb.cases import GONE, HTTPS, Front, session, to
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out

import flows
from flows.aws.load_balancers import POLICIES
from flows.engine import Asking, Call, Grade, Journal, Listed, Refused, Session
from flows.engine.boto import Aws
from flows.engine.refusals import explain
from flows.practice import PracticeAccount


@pytest.mark.wild
def test_managed_by_somebody_else(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    for key, value, who in (
        ("elbv2.k8s.aws/cluster", "prod", "the Kubernetes cluster prod"),
        ("aws:cloudformation:stack-name", "web", "the CloudFormation stack web"),
    ):
        shop.elbv2.add_tags(ResourceArns=[shop.arn], Tags=[{"Key": key, "Value": value}])
        found = {c.id: c.message for c in session(cloud, None, HTTPS).review().cautions}
        assert found["managed"] == (
            f"shop is managed by {who}. It may undo your change at its next update; better change it there."
        )
        shop.elbv2.remove_tags(ResourceArns=[shop.arn], TagKeys=[key])


def test_no_healthy_server(account: PracticeAccount, cloud: Aws) -> None:
    """To be sent to an error page needs a conscious yes."""
    shop = Front(account)
    health = shop.elbv2.describe_target_health(TargetGroupArn=shop.targets)["TargetHealthDescriptions"]
    shop.elbv2.deregister_targets(TargetGroupArn=shop.targets, Targets=[each["Target"] for each in health])
    (found,) = [c for c in session(cloud, None, HTTPS).review().cautions if c.id == "no-healthy-server"]
    assert found.confirm
    assert found.message == "There is no server in shop: visitors get 503. Visitors would be redirected there."


def test_no_certificate(account: PracticeAccount, cloud: Aws) -> None:
    """There is a way out, and it says which region counts."""
    front = Front(account)
    office = Front(account, "office")
    office.elbv2.delete_listener(ListenerArn=office.listeners[443]["ListenerArn"])
    for each in front.acm.list_certificates()["CertificateSummaryList"]:
        front.acm.delete_certificate(CertificateArn=each["CertificateArn"])
    with pytest.raises(Refused) as refused:
        session(cloud, None, HTTPS)
    assert "There is no issued certificate in this region." in str(refused.value)
    assert "certificates from us-east-1 are only for CloudFront" in str(refused.value)


@pytest.mark.wild
def test_priority_one_is_taken(account: PracticeAccount, cloud: Aws) -> None:
    Front(account).rule(1, paths=["/x"])
    with pytest.raises(Refused, match="Priority 1 is already used by the rule /x → forward to shop, so nothing can"):
        session(cloud, None, {**HTTPS, "existing_rules": "before"})


@pytest.mark.wild
def test_too_many_rules(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    for number in range(1, 101):
        shop.rule(number, paths=[f"/{number}"])
    refusals = session(cloud, None, GONE).review().refusals
    assert [each.sentence for each in refusals] == [
        "The load balancer has 100 rules; 1 more would be over the limit of 100."
    ]


@pytest.mark.wild
def test_cloudfront_that_speaks_only_http(account: PracticeAccount, cloud: Aws) -> None:
    """It would be sent round in circles; one that matches its viewer is not."""
    shop = Front(account)
    cloudfront: Any = account.session.client("cloudfront", region_name="us-east-1")
    for policy, refused in (("match-viewer", False), ("http-only", True)):
        origin = {
            "Id": "alb",
            "DomainName": shop.found["DNSName"],
            "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": policy},
        }
        cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": policy,
                "Comment": "",
                "Enabled": True,
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": {
                    "TargetOriginId": "alb",
                    "ViewerProtocolPolicy": "allow-all",
                    "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                },
            }
        )
        (found,) = [each for each in session(cloud, None, HTTPS).review().findings if each.id.startswith("in-front")]
        assert (found.grade is Grade.REFUSED) is refused
    assert "redirecting http to https here makes an endless loop" in found.sentence


def test_an_empty_region_says_so(account: PracticeAccount, cloud: Aws) -> None:
    for name in ("shop", "office"):
        front = Front(account, name)
        front.elbv2.delete_load_balancer(LoadBalancerArn=front.arn)
    state = Session(flows.find("alb"), cloud).state()
    assert isinstance(state, Asking) and state.offer is not None
    assert state.offer.listed is Listed.EMPTY
    assert "There is no Application Load Balancer in this region." in state.offer.way_out


@pytest.mark.wild
def test_https_on_443_is_not_redirected_to_itself(account: PracticeAccount, cloud: Aws) -> None:
    """An https listener whose default sends everything to https is a circle, and told so."""
    shop = Front(account)
    shop.listen(443, to(Host="www.fjord-coffee.example"), https=True)
    answers = {**HTTPS, "names": "www.fjord-coffee.example"}
    assert any(each.id == "loop" for each in session(cloud, None, answers).review().refusals)


@pytest.mark.wild
def test_where_policies_and_certificates_cannot_be_asked_for(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Not every place that speaks AWS's language knows every call. Then today's policy is taken, and the rest read."""

    def strange(_: int, call: Call) -> None:
        if call.name in ("DescribeSSLPolicies", "DescribeListenerCertificates"):
            raise explain(call, {"Error": {"Code": "InvalidAction", "Message": f"Unknown action: {call.name}"}})

    elsewhere = Between(cloud, before=strange)
    carried_out(session(elsewhere, journal, HTTPS, clock=clock))
    secure = Front(account).listeners[443]
    assert secure["SslPolicy"] == POLICIES[0]
    found = {
        each.id.partition(":")[0]: each.grade
        for each in flows.find("alb").diagnose(elsewhere, {"load_balancer": "shop"})
    }
    assert found["certificate"] is Grade.PROVED
    assert found["tls"] is Grade.PROVED
