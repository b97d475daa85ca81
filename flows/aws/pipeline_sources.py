"""Pipelines that read from S3: which file, how they notice it, and the rules that start them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flows.engine import Call, Cloud, CloudError, shell
from flows.engine.bucket_owner import Taken

from . import event_patterns
from .eventbridge_listeners import BY_TRAIL

OWN = "Object Created"
"""The kind of event that S3 itself tells of a file that landed."""
OF_A_RECORD = {"eventSource", "eventName", "requestParameters"}
"""Fields that only CloudTrail's record of it has."""

LARGEST = 7 * 2**30
"""Bytes of a source file in S3 (CodePipeline User Guide, "Quotas", 2026-10)."""
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE", "ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS")


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as far as it matters here. `source` is the name of its S3 source action, "" if it has none, and
    `source_role` the ARN of the role with which that works: the action's own, or else the pipeline's; `steps` are the
    names of all its source actions."""

    name: str
    arn: str
    role: str
    type: str
    artifacts: str
    source: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    polling_ended: str = ""
    source_role: str = ""
    artifacts_key: str = ""
    steps: tuple[str, ...] = ()

    @property
    def bucket(self) -> str:
        return self.settings.get("S3Bucket", "")

    @property
    def key(self) -> str:
        return self.settings.get("S3ObjectKey", "")

    @property
    def polls(self) -> bool:
        """Left out means that it asks (CodePipeline User Guide, "Amazon S3 source action reference", 2026-10)."""
        return bool(self.source) and self.settings.get("PollForSourceChanges", "true").lower() != "false"

    @property
    def asking(self) -> bool:
        """Whether AWS still does what it asks for: after 30 quiet days it stops."""
        return self.polls and not self.polling_ended


@dataclass(frozen=True)
class Rule:
    """A rule of the default bus that has a pipeline as a target. `trouble` says what is wrong with its pattern."""

    name: str
    on: bool
    pattern: Mapping[str, Any]
    targets: tuple[Mapping[str, Any], ...]
    trouble: str = ""

    @property
    def by_trail(self) -> bool:
        """Whether it waits for what CloudTrail records; where it names no kind of event, its fields tell."""
        kind = {name: wanted for name, wanted in self.pattern.items() if name == "detail-type"}
        hears = [each for each in (OWN, BY_TRAIL) if event_patterns.matches(kind, {"detail-type": each})]
        detail = self.pattern.get("detail") or {}
        return BY_TRAIL in hears and (OWN not in hears or not OF_A_RECORD.isdisjoint(detail))


def arn(cloud: Cloud, name: str) -> str:
    """A pipeline's ARN, in which, unlike in others, no "pipeline/" stands."""
    who = cloud.identity
    return f"arn:{who.partition}:codepipeline:{who.region}:{who.account}:{name}"


def names(cloud: Cloud) -> list[str]:
    """Raises CloudError."""
    pages = cloud.pages(Call("codepipeline.ListPipelines"))
    return [each["name"] for page in pages for each in page.get("pipelines") or []]


def standing(cloud: Cloud, name: str, bucket: str = "", key: str = "") -> Pipeline | None:
    """The pipeline of that name, None if there is none here. Of several S3 sources the one of that file is meant.

    Raises CloudError.
    """
    every = by_source(cloud, name)
    near = (each for each in every if each.bucket == bucket and (not key or each.key == key))
    return next(near, next(iter(every), None))


def by_source(cloud: Cloud, name: str) -> list[Pipeline]:
    """The pipeline of that name as each of its S3 sources sees it; without one, if it has none; nothing if there is no
    such pipeline. Raises CloudError."""
    if name not in names(cloud):
        return []
    answer = cloud.make(Call("codepipeline.GetPipeline", {"name": name}))
    about = answer.get("pipeline") or {}
    actions = [action for stage in about.get("stages") or [] for action in stage.get("actions") or []]
    kinds = [(one["actionTypeId"]["category"], one["actionTypeId"]["provider"]) for one in actions]
    stores = about.get("artifactStores") or {}
    store: Mapping[str, Any] = about.get("artifactStore") or stores.get(cloud.identity.region) or {}
    whole = Pipeline(
        name, arn(cloud, name), str(about.get("roleArn", "")), str(about.get("pipelineType") or "V1"),
        str(store.get("location", "")),
        polling_ended=str((answer.get("metadata") or {}).get("pollingDisabledAt") or ""),
        source_role=str(about.get("roleArn") or ""),
        artifacts_key=str((store.get("encryptionKey") or {}).get("id") or ""),
        steps=tuple(str(one["name"]) for one, kind in zip(actions, kinds, strict=True) if kind[0] == "Source"),
    )  # fmt: skip
    found = [
        replace(
            whole, source=one["name"], settings=one.get("configuration") or {},
            source_role=str(one.get("roleArn") or whole.source_role),
        )
        for one, kind in zip(actions, kinds, strict=True)
        if kind == ("Source", "S3")
    ]  # fmt: skip
    return found or [whole]


def from_s3(cloud: Cloud, most: int | None = 20) -> Iterator[Pipeline]:
    """The first pipelines that read from S3, among so many of all; None for every one. Raises CloudError."""
    for name in names(cloud)[:most]:
        one = standing(cloud, name)
        if one and one.source:
            yield one


def rules(cloud: Cloud, pipeline: str = "", *, whatever: bool = False) -> list[Rule]:
    """The rules that start a pipeline of that name, also with an ARN that is not quite its; any pipeline if left out.
    `whatever` else they start counts, too.

    Only those that could hear of a file in S3 are asked for their targets. Raises CloudError.
    """
    found = []
    for page in cloud.pages(Call("events.ListRules")):
        for each in page.get("Rules") or []:
            if not _hears(str(each.get("EventPattern") or "")):
                continue
            here = cloud.make(Call("events.ListTargetsByRule", {"Rule": each["Name"]})).get("Targets") or []
            mine = tuple(target for target in here if whatever or _starts(target["Arn"], pipeline))
            if mine:
                found.append(_rule(each, mine))
    return found


def _hears(pattern: str) -> bool:
    """Whether a rule with such a pattern could hear of S3; one that cannot be read counts."""
    if not pattern:
        return False
    try:
        wanted = event_patterns.read(pattern)
    except event_patterns.BadPattern:
        return True
    return not any(miss.field == "source" for miss in event_patterns.misses(wanted, {"source": "aws.s3"}))


def _starts(target: str, pipeline: str) -> bool:
    service, *_, last = target.split(":")[2:] or [""]
    return service == "codepipeline" and (not pipeline or last.rpartition("/")[2] == pipeline)


def _rule(each: Mapping[str, Any], targets: tuple[Mapping[str, Any], ...]) -> Rule:
    on = each.get("State", "ENABLED") != "DISABLED"
    try:
        return Rule(each["Name"], on, event_patterns.read(each["EventPattern"]), targets)
    except event_patterns.BadPattern as problem:
        return Rule(each["Name"], on, {}, targets, str(problem))


def lost_steps(target: Mapping[str, Any], steps: Collection[str]) -> list[str]:
    """The source actions for which a rule's target names a revision, and which the pipeline has not: with these it is
    not started (CodePipeline API Reference, "SourceRevisionOverride": actionName, 2026-11)."""
    text = str((target.get("InputTransformer") or {}).get("InputTemplate") or target.get("Input") or "")
    named = re.findall(r'"actionName"\s*:\s*"([^"<>]+)"', text)
    return [each for each in dict.fromkeys(named) if each not in steps]


def names_its_file(one: Pipeline, rule: Rule) -> bool:
    """Whether a rule says with each event which file the source is to read, which that must let it (CodePipeline User
    Guide, "Amazon S3 source action reference": AllowOverrideForS3ObjectKey, 2026-11)."""
    told = [str((each.get("InputTransformer") or {}).get("InputTemplate") or "") for each in rule.targets]
    lets = one.settings.get("AllowOverrideForS3ObjectKey", "").lower() == "true"
    return lets and any("S3_OBJECT_KEY" in each and f'"{one.source}"' in each for each in told)


def tags(cloud: Cloud, name: str) -> list[dict[str, str]]:
    """The tags of a pipeline; of one whose tags may not be read, none."""
    try:
        pages = list(cloud.pages(Call("codepipeline.ListTagsForResource", {"resourceArn": arn(cloud, name)})))
    except CloudError:
        return []
    return [each for page in pages for each in page.get("tags") or []]


def versioning(cloud: Cloud, bucket: str) -> str:
    """Enabled, Suspended, or "" for never. Raises CloudError."""
    return str(cloud.make(Call("s3.GetBucketVersioning", {"Bucket": bucket})).get("Status") or "")


def keep_versions(bucket: str, account: str) -> str:
    """The command that switches versioning on."""
    enabled = "Status=Enabled"
    return shell.aws(
        "s3api", "put-bucket-versioning", bucket=bucket, expected_bucket_owner=account, versioning_configuration=enabled
    )


def size(cloud: Cloud, bucket: str, key: str) -> int | None:
    """The file's bytes, None if it is not there. Raises CloudError."""
    there = _head(cloud, bucket, key)
    return None if there is None else int(there.get("ContentLength") or 0)


def landed(cloud: Cloud, bucket: str, key: str) -> datetime | None:
    """When the newest version of the file landed, None if it is not there. Raises CloudError."""
    there = _head(cloud, bucket, key)
    return there.get("LastModified") if there else None


def archived(cloud: Cloud, bucket: str, key: str) -> str:
    """The archive in which the file lies, from which nobody reads before it is brought back; "" for none. Raises
    CloudError.

    S3 User Guide, "Working with archived objects" and "Restoring an archived object", 2026-11.
    """
    there = _head(cloud, bucket, key) or {}
    kind = str(there.get("ArchiveStatus") or there.get("StorageClass") or "")
    back = 'ongoing-request="false"' in str(there.get("Restore") or "")
    return kind if kind in ARCHIVES and not back else ""


def out_of_the_archive(bucket: str, key: str) -> str:
    """What to do about a file in an archive."""
    again = shell.aws("s3", "cp", shell.here(key.rpartition("/")[2]), f"s3://{bucket}/{key}")
    return f"Upload it again: {again}. A lifecycle rule may have moved it: let that leave the file out."


def encrypted_with(cloud: Cloud, bucket: str, key: str) -> str | None:
    """The KMS key that encrypts the file, "" for S3's own way, None if it is not there. Raises CloudError."""
    there = _head(cloud, bucket, key)
    return None if there is None else str(there.get("SSEKMSKeyId") or "")


def _head(cloud: Cloud, bucket: str, key: str) -> dict[str, Any] | None:
    try:
        return cloud.make(Call("s3.HeadObject", {"Bucket": bucket, "Key": key}))
    except CloudError as problem:
        if isinstance(problem, Taken) or problem.aws_code not in ("404", "NoSuchKey", "NotFound", "NoSuchBucket"):
            raise
        return None
