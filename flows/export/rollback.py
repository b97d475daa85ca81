"""How a runbook takes its steps back, the last one first."""

from __future__ import annotations

from collections.abc import Iterator

from flows.engine.actions import Action
from flows.engine.calls import Call
from flows.engine.references import before
from flows.engine.shell import quoted
from flows.engine.undo_plan import Entry, Restore, Undo

from .documents import nothing_left, without_entry
from .markdown import escaped, fenced, prose
from .procedure import LINES, SIGNATURE, Procedure, answers, bullets, edited_in, file_of, way_back


class Rollback(Procedure):
    """The way back, as a colleague goes it."""

    def undo(self) -> Iterator[str]:
        """How each step is taken back, the last one first."""
        yield prose(
            "Last step first, in the same shell, or with the variables set to the values that were written down. It "
            "makes the account as it was before. Only take back what was really done."
        )
        for decision in self.plan.decisions:
            yield prose(f"Decide first: {decision.ask}")
            yield bullets(f"{key}: {meaning}" for key, meaning in decision.options.items())
        for number, action in reversed([*enumerate(self.plan.actions, 1)]):
            if way_back(action):
                yield f"### Undo {number}. {escaped(action.taken_back)}"
                yield from self._taken_back(action)
                yield SIGNATURE

    def _taken_back(self, action: Action) -> Iterator[str]:
        match action.undo:
            case Restore() as restore:
                yield prose("Put back what was noted before, if it still is as this runbook made it:")
                if restore.first:
                    yield from self._wait(restore.first)
                put = self.commands.command(restore.put, joint=LINES)
                name = self._name(before(action.id))
                yield fenced(self._either(f'[ "${{{name}:-null}}" = null ]', restore.remove, put))
                if restore.wait:
                    yield from self._wait(restore.wait)
            case Entry() as entry:
                yield from self._entry_out(action, entry)
            case steps:
                for step in steps:
                    yield from self._undone(step)

    def _entry_out(self, action: Action, entry: Entry) -> Iterator[str]:
        file = file_of(action)
        yield prose(f"Read the document as it is now, and take out of “{entry.within}” just what was added:")
        if not entry.key:
            yield prose(f"If it stood in {file}-before.json already, leave it.")
        ours = f"--arg ours {self.commands.word(entry.entry[entry.key])} " if entry.key else ""
        without = f"jq {ours}{quoted(without_entry(entry))} {file}-now.json >{file}.json"
        yield fenced(f"{self._document(entry, f'{file}-now')}\n{without}\ndiff {file}-now.json {file}.json || true")
        call = entry.put or action.call
        put = self.commands.command(call, joint=LINES, files=edited_in(call, action))
        empty = f"jq -e {quoted(nothing_left(entry))} {file}.json >/dev/null"
        yield fenced(self._either(empty, entry.remove, put))

    def _either(self, nothing: str, remove: Call | None, put: str) -> str:
        """What puts back what stood there, or removes it if nothing did."""
        if not remove:
            return put
        return f"if {nothing}; then\n  {self.commands.command(remove, joint=LINES)}\nelse\n  {put}\nfi"

    def _undone(self, step: Undo) -> Iterator[str]:
        if step.when:
            key, value = step.when
            yield prose(f"If you decided {key}={value}:")
        if step.still:
            yield prose(f"Only if this answers {self._shown(step.still.equals)}; else leave it:")
            yield fenced(self._look(step.still.look, step.still.path))
        read = f"{self._found(step.read, step.call)}\n" if step.read else ""
        yield fenced(read + self.commands.command(step.call, joint=LINES))
        if step.more and step.read:
            yield prose("Repeat both while this says true:")
            yield fenced(self._look(step.read, step.more, "json"))
        yield from answers(step.not_yet, "wait a moment and repeat it, for five minutes at the most.")
        yield from answers(step.gone, "it is gone already.")
        if step.wait:
            yield from self._wait(step.wait)
        if step.kept:
            costs = f" It costs: {step.kept.costs}." if step.kept.costs else ""
            yield prose(f"Left behind on purpose: {self._shown(step.kept.what)}. {step.kept.why}{costs}")
