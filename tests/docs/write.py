"""Write the texts that follow from the program: `make texts`. Tests compare them with what stands there.

A page of `docs` is written by hand, but for the parts between two marks; those are made here.
"""

from __future__ import annotations

import ast
import inspect
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import cast

import click

import flows
import flows.engine.problems
from flows.engine import Flow, Grade, Problem, Question, Stopped
from flows.engine.asked import Asked
from flows.engine.drawing import sentences, whole
from flows.engine.of_others import DECISIONS
from flows.engine.permissions import actions, looks
from flows.engine.verdict import Status
from flows.export.pictures import mermaid
from flows.glossary import words as explained
from flows.practice.gaps import GAPS
from flows.tasks import TASKS
from flows.tasks import find as task
from tui.cli.exit_codes import EXIT_CODES
from tui.cli.main import cli, help_text

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
Made = Mapping[str, str]
"""The name of a part to its text."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    escaped = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)


def folded(summary: str, text: str) -> str:
    """What only few will read, behind a line to open it with."""
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"


def page(name: str) -> str:
    return f"set-ups/{name}.md"


# -- a set-up ----------------------------------------------------------------------------------------------------


def keys(flow: type[Flow]) -> str:
    """The keys of an answers file: those that are asked, and those with a sound default."""
    head = ("key", "kind", "what it takes", "default", "only when")
    asked = table(head, [_key(each) for each in flow.questions if not each.fine_tuning])
    finer = table(head, [_key(each) for each in flow.questions if each.fine_tuning])
    return f"Asked, so an answers file has them:\n\n{asked}\n\nFine-tuning, which may be left out:\n\n{finer}"


def _key(question: Question[object]) -> tuple[str, ...]:
    default = question.default_text
    if default and not default.startswith("("):
        default = f"`{default}`"
    when = f"`{question.when}`" if str(question.when) else ""
    return f"`{question.id}`", question.kind, question.allowed().replace(" | ", ", "), default, when


def pictured(flow: type[Flow]) -> str:
    """What will be there, drawn, and in sentences for whoever sees no picture."""
    assert flow.picture is not None, "every set-up of the menu has one"
    drawing = whole(flow.picture)
    told = "\n".join(f"- {each}" for each in sentences(drawing))
    return f"```mermaid\n{mermaid(drawing)}\n```\n\n{folded('The picture in sentences', told)}"


def subjects(flow: type[Flow]) -> str:
    """What `check` takes."""
    needed = " or ".join(" and ".join(f"`{key}`" for key in keys) for keys in flow.enough)
    return f"`handrail check {flow.id}` needs {needed}, and asks for it on a terminal:\n\n{asks(flow.check)}"


def asks(asked: type[Asked]) -> str:
    """What a check or a task asks; `--set` takes the same."""
    rows = [
        (f"`{each.id}`", each.ask, each.allowed().replace(" | ", ", "), "" if each.depends else each.default_text)
        for each in asked.questions
    ]
    return table(("key", "what is asked", "what it takes", "if left out"), rows)


def accepted(flow: type[Flow]) -> str:
    """The warnings that need a conscious yes, which a batch run gives with `--accept`."""
    rows = [
        (f"`{id_}`", f"`{key}`" if key else "", said) for key, ids in flow.consents.items() for id_, said in ids.items()
    ]
    if not rows:
        return "Nothing in this set-up needs `--accept`."
    said = table(("id", "asked at", "what is said yes to"), rows)
    return f"What needs a conscious yes, in batch with `--accept`:\n\n{said}"


def given_as_cautions(flow: type[Flow]) -> set[str]:
    """The ids of the cautions in a set-up's own rooms that need a yes."""
    return {id_ for room in sorted((ROOT / "flows" / flow.id).rglob("*.py")) for id_ in needing_a_yes(room)}


def needing_a_yes(room: Path) -> Iterator[str]:
    """The ids of the cautions in a module that need a yes. Raises ValueError for one that is not written there."""
    tree = ast.parse(room.read_text())
    for each in ast.walk(tree):
        if not (isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "Caution"):
            continue
        if not (len(each.args) > 2 or any(word.arg == "confirm" for word in each.keywords)):
            continue
        match each.args[0]:
            case ast.Constant(value=str(id_)):
                yield id_
            case ast.Name(id=name):
                yield from _handed_over(tree, name, room)
            case _:
                raise ValueError(f"{room}:{each.lineno}: which caution is it?")


def _handed_over(tree: ast.Module, name: str, room: Path) -> Iterator[str]:
    """The texts that the calls of a function in this module give for one of its parameters."""
    for function in ast.walk(tree):
        parameters = [each.arg for each in function.args.args] if isinstance(function, ast.FunctionDef) else []
        if not isinstance(function, ast.FunctionDef) or name not in parameters:
            continue
        for each in ast.walk(tree):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == function.name:
                match each.args[parameters.index(name)]:
                    case ast.Constant(value=str(id_)):
                        yield id_
                    case _:
                        raise ValueError(f"{room}:{each.lineno}: which caution is it?")


def permitted(needed: Iterable[str]) -> str:
    """IAM's actions, those that only look apart from those that change something."""
    all_ = sorted(needed)
    reading, changing = [each for each in all_ if looks(each)], [each for each in all_ if not looks(each)]
    block = "To look:\n\n```\n{}\n```\n\nTo change, and to take back:\n\n```\n{}\n```"
    return folded(f"The {len(all_)} actions", block.format("\n".join(reading), "\n".join(changing)))


def every_need() -> dict[str, set[str]]:
    """Each set-up to the actions that its variants in the tests need. It reviews them all, which takes a minute."""
    from s3_pipeline.cases import audited
    from support.variants import VARIANTS, session

    from flows.engine import Place
    from flows.engine.boto import Aws
    from flows.practice import open_account

    found: dict[str, set[str]] = {name: set() for name in flows.SET_UPS}
    with tempfile.TemporaryDirectory() as folder, open_account(Path(folder), hurry=True) as account:
        audited(account.session)
        for flow, answers in VARIANTS.values():
            cloud = Aws(Place(practice=True), account.session, account.session_of)
            found[flow] |= set(actions(session(cloud, flow, answers).review().needs))
    return found


# -- the command line --------------------------------------------------------------------------------------------


def commands() -> str:
    """Every command, with what it is for."""
    rows = []
    for words, command in every_command():
        arguments = " ".join(each.make_metavar(click.Context(command)) for each in command.params if _said(each))
        rows.append((f"`{' '.join(['handrail', *words, arguments]).strip()}`", command.get_short_help_str(200)))
    return table(("command", "what it does"), rows)


def _said(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument)


def every_command(
    group: click.Group = cli, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*before, name))
        else:
            yield (*before, name), command


def exit_codes() -> str:
    return table(("exit code", "meaning"), [(str(code), meaning) for code, meaning in EXIT_CODES.items()])


def problems() -> str:
    """The `code` of an error, with its exit code."""
    rows = {}
    for kind in (*vars(flows.engine.problems).values(), Stopped):
        if isinstance(kind, type) and issubclass(kind, Problem):
            meaning = (kind.__doc__ or "").strip().partition("\n")[0]
            rows.setdefault(kind.code, (f"`{kind.code}`", str(kind.exit_code), meaning))
    return table(("code", "exit code", "what it is"), rows.values())


def vocabulary(kind: type[StrEnum]) -> str:
    """The words of an enumeration, each with the sentence that stands below it."""
    lines = cast(ast.ClassDef, ast.parse(inspect.getsource(kind)).body[0]).body
    told = {
        cast(str, ast.literal_eval(word.value)): cast(str, ast.literal_eval(sentence.value))
        for word, sentence in pairwise(lines)
        if isinstance(word, ast.Assign) and isinstance(sentence, ast.Expr)
    }
    return table(("word", "meaning"), [(f"`{word}`", told[word]) for word in kind])


def decisions() -> str:
    """What only a person can decide at an undo."""
    from flows.aws.aurora_clusters import FINAL_SNAPSHOT
    from flows.aws.instances import LAST_SNAPSHOT

    rows = []
    for each in (*DECISIONS.values(), FINAL_SNAPSHOT, LAST_SNAPSHOT):
        unsaid = f"`{each.default}`" if each.key in DECISIONS else "a batch run is refused"
        values = "; ".join(f"`{value}`: {meaning}" for value, meaning in each.options.items())
        rows.append((f"`{each.key}`", values, unsaid))
    return table(("key", "values", "where nothing is said"), rows)


def tasks() -> Made:
    """The keys and the exit codes of each task."""
    found = {}
    for name in TASKS:
        one = task(name)
        codes = [(str(code), meaning) for code, meaning in one.codes.items()]
        found[name] = f"{asks(one.asks)}\n\n{table(('exit code', 'meaning'), codes)}"
    return found


def gaps() -> str:
    """What practice does otherwise than moto."""
    rows = [(f"`{operation}`", sentence) for operation, sentence in GAPS.items()]
    return folded(f"All {len(GAPS)} of them", table(("call", "what is different"), rows))


def menu() -> str:
    rows = [(f"[{title}]({page(name)})", f"`{name}`", summary) for name, (title, summary) in flows.SET_UPS.items()]
    return table(("set-up", "name", "what it makes"), rows)


def glossary() -> str:
    """Every word, with what else it is called."""
    rows = [(f"**{word.name}**", ", ".join(word.also()), word.meaning.replace("<", "&lt;")) for word in explained()]
    return table(("word", "also", "what it means"), rows)


def checks() -> str:
    rows = [
        (title, f"[`{name}`]({page(name)})", looked_for.replace(", ", " · "))
        for name, (title, looked_for) in flows.CHECKS.items()
    ]
    return table(("the trouble", "check", "found by"), rows)


# -- pages -------------------------------------------------------------------------------------------------------


def parts() -> dict[str, Made]:
    """Each page to the parts of it that are made, but for those that take a minute."""
    found: dict[str, Made] = {
        "README.md": {"set-ups": menu()},
        "automating.md": {
            "commands": commands(),
            "exit codes": exit_codes(),
            "problems": problems(),
            "statuses": vocabulary(Status),
            "grades": vocabulary(Grade),
        },
        "words.md": {"words": glossary()},
        "practice-mode.md": {"gaps": gaps()},
        "tasks.md": tasks(),
        "looking-after.md": {"checks": checks()},
        "recovering-and-undoing.md": {"decisions": decisions()},
    }
    for flow in flows.every():
        found[page(flow.id)] = {
            "picture": pictured(flow), "keys": keys(flow), "check": subjects(flow), "accept": accepted(flow),
        }  # fmt: skip
    return found


def permissions() -> dict[str, Made]:
    """The parts that take a minute."""
    return {page(name): {"permissions": permitted(needed)} for name, needed in every_need().items()}


def part(text: str, name: str) -> str:
    """What stands in a page between the marks of that name. Raises ValueError if they are not there, once."""
    return _between(text, name).strip("\n")


def _between(text: str, name: str) -> str:
    found = re.findall(rf"<!-- made: {name} -->\n(.*?)<!-- /made -->", text, re.S)
    if len(found) != 1:
        raise ValueError(f"write once <!-- made: {name} -->, and <!-- /made --> in a line below it.")
    return str(found[0])


def renewed(text: str, made: Made) -> str:
    """A page with its parts as they are made now."""
    for name, new in made.items():
        whole = f"<!-- made: {name} -->\n{{}}<!-- /made -->"
        text = text.replace(whole.format(_between(text, name)), whole.format(f"\n{new}\n\n"))
    return text


def write(pages: Mapping[str, Made]) -> None:
    for name, made in pages.items():
        path = DOCS / name
        try:
            path.write_text(renewed(path.read_text(), made))
        except ValueError as problem:
            raise SystemExit(f"docs/{name}: {problem}") from None


def main(makers: Sequence[Callable[[], Mapping[str, Made]]] = (parts, permissions)) -> None:
    for make in makers:
        write(make())
    (ROOT / "tui" / "help.txt").write_text(help_text())


if __name__ == "__main__":
    main()
