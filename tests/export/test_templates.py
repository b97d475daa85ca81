"""A template is accepted by cfn-lint, and says what is not in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.stack import complaints, read
from support.variants import VARIANTS, session

from flows.engine import Action, Call, Plan, Ref, Refused
from flows.engine.cloud import Aws
from flows.export.cloudformation import Template, template

HERE = "eu-central-1"
NOTHING = (
    *("alb, maintenance", "alb, elsewhere"),
    *(name for name in VARIANTS if name.startswith(("share_ami", "share_snapshot", "wordpress, existing"))),
)
"""What only changes what was there before."""
OLD = ("aurora, an older version",)
"""What asks for a version of a database that AWS says it no longer makes new ones of."""


def exported(cloud: Aws, name: str) -> Template:
    flow, answers = VARIANTS[name]
    made = session(cloud, flow, answers)
    return template(made.review().plan, flow=flow, title=made.flow.title, region=HERE)


@pytest.mark.parametrize("name", [name for name in VARIANTS if name not in NOTHING])
def test_cfn_lint_has_nothing_to_say(still_cloud: Aws, name: str) -> None:
    made = exported(still_cloud, name)
    said = complaints(made.text, made.region)
    assert [each for each in said if not (name in OLD and "W3690" in each)] == []


@pytest.mark.parametrize("name", NOTHING)
def test_a_plan_of_which_nothing_can_be_a_template_is_refused_with_the_reason(still_cloud: Aws, name: str) -> None:
    with pytest.raises(Refused) as refused:
        exported(still_cloud, name)
    assert refused.value.exit_code == 2
    assert refused.value.why.endswith(".")
    assert "formats cli and runbook" in refused.value.remedy


def test_what_is_not_in_it_is_named_in_it(still_cloud: Aws) -> None:
    """In the comment, in the description and in the metadata: the redirect is what the person wanted most."""
    made = exported(still_cloud, "alb, https")
    ((number, action, why),) = made.left_out
    document = read(made.text)
    assert action.sentence in document["Description"]
    assert document["Metadata"]["Handrail"]["NotInThisTemplate"] == [
        {"Step": f"{number}. {action.sentence}", "Why": why}
    ]
    assert f"#   {number}. {action.sentence}" in made.text.splitlines()


def test_a_certificate_for_cloudfront_takes_its_stack_to_its_region(still_cloud: Aws) -> None:
    made = exported(still_cloud, "website, bucket-named")
    assert made.region == "us-east-1"
    assert "--region us-east-1" in made.text
    proved = read(made.text)["Resources"]["Certificate"]["Properties"]["DomainValidationOptions"]
    assert [each["DomainName"] for each in proved] == ["www.fjord-coffee.example", "fjord-coffee.example"]


def test_a_secret_is_asked_for_and_stands_nowhere(still_cloud: Aws) -> None:
    document = read(exported(still_cloud, "website, website").text)
    asked = document["Parameters"]["SecretHeader"]
    assert asked["NoEcho"] is True
    assert "Default" not in asked
    (origin,) = document["Resources"]["Distribution"]["Properties"]["DistributionConfig"]["Origins"]
    assert origin["OriginCustomHeaders"] == [{"HeaderName": "Referer", "HeaderValue": {"Ref": "SecretHeader"}}]


def test_what_undo_would_ask_about_is_kept(still_cloud: Aws) -> None:
    made = read(exported(still_cloud, "aurora, sleepy").text)["Resources"]
    assert [id_ for id_, each in made.items() if "DeletionPolicy" in each] == ["Cluster"]
    assert made["Cluster"]["DeletionPolicy"] == made["Cluster"]["UpdateReplacePolicy"] == "Snapshot"
    assert made["Cluster"]["Properties"]["ManageMasterUserPassword"] is True


def test_a_route_is_propagated_only_once_the_gateway_is_attached(still_cloud: Aws) -> None:
    made = read(exported(still_cloud, "vpn, static").text)["Resources"]
    waiting = [each for each in made.values() if each["Type"] == "AWS::EC2::VPNGatewayRoutePropagation"]
    assert waiting
    assert all(each["DependsOn"] == ["Attach"] for each in waiting)


def test_what_needs_a_step_that_is_left_out_is_left_out_too() -> None:
    """And what sets a part of that, as well; what does not need it stays."""
    image = Action("image", "Make an image", Call("ec2.CreateImage", {"InstanceId": "i-0", "Name": "x"}))
    listener = Action(
        "listener", "Listen", Call("elbv2.CreateListener", {"LoadBalancerArn": Ref("image", "ImageId"), "Port": 1}),
    )  # fmt: skip
    attribute = Action(
        "strict", "Be strict",
        Call("elbv2.ModifyListenerAttributes", {"ListenerArn": Ref("listener", "Listeners[0].ListenerArn")}),
    )  # fmt: skip
    attribute = replace(attribute, call=replace(attribute.call, params={**attribute.call.params, "Attributes": []}))
    other = Action("gateway", "Make a gateway", Call("ec2.CreateVpnGateway", {"Type": "ipsec.1"}))
    plan = Plan((image, listener, attribute, other))
    made = template(plan, flow="vpn", title="Several things", region=HERE)
    assert [action.id for _, action, _ in made.left_out] == ["image", "listener", "strict"]
    assert [*read(made.text)["Resources"]] == ["Gateway"]


def test_an_unknown_operation_is_named_and_not_guessed() -> None:
    plan = Plan((Action("gateway", "Gate", Call("ec2.CreateVpnGateway", {"Type": "ipsec.1"})),
                 Action("odd", "Something odd", Call("ec2.CreateCoipPool"))))  # fmt: skip
    ((_, action, why),) = template(plan, flow="vpn", title="Odd", region=HERE).left_out
    assert (action.id, why) == ("odd", "No resource of CloudFormation is known for it.")


def test_a_name_from_the_account_cannot_leave_its_line() -> None:
    """Neither in the comment nor in the text of a function that fills in the stack's name."""
    name = "x\n# a: !Ref y\x1b[2J ${AWS::Region}"
    tagged = [{"ResourceType": "vpn-gateway", "Tags": [{"Key": "Name", "Value": name}]}]
    gateway = Call("ec2.CreateVpnGateway", {"Type": "ipsec.1", "TagSpecifications": tagged})
    odd = Action("odd", name, Call("ec2.CreateImage"))
    text = template(Plan((Action("gateway", name, gateway), odd)), flow="vpn", title=name, region=HERE).text
    assert "\x1b" not in text
    tag = read(text)["Resources"]["Gateway"]["Properties"]["Tags"][0]
    assert tag["Value"] == name
