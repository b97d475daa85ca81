"""How one-off tasks are asked for and answered on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flows.engine.task import Outcome, Task


class TaskCommand(click.Command):
    """One task; its keys and exit codes are read from it only when help is asked for."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from flows.tasks import find

        found = find(self.name or "")
        with formatter.section("Keys for --set"):
            formatter.write_dl(list(found.keys.items()))
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in found.codes.items()])


def asked(name: str, found: Task, subject: str | None, sets: tuple[str, ...]) -> dict[str, str]:
    """What was said to a task, its keys checked. Raises Refused."""
    from flows.engine import Refused, shell

    from . import batch

    given = {key: str(value).strip() for key, value in batch.load_answers(None, sets).items()}
    if subject is not None:
        if not found.argument or found.argument in given:
            raise Refused(f"“{subject}” is one word too many.", remedy=f"See: {shell.handrail('task', name, '--help')}")
        given[found.argument] = subject
    found.known(given, name)
    return given


def document(name: str, found: Task, outcome: Outcome) -> dict[str, Any]:
    """The one document that describes how a task ended."""
    return {
        "task": name,
        "code": outcome.code,
        "meaning": found.codes[outcome.code],
        "sentence": outcome.sentence,
        **outcome.facts,
        "findings": [
            {"id": f.id, "grade": f.grade.value, "sentence": f.sentence, "evidence": f.evidence, "remedy": f.remedy}
            for f in outcome.findings
        ],
        "next_steps": list(outcome.next_steps),
    }


def lines(outcome: Outcome) -> Iterator[str]:
    """The same for people; what may be run now is told apart."""
    from .. import safe, words

    if outcome.shown:
        yield from (safe.shown(line) for line in outcome.shown.split("\n"))
        return
    yield from (safe.line(sentence) for sentence in outcome.sentence.splitlines())
    yield from (words.finding(finding) for finding in outcome.findings)
