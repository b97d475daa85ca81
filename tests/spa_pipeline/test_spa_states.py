"""Pipelines that publish a page as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from spa_pipeline import building, delivery, publishing, source
from spa_pipeline.cases import CODECOMMIT, ZIP, session
from spa_pipeline.delivery import ACCOUNT, NAME, REGION, SITE, SOURCE, ZIPPED, Delivery, allow, files, pipeline
from spa_pipeline.standing import Answers, check, policy
from spa_pipeline.states import PLAIN, STATES
from support.clouds import Between

from flows.engine import Call, Caution, Grade, Refused
from flows.engine.boto import Aws
from flows.policies import Caller, Request, read
from flows.practice import PracticeAccount
from flows.spa_pipeline import checks, diagnosis


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
    assert len(calls) == 23, sorted(calls)


def beforehand(cloud: Any, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the review says, by rule: refusals and cautions alike."""
    review = session(cloud, None, answers).review()
    said = [(each.id, f"{each.sentence} {each.remedy}") for each in review.refusals]
    said += [(each.id, each.message) for each in review.cautions if isinstance(each, Caution)]
    return {id.partition(":")[0]: text for id, text in said}


def test_of_a_role_that_is_to_be_made_nothing_is_proved(account: PracticeAccount, cloud: Aws) -> None:
    Delivery(account)
    said = [each for each in session(cloud, None, CODECOMMIT).review().findings if "The role " in each.sentence]
    assert {each.id.partition(":")[0] for each in said} >= {"reads", "publishes"}
    assert {each.grade for each in said} == {Grade.PREDICTED}, said


def test_what_a_secrets_own_policy_may_forbid_is_not_proved(account: PracticeAccount, cloud: Aws) -> None:
    building.with_variables_that_it_may_read(Delivery(account))
    (said,) = [each for each in check(cloud).findings if "read the secret" in each.sentence]
    assert said.grade is Grade.PREDICTED and "was not looked at" in said.evidence


def role_of(cloud: Any, answers: Mapping[str, Any], role: str) -> str:
    (made,) = [one for one in session(cloud, None, answers).review().plan.actions if one.id == f"{role}-policy"]
    return str(made.call.params["PolicyDocument"])


STANDING = {**CODECOMMIT, "site_bucket": SITE}
BEFORE: Mapping[str, tuple[Callable[[Delivery], None], Mapping[str, Any], str, str]] = {
    "a website that a key encrypts": (publishing.website_encrypted, {"public": "yes"}, "site-key", "SSE-S3"),
    "by Amazon's key": (publishing.website_encrypted_by_amazon, {"public": "yes"}, "site-key", "SSE-S3"),
    "a website that leads away": (
        publishing.sends_everybody_away,
        {"public": "yes"},
        "visitors",
        "Take the redirect out",
    ),
    "no such distribution": (
        delivery.as_it_is,
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
    source.the_branch_is_called_master(Delivery(account))
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
