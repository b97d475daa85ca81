"""CodePipeline: sources, stages, the pipeline itself, and watching its first run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cost,
    Find,
    Kept,
    Late,
    Others,
    Ref,
    Settings,
    Still,
    Undo,
    Wait,
    found,
    join,
)

from . import namesakes
from .roles import allow, of_account

NAME = re.compile(r"[a-z][a-z0-9-]{1,24}[a-z0-9]")
"""What a pipeline of ours is called: its role, bucket and rule have the name in theirs."""
STAGES = "join(', ', stageStates[?stageName && latestExecution.status].join(' ', [stageName, latestExecution.status]))"
"""“Source Succeeded, Build InProgress”, from GetPipelineState."""
OVER = "'Succeeded', 'Failed', 'Stopped', 'Cancelled', 'Superseded'"
"""How a run can end, for a JMESPath."""
PRICE = Cost(
    "The pipeline", Decimal(0), "2026-11",
    "AWS CodePipeline pricing page, US East (N. Virginia); no price list was read",
    "Type V2: 100 action minutes of a month are free, then about 0.002 USD a minute.",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where a pipeline gets its files: CodePipeline's provider, its settings, and what the role needs for it."""

    provider: str
    owner: str
    configuration: Mapping[str, Any]
    may: Sequence[Mapping[str, Any]]

    def stage(self) -> dict[str, Any]:
        return stage("Source", "Source", self.provider, self.configuration, owner=self.owner, gives="source")


def from_bucket(
    partition: str, account: str, bucket: str, key: str, *, poll: bool, encrypted_with: str = "", region: str = ""
) -> Source:  # fmt: skip
    """A zip in a versioned bucket; `poll` asks S3 about once a minute instead of being told.

    `encrypted_with` is the ARN of the key that encrypts it, where that is one of the account's own, in `region`.
    """
    arn, own = f"arn:{partition}:s3:::{bucket}", of_account(account)
    read = ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging"]
    return Source(
        "S3", "AWS", {"S3Bucket": bucket, "S3ObjectKey": key, "PollForSourceChanges": str(poll).lower()},
        (
            allow("SourceBucket", ["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"], arn, **own),
            allow("SourceObject", read, f"{arn}/{key}", **own),
            *([decrypt("SourceKey", encrypted_with, region)] if encrypted_with else []),
        ),
    )  # fmt: skip


def decrypt(sid: str, key_arn: str, region: str) -> dict[str, Any]:
    """What reading S3's files needs where a key of the account's own encrypts them, and only by way of S3 (AWS KMS
    Developer Guide, "kms:ViaService", 2026-11)."""
    return allow(sid, "kms:Decrypt", key_arn, StringEquals={"kms:ViaService": f"s3.{region}.amazonaws.com"})


def from_codecommit(partition: str, region: str, account: str, repository: str, branch: str, *, poll: bool) -> Source:
    """A branch of a CodeCommit repository; `poll` asks about once a minute instead of being told."""
    names = (
        "CancelUploadArchive",
        "GetBranch",
        "GetCommit",
        "GetRepository",
        "GetUploadArchiveStatus",
        "UploadArchive",
    )
    return Source(
        "CodeCommit", "AWS",
        {"RepositoryName": repository, "BranchName": branch, "PollForSourceChanges": str(poll).lower()},
        (
            allow(
                "SourceCodeCommit", [f"codecommit:{name}" for name in names],
                f"arn:{partition}:codecommit:{region}:{account}:{repository}",
            ),
        ),
    )  # fmt: skip


def from_connection(arn: Any, repository: str, branch: str) -> Source:
    """A branch at GitHub, GitLab or Bitbucket; pushes start the pipeline. Both names of the permission are needed."""
    return Source(
        "CodeStarSourceConnection", "AWS",
        {"ConnectionArn": arn, "FullRepositoryId": repository, "BranchName": branch},
        (allow("SourceConnection", ["codeconnections:UseConnection", "codestar-connections:UseConnection"], arn),),
    )  # fmt: skip


def stage(
    name: str, category: str, provider: str, configuration: Mapping[str, Any], *, owner: str = "AWS", takes: str = "",
    gives: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A stage of one action."""
    return {
        "name": name,
        "actions": [
            {
                "name": name,
                "actionTypeId": {"category": category, "owner": owner, "provider": provider, "version": "1"},
                "configuration": dict(configuration),
                **({"inputArtifacts": [{"name": takes}]} if takes else {}),
                **({"outputArtifacts": [{"name": gives}]} if gives else {}),
            }
        ],
    }


def may(partition: str, region: str, account: str, artifacts: str, project: str = "") -> list[dict[str, Any]]:
    """What every pipeline's role needs: its artifacts, and to start the builds of one project."""
    bucket, own = f"arn:{partition}:s3:::{artifacts}", of_account(account)
    objects = ["s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:PutObjectTagging"]
    builds = f"arn:{partition}:codebuild:{region}:{account}:project/{project}"
    return [
        allow("ArtifactBucket", ["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"], bucket, **own),
        allow("ArtifactObjects", objects, f"{bucket}/*", **own),
        *([allow("Build", ["codebuild:BatchGetBuilds", "codebuild:StartBuild"], builds)] if project else []),
    ]


def pipeline(
    name: str, role: Ref, artifacts: str, stages: Sequence[Mapping[str, Any]], *, after: Sequence[str], label: str,
    partition: str, region: str, account: str, others: Sequence[Others] = (), kept: Kept | None = None,
) -> Action:  # fmt: skip
    """The pipeline, which starts its first run at once. `others` is who else may start it; `kept` what its runs did."""
    look = Call("codepipeline.GetPipeline", {"name": name})
    arn = f"arn:{partition}:codepipeline:{region}:{account}:{name}"
    mine = join("tags[?key=='handrail:run'].value | [0] == '", RUN, "'")
    return Action(
        "pipeline",
        f"Create the pipeline {name}: {' → '.join(str(each['name']) for each in stages)}",
        Call(
            "codepipeline.CreatePipeline",
            {
                "pipeline": {
                    "name": name, "roleArn": role, "artifactStore": {"type": "S3", "location": artifacts},
                    "stages": [dict(each) for each in stages], "version": 1, "pipelineType": "V2",
                    "executionMode": "SUPERSEDED",
                },
                "tags": [
                    {"key": "Name", "value": label}, {"key": "handrail:run", "value": RUN},
                    {"key": "handrail:flow", "value": Ref("handrail", "flow")},
                ],
            },
        ),
        undo=(
            Undo(  # AWS takes the deletion of one that is not there
                Call("codepipeline.DeletePipeline", {"name": name}),
                still=Still(look, "pipeline.name", name, "Another pipeline has its name."),
                kept=kept,
            ),
        ),
        others=(
            namesakes.by_tags(
                "pipeline", Call("codepipeline.ListTagsForResource", {"resourceArn": arn}), "[@]", "tags", name
            ),
            Others(
                Call("events.ListRuleNamesByTarget", {"TargetArn": arn}), join("RuleNames[?@!='handrail-", RUN, "']"),
                "Rules of others start it",
            ),
            *others,
        ),
        settings=Settings(
            look,
            "pipeline.{role: roleArn, store: artifactStore, stages: stages, mode: executionMode, kind: pipelineType, "
            "triggers: triggers || `[]`, variables: variables || `[]`}",
        ),
        find=Find(
            Call("codepipeline.ListPipelines"), f"pipelines[?name=='{name}'] | [0].{{pipeline: @}}",
            proof=Call("codepipeline.ListTagsForResource", {"resourceArn": arn}), ours=mine,
        ),
        not_yet=("InvalidStructureException: is not authorized to perform AssumeRole on role",),
        after=tuple(after),
        type="AWS::CodePipeline::Pipeline",
        resource=name,
        costs=(PRICE,),
        undone=f"The pipeline {name}",
        refusals={
            "PipelineNameInUseException": f"A pipeline named {name} exists already. Choose another name.",
            "LimitExceededException": "This region has its 1000 pipelines already. Delete one that is not used.",
        },
    )  # fmt: skip


def using(name: str, mark: Late) -> tuple[Others]:
    """Pipelines beside that one in whose definition something of the run stands: a clone of it, for example."""
    return (
        Others(
            Call("codepipeline.ListPipelines"), f"pipelines[?name!='{name}'].name", "Pipelines of others work with it",
            each=Call("codepipeline.GetPipeline", {"name": found("id")}),
            leans=join("contains(to_string(pipeline), '", mark, "')"),
        ),
    )  # fmt: skip


def using_bucket(name: str, bucket: str) -> tuple[Others]:
    return using(name, f'"location":"{bucket}"')


def using_project(name: str, project_arn: str) -> tuple[Others, Others]:
    """Pipelines beside that one, and rules, that start its builds."""
    rules = Others(
        Call("events.ListRuleNamesByTarget", {"TargetArn": project_arn}), "RuleNames", "Rules of others start it"
    )
    return *using(name, f'"ProjectName":"{project_arn.rpartition("/")[2]}"'), rules


def scheduled(pipeline_arn: str) -> Others:
    """Schedules that start the pipeline: EventBridge has them beside its rules."""
    return Others(
        Call("scheduler.ListSchedules"),
        f"Schedules[?Target.Arn=='{pipeline_arn}'].Name",
        "Schedules of others start it",
    )


def using_role(name: str, role: str) -> tuple[Others]:
    """`role` is the id of the action that makes it."""
    return using(name, Ref(role, "Role.Arn"))


def first_run(name: str) -> Action:
    """Watch the run that creating the pipeline started, stage by stage, however it ends: that is told afterwards."""
    look = Call("codepipeline.ListPipelineExecutions", {"pipelineName": name, "maxResults": 1})
    last = "pipelineExecutionSummaries[0].status"
    return Action(
        "first-run",
        "Watch the first run, stage by stage",
        look,
        wait=Wait(
            look,
            ready=f"contains([{OVER}], {last} || '')",
            now=f"(stageStates && {STAGES}) || {last}",
            watch=Call("codepipeline.GetPipelineState", {"name": name}),
            sentence="The pipeline runs for the first time", typical=180, limit=1800, silence=20,
        ),
        after=("pipeline",),
    )  # fmt: skip


TOO_EARLY = ("PermissionError", "not authorized", "AssumeRole", "sufficient permissions")
"""What AWS says of a run whose role is not known everywhere yet."""


def run_again(name: str) -> Action:
    """Start the run once more, and watch it, if the first one failed because a role was not known everywhere yet, which
    takes up to a minute (IAM User Guide, "Changes that I make are not always immediately visible", 2026-10)."""
    look = Call("codepipeline.GetPipelineState", {"name": name})
    said = "stageStates[].actionStates[].latestExecution.errorDetails | [?@].join(' ', [code || '', message || ''])"
    early = " || ".join(f"contains(@, '{each}')" for each in TOO_EARLY)
    runs = Call("codepipeline.ListPipelineExecutions", {"pipelineName": name})
    mine = Ref("run-again", "pipelineExecutionId")
    last = join("pipelineExecutionSummaries[?pipelineExecutionId=='", mine, "'].status | [0]")
    return Action(
        "run-again",
        "A run with roles that are known everywhere: one that came too early for them is started once more",
        Call("codepipeline.StartPipelineExecution", {"name": name}),
        wait=Wait(
            runs, ready=join("contains([", OVER, "], ", last, " || '')"), now=f"(stageStates && {STAGES}) || ''",
            watch=look, sentence="The pipeline runs again, with roles that are known by now", typical=180, limit=1800,
            silence=20,
        ),
        unless=Find(look, f"(!({said} | [?{early}]) && 'no role was in the way') || `null`"),
        after=("first-run",),
    )  # fmt: skip
