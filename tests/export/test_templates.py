"""A template is accepted by cfn-lint, and says what is not in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from export.conftest import Known
from support.stack import complaints, filled, given, mentioned, read
from support.variants import VARIANTS, by_variant

import flows
from flows.engine import Action, Call, Plan, Ref, Refused
from flows.engine.states import Line
from flows.export.cloudformation import Template, template
from flows.export.runbook import runbook

HERE = "eu-central-1"
NOTHING = (
    *("vpn_options, modern", "vpn_options, times", "vpn_options, one tunnel"),
    *("alb, maintenance", "alb, elsewhere", "alb, kept", "alb, kept by the balancer"),
    *(name for name in VARIANTS if name.startswith(("share_ami", "share_snapshot", "wordpress, existing"))),
)
"""What only changes what was there before."""
WITH = [name for name in VARIANTS if name not in NOTHING]
KEEPS = {
    "AWS::S3::Bucket": "Retain", "AWS::S3::BucketPolicy": "Retain", "AWS::EC2::Instance": "Retain",
    "AWS::EC2::EIP": "Retain", "AWS::EC2::EIPAssociation": "Retain", "AWS::CodeCommit::Repository": "Retain",
    "AWS::RDS::DBCluster": "Snapshot",
}  # fmt: skip
NAMES = {
    "AWS::S3::Bucket": "BucketName", "AWS::IAM::Role": "RoleName", "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::CodeCommit::Repository": "RepositoryName", "AWS::CodeBuild::Project": "Name", "AWS::Events::Rule": "Name",
    "AWS::CodePipeline::Pipeline": "Name", "AWS::CloudTrail::Trail": "TrailName", "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier", "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName", "AWS::EC2::SecurityGroup": "GroupName",
}  # fmt: skip
"""The property that holds a resource's own name."""
OLD = ("aurora, an older version",)
"""What asks for a version of a database that AWS says it no longer makes new ones of."""
PINGED = ("peering, ipv6",)
"""What lets in a type of ICMPv6 with every code (-1), which EC2 takes; cfn-lint 1.58 knows that of ICMP alone."""


_WRITTEN: dict[str, tuple[Template, dict[str, Any]]] = {}


def exported(known: Known, name: str) -> Template:
    """The template of a variant, written once in this process."""
    return _written(known, name)[0]


def document(known: Known, name: str) -> dict[str, Any]:
    """The same, read again; nobody changes it."""
    return _written(known, name)[1]


def _written(known: Known, name: str) -> tuple[Template, dict[str, Any]]:
    if name not in _WRITTEN:
        made = known(name)
        text = template(
            made.plan, flow=made.flow.id, title=made.flow.title, region=HERE, account=made.identity.account,
            answers=made.review.answers, agreements=made.review.agreements,
        )  # fmt: skip
        _WRITTEN[name] = text, read(text.text)
    return _WRITTEN[name]


@by_variant(WITH)
@pytest.mark.some("vpn, static", "s3_pipeline, new trail")
def test_cfn_lint_has_nothing_to_say(known: Known, name: str) -> None:
    made = exported(known, name)
    amiss = [rule for rule, known_of in (("W3690", OLD), ("E3688", PINGED)) if name in known_of]
    assert [each for each in complaints(made.text, made.region) if not any(rule in each for rule in amiss)] == []


@by_variant(NOTHING)
def test_a_plan_of_which_nothing_can_be_a_template_is_refused_with_the_reason(known: Known, name: str) -> None:
    with pytest.raises(Refused) as refused:
        exported(known, name)
    assert refused.value.exit_code == 2
    assert refused.value.why.endswith(".")
    assert "formats cli and runbook" in refused.value.remedy


def test_what_needs_a_yes_stands_in_its_head(known: Known) -> None:
    head = exported(known, "spa_pipeline, codecommit").text.partition("AWSTemplateFormatVersion")[0]
    said = " ".join(line.removeprefix("#").strip() for line in head.splitlines())
    (told,) = known("spa_pipeline, codecommit").review.agreements
    assert f"Who creates it agrees to this: {' '.join(told.split())}" in said


def test_what_is_not_in_it_is_named_in_it(known: Known) -> None:
    """In the comment, in the description and in the metadata: the redirect is what the person wanted most."""
    made = exported(known, "alb, https")
    ((number, action, why),) = made.left_out
    written = read(made.text)
    assert action.sentence in written["Description"]
    assert written["Metadata"]["Handrail"]["NotInThisTemplate"] == [
        {"Step": f"{number}. {action.sentence}", "Why": why}
    ]
    assert f"#   {number}. {action.sentence}" in made.text.splitlines()


def test_a_certificate_for_cloudfront_takes_its_stack_to_its_region(known: Known) -> None:
    made = exported(known, "website, bucket-named")
    assert made.region == "us-east-1"
    assert "--region us-east-1" in made.text
    proved = read(made.text)["Resources"]["Certificate"]["Properties"]["DomainValidationOptions"]
    assert [each["DomainName"] for each in proved] == ["www.fjord-coffee.example", "fjord-coffee.example"]


def test_an_operation_of_aws_is_not_asked_for(known: Known) -> None:
    """It exists in every account; the database that it changes is asked for."""
    written = document(known, "database_hours, office")
    assert "Cluster" in written["Parameters"] and "AwsSdk" not in written["Parameters"]
    schedules = [each for each in written["Resources"].values() if each["Type"] == "AWS::Scheduler::Schedule"]
    assert {str(each["Properties"]["Target"]["Arn"]) for each in schedules} == {
        str({"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:rds:modifyDBCluster"})
    }


def test_a_secret_is_asked_for_and_stands_nowhere(known: Known) -> None:
    written = document(known, "website, website")
    asked = written["Parameters"]["SecretHeader"]
    assert asked["NoEcho"] is True
    assert "Default" not in asked
    (origin,) = written["Resources"]["Distribution"]["Properties"]["DistributionConfig"]["Origins"]
    assert origin["OriginCustomHeaders"] == [{"HeaderName": "Referer", "HeaderValue": {"Ref": "SecretHeader"}}]


@by_variant(WITH)
def test_what_holds_data_outlives_the_stack_with_all_that_it_needs(known: Known, name: str) -> None:
    made = document(known, name)["Resources"]
    for id_, each in made.items():
        policies = {each.get("DeletionPolicy"), each.get("UpdateReplacePolicy")}
        assert policies == {KEEPS[each["Type"]]} if each["Type"] in KEEPS else policies <= {None, "Retain"}, id_
        if policies == {"Retain"}:
            needed = {*mentioned(each["Properties"]), *each.get("DependsOn", [])} & made.keys()
            assert {made[other].get("DeletionPolicy") for other in needed} <= {"Retain"}, id_


@by_variant(WITH)
def test_what_another_resource_makes_is_referred_to(known: Known, name: str) -> None:
    """By its name or within its ARN, wherever that stands; tags and a thing's own name are nobody's."""
    written = document(known, name)
    resources, account = written["Resources"], {**given(written)}
    names = {
        id_: str(filled(each["Properties"][NAMES[each["Type"]]], account))
        for id_, each in resources.items()
        if each["Type"] in NAMES
    }
    for id_, each in resources.items():
        rest = {key: value for key, value in each["Properties"].items() if key not in ("Tags", NAMES.get(each["Type"]))}
        for literal in literals(rest):
            others = {named for other, named in names.items() if other != id_}
            assert literal not in others, f"{id_}: {literal}"
            assert not [named for named in others if re.match(f"arn:.*[:/]{re.escape(named)}([/:*]|$)", literal)], id_


@by_variant(WITH)
def test_what_is_asked_for_is_said_nowhere_else_and_explained(known: Known, name: str) -> None:
    written = document(known, name)
    asked = written.get("Parameters", {})
    assert {*asked} <= {*mentioned([each["Properties"] for each in written["Resources"].values()])}
    assert all(each["Description"] and each["Type"] for each in asked.values())
    defaults = {each["Default"] for each in asked.values() if "Default" in each and "MaxLength" not in each}
    said = {*literals([each["Properties"] for each in written["Resources"].values()])}
    assert {each for each in defaults if isinstance(each, str)} & said == set()
    assert not [each for each in said if re.search(r"^(vpc|subnet|sg|ami|rtb|vgw|cgw)-[0-9a-f]+$|123456789012", each)]
    for each in asked.values():
        if "AllowedPattern" in each and "Default" in each:
            assert re.fullmatch(each["AllowedPattern"], each["Default"])


@by_variant(WITH)
def test_a_second_stack_with_another_name_makes_nothing_of_the_same_name(known: Known, name: str) -> None:
    written = document(known, name)
    first = given(written)
    second = {**first, "AWS::StackName": ("second", {})}
    second |= {id_: ("another", {}) for id_, each in written.get("Parameters", {}).items() if each["Type"] == "String"}
    for each in written["Resources"].values():
        if (own := each["Properties"].get(NAMES.get(each["Type"], ""))) is not None:
            assert filled(own, first) != filled(own, second), own


@by_variant(WITH)
def test_an_output_says_what_it_is_and_what_is_left_to_do_by_hand(known: Known, name: str) -> None:
    """A step that is left out has one with all that the stack makes for it, by the names that the runbook uses."""
    reviewed = known(name)
    made = exported(known, name)
    outputs = document(known, name).get("Outputs", {})
    assert all(0 < len(each["Description"]) <= 1024 for each in outputs.values())
    by_hand = {id_: each for id_, each in outputs.items() if id_.startswith("ByHand")}
    assert [*by_hand] == [f"ByHandStep{number}" for number, _, _ in made.left_out]
    if by_hand:
        book = runbook(reviewed.review, flow=reviewed.flow, identity=reviewed.identity, on=date(2026, 11, 29), costs=())
        set_there = {*re.findall(r"(?m)^(?:IFS=.*read -r )?([A-Z][A-Z0-9_ ]+?)(?:=| <<<)", book)}
        known_there = {word for words in set_there for word in words.split()}
        for each in by_hand.values():
            value = next(iter(each["Value"].values()))
            assert {*re.findall(r"(?:^| )(\w+)=", value)} <= known_there


def test_a_secret_is_named_by_hand_and_told_by_no_output(known: Known) -> None:
    outputs = document(known, "website, website")["Outputs"]
    assert "SecretHeader" not in {*mentioned([each["Value"] for each in outputs.values()])}
    by_hand = [each["Description"] for id_, each in outputs.items() if id_.startswith("ByHand")]
    assert any("HEADER to what you gave as SecretHeader" in each for each in by_hand)


def test_an_answer_that_is_a_word_of_aws_too_is_asked_for_only_where_it_is_a_name() -> None:
    """Another name would else make another kind of ARN, or another stage."""
    trust = {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:codebuild:eu-central-1:123456789012:project/*"}}}
    role = {"RoleName": "project", "AssumeRolePolicyDocument": json.dumps({"Statement": [trust]})}
    stage = {"name": "project", "actions": [{"name": "project", "actionTypeId": {"category": "project"}}]}
    pipeline = {"pipeline": {"name": "project", "stages": [stage]}, "tags": []}
    plan = Plan((Action("role", "A role", Call("iam.CreateRole", role)),
                 Action("pipeline", "A pipeline", Call("codepipeline.CreatePipeline", pipeline))))  # fmt: skip
    said = (Line(flows.find("spa_pipeline").questions[0], "project", "project", False),)
    made = read(template(plan, flow="spa_pipeline", title="x", region=HERE, answers=said).text)
    assert (made["Parameters"]["Name"]["Default"], made["Resources"]["Role"]["Properties"]["RoleName"]) == (
        "project", {"Ref": "Name"},
    )  # fmt: skip
    left = [*literals([each["Properties"] for each in made["Resources"].values()])]
    assert left.count("project") == 3
    assert any(each.endswith(":project/*") for each in left)


@pytest.mark.wild
def test_the_stack_of_another_plan_is_another_one(known: Known) -> None:
    """A second office deployed as told would replace the gateway of the first."""

    def stack(name: str) -> str:
        return re.findall(r"--stack-name (\S+)", exported(known, name).text)[0]

    assert stack("vpn, static") == "vpn-office"
    for name in WITH:
        assert re.fullmatch("[a-z][A-Za-z0-9-]{1,54}", stack(name)), "it is a part of names of 64 characters"
    without = [name for name in WITH if name.startswith(("alb", "s3_lambda", "s3_pipeline"))]
    assert len({*map(stack, without)}) == len(without)


@pytest.mark.parametrize(
    "text", ["1e3", "0x1f", "null", "~", "a\u202eb\u2066", "a\u2028b\n\u200bc", "=", "${x}", "*a", "é", "-"]
)
def test_a_text_stays_that_text_in_every_reader_and_nothing_in_it_hides(text: str) -> None:
    described = Call("ec2.CreateSecurityGroup", {"GroupName": "x", "Description": text, "VpcId": "vpc-1"})
    made = template(Plan((Action("group", "Make a group", described),)), flow="vpn", title="x", region=HERE).text
    assert read(made)["Resources"]["Group"]["Properties"]["GroupDescription"] == text
    assert all(character.isprintable() or character == "\n" for character in made)
    (line,) = re.findall(r"GroupDescription: (.*)", made)
    assert line[0] in "'\"" or text in ("é", "${x}")


def test_what_cloudformation_would_look_up_is_left_out_with_the_reason() -> None:
    """There is no way to write such a text as it is."""
    body = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "{{resolve:ssm:key}}"}
    rule = {"ListenerArn": "x", "Priority": 1, "Actions": [{"Type": "fixed-response", "FixedResponseConfig": body}]}
    plan = Plan((Action("rule", "Answer", Call("elbv2.CreateRule", rule)),))
    with pytest.raises(Refused, match="Nothing of") as refused:
        template(plan, flow="alb", title="x", region=HERE)
    assert "{{resolve:" in refused.value.why


def test_a_trail_is_made_once_its_bucket_lets_it_write(known: Known) -> None:
    """CreateTrail is refused before (InsufficientS3BucketPolicyException), and no reference says so."""
    made = document(known, "s3_pipeline, new trail")["Resources"]
    assert made["Trail"]["DependsOn"] == ["TrailBucketTls"]


def literals(value: Any) -> Iterator[str]:
    """Every text anywhere inside a value that is no function of CloudFormation."""
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _}:
            return
        case {"Fn::Sub": text}:
            yield re.sub(r"\$\{[^}]*\}", "…", text)
        case {"Key": _, "Value": _, **rest} if not rest:
            return
        case Mapping():
            for item in value.values():
                yield from literals(item)
        case list():
            for item in value:
                yield from literals(item)
        case str():
            yield value


def test_a_route_is_propagated_only_once_the_gateway_is_attached(known: Known) -> None:
    made = document(known, "vpn, static")["Resources"]
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
