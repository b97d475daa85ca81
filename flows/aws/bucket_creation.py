"""Buckets that a run makes: closed, tagged by the call that makes them, and deleted by undo.

Only the tag tells that a bucket is the run's: in us-east-1 AWS answers to making one's own bucket a second time as if
it had made it (Amazon S3 API Reference, "CreateBucket", 2026-10), and a name can be taken by somebody else meanwhile.
What people put into one is deleted only when that was decided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from flows.engine import RUN, Action, Call, Cloud, CloudError, Find, Others, Refused, Still, Undo, found, join
from flows.engine.bucket_owner import Taken

from . import route53
from .buckets import BUSY, Bucket
from .tags import tags

NAME = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3|--table-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
)
POSSIBLE = re.compile(r"[a-zA-Z0-9._-]{1,255}|arn:.+")
"""What any bucket that exists can be called, or asked for by: former names had large letters and underscores."""
EVER = re.compile(r"[a-zA-Z0-9._-]{3,255}")
"""Without the other ways to ask for one (Amazon S3 User Guide, "General purpose bucket naming rules", 2026-11)."""
FORM = (
    "A bucket name has 3–63 characters: small letters, digits and hyphens; it starts and ends with a letter or digit."
)
EVERYTHING = "[Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId} || [{Key: 'handrail-found-it-empty'}]"
"""What to delete; the name of nothing where there is nothing, because S3 refuses an empty list."""
DAYS_KEPT = 30
TLS = "DenyInsecureTransport"
"""The id of the statement that refuses what is not encrypted."""


def possible(text: str) -> str:
    """What a bucket, there or new, can be called. Raises Refused."""
    if not EVER.fullmatch(text):
        better = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:63]
        raise Refused(f"“{text}” cannot be a bucket's name.", remedy=FORM, suggestion=better if len(better) > 2 else "")
    return text


def name(text: str) -> str:
    """A name for a bucket, which has no dots because they break HTTPS. Raises Refused."""
    if not NAME.fullmatch(text):
        raise Refused(f"“{text}” cannot be a bucket's name.", remedy=FORM)
    return text


def standing(cloud: Cloud, name: str) -> Bucket | None:
    """The bucket of that name, None if there is none. Raises Refused when somebody else has it."""
    if not POSSIBLE.fullmatch(name):
        return None
    try:
        answer = cloud.make(Call("s3.HeadBucket", {"Bucket": name}))
    except CloudError as problem:
        another = "Bucket names are shared by the whole world; choose another."
        if isinstance(problem, Taken):
            raise Refused(f"The bucket {name} belongs to another account.", remedy=another) from problem
        if problem.aws_code == "403":
            may_not = f"You may not look at the bucket {name}, or somebody else already owns that name."
            raise Refused(may_not, remedy=another) from problem
        if problem.aws_code in ("404", "NoSuchBucket", "NotFound"):
            return None
        raise
    return Bucket(name, str(answer.get("BucketRegion") or cloud.identity.region))


def create(
    id: str,
    bucket: Bucket,
    purpose: str,
    label: str,
    *,
    handed_on: str = "",
    statements: Sequence[str] = (),
    others: Sequence[Others] = (),
) -> tuple[Action, Action]:
    """Make a bucket, closed as AWS makes it, and tag it once more for emulators that do not take the tags with it.

    Args:
        id: the action's; that of the tags is the same with "-tags" behind it.
        bucket: what it is called, and where.
        purpose: what it is for, to follow "Create the bucket …, ".
        label: the Name tag.
        handed_on: how the keys begin of what only a pipeline puts there for itself, which goes with it; what else is
            in it is people's.
        statements: the Sids of what the run itself puts into its policy.
        others: what else may lean on it.
    """
    here, about = {"Bucket": bucket.name}, tags(label)
    place = {} if bucket.region == "us-east-1" else {"LocationConstraint": bucket.region}
    made = {
        **here, "ObjectOwnership": "BucketOwnerEnforced", "CreateBucketConfiguration": {**place, "Tags": about},
    }  # fmt: skip
    tagged = Call("s3.GetBucketTagging", here, bucket.region)
    inside = Call("s3.ListObjectVersions", here, bucket.region)
    who = "TagSet[?Key=='handrail:run'].Value | [0]"
    ours = Still(
        tagged, f"{who} || 'nobody'", RUN, "Its tags do not say any more that this run made it.",
        changed=("NoSuchTagSet",), since=f"{id}-tags", ahead=True,
    )  # fmt: skip
    policy = "[json(Policy).Statement][] | [?@ && !contains(`{}`, Sid || '')].[Sid || 'one without a name']"
    theirs = "[Versions, DeleteMarkers][].Key" + (f" | [?!starts_with(@, '{handed_on}')]" if handed_on else "")
    heard = "[QueueConfigurations, TopicConfigurations, LambdaFunctionConfigurations][] | [?@]"
    return Action(
        id,
        f"Create the bucket {bucket.name}, {purpose}",
        Call("s3.CreateBucket", made, bucket.region),
        undo=(
            Undo(
                Call(
                    "s3.DeleteObjects", {**here, "Delete": {"Objects": found(EVERYTHING), "Quiet": True}}, bucket.region
                ),
                read=inside,
                more="IsTruncated",
                gone=("NoSuchBucket",),
                still=ours,
                when=None if handed_on else ("files", "delete"),
            ),
            Undo(Call("s3.DeleteBucket", here, bucket.region), gone=("NoSuchBucket",), still=ours),
        ),
        others=(
            Others(inside, theirs, "There are files in it", key="files"),
            Others(
                Call("s3.GetBucketPolicy", here, bucket.region), policy.format(json.dumps(list(statements))),
                "Statements of others are in its policy",
            ),
            Others(
                Call("s3.GetBucketNotificationConfiguration", here, bucket.region),
                f"{heard}.[Id, QueueArn || TopicArn || LambdaFunctionArn]", "It tells others of its files",
            ),
            *others,
        ),
        find=Find(
            Call("s3.ListBuckets", {"MaxBuckets": 1000}),
            f"Buckets[?Name=='{bucket.name}'] | [0].{{Found: Name, CreationDate: CreationDate}}",
            proof=tagged,
            ours=join(f"{who} == '", RUN, "'"),
            bare=inside,
            untouched="!(Versions || DeleteMarkers)",
            made="CreationDate",
        ),
        unless=Find(
            Call("s3.HeadBucket", here, bucket.region), "@", absent=("404", "NoSuchBucket", "NotFound")
        ),
        taken=f"A bucket named {bucket.name} exists already, and was not made by this run.",
        type="AWS::S3::Bucket",
        resource=bucket.name,
        undone=f"The bucket {bucket.name}",
        refusals={"BucketAlreadyExists": f"Somebody else already owns the name {bucket.name}. Choose another."},
    ), Action(
        f"{id}-tags",
        f"Tag the bucket {bucket.name}",
        Call("s3.PutBucketTagging", {**here, "Tagging": {"TagSet": about}}, bucket.region),
        not_yet=BUSY,
        after=(id,),
        stands=ours,
    )  # fmt: skip


def served_by_others(bucket: Bucket, endpoint: str = "") -> tuple[Others, ...]:
    """Distributions that get their files there; with an `endpoint` only at that: "s3-website" is its website. And its
    own name where that leads there, if it is one."""
    fetched = f"Origins.Items[?starts_with(DomainName || '', '{bucket.name}.{endpoint}')]"
    what = "Distributions of CloudFront get their files there"
    served = Others(Call("cloudfront.ListDistributions"), f"DistributionList.Items[?{fetched}].[Id, DomainName]", what)
    return (served, route53.leading_to_website(bucket.name)) if "." in bucket.name else (served,)


def artifacts(bucket: Bucket, partition: str, pipeline: str, others: Sequence[Others]) -> tuple[Action, ...]:
    """Where a pipeline keeps what its stages hand on: private, over TLS only, forgotten after 30 days.

    CodePipeline puts it under the first twenty characters of the pipeline's name (AWS re:Post, "Code pipeline truncates
    folder names in output artifact S3 bucket", 2026-11).
    """
    purpose, own = "in which the stages hand on their files", f"{pipeline[:20]}/"
    made = create("artifacts", bucket, purpose, pipeline, handed_on=own, statements=[TLS], others=others)
    tls = "Refuse requests to that bucket that are not encrypted"
    return closed(made, bucket, partition, policy=tls, statements=(), days=DAYS_KEPT)


def closed(
    made: tuple[Action, Action],
    bucket: Bucket,
    partition: str,
    *,
    policy: str,
    statements: tuple[Any, ...],
    days: int,
    said: str = "that bucket",
) -> tuple[Action, ...]:
    """A bucket that `create` makes, closed to the public and to requests without TLS, whose files are kept for a time.

    Args:
        made: what `create` gave.
        bucket: the same bucket.
        partition: of AWS.
        policy: the sentence about its policy.
        statements: what the policy says beside that.
        days: how long files are kept.
        said: how the sentences speak of it, where a plan makes another bucket as well.
    """
    here, arn = {"Bucket": bucket.name}, f"arn:{partition}:s3:::{bucket.name}"
    tls = {
        "Sid": TLS, "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    rule = {
        "ID": "forget", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": days},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }  # fmt: skip
    private = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    settings: dict[str, tuple[str, str, dict[str, Any], Still]] = {
        "closed": (
            f"Block all public access to {said}", "s3.PutPublicAccessBlock",
            {"PublicAccessBlockConfiguration": private},
            _still(
                bucket, "s3.GetPublicAccessBlock",
                f"PublicAccessBlockConfiguration | {' && '.join(private)} && 'closed' || 'open'", "closed",
                "Somebody lifted a part of the block.",
            ),
        ),
        "tls": (
            policy, "s3.PutBucketPolicy",
            {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [*statements, tls]})},
            _still(
                bucket, "s3.GetBucketPolicy", f"json(Policy).Statement[] | [?Sid=='{TLS}'] | [0].Effect", "Deny",
                "Somebody changed what is refused.",
            ),
        ),
        "forget": (
            f"Delete what is in {said} after {days} days", "s3.PutBucketLifecycleConfiguration",
            {"LifecycleConfiguration": {"Rules": [rule]}},
            _still(
                bucket, "s3.GetBucketLifecycleConfiguration",
                "join(' ', Rules[?ID=='forget'] | [0].[Status, to_string(Expiration.Days)])",
                f"Enabled {days}", "Somebody changed when files are deleted.",
            ),
        ),
    }  # fmt: skip
    steps = [*made]
    for id, (sentence, operation, params, stands) in settings.items():
        call = Call(operation, {**here, **params}, bucket.region)
        steps.append(Action(f"{made[0].id}-{id}", sentence, call, not_yet=BUSY, after=(steps[-1].id,), stands=stands))
    return tuple(steps)


def _still(bucket: Bucket, operation: str, path: str, equals: str, otherwise: str) -> Still:
    return Still(Call(operation, {"Bucket": bucket.name}, bucket.region), path, equals, otherwise)
