"""KMS keys that another account may use: which there are, whose they are, and whether they can be used.

AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key", and the EC2 and RDS user guides on sharing
encrypted images and snapshots, 2026-10. Amazon's standard keys (alias/aws/…) never leave their account, so what is
encrypted with one is encrypted anew, by a copy, before it is shared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from flows.engine import Call, Cloud, CloudError, Finding, Grade, Option, Refused, shell
from flows.engine.refusals import no_such_thing

KEEP, NEW = "keep", "new"
GONE = "gone"
WORKING = ("Enabled", "Updating")
STATES: Mapping[str, tuple[str, str]] = {
    "Disabled": (
        "is switched off (Disabled): nobody can use what is encrypted with it",
        "Switch it on: {enable}.",
    ),
    "PendingDeletion": (
        "is to be deleted{when} (PendingDeletion): until then it is off, and then everything encrypted with it is lost",
        "Keep it: {cancel}. It stays switched off until then: {enable}.",
    ),
    "PendingReplicaDeletion": (
        "is to be deleted as soon as its replicas are (PendingReplicaDeletion): it is off",
        "Keep it: {cancel}. It stays switched off until then: {enable}.",
    ),
    "PendingImport": (
        "has no key material (PendingImport): nobody can use what is encrypted with it",
        "Bring the same material in again, which begins with {material}.",
    ),
    "Unavailable": (
        "is out of reach (Unavailable): its external or CloudHSM key store is disconnected",
        "Connect its key store: {stores} says which it is.",
    ),
    "Creating": ("is still being made (Creating)", "Wait a moment, and look again."),
    GONE: (
        "is gone: KMS does not know it, and what is encrypted with it cannot be opened by anybody",
        "Share something else: a new snapshot or image, encrypted with a key that there is.",
    ),
}
"""What the states mean in which a key cannot be used, and what ends them (AWS KMS Developer Guide, "Key states of AWS
KMS keys" and "CancelKeyDeletion", 2026-11)."""


@dataclass(frozen=True)
class Key:
    """A key of one's own."""

    id: str
    arn: str
    name: str


class Whose(StrEnum):
    """Whose a key is. Not to know it is an answer of its own."""

    OWN = "own"
    AMAZONS = "Amazon's"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Seen:
    """What could be seen of a key.

    Args:
        id: what it was asked by.
        whose: whose it is.
        key: one's own, unless it is gone.
        state: AWS's word for it; empty is not known.
        ends: when AWS deletes it; empty if it does not.
        spec: of which kind it is; empty is not known.
        why: why not everything is known.
        arn: its address; empty is not known.
    """

    id: str
    whose: Whose
    key: Key | None = None
    state: str = ""
    ends: str = ""
    spec: str = ""
    why: str = ""
    arn: str = ""

    @property
    def short(self) -> str:
        return self.id.rpartition("/")[2]

    @property
    def name(self) -> str:
        return self.key.name if self.key else self.short


def options(cloud: Cloud, region: str = "") -> list[Option[Key | str]]:
    """The key it has, a new one, or one of one's own, by its alias or, without one, by its id; where those may not be
    listed, without them."""
    offered: list[Option[Key | str]] = [
        Option(KEEP, KEEP, "The key it has, or none"),
        Option(NEW, NEW, "A new key, made for this", "about 1 USD a month"),
    ]
    try:
        pages = list(cloud.pages(Call("kms.ListAliases", region=region)))
    except CloudError:
        return offered
    aliases = [each for page in pages for each in page["Aliases"] if each.get("TargetKeyId")]
    own = [each for each in aliases if not _named_by_amazon(each["AliasName"])]
    keys = [Key(each["TargetKeyId"], _arn(each), each["AliasName"]) for each in own]
    offered += [Option(each.name, each, each.name, each.id) for each in keys]
    nameless = _nameless(cloud, {str(each["TargetKeyId"]) for each in aliases}, region)
    return offered + [Option(each.id, each, each.id, "has no alias") for each in nameless]


def _nameless(cloud: Cloud, named: Collection[str], region: str) -> list[Key]:
    """The keys without an alias; Amazon's have one (AWS KMS Developer Guide, "AWS managed keys", 2026-11)."""
    try:
        pages = list(cloud.pages(Call("kms.ListKeys", region=region)))
    except CloudError:
        return []
    found = [each for page in pages for each in page["Keys"] if each["KeyId"] not in named]
    return [Key(each["KeyId"], each["KeyArn"], each["KeyId"]) for each in found]


def by_alias(text: str, offered: Iterable[Option[Key | str]]) -> str:
    """What a key is offered as that was given by its id or address: its alias, where it has one."""
    for each in offered:
        if isinstance(each.value, Key) and text in (each.value.id, each.value.arn):
            return each.key
    return text


def look(cloud: Cloud, key: str, region: str = "", *, named: bool = True) -> Seen:
    """What can be seen of the key with which something is encrypted, by its id, address or alias.

    Where it may not be described, its names may still say whose it is: Amazon's own have one that begins alias/aws/.
    `named` is whether its names are asked for where only people would miss them.
    """
    if _named_by_amazon(key):
        return Seen(key, Whose.AMAZONS)
    about: Mapping[str, Any] = {}
    why, arn = "", key if ":key/" in key else ""
    try:
        about = cloud.make(Call("kms.DescribeKey", {"KeyId": key}, region)).get("KeyMetadata") or {}
    except CloudError as problem:
        if no_such_thing(problem):
            return Seen(key, Whose.OWN, state=GONE, arn=arn)
        why = problem.what
    if about.get("KeyManager") == "AWS":
        return Seen(key, Whose.AMAZONS)
    arn = str(about.get("Arn") or arn)
    owner, state = about.get("AWSAccountId") or arn_part(key, 4), _state(about)
    if owner and cloud.identity.account not in ("", owner):
        whose = f"it is a key of the account {owner}, which alone can read its policy"
        return Seen(key, Whose.UNKNOWN, None, *state, why=whose, arn=arn)
    id_ = about.get("KeyId") or arn_part(key, 5).removeprefix("key/") or key
    if about.get("KeyManager") and not named:
        return Seen(key, Whose.OWN, Key(id_, arn, key), *state, arn=arn)
    try:
        aliases = cloud.make(Call("kms.ListAliases", {"KeyId": about.get("KeyId") or key}, region)).get("Aliases") or []
    except CloudError as problem:
        aliases, why = [], why or ("" if "KeyManager" in about else problem.what)
    names = [str(each.get("AliasName") or "") for each in aliases]
    if any(map(_named_by_amazon, names)):
        return Seen(key, Whose.AMAZONS)
    if why and not names:
        return Seen(key, Whose.UNKNOWN, why=why, arn=arn)
    return Seen(key, Whose.OWN, Key(id_, arn or key, names[0] if names else id_), *state, why=why, arn=arn or key)


def tags(cloud: Cloud, key: str, region: str = "") -> dict[str, str]:
    """The tags of a key; of one whose tags may not be read, none."""
    try:
        found = cloud.make(Call("kms.ListResourceTags", {"KeyId": key}, region)).get("Tags") or []
    except CloudError:
        return {}
    return {str(each["TagKey"]): str(each["TagValue"]) for each in found}


def usable(cloud: Cloud, key: Key, region: str = "") -> None:
    """Raises Refused for a key that cannot encrypt what is shared."""
    seen = look(cloud, key.id, region)
    if found := hindered(replace(seen, key=key), region or cloud.identity.region):
        raise Refused(f"{found.sentence} {found.remedy} Or choose another, or a new one.")
    if seen.spec not in ("", "SYMMETRIC_DEFAULT"):
        raise Refused(
            f"The key {key.name} is of the kind {seen.spec}; disks need a symmetric one. Choose another or new."
        )


def whose(seen: Seen) -> Iterator[Finding]:
    """Whether a key can be opened for another account at all: one of one's own can, Amazon's cannot."""
    id_ = f"key:{seen.short}"
    if seen.whose is Whose.AMAZONS:
        yield Finding(
            id_, Grade.REFUSED, "It is encrypted with Amazon's key, which never leaves your account.",
            f"DescribeKey and ListAliases: {seen.id} is managed by AWS",
            "Share a copy instead, encrypted with a key of your own: run the set-up with key=new.",
        )  # fmt: skip
    elif seen.whose is Whose.UNKNOWN:
        yield Finding(
            id_, Grade.NOT_CHECKED, f"Whether they may use its key {seen.short} cannot be told from here.", seen.why,
            "Ask whoever keeps that key to look at it: Amazon's own keys cannot be shared, others by their policy.",
        )  # fmt: skip


def state(seen: Seen, region: str) -> Iterator[Finding]:
    """Whether a key is switched on: without it nobody can start, copy or restore what is encrypted with it."""
    id_ = f"key-state:{seen.short}"
    if seen.whose is Whose.AMAZONS or (seen.whose is Whose.UNKNOWN and not seen.state):
        return
    if seen.state in WORKING:
        yield Finding(id_, Grade.PROVED, f"The key {seen.name} is switched on.", f"DescribeKey: {seen.state}")
        return
    by = f"DescribeKey: {seen.state}" if seen.state else seen.why or "DescribeKey does not say it"
    if seen.state not in STATES:
        how = f"in the state {seen.state}, which is not known here" if seen.state else "in a state that was not told"
        yield Finding(id_, Grade.NOT_CHECKED, f"The key {seen.name} is {how}.", by)
        return
    said, remedy = STATES[seen.state]
    when = f", on {seen.ends[:10]}" if seen.ends else ""
    grade = Grade.WAITING if seen.state == "Creating" else Grade.REFUSED
    which = {"key_id": seen.key.id if seen.key else seen.id, "region": region}
    commands = {
        "enable": shell.aws("kms", "enable-key", **which),
        "cancel": shell.aws("kms", "cancel-key-deletion", **which),
        "material": shell.aws("kms", "get-parameters-for-import", **which),
        "stores": shell.aws("kms", "describe-custom-key-stores", region=region),
    }
    yield Finding(id_, grade, f"The key {seen.name} {said.format(when=when)}.", by, remedy.format(**commands))


def hindered(seen: Seen, region: str) -> Finding | None:
    """What keeps everybody from using a key; None if nothing does that could be seen."""
    return next((each for each in state(seen, region) if each.grade in (Grade.REFUSED, Grade.WAITING)), None)


def _state(about: Mapping[str, Any]) -> tuple[str, str, str]:
    spec = about.get("KeySpec") or about.get("CustomerMasterKeySpec") or ""
    state = about.get("KeyState") or ("" if "Enabled" not in about else "Enabled" if about["Enabled"] else "Disabled")
    return str(state), str(about.get("DeletionDate") or ""), str(spec)


def _named_by_amazon(name: str) -> bool:
    return name.startswith("alias/aws/") or arn_part(name, 5).startswith("alias/aws/")


def arn_part(arn: str, number: int) -> str:
    """What stands in an ARN behind so many colons; of what is no ARN, nothing."""
    parts = arn.split(":", 5)
    return parts[number] if parts[0] == "arn" and len(parts) > number else ""


def _arn(alias: Mapping[str, Any]) -> str:
    return f"{alias['AliasArn'].partition(':alias/')[0]}:key/{alias['TargetKeyId']}"
