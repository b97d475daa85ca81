"""A new bucket is closed to the public, as AWS makes it; moto makes it without any setting."""

from __future__ import annotations

from typing import Any

from moto.s3.models import PublicAccessBlock, S3Backend

_create_bucket: Any = S3Backend.create_bucket


def _closed_bucket(self: S3Backend, *args: Any, **given: Any) -> Any:
    bucket = _create_bucket(self, *args, **given)
    bucket.public_access_block = PublicAccessBlock(
        block_public_acls="true",
        ignore_public_acls="true",
        block_public_policy="true",
        restrict_public_buckets="true",
    )
    return bucket


def install() -> None:
    S3Backend.create_bucket = _closed_bucket  # type: ignore[method-assign]
