"""Deliver a single-page application by itself: source → CodePipeline → CodeBuild → S3 website."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.aws import (
    bucket_creation,
    buckets,
    codebuild,
    codecommit,
    codeconnections,
    codepipeline,
    notifications,
    pipeline_sources,
    pipeline_triggers,
    role_permissions,
    roles,
)
from flows.aws.role_permissions import Role
from flows.engine import (
    Action,
    Call,
    Caution,
    Choice,
    Cloud,
    Finding,
    Flow,
    Handover,
    Plan,
    Text,
    Use,
    Words,
    Yes,
    since,
)

from . import answers, build, checks, diagnosis, handover, repairs, why
from .answers import CODECOMMIT, CONNECTION, FILE, INLINE, S3
from .consents import CONSENTS
from .picture import PICTURE
from .situation import BUILDS, PIPELINES, Site, Situation, Source, Worker
from .which import WhichDelivery


class SinglePageApplication(Flow):
    """Build and publish a web application whenever its source changes."""

    title = "Deliver a single-page application"
    words = ("react", "vue", "angular", "ci/cd", "deploy", "codebuild", "codepipeline", "github", "git")
    check = WhichDelivery
    came_for = ("address", "site_bucket")
    beyond = repairs.BEYOND
    matters = why.WHY
    picture = PICTURE
    consents = CONSENTS

    name = Text(
        "What is the short name of the project?",
        answers.project_name,
        wanted="A name",
        label="Name",
        example="shop-front",
        why="The pipeline, the build project, the roles and the buckets get this name in front, so you find them.",
    )
    source = Choice(
        "Where is the source code?",
        {
            CODECOMMIT: "AWS CodeCommit, AWS's own Git",
            CONNECTION: "GitHub, GitLab or Bitbucket, by a connection",
            S3: "A zip file in S3",
        },
        check=answers.source_here,
        label="Source",
        why="Each change there publishes the page. CodeCommit was closed to new accounts in July 2024 and came back in "
        "November 2025. A connection needs one confirmation in the browser; S3 needs nothing but an upload.",
    )
    repository = Text(
        "Which repository? (CodeCommit: its name; a connection: owner/name; S3: bucket/file.zip)",
        str,
        wanted="A repository",
        known=answers.repositories,
        check=answers.repository,
        label="Repository",
        example="shop-front",
        why="The pipeline reads exactly this repository. A CodeCommit repository that does not exist yet is created, "
        "empty.",
        worded=[
            (source.is_(CODECOMMIT), Words("Which CodeCommit repository? (one that does not exist is created, empty)")),
            (
                source.is_(CONNECTION),
                Words(
                    "Which repository there? Its owner and name",
                    "The pipeline reads exactly this repository. Capital letters matter.",
                    "octo-org/website",
                ),
            ),
            (
                source.is_(S3),
                Words(
                    "Which zip file? Its bucket and name",
                    "The pipeline builds what is in this file, and again whenever it is replaced.",
                    "fjord-coffee-files/shop-front.zip",
                ),
            ),
        ],
    )
    branch = Text(
        "Which branch?",
        answers.branch,
        wanted="A branch",
        known=answers.branches,
        check=answers.branch_there,
        default="main",
        when=source.is_(CODECOMMIT, CONNECTION),
        label="Branch",
        example="main",
        why="Only pushes to this branch publish the page. Work on other branches stays invisible.",
    )
    site_bucket = Text(
        "Which bucket should the page be in? (one that does not exist is created)",
        bucket_creation.possible,
        known=answers.buckets_there,
        wanted="A bucket",
        check=answers.site_bucket,
        label="Site bucket",
        example="shop-front-site",
        why="The finished files are copied there. Each delivery makes it equal to the build: files that are not in the "
        "build are deleted.",
    )
    build_output = Text(
        "In which folder does the build leave the finished page?",
        answers.folder,
        wanted="A folder",
        default="dist",
        label="Build output",
        example="dist",
        why="dist for Vite and Vue, dist/NAME/browser for Angular from version 17 on, build for Create React App and "
        "SvelteKit, out for Next.js. A wrong folder is the most frequent cause of an empty site.",
    )

    connection = Choice(
        "Which connection?",
        lambda flow: codeconnections.options(flow.cloud),
        check=answers.connection,
        default=lambda flow: next(codeconnections.options(flow.cloud)).key,
        when=source.is_(CONNECTION),
        fine_tuning=True,
        why="The connection is the permission of your Git provider that AWS may read your code. Only you, or an owner "
        "of the organization, can confirm it, in a browser.",
    )
    provider = Choice(
        "At which provider?",
        {"GitHub": "GitHub", "GitLab": "GitLab", "Bitbucket": "Bitbucket"},
        default="GitHub",
        when=connection.is_(codeconnections.NEW),
        fine_tuning=True,
        why="A new connection is to one provider.",
    )
    build_command = Text(
        "Which command builds the page?",
        answers.command,
        wanted="A command",
        default="npm run build",
        fine_tuning=True,
        label="Build command",
        example="npm run build",
        why="The same command you use on your own computer. It must end without questions and with exit code 0.",
    )
    node = Choice(
        "With which version of Node.js?",
        {"22": "22", "24": "24", "26": "26", "20": "20, no longer maintained"},
        default="22",
        check=answers.node,
        fine_tuning=True,
        label="Node.js",
        why="Use the version that you use yourself; others may fail to install packages. It decides on the image.",
    )
    buildspec = Choice(
        "Where should the build's instructions stand?",
        {INLINE: "in the build project; nothing is added to your code", FILE: "in buildspec.yml, which you commit"},
        default=INLINE,
        fine_tuning=True,
        label="Buildspec",
        why="buildspec.yml tells the build machine what to do. As a file it is handed to you to commit.",
    )
    public = Yes(
        "Should everybody be able to read the page at S3's website address?",
        check=answers.public,
        default=answers.usual_public,
        fine_tuning=True,
        label="Public website",
        why="The S3 website speaks http only, which browsers call “not secure”. With CloudFront in front of a private "
        "bucket answer no.",
    )
    distribution = Text(
        "Which CloudFront distribution should fetch the start page again after each delivery? (empty: none)",
        answers.distribution,
        default="",
        fine_tuning=True,
        label="Distribution",
        example="E1A2B3C4D5E6F7",
        why="CloudFront keeps files. The new start page is seen at once only if it is invalidated.",
    )

    def plan(self) -> Plan:
        who = self.cloud.identity
        project, artifacts = f"{self.name}-build", build.artifacts(self)
        site, made_site, _ = self.site()
        made_source, source = self.origin()
        bin = bucket_creation.artifacts(
            artifacts, who.partition, self.name, others=codepipeline.using_bucket(self.name, artifacts.name)
        )
        log = codebuild.log(project, self.name)
        project_arn = f"arn:{who.partition}:codebuild:{who.region}:{who.account}:project/{project}"
        build_role = roles.service_role(
            "build-role", f"{self.name}-build", "codebuild.amazonaws.com",
            self.build_may(site),
            conditions=roles.only_for(who.account, project_arn), purpose="with which the build works",
            serves=("project",),
        )  # fmt: skip
        variables = {"SITE_BUCKET": site.name, "SITE_DIR": self.build_output}
        variables |= {"DISTRIBUTION_ID": self.distribution} if self.distribution else {}
        built = codebuild.project(
            project, roles.arn(build_role[0]), image=codebuild.IMAGES[self.node],
            buildspec=self.instructions() if self.buildspec == INLINE else "", artifacts=artifacts.name,
            variables=variables, after=(build_role[1].id, bin[-1].id, log[-1].id), label=self.name,
            others=codepipeline.using_project(self.name, project_arn),
        )  # fmt: skip
        # AWS documents this role's trust without conditions; whether it takes them could not be verified
        pipe_role = roles.service_role(
            "pipeline-role", f"{self.name}-pipeline", "codepipeline.amazonaws.com",
            self.pipeline_may(source), purpose="with which the pipeline works",
            others=codepipeline.using_role(self.name, "pipeline-role"), serves=("pipeline",),
        )  # fmt: skip
        stages = [
            source.stage(),
            codepipeline.stage(
                "Build", "Build", "CodeBuild", {"ProjectName": project}, takes="source", gives="built"
            ),
        ]  # fmt: skip
        first = [thing.id for thing in (*made_site, *made_source) if isinstance(thing, Action)]
        ready = (built.id, pipe_role[1].id, *first)
        pipeline = codepipeline.pipeline(
            self.name, roles.arn(pipe_role[0]), artifacts.name, stages, after=ready, label=self.name,
            partition=who.partition, region=who.region, account=who.account,
            others=since(self.cloud, codepipeline.scheduled(pipeline_sources.arn(self.cloud, self.name))),
            kept=build.delivered(site) if isinstance(made_site[0], Use) else None,
        )  # fmt: skip
        return Plan.of(
            [*made_site, *made_source, *bin, *log, *build_role, built, *pipe_role, pipeline, *self.starts(),
             codepipeline.first_run(self.name), codepipeline.run_again(self.name)],
            outputs={"pipeline": self.name, "project": project, "site_bucket": site.name, "artifacts": artifacts.name},
            facts={
                "source": self.source, "repository": self.repository, "region": who.region,
                "branch": self.branch if self.source == CODECOMMIT else "",
                "site_region": site.region, "public": self.public, "distribution": self.distribution,
                "file": self.instructions() if self.buildspec == FILE else "",
            },
            reads=diagnosis.reads(self.name, *self.asked()),
        )  # fmt: skip

    def asked(self) -> Iterator[Call]:
        """What looking at it later asks of its source and its distribution."""
        if self.source == CODECOMMIT:
            yield Call("codecommit.ListBranches", {"repositoryName": self.repository})
        elif self.source == CONNECTION:
            one = self.connection
            here = {"ConnectionArn": one.arn} if isinstance(one, codeconnections.Connection) else {}
            yield Call("codeconnections.GetConnection", here)
        else:
            bucket, key = answers.zip_file(self.repository)
            yield Call("s3.HeadObject", {"Bucket": bucket, "Key": key})
            yield Call("s3.GetBucketVersioning", {"Bucket": bucket})
            yield notifications.look(bucket, self.cloud.identity.account)
        if self.source != CONNECTION:
            which = {"RoleName": pipeline_triggers.role_name(self.name)}
            yield from (Call(each, {**which, **told}) for each, told in role_permissions.OF_A_ROLE.items())
        if self.distribution:
            yield Call("cloudfront.GetDistribution", {"Id": self.distribution})

    def build_may(self, site: buckets.Bucket) -> list[dict[str, Any]]:
        """The statements of the build's role."""
        who, artifacts = self.cloud.identity, build.artifacts(self)
        there = bucket_creation.standing(self.cloud, site.name)
        key = role_permissions.bucket_key(self.cloud, there) if there else ""
        handed_on = codebuild.may(who.partition, who.region, who.account, f"{self.name}-build", artifacts.name)
        return [*handed_on, *build.publishes(self, who, site, key)]

    def pipeline_may(self, source: codepipeline.Source) -> list[Mapping[str, Any]]:
        """The statements of the pipeline's role."""
        who, artifacts = self.cloud.identity, build.artifacts(self)
        place = who.partition, who.region, who.account
        return [*codepipeline.may(*place, artifacts.name, f"{self.name}-build"), *source.may]

    def situation(self) -> Situation:
        """What will be, as far as something that is there already decides on it."""
        who = self.cloud.identity
        site, _, opened = self.site()
        _, source = self.origin()

        def worker(name: str, service: str, statements: Iterable[Mapping[str, Any]]) -> Worker:
            arn = f"arn:{who.partition}:iam::{who.account}:role/{name}"
            # what is to be made has no ARN yet, and nothing of others says no to it
            known = [each for each in statements if isinstance(each["Resource"], str | list)]
            policy = {"Version": "2012-10-17", "Statement": known}
            return Worker(name, service, "", Role(arn, policies={roles.POLICY: policy}), planned=True)

        pipe = worker(f"{self.name}-pipeline", PIPELINES, self.pipeline_may(source))
        builds = worker(f"{self.name}-build", BUILDS, self.build_may(site))
        made = bucket_creation.standing(self.cloud, site.name) is None
        page = Site(
            site.name, builds, self.distribution, build.WRITES, site.region, opened, made, self.public,
        )  # fmt: skip
        told = {key: value for key, value in source.configuration.items() if isinstance(value, str)}
        return Situation(self.cloud, self.name, True, (Source(source.provider, told, pipe),), sites=(page,))

    def instructions(self) -> str:
        return build.buildspec(self.build_command, self.node, invalidate=bool(self.distribution))

    def site(self) -> tuple[buckets.Bucket, list[Action | Use], tuple[Mapping[str, Any], ...]]:
        """The bucket of the page, what must be done to it, and the statements that its policy gets."""
        there = bucket_creation.standing(self.cloud, self.site_bucket)
        bucket = there or buckets.Bucket(self.site_bucket, self.cloud.identity.region)
        things: list[Action | Use] = []
        sid = f"HandrailWebsite{re.sub('[^a-z0-9]', '', self.name)}"
        if there:
            things.append(Use("site", f"Use the bucket {bucket.name}", "AWS::S3::Bucket", bucket.name))
        else:
            things += bucket_creation.create(
                "site", bucket, "in which the page will be", self.name, statements=[sid],
                others=bucket_creation.served_by_others(bucket),
            )  # fmt: skip
        after = ("site-tags",) if not there else ()
        kept_with = () if there else ("site",)
        served = bucket_creation.served_by_others(bucket, "s3-website")
        if not self.public:
            return bucket, things, ()
        if not there or buckets.hosting(self.cloud, bucket) is None:
            things.append(buckets.host_website(bucket, "index.html", "index.html", after, kept_with, served))
            after = ("hosting",)
        standing = buckets.statements(self.cloud, bucket) if there else []
        if any(buckets.opens_to_all(each, bucket.name) for each in standing):
            return bucket, things, ()
        block = buckets.block(self.cloud, bucket) if there else buckets.Block(True, True, True, True)
        if block.in_the_way:
            things.append(buckets.allow_public_policy(bucket, block, after, sid, standing))
            after = ("public-access-block",)
        statement = {
            "Sid": sid, "Effect": "Allow", "Principal": "*",
            "Action": "s3:GetObject", "Resource": f"arn:{self.cloud.identity.partition}:s3:::{bucket.name}/*",
        }  # fmt: skip
        sentence = f"Let everybody read the files of {bucket.name} (one statement is added to its policy)"
        things.append(buckets.add_statement(bucket, sentence, statement, after, kept_with, served))
        return bucket, things, (statement,)

    def origin(self) -> tuple[list[Action | Use], codepipeline.Source]:
        """Where the files come from, and what must be made for it."""
        who = self.cloud.identity
        if self.source == S3:
            bucket, key = answers.zip_file(self.repository)
            used = Use("source", f"Use {key} in the bucket {bucket}", "AWS::S3::Bucket", bucket)
            own = role_permissions.bucket_key(self.cloud, buckets.Bucket(bucket, who.region))
            return [used], codepipeline.from_bucket(
                who.partition, who.account, bucket, key, poll=False, encrypted_with=own, region=who.region
            )
        if self.source == CONNECTION:
            one = self.connection
            if isinstance(one, codeconnections.Connection):
                used = Use("connection", f"Use the connection {one.name}", "AWS::CodeConnections::Connection", one.arn)
                return [used], codepipeline.from_connection(one.arn, self.repository, self.branch)
            using = codepipeline.using(self.name, codeconnections.CONNECTION)
            made = codeconnections.create(self.name, self.provider, others=using)
            return [made], codepipeline.from_connection(made.resource, self.repository, self.branch)
        source = codepipeline.from_codecommit(
            who.partition, who.region, who.account, self.repository, self.branch, poll=False
        )
        if codecommit.standing(self.cloud, self.repository) is None:
            return [codecommit.create(self.repository)], source
        sentence = f"Use the CodeCommit repository {self.repository}"
        return [Use("repository", sentence, "AWS::CodeCommit::Repository", self.repository)], source

    def starts(self) -> list[Action]:
        """What starts the pipeline when the source changes; a connection does that by itself."""
        if self.source == CONNECTION:
            return []
        who, told, version = self.cloud.identity, list[Action](), ""
        arn = pipeline_sources.arn(self.cloud, self.name)
        if self.source == S3:
            bucket, key = answers.zip_file(self.repository)
            told, version = pipeline_triggers.tell(self.cloud, bucket), pipeline_triggers.VERSION
            what, wanted = f"each new version of {key} in {bucket}", pipeline_triggers.pattern(bucket, key)
        else:
            repository = f"arn:{who.partition}:codecommit:{who.region}:{who.account}:{self.repository}"
            what = f"each push to {self.branch} of {self.repository}"
            wanted = pipeline_triggers.push_pattern(repository, self.branch)
        role, may = pipeline_triggers.may_start(self.name, arn, (who.partition, who.region, who.account))
        after = (may.id, "pipeline")
        target = pipeline_triggers.start(self.name, arn, role, source="Source", version=version, after=after)
        return [*told, role, may, pipeline_triggers.listen(what, wanted, self.name), target]

    def checks(self) -> Iterable[Finding | Caution]:
        return checks.before(self)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterator[Finding]:
        return diagnosis.diagnose(cloud, subject["pipeline"])
