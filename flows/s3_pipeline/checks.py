"""What can stand in the way of a pipeline that a file starts, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flows.aws import (
    bucket_creation,
    buckets,
    cloudtrail,
    keepers,
    notifications,
    pipeline_sources,
    pipeline_triggers,
    roles,
)
from flows.engine import Caution, CloudError, Finding, Grade
from flows.engine.findings import broken, proved, unknown

from . import rules
from .rules import Situation

Rule = Callable[[Situation], Iterator[Finding]]
RULES: tuple[Rule, ...] = (rules.role, rules.reads, rules.key, rules.hands_on)


def before(flow: Any) -> Iterator[Finding | Caution]:
    """Whether the names are free, everybody else keeps theirs, and the pipeline may read the file."""
    cloud = flow.cloud
    yield names(flow)
    if flow.there():
        arn = f"arn:{cloud.identity.partition}:s3:::{flow.bucket}"
        yield from notifications.receivers(cloud, notifications.standing(cloud, flow.bucket), arn)
        there = buckets.Bucket(flow.bucket, cloud.identity.region)
        yield from keepers.beforehand(f"The bucket {flow.bucket}", buckets.tags(cloud, there), "bucket")
        if flow.standing and flow.standing.polls:  # otherwise nothing of it is changed
            tags = pipeline_sources.tags(cloud, flow.pipeline)
            yield from keepers.beforehand(f"The pipeline {flow.pipeline}", tags, "pipeline")
        one = flow.standing
        here = Situation(cloud, flow.pipeline, one.source_role if one else "", there, flow.object_key)
        if one:
            here = replace(here, own=one.role, store=one.artifacts, store_key=one.artifacts_key)
        for rule in RULES:
            for found in rule(here):
                # the pipeline fails without, as it does now; what starts it can be set up all the same
                lacks = found.grade is Grade.REFUSED
                yield Caution(found.id, f"{found.sentence} {found.remedy}") if lacks else found
    yield unknown(
        "zip", f"What is in {flow.object_key} was not looked at.", "files are not read",
        "buildspec.yml must be at the top of the zip, not in a folder: cd project && zip -r ../source.zip .",
    )  # fmt: skip


def names(flow: Any) -> Finding:
    cloud, name = flow.cloud, flow.pipeline
    try:
        wanted = [pipeline_triggers.role_name(name)]
        taken = []
        if flow.standing is None:
            wanted += [f"{name}-build", f"{name}-pipeline"]
            taken += (
                [f"the bucket {flow.artifacts().name}"]
                if bucket_creation.standing(cloud, flow.artifacts().name)
                else []
            )
        taken += [f"the role {role}" for role in wanted if roles.taken(cloud, role)]
        if (
            flow.detection == "cloudtrail"
            and flow.trail == cloudtrail.NEW
            and cloudtrail.taken(cloud, cloudtrail.name(name))
        ):
            taken.append(f"the trail {cloudtrail.name(name)}")
    except CloudError as problem:
        return unknown("names", "Whether all names are free could not be read.", str(problem))
    if taken:
        return broken(
            "names", f"There is already {', '.join(taken)}.", "GetRole, HeadBucket",
            "An earlier run may have made it: undo that first. Or choose another pipeline.",
        )  # fmt: skip
    return proved("names", f"The names for what starts {name} are free.", "GetRole, HeadBucket")
