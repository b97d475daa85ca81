"""What starts a pipeline when a file lands: the bucket tells EventBridge, a rule there listens, a role lets it start.

Sources: CodePipeline User Guide, "Amazon S3 source actions and EventBridge" and "Migrate polling pipelines to use
event-based change detection", EventBridge User Guide, "Amazon S3 object event notifications", all 2026-10.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    Cost,
    Entry,
    Find,
    Kept,
    Others,
    Settings,
    Still,
    Undo,
    Wait,
    edited,
    found,
    join,
    since,
)

from . import eventbridge_listeners, roles
from .buckets import BUSY
from .eventbridge_listeners import BY_TRAIL, RULE
from .notifications import DOCUMENT, dead, look, standing
from .roles import allow, only_for
from .tags import tags

TARGET = "pipeline"
"""What the rule calls the one thing that it starts."""
CREATED = "Object Created"
"""The kind of S3's own events."""
ARRIVALS = ("PutObject", "POST Object", "CopyObject", "CompleteMultipartUpload")
"""`detail.reason` of S3's own events: the ways in which a file can land."""
CALLS = ("PutObject", "CopyObject", "CompleteMultipartUpload")
"""The calls that a trail records for them."""
VERSION = "$.detail.object.version-id"
"""Where in S3's own event the version of the file stands."""
ASKS, SETTINGS = "PollForSourceChanges", ("S3Bucket", "S3ObjectKey", "AllowOverrideForS3ObjectKey")
"""What tells a pipeline's S3 source to ask for changes, which it does if nothing is said, and what else there is to say
(CodePipeline User Guide, "Amazon S3 source action reference", 2026-11)."""
GONE = ("PipelineNotFoundException",)
FOR_GOOD = (
    "Versioning of {} is switched on for good, because CodePipeline cannot read without. It can never be removed "
    "again, only paused, and undo pauses it. Every upload keeps the old file, which costs storage. For up to 15 "
    "minutes S3 may still answer that a file is not there."
)
"""What must be agreed to first (S3 User Guide, "Using versioning in S3 buckets", 2026-10)."""
PRICE = Cost(
    "The rule and the bucket's events", Decimal(0), "2026-11",
    "Amazon EventBridge pricing page, US East (N. Virginia); no price list was read, and S3's events may be free",
    "A million files cost at most 1 USD.",
)  # fmt: skip


def pattern(bucket: str, key: str) -> dict[str, Any]:
    """S3's own events for one file. The way it landed is not asked for: a copy counts as an upload does."""
    where = {"bucket": {"name": [bucket]}, "object": {"key": [key]}}
    return {"source": ["aws.s3"], "detail-type": [CREATED], "detail": where}


def trail_pattern(bucket: str, key: str) -> dict[str, Any]:
    """The same by what a trail records; every call by which a file can land is named."""
    where = {"bucketName": [bucket], "key": [key]}
    detail = {"eventSource": ["s3.amazonaws.com"], "eventName": list(CALLS), "requestParameters": where}
    return {"source": ["aws.s3"], "detail-type": [BY_TRAIL], "detail": detail}


def push_pattern(repository_arn: str, branch: str) -> dict[str, Any]:
    """CodeCommit's events for a branch that was pushed to, or made by a first push."""
    detail = {
        "event": ["referenceCreated", "referenceUpdated"], "referenceType": ["branch"], "referenceName": [branch],
    }  # fmt: skip
    kind = "CodeCommit Repository State Change"
    return {"source": ["aws.codecommit"], "detail-type": [kind], "resources": [repository_arn], "detail": detail}


def role_name(pipeline: str) -> str:
    return f"start-{pipeline}"[:64]


def keep_versions(
    bucket: str, *, existed: bool, status: str, after: tuple[str, ...], others: tuple[Others, ...] = ()
) -> Action:
    """Switch versioning on, without which CodePipeline cannot read. S3 has no way back but to pause it.

    `existed`: the bucket was there before; one that this run makes goes altogether. `status` is as GetBucketVersioning
    tells it, "" for never. `others` is who else may need it.
    """
    here = {"Bucket": bucket}
    look_at = Call("s3.GetBucketVersioning", here)
    on = Find(look_at, "[Status][?@=='Enabled'] | [0]")

    def put(word: str) -> Call:
        return Call("s3.PutBucketVersioning", {**here, "VersioningConfiguration": {"Status": word}})

    back = Undo(
        put("Suspended"),
        restores=True,
        gone=("NoSuchBucket",),
        still=Still(look_at, _unlike(status, "Status"), "Enabled", "Somebody paused it since; it stays paused."),
        kept=None
        if status
        else Kept(
            f"Versions in {bucket}",
            "S3 can only pause versioning, never remove it. It is paused; versions that were made meanwhile stay.",
            "Old versions are stored and paid like files.",
        ),
    )
    return Action(
        "versioning",
        f"Keep every version of the files in {bucket} (it can be paused later, never removed)",
        put("Enabled"),
        wait=Wait(look_at, "Status=='Enabled'", f"Waiting until {bucket} keeps versions", limit=300),
        undo=(back,) if existed else (),
        find=on if existed else None,
        unless=on if existed else None,
        others=others if existed else (),
        not_yet=BUSY,
        after=after,
        part_of=("target", "pipeline"),
        undone=f"The versioning of {bucket}, which is paused",
        left=f"The versioning of {bucket}",
    )


def tell(cloud: Cloud, bucket: str) -> list[Action]:
    """Let a bucket that exists tell EventBridge, unless it does. Raises CloudError."""
    who = cloud.identity
    if cloud.make(look(bucket, who.account)).get("EventBridgeConfiguration") is not None:
        return []
    those = standing(cloud, bucket)
    unchecked = any(dead(cloud, f"arn:{who.partition}:s3:::{bucket}", those))
    others = since(cloud, eventbridge_listeners.to_bucket(bucket))
    return [send_events(bucket, who.account, unchecked=unchecked, after=(), others=others)]


def _unlike(former: str, path: str) -> str:
    """A path to a setting that is null while that is as it was before: then there is nothing to take back."""
    return f"[{path}][?@ != '{former}'] | [0]" if former else path


def send_events(
    bucket: str, account: str, *, unchecked: bool, after: tuple[str, ...], others: tuple[Others, ...]
) -> Action:
    """Let the bucket tell EventBridge of everything; whoever it notifies already stays.

    `unchecked`: S3 must not look at the receivers, because one of the others' is dead; taking it out never needs that.
    `others` is who else may hear of its files.
    """
    document = {"Bucket": bucket, "ExpectedBucketOwner": account, "NotificationConfiguration": edited("bucket-events")}
    put = Call("s3.PutBucketNotificationConfiguration", {**document, "SkipDestinationValidation": True})
    return Action(
        "bucket-events",
        f"Let {bucket} send its events to EventBridge; all its other notifications stay",
        put if unchecked else Call(put.operation, document),
        undo=Entry(
            look(bucket, account), DOCUMENT, {}, empty={}, within="EventBridgeConfiguration", key="", put=put,
            gone=("NoSuchBucket",),
        ),
        others=others,
        not_yet=BUSY,
        after=after,
        part_of=("rule",),
        undone=f"The events of {bucket} to EventBridge",
        refusals={
            "InvalidArgument": f"S3 does not take the change: something that {bucket} notifies already is gone or does "
            "not let S3 in any more.",
        },
    )  # fmt: skip


def may_start(pipeline: str, pipeline_arn: str, place: tuple[str, str, str]) -> tuple[Action, Action]:
    """The role with which this one rule may start this one pipeline."""
    partition, region, account = place
    rule_arn = join(f"arn:{partition}:events:{region}:{account}:rule/", *RULE.parts)
    return roles.service_role(
        "start-role", role_name(pipeline), "events.amazonaws.com",
        [allow("Start", "codepipeline:StartPipelineExecution", pipeline_arn)],
        conditions=only_for(account, rule_arn), purpose=f"with which the rule may start {pipeline}", serves=("target",),
    )  # fmt: skip


def listen(what: str, wanted: Mapping[str, Any], pipeline: str) -> Action:
    """The rule. `what` says in words which files it means."""
    here = {"Name": RULE}
    look = Call("events.DescribeRule", here)
    return Action(
        "rule",
        f"Make a rule that notices {what}",
        Call(
            "events.PutRule",
            {
                **here, "EventPattern": json.dumps(wanted), "State": "ENABLED", "Tags": tags(pipeline),
                "Description": f"Starts {pipeline} at {what}"[:512],
            },
        ),
        undo=(
            Undo(
                Call("events.DeleteRule", here),
                gone=("ResourceNotFoundException",),
                still=Still(look, "Name", RULE, "Another rule has its name."),
            ),
        ),
        others=(
            Others(
                Call("events.ListTargetsByRule", {"Rule": RULE}), f"Targets[?Id!='{TARGET}'].[Id, Arn]",
                "Somebody lets it start more",
                remove=Call("events.RemoveTargets", {"Rule": RULE, "Ids": [found("id")]}),
            ),
        ),
        settings=Settings(look, "Name && {pattern: EventPattern}"),
        find=Find(
            look, "Arn && {RuleArn: Arn}",
            proof=Call("events.ListTagsForResource", {"ResourceARN": found("RuleArn")}),
            ours=join("Tags[?Key=='handrail:run'].Value | [0] == '", RUN, "'"),
        ),
        unless=Find(look, "Arn && {RuleArn: Arn}", absent=("ResourceNotFoundException",)),
        taken="A rule of this run's name exists already, and was not made by it.",
        not_yet=("ConcurrentModificationException",),
        type="AWS::Events::Rule",
        resource=RULE,
        costs=(PRICE,),
        undone="The rule",
        refusals={"LimitExceededException": "The region has all the rules it may have. Delete one that is not used."},
    )  # fmt: skip


def start(
    pipeline: str, pipeline_arn: str, role: Action, *, source: str, version: str, after: tuple[str, ...]
) -> Action:
    """Let the rule start the pipeline.

    Args:
        source: the name of the pipeline's source action.
        version: where in the event the file's version stands, so that exactly that one is built; "" where the pipeline
            or the event has no such thing.
    """
    revision = {"actionName": source, "revisionType": "S3_OBJECT_VERSION_ID", "revisionValue": "<revisionValue>"}
    exactly = {
        "InputPathsMap": {"revisionValue": version},
        "InputTemplate": json.dumps({"sourceRevisions": [revision]}),
    }
    target = {"Id": TARGET, "Arn": pipeline_arn, "RoleArn": roles.arn(role)}
    target |= {"InputTransformer": exactly} if version else {}
    here = {"Rule": RULE}
    look, ours = Call("events.ListTargetsByRule", here), f"Targets[?Id=='{TARGET}'] | [0]"
    return Action(
        "target",
        f"Let the rule start {pipeline}",
        Call("events.PutTargets", {**here, "Targets": [target]}),
        wait=Wait(
            look,
            f"{ours}.Arn == '{pipeline_arn}'",
            "Waiting until the rule knows the pipeline",
            limit=60,
        ),
        undo=(
            Undo(
                Call("events.RemoveTargets", {**here, "Ids": [TARGET]}),
                gone=("ResourceNotFoundException",),
                still=Still(look, f"{ours}.Arn", pipeline_arn, "Somebody lets the rule start something else."),
            ),
        ),
        settings=Settings(look, f"({ours}) && {{target: {ours}}}"),
        part_of=("pipeline",),
        not_yet=("ConcurrentModificationException",),
        after=("rule", *after),
        undone=f"What the rule does: starting {pipeline}",
    )  # fmt: skip


def stop_asking(
    pipeline: str, role: str, source: str, settings: Mapping[str, str], after: tuple[str, ...]
) -> tuple[Action, ...]:
    """End the pipeline's own asking, which would start it a second time for each file.

    The pipeline is written as a whole, so it is read right before; nothing of it is kept here. Writing it stops a run
    that is under way, so that is waited for.

    Args:
        role: the ARN of the role with which it works.
        source: the name of its source action.
        settings: that action's configuration now.
    """
    look_at = Call("codepipeline.GetPipeline", {"name": pipeline})
    mine = f"name=='{source}' && actionTypeId.category=='Source' && actionTypeId.provider=='S3'"

    def put(configuration: str) -> Call:
        action = f"merge(@, {{configuration: (({mine}) && {configuration}) || configuration || `{{}}`}})"
        stages = f"stages[*].merge(@, {{actions: actions[*].{action}}})"
        changed = found(f"pipeline.merge(@, {{stages: {stages}}})")
        known = {"pipeline.name": (pipeline,), "pipeline.roleArn": (role,)}
        return Call("codepipeline.UpdatePipeline", {"pipeline": changed}, known=known)

    def with_(value: str) -> str:
        return f"merge(configuration, `{json.dumps({ASKS: value})}`)"

    asks = f"pipeline.stages[].actions[?{mine}][] | [0].configuration.{ASKS}"
    former = settings.get(ASKS)
    rest = ", ".join(f"({name} && {{{name}: {name}}}) || `{{}}`" for name in sorted({*settings, *SETTINGS} - {ASKS}))
    whole = f"sort(keys(merge({rest}, `{json.dumps({ASKS: ''})}`))) == sort(keys(@))"
    # where there is more that is not known here, it is told to ask, which is the same as telling it nothing
    without = f"(configuration | {whole} && merge({rest}) || merge(@, `{json.dumps({ASKS: 'true'})}`))"
    quiet = Call("codepipeline.ListPipelineExecutions", {"pipelineName": pipeline, "maxResults": 10})
    under_way = "pipelineExecutionSummaries[?!status || status=='InProgress' || status=='Stopping']"
    over = Wait(
        quiet, f"type(pipelineExecutionSummaries)=='array' && !({under_way})", f"{pipeline} is running",
        now=f"{under_way} | [0].status", gone=GONE, typical=120, limit=3600,
    )  # fmt: skip
    still = Still(
        look_at, _unlike(former or "", asks), "false",
        "Somebody changed how the pipeline notices files since; it is left as it is now.",
    )  # fmt: skip
    told = Find(look_at, f"[{asks}][?@=='false'] | [0]")
    back = put(without if former is None else with_(former))
    return (
        Action(
            "quiet",
            f"Wait until {pipeline} is not running, because changing it would stop a run",
            quiet,
            wait=replace(over, gone=()),
            after=after,
        ),
        Action(
            "polling",
            f"Stop {pipeline} from asking for changes itself, which would start it twice",
            put(with_("false")),
            read=look_at,
            undo=(
                Undo(quiet, wait=over, gone=GONE, still=still),
                Undo(back, read=look_at, gone=GONE, still=still, restores=True),
            ),
            find=told,
            unless=told,
            after=("quiet",),
            part_of=("target",),
            undone=f"How {pipeline} asks for changes itself",
        ),
    )
