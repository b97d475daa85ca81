"""Answers files: `key: value` in YAML or JSON, read for the command line, and written by every face."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

import yaml

from flows.engine import Refused, files

VERSION = 1
"""Of the files that are written. It stands in the first line, as a comment, so that it is no answer."""
SAID = re.compile(r"# Handrail answers, version (\d+)")
MEMBER = "handrail"
"""The same as a member, for JSON, which has no comments."""
LARGEST = 1_000_000
"""Characters in an answers file. A full one has a few hundred."""
STANDARD_INPUT = Path("-")


def load_answers(path: Path | None, sets: Iterable[str]) -> dict[str, Any]:
    """The answers of a file, `-` being standard input, and of `--set KEY=VALUE` flags; flags win. Raises Refused."""
    answers: dict[str, Any] = _read(path) if path else {}
    for entry in sets:
        key, sign, value = entry.partition("=")
        if not sign or not key:
            raise Refused(f"“{entry}” is not KEY=VALUE.", remedy="Write it like --set name=office-berlin.")
        answers[key.strip()] = value
    return answers


def text_of(file: TextIO) -> str:
    """A file that is handed over whole. Raises Refused when it is no text, or too long to have been meant."""
    try:
        text = file.read(LARGEST + 1)
    except UnicodeDecodeError:
        raise Refused(f"{file.name} is no text.", remedy="Give a file in UTF-8.") from None
    if len(text) > LARGEST:
        raise Refused(f"{file.name} has more than {LARGEST:,} characters.", remedy="Give only the part that matters.")
    return text


def save_answers(path: Path, answers: Mapping[str, Any]) -> None:
    """Write an answers file. Raises Refused."""
    files.write(path, dump_answers(answers), files.PRIVATE, remedy="Give another file with --save-answers.")


def dump_answers(answers: Mapping[str, Any]) -> str:
    """An answers file, in YAML."""
    plain = json.loads(json.dumps(dict(answers), default=str))
    return f"# Handrail answers, version {VERSION}\n{yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)}"


class _Texts(yaml.BaseLoader):
    """Every value stays the text that was written: `no` is no bool, a date no date. A key may stand once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set[str]()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                what = f"“{key.value}” stands here twice" if isinstance(key, yaml.ScalarNode) else "this is no key"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _read_json(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for number, (key, _) in enumerate(pairs):
            if key in (other for other, _ in pairs[:number]):
                raise json.JSONDecodeError(f"“{key}” stands here twice", text, max(text.rfind(f'"{key}"'), 0))
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)


def _text(path: Path) -> str:
    """No more of it than an answers file may have."""
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(LARGEST + 1).decode("utf-8-sig")
    with path.open(encoding="utf-8-sig") as file:
        return file.read(LARGEST + 1)


def _read(path: Path) -> dict[str, Any]:
    named = "Standard input" if path == STANDARD_INPUT else f"The answers file {path}"
    try:
        text = _text(path)
    except UnicodeDecodeError:
        what = f"{named} is not a text file (UTF-8)."
        raise Refused(what, remedy="Give another with --answers.") from None
    except OSError as error:
        why = f"{files.reason(error)}."
        raise Refused(f"{named} cannot be read.", why, "Give another with --answers.") from None
    if len(text) > LARGEST:
        raise Refused(f"{named} is far too large.", remedy="It holds one `key: value` a line.")
    try:
        answers = _read_json(text) if path.suffix == ".json" else yaml.load(text, _Texts)  # noqa: S506 - only texts
    except json.JSONDecodeError as error:
        seen = (text.splitlines() or [""])[error.lineno - 1].strip()
        raise Refused(
            f"{named} is broken in line {error.lineno}, column {error.colno}: {error.msg}. The line is: {seen}"
        ) from None
    except RecursionError:
        what = f"{named} is nested too deeply."
        raise Refused(what, remedy="Write one `key: value` a line.") from None
    except yaml.MarkedYAMLError as error:
        mark, lines = error.problem_mark, text.splitlines()
        line = mark.line if mark else 0
        seen = f" The line is: {lines[line].strip()}" if line < len(lines) else ""
        raise Refused(
            f"{named} is broken in line {line + 1}, column {mark.column + 1 if mark else 1}: {error.problem}.{seen}",
            remedy="Write one `key: value` a line.",
        ) from None
    except yaml.YAMLError as error:
        raise Refused(f"{named} is neither YAML nor JSON.", str(error)) from None
    if answers is None:
        return {}
    if not isinstance(answers, dict):
        raise Refused(f"{named} holds no answers.", remedy="Write one `key: value` a line.")
    said = SAID.match(text)
    _known(named, answers.pop(MEMBER, said[1] if said else VERSION))
    return {str(key): value for key, value in answers.items()}


def _known(named: str, version: object) -> None:
    """Whether this Handrail knows that version of answers files. Raises Refused."""
    if not str(version).isdecimal() or not int(str(version)):
        what = f"{named} says that it is of version “{version}”, which is none."
        raise Refused(what, remedy=f"Leave {MEMBER} out, or write {MEMBER}: {VERSION}.")
    if int(str(version)) > VERSION:
        what = f"{named} is of version {version}; this Handrail knows version {VERSION}."
        raise Refused(what, "A newer Handrail wrote it.", "Use that one, or write the answers anew.")
