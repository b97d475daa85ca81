"""Connections to GitHub, GitLab and Bitbucket: the permission that AWS may read code there.

One is made PENDING, and only a person can finish it, in a browser (Developer Tools console User Guide, "Update a
pending connection", 2026-10).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    CloudError,
    Find,
    NoSuchCall,
    Option,
    Others,
    Ref,
    Refused,
    Undo,
    found,
    join,
)

from .tags import tags

NEW, AVAILABLE = "new", "AVAILABLE"
NOT_IN = {
    "ap-east-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-northeast-3", "af-south-1", "me-south-1",
    "me-central-1", "eu-south-2", "eu-central-2", "il-central-1", "us-gov-west-1",
}  # fmt: skip
"""Regions without connections (the same guide, 2026-10)."""


@dataclass(frozen=True)
class Connection:
    arn: str
    name: str
    status: str

    @property
    def id(self) -> str:
        return self.arn


def options(cloud: Cloud) -> Iterator[Option[Connection | str]]:
    """The connections of the region, usable ones first, and a new one."""
    if cloud.identity.region in NOT_IN:
        raise Refused(
            f"Connections do not exist in {cloud.identity.region}.", remedy="Use CodeCommit or S3, or another region."
        )
    waiting: list[Option[Connection | str]] = []
    for page in cloud.pages(Call("codeconnections.ListConnections")):
        for each in page.get("Connections") or []:
            one = Connection(each["ConnectionArn"], each["ConnectionName"], each["ConnectionStatus"])
            about = f"{each.get('ProviderType', '')} {one.status}"
            if one.status == AVAILABLE:
                yield Option(one.arn, one, one.name, about)
            else:
                waiting.append(Option(one.arn, one, one.name, f"{about}, waits for your confirmation in the browser"))
    yield from waiting
    yield Option(NEW, NEW, "a new one", "confirmed once in the browser, afterwards")


def unanswered(cloud: Cloud) -> str:
    """Why nobody answers for connections here, as in an emulator or in practice mode; empty where somebody does.

    Who may not list them is told so where one is chosen.
    """
    try:
        for _ in cloud.pages(Call("codeconnections.ListConnections")):
            break
    except CloudError as problem:
        return str(problem) if type(problem) in (CloudError, NoSuchCall) else ""
    return ""


CONNECTION = Ref("connection", "ConnectionArn")
"""The address of one that a plan makes."""


def status(cloud: Cloud, arn: str) -> str:
    """PENDING, AVAILABLE or ERROR. Raises CloudError."""
    answer = cloud.make(Call("codeconnections.GetConnection", {"ConnectionArn": arn}))
    return str(answer["Connection"]["ConnectionStatus"])


def handshake(region: str) -> str:
    """Where a person finishes a pending connection."""
    return f"https://{region}.console.aws.amazon.com/codesuite/settings/connections?region={region}"


def create(name: str, provider: str, others: Sequence[Others]) -> Action:
    """Make a connection; it stays PENDING until a person confirms it. `others` are what else may lean on it."""
    return Action(
        "connection",
        f"Create the connection {name} to {provider}, to be confirmed in the browser afterwards",
        Call(
            "codeconnections.CreateConnection",
            {"ConnectionName": name, "ProviderType": provider, "Tags": tags(name)},
        ),
        undo=(
            Undo(
                Call("codeconnections.DeleteConnection", {"ConnectionArn": CONNECTION}),
                gone=("ResourceNotFoundException",),
            ),
        ),
        others=tuple(others),
        find=Find(
            Call("codeconnections.ListConnections"),
            f"Connections[?ConnectionName=='{name}'] | [0].{{ConnectionArn: ConnectionArn}}",
            proof=Call("codeconnections.ListTagsForResource", {"ResourceArn": found("ConnectionArn")}),
            ours=join("Tags[?Key=='handrail:run'].Value | [0] == '", RUN, "'"),
        ),
        type="AWS::CodeConnections::Connection",
        resource=CONNECTION,
        undone=f"The connection {name}",
    )  # fmt: skip
