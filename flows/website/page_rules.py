"""What must hold of a website's files: the key they are encrypted with, the start page, and the pages of folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from flows.aws import key_policies, kms_keys
from flows.aws.kms_keys import Whose
from flows.aws.s3_endpoints import website
from flows.engine import CloudError, Finding, Grade
from flows.engine.findings import broken, caution, likely, proved, unknown, waits
from flows.engine.flow import Mend
from flows.policies import Answer, Caller, Request, read

from . import repairs
from .behaviours import behaviours
from .rules import OLD_WAY, RATHER_THE_BUCKET
from .situation import SERVICE, Origin

ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
"""Classes from which S3 gives a file only once it was restored (Amazon S3 User Guide, "Storage classes", 2026-11)."""


def decrypts(here: Origin, keys: Mapping[str, bool]) -> Iterator[Finding]:
    """Whether CloudFront may use the KMS keys of the files; of each whether any file that is there has it.

    A key may be named by its ARN, by its id, or by an alias.
    """
    each: dict[str, bool] = {}
    for key, used in keys.items():
        arn = _arn(here, key)
        each[arn] = each.get(arn, False) or used
    for number, (key, used) in enumerate(each.items()):
        found = _with_key(here, key)
        if number:
            found = replace(found, id=f"{found.id}:default")
        if found.grade is Grade.REFUSED and not used:
            yield replace(
                found, grade=Grade.CAUTION, evidence=f"{found.evidence}; the start page is not encrypted with it"
            )
        else:
            yield found


def _arn(here: Origin, key: str) -> str:
    """A key's ARN; of an alias that it is of AWS or could not be read, as it stands."""
    home = f"arn:{here.cloud.identity.partition}:kms:{here.bucket.region}:{here.cloud.identity.account}"
    if key.startswith("arn:") and ":alias/" not in key:
        return key
    if "alias/" not in key:
        return f"{home}:key/{key}"
    if key.endswith("alias/aws/s3"):
        return key
    return kms_keys.look(here.cloud, key, here.bucket.region, named=False).arn or key


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
    seen, region = kms_keys.look(here.cloud, key, here.bucket.region, named=False), here.bucket.region
    if seen.whose is Whose.AMAZONS:
        return _of_amazon(id, name)
    if seen.state == kms_keys.GONE:
        return broken(id, f"The KMS key of the files of {name} is gone: nobody can read them.", key,
                      "Upload the files again, encrypted with a key that exists or with SSE-S3.")  # fmt: skip
    if bad := kms_keys.hindered(seen, region):
        what = f"Nobody can read the files of {name}, which are encrypted with a KMS key. {bad.sentence}"
        return broken(id, what, bad.evidence, bad.remedy)
    try:
        policy = key_policies.policy(here.cloud, seen, region)
    except CloudError as problem:
        return unknown(id, f"Whether CloudFront may use the KMS key {key} cannot be told.", str(problem))
    context = {name: here.context[name] for name in ("aws:sourcearn", "aws:sourceaccount")}
    answer = read(policy, Request("kms:Decrypt", seen.arn or key, Caller(service=SERVICE), context))
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
    mend = repairs.decrypt(here, seen.arn or key)
    return replace(found, grade=Grade.CAUTION) if here.planned else found.mended_by(mend)


def _of_amazon(id: str, bucket: str) -> Finding:
    return broken(
        id, f"The files of {bucket} are encrypted with the AWS managed key aws/s3. Its policy cannot be changed, so "
        "CloudFront cannot read them.", "GetBucketEncryption",
        "Encrypt the bucket with SSE-S3, or with a key of your own, and upload the files again.",
    )  # fmt: skip


# -- the pages -------------------------------------------------------------------------------------------------


def start_page(
    here: Origin,
    root: str,
    there: Mapping[str, Any] | None,
    rewritten: bool,
    keys: list[str] | None,
    *,
    new: bool = False,
) -> Iterator[Finding]:
    """Whether visitors of the bare address get a page.

    Args:
        here: where it is fetched.
        root: the distribution's default root object.
        there: what S3 says of the file of that name; None if there is none.
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
    elif there is None and new:
        yield waits(id, f"The start page {page} is not in {here.bucket.name} yet.", "HeadObject: 404", "Upload it.")
    elif there is None:
        yield broken(
            id, f"The start page {page} is not in {here.bucket.name}: visitors of the bare address get an error.",
            "HeadObject: 404", "Upload it, or name the file that is there.",
        ).mended_by(None if here.website else _index(here, keys))  # fmt: skip
    elif archive := _archived(there):
        yield broken(
            id, f"The start page {page} is archived ({archive}): S3 does not give it, and visitors get 403.",
            "HeadObject", "Restore it, or upload it again in a class that is read at once.",
        )  # fmt: skip
    elif (type_ := str(there.get("ContentType") or "")).endswith("/octet-stream"):
        yield caution(
            id, f"The start page {page} has the type {type_}: browsers download it instead of showing it.",
            "HeadObject", "Upload it again with the content type text/html.",
        )  # fmt: skip
    else:
        yield proved(id, f"The start page {page} is there.", "HeadObject")


def _index(here: Origin, keys: list[str] | None) -> Mend | None:
    """Start with the page that most sites start with, if it is there."""
    return repairs.start_with(here, "index.html") if f"{here.prefix}index.html" in (keys or []) else None


def _archived(page: Mapping[str, Any]) -> str:
    """The archive in which a file lies out of reach; empty if it does not."""
    kept = str(page.get("ArchiveStatus") or page.get("StorageClass") or "")
    there_again = 'ongoing-request="false"' in str(page.get("Restore"))
    return kept if not there_again and (kept in ARCHIVES or page.get("ArchiveStatus")) else ""


def error_page(here: Origin, config: Mapping[str, Any], there: Callable[[str], bool | None]) -> Iterator[Finding]:
    """Whether the pages are there that CloudFront gives in place of errors; `there` says so of a key, None is unknown.

    One that is missing is replaced by the error that it was for (CloudFront Developer Guide, "Generate custom error
    responses", 2026-11).
    """
    others = [str(each.get("PathPattern") or "") for each in behaviours(config)[1:]]
    pages: dict[str, str] = {}
    for each in (config.get("CustomErrorResponses") or {}).get("Items") or []:
        if path := str(each.get("ResponsePagePath") or ""):
            pages[path] = str(each.get("ResponseCode") or "")
    for path, code in pages.items():
        bare = path.lstrip("/")
        if any(fnmatchcase(bare, pattern.lstrip("/")) for pattern in others):
            continue  # it comes from elsewhere
        key, id = f"{here.prefix}{bare}", f"error-page:{here.id}:{path}"
        found = there(key)
        if found is None:
            sentence = f"Whether the error page {path} is there could not be read."
            yield unknown(id, sentence, "HeadObject", aside=code != "200")  # by 200 it is a page of the app
        elif not found and code == "200":
            yield broken(
                id, f"{path}, which addresses of the app are answered with, is not in {here.bucket.name}: visitors of "
                "them get an error.", "HeadObject: 404", f"Upload {key}, or name the page that is there.",
            )  # fmt: skip
        elif not found:
            yield caution(
                id, f"The error page {path} is not in {here.bucket.name}: visitors get S3's own words instead.",
                "HeadObject: 404", f"Upload {key}, or name the page that is there.",
            )  # fmt: skip


def errors(config: Mapping[str, Any], arn: str) -> Iterator[Finding]:
    """How missing files, and errors of the origin, are answered by the distribution of that ARN."""
    mapped = {each.get("ErrorCode"): each for each in (config.get("CustomErrorResponses") or {}).get("Items") or []}
    missing = {code: each for code, each in mapped.items() if code in (403, 404) and each.get("ResponsePagePath")}
    by = "CustomErrorResponses"
    if not missing:
        yield proved("errors", "Missing files are answered as S3 answers them.", by)
    elif len(missing) == 1:
        (only,) = missing
        yield likely(
            "errors", f"Only {only} is mapped to a page; S3 answers 403 or 404, depending on its policy.", by,
            f"Map {404 if only == 403 else 403} to the same page.",
        ).mended_by(_both(missing[only], arn))  # fmt: skip
    else:
        page, code = missing[404]["ResponsePagePath"], missing[404].get("ResponseCode") or "404"
        yield proved("errors", f"Missing files are answered with {page} and status {code}.", by)
    hidden = [code for code, each in mapped.items() if str(code).startswith("5") and each.get("ResponseCode") == "200"]
    if hidden:
        yield caution(
            "errors-hidden", f"Errors of the origin ({', '.join(map(str, hidden))}) are answered with a page and "
            "status 200: a site that is down looks like one that works.", by, "Give that page with a status of 5xx.",
        )  # fmt: skip


def _both(mapped: Mapping[str, Any], arn: str) -> Mend:
    """The other of the two codes by which S3 says that a file is missing gets the same page."""
    other = 404 if mapped["ErrorCode"] == 403 else 403
    sentence = f"Answer {other} with {mapped['ResponsePagePath']}, too"
    return repairs.answer(arn, {**mapped, "ErrorCode": other}, sentence)


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
