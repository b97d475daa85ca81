"""How the stages of a pipeline are: what was delivered, what failed and why, and what a person has to do first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.aws import builds
from flows.engine import Call, Cloud, CloudError, Finding, Grade, shell
from flows.engine.findings import broken, caution, likely, proved, unknown, waits

SHOWN = 6
"""So many lines of a log are shown."""
READS = ("codepipeline.GetPipelineState", "codepipeline.ListPipelineExecutions", *builds.READS)
OVER = ("Succeeded", "Failed")
MESSAGES: tuple[tuple[str, str], ...] = (
    ("is not available", "Finish the connection in the browser, if it still waits for that."),
    ("AccountLimitExceeded", "Ask for more “Concurrently running builds” under Service Quotas, CodeBuild."),
    ("builds in queue", "Ask for more “Concurrently running builds” under Service Quotas, CodeBuild."),
    ("sufficient permissions", "Let the pipeline's role use the connection: codeconnections:UseConnection."),
    ("unable to access the repository", "Let the app of the connection see that repository, at the provider."),
    ("Could not access the", "Let the app of the connection see that repository, at the provider."),
    ("not authorized", "A role that was just made is known everywhere within a minute; else allow it what it says."),
    ("PermissionError", "A role that was just made is known everywhere within a minute; else allow it what it says."),
)
"""What AWS says of a stage, in one word → what to do."""


@dataclass(frozen=True)
class Known:
    """What is known of a pipeline when its stages are looked at.

    Args:
        cloud: the account.
        pipeline: its name.
        providers: the names of its actions → who does them: S3, CodeBuild; empty where that could not be read.
        behind: what else was found wrong, by provider. A stage's failure follows from that.
    """

    cloud: Cloud
    pipeline: str
    providers: Mapping[str, str] = field(default_factory=dict)
    behind: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)

    @property
    def again(self) -> str:
        return f"Then: {shell.aws('codepipeline', 'start-pipeline-execution', name=self.pipeline)}"


def stages(known: Known) -> Iterator[Finding]:
    """How each stage is."""
    cloud, pipeline = known.cloud, known.pipeline
    try:
        state = cloud.make(Call("codepipeline.GetPipelineState", {"name": pipeline}))
    except CloudError as problem:
        yield unknown("stages", f"How the stages of {pipeline} are could not be read.", str(problem))
        yield from _last_run(cloud, pipeline)
        return
    told = state.get("stageStates") or []
    runs = _runs(cloud, pipeline) if any(_status(stage) not in OVER for stage in told) else []
    before = ""
    for stage in told:
        yield from _stage(known, stage, runs, before)
        before = before or (str(stage.get("stageName") or "") if _status(stage) == "Failed" else "")


def _runs(cloud: Cloud, pipeline: str) -> list[str]:
    """How the last hundred runs ended or are, the newest first; none where they cannot be read."""
    asked = Call("codepipeline.ListPipelineExecutions", {"pipelineName": pipeline, "maxResults": 100})
    try:
        listed = cloud.make(asked).get("pipelineExecutionSummaries") or []
    except CloudError:
        return []
    return [str(each.get("status") or "") for each in listed]


def _last_run(cloud: Cloud, pipeline: str) -> Iterator[Finding]:
    try:
        listed = cloud.make(Call("codepipeline.ListPipelineExecutions", {"pipelineName": pipeline, "maxResults": 1}))
    except CloudError as problem:
        yield unknown("run", f"Whether {pipeline} ever ran could not be read.", str(problem))
        return
    run: Mapping[str, Any] = next(iter(listed.get("pipelineExecutionSummaries") or []), {})
    status = run.get("status") or "not seen"
    if status == "Succeeded":
        yield proved("run", f"The last run of {pipeline} succeeded.", "ListPipelineExecutions")
    elif status == "Failed":
        yield broken("run", f"The last run of {pipeline} failed.", "ListPipelineExecutions", "See why in the console.")
    else:
        yield waits("run", f"The last run of {pipeline} is {status}.", "ListPipelineExecutions")


def _status(stage: Mapping[str, Any]) -> str:
    return str((stage.get("latestExecution") or {}).get("status") or "")


def _stage(known: Known, stage: Mapping[str, Any], runs: list[str], before: str) -> Iterator[Finding]:
    """How one is; `before` is the name of an earlier one that failed, behind which nothing goes on."""
    name, status = str(stage.get("stageName") or "without a name"), _status(stage)
    id = f"stage-{name.lower()}"
    way_in = stage.get("inboundTransitionState") or {}
    if way_in.get("enabled") is False:
        said = f": {way_in['disabledReason']}" if way_in.get("disabledReason") else ""
        enable = shell.aws(
            "codepipeline", "enable-stage-transition", pipeline_name=known.pipeline, stage_name=name,
            transition_type="Inbound",
        )  # fmt: skip
        closed = f"The way into the stage {name} is switched off, so nothing gets there{said}."
        yield broken(f"way-in:{name}", closed, "GetPipelineState", f"Switch it on: {enable}")
    if status == "Succeeded":
        yield proved(id, f"The stage {name} succeeded.", "GetPipelineState")
    elif status == "Failed":
        yield from _failed(known, id, name, stage)
    elif status == "Skipped":
        said = f"The stage {name} was left out in the last run by a condition at its entry, so it delivered nothing."
        yield caution(id, said, "GetPipelineState: Skipped", f"See its conditions. {known.again}")
    elif before:
        sentence = f"The stage {name} was not reached, because {before} failed."
        yield Finding(id, Grade.PREDICTED, sentence, "GetPipelineState", follows=(f"stage-{before.lower()}",))
    else:
        yield _not_over(known, id, f"The stage {name} is {status or 'not reached yet'}.", runs)


def _not_over(known: Known, id: str, sentence: str, runs: list[str]) -> Finding:
    """A stage in which a run is under way, or which no run reached: what the last one that ended did counts."""
    seen, last = "GetPipelineState, ListPipelineExecutions", next((each for each in runs if each in OVER), "")
    if "Succeeded" not in runs:
        return waits(id, sentence, "GetPipelineState")
    if last == "Succeeded":
        return likely(id, f"{sentence} The last run that ended succeeded.", seen)
    failed = f"{sentence} The last run that ended failed."
    return unknown(id, failed, seen, f"Look again when it is over. {known.again}")


def _failed(known: Known, id: str, name: str, stage: Mapping[str, Any]) -> Iterator[Finding]:
    every = stage.get("actionStates") or []
    failed = [each for each in every if (each.get("latestExecution") or {}).get("status") == "Failed"]
    if not failed and (condition := _condition(stage)):
        yield broken(
            id, f"The stage {name} failed: {condition}", "GetPipelineState: its conditions",
            f"Look at what the condition waits for. {known.again}",
        )  # fmt: skip
        return
    for number, action in enumerate(failed or [{}]):
        one, called = action.get("latestExecution") or {}, str(action.get("actionName") or name)
        more = f":{called}" if number else ""
        told = one.get("errorDetails") or {}
        message = str(told.get("message") or one.get("summary") or "no reason was given")
        provider = known.providers.get(called, "" if name == "Source" else "CodeBuild")
        build = str(one.get("externalExecutionId") or "") if provider == "CodeBuild" else ""
        ended = list(_build(known.cloud, f"build{more}", build)) if build else []
        behind = known.behind.get(provider, ())
        waiting = bool(behind) and all(each.grade is Grade.WAITING for each in behind)
        remedy = next((each for word, each in MESSAGES if word in f"{told.get('code')} {message}"), "")
        remedy = "" if ended or behind else remedy or "Mend what AWS says there."
        yield Finding(
            id + more, Grade.WAITING if waiting else Grade.REFUSED, f"The stage {name} failed: {message}",
            "GetPipelineState", f"{remedy} {known.again}".strip(),
            follows=tuple(each.id for each in (*behind, *ended)),
        )  # fmt: skip
        yield from ended


CONDITIONS = {"beforeEntryConditionState": "at its entry", "onSuccessConditionState": "at its end"}
"""Where a stage's conditions are asked (CodePipeline User Guide, "How do stage conditions work?", 2026-11)."""


def _condition(stage: Mapping[str, Any]) -> str:
    """Which condition of a stage was not met, as a sentence; "" if none is known."""
    for key, where in CONDITIONS.items():
        told = stage.get(key) or {}
        if (told.get("latestExecution") or {}).get("status") not in ("Failed", "Errored"):
            continue
        rules = [rule for each in told.get("conditionStates") or [] for rule in each.get("ruleStates") or []]
        bad = [each for each in rules if (each.get("latestExecution") or {}).get("status") in ("Failed", "Errored")]
        for each in bad:
            last = each["latestExecution"]
            why = (last.get("errorDetails") or {}).get("message") or last.get("summary") or "no reason was given"
            return f"the rule {each.get('ruleName')} of its condition {where} was not met: {why}"
        return f"its condition {where} was not met."
    return ""


def _build(cloud: Cloud, id: str, build: str) -> Iterator[Finding]:
    try:
        one = builds.ending(cloud, build)
    except CloudError as problem:
        yield unknown(id, f"The build {build} could not be read.", str(problem))
        return
    if one is None:
        return
    why, remedy = builds.meaning(one)
    how = builds.ENDED.get(one.status, "failed")
    at = f" at “{one.command}”" if one.command else ""
    said = f" ({'; '.join(one.said)})" if one.said else ""
    log = f"Its log could not be read ({one.unread})" if one.unread else "Its log says nothing"
    if one.lines:
        log = f"Its log says: {' | '.join(one.lines[-SHOWN:])}"
    sentence = f"The build {how} in {one.phase}{at}{said}. {why} {log}"
    yield broken(id, sentence, f"BatchGetBuilds, GetLogEvents ({build})", remedy)
