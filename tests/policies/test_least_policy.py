"""The exported policy allows every request that is really sent, and nothing that the plan does not do.

Our own reader of policies says so, because moto looks at neither things nor conditions; what a request is about is
worked out in `support.authorized`, from the request and from AWS's Service Authorization Reference.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aurora import cases as aurora
from cloudsplaining.scan.policy_document import PolicyDocument
from kills.scenes import CASES
from peering import cases as peering
from share_ami import cases as share_ami
from share_snapshot import cases as share_snapshot
from spa_pipeline import cases as spa
from support.authorized import Watched, kinds, reference
from support.clock import FakeClock
from support.sessions import agreed
from support.simulated import Simulator
from support.variants import together
from vpn import cases as vpn

import flows
from flows.engine import Journal, Place, Review, Session, preflight
from flows.engine.boto import Aws
from flows.engine.look import State
from flows.engine.permissions import looks
from flows.engine.sending import Carrier
from flows.export.policy import MANAGED, beyond, policies, size
from flows.policies import Caller, Request, read
from flows.practice import ACCOUNT_ID, PracticeAccount
from tui import exports

MORE: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "peering, elsewhere": ("peering", peering.ELSEWHERE),
    "vpn, keys in Secrets Manager": ("vpn", {**vpn.STATIC, "keys": "secrets_manager"}),
    "vpn, own keys": ("vpn", vpn.OWN_KEYS),
    "vpn, a device that AWS has no sample for": ("vpn", {**vpn.STATIC, "device": "dbeffb53"}),
    "spa_pipeline, CloudFront": ("spa_pipeline", spa.VARIANTS["private, with CloudFront"]),
    "share_ami, elsewhere": ("share_ami", share_ami.VARIANTS["elsewhere"]),
    "share_snapshot, everything": ("share_snapshot", share_snapshot.VARIANTS["locked, elsewhere, received"]),
    "share_snapshot, a cluster": ("share_snapshot", share_snapshot.VARIANTS["cluster"]),
    "share_ami, a key of one's own": ("share_ami", {**share_ami.NEW, "instance": "safe", "region": "eu-west-1"}),
    "share_snapshot, a key of one's own": (
        "share_snapshot",
        {**share_snapshot.EXISTING, "snapshot": "safe", "way": "named", "snapshot_name": "for-partner", "key": "keep"},
    ),
    "aurora, copies": ("aurora", aurora.VARIANTS["copies"]),
}  # fmt: skip


def a_safe_machine(account: PracticeAccount) -> None:
    """Its disk is encrypted with a key of the company's own."""
    ec2: Any = account.session.client("ec2")
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    disk = {"VolumeSize": 8, "Encrypted": True, "KmsKeyId": share_snapshot.own_key(account)}
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro",
        BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": disk}], **tags_of("instance", "safe"),
    )  # fmt: skip


def tags_of(kind: str, name: str) -> dict[str, Any]:
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]}


def a_safe_snapshot(account: PracticeAccount) -> None:
    account.session.client("rds").copy_db_snapshot(
        SourceDBSnapshotIdentifier="orders-before-summer", TargetDBSnapshotIdentifier="safe",
        KmsKeyId=share_snapshot.own_key(account),
    )  # fmt: skip


FURNISHED: Mapping[str, Callable[[PracticeAccount], None]] = {
    "share_ami, a key of one's own": a_safe_machine,
    "share_snapshot, a key of one's own": a_safe_snapshot,
}
"""What the company must have beside what it has."""
SCENES = {name: (case.flow, case.answers) for name, case in CASES.items()} | MORE
FEW = 21
"""Requests to the simulator at the most, for the some 140 needs of the longest plan."""
ALWAYS = ("alb, a listener", "aurora", "share_ami, the machine stopped", "share_snapshot, with a key", "vpn")
"""Each needs other services than the others; the dear ones are tried when all is."""
every_scene = pytest.mark.parametrize("scene", [together(name, name, always=name in ALWAYS) for name in SCENES])


@pytest.fixture
def watched(account: PracticeAccount) -> Watched:
    return Watched(Aws(Place(practice=True), account.session, account.session_of))


@pytest.fixture
def made(
    scene: str, account: PracticeAccount, watched: Watched, journal: Journal, clock: FakeClock
) -> Iterator[Session]:
    """A session of this scene in which everything is answered."""
    flow, answers = SCENES[scene]
    if scene in FURNISHED:
        FURNISHED[scene](account)
    session = Session(flows.find(flow), watched, journal, place=Place(practice=True), clock=clock)
    yield agreed(session, answers)
    session.close()


_REVIEWED: dict[str, Review] = {}


@pytest.fixture
def review(scene: str, request: pytest.FixtureRequest) -> Review:
    """The review of this scene; it is data, which outlives its account."""
    if scene not in _REVIEWED:
        _REVIEWED[scene] = request.getfixturevalue("made").review()
    return _REVIEWED[scene]


def refused(documents: list[dict[str, Any]], asked: list[Request]) -> list[str]:
    """What is not allowed, with what the reader says of it."""
    said = {(each.action, each.resource, str(each.context)): read(documents, each) for each in asked}
    return [f"{action} on {arn}: {told.answer}, {context}" for (action, arn, context), told in said.items() if not told]


@every_scene
def test_every_request_is_allowed(scene: str, made: Session, watched: Watched) -> None:
    """Looking, carrying out, finding again, handing over, and taking back; what only looks, to who may only look."""
    review, sent = made.review(), watched.asked
    whole, to_look = policies(review.needs), policies(review.looks)
    assert sent
    assert refused(to_look, sent) == []
    assert [event.problem for event in made.apply() if event.problem] == []
    found_again(made, watched)
    applied = len(sent)
    made.hand_over()
    assert refused(to_look, sent[applied:]) == []
    assert {each.state for each in made.look()} <= {State.AS_LEFT, State.UNKNOWN}
    assert "cloudtrail:LookupEvents" in str(whole)
    list(made.undo({decision.key: next(iter(decision.options)) for decision in made.to_decide()}))
    assert made.receipt().complete
    assert refused(whole, sent) == []
    _REVIEWED[scene] = review


@every_scene
def test_whoever_holds_it_is_told_so_beforehand(review: Review) -> None:
    """The simulator, which knows no more than it is told, says yes to all of it, in few requests."""
    cloud = Simulator(policies(review.needs), arn=USER)
    assert [found.sentence for found in preflight.allowed(cloud, review.needs)] == ["You may do all of this."]
    assert len(cloud.asked) <= FEW


def found_again(made: Session, watched: Watched) -> None:
    """What is looked for after a lost answer."""
    run = made.run
    assert run
    assert run.plan
    carrier = Carrier(run, watched, queue.SimpleQueue().put, threading.Event(), FakeClock())
    for action in run.plan.actions:
        if action.find and not action.call.profile:
            before = len(watched.asked)
            carrier.search(action.find)
            # of several that it may be, the one is ours; AWS refuses the others, and they count as not ours
            ours = [
                each for each in watched.asked[before:] if each.resource == "*" or "handrail:run" in str(each.context)
            ]
            watched.asked[before:] = ours if action.call.service == "kms" else watched.asked[before:]


# -- and nothing else ----------------------------------------------------------------------------------------------


@every_scene
def test_nothing_is_put_together_that_the_plan_does_not_need(review: Review) -> None:
    """Of each statement, every action and thing together is needed so, or AWS knows no such thing for that action."""
    for needs in (review.needs, review.looks):
        needed = {(need.action, need.resource, need.conditions) for need in needs}
        conditions_of = {(action, thing): conditions for action, thing, conditions in needed}
        for statement in allowing(policies(needs)):
            for action, thing in pairs(statement):
                wanted = (action, thing) in conditions_of
                assert wanted or not known_for(action, thing), (action, thing)


@every_scene
def test_nothing_changes_everything(review: Review) -> None:
    """An action is for all things only where AWS knows no single ones."""
    stars = {need.action for need in (*review.needs, *review.looks) if need.resource == "*"}
    assert {action for action in stars if any(kinds(action))} == set()


@every_scene
def test_a_linter_finds_nothing(review: Review) -> None:
    for document in (*policies(review.needs), *policies(review.looks)):
        seen = PolicyDocument(document)
        assert (
            seen.allows_privilege_escalation, seen.permissions_management_without_constraints,
            seen.allows_data_exfiltration_actions, seen.credentials_exposure, seen.service_wildcard,
            seen.infrastructure_modification,
        ) == ([],) * 6  # fmt: skip
        assert size(document) <= MANAGED
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert all(re.fullmatch("[A-Za-z]+[0-9]*", sid) for sid in sids)
        assert len(set(sids)) == len(sids)


CHARACTERS: Mapping[str, tuple[int, ...]] = {
    "peering": (3600,), "peering, IPv6": (4500,), "peering, by groups": (3600,), "peering, elsewhere": (4600,),
    "peering, private names": (4800,),
    "vpn": (5600,), "vpn, fixed routes": (5600,), "vpn, keys in Secrets Manager": (5900,),
    "vpn, logged": (MANAGED,), "vpn, ringing": (MANAGED,),
    "vpn, a device that AWS has no sample for": (5600,), "vpn, own keys": (5600,), "vpn, another device": (5600,),
    "vpn, at a transit gateway": (MANAGED,),
    "vpn_options": (800,), "vpn_options, logged": (2000,), "vpn_options, times": (800,),
    "vpn_options, one tunnel": (850,),
    "alb, a listener": (3200,), "alb, a rule": (3600,), "alb, visitors kept": (1500,),
    "website, secret header": (2600,), "website, certificate and names": (MANAGED, 700),
    "aurora": (4600,), "aurora, copies": (5200,),
    "share_snapshot, with a key": (4500,), "share_snapshot, everything": (5100,), "share_snapshot, a cluster": (1600,),
    "share_ami, a key of one's own": (MANAGED, 1500), "share_snapshot, a key of one's own": (2900,),
    "share_ami, the machine stopped": (3200,), "share_ami, elsewhere": (5200,),
    "spa_pipeline": (MANAGED, 1300), "spa_pipeline, CloudFront": (MANAGED, 900),
    "s3_pipeline": (4600,), "s3_pipeline, a new trail": (5800,), "s3_lambda": (1900,),
    "database_hours": (3800,), "wordpress, a new machine": (MANAGED, 400), "wordpress, put right": (800,),
}  # fmt: skip
"""How long each policy is at the most, as IAM counts; several where one would be longer than AWS takes."""
LETS_LOGS_IN = {
    f"logs:{each}" for each in (
        "CreateLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "PutResourcePolicy", "DeleteResourcePolicy",
    )
}  # fmt: skip
FOR_EVERYTHING: Mapping[str, set[str]] = {
    "website": {"acm:RequestCertificate", "cloudfront:CreateDistribution", "cloudfront:CreateOriginAccessControl"},
    "vpn": LETS_LOGS_IN, "vpn_options": LETS_LOGS_IN,
    "share_snapshot": {"kms:CreateKey"}, "share_ami": {"kms:CreateKey"},
}  # fmt: skip
"""What is changed by an action that AWS cannot limit to single things."""


@every_scene
def test_it_is_as_short_and_as_narrow_as_it_was(scene: str, review: Review) -> None:
    """Who makes one longer, or one more thing of everything changeable, writes it down here."""
    made = policies(review.needs)
    assert len(made) == len(CHARACTERS[scene])
    told = exports.policy(cast("Session", SimpleNamespace(review=lambda: review))).notes
    assert ("attach them all" in " ".join(told)) == (len(made) > 1)
    assert [size(one) for one, limit in zip(made, CHARACTERS[scene], strict=True) if size(one) > limit] == []
    wide = {action for each in allowing(made) for action, thing in pairs(each) if thing == "*" and not looks(action)}
    assert wide <= FOR_EVERYTHING.get(SCENES[scene][0], set())


ROLE, USER = f"arn:aws:iam::{ACCOUNT_ID}:role/admin", f"arn:aws:iam::{ACCOUNT_ID}:user/kim"
EC2 = f"arn:aws:ec2:eu-central-1:{ACCOUNT_ID}"
ESCALATIONS: Mapping[str, list[tuple[str, str]]] = {
    "a new version of a policy": [("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT_ID}:policy/mine")],
    "another version of a policy": [("iam:SetDefaultPolicyVersion", f"arn:aws:iam::{ACCOUNT_ID}:policy/mine")],
    "a key of somebody": [("iam:CreateAccessKey", USER)],
    "a password of somebody": [("iam:CreateLoginProfile", USER)],
    "another password": [("iam:UpdateLoginProfile", USER)],
    "a policy for a user": [("iam:AttachUserPolicy", USER)],
    "a policy for a group": [("iam:AttachGroupPolicy", f"arn:aws:iam::{ACCOUNT_ID}:group/all")],
    "a policy for a role": [("iam:AttachRolePolicy", ROLE)],
    "words for a user": [("iam:PutUserPolicy", USER)],
    "words for a group": [("iam:PutGroupPolicy", f"arn:aws:iam::{ACCOUNT_ID}:group/all")],
    "words for a role": [("iam:PutRolePolicy", ROLE)],
    "a group": [("iam:AddUserToGroup", f"arn:aws:iam::{ACCOUNT_ID}:group/admins")],
    "whom a role trusts": [("iam:UpdateAssumeRolePolicy", ROLE)],
    "a new role": [("iam:CreateRole", ROLE)],
    "a role of somebody": [("sts:AssumeRole", ROLE)],
    "a machine with a role": [("iam:PassRole", ROLE), ("ec2:RunInstances", f"{EC2}:instance/*")],
    "a function with a role": [("iam:PassRole", ROLE), ("lambda:CreateFunction", "*")],
    "a function's code": [("lambda:UpdateFunctionCode", f"arn:aws:lambda:eu-central-1:{ACCOUNT_ID}:function:f")],
    "a project with a role": [("iam:PassRole", ROLE), ("codebuild:CreateProject", "*")],
    "a stack with a role": [("iam:PassRole", ROLE), ("cloudformation:CreateStack", "*")],
    "a rule with a role": [("iam:PassRole", ROLE), ("events:PutTargets", "*")],
    "a command on a machine": [("ssm:SendCommand", f"{EC2}:instance/i-0aaaaaaaaaaaaaaaa")],
    "a shell on a machine": [("ssm:StartSession", f"{EC2}:instance/i-0aaaaaaaaaaaaaaaa")],
    "a bucket's policy": [("s3:PutBucketPolicy", "arn:aws:s3:::somebody-elses")],
    "a key's policy": [("kms:PutKeyPolicy", f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/1")],
    "a database's password": [
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT_ID}:secret:rds!cluster-x")
    ],
    "tags that open doors": [("ec2:CreateTags", f"{EC2}:instance/i-0aaaaaaaaaaaaaaaa")],
    "a machine's role": [("iam:AddRoleToInstanceProfile", f"arn:aws:iam::{ACCOUNT_ID}:instance-profile/web")],
}  # fmt: skip
"""Ways to more rights than one has (after Rhino Security Labs' list), on things that no plan here is about."""


@every_scene
def test_nobody_comes_to_more_rights_by_it(review: Review) -> None:
    """Not one call of each way is allowed, whatever tags are sent and whatever the roles were passed to."""
    whole = policies(review.needs)
    sent = {
        "aws:RequestedRegion": "eu-central-1", "iam:PassedToService": "ec2.amazonaws.com",
        "aws:RequestTag/handrail:flow": "wordpress", "aws:RequestTag/handrail:run": "wordpress-1",
        "aws:TagKeys": ["handrail:flow", "handrail:run"],
    }  # fmt: skip
    for way, calls in ESCALATIONS.items():
        allowed = [read(whole, Request(action, thing, Caller(USER), sent, whole=True)) for action, thing in calls]
        assert not all(allowed), way


@every_scene
def test_a_role_that_is_made_serves_its_service_alone(review: Review) -> None:
    """It is passed to nobody else, nobody changes whom it trusts, and who makes it does not take it on."""
    whole = policies(review.needs)
    for role in {need.resource for need in review.needs if need.action == "iam:CreateRole"}:
        services = [
            value
            for need in review.needs
            if need.action == "iam:PassRole" and need.resource == role
            for _, key, values in need.conditions
            if key == "iam:PassedToService"
            for value in values
        ]
        assert len(set(services)) == 1
        for service in ("lambda.amazonaws.com", *services):
            asked = Request("iam:PassRole", role, Caller(USER), {"iam:PassedToService": service}, whole=True)
            assert bool(read(whole, asked)) == (service in services)
        for never in ("sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy"):
            assert not read(whole, Request(never, role, Caller(USER), whole=True))
        trusted = {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}
        assert not read([*whole, {"Statement": trusted}], Request("sts:AssumeRole", role, Caller(USER), whole=True))
        assert any(role.rpartition("/")[2] in sentence for sentence in beyond(review.needs))


@pytest.mark.wild
def test_what_has_other_tags_is_not_touched(watched: Watched, journal: Journal) -> None:
    """A gateway of somebody else, or one of another set-up's run, is not among what the policy is for."""
    made = Session(flows.find("vpn"), watched, journal, place=Place(practice=True))
    made.fill(vpn.STATIC)
    whole, thing = policies(made.review().needs), f"{EC2}:vpn-gateway/vgw-0aaaaaaaaaaaaaaaa"
    here = {"aws:RequestedRegion": "eu-central-1"}
    for tags, allowed in (
        ({"aws:ResourceTag/handrail:flow": "vpn", "aws:ResourceTag/handrail:run": "vpn-1"}, True),
        ({"aws:ResourceTag/handrail:flow": "alb", "aws:ResourceTag/handrail:run": "alb-1"}, False),
        ({"aws:ResourceTag/handrail:flow": "vpn"}, False),
        ({}, False),
    ):  # fmt: skip
        asked = Request("ec2:DeleteVpnGateway", thing, Caller(USER), {**here, **tags}, whole=True)
        assert bool(read(whole, asked)) == allowed, tags
    made.close()


def allowing(documents: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    yield from (each for document in documents for each in document["Statement"] if each["Effect"] == "Allow")


def pairs(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    things = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    yield from ((action, thing) for action in statement["Action"] for thing in things)


def known_for(action: str, thing: str) -> bool:
    """Whether AWS knows such a thing for an action: its ARN has the form of one of the kinds that it lists."""
    service = action.partition(":")[0]
    for kind in filter(None, kinds(action)):
        template = reference()[service]["resources"].get(kind, {}).get("arn", "")
        form = re.sub(r"\\\$\\\{[^}]+\\\}", "[^/:]*" if service == "s3" else ".*", re.escape(str(template)))
        form = form.replace("[^/:]*/[^/:]*", "[^/:]*/.*")
        if re.fullmatch(form, thing):
            return True
    return False
