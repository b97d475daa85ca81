"""Practice pipelines run: a zip is built, a repository without a commit is not, and a wrong folder leaves its log."""

from __future__ import annotations

import json
from typing import Any

from practice.office import refused

from flows.practice import PracticeAccount

EMPTY = {"RepositoryName": "empty", "BranchName": "main", "PollForSourceChanges": "true"}


def made(account: PracticeAccount, name: str, source: dict[str, Any] | None = None, folder: str = "dist") -> Any:
    """A pipeline like the company's own, with another source or another folder; how it is."""
    pipelines: Any = account.session.client("codepipeline")
    builds: Any = account.session.client("codebuild")
    (project,) = builds.batch_get_projects(names=["build-shop"])["projects"]
    builds.create_project(
        name=name,
        source={"type": "CODEPIPELINE", "location": "x"},
        artifacts={"type": "CODEPIPELINE", "location": "x"},
        environment={**project["environment"], "environmentVariables": [{"name": "SITE_DIR", "value": folder}]},
        serviceRole=project["serviceRole"],
    )
    one = pipelines.get_pipeline(name="deliver-shop")["pipeline"]
    one["name"] = name
    one["stages"][1]["actions"][0]["configuration"]["ProjectName"] = name
    if source:
        one["stages"][0]["actions"][0]["configuration"] = source
        one["stages"][0]["actions"][0]["actionTypeId"]["provider"] = "CodeCommit"
    pipelines.create_pipeline(pipeline=one)
    return pipelines.get_pipeline_state(name=name)["stageStates"]


def test_a_zip_is_built(account: PracticeAccount) -> None:
    assert [stage["latestExecution"]["status"] for stage in made(account, "zip")] == ["Succeeded", "Succeeded"]
    pipelines: Any = account.session.client("codepipeline")
    pipelines.start_pipeline_execution(name="zip")
    runs = pipelines.list_pipeline_executions(pipelineName="zip")["pipelineExecutionSummaries"]
    assert [run["status"] for run in runs] == ["Succeeded", "Succeeded"]


def test_a_rule_starts_one_when_a_file_lands(account: PracticeAccount) -> None:
    """However it lands, and only with a role; the rule of the company overlooks it, since no trail records anything."""
    s3: Any = account.session.client("s3")
    events: Any = account.session.client("events")
    pipelines: Any = account.session.client("codepipeline")
    bucket = "fjord-coffee-artifacts"
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    wanted = {"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}, "object": {"key": ["source.zip"]}}}
    events.put_rule(Name="mine", EventPattern=json.dumps(wanted))
    (theirs,) = events.list_targets_by_rule(Rule="deliver-shop-uploads")["Targets"]
    with refused("ValidationException"):
        events.put_targets(Rule="mine", Targets=[{"Id": "1", "Arn": theirs["Arn"]}])
    events.put_targets(Rule="mine", Targets=[theirs])

    def runs() -> int:
        return len(pipelines.list_pipeline_executions(pipelineName="deliver-shop")["pipelineExecutionSummaries"])

    before = runs()
    s3.put_object(Bucket=bucket, Key="other.zip", Body=b"PK")
    assert runs() == before
    s3.copy_object(Bucket=bucket, Key="source.zip", CopySource=f"{bucket}/other.zip")
    assert runs() == before + 1


def test_an_empty_repository_fails_and_nothing_is_built(account: PracticeAccount) -> None:
    source, build = made(account, "empty", EMPTY)
    assert "No branch named main" in source["actionStates"][0]["latestExecution"]["errorDetails"]["message"]
    assert "latestExecution" not in build


def test_a_wrong_folder_leaves_its_log(account: PracticeAccount) -> None:
    _, build = made(account, "folder", folder="build")
    id = build["actionStates"][0]["latestExecution"]["externalExecutionId"]
    (failed,) = account.session.client("codebuild").batch_get_builds(ids=[id])["builds"]
    assert failed["phases"][-1]["contexts"][0]["statusCode"] == "COMMAND_EXECUTION_ERROR"
    where = failed["logs"]
    logs: Any = account.session.client("logs")
    events = logs.get_log_events(logGroupName=where["groupName"], logStreamName=where["streamName"])["events"]
    assert any("exit status 1" in event["message"] for event in events)


def test_a_repository_keeps_its_tags(account: PracticeAccount) -> None:
    repositories = account.session.client("codecommit")
    made = repositories.create_repository(repositoryName="beans", tags={"team": "roasting"})["repositoryMetadata"]
    assert repositories.list_tags_for_resource(resourceArn=made["Arn"])["tags"] == {"team": "roasting"}


def test_a_repository_with_the_branch_is_fetched(account: PracticeAccount) -> None:
    repositories: Any = account.session.client("codecommit")
    repositories.create_repository(repositoryName="empty")
    assert repositories.list_repositories()["repositories"][-1]["repositoryName"] == "empty"
    assert repositories.list_branches(repositoryName="empty")["branches"] == []
    repositories.create_branch(repositoryName="empty", branchName="main", commitId="1")
    assert repositories.list_branches(repositoryName="empty")["branches"] == ["main"]
    assert made(account, "full", EMPTY)[0]["latestExecution"]["status"] == "Succeeded"


def test_a_run_that_failed_stays_so_when_somebody_pushes_later(account: PracticeAccount) -> None:
    repositories: Any = account.session.client("codecommit")
    pipelines: Any = account.session.client("codepipeline")
    repositories.create_repository(repositoryName="empty")
    made(account, "first", EMPTY)
    repositories.create_branch(repositoryName="empty", branchName="main", commitId="1")
    pipelines.start_pipeline_execution(name="first")
    runs = pipelines.list_pipeline_executions(pipelineName="first")["pipelineExecutionSummaries"]
    assert sorted(run["status"] for run in runs) == ["Failed", "Succeeded"]
