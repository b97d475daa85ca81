"""What must hold for a change of the source to start the pipeline by itself.

Sources: CodePipeline User Guide, "Change detection methods" and "CodeStarSourceConnection action reference", 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.aws import cloudtrail, event_patterns, file_events, notifications, pipeline_sources, service_roles
from flows.engine import Call, CloudError, Finding, Grade, shell
from flows.engine.findings import broken, caution, likely, proved, unknown

from .situation import CODECOMMIT, CONNECTION, S3, Situation, Source


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
        else:
            sentence = f"Whether a change of {source.name} starts {here.pipeline}, and is read, was not looked at."
            yield unknown("starts", sentence, f"its source is {source.provider}, which is not known here")


def _by_connection(here: Situation, source: Source) -> Finding:
    if here.triggers:
        return _by_triggers(here, source)
    if str(source.settings.get("DetectChanges", "true")).lower() != "false":
        return proved("starts", "The connection notices what is pushed.", "GetPipeline")
    return caution(
        "starts", f"A push does not start {here.pipeline}: its source does not detect changes.", "GetPipeline",
        f"Let the source action detect changes, or start it by hand: {_by_hand(here)}",
    )  # fmt: skip


def _by_triggers(here: Situation, source: Source) -> Finding:
    """A pipeline with triggers starts by these alone (CodePipeline API Reference, "PipelineTriggerDeclaration",
    2026-11)."""
    branch, seen = str(source.settings.get("BranchName") or ""), "GetPipeline: triggers"
    every = [each.get("gitConfiguration") or {} for each in here.triggers]
    mine = [each for each in every if each.get("sourceActionName") == source.name]
    pushes = [_hears_push(push, branch) for each in mine for push in _pushes(each)]
    if True in pushes:
        return proved("starts", f"A trigger of the pipeline notices what is pushed to {branch}.", seen)
    if mine and None not in pushes:
        sentence = f"A push to {branch} does not start {here.pipeline}: its triggers wait for something else."
        return caution("starts", sentence, seen, f"Start it by hand where that is not meant: {_by_hand(here)}")
    why = "which branches or files a trigger means" if mine else "no trigger is about that source"
    return unknown("starts", f"Whether a push to {branch} starts {here.pipeline} cannot be told.", why)


def _pushes(trigger: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What pushes a trigger is about; one without any filter is about all."""
    return trigger.get("push") or ([] if trigger.get("pullRequest") else [{}])


def _hears_push(push: Mapping[str, Any], branch: str) -> bool | None:
    """Whether a trigger hears of each push to a branch; None is not known, as with patterns, and where files decide."""
    if push.get("tags") and not push.get("branches"):
        return False
    branches = push.get("branches") or {}
    within = _named(branches["includes"], branch) if branches.get("includes") else True
    without = _named(branches.get("excludes") or (), branch)
    if within is False or without is True:
        return False
    return None if within is None or without is None or push.get("filePaths") else True


def _named(patterns: Sequence[str], branch: str) -> bool | None:
    if branch in patterns or "**" in patterns:
        return True
    return None if any(set(each) & set("*?[{!") for each in patterns) else False


def _noticed(here: Situation, source: Source) -> Iterator[Finding]:
    polls = str(source.settings.get("PollForSourceChanges", "true")).lower() != "false"
    if polls and not here.polling_ended:
        yield proved("starts", f"{here.pipeline} asks for changes itself.", "GetPipeline: PollForSourceChanges")
        return
    arn, names = pipeline_sources.arn(here.cloud, here.pipeline), list[str]()
    for page in here.cloud.pages(Call("events.ListRuleNamesByTarget", {"TargetArn": arn})):
        names += page.get("RuleNames") or []
    rules = [{**here.cloud.make(Call("events.DescribeRule", {"Name": name})), "Name": name} for name in names]
    fitting = [each for each in rules if _hears(here, source, each)]
    on = [each for each in fitting if each.get("State") != "DISABLED"]
    found = [_by_rule(here, source, each) for each in on]
    if any(each.get("ScheduleExpression") and each.get("State") != "DISABLED" for each in rules):
        found.append(likely("starts", f"{here.pipeline} is started at certain times.", "DescribeRule"))
    if found:
        yield min(found, key=_badness)
    elif fitting:
        name = fitting[0]["Name"]
        yield broken(
            "starts", f"The rule {name}, which starts {here.pipeline}, is switched off.", "DescribeRule",
            f"Switch it on: {shell.aws('events', 'enable-rule', name=name)}",
        )  # fmt: skip
    elif polls:
        events = "Let events start it: handrail run s3_pipeline"
        yield broken(
            "starts", f"AWS ended that {here.pipeline} asks for changes, because it was not used for long.",
            "GetPipeline: pollingDisabledAt", events if source.provider == S3 else _make_a_rule(here),
        )  # fmt: skip
    elif not rules or any(_hears(here, each, rule) for each in here.sources if each is not source for rule in rules):
        which = "its source" if len(here.sources) == 1 else f"its source {source.name}"
        sentence = f"No rule starts {here.pipeline} when {which} changes."
        yield caution("starts", sentence, "ListRuleNamesByTarget", _make_a_rule(here))
    else:
        yield broken(
            "starts", f"No rule that starts {here.pipeline} fits what it reads: {', '.join(names)}.", "DescribeRule",
            "Correct the rule's pattern: the names in it must be those of the source, to the letter.",
        )  # fmt: skip


def _badness(found: Finding) -> int:
    return (Grade.PROVED, Grade.PREDICTED, Grade.CAUTION, Grade.NOT_CHECKED, Grade.REFUSED).index(found.grade)


def _by_rule(here: Situation, source: Source, rule: Mapping[str, Any]) -> Finding:
    """What a rule that is on does at a change: all of it must hold, so the worst of it counts."""
    try:
        return max([_at_a_change(here, source, rule), *_started(here, rule)], key=_badness)
    except CloudError as problem:
        sentence = f"Whether the rule {rule['Name']} starts {here.pipeline} was not checked."
        return unknown("starts", sentence, problem.what)


def _started(here: Situation, rule: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the rule has a role with which it may start the pipeline."""
    who, name, arn = here.cloud.identity, rule["Name"], pipeline_sources.arn(here.cloud, here.pipeline)
    listed = here.cloud.make(Call("events.ListTargetsByRule", {"Rule": name})).get("Targets") or []
    mine = [each for each in listed if each.get("Arn") == arn]
    steps = [each.name for each in here.sources]
    if lost := [each for target in mine for each in pipeline_sources.lost_steps(target, steps)]:
        yield broken(
            "starts", f"The rule {name} starts {here.pipeline} with a version for {' and '.join(lost)}, and no step of "
            f"its source is called so ({', '.join(steps)}): it is refused each time.", "ListTargetsByRule: its input",
            "Name the step of the source in the target's input, as the pipeline calls it.",
        )  # fmt: skip
    role = next((str(each["RoleArn"]) for each in mine if each.get("RoleArn")), "")
    if role:
        rule_arn = f"arn:{who.partition}:events:{who.region}:{who.account}:rule/{name}"
        worker = service_roles.Worker(here.cloud, f"the rule {name}", role, "events.amazonaws.com", rule_arn)
        yield from service_roles.starts(worker, "starts", here.pipeline, arn)
    else:
        remedy = f"Give its target a role that may {service_roles.START} on {arn}."
        yield broken("starts", f"The rule {name} has no role to start {here.pipeline}.", "ListTargetsByRule", remedy)


def _at_a_change(here: Situation, source: Source, rule: Mapping[str, Any]) -> Finding:
    name = rule["Name"]
    if source.provider == CODECOMMIT:
        return proved("starts", f"The rule {name} starts {here.pipeline} at each push.", "DescribeRule")
    bucket, more = str(source.settings.get("S3Bucket") or ""), "handrail check s3_pipeline"
    own, recorded = _ways(here, source, rule), _ways(here, source, rule, True)
    look, seen = notifications.look(bucket, here.cloud.identity.account), "DescribeRule"
    told = any(own) and here.cloud.make(look).get("EventBridgeConfiguration") is not None
    if not told and not any(recorded):
        return broken(
            "starts", f"The bucket {bucket} does not tell EventBridge of its files, so no rule starts {here.pipeline}.",
            "GetBucketNotificationConfiguration", "Let it: handrail run s3_pipeline",
        )  # fmt: skip
    trail = None if told else _by_trail(here, source, name)
    if trail and trail.grade is not Grade.PROVED:
        return trail
    if not all(own if told else recorded):
        return caution(
            "starts", f"The rule {name} starts {here.pipeline} at some uploads only, not at others: a large one is "
            "CompleteMultipartUpload, a copy CopyObject.", seen, f"Let its pattern hear all of them. See: {more}",
        )  # fmt: skip
    if trail:
        return trail
    sentence = f"The rule {name} starts {here.pipeline} at each upload."
    return proved("starts", sentence, "DescribeRule, GetBucketNotificationConfiguration")


def _by_trail(here: Situation, source: Source, name: str) -> Finding:
    """Whether a trail that is on records the uploads, for which a rule waits that hears of nothing else."""
    told, more = source.settings, "S3's own events need no trail: handrail run s3_pipeline"
    file = f"{told.get('S3Bucket')}/{told.get('S3ObjectKey')}"
    found = cloudtrail.recording(here.cloud, f"arn:{here.cloud.identity.partition}:s3:::{file}")
    waits, by = f"The rule {name}, which starts {here.pipeline}, waits for CloudTrail", "GetEventSelectors"
    if found.on:
        sentence = f"The rule {name} starts {here.pipeline} at each upload, which the trail {found.on[0]} records."
        return proved("starts", sentence, f"DescribeRule, {by}, GetTrailStatus")
    if found.beyond:
        why = f"the trail {found.beyond[0]} is an organization's, and what it records is not seen from here"
        return unknown("starts", f"{waits}; whether a trail records uploads to {file} is not known.", why, more)
    if found.off:
        on = shell.aws("cloudtrail", "start-logging", name=found.off[0])
        sentence = f"{waits}, and the trail {found.off[0]}, which would record the uploads, is switched off."
        return broken("starts", sentence, "GetTrailStatus", f"Switch it on: {on}")
    return broken("starts", f"{waits}, and no trail records uploads to {file}.", by, more)


def _hears(here: Situation, source: Source, rule: Mapping[str, Any]) -> bool:
    """Whether a rule lets a change of the source through, in whatever way that comes about."""
    return any(_ways(here, source, rule)) or any(_ways(here, source, rule, True))


def _ways(here: Situation, source: Source, rule: Mapping[str, Any], by_trail: bool = False) -> list[bool]:
    """Of each way in which the source can change, whether a rule lets the event of it through."""
    try:
        pattern = event_patterns.read(str(rule.get("EventPattern") or ""))
    except event_patterns.BadPattern:
        return []
    return [event_patterns.matches(pattern, event) for event in _events(here, source, by_trail)]


def _events(here: Situation, source: Source, by_trail: bool) -> list[Mapping[str, Any]]:
    told = source.settings
    who = replace(here.cloud.identity, account=source.account or here.cloud.identity.account)
    if source.provider == S3:
        place = who, str(told.get("S3Bucket")), str(told.get("S3ObjectKey"))
        return [each.envelope for each in file_events.every(*place, by_trail=by_trail)]
    name, branch = str(told.get("RepositoryName")), str(told.get("BranchName"))
    pushed = {
        "event": "referenceUpdated", "repositoryName": name, "repositoryId": "1", "referenceType": "branch",
        "referenceName": branch, "referenceFullName": f"refs/heads/{branch}",
    }  # fmt: skip
    event = {
        "version": "0", "id": "1", "account": who.account, "time": "2026-11-30T00:00:00Z", "region": who.region,
        "source": "aws.codecommit", "detail-type": "CodeCommit Repository State Change",
        "resources": [f"arn:{who.partition}:codecommit:{who.region}:{who.account}:{name}"], "detail": pushed,
    }  # fmt: skip
    return [] if by_trail else [event]


def _make_a_rule(here: Situation) -> str:
    return f"Make a rule for it, or start it by hand: {_by_hand(here)}"


def _by_hand(here: Situation) -> str:
    return shell.aws("codepipeline", "start-pipeline-execution", name=here.pipeline)
