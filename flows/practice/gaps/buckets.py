"""Buckets as AWS makes and guards them: closed when new, and with a policy only where the blocks allow it.

moto makes buckets without any setting, takes every policy, and believes that any condition keeps the public out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from moto.core.responses import ActionResult
from moto.s3.exceptions import NoSuchBucketPolicy, S3ClientError
from moto.s3.models import PublicAccessBlock, S3Backend, s3_backends
from moto.s3.responses import S3Response

from flows.practice.clock import CLOCK
from flows.practice.gaps.wire import Response, answers

NOT_PUBLIC = {
    "aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount",
    "aws:principalorgid", "aws:principalorgpaths", "aws:userid", "s3:dataaccesspointarn", "s3:dataaccesspointaccount",
}  # fmt: skip
"""Conditions that keep a policy from being public (S3 User Guide, "Blocking public access", 2026-10)."""
DENIED = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
"""How S3 refuses a bucket of another account."""

_create_bucket: Any = S3Backend.create_bucket
_bucket_response: Any = S3Response._bucket_response
_key_response: Any = S3Response._key_response
_put: Any = S3Response._bucket_response_put
_put_policy: Any = S3Backend.put_bucket_policy
_encryption: Any = S3Backend.get_bucket_encryption


def _closed_bucket(self: S3Backend, *args: Any, **given: Any) -> Any:
    bucket = _create_bucket(self, *args, **given)
    bucket.creation_date = datetime.fromtimestamp(CLOCK.now(), UTC)
    bucket.public_access_block = PublicAccessBlock(
        block_public_acls="true",
        ignore_public_acls="true",
        block_public_policy="true",
        restrict_public_buckets="true",
    )
    return bucket


def _tagged_bucket(self: Response, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
    """A new bucket with the tags of the call that makes it; one that is there already keeps its own."""
    there = bucket_name in self.backend.buckets
    answer = _put(self, request, bucket_name, querystring)
    tags = [] if querystring or there or not self.body else ElementTree.fromstring(self.body).findall(".//{*}Tag")  # noqa: S314 - botocore's own words
    if tags and bucket_name in self.backend.buckets:
        given = {tag.findtext("{*}Key"): tag.findtext("{*}Value") for tag in tags}
        self.backend.put_bucket_tagging(bucket_name, given)
    return answer


def _for_its_owner(original: Any) -> Any:
    """What is asked of a bucket with its owner's account, only if it is theirs; moto does not look at that."""

    def answer(self: Response, request: Any, full_url: str) -> Any:
        wanted = request.headers.get("x-amz-expected-bucket-owner")
        _, owner = s3_backends.bucket_accounts.get(self.parse_bucket_name_from_url(request, full_url), ("", wanted))
        if wanted and owner != wanted:
            return 403, {}, "" if request.method == "HEAD" else DENIED
        return original(self, request, full_url)

    return answer


def _checked_policy(self: S3Backend, bucket_name: str, policy: bytes) -> None:
    bucket = self.get_bucket(bucket_name)
    try:
        statements = list(_statements(policy))
    except (ValueError, TypeError, AttributeError, LookupError):
        raise S3ClientError("MalformedPolicy", "This policy contains invalid Json") from None
    if len(policy) > 20480:
        raise S3ClientError(
            "PolicyTooLarge", "Normalized policy document exceeds the maximum allowed size of 20480 bytes."
        )
    ours = {f"arn:aws:s3:::{bucket_name}"}
    for statement in statements:
        resources = statement.get("Resource") or []
        for resource in resources if isinstance(resources, list) else [resources]:
            if resource.partition("/")[0] not in ours:
                raise S3ClientError("MalformedPolicy", "Policy has invalid resource")
    if _public(statements) and _blocks(self, bucket):
        raise S3ClientError(
            "AccessDenied",
            f"User is not authorized to perform: s3:PutBucketPolicy on resource: arn:aws:s3:::{bucket_name} because "
            "public policies are blocked by the BlockPublicPolicy block public access setting.",
        )
    _put_policy(self, bucket_name, policy)


def _blocks(self: S3Backend, bucket: Any) -> bool:
    from moto.s3control.models import s3control_backends

    account = s3control_backends[self.account_id]["aws"].public_access_block
    return any(
        str(block and block.block_public_policy).lower() == "true" for block in (bucket.public_access_block, account)
    )


def _policy_status(self: Response) -> Any:
    policy = self.backend.get_bucket_policy(self.bucket_name)
    if not policy:
        raise NoSuchBucketPolicy(bucket_name=self.bucket_name)
    self.data["Action"] = "GetBucketPolicyStatus"
    return self.serialized(ActionResult({"PolicyStatus": {"IsPublic": _public(list(_statements(policy)))}}))


def _statements(policy: bytes | str) -> Iterator[dict[str, Any]]:
    found = json.loads(policy)["Statement"]
    for statement in found if isinstance(found, list) else [found]:
        statement["Effect"], statement["Principal"]
        yield statement


def _public(statements: list[dict[str, Any]]) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and "*" in (statement["Principal"], *_named(statement["Principal"]))
        and not {key.lower() for condition in (statement.get("Condition") or {}).values() for key in condition}
        & NOT_PUBLIC
        for statement in statements
    )


def _named(principal: Any) -> list[str]:
    named = principal.get("AWS", []) if isinstance(principal, dict) else []
    return named if isinstance(named, list) else [named]


def _always_encrypted(self: S3Backend, bucket_name: str) -> Any:
    return _encryption(self, bucket_name) or {
        "Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    }


def _all_buckets(self: Response) -> Any:
    found = self.backend.list_buckets(
        prefix=self._get_param("prefix"),
        bucket_region=self._get_param("bucket-region"),
        max_buckets=self._get_param("max-buckets"),
    )
    buckets = [
        {"Name": bucket.name, "CreationDate": bucket.creation_date_ISO8601, "BucketRegion": bucket.region_name}
        for bucket in found
    ]
    self.data["Action"] = "ListBuckets"
    owner = {"ID": "bcaf1ffd86f41161ca5fb16fd081034f", "DisplayName": "fjord-coffee"}
    return self.serialized(ActionResult({"Owner": owner, "Buckets": buckets}))


def install() -> None:
    S3Backend.create_bucket = _closed_bucket  # type: ignore[method-assign]
    S3Backend.put_bucket_policy = _checked_policy  # type: ignore[method-assign]
    S3Backend.get_bucket_encryption = _always_encrypted  # type: ignore[method-assign]
    answers(
        S3Response,
        {
            "get_bucket_policy_status": _policy_status,
            "all_buckets": _all_buckets,
            "_bucket_response": _for_its_owner(_bucket_response),
            "_key_response": _for_its_owner(_key_response),
        },
    )
    S3Response._bucket_response_put = _tagged_bucket  # type: ignore[method-assign]
