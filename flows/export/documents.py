"""Documents that belong to others too, edited by hand: programs of jq, and how what is not there is read."""

from __future__ import annotations

import json
from collections.abc import Iterable

from flows.engine.shell import quoted
from flows.engine.undo_plan import Entry


def or_none(read: str, absent: Iterable[str]) -> str:
    """A command that reads into answer.json; null stands there if AWS says that there is nothing, and only then."""
    if not (known := "|".join(code.partition(":")[0] for code in absent)):
        return read
    nothing = f"{{ grep -E {quoted(f'[(]({known})[)]')} answer.txt && echo null >answer.json; }}"
    return f"{read} 2>answer.txt ||\n  {nothing} ||\n  {{ cat answer.txt && false; }}"


def standing(entry: Entry) -> str:
    """The document that AWS gave, or its text, without the members that are not there."""
    whole = f'if type == "string" then fromjson else . // {json.dumps(entry.empty)} end'
    return f"{whole} | with_entries(select(.value != null and .value != []))"


def with_entry(entry: Entry) -> str:
    """The document with the entry that stands in the file `entry`."""
    name, key = f".[{json.dumps(entry.within)}]", f"[{json.dumps(entry.key)}]"
    if not entry.key:
        return f"{name} = $entry[0]"
    return f"{name} = [{_each(name)} | select(.{key} != $entry[0]{key})] + $entry"


def without_entry(entry: Entry) -> str:
    """The document without the entry whose key is the argument `ours`."""
    name, key = f".[{json.dumps(entry.within)}]", f"[{json.dumps(entry.key)}]"
    return f"{name} = [{_each(name)} | select(.{key} != $ours)]" if entry.key else f"del({name})"


def nothing_left(entry: Entry) -> str:
    """Whether a document without ours has nothing else."""
    return f"(.[{json.dumps(entry.within)}] // []) == []"


def _each(name: str) -> str:
    """Each entry of a list; AWS takes a single one without a list."""
    return f'{name} // [] | if type == "array" then .[] else . end'
