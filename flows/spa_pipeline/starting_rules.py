"""What must hold for a change of the source to start the pipeline by itself.

Sources: CodePipeline User Guide, "Change detection methods" and "CodeStarSourceConnection action reference", 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import event_patterns, notifications, pipeline_sources
from flows.engine import Call, CloudError, Finding, shell
from flows.engine.findings import broken, caution, likely, proved, unknown

from .situation import CODECOMMIT, CONNECTION, S3, Situation, Source

BY_TRAIL = "AWS API Call via CloudTrail"


def starts(here: Situation) -> Iterator[Finding]:
    """Whether something notices a change of each source. What the plan makes for that is as it must be."""
    for source in () if here.planned else here.sources:
        if source.provider == CONNECTION:
            yield _by_connection(here, source)
        elif source.provider in (S3, CODECOMMIT):
            try:
                yield from _noticed(here, source)
            except CloudError as problem:
                yield unknown("starts", f"What starts {here.pipeline} was not checked.", problem.what)


def _by_connection(here: Situation, source: Source) -> Finding:
    if here.triggers:
        return proved("starts", "Triggers of the pipeline notice what is pushed.", "GetPipeline")
    if str(source.settings.get("DetectChanges", "true")).lower() != "false":
        return proved("starts", "The connection notices what is pushed.", "GetPipeline")
    return caution(
        "starts", f"A push does not start {here.pipeline}: its source does not detect changes.", "GetPipeline",
        f"Let the source action detect changes, or start it by hand: {_by_hand(here)}",
    )  # fmt: skip


def _noticed(here: Situation, source: Source) -> Iterator[Finding]:
    if str(source.settings.get("PollForSourceChanges", "true")).lower() != "false":
        if here.polling_ended:
            yield broken(
                "starts", f"AWS ended that {here.pipeline} asks for changes, because it was not used for long.",
                "GetPipeline: pollingDisabledAt", "Let events start it: handrail run s3_pipeline",
            )  # fmt: skip
        else:
            yield proved("starts", f"{here.pipeline} asks for changes itself.", "GetPipeline: PollForSourceChanges")
        return
    arn, names = pipeline_sources.arn(here.cloud, here.pipeline), list[str]()
    for page in here.cloud.pages(Call("events.ListRuleNamesByTarget", {"TargetArn": arn})):
        names += page.get("RuleNames") or []
    rules = [{**here.cloud.make(Call("events.DescribeRule", {"Name": name})), "Name": name} for name in names]
    if not rules:
        yield caution(
            "starts", f"No rule starts {here.pipeline} when its source changes.", "ListRuleNamesByTarget",
            f"Make a rule for it, or start it by hand: {_by_hand(here)}",
        )  # fmt: skip
        return
    fitting = [each for each in rules if _hears(here, source, each)]
    on = [each for each in fitting if each.get("State") != "DISABLED"]
    if any(each.get("ScheduleExpression") and each.get("State") != "DISABLED" for each in rules):
        yield likely("starts", f"{here.pipeline} is started at certain times.", "DescribeRule")
    elif not fitting:
        yield broken(
            "starts", f"No rule that starts {here.pipeline} fits what it reads: {', '.join(names)}.", "DescribeRule",
            "Correct the rule's pattern: the names in it must be those of the source, to the letter.",
        )  # fmt: skip
    elif not on:
        name = fitting[0]["Name"]
        yield broken(
            "starts", f"The rule {name}, which starts {here.pipeline}, is switched off.", "DescribeRule",
            f"Switch it on: {shell.aws('events', 'enable-rule', name=name)}",
        )  # fmt: skip
    elif source.provider == S3:
        yield from _told(here, source, on)
    else:
        yield proved("starts", f"The rule {on[0]['Name']} starts {here.pipeline} at each push.", "DescribeRule")


def _told(here: Situation, source: Source, rules: list[dict[str, Any]]) -> Iterator[Finding]:
    """Whether the bucket tells EventBridge of its files, or a trail has to."""
    bucket, more = str(source.settings.get("S3Bucket") or ""), "handrail check s3_pipeline"
    if all(BY_TRAIL in str(each.get("EventPattern")) for each in rules):
        yield likely("starts", f"A rule starts {here.pipeline} if a trail records the upload.", "DescribeRule", more)
        return
    look = notifications.look(bucket, here.cloud.identity.account)
    if here.cloud.make(look).get("EventBridgeConfiguration") is None:
        yield broken(
            "starts", f"The bucket {bucket} does not tell EventBridge of its files, so no rule starts {here.pipeline}.",
            "GetBucketNotificationConfiguration", "Let it: handrail run s3_pipeline",
        )  # fmt: skip
    else:
        sentence = f"The rule {rules[0]['Name']} starts {here.pipeline} at each upload."
        yield proved("starts", sentence, "DescribeRule, GetBucketNotificationConfiguration")


def _hears(here: Situation, source: Source, rule: Mapping[str, Any]) -> bool:
    """Whether a rule lets a change of that source through."""
    try:
        pattern = event_patterns.read(str(rule.get("EventPattern") or ""))
    except event_patterns.BadPattern:
        return False
    return any(event_patterns.matches(pattern, event) for event in _events(here, source))


def _events(here: Situation, source: Source) -> Iterator[dict[str, Any]]:
    who, told = here.cloud.identity, source.settings
    whole = {"version": "0", "id": "1", "account": who.account, "time": "2026-11-30T00:00:00Z", "region": who.region}
    if source.provider == CODECOMMIT:
        name, branch = str(told.get("RepositoryName")), str(told.get("BranchName"))
        arn = f"arn:{who.partition}:codecommit:{who.region}:{who.account}:{name}"
        pushed = {
            "event": "referenceUpdated", "repositoryName": name, "repositoryId": "1", "referenceType": "branch",
            "referenceName": branch, "referenceFullName": f"refs/heads/{branch}",
        }  # fmt: skip
        kind = "CodeCommit Repository State Change"
        yield {**whole, "source": "aws.codecommit", "detail-type": kind, "resources": [arn], "detail": pushed}
        return
    bucket, key = str(told.get("S3Bucket")), str(told.get("S3ObjectKey"))
    landed = {
        "version": "0", "bucket": {"name": bucket}, "object": {"key": key, "size": 1, "etag": "1", "version-id": "1"},
        "request-id": "1", "requester": who.account, "source-ip-address": "198.51.100.1", "reason": "PutObject",
    }  # fmt: skip
    arn = f"arn:{who.partition}:s3:::{bucket}"
    yield {**whole, "source": "aws.s3", "detail-type": "Object Created", "resources": [arn], "detail": landed}
    asked = {"bucketName": bucket, "key": key}
    recorded = {"eventSource": "s3.amazonaws.com", "eventName": "PutObject", "requestParameters": asked}
    yield {**whole, "source": "aws.s3", "detail-type": BY_TRAIL, "resources": [], "detail": recorded}


def _by_hand(here: Situation) -> str:
    return shell.aws("codepipeline", "start-pipeline-execution", name=here.pipeline)
