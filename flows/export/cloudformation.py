"""A plan as a CloudFormation template, and what cannot be in one.

It is built from the plan's own calls by the table in `resources`; nothing in it is written for a particular set-up.
CloudFormation manages what a stack creates. What a plan changes about things that were there before, or what belongs
into another region or account than the rest, is left out and named, never done otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.engine.plan import Action, Plan, fill
from flows.engine.problems import Refused

from .assembly import EVERYWHERE, Build, logical
from .commands import plain
from .properties import Beyond
from .resources import TABLE, Makes
from .short_forms import dumped, functions

LONGEST = 1024
"""Bytes that a template's Description may have (CloudFormation User Guide, 2026-11)."""


@dataclass(frozen=True)
class Template:
    """The text, where its stack belongs, and each step that is not in it, with the reason."""

    text: str
    region: str
    left_out: tuple[tuple[int, Action, str], ...]


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
            f"Nothing of “{title}” can be a CloudFormation template.",
            f"{why}.",
            "The formats cli and runbook have all.",
        )
    written = Written(build, title)
    return Template(written.head() + dumped(written.document()), home, tuple(build.left_out()))


def _home(plan: Plan, region: str) -> str:
    """Where the stack belongs: where the plan works, unless all that is bound to a region is in one other."""
    made_in = {
        action.call.region or region
        for action in plan.actions
        if action.call.service not in EVERYWHERE
        and any(isinstance(row, Makes) and not row.part_of for row in TABLE.get(action.call.operation, ()))
    }
    return made_in.pop() if len(made_in) == 1 else region


@dataclass
class Written:
    """The document that holds what was built."""

    build: Build
    title: str

    def document(self) -> dict[str, Any]:
        parts = {id_: self._resource(id_) for id_ in self.build.resources}
        outputs = dict(self._outputs())
        missing = [{"Step": f"{n}. {plain(a.sentence)}", "Why": why} for n, a, why in self.build.left_out()]
        return {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": self._description(),
            "Metadata": {
                "Handrail": {"SetUp": self.build.flow, "Region": self.build.region, "NotInThisTemplate": missing}
            },
            **({"Parameters": self.build.parameters} if self.build.parameters else {}),
            "Resources": parts,
            **({"Outputs": outputs} if outputs else {}),
        }

    def _resource(self, id_: str) -> dict[str, Any]:
        resource = self.build.resources[id_]
        made: dict[str, Any] = {"Type": resource.row.type}
        if before := self._depends_on(id_):
            made["DependsOn"] = before
        undo = resource.action.undo
        if isinstance(undo, tuple) and any(step.when for step in undo):
            made["DeletionPolicy"] = made["UpdateReplacePolicy"] = resource.row.at_the_end
        return {**made, "Properties": self.build.value(resource.properties)}

    def _depends_on(self, id_: str) -> list[str]:
        """What must be there first, as far as no reference and no other dependency says so already."""
        before = self._before(id_)
        implied = set[str]()
        for other in {*self._referred(id_), *before}:
            implied |= self._reach(other)
        return sorted(before - implied - self._referred(id_) - {id_})

    def _before(self, id_: str) -> set[str]:
        """The resources of the actions that the plan does earlier; what is left out hands on its own."""
        found, left = set[str](), [self.build.resources[id_].action.id]
        seen = set[str]()
        actions = {action.id: action for action in self.build.plan.actions}
        while left:
            for need in actions[left.pop()].needs - seen:
                seen.add(need)
                made = self.build.of_action.get(need, [])
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
        for function in functions(self.build.value(self.build.resources[id_].properties)):
            texts = re.findall(r"\$\{(\w+)", function.text) if function.name == "Sub" else [function.text]
            found |= {text.partition(".")[0] for text in texts}
        return found & self.build.resources.keys()

    def _outputs(self) -> Iterator[tuple[str, Any]]:
        for name, value in self.build.plan.outputs.items():
            try:
                told = self.build.value(fill(value, self.build.mark))
            except Beyond:
                continue
            if told != "":
                yield logical(name), {"Value": told}

    def _description(self) -> str:
        missing = list(self.build.left_out())
        text = f"{plain(self.title)}, by Handrail. For {self.build.region}."
        if missing:
            steps = "; ".join(f"{number}. {plain(action.sentence)}" for number, action, _ in missing)
            text += f" NOT in this template, see Metadata: {steps}"
        while len(text.encode()) > LONGEST:
            text = text[:-2] + "…"
        return text

    def head(self) -> str:
        """How to make a stack of it, for whoever opens the file."""
        named = any(resource.row.type.startswith("AWS::IAM::") for resource in self.build.resources.values())
        secrets = "".join(f" {id_}=…" for id_ in self.build.parameters)
        name = self.build.flow.replace("_", "-")
        lines = [
            f"{plain(self.title)}. To create it:",
            f"aws cloudformation deploy --region {self.build.region} --stack-name {name} \\",
            "  --template-file THIS_FILE"
            + (" --capabilities CAPABILITY_NAMED_IAM" if named else "")
            + (f" --parameter-overrides{secrets}" if secrets else ""),
        ]
        types = {resource.row.type for resource in self.build.resources.values()}
        if "AWS::S3::Bucket" in types:
            lines.append("A bucket must be emptied before the stack can be deleted.")
        if any(
            each.row.type == "AWS::CertificateManager::Certificate" and "DomainValidationOptions" not in each.properties
            for each in self.build.resources.values()
        ):
            lines.append("It waits until you have entered the certificate's DNS records; ACM shows them meanwhile.")
        if missing := list(self.build.left_out()):
            lines += ["It is NOT all of the plan. Not in it:"]
            lines += [f"  {number}. {plain(action.sentence)}" for number, action, _ in missing]
            lines += ["The script of `handrail export --format cli` has these steps."]
        return "".join(f"# {line}\n" for line in lines)
