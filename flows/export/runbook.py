"""A plan as a runbook: a document by which a colleague does the same by hand, step by step, and signs it off.

Nothing in it is written for a particular set-up: sentences, commands, waits, checks and the way back are the plan's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from flows.engine import Review
from flows.engine.actions import Action
from flows.engine.calls import Call, Wait
from flows.engine.cloud import Identity
from flows.engine.drawing import answered, draw, sentences
from flows.engine.flow import Flow
from flows.engine.plan import Plan, Secret
from flows.engine.references import FLOW, TOKEN, Late, Ref, before, edited, fill, refs, secret
from flows.engine.shell import handrail, quoted
from flows.engine.undo_plan import Entry, Restore, Undo

from .commands import (  # fmt: skip
    HEEDLESS,
    WHOLE,
    Commands,
    apart,
    first_set,
    found_in,
    picked,
    put_together,
    structured,
    truth,
    visible,
)
from .documents import nothing_left, or_none, standing, with_entry, without_entry
from .markdown import escaped, fenced, paragraph, prose
from .pictures import mermaid

LINES = " \\\n  "
"""Between the options of a command: one a line."""
SIGNATURE = "Done by: ______________________  at: ________________"


def runbook(
    review: Review,
    *,
    flow: type[Flow],
    identity: Identity,
    on: date,
    costs: Iterable[str],
    practice: bool = False,
    endpoint: str = "",
) -> str:
    """The plan of a review as Markdown.

    Args:
        review: what to do, and all that was said about it.
        flow: the set-up.
        identity: the account it was planned for.
        on: when it was planned.
        costs: what it costs, in sentences.
        practice: whether that account is the simulated one.
        endpoint: where it was planned, if that is not AWS.
    """
    book = Runbook(review.plan, flow.id, Commands(review.plan, flow.id))
    account = f"{identity.alias} ({identity.account})" if identity.alias else identity.account or "unknown"
    made_for = f"Planned by Handrail on {on.isoformat()} for the account {account}, region {identity.region}."
    parts = [
        f"# {escaped(flow.title)}",
        prose(made_for + (" That account is PRACTICE: it does not exist at AWS." if practice else "")),
        prose("Nothing was changed yet. Ids in this document are of that account; it cannot be used for another."),
        "## What will be there",
        bullets(action.sentence for action in review.plan.actions),
        *_picture(flow, review),
        *(["It uses, and leaves as it is:", bullets(_used(review.plan))] if review.plan.uses else []),
        *(["It was asked for with these answers:", bullets(f"{a.question.label}: {a.shown}" for a in review.answers)]),
        "## What it costs",
        bullets(costs),
        *_warnings(review),
        "## Before you begin",
        *book.preparation(identity, review.permissions, endpoint),
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


def _picture(flow: type[Flow], review: Review) -> list[str]:
    """What will be there, drawn, and in sentences for whoever reads it elsewhere."""
    if flow.picture is None:
        return []
    drawing = draw(flow.picture, answered(review.answers), plan=review.plan)
    if not drawing.rows:
        return []
    return ["As a picture:", fenced(mermaid(drawing), "mermaid"), bullets(sentences(drawing))]


def _used(plan: Plan) -> Iterator[str]:
    return (f"{use.sentence} ({use.resource})" for use in plan.uses)


def _warnings(review: Review) -> list[str]:
    said = list(dict.fromkeys(caution.message for caution in review.cautions if not caution.confirm))
    checks = [f"{f.grade.value}: {f.sentence} {f.remedy}" for f in review.findings if f.grade.value != "proved"]
    agreed = [prose("Who does this agrees to it:"), bullets(review.agreements)] if review.agreements else []
    others = [*([prose("Worth knowing:")] if agreed else []), bullets(said)] if said else []
    parts = ["## Warnings", *agreed, *others] if agreed or others else []
    return [*parts, "## What was checked, and is not proved", bullets(checks)] if checks else parts


@dataclass
class Runbook:
    """The parts of the document that are made of commands."""

    plan: Plan
    flow: str
    commands: Commands

    def preparation(self, identity: Identity, permissions: Iterable[str], endpoint: str) -> Iterator[str]:
        """What there must be, where to be signed in, and what begins the shell."""
        entries = any(isinstance(action.undo, Entry) for action in self.plan.actions)
        made_up = any(not each.answer for each in self.plan.secrets)
        least = (
            "2.13 or newer, or 1.29 or newer of version 1"
            if endpoint
            else "2.9 or newer, or 1.27 or newer of version 1"
        )
        programs = [f"the AWS CLI ({least})", *(["jq"] if entries else []), *(["openssl"] if made_up else [])]
        yield prose(
            f"You need bash, {' and '.join(programs)}. Use one shell from beginning to end, because what AWS answers "
            "is kept in variables; write their values down as you go, and set them again should you need another shell."
        )
        yield prose(
            "The first answer must be the account that you are signed in to, "
            f"{identity.account}: if it is another one, stop. Stop also at each refusal that is not named beside its "
            "command; what was done until then can be taken back."
        )
        region = quoted(identity.region)
        begun = [
            "set +H # an exclamation mark in a command is one",
            f"export AWS_REGION={region} AWS_DEFAULT_REGION={region} AWS_PAGER= AWS_DEFAULT_OUTPUT=json",
            "export AWS_CLI_AUTO_PROMPT=off AWS_CLI_ERROR_FORMAT=legacy",
            *([f"PLANNED_AT={quoted(endpoint)} # not at AWS itself"] if endpoint else []),
            *(['export AWS_ENDPOINT_URL="${AWS_ENDPOINT_URL:-$PLANNED_AT}"'] if endpoint else []),
            *(
                [
                    "# version 1 of the AWS CLI takes no heed of it for these",
                    'aws() { case $1 in rds | sqs) set -- "$@" --endpoint-url "$AWS_ENDPOINT_URL" ;; esac; '
                    'command aws "$@"; }',
                ]
                if endpoint and HEEDLESS.intersection(call.service for call in self.plan.calls())
                else []
            ),
            "aws sts get-caller-identity --query Account --output text",
            "umask 077 # the files that are made here are for nobody else to read",
            'FILES=$(mktemp -d) && cd "$FILES" && trap \'rm -rf -- "$FILES"\' EXIT',
            f"RUN={self.flow.replace('_', '-')}-$(date +%Y%m%d%H%M%S) # everything is tagged with it",
        ]
        if TOKEN in set(refs([action.call for action in self.plan.actions])):
            begun.append("TOKEN=${RUN//[^[:alnum:]]/}")
        begun += [first_set(each, self._name(secret(each.name))) for each in self.plan.secrets if not _typed(each)]
        yield fenced("\n".join([*begun, 'echo "$RUN"']))
        for typed in filter(_typed, self.plan.secrets):
            yield prose(f"Enter {typed.answer} of your own: {typed.form}. It is not shown.")
            yield fenced(first_set(typed, self._name(secret(typed.name))))
        yield prose("These permissions are needed, to do it and to take it back:")
        yield prose(", ".join(action.removeprefix("?") for action in permissions))
        yield paragraph(f"`{handrail('export', self.flow, '--format', 'policy')}` writes them as an IAM policy.")

    # -- doing ---------------------------------------------------------------------------------------------------

    def steps(self) -> Iterator[str]:
        """Each step: what is noted first, the command, and how to know that it worked."""
        for number, action in enumerate(self.plan.actions, 1):
            yield f"### Step {number}. {escaped(action.sentence)}"
            yield from self._before(action)
            yield fenced(self._made(action))
            yield from _answers(action.not_yet, "wait a moment and repeat it, for five minutes at the most.")
            yield from _answers(action.exists, "it was there already. Leave it, and skip its undo.")
            yield from self._waited(action)
            if _way_back(action):
                yield prose(f"To take it back: Undo {number}, below.")
            yield SIGNATURE

    def _before(self, action: Action) -> Iterator[str]:
        """What must be read first, because the step changes it."""
        if action.relieves:
            yield prose("This must be done however the steps before ended, and may be repeated.")
        if action.unless and not action.unless.proof:
            yield prose("If this says true, it is there already: leave it, and skip this step and its undo.")
            look, absent = self._look(action.unless.look, truth(action.unless.shape), "json"), action.unless.absent
            yield fenced(
                f"{or_none(f'{look}{LINES}>answer.json', absent)}\njq '. == true' answer.json" if absent else look
            )
            yield from _answers(absent, "there is none yet, which is told as false.")
        match action.undo:
            case Restore() as restore:
                yield prose("Note first what stands there now; undo puts it back:")
                name = self._name(before(action.id))
                read = self._look(restore.read, restore.path, "json")
                noted = f"{name}=$({read})"
                if restore.absent:
                    noted = f"{or_none(f'{read}{LINES}>answer.json', restore.absent)}\n{name}=$(cat answer.json)"
                yield fenced(f'{noted}\necho "${name}"')
                yield from _answers(restore.absent, "nothing stands there, which is noted as null.")
            case Entry() as entry:
                yield from self._edited(action, entry)
        if action.read:
            yield prose("It is written as a whole, so read right before what stands there now:")
            yield fenced(self._found(action.read, action.call))

    def _edited(self, action: Action, entry: Entry) -> Iterator[str]:
        """An entry of ours beside those of others; a person sees that nothing else changes."""
        file = _file(action)
        yield prose(f"The document belongs to others, too. Read it, and keep the file {file}-before.json:")
        yield fenced(f"{self._document(entry, f'{file}-before')}\ncp {file}-before.json {file}.json")
        yield from _answers(entry.absent, "there is none yet, and one is begun.")
        place = f"Its list “{entry.within}” gets this" if entry.key else f"Its “{entry.within}” becomes this"
        yield prose(f"{place}, with the values of the variables, and all else stays as it is:")
        yield fenced(visible(fill(entry.entry, self._shown)), "json")
        yield prose(f"These commands write it into {file}.json; look at what changes:")
        added = f"printf '%s' {self.commands.word(entry.entry)} >{file}-entry.json"
        made = f"jq --slurpfile entry {file}-entry.json {quoted(with_entry(entry))} {file}-before.json >{file}.json"
        yield fenced(f"{added}\n{made}\ndiff {file}-before.json {file}.json || true")

    def _made(self, action: Action) -> str:
        call, file = action.call, f"{_file(action)}.json"
        lines, files = list[str](), _edited_in(call, action)
        if secrets := apart(call):
            lines = [f"printf '%s' {self.commands.word(secrets)} >{file} # for nobody else to read"]
            files = {WHOLE: f"file://{file}"}
            call = replace(call, params={key: each for key, each in call.params.items() if key not in secrets})
        wanted = [Ref(action.id, path) for path in sorted(self.plan.paths_into(action.id))]
        command = self.commands.command(call, joint=LINES, files=files)
        return "\n".join([*lines, *(self._kept(command, wanted) if wanted else [command])])

    def _kept(self, command: str, wanted: list[Ref]) -> Iterator[str]:
        """A command, and the variables into which goes what is wanted of its answer."""
        names = [self._name(ref) for ref in wanted]
        paths = [picked(ref) for ref in wanted]
        query = paths[0] if len(paths) == 1 else f"[{', '.join(paths)}]"
        answer = names[0] if len(names) == 1 else "ANSWER"
        yield f"{answer}=$({command}{LINES}--query {quoted(query)} --output text)"
        if len(names) > 1:
            yield f"IFS=$'\\t' read -r {' '.join(names)} <<<\"$ANSWER\""
        yield f'echo "{" ".join(f"${name}" for name in names)}"'

    def _waited(self, action: Action) -> Iterator[str]:
        if action.wait:
            yield from self._wait(action.wait)
            if seen := sorted(self.plan.seen_in_wait(action.id)):
                yield prose("Some of what AWS tells of it now is needed later:")
                command = self.commands.command(action.wait.poll, joint=LINES)
                yield fenced("\n".join(self._kept(command, [Ref(action.id, f"@seen:{path}") for path in seen])))
        elif isinstance(action.undo, Restore | Entry):
            yield prose("To check it, read it again:")
            yield fenced(self._look(action.undo.read, action.undo.path, "json"))
        elif action.find and not action.find.proof:
            yield prose("To check it; the answer must not be null:")
            yield fenced(self._look(action.find.look, action.find.shape, "json"))

    def _wait(self, wait: Wait) -> Iterator[str]:
        took = f"usually about {_time(wait.typical)}, {_time(wait.limit)} at the most"
        yield prose(f"{wait.sentence}: {took}. Repeat this until it says true:")
        yield fenced(self._look(wait.poll, truth(wait.ready), "json"))
        if wait.gone:
            yield prose(f"An answer {_said(wait.gone)} means the same.")
        else:
            yield prose(
                "An answer that there is no such thing only means, in the first minute, that AWS does not know yet."
            )
        if wait.failed:
            yield prose("If this begins with True, it will never be so: stop, and take back what was done.")
            state = put_together("[", truth(wait.failed), ", ", wait.now or "''", "]")
            yield fenced(self._look(wait.poll, state, "text"))
        if wait.silence:
            yield prose(f"If AWS tells nothing of it for {_time(wait.silence)}, there is nothing to wait for: go on.")
        yield prose("If it takes longer than that, wait on if AWS still seems to work at it; else take it back.")

    def afterwards(self, flow: type[Flow]) -> Iterator[str]:
        """What a colleague should note, and how Handrail looks whether it works."""
        if self.plan.outputs:
            yield prose("Write down:")
            told = self.plan.outputs.items()
            yield fenced(
                "\n".join(f"echo {self.commands.word(put_together(f'{name}: ', value))}" for name, value in told)
            )
        keys = next((keys for keys in flow.check.enough() if set(keys) <= set(self.plan.outputs)), ())
        if keys:
            known = [f"--set {self.commands.word(put_together(f'{key}=', self.plan.outputs[key]))}" for key in keys]
            yield prose("Handrail tells whether it works; it only reads:")
            yield fenced(" ".join([handrail("check", self.flow), *known]))
        yield SIGNATURE

    # -- taking back ---------------------------------------------------------------------------------------------

    def undo(self) -> Iterator[str]:
        """How each step is taken back, the last one first."""
        yield prose(
            "Last step first, in the same shell, or with the variables set to the values that were written down. It "
            "makes the account as it was before. Only take back what was really done."
        )
        for decision in self.plan.decisions:
            yield prose(f"Decide first: {decision.ask}")
            yield bullets(f"{key}: {meaning}" for key, meaning in decision.options.items())
        for number, action in reversed([*enumerate(self.plan.actions, 1)]):
            if _way_back(action):
                yield f"### Undo {number}. {escaped(action.taken_back)}"
                yield from self._taken_back(action)
                yield SIGNATURE

    def _taken_back(self, action: Action) -> Iterator[str]:
        match action.undo:
            case Restore() as restore:
                yield prose("Put back what was noted before, if it still is as this runbook made it:")
                if restore.first:
                    yield from self._wait(restore.first)
                put = self.commands.command(restore.put, joint=LINES)
                name = self._name(before(action.id))
                yield fenced(self._either(f'[ "${{{name}:-null}}" = null ]', restore.remove, put))
                if restore.wait:
                    yield from self._wait(restore.wait)
            case Entry() as entry:
                yield from self._entry_out(action, entry)
            case steps:
                for step in steps:
                    yield from self._undone(step)

    def _entry_out(self, action: Action, entry: Entry) -> Iterator[str]:
        file = _file(action)
        yield prose(f"Read the document as it is now, and take out of “{entry.within}” just what was added:")
        if not entry.key:
            yield prose(f"If it stood in {file}-before.json already, leave it.")
        ours = f"--arg ours {self.commands.word(entry.entry[entry.key])} " if entry.key else ""
        without = f"jq {ours}{quoted(without_entry(entry))} {file}-now.json >{file}.json"
        yield fenced(f"{self._document(entry, f'{file}-now')}\n{without}\ndiff {file}-now.json {file}.json || true")
        call = entry.put or action.call
        put = self.commands.command(call, joint=LINES, files=_edited_in(call, action))
        empty = f"jq -e {quoted(nothing_left(entry))} {file}.json >/dev/null"
        yield fenced(self._either(empty, entry.remove, put))

    def _either(self, nothing: str, remove: Call | None, put: str) -> str:
        """What puts back what stood there, or removes it if nothing did."""
        if not remove:
            return put
        return f"if {nothing}; then\n  {self.commands.command(remove, joint=LINES)}\nelse\n  {put}\nfi"

    def _undone(self, step: Undo) -> Iterator[str]:
        if step.when:
            key, value = step.when
            yield prose(f"If you decided {key}={value}:")
        if step.still:
            yield prose(f"Only if this answers {self._shown(step.still.equals)}; else leave it:")
            yield fenced(self._look(step.still.look, step.still.path))
        read = f"{self._found(step.read, step.call)}\n" if step.read else ""
        yield fenced(read + self.commands.command(step.call, joint=LINES))
        if step.more and step.read:
            yield prose("Repeat both while this says true:")
            yield fenced(self._look(step.read, step.more, "json"))
        yield from _answers(step.not_yet, "wait a moment and repeat it, for five minutes at the most.")
        yield from _answers(step.gone, "it is gone already.")
        if step.wait:
            yield from self._wait(step.wait)
        if step.kept:
            costs = f" It costs: {step.kept.costs}." if step.kept.costs else ""
            yield prose(f"Left behind on purpose: {self._shown(step.kept.what)}. {step.kept.why}{costs}")

    # -- commands ------------------------------------------------------------------------------------------------

    def _name(self, ref: Ref) -> str:
        return self.commands.variable(ref)

    def _look(self, call: Call, path: Late, form: str = "") -> str:
        form = form or ("json" if not isinstance(path, str) or structured(path) else "text")
        return self.commands.look(call, path, form=form, joint=LINES)

    def _found(self, look: Call, call: Call) -> str:
        """What is read right before a call, into the variables that the call names."""
        return "\n".join(
            f"{self._name(ref)}=$({self._look(look, path, form)})" for ref, (path, form) in found_in(call).items()
        )

    def _document(self, entry: Entry, file: str) -> str:
        """Reads a document that belongs to others into a file; what is not there is not written as nothing."""
        read = f"{self._look(entry.read, entry.path, 'json')}{LINES}>answer.json"
        return f"{or_none(read, entry.absent)}\njq {quoted(standing(entry))} answer.json >{file}.json"

    def _shown(self, value: Late) -> str:
        """A value to be read, a variable by its name."""
        return str(fill(value, lambda ref: self.flow if ref == FLOW else f"${{{self._name(ref)}}}"))


def _typed(kept: Secret) -> bool:
    """Whether it has to be entered, and nothing that comes along with the command may be taken for it."""
    return bool(kept.answer) and not kept.source


def _way_back(action: Action) -> bool:
    return action.undo != ()


def _file(action: Action) -> str:
    """How the files that belong to an action begin."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", action.id).lstrip("-.")


def _edited_in(call: Call, action: Action) -> dict[str, str]:
    """The parameters of a call that come from the edited file."""
    return {key: f"file://{_file(action)}.json" for key, each in call.params.items() if each == edited(action.id)}


def _answers(codes: Iterable[str], meaning: str) -> Iterator[str]:
    if said := _said(codes):
        yield prose(f"If AWS answers {said}: {meaning}")


def _said(codes: Iterable[str]) -> str:
    """AWS's refusals as a sentence names them."""
    told = [entry.partition(": ") for entry in codes]
    return ", ".join(f"{code} (“… {part} …”)" if part else code for code, _, part in told)


def _time(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"
