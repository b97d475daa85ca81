"""What must hold of a website's files: the key they are encrypted with, the start page, and the pages of folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from flows.aws.s3_endpoints import website
from flows.engine import Call, CloudError, Finding, Grade
from flows.engine.findings import broken, likely, proved, unknown, waits
from flows.engine.flow import Mend
from flows.engine.refusals import no_such_thing
from flows.policies import Answer, Caller, Request, read

from . import repairs
from .rules import OLD_WAY, RATHER_THE_BUCKET
from .situation import SERVICE, Origin


def decrypts(here: Origin, keys: Mapping[str, bool]) -> Iterator[Finding]:
    """Whether CloudFront may use the KMS keys of the files; of each whether any file that is there has it."""
    for key, used in keys.items():
        found = _with_key(here, key)
        if found.grade is Grade.REFUSED and not used:
            yield replace(
                found, grade=Grade.CAUTION, evidence=f"{found.evidence}; the start page is not encrypted with it"
            )
        else:
            yield found


def _with_key(here: Origin, key: str) -> Finding:
    id, name = f"kms-key:{here.id}", here.bucket.name
    if here.website:
        return broken(
            id, f"The files of {name} are encrypted with a KMS key. Such files cannot be served by a website endpoint.",
            key, RATHER_THE_BUCKET,
        )  # fmt: skip
    if not here.control:
        return broken(
            id, f"The files of {name} are encrypted with a KMS key, which CloudFront can use with an Origin Access "
            "Control alone. Visitors get 403.", key, OLD_WAY if here.identity else "Add an Origin Access Control.",
        ).mended_by(repairs.sign(here))  # fmt: skip
    if key.endswith("alias/aws/s3"):
        return _of_amazon(id, name)
    try:
        call = Call("kms.DescribeKey", {"KeyId": key}, here.bucket.region)
        about = here.cloud.make(call).get("KeyMetadata") or {}
        if about.get("KeyManager") == "AWS":
            return _of_amazon(id, name)
        if (state := about.get("KeyState", "Enabled")) != "Enabled":
            return broken(id, f"The KMS key of the files of {name} is {state}: nobody can read them.",
                          f"DescribeKey: {key}", "Switch the key on, or cancel its deletion.")  # fmt: skip
        call = Call("kms.GetKeyPolicy", {"KeyId": str(about.get("Arn") or key), "PolicyName": "default"},
                    here.bucket.region)  # fmt: skip
        policy = here.cloud.make(call).get("Policy") or "{}"
    except CloudError as problem:
        if no_such_thing(problem):
            return broken(id, f"The KMS key of the files of {name} is gone: nobody can read them.", key,
                          "Upload the files again, encrypted with a key that exists or with SSE-S3.")  # fmt: skip
        return unknown(id, f"Whether CloudFront may use the KMS key {key} cannot be told.", str(problem))
    context = {name: here.context[name] for name in ("aws:sourcearn", "aws:sourceaccount")}
    answer = read(policy, Request("kms:Decrypt", str(about.get("Arn") or key), Caller(service=SERVICE), context))
    if answer.answer is Answer.ALLOWED:
        return proved(id, f"CloudFront may decrypt with the key of {name}.", "GetKeyPolicy")
    if answer.answer is Answer.UNTOLD:
        why = f"GetKeyPolicy: it depends on {', '.join(answer.unknown)}"
        return unknown(id, f"Whether CloudFront may use the KMS key {key} cannot be told.", why)
    remedy = (
        "Allow kms:Decrypt for cloudfront.amazonaws.com in the key's policy, with the condition aws:SourceArn "
        f"{'of the distribution' if here.planned else here.distribution}."
    )
    found = broken(
        id, f"The files of {name} are encrypted with the KMS key {key}, whose policy does not let CloudFront decrypt: "
        f"visitors {'would ' if here.planned else ''}get 403.", "GetKeyPolicy", remedy,
    )  # fmt: skip
    # who has no distribution yet cannot have named it
    mend = repairs.decrypt(here, str(about.get("Arn") or key))
    return replace(found, grade=Grade.CAUTION) if here.planned else found.mended_by(mend)


def _of_amazon(id: str, bucket: str) -> Finding:
    return broken(
        id, f"The files of {bucket} are encrypted with the AWS managed key aws/s3. Its policy cannot be changed, so "
        "CloudFront cannot read them.", "GetBucketEncryption",
        "Encrypt the bucket with SSE-S3, or with a key of your own, and upload the files again.",
    )  # fmt: skip


# -- the pages -------------------------------------------------------------------------------------------------


def start_page(
    here: Origin, root: str, there: bool, rewritten: bool, keys: list[str] | None, *, new: bool = False
) -> Iterator[Finding]:
    """Whether visitors of the bare address get a page.

    Args:
        here: where it is fetched.
        root: the distribution's default root object.
        there: whether the bucket has a file of that name.
        rewritten: whether a function sees requests first, which may ask for another file.
        keys: the names of files beside it; None if they may not be listed.
        new: whether the distribution was just made, and waits for its files.
    """
    id, page = f"start-page:{here.id}", here.wanted[0]
    if root.startswith("/"):
        yield broken(
            id, f"The default root object is {root}. With the “/” CloudFront asks for /{root}, and visitors of the "
            "bare address get an error.", "DefaultRootObject", f"Write it without: {root.lstrip('/')}.",
        ).mended_by(repairs.start_with(here, root.lstrip("/")))  # fmt: skip
    elif not root and not here.website and rewritten:
        yield unknown(
            id, "No default root object is set; whether the function that sees requests first asks for a start page "
            "was not looked at.", "FunctionAssociations", "Set it to the start page, for example index.html.",
        )  # fmt: skip
    elif not root and not here.website:
        yield broken(
            id, "No default root object is set, so visitors of the bare address get 403.", "DefaultRootObject",
            "Set it to the start page, for example index.html.",
        ).mended_by(_index(here, keys))  # fmt: skip
    elif "start" in here.unread:
        yield unknown(id, f"Whether {page} is in {here.bucket.name} could not be read.",
                      f"HeadObject needs s3:GetObject: {here.unread['start']}")  # fmt: skip
    elif not there and new:
        yield waits(id, f"The start page {page} is not in {here.bucket.name} yet.", "HeadObject: 404", "Upload it.")
    elif not there:
        yield broken(
            id, f"The start page {page} is not in {here.bucket.name}: visitors of the bare address get an error.",
            "HeadObject: 404", "Upload it, or name the file that is there.",
        ).mended_by(None if here.website else _index(here, keys))  # fmt: skip
    else:
        yield proved(id, f"The start page {page} is there.", "HeadObject")


def _index(here: Origin, keys: list[str] | None) -> Mend | None:
    """Start with the page that most sites start with, if it is there."""
    prefix = str(here.source.get("OriginPath") or "").strip("/")
    index = f"{prefix}/index.html".lstrip("/")
    return repairs.start_with(here, "index.html") if index in (keys or []) else None


def folders(here: Origin, start: str, keys: list[str] | None, rewritten: bool) -> Iterator[Finding]:
    """Whether folders have pages of their own that a bucket does not show: it knows no index pages, and CloudFront's
    default root object is for the bare address alone (CloudFront Developer Guide, "Specify a default root object",
    2026-11)."""
    if here.website:
        return
    id, name = f"folders:{here.id}", here.bucket.name
    index = start.rpartition("/")[2] or "index.html"
    root = f"{here.wanted[0].rpartition('/')[0]}/".lstrip("/")
    pages = [key for key in keys or [] if key.endswith(f"/{index}") and key != f"{root}{index}"]
    redirects = here.hosted is not None and here.hosted.redirects
    if not pages and not redirects:
        return
    if rewritten:
        yield likely(
            id, f"Folders of {name} have pages of their own, such as {pages[0] if pages else index}. A function sees "
            "requests first; what it does with the addresses of folders was not looked at.", "FunctionAssociations",
        )  # fmt: skip
        return
    site = website(here.bucket.name, here.bucket.region)
    hosted = "" if here.hosted is None else ", although website hosting is on in it"
    what = (
        "The redirects of its website do not work" if redirects
        else f"The address of a folder gets 403: /{pages[0].removeprefix(root).removesuffix(index)} does not show "
        f"{pages[0]}"
    )  # fmt: skip
    yield Finding(
        id, Grade.CAUTION if here.hosted is None or here.planned else Grade.REFUSED,
        f"The origin is the bucket {name} itself{hosted}, which knows no index pages of folders. {what}.",
        "redirect rules" if redirects else f"ListObjectsV2: {pages[0]}",
        f"Make the website endpoint the origin ({site}), or add a CloudFront Function for viewer requests that puts "
        f"{index} behind every address that ends with “/”.",
    )  # fmt: skip
