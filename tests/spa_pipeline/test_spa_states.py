"""Pipelines that publish a page as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from spa_pipeline import delivery as of
from spa_pipeline.cases import CODECOMMIT, ZIP, session
from spa_pipeline.delivery import (
    ACCOUNT,
    CONNECTION,
    NAME,
    REGION,
    SITE,
    SOURCE,
    ZIPPED,
    Delivery,
    allow,
    files,
    pipeline,
)
from support.clouds import Between

import flows
from flows.engine import Call, Caution, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.refusals import explain
from flows.engine.verdict import Verdict, verdict
from flows.policies import Caller, Request, read
from flows.practice import PracticeAccount
from flows.spa_pipeline import checks, diagnosis


def check(cloud: Any) -> Verdict:
    return verdict(flows.find("spa_pipeline").diagnose(CachedCloud(cloud), {"pipeline": NAME}))


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Delivery], None]
    status: str
    cause: str = ""
    remedy: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What certain calls answer in moto's place: a policy would count for the tests' calls, connections it lacks."""
    denied: tuple[str, ...] = ()


class Answers(Between):
    def __init__(self, cloud: Any, answers: Mapping[str, Any], denied: tuple[str, ...]) -> None:
        super().__init__(cloud)
        self.answers, self.denied = answers, denied

    def make(self, call: Call) -> dict[str, Any]:
        if call.name in self.denied:
            raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})
        given = self.answers.get(call.name)
        if isinstance(given, str):
            raise explain(call, {"Error": {"Code": given, "Message": "no"}})
        return super().make(call) if given is None else dict(given)


def stages(fetch: str, build: str, message: str = "", code: str = "", **more: Any) -> dict[str, Any]:
    """What GetPipelineState answers; the message is that of the first stage that failed."""
    told, first = [], True
    for name, status in (("Fetch", fetch), ("Build", build)):
        latest = {
            "status": status,
            **({"errorDetails": {"message": message, "code": code}} if message and first else {}),
        }
        first = first and status != "Failed"
        told.append(
            {
                "stageName": name, "actionStates": [{"actionName": name, "latestExecution": latest}],
                **({"latestExecution": {"status": status}} if status else {}), **more.get(name, {}),
            }
        )  # fmt: skip
    return {"GetPipelineState": {"stageStates": told}}


def runs(*statuses: str) -> dict[str, Any]:
    return {"ListPipelineExecutions": {"pipelineExecutionSummaries": [{"status": each} for each in statuses]}}


def connected(status: str) -> dict[str, Any]:
    return {"GetConnection": {"Connection": {"ConnectionStatus": status}}}


def policy(text: str) -> dict[str, Any]:
    return {"GetBucketPolicy": {"Policy": text}}


NOT_AVAILABLE = f"Connection {CONNECTION} is not available"
NO_REPOSITORY = "AWS CodePipeline was unable to access the repository a/b"
QUOTA = "Error calling startBuild: Cannot have more than 0 builds in queue for the account"
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": files(SITE)[1]}
PLAIN = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": files(SITE)}
PLAIN["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
TLS_ONLY = policy(json.dumps({"Version": "2012-10-17", "Statement": [OPEN, PLAIN]}))
IN_A_NETWORK = policy(
    allow("s3:PutObject", files(SITE)[1], "Deny", Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": "v"}})
)
CLOSED_WAY = {"inboundTransitionState": {"enabled": False, "disabledReason": "freeze"}}
HEALTHY = {
    "a connection": State(
        of.by_a_connection, "works", answers=connected("AVAILABLE") | stages("Succeeded", "Succeeded")
    ),
    "a run under way": State(
        of.as_it_is, "works", answers=stages("InProgress", "Succeeded") | runs("InProgress", "Succeeded")
    ),
    "a run stopped by a person": State(
        of.as_it_is, "works", answers=stages("Succeeded", "Stopped") | runs("Stopped", "Superseded", "Succeeded")
    ),
}  # fmt: skip
BROKEN = {
    "a connection that waits": State(
        of.by_a_connection, "waiting", "connection", "Update pending connection",
        connected("PENDING") | stages("Failed", "", NOT_AVAILABLE),
    ),
    "a connection that broke": State(
        of.by_a_connection, "broken", "connection", "look at the app", connected("ERROR") | stages("Failed", ""),
    ),
    "a connection that is gone": State(
        of.by_a_connection, "broken", "connection", "Make a new one",
        {"GetConnection": "ResourceNotFoundException"} | stages("Failed", ""),
    ),
    "a connection that may not be looked at": State(
        of.by_a_connection, "unknown", "connection", answers=stages("Succeeded", "Succeeded"), denied=("GetConnection",)
    ),
    "a connection that may not be used": State(
        of.connection_not_allowed, "broken", "reads", "codeconnections:UseConnection",
        connected("AVAILABLE") | stages("Failed", "", "The provided role does not have sufficient permissions."),
    ),
    "a repository that the connection does not see": State(
        of.by_a_connection, "broken", "stage-fetch", "Let the app of the connection see that repository",
        connected("AVAILABLE") | stages("Failed", "", NO_REPOSITORY),
    ),
    "no builds allowed": State(
        of.as_it_is, "broken", "stage-build", "Service Quotas", stages("Succeeded", "Failed", QUOTA, "JobFailed"),
    ),
    "a way that is closed": State(
        of.as_it_is, "broken", "way-in", "enable-stage-transition",
        stages("Succeeded", "", Build=CLOSED_WAY) | runs("InProgress", "Succeeded"),
    ),
    "never ran": State(of.as_it_is, "waiting", "stage-fetch", answers=stages("", "") | runs()),
    "a rule without a role": State(
        of.told_of_each_upload, "broken", "starts", "codepipeline:StartPipelineExecution",
        {"ListTargetsByRule": {"Targets": [{"Id": "1", "Arn": f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{NAME}"}]}},
    ),
    "plain HTTP is refused": State(of.as_it_is, "broken", "visitors", "put CloudFront in front", TLS_ONLY),
    "in a network only": State(of.as_it_is, "unknown", "publishes", answers=IN_A_NETWORK),
    "roles that may not be read": State(of.as_it_is, "unknown", "role", denied=("GetRole",)),
    "a pipeline that may not be read": State(of.as_it_is, "unknown", "pipeline", denied=("GetPipeline",)),
    "keys that may not be seen": State(of.as_it_is, "unknown", "encryption", denied=("GetBucketEncryption",)),
}  # fmt: skip
STATES: Mapping[str, State] = {**HEALTHY, **BROKEN} | {
    each.made.__name__: each
    for each in (
        State(of.as_it_is, "works"),
        State(of.with_managed_policies, "works"),
        State(of.behind_cloudfront, "works"),
        State(of.deployed_by_a_step_of_its_own, "works"),
        State(of.handed_on_as_the_console_makes_it, "works"),
        State(of.from_two_zips, "works"),
        State(of.from_two_zips_one_unwatched, "works_but", "starts", "start-pipeline-execution"),
        State(of.from_a_registry, "unknown", "starts"),
        State(of.built_in_a_batch, "broken", "builds", "codebuild:StartBuildBatch, codebuild:BatchGetBuildBatches"),
        State(of.deployed_into_a_folder, "works"),
        State(of.deployed_with_access_lists, "works"),
        State(of.opened_by_access_lists, "works"),
        State(of.access_lists_that_are_ignored, "works_but", "visitors", "handrail run website"),
        State(of.access_lists_that_the_bucket_refuses, "broken", "publishes", "Take CannedACL out of the step"),
        State(of.deployed_unopened, "works_but", "site", "Extract: true"),
        State(of.opened_in_part, "broken", "visitors", "s3:GetObject on"),
        State(of.named_by_the_step, "works"),
        State(of.private_and_encrypted, "works"),
        State(of.source_encrypted, "works"),
        State(of.by_a_branch, "works"),
        State(of.fetched_with_a_role_of_its_own, "works"),
        State(of.told_of_each_upload, "works"),
        State(of.built_in_another_region, "unknown", "artifacts"),
        State(of.built_in_another_account, "unknown", "role"),
        State(of.a_branch_of_another_account, "unknown", "branch", answers=stages("Succeeded", "Succeeded")),
        State(of.nothing_starts_it, "works_but", "starts", "start-pipeline-execution"),
        State(of.its_rule_is_off, "broken", "starts", "enable-rule"),
        State(of.its_rule_is_about_another_file, "broken", "starts", "to the letter"),
        State(of.told_by_a_trail, "works"),
        State(of.told_by_no_trail, "broken", "starts", "handrail run s3_pipeline"),
        State(of.told_by_a_trail_that_is_off, "broken", "starts", "aws cloudtrail start-logging --name audit"),
        State(of.started_with_a_version_for_another_step, "broken", "starts", "Name the step of the source"),
        State(of.its_rule_may_not_start_it, "broken", "starts", "codepipeline:StartPipelineExecution"),
        State(of.its_rule_hears_of_small_ones, "works_but", "starts", "Let its pattern hear all of them"),
        State(of.its_rule_hears_of_large_ones, "works_but", "starts", "Let its pattern hear all of them"),
        State(of.its_bucket_tells_nobody, "broken", "starts", "handrail run s3_pipeline"),
        State(
            of.pushes_are_not_noticed,
            "works_but",
            "starts",
            "detect changes",
            connected("AVAILABLE") | stages("Succeeded", "Succeeded"),
        ),
        State(
            of.by_a_connection_for_one_repository,
            "works",
            answers=connected("AVAILABLE") | stages("Succeeded", "Succeeded"),
        ),
        State(
            of.connection_allowed_for_another_repository,
            "broken",
            "reads",
            "codeconnections:UseConnection",
            connected("AVAILABLE") | stages("Succeeded", "Succeeded"),
        ),
        State(
            of.connection_allowed_on_a_condition,
            "unknown",
            "reads",
            answers=connected("AVAILABLE") | stages("Succeeded", "Succeeded"),
        ),
        State(of.an_empty_repository, "waiting", "branch", "Push a first commit."),
        State(of.the_branch_is_called_master, "broken", "branch", "Choose one that is there, or push main first"),
        State(of.no_zip, "waiting", "file", "Upload it."),
        State(of.no_versions, "broken", "file", "put-bucket-versioning"),
        State(of.source_encrypted_and_not_allowed, "broken", "source-key", "kms:Decrypt"),
        State(of.source_encrypted_otherwise_than_its_bucket, "broken", "source-key", "kms:Decrypt"),
        State(of.next_source_encrypted, "works_but", "source-key", "kms:Decrypt"),
        State(of.may_not_read, "broken", "reads", "s3:GetObject, s3:GetObjectVersion, s3:GetBucketVersioning"),
        State(of.no_role, "broken", "role", "another role"),
        State(of.role_of_another_service, "broken", "role", "sts:AssumeRole"),
        State(of.a_role_of_its_own_that_may_not_be_taken_on, "broken", "role", "role front-works sts:AssumeRole on"),
        State(of.one_role_that_may_not_hand_on, "broken", "artifacts", "s3:PutObject"),
        State(of.zip_in_the_archive, "broken", "file", "Upload it again"),
        State(of.nowhere_to_hand_on, "broken", "artifacts", "Make it again in eu-central-1"),
        State(of.handed_on_elsewhere, "broken", "artifacts", "a bucket of eu-central-1"),
        State(of.no_project, "broken", "builds", "give the pipeline another"),
        State(of.may_not_start_builds, "broken", "builds", "codebuild:StartBuild"),
        State(of.may_not_fetch_what_is_handed_on, "broken", "artifacts", "s3:GetObject"),
        State(of.may_not_publish, "broken", "publishes", "s3:PutObject"),
        State(of.may_not_delete, "broken", "publishes", "s3:DeleteObject"),
        State(of.no_site, "broken", "site", "Make it again"),
        State(of.a_site_that_is_not_told, "unknown", "site", "buildspec.yml"),
        State(of.website_encrypted, "broken", "site-key", "SSE-S3"),
        State(of.website_encrypted_by_amazon, "broken", "site-key", "SSE-S3"),
        State(of.private_and_the_key_not_allowed, "broken", "site-key", "kms:GenerateDataKey, kms:Decrypt"),
        State(of.blocked, "broken", "visitors", "put CloudFront in front"),
        State(of.sends_everybody_away, "broken", "visitors", "Take the redirect out"),
        State(of.read_by_nobody, "works_but", "visitors", "handrail run website"),
        State(of.invalidates_nothing_that_is_there, "broken", "distribution", "Name another, or none"),
        State(of.invalidates_another, "works_but", "distribution", "in front of that bucket"),
        State(of.may_not_invalidate, "broken", "invalidates", "cloudfront:CreateInvalidation"),
        State(of.the_wrong_folder, "broken", "build", "build_output"),
    )
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.some(every=6)
def test_a_state_is_told_as_it_is(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(Delivery(account))
    found = check(Answers(cloud, state.answers, state.denied))
    because = found.because
    told = (str(found.status), found.cause.partition(":")[0])
    assert told == (state.status, state.cause), [f"{each.id} {each.grade}: {each.sentence}" for each in found.findings]
    assert state.remedy in (because.remedy if because else "")


def test_what_the_plan_knows_the_check_knows() -> None:
    """Beforehand there is more: whether the names are free, and that nothing tells whether builds are allowed."""
    assert checks.RULES == diagnosis.RULES


def test_a_check_makes_so_many_calls_whatever_else_is_there(account: PracticeAccount, cloud: Aws) -> None:
    made = Delivery(account)
    for number in range(3):
        made.client("codepipeline").create_pipeline(pipeline={**pipeline("S3", {}), "name": f"other-{number}"})
        made.s3.create_bucket(Bucket=f"fjord-other-{number}", CreateBucketConfiguration={"LocationConstraint": REGION})
    calls: list[str] = []
    check(Between(cloud, after=lambda _, call: calls.append(call.operation)))
    assert len(calls) == 22, sorted(calls)


def beforehand(cloud: Any, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the review says, by rule: refusals and cautions alike."""
    review = session(cloud, None, answers).review()
    said = [(each.id, f"{each.sentence} {each.remedy}") for each in review.refusals]
    said += [(each.id, each.message) for each in review.cautions if isinstance(each, Caution)]
    return {id.partition(":")[0]: text for id, text in said}


def role_of(cloud: Any, answers: Mapping[str, Any], role: str) -> str:
    (made,) = [one for one in session(cloud, None, answers).review().plan.actions if one.id == f"{role}-policy"]
    return str(made.call.params["PolicyDocument"])


STANDING = {**CODECOMMIT, "site_bucket": SITE}
BEFORE: Mapping[str, tuple[Callable[[Delivery], None], Mapping[str, Any], str, str]] = {
    "a website that a key encrypts": (of.website_encrypted, {"public": "yes"}, "site-key", "SSE-S3"),
    "by Amazon's key": (of.website_encrypted_by_amazon, {"public": "yes"}, "site-key", "SSE-S3"),
    "a website that leads away": (
        of.sends_everybody_away,
        {"public": "yes"},
        "visitors",
        "Take the redirect out",
    ),
    "no such distribution": (
        of.as_it_is,
        {"distribution": "E0000000000000"},
        "distribution",
        "Name another, or none",
    ),
}


@pytest.mark.parametrize("name", BEFORE)
@pytest.mark.some(2)
def test_what_is_there_is_looked_at_beforehand(account: PracticeAccount, cloud: Aws, name: str) -> None:
    made, answers, rule, remedy = BEFORE[name]
    made(Delivery(account))
    assert remedy in beforehand(cloud, {**STANDING, **answers})[rule]


def test_who_keeps_the_bucket_is_said_beforehand(account: PracticeAccount, cloud: Aws) -> None:
    tags = [{"Key": "managed-by", "Value": "terraform"}]
    Delivery(account).s3.put_bucket_tagging(Bucket=SITE, Tagging={"TagSet": tags})
    assert "Terraform" in beforehand(cloud, STANDING)["managed"]


def test_a_policy_that_shuts_visitors_out_is_seen_beforehand(account: PracticeAccount, cloud: Aws) -> None:
    Delivery(account)
    only_tls = policy(allow("s3:*", files(SITE), "Deny", Principal="*", Condition=PLAIN["Condition"]))
    said = beforehand(Answers(cloud, only_tls, ()), {**STANDING, "public": "yes"})
    assert "refuses plain HTTP" in said["visitors"]


def test_a_branch_that_is_not_there_is_refused(account: PracticeAccount, cloud: Aws) -> None:
    of.the_branch_is_called_master(Delivery(account))
    with pytest.raises(Refused, match="it has master"):
        session(cloud, None, {**CODECOMMIT, "repository": "front"})


@pytest.mark.wild
def test_the_roles_that_are_made_may_use_the_keys(account: PracticeAccount, cloud: Aws) -> None:
    """The plan owns them, so nothing of it is left to the person."""
    made = Delivery(account)
    made.private()
    site, source = made.encrypted(SITE), made.encrypted(SOURCE)
    answers = {**ZIP, "repository": f"{SOURCE}/{ZIPPED}", "site_bucket": SITE, "public": "no"}
    via = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
    for role, key, action in (("build", site, "kms:GenerateDataKey"), ("pipeline", source, "kms:Decrypt")):
        who = Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/x/y")
        document = role_of(cloud, answers, f"{role}-role")
        assert read(document, Request(action, key, who, via))
        assert not read(document, Request(action, key, who, {"kms:ViaService": f"ec2.{REGION}.amazonaws.com"}))


def test_who_keeps_pipeline_builds_and_bucket_is_told(account: PracticeAccount, cloud: Aws) -> None:
    made = Delivery(account)
    (one,) = made.client("codebuild").batch_get_projects(names=["front-build"])["projects"]
    made.s3.put_bucket_tagging(Bucket=SITE, Tagging={"TagSet": [{"Key": "managed-by", "Value": "terraform"}]})

    codepipeline = made.client("codepipeline")
    arn = codepipeline.get_pipeline(name=NAME)["metadata"]["pipelineArn"]

    def kept(tags: Any) -> dict[str, str]:
        codepipeline.tag_resource(resourceArn=arn, tags=tags)
        found = check(Answers(cloud, {"BatchGetProjects": {"projects": [{**one, "tags": tags}]}}, ()))
        assert str(found.status) == "works"
        return {each.id: each.sentence for each in found.findings if each.id.startswith("managed:")}

    assert list(kept([{"key": "team", "value": "web"}])) == [f"managed:bucket/{SITE}"]
    by_stack = kept([{"key": "elasticbeanstalk:environment-name", "value": "front"}])
    assert list(by_stack) == [f"managed:{NAME}", "managed:project/front-build", f"managed:bucket/{SITE}"]
    assert "the Elastic Beanstalk environment front" in by_stack[f"managed:{NAME}"]
    assert "Terraform" in by_stack[f"managed:bucket/{SITE}"]


@pytest.mark.parametrize(
    ("quotas", "there", "grades"),
    [
        ({}, 0, ("proved", "proved", "proved")),
        ({"L-9D07B6EF": 0}, 0, ("proved", "proved", "refused")),
        ({"L-9D07B6EF": None}, 0, ("proved", "proved", "not checked")),
        ({}, 1000, ("refused", "proved", "proved")),
        ({"L-78D200AD": 2000}, 1000, ("proved", "proved", "proved")),
        ({}, 5000, ("refused", "refused", "proved")),
        ({"L-78D200AD": None, "L-ACCF6C0D": None}, 5000, ("refused", "refused", "proved")),
    ],
)
def test_what_the_account_may_have_is_known_beforehand(
    cloud: Aws, quotas: Mapping[str, int | None], there: int, grades: tuple[str, ...]
) -> None:
    """The value of a quota is read only where it decides."""
    usual = {"L-9D07B6EF": 60, "L-78D200AD": 1000, "L-ACCF6C0D": 5000}
    asked = list[str]()

    class Account(Between):
        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            yield {"pipelines": [{}] * there, "projects": ["x"] * there}

        def make(self, call: Call) -> dict[str, Any]:
            asked.append(call.params["QuotaCode"])
            value = {**usual, **quotas}[asked[-1]]
            return {} if value is None else {"Quota": {"Value": value}}

    found = [*checks.room(Account(cloud)), checks.at_once(Account(cloud))]
    assert tuple(each.grade.value for each in found) == grades
    assert len(asked) == 1 + sum(there >= most for most in (1000, 5000))
    assert all("raise the quota L-" in each.remedy for each in found if each.grade.value == "refused")
