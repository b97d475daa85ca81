"""From text to YAML's nodes. Where that fails, what was meant is told from the line that YAML stumbled on."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml
from yaml import MappingNode, Node

from .mistakes import Mistake, Place, Severity

BREAKS = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
"""What YAML takes for the end of a line."""
ITEM = re.compile(r"^(\s*-\s+)(\S.*?)\s*$")


@dataclass(frozen=True)
class Read:
    """The nodes of a file, or None, and the mistakes in its writing."""

    root: MappingNode | None
    mistakes: tuple[Mistake, ...]


def lines(text: str) -> list[str]:
    return BREAKS.split(text)


def read(text: str) -> Read:
    """Take the file apart."""
    if not text.strip():
        return Read(None, (_whole("The file is empty. Its first line must be: version: 0.2"),))
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return Read(None, _told(error, text))
    except RecursionError:
        return Read(None, (_whole("The file is nested too deeply to be read."),))
    if root is None:
        return Read(None, (_whole("The file holds nothing but comments. Its first line must be: version: 0.2"),))
    if not isinstance(root, MappingNode):
        kind = "a list" if isinstance(root, yaml.SequenceNode) else "a text"
        return Read(None, (_whole(f"The file is {kind}. It must be keys with values, beginning with: version: 0.2"),))
    inside = _inside(root)
    return Read(root, tuple(_tab(at) for at, line in enumerate(lines(text), 1) if _tabbed(line) and at not in inside))


def _told(error: yaml.YAMLError, text: str) -> tuple[Mistake, ...]:
    """What YAML's refusal means in a buildspec."""
    source = lines(text)
    if isinstance(error, yaml.reader.ReaderError):
        before = lines(text[: error.position])
        at = Place(len(before), len(before[-1]) + 1, len(before), len(before[-1]) + 2)
        code = ord(error.character) if isinstance(error.character, str) else error.character
        return (Mistake("B16", Severity.ERROR, f"Line {at.line} holds the character U+{code:04X}, "
                        "which no YAML file may hold. Delete it.", at),)  # fmt: skip
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return (_whole(f"The file is not YAML: {error}"),)
    problem, context = str(error.problem or ""), str(error.context or "")
    line = min(error.problem_mark.line, len(source) - 1)
    tabs = [at for at, each in enumerate(source[: line + 2], 1) if _tabbed(each)]
    if tabs and ("\\t" in problem or tabs[-1] >= line):
        return tuple(_tab(at) for at in tabs)
    quoted = "quoted scalar" in context and error.context_mark is not None
    if quoted and error.context_mark:
        start = error.context_mark
        at = Place(start.line + 1, start.column + 1, start.line + 1, start.column + 2)
        return (Mistake("B14", Severity.ERROR, f"Line {at.line}: the quote that is opened here is never closed.", at),)
    for stumbled in (line, error.context_mark.line if error.context_mark else line, line - 1):
        found = ITEM.match(source[stumbled]) if 0 <= stumbled < len(source) else None
        if found and _under_commands(source, stumbled):
            command, column = found[2], len(found[1]) + 1
            at = Place(stumbled + 1, column, stumbled + 1, column + len(command))
            return (no_text(command, at),)
        if found:
            break
    at = Place(line + 1, error.problem_mark.column + 1, line + 1, error.problem_mark.column + 2)
    said = ": ".join(part for part in (context, problem) if part)
    hint = " A value with “: ” in it needs quotes." if "mapping values" in problem else ""
    return (Mistake("B16", Severity.ERROR, f"Line {at.line} is not YAML ({said}).{hint}", at),)


def no_text(command: str, at: Place) -> Mistake:
    """A command that YAML reads as something else."""
    quoted = "'" + command.replace("'", "''") + "'"
    if ": " in command or command.endswith(":"):
        why = 'is read as "key: value", because it contains ": "'
    else:
        why = f'is read as something else, because it begins with "{command[:1]}"'
    message = f"Line {at.line} was meant as a command but {why}. Put the whole command in single quotes: - {quoted}"
    return Mistake("B03", Severity.ERROR, message, at, quoted)


def _under_commands(source: list[str], at: int) -> bool:
    """Whether a line that begins with a dash belongs to commands or finally."""
    indent = len(source[at]) - len(source[at].lstrip())
    for line in reversed(source[:at]):
        bare = line.strip()
        if bare and not bare.startswith(("-", "#")) and len(line) - len(line.lstrip()) <= indent:
            return bare.startswith(("commands", "finally"))
    return False


def _tabbed(line: str) -> bool:
    return re.match(r" *\t\s*\S", line) is not None


def _tab(line: int) -> Mistake:
    message = f"Line {line} is indented with a tab. YAML allows only spaces; use 2 spaces per level."
    return Mistake("B02", Severity.ERROR, message, Place(line, 1, line, 2))


def _whole(message: str) -> Mistake:
    return Mistake("B16", Severity.ERROR, message, Place(1, 1, 1, 2))


def _inside(root: Node) -> set[int]:
    """The lines that are text of blocks and quotes, where a tab is a tab."""
    seen, todo, inside = set[int](), [root], set[int]()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode) and node.style:
            inside |= set(range(node.start_mark.line + 2, node.end_mark.line + 2))
        elif isinstance(node, yaml.SequenceNode):
            todo += node.value
        elif isinstance(node, MappingNode):
            todo += [part for pair in node.value for part in pair]
    return inside
