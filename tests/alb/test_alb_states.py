"""Load balancers as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alb.cases import HTTPS, Front, session
from alb.standing import State, WithHealth, check, https, secure
from alb.states import STATES, known_as
from support.clouds import Between

from flows.alb import ports, rules
from flows.engine import Call, Caution, CloudError
from flows.engine.boto import Aws
from flows.engine.verdict import Verdict
from flows.practice import PracticeAccount

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:hello"


def with_a_function(shop: Front) -> None:
    """Everything by https is answered by a function."""
    made = shop.elbv2.create_target_group(Name="hello", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    shop.elbv2.register_targets(TargetGroupArn=made, Targets=[{"Id": FUNCTION}])
    https(shop, actions=[{"Type": "forward", "TargetGroupArn": made}])


class WithFunction(Between):
    """Where there is that function, or not, and what its policy says."""

    def __init__(self, cloud: Any, policy: Mapping[str, Any] | None, *, there: bool = True, most: int = -1) -> None:
        super().__init__(cloud)
        self.policy, self.there, self.most = policy, there, most

    def make(self, call: Call) -> dict[str, Any]:
        gone = CloudError("Function not found.", aws_code="ResourceNotFoundException")
        match call.name:
            case "GetFunctionConfiguration" if self.there:
                return {"State": "Active"}
            case "GetFunctionConcurrency":
                return {} if self.most < 0 else {"ReservedConcurrentExecutions": self.most}
            case "GetPolicy" if self.policy is not None:
                return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [self.policy]})}
            case "GetFunctionConfiguration" | "GetPolicy":
                raise gone
        return super().make(call)


CALLED = {"Effect": "Allow", "Principal": {"Service": "elasticloadbalancing.amazonaws.com"},
          "Action": "lambda:InvokeFunction", "Resource": FUNCTION}  # fmt: skip


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.some(every=4)
def test_how_it_stands(account: PracticeAccount, cloud: Aws, state: State) -> None:
    shop = Front(account)
    state.made(shop)

    found = check(WithHealth(cloud, state.targets) if state.targets else cloud)
    assert (found.status.value, found.cause.partition(":")[0]) == (state.status, state.cause), found
    assert state.remedy in (found.because.remedy if found.because else "")
    assert len({each.id for each in found.findings}) == len(found.findings)


@pytest.mark.parametrize(
    ("function", "status", "says"),
    [
        ({"policy": CALLED}, "works", ""),
        ({"policy": None, "there": False}, "broken", "The function hello of hello does not exist"),
        ({"policy": None}, "broken", "The load balancer may not call the function hello"),
        ({"policy": {**CALLED, "Principal": {"Service": "s3.amazonaws.com"}}}, "broken", "may not call"),
        ({"policy": CALLED, "most": 0}, "broken", "its reserved concurrency is 0"),
    ],
)
@pytest.mark.some(2)
def test_a_function_behind_it_must_be_there_and_let_it_in(
    account: PracticeAccount, cloud: Aws, function: Mapping[str, Any], status: str, says: str
) -> None:
    """Whatever its health is called, which mostly nobody asks."""
    with_a_function(Front(account))
    found = check(WithFunction(cloud, **function))
    assert (found.status.value, found.cause) == (status, "healthy:hello" if says else "")
    assert says in (found.because.sentence if found.because else "")


@pytest.mark.parametrize(("mode", "status"), [("verify", "works_but"), ("passthrough", "works"), ("off", "works")])
def test_a_listener_may_ask_visitors_for_a_certificate(
    account: PracticeAccount, cloud: Aws, mode: str, status: str
) -> None:
    secure(Front(account))

    class Asking(Between):
        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            for page in super().pages(call):
                each = [{**one, "MutualAuthentication": {"Mode": mode}} for one in page.get("Listeners") or []]
                yield {**page, "Listeners": each} if each else page

    found = check(Asking(cloud))
    assert (found.status.value, found.cause.partition(":")[0]) == (status, "client-certificate" * (mode == "verify"))


@pytest.mark.parametrize(("how", "status"), [("http-only", "works"), ("https-only", "works_but")])
def test_what_cloudfront_asks_by_http_alone_needs_no_certificate(
    account: PracticeAccount, cloud: Aws, how: str, status: str
) -> None:
    shop, name = Front(account), "deep.shop.fjord-coffee.example"
    https(shop)
    known_as(shop, name)
    origin = {"Id": "shop", "DomainName": name,
              "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": how}}  # fmt: skip

    class InFront(Between):
        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            listed = {"DistributionList": {"Items": [{"Id": "E1", "Origins": {"Items": [origin]}}]}}
            yield from [listed] if call.name == "ListDistributions" else super().pages(call)

    assert check(InFront(cloud)).status.value == status


def test_a_security_group_that_was_not_asked_for_is_passed_over(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    (asked,) = shop.found["SecurityGroups"]

    class Mixed(Between):
        def make(self, call: Call) -> dict[str, Any]:
            answer = super().make(call)
            if call.name == "DescribeSecurityGroups":
                return {"SecurityGroups": [{"GroupId": "sg-else"}, *answer["SecurityGroups"]]}
            return answer

    assert [group.id for group in ports.groups(Mixed(cloud), [asked])] == [asked]


def test_the_idle_half_of_a_pair_is_not_missed(account: PracticeAccount, cloud: Aws) -> None:
    """As blue/green deployments leave it: nothing is sent to the group that nobody is in."""
    shop = Front(account)
    made = shop.elbv2.create_target_group(Name="green", Protocol="HTTP", Port=80, VpcId=shop.found["VpcId"])
    green = made["TargetGroups"][0]["TargetGroupArn"]

    def looked_at(weight: int) -> list[str]:
        groups = [{"TargetGroupArn": shop.targets, "Weight": 100}, {"TargetGroupArn": green, "Weight": weight}]
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        return [each.id for each in rules.servers(cloud, [action])]

    assert looked_at(0) == ["healthy:shop"]
    assert looked_at(1) == ["healthy:shop", "healthy:green"]


def test_what_could_not_be_looked_at_is_not_said_to_work(account: PracticeAccount, cloud: Aws) -> None:
    secure(Front(account))

    def denied(what: str) -> Verdict:
        def deny(_: int, call: Any) -> None:
            if call.name == what:
                raise CloudError(f"You are not allowed to elasticloadbalancing:{what}.")

        return check(Between(cloud, before=deny))

    for what in (
        "DescribeTargetHealth", "DescribeListeners", "DescribeRules", "DescribeSSLPolicies", "DescribeSecurityGroups",
        "DescribeListenerCertificates", "DescribeCertificate", "ListDistributions",
    ):  # fmt: skip
        assert denied(what).status.value == "unknown", what


def test_a_check_knows_all_that_is_known_beforehand() -> None:
    """Both only choose among the same rules: of circles, of what stands in front, of certificates and of servers.

    That a listener writes an error for everybody is only to be found in one that exists.
    """
    asked = {
        name: set(re.findall(r"\brules\.([a-z_]+)\(", Path(f"flows/alb/{name}.py").read_text(encoding="utf-8")))
        for name in ("checks", "diagnosis")
    }
    assert asked["checks"] == {"circles", "in_front", "lasts", "covers", "servers"}
    assert asked["diagnosis"] - asked["checks"] == {"by_itself"}
    assert not asked["checks"] - asked["diagnosis"]


# -- what is not replaced, and what is counted -------------------------------------------------------------------


def signing_in(shop: Front) -> list[Any]:
    config = {"Issuer": "https://id.example.com", "AuthorizationEndpoint": "https://id.example.com/a",
              "TokenEndpoint": "https://id.example.com/t", "UserInfoEndpoint": "https://id.example.com/u",
              "ClientId": "shop", "ClientSecret": "never told again"}  # fmt: skip
    return [{"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": config},
            {**shop.forward[0], "Order": 2}]  # fmt: skip


def test_a_sign_in_is_never_replaced(account: PracticeAccount, cloud: Aws) -> None:
    """AWS does not tell its secret again, so nobody could put it back."""
    shop = Front(account)
    https(shop, actions=signing_in(shop))
    maintenance = {"load_balancer": "shop", "action": "fixed_response", "scope": "all", "status": "503",
                   "body": "Back soon", "content_type": "text/plain", "listener": "443"}  # fmt: skip
    review = session(cloud, None, maintenance).review()
    assert [each.call.name for each in review.plan.actions] == ["CreateRule"]
    assert "sign-in-kept" in {each.id for each in review.cautions if isinstance(each, Caution)}


def test_rules_of_the_security_group_are_counted_apart_for_each_kind(account: PracticeAccount, cloud: Aws) -> None:
    shop = Front(account)
    group = shop.found["SecurityGroups"][0]
    for number in range(59):
        permission: Any = {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000,
                           "IpRanges": [{"CidrIp": f"10.9.{number}.0/24"}]}  # fmt: skip
        shop.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    told = [each.sentence for each in session(cloud, None, HTTPS).review().refusals]
    assert len(told) == 1 and "rules for IPv4; 1 more would be over the limit of 60" in told[0]


def test_a_check_asks_as_much_as_its_load_balancer_is_large(account: PracticeAccount, cloud: Aws) -> None:
    secure(Front(account))
    counted = Between(cloud)
    check(counted)
    assert len(counted.calls) == 18, [each.operation for each in counted.calls]
