"""Keys: Amazon's own say whose they are, and let nobody change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import Key
from moto.kms.responses import KmsResponse

from flows.practice.gaps.wire import Response, answers

_to_dict: Any = Key.to_dict


def amazons(key: Any) -> bool:
    return any(name.startswith("alias/aws/") for name in key.aliases)


def _described(self: Any) -> dict[str, Any]:
    told: dict[str, Any] = _to_dict(self)
    if amazons(self):
        told["KeyMetadata"]["KeyManager"] = "AWS"
    return told


def _own_only(original: Callable[[Any], str]) -> Callable[[Any], str]:
    def change(self: Response) -> str:
        backend = self.kms_backend
        key = backend.keys.get(backend.get_key_id(self._get_param("KeyId")))
        if key is not None and amazons(key):
            raise JsonRESTError("AccessDeniedException", "An AWS managed key cannot be changed.")
        return original(self)

    return change


def _schedule(original: Callable[[Any], str]) -> Callable[[Any], str]:
    def schedule(self: Response) -> str:
        backend = self.kms_backend
        key = backend.keys.get(backend.get_key_id(self._get_param("KeyId")))
        if key is not None and key.key_state == "PendingDeletion":
            raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
        return original(self)

    return schedule


def install() -> None:
    answers(Key, {"to_dict": _described})
    for name in ("put_key_policy", "schedule_key_deletion", "disable_key"):
        answers(KmsResponse, {name: _own_only(getattr(KmsResponse, name))})
    answers(KmsResponse, {"schedule_key_deletion": _schedule(KmsResponse.schedule_key_deletion)})
