"""Database snapshots as AWS makes, copies and shares them: keys, the time it takes, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBClusterSnapshot, DBSnapshot, RDSBackend
from moto.rds.responses import RDSResponse

from flows.practice.clock import Life
from flows.practice.gaps.databases import refuse
from flows.practice.gaps.wire import Response, answers

STATES = ("creating", "available", "deleting", "deleted")
SECONDS = 4
STATE_FAULT = {"DBSnapshot": "InvalidDBSnapshotState", "DBClusterSnapshot": "InvalidDBClusterSnapshotStateFault"}
NO_KEY = "default_kms_key_id"
"""What moto writes where AWS uses its own key."""

Answer = Callable[[Any], ActionResult]


def _with_amazons_key(original: Answer, what: str) -> Answer:
    """What is encrypted without a key being named is encrypted with alias/aws/rds."""

    def create(self: Response) -> ActionResult:
        answer = original(self)
        made = answer.result[what]  # type: ignore[index]
        if made.storage_encrypted and made.kms_key_id == NO_KEY:
            made.kms_key_id = self.backend.kms.describe_key("alias/aws/rds").arn
            for each in self.backend.database_snapshots.values():  # the first automatic one is there already
                if each.kms_key_id == NO_KEY and each.encrypted:
                    each.kms_key_id = made.kms_key_id
        return answer

    return create


def _growing(original: Answer, kind: str) -> Answer:
    def create(self: Response) -> ActionResult:
        answer = original(self)
        answer.result[kind].life = Life(STATES, SECONDS, 0)  # type: ignore[index]
        return answer

    return create


def _copying(original: Answer, kind: str) -> Answer:
    def copy(self: Response) -> ActionResult:
        source = _get(self.backend, kind, self.params[f"Source{kind}Identifier"])
        key, encrypted = self.params.get("KmsKeyId"), _encrypted(source)
        if source.status != "available":
            raise refuse(STATE_FAULT[kind], f"The snapshot is {source.status}.")
        if encrypted and not key and source.backend is not self.backend:
            raise refuse("KMSKeyNotAccessibleFault", "A key of this account and region must be named.")
        if key and not encrypted and kind == "DBClusterSnapshot":
            raise refuse("InvalidParameterCombination", "KmsKeyId cannot be given for an unencrypted cluster snapshot.")
        answer = original(self)
        copied = answer.result[kind]  # type: ignore[index]
        if encrypted and not key:
            copied.kms_key_id, copied.encrypted = source.kms_key_id, True
        return answer

    return copy


def _sharing(original: Answer, kind: str) -> Answer:
    def modify(self: Response) -> ActionResult:
        snapshot = _get(self.backend, kind, self.params[f"{kind}Identifier"])
        added = list(self.params.get("ValuesToAdd") or [])
        if added and snapshot.snapshot_type != "manual":
            raise refuse(STATE_FAULT[kind], "Only manual snapshots can be shared.")
        if added and snapshot.status != "available":
            raise refuse(STATE_FAULT[kind], f"The snapshot is {snapshot.status}.")
        if added and _encrypted(snapshot):
            if "all" in added:
                raise refuse(STATE_FAULT[kind], "An encrypted snapshot cannot be made public.")
            key = self.backend.kms.describe_key(self.backend.kms.get_key_id(snapshot.kms_key_id))
            if any(name.startswith("alias/aws/") for name in key.aliases):
                raise refuse(
                    STATE_FAULT[kind],
                    "Sharing snapshots encrypted with the default service key for RDS is currently not supported.",
                )
        self.params["ValuesToAdd"] = [each for each in added if each not in snapshot.attributes["restore"]]
        return original(self)

    return modify


def _deleting(original: Answer, kind: str) -> Answer:
    def delete(self: Response) -> ActionResult:
        snapshot = _get(self.backend, kind, self.params[f"{kind}Identifier"])
        if snapshot.status != "available":
            raise refuse(STATE_FAULT[kind], f"The snapshot is {snapshot.status}.")
        return original(self)

    return delete


def _shared_too(self: Any, identifier: str, resource_type: Any, not_found_exception: Any) -> Any:
    """A snapshot by its name, or by its address also where another account shares it."""
    if not identifier.startswith("arn:"):
        return _by_name(self, identifier, resource_type, not_found_exception)
    region, account = identifier.split(":")[3:5]
    name = identifier.split(":", 6)[6]
    found = self.get_backend("rds", region, account).resource_map[resource_type].get(name)
    if found is None or (account != self.account_id and self.account_id not in found.attributes["restore"]):
        raise not_found_exception(identifier)
    return found


_by_name: Any = RDSBackend.get_snapshot


def _get(backend: Any, kind: str, identifier: str) -> Any:
    return backend.get_db_snapshot(identifier) if kind == "DBSnapshot" else backend.get_db_cluster_snapshot(identifier)


def _encrypted(snapshot: Any) -> bool:
    return bool(snapshot.encrypted)


def _by_the_clock(what: Callable[[Life | None], Any]) -> Any:
    return property(lambda self: what(getattr(self, "life", None)), lambda self, value: None)


def install() -> None:
    for name, what in (("create_db_instance", "DBInstance"), ("create_db_cluster", "DBCluster")):
        answers(RDSResponse, {name: _with_amazons_key(getattr(RDSResponse, name), what)})
    for kind, word in (("DBSnapshot", "db_snapshot"), ("DBClusterSnapshot", "db_cluster_snapshot")):
        for name, way in (
            (f"create_{word}", _growing), (f"copy_{word}", _copying), (f"copy_{word}", _growing),
            (f"modify_{word}_attribute", _sharing), (f"delete_{word}", _deleting),
        ):  # fmt: skip
            answers(RDSResponse, {name: way(getattr(RDSResponse, name), kind)})
    clocked = {
        "status": _by_the_clock(lambda life: "available" if life is None else life.state),
        "percent_progress": _by_the_clock(lambda life: 100 if life is None or life.ready else 45),
    }
    answers(DBSnapshot, clocked)
    answers(DBClusterSnapshot, clocked)
    answers(RDSBackend, {"get_snapshot": _shared_too})  # type: ignore[dict-item]
