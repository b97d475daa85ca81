"""A plan as a bash script of `aws` commands that leads to the same account.

It captures ids as the plan refers to them, waits as the plan waits, recognises as the plan does what was done already,
and carries the plan's own sentences. Nothing in it is written for a particular set-up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.resources import files

from flows.engine.actions import Action
from flows.engine.calls import Call, Find, Wait
from flows.engine.plan import Plan
from flows.engine.references import FOUND, TOKEN, Late, Ref, edited, refs, secret
from flows.engine.refusal_families import NO_SUCH_THING
from flows.engine.sending import FRESH, NOT_YET_LIMIT
from flows.engine.shell import quoted
from flows.engine.undo_plan import Entry

from .commands import (
    HEEDLESS,
    WHOLE,
    Commands,
    agreed,
    apart,
    first_set,
    found_in,
    picked,
    plain,
    put_together,
    truth,
)

LINES = " \\\n    "
"""Between the options of a command: one a line."""
HEAD = f"""\
#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2034,SC2317,SC2329  # dollars in single quotes are AWS's; functions are called by name
# {{title}}
# It does what Handrail would do in {{place}}, step by step, and can be read from top to
# bottom. It ends at the first refusal, and says with which run it goes on from there: RUN=… bash THIS_FILE
{{agreed}}set -euo pipefail
umask 077            # what it keeps meanwhile is for nobody else to read
shopt -s nocasematch # AWS's words are compared whatever their letters
export AWS_REGION={{region}} AWS_DEFAULT_REGION={{region}} # where it was planned, because the ids in it are of there
export AWS_PAGER="" AWS_DEFAULT_OUTPUT=json AWS_CLI_AUTO_PROMPT=off
export AWS_CLI_ERROR_FORMAT=legacy AWS_CLI_FILE_ENCODING=UTF-8
NO_SUCH_THING='{{unknown}}'
NOT_YET_LIMIT={NOT_YET_LIMIT} FRESH={FRESH} # seconds for which “not yet” and “no such thing” are believed
"""
ENDPOINT = """\
PLANNED_AT={endpoint} # not at AWS itself
export AWS_ENDPOINT_URL="${{AWS_ENDPOINT_URL:-$PLANNED_AT}}" AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false
"""


def script(
    plan: Plan, *, flow: str, title: str, region: str, account: str = "", endpoint: str = "",
    agreements: Iterable[str] = (),
) -> str:  # fmt: skip
    """The plan as a bash script.

    Args:
        plan: what to do.
        flow: the set-up's name, for the tag.
        title: the set-up's title, for the first line.
        region: the region it was planned for.
        account: the account it was planned for; it does nothing in another one. Empty: in whichever.
        endpoint: where it was planned, if that is not AWS.
        agreements: what needs a conscious yes, a text each.
    """
    yes = "".join(f"{line}\n" for line in agreed(agreements, "runs it"))
    return "".join(Script(plan, flow).parts(title, region, account, endpoint, yes))


class Script:
    """The script of one plan, part by part."""

    def __init__(self, plan: Plan, flow: str) -> None:
        self.plan, self.flow, self.commands = plan, flow, Commands(plan, flow)
        self.entries = {each.id: each.undo for each in plan.actions if isinstance(each.undo, Entry)}
        self.reliefs = {each.relieves: each for each in plan.actions if each.relieves}
        done = [
            (each.call, each.read, each.wait, each.find, each.unless, self.entries.get(each.id))
            for each in plan.actions
        ]
        self.needed = {*refs((done, [(kept.look, kept.path) for kept in plan.secrets]))}
        """What the calls need; what only the outputs tell may be missing."""
        self.wanted = sorted({*self.needed, *refs(plan.outputs)}, key=lambda ref: ref.path)

    def parts(self, title: str, region: str, account: str, endpoint: str, yes: str) -> Iterator[str]:
        """The script, from its first line to its last."""
        place = f"{region} of the account {account}" if account else region
        yield HEAD.format(
            title=plain(title), place=plain(place), agreed=yes, region=quoted(region), unknown=NO_SUCH_THING.pattern
        )
        yield ENDPOINT.format(endpoint=quoted(endpoint)) if endpoint else ""
        yield functions(
            found=any(each.find or each.unless for each in self.plan.actions),
            maybe=any(each.find or each.unless for each in self.plan.actions),
            wait_until=any(each.wait for each in self.plan.actions),
            with_entry=bool(self.entries),
            aws=bool(HEEDLESS.intersection(call.service for call in self.plan.calls())),
        )
        made_up = any(not each.answer for each in self.plan.secrets)
        programs = ["aws", *(["jq"] if self.entries else []), *(["openssl"] if made_up else [])]
        words = [self.flow.replace("_", "-"), plain(title), account, *programs]
        yield f"\nbegin {' '.join(map(quoted, words))}\n"
        yield "TOKEN=${RUN//[^[:alnum:]]/}\n" if TOKEN in self.needed else ""
        for kept in self.plan.secrets:
            yield f"{first_set(kept, self.commands.variable(secret(kept.name)))}\n"
        for use in self.plan.uses:
            yield f"\n# {plain(f'{use.sentence}: {use.resource}')}\n"
        for number, action in enumerate(self.plan.actions, 1):
            yield "\n" + "".join(f"{line}\n" for line in self._step(number, action))
        yield '\nsay "Done."\n'
        for name, value in self.plan.outputs.items():
            yield f"echo {self.commands.word(put_together(f'{name}: ', value))}\n"

    def _step(self, number: int, action: Action) -> Iterator[str]:
        yield f"# {number}. {plain(action.sentence)}"
        yield f"step {quoted(f'{number} of {len(self.plan.actions)}. {plain(action.sentence)}')}"
        merely_waits = action.wait and action.wait.poll == action.call
        done = [*([] if merely_waits else self._sent(number, action)), *self._waited(action)]
        if relief := self.reliefs.get(action.id):
            name = f"relief_{number}"
            again = f"try : {listed(relief.not_yet)} '' {self._command(relief.call)} >/dev/null"
            done = [*function(name, [again]), f"RELIEF={name}", *done]
            if led_to := self._led_to(action, relief):
                done = [f"if {led_to}; then", '  say "It is not needed any more."', "else", *indented(done), "fi"]
        yield from done
        yield from self._read_back(action)

    def _command(self, call: Call, files: Mapping[str, str] | None = None) -> str:
        return self.commands.command(call, joint=LINES, files=files)

    def _look(self, call: Call, *paths: Late, form: str = "text") -> str:
        return self.commands.look(call, *paths, form=form, joint=LINES)

    # -- what is sent --------------------------------------------------------------------------------------------

    def _sent(self, number: int, action: Action) -> Iterator[str]:
        call, kept, first = action.call, dict[str, str](), ":"
        if secrets := apart(call):
            yield f"printf '%s' {self.commands.word(secrets)} >\"$FILES/{number}.json\"  # for nobody else to read"
            call = replace(call, params={key: each for key, each in call.params.items() if key not in secrets})
            kept[WHOLE] = f'"file://$FILES/{number}.json"'
        if entry := self.entries.get(action.id):
            first = f"edit_{number}"
            kept |= {
                key: f'"file://$FILES/{number}.json"' for key, each in call.params.items() if each == edited(action.id)
            }
            yield from function(first, self._edit(number, entry))
        wanted = [ref for ref in self.wanted if ref.action == action.id and not ref.path.startswith("@")]
        command = self._command(call, files=kept) + (f"{LINES}{asked(wanted)}" if wanted else "")
        if action.read:
            first, send = f"read_{number}", f"send_{number}"
            yield from function(first, self._read(action.read, action.call))
            yield from function(send, [command])
            command = send
        send = f"call {first} {listed(action.not_yet)} {listed(action.exists)} {command}"
        looks = [f"GOING_ON=yes {self._found(action.unless, wanted)}"] if action.unless else []
        looks += [self._found(action.find, wanted)] if action.find else []
        yield " ||\n  ".join([*looks, send])
        if action.relieves:
            yield 'RELIEF=""'
        yield from self._taken(wanted)

    def _edit(self, number: int, entry: Entry) -> Iterator[str]:
        """The document as it will be written; only a missing one is begun anew, never one that cannot be read."""
        yield f"look {listed(entry.absent)} {self._look(entry.read, entry.path, form='json')}"
        yield f"printf '%s' {self.commands.word(entry.entry)} >\"$FILES/{number}-entry.json\""
        words = " ".join(quoted(each) for each in (json.dumps(entry.empty), entry.within, entry.key))
        yield f'with_entry {words} "$FILES/{number}-entry.json" >"$FILES/{number}.json"'

    def _read(self, read: Call, call: Call) -> Iterator[str]:
        for ref, (path, form) in found_in(call).items():
            yield f"look '' {self._look(read, path, form=form)}"
            yield f"{self.commands.variable(ref)}=$ANSWER"
            yield 'given "$ANSWER"'

    def _taken(self, wanted: list[Ref]) -> Iterator[str]:
        """The variables that take an answer apart."""
        if wanted:
            names = {ref: self.commands.variable(ref) for ref in wanted}
            yield f"IFS=$'\\t' read -r {' '.join(names.values())} <<<\"$ANSWER\""
            optional = [ref for ref in wanted if ref.path.startswith("@") and ref not in self.needed]
            if needed := [f'"${names[ref]}"' for ref in wanted if ref not in optional]:
                yield f"given {' '.join(needed)}"
            yield from (f'if [[ ${names[ref]} == None ]]; then {names[ref]}=""; fi' for ref in optional)

    # -- what is there already -----------------------------------------------------------------------------------

    def _found(self, find: Find, wanted: list[Ref]) -> str:
        asking = list(found_in(find.proof)) if find.proof else []
        paths = [each.path for each in asking] + [picked(ref) for ref in wanted]
        things = put_together("[", find.shape, "] | [] | [?@].[", ", ".join(paths) or "'yes'", "]")
        look = f"found {listed(find.absent)} {self._look(find.look, things)}"
        if not find.proof:
            return look
        names = {ref: f"FOUND{number}" for number, ref in enumerate(asking, 1)}
        proof = find.proof.fill(lambda ref: names.get(ref, ref))
        return f"{look} \\\n  -- {len(asking)} {self._look(proof, truth(find.ours))}"

    def _led_to(self, action: Action, relief: Action) -> str:
        """Whether all that it was done for is there, as far as that can be told before it is done."""
        later = [each for each in self.plan.actions if each.id in relief.needs and action.id in each.needs]
        known = {each.id for each in self.plan.actions[: self.plan.actions.index(action)]} | {TOKEN.action, FOUND}
        asked = [each.find for each in later if each.find and {ref.action for ref in refs(each.find)} <= known]
        return " && ".join(self._found(find, []) for find in asked)

    def _read_back(self, action: Action) -> Iterator[str]:
        """The secret that AWS was given the first time."""
        for kept in self.plan.secrets:
            if kept.kept_by == action.id:
                name = self.commands.variable(secret(kept.name))
                yield "if [[ -n $GOING_ON ]]; then"
                yield f"  look '' {self._look(kept.look, kept.path)}"
                yield f"  {name}=$ANSWER"
                yield f'  given "${name}"'
                yield "fi"

    # -- waiting -------------------------------------------------------------------------------------------------

    def _waited(self, action: Action) -> Iterator[str]:
        if not (wait := action.wait):
            return
        wanted = [ref for ref in self.wanted if ref.action == action.id and ref.path.startswith("@seen:")]
        told = [ref.path.removeprefix("@seen:") for ref in wanted]
        about = f"{quoted(plain(wait.sentence))} {wait.typical} {wait.limit} {wait.silence} {listed(wait.gone)}"
        asked = self.commands.word(question(wait, told))
        lines = [f"wait_until {about} {asked} \\\n  {self._command(wait.poll)}"]
        if wanted:
            lines.append(f"look '' {self._look(wait.poll, *(picked(ref) for ref in wanted))}")
            lines += self._taken(wanted)
        yield from ["if [[ -z $THERE ]]; then", *indented(lines), "fi"] if action.exists and not wanted else lines


def question(wait: Wait, told: Iterable[str]) -> Late:
    """What `wait_until` asks: is it so, is all told, can it never be so, AWS's own word."""
    whole = " && ".join(f"({path}) != `null`" for path in told) or "`true`"
    failed = truth(wait.failed) if wait.failed else "`false`"
    return put_together("[", truth(wait.ready), ", ", whole, ", ", failed, ", ", wait.now or "''", "]")


def asked(wanted: Iterable[Ref]) -> str:
    """The options that pick what is wanted out of an answer."""
    paths = [picked(ref) for ref in wanted]
    query = paths[0] if len(paths) == 1 else f"[{', '.join(paths)}]"
    return f"--query {quoted(query)} --output text"


def listed(codes: Iterable[str]) -> str:
    """Codes of AWS as the functions take them."""
    return quoted("|".join(codes))


def functions(**wanted: bool) -> str:
    """The functions of a script; those that are named here only if they are wanted."""
    blocks = files(__package__).joinpath("functions.sh").read_text(encoding="utf-8").split("\n\n")[1:]
    called = {re.findall(r"(?m)^(\w+)\(\) {$", block)[0]: block.rstrip("\n") for block in blocks}
    return "".join(f"\n{block}\n" for name, block in called.items() if wanted.get(name, True))


def function(name: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"{name}() {{"
    yield from indented(lines)
    yield "}"


def indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for whole in lines for line in whole.splitlines()]
