"""What must hold for accounts that are to copy and restore a snapshot, looked at before it is shared or long after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from flows.aws import keepers, key_policies, key_switch, kms_keys, rds_snapshots, shared_keys
from flows.aws.kms_keys import Seen, Whose
from flows.aws.rds_snapshots import CLUSTER, EVERYBODY, MANUAL, Data
from flows.engine import Cloud, CloudError, Finding, Grade, shell

from . import repairs


@dataclass(frozen=True)
class Situation:
    """A database or a snapshot, and the accounts that are to have it.

    Args:
        cloud: the account of the snapshot.
        data: what is shared, or what it is made of.
        accounts: the receivers'.
        planned: whether that is looked at before it is shared.
        itself: whether it is that snapshot that is shared, and not one made of it.
        anew: whether what is shared gets another key.
    """

    cloud: Cloud
    data: Data
    accounts: tuple[str, ...]
    planned: bool = False
    itself: bool = True
    anew: bool = False

    @cached_property
    def seen(self) -> Seen | None:
        """Its key; None where it is not encrypted. It is looked at once."""
        if self.data.amazons:
            return Seen("aws/rds", Whose.AMAZONS)
        return kms_keys.look(self.cloud, self.data.key) if self.data.encrypted else None

    @cached_property
    def allowed(self) -> list[str] | CloudError:
        """The accounts that may restore it, or why they are not known. They are asked for once."""
        try:
            return rds_snapshots.shared_with(self.cloud, self.data.kind, self.data.name)
        except CloudError as problem:
            return problem


def available(here: Situation) -> Iterator[Finding]:
    """A snapshot can be used only once it is complete."""
    yield rds_snapshots.condition(here.data)


def kind(here: Situation) -> Iterator[Finding]:
    """AWS shares no snapshots of some kinds of databases."""
    if reason := rds_snapshots.never_shared(here.data):
        remedy = "Give them an export of the data, or restore it as an Aurora cluster and share that."
        yield Finding("kind", Grade.REFUSED, reason, f"its engine: {here.data.engine}", remedy)


def manual(here: Situation) -> Iterator[Finding]:
    """Only manual snapshots can be shared; of others a copy is."""
    data = here.data
    if data.made != MANUAL:
        yield Finding(
            "manual", Grade.REFUSED, f"The snapshot {data.name} is {data.made}; only manual ones can be shared.",
            "its description", f"Share a copy: {_again(here)}.",
        )  # fmt: skip


def shared(here: Situation) -> Iterator[Finding]:
    """The snapshot's attribute names the accounts, or everybody."""
    allowed = here.allowed
    if isinstance(allowed, CloudError):
        yield Finding("shared", Grade.NOT_CHECKED, "Who may use it could not be read.", allowed.what)
        return
    out = [account for account in here.accounts if account not in allowed]
    named = " and ".join(here.accounts)
    if not out:
        yield Finding("shared", Grade.PROVED, f"The account {named} may use it.", "its attribute restore")
    elif EVERYBODY in allowed:
        yield Finding("shared", Grade.PROVED, f"The account {named} may use it, as everybody may.", "restore is all")
    else:
        yield Finding(
            "shared", Grade.REFUSED, f"The account {' and '.join(out)} may not use it.", "its attribute restore",
            f"Share it: {_again(here)}.", follows=("manual", "kind"),
        ).mended_by(repairs.share(here.data, out) if here.data.made == MANUAL else None)  # fmt: skip


def public(here: Situation) -> Iterator[Finding]:
    """What is public is so for everybody who uses AWS, whomever it was meant for."""
    allowed = here.allowed if here.itself else []
    if isinstance(allowed, CloudError) or EVERYBODY not in allowed:
        return
    data = here.data
    what = "db-cluster-snapshot" if data.kind == CLUSTER else "db-snapshot"
    which = {f"{what}-identifier": data.name, "attribute-name": "restore", "values-to-remove": EVERYBODY}
    command = shell.aws("rds", f"modify-{what}-attribute", "--region", here.cloud.identity.region, **which)
    yield Finding(
        "public", Grade.CAUTION, f"The snapshot {data.name} is public: everybody can restore all of its data.",
        "its attribute restore: all", f"Take it back: {command}.",
    )  # fmt: skip


def options(here: Situation) -> Iterator[Finding]:
    """An option that cannot be taken off forbids sharing."""
    yield rds_snapshots.options(here.cloud, here.data)


def key(here: Situation) -> Iterator[Finding]:
    """Amazon's keys cannot be opened for others; a copy with another key leaves them behind."""
    if here.seen and not here.anew:
        yield from kms_keys.whose(here.seen)


def key_state(here: Situation) -> Iterator[Finding]:
    """A key that is off opens nothing, neither for the receivers nor for a copy."""
    if here.seen:
        for found in kms_keys.state(here.seen, here.cloud.identity.region):
            yield key_switch.mended(found, here.seen)


def key_use(here: Situation) -> Iterator[Finding]:
    """The key's policy lets the receivers do all that copying and restoring need."""
    if here.seen and not here.anew:
        key = here.seen.key
        for found in key_policies.may_use(here.cloud, here.seen, here.accounts, "rds", opened=here.planned):
            account = found.id.rpartition(":")[2]
            yield found.mended_by(
                shared_keys.use(key, account, "rds", (here.data.arn,)) if found.repair and key else None
            )


def kept_by(here: Situation) -> Iterator[Finding]:
    """Who else keeps the snapshot."""
    yield from keepers.told(here.data.name, f"The snapshot {here.data.name}", dict(here.data.tags))


def _again(here: Situation) -> str:
    return shell.handrail("run", "share_snapshot", snapshot=here.data.name, account=",".join(here.accounts))
