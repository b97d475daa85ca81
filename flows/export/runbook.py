"""A plan as a runbook: a document by which a colleague does the same by hand, step by step, and signs it off.

Nothing in it is written for a particular set-up: sentences, commands, waits, checks and the way back are the plan's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from flows.engine import Review
from flows.engine.actions import Action
from flows.engine.cloud import Identity
from flows.engine.drawing import answered, draw, sentences
from flows.engine.flow import Flow
from flows.engine.plan import Plan, Secret
from flows.engine.references import TOKEN, Ref, before, fill, refs, secret
from flows.engine.shell import handrail, quoted
from flows.engine.undo_plan import Entry, Restore

from .commands import (  # fmt: skip
    HEEDLESS,
    WHOLE,
    Commands,
    apart,
    first_set,
    picked,
    put_together,
    truth,
    visible,
)
from .documents import or_none, with_entry
from .markdown import escaped, fenced, paragraph, prose
from .pictures import mermaid
from .procedure import LINES, SIGNATURE, Procedure, answers, bullets, edited_in, file_of, way_back
from .rollback import Rollback


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
    commands = Commands(review.plan, flow.id)
    book, back = Runbook(review.plan, flow.id, commands), Rollback(review.plan, flow.id, commands)
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
        *back.undo(),
    ]
    return "\n\n".join(parts) + "\n"


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
class Runbook(Procedure):
    """The parts of the document that are made of commands."""

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
            yield from answers(action.not_yet, "wait a moment and repeat it, for five minutes at the most.")
            yield from answers(action.exists, "it was there already. Leave it, and skip its undo.")
            yield from self._waited(action)
            if way_back(action):
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
            yield from answers(absent, "there is none yet, which is told as false.")
        match action.undo:
            case Restore() as restore:
                yield prose("Note first what stands there now; undo puts it back:")
                name = self._name(before(action.id))
                read = self._look(restore.read, restore.path, "json")
                noted = f"{name}=$({read})"
                if restore.absent:
                    noted = f"{or_none(f'{read}{LINES}>answer.json', restore.absent)}\n{name}=$(cat answer.json)"
                yield fenced(f'{noted}\necho "${name}"')
                yield from answers(restore.absent, "nothing stands there, which is noted as null.")
            case Entry() as entry:
                yield from self._edited(action, entry)
        if action.read:
            yield prose("It is written as a whole, so read right before what stands there now:")
            yield fenced(self._found(action.read, action.call))

    def _edited(self, action: Action, entry: Entry) -> Iterator[str]:
        """An entry of ours beside those of others; a person sees that nothing else changes."""
        file = file_of(action)
        yield prose(f"The document belongs to others, too. Read it, and keep the file {file}-before.json:")
        yield fenced(f"{self._document(entry, f'{file}-before')}\ncp {file}-before.json {file}.json")
        yield from answers(entry.absent, "there is none yet, and one is begun.")
        place = f"Its list “{entry.within}” gets this" if entry.key else f"Its “{entry.within}” becomes this"
        yield prose(f"{place}, with the values of the variables, and all else stays as it is:")
        yield fenced(visible(fill(entry.entry, self._shown)), "json")
        yield prose(f"These commands write it into {file}.json; look at what changes:")
        added = f"printf '%s' {self.commands.word(entry.entry)} >{file}-entry.json"
        made = f"jq --slurpfile entry {file}-entry.json {quoted(with_entry(entry))} {file}-before.json >{file}.json"
        yield fenced(f"{added}\n{made}\ndiff {file}-before.json {file}.json || true")

    def _made(self, action: Action) -> str:
        call, file = action.call, f"{file_of(action)}.json"
        lines, files = list[str](), edited_in(call, action)
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


def _typed(kept: Secret) -> bool:
    """Whether it has to be entered, and nothing that comes along with the command may be taken for it."""
    return bool(kept.answer) and not kept.source
