"""What was meant where YAML cannot be read, told from the line that it stumbled on."""

from __future__ import annotations

import re
from dataclasses import replace

import yaml

from .mistakes import Mistake, Place, Severity
from .nodes import lines, quoted

ITEM = re.compile(r"^(\s*-\s+)(\S.*?)\s*$")
BLOCK = re.compile(r"^\s*(?:-\s+)*(?:[\w.-]+:\s+)?([|>][-+1-9]{0,2})\s*(?:#.*)?$")
"""A line that says that what is below it, and indented more, is one text."""
ODD = re.compile(r"^[\"'\[\]{}!*&%@`|>,?#]|:\s|:$")
"""What a command has in it that YAML does not take for text."""
SIBLING = re.compile(r"\s*(-(\s|$)|#|[\w.-]+:(\s|$))")
"""A line that begins something of its own."""
TYPED = re.compile(r"(?<!<)<<(?!<)-?\s*(['\"]?)([A-Za-z_]\w*)\1")
"""What a shell reads as “type in the lines below, up to this word”."""


def told(error: yaml.YAMLError, text: str) -> tuple[Mistake, ...]:
    """What YAML's refusal means in a buildspec."""
    source = lines(text)
    if isinstance(error, yaml.reader.ReaderError):
        before = lines(text[: error.position])
        at = Place(len(before), len(before[-1]) + 1, len(before), len(before[-1]) + 2)
        code = ord(error.character) if isinstance(error.character, str) else error.character
        return (Mistake("B16", Severity.ERROR, f"Line {at.line} holds the character U+{code:04X}, "
                        "which no YAML file may hold. Delete it.", at),)  # fmt: skip
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return (whole(f"The file is not YAML: {error}"),)
    problem, context = str(error.problem or ""), str(error.context or "")
    line = min(error.problem_mark.line, len(source) - 1)
    for stumbled in (line, min(error.context_mark.line, line) if error.context_mark else line):
        if found := _typed_in(source, stumbled) or _block(source, stumbled):
            return (found,)
    if "another document" in problem:
        return (_second(source, line),)
    tabs = [at for at, each in enumerate(source[: line + 2], 1) if tabbed(each)]
    if tabs and ("\\t" in problem or tabs[-1] >= line):
        return tuple(tab(at) for at in tabs)
    if "quoted scalar" in context and error.context_mark:
        start = error.context_mark
        opened = Place(start.line + 1, start.column + 1, start.line + 1, start.column + 2)
        return (Mistake("B14", Severity.ERROR, f"Line {opened.line}: the quote that is opened here is never closed.",
                        opened),)  # fmt: skip
    begun = error.context_mark.line if error.context_mark else line
    for stumbled in (line, begun, line - 1):
        item = ITEM.match(source[stumbled]) if 0 <= stumbled < len(source) else None
        if item and _under_commands(source, stumbled) and ODD.search(item[2]):
            command, column = item[2], len(item[1]) + 1
            return (no_text(command, Place(stumbled + 1, column, stumbled + 1, column + len(command))),)
        if item:
            break
    if found := _shape(source, problem, line, begun):
        return (found,)
    where = Place(line + 1, error.problem_mark.column + 1, line + 1, error.problem_mark.column + 2)
    said = ": ".join(part for part in (context, problem) if part)
    hint = " A value with “: ” in it needs quotes." if "mapping values" in problem else ""
    return (Mistake("B16", Severity.ERROR, f"Line {line + 1} is not YAML ({said}).{hint}", where),)


def _shape(source: list[str], problem: str, line: int, begun: int) -> Mistake | None:
    """A line that stands where nothing of its kind can: by its indentation, its colon or its missing dash."""
    left = _indent(source[line])
    if re.search("expected <block end>, but found '<block (mapping|sequence) start>'", problem):
        message = (
            f"Line {line + 1} is indented by {left} spaces, and nothing above that it could belong to begins there."
        )
        return _line("B06", source, line, f"{message} Indent it like its neighbours.")
    if "could not find expected ':'" in problem:
        message = f"Line {begun + 1} has no colon, as a key has, and no dash, as an element of a list has."
        return _line("B06", source, begun, f"{message} If it belongs to the line above, indent it more than that one.")
    if "mapping values are not allowed" not in problem:
        return None
    filled = [no for no in range(line) if source[no].strip()]
    above, head = filled[-1:], [no for no in filled if _indent(source[no]) < left][-1:]
    glued = re.match(r"\s*([\w-]+):(?!//)(\S.*?)\s*$", source[above[0]]) if above else None
    if glued and _indent(source[above[0]]) >= left:
        fix = f"{glued[1]}: {glued[2]}"
        found = _line("B16", source, above[0], f"Line {above[0] + 1}: a blank is missing behind the colon. Write {fix}")
        return replace(found, fix=fix)
    if head and ITEM.match(source[head[0]]) and _under_commands(source, head[0]):
        message = f"Line {line + 1} goes on with the command of line {head[0] + 1}, which YAML reads as "
        message += '"key: value", because there is ": " in it. Write "- |" there, and the command below it.'
        return _line("B03", source, line, message)
    return None


def _typed_in(source: list[str], stumbled: int) -> Mistake | None:
    """Lines that are typed into a command (<<EOF) and stand further left than it, where YAML ends the command."""
    filled = [no for no, each in enumerate(source) if each.strip()]
    for at in range(stumbled, -1, -1):
        found = TYPED.search(source[at])
        last = found and next((no for no in filled if no > at and source[no].strip() == found[2]), None)
        if not found or last is None or last < stumbled:
            continue
        head = next((no for no in range(at, -1, -1) if re.match(r"\s*(-\s|commands|finally)", source[no])), at)
        needed = min((_indent(source[no]) for no in filled if head < no <= at), default=_indent(source[at]) + 1)
        bare = [no for no in filled if at < no <= last and _indent(source[no]) < needed]
        if not bare:
            continue
        lines_ = f"line {bare[0] + 1}" if bare[0] == last else f"lines {bare[0] + 1} to {last + 1}"
        way = f"Indent {lines_} by {needed} spaces; YAML takes them off again."
        if head == at:
            way = f'Write "- |" instead, and below it the command and {lines_}, all indented by {needed + 1} spaces.'
        message = f"Line {bare[0] + 1} is typed into the command of line {at + 1} (<<{found[2]}) and is not indented,"
        return _line("B06", source, bare[0], f"{message} so the command ends before it. {way}")
    return None


def _block(source: list[str], stumbled: int) -> Mistake | None:
    """Lines of a block (`- |`) that are not indented more than what begins it."""
    filled = [no for no, each in enumerate(source) if each.strip()]
    for head in range(stumbled, -1, -1):
        begins, left = BLOCK.match(source[head]), _indent(source[head])
        first = next((no for no in filled if no > head), None) if begins else None
        if not begins or first is None or _indent(source[first]) > left or SIBLING.match(source[first]):
            continue
        others = (no for no in filled if no > first and _indent(source[no]) <= left and SIBLING.match(source[no]))
        if first <= stumbled <= next(others, len(source)):
            message = f'Line {first + 1} belongs to the block that line {head + 1} begins with "{begins[1]}", and is '
            message += f"not indented more. Indent it, and all that belongs to it, by {left + 2} spaces at least."
            return _line("B06", source, first, message)
    return None


def _second(source: list[str], stumbled: int) -> Mistake:
    """A file of two documents."""
    marks = [at for at, line in enumerate(source) if at and re.match(r"---(\s|$)", line)]
    at = next((each for each in reversed(marks) if each <= stumbled), marks[0] if marks else stumbled)
    message = f"Line {at + 1} begins a second document (---). A buildspec is one: delete the line, or put the other "
    return _line("B16", source, at, f"{message}into a file of its own.")


def _line(rule: str, source: list[str], at: int, message: str) -> Mistake:
    """A mistake that is all of a line."""
    start = _indent(source[at])
    place = Place(at + 1, start + 1, at + 1, max(len(source[at].rstrip()), start + 1) + 1)
    return Mistake(rule, Severity.ERROR, message, place)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def no_text(command: str, at: Place) -> Mistake:
    """A command that YAML reads as something else."""
    fix = quoted(command)
    if ": " in command or command.endswith(":"):
        why = 'is read as "key: value", because it contains ": "'
    else:
        why = f'is read as something else, because it begins with "{command[:1]}"'
    message = f"Line {at.line} was meant as a command but {why}. Put the whole command in single quotes: - {fix}"
    return Mistake("B03", Severity.ERROR, message, at, fix)


def _under_commands(source: list[str], at: int) -> bool:
    """Whether a line that begins with a dash belongs to commands or finally."""
    indent = _indent(source[at])
    for line in reversed(source[:at]):
        bare = line.strip()
        if bare and not bare.startswith(("-", "#")) and _indent(line) <= indent:
            return bare.startswith(("commands", "finally"))
    return False


def tabbed(line: str) -> bool:
    return re.match(r" *\t\s*\S", line) is not None


def tab(line: int) -> Mistake:
    message = f"Line {line} is indented with a tab. YAML allows only spaces; use 2 spaces per level."
    return Mistake("B02", Severity.ERROR, message, Place(line, 1, line, 2))


def whole(message: str) -> Mistake:
    return Mistake("B16", Severity.ERROR, message, Place(1, 1, 1, 2))
