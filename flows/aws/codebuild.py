"""CodeBuild: the project that builds a page, its log, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flows.engine import RUN, Action, Call, Cost, Find, Others, Ref, Settings, Still, Undo, join

from . import log_groups, namesakes
from .roles import allow, of_account

IMAGES = {
    "22": "aws/codebuild/amazonlinux-x86_64-standard:6.0",
    "24": "aws/codebuild/amazonlinux-x86_64-standard:6.0",
    "26": "aws/codebuild/amazonlinux-x86_64-standard:6.0",
    "20": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
}
"""The newest image that has each version of Node.js (CodeBuild User Guide, "Available runtimes", 2026-10)."""
LOG_DAYS, BUILD_MINUTES, QUEUE_MINUTES = 30, 20, 60
PRICE = Cost(
    "The build project", Decimal(0), "2026-11",
    "AWS CodeBuild pricing page, US East (N. Virginia); no price list was read",
    "100 minutes of a month are free, then about 0.005 USD a minute (general1.small, Linux).",
)  # fmt: skip


def log_group(project: str) -> str:
    return f"/aws/codebuild/{project}"


def log(project: str, label: str) -> tuple[Action, Action]:
    """The log of the builds, forgotten after 30 days. CodeBuild makes it by itself at the first build, too."""
    return log_groups.group(log_group(project), label, LOG_DAYS)


def may(partition: str, region: str, account: str, project: str, artifacts: str) -> list[dict[str, Any]]:
    """What every build of a pipeline must be allowed: its log, and what the stages hand on."""
    log = f"arn:{partition}:logs:{region}:{account}:log-group:{log_group(project)}"
    bucket, own = f"arn:{partition}:s3:::{artifacts}", of_account(account)
    return [
        allow("Logs", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], [log, f"{log}:*"]),
        allow("ArtifactObjects", ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], f"{bucket}/*", **own),
        allow("ArtifactBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], bucket, **own),
    ]


def project(
    name: str, role: Ref, *, image: str, buildspec: str, artifacts: str, variables: Mapping[str, str],
    after: Sequence[str], label: str, others: Sequence[Others],
) -> Action:  # fmt: skip
    """A project whose source and result are a pipeline's. `buildspec` is its text, or "" for the source's own file.

    The locations are ignored by AWS for CODEPIPELINE (API Reference, ProjectSource and ProjectArtifacts, 2026-10);
    emulators want them.
    """
    look = Call("codebuild.BatchGetProjects", {"names": [name]})
    mine = join("projects[?tags[?key=='handrail:run' && value=='", RUN, "']] | [0].{project: @}")
    return Action(
        "project",
        f"Create the build project {name} ({image.rpartition('/')[2]}, at most {BUILD_MINUTES} minutes a build)",
        Call(
            "codebuild.CreateProject",
            {
                "name": name,
                "source": {
                    "type": "CODEPIPELINE", "location": artifacts, **({"buildspec": buildspec} if buildspec else {}),
                },
                "artifacts": {"type": "CODEPIPELINE", "location": artifacts},
                "environment": {
                    "type": "LINUX_CONTAINER", "image": image, "computeType": "BUILD_GENERAL1_SMALL",
                    "environmentVariables": [
                        {"name": key, "value": value, "type": "PLAINTEXT"} for key, value in variables.items()
                    ],
                },
                "serviceRole": role,
                "timeoutInMinutes": BUILD_MINUTES,
                "queuedTimeoutInMinutes": QUEUE_MINUTES,
                "cache": {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]},
                "logsConfig": {"cloudWatchLogs": {"status": "ENABLED", "groupName": log_group(name)}},
                "tags": [
                    {"key": "Name", "value": label}, {"key": "handrail:run", "value": RUN},
                    {"key": "handrail:flow", "value": Ref("handrail", "flow")},
                ],
            },
        ),
        undo=(
            Undo(  # AWS takes the deletion of one that is not there
                Call("codebuild.DeleteProject", {"name": name}),
                still=Still(look, "projects[0].name", name, "Another project has its name."),
            ),
        ),
        others=(namesakes.by_tags("build project", look, "projects", "tags", name), *others),
        settings=Settings(
            look,
            "projects[0].{role: serviceRole, about: [description], source: source, more: secondarySources || `[]`, "
            "artifacts: artifacts, environment: environment, minutes: timeoutInMinutes, network: [vpcConfig], "
            "log: logsConfig, started: [webhook.filterGroups]}",
        ),
        find=Find(look, mine),
        not_yet=("InvalidInputException: not authorized to perform: sts:AssumeRole",),
        after=tuple(after),
        type="AWS::CodeBuild::Project",
        resource=name,
        costs=(PRICE,),
        undone=f"The build project {name}",
        refusals={
            "ResourceAlreadyExistsException": f"A build project named {name} exists already. Choose another name.",
            "AccountLimitExceededException": "This account may not run builds yet. New accounts must ask AWS to raise "
            "“Concurrently running builds for Linux/Small” under Service Quotas first.",
        },
    )  # fmt: skip
