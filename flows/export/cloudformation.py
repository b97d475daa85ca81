"""A plan as a CloudFormation template, and what cannot be in one.

It is built from the plan's own calls by the table in `resources`; nothing in it is written for a particular set-up.
CloudFormation manages what a stack creates. What a plan changes about things that were there before, or what belongs
into another region or account than the rest, is left out and named, never done otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.plan import FLOW, FOUND, RUN, Action, Entry, Plan, Ref, edited, fill
from flows.engine.problems import Refused

from .cli import plain
from .properties import Beyond, Properties
from .resources import FOREIGN, TABLE, Itself, Makes, Never, Sets
from .short_forms import Tag, dumped, functions

MARK = "\ue000"
"""A private character that stands around a late value's number while properties are put together."""
LATE = re.compile(f"{MARK}(\\d+){MARK}")
EVERYWHERE = ("cloudfront", "iam", "route53")
"""Services that are in no region: a stack of any region can hold what is theirs."""
LONGEST = 1024
"""Bytes that a template's Description may have (CloudFormation User Guide, 2026-11)."""


@dataclass(frozen=True)
class Template:
    """The text, where its stack belongs, and each step that is not in it, with the reason."""

    text: str
    region: str
    left_out: tuple[tuple[int, Action, str], ...]


STACK = Tag("Ref", "AWS::StackName")


@dataclass
class Resource:
    """A resource under way: properties may hold marks, and `needs` are the actions that come before."""

    row: Makes
    action: Action
    properties: Properties


def template(plan: Plan, *, flow: str, title: str, region: str) -> Template:
    """The plan as a template in YAML.

    Raises:
        Refused: nothing of the plan can be in a template.
    """
    home = _home(plan, region)
    build = Build(plan, flow, home)
    if not build.resources:
        why = "; ".join(dict.fromkeys(reason.rstrip(".") for _, _, reason in build.left_out()))
        raise Refused(
            f"Nothing of “{title}” can be a CloudFormation template.", f"{why}.", "Use --format cli or runbook instead."
        )
    document = build.document(title)
    return Template(build.head(title) + dumped(document), home, tuple(build.left_out()))


def _home(plan: Plan, region: str) -> str:
    """Where the stack belongs: where the plan works, unless all that is bound to a region is in one other."""
    made_in = {
        action.call.region or region
        for action in plan.actions
        if action.call.service not in EVERYWHERE
        and any(isinstance(row, Makes) and not row.part_of for row in TABLE.get(action.call.operation, ()))
    }
    return made_in.pop() if len(made_in) == 1 else region


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
        self._settle()

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
                        row.into(self.resources[target].properties, self._all_linked(params, which))
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
        own = params.get(row.named)
        made = list(row.properties(self._all_linked(params, None if row.part_of else own)))
        for number, properties in enumerate(made, 1):
            id_ = _logical(action.id) + (str(number) if len(made) > 1 else "")
            while id_ in self.resources:
                id_ += "X"
            self.resources[id_] = Resource(row, action, properties)
            self.of_action.setdefault(action.id, []).append(id_)
            if row.named:
                self._named[action.call.operation, own] = id_

    def _params(self, action: Action) -> Properties:
        """The call's parameters as plain data, with marks for what is late; a document of an entry filled in."""
        documents: dict[Ref, Any] = {}
        if isinstance(entry := action.undo, Entry):
            begun = {**entry.empty, entry.within: [fill(entry.entry, self._mark)] if entry.key else {}}
            whole = entry.path.startswith("{")  # such a path builds the document itself, any other gives its text
            documents[edited(action.id)] = begun if whole else json.dumps(begun, ensure_ascii=False)
        filled: Properties = fill(action.call.params, lambda ref: documents.get(ref) or self._mark(ref))
        return filled

    def _made_by(self, operation: str, which: Any) -> str:
        """The resource that an earlier action with this operation made, by its name or by a reference to it."""
        if found := LATE.fullmatch(str(which)):
            ref = self._late[int(found[1])]
            made = self.of_action.get(ref.action, []) if isinstance(ref, Ref) else []
            return next((id_ for id_ in made if self.resources[id_].action.call.operation == operation), "")
        return self._named.get((operation, which), "")

    def _all_linked(self, params: Properties, own: Any) -> Properties:
        """Parameters that name resources of the template as references to them, but for its `own` name."""
        return {key: value if value == own else self._linked(key, value) for key, value in params.items()}

    def _linked(self, key: str, value: Any) -> Any:
        """A parameter that names a resource of the template, as a reference to it."""
        for (_, name), id_ in self._named.items():
            row = self.resources[id_].row
            if row.named == key and not row.part_of and name == value:
                return self._mark(Tag("Ref", id_))
        return value

    # -- what refers to what -------------------------------------------------------------------------------------

    def _mark(self, late: Ref | Tag) -> str:
        if late == FLOW:
            return self.flow
        if late not in self._late:
            self._late.append(late)
        return f"{MARK}{self._late.index(late)}{MARK}"

    def _settle(self) -> None:
        """Leave out what needs something that is left out, until nothing more does."""
        while True:
            for resource in self.resources.values():
                try:
                    self._value(resource.properties)
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

    def _value(self, value: Any) -> Any:
        """A value with its marks turned into CloudFormation's functions. Raises Beyond."""
        match value:
            case str():
                parts = LATE.split(value)
                if len(parts) == 1:
                    return value
                if parts[0] == parts[-1] == "" and len(parts) == 3:
                    return self._function(self._late[int(parts[1])])
                return Tag("Sub", "".join(self._inside(n, part) for n, part in enumerate(parts)))
            case Mapping():
                return {key: self._value(item) for key, item in value.items()}
            case list():
                return [self._value(item) for item in value]
            case _:
                return value

    def _inside(self, position: int, part: str) -> str:
        if position % 2 == 0:
            return part.replace("${", "${!")
        return self._function(self._late[int(part)]).inside

    def _function(self, late: Ref | Tag) -> Tag:
        match late:
            case Tag():
                if late.text not in self.resources:
                    raise Beyond(f"It needs {late.text}, which is not in the template.")
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
        """A value that only AWS may keep: whoever creates the stack makes it up."""
        (kept,) = [secret for secret in self.plan.secrets if secret.name == name]
        id_ = _logical(f"secret {name}")
        self.parameters[id_] = {
            "Type": "String",
            "NoEcho": True,
            "MinLength": kept.characters,
            "AllowedPattern": "[0-9A-Za-z]+",
            "Description": f"A secret that you make up: {kept.characters} letters and digits, "
            f"such as from openssl rand -hex {kept.characters // 2}",
        }
        return Tag("Ref", id_)

    # -- what is written -----------------------------------------------------------------------------------------

    def left_out(self) -> Iterator[tuple[int, Action, str]]:
        """Each step that is not in the template: its number, the action, and why."""
        for number, action in enumerate(self.plan.actions, 1):
            if action.id in self._reasons:
                yield number, action, self._reasons[action.id]

    def document(self, title: str) -> dict[str, Any]:
        parts = {id_: self._resource(id_) for id_ in self.resources}
        outputs = dict(self._outputs())
        missing = [{"Step": f"{n}. {plain(a.sentence)}", "Why": why} for n, a, why in self.left_out()]
        return {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": self._description(title),
            "Metadata": {"Handrail": {"SetUp": self.flow, "Region": self.region, "NotInThisTemplate": missing}},
            **({"Parameters": self.parameters} if self.parameters else {}),
            "Resources": parts,
            **({"Outputs": outputs} if outputs else {}),
        }

    def _resource(self, id_: str) -> dict[str, Any]:
        resource = self.resources[id_]
        made: dict[str, Any] = {"Type": resource.row.type}
        if before := self._depends_on(id_):
            made["DependsOn"] = before
        undo = resource.action.undo
        if isinstance(undo, tuple) and any(step.when for step in undo):
            made["DeletionPolicy"] = made["UpdateReplacePolicy"] = resource.row.at_the_end
        return {**made, "Properties": self._value(resource.properties)}

    def _depends_on(self, id_: str) -> list[str]:
        """What must be there first, as far as no reference and no other dependency says so already."""
        before = self._before(id_)
        implied = set[str]()
        for other in {*self._referred(id_), *before}:
            implied |= self._reach(other)
        return sorted(before - implied - self._referred(id_) - {id_})

    def _before(self, id_: str) -> set[str]:
        """The resources of the actions that the plan does earlier; what is left out hands on its own."""
        found, left = set[str](), [self.resources[id_].action.id]
        seen = set[str]()
        actions = {action.id: action for action in self.plan.actions}
        while left:
            for need in self.plan.needs(actions[left.pop()]) - seen:
                seen.add(need)
                made = self.of_action.get(need, [])
                found.update(made)
                left += [] if made else [need]
        return found - {id_}

    def _reach(self, id_: str) -> set[str]:
        """Everything that comes before a resource, near or far."""
        found, left = set[str](), [id_]
        while left:
            one = left.pop()
            more = (self._referred(one) | self._before(one)) - found - {id_}
            found |= more
            left += more
        return found

    def _referred(self, id_: str) -> set[str]:
        found = set[str]()
        for function in functions(self._value(self.resources[id_].properties)):
            texts = re.findall(r"\$\{(\w+)", function.text) if function.name == "Sub" else [function.text]
            found |= {text.partition(".")[0] for text in texts}
        return found & self.resources.keys()

    def _outputs(self) -> Iterator[tuple[str, Any]]:
        for name, value in self.plan.outputs.items():
            try:
                told = self._value(fill(value, self._mark))
            except Beyond:
                continue
            if told != "":
                yield _logical(name), {"Value": told}

    def _description(self, title: str) -> str:
        missing = list(self.left_out())
        text = f"{plain(title)}, by Handrail. For {self.region}."
        if missing:
            steps = "; ".join(f"{number}. {plain(action.sentence)}" for number, action, _ in missing)
            text += f" NOT in this template, see Metadata: {steps}"
        while len(text.encode()) > LONGEST:
            text = text[:-2] + "…"
        return text

    def head(self, title: str) -> str:
        """How to make a stack of it, for whoever opens the file."""
        named = any(resource.row.type.startswith("AWS::IAM::") for resource in self.resources.values())
        secrets = "".join(f" {id_}=…" for id_ in self.parameters)
        lines = [
            f"{plain(title)}. To create it:",
            f"aws cloudformation deploy --region {self.region} --stack-name {self.flow.replace('_', '-')} \\",
            "  --template-file THIS_FILE"
            + (" --capabilities CAPABILITY_NAMED_IAM" if named else "")
            + (f" --parameter-overrides{secrets}" if secrets else ""),
        ]
        types = {resource.row.type for resource in self.resources.values()}
        if "AWS::S3::Bucket" in types:
            lines.append("A bucket must be emptied before the stack can be deleted.")
        if any(
            each.row.type == "AWS::CertificateManager::Certificate" and "DomainValidationOptions" not in each.properties
            for each in self.resources.values()
        ):
            lines.append("It waits until you have entered the certificate's DNS records; ACM shows them meanwhile.")
        if missing := list(self.left_out()):
            lines += ["It is NOT all of the plan. Not in it:"]
            lines += [f"  {number}. {plain(action.sentence)}" for number, action, _ in missing]
            lines += ["The script of `handrail export --format cli` has these steps."]
        return "".join(f"# {line}\n" for line in lines)


def _logical(text: str) -> str:
    """An id as CloudFormation allows it: letters and digits."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", text))
