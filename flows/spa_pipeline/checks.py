"""What can stand in the way of a delivered page, looked at beforehand. Everything here only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flows.aws import bucket_creation, buckets, keepers, pipeline_triggers, roles, service_quotas
from flows.engine import Call, Caution, Cloud, CloudError, Finding, Grade
from flows.engine.findings import broken, proved, unknown

from . import build, build_rules, rules, site_rules, starting_rules
from .situation import Situation

Rule = Callable[[Situation], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    rules.connection, rules.branch, rules.file, rules.roles, rules.reads, rules.source_key, rules.builds,
    build_rules.needs, rules.artifacts, site_rules.site, site_rules.publishes, site_rules.site_key,
    site_rules.visitors,
    site_rules.distribution, starting_rules.starts,
)  # fmt: skip
"""Of what the plan makes itself they find nothing."""
COUNTED = (
    ("codepipeline", "codepipeline.ListPipelines", "pipelines", ("pipelines", 1000, "L-78D200AD")),
    ("codebuild", "codebuild.ListProjects", "projects", ("build projects", 5000, "L-ACCF6C0D")),
)
"""What the plan makes and AWS counts by region, with the usual quotas (CodePipeline and CodeBuild User Guides,
"Quotas"; Service Quotas, 2026-11)."""
BUILDING = "L-9D07B6EF"


def before(flow: Any) -> Iterator[Finding | Caution]:
    """Whether the names are free, and all that is there already lets the page be delivered."""
    yield names(flow)
    here = flow.situation()
    for rule in RULES:
        for found in rule(here):
            # the page is published before the distribution is asked, which can be named anew at any time
            spared = rule is site_rules.distribution and found.grade is Grade.REFUSED
            if spared or found.grade is Grade.CAUTION:
                yield Caution(found.id, f"{found.sentence} {found.remedy}")
            elif found.grade is not Grade.WAITING:  # what waits for a person was said with the answer
                yield found
    for one in here.sites:
        if not one.made:
            tags = buckets.tags(flow.cloud, buckets.Bucket(one.bucket, one.region))
            yield from keepers.beforehand(f"The bucket {one.bucket}", tags, "site_bucket")
    yield from room(flow.cloud)
    yield at_once(flow.cloud)


def room(cloud: Cloud) -> Iterator[Finding]:
    """Whether the account may have one more of what is made. A quota is read only where it decides."""
    for service, call, things, (what, usual, code) in COUNTED:
        id, seen = f"room:{service}", "counted in your account"
        try:
            have = sum(len(page.get(things) or []) for page in cloud.pages(Call(call)))
        except CloudError as problem:
            yield unknown(id, f"How many {what} there are could not be read.", str(problem))
            continue
        most = (service_quotas.limit(cloud, service, code) or usual) if have >= usual else usual
        if have >= most:
            told = f"There are {have} {what} in this region, of {most} that it may have."
            yield broken(id, told, seen, f"Delete one that nobody needs, or ask AWS to raise the quota {code}.")
        else:
            yield proved(id, f"There is room for one more of the {what}: {have} of {most}.", seen)


def at_once(cloud: Cloud) -> Finding:
    """Whether the account may run builds at all: new ones may run none at once, and the first build fails at that."""
    most, seen = service_quotas.limit(cloud, "codebuild", BUILDING), "GetServiceQuota"
    ask = f"Ask AWS to raise the quota {BUILDING} (“Concurrently running builds for Linux/Small environment”)."
    if most is None:
        why = "the quota could not be read"
        return unknown("builds", "Whether this account may run builds was not checked.", why, f"If it may not: {ask}")
    if most == 0:
        return broken("builds", "This account may run no builds at the moment, as is usual for new ones.", seen, ask)
    return proved("builds", f"This account may run {most} of such builds at once.", seen)


def names(flow: Any) -> Finding:
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
        return unknown("names", "Whether all names are free could not be read.", str(problem))
    if taken:
        return broken(
            "names", f"There is already {', '.join(taken)}.", "GetRole, BatchGetProjects, ListPipelines, HeadBucket",
            "Choose another name, or delete what stands there if nobody needs it.",
        )  # fmt: skip
    return proved("names", f"All names that begin with {name} are free.", "GetRole, BatchGetProjects, ListPipelines")


def _roles(flow: Any) -> list[str]:
    started = [] if flow.source == "connection" else [pipeline_triggers.role_name(flow.name)]
    return [f"{flow.name}-build", f"{flow.name}-pipeline", *started]
