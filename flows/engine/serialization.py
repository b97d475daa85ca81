"""Plans as JSON and back, so that a run can be resumed and undone from the journal alone.

An upgrade of Handrail may change what a set-up would plan today. What an earlier version did to an account
must still be finished or taken back exactly as it was begun, so the journal keeps the plan itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from .actions import Action, ByHand, Cost
from .calls import Call, Find, Wait
from .plan import Plan, Secret, Use
from .references import Changed, Join, Ref
from .undo_plan import Decision, Entry, Kept, Others, Restore, Settings, Still, Undo

_KEPT: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Ref, Join, Changed, Call, Wait, Find, Still, Others, Settings, Kept, Undo, Restore, Entry, Cost, ByHand, Action,
        Use, Secret, Decision, Plan,
    )
}  # fmt: skip
"""By their names in journals, which a class keeps there whatever it is called here."""


def dumps(plan: Plan) -> str:
    """The plan as one JSON text."""
    return json.dumps(_plain(plan), sort_keys=True)


def loads(text: str) -> Plan:
    """The plan that `dumps` wrote. Raises ValueError if it is not one."""
    plan = _rich(json.loads(text))
    if not isinstance(plan, Plan):
        raise ValueError("not a plan")  # noqa: TRY004 - the text is wrong, not a type
    if mistaken := [call for call in plan.calls() if not isinstance(call.params, Mapping) or not call.service]:
        raise ValueError(f"not a call: {mistaken[0]}")
    return plan


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {"$": type(value).__name__} | {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Decimal):
        return {"$": "Decimal", "value": str(value)}
    if isinstance(value, tuple):
        return {"$": "tuple", "items": [_plain(item) for item in value]}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return [_rich(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value.get("$"):
        case None:
            return {key: _rich(item) for key, item in value.items()}
        case "Decimal":
            return Decimal(value["value"])
        case "tuple":
            return tuple(_rich(item) for item in value["items"])
        case name:
            return _KEPT[name](**{key: _rich(item) for key, item in value.items() if key != "$"})
