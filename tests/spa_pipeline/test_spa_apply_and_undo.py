"""Applied, the page is delivered as the answers say; undone, the account is as it was before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from spa_pipeline.cases import CODECOMMIT, VARIANTS, ZIP, picture, session
from support.clock import FakeClock
from support.sessions import carried_out, taken_back

from flows.aws import event_patterns
from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("private, with CloudFront")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    """Answering and reviewing only read; what was delivered meanwhile goes with the buckets that the run made."""
    before = picture(account.session)
    made = session(cloud, journal, VARIANTS[variant], clock=clock)
    made.review()
    assert picture(account.session) == before
    carried_out(made)
    site = VARIANTS[variant]["site_bucket"]
    s3: Any = account.session.client("s3")
    if site != "fjord-coffee-site":
        s3.put_object(Bucket=site, Key="index.html", Body=b"<h1>Fjord</h1>")
    assert picture(account.session) != before
    taken_back(made, files="delete")
    assert picture(account.session) == before
    delivered = [each.what for each in made.receipt().left if each.maybe]
    stood = site == "fjord-coffee-site"
    assert delivered == ([f"What was delivered into {site} meanwhile"] if stood else []), (
        "nobody put back what was there"
    )


@pytest.mark.wild
def test_a_zip_as_the_source(account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Its bucket is only used, and must keep versions."""
    s3: Any = account.session.client("s3")
    s3.put_bucket_versioning(Bucket="fjord-coffee-artifacts", VersioningConfiguration={"Status": "Enabled"})
    before = picture(account.session)
    made = session(cloud, journal, ZIP, clock=clock)
    carried_out(made)
    stages = account.session.client("codepipeline").get_pipeline(name="shop-front")["pipeline"]["stages"]
    assert stages[0]["actions"][0]["configuration"]["S3ObjectKey"] == "source.zip"
    taken_back(made)
    assert picture(account.session) == before


@pytest.mark.wild
def test_a_new_zip_delivers_at_once_and_nothing_asks(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Also one that was copied there; the bucket's other notifications stay, and undone nothing happens any more."""
    s3, pipelines = account.session.client("s3"), account.session.client("codepipeline")
    bucket = "fjord-coffee-artifacts"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="in/source.zip", Body=b"PK")
    queue: Any = {
        "Id": "theirs",
        "QueueArn": "arn:aws:sqs:eu-central-1:123456789012:new-invoices",
        "Events": ["s3:ObjectRemoved:*"],
    }
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [queue]})
    made = session(cloud, journal, ZIP, clock=clock)
    carried_out(made)

    def runs() -> int:
        return len(pipelines.list_pipeline_executions(pipelineName="shop-front")["pipelineExecutionSummaries"])

    source = pipelines.get_pipeline(name="shop-front")["pipeline"]["stages"][0]["actions"][0]
    assert source["configuration"]["PollForSourceChanges"] == "false"
    before = runs()
    s3.copy_object(Bucket=bucket, Key="source.zip", CopySource=f"{bucket}/in/source.zip")
    assert runs() == before + 1
    s3.put_object(Bucket=bucket, Key="other.zip", Body=b"PK")
    assert runs() == before + 1
    taken_back(made)
    notified = s3.get_bucket_notification_configuration(Bucket=bucket)
    assert notified["QueueConfigurations"] == [queue]
    assert "EventBridgeConfiguration" not in notified


def test_a_push_starts_it_and_no_other_branch_does(cloud: Aws) -> None:
    plan = session(cloud, None, CODECOMMIT).review().plan
    (rule,) = [action.call for action in plan.actions if action.id == "rule"]
    pattern = event_patterns.read(rule.params["EventPattern"])
    event: dict[str, Any] = {
        "source": "aws.codecommit",
        "detail-type": "CodeCommit Repository State Change",
        "resources": ["arn:aws:codecommit:eu-central-1:123456789012:shop-front"],
        "detail": {"event": "referenceUpdated", "referenceType": "branch", "referenceName": "main"},
    }
    assert event_patterns.matches(pattern, event)
    assert event_patterns.matches(pattern, {**event, "detail": {**event["detail"], "event": "referenceCreated"}})
    other = {**event, "detail": {**event["detail"], "referenceName": "work"}}
    assert [miss.field for miss in event_patterns.misses(pattern, other)] == ["detail.referenceName"]


@pytest.mark.wild
def test_roles_may_no_more_than_they_must(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """One project may take on the build's role, nothing may everything, and no ACL is touched."""
    carried_out(session(cloud, journal, CODECOMMIT, clock=clock))
    iam: Any = account.session.client("iam")
    trust = iam.get_role(RoleName="shop-front-build")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"].endswith(":project/shop-front-build")
    for role in ("shop-front-build", "shop-front-pipeline"):
        document = iam.get_role_policy(RoleName=role, PolicyName="handrail")["PolicyDocument"]
        for statement in document["Statement"]:
            resources = statement["Resource"]
            assert "*" not in ([resources] if isinstance(resources, str) else resources)
            assert "*" not in json.dumps(statement["Action"])
            assert "Acl" not in json.dumps(statement["Action"]).replace("GetBucketAcl", "")


def test_at_the_end_a_push_is_asked_for_once_and_starts_it(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """With what Git needs for it; not “push” again, and not by hand what each push does. Then one looks."""
    made = session(cloud, journal, CODECOMMIT, clock=clock)
    carried_out(made)
    assert made.run is not None
    steps = made.run.record.handover["next_steps"]
    assert "pip install git-remote-codecommit" in steps[0]
    assert "git push codecommit::eu-central-1://shop-front HEAD:main" in steps[1]
    assert "check spa_pipeline" in steps[2] and len(steps) == 3 + len(made.hand_over().notes)
