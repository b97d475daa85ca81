"""“Why did my pipeline not start?” First the file and the runs, then who watches it, then each rule from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flows.aws import bucket_creation, buckets, file_events, pipeline_sources
from flows.aws.buckets import Bucket
from flows.aws.file_events import Landing
from flows.aws.pipeline_sources import Pipeline
from flows.aws.role_permissions import OF_A_ROLE
from flows.engine import Call, Cloud, CloudError, Finding, Grade, Refused, shell
from flows.engine.findings import broken, caution, likely, proved, unknown, waits

from . import eventbridge_rules, repairs, rules
from .rules import Situation

RULES = (rules.role, rules.reads, rules.key, rules.hands_on, rules.kept_by)
"""What is known of the role that reads the file, as it is asked beforehand; and who keeps it."""

READS = (
    "codepipeline.GetPipeline", "codepipeline.ListPipelines", "codepipeline.ListPipelineExecutions",
    "codepipeline.GetPipelineState", "events.ListRules", "events.ListTargetsByRule", "s3.GetBucketVersioning",
    "s3.HeadBucket", "s3.HeadObject", "s3.GetBucketNotificationConfiguration", "s3.ListObjectsV2",
    "s3.GetBucketPolicy", "s3.GetBucketEncryption", "s3.GetBucketTagging", "codepipeline.ListTagsForResource",
    "cloudtrail.DescribeTrails", "cloudtrail.GetTrailStatus", "cloudtrail.GetEventSelectors",
)  # fmt: skip


def reads(cloud: Cloud, pipeline: str) -> tuple[Call, ...]:
    """What looking at a pipeline may call, the roles of the rules that start it already among it."""
    roles: set[str] = set()
    with suppress(CloudError):  # then they are not looked at afterwards either
        if one := pipeline_sources.standing(cloud, pipeline):
            roles.add(one.source_role.rpartition("/")[2])
        for rule in pipeline_sources.rules(cloud, pipeline):
            roles |= {str(target["RoleArn"]).rpartition("/")[2] for target in rule.targets if target.get("RoleArn")}
    roles.discard("")
    return (
        *(Call(each) for each in (*READS, *OF_A_ROLE)),
        *(Call(each, {"RoleName": role, **more}) for role in sorted(roles) for each, more in OF_A_ROLE.items()),
    )


def diagnose(cloud: Cloud, pipeline: str, event: str) -> Iterator[Finding]:
    """All that was found, what is wrong first. Raises Refused when the event cannot be read, and CloudError."""
    events = file_events.read(event, cloud.identity) if event else []
    if events:
        yield from about_events(cloud, pipeline, events)
    if pipeline:
        found = list(about(cloud, pipeline))
        yield from sorted(found, key=lambda each: each.grade is not Grade.REFUSED)


def about(cloud: Cloud, name: str) -> Iterator[Finding]:
    every = pipeline_sources.by_source(cloud, name)
    if not every:
        yield broken("pipeline", f"There is no pipeline {name} here.", "ListPipelines", "Check name and --region.")
        return
    if not every[0].source:
        yield broken("pipeline", f"{name} does not read from S3.", "GetPipeline", "A file in a bucket cannot start it.")
        return
    told = set[str]()
    for number, one in enumerate(every):
        rivals = [each for each in every if each is not one]
        for finding in list(_about(cloud, one, rivals)):
            if number == 0:
                yield finding
            elif finding.sentence not in told:  # what is of the whole pipeline is said once
                mend = None if finding.id in ("watched", "versioning") else finding.mend
                yield replace(finding, id=f"{finding.id}:{one.source}", repair="", mend=None).mended_by(mend)
            told.add(finding.sentence)


def _about(cloud: Cloud, one: Pipeline, rivals: list[Pipeline]) -> Iterator[Finding]:
    """Everything about one source of a pipeline; `rivals` are its others, whose rules are not this one's."""
    for step in (runs, bucket, file, permissions, stages):
        try:
            yield from step(cloud, one)
        except CloudError as problem:
            yield unknown(step.__name__, f"The {step.__name__} of {one.name} could not be read.", str(problem))
    try:
        listed = pipeline_sources.rules(cloud, one.name)
    except CloudError as problem:
        yield unknown("rule", f"Which rules start {one.name} could not be read.", str(problem))
        return
    who, hears = cloud.identity, eventbridge_rules.hears
    listed = [rule for rule in listed if hears(who, one, rule) or not any(hears(who, each, rule) for each in rivals)]
    each = [list(eventbridge_rules.rule(cloud, one, rule)) for rule in listed]
    grades = [{finding.grade for finding in findings} for findings in each]
    whole = any(Grade.REFUSED not in found for found in grades)
    works = any(found.isdisjoint({Grade.REFUSED, Grade.NOT_CHECKED}) for found in grades)
    told = [] if listed or one.polls else eventbridge_rules.besides(cloud, one)
    yield from watched(one, listed, told, works=works)
    spare = f"Another rule works, so {one.name} does not need this one."
    for finding in (finding for findings in each for finding in findings):
        wrong = finding.grade is Grade.REFUSED and not finding.id.startswith("loop:")
        if wrong and whole:
            yield replace(finding, grade=Grade.PREDICTED, remedy=spare, repair="", mend=None)
        elif wrong and one.asking:  # it starts all the same
            yield replace(finding, grade=Grade.CAUTION)
        else:
            yield finding


def permissions(cloud: Cloud, one: Pipeline) -> Iterator[Finding]:
    """Whether its role may read the file, and hand it on."""
    where = Bucket(one.bucket, cloud.identity.region)
    here = Situation(cloud, one.name, one.source_role, where, one.key, one.role, one.artifacts, one.artifacts_key)
    for rule in RULES:
        yield from rule(here)


# -- the file and the runs -------------------------------------------------------------------------------------


def runs(cloud: Cloud, one: Pipeline) -> Iterator[Finding]:
    listed = cloud.make(Call("codepipeline.ListPipelineExecutions", {"pipelineName": one.name, "maxResults": 5}))
    last: dict[str, Any] = next(iter(listed.get("pipelineExecutionSummaries") or []), {})
    start = shell.aws("codepipeline", "start-pipeline-execution", name=one.name)
    again = f"Start it once by hand to see whether it works: {start}"
    if not last:
        yield waits("runs", f"{one.name} never ran.", "ListPipelineExecutions", again)
        return
    why = (last.get("trigger") or {}).get("triggerType") or "a reason that is not told"
    when = f", begun {_at(last['startTime'])}" if last.get("startTime") else ""
    sentence = f"Its last run is {last.get('status') or 'in a state that is not told'}{when}, started by {why}."
    if last.get("status") == "Superseded":
        sentence += " A newer run overtook it."
    landed = None
    with suppress(CloudError):  # that the file may not be looked at is told where it is looked for
        landed = pipeline_sources.landed(cloud, one.bucket, one.key)
    if landed and last.get("startTime") and landed > last["startTime"]:
        yield likely(
            "runs", f"{sentence} The newest {one.key} is of {_at(landed)}, and it did not start for that one.",
            "ListPipelineExecutions, HeadObject", again,
        )  # fmt: skip
        return
    yield proved("runs", sentence, "ListPipelineExecutions")


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def bucket(cloud: Cloud, one: Pipeline) -> Iterator[Finding]:
    try:
        there = bucket_creation.standing(cloud, one.bucket)
    except Refused as refused:
        yield unknown(
            "bucket", refused.what, "HeadBucket",
            f"What {one.name} needs there only its owner can see: that it keeps versions, and lets the pipeline's role "
            "read it.",
        )  # fmt: skip
        return
    if there is None:
        yield broken("bucket", f"There is no bucket {one.bucket}.", "HeadBucket", "Make it, or change the pipeline.")
        return
    if there.region != cloud.identity.region:
        yield broken(
            "bucket", f"{one.bucket} is in {there.region}, {one.name} in {cloud.identity.region}.", "HeadBucket",
            "They must be in the same region.",
        )  # fmt: skip
    status = pipeline_sources.versioning(cloud, one.bucket)
    if status == "Enabled":
        yield proved("versioning", f"{one.bucket} keeps versions.", "GetBucketVersioning")
        return
    yield broken(
        "versioning", f"Versioning of {one.bucket} is {'paused' if status else 'off'}; the source step cannot work.",
        "GetBucketVersioning",
        f"Switch it on: {pipeline_sources.keep_versions(one.bucket, cloud.identity.account)}",
    ).mended_by(repairs.keep_versions(one))  # fmt: skip


def file(cloud: Cloud, one: Pipeline) -> Iterator[Finding]:
    size = pipeline_sources.size(cloud, one.bucket, one.key)
    if size is None:
        sentence, remedy = f"There is no {one.key} in {one.bucket}.", f"Upload it: {upload(one.bucket, one.key)}"
        if near := nearest(cloud, one):
            hint = f"Did you mean {near}? Names are exact, and capital letters count."
            yield broken("file", f"{sentence} {hint}", "HeadObject", remedy)
        else:
            yield waits("file", sentence, "HeadObject", remedy)
    elif size > pipeline_sources.LARGEST:
        sentence = f"{one.key} has {size / 2**30:.1f} GB; CodePipeline takes at most 7 GB."
        yield broken("file", sentence, "HeadObject", "Leave out of it what the build fetches itself, or builds anew.")
    elif archive := pipeline_sources.archived(cloud, one.bucket, one.key):
        sentence = f"{one.key} is in the archive ({archive}), from which {one.name} cannot read it."
        yield broken("file", sentence, "HeadObject", pipeline_sources.out_of_the_archive(one.bucket, one.key))
    elif not one.key.endswith(".zip"):
        yield likely(
            "file", f"{one.key} is there, but does not end in .zip.", "HeadObject", "Later steps expect a zip."
        )
    else:
        yield proved("file", f"{one.key} is there ({size:,} bytes).", "HeadObject")


def upload(bucket: str, key: str) -> str:
    """The command that puts the file there, from the folder in which it lies."""
    return shell.aws("s3", "cp", shell.here(key.rpartition("/")[2]), f"s3://{bucket}/{key}")


def nearest(cloud: Cloud, one: Pipeline) -> str:
    """A file whose name differs only in capitals or folders."""

    def bare(key: str) -> str:
        return key.rpartition("/")[2].casefold()

    listed = buckets.keys(cloud, Bucket(one.bucket, cloud.identity.region)) or []
    return next((each for each in listed if bare(each) == bare(one.key)), "")


def stages(cloud: Cloud, one: Pipeline) -> Iterator[Finding]:
    """Whether it started and waits, or failed at the source."""
    state = cloud.make(Call("codepipeline.GetPipelineState", {"name": one.name}))
    for stage in state.get("stageStates") or []:
        name, transition = str(stage.get("stageName")), stage.get("inboundTransitionState") or {}
        if transition.get("enabled") is False:
            yield broken(
                f"stages:{name}",
                f"It starts, but waits before {name}: {transition.get('disabledReason') or 'no reason'}.",
                "GetPipelineState",
                "Let it go on: "
                + shell.aws(
                    "codepipeline", "enable-stage-transition", pipeline_name=one.name, stage_name=name,
                    transition_type="Inbound",
                ),
            )  # fmt: skip
        for action in stage.get("actionStates") or []:
            last = action.get("latestExecution") or {}
            if action.get("actionName") == one.source and last.get("status") == "Failed":
                message = (last.get("errorDetails") or {}).get("message") or "no reason given"
                sentence = f"It started, but could not read the file: {message}"
                found = broken(f"stages:{name}", sentence, "GetPipelineState", _why(message))
                missing = next((each for each in file(cloud, one) if each.grade is Grade.WAITING), None)
                yield found if missing is None else replace(found, grade=missing.grade, follows=(missing.id,))


def _why(message: str) -> str:
    if "kms" in message.lower():
        return "The pipeline's role needs kms:Decrypt for the file's key."
    if "permission" in message.lower() or "denied" in message.lower():
        return "The pipeline's role needs s3:GetObject and s3:GetObjectVersion for the file."
    return "Is the file there, and does the bucket keep versions? After switching that on it may take 15 minutes."


# -- who watches -----------------------------------------------------------------------------------------------


def watched(one: Pipeline, rules: list[pipeline_sources.Rule], told: list[str], *, works: bool) -> Iterator[Finding]:
    """Whether it asks itself, or a rule starts it; `works`: one of the rules was seen to be right from end to end.
    `told` is who else hears of the file, as functions do that start a pipeline themselves."""
    what = f"the file {one.key}" if len(one.steps) > 1 else "the file"
    make = shell.handrail("run", "s3_pipeline", pipeline=one.name)
    if one.polls and one.polling_ended:
        sentence = f"AWS stopped asking on {one.polling_ended[:10]}, because nothing changed for 30 days."
        if rules:  # each of them is looked at by itself
            yield likely("polling", f"{sentence} What starts {one.name} is a rule.", "GetPipeline")
        else:
            found = broken("polling", sentence, "GetPipeline", f"Use events: {make}")
            yield found.mended_by(repairs.watch(one))
    elif one.polls and rules and not works:
        yield caution(
            "polling", f"{one.name} asks for changes itself, and so far only that starts it: its rules are not known "
            "to work.", "GetPipeline: PollForSourceChanges is not false",
            f"AWS stops that after 30 quiet days. Make a rule that works, in the place of its own asking: {make}",
        )  # fmt: skip
    elif one.polls and rules:
        names = ", ".join(rule.name for rule in rules)
        yield likely(
            "polling", f"{one.name} still asks for changes itself, beside the rule {names}: it may start twice.",
            "GetPipeline", "Set PollForSourceChanges to false.",
        ).mended_by(repairs.stop_asking(one))  # fmt: skip
    elif one.polls:
        yield likely(
            "polling", f"{one.name} asks for changes itself about once a minute (PollForSourceChanges is not false).",
            "GetPipeline", f"AWS stops that after 30 quiet days. Use events: {make}",
        )  # fmt: skip
    elif not rules and told:
        yield unknown(
            "watched", f"{one.name} does not ask, and no rule starts it when {what} lands. {' and '.join(told)} hears "
            "of it, and whether that starts the pipeline is not known.",
            "GetPipeline, ListRules, GetBucketNotificationConfiguration",
            f"If nothing of it does, make a rule: {make}",
        )  # fmt: skip
    elif not rules:
        yield broken(
            "watched", f"Nobody watches {what}: {one.name} does not ask, and no rule starts it when that lands.",
            "GetPipeline, ListRules", f"Make the rule: {make}",
        ).mended_by(repairs.watch(one))  # fmt: skip


# -- an event that should have started it ----------------------------------------------------------------------


def about_events(cloud: Cloud, pipeline: str, events: list[Landing]) -> Iterator[Finding]:
    rules = pipeline_sources.rules(cloud, pipeline)
    for number, event in enumerate(events, 1):
        id = f"event:{number}"
        one = pipeline_sources.standing(cloud, pipeline, event.bucket, event.key) if pipeline else None
        if event.refused:
            yield broken(
                id, f"No file landed: S3 refused the {event} with {event.refused}.", "the event",
                "Whoever uploads needs s3:PutObject there.",
            )  # fmt: skip
            continue
        if one and not one.source:
            yield broken(id, f"{one.name} does not read from S3.", "GetPipeline", "A file in a bucket cannot start it.")
        elif one and (event.bucket, event.key) != (one.bucket, one.key):
            yield broken(
                id,
                f"The event is about {event.key} in {event.bucket}; {one.name} reads {one.key} in {one.bucket}.",
                "GetPipeline", "Put the file there under exactly that name.",
            )  # fmt: skip
        if not rules:
            what = pipeline or "any pipeline"
            yield broken(
                f"{id}:rules", f"No rule here starts {what}.", "ListRules", "handrail run s3_pipeline makes one."
            )
        for rule in rules:
            yield eventbridge_rules.event(cloud.identity, rule, event, number)
