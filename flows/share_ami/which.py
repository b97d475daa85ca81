"""What the check of a shared image asks: which image, and who should be able to launch it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.aws import accounts, amis
from flows.engine import Choice, Cloud, CloudError, Text
from flows.engine.check import Check, Subject, by_key


def _receiver(flow: Any) -> str | None:
    """The account it is shared with, where that is one alone."""
    try:
        shared = amis.may_launch(flow.cloud, flow.image).accounts
    except CloudError:  # then it is typed
        return None
    return shared[0] if len(shared) == 1 else None


class WhichImage(Check):
    """A machine image that another account should be able to launch and copy."""

    title = "Another account cannot see, copy or launch an image"
    what = "Shared image"
    words = (
        "ami", "not found", "InvalidAMIID.NotFound", "kms", "encrypted", "launch permission", "shared",
        "permission denied",
    )  # fmt: skip

    image = Choice(
        "Which image?",
        lambda flow: by_key(amis.mine(flow.cloud), amis.NEW),
        why="Who may launch it is looked at, then its disks and the keys that encrypt them.",
        example="ami-0123456789abcdef0",
        empty="There is no image of this account in this region. Choose another region with --region.",
    )
    account = Text(
        "Which account should be able to launch it?",
        accounts.number,
        check=lambda account, flow: accounts.another(flow.cloud, account),
        wanted="An account number",
        default=_receiver,
        label="Receiver",
        example="210987654321",
        why="AWS accounts are identified by this number of 12 digits.",
    )

    @classmethod
    def typed(cls, key: str, given: Mapping[str, str], cloud: Cloud) -> Iterable[str]:
        """The accounts that an image is shared with."""
        image = amis.one(cloud, given["image"]) if key == "account" and "image" in given else None
        return amis.may_launch(cloud, image.id).accounts if image else ()

    @classmethod
    def everything(cls, cloud: Cloud) -> Iterator[Subject]:
        """Each image that is shared, once for each account that has it."""
        for image in super().everything(cloud):
            for account in amis.may_launch(cloud, image.given["image"]).accounts:
                yield Subject({**image.given, "account": account}, f"{image.name} for {account}")
