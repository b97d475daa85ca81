"""What the grammar allows and still goes wrong: runtimes, secrets, artifacts, publishing, batches."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode

from . import grammar
from .images import RUNTIMES, versions
from .mistakes import Mistake, Place, Severity
from .nodes import empty, get, items, pairs, place, quoted, text
from .stumbles import TYPED

_NAMES = "(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL)S?(_VALUE)?"
SECRET_NAME = re.compile(rf"{_NAMES}$", re.IGNORECASE)
ACCESS_KEY = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b")
SECRET = re.compile(rf"{ACCESS_KEY.pattern}|(?i:{_NAMES}=['\"]?[^\s'\"${{])")
"""What a command with a secret in it looks like."""
SECRET_UNREAD = re.compile(rf"{SECRET.pattern}|(?i:{_NAMES}['\"]?:\s*['\"]?[^\s'\"${{])")
"""The same of any line, where the file cannot be read as YAML, so that nobody knows what is a variable's value."""
PUBLIC = "--acl public-read"
DASH = re.compile(r"\s*-\s")


def look(root: MappingNode, source: list[str], image: str) -> Iterator[Mistake]:
    """Every rule in turn."""
    yield from version(root)
    yield from nothing_run(root)
    yield from runtimes(root, image)
    yield from variables(root)
    yield from exported(root)
    yield from artifacts(root)
    yield from cache(root)
    yield from batch(root)
    yield from commands(root, source, image)


def warning(rule: str, message: str, at: Place, fix: str = "", *, quiet: bool = False) -> Mistake:
    return Mistake(rule, Severity.WARNING, message, at, fix, quiet)


def error(rule: str, message: str, at: Place, *, quiet: bool = False) -> Mistake:
    return Mistake(rule, Severity.ERROR, message, at, quiet=quiet)


def version(root: MappingNode) -> Iterator[Mistake]:
    found = get(root, "version")
    if found is None:
        yield error("B07", "The first line must be: version: 0.2", Place(1, 1, 1, 2))
    elif isinstance(found, ScalarNode) and found.style and get(root, "batch") is not None:
        yield warning("B07", "Batch builds refuse the version in quotes. Write: version: 0.2", place(found), "0.2")


def nothing_run(root: MappingNode) -> Iterator[Mistake]:
    """A file without phases, which CodeBuild takes where it only collects artifacts."""
    top = {key.value for key, _ in pairs(root)}
    if "artifacts" in top and not top & {"phases", "batch"}:
        made = error if any("phase" in key for key in top) else warning
        yield made("B17", '"phases" is missing in the file: nothing is run, and artifacts are taken from the source.',
                   place(root))  # fmt: skip


def runtimes(root: MappingNode, image: str) -> Iterator[Mistake]:
    """Versions that no image has; a text counts as it is written, 3.10 is not 3.1."""
    chosen = get(root, "phases", "install", "runtime-versions")
    for key, value in pairs(chosen):
        runtime, said = key.value, text(value)
        if runtime not in RUNTIMES or not said or said == "latest" or said.startswith("$"):
            continue
        known = versions(runtime, image)
        major = re.fullmatch(r"(\w+)\.x", said)
        fits = any(each == said or (major and each.split(".")[0] == major[1]) for each in known)
        if fits:
            continue
        which = "The build image" if image else "Of today's build images none"
        if not known:
            yield warning("B08", f"{which} has {'no ' if image else ''}{runtime}. "
                          f"See which image the project uses.", place(key))  # fmt: skip
        else:
            sentence = f"{which} has {'no ' if image else ''}{runtime} {said}. {'It has' if image else 'They have'}: "
            made = error if image else warning
            yield made("B08", f"{sentence}{', '.join(known)}.", place(value))


def variables(root: MappingNode) -> Iterator[Mistake]:
    places = [get(root, "env", "variables"), get(root, "batch", "build-matrix", "static", "env", "variables")]
    places += [get(build, "env", "variables") for kind in grammar.BATCHES for build in items(get(root, "batch", kind))]
    for node in places:
        for key, value in pairs(node):
            said = text(value)
            literal = said and not empty(value) and not said.startswith(("$", "{{resolve"))
            if ACCESS_KEY.search(said) or (literal and SECRET_NAME.search(key.value)):
                yield warning("B11", f"{key.value} looks like a secret in plain text; everybody who sees the code "
                              "or the build can read it. Use env: secrets-manager or parameter-store.",
                              place(key), quiet=True)  # fmt: skip


def exported(root: MappingNode) -> Iterator[Mistake]:
    kept = {
        key.value: source
        for source in ("parameter-store", "secrets-manager")
        for key, _ in pairs(get(root, "env", source))
    }
    for each in items(get(root, "env", "exported-variables")):
        said = text(each)
        if said.startswith("AWS_"):
            yield error("B09", f'"{said}" cannot be exported: names that begin with AWS_ are AWS\'s own.', place(each))
        if said in kept:
            yield error("B09", f'"{said}" comes from {kept[said]} and cannot be exported.', place(each))


def artifacts(root: MappingNode) -> Iterator[Mistake]:
    top = get(root, "artifacts")
    for node in [top, *(value for _, value in pairs(get(top, "secondary-artifacts")))]:
        base = text(get(node, "base-directory")).strip("/").removeprefix("./")
        for each in items(get(node, "files")):
            said = text(each)
            rest = said.removeprefix("./")
            if base and rest.startswith(f"{base}/"):
                inner = rest[len(base) + 1 :]
                message = f'files are searched below base-directory already; "{said}" would mean {base}/{rest}.'
                yield warning("B12", f'{message} Write "{inner}".', place(each), f'"{inner}"')


def cache(root: MappingNode) -> Iterator[Mistake]:
    back = get(root, "cache", "fallback-keys")
    if back is not None and get(root, "cache", "key") is None:
        yield error("B17", '"key" is missing in cache: fallback-keys work only with it.', place(back))
    for each in items(get(root, "cache", "paths")):
        if text(each).startswith("~"):
            said = f"/root{text(each)[1:]}"
            yield warning("B21", f'CodeBuild does not replace ~ in paths. Write "{said}".', place(each), f'"{said}"')


def batch(root: MappingNode) -> Iterator[Mistake]:
    node = get(root, "batch")
    if not isinstance(node, MappingNode):
        return
    kinds = [key for key, _ in pairs(node) if key.value in grammar.BATCHES]
    if len(kinds) != 1:
        found = f"there are {len(kinds)}" if kinds else "there is none"
        at = place(kinds[1]) if kinds else place(node)
        yield error("B19", f"batch needs exactly one of {', '.join(grammar.BATCHES)}; {found}.", at)
    yield from alone(root, node)
    waits: dict[str, list[Node]] = {}
    for build in [each for kind in ("build-graph", "build-list") for each in items(get(node, kind))]:
        env = get(build, "env")
        fleet = next((key for key, _ in pairs(env) if key.value == "fleet"), None)
        if fleet is not None and get(env, "compute-type") is not None:
            yield error("B19", "A build has either compute-type or fleet, not both.", place(fleet))
        who = get(build, "identifier")
        if who is not None and text(who) in waits:
            yield error("B19", f'Two builds are called "{text(who)}". Each needs a name of its own.', place(who))
        elif who is not None:
            waits[text(who)] = items(get(build, "depend-on"))
    for who_, others in waits.items():
        for other in others:
            if text(other) not in waits:
                yield error("B19", f'"{who_}" waits for "{text(other)}", and no build is called so.', place(other))
            elif _reaches(waits, text(other), who_):
                yield error("B19", f'"{who_}" and "{text(other)}" wait for each other.', place(other))


def alone(root: MappingNode, node: MappingNode) -> Iterator[Mistake]:
    """Builds of a batch that run this file's phases, where it has none: each needs a buildspec of its own."""
    if get(root, "phases") is not None:
        return
    why = '"phases" is missing in the file, and {} has no buildspec of its own. Write one of them.'
    for build in [each for kind in ("build-graph", "build-list") for each in items(get(node, kind))]:
        if get(build, "buildspec") is None:
            who = text(get(build, "identifier"))
            yield error("B17", why.format(f'the build "{who}"' if who else "this build"), place(build))
    for kind, key in (("build-matrix", "buildspec"), ("build-fanout", "")):
        found = get(node, kind)
        if found is not None and not (key and get(found, "dynamic", key) is not None):
            yield error("B17", why.format(kind), place(found))


def _reaches(waits: dict[str, list[Node]], start: str, goal: str) -> bool:
    seen, todo = set[str](), [start]
    while todo:
        name = todo.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            todo += [text(each) for each in waits.get(name, ())]
    return False


def commands(root: MappingNode, source: list[str], image: str) -> Iterator[Mistake]:
    windows = text(get(root, "env", "shell")) in ("powershell.exe", "cmd.exe")
    for phase in grammar.PHASES:
        asked = False
        for node in [each for part in ("commands", "finally") for each in items(get(root, "phases", phase, part))]:
            if not isinstance(node, ScalarNode):
                continue
            said, line = node.value, node.start_mark.line + 1
            asked = asked or "CODEBUILD_BUILD_SUCCEEDING" in said
            if ACCESS_KEY.search(said):
                yield error("B11", f"Line {line} holds an AWS access key; everybody who sees the code or the build "
                            "can read it. The build's role gives permissions without one.",
                            place(node), quiet=True)  # fmt: skip
            if phase == "post_build" and re.search(r"\bs3 sync\b[^\n]*--delete", said) and not asked:
                yield warning("B13", f"Line {line}: post_build runs even when the build failed, so a broken or empty "
                              "page could be published. Put before it: "
                              '- test "$CODEBUILD_BUILD_SUCCEEDING" = "1" || exit 1', place(node))  # fmt: skip
            if PUBLIC in re.sub(r"[ =]+", " ", said):
                yield warning("B20", f'Line {line}: "{PUBLIC}" fails on buckets made since April 2023 (the bucket '
                              "does not allow ACLs). Remove it; public reading is set once in the bucket policy.",
                              place(node))  # fmt: skip
            if not windows and _open_quote(said):
                behind = source[node.end_mark.line][node.end_mark.column :] if not node.style else ""
                hint = (
                    ' For YAML " #" begins a comment: put the whole command in single quotes.' if "#" in behind else ""
                )
                yield warning("B14", f"Line {line}: a quote in this command is never closed.{hint}", place(node))
            else:
                yield from cut_off(node, source)
            below = range(line, node.end_mark.line + 1) if not node.style else ()
            if joined := [number for number in below if DASH.match(source[number])]:
                yield warning("B06", f"Line {joined[0] + 1} begins with a dash, but YAML reads it as a part of the "
                              f"command of line {line}, since it is indented more.", place(node))  # fmt: skip
            if typed_into_one_line(node):
                yield warning("B03", f"Line {line}: YAML joins the lines of this command into one, so what is typed "
                              'into it (<<) never ends. Write "- |" instead, and the command below it.',
                              place(node))  # fmt: skip
            yield from packages(node, image)


def cut_off(node: ScalarNode, source: list[str]) -> Iterator[Mistake]:
    """What YAML takes for a comment, and looks like a part of the command: “#1”, “#$VERSION”, not “# a remark”."""
    line, number, column = source[node.end_mark.line], node.start_mark.line + 1, node.start_mark.column + 1
    rest = re.match(r"\s+(#[^\s#!].*?)\s*$", line[node.end_mark.column :])
    if node.style or not rest or number != node.end_mark.line + 1:
        return
    whole = line[column - 1 :].rstrip()
    message = (
        f'Line {number}: for YAML " #" begins a comment, so “{rest[1]}” is no part of this command. If it is meant '
    )
    message += f"to be, put the whole command in single quotes: - {quoted(whole)}"
    often = Severity.NOTE if rest[1][1].isalpha() else Severity.WARNING  # many write remarks like that
    yield Mistake("B03", often, message, Place(number, column, number, column + len(whole)), quoted(whole))


def typed_into_one_line(node: ScalarNode) -> bool:
    """Whether the lines that are typed into a command stand in a text whose lines YAML joins."""
    return bool(TYPED.search(node.value)) and node.style != "|" and "\n" not in node.value.strip() and (
        node.start_mark.line != node.end_mark.line
    )  # fmt: skip


def packages(node: ScalarNode, image: str) -> Iterator[Mistake]:
    """The package manager of the image, if it is known."""
    wrong = re.search(r"\b(dnf|yum)\b" if "/standard:" in image else r"\bapt(-get)?\b", node.value)
    if image and wrong:
        right = "apt-get" if "/standard:" in image else "dnf"
        yield warning("B08", f"Line {node.start_mark.line + 1} uses {wrong[0]}. This image uses {right}.", place(node))


def _open_quote(command: str) -> bool:
    """Whether a shell would wait for the rest of a quote. What is typed into a program (<<) is not looked at."""
    if "<<" in command:
        return False
    bare = "\n".join(line for line in command.split("\n") if not line.lstrip().startswith("#"))
    closed = re.sub(r"\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"|(?<!\S)#[^\n]*", "", bare, flags=re.S)
    return "'" in closed or '"' in closed
