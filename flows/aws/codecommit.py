"""CodeCommit repositories. AWS closed the service to new accounts in July 2024 and opened it again in November 2025."""

from __future__ import annotations

from collections.abc import Iterator

from flows.engine import (
    FLOW,
    RUN,
    Action,
    Call,
    Cloud,
    CloudError,
    Find,
    Option,
    Others,
    Ref,
    Still,
    Undo,
    found,
    join,
    shell,
)

from . import namesakes


def standing(cloud: Cloud, name: str) -> dict[str, str] | None:
    """What AWS knows of a repository, None if there is none of that name. Raises CloudError."""
    try:
        found: dict[str, str] = cloud.make(Call("codecommit.GetRepository", {"repositoryName": name}))[
            "repositoryMetadata"
        ]
    except CloudError as problem:
        if problem.aws_code != "RepositoryDoesNotExistException":
            raise
        return None
    return found


def repositories(cloud: Cloud) -> Iterator[Option[str]]:
    """To pick from."""
    for page in cloud.pages(Call("codecommit.ListRepositories")):
        for each in page.get("repositories") or []:
            yield Option(each["repositoryName"], each["repositoryName"], each["repositoryName"])


def branches(cloud: Cloud, name: str) -> list[str] | None:
    """The branches of a repository, none while nothing was pushed to it; None if there is no such repository.

    Raises CloudError.
    """
    try:
        pages = [*cloud.pages(Call("codecommit.ListBranches", {"repositoryName": name}))]
    except CloudError as problem:
        if problem.aws_code != "RepositoryDoesNotExistException":
            raise
        return None
    return [each for page in pages for each in page.get("branches") or []]


def create(name: str) -> Action:
    """Make an empty repository. Undo deletes it only while nothing was pushed to it.

    The first push makes a branch, of whatever name, and every commit lies on one (CodeCommit User Guide, "Create a
    branch" and "Change branch settings", 2026-11).
    """
    here = {"repositoryName": name}
    look = Call("codecommit.GetRepository", here)
    made = Ref("repository", "repositoryMetadata.repositoryId")
    for_ever = shell.aws("codecommit", "delete-repository", repository_name=name)
    return Action(
        "repository",
        f"Create the CodeCommit repository {name}, empty until your first push",
        Call(
            "codecommit.CreateRepository",
            {**here, "tags": {"Name": name, "handrail:run": RUN, "handrail:flow": FLOW}},
        ),
        undo=(
            Undo(  # AWS takes the deletion of one that is not there
                Call("codecommit.DeleteRepository", here),
                gone=("RepositoryDoesNotExistException",),
                still=Still(look, "repositoryMetadata.repositoryId", made, "Another repository has its name."),
            ),
        ),
        others=(
            namesakes.by_id("repository", look, "repositoryMetadata", "repositoryId", made),
            Others(
                Call("codecommit.ListBranches", here), "branches",
                f"It holds code by now, so it is kept; on AWS `{for_ever}` deletes it for ever. Its branches", key="",
                absent=("RepositoryDoesNotExistException",),
            ),
        ),
        find=Find(
            look, "repositoryMetadata.{Arn: Arn, repositoryMetadata: @}",
            proof=Call("codecommit.ListTagsForResource", {"resourceArn": found("Arn")}),
            ours=join("tags.\"handrail:run\" == '", RUN, "'"),
        ),
        exists=("RepositoryNameExistsException",),
        type="AWS::CodeCommit::Repository",
        resource=name,
        undone=f"The repository {name}",
        refusals={
            "OperationNotAllowedException": "This account may not create CodeCommit repositories. AWS closed the "
            "service to new accounts in July 2024 and opened it again in November 2025; ask AWS Support, or use a "
            "connection to GitHub, GitLab or Bitbucket.",
        },
    )  # fmt: skip
