"""Another region, or another account by a profile: looked at and worked in as if one had signed in there.

A look-up or a rule that knows one place only is given a `There`; an action that was made by such is `moved`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from .actions import Action
from .calls import Call
from .cloud import Cloud, Identity
from .undo_plan import Others
from .web import Page

T = TypeVar("T", Action, Others)


@dataclass(frozen=True)
class There:
    """A cloud whose calls go to another region, with another profile, or both; those that say where stay.

    Args:
        cloud: the account that is signed in.
        region: the other region; empty for the same.
        profile: the profile of the other account; empty for the same.
    """

    cloud: Cloud
    region: str = ""
    profile: str = ""

    @cached_property
    def identity(self) -> Identity:
        """Who is signed in there. Raises CloudError."""
        own = self.cloud.identity
        region = self.region or own.region
        if not self.profile:
            return replace(own, region=region)
        who = self.cloud.make(Call("sts.GetCallerIdentity", profile=self.profile))
        return replace(own, account=str(who.get("Account", "")), arn=str(who.get("Arn", "")), alias="", region=region)

    def make(self, call: Call) -> dict[str, Any]:
        return self.cloud.make(self._there(call))

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        return self.cloud.pages(self._there(call))

    def look_at(self, url: str) -> Page:
        return self.cloud.look_at(url)

    def begun(self, call: Call) -> bool:
        """Whether this is read already, where reading is kept."""
        begun = getattr(self.cloud, "begun", None)
        return bool(begun and begun(self._there(call)))

    def _there(self, call: Call) -> Call:
        there: Call = _moved(call, self.region, self.profile)
        return there


def moved(what: T, region: str, profile: str) -> T:
    """The same, with every call of it made there."""
    there: T = _moved(what, region, profile)
    return there


def _moved(value: Any, region: str, profile: str) -> Any:
    match value:
        case Call():
            return replace(value, region=value.region or region, profile=value.profile or profile)
        case tuple():
            return tuple(_moved(each, region, profile) for each in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            parts = {each.name: getattr(value, each.name) for each in fields(value)}
            return replace(value, **{name: _moved(part, region, profile) for name, part in parts.items()})
        case _:
            return value
