"""Whose bucket a call means. The name of one that was deleted is free for everybody in the world, and whoever takes it
may let others write there; told the owner, S3 refuses what is not theirs (Amazon S3 User Guide, "Verifying bucket
ownership with bucket owner condition", 2026-11).
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from .calls import Call
from .problems import CloudError
from .references import Join, Ref

T = TypeVar("T")
OWNER = "ExpectedBucketOwner"
WITHOUT = ("CreateBucket", "CreateSession", "RenameObject")
"""Operations on a bucket that do not take it."""


def owned(call: Call, account: str) -> Call:
    """The same call, for a bucket of this account alone; one that is made in another account stays as it is."""
    if call.service != "s3" or call.profile or call.name in WITHOUT or "Bucket" not in call.params:
        return call
    return call if OWNER in call.params else replace(call, params={**call.params, OWNER: account})


class Taken(CloudError):
    """The account has no such bucket, though S3 knows one of that name: what it had there is gone."""

    def __init__(self, bucket: str, account: str) -> None:
        super().__init__(
            f"The bucket {bucket} does not belong to the account {account}.",
            "It is asked for as one of that account alone, so nothing was done.",
            "Bucket names are shared by the whole world: if it was yours, it was deleted, and somebody took its name.",
            aws_code="NoSuchBucket",
        )


def all_owned(thing: T, account: str) -> T:
    """The same with every call anywhere in it, such as a plan."""
    changed: Any = thing
    match thing:
        case Call():
            changed = owned(thing, account)
        case tuple():
            changed = tuple(all_owned(each, account) for each in thing)
        case Ref() | Join() | type():
            pass
        case _ if is_dataclass(thing):
            parts = {part.name: getattr(thing, part.name) for part in fields(thing)}
            changed = replace(changed, **{name: all_owned(part, account) for name, part in parts.items()})
    return changed  # type: ignore[no-any-return]
