"""What must hold for a page to get from its source into its bucket, whether it is looked at beforehand or long after.

Each rule is about one truth of AWS and knows three answers. What a role may do is read from its policies and those of
what it works on; of a role that the plan makes, from the policies that it will have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flows.aws import (
    artifact_stores,
    bucket_creation,
    buckets,
    codecommit,
    codeconnections,
    kms_keys,
    pipeline_sources,
    role_permissions,
)
from flows.aws.buckets import Bucket
from flows.aws.kms_keys import Whose
from flows.aws.role_permissions import Role
from flows.engine import Cloud, CloudError, Finding, Grade, Refused, shell
from flows.engine.findings import broken, likely, proved, unknown, waits
from flows.engine.refusals import no_such_thing
from flows.policies import Answer, Policy, Verdict

from . import repairs
from .situation import CODECOMMIT, CONNECTION, S3, Situation, Source, Worker

READING: Mapping[str, tuple[str, ...]] = {
    S3: ("s3:GetObject", "s3:GetObjectVersion"),
    CODECOMMIT: (
        "codecommit:GetBranch", "codecommit:GetCommit", "codecommit:UploadArchive", "codecommit:GetUploadArchiveStatus",
    ),
}  # fmt: skip
"""What a source step needs (CodePipeline User Guide, "Amazon S3 source action reference" and "CodeCommit source action
reference", 2026-11)."""
USE = ("codeconnections:UseConnection", "codestar-connections:UseConnection")
"""A connection's permission, under the name of today and the former one (Developer Tools console User Guide,
"Connections rename", 2026-11)."""
BEST = (Answer.ALLOWED, Answer.UNTOLD, Answer.FORBIDDEN, Answer.NOT_ALLOWED, Answer.TO_ACCOUNT)
"""Of what is said to it under several names the first counts: a policy uses one, and says nothing to the others."""
NOT_CHECKED_KEY = "A key of the account's own asks for kms:Decrypt to read, and for kms:GenerateDataKey to write."


# -- the source ------------------------------------------------------------------------------------------------


def connection(here: Situation) -> Iterator[Finding]:
    """Whether the connection to the Git provider works. A person finishes a new one, in the browser."""
    for source in _of(here, CONNECTION):
        if arn := str(source.settings.get("ConnectionArn") or ""):
            yield connection_works(here.cloud, arn)


def connection_works(cloud: Cloud, arn: str) -> Finding:
    """How a connection is, by its ARN."""
    page, seen = codeconnections.handshake(cloud.identity.region), "GetConnection"
    try:
        status = codeconnections.status(cloud, arn)
    except CloudError as problem:
        if no_such_thing(problem):
            remedy = "Make a new one, and give it to the pipeline."
            return broken("connection", f"The connection {arn} does not exist any more.", seen, remedy)
        return unknown("connection", f"How the connection {arn} is was not checked.", problem.what)
    if status == codeconnections.AVAILABLE:
        return proved("connection", "The connection works.", f"{seen}: {status}")
    if status == "PENDING":
        return waits(
            "connection", "The connection waits for your confirmation in the browser.", f"{seen}: {status}",
            f"Open {page}, choose the connection, “Update pending connection”, and allow access.",
        )  # fmt: skip
    told = status or "in a state that is not told"
    remedy = f"Open {page}, and look at the app of the connection at the Git provider; or make a new connection."
    return broken("connection", f"The connection is {told}, so nothing is fetched by it.", seen, remedy)


def branch(here: Situation) -> Iterator[Finding]:
    """Whether the repository has the branch. Of those at other providers AWS tells nothing beforehand."""
    for source in _of(here, CODECOMMIT):
        repository, wanted = (str(source.settings.get(key) or "") for key in ("RepositoryName", "BranchName"))
        if source.account:
            sentence = f"Which branches {repository} has was not checked."
            yield unknown("branch", sentence, f"It belongs to the account {source.account}.")
        else:
            yield from branch_exists(here.cloud, repository, wanted, planned=here.planned)
    for source in _of(here, CONNECTION) if here.planned else ():
        yield unknown(
            "branch", f"Whether {source.settings.get('FullRepositoryId')} has the branch "
            f"{source.settings.get('BranchName')} was not checked.", "a connection does not tell its branches",
            "The names must be right to the letter.", aside=True,
        )  # fmt: skip


def branch_exists(cloud: Cloud, repository: str, wanted: str, *, planned: bool) -> Iterator[Finding]:
    """Whether a CodeCommit repository has a branch; `planned`: one that does not exist is made."""
    try:
        have = codecommit.branches(cloud, repository)
    except CloudError as problem:
        yield unknown("branch", f"Which branches {repository} has was not checked.", problem.what)
        return
    if have is None and not planned:
        remedy = "Make it again, or let the pipeline read another."
        yield broken("branch", f"There is no repository {repository}.", "ListBranches", remedy)
    elif have and wanted not in have:
        shown = ", ".join(have[:5]) + (" …" if len(have) > 5 else "")
        remedy = f"Choose one that is there, or push {wanted} first."
        yield broken("branch", f"{repository} has no branch {wanted}; it has {shown}.", "ListBranches", remedy)
    elif have:
        yield proved("branch", f"{repository} has the branch {wanted}.", "ListBranches")
    elif have is not None:
        yield waits("branch", f"{repository} is empty.", "ListBranches", "Push a first commit.")


def file(here: Situation) -> Iterator[Finding]:
    """Whether the zip is there, in a bucket that keeps versions, without which CodePipeline cannot read it."""
    for source in _of(here, S3):
        name, key = _file(source)
        try:
            yield from zip_file(here.cloud, name, key, here.pipeline)
        except Refused as problem:  # of another account, which may be meant
            yield unknown(f"file:{name}", f"The bucket {name} was not looked at.", problem.what)
        except CloudError as problem:
            yield unknown(f"file:{name}", f"Whether {key} is in {name} was not checked.", problem.what)


def zip_file(cloud: Cloud, bucket: str, key: str, pipeline: str = "") -> Iterator[Finding]:
    """How a zip in a bucket is, for that pipeline. Raises Refused if the bucket is somebody else's, and CloudError."""
    id, region = f"file:{bucket}", cloud.identity.region
    there = bucket_creation.standing(cloud, bucket)
    if there is None:
        remedy = f"Make it first: {shell.aws('s3', 'mb', f's3://{bucket}')}"
        yield broken(id, f"There is no bucket {bucket}.", "HeadBucket", remedy)
    elif there.region != region:
        sentence = f"The bucket {bucket} is in {there.region}, the pipeline in {region}."
        yield broken(id, sentence, "HeadBucket", "Both must be in one region.")
    elif pipeline_sources.versioning(cloud, bucket) != "Enabled":
        sentence = f"The bucket {bucket} keeps no versions, which CodePipeline needs of a source."
        on = pipeline_sources.keep_versions(bucket, cloud.identity.account)
        found = broken(id, sentence, "GetBucketVersioning", f"Switch it on: {on}")
        yield found.mended_by(repairs.keep_versions(pipeline, bucket))
    elif pipeline_sources.size(cloud, bucket, key) is None:
        yield waits(id, f"{key} is not in {bucket} yet.", "HeadObject", "Upload it.")
    elif archive := pipeline_sources.archived(cloud, bucket, key):
        sentence = f"{key} in {bucket} is in the archive ({archive}), from which CodePipeline cannot read it."
        yield broken(id, sentence, "HeadObject", pipeline_sources.out_of_the_archive(bucket, key))
    else:
        yield proved(id, f"{key} is in {bucket}, which keeps versions.", "HeadObject, GetBucketVersioning")


def reads(here: Situation) -> Iterator[Finding]:
    """Whether the role of the source step may read the source."""
    for source in here.sources:
        one = source.worker.role
        if not isinstance(one, Role):
            continue
        settings, who, named = source.settings, here.cloud.identity, dict[str, str]()
        if source.provider == S3:
            name, key = _file(source)
            arn = f"arn:{who.partition}:s3:::{name}"
            what, on = f"{key} in {name}", f"{arn}/{key}"
            try:
                also: Policy = buckets.policy(here.cloud, Bucket(name, who.region))
            except CloudError as problem:
                yield unknown("reads", f"Whether {source.worker.name} may read {what} was not checked.", problem.what)
                continue
            asked = {each: one.may(each, on, also) for each in READING[S3]}
            asked["s3:GetBucketVersioning"] = one.may("s3:GetBucketVersioning", arn, also)
            named = {"s3:GetBucketVersioning": arn}
        elif source.provider == CODECOMMIT:
            what = str(settings.get("RepositoryName") or "")
            on = f"arn:{who.partition}:codecommit:{who.region}:{who.account}:{what}"
            asked = {each: one.may(each, on) for each in READING[CODECOMMIT]}
        elif source.provider == CONNECTION and isinstance(settings.get("ConnectionArn"), str):
            what, on = "by the connection", settings["ConnectionArn"]
            asked = {USE[0]: uses_connection(one, settings)}
        else:
            continue
        yield from allowed("reads", source.worker, f"read {what}", asked, on, named)


def uses_connection(one: Role, settings: Mapping[str, Any]) -> Verdict:
    """Whether a role may use the connection of a source, under either of its names."""
    on = str(settings["ConnectionArn"])
    both = (on, on.replace(":codestar-connections:", ":codeconnections:"))
    names = (action.partition(":")[0] for action in USE)
    known = {f"{each}_FullRepositoryId": str(settings.get("FullRepositoryId") or "") for each in names}
    each = [one.may(action, arn, **known) for action in USE for arn in both]
    return min(each, key=lambda found: BEST.index(found.answer))


def source_key(here: Situation) -> Iterator[Finding]:
    """Whether the role of the source step may decrypt the zip, where a key of the account's own encrypts it.

    That is the file's own key; the one that its bucket gives to new files is for the next upload.
    """
    for source in _of(here, S3):
        name, zipped = _file(source)
        id, holds = f"source-key:{name}", Bucket(name, here.cloud.identity.region)
        try:
            own = pipeline_sources.encrypted_with(here.cloud, name, zipped)
        except CloudError:
            own = None
        if own:
            yield from key(here.cloud, id, source.worker, holds, own, ("kms:Decrypt",))
        used = encryption(here.cloud, holds)
        if isinstance(used, Finding):
            yield replace(used, aside=own is not None)
        elif used and own is None:
            yield from key(here.cloud, id, source.worker, holds, used, ("kms:Decrypt",))
        elif used and not (own and own in (used, kms_keys.look(here.cloud, used, holds.region, named=False).arn)):
            for each in key(here.cloud, f"{id}:next", source.worker, holds, used, ("kms:Decrypt",)):
                grade = Grade.CAUTION if each.grade is Grade.REFUSED else each.grade
                yield replace(each, grade=grade, sentence=f"At the next upload: {each.sentence}", aside=True)


# -- the roles, the build, and what the stages hand on ---------------------------------------------------------


def roles(here: Situation) -> Iterator[Finding]:
    """Whether each role exists, and who works with it may take it on."""
    for each in () if here.planned else here.workers():
        if not each.name:
            continue
        id = f"role:{each.name}"
        if isinstance(each.role, CloudError):
            yield unknown(id, f"The role {each.name} could not be read.", each.role.what)
        elif each.role is None:
            remedy = "Give what works with it another role, or make it again with the same policies."
            yield broken(id, f"The role {each.name} does not exist.", "GetRole: NoSuchEntity", remedy)
        elif each.by is None:
            verdict = each.role.taken_on(each.service, each.source)
            remedy = "Let its trust policy allow sts:AssumeRole."
            yield from _taken_on(id, each.service, each.name, verdict, remedy)
        elif isinstance(first := each.by.role, Role):  # what is wrong with that is told already
            verdict = role_permissions.let_in(first, "sts:AssumeRole", each.role.arn, each.role.trust)
            remedy = (
                f"Allow the role {first.name} sts:AssumeRole on {each.role.arn}; its trust policy must let it, too."
            )
            yield from _taken_on(id, f"the role {first.name}", each.name, verdict, remedy)


def _taken_on(id: str, who: str, name: str, verdict: Verdict, remedy: str) -> Iterator[Finding]:
    if verdict.answer is Answer.UNTOLD:
        yield unknown(id, f"Whether {who} may take the role {name} on cannot be told.", open_questions(verdict))
    elif not verdict:
        sentence = f"The role {name} may not be taken on by {who}."
        yield broken(id, sentence, "GetRole: its trust policy", remedy)


def builds(here: Situation) -> Iterator[Finding]:
    """Whether each build project exists, and the pipeline may start its builds."""
    for each in here.projects:
        if each.there is None:
            yield unknown(f"builds:{each.name}", f"The build project {each.name} could not be read.", each.unread)
        elif not each.there:
            remedy = "Make it again, or give the pipeline another."
            sentence = f"There is no build project {each.name}."
            yield broken(f"builds:{each.name}", sentence, "BatchGetProjects", remedy)
        elif isinstance(one := each.starts.role, Role):
            asked = {action: one.may(action, each.arn) for action in each.started_by}
            yield from allowed(f"builds:{each.name}", each.starts, f"start the builds of {each.name}", asked, each.arn)


def artifacts(here: Situation) -> Iterator[Finding]:
    """Whether the stages may hand on their files, and use the key that encrypts them."""
    if not here.store:
        return
    try:
        if useless := None if here.planned else artifact_stores.useless(here.cloud, here.store, here.pipeline):
            yield useless
            return
        also: Policy = buckets.policy(here.cloud, Bucket(here.store, here.cloud.identity.region))
    except CloudError as problem:
        sentence = f"Whether the stages may hand on their files in {here.store} was not checked."
        yield unknown("artifacts", sentence, problem.what)
        return
    on = artifact_stores.place(here.cloud, here.store, here.pipeline)
    store, both = Bucket(here.store, here.cloud.identity.region), tuple(_KEY_FOR)
    # a source step only hands on; the pipeline's own role also hands what is there to the steps that work with it
    wanted = [(each.worker, both[1:] if each.worker.by else both) for each in here.sources]
    near = [each for each in here.projects if each.region in ("", here.cloud.identity.region)]
    wanted += [(each.worker, both if each.gives else both[:1]) for each in near]
    for project in here.projects:
        if project not in near:  # CodePipeline copies the files into its bucket there
            sentence = f"Whether {project.name} may use the artifacts in {project.region} was not checked."
            yield unknown(f"artifacts:{project.name}", sentence, "that region was not looked at")
    for worker in {worker.name: worker for worker, _ in wanted}.values():
        every = {action for one, actions in wanted if one.name == worker.name for action in actions}
        if isinstance(worker.role, Role):
            actions = [action for action in both if action in every]
            asked = {each: worker.role.may(each, on, also, **artifact_stores.AS_WRITTEN) for each in actions}
            named = artifact_stores.files(here.cloud, here.store, here.pipeline)
            yield from allowed(f"artifacts:{worker.name}", worker, f"use {here.store}", asked, named)
            if here.store_key:
                needs = tuple(_KEY_FOR[each] for each in actions)
                yield from key(here.cloud, f"store-key:{worker.name}", worker, store, here.store_key, needs)


_KEY_FOR = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}


# -- what several need -----------------------------------------------------------------------------------------


def _of(here: Situation, provider: str) -> list[Source]:
    return [each for each in here.sources if each.provider == provider]


def _file(source: Source) -> tuple[str, str]:
    return str(source.settings.get("S3Bucket") or ""), str(source.settings.get("S3ObjectKey") or "")


def encryption(cloud: Cloud, bucket: Bucket) -> str | Finding:
    """The key with which a bucket encrypts, "" for S3's own way, or that it could not be read."""
    try:
        used = buckets.encryption_key(cloud, bucket)
    except CloudError as problem:
        if no_such_thing(problem):  # which another rule says
            return ""
        used = None
    if used is not None:
        return used
    return unknown(
        f"encryption:{bucket.name}", f"How {bucket.name} encrypts its files was not checked.", "GetBucketEncryption",
        NOT_CHECKED_KEY,
    )  # fmt: skip


def key(
    cloud: Cloud, id: str, worker: Worker, bucket: Bucket, used: str, actions: tuple[str, ...]
) -> Iterator[Finding]:
    """Whether a role may use the key with which a bucket encrypts; Amazon's own asks for no permission."""
    seen = kms_keys.look(cloud, used, bucket.region, named=False)
    if hindered := kms_keys.hindered(seen, bucket.region):
        sentence = f"Files in {bucket.name} are encrypted with the key {used}. {hindered.sentence}"
        another = "Give the bucket another key."
        remedy = another if seen.state == kms_keys.GONE else f"{hindered.remedy} Or: {another}"
        yield broken(id, sentence, hindered.evidence, remedy)
        return
    if seen.whose is Whose.AMAZONS or not isinstance(worker.role, Role):
        return
    try:
        asked = {each: role_permissions.uses(cloud, worker.role, seen, each, bucket.region) for each in actions}
    except CloudError as problem:
        sentence = f"Whether {worker.name} may use the key {used} of {bucket.name} was not checked."
        yield unknown(id, sentence, problem.what, f"It needs {', '.join(actions)}.")
        return
    yield from allowed(id, worker, f"use the key {used} of {bucket.name}", asked, seen.arn)


def allowed(
    id: str, worker: Worker, what: str, asked: Mapping[str, Verdict], on: str, named: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """One finding of what a role may do: all of it, not all of it, or that it cannot be told.

    `on` is the ARN that a policy should name for it, and `named` that for actions that are about something else, such
    as the bucket of files.
    """
    lacking = [action for action, verdict in asked.items() if not verdict and verdict.answer is not Answer.UNTOLD]
    untold = [verdict for verdict in asked.values() if verdict.answer is Answer.UNTOLD]
    seen = "the policies of the role and of what it works on"
    if lacking:
        denied = any(asked[action].answer is Answer.FORBIDDEN for action in lacking)
        why = f"{', '.join(lacking)} {'is denied' if denied else 'is not allowed'}"
        things = {each: (named or {}).get(each, on) for each in lacking}
        each_on = [
            f"{', '.join(each for each in lacking if things[each] == thing)} on {thing}"
            for thing in dict.fromkeys(things.values())
        ]
        remedy = f"Allow the role {worker.name} {' and '.join(each_on)}"
        remedy += "; the key's policy must let the account or the role use it." if ":kms:" in on else "."
        yield broken(id, f"The role {worker.name} may not {what}: {why}.", seen, remedy)
    elif untold:
        yield unknown(id, f"Whether the role {worker.name} may {what} cannot be told.", open_questions(untold[0]))
    elif worker.planned:
        yield likely(id, f"The role {worker.name} will be able to {what}.", "the policies that the plan gives it")
    else:
        yield proved(id, f"The role {worker.name} may {what}.", seen)


def open_questions(verdict: Verdict) -> str:
    return f"it depends on {', '.join(verdict.unknown) or 'a condition'}"
