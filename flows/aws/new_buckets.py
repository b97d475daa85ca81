"""Buckets that a run makes: closed, tagged, and emptied and deleted by undo because nobody had them before.

The name is looked up before the review, so that what stands there afterwards is this run's.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flows.engine import Action, Call, Cloud, CloudError, Find, Refused, Undo, found

from .buckets import BUSY, Bucket
from .tags import tags

NAME = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3|--table-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
)
EVERYTHING = "[Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId} || [{Key: 'handrail-found-it-empty'}]"
"""What to delete; the name of nothing where there is nothing, because S3 refuses an empty list."""
DAYS_KEPT = 30


def name(text: str) -> str:
    """A name for a bucket, which has no dots because they break HTTPS. Raises Refused."""
    if not NAME.fullmatch(text):
        raise Refused(
            f"“{text}” cannot be a bucket's name.",
            remedy="A bucket name has 3–63 characters: small letters, digits and hyphens; it starts and ends with a "
            "letter or digit.",
        )
    return text


def standing(cloud: Cloud, name: str) -> Bucket | None:
    """The bucket of that name, None if the name is free. Raises Refused when somebody else has it."""
    try:
        answer = cloud.make(Call("s3.HeadBucket", {"Bucket": name}))
    except CloudError as problem:
        if problem.aws_code in ("404", "NoSuchBucket", "NotFound"):
            return None
        if problem.aws_code == "403":
            raise Refused(
                f"You may not look at the bucket {name}, or somebody else already owns that name.",
                remedy="Bucket names are shared by the whole world; choose another.",
            ) from problem
        raise
    return Bucket(name, str(answer.get("BucketRegion") or cloud.identity.region))


def create(id: str, bucket: Bucket, purpose: str, label: str) -> tuple[Action, Action]:
    """Make a bucket, closed as AWS makes it, and tag it. `purpose` follows "Create the bucket …, "."""
    here = {"Bucket": bucket.name}
    place: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": bucket.region}}
    made = {**here, "ObjectOwnership": "BucketOwnerEnforced", **({} if bucket.region == "us-east-1" else place)}
    return Action(
        id,
        f"Create the bucket {bucket.name}, {purpose}",
        Call("s3.CreateBucket", made, bucket.region),
        undo=(
            Undo(
                Call(
                    "s3.DeleteObjects", {**here, "Delete": {"Objects": found(EVERYTHING), "Quiet": True}}, bucket.region
                ),
                read=Call("s3.ListObjectVersions", here, bucket.region),
                more="IsTruncated",
                gone=("NoSuchBucket",),
            ),
            Undo(Call("s3.DeleteBucket", here, bucket.region), gone=("NoSuchBucket",)),
        ),
        find=Find(
            Call("s3.ListBuckets", {"MaxBuckets": 1000}), f"Buckets[?Name=='{bucket.name}'] | [0].{{Found: Name}}"
        ),
        type="AWS::S3::Bucket",
        resource=bucket.name,
        undone=f"The bucket {bucket.name} with all that was delivered into it",
        refusals={"BucketAlreadyExists": f"Somebody else already owns the name {bucket.name}. Choose another."},
    ), Action(
        f"{id}-tags",
        f"Tag the bucket {bucket.name}",
        Call("s3.PutBucketTagging", {**here, "Tagging": {"TagSet": tags(label)}}, bucket.region),
        not_yet=BUSY,
        after=(id,),
    )  # fmt: skip


def artifacts(bucket: Bucket, partition: str, label: str) -> tuple[Action, ...]:
    """Where a pipeline keeps what its stages hand on: private, over TLS only, forgotten after 30 days."""
    made = create("artifacts", bucket, "in which the stages hand on their files", label)
    tls = "Refuse requests to that bucket that are not encrypted"
    return closed(made, bucket, partition, policy=tls, statements=(), days=DAYS_KEPT)


def closed(
    made: tuple[Action, Action], bucket: Bucket, partition: str, *, policy: str, statements: tuple[Any, ...], days: int
) -> tuple[Action, ...]:
    """A bucket that `create` makes, closed to the public and to requests without TLS, whose files are kept for a time.

    Args:
        made: what `create` gave.
        bucket: the same bucket.
        partition: of AWS.
        policy: the sentence about its policy.
        statements: what the policy says beside that.
        days: how long files are kept.
    """
    here, arn = {"Bucket": bucket.name}, f"arn:{partition}:s3:::{bucket.name}"
    tls = {
        "Sid": "DenyInsecureTransport", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    rule = {
        "ID": "forget", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": days},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }  # fmt: skip
    private = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    settings: dict[str, tuple[str, str, dict[str, Any]]] = {
        "closed": (
            "Block all public access to that bucket", "s3.PutPublicAccessBlock",
            {"PublicAccessBlockConfiguration": private},
        ),
        "tls": (
            policy, "s3.PutBucketPolicy",
            {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [*statements, tls]})},
        ),
        "forget": (
            f"Delete what is in that bucket after {days} days", "s3.PutBucketLifecycleConfiguration",
            {"LifecycleConfiguration": {"Rules": [rule]}},
        ),
    }  # fmt: skip
    steps = [*made]
    for id, (sentence, operation, params) in settings.items():
        call = Call(operation, {**here, **params}, bucket.region)
        steps.append(Action(f"{made[0].id}-{id}", sentence, call, not_yet=BUSY, after=(steps[-1].id,)))
    return tuple(steps)
