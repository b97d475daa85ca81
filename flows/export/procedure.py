"""What the steps of a runbook and their undo have in common: commands, waits, and what AWS may answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.engine.actions import Action
from flows.engine.calls import Call, Wait
from flows.engine.plan import Plan
from flows.engine.references import FLOW, Late, Ref, edited, fill
from flows.engine.shell import quoted
from flows.engine.undo_plan import Entry

from .commands import Commands, found_in, put_together, structured, truth
from .documents import or_none, standing
from .markdown import fenced, prose

LINES = " \\\n  "
"""Between the options of a command: one a line."""
SIGNATURE = "Done by: ______________________  at: ________________"


@dataclass
class Procedure:
    """What a colleague types, and for what they wait."""

    plan: Plan
    flow: str
    commands: Commands

    def _wait(self, wait: Wait) -> Iterator[str]:
        took = f"usually about {_time(wait.typical)}, {_time(wait.limit)} at the most"
        yield prose(f"{wait.sentence}: {took}. Repeat this until it says true:")
        yield fenced(self._look(wait.poll, truth(wait.ready), "json"))
        if wait.gone:
            yield prose(f"An answer {_said(wait.gone)} means the same.")
        else:
            yield prose(
                "An answer that there is no such thing only means, in the first minute, that AWS does not know yet."
            )
        if wait.failed:
            yield prose("If this begins with True, it will never be so: stop, and take back what was done.")
            state = put_together("[", truth(wait.failed), ", ", wait.now or "''", "]")
            yield fenced(self._look(wait.poll, state, "text"))
        if wait.silence:
            yield prose(f"If AWS tells nothing of it for {_time(wait.silence)}, there is nothing to wait for: go on.")
        yield prose("If it takes longer than that, wait on if AWS still seems to work at it; else take it back.")

    def _name(self, ref: Ref) -> str:
        return self.commands.variable(ref)

    def _look(self, call: Call, path: Late, form: str = "") -> str:
        form = form or ("json" if not isinstance(path, str) or structured(path) else "text")
        return self.commands.look(call, path, form=form, joint=LINES)

    def _found(self, look: Call, call: Call) -> str:
        """What is read right before a call, into the variables that the call names."""
        return "\n".join(
            f"{self._name(ref)}=$({self._look(look, path, form)})" for ref, (path, form) in found_in(call).items()
        )

    def _document(self, entry: Entry, file: str) -> str:
        """Reads a document that belongs to others into a file; what is not there is not written as nothing."""
        read = f"{self._look(entry.read, entry.path, 'json')}{LINES}>answer.json"
        return f"{or_none(read, entry.absent)}\njq {quoted(standing(entry))} answer.json >{file}.json"

    def _shown(self, value: Late) -> str:
        """A value to be read, a variable by its name."""
        return str(fill(value, lambda ref: self.flow if ref == FLOW else f"${{{self._name(ref)}}}"))


def bullets(texts: Iterable[str]) -> str:
    """Texts as a list."""
    return "\n".join(prose(text, "- ") for text in texts)


def way_back(action: Action) -> bool:
    """Whether a step is taken back by anything."""
    return action.undo != ()


def file_of(action: Action) -> str:
    """How the files that belong to an action begin."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", action.id).lstrip("-.")


def edited_in(call: Call, action: Action) -> dict[str, str]:
    """The parameters of a call that come from the edited file."""
    return {key: f"file://{file_of(action)}.json" for key, each in call.params.items() if each == edited(action.id)}


def answers(codes: Iterable[str], meaning: str) -> Iterator[str]:
    """What it means if AWS answers with one of these refusals; nothing for none."""
    if said := _said(codes):
        yield prose(f"If AWS answers {said}: {meaning}")


def _said(codes: Iterable[str]) -> str:
    """AWS's refusals as a sentence names them."""
    told = [entry.partition(": ") for entry in codes]
    return ", ".join(f"{code} (“… {part} …”)" if part else code for code, _, part in told)


def _time(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"
