"""From the calls of a plan to the resources of a stack, and what refers to what.

While properties are put together, what is known only later stands in them as marked text; so the table in `resources`
deals with plain data, also where a call carries a document as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.actions import Action
from flows.engine.plan import Plan
from flows.engine.references import FLOW, FOUND, RUN, Ref, edited, fill
from flows.engine.undo_plan import Entry

from .properties import Beyond, Properties
from .resources import FOREIGN, TABLE, Itself, Makes, Never, Sets
from .short_forms import Tag

MARK = "\ue000"
"""A private character that stands around a late value's number while properties are put together."""
LATE = re.compile(f"{MARK}(\\d+){MARK}")
EVERYWHERE = ("cloudfront", "iam", "route53")
"""Services that are in no region: a stack of any region can hold what is theirs."""
STACK = Tag("Ref", "AWS::StackName")


@dataclass
class Resource:
    """A resource under way: its properties may hold marks."""

    row: Makes
    action: Action
    properties: Properties


class Build:
    """The template under way."""

    def __init__(self, plan: Plan, flow: str, region: str) -> None:
        self.plan, self.flow, self.region = plan, flow, region
        self.resources: dict[str, Resource] = {}
        self.of_action: dict[str, list[str]] = {}
        """Action to the resources that it makes, or sets a part of."""
        self.parameters: dict[str, Properties] = {}
        self._reasons: dict[str, str] = {}
        self._late: list[Ref | Tag] = []
        self._named: dict[tuple[str, Any], str] = {}
        for action in plan.actions:
            self._take(action)

    # -- from calls to resources ---------------------------------------------------------------------------------

    def _take(self, action: Action) -> None:
        params = self._params(action)
        try:
            self._first_that_fits(action, params)
        except Beyond as beyond:
            self._reasons[action.id] = str(beyond)

    def _first_that_fits(self, action: Action, params: Properties) -> None:
        if action.call.profile:
            raise Beyond("It is done in another account; a stack works in one.")
        for row in TABLE.get(action.call.operation, (Never("No resource of CloudFormation is known for it."),)):
            match row:
                case Itself():
                    return
                case Never(why):
                    raise Beyond(why)
                case Sets():
                    which = row.which(params)
                    target = self._made_by(row.made_by, which)
                    if target:
                        row.into(self.resources[target].properties, params)
                        self.of_action[action.id] = [target]
                        return
                case Makes():
                    if row.part_of and not self._made_by(row.part_of, params[row.named]):
                        raise Beyond(FOREIGN)
                    self._make(action, row, params)
                    return
        raise Beyond(FOREIGN)

    def _make(self, action: Action, row: Makes, params: Properties) -> None:
        place = action.call.region or self.region
        if action.call.service not in EVERYWHERE and place != self.region:
            raise Beyond(f"It belongs into {place}, the rest into {self.region}; a stack is in one region.")
        made = list(row.properties(params))
        for number, properties in enumerate(made, 1):
            id_ = logical(action.id) + (str(number) if len(made) > 1 else "")
            while id_ in self.resources:
                id_ += "X"
            self.resources[id_] = Resource(row, action, properties)
            self.of_action.setdefault(action.id, []).append(id_)
            if row.named:
                self._named[action.call.operation, params.get(row.named)] = id_

    def _params(self, action: Action) -> Properties:
        """The call's parameters as plain data, with marks for what is late; a document of an entry filled in."""
        documents: dict[Ref, Any] = {}
        if isinstance(entry := action.undo, Entry):
            begun = {**entry.empty, entry.within: [fill(entry.entry, self.mark)] if entry.key else {}}
            whole = entry.path.startswith("{")  # such a path builds the document itself, any other gives its text
            documents[edited(action.id)] = begun if whole else json.dumps(begun, ensure_ascii=False)
        filled: Properties = fill(action.call.params, lambda ref: documents.get(ref) or self.mark(ref))
        return filled

    def _made_by(self, operation: str, which: Any) -> str:
        """The resource that an earlier action with this operation made, by its name or by a reference to it."""
        if found := LATE.fullmatch(str(which)):
            ref = self._late[int(found[1])]
            made = self.of_action.get(ref.action, []) if isinstance(ref, Ref) else []
            return next((id_ for id_ in made if self.resources[id_].action.call.operation == operation), "")
        return self._named.get((operation, which), "")

    # -- what refers to what -------------------------------------------------------------------------------------

    def mark(self, late: Ref | Tag) -> str:
        if late == FLOW:
            return self.flow
        if late not in self._late:
            self._late.append(late)
        return f"{MARK}{self._late.index(late)}{MARK}"

    def settle(self) -> None:
        """Leave out what needs something that is left out, until nothing more does."""
        while True:
            for resource in self.resources.values():
                try:
                    self.value(resource.properties)
                except Beyond as beyond:
                    self._leave_out(resource.action.id, str(beyond))
                    break
            else:
                return

    def _leave_out(self, action: str, why: str) -> None:
        """Without what an action makes there is nothing either for those that set a part of it."""
        gone = self.of_action[action]
        for other, made in self.of_action.items():
            if made[0] in gone:
                self._reasons[other] = why
        for id_ in gone:
            del self.resources[id_]
        self.of_action = {other: made for other, made in self.of_action.items() if other not in self._reasons}

    def value(self, value: Any) -> Any:
        """A value with its marks turned into CloudFormation's functions. Raises Beyond."""
        match value:
            case str():
                if "{{resolve:" in value:
                    raise Beyond("CloudFormation would take its {{resolve: for something to look up.")
                parts = LATE.split(value)
                if len(parts) == 1:
                    return value
                if parts[0] == parts[-1] == "" and len(parts) == 3:
                    return self._function(self._late[int(parts[1])])
                return Tag("Sub", "".join(self._inside(n, part) for n, part in enumerate(parts)))
            case Mapping():
                return {key: self.value(item) for key, item in value.items()}
            case list():
                return [self.value(item) for item in value]
            case _:
                return value

    def _inside(self, position: int, part: str) -> str:
        if position % 2 == 0:
            return part.replace("${", "${!")
        return self._function(self._late[int(part)]).inside

    def _function(self, late: Ref | Tag) -> Tag:
        match late:
            case Tag():
                id_ = late.text.partition(".")[0]
                if id_ not in {*self.resources, *self.parameters} and not id_.startswith("AWS::"):
                    raise Beyond(f"It needs {id_}, which is not in the template.")
                return late
            case Ref() if late == RUN:
                return STACK
            case Ref("handrail", path) if path.startswith("secret:"):
                return self._parameter(path.removeprefix("secret:"))
            case Ref() if late.action == FOUND:
                raise Beyond(FOREIGN)
        (id_,) = self.of_action.get(late.action) or [""]
        attribute = self.resources[id_].row.told.get(late.path) if id_ else None
        if attribute is None:
            needed = next(a.sentence for a in self.plan.actions if a.id == late.action)
            raise Beyond(f"It needs what another step gives, “{needed}”, which CloudFormation does not know.")
        return Tag("GetAtt", f"{id_}.{attribute}") if attribute else Tag("Ref", id_)

    def _parameter(self, name: str) -> Tag:
        """A value that only AWS may keep: whoever creates the stack makes it up, or has one of their own."""
        (kept,) = [secret for secret in self.plan.secrets if secret.name == name]
        id_ = logical(f"secret {name}")
        self.parameters[id_] = {
            "Type": "String",
            "NoEcho": True,
            **(
                {"AllowedPattern": kept.pattern, "Description": f"Your own {kept.answer}: {kept.form}"}
                if kept.answer
                else {
                    "MinLength": kept.characters,
                    "AllowedPattern": "[0-9A-Za-z]+",
                    "Description": f"A secret that you make up: {kept.characters} letters and digits, "
                    f"such as from openssl rand -hex {kept.characters // 2}",
                }
            ),
        }
        return Tag("Ref", id_)

    def left_out(self) -> Iterator[tuple[int, Action, str]]:
        """Each step that is not in the template: its number, the action, and why."""
        for number, action in enumerate(self.plan.actions, 1):
            if action.id in self._reasons:
                yield number, action, self._reasons[action.id]


def logical(text: str) -> str:
    """An id as CloudFormation allows it: letters and digits."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", text))
