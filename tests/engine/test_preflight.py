"""Whether somebody may do all of a plan, as far as IAM's simulator tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from support.simulated import ACCOUNT, USER, Simulator

from flows.engine import Call, CloudError, Grade
from flows.engine.actions import Action
from flows.engine.calls import Find
from flows.engine.permissions import Need
from flows.engine.plan import Plan
from flows.engine.plan_permissions import Needs
from flows.engine.preflight import allowed
from flows.engine.references import FLOW, RUN, Ref
from flows.engine.simulator import PAGE
from flows.engine.undo_plan import Undo

ROLES = {
    "ops": f"arn:aws:iam::{ACCOUNT}:role/ops",
    "AWSReservedSSO_Admin_1a2b": (
        f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_1a2b"
    ),
}
GATEWAYS = f"arn:aws:ec2:eu-central-1:{ACCOUNT}:vpn-gateway/*"
IN_REGION = ("StringEquals", "aws:RequestedRegion", ("eu-central-1",))
MAKES = Need("ec2:CreateVpnGateway", GATEWAYS, (IN_REGION,), "eu-central-1")


def statement(effect: str = "Allow", action: str = "*", resource: str = "*", **conditions: Any) -> dict[str, Any]:
    one = {"Effect": effect, "Action": action, "Resource": resource}
    return {"Statement": [one | ({"Condition": conditions} if conditions else {})]}


def test_what_will_be_refused_is_named() -> None:
    (found,) = allowed(Simulator([statement(action="ec2:Describe*")]), [MAKES, Need("ec2:DescribeVpcs")])
    assert (found.grade, found.sentence) == (Grade.PREDICTED, "You will probably be refused: ec2:CreateVpnGateway.")
    assert found.remedy == "Ask your administrator for ec2:CreateVpnGateway first."


def test_it_is_asked_for_the_things_of_the_plan() -> None:
    """A policy for one bucket allows what is done to that bucket, and not what is done to another."""
    ours, theirs = "arn:aws:s3:::ours", "arn:aws:s3:::theirs"
    (found,) = allowed(Simulator([statement(resource=ours)]), [Need("s3:PutBucketPolicy", ours)])
    assert found.sentence == "You may do all of this."
    needs = [Need("s3:PutBucketPolicy", each) for each in (ours, theirs)]
    (found,) = allowed(Simulator([statement(resource=ours)]), needs)
    assert found.sentence == f"You will probably be refused: s3:PutBucketPolicy on {theirs}."


GATEWAY = Action(
    "gateway",
    "Create a gateway",
    Call(
        "ec2.CreateVpnGateway",
        {
            "Type": "ipsec.1",
            "TagSpecifications": [
                {
                    "ResourceType": "vpn-gateway",
                    "Tags": [{"Key": "handrail:run", "Value": RUN}, {"Key": "handrail:flow", "Value": FLOW}],
                }
            ],
        },
    ),
    undo=(Undo(Call("ec2.DeleteVpnGateway", {"VpnGatewayId": Ref("gateway", "VpnGateway.VpnGatewayId")})),),
    find=Find(Call("ec2.DescribeVpnGateways"), "VpnGateways[0]"),
)
HANDED_ON: Mapping[str, tuple[Call, str, str, str]] = {
    "a role": (
        Call("iam.AddRoleToInstanceProfile", {"InstanceProfileName": "blog", "RoleName": "blog"}),
        "iam:PassRole", "iam:PassedToService", "ec2.amazonaws.com",
    ),
    "a key": (
        Call("rds.CopyDBSnapshot", {
            "SourceDBSnapshotIdentifier": "a", "TargetDBSnapshotIdentifier": "b",
            "KmsKeyId": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1",
        }),
        "kms:", "kms:ViaService", "rds.eu-central-1.amazonaws.com",
    ),
    "elsewhere": (
        Call("acm.ListCertificates", region="us-east-1"), "acm:", "aws:RequestedRegion", "us-east-1"
    ),
    "a service without a region": (
        Call("cloudfront.ListDistributions"), "cloudfront:", "aws:RequestedRegion", "us-east-1",
    ),
    "over TLS": (Call("s3.HeadBucket", {"Bucket": "ours"}), "s3:", "aws:SecureTransport", "true"),
}  # fmt: skip


@pytest.mark.parametrize("case", HANDED_ON)
def test_it_is_told_what_the_requests_carry(case: str) -> None:
    """A policy with such a condition lets through the request for which it is true, and it is known beforehand."""
    call, asked, key, value = HANDED_ON[case]
    for wanted, may in ((value, True), ("another", False)):
        cloud = Simulator([statement(StringEquals={key: wanted})])
        wanted = Needs(cloud.identity, "vpn", Plan(()), [call]).wanted
        (found,) = allowed(cloud, [each for each in wanted if each.action.startswith(asked)])
        assert ("You may do all of this." in found.sentence, found.grade) == (may, Grade.PREDICTED)


def test_it_is_told_of_the_tags() -> None:
    """Those that are sent with what is made, and those of what was made."""
    cloud = Simulator([
        statement(action="ec2:Create*", Null={"aws:RequestTag/handrail:run": "false"}),
        statement(action="ec2:Describe*"),
        statement(action="ec2:Delete*", StringEquals={"aws:ResourceTag/handrail:flow": "vpn"}),
    ])  # fmt: skip
    needs = Needs(cloud.identity, "vpn", Plan((GATEWAY,)), ()).wanted
    (found,) = allowed(cloud, needs)
    assert found.sentence == "You may do all of this."


UNKNOWN = statement(IpAddress={"aws:SourceIp": "192.0.2.0/24"})


def test_what_depends_on_something_unknown_is_not_checked() -> None:
    """It is neither allowed nor denied: nobody here knows what the address of the request will be."""
    (found,) = allowed(Simulator([UNKNOWN]), [MAKES])
    assert (found.id, found.grade) == ("permissions", Grade.NOT_CHECKED)
    assert found.sentence == "Whether you may do all of this was not checked: it depends on aws:SourceIp."
    first, second = allowed(
        Simulator([statement("Deny", "ec2:Create*"), UNKNOWN]), [MAKES, Need("ec2:DescribeVpcs")]
    )  # fmt: skip
    assert first.sentence == "You will probably be refused: ec2:CreateVpnGateway."
    assert (second.id, second.grade) == ("permissions-not-checked", Grade.NOT_CHECKED)
    assert second.sentence == "Whether you may do ec2:DescribeVpcs was not checked: it depends on aws:SourceIp."


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"organization": statement(action="s3:*")}, "your organization forbids this with a service control policy"),
        ({"boundary": statement(action="s3:*")}, "A permissions boundary forbids it; ask your administrator to allow"),
        ({"policies": [statement("Deny")]}, "a policy of your own user or role forbids it"),
    ],
)
def test_it_is_said_which_policy_is_in_the_way(limits: Mapping[str, Any], words: str) -> None:
    (found,) = allowed(Simulator(**limits), [MAKES])
    assert found.sentence == "You will probably be refused: ec2:CreateVpnGateway."
    assert words in found.remedy
    assert ("would not help" in found.remedy) == ("boundary" not in limits)


# -- whom it is asked about ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        (USER, USER),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/kim", ROLES["ops"]),
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Admin_1a2b/kim@example.com",
            ROLES["AWSReservedSSO_Admin_1a2b"],
        ),
    ],
)
def test_a_session_is_asked_about_as_its_role_with_its_path(arn: str, principal: str) -> None:
    cloud = Simulator(arn=arn, roles=ROLES)
    (found,) = allowed(cloud, [Need("ec2:DescribeVpcs")])
    assert found.sentence == "You may do all of this."
    assert cloud.asked[0]["PolicySourceArn"] == principal


@pytest.mark.parametrize(
    ("cloud", "why"),
    [
        (Simulator(arn=f"arn:aws:iam::{ACCOUNT}:root"), "You are signed in as the account's root user"),
        (Simulator(arn=f"arn:aws:sts::{ACCOUNT}:federated-user/kim"), "You are signed in as the federated user kim"),
        (Simulator(arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/kim"), "You are not allowed to iam:GetRole."),
        (
            Simulator(problem=CloudError("You are not allowed to iam:SimulatePrincipalPolicy.")),
            "You are not allowed to iam:SimulatePrincipalPolicy.",
        ),
    ],
    ids=("root", "federated", "a role that cannot be read", "the simulator itself"),
)
def test_whoever_the_simulator_does_not_tell_of_is_not_claimed_to_be_allowed(cloud: Simulator, why: str) -> None:
    (found,) = allowed(cloud, [Need("ec2:DescribeVpcs")])
    assert (found.id, found.grade) == ("permissions", Grade.NOT_CHECKED)
    assert found.sentence.startswith(f"Whether you may do all of this was not checked. {why}")


# -- how it is asked -----------------------------------------------------------------------------------------------


def test_few_requests_are_needed_and_none_asks_for_more_than_a_page() -> None:
    """What is not known is not asked for."""
    needs = [Need(f"ec2:Describe{number}") for number in range(PAGE + 1)]
    needs += [Need(f"ec2:Change{one}", f"{GATEWAYS[:-1]}vgw-{two}") for one in range(12) for two in range(12)]
    cloud = Simulator()
    (found,) = allowed(cloud, [Need("?codestar.Odd"), *needs])
    assert found.sentence == "You may do all of this."
    assert len(cloud.asked) == 4
    assert all(len(each["ActionNames"]) * len(each["ResourceArns"]) <= PAGE for each in cloud.asked)
    assert not any("?codestar.Odd" in each["ActionNames"] for each in cloud.asked)


def test_what_is_refused_together_is_asked_for_one_by_one() -> None:
    needs = [MAKES, Need("s3:PutBucketPolicy", "arn:aws:s3:::ours", region="eu-central-1")]
    cloud = Simulator([statement(action="ec2:*")], together=False)
    (found,) = allowed(cloud, needs)
    assert found.sentence == "You will probably be refused: s3:PutBucketPolicy."
    assert [len(each["ResourceArns"]) for each in cloud.asked] == [2, 1, 1]
    refusing = Simulator(problem=CloudError("IAM refused it.", "No such action.", aws_code="InvalidInput"))
    (found,) = allowed(refusing, [MAKES])
    assert (found.grade, "No such action." in found.sentence) == (Grade.NOT_CHECKED, True)


class Answering(Simulator):
    """A simulator that says just this."""

    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__()
        self._results = results

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield {"EvaluationResults": self._results}


@pytest.mark.parametrize(
    "results",
    [
        [],
        [{"EvalActionName": "ec2:CreateVpnGateway"}],
        [{"EvalActionName": "ec2:CreateVpnGateway", "EvalDecision": "maybe"}],
        [{"EvalActionName": "ec2:CreateVpnGateway", "EvalDecision": "allowed", "MissingContextValues": ["aws:x"]}],
        [{
            "EvalActionName": "ec2:CreateVpnGateway", "EvalDecision": "allowed",
            "ResourceSpecificResults": [{"EvalResourceName": "another", "EvalResourceDecision": "allowed"}],
        }],
    ],
)  # fmt: skip
def test_what_it_does_not_say_is_not_checked(results: list[dict[str, Any]]) -> None:
    (found,) = allowed(Answering(results), [MAKES])
    assert found.grade is Grade.NOT_CHECKED


def test_of_two_ways_to_write_a_thing_one_is_enough() -> None:
    """AWS asks for one of them, and which is not known."""
    logs = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/aws/codebuild/shop"
    needs = [Need("logs:PutRetentionPolicy", each) for each in (logs, f"{logs}:*")]
    (found,) = allowed(Simulator([statement(resource=f"{logs}:*")]), needs)
    assert found.sentence == "You may do all of this."


def test_a_result_for_each_thing_is_understood_as_well() -> None:
    theirs = "arn:aws:s3:::theirs"
    results = [
        {"EvalActionName": "s3:putbucketpolicy", "EvalResourceName": thing, "EvalDecision": said}
        for thing, said in (("arn:aws:s3:::ours", "allowed"), (theirs, "implicitDeny"))
    ]
    needs = [Need("s3:PutBucketPolicy", each["EvalResourceName"]) for each in results]
    (found,) = allowed(Answering(results), needs)
    assert found.sentence == f"You will probably be refused: s3:PutBucketPolicy on {theirs}."
