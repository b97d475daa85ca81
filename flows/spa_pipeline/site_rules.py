"""What must hold for a page to be published into its bucket, and for visitors to see it there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import bucket_creation, buckets, s3_acls
from flows.aws.buckets import Bucket, Hosting
from flows.aws.role_permissions import Role
from flows.engine import Call, CloudError, Finding, Refused
from flows.engine.findings import broken, caution, likely, proved, unknown
from flows.engine.refusals import no_such_thing
from flows.policies import Answer, Caller, Policy, Request, read

from .rules import allowed, encryption, key, open_questions
from .situation import Site, Situation

VISITOR: Mapping[str, str | None] = {
    "aws:securetransport": "false", "aws:referer": None, "aws:sourcearn": None, "aws:sourceaccount": None,
    "aws:sourcevpce": None, "aws:sourcevpc": None, "aws:principalorgid": None, "aws:principalaccount": None,
}  # fmt: skip
"""What S3 sees of somebody who asks its website: plain HTTP, and nobody who has signed in."""
IN_FRONT = "Answer public with no, and put CloudFront in front of it: handrail run website."


def site(here: Situation) -> Iterator[Finding]:
    """Whether it is known where the page goes, and the bucket is there."""
    if not here.sites:
        yield unknown(
            "site", "Into which bucket the page goes is not told by the pipeline or its build project.",
            "no SITE_BUCKET in the build, and no step that deploys to S3",
            "Look in buildspec.yml.",
        )  # fmt: skip
    for one in here.sites:
        if one.made:
            continue
        there = _there(here, one)
        if isinstance(there, Finding):
            yield there
        elif one.packed:
            yield caution(
                f"site:{one.bucket}",
                f"The build is copied into {one.bucket} as {one.packed}, unopened: visitors get no page of it.",
                "GetPipeline: Extract is not true",
                "If that is to be the page, let the step extract it: Extract: true.",
            )  # fmt: skip
        else:
            yield proved(f"site:{one.bucket}", f"The page goes into the bucket {one.bucket}.", "HeadBucket")


def publishes(here: Situation) -> Iterator[Finding]:
    """Whether the build may write there, by its role's policies and the bucket's."""
    for one in here.sites:
        there = _there(here, one)
        if isinstance(there, Finding) or not isinstance(one.worker.role, Role):
            continue
        id, arn = f"publishes:{one.bucket}", f"arn:{here.cloud.identity.partition}:s3:::{one.bucket}"
        try:
            also: Policy = {} if one.made else buckets.policy(here.cloud, there)
        except CloudError as problem:
            sentence = f"Whether {one.worker.name} may write into {one.bucket} was not checked."
            yield unknown(id, sentence, problem.what)
            continue
        asked = {
            each: one.worker.role.may(each, arn if each == "s3:ListBucket" else f"{arn}/{one.folder}index.html", also)
            for each in one.writes
        }
        files, named = f"{arn}/{one.folder}*", {"s3:ListBucket": arn}
        yield from allowed(id, one.worker, f"publish into {one.bucket}", asked, files, named)
        if one.acl and s3_acls.refused(here.cloud, there):
            yield broken(
                f"{id}:acl", f"Each file is to get the access list {one.acl} (CannedACL), and {one.bucket} takes "
                "none: every delivery is refused.", "GetBucketOwnershipControls: BucketOwnerEnforced",
                f"Take CannedACL out of the step, and let the bucket's policy say who reads. {IN_FRONT}",
            )  # fmt: skip


def site_key(here: Situation) -> Iterator[Finding]:
    """Whether the bucket encrypts with a key: to write there asks for it, and no website of S3 serves such a file (AWS
    Knowledge Center, "403 Access Denied errors from an Amazon S3 website endpoint", 2026-11)."""
    for one in here.sites:
        there = _there(here, one)
        if one.made or isinstance(there, Finding):
            continue
        used = encryption(here.cloud, there)
        if isinstance(used, Finding):
            yield used
        elif used and _for_everybody(here, one, there):
            yield broken(
                f"site-key:{one.bucket}",
                f"The bucket {one.bucket} encrypts its files with {used}, and an S3 website cannot serve such files.",
                "GetBucketEncryption",
                f"Let the bucket encrypt with S3's own keys (SSE-S3). Or: {IN_FRONT}",
            )  # fmt: skip
        elif used:
            actions = ("kms:GenerateDataKey", "kms:Decrypt")
            yield from key(here.cloud, f"site-key:{one.bucket}", one.worker, there, used, actions)


def visitors(here: Situation) -> Iterator[Finding]:
    """Whether somebody may read the page: everybody by S3's website, or whom the bucket's policy names."""
    for one in here.sites:
        there = _there(here, one)
        if one.made or one.packed or isinstance(there, Finding) or (here.planned and not one.public):
            continue
        try:
            yield from _visitors(here, one, there)
        except CloudError as problem:
            sentence = f"Whether anybody may read the page in {one.bucket} was not checked."
            yield unknown(f"visitors:{one.bucket}", sentence, problem.what)


def _visitors(here: Situation, one: Site, there: Bucket) -> Iterator[Finding]:
    id, seen = f"visitors:{one.bucket}", "GetBucketWebsite, GetBucketPolicy"
    hosted = buckets.hosting(here.cloud, there)
    policy = buckets.policy(here.cloud, there)
    policy = {"Version": "2012-10-17", **policy, "Statement": [*policy["Statement"], *one.ours]}
    if hosted and hosted.leads:
        remedy = "Take the redirect out of the bucket's website settings, or use another bucket."
        yield broken(id, f"The website of {one.bucket} sends everybody to {hosted.leads}.", seen, remedy)
        return
    if hosted and hosted.index != "index.html":
        remedy = "Name index.html as the index document in the bucket's website settings."
        sentence = f"The start page of the website of {one.bucket} is {hosted.index}, not index.html."
        yield caution(f"start-page:{one.bucket}", sentence, "GetBucketWebsite", remedy)
    verdict = read(policy, _visit(here, one))
    if verdict:
        yield from _not_blocked(here, one, there, hosted)
    elif verdict.answer is Answer.UNTOLD:
        yield unknown(id, f"Whether everybody may read {one.bucket} cannot be told.", open_questions(verdict))
    elif verdict.answer is Answer.FORBIDDEN and (one.public or hosted):
        plain = "aws:securetransport" in json.dumps(verdict.statements, default=str).lower()
        why = "the bucket's policy refuses plain HTTP, and an S3 website speaks nothing else" if plain else (
            f"{buckets.called(next(iter(verdict.statements), {}))} of the bucket's policy denies it"
        )  # fmt: skip
        others = [each for each in policy["Statement"] if each.get("Effect") == "Allow" and not buckets.everybody(each)]
        if others and not one.public:
            yield _by_name(one)
        else:
            yield broken(id, f"Nobody can read the page at the website of {one.bucket}: {why}.", seen, IN_FRONT)
    elif hosted and _part_alone(policy):
        yield broken(
            id, f"Nobody can read the page at the website of {one.bucket}: its policy lets everybody do something "
            "else, but not read index.html.", seen,
            f"Let the policy allow s3:GetObject on arn:{here.cloud.identity.partition}:s3:::{one.bucket}/*.",
        )  # fmt: skip
    elif any(each.get("Effect") == "Allow" for each in policy["Statement"]):
        yield _by_name(one)
    elif hosted and s3_acls.opens(here.cloud, there, f"{one.folder}index.html"):
        yield likely(
            id, f"Everybody may read index.html in {one.bucket} by its own access list (ACL), which each delivery must "
            "give it anew.", "GetObjectAcl", "A policy of the bucket counts for all files.",
        )  # fmt: skip
    else:
        yield caution(
            id, f"Nobody outside this account may read the page in {one.bucket}.", seen,
            "Put CloudFront in front of the bucket: handrail run website",
        )  # fmt: skip


def _part_alone(policy: Mapping[str, Any]) -> bool:
    """Whether all that a policy allows is allowed to everybody without a condition, so that it means files."""
    lets = [each for each in policy["Statement"] if each.get("Effect") == "Allow"]
    return bool(lets) and all(buckets.everybody(each) and not each.get("Condition") for each in lets)


def _by_name(one: Site) -> Finding:
    return likely(
        f"visitors:{one.bucket}", f"Only those whom the policy of {one.bucket} names may read the page.",
        "GetBucketPolicy", "Whether they get it: handrail check website",
    )  # fmt: skip


def _not_blocked(here: Situation, one: Site, there: Bucket, hosted: Hosting | None) -> Iterator[Finding]:
    id, region = f"visitors:{one.bucket}", here.cloud.identity.region
    block = buckets.block(here.cloud, there)
    whole = buckets.account_block(here.cloud, region)
    if whole is None:
        sentence = "Whether the account blocks public buckets was not checked."
        yield unknown(id, sentence, "GetPublicAccessBlock of the account")
    elif whole.restrict or (block.restrict and not one.public):
        who = "The account" if whole.restrict else f"The bucket {one.bucket}"
        sentence = f"{who} blocks public access, so nobody can read the page."
        yield broken(id, sentence, "GetPublicAccessBlock", f"Let a public policy count there. Or: {IN_FRONT}")
    elif hosted or one.public:
        yield proved(id, f"Everybody may read the page in {one.bucket}.", "GetBucketPolicy, GetPublicAccessBlock")
    else:
        yield caution(
            id, f"Everybody may read the files of {one.bucket}, but it is no website: there is no start page.",
            "GetBucketWebsite", f"Switch website hosting on. Or: {IN_FRONT}",
        )  # fmt: skip


def distribution(here: Situation) -> Iterator[Finding]:
    """Whether the distribution that fetches the page again is there, and fetches it from that bucket."""
    for one in here.sites:
        if not one.distribution:
            continue
        id = f"distribution:{one.distribution}"
        try:
            told = here.cloud.make(Call("cloudfront.GetDistribution", {"Id": one.distribution}))
        except CloudError as problem:
            if no_such_thing(problem):
                sentence = f"There is no distribution {one.distribution} in this account, so each delivery would fail."
                yield broken(id, sentence, "GetDistribution", "Name another, or none.")
            else:
                yield unknown(id, f"The distribution {one.distribution} was not looked at.", problem.what)
            continue
        about = told.get("Distribution") or {}
        yield _in_front(one, id, about.get("DistributionConfig") or {})
        if isinstance(one.worker.role, Role):
            who, action = here.cloud.identity, "cloudfront:CreateInvalidation"
            own = f"arn:{who.partition}:cloudfront::{who.account}:distribution/{one.distribution}"
            arn = str(about.get("ARN") or own)
            yield from allowed(
                f"invalidates:{one.distribution}", one.worker, f"let {one.distribution} fetch the page again",
                {action: one.worker.role.may(action, arn)}, arn,
            )  # fmt: skip


def _in_front(one: Site, id: str, config: Mapping[str, Any]) -> Finding:
    origins = [str(each.get("DomainName") or "") for each in (config.get("Origins") or {}).get("Items") or []]
    if not any(each.startswith((f"{one.bucket}.s3.", f"{one.bucket}.s3-")) for each in origins):
        return caution(
            id, f"The distribution {one.distribution} gets nothing from {one.bucket}, but from "
            f"{', '.join(origins) or 'nowhere'}.",
            "GetDistribution", "Name the one that is in front of that bucket, or none.",
        )  # fmt: skip
    if config.get("Enabled") is False:
        return caution(id, f"The distribution {one.distribution} is switched off.", "GetDistribution", "Switch it on.")
    return proved(id, f"The distribution {one.distribution} gets its files from {one.bucket}.", "GetDistribution")


# -- what several need -----------------------------------------------------------------------------------------


def _there(here: Situation, one: Site) -> Bucket | Finding:
    """The bucket, or what is said of one that is not there; one that the plan makes counts as there."""
    id = f"site:{one.bucket}"
    if one.made:
        return Bucket(one.bucket, here.cloud.identity.region)
    try:
        found = bucket_creation.standing(here.cloud, one.bucket)
    except (CloudError, Refused) as problem:
        return unknown(id, f"The bucket {one.bucket}, into which the page goes, was not looked at.", problem.what)
    if found is None:
        sentence = f"There is no bucket {one.bucket}, into which the page should go."
        return broken(id, sentence, "HeadBucket", "Make it again, or publish into another.")
    return found


def _for_everybody(here: Situation, one: Site, there: Bucket) -> bool:
    """Whether S3's website is how visitors get the page."""
    if one.public is not None:
        return one.public
    try:
        return bool(buckets.hosting(here.cloud, there) and read(buckets.policy(here.cloud, there), _visit(here, one)))
    except CloudError:
        return False


def _visit(here: Situation, one: Site) -> Request:
    page = f"arn:{here.cloud.identity.partition}:s3:::{one.bucket}/{one.folder}index.html"
    return Request("s3:GetObject", page, Caller(), VISITOR)
