"""Practice pipelines run: a zip is built, a repository without a commit is not, and a wrong folder leaves its log."""

from __future__ import annotations

from typing import Any

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
