"""Settings that a run changes: what stood there, and whether what stands there now is what the run put there.

The answer to the changing call may get lost, or the process be killed before it is written down. Then what stands there
is compared with what the call would have put there: if it is neither that nor what was there before, somebody came
between, and it is theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .actions import Action
from .problems import CloudError
from .references import FOUND, Changed, Ref, Resolve, before, fill
from .refusals import matches
from .sending import Carrier
from .undo_plan import Restore


def current(action: Action, restore: Restore, carrier: Carrier) -> Any:
    """What stands where `action` changes a setting; None if nothing does. Raises CloudError."""

    def look() -> Any:
        try:
            return carrier.look(restore.read, restore.path)
        except CloudError as problem:
            if matches(problem, restore.absent):
                return None
            raise

    return carrier.believed(look, lambda _: False, action.needs)


def as_put(action: Action, restore: Restore, now: Any, carrier: Carrier) -> bool:
    """Whether a setting stands as the action's own call puts it; AWS may add members of its own."""
    if (changed := _changed(action)) and changed.value is None:
        return now is None
    put = wanted(action, restore, carrier.resolve)
    return put is None or holds(put, now)


def wanted(action: Action, restore: Restore, resolve: Resolve) -> Any:
    """What the action's own call puts where the setting is; None if that cannot be told from it."""
    changed = _changed(action)
    call = changed.value if changed else action.call.params
    put = {name: each.value if isinstance(each, Changed) else each for name, each in restore.put.params.items()}
    pattern = before(action.id) if changed and before(action.id) in put.values() else put
    said = fill(call, lambda ref: None if ref.action == FOUND else resolve(ref))  # what was read then is not known
    return _where(pattern, before(action.id), said)


def _changed(action: Action) -> Changed | None:
    return next((each for each in action.call.params.values() if isinstance(each, Changed)), None)


def _where(pattern: Any, place: Ref, value: Any) -> Any:
    """What stands in `value` where `place` stands in `pattern`; None if it stands nowhere."""
    if pattern == place:
        return value
    pairs: list[tuple[Any, Any]] = []
    if isinstance(pattern, Mapping) and isinstance(value, Mapping):
        pairs = [(part, value[name]) for name, part in pattern.items() if name in value]
    elif isinstance(pattern, list | tuple) and isinstance(value, list | tuple):
        pairs = list(zip(pattern, value, strict=False))
    return next((found for part, there in pairs if (found := _where(part, place, there)) is not None), None)


def holds(wanted: Any, now: Any) -> bool:
    """Whether all that was wanted stands there; AWS may add members of its own."""
    if isinstance(wanted, Mapping):
        there: Mapping[str, Any] = now if isinstance(now, Mapping) else {}
        return all(name in there and holds(each, there[name]) for name, each in wanted.items())
    if isinstance(wanted, list | tuple):
        return isinstance(now, list) and len(wanted) == len(now) and all(map(holds, wanted, now))
    return str(wanted).rstrip(".") == str(now).rstrip(".")  # Route 53 answers with the dot that ends a name


def fingerprints(action: Action, carrier: Carrier) -> dict[str, str] | None:
    """That of each part of the action's `settings` that AWS tells; None where there is nothing. Raises CloudError."""
    told = carrier.look(action.settings.look, action.settings.path, seen=True) if action.settings else None
    if told is None:
        return None
    parts = told if isinstance(told, Mapping) else {"": told}
    return {name: digest(each) for name, each in parts.items() if each is not None}


def digests(value: Any) -> dict[str, str]:
    """The fingerprint of each setting of several."""
    return {name: digest(each) for name, each in value.items()} if isinstance(value, Mapping) else {}


def digest(value: Any) -> str:
    """A value's fingerprint, by which a later change is noticed."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
