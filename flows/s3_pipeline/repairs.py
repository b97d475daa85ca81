"""What lets a file start its pipeline again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import buckets, codepipeline, event_rules, keepers, pipeline_sources, pipeline_triggers
from flows.aws.buckets import Bucket
from flows.aws.pipeline_sources import Pipeline, Rule
from flows.engine import Cloud, since
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits, lasts, redirects

BEYOND = {
    "pipeline": "Only you know the right pipeline.",
    "bucket": "A bucket in another region, or none, is for whoever made the pipeline.",
    "runs": "A run costs money: start it once by hand.",
    "file": "Only you have the file: upload it.",
    "stages": "Whoever closed a transition said why; what a stage could not do is in its own words.",
    "source-role": "What a pipeline may do is for whoever keeps its role.",
    "reads": "What a pipeline may do is for whoever keeps its role and the bucket's policy.",
    "key": "What a pipeline may do is for whoever keeps its role and the key.",
    "watched": "It is one of several sources: `run s3_pipeline` makes its rule, as for the first.",
    "versioning": "It is the bucket of one of several sources: the command, or `run s3_pipeline`, switches it on.",
    "artifacts": "Where a pipeline hands on its files is for whoever keeps it.",
    "pattern": "The rule starts other things as well, for which its pattern may be meant.",
    "loop": "The rule starts other things as well, for which its pattern may be meant.",
    "polling": "While no rule is known to work, only its own asking starts it.",
    "trail": "A trail is the whole account's, so it is left to whoever keeps that.",
    "target": "The rule starts something else, which may be meant.",
    "event": "An event that came and went cannot be sent again: upload the file once more.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def keep_versions(one: Pipeline) -> Mend:
    """Switch versioning of the bucket on."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept_bucket(cloud, one)
        status = pipeline_sources.versioning(cloud, one.bucket)
        read = since(cloud, *codepipeline.using(one.name, f'"S3Bucket":"{one.bucket}"'))
        yield pipeline_triggers.keep_versions(one.bucket, existed=True, status=status, after=(), others=read)
        yield lasts(pipeline_triggers.FOR_GOOD.format(one.bucket))

    return mend


def tell(one: Pipeline) -> Mend:
    """Let the bucket send its events to EventBridge."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept_bucket(cloud, one)
        yield from pipeline_triggers.tell(cloud, one.bucket)
        yield redirects(f"Every rule that waits for files of {one.bucket} hears of them then.")

    return mend


def switch_on(one: Pipeline, rule: Rule) -> Mend:
    """Switch the rule on."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept_rule(cloud, rule)
        yield event_rules.switch_on(rule.name)
        yield redirects(f"{one.key} in {one.bucket} starts {one.name} then.")

    return mend


def hear(one: Pipeline, rule: Rule) -> Mend | None:
    """Let the rule notice that file, however it lands, and no other; None where it starts other things as well."""
    if len(rule.targets) > 1:
        return None

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept_rule(cloud, rule)
        wanted = (pipeline_triggers.trail_pattern if rule.by_trail else pipeline_triggers.pattern)(one.bucket, one.key)
        yield event_rules.hear(rule.name, wanted, f"{one.key} in {one.bucket}, however it lands")
        yield redirects(f"The rule {rule.name} is about {one.key} in {one.bucket} alone then.")

    return mend


def let_start(one: Pipeline, rule: Rule, target: Mapping[str, Any]) -> Mend:
    """Give the rule a role of its own with which it may start the pipeline."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept_rule(cloud, rule)
        yield from event_rules.start_with(cloud, rule.name, target, one.name)
        yield admits(f"The rule {rule.name} may start {one.name} then.")

    return mend


def stop_asking(one: Pipeline) -> Mend:
    """End the pipeline's own asking."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        tags = pipeline_sources.tags(cloud, one.name)
        yield from keepers.agreed(f"The pipeline {one.name}", tags)
        yield from pipeline_triggers.stop_asking(one.name, one.role, one.source, one.settings, ())
        yield redirects(f"{one.name} starts by its rule alone then.")

    return mend


def watch(one: Pipeline) -> Mend:
    """A rule of S3's own events for the file, its role, and the bucket's events: as the set-up makes them."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        who = cloud.identity
        place = who.partition, who.region, who.account
        role, may = pipeline_triggers.may_start(one.name, one.arn, place)
        what = f"each new version of {one.key} in {one.bucket}, however it lands"
        yield from _kept_bucket(cloud, one)
        yield from (role, may, *pipeline_triggers.tell(cloud, one.bucket))
        yield pipeline_triggers.listen(what, pipeline_triggers.pattern(one.bucket, one.key), one.name)
        exactly = pipeline_triggers.VERSION if one.type == "V2" else ""
        yield pipeline_triggers.start(one.name, one.arn, role, source=one.source, version=exactly, after=(may.id,))
        yield redirects(f"{one.key} in {one.bucket} starts {one.name} then.")

    return mend


def _kept_bucket(cloud: Cloud, one: Pipeline) -> Iterator[Part]:
    tags = buckets.tags(cloud, Bucket(one.bucket, cloud.identity.region))
    yield from keepers.agreed(f"The bucket {one.bucket}", tags)


def _kept_rule(cloud: Cloud, rule: Rule) -> Iterator[Part]:
    yield from keepers.agreed(f"The rule {rule.name}", event_rules.tags(cloud, rule.name))
