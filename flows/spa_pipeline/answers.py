"""What an answer about a delivered page must be, and what is worth saying about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flows.aws import bucket_creation, buckets, codecommit, codeconnections, codepipeline
from flows.engine import Caution, Cloud, Danger, Grade, Option, Refused

from . import build, rules

CODECOMMIT, CONNECTION, S3 = "codecommit", "connection", "s3"
INLINE, FILE = "inline", "file"
OWNER_AND_NAME = re.compile(
    r"(?!(?:github|gitlab|bitbucket)\.(?:com|org)/)[A-Za-z0-9._-]+(/[A-Za-z0-9._ -]+)+(?<!\.git)"
)
ADDRESS = re.compile(
    r"(?:\w+://)?(?:[\w.-]+@)?[\w-]+(?:\.[\w-]+)+(?::\d+)?[/:](?P<path>[^?#]+?)(?:\.git)?/*(?:[?#].*)?", re.ASCII
)
"""A repository as browsers and `git remote` show it."""
INSIDE = re.compile(r"(?:/-)?/(?:tree|blob|src|commits?)/.*")
"""What an address names inside of one."""
CODECOMMIT_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}(?<!\.git)")


# -- the name and the build ------------------------------------------------------------------------------------


def project_name(text: str) -> str:
    if not codepipeline.NAME.fullmatch(text):
        raise Refused(
            f"“{text}” cannot be the name.",
            remedy="Give 3 to 26 small letters, digits and hyphens, starting with a letter, not ending with a hyphen.",
        )
    return text


def folder(text: str) -> str:
    if not re.fullmatch(r"[\w@.-]+(/[\w@.-]+)*/?", text, re.ASCII) or ".." in text.split("/") or text.strip("./") == "":
        raise Refused(
            f"“{text}” cannot be the folder.",
            remedy="Give a folder inside the project, for example dist: relative, without “..” and a leading “/”.",
            suggestion=text.strip("/") if re.fullmatch(r"/+[\w@-][\w@.-]*/*", text, re.ASCII) else "",
        )
    return text.rstrip("/").removeprefix("./")


def command(text: str) -> str:
    if not text or "\n" in text:
        raise Refused("There must be one command, on one line.", remedy="For example: npm run build.")
    return text


def node(version: str, flow: Any) -> Iterator[Caution]:
    if version == "20":
        yield Caution("old-node", "Node.js 20 no longer gets security fixes and exists only in the older build images.")


def distribution(text: str) -> str:
    if text and not re.fullmatch(r"E[A-Z0-9]{6,20}", text):
        raise Refused(f"“{text}” is no distribution's id.", remedy="It looks like E1A2B3C4D5E6F7. Empty is none.")
    return text


# -- the source ------------------------------------------------------------------------------------------------


def source_here(source: str, flow: Any) -> None:
    """Whether that kind of source exists in the region. Raises Refused."""
    region = flow.cloud.identity.region
    if source == "connection" and region in codeconnections.NOT_IN:
        raise Refused(f"Connections do not exist in {region}.", remedy="Use CodeCommit or S3, or another region.")
    if source == CONNECTION and (problem := codeconnections.unanswered(flow.cloud)):
        raise Refused(
            f"Connections to GitHub, GitLab and Bitbucket do not work here: {problem}",
            remedy="Choose CodeCommit or a zip file in S3; all that comes after the source is the same.",
        )


def repository(text: str, flow: Any) -> Iterator[Caution]:
    """Whether it can be read from there. Raises Refused."""
    if flow.source == "connection":
        if not OWNER_AND_NAME.fullmatch(text):
            raise Refused(
                f"“{text}” is no repository there.",
                remedy="Write owner/name, for example octo-org/website. Capital letters matter.",
                suggestion=better if OWNER_AND_NAME.fullmatch(better := _of_address(text)) else "",
            )
    elif flow.source == "s3":
        yield from _zip(flow.cloud, *zip_file(text))
    else:
        if not CODECOMMIT_NAME.fullmatch(text):
            raise Refused(
                f"“{text}” cannot be a repository's name.",
                remedy="Letters, digits, dot, hyphen, underscore; at most 100; not ending in .git.",
                suggestion=better if CODECOMMIT_NAME.fullmatch(better := _of_address(text).rpartition("/")[2]) else "",
            )
        if codecommit.standing(flow.cloud, text) is None:
            yield Caution(
                "repository-new",
                f"There is no repository {text} yet. It is created empty, and the first run finds nothing until you "
                "push.",
            )


def _of_address(text: str) -> str:
    """What a repository is called that was pasted as an address."""
    found = ADDRESS.fullmatch(text)
    return INSIDE.sub("", found["path"]) if found else text.removesuffix(".git")


def repositories(flow: Any) -> Iterator[Option[str]]:
    """Those that CodeCommit has; what a connection or a bucket has is not told by AWS."""
    if flow.source == CODECOMMIT:
        yield from codecommit.repositories(flow.cloud)


def branches(flow: Any) -> Iterator[Option[str]]:
    if flow.source == CODECOMMIT:
        for each in codecommit.branches(flow.cloud, flow.repository) or []:
            yield Option(each, each, each)


def branch(text: str) -> str:
    if not text or re.search(r"[\s~^:?*\[\\]|\.\.|^[/-]|[/.]$", text):
        raise Refused(f"“{text}” cannot be a branch.", remedy="A branch has no spaces, for example main.")
    return text


def zip_file(text: str) -> tuple[str, str]:
    """Bucket and key of the zip: bucket/key, with or without s3:// in front. Raises Refused."""
    bucket, _, key = text.removeprefix("s3://").partition("/")
    if not bucket or key.endswith("/"):
        raise Refused(
            f"“{text}” names no file in a bucket.", remedy="Write bucket/file.zip, for example my-code/app.zip."
        )
    return bucket, key or "source.zip"


def branch_there(text: str, flow: Any) -> Iterator[Caution]:
    """Whether the repository has it, where that can be told. Raises Refused."""
    if flow.source == CODECOMMIT:
        for found in rules.branch_exists(flow.cloud, flow.repository, text, planned=True):
            if found.grade is Grade.REFUSED:
                raise Refused(found.sentence, remedy=found.remedy)
            if found.grade is Grade.WAITING:
                yield Caution("repository-empty", f"{found.sentence} {found.remedy}")


def _zip(cloud: Cloud, bucket: str, key: str) -> Iterator[Caution]:
    for found in rules.zip_file(cloud, bucket, key):
        if found.grade is Grade.REFUSED:
            raise Refused(found.sentence, remedy=found.remedy)
        if found.grade is Grade.WAITING:
            yield Caution("zip-missing", f"{found.sentence} So the first run finds nothing until you upload it.")


def connection(one: codeconnections.Connection | str, flow: Any) -> Iterator[Caution]:
    page = codeconnections.handshake(flow.cloud.identity.region)
    if isinstance(one, str):
        yield Caution(
            "connection-new",
            f"The new connection waits for you in the browser afterwards: open {page}, choose “Update pending "
            "connection” and allow access. In an organization an owner must do it.",
        )
        return
    found = rules.connection_works(flow.cloud, one.arn)
    if found.grade is Grade.REFUSED:
        raise Refused(found.sentence, remedy=found.remedy)
    if found.grade is Grade.WAITING:
        yield Caution("connection-pending", f"{found.sentence} {found.remedy}")


# -- the site --------------------------------------------------------------------------------------------------


def buckets_there(flow: Any) -> Iterator[Option[str]]:
    for option in buckets.buckets(flow.cloud):
        yield Option(option.key, option.key, option.label, option.hint)


def site_bucket(name: str, flow: Any) -> Iterator[Caution]:
    """Whether the page can be published there. Raises Refused."""
    there = bucket_creation.standing(flow.cloud, name)
    if there is None:
        bucket_creation.name(name)
        return
    if name == build.artifacts(flow).name or (flow.source == "s3" and name == zip_file(flow.repository)[0]):
        raise Refused(f"{name} holds what the page is made of.", remedy="Give the page a bucket of its own.")
    if there.region != flow.cloud.identity.region:
        yield Caution("bucket-elsewhere", f"The bucket {name} is in {there.region}; each delivery crosses regions.")
    files = buckets.keys(flow.cloud, there)
    if files is None or files:
        count = "an unknown number of" if files is None else f"{len(files)}" + ("+" if len(files) >= 1000 else "")
        yield Caution(
            "files-replaced",
            f"The bucket {name} holds {count} files. Each delivery makes it equal to the build: files that are not in "
            "the build are DELETED, and undo does not bring them back.",
            confirm=True,
            danger=Danger.DELETES,
        )


def usual_public(flow: Any) -> str:
    """Public unless the account forbids it: then CloudFront is the way."""
    account = buckets.account_block(flow.cloud, flow.cloud.identity.region)
    return "no" if account and account.in_the_way else "yes"


def public(yes: bool, flow: Any) -> Iterator[Caution]:
    """Whether everybody may read it. Raises Refused."""
    if not yes:
        yield Caution(
            "not-public",
            "Nobody can read the page until CloudFront is put in front of the bucket: handrail run website",
        )
        return
    account = buckets.account_block(flow.cloud, flow.cloud.identity.region)
    if account and account.in_the_way:
        raise Refused(
            "This account forbids public buckets, so an S3 website cannot work.",
            remedy="Answer public with no, and put CloudFront in front of it: handrail run website.",
        )
    yield Caution(
        "public-http",
        f"Everybody will be able to read all files of {flow.site_bucket}. Without https browsers show “Not secure”, "
        "and log-ins, camera, location and service workers do not work.",
        confirm=True,
        switch="no",
        danger=Danger.OPENS,
    )
