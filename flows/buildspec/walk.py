"""The grammar, held against the file: every key, every kind of value, every word that is allowed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from difflib import get_close_matches

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from . import grammar
from .grammar import Count, Flag, Keys, ListOf, MapOf, Text, TextOrList, Value, Word
from .images import RUNTIMES
from .mistakes import Mistake, Place, Severity
from .nodes import empty, items, kind, pairs, place, quoted, text
from .stumbles import no_text

USUAL = {"go": "golang", "node": "nodejs", "js": "nodejs", "py": "python", "net": "dotnet", "env-vars": "variables"}
"""What people write for something that is spelt quite differently."""
OPTIONAL = (("env",), ("cache",), ("reports",), ("proxy",), ("eb_codebuild_settings",))
"""What may be there with nothing in it. (Of artifacts, CodeBuild refuses that.)"""
YES = ("yes", "no", "true", "false", "on", "off")


def walk(root: MappingNode) -> list[Mistake]:
    """Everything in the file that the grammar does not have."""
    return list(_Walk().look(root, grammar.BUILDSPEC, ()))


def near(word: str, known: Collection[str]) -> str:
    """The known word that was probably meant, or nothing."""
    plain = {re.sub(r"[-_ .]", "", each).lower(): each for each in known}
    bare = re.sub(r"[-_ .]", "", word).lower()
    if USUAL.get(word.lower()) in known:
        return USUAL[word.lower()]
    found = get_close_matches(bare, plain, n=1, cutoff=0.65)
    return plain[found[0]] if found else ""


def error(rule: str, message: str, at: Place, fix: str = "") -> Mistake:
    return Mistake(rule, Severity.ERROR, message, at, fix)


def warning(rule: str, message: str, at: Place, fix: str = "") -> Mistake:
    return Mistake(rule, Severity.WARNING, message, at, fix)


class _Walk:
    """One walk. It remembers where it was, since an alias may lead anywhere, also back."""

    def __init__(self) -> None:
        self.seen: set[tuple[int, int]] = set()

    def look(self, node: Node, shape: object, path: tuple[str, ...]) -> Iterator[Mistake]:
        """One value, held against one shape; `path` is the keys that lead to it."""
        if (id(node), id(shape)) in self.seen:
            return
        self.seen.add((id(node), id(shape)))
        match shape:
            case Keys():
                yield from self.keys(node, shape, path)
            case MapOf():
                yield from self.names(node, shape, path)
            case ListOf():
                yield from self.listed(node, shape, path)
            case TextOrList():
                inner = grammar.TEXTS if isinstance(node, SequenceNode) else grammar.TEXT
                yield from self.look(node, inner, path)
            case _:
                yield from scalar(node, shape, path)

    def keys(self, node: Node, shape: Keys, path: tuple[str, ...]) -> Iterator[Mistake]:
        if not isinstance(node, MappingNode):
            yield no_mapping(node, path, shape.of)
            return
        yield from doubled(node)
        there = {key.value for key, _ in pairs(node)}
        before: tuple[str, Node] | None = None
        for key, value in pairs(node):
            if key.value in shape.of:
                yield from self.look(value, shape.of[key.value], (*path, key.value))
            elif not (before and path == ("phases",) and key.value in grammar.PHASE and empty(before[1])):
                other = stranger(key, value, shape.of, path)
                yield replace(other, fix="") if other.fix in there else other
            before = key.value, value
        for name, rule in shape.needs.items():
            if not {name, *shape.instead.get(name, ())} & there and not empty(node):
                yield missing(node, name, rule, path)
        if shape.least and not node.value:
            yield error("B06", f"{where(path).capitalize()} is empty. Known are: {', '.join(shape.of)}.", place(node))

    def names(self, node: Node, shape: MapOf, path: tuple[str, ...]) -> Iterator[Mistake]:
        if not isinstance(node, MappingNode):
            yield no_mapping(node, path, ("NAME",))
            return
        yield from doubled(node)
        found = list(pairs(node))
        nameless = [key for key, value in found if isinstance(shape.of, Keys) and _inner(key, value, shape.of)]
        if nameless:
            yield error("B06", f"A name is missing in {where(path)}: “{nameless[0].value}” belongs below the name of "
                        f"one of them. Write the name below {path[-1]}:, and this below the name, indented by 2 more "
                        "spaces.", place(nameless[0]))  # fmt: skip
            return
        for key, value in found:
            yield from name(key, shape.names)
            yield from self.look(value, shape.of, (*path, key.value))
        if shape.least and not found:
            yield error("B06", f"{path[-1]} is empty. Leave it out, or write what belongs there.", place(node))
        if shape.most and len(found) > shape.most:
            late = found[shape.most][0]
            yield error("B18", f"{path[-1]} has {len(found)} entries; CodeBuild takes {shape.most}.", place(late))

    def listed(self, node: Node, shape: ListOf, path: tuple[str, ...]) -> Iterator[Mistake]:
        key = path[-1]
        if not isinstance(node, SequenceNode):
            if empty(node):
                made = error if key == "files" else warning
                yield made("B06", f'"{key}" is empty. Write its lines below it, each beginning with "- ".', place(node))
            elif isinstance(node, ScalarNode):
                one_line = node.start_mark.line == node.end_mark.line
                hint = f" Write it on a line of its own: - {source(node)}" if one_line else ""
                yield warning(
                    "B05",
                    f'"{key}" is a list, and has the single text “{cut(node.value)}”, which CodeBuild takes as a list '
                    f"of one.{hint}",
                    place(node),
                    f"[{source(node) if node.style else quoted(node.value)}]" if one_line else "",
                )
                yield from self.one(node, shape, (*path, "0"))
            else:
                yield error("B05", f'"{key}" needs a list: each line begins with "- ".', place(node))
            return
        if not node.value:
            made = error if key == "files" else warning
            yield made("B06", f'"{key}" is an empty list. Leave it out, or write what belongs there.', place(node))
        for at, each in enumerate(items(node)):
            yield from self.one(each, shape, (*path, str(at)))
        if shape.most and len(node.value) > shape.most:
            late = place(node.value[shape.most])
            yield error("B18", f"{key} has {len(node.value)} entries; CodeBuild takes {shape.most}.", late)

    def one(self, node: Node, shape: ListOf, path: tuple[str, ...]) -> Iterator[Mistake]:
        """One element of a list."""
        return command(node, path) if shape.commands else self.look(node, shape.of, path)


# -- keys --------------------------------------------------------------------------------------------------------


def doubled(node: MappingNode) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, ScalarNode):
            yield error("B15", "A key must be a text. Put quotes around what begins with [ or {.", place(key))
        elif key.value in first:
            message = f'"{key.value}" is there twice (first in line {first[key.value]}); only the last one would count.'
            yield error("B10", message, place(key))
        else:
            first[key.value] = key.start_mark.line + 1


def _inner(key: ScalarNode, value: Node, inside: Keys) -> bool:
    """Whether a key stands one level too high, where a name of one's own belongs."""
    return key.value in inside.of and not isinstance(value, MappingNode) and not empty(value)


def stranger(key: ScalarNode, value: Node, known: Collection[str], path: tuple[str, ...]) -> Mistake:
    """A key that is not known here: misspelt, or in the wrong place.

    CodeBuild knows its phases (“Invalid buildspec phase name”). What else it does not know it leaves aside, with a line
    in the log (“Found possible syntax errors in buildspec … The following keys cannot be identified”, 2023-11).
    """
    word, at, meant = key.value, place(key), near(key.value, known)
    if path == ("env",) and word in grammar.ONE_BUILD_ENV:
        return warning("B09", f'"{word}" is not allowed in env, so CodeBuild ignores it. It belongs into the env of '
                       "one build of a batch, or into the build project.", at)  # fmt: skip
    if path == ("env",) and not meant and isinstance(value, ScalarNode):
        return warning("B09", f'"{word}" is not allowed in env, so CodeBuild ignores it. Variables belong under env: '
                       "variables:, indented by 2 more spaces.", at)  # fmt: skip
    if not path and word == "environment_variables":
        return warning("B04", '"environment_variables" is of version 0.1. In version 0.2 it is env: variables:.', at)
    if path == ("phases",) and word in grammar.PHASE:
        return error("B06", f'"{word}" stands beside the phases. Put it below one of them, indented by 2 more spaces: '
                     f"{', '.join(grammar.PHASES)}.", at)  # fmt: skip
    if not path and word in grammar.PHASES:
        return warning("B06", f'"{word}" is a phase. It belongs below phases:, indented by 2 more spaces.', at)
    if word == "runtime-versions":
        return warning("B04", '"runtime-versions" is allowed in the phase install only.', at)
    hint = f'Did you mean "{meant}"?' if meant else f"Known are: {', '.join(known)}."
    if path == ("phases",):
        return error("B04", f'"{word}" is not allowed in phases. {hint}', at, meant)
    return warning("B04", f'"{word}" is not allowed in {where(path)}, so CodeBuild ignores it. {hint}', at, meant)


def name(key: ScalarNode, rule: str) -> Iterator[Mistake]:
    """A name of one's own."""
    word = key.value
    if rule == "runtime" and word not in RUNTIMES:
        meant = near(word, RUNTIMES)
        hint = f'Did you mean "{meant}"?' if meant else f"There are: {', '.join(RUNTIMES)}."
        yield error("B08", f'There is no runtime "{word}". {hint}', place(key), meant)
    if rule == "variable" and word.startswith("CODEBUILD_"):
        yield error(
            "B09", f'"{word}" is not allowed: names that begin with CODEBUILD_ are CodeBuild\'s own.', place(key)
        )
    elif rule == "variable" and not re.fullmatch(grammar.NAME, word):
        yield warning("B09", f'"{word}" is no name for a variable, so no shell can read it. Use letters, digits and _, '
                      "and begin with a letter or _.", place(key))  # fmt: skip


def missing(node: Node, key: str, rule: str, path: tuple[str, ...]) -> Mistake:
    at = place(node)
    if rule == "B12":
        other = ", or secondary-artifacts that have them" if len(path) == 1 else ""
        return error(rule, f"{where(path)} needs files (a list){other}.", at)
    return error(rule, f'"{key}" is missing in {where(path)}.', at)


def no_mapping(node: Node, path: tuple[str, ...], known: Collection[str]) -> Mistake:
    word = path[-1] if path else "the file"
    if empty(node):
        if len(path) == 2 and path[0] == "phases":
            return error("B06", f'Phase {word} is empty. Is the line below it ("commands:") indented by 2 more spaces?',
                         place(node))  # fmt: skip
        made = warning if path[:1] in OPTIONAL or word in ("env", "variables") else error
        return made("B06", f'"{word}" is empty. Is what belongs to it indented by 2 more spaces?', place(node))
    there = "a list" if isinstance(node, SequenceNode) else f"“{cut(text(node))}”"
    first = re.match(r"[\w-]+", text(node))
    hint = f' Is the colon behind "{first[0]}" missing, or the blank behind it?' if first and first[0] in known else ""
    return error("B15", f'"{word}" needs keys with values ({", ".join(known)}), and has {there}.{hint}', place(node))


# -- values ------------------------------------------------------------------------------------------------------


def command(node: Node, path: tuple[str, ...]) -> Iterator[Mistake]:
    """One command: a text, whatever YAML makes of it."""
    at = place(node)
    if isinstance(node, MappingNode):
        pair = next(iter(node.value), None)
        if not node.flow_style and pair and all(isinstance(part, ScalarNode) for part in pair):
            first, second = (str(part.value) for part in pair)
            whole = f"{first}: {second}".rstrip()
            yield no_text(whole, Place(at.line, at.column, at.line, at.column + len(whole)))
        else:
            yield error("B03", f"Line {at.line} was meant as a command but is read as keys and values. "
                        "Put the whole command in single quotes.", at)  # fmt: skip
    elif isinstance(node, SequenceNode):
        yield error("B03", f"Line {at.line} was meant as a command but is read as a list. "
                    "Put the whole command in single quotes.", at)  # fmt: skip
    elif empty(node):
        yield error("B06", f"Line {at.line} is an empty command. Delete it.", at)
    elif (written := source(node)).startswith("!"):
        yield no_text(written, at)
    else:
        yield from scalar(node, grammar.TEXT, path)


def scalar(node: Node, shape: object, path: tuple[str, ...]) -> Iterator[Mistake]:
    """One value that is no list and has no keys."""
    key, at = next((part for part in reversed(path) if not part.isdigit()), "the file"), place(node)
    if not isinstance(node, ScalarNode):
        kind_ = "a list" if isinstance(node, SequenceNode) else "keys with values"
        yield error("B15", f'"{key}" needs a single value, and has {kind_}.', at)
        return
    said = node.value
    if isinstance(shape, Value):
        yield from value(node, key)
        return
    if path == ("version",):
        yield from version(node)
        return
    if empty(node):
        yield error("B06", f'"{key}" is empty. Leave it out, or write what belongs there.', at)
        return
    match shape:
        case Text() if kind(node) in ("int", "float", "bool"):
            yield warning("B15", f'"{key}" is a text, and YAML reads “{said}” as {kinds(node)}; CodeBuild takes it as '
                          f'it is written. Write "{said}".', at, f'"{said}"')  # fmt: skip
        case Text() if shape.pattern and not re.fullmatch(shape.pattern, said):
            fix = said.upper() if re.fullmatch(shape.pattern, said.upper()) and key == "on-failure" else ""
            rule = "B19" if key == "identifier" else "B09" if key == "exported-variables" else "B08"
            hint = f" Did you mean {fix}?" if fix else ""
            made = warning if rule == "B09" else error
            yield made(rule, f'"{cut(said)}" is not allowed for {key}.{hint} It is {shape.looks}.', at, fix)
        case Word() if said not in shape.words and not (shape.fold and said.upper() in shape.words):
            meant = near(said, shape.words)
            hint = f"Did you mean {meant}?" if meant else f"Allowed are: {', '.join(shape.words)}."
            yield error("B08", f'"{cut(said)}" is not allowed for {key}. {hint}', at, meant)
        case Flag() if shape.words and said.lower() not in YES:
            yield error("B08", f'"{cut(said)}" is not allowed for {key}. Write yes or no.', at)
        case Flag() if not shape.words and kind(node) != "bool" and said.lower() in YES:
            yield warning("B15", f'"{key}" is true or false, and “{said}” is a text. Write it without quotes.', at,
                          said.lower())  # fmt: skip
        case Flag() if not shape.words and kind(node) != "bool":
            yield error("B08", f'"{cut(said)}" is not allowed for {key}. Write true or false, without quotes.', at)
        case Count() if kind(node) != "int" or not re.fullmatch(r"[1-9][0-9]*", said):
            yield error("B08", f'"{cut(said)}" is not allowed for {key}. Write a whole number from 1.', at)
        case _:
            return


def source(node: Node) -> str:
    """How a value is written, with what YAML takes for a tag."""
    start, end = node.start_mark, node.end_mark
    return str(start.buffer)[start.pointer : end.pointer].strip()


def version(node: ScalarNode) -> Iterator[Mistake]:
    if node.value == "0.1":
        yield warning("B07", "version 0.1 is the old form: each command runs in a shell of its own, so that cd and "
                      "variables do not last. Write 0.2, and all commands share one.", place(node))  # fmt: skip
    elif node.value != "0.2":
        yield error("B07", f"version must be 0.2 (found {cut(node.value) or 'nothing'}). "
                    "It is the version of the file format, not of your program.", place(node), "0.2")  # fmt: skip


def value(node: ScalarNode, key: str) -> Iterator[Mistake]:
    """The value of a variable, where YAML 1.1 changes what was written."""
    said, became = node.value, kind(node)
    changed = {
        "bool": said.lower() not in ("true", "false"),
        "int": not re.fullmatch(r"0|-?[1-9][0-9]*", said),
        "float": not re.fullmatch(r"-?(0|[1-9][0-9]*)\.([0-9]*[1-9]|0)", said),
        "null": True,
    }.get(became, False)
    if changed:
        what = "nothing" if became == "null" else kinds(node)
        yield warning("B09", f"{key}: YAML reads {said or 'an empty value'} as {what}, so the "
                      f'variable may hold another text. Write "{said}".', place(node),
                      said and f'"{said}"')  # fmt: skip


def kinds(node: Node) -> str:
    return {"bool": "yes or no", "int": "a number", "float": "a number"}.get(kind(node), "something else")


def where(path: tuple[str, ...]) -> str:
    """A place in the file, in words."""
    named = [part for part in path if not part.isdigit()]
    return " → ".join(named) if named else "the file"


def cut(said: str) -> str:
    """A value in a sentence: one line, not too long."""
    line = " ".join(said.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
