"""Pipelines that run: a source, a build with a log, and what goes wrong in either.

moto keeps pipelines and projects and runs none of them. Here a run is what the clock says: the source takes a second,
the build three more. A repository without a commit, a connection that nobody confirmed and an answer with the wrong
folder fail, as they do on AWS. The pages of this company are built into dist.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.codebuild.models import codebuild_backends
from moto.codebuild.responses import CodeBuildResponse
from moto.codecommit.exceptions import RepositoryDoesNotExistException
from moto.codecommit.models import codecommit_backends
from moto.codecommit.responses import CodeCommitResponse
from moto.codepipeline.models import CodePipelineBackend, PipelineExecution
from moto.codepipeline.responses import CodePipelineResponse
from moto.core.responses import ActionResult
from moto.logs.responses import LogsResponse

from flows.practice.clock import CLOCK
from flows.practice.gaps.wire import Described, Response, answers

FETCHED_IN, BUILT_IN, BUILT_INTO = 1, 4, "dist"
PUBLISHED, STAMP = 'test -f "$SITE_DIR/index.html"', "[Container] 2026/11/29 10:00:00.000000"
_create_pipeline: Any = CodePipelineBackend.create_pipeline
_create_repository: Any = CodeCommitResponse.create_repository
_batch_get_builds: Any = CodeBuildResponse.batch_get_builds
_get_log_events: Any = LogsResponse.get_log_events


class PracticeRun(PipelineExecution):
    """A run; how it is, is worked out whenever somebody asks."""

    def __init__(self, backend: Any, pipeline: Described) -> None:
        super().__init__(pipeline["name"], pipeline["version"], None)
        self.began, self._pipeline = CLOCK.now(), pipeline
        # how it ends is settled by what is there when it begins: a later push or repair makes no former run succeed
        self._troubles = [_trouble(backend, stage["actions"][0]) for stage in pipeline["stages"]]

    @property
    def status(self) -> str:
        states = [state for _, state, _ in self.stages()]
        return next((state for state in ("Failed", "InProgress") if state in states), "Succeeded")

    @status.setter
    def status(self, _: str) -> None:
        """moto says at once that it succeeded."""

    def stages(self) -> Iterator[tuple[str, str, str]]:
        """Name, state and trouble of each stage that was reached."""
        for stage, trouble in zip(self._pipeline["stages"], self._troubles, strict=True):
            category = stage["actions"][0]["actionTypeId"]["category"]
            if not CLOCK.passed(self.began, FETCHED_IN if category == "Source" else BUILT_IN):
                yield stage["name"], "InProgress", ""
                return
            yield stage["name"], "Failed" if trouble else "Succeeded", trouble
            if trouble:
                return

    def build(self) -> str:
        for stage in self._pipeline["stages"]:
            settings = stage["actions"][0]["configuration"]
            if "ProjectName" in settings:
                return f"{settings['ProjectName']}:{self.pipeline_execution_id}"
        return ""


def _trouble(backend: Any, action: Described) -> str:
    """What is in the way of an action, as AWS says it; empty for nothing."""
    settings, provider = action["configuration"], action["actionTypeId"]["provider"]
    if provider == "CodeStarSourceConnection":
        return f"Connection {settings['ConnectionArn']} is not available"
    if provider == "CodeCommit":
        repository, branch = settings.get("RepositoryName", ""), settings.get("BranchName", "")
        if branch in _branches(backend, repository):
            return ""
        return f"No branch named {branch} was found in {repository}, or the branch does not exist."
    if provider == "CodeBuild" and _wrong_folder(backend, settings["ProjectName"]):
        return "Build terminated with state: FAILED"
    return ""


def _branches(backend: Any, repository: str) -> list[str]:
    """The branches of a repository, which has some once somebody made them there."""
    known = codecommit_backends[backend.account_id][backend.region_name].repositories
    return list(vars(known[repository]).get("branches", [])) if repository in known else []


def _wrong_folder(backend: Any, project: str) -> str:
    """The folder that a project publishes, where it is not the one that its build makes."""
    made = codebuild_backends[backend.account_id][backend.region_name].codebuild_projects.get(project)
    variables = made.project_metadata["environment"].get("environmentVariables") or [] if made else []
    folder = next((each["value"] for each in variables if each["name"] == "SITE_DIR"), BUILT_INTO)
    return "" if folder == BUILT_INTO else str(folder)


def _create(self: CodePipelineBackend, pipeline: Described, tags: list[dict[str, str]]) -> Any:
    answer = _create_pipeline(self, pipeline, tags)
    _started(self, pipeline["name"])
    return answer


def _started(self: CodePipelineBackend, name: str, variables: Any = None) -> str:
    pipeline, _ = self.get_pipeline(name)
    run = PracticeRun(self, pipeline)
    self.pipelines[name].executions[run.pipeline_execution_id] = run
    return run.pipeline_execution_id


def _state(self: Response) -> str:
    name = self._get_param("name")
    pipeline, _ = self.codepipeline_backend.get_pipeline(name)
    runs = [run for run in self.codepipeline_backend.pipelines[name].executions.values() if hasattr(run, "stages")]
    reached = {stage: (state, trouble) for stage, state, trouble in runs[-1].stages()} if runs else {}
    stages = []
    for stage in pipeline["stages"]:
        shown: Described = {"stageName": stage["name"], "actionStates": [{"actionName": stage["actions"][0]["name"]}]}
        if stage["name"] in reached:
            state, trouble = reached[stage["name"]]
            latest: Described = {"status": state, "externalExecutionId": runs[-1].build()}
            latest |= {"errorDetails": {"code": "JobFailed", "message": trouble}} if trouble else {}
            shown["latestExecution"] = {"pipelineExecutionId": runs[-1].pipeline_execution_id, "status": state}
            shown["actionStates"][0]["latestExecution"] = latest
        stages.append(shown)
    return json.dumps({"pipelineName": name, "pipelineVersion": pipeline["version"], "stageStates": stages})


def _builds(self: Response) -> ActionResult:
    answer: Any = _batch_get_builds(self)
    known = {each["id"] for each in answer.result["builds"]}
    more = [_failed_build(self, id) for id in self._get_param("ids") if id not in known]
    return ActionResult({"builds": [*answer.result["builds"], *more]})


def _failed_build(self: Response, id: str) -> Described:
    project = id.partition(":")[0]
    context = {
        "statusCode": "COMMAND_EXECUTION_ERROR",
        "message": f"Error while executing command: {PUBLISHED}. Reason: exit status 1",
    }
    return {
        "id": id, "projectName": project, "buildStatus": "FAILED", "buildComplete": True,
        "phases": [
            {"phaseType": "BUILD", "phaseStatus": "SUCCEEDED"},
            {"phaseType": "POST_BUILD", "phaseStatus": "FAILED", "contexts": [context]},
        ],
        "logs": {"groupName": f"/aws/codebuild/{project}", "streamName": id.partition(":")[2]},
    }  # fmt: skip


def _log_events(self: Response) -> Any:
    asked = json.loads(self.body)
    if not str(asked.get("logGroupName", "")).startswith("/aws/codebuild/"):
        return _get_log_events(self)
    lines = (
        "vite v7.1.4 building for production...",
        "✓ 214 modules transformed.",
        f"{BUILT_INTO}/index.html   0.46 kB",
        f"{STAMP} Phase complete: BUILD State: SUCCEEDED",
        f"{STAMP} Running command {PUBLISHED}",
        f"{STAMP} Command did not exit successfully {PUBLISHED} exit status 1",
    )
    events = [{"timestamp": 0, "ingestionTime": 0, "message": f"{line}\n"} for line in lines]
    return json.dumps({"events": events, "nextForwardToken": "f", "nextBackwardToken": "b"})


def _tagged_repository(self: Response) -> Any:
    answer = _create_repository(self)
    made = self.codecommit_backend.repositories[self._get_param("repositoryName")]
    vars(made)["tags"] = self._get_param("tags") or {}
    return answer


def _list_repositories(self: Response) -> str:
    known = [each.repository_metadata for each in self.codecommit_backend.repositories.values()]
    told = [{key: each[key] for key in ("repositoryName", "repositoryId")} for each in known]
    return json.dumps({"repositories": told})


def _list_branches(self: Response) -> str:
    name = self._get_param("repositoryName")
    if name not in self.codecommit_backend.repositories:
        raise RepositoryDoesNotExistException(name)
    return json.dumps({"branches": _branches(self.codecommit_backend, name)})


def _create_branch(self: Response) -> str:
    """A branch without its commit, of which nothing here knows."""
    name, branch = self._get_param("repositoryName"), self._get_param("branchName")
    vars(self.codecommit_backend.repositories[name]).setdefault("branches", []).append(branch)
    return "{}"


def _tags_of_repository(self: Response) -> str:
    arn = self._get_param("resourceArn")
    for each in self.codecommit_backend.repositories.values():
        if each.repository_metadata["Arn"] == arn:
            return json.dumps({"tags": vars(each).get("tags", {})})
    raise RepositoryDoesNotExistException(arn.rpartition(":")[2])


def install() -> None:
    CodePipelineBackend.create_pipeline = _create  # type: ignore[method-assign]
    CodePipelineBackend.start_pipeline_execution = _started  # type: ignore[method-assign]
    answers(CodePipelineResponse, {"get_pipeline_state": _state})
    answers(CodeBuildResponse, {"batch_get_builds": _builds})
    answers(LogsResponse, {"get_log_events": _log_events})
    answers(
        CodeCommitResponse,
        {
            "create_repository": _tagged_repository,
            "list_tags_for_resource": _tags_of_repository,
            "list_branches": _list_branches,
            "list_repositories": _list_repositories,
            "create_branch": _create_branch,
        },
    )
