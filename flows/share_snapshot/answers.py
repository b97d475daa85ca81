"""What an answer about a shared snapshot must be beyond its form, and what is worth saying about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from flows.aws import accounts, kms_keys, rds_snapshots
from flows.aws.kms_keys import KEEP, Key
from flows.aws.rds_snapshots import CLUSTER, MANUAL, Data
from flows.engine import Caution, Cloud, Danger, Refused

ITSELF, NAMED = "itself", "named"


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys."""

    cloud: Cloud
    account: tuple[str, ...]

    @property
    def data(self) -> Data: ...
    def elsewhere(self) -> str: ...
    def key_is_closed(self) -> str: ...
    def must_be_copied(self) -> str: ...
    def passes(self) -> bool: ...


def fit(data: Data | str, flow: Answers) -> Iterator[Caution]:
    if isinstance(data, Data):
        yield from rds_snapshots.sharable(data)


def others(given: tuple[str, ...], flow: Answers) -> Iterator[Caution]:
    for account in given:
        accounts.another(flow.cloud, account)
    data = flow.data
    there = rds_snapshots.shared_with(flow.cloud, data.kind, data.name) if data.made == MANUAL else []
    rds_snapshots.room_for(there, given)
    yield Caution(
        "compare-the-number",
        f"{', '.join(given)} {'get' if len(given) > 1 else 'gets'} all data of the database, with its users and "
        "password hashes, and what is copied stays theirs. Compare each number once more with the receiver: a wrong "
        "digit gives all of it to a stranger.",
        confirm=True,
        danger=Danger.FOR_GOOD,
    )


def possible(way: str, flow: Answers) -> None:
    if way == ITSELF and (reason := flow.must_be_copied()):
        raise Refused(f"{flow.data.name} cannot be shared itself: {reason}. Choose {NAMED}.")


def fits(key: Key | str, flow: Answers) -> Iterator[Caution]:
    data = flow.data
    if key == KEEP:
        if reason := flow.key_is_closed():
            raise Refused(f"The copy cannot keep its key: {reason}. Choose {kms_keys.NEW}, or a key of your own.")
        return
    if data.kind == CLUSTER and not data.encrypted:
        raise Refused(f"{data.name} is not encrypted, and AWS does not encrypt Aurora data by copying. Choose {KEEP}.")
    if isinstance(key, Key):
        kms_keys.usable(flow.cloud, key, flow.elsewhere())
    yield Caution("key-stays", "While the receivers use the snapshot, do not delete or disable its key.")


def unused(name: str, flow: Answers) -> None:
    rds_snapshots.free(flow.cloud, flow.data.kind, name, flow.elsewhere())
    if flow.passes():
        rds_snapshots.free(flow.cloud, flow.data.kind, passing(name))


def passing(name: str) -> str:
    """What a snapshot is called that is only made to be copied."""
    return f"{name[:247].rstrip('-')}-source"


def theirs(profile: str, flow: Answers) -> None:
    accounts.profile_of(flow.cloud, profile, *flow.account)
