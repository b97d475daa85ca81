"""What must hold between CloudFront and a bucket, whether it is looked at before it is made or long after.

Whether S3 lets CloudFront read is worked out as S3 does it: from the policy, for whoever CloudFront comes as and for
the file that a visitor asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from flows.aws import buckets, s3_acls
from flows.engine import Call, CloudError, Finding, Grade, shell
from flows.engine.findings import broken, caution, likely, proved, unknown
from flows.engine.refusals import no_such_thing
from flows.policies import Answer, narrowed

from . import repairs
from .situation import Origin

RATHER_THE_BUCKET = "Use the bucket endpoint, which needs nothing public."
SOME = 50
"""So many files are compared with the policy."""
OLD_WAY = "Replace the identity by an Origin Access Control, and its statement by one for cloudfront.amazonaws.com."


# -- may CloudFront read? --------------------------------------------------------------------------------------


def may_read(here: Origin) -> Iterator[Finding]:
    """Whether the bucket's policy lets CloudFront read what visitors ask for."""
    if here.leads:
        return
    id, name = f"policy:{here.id}", here.bucket.name
    if here.policy is None:
        why = here.unread.get("policy", "")
        yield unknown(id, f"Whether CloudFront may read {name} cannot be told: its policy could not be read.", why)
        return
    first, *rest = (here.says(key) for key in here.wanted)
    said = narrowed(first, *rest)
    named = " and ".join(dict.fromkeys(map(buckets.called, said.statements)))
    if said.answer is Answer.FORBIDDEN:
        yield _forbidden(here, id, named)
    elif said.answer is Answer.NOT_ALLOWED:
        yield _not_allowed(here, id)
    elif said.answer is not Answer.ALLOWED:
        yield unknown(
            id, f"Whether the policy of {name} lets CloudFront read cannot be told.",
            f"GetBucketPolicy: {named} depends on {', '.join(said.unknown) or 'a permission of the account'}",
            "Try it: fetch a page of the site (--set probe=yes).",
        )  # fmt: skip
    elif not here.signs and here.block.restrict and not here.planned:
        yield _blocked(here)
    elif not here.signs and "block" in here.unread and not here.planned:
        yield unknown(id, f"Whether public access of {name} is blocked could not be read.", here.unread["block"])
    elif here.planned:
        yield likely(
            id, f"The policy of {name} will let CloudFront read: nothing in it forbids that.", "GetBucketPolicy"
        )
    else:
        who = "this distribution" if here.control else "its identity" if here.identity else _whoever(here)
        yield proved(id, f"The bucket policy lets {who} read ({named}).", "GetBucketPolicy")


def rest(here: Origin, keys: list[str] | None) -> Iterator[Finding]:
    """Whether the policy that lets CloudFront read the start page leaves out others of these files. What a statement
    denies is meant to be denied."""
    if not here.control or here.policy is None or here.says(here.wanted[0]).answer is not Answer.ALLOWED:
        return
    left = [key for key in (keys or [])[:SOME] if here.says(key).answer is Answer.NOT_ALLOWED]
    if left:
        yield caution(
            f"policy-rest:{here.id}", f"The bucket policy lets CloudFront read {here.wanted[0]}, and not {left[0]}: "
            "visitors get 403 for that.", "GetBucketPolicy, ListObjectsV2",
            f"Allow s3:GetObject on every file that visitors are to get: {here.bucket.name}/*.",
        )  # fmt: skip


def owned(here: Origin) -> Iterator[Finding]:
    """Whether the start page is another account's, of which the bucket's policy says nothing (AWS re:Post Knowledge
    Center, "Access Denied errors with Amazon S3 as the origin of CloudFront", 2026-11)."""
    id, page, name = f"owner:{here.id}", here.wanted[0], here.bucket.name
    if here.leads or here.policy is None or here.says(page).answer is not Answer.ALLOWED:
        return
    try:
        others = s3_acls.owned_by_others(here.cloud, here.bucket, page)
    except CloudError as problem:
        yield unknown(id, f"Whose file {page} is could not be read.", str(problem), aside=True)
        return
    if others:
        enforced = shell.aws(
            "s3api", "put-bucket-ownership-controls", bucket=name,
            ownership_controls="Rules=[{ObjectOwnership=BucketOwnerEnforced}]",
        )  # fmt: skip
        yield broken(
            id, f"{page} is the file of another account, which uploaded it to {name}: the bucket policy says nothing "
            "of such files, so visitors get 403.", "ListObjectsV2, GetBucketAcl: their owners",
            f"Upload the files again from the bucket's account, or let the bucket own all of them: {enforced}",
        )  # fmt: skip


def _whoever(here: Origin) -> str:
    return "everybody" if here.public else "whoever sends CloudFront's secret header"


def _forbidden(here: Origin, id: str, named: str) -> Finding:
    if here.website and here.says(here.wanted[0], securetransport="true").answer is not Answer.FORBIDDEN:
        return broken(
            id, f"The bucket policy forbids unencrypted requests ({named}). The website endpoint speaks only HTTP, so "
            f"{'this statement would block' if here.planned else 'it blocks'} CloudFront.", "GetBucketPolicy",
            RATHER_THE_BUCKET,
        )  # fmt: skip
    result = "CloudFront would be refused, too" if here.planned else "CloudFront is refused, and visitors get 403"
    way = (
        f"with the condition StringNotEquals aws:SourceArn {here.distribution}"
        if here.control and not here.planned
        else "by a condition"
    )
    return broken(
        id, f"The policy of {here.bucket.name} denies reading: {named} forbids it, and a Deny comes before every "
        f"Allow. {result}.", "GetBucketPolicy", f"Remove that statement, or except CloudFront from it, {way}.",
    )  # fmt: skip


def _not_allowed(here: Origin, id: str) -> Finding:
    if here.control:
        which = f" for what it asks, {here.wanted[0]}" if here.says(f"{here.wanted[0]}-other") else ""
        files = f"arn:{here.cloud.identity.partition}:s3:::{here.bucket.name}/*"
        return broken(
            id, f"The bucket policy does not let this distribution read{which}, so visitors get 403.",
            "GetBucketPolicy",
            f"Allow s3:GetObject on {files} for cloudfront.amazonaws.com with the condition AWS:SourceArn "
            f"{here.distribution}.",
        ).mended_by(repairs.let_read(here))  # fmt: skip
    opened = _by_acl(here)
    if isinstance(opened, Finding):
        return opened
    if opened is None:
        return unknown(
            id, f"The policy of {here.bucket.name} does not let CloudFront read; whether the ACLs of the files do was "
            "not found out.", "GetObjectAcl", "Add an Origin Access Control, and a statement for this distribution.",
        )  # fmt: skip
    if here.identity:
        return broken(
            id, f"The bucket policy does not let the Origin Access Identity {here.identity} read, so visitors get 403.",
            "GetBucketPolicy", OLD_WAY,
        ).mended_by(repairs.sign(here))  # fmt: skip
    if not here.website:
        return broken(
            id, f"CloudFront does not sign its requests, and {here.bucket.name} is not public, so visitors get 403.",
            "neither an Origin Access Control nor an identity; GetBucketPolicy",
            "Add an Origin Access Control, and a statement for this distribution.",
        ).mended_by(repairs.sign(here))  # fmt: skip
    locks = {key.lower() for each in (here.policy or {}).get("Statement", []) for key in _conditions(each)}
    if locks & {"aws:referer", "aws:useragent"}:
        return broken(
            id, "The secret that the policy wants is not the one that CloudFront sends, so visitors get 403.",
            "GetBucketPolicy and CustomHeaders", "Put the same value into both.",
        )  # fmt: skip
    return broken(
        id, "The bucket policy lets nobody read, so visitors get 403.", "GetBucketPolicy",
        "Allow s3:GetObject for requests with the secret header.",
    )  # fmt: skip


def _by_acl(here: Origin) -> Finding | Literal[False] | None:
    """What the ACL of the first file says, the way before policies: False if it lets nobody in, None if unknown."""
    if here.block.ignore_acls or here.planned:
        return False
    call = Call("s3.GetObjectAcl", {"Bucket": here.bucket.name, "Key": here.wanted[0]}, here.bucket.region)
    try:
        grants = here.cloud.make(call).get("Grants") or []
    except CloudError as problem:
        return False if no_such_thing(problem) else None
    for grant in grants:
        grantee = grant.get("Grantee") or {}
        if grant.get("Permission") not in ("READ", "FULL_CONTROL"):
            continue
        if str(grantee.get("URI", "")).endswith("/global/AllUsers"):
            return likely(
                f"policy:{here.id}", f"The ACL of {here.wanted[0]} lets everybody read; each file has its own.",
                "GetObjectAcl", "Use an Origin Access Control and a policy, which counts for all files.",
            )  # fmt: skip
        if here.canonical and grantee.get("ID") == here.canonical:
            return likely(
                f"policy:{here.id}", f"The ACL of {here.wanted[0]} lets the identity read; each file has its own.",
                "GetObjectAcl", OLD_WAY,
            )  # fmt: skip
    return False


def _conditions(statement: Any) -> Iterator[str]:
    blocks = statement.get("Condition") if isinstance(statement, Mapping) else None
    for keys in blocks.values() if isinstance(blocks, Mapping) else ():
        yield from keys if isinstance(keys, Mapping) else ()


def _blocked(here: Origin) -> Finding:
    return broken(
        f"public-access-block:{here.id}", "Public access is blocked, so the policy for the website has no effect.",
        "GetPublicAccessBlock",
        "Use the bucket endpoint with Origin Access Control, or lift the block for this bucket.",
    ).mended_by(repairs.let_public_policy_count(here))  # fmt: skip


def charges(here: Origin) -> Iterator[Finding]:
    """A website endpoint gives nothing of a bucket whose readers pay (Amazon S3 User Guide, "Requester Pays", 2026-11).

    Raises CloudError.
    """
    if here.website and not here.leads and buckets.requester_pays(here.cloud, here.bucket):
        yield broken(
            f"charges:{here.id}",
            f"The bucket {here.bucket.name} charges the reader. A website endpoint answers 403 then.",
            "GetBucketRequestPayment", RATHER_THE_BUCKET,
        )  # fmt: skip


def signed(here: Origin) -> Iterator[Finding]:
    """How CloudFront says who it is."""
    if here.identity and not here.control:
        yield Finding(
            f"access-control:{here.id}", Grade.CAUTION,
            f"CloudFront signs its requests as the Origin Access Identity {here.identity}: the way before Origin "
            "Access Control, kept for what there is. It cannot read files that are encrypted with a KMS key.",
            "S3OriginConfig", OLD_WAY,
        ).mended_by(repairs.sign(here))  # fmt: skip


def only_cloudfront(here: Origin) -> Iterator[Finding]:
    """Whether the files can be read past CloudFront."""
    if here.leads or here.policy is None or here.planned:
        return
    id, name = f"direct-access:{here.id}", here.bucket.name
    if here.public:
        yield Finding(
            id, Grade.CAUTION, f"Everybody can read the files of {name} directly from S3, past CloudFront.",
            "GetBucketPolicy: a statement for everybody", "Remove the statement that allows everybody to read.",
        )  # fmt: skip
    elif here.public is None:
        yield unknown(id, f"Who can read {name} past CloudFront cannot be told from its policy.", "GetBucketPolicy",
                      aside=True)  # fmt: skip
    else:
        seen, sentence = "GetBucketPolicy, GetPublicAccessBlock", f"The files of {name} cannot be read past CloudFront"
        sure = here.block.ignore_acls
        yield (
            proved(id, f"{sentence}.", seen)
            if sure
            else likely(id, f"{sentence}, unless old ACLs of single files allow it.", seen)
        )
