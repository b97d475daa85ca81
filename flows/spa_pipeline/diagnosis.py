"""How a pipeline is: what must hold for it to deliver, then its stages, and where one failed, at which command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from flows.aws import buckets, keepers, pipeline_sources
from flows.aws.buckets import Bucket
from flows.aws.role_permissions import OF_A_ROLE
from flows.engine import Call, Cloud, CloudError, Finding, Grade
from flows.engine.findings import broken, unknown

from . import build_rules, rules, site_rules, stages, starting_rules
from .situation import CODEBUILD, CODECOMMIT, CONNECTION, S3, Reading, Situation, providers
from .stages import Known

Rule = Callable[[Situation], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    rules.connection, rules.branch, rules.file, rules.roles, rules.reads, rules.source_key, rules.builds,
    build_rules.needs, rules.artifacts, site_rules.site, site_rules.publishes, site_rules.site_key, site_rules.visitors,
    site_rules.distribution, starting_rules.starts,
)  # fmt: skip
BEHIND: Mapping[str, tuple[str, ...]] = {
    CONNECTION: ("connection", "reads", "role"),
    CODECOMMIT: ("branch", "reads", "role"),
    S3: ("file", "reads", "source-key", "role"),
    CODEBUILD: (
        "builds", "needs", "role", "artifacts", "store-key", "publishes", "site", "site-key", "distribution",
        "invalidates",
    ),
}  # fmt: skip
"""Who does an action → the rules from which its failure follows."""
READS = (
    "codepipeline.GetPipeline", "codebuild.BatchGetProjects", "s3.HeadBucket", "s3.GetBucketPolicy",
    "s3.GetBucketEncryption", "s3.GetBucketWebsite", "s3.GetPublicAccessBlock", "s3control.GetPublicAccessBlock",
    "events.ListRuleNamesByTarget", "events.DescribeRule", "events.ListTargetsByRule", "s3.GetBucketTagging",
    "codepipeline.ListTagsForResource", *stages.READS,
)  # fmt: skip
WRONG = (Grade.REFUSED, Grade.WAITING)


def diagnose(cloud: Cloud, pipeline: str) -> Iterator[Finding]:
    """Whether a pipeline delivers; where it does not, why."""
    try:
        answer = cloud.make(Call("codepipeline.GetPipeline", {"name": pipeline}))
    except CloudError as problem:
        if problem.aws_code == "PipelineNotFoundException":
            yield broken("pipeline", f"There is no pipeline {pipeline} here.", "GetPipeline", "Check the region.")
            return
        yield unknown("pipeline", f"How {pipeline} is made could not be read.", str(problem))
        yield from stages.stages(Known(cloud, pipeline))
        return
    about = answer.get("pipeline") or {}
    here = Reading(cloud).situation(about, answer.get("metadata") or {})
    found = list(_each_by_itself(finding for rule in RULES for finding in rule(here)))
    yield from found
    yield from kept(here)
    wrong = [each for each in found if each.grade in WRONG]
    behind = {who: tuple(each for each in wrong if _rule(each) in ids) for who, ids in BEHIND.items()}
    yield from stages.stages(Known(cloud, pipeline, providers(about), behind))


def reads(pipeline: str, *more: Call) -> tuple[Call, ...]:
    """What looking at a pipeline of ours may call; `more` is what its source and its distribution ask for."""
    made = (f"{pipeline}-pipeline", f"{pipeline}-build")
    roles = (Call(each, {"RoleName": role, **told}) for role in made for each, told in OF_A_ROLE.items())
    return *(Call(each) for each in READS), *roles, *more


def kept(here: Situation) -> Iterator[Finding]:
    """Who else keeps the pipeline, its builds, and the buckets of the page."""
    name = here.pipeline
    yield from keepers.told(name, f"The pipeline {name}", pipeline_sources.tags(here.cloud, name))
    for each in here.projects:
        yield from keepers.told(f"project/{each.name}", f"The build project {each.name}", each.tags)
    for bucket in dict.fromkeys(each.bucket for each in here.sites):
        tags = buckets.tags(here.cloud, Bucket(bucket, here.cloud.identity.region))
        yield from keepers.told(f"bucket/{bucket}", f"The bucket {bucket}", tags)


def _each_by_itself(found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with ids of their own, where a rule says the same of several sources."""
    seen = Counter[str]()
    for each in found:
        seen[each.id] += 1
        if (number := seen[each.id]) == 1:
            yield each
        else:
            yield replace(each, id=f"{each.id}:{number}", repair="", mend=None).mended_by(each.mend)


def _rule(finding: Finding) -> str:
    return finding.id.partition(":")[0]
