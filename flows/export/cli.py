"""A plan as a bash script of `aws` commands that leads to the same account.

It captures ids as the plan refers to them, waits as the plan waits, and carries the plan's own sentences as
comments. Nothing in it is written for a particular set-up.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from flows.engine.plan import (
    FLOW,
    FOUND,
    RUN,
    TOKEN,
    Action,
    Call,
    Entry,
    Join,
    Late,
    Plan,
    Ref,
    edited,
    fill,
    refs,
    secret,
)

MARK = "\ue000"
"""A private character that stands around a variable's number while a word is put together."""
SERVICES = {"s3": "s3api"}
"""Where the AWS CLI calls a service otherwise than botocore does."""
OPPOSITES = {"no-reboot": "reboot", "disable-api-termination": "enable-api-termination"}
"""What the AWS CLI calls an option's "no", where it is not `--no-…` (awscli/customizations/argrename.py, 2026-11)."""
COUNTED = "MinCount", "MaxCount"
"""What the AWS CLI has one option `--count` for (awscli/customizations/ec2/addcount.py, 2026-11)."""

HEAD = """\
#!/usr/bin/env bash
# shellcheck disable=SC2016  # a dollar in single quotes is meant for whoever gets the text, such as a build
# {title}
# It makes what Handrail would make, one step after the other, and can be read from top to bottom.
set -euo pipefail
export AWS_PAGER=""
export AWS_DEFAULT_REGION="${{AWS_DEFAULT_REGION:-{region}}}"
RUN="${{RUN:-{flow}-$(date +%Y%m%d%H%M%S)}}" # everything is tagged with it
"""

PATIENTLY = """
# Repeats a command while AWS answers with one of the codes in $1; the codes in $2 mean it is there already.
patiently() {
  local not_yet=$1 there=$2 errors answer
  shift 2
  errors=$(mktemp)
  for _ in {1..60}; do
    if answer=$("$@" 2>"$errors"); then
      rm -f "$errors"
      printf '%s\\n' "$answer"
      return 0
    fi
    if [[ -n $there ]] && grep -Eq "\\((${there})\\)" "$errors"; then
      rm -f "$errors"
      return 0
    fi
    if [[ -z $not_yet ]] || ! grep -Eq "\\((${not_yet})\\)" "$errors"; then
      break
    fi
    sleep 5
  done
  cat "$errors" >&2
  rm -f "$errors"
  return 1
}
"""

WAIT = """
# Asks until the answer to a question is yes: what is waited for, seconds at the most, question, command.
wait_until() {
  local what=$1 limit=$2 ready=$3 began=$SECONDS
  shift 3
  echo "$what" >&2
  until [[ $("$@" --query "$ready" --output text) == True ]]; do
    if ((SECONDS - began > limit)); then
      echo "It did not happen within $limit seconds." >&2
      return 1
    fi
    sleep 5
  done
}
"""


ENTRY = """
# A document with one entry of ours in it, the others as they are: text, new document, list, key, entry.
with_entry() {
  jq -cn --arg now "$1" --argjson empty "$2" --arg list "$3" --arg key "$4" --argjson entry "$5" \\
    '(if $now == "" then $empty else ($now | fromjson) end) | with_entries(select(.value != null))
     | if $key == "" then .[$list] = $entry else
     ([.[$list] // [] | if type == "array" then .[] else . end | select(.[$key] != $entry[$key])]) as $others
     | .[$list] = $others + [$entry] end'
}
"""


def script(plan: Plan, *, flow: str, title: str, region: str) -> str:
    """The plan as a bash script.

    Args:
        plan: what to do.
        flow: the set-up's name, for the tag.
        title: the set-up's title, for the first line.
        region: the region it was planned for.
    """
    entries = [action.undo for action in plan.actions if isinstance(action.undo, Entry)]
    needed = set(refs(([(a.call, a.wait) for a in plan.actions], entries, plan.outputs)))
    reliefs = {action.relieves: action for action in plan.actions if action.relieves}
    blocks = [_step(number, action, needed, flow, reliefs) for number, action in enumerate(plan.actions, 1)]
    parts = [HEAD.format(title=plain(title), region=region, flow=flow)]
    if entries or any(action.not_yet or action.exists for action in plan.actions):
        parts.append(PATIENTLY)
    if any(action.wait for action in plan.actions):
        parts.append(WAIT)
    parts += [ENTRY] if entries else []
    parts += ["TOKEN=${RUN//[^[:alnum:]]/}\n"] if TOKEN in needed else []
    parts += [f"{variable(secret(s.name))}=$(openssl rand -hex {s.characters // 2})\n" for s in plan.secrets]
    parts += [f"\n# {plain(f'{use.sentence}: {use.resource}')}\n" for use in plan.uses]
    parts += blocks
    parts += [
        "\n",
        *(f"echo {word(joined(f'{name}: ', value), flow)}\n" for name, value in plan.outputs.items()),
    ]
    return "".join(parts)


def command(call: Call, flow: str = "", *, joint: str = " ") -> str:
    """One call as an `aws` command, its options joined by `joint`."""
    words = [f"aws {SERVICES.get(call.service, call.service)} {kebab(call.name)}"]
    words += [f"--profile {shlex.quote(call.profile)}"] if call.profile else []
    words += [f"--region {call.region}"] if call.region else []
    params = dict(call.params)
    if call.operation == "ec2.RunInstances":
        words.append("--count " + ":".join(str(params.pop(key)) for key in COUNTED))
    for name, value in params.items():
        if isinstance(value, bool):
            words.append(f"--{kebab(name) if value else OPPOSITES.get(kebab(name), f'no-{kebab(name)}')}")
        else:
            words.append(f"--{kebab(name)} {word(value, flow)}")
    return joint.join(words)


def picked(path: str) -> str:
    """The options that pick one thing out of an answer: a text as it is, anything else as JSON."""
    return f"--query {shlex.quote(path)} --output {'json' if structured(path) else 'text'}"


def structured(path: str) -> bool:
    """Whether a JMESPath gives a list or a document, to be passed on as JSON; text would fall into several words."""
    last = path.rpartition("|")[2].strip()
    return path.startswith(("merge(", "{")) or bool(re.search(r"\[(\?[^]]*|\*|)\]", last))


def kebab(name: str) -> str:
    """`DBClusterIdentifier` as the AWS CLI writes it, by botocore's own rule."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)).lower()


def _step(number: int, action: Action, needed: set[Ref], flow: str, reliefs: Mapping[str, Action]) -> str:
    lines = ["", f"# {number}. {plain(action.sentence)}"]
    if relief := reliefs.get(action.id):  # what must not last is ended also when a later step fails
        lines.append(f"trap {shlex.quote(f'{command(relief.call, flow)} >/dev/null')} EXIT")
    mine = sorted(ref.path for ref in needed if ref.action == action.id)
    captured = [path for path in mine if not path.startswith("@")]
    if isinstance(action.undo, Entry):
        lines.append(_with_entry(action.id, action.undo, flow))
    if action.read:
        for path in sorted({ref.path for ref in refs(action.call) if ref.action == FOUND}):
            look = f"{command(action.read, flow)} --query {shlex.quote(path)} --output json"
            lines.append(f"{variable(Ref(FOUND, path))}=$({look})")
    call = command(action.call, flow)
    if action.not_yet or action.exists:
        call = f"patiently {_codes(action.not_yet)} {_codes(action.exists)} {call}"
    match captured:
        case []:
            lines.append(f"{call} >/dev/null")
        case [path]:
            lines.append(f"{variable(Ref(action.id, path))}=$({call} {picked(path)})")
        case paths:
            names = " ".join(variable(Ref(action.id, path)) for path in paths)
            query = shlex.quote(f"[{', '.join(paths)}]")
            lines.append(f'read -r {names} <<<"$({call} --query {query} --output text)"')
    if action.relieves:
        lines.append("trap - EXIT")
    if action.wait:
        wait = action.wait
        ready = word(joined("!(!(", wait.ready, "))"), flow)
        lines.append(
            f"wait_until {shlex.quote(plain(wait.sentence))} {wait.limit} {ready} \\\n  {command(wait.poll, flow)}"
        )
        for path in mine:
            if path.startswith("@seen:"):
                look = f"{command(wait.poll, flow)} {picked(path.removeprefix('@seen:'))}"
                lines.append(f"{variable(Ref(action.id, path))}=$({look})")
    return "\n".join(lines) + "\n"


def _with_entry(action: str, entry: Entry, flow: str) -> str:
    """The document as it will be written; only a missing one is begun anew, never one that cannot be read."""
    look = f"patiently '' {_codes(entry.absent)} {command(entry.read, flow)}"
    # a path that builds a document gives one, any other the text of one
    form = "json" if entry.path.startswith("{") else "text"
    read = f"{look} --query {shlex.quote(entry.path)} --output {form}"
    words = [json.dumps(entry.empty), entry.within, entry.key]
    rest = " ".join([*map(shlex.quote, words), word(entry.entry, flow)])
    return f'STANDING=$({read})\n{variable(edited(action))}=$(with_entry "$STANDING" {rest})'


def _codes(codes: tuple[str, ...]) -> str:
    return shlex.quote("|".join(dict.fromkeys(code.partition(":")[0] for code in codes)))


def word(value: Any, flow: str) -> str:
    """A value as one bash word, references as variables; in a document those that hold JSON stand without quotes."""
    marks: dict[str, str] = {}
    documents = set[str]()

    def mark(ref: Ref) -> str:
        if ref == FLOW:
            return flow
        shown = f"${{{variable(ref)}}}"
        if ref.action == FOUND or ref.path == "@before" or structured(ref.path.removeprefix("@seen:")):
            documents.add(shown)
        return marks.setdefault(shown, f"{MARK}{len(marks)}{MARK}")

    filled = fill(value, mark)
    text = json.dumps(filled, ensure_ascii=False) if isinstance(filled, Mapping | list) else str(filled)
    if isinstance(filled, Mapping | list):
        text = "".join(c if c.isprintable() or c == MARK else json.dumps(c)[1:-1] for c in text)
    if not marks:
        return _quoted(text)
    text = re.sub(r'([\\"$`])', r"\\\1", text)
    for shown, stand_in in marks.items():
        if shown in documents:
            text = text.replace(f'\\"{stand_in}\\"', shown)
        text = text.replace(stand_in, shown)
    return f'"{text}"'


def _quoted(text: str) -> str:
    """Text as one bash word, in which nothing hides: what has no glyph is written as an escape."""
    if text.isprintable():
        return shlex.quote(text)
    escaped = {"\\": "\\\\", "'": "\\'"}
    return "$'" + "".join(escaped.get(c, c if c.isprintable() else _escape(c)) for c in text) + "'"


def _escape(c: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in c.encode(errors="surrogatepass"))


def variable(ref: Ref) -> str:
    if ref.action == RUN.action:
        return "RUN" if ref == RUN else re.sub(r"\W+", "_", ref.path).upper()
    if ref.action == FOUND:  # it is set anew right before each use
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", f"now_{re.findall(r'[A-Za-z]+', ref.path)[0]}").upper()
    end = ref.path.rpartition(".")[2].lstrip("@")
    if ref.path.startswith("@seen:"):  # several such paths may end alike
        end = ref.path.removeprefix("@seen:")
    return re.sub(r"\W+", "_", f"{ref.action}_{end}").strip("_").upper()


def joined(*values: Late) -> Late:
    """Texts put together, with whatever is late in them."""
    return Join(tuple(part for value in values for part in _parts(value)))


def _parts(value: Late) -> tuple[str | Ref, ...]:
    return value.parts if isinstance(value, Join) else (value,)


def plain(text: str) -> str:
    """One line in which nothing hides: names in it come from the account."""
    return "".join(c if c.isprintable() else _escape(c) for c in " ".join(text.split()))
