"""A plan as a runbook: a document by which a colleague does the same by hand, step by step, and signs it off.

Nothing in it is written for a particular set-up: sentences, commands, waits, checks and the way back are the plan's.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flows.engine import Review
from flows.engine.cloud import Identity
from flows.engine.flow import Flow
from flows.engine.plan import (
    FOUND,
    TOKEN,
    Action,
    Call,
    Entry,
    Late,
    Plan,
    Ref,
    Restore,
    Undo,
    Wait,
    before,
    edited,
    fill,
    refs,
    secret,
)

from .cli import command, joined, plain, structured, variable, word
from .markdown import escaped, fenced, paragraph, prose

LINES = " \\\n  "
"""Between the options of a command: one a line."""
SIGNATURE = "Done by: ______________________  at: ________________"


def runbook(
    review: Review, *, flow: type[Flow], identity: Identity, on: date, costs: Iterable[str], practice: bool = False
) -> str:
    """The plan of a review as Markdown.

    Args:
        review: what to do, and all that was said about it.
        flow: the set-up.
        identity: the account it was planned for.
        on: when it was planned.
        costs: what it costs, in sentences.
        practice: whether that account is the simulated one.
    """
    book = Runbook(review.plan, flow.id)
    account = f"{identity.alias} ({identity.account})" if identity.alias else identity.account or "unknown"
    made_for = f"Planned by Handrail on {on.isoformat()} for the account {account}, region {identity.region}."
    parts = [
        f"# {escaped(flow.title)}",
        prose(made_for + (" That account is PRACTICE: it does not exist at AWS." if practice else "")),
        prose("Nothing was changed yet. Ids in this document are of that account; it cannot be used for another."),
        "## What will be there",
        bullets(action.sentence for action in review.plan.actions),
        *(["It uses, and leaves as it is:", bullets(_used(review.plan))] if review.plan.uses else []),
        *(["It was asked for with these answers:", bullets(f"{a.question.label}: {a.shown}" for a in review.answers)]),
        "## What it costs",
        bullets(costs),
        *_warnings(review),
        "## Before you begin",
        *book.preparation(identity, review.permissions),
        "## Steps",
        *book.steps(),
        "## Afterwards",
        *book.afterwards(flow),
        "## Undo",
        *book.undo(),
    ]
    return "\n\n".join(parts) + "\n"


def bullets(texts: Iterable[str]) -> str:
    return "\n".join(prose(text, "- ") for text in texts)


def _used(plan: Plan) -> Iterator[str]:
    return (f"{use.sentence} ({use.resource})" for use in plan.uses)


def _warnings(review: Review) -> list[str]:
    said = [caution.message for caution in review.cautions]
    checks = [f"{f.grade.value}: {f.sentence} {f.remedy}" for f in review.findings if f.grade.value != "proved"]
    parts = ["## Warnings", bullets(said)] if said else []
    return [*parts, "## What was checked, and is not proved", bullets(checks)] if checks else parts


@dataclass
class Runbook:
    """The parts of the document that are made of commands."""

    plan: Plan
    flow: str

    def preparation(self, identity: Identity, permissions: Iterable[str]) -> Iterator[str]:
        yield prose(
            "You need bash and the AWS CLI. Use one shell from beginning to end, because what AWS answers is kept in "
            "variables; write their values down as you go. Look whether you are signed in where you should be: the "
            f"answer must be {identity.account}."
        )
        begun = [
            "set +H # an exclamation mark in a command is one",
            f"export AWS_DEFAULT_REGION={shlex.quote(identity.region)} AWS_PAGER=",
            f"RUN={self.flow}-$(date +%Y%m%d%H%M%S) # everything is tagged with it",
        ]
        if TOKEN in set(refs([action.call for action in self.plan.actions])):
            begun.append("TOKEN=${RUN//[^[:alnum:]]/}")
        begun += [f"{variable(secret(s.name))}=$(openssl rand -hex {s.characters // 2})" for s in self.plan.secrets]
        yield fenced("\n".join([*begun, "aws sts get-caller-identity --query Account --output text", 'echo "$RUN"']))
        yield prose("These permissions are needed, to do it and to take it back:")
        yield prose(", ".join(action.removeprefix("?") for action in permissions))
        yield paragraph(f"`handrail export {self.flow} --format policy` writes them as an IAM policy.")

    # -- doing ---------------------------------------------------------------------------------------------------

    def steps(self) -> Iterator[str]:
        for number, action in enumerate(self.plan.actions, 1):
            yield f"### Step {number}. {escaped(action.sentence)}"
            yield from self._before(action)
            yield fenced(self._made(action))
            yield from self._codes(action)
            yield from self._waited(action)
            if _way_back(action):
                yield prose(f"To take it back: Undo {number}, below.")
            yield SIGNATURE

    def _before(self, action: Action) -> Iterator[str]:
        """What must be read first, because the step changes it."""
        if action.relieves:
            yield prose("This must be done however the steps before ended, and may be repeated.")
        match action.undo:
            case Restore() as restore:
                yield prose("Note first what stands there now; undo puts it back:")
                yield fenced(self._keep(before(action.id), restore.read, restore.path))
                if restore.absent:
                    codes = ", ".join(restore.absent)
                    yield prose(f"If AWS answers {codes}, nothing stands there: {variable(before(action.id))}=null")
            case Entry() as entry:
                yield from self._edit(action, entry)
        if action.read:
            yield prose("It is written as a whole, so read right before what stands there now:")
            yield fenced(self._found(action.read, action.call))

    def _edit(self, action: Action, entry: Entry) -> Iterator[str]:
        """An entry is added by hand: only a person sees what else is in the document."""
        former, file = f"{action.id}-before.json", f"{action.id}.json"
        yield prose(f"The document belongs to others, too. Read it, and keep the file {former}:")
        yield fenced(f"{self._look(entry.read, entry.path)} \\\n  >{former}\ncp {former} {file}")
        if entry.absent:
            begun = json.dumps({**entry.empty, entry.within: []})
            yield paragraph(
                f"If AWS answers {', '.join(entry.absent)}, there is none yet: begin `{file}` with `{begun}`."
            )
        place = f"Add this to its list “{entry.within}”" if entry.key else f"Set “{entry.within}” to this"
        yield prose(f"{place} in {file}, with the values of the variables, and leave all else as it is:")
        yield fenced(_document(entry.entry, self.flow), "json")

    def _made(self, action: Action) -> str:
        call = _from_file(action.call, action.id)
        paths = sorted(self.plan.paths_into(action.id))
        match paths:
            case []:
                return self._command(call)
            case [path]:
                return self._keep(Ref(action.id, path), call, path)
            case _:
                names = [variable(Ref(action.id, path)) for path in paths]
                query = shlex.quote(f"[{', '.join(paths)}]")
                read = f'read -r {" ".join(names)} <<<"$({self._command(call)}{LINES}--query {query} --output text)"'
                return "\n".join([read, f'echo "{" ".join(f"${name}" for name in names)}"'])

    def _codes(self, action: Action) -> Iterator[str]:
        if action.not_yet:
            codes = ", ".join(dict.fromkeys(code.partition(":")[0] for code in action.not_yet))
            yield prose(f"If AWS answers {codes}: wait a moment and repeat it.")
        if action.exists:
            codes = ", ".join(dict.fromkeys(code.partition(":")[0] for code in action.exists))
            yield prose(f"If AWS answers {codes}: it was there already. Leave it, and skip its undo.")

    def _waited(self, action: Action) -> Iterator[str]:
        if action.wait:
            yield from self._wait(action.wait)
            for path in sorted(self.plan.seen_in_wait(action.id)):
                yield fenced(self._keep(Ref(action.id, f"@seen:{path}"), action.wait.poll, path))
        elif isinstance(action.undo, Restore | Entry):
            yield prose("To check it, read it again:")
            yield fenced(self._look(action.undo.read, action.undo.path, "json"))
        elif action.find and not action.find.proof:
            yield prose("To check it; the answer must not be null:")
            yield fenced(self._look(action.find.look, action.find.shape, "json"))

    def _wait(self, wait: Wait) -> Iterator[str]:
        took = f"usually about {_time(wait.typical)}, {_time(wait.limit)} at the most"
        yield prose(f"{wait.sentence}: {took}. Repeat this until it says true:")
        ready = joined("!(!(", wait.ready, "))")
        yield fenced(self._look(wait.poll, ready, "json"))
        if wait.gone:
            yield prose(f"An answer {', '.join(wait.gone)} means the same.")

    def afterwards(self, flow: type[Flow]) -> Iterator[str]:
        """What a colleague should note, and how Handrail looks whether it works."""
        if self.plan.outputs:
            yield prose("Write down:")
            told = self.plan.outputs.items()
            yield fenced("\n".join(f"echo {word(joined(f'{name}: ', value), self.flow)}" for name, value in told))
        keys = next((keys for keys in (*flow.enough, tuple(flow.subject)) if set(keys) <= set(self.plan.outputs)), ())
        if keys:
            known = " ".join(f"--set {key}={word(self.plan.outputs[key], self.flow)}" for key in keys)
            yield prose("Handrail tells whether it works; it only reads:")
            yield fenced(f"handrail check {self.flow} {known}")
        yield SIGNATURE

    # -- taking back ---------------------------------------------------------------------------------------------

    def undo(self) -> Iterator[str]:
        yield prose(
            "Last step first, in the same shell, or with the variables set to the values that were written down. It "
            "makes the account as it was before. Only take back what was really done."
        )
        for decision in self.plan.decisions:
            yield prose(f"Decide first: {decision.ask}")
            yield bullets(f"{key}: {meaning}" for key, meaning in decision.options.items())
        for number, action in reversed([*enumerate(self.plan.actions, 1)]):
            if _way_back(action):
                yield f"### Undo {number}. {escaped(action.undone or action.sentence)}"
                yield from self._taken_back(action)
                yield SIGNATURE

    def _taken_back(self, action: Action) -> Iterator[str]:
        match action.undo:
            case Restore() as restore:
                yield prose("Put back what was noted before, if it still is as this runbook made it:")
                yield fenced(self._command(restore.put))
                if restore.remove:
                    yield prose(f"If {variable(before(action.id))} is null or empty, then instead:")
                    yield fenced(self._command(restore.remove))
            case Entry() as entry:
                yield from self._entry_out(action, entry)
            case steps:
                for step in steps:
                    yield from self._undone(step)

    def _entry_out(self, action: Action, entry: Entry) -> Iterator[str]:
        file = f"{action.id}.json"
        yield prose(f"Read the document as it is now, and take out of “{entry.within}” just what was added:")
        yield fenced(f"{self._look(entry.read, entry.path)} \\\n  >{file}")
        yield fenced(self._command(_from_file(entry.put or action.call, action.id)))
        if entry.remove:
            yield prose("If nothing is left in it, then instead:")
            yield fenced(self._command(entry.remove))

    def _undone(self, step: Undo) -> Iterator[str]:
        if step.when:
            key, value = step.when
            yield prose(f"If you decided {key}={value}:")
        if step.still:
            yield prose(f"Only if this answers {_shown(step.still.equals, self.flow)}; else leave it:")
            yield fenced(self._look(step.still.look, step.still.path))
        read = f"{self._found(step.read, step.call)}\n" if step.read else ""
        yield fenced(read + self._command(step.call))
        if step.more and step.read:
            yield prose("Repeat both while this says true:")
            yield fenced(self._look(step.read, step.more, "json"))
        if step.not_yet:
            codes = ", ".join(dict.fromkeys(code.partition(":")[0] for code in step.not_yet))
            yield prose(f"If AWS answers {codes}: wait a moment and repeat it.")
        if step.gone:
            yield prose(f"An answer {', '.join(step.gone)} means that it is gone already.")
        if step.wait:
            yield from self._wait(step.wait)
        if step.kept:
            costs = f" It costs: {step.kept.costs}." if step.kept.costs else ""
            yield prose(f"Left behind on purpose: {_shown(step.kept.what, self.flow)}. {step.kept.why}{costs}")

    # -- commands ------------------------------------------------------------------------------------------------

    def _command(self, call: Call) -> str:
        return command(call, self.flow, joint=LINES)

    def _look(self, call: Call, path: Late, form: str = "") -> str:
        form = form or ("json" if not isinstance(path, str) or structured(path) else "text")
        return f"{self._command(call)}{LINES}--query {word(path, self.flow)} --output {form}"

    def _keep(self, ref: Ref, call: Call, path: Late) -> str:
        name = variable(ref)
        return f'{name}=$({self._look(call, path, "json" if ref == before(ref.action) else "")})\necho "${name}"'

    def _found(self, look: Call, call: Call) -> str:
        """What is read right before a call, into the variables that the call names."""
        paths = sorted({ref.path for ref in refs(call) if ref.action == FOUND})
        inside = {ref.path for value in call.params.values() if not isinstance(value, Ref) for ref in refs(value)}
        kept = [(Ref(FOUND, path), self._look(look, path, "json" if path in inside else "")) for path in paths]
        return "\n".join(f"{variable(ref)}=$({look})" for ref, look in kept)


def _way_back(action: Action) -> bool:
    return action.undo != ()


def _from_file(call: Call, action: str) -> Call:
    """A call whose edited document comes from a file."""
    params = {key: f"file://{action}.json" if value == edited(action) else value for key, value in call.params.items()}
    return replace(call, params=params)


def _document(entry: Mapping[str, Any], flow: str) -> str:
    """An entry as JSON, the variables in it by their names."""
    text = json.dumps(fill(entry, lambda ref: _shown(ref, flow)), ensure_ascii=False, indent=2)
    return "\n".join(plain(line) if line.strip() == line else line for line in text.splitlines())


def _shown(value: Late, flow: str) -> str:
    return word(value, flow).strip('"')


def _time(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"
