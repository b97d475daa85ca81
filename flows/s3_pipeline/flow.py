"""A pipeline that starts when a file lands in a bucket: S3 tells EventBridge, and a rule there starts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.aws import (
    bucket_creation,
    buckets,
    cloudtrail,
    codebuild,
    codepipeline,
    eventbridge_listeners,
    pipeline_sources,
    pipeline_triggers,
    role_permissions,
    roles,
)
from flows.engine import Action, Caution, Choice, Cloud, Finding, Flow, Handover, Plan, Text, Use, since

from . import answers, checks, diagnosis, handover, repairs, why
from .answers import CLOUDTRAIL, EVENTBRIDGE
from .consents import CONSENTS
from .picture import PICTURE
from .which import WhichPipeline


class FileStartsPipeline(Flow):
    """Start a pipeline whenever a file lands in a bucket."""

    title = "Start a pipeline when a file lands"
    words = ("trigger", "eventbridge", "cloudtrail", "upload", "zip", "codepipeline")
    check = WhichPipeline
    came_for = ("pipeline",)
    beyond = repairs.BEYOND
    consents = CONSENTS
    matters = why.WHY
    picture = PICTURE

    pipeline = Text(
        "Which pipeline shall start? (one that does not exist is made)",
        answers.pipeline_name,
        known=answers.pipelines,
        wanted="A pipeline",
        check=answers.pipeline,
        default=answers.usual_pipeline,
        example="shop-front",
        why="A pipeline takes the file from the bucket and builds or publishes it. Of one that exists, bucket and file "
        "are read, and only how it notices a new file changes.",
    )
    bucket = Text(
        "In which bucket does the file land? (one that does not exist is made)",
        bucket_creation.possible,
        known=answers.buckets_there,
        wanted="A bucket",
        check=answers.bucket,
        default=answers.usual_bucket,
        example="fjord-shop-source",
        why="A bucket of its own keeps your source apart from build results and from what visitors can see. It must "
        "keep versions, because the pipeline remembers exactly which version of the file it built.",
    )
    object_key = Text(
        "What is the exact name of the file?",
        answers.key,
        known=answers.files,
        wanted="The name of a file",
        check=answers.file,
        default=answers.usual_key,
        label="File",
        example="app/source.zip",
        why="The pipeline watches this one file. Put a new version there under the same name to start it. Folders are "
        "part of the name, and capital letters count.",
    )
    detection = Choice(
        "How shall a new file be noticed?",
        {
            EVENTBRIDGE: "at once, by S3's own events (recommended)",
            CLOUDTRAIL: "by what CloudTrail records (older, costs a little)",
        },
        check=answers.detection,
        default=EVENTBRIDGE,
        label="Noticed",
        why="S3 can announce each new file; a rule listens to that and starts the pipeline. The older way listens to "
        "CloudTrail, which must write every upload down for it.",
    )

    trail = Choice(
        "Which trail shall record the uploads?",
        lambda flow: cloudtrail.options(flow.cloud),
        check=answers.trail,
        default=lambda flow: cloudtrail.usual(flow.cloud),
        when=detection.is_(CLOUDTRAIL),
        fine_tuning=True,
        why="A trail writes down who did what. Without one that records uploads to this file the rule never sees "
        "anything. What a trail records already stays.",
    )

    @property
    def standing(self) -> pipeline_sources.Pipeline | None:
        return pipeline_sources.standing(self.cloud, self.pipeline, self.bucket, self.object_key)

    def there(self) -> bool:
        """Whether the bucket exists."""
        return bucket_creation.standing(self.cloud, self.bucket) is not None

    def object_arn(self) -> str:
        return f"arn:{self.cloud.identity.partition}:s3:::{self.bucket}/{self.object_key}"

    def source_key(self) -> str:
        """The ARN of the account's own key that encrypts the files in the bucket; "" for S3's encryption, which asks
        for no permission. Where it may not be seen, the review says what the role needs."""
        if not self.there():
            return ""
        return role_permissions.bucket_key(self.cloud, buckets.Bucket(self.bucket, self.cloud.identity.region))

    def artifacts(self) -> buckets.Bucket:
        """Where a new pipeline's stages hand on their files; nobody else would take a name with this account in it."""
        who = self.cloud.identity
        return buckets.Bucket(f"{self.pipeline}-pipe-{who.account}-{who.region}", who.region)

    def plan(self) -> Plan:
        who, one = self.cloud.identity, self.standing
        place = who.partition, who.region, who.account
        arn = pipeline_sources.arn(self.cloud, self.pipeline)
        source = self.source()
        made = [self.use(one)] if one else self.new_pipeline(tuple(a.id for a in source if isinstance(a, Action)))
        role, may = pipeline_triggers.may_start(self.pipeline, arn, place)
        what = f"each new version of {self.object_key} in {self.bucket}, however it lands"
        by_trail = self.detection == CLOUDTRAIL
        wanted = (pipeline_triggers.trail_pattern if by_trail else pipeline_triggers.pattern)(
            self.bucket, self.object_key
        )
        noticed = self.recorded() if by_trail else self.told()
        rule = pipeline_triggers.listen(what, wanted, self.pipeline)
        exactly = not by_trail and (one is None or one.type == "V2")
        known = ("pipeline",) if one is None else ()
        target = pipeline_triggers.start(
            self.pipeline, arn, role, source=one.source if one else "Source",
            version=pipeline_triggers.VERSION if exactly else "", after=(may.id, *known),
        )  # fmt: skip
        ready = tuple(action.id for action in noticed)
        quiet = (
            pipeline_triggers.stop_asking(one.name, one.role, one.source, one.settings, (target.id, *ready))
            if one and one.polls
            else ()
        )
        first = [] if one else [codepipeline.first_run(self.pipeline)]
        return Plan.of(
            [*source, *made, *noticed, role, may, rule, target, *quiet, *first],
            outputs={
                "pipeline": self.pipeline, "bucket": self.bucket, "object_key": self.object_key,
                "rule": eventbridge_listeners.RULE, "role": pipeline_triggers.role_name(self.pipeline),
            },
            facts={"region": who.region, "detection": self.detection, "new": one is None, "switched": bool(noticed)},
            reads=diagnosis.reads(self.cloud, self.pipeline),
        )  # fmt: skip

    def use(self, one: pipeline_sources.Pipeline) -> Use:
        return Use("pipeline", f"Use the pipeline {one.name}", "AWS::CodePipeline::Pipeline", one.name)

    def source(self) -> list[Action | Use]:
        """The bucket, and that it keeps versions."""
        if not self.there():
            bucket = buckets.Bucket(self.bucket, self.cloud.identity.region)
            read = codepipeline.using(self.pipeline, f'"S3Bucket":"{self.bucket}"')
            made = bucket_creation.create("bucket", bucket, "in which the file lands", self.pipeline, others=read)
            versions = pipeline_triggers.keep_versions(self.bucket, existed=False, status="", after=(made[-1].id,))
            return [*made, versions]
        used = Use("bucket", f"Use the bucket {self.bucket}", "AWS::S3::Bucket", self.bucket)
        status = pipeline_sources.versioning(self.cloud, self.bucket)
        if status == "Enabled":
            return [used]
        read = codepipeline.using(self.pipeline, f'"S3Bucket":"{self.bucket}"')
        return [used, pipeline_triggers.keep_versions(self.bucket, existed=True, status=status, after=(), others=read)]

    def told(self) -> list[Action]:
        """Let the bucket tell EventBridge, unless it does."""
        if self.there():
            return pipeline_triggers.tell(self.cloud, self.bucket)
        account, heard = self.cloud.identity.account, (eventbridge_listeners.to_bucket(self.bucket),)
        return [
            pipeline_triggers.send_events(self.bucket, account, unchecked=False, after=("versioning",), others=heard)
        ]

    def recorded(self) -> list[Action]:
        """Let a trail record the uploads, unless it does."""
        who, file = self.cloud.identity, self.object_arn()
        others = since(self.cloud, eventbridge_listeners.by_trail(file))
        if not isinstance(self.trail, cloudtrail.Trail):
            place = who.partition, who.region, who.account
            return list(cloudtrail.create(cloudtrail.name(self.pipeline), file, place, self.pipeline, others))
        now = cloudtrail.selectors(self.cloud, self.trail)
        return [] if now.record(file) else [cloudtrail.record(self.trail, now, file, others)]

    def new_pipeline(self, after: tuple[str, ...]) -> list[Action | Use]:
        """A pipeline of two stages: the file, and a build of what its buildspec.yml says."""
        who, name = self.cloud.identity, self.pipeline
        place = who.partition, who.region, who.account
        project, artifacts = f"{name}-build", self.artifacts()
        bin = bucket_creation.artifacts(
            artifacts, who.partition, name, others=codepipeline.using_bucket(name, artifacts.name)
        )
        log = codebuild.log(project, name)
        project_arn = f"arn:{who.partition}:codebuild:{who.region}:{who.account}:project/{project}"
        build_role = roles.service_role(
            "build-role", project, "codebuild.amazonaws.com", codebuild.may(*place, project, artifacts.name),
            conditions=roles.only_for(who.account, project_arn), purpose="with which the build works",
            serves=("project",),
        )  # fmt: skip
        built = codebuild.project(
            project, roles.arn(build_role[0]), image=codebuild.IMAGES["24"], buildspec="", artifacts=artifacts.name,
            variables={}, after=(build_role[1].id, bin[-1].id, log[-1].id), label=name,
            others=codepipeline.using_project(name, project_arn),
        )  # fmt: skip
        source = codepipeline.from_bucket(
            who.partition, who.account, self.bucket, self.object_key, poll=False, encrypted_with=self.source_key(),
            region=who.region,
        )  # fmt: skip
        pipe_role = roles.service_role(
            "pipeline-role", f"{name}-pipeline", "codepipeline.amazonaws.com",
            [*codepipeline.may(*place, artifacts.name, project), *source.may], purpose="with which the pipeline works",
            others=codepipeline.using_role(name, "pipeline-role"), serves=("pipeline",),
        )  # fmt: skip
        build = codepipeline.stage("Build", "Build", "CodeBuild", {"ProjectName": project}, takes="source")
        pipeline = codepipeline.pipeline(
            name, roles.arn(pipe_role[0]), artifacts.name, [source.stage(), build],
            after=(built.id, pipe_role[1].id, *after), label=name,
            partition=who.partition, region=who.region, account=who.account,
            others=since(self.cloud, codepipeline.scheduled(pipeline_sources.arn(self.cloud, name))),
        )  # fmt: skip
        return [*bin, *log, *build_role, built, *pipe_role, pipeline]

    def checks(self) -> Iterable[Finding | Caution]:
        return checks.before(self)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterator[Finding]:
        return diagnosis.diagnose(cloud, subject.get("pipeline", ""), subject.get("event", ""))
