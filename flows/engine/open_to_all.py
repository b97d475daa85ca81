"""Whether something that stays lets everybody in: whoever reads that it is left must read that, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .actions import Action
from .undo_plan import Entry

OPEN = "It stays open to everybody."
EVERY_ADDRESS = ("0.0.0.0/0", "::/0")
DOORS = frozenset({"ec2.AuthorizeSecurityGroupIngress", "ec2.CreateNetworkAclEntry"})
"""Calls that let addresses in; one that denies them has nothing of that."""


def lets_everybody_in(action: Action) -> bool:
    """Whether what a step made or added is open to every address, or allows anybody something."""
    params = action.call.params
    if action.call.operation in DOORS:
        return params.get("RuleAction") != "deny" and any(each in EVERY_ADDRESS for each in _texts(params))
    entry = action.undo.entry if isinstance(action.undo, Entry) else {}
    return entry.get("Effect") == "Allow" and entry.get("Principal") in ("*", {"AWS": "*"})


def why_left(action: Action, why: str) -> str:
    """Why a step's thing is left, with what that means where it lets everybody in."""
    return f"{why} {OPEN}" if lets_everybody_in(action) and OPEN not in why else why


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
