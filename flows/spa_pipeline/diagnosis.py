"""How a pipeline is: its stages, and where a build failed the lines of its log and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws.codeconnections import handshake
from flows.engine import Call, Cloud, CloudError, Finding, shell
from flows.engine.findings import broken, proved, unknown, waits

LINES = 40
"""So much of the end of a log is looked at."""
SHOWN = 6
READS = tuple(
    Call(operation)
    for operation in (
        "codepipeline.GetPipelineState", "codepipeline.ListPipelineExecutions", "codebuild.BatchGetBuilds",
        "logs.GetLogEvents",
    )
)  # fmt: skip
MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("YAML_FILE_ERROR", "The buildspec cannot be read.", "One wrong space is enough; check it line by line."),
    ("exit status 127", "A command was not found.", "Is it in package.json, and is the command spelt right?"),
    ("AccessControlListNotSupported", "An old command tries to use ACLs.", "Remove --acl public-read."),
    ("index.html", "The build left no index.html in the folder.", "Answer build_output with the folder it makes."),
    ("heap out of memory", "Node.js ran out of memory.", "Use a larger machine: BUILD_GENERAL1_MEDIUM."),
    ("process.env.CI = true", "Warnings count as errors here.", "Use CI=false npm run build, or mend the warnings."),
    ("no builds in queue", "This account may not run builds yet.", "Ask for more under Service Quotas, CodeBuild."),
    ("more than 0 builds", "This account may not run builds yet.", "Ask for more under Service Quotas, CodeBuild."),
    ("Unknown runtime version", "The image does not have that version of Node.js.", "Choose another with node."),
    ("AccessDenied", "The build may not do that.", "Compare its role with what the command needs."),
    ("COMMAND_EXECUTION_ERROR", "A command of the build failed.", "Run the same command on your computer."),
)
"""What is in the log or the phase → what it means, and what to do."""


def diagnose(cloud: Cloud, pipeline: str) -> Iterator[Finding]:
    """Whether a pipeline delivers; where it does not, why. Raises CloudError if the pipeline cannot be read at all."""
    try:
        state = cloud.make(Call("codepipeline.GetPipelineState", {"name": pipeline}))
    except CloudError as problem:
        if problem.aws_code == "PipelineNotFoundException":
            yield broken("pipeline", f"There is no pipeline {pipeline} here.", "GetPipelineState", "Check the region.")
            return
        yield unknown("stages", f"How the stages of {pipeline} are could not be read.", str(problem))
        yield from _last_run(cloud, pipeline)
        return
    for stage in state["stageStates"]:
        yield from _stage(cloud, pipeline, stage)


def _last_run(cloud: Cloud, pipeline: str) -> Iterator[Finding]:
    try:
        listed = cloud.make(Call("codepipeline.ListPipelineExecutions", {"pipelineName": pipeline, "maxResults": 1}))
    except CloudError as problem:
        yield unknown("run", f"Whether {pipeline} ever ran could not be read.", str(problem))
        return
    runs = listed.get("pipelineExecutionSummaries") or []
    status = runs[0]["status"] if runs else "not seen"
    if status == "Succeeded":
        yield proved("run", f"The last run of {pipeline} succeeded.", "ListPipelineExecutions")
    else:
        yield waits("run", f"The last run of {pipeline} is {status}.", "ListPipelineExecutions")


def _stage(cloud: Cloud, pipeline: str, stage: Mapping[str, Any]) -> Iterator[Finding]:
    name, status = stage["stageName"], (stage.get("latestExecution") or {}).get("status", "")
    id = f"stage-{name.lower()}"
    if status == "Succeeded":
        yield proved(id, f"The stage {name} succeeded.", "GetPipelineState")
    elif status == "Failed":
        yield from _failed(cloud, pipeline, id, stage)
    else:
        yield waits(id, f"The stage {name} is {status or 'not reached yet'}.", "GetPipelineState")


def _failed(cloud: Cloud, pipeline: str, id: str, stage: Mapping[str, Any]) -> Iterator[Finding]:
    name = stage["stageName"]
    actions = [a for a in stage["actionStates"] if (a.get("latestExecution") or {}).get("status") == "Failed"]
    last: Mapping[str, Any] = actions[0]["latestExecution"] if actions else {}
    message = str((last.get("errorDetails") or {}).get("message") or last.get("summary") or "no reason was given")
    again = f"Then: {shell.aws('codepipeline', 'start-pipeline-execution', name=pipeline)}"
    if "onnection" in message:
        page = handshake(cloud.identity.region)
        yield waits(
            id, f"The stage {name} waits for the connection: {message}", "GetPipelineState",
            f"Open {page}, choose the connection, “Update pending connection”, and allow access. {again}",
        )  # fmt: skip
    elif "no branch" in message.lower() or ("branch" in message and "exist" in message):
        yield waits(id, f"The stage {name} found nothing: {message}", "GetPipelineState", "Push a first commit.")
    elif "not authorized" in message or "PermissionError" in message:
        yield broken(
            id, f"The stage {name} was not allowed: {message}", "GetPipelineState",
            f"A role that was just made is known everywhere within a minute. {again}",
        )  # fmt: skip
    else:
        yield broken(id, f"The stage {name} failed: {message}", "GetPipelineState", "See the next lines, if any.")
    if build := str(last.get("externalExecutionId") or "") if name != "Source" else "":
        yield from _build(cloud, build)


def _build(cloud: Cloud, build: str) -> Iterator[Finding]:
    try:
        (one,) = cloud.make(Call("codebuild.BatchGetBuilds", {"ids": [build]}))["builds"]
        where = one.get("logs") or {}
        failed: Mapping[str, Any] = next(
            (p for p in one.get("phases") or [] if p.get("phaseStatus") in ("FAILED", "FAULT")), {}
        )
        said = [f"{c.get('statusCode', '')} {c.get('message', '')}".strip() for c in failed.get("contexts") or []]
        lines = _log(cloud, where) if where.get("groupName") and where.get("streamName") else []
    except (CloudError, ValueError) as problem:
        yield unknown("build", f"The build {build} could not be read.", str(problem))
        return
    text = "\n".join([*said, *lines])
    meaning = next(((why, remedy) for word, why, remedy in MEANINGS if word in text), ("", "Read the lines above."))
    shown = " | ".join(lines[-SHOWN:]) or "no log"
    where_failed = f"The build failed in {failed.get('phaseType', 'a phase')}: {'; '.join(said)}."
    sentence = f"{where_failed} {meaning[0]} Its log ends: {shown}"
    yield broken("build", sentence, f"BatchGetBuilds, GetLogEvents ({build})", meaning[1])


def _log(cloud: Cloud, where: Mapping[str, Any]) -> list[str]:
    params = {"logGroupName": where["groupName"], "logStreamName": where["streamName"], "limit": LINES}
    events = cloud.make(Call("logs.GetLogEvents", {**params, "startFromHead": False})).get("events") or []
    return [str(event["message"]).strip() for event in events if str(event["message"]).strip()]
