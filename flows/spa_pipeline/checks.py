"""What can stand in the way of a delivered page, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.aws import bucket_creation, pipeline_triggers, roles
from flows.engine import Call, CloudError, Finding
from flows.engine.findings import broken, proved, unknown

from . import build


def before(flow: Any) -> Iterator[Finding]:
    """Whether the names are free."""
    cloud, name = flow.cloud, flow.name
    taken = []
    try:
        taken += [f"the role {role}" for role in _roles(flow) if roles.taken(cloud, role)]
        bucket = build.artifacts(flow).name
        taken += [f"the bucket {bucket}"] if bucket_creation.standing(cloud, bucket) else []
        listed = cloud.make(Call("codebuild.BatchGetProjects", {"names": [f"{name}-build"]})).get("projects")
        taken += [f"the build project {name}-build"] if listed else []
        pages = cloud.pages(Call("codepipeline.ListPipelines"))
        names = [each["name"] for page in pages for each in page.get("pipelines") or []]
        taken += [f"the pipeline {name}"] if name in names else []
    except CloudError as problem:
        yield unknown("names", "Whether all names are free could not be read.", str(problem))
        return
    if taken:
        yield broken(
            "names", f"There is already {', '.join(taken)}.", "GetRole, BatchGetProjects, ListPipelines, HeadBucket",
            "Choose another name, or delete what stands there if nobody needs it.",
        )  # fmt: skip
    else:
        yield proved("names", f"All names that begin with {name} are free.", "GetRole, BatchGetProjects, ListPipelines")
    yield unknown(
        "builds", "Whether this account may run builds was not checked.", "no quota was read",
        "New accounts may have to ask AWS for “Concurrently running builds for Linux/Small” first.",
    )  # fmt: skip


def _roles(flow: Any) -> list[str]:
    started = [] if flow.source == "connection" else [pipeline_triggers.role_name(flow.name)]
    return [f"{flow.name}-build", f"{flow.name}-pipeline", *started]
