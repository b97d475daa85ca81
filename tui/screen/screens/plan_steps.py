"""How the steps of a plan read while it is carried out or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...safe import line
from ..widgets.lines import Said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.engine import Action, ByHand, Event, Place, Plan, Run

JOURNALLED = {
    "to do": "muted",
    "stopped": "warn",
    "begun": "warn",
    "done": "good",
    "undoing": "warn",
    "removed": "good",
    "LEFT": "bad",
}
"""How the words for a step that stand in `history.STEPS` look."""
LOOKS = {
    "started": "warn", "waiting": "warn", "done": "good", "existed": "good", "failed": "bad", "in doubt": "bad",
    "stopped": "warn", "undoing": "warn", "removed": "good", "restored": "good", "left": "bad",
}  # fmt: skip


BACKWARDS = {"being taken back": "warn", "gone": "good", "put back": "good", "LEFT": "bad"}
"""How the words of the way back look."""


def steps_of(plan: Plan, run: Run | None, *, undo: bool) -> list[Action]:
    """What is to be done, in order; with `undo` what is to be taken back of it, or was already."""
    if not undo:
        return list(plan.actions)
    assert run is not None and run.plan is not None, "only a run is taken back"
    from flows.engine import standing

    still = {action.id for action in standing(run, run.plan)}
    return [a for a in reversed(plan.actions) if a.id in still or run.status(a.id) == "undone"]


def kept(action: Action, run: Run | None) -> Said:
    """A step as the journal knows it."""
    from ...history import STEPS, step

    word = step(action, run) if run else STEPS[""]
    return Said(line(action.sentence), word, JOURNALLED[word])


def standing_still(action: Action, run: Run) -> Said:
    """What a step made, as the journal knows it, for somebody who watches it being taken back."""
    from ... import taking_back

    word, what = taking_back.backwards(action, run)
    return Said(what, word, BACKWARDS.get(word, "muted"))


def reported(action: Action, event: Event, *, undo: bool = False) -> Said:
    """A step as an event just told it."""
    from ... import taking_back, words

    over = event.kind in taking_back.TAKEN
    forwards = event.sentence if event.kind == "existed" else action.sentence  # whose it is stands there
    text = line((action.taken_back if over else action.standing) if undo else forwards)
    if event.kind == "waiting":
        now = f"{line(event.now)}, " if event.now and not event.by_hand else ""
        text += f": {now}{words.duration(event.elapsed)} of usually {words.duration(event.typical)}"
        if undo:
            return Said(text, taking_back.BACKWARDS["undo"], "warn")
    return Said(text, words.HAPPENINGS[event.kind], LOOKS.get(event.kind, ""))


def to_do(by_hand: Iterable[ByHand], place: Place) -> list[Said]:
    """What a person has to do now, and what they take along for it, a row each; nothing where nothing is."""
    from ...words import IN_PRACTICE, TO_DO

    rows: list[Said] = []
    for each in by_hand:
        rows.append(Said(f"{TO_DO}: {line(each.sentence)}", kind="strong", copy=line(each.sentence)))
        rows += [Said(line(str(value)), label.lower(), "point", copy=str(value)) for label, value in each.rows]
    if rows and place.practice:
        rows.append(Said(IN_PRACTICE, kind="muted"))
    return rows


def how_far(run: Run, actions: list[Action], *, done: int, passed: float, undo: bool) -> str:
    """How many of these are done, or taken back, after so many seconds, and how it goes on without this window."""
    from ... import words

    took, count = words.duration(passed), f"{done} of {len(actions)}"
    how = f"{count} taken back, {took}" if undo else f"{count} steps done, {took}"
    seconds = 0 if undo else _usual(actions)
    how += f"; usually {words.duration(seconds)}." if seconds > 5 else "."
    command = (words.undo if undo else words.resume)(run.id)
    return f"{how}\nIt is safe to close this window: `{command}` goes on. Ctrl-C stops."


def _usual(actions: list[Action]) -> int:
    """Seconds that the longest chain of waits usually takes."""
    chain: dict[str, int] = {}
    for action in actions:
        before = max((chain[needed] for needed in action.needs if needed in chain), default=0)
        chain[action.id] = before + (action.wait.typical if action.wait else 0)
    return max(chain.values(), default=0)
