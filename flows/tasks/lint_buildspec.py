"""Is a buildspec.yml right? Every mistake with its line, before CodeBuild finds the first one minutes later."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.buildspec import Mistake, Place, Severity, lint
from flows.buildspec.grammar import CHECKED_AGAINST
from flows.buildspec.images import AS_OF, IMAGES
from flows.buildspec.nodes import lines
from flows.buildspec.sarif import log
from flows.engine import Choice, Finding, Grade, Refused, Text
from flows.engine.asked import EVERY, Asked, unknown
from flows.engine.files import reason
from flows.engine.task import Outcome, Surroundings, Task
from flows.version import __version__

RIGHT, WRONG = 0, 1
USUAL, STDIN = "buildspec.yml", "-"
LARGEST = 256 * 1024
WIDTH = 70
GRADES = {Severity.ERROR: Grade.REFUSED, Severity.WARNING: Grade.PREDICTED, Severity.NOTE: Grade.NOT_CHECKED}


def _file(text: str) -> str:
    """A file that can be read. Raises Refused."""
    if text == STDIN:
        raise Refused("Nothing is piped in here. Give the path of the file.")
    contents(text)
    return text


class AboutBuildspec(Asked):
    """Which buildspec."""

    title = "Is a buildspec right?"
    words = ("codebuild", "yaml", "syntax error", "YAML_FILE_ERROR", "phases", "artifacts", "build failed")

    file = Text(
        f"Which file? ({STDIN} is what is piped in)",
        _file,
        default=USUAL,
        example=USUAL,
        why="CodeBuild does what stands in it, and finds its mistakes only one by one, minutes after each push.",
    )
    image = Choice(
        "Which build image?",
        {EVERY: "Any of today's", **{name: f"the runtimes of {name}" for name in IMAGES}},
        default=EVERY,
        why=f"Its runtimes are compared with those that the file asks for, as of {AS_OF}.",
    )


class LintBuildspec(Task):
    """Is a CodeBuild buildspec.yml right: every mistake with its line."""

    asks = AboutBuildspec
    argument = "file"
    account = False
    codes = {RIGHT: "no errors; there may be warnings", WRONG: "there are errors"}
    outputs = ("sarif",)

    def perform(self, given: Mapping[str, str], around: Surroundings) -> Outcome:
        file, image = given.get("file") or USUAL, given.get("image", "")
        if image and image not in IMAGES:
            raise Refused(*unknown(image, IMAGES, "the list of build images"))
        data = contents(file)
        text, found = "", list(named(file))
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            found.append(not_text(data, error))
        else:
            found += lint(text, image)
        errors = sum(mistake.severity is Severity.ERROR for mistake in found)
        name = "standard input" if file == STDIN else file
        sentence = f"{name}: {counted(errors, 'error')}, {counted(len(found) - errors, 'warning')}."
        if not found:
            sentence = f"{name}: no mistakes found."
        return Outcome(
            WRONG if errors else RIGHT,
            sentence,
            {
                "file": file,
                "errors": errors,
                "warnings": len(found) - errors,
                "checked_against": ", ".join(CHECKED_AGAINST),
                "mistakes": [row(each) for each in found],
            },
            tuple(Finding(each.rule, GRADES[each.severity], each.message, f"{file}:{each.at.line}") for each in found),
            shown="\n".join([*shown(found, name, lines(text)), sentence]),
            documents={"sarif": log(found, None if file == STDIN else Path(file), __version__)},
        )


def contents(file: str) -> bytes:
    """What is in the file. Raises Refused if it cannot be read, or is too large to be one."""
    if file == STDIN:
        data = sys.stdin.buffer.read(LARGEST + 1)
    else:
        path = Path(file)
        if path.is_dir():
            raise Refused(f"{file} is a folder.", remedy=f"Give the file in it: {path / USUAL}")
        try:
            with path.open("rb") as opened:
                data = opened.read(LARGEST + 1)
        except FileNotFoundError:
            raise Refused(f"There is no file {file}.", remedy=meant(path)) from None
        except (OSError, ValueError) as error:
            raise Refused(f"{file} cannot be read.", f"{reason(error)}.", "Give another file.") from None
    if len(data) > LARGEST:
        raise Refused(
            f"{file} is larger than {LARGEST // 1024} KB, so it is hardly a buildspec.", remedy="Give another file."
        )
    return data


def meant(path: Path) -> str:
    """What to give instead of a file that is not there."""
    near = [
        each for each in ("buildspec.yml", "buildspec.yaml") if each != path.name and (path.parent / each).is_file()
    ]
    return (
        f"Did you mean {path.parent / near[0]}?"
        if near
        else "Give the path of a buildspec, or - to read it from a pipe."
    )


def named(file: str) -> Iterator[Mistake]:
    """A name that is nearly the one CodeBuild looks for. Any other is given in the project, on purpose."""
    name = Path(file).name
    if file != STDIN and name != USUAL and re.fullmatch(r"build[-_ ]?spec\.(ya?ml|txt)", name, re.IGNORECASE):
        message = "CodeBuild looks for a file named exactly buildspec.yml at the top of the source. "
        message += f"This one is named {name}; rename it, or enter this path in the build project."
        yield Mistake("B01", Severity.WARNING, message, Place(1, 1, 1, 2))


def not_text(data: bytes, error: UnicodeDecodeError) -> Mistake:
    before = data[: error.start].decode("utf-8", "replace").split("\n")
    line, column = len(before), len(before[-1]) + 1
    message = f"Line {line} is not UTF-8 text. Save the file as UTF-8."
    return Mistake("B16", Severity.ERROR, message, Place(line, column, line, column + 1))


def row(mistake: Mistake) -> dict[str, Any]:
    at = mistake.at
    return {
        "rule": mistake.rule, "severity": mistake.severity.value, "message": mistake.message, "line": at.line,
        "column": at.column, "end_line": at.end_line, "end_column": at.end_column, "fix": mistake.fix,
    }  # fmt: skip


def shown(found: Sequence[Mistake], name: str, source: Sequence[str]) -> Iterator[str]:
    """Each mistake as compilers show them: place, rule, sentence, and the line with a mark below."""
    for each in found:
        at = each.at
        yield f"{name}:{at.line}:{at.column} {each.rule} {each.severity.value} {each.message}"
        line = source[at.line - 1] if at.line <= len(source) else ""
        if line.strip() and not each.quiet and each.rule != "B01":
            start = max(0, at.column - 1 - WIDTH // 2) if len(line) > WIDTH else 0
            part = line[start : start + WIDTH].replace("\t", "→")
            yield f"{at.line:>6} | {part}"
            yield f"{'':>6} | {' ' * (at.column - 1 - start)}^"


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
