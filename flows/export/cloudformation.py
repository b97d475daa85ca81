"""A plan as a CloudFormation template, and what cannot be in one.

It is built from the plan's own calls by the table in `resources`; nothing in it is written for a particular set-up.
CloudFormation manages what a stack creates. What a plan changes about things that were there before, or what belongs
into another region or account than the rest, is left out and named, never done otherwise.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flows.engine.actions import Action
from flows.engine.plan import Plan
from flows.engine.problems import Refused
from flows.engine.references import Ref, fill, refs
from flows.engine.shell import aws, handrail
from flows.engine.states import Line

from .assembly import EVERYWHERE, STACK, Build, logical
from .commands import Commands, agreed, is_secret, plain
from .links import Links
from .properties import Beyond
from .resources import TABLE, Makes
from .short_forms import Tag, dumped, functions, named_in

LONGEST = 1024
"""Bytes that a template's Description may have (CloudFormation User Guide, 2026-11)."""


@dataclass(frozen=True)
class Template:
    """The text, where its stack belongs, and each step that is not in it, with the reason."""

    text: str
    region: str
    left_out: tuple[tuple[int, Action, str], ...]


def template(
    plan: Plan, *, flow: str, title: str, region: str, account: str = "", answers: Iterable[Line] = (),
    agreements: Iterable[str] = (),
) -> Template:  # fmt: skip
    """The plan as a template in YAML.

    Args:
        plan: what to do.
        flow: the set-up's name.
        title: the set-up's title.
        region: the region it was planned for.
        account: the account it was planned for; empty if that is not known.
        answers: what was said; it names the stack, and is what its parameters ask for.
        agreements: what needs a conscious yes, a text each.

    Raises:
        Refused: nothing of the plan can be in a template.
    """
    home = _home(plan, region)
    build, answers = Build(plan, flow, home), tuple(answers)
    links = Links(build, account, answers)
    build.settle()
    if not plan.actions:
        raise Refused(f"Nothing of “{title}” is left to be done, so there is nothing that a template could make.")
    if not build.resources:
        why = "; ".join(dict.fromkeys(reason.rstrip(".") for _, _, reason in build.left_out()))
        raise Refused(
            f"Nothing of “{title}” can be a CloudFormation template.",
            f"{why}.",
            "The formats cli and runbook have all.",
        )
    written = Written(build, title, stack(flow, answers), links)
    yes = "".join(f"{line}\n" for line in agreed(agreements, "creates it"))
    return Template(written.head() + yes + dumped(written.document()), home, tuple(build.left_out()))


def _home(plan: Plan, region: str) -> str:
    """Where the stack belongs: where the plan works, unless all that is bound to a region is in one other."""
    made_in = {
        action.call.region or region
        for action in plan.actions
        if action.call.service not in EVERYWHERE
        and any(isinstance(row, Makes) and not row.part_of for row in TABLE.get(action.call.operation, ()))
    }
    return made_in.pop() if len(made_in) == 1 else region


def stack(flow: str, answers: tuple[Line, ...]) -> str:
    """The name of the stack: no two plans have one, since the second would replace what the first made.

    It is part of names of 64 characters. What a name has that a stack's cannot have is told apart by a digest.
    """
    said = {line.question.id: line.raw for line in answers}
    named = str(said.get("name") or next(iter(said.values()), ""))
    short = re.sub("[^0-9A-Za-z]+", "-", named.rpartition(":")[2])[:30].strip("-")
    whole = json.dumps(said if "name" not in said else named, default=str, sort_keys=True)
    digest = "" if short == said.get("name") else hashlib.sha256(whole.encode()).hexdigest()[:6]
    return "-".join(part for part in (flow.replace("_", "-"), short, digest if said else "") if part)


@dataclass
class Written:
    """The document that holds what was built."""

    build: Build
    title: str
    stack: str
    links: Links

    def document(self) -> dict[str, Any]:
        parts = {id_: self._resource(id_) for id_ in self.build.resources}
        outputs = dict(self._outputs())
        used = {name for each in functions([parts, outputs]) for name in named_in(each)}
        asked = {id_: each for id_, each in self.build.parameters.items() if id_ in used}
        missing = [{"Step": f"{n}. {plain(a.sentence)}", "Why": why} for n, a, why in self.build.left_out()]
        return {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": self._description(),
            "Metadata": {
                "Handrail": {"SetUp": self.build.flow, "Region": self.build.region, "NotInThisTemplate": missing}
            },
            **({"Parameters": asked} if asked else {}),
            "Resources": parts,
            **({"Outputs": outputs} if outputs else {}),
        }

    def _resource(self, id_: str) -> dict[str, Any]:
        resource = self.build.resources[id_]
        made: dict[str, Any] = {"Type": resource.row.type}
        if before := self._depends_on(id_):
            made["DependsOn"] = before
        if keeps := resource.row.keeps or ("Retain" if id_ in self._kept() else ""):
            made["DeletionPolicy"] = made["UpdateReplacePolicy"] = keeps
        return {**made, "Properties": self.build.value(resource.properties)}

    def _depends_on(self, id_: str) -> list[str]:
        """What must be there first, as far as no reference and no other dependency says so already."""
        before = self._before(id_)
        implied = set[str]()
        for other in {*self._referred(id_), *before}:
            implied |= self._reach(other)
        return sorted(before - implied - self._referred(id_) - {id_})

    def _kept(self) -> set[str]:
        """What something that stays when the stack is deleted cannot be without."""
        staying = [id_ for id_, each in self.build.resources.items() if each.row.keeps == "Retain"]
        return set[str]().union(*(self._reach(id_) for id_ in staying))

    def _before(self, id_: str) -> set[str]:
        """The resources of the actions that the plan does earlier; what is left out hands on its own."""
        found, left = set[str](), [self.build.resources[id_].action.id]
        seen = set[str]()
        actions = {action.id: action for action in self.build.plan.actions}
        makers = {resource.action.id for resource in self.build.resources.values()}
        while left:
            for need in actions[left.pop()].needs - seen:
                seen.add(need)
                made = self.build.of_action.get(need, [])
                found.update(made)
                # what sets a part of a resource may be done long after it is made, and after others
                left += [] if need in makers else [need]
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
            found |= named_in(function)
        return found & self.build.resources.keys()

    def _outputs(self) -> Iterator[tuple[str, Any]]:
        """What the plan tells, and for each step that is left out what it needs of the stack."""
        steps = {action.id: action.sentence for action in self.build.plan.actions}
        for name, value in self.build.plan.outputs.items():
            told = fill(value, self.build.mark)
            made_by = [steps[ref.action] for ref in refs(value) if ref.action in steps] or [self.links.made_by(told)]
            with suppress(Beyond):
                if shown := self.build.value(self.links.output(name, told) if isinstance(told, str) else told):
                    words = name.replace("_", " ").capitalize()
                    about = f"{words}, of “{plain(made_by[0])}”" if made_by[0] else f"{words}, as it was planned"
                    yield logical(name), {"Description": about[: LONGEST // 4], "Value": shown}
        commands = Commands(self.build.plan, self.build.flow)
        book = handrail("export", self.build.flow, "--format", "runbook")
        for number, action, _ in self.build.left_out():
            given: dict[str, Ref | Tag] = {"RUN": STACK, **dict(self._given_to(action, commands))}
            parts = " ".join(f"{name}={self.build.mark(value)}" for name, value in given.items())
            about = (
                f"NOT in this stack: {plain(action.sentence)[: LONGEST // 8]}. Do step {number} of the runbook "
                f"({book}) with these variables set{self._secrets_of(action, commands)}."
            )
            yield f"ByHandStep{number}", {"Description": about, "Value": self.build.value(parts)}

    def _secrets_of(self, action: Action, commands: Commands) -> str:
        """What no output may tell, because whoever made the stack has it."""
        secret = [ref for ref in dict.fromkeys(refs((action.call, action.undo))) if is_secret(ref)]
        asked = [(commands.variable(ref), self.build.value(self.build.mark(ref)).text) for ref in secret]
        return "".join(f", and {variable} to what you gave as {id_}" for variable, id_ in asked)

    def _given_to(self, action: Action, commands: Commands) -> Iterator[tuple[str, Ref]]:
        """The variables that a step takes from what the stack made, as the runbook calls them."""
        for ref in dict.fromkeys(refs((action.call, action.read, action.undo, action.wait))):
            if ref.action in self.build.of_action:
                with suppress(Beyond):
                    self.build.value(self.build.mark(ref))
                    yield commands.variable(ref), ref

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
        secrets = "".join(f" {id_}=…" for id_, each in self.build.parameters.items() if "Default" not in each)
        lines = [
            f"{plain(self.title)}. To create it:",
            aws("cloudformation", "deploy", region=self.build.region, stack_name=self.stack) + " \\",
            "  --template-file THIS_FILE"
            + (" --capabilities CAPABILITY_NAMED_IAM" if named else "")
            + (f" --parameter-overrides{secrets}" if secrets else ""),
        ]
        if len(self.build.parameters) > secrets.count("="):
            lines.append("Its parameters have what was planned as their defaults: another stack wants another name.")
        if kept := [id_ for id_, each in self.build.resources.items() if each.row.keeps]:
            lines.append(f"What holds data outlives the stack, or leaves a snapshot: {', '.join(kept)}.")
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
