"""What somebody does to a delivery that a run made, and what an undo leaves because of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from spa_pipeline.cases import CODECOMMIT, session
from support.clock import FakeClock
from support.clouds import Between
from support.colleagues import Deed, client, taken_back_after
from support.sessions import carried_out, taken_back

from flows.aws import bucket_creation
from flows.aws.buckets import Bucket
from flows.engine import Call, CloudError, Journal, Lost, Session
from flows.engine.boto import Aws
from flows.engine.expressions import part
from flows.engine.of_others import DOUBT
from flows.practice import PracticeAccount
from flows.practice.happenings import happen

ARTIFACTS, SITE = "shop-front-pipe-123456789012-eu-central-1", "fjord-shop-front"
MAY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
"""AWS's own cache policy for files."""
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:theirs"


def nothing(account: PracticeAccount, made: Session) -> None:
    pass


def code_pushed(account: PracticeAccount, made: Session) -> None:
    """As practice mode lets it happen; CreateBranch sets no default branch, neither here nor on AWS."""
    assert "Somebody pushed to main" in happen(made.cloud, made.run.record.handover["outputs"])  # type: ignore[union-attr]


def another_branch_pushed(account: PracticeAccount, made: Session) -> None:
    codecommit = client(account, "codecommit")
    codecommit.create_branch(repositoryName="shop-front", branchName="draft", commitId="0" * 40)


def pipeline_edited(account: PracticeAccount, made: Session) -> None:
    pipelines = client(account, "codepipeline")
    pipeline = pipelines.get_pipeline(name="shop-front")["pipeline"]
    pipeline["stages"][0]["name"] = "Theirs"
    pipelines.update_pipeline(pipeline=pipeline)


def pipeline_deleted(account: PracticeAccount, made: Session) -> None:
    client(account, "codepipeline").delete_pipeline(name="shop-front")


def pipeline_cloned(account: PracticeAccount, made: Session) -> None:
    pipelines = client(account, "codepipeline")
    pipeline = pipelines.get_pipeline(name="shop-front")["pipeline"]
    pipelines.create_pipeline(pipeline={**pipeline, "name": "theirs"})


def schedule_starts_it(account: PracticeAccount, made: Session) -> None:
    pipeline = "arn:aws:codepipeline:eu-central-1:123456789012:shop-front"
    trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = client(account, "iam").create_role(
        RoleName="theirs", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]
    target = {"Arn": pipeline, "RoleArn": role["Arn"]}
    window = {"Mode": "OFF"}
    client(account, "scheduler").create_schedule(
        Name="nightly", ScheduleExpression="rate(1 day)", FlexibleTimeWindow=window, Target=target
    )


def rule_starts_its_builds(account: PracticeAccount, made: Session) -> None:
    events, project = client(account, "events"), "arn:aws:codebuild:eu-central-1:123456789012:project/shop-front-build"
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    target = {"Id": "build", "Arn": project, "RoleArn": "arn:aws:iam::123456789012:role/theirs"}
    events.put_targets(Rule="nightly", Targets=[target])


def rule_of_theirs_starts_it(account: PracticeAccount, made: Session) -> None:
    events = client(account, "events")
    (ours,) = [rule["Name"] for rule in events.list_rules(NamePrefix="handrail-")["Rules"]]
    (target,) = events.list_targets_by_rule(Rule=ours)["Targets"]
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="nightly", Targets=[{key: target[key] for key in ("Id", "Arn", "RoleArn")}])


def project_edited(account: PracticeAccount, made: Session) -> None:
    from moto.codebuild.models import codebuild_backends  # moto has no UpdateProject

    project = codebuild_backends["123456789012"]["eu-central-1"].codebuild_projects["shop-front-build"]
    project.project_metadata["description"] = "theirs"


def project_deleted(account: PracticeAccount, made: Session) -> None:
    client(account, "codebuild").delete_project(name="shop-front-build")


def log_kept_longer(account: PracticeAccount, made: Session) -> None:
    client(account, "logs").put_retention_policy(logGroupName="/aws/codebuild/shop-front-build", retentionInDays=365)


def log_kept_for_ever(account: PracticeAccount, made: Session) -> None:
    client(account, "logs").delete_retention_policy(logGroupName="/aws/codebuild/shop-front-build")


def log_deleted(account: PracticeAccount, made: Session) -> None:
    client(account, "logs").delete_log_group(logGroupName="/aws/codebuild/shop-front-build")


def target_of_theirs(account: PracticeAccount, made: Session) -> None:
    client(account, "events").put_targets(Rule=_rule(account), Targets=[{"Id": "theirs", "Arn": QUEUE}])


def target_edited(account: PracticeAccount, made: Session) -> None:
    events = client(account, "events")
    (target,) = events.list_targets_by_rule(Rule=_rule(account))["Targets"]
    events.put_targets(Rule=_rule(account), Targets=[{**target, "Input": json.dumps({"theirs": True})}])


def target_removed(account: PracticeAccount, made: Session) -> None:
    client(account, "events").remove_targets(Rule=_rule(account), Ids=["pipeline"])


def pattern_edited(account: PracticeAccount, made: Session) -> None:
    client(account, "events").put_rule(Name=_rule(account), EventPattern=json.dumps({"source": ["theirs"]}))


def rule_deleted(account: PracticeAccount, made: Session) -> None:
    target_removed(account, made)
    client(account, "events").delete_rule(Name=_rule(account))


def policy_edited(account: PracticeAccount, made: Session) -> None:
    client(account, "iam").put_role_policy(
        RoleName="shop-front-build", PolicyName="handrail", PolicyDocument=json.dumps(MAY)
    )


def page_in_the_site(account: PracticeAccount, made: Session) -> None:
    client(account, "s3").put_object(Bucket=SITE, Key="index.html", Body=b"theirs")


def files_handed_on(account: PracticeAccount, made: Session, *keys: str) -> None:
    s3 = client(account, "s3")
    s3.delete_bucket_policy(Bucket=ARTIFACTS)  # moto takes a refusal without looking at its condition
    for key in ("shop-front/source/1.zip", *keys):
        s3.put_object(Bucket=ARTIFACTS, Key=key, Body=b"zip")


def file_beside_them(account: PracticeAccount, made: Session) -> None:
    files_handed_on(account, made, "shop-front-backup.zip")


def statement_in_the_policy(account: PracticeAccount, made: Session) -> None:
    s3 = client(account, "s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=ARTIFACTS)["Policy"])
    policy["Statement"].append(
        {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
         "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{ARTIFACTS}/*"}
    )  # fmt: skip
    s3.put_bucket_policy(Bucket=ARTIFACTS, Policy=json.dumps(policy))


def site_tells_a_queue(account: PracticeAccount, made: Session) -> None:
    told = {"QueueConfigurations": [{"Id": "theirs", "QueueArn": QUEUE, "Events": ["s3:ObjectRemoved:*"]}]}
    client(account, "s3").put_bucket_notification_configuration(
        Bucket=SITE, NotificationConfiguration=told, SkipDestinationValidation=True
    )


def site_made_anew(account: PracticeAccount, made: Session) -> None:
    """The run's own was deleted; this one is somebody's, though it has the name."""
    s3 = client(account, "s3")
    s3.delete_bucket(Bucket=SITE)
    s3.create_bucket(Bucket=SITE, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.delete_bucket_tagging(Bucket=SITE)  # moto gives it those of the former one


def site_tagged_anew(account: PracticeAccount, made: Session) -> None:
    """As a script for cost tags does it, which does not know that S3 replaces all of them."""
    cost = {"TagSet": [{"Key": "cost", "Value": "web"}]}
    client(account, "s3").put_bucket_tagging(Bucket=SITE, Tagging=cost)


def distribution_of_theirs(account: PracticeAccount, made: Session) -> None:
    origin = {
        "Id": "site", "DomainName": f"{made.answers()['site_bucket']}.s3-website.eu-central-1.amazonaws.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
    }  # fmt: skip
    cached = {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": CACHED}
    client(account, "cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "theirs", "Comment": "theirs", "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]}, "DefaultCacheBehavior": cached,
        }
    )  # fmt: skip


def _rule(account: PracticeAccount) -> str:
    (ours,) = client(account, "events").list_rules(NamePrefix="handrail-")["Rules"]
    return str(ours["Name"])


CHANGED = "Somebody changed it since it was made"
BUILD = "artifacts log build-role build-role-policy project"
HOSTED = "site hosting public-access-block bucket-policy"
SITE_AND_SOURCE = f"{HOSTED} repository"
START = "start-role start-role-policy rule target"
EVERYTHING = f"{SITE_AND_SOURCE} {BUILD} pipeline-role pipeline-role-policy pipeline {START}"
DEEDS = (
    Deed(nothing),
    Deed(code_pushed, "repository", "It holds code by now, so it is kept"),
    Deed(another_branch_pushed, "repository", "deletes it for ever. Its branches: draft."),
    Deed(pipeline_edited, EVERYTHING, CHANGED),
    Deed(pipeline_deleted, gone="pipeline"),
    Deed(pipeline_cloned, f"{BUILD} pipeline-role pipeline-role-policy", "Pipelines of others work with it: theirs"),
    Deed(rule_of_theirs_starts_it, EVERYTHING, "Rules of others start it: nightly"),
    Deed(schedule_starts_it, EVERYTHING, "Schedules of others start it: nightly"),
    Deed(rule_starts_its_builds, BUILD, "Rules of others start it: nightly"),
    Deed(project_edited, BUILD, CHANGED),
    Deed(project_deleted, gone="project"),
    Deed(log_kept_longer, "log", CHANGED),
    Deed(log_kept_for_ever, "log", CHANGED),
    Deed(log_deleted, gone="log"),
    Deed(target_of_theirs, "rule", "Somebody lets it start more: theirs (arn:aws:sqs:"),
    Deed(target_edited, EVERYTHING, CHANGED),
    Deed(target_removed, gone="target"),
    Deed(pattern_edited, "rule", CHANGED),
    Deed(rule_deleted, gone="rule target"),
    Deed(policy_edited, "build-role build-role-policy", CHANGED),
    Deed(page_in_the_site, HOSTED, "There are files in it: index.html"),
    Deed(files_handed_on),
    Deed(file_beside_them, "artifacts", "There are files in it: shop-front-backup.zip."),
    Deed(statement_in_the_policy, "artifacts", "Statements of others are in its policy: Theirs"),
    Deed(site_tells_a_queue, HOSTED, "It tells others of its files: theirs (arn:aws:sqs:"),
    Deed(distribution_of_theirs, HOSTED, "Distributions of CloudFront get their files there"),
    Deed(site_made_anew, "site public-access-block bucket-policy", "Its tags do not say any more", gone="hosting"),
    Deed(site_tagged_anew, HOSTED, "Its tags do not say any more"),
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.act.__name__)
@pytest.mark.some("rule_deleted", "code_pushed")
def test_what_somebody_did_to_it_is_left_and_told(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, deed: Deed
) -> None:
    made = session(cloud, journal, CODECOMMIT, clock=clock)
    carried_out(made)
    taken_back_after(account, made, deed)


@pytest.mark.wild
def test_a_site_that_existed_stays_open_for_what_others_put_before_it(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, {**CODECOMMIT, "site_bucket": "fjord-coffee-site"}, clock=clock)
    carried_out(made)
    why = "Distributions of CloudFront get their files there"
    taken_back_after(account, made, Deed(distribution_of_theirs, "bucket-policy", why))


@pytest.mark.wild
def test_files_go_once_that_was_decided(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, CODECOMMIT, clock=clock)
    carried_out(made)
    taken_back_after(account, made, Deed(page_in_the_site), files="delete")
    assert any("what others had there" in each and "index.html" in each for each in made.receipt().removed)
    assert SITE not in [each["Name"] for each in client(account, "s3").list_buckets()["Buckets"]]


LOG = {"logGroupName": "/aws/codebuild/shop-front-build"}


def log_made(account: PracticeAccount) -> None:
    logs = client(account, "logs")
    logs.create_log_group(**LOG)
    logs.put_retention_policy(**LOG, retentionInDays=365)


def repository_made(account: PracticeAccount) -> None:
    client(account, "codecommit").create_repository(repositoryName="shop-front")


def days_kept(account: PracticeAccount) -> list[int | None]:
    groups = client(account, "logs").describe_log_groups(logGroupNamePrefix=LOG["logGroupName"])["logGroups"]
    return [group.get("retentionInDays") for group in groups]


@pytest.mark.wild
def test_a_log_that_was_there_before_keeps_what_is_in_it_as_long_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    log_made(account)
    made = session(cloud, journal, CODECOMMIT, clock=clock)
    carried_out(made)
    assert days_kept(account) == [365]
    taken_back(made)
    assert days_kept(account) == [365]


@pytest.mark.parametrize(
    ("operation", "meanwhile"), [("logs.CreateLogGroup", log_made), ("codecommit.CreateRepository", repository_made)]
)
@pytest.mark.wild
def test_what_somebody_made_while_an_answer_was_lost_is_not_the_runs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, operation: str,
    meanwhile: Callable[[PracticeAccount], None],
) -> None:  # fmt: skip
    """Our own call never arrived; that one of that name exists proves nothing."""
    lost: list[Call] = []

    def cut(_: int, call: Call) -> None:
        if call.operation == operation and not lost:
            lost.append(call)
            meanwhile(account)
            raise Lost("The line was cut.")

    made = session(cloud, journal, CODECOMMIT, clock=clock)
    made.review()
    made._account = Between(cloud, before=cut)
    assert not [event.problem for event in made.apply() if event.problem]
    assert DOUBT in [claim.why for claim in made.claims()]
    taken_back(made)
    left = {each.what: each.why for each in made.receipt().left}
    assert any(why == DOUBT for why in left.values()), left
    assert days_kept(account) == ([365] if "Log" in operation else [])
    if "Repository" in operation:
        client(account, "codecommit").get_repository(repositoryName="shop-front")


@pytest.mark.wild
def test_what_somebody_made_meanwhile_stays_while_it_cannot_be_seen_whose_it_is(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Left, with the undo still to end, whatever was decided; once it can be seen, a yes lets it go."""
    lost: list[Call] = []
    blind = threading.Event()

    def cut(_: int, call: Call) -> None:
        if call.operation == "logs.CreateLogGroup" and not lost:
            lost.append(call)
            log_made(account)
            raise Lost("The line was cut.")
        if call.operation == "logs.DescribeLogGroups" and blind.is_set():
            raise CloudError("AWS does not list logs just now.")

    made = session(cloud, journal, CODECOMMIT, clock=clock)
    made.review()
    made._account = Between(cloud, before=cut)
    assert not [event.problem for event in made.apply() if event.problem]
    blind.set()
    list(made.undo({"others": "delete"}))
    assert days_kept(account) == [365] and not made.receipt().complete
    blind.clear()
    taken_back(made, others="delete")
    assert days_kept(account) == []


def test_what_is_a_pipelines_own_lies_under_the_first_twenty_letters_of_its_name() -> None:
    made = bucket_creation.artifacts(Bucket("bin", "eu-central-1"), "aws", "shop-front-of-the-company", ())
    listed = {"Versions": [{"Key": f"shop-front-of-the-co{key}"} for key in ("/source/1.zip", "mpany/1.zip")]}
    (files,) = (part(str(each.path), listed) for each in made[0].others if each.key == "files")
    assert files == ["shop-front-of-the-company/1.zip"]
