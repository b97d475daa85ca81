"""What must hold between CloudFront and a bucket, whether it is looked at before it is made or long after.

Whether S3 lets CloudFront read is worked out as S3 does it: from the policy, for whoever CloudFront comes as and for
the file that a visitor asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flows.aws import buckets
from flows.aws.buckets import Block, Bucket, Hosting
from flows.engine import Call, Cloud, CloudError, Finding, Grade
from flows.engine.findings import broken, likely, proved, unknown
from flows.engine.refusals import no_such_thing
from flows.policies import Answer, Caller, Request, Verdict, narrowed, read

SERVICE = "cloudfront.amazonaws.com"
FROM: tuple[Mapping[str, str], ...] = (
    {"aws:sourceip": "130.176.0.1", "s3:tlsversion": "1.2"},
    {"aws:sourceip": "15.158.0.1", "s3:tlsversion": "1.3"},
)
"""Where CloudFront asks from: some of its addresses, which a policy rarely tells apart (AWS IP address ranges,
CLOUDFRONT_ORIGIN_FACING, 2026-11), and the versions of TLS that S3 takes."""
UNKNOWN_VISITOR: Mapping[str, str | None] = {
    "aws:referer": None, "aws:sourcearn": None, "aws:sourceaccount": None, "aws:sourcevpce": None,
    "aws:sourcevpc": None,    "aws:principalorgid": None, "aws:principalaccount": None, "aws:securetransport": "true",
}  # fmt: skip
"""What S3 sees of somebody who asks it directly, and has not signed in."""
RATHER_THE_BUCKET = "Use the bucket endpoint, which needs nothing public."
OLD_WAY = "Replace the identity by an Origin Access Control, and its statement by one for cloudfront.amazonaws.com."


@dataclass(frozen=True)
class Origin:
    """Where CloudFront fetches files, as it is or would be, with all that decides at S3 whether it gets them.

    Args:
        cloud: the account.
        id: what the distribution calls it; part of the ids of what is found.
        bucket: whose files they are.
        website: whether it is the website in the bucket, which speaks plain HTTP and knows nobody.
        distribution: the ARN of the distribution.
        wanted: names of files that visitors ask for, with the origin's path.
        policy: the bucket's; None if it could not be read.
        block: the bucket's own public access block.
        hosted: the website in the bucket.
        control: the id of the Origin Access Control; empty if there is none, or it does not sign.
        identity: the id of the Origin Access Identity, the way before that.
        canonical: what S3 knows that identity by; empty is unknown.
        headers: what CloudFront adds to its requests.
        secure: whether it asks by https; None where that is up to the visitor.
        unread: what could not be read, and why.
        planned: whether all this is looked at before the distribution is made.
    """

    cloud: Cloud
    id: str
    bucket: Bucket
    website: bool
    distribution: str
    wanted: tuple[str, ...]
    policy: Mapping[str, Any] | None
    block: Block
    hosted: Hosting | None = None
    control: str = ""
    identity: str = ""
    canonical: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    secure: bool | None = True
    unread: Mapping[str, str] = field(default_factory=dict)
    planned: bool = False

    @classmethod
    def to_be(cls, cloud: Cloud, bucket: Bucket, *, website: bool, locked: bool, start: str = "index.html") -> Origin:
        """The origin as it would be once its one statement stands in the policy. Raises CloudError."""
        made = f"arn:{cloud.identity.partition}:cloudfront::{cloud.identity.account}:distribution/to-be-made"
        ours: dict[str, Any] = {
            "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": f"arn:{cloud.identity.partition}:s3:::{bucket.name}/*",
        }  # fmt: skip
        if locked and website:
            ours["Condition"] = {"StringEquals": {"aws:Referer": "secret"}}
        elif locked:
            ours |= {"Principal": {"Service": SERVICE}, "Condition": {"StringEquals": {"aws:SourceArn": made}}}
        policy = buckets.policy(cloud, bucket)
        return cls(
            cloud, bucket.name, bucket, website, made, (start,), {**policy, "Statement": [*policy["Statement"], ours]},
            buckets.block(cloud, bucket), buckets.hosting(cloud, bucket),
            "to-be-made" if locked and not website else "",
            headers={"Referer": "secret"} if locked else {}, secure=not website, planned=True,
        )  # fmt: skip

    @property
    def signs(self) -> bool:
        return bool(self.control or self.identity)

    @property
    def leads(self) -> str:
        """Where the website in the bucket sends everybody; empty if it serves files."""
        return self.hosted.leads if self.website and self.hosted else ""

    @property
    def caller(self) -> Caller:
        """Who CloudFront comes as (CloudFront Developer Guide, "Restrict access to an Amazon S3 origin", 2026-11)."""
        if self.control:
            return Caller(service=SERVICE)
        if self.identity:
            name = f"arn:{self.cloud.identity.partition}:iam::cloudfront:user/CloudFront Origin Access Identity"
            return Caller(arn=f"{name} {self.identity}", canonical=self.canonical)
        return Caller()

    @property
    def context(self) -> dict[str, str | None]:
        """What S3 sees of its requests. CloudFront takes a visitor's Referer and User-Agent away."""
        sent = {name.lower(): value for name, value in self.headers.items()}
        account = self.cloud.identity.account
        seen: dict[str, str | None] = {
            **UNKNOWN_VISITOR,
            "aws:referer": sent.get("referer"),
            "aws:useragent": sent.get("user-agent", "Amazon CloudFront"),
            "aws:viaawsservice": "false",
            "aws:sourcearn": self.distribution if self.control else None,
            "aws:sourceaccount": account if self.control else None,
            "aws:securetransport": "true" if self.secure else "false",
        }
        if self.secure is None:
            del seen["aws:securetransport"]
        return seen

    def says(self, key: str, **other: str) -> Verdict:
        """What the policy says when CloudFront asks for a file; `other` is what would be otherwise."""
        resource = f"arn:{self.cloud.identity.partition}:s3:::{self.bucket.name}/{key}"
        context = {**self.context, **{f"aws:{name}": value for name, value in other.items()}}
        asked = Request("s3:GetObject", resource, self.caller, context)
        each = [read(self.policy or {}, replace(asked, context={**context, **way})) for way in FROM]
        if len({verdict.answer for verdict in each}) == 1:
            return each[0]
        about = tuple(statement for verdict in each for statement in verdict.statements)
        return Verdict(Answer.UNTOLD, about, ("from which of its addresses CloudFront asks",))

    @property
    def public(self) -> bool | None:
        """Whether everybody can read the files directly from S3; None if that cannot be told."""
        if self.policy is None:
            return None
        if self.block.restrict:
            return False
        resource = f"arn:{self.cloud.identity.partition}:s3:::{self.bucket.name}/{self.wanted[0]}"
        answer = read(self.policy, Request("s3:GetObject", resource, Caller(), UNKNOWN_VISITOR)).answer
        if answer is Answer.ALLOWED and "block" in self.unread:
            return None
        return {Answer.ALLOWED: True, Answer.UNTOLD: None}.get(answer, False)


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
        )  # fmt: skip
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
        )  # fmt: skip
    if not here.website:
        return broken(
            id, f"CloudFront does not sign its requests, and {here.bucket.name} is not public, so visitors get 403.",
            "neither an Origin Access Control nor an identity; GetBucketPolicy",
            "Add an Origin Access Control, and a statement for this distribution.",
        )  # fmt: skip
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
    )  # fmt: skip


def signed(here: Origin) -> Iterator[Finding]:
    """How CloudFront says who it is."""
    if here.identity and not here.control:
        yield Finding(
            f"access-control:{here.id}", Grade.CAUTION,
            f"CloudFront signs its requests as the Origin Access Identity {here.identity}: the way before Origin "
            "Access Control, kept for what there is. It cannot read files that are encrypted with a KMS key.",
            "S3OriginConfig", OLD_WAY,
        )  # fmt: skip


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
