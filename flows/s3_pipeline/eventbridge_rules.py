"""One rule that should start a pipeline, from end to end: on, its pattern, what it listens to, its target, its role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from urllib.parse import unquote_plus

from flows.aws import cloudtrail, file_events, notifications, pipeline_sources, service_roles
from flows.aws.event_patterns import Miss, misses
from flows.aws.file_events import Landing
from flows.aws.pipeline_sources import Pipeline, Rule
from flows.aws.service_roles import Worker
from flows.engine import Cloud, CloudError, Finding, Grade, Identity, shell
from flows.engine.findings import broken, likely, proved, unknown

from . import repairs


def rule(cloud: Cloud, one: Pipeline, rule: Rule) -> Iterator[Finding]:
    """Everything about one rule. What may not be read is said to be unknown."""
    if not rule.on:
        yield broken(
            f"rule-on:{rule.name}", f"The rule {rule.name} is switched off.", "ListRules",
            f"Switch it on: {shell.aws('events', 'enable-rule', name=rule.name)}",
        ).mended_by(repairs.switch_on(one, rule))  # fmt: skip
    yield from pattern(cloud.identity, one, rule)
    yield from others(cloud.identity, one, rule)
    for step in (recorded if rule.by_trail else told, target):
        try:
            yield from step(cloud, one, rule)
        except CloudError as problem:
            yield unknown(
                f"{step.__name__}:{rule.name}", f"Not all about the rule {rule.name} could be read.", str(problem)
            )


def pattern(who: Identity, one: Pipeline, rule: Rule) -> Iterator[Finding]:
    """Whether it lets a file through in whatever way it lands."""
    id = f"pattern:{rule.name}"
    replace = f"Let a new rule do it: {shell.handrail('run', 's3_pipeline', pipeline=one.name)}"
    if rule.trouble:
        sentence = f"The pattern of {rule.name} is not well formed: {rule.trouble}."
        yield broken(id, sentence, "ListRules", replace)
        return
    any_file = pipeline_sources.names_its_file(one, rule)  # which it reads is then said by each event
    tried = {
        e.how: [
            each for each in misses(rule.pattern, e.envelope) if not (any_file and each.field == "detail.object.key")
        ]
        for e in _every(who, one, rule)
    }
    good, bad = [how for how in tried if not tried[how]], {how: found for how, found in tried.items() if found}
    if not bad and any_file:
        yield proved(
            id, f"The rule {rule.name} starts {one.name} with the very file that landed.", "its target's input"
        )
    elif not bad:
        yield proved(id, f"The rule {rule.name} notices {one.key} however it lands.", "its pattern")
    elif good:
        why = _fields(min(bad.values(), key=len))
        yield broken(
            id,
            f"The rule {rule.name} lets through {', '.join(good)} but not {', '.join(bad)} ({why}). A copy is "
            "CopyObject, also one by a Lambda function; a large upload is CompleteMultipartUpload.",
            "its pattern", replace,
        ).mended_by(repairs.hear(one, rule))  # fmt: skip
    else:
        found = min(bad.values(), key=len)
        sentence = f"The rule {rule.name} never matches {one.key}: {_fields(found)}."
        yield broken(id, sentence, "its pattern", replace).mended_by(repairs.hear(one, rule))


def others(who: Identity, one: Pipeline, rule: Rule) -> Iterator[Finding]:
    """Whether other files start it, too: those that its own stages hand on would start it for ever."""
    if rule.trouble or not rule.on:
        return

    def hears(key: str) -> bool:
        ways = file_events.every(who, one.bucket, key, by_trail=rule.by_trail)
        return any(not misses(rule.pattern, each.envelope) for each in ways)

    another = ("handrail-another-file", f"handrail-another-file{PurePosixPath(one.key).suffix}")
    exactly = f"Let a new rule, for this file only, do it, and take {rule.name} away: " + shell.handrail(
        "run", "s3_pipeline", pipeline=one.name
    )
    # artifacts are called by the pipeline's and the artifact's name, each cut to 20, 10 characters, and 7 of chance
    if one.artifacts == one.bucket and hears(f"{one.name[:20]}/{one.source[:10]}/AbCdEfG"):
        yield broken(
            f"loop:{rule.name}",
            f"The rule {rule.name} starts {one.name} for what its own stages write into {one.bucket}: it starts itself "
            "again and again, and that costs money.", "its pattern, GetPipeline: artifactStore", exactly,
        ).mended_by(repairs.hear(one, rule))  # fmt: skip
    elif any(map(hears, another)) and not pipeline_sources.names_its_file(one, rule):
        yield Finding(
            f"other-files:{rule.name}", Grade.CAUTION,
            f"The rule {rule.name} starts {one.name} for other files in {one.bucket} as well, though it reads only "
            f"{one.key}.", "its pattern", exactly,
        ).mended_by(repairs.hear(one, rule))  # fmt: skip


def hears(who: Identity, one: Pipeline, rule: Rule) -> bool:
    """Whether a rule lets the file through in at least one way."""
    if pipeline_sources.names_its_file(one, rule):
        return True
    return not rule.trouble and any(not misses(rule.pattern, each.envelope) for each in _every(who, one, rule))


def besides(cloud: Cloud, one: Pipeline) -> list[str]:
    """Who hears of the file, though not the pipeline: a function may start that by itself. Of what may not be read,
    nobody."""
    found = list[str]()
    with suppress(CloudError):
        for each in notifications.standing(cloud, one.bucket):
            arrives = any(event.startswith("s3:ObjectCreated:") for event in each.events)
            begins, ends = unquote_plus(each.prefix), unquote_plus(each.suffix)
            if arrives and one.key.startswith(begins) and one.key.endswith(ends):
                found.append(each.receiver)
    with suppress(CloudError):
        every = pipeline_sources.rules(cloud, whatever=True)
        found += [f"the rule {each.name}" for each in every if each.on and hears(cloud.identity, one, each)]
    return found


def _every(who: Identity, one: Pipeline, rule: Rule) -> list[Landing]:
    return file_events.every(who, one.bucket, one.key, by_trail=rule.by_trail)


def told(cloud: Cloud, one: Pipeline, rule: Rule) -> Iterator[Finding]:
    """Whether the bucket sends its events to EventBridge, which the rule waits for."""
    document = cloud.make(notifications.look(one.bucket, cloud.identity.account))
    if document.get("EventBridgeConfiguration") is not None:
        yield proved(
            f"bucket-events:{rule.name}",
            f"{one.bucket} sends its events to EventBridge.",
            "GetBucketNotificationConfiguration",
        )
        return
    yield broken(
        f"bucket-events:{rule.name}",
        f"{one.bucket} does not send its events to EventBridge, so {rule.name} never hears of the file.",
        "GetBucketNotificationConfiguration",
        "Switch it on, which keeps all other notifications and takes about five minutes to work: "
        + shell.handrail("run", "s3_pipeline", pipeline=one.name),
    ).mended_by(repairs.tell(one))  # fmt: skip


def recorded(cloud: Cloud, one: Pipeline, rule: Rule) -> Iterator[Finding]:
    """Whether a trail that is on records the uploads, which the rule waits for."""
    id, arn = f"trail:{rule.name}", f"arn:{cloud.identity.partition}:s3:::{one.bucket}/{one.key}"
    found = cloudtrail.recording(cloud, arn)
    instead = shell.handrail("run", "s3_pipeline", pipeline=one.name, detection="eventbridge")
    other = f"S3's own events need no trail: {instead}"
    if found.on:
        yield proved(id, f"The trail {found.on[0]} records the uploads and is on.", "GetEventSelectors")
    elif found.beyond:
        sentence = f"{rule.name} waits for CloudTrail; whether the trail {found.beyond[0]} records uploads to "
        yield unknown(
            id, f"{sentence}{one.bucket}/{one.key} is not known from here.", "it is an organization's", other
        )  # fmt: skip
    elif found.off:
        yield broken(
            id, f"The trail {found.off[0]} would record the uploads, but is switched off.", "GetTrailStatus",
            f"Switch it on: {shell.aws('cloudtrail', 'start-logging', name=found.off[0])}",
        )  # fmt: skip
    else:
        names = ", ".join(found.names) or "there is none"
        yield broken(
            id,
            f"{rule.name} waits for CloudTrail, but no trail records uploads to {one.bucket}/{one.key} (trails: "
            f"{names}).",
            "DescribeTrails, GetEventSelectors", f"Add data events for it to a trail. Or without one: {other}",
        )  # fmt: skip


def target(cloud: Cloud, one: Pipeline, rule: Rule) -> Iterator[Finding]:
    """Whether its target is the pipeline, with a role that may start it."""
    again = f"Let a new rule with its own role do it: {shell.handrail('run', 's3_pipeline', pipeline=one.name)}"
    id, by = f"target:{rule.name}", "ListTargetsByRule"
    mine = next((each for each in rule.targets if each.get("Arn") == one.arn), None)
    if mine is None:
        starts = " and ".join(str(each.get("Arn")) for each in rule.targets) or "nothing"
        yield broken(id, f"{rule.name} starts {starts}; it must be {one.arn}.", by, again)
        return
    role = str(mine.get("RoleArn") or "")
    if not role:
        found = broken(id, f"The rule {rule.name} has no role to start {one.name}.", by, again)
        yield found.mended_by(repairs.let_start(one, rule, mine))
        return
    if lost := pipeline_sources.lost_steps(mine, one.steps):
        yield broken(
            id, f"{rule.name} starts {one.name} with a version for {' and '.join(lost)}, and no step of its source is "
            f"called so ({', '.join(one.steps)}): it is refused each time.", f"{by}: its input", again,
        )  # fmt: skip
        return
    yield proved(id, f"{rule.name} starts {one.name}.", by)
    for found in may(cloud, one, rule, role):
        wrong = found.grade is Grade.REFUSED
        yield found.mended_by(repairs.let_start(one, rule, mine) if wrong else None)


def may(cloud: Cloud, one: Pipeline, rule: Rule, role: str) -> Iterator[Finding]:
    """Whether EventBridge may take the role on, and whether that may start the pipeline."""
    who, id = cloud.identity, f"role:{rule.name}"
    arn = f"arn:{who.partition}:events:{who.region}:{who.account}:rule/{rule.name}"
    worker = Worker(cloud, f"the rule {rule.name}", role, "events.amazonaws.com", arn)
    yield from service_roles.starts(worker, id, one.name, one.arn)


def event(who: Identity, rule: Rule, one: Landing, number: int) -> Finding:
    """Whether a rule lets an event, the so-manieth of those given, through; if not, which field is in the way."""
    id = f"event:{number}:{rule.name}"
    off = " The rule is switched off, though." if not rule.on else ""
    if rule.trouble:
        return broken(id, f"The pattern of {rule.name} is not well formed: {rule.trouble}.", "ListRules", "Mend it.")
    found = misses(rule.pattern, one.envelope)
    if not found:
        sentence = f"The rule {rule.name} lets the event through: {one}.{off}"
        return proved(id, sentence, "its pattern") if rule.on else broken(id, sentence, "ListRules", "Enable it.")
    sentence = f"The rule {rule.name} does not let the event through ({one}): {_fields(found)}."
    if one.recorded and not rule.by_trail and not misses(rule.pattern, file_events.otherwise(who, one).envelope):
        return likely(
            id,
            f"{rule.name} listens to S3's own events, not to CloudTrail's records. The own event of the same upload "
            f"({one}) it lets through.{off}",
            "its pattern",
        )
    remedy = "The rule must let it through, or the file must come in another way."
    if any(miss.field.endswith(("eventName", "reason")) for miss in found):
        remedy = f"Add {one.how} to the rule, or use S3's own events without a reason: handrail run s3_pipeline"
    elif any(miss.field.endswith((".key", ".name", ".bucketName")) for miss in found):
        remedy = "Names are exact: folders and capital letters count."
    return broken(id, sentence, "its pattern", remedy)


def _fields(found: list[Miss]) -> str:
    return "; ".join(str(miss) for miss in found)
