"""A pipeline that publishes a page, as far as it matters whether it can: planned, or as it stands, whoever made it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flows.aws import role_permissions
from flows.aws.role_permissions import Role
from flows.engine import Call, Cloud, CloudError

S3, CODECOMMIT, CONNECTION = "S3", "CodeCommit", "CodeStarSourceConnection"
"""Who gives a source, as CodePipeline calls them."""
CODEBUILD = "CodeBuild"
PIPELINES, BUILDS = "codepipeline.amazonaws.com", "codebuild.amazonaws.com"

PLAIN = "PLAINTEXT"
WRITING = {"s3 sync": "s3:ListBucket", "--delete": "s3:DeleteObject"}
"""What stands in a buildspec → what else than s3:PutObject its publishing asks for."""


@dataclass(frozen=True)
class Worker:
    """A role with which something works.

    Args:
        name: the role's; "" if none is named.
        service: who takes it on.
        source: the ARN of that for which it is taken on.
        role: the role, None if it does not exist, or why it could not be read.
        by: who takes it on where that is not the service but the pipeline's role, as for an action with a role of its
            own (CodePipeline User Guide, "Pipeline structure reference", roleArn of an action, 2026-11).
        planned: whether the plan makes the role, so that what it may do is to come.
    """

    name: str
    service: str
    source: str
    role: Role | CloudError | None
    by: Worker | None = None
    planned: bool = False


@dataclass(frozen=True)
class Source:
    """Where a pipeline gets files.

    Args:
        provider: who gives them.
        settings: of that action.
        worker: the role with which it works.
        name: the action's.
        account: whose the files are, by that role; empty is the pipeline's own.
        gives: what it hands on, by its names.
    """

    provider: str
    settings: Mapping[str, Any]
    worker: Worker
    name: str = ""
    account: str = ""
    gives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """A build of the pipeline; `gives` says whether it hands files on, `batch` whether it is a batch of builds. `there`
    says whether the project exists; None is not known, and `unread` says why. `region` is the project's; empty is the
    pipeline's. `told` is all that AWS tells of it, `variables` the kind and the value of each of its variables, and
    `takes` what it is handed, by its names."""

    name: str
    arn: str
    worker: Worker
    starts: Worker
    gives: bool = True
    there: bool | None = True
    unread: str = ""
    tags: Sequence[Mapping[str, Any]] = ()
    region: str = ""
    batch: bool = False
    told: Mapping[str, Any] = field(default_factory=dict)
    variables: Sequence[tuple[str, str]] = ()
    takes: tuple[str, ...] = ()

    @property
    def started_by(self) -> tuple[str, str]:
        """What the pipeline does to start it and to follow it (CodePipeline User Guide, "AWS CodeBuild build and test
        action reference", 2026-11)."""
        if self.batch:
            return "codebuild:StartBuildBatch", "codebuild:BatchGetBuildBatches"
        return "codebuild:StartBuild", "codebuild:BatchGetBuilds"


@dataclass(frozen=True)
class Site:
    """A bucket into which a page is published.

    Args:
        bucket: its name.
        worker: who publishes.
        distribution: the id of the distribution that fetches the page again; empty if there is none.
        writes: what publishing asks for.
        region: the bucket's; empty where that is not known.
        ours: the statements that the plan adds to its policy.
        made: whether the plan makes the bucket.
        public: whether the plan makes it a website for everybody; None is as the bucket says.
        acl: the access list that each file gets there; empty for none.
        packed: the name under which all of it is copied there as one file; empty where the files are.
        folder: how the names of its files begin there, with a slash behind; empty for nothing.
    """

    bucket: str
    worker: Worker
    distribution: str = ""
    writes: tuple[str, ...] = ("s3:PutObject",)
    region: str = ""
    ours: tuple[Mapping[str, Any], ...] = ()
    made: bool = False
    public: bool | None = None
    acl: str = ""
    packed: str = ""
    folder: str = ""


@dataclass(frozen=True)
class Situation:
    """All of it.

    Args:
        cloud: the account.
        pipeline: its name.
        planned: whether it is looked at before it is made.
        sources: where it gets files.
        projects: its builds.
        sites: where the page goes.
        store: the bucket of what the stages hand on; empty where the plan makes it.
        store_key: the key that encrypts it there; empty for S3's own encryption.
        triggers: those of its own, as GetPipeline tells them.
        polling_ended: when AWS ended that it asks for changes; empty if it did not.
    """

    cloud: Cloud
    pipeline: str
    planned: bool = False
    sources: tuple[Source, ...] = ()
    projects: tuple[Project, ...] = ()
    sites: tuple[Site, ...] = ()
    store: str = ""
    store_key: str = ""
    triggers: Sequence[Mapping[str, Any]] = ()
    polling_ended: str = ""

    def workers(self) -> list[Worker]:
        """Every role once."""
        every = [each.worker for each in self.sources]
        every += [worker for each in self.projects for worker in (each.starts, each.worker)]
        every += [each.worker for each in self.sites]
        every += [each.by for each in every if each.by]
        return list({(each.name, each.service, each.by is None): each for each in every}.values())


@dataclass
class Reading:
    """Reads the account for a pipeline that stands; each role once."""

    cloud: Cloud
    roles: dict[str, Role | CloudError | None] = field(default_factory=dict)

    def situation(self, about: Mapping[str, Any], metadata: Mapping[str, Any]) -> Situation:
        """The situation of a pipeline, from what GetPipeline says of it."""
        name, own = str(about.get("name") or ""), str(about.get("roleArn") or "")
        who = self.cloud.identity
        me = f"arn:{who.partition}:codepipeline:{who.region}:{who.account}:{name}"
        actions = [(each, self._provider(each)) for each in actions_of(about)]
        sources, sites = [], list[Site]()
        for action, (category, provider) in actions:
            worker = self._step(action, own, me)
            settings = action.get("configuration") or {}
            if category == "Source":
                called, account = str(action.get("name") or ""), _account(action, who.account)
                gives = tuple(str(each.get("name")) for each in action.get("outputArtifacts") or [])
                sources.append(Source(provider, settings, worker, called, account, gives))
            elif (category, provider) == ("Deploy", S3) and settings.get("BucketName"):
                sites.append(_deployed(settings, worker))
        built = [action for action, (_, provider) in actions if provider == CODEBUILD]
        projects, published = self._projects(built, own, me)
        stores = about.get("artifactStores") or {}
        store: Mapping[str, Any] = about.get("artifactStore") or stores.get(who.region) or {}
        return Situation(
            self.cloud, name, False, tuple(sources), tuple(projects), (*published, *sites),
            str(store.get("location") or ""), str((store.get("encryptionKey") or {}).get("id") or ""),
            tuple(about.get("triggers") or ()), str(metadata.get("pollingDisabledAt") or ""),
        )  # fmt: skip

    def _projects(
        self, actions: Sequence[Mapping[str, Any]], own: str, me: str
    ) -> tuple[list[Project], tuple[Site, ...]]:
        who, projects, sites = self.cloud.identity, list[Project](), list[Site]()
        names = [str((each.get("configuration") or {}).get("ProjectName") or "") for each in actions]
        regions = [str(each.get("region") or who.region) for each in actions]
        accounts = [_account(each, who.account) for each in actions]
        placed = list(zip(names, regions, accounts, strict=True))
        ours = {(name, region) for name, region, account in placed if name and not account}
        read = {
            where: self._read(sorted(name for name, region in ours if region == where), where)
            for where in dict.fromkeys(regions)
        }
        for action, (name, region, account) in zip(actions, placed, strict=True):
            found, unread = ({}, f"It belongs to the account {account}.") if account else read[region]
            arn = f"arn:{who.partition}:codebuild:{region}:{account or who.account}:project/{name}"
            about = found.get(name) or {}
            worker = self._worker(str(about.get("serviceRole") or ""), BUILDS, arn)
            starts = self._step(action, own, me)
            there = None if unread else name in found
            gives = bool(action.get("outputArtifacts"))
            tags = about.get("tags") or ()
            batch = str((action.get("configuration") or {}).get("BatchEnabled") or "").lower() == "true"
            told = {name: (kind, value) for name, kind, value in _variables(about, action)}
            takes = tuple(str(each.get("name")) for each in action.get("inputArtifacts") or [])
            one = Project(name, arn, worker, starts, gives, there, unread, tags, region, batch)
            projects.append(replace(one, told=about, variables=tuple(told.values()), takes=takes))
            variables = {name: value for name, (kind, value) in told.items() if kind == PLAIN}
            if bucket := variables.get("SITE_BUCKET"):
                text = str((about.get("source") or {}).get("buildspec") or "")
                writes = ["s3:PutObject", *(action for word, action in WRITING.items() if word in text)]
                sites.append(Site(bucket, worker, variables.get("DISTRIBUTION_ID", ""), tuple(writes)))
        return projects, tuple(sites)

    def _read(self, names: list[str], region: str) -> tuple[Mapping[str, Mapping[str, Any]], str]:
        """Build projects of a region, by their names; or why they could not be read."""
        where = "" if region == self.cloud.identity.region else region
        try:
            answer = self.cloud.make(Call("codebuild.BatchGetProjects", {"names": names}, where)) if names else {}
        except CloudError as problem:
            return {}, str(problem)
        return {str(each.get("name")): each for each in answer.get("projects") or []}, ""

    def _step(self, action: Mapping[str, Any], own: str, me: str) -> Worker:
        """With which role the pipeline does an action: its own, or that of the action, which its own takes on."""
        whole, arn = self._worker(own, PIPELINES, me), str(action.get("roleArn") or own)
        return whole if arn == own else replace(self._worker(arn, PIPELINES, me), by=whole)

    def _worker(self, arn: str, service: str, source: str) -> Worker:
        if arn not in self.roles:
            try:
                self.roles[arn] = role_permissions.role(self.cloud, arn) if arn else None
            except CloudError as problem:
                self.roles[arn] = problem
        return Worker(arn.rpartition("/")[2], service, source, self.roles[arn])

    @staticmethod
    def _provider(action: Mapping[str, Any]) -> tuple[str, str]:
        kind = action.get("actionTypeId") or {}
        return str(kind.get("category") or ""), str(kind.get("provider") or "")


def _deployed(settings: Mapping[str, Any], worker: Worker) -> Site:
    """A bucket to which a step deploys (CodePipeline User Guide, "Amazon S3 deploy action reference", 2026-11)."""
    acl, key = str(settings.get("CannedACL") or ""), str(settings.get("ObjectKey") or "").strip("/")
    writes = ("s3:PutObject", *(["s3:PutObjectAcl"] if acl else []))
    one = Site(str(settings["BucketName"]), worker, writes=writes, acl=acl)
    if str(settings.get("Extract") or "").lower() == "true":
        return replace(one, folder=f"{key}/" if key else "")
    return replace(one, packed=key or "one file")


def actions_of(about: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The actions of a pipeline, in the order of its stages."""
    return [action for stage in about.get("stages") or [] for action in stage.get("actions") or []]


def _account(action: Mapping[str, Any], ours: str) -> str:
    """In which other account an action works, by its own role; "" for ours."""
    parts = str(action.get("roleArn") or "").split(":")
    return parts[4] if len(parts) > 5 and parts[4] != ours else ""


def providers(about: Mapping[str, Any]) -> dict[str, str]:
    """The names of a pipeline's actions → who does them."""
    return {str(each.get("name") or ""): Reading._provider(each)[1] for each in actions_of(about)}


def _variables(project: Mapping[str, Any], action: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The variables of a build, each with its kind and value: the project's, and the action's over them."""
    try:
        told = json.loads((action.get("configuration") or {}).get("EnvironmentVariables") or "[]")
    except ValueError:
        told = []
    mine = told if isinstance(told, list) else []
    for each in (*((project.get("environment") or {}).get("environmentVariables") or []), *mine):
        if isinstance(each, Mapping):
            yield str(each.get("name") or ""), str(each.get("type") or PLAIN), str(each.get("value") or "")
