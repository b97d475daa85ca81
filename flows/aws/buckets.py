"""S3 buckets: what they really are, and the few settings that a website in front of them needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from flows.engine import (
    Action,
    Call,
    Cloud,
    CloudError,
    Denied,
    Entry,
    Find,
    Late,
    Option,
    Others,
    Restore,
    Still,
    Undo,
    before,
    edited,
    join,
)  # fmt: skip
from flows.engine.listing import by_prefix, is_sought
from flows.engine.listing import listed as all_pages
from flows.policies import document, listed

from .s3_endpoints import Endpoint, itself, website

LOOKED_INTO = 20
"""Up to so many buckets the list says which are websites: that is one question to AWS for each."""
PORTION = 1000
"""Buckets that the list gives at a time."""
POLICY_LIMIT = 20480
"""Bytes of a bucket policy (S3 User Guide, "Bucket policies", 2026-10)."""
BUSY = ("OperationAborted",)
"""Another change of the same bucket is under way."""
EVERYBODY = "(Principal=='*' || contains(Principal.AWS || '', '*'))"
"""JMESPath, true of a statement that is about everybody; what `everybody` says."""
MISSING = ("404", "NoSuchKey", "NoSuchBucket", "NotFound")
"""How S3 says that there is no such bucket or file; to HEAD it answers a bare 404."""
NO_BLOCK, NO_POLICY = "NoSuchPublicAccessBlockConfiguration", "NoSuchBucketPolicy"


@dataclass(frozen=True)
class Bucket:
    name: str
    region: str

    @property
    def id(self) -> str:
        return self.name


@dataclass(frozen=True)
class Hosting:
    """The website that is switched on in a bucket. `redirects` says whether any rule redirects.

    `leads` is the host to which it sends everybody, whatever they ask for; such a bucket needs no files and no policy
    (Amazon S3 User Guide, "Configuring a webpage redirect", 2026-11).
    """

    index: str
    error: str
    redirects: bool
    leads: str = ""


@dataclass(frozen=True)
class Block:
    """A public access block: what is not allowed to be public."""

    acls: bool = False
    ignore_acls: bool = False
    policy: bool = False
    restrict: bool = False

    @property
    def in_the_way(self) -> bool:
        """Whether a policy for everybody would be refused, or without effect."""
        return self.policy or self.restrict


# -- to pick from ----------------------------------------------------------------------------------------------


def buckets(cloud: Cloud) -> Iterator[Option[Bucket]]:
    """The buckets of the account, wherever they are."""
    found = every(cloud)
    first = list(islice(found, LOOKED_INTO + 1))
    for name, region in chain(first, found):
        few = len(first) <= LOOKED_INTO
        bucket = Bucket(name, region or (_region(cloud, name) if few or is_sought(name) else ""))
        hint = bucket.region
        if few:
            try:
                hint += ", a website" if hosting(cloud, bucket) else ", no website"
            except CloudError:  # one bucket that may not be looked into must not hide the others
                hint += ", not known whether it is a website"
        yield Option(bucket.name, bucket, bucket.name, hint)


def every(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """The name of each bucket, and its region where the list says it: AWS's does, an emulator's may not."""
    seen: set[str] = set()
    for page in all_pages(cloud, Call("s3.ListBuckets", {"MaxBuckets": PORTION}), by_prefix()):
        seen |= {each["Name"] for each in page.get("Buckets") or []}
        yield from ((each["Name"], each.get("BucketRegion") or "") for each in page.get("Buckets") or [])
    if seen and len(seen) % PORTION == 0:  # the last page is full: an emulator may know no next one
        rest = (each for page in cloud.pages(Call("s3.ListBuckets")) for each in page.get("Buckets") or [])
        yield from ((each["Name"], each.get("BucketRegion") or "") for each in rest if each["Name"] not in seen)


def found(cloud: Cloud, name: str) -> Bucket:
    """A bucket by its name, also one that is not in the list. Raises CloudError."""
    return Bucket(name, _region(cloud, name))


def endpoints(cloud: Cloud, bucket: Bucket) -> Iterator[Option[Endpoint]]:
    """Both addresses of a bucket, the one that is meant first, each with what it is."""
    hosted = hosting(cloud, bucket)
    site, files = website(bucket.name, bucket.region), itself(bucket.name, bucket.region)
    options = [
        Option(
            site.host,
            site,
            "the website" if hosted else "the website (hosting is OFF)",
            f"{site.host}  plain HTTP only",
        ),
        Option(files.host, files, "the bucket itself", f"{files.host}  private, with Origin Access Control"),
    ]
    yield from options if hosted else reversed(options)


def hosting(cloud: Cloud, bucket: Bucket) -> Hosting | None:
    """The website that is switched on in a bucket, if any."""
    found = _setting(cloud, "GetBucketWebsite", bucket, "NoSuchWebsiteConfiguration")
    if found is None:
        return None
    return Hosting(
        (found.get("IndexDocument") or {}).get("Suffix", ""), (found.get("ErrorDocument") or {}).get("Key", ""),
        bool(found.get("RoutingRules") or found.get("RedirectAllRequestsTo")),
        str((found.get("RedirectAllRequestsTo") or {}).get("HostName") or ""),
    )  # fmt: skip


def block(cloud: Cloud, bucket: Bucket) -> Block:
    """The bucket's own public access block."""
    return _block(_setting(cloud, "GetPublicAccessBlock", bucket, NO_BLOCK))


def account_block(cloud: Cloud, region: str) -> Block | None:
    """The whole account's public access block; None if it may not be read."""
    try:
        return _block(cloud.make(Call("s3control.GetPublicAccessBlock", {"AccountId": cloud.identity.account}, region)))
    except CloudError as problem:
        return Block() if problem.aws_code == NO_BLOCK else None


def policy(cloud: Cloud, bucket: Bucket) -> dict[str, Any]:
    """The bucket's policy, with its statements as a list; of one that has none, an empty one. Raises CloudError."""
    found = _setting(cloud, "GetBucketPolicy", bucket, NO_POLICY)
    try:
        whole = document((found or {}).get("Policy") or "{}")
    except ValueError:
        raise CloudError(f"The policy of {bucket.name} cannot be read.") from None
    return {**whole, "Statement": listed(whole.get("Statement"))}


def statements(cloud: Cloud, bucket: Bucket) -> list[dict[str, Any]]:
    """The statements of the bucket's policy."""
    found: list[dict[str, Any]] = policy(cloud, bucket)["Statement"]
    return found


def called(statement: Mapping[str, Any]) -> str:
    """A statement of a policy as a sentence names it."""
    sid = statement.get("Sid")
    return f"the statement {sid}" if sid else "a statement without a name"


def encryption_key(cloud: Cloud, bucket: Bucket) -> str | None:
    """The KMS key that encrypts new files; "" for S3's own encryption, None if it may not be read."""
    try:
        found = _setting(cloud, "GetBucketEncryption", bucket, "ServerSideEncryptionConfigurationNotFoundError")
    except Denied:
        return None
    for rule in (found or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules", []):
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if str(default.get("SSEAlgorithm", "")).startswith("aws:kms"):
            return str(default.get("KMSMasterKeyID") or "alias/aws/s3")
    return ""


def requester_pays(cloud: Cloud, bucket: Bucket) -> bool:
    """Whether whoever reads a bucket pays for it; of one where that may not be read, no."""
    try:
        return (_setting(cloud, "GetBucketRequestPayment", bucket) or {}).get("Payer") == "Requester"
    except CloudError:
        return False


def keys(cloud: Cloud, bucket: Bucket, prefix: str = "") -> list[str] | None:
    """The names of the first thousand files that begin so; None if they may not be listed."""
    some = {"Prefix": prefix} if prefix else {}
    try:
        found = cloud.make(Call("s3.ListObjectsV2", {"Bucket": bucket.name, **some}, bucket.region))
    except Denied:
        return None
    return [each["Key"] for each in found.get("Contents") or []]


def file(cloud: Cloud, bucket: Bucket, key: str) -> dict[str, Any] | None:
    """What S3 says of a file without giving it; None if there is none of that name. Raises CloudError.

    Who may not list the bucket is told 403 of one that is missing (S3 API Reference, "HeadObject", 2026-11).
    """
    try:
        return cloud.make(Call("s3.HeadObject", {"Bucket": bucket.name, "Key": key}, bucket.region))
    except CloudError as problem:
        if problem.aws_code in MISSING:
            return None
        raise


def tags(cloud: Cloud, bucket: Bucket) -> list[dict[str, str]]:
    """The tags of a bucket; of one whose tags may not be read, none."""
    try:
        found = _setting(cloud, "GetBucketTagging", bucket, "NoSuchTagSet")
    except CloudError:
        return []
    return list((found or {}).get("TagSet") or [])


def made(cloud: Cloud, bucket: Bucket) -> datetime | None:
    """When a bucket was made; None if it is not in the list of this account's. Raises CloudError."""
    found = cloud.make(Call("s3.ListBuckets", {"Prefix": bucket.name, "MaxBuckets": PORTION}))
    moments = (each.get("CreationDate") for each in found.get("Buckets") or [] if each.get("Name") == bucket.name)
    return next(moments, None)


def content_type(cloud: Cloud, bucket: Bucket, key: str) -> str | None:
    """The type with which a file was uploaded; None if it may not be read."""
    try:
        return str(
            cloud.make(Call("s3.HeadObject", {"Bucket": bucket.name, "Key": key}, bucket.region)).get("ContentType", "")
        )
    except CloudError:
        return None


def opens_to_all(statement: Mapping[str, Any], bucket: str) -> bool:
    """Whether a statement lets everybody read the bucket's files."""
    allows = statement.get("Effect") == "Allow" and not statement.get("Condition")
    return allows and everybody(statement) and reads_files(statement, bucket)


def reads_files(statement: Mapping[str, Any], bucket: str) -> bool:
    """Whether a statement is about reading all of the bucket's files."""
    actions, resources = listed(statement.get("Action")), listed(statement.get("Resource"))
    return any(action in ("s3:GetObject", "s3:Get*", "s3:*", "*") for action in actions) and any(
        str(resource) == "*" or str(resource).endswith((f":::{bucket}/*", ":::*")) for resource in resources
    )


def everybody(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    return principal == "*" or (isinstance(principal, Mapping) and "*" in listed(principal.get("AWS")))


# -- to change -------------------------------------------------------------------------------------------------


def host_website(
    bucket: Bucket,
    index: str,
    error: str,
    after: tuple[str, ...] = (),
    part_of: tuple[str, ...] = (),
    others: tuple[Others, ...] = (),
) -> Action:
    """Switch website hosting on in a bucket that has none. It stays with what it is `part_of`, and for these `others`.

    It tells nothing of who switched it on; in a bucket that this run makes, which are the actions `after` which it is
    done, nobody else did.
    """
    here = {"Bucket": bucket.name}
    look = Call("s3.GetBucketWebsite", here, bucket.region)
    document = {"IndexDocument": {"Suffix": index}} | ({"ErrorDocument": {"Key": error}} if error else {})
    standing = "to_string([IndexDocument.Suffix, ErrorDocument.Key, RoutingRules, RedirectAllRequestsTo])"
    ours = json.dumps([index, error or None, None, None], separators=(",", ":"))
    return Action(
        "hosting",
        f"Switch website hosting on in {bucket.name}, with the start page {index}",
        Call("s3.PutBucketWebsite", {**here, "WebsiteConfiguration": document}, bucket.region),
        undo=(
            Undo(
                Call("s3.DeleteBucketWebsite", here, bucket.region),
                still=Still(
                    look, standing, ours,
                    "Somebody changed the website settings since; they are left as they are now.",
                ),
            ),
        ),
        unless=None
        if after
        else Find(look, "IndexDocument || RedirectAllRequestsTo", absent=("NoSuchWebsiteConfiguration",)),
        after=after,
        part_of=part_of,
        others=others,
        undone=f"The website hosting of {bucket.name}",
    )  # fmt: skip


def allow_public_policy(
    bucket: Bucket, now: Block, after: tuple[str, ...], sid: Late, standing: Iterable[Mapping[str, Any]]
) -> Action:
    """Let a policy for everybody count, and nothing more: what is blocked through ACLs stays blocked.

    Args:
        bucket: whose block it is.
        now: how it is.
        after: ids of actions to wait for.
        sid: of the statement for which this is done.
        standing: the statements that are there. What they allow to everybody did not count before.
    """
    here = {"Bucket": bucket.name}
    known = json.dumps(sorted({str(each.get("Sid") or "") for each in standing if everybody(each)}))
    theirs = join(
        f"[json(Policy).Statement][] | [?Effect=='Allow' && {EVERYBODY} && !contains(`{known}`, Sid || '') && Sid!='",
        sid,
        "'].[Sid || 'one without a name']",
    )
    wanted = {
        "BlockPublicAcls": now.acls, "IgnorePublicAcls": now.ignore_acls,
        "BlockPublicPolicy": False, "RestrictPublicBuckets": False,
    }  # fmt: skip
    put = "PublicAccessBlockConfiguration"
    return Action(
        "public-access-block",
        f"Let a public policy count in {bucket.name} (the blocks on ACLs stay as they are)",
        Call("s3.PutPublicAccessBlock", {**here, put: wanted}, bucket.region),
        undo=Restore(
            Call("s3.GetPublicAccessBlock", here, bucket.region), put,
            Call("s3.PutPublicAccessBlock", {**here, put: before("public-access-block")}, bucket.region),
            Call("s3.DeletePublicAccessBlock", here, bucket.region),
            absent=(NO_BLOCK,),
        ),
        after=after,
        not_yet=BUSY,
        others=(
            Others(
                Call("s3.GetBucketPolicy", here, bucket.region), theirs,
                "Statements of others let everybody in, and the block would shut them out",
            ),
        )
        * now.restrict,
        undone=f"The public access block of {bucket.name}",
    )  # fmt: skip


def add_statement(
    bucket: Bucket,
    sentence: str,
    statement: Mapping[str, Late | Mapping[str, Any]],
    after: tuple[str, ...],
    part_of: tuple[str, ...] = (),
    others: tuple[Others, ...] = (),
    copies: tuple[str, ...] = (),
    id: str = "bucket-policy",
) -> Action:
    """Add one statement to the bucket's policy; the others stay as they are. It stays with what it is `part_of`, and
    for these `others`, also without what it `copies` no more than a value from."""
    here = {"Bucket": bucket.name}
    return Action(
        id,
        sentence,
        Call("s3.PutBucketPolicy", {**here, "Policy": edited(id)}, bucket.region),
        undo=Entry(
            Call("s3.GetBucketPolicy", here, bucket.region), "Policy", statement,
            Call("s3.DeleteBucketPolicy", here, bucket.region),
            absent=(NO_POLICY,), limit=POLICY_LIMIT,
        ),
        # a change of the block takes up to a minute to be known everywhere
        not_yet=("AccessDenied: public policies are blocked", *BUSY),
        after=after,
        part_of=part_of,
        copies=copies,
        others=others,
        undone=f"The statement in the policy of {bucket.name}",
    )  # fmt: skip


def _setting(cloud: Cloud, operation: str, bucket: Bucket, *absent: str) -> dict[str, Any] | None:
    try:
        return cloud.make(Call(f"s3.{operation}", {"Bucket": bucket.name}, bucket.region))
    except CloudError as problem:
        if problem.aws_code not in absent:
            raise
        return None


def _block(found: Mapping[str, Any] | None) -> Block:
    set_ = (found or {}).get("PublicAccessBlockConfiguration") or {}
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return Block(*(bool(set_.get(name)) for name in names))


def _region(cloud: Cloud, name: str) -> str:
    return str(cloud.make(Call("s3.HeadBucket", {"Bucket": name})).get("BucketRegion") or cloud.identity.region)
