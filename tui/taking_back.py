"""How taking a run back reads: what would be taken back, how each thing stands meanwhile, and the receipt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from flows.engine import Action, Claim, Happening, Left, Plan, Receipt, Run, irrevocable, standing
from flows.engine.deeds import Deed, taken_back
from flows.engine.handover import files_there
from flows.engine.made import called, of_own
from flows.engine.open_to_all import why_left
from flows.engine.receipts import left_of_run
from flows.engine.receipts import receipt as receipt_of
from flows.engine.references import refs
from flows.engine.staying import Stay
from flows.engine.undo import kept

from .safe import line
from .words import signed, still

TAKEN = (Happening.REMOVED, Happening.RESTORED)
"""What an undo did that its receipt lists."""


def to_be_taken_back(run: Run, left: Collection[str] = ()) -> list[tuple[str, str]]:
    """What an undo would do: of each step a sign and a word, and what it is about, and the files of the run. Nothing of
    what is `left`, by the ids of its actions; as long as others need any of it, the files stay, too."""
    assert run.plan is not None, "only a confirmed run is undone"
    actions = [action for action in standing(run, run.plan) if action.id not in left]
    rows = [(signed(_deed(action, run, run.plan)), line(action.taken_back)) for action in actions]
    files = files_there(run) if rows and not left else ""
    return [*rows, *([(signed(Deed.REMOVE), line(files))] if files else [])]


def _deed(action: Action, run: Run, plan: Plan) -> Deed:
    return Deed.REMOVE if of_own(action, plan, run) else taken_back(action)


def not_brought_back(
    run: Run, decided: Mapping[str, str], found: Iterable[Claim], stops: Iterable[str] = ()
) -> dict[str, list[tuple[str, str]]]:
    """What to know of an undo before it is agreed to, once so much is decided, as words and sentences under headings:
    what stays after all and what no more than that is taken back, what `stops` working, what is lost for good or stays
    in any case, what is the person's own to do."""
    assert run.plan is not None, "only a confirmed run is undone"
    plan, found = run.plan, list(found)
    left = kept(run, plan, found, decided)
    lost = [("LOST", line(each)) for each in irrevocable.lost(run, plan, decided, found)]
    going = to_be_taken_back(run, left) if left else []
    parts = {
        STAYS: [("stays", each) for each in _staying(run, plan, left)],
        NO_MORE: going,
        KEPT: [("stays", left_over(each)) for each in irrevocable.kept_by_choice(run, plan, decided, left)],
        "What works now and stops:": [("STOPS", line(each)) for each in stops if not _handed(plan) <= left.keys()],
        "What cannot be taken back:": lost
        + [("stays", left_over(each)) for each in irrevocable.staying(run, plan, left)],
        "What is yours to do:": [(YOURS, line(each)) for each in irrevocable.left_to_you(run, plan, left)],
    }
    if left and not going:
        parts = {NOTHING_GOES: parts[STAYS]}
    return {heading: rows for heading, rows in parts.items() if rows}


def _staying(run: Run, plan: Plan, left: Mapping[str, Stay]) -> Iterator[str]:
    for action in plan.actions:
        if action.id in left:
            why = why_left(action, left[action.id].why)
            yield left_over(left_of_run(action, called(action, run, left=True), why))


def _handed(plan: Plan) -> set[str]:
    """The steps that made what was handed over: as long as all of that stays, what works by it does."""
    return {ref.action for ref in refs(plan.outputs)} or {""}


STAYS = "What stays:"
NO_MORE = "So no more than this will be taken back:"
KEPT = "What will be there, as you decided:"
NOTHING_GOES = "So nothing will be taken back. What stays:"
"""Headings of what was decided, or is so in any case."""
BACKWARDS = {"": "not made", "refused": "not made", "undo": "being taken back", "undone": "gone", "left": "LEFT"}
"""The journal's words to somebody who watches a run being taken back, or looks at one that was; all else stands."""


TOOK = ("gone", "put back")


def backwards(action: Action, run: Run) -> tuple[str, str]:
    """How what a step made stands while it is taken back, and what that is."""
    word = BACKWARDS.get(run.status(action.id), "stands")
    put_back = word == "gone" and run.facts(action.id).get("how") == Happening.RESTORED.value
    put_back = put_back and not (run.plan and of_own(action, run.plan, run))
    word = "put back" if put_back else word
    return word, line(action.taken_back if word in TOOK else action.standing)


YOURS = "yours"
"""What only a person does: a step that no call of an undo reaches."""
REMOVED, RESTORED, LEFT, LOST, MAYBE = "- removed", "~ put back", "= left", "! LOST", "? unknown"
"""What became of a thing, as a sign and a word."""


def receipt(done: Receipt, told: Collection[str] = ()) -> list[str]:
    """How an undo ended, line by line: what is lost for good or there still comes first, under the headline; where
    nothing is, the headline sums it up at the end.

    What was `told` just now, as it happened, is not told again.
    """
    still_there = there(done)
    lines = [(REMOVED, line(what)) for what in done.removed if what not in {*told, *done.lost}]
    lines += [(RESTORED, line(what)) for what in done.restored if what not in told]
    lines += [(MAYBE if each.maybe else LEFT, left_over(each)) for each in done.left if not each.stays]
    lines += [(YOURS, line(what)) for what in done.yours]
    rows = [*still_there, *(f"  {word:<10}  {text}" for word, text in lines)]
    return [headline(done), *rows] if still_there or not done.complete else [*rows, headline(done)]


def gone_before(run: Run) -> tuple[str, ...]:
    """What was taken back already of a run whose undo is repeated, as its receipt tells it: that is no news."""
    if run.record.status != "undone" or run.plan is None:
        return ()
    before = receipt_of(run, run.plan)
    return (*before.removed, *before.restored)


def there(done: Receipt) -> list[str]:
    """What is lost for good, or there still, once a run is taken back."""
    rows = [(LOST, line(what)) for what in done.lost] + [(LEFT, left_over(each)) for each in done.staying]
    return [f"  {word:<10}  {text}" for word, text in rows]


def left_over(rest: Left) -> str:
    """What is left, why, and what it goes on costing."""
    return f"{line(rest.what)}: {line(rest.why)}{still(rest)}"


def made(found: Collection[Claim]) -> str:
    """What stands above all that a run made, before it is decided what becomes of what others have there."""
    return "This can be taken back:" if found else "This will be taken back:"


def claims(run: Run, found: Iterable[Claim]) -> list[tuple[str, str]]:
    """What others have there: the thing of the run, and what they have on it or in it."""
    actions = {action.id: action for action in run.plan.actions} if run.plan else {}
    return [(line(actions[each.action].standing), line(each.why)) for each in found if not each.gone]


def headline(done: Receipt) -> str:
    """How an undo ended, in a sentence."""
    count, gone = len(done.staying), len(done.lost)
    used = sum(rest.by_use for rest in done.staying)
    paid = sum(bool(rest.costs) for rest in done.staying) - used
    lost = f"{gone} thing{' is' if gone == 1 else 's are'} lost for good" if gone else ""
    if not count:
        if done.complete:
            if lost:
                return f"Undone; {lost}."
            if any(rest.theirs for rest in done.left):
                return "Everything of this run is as it was before; what somebody put beside it since stays."
            if done.mended:
                return "Everything of this run is as it was before; what was mended of it since stays."
            if any(rest.maybe for rest in done.left):
                return "Everything of this run is as it was before; whether something of it stays is unknown."
            return "Everything is as it was before."
        return f"Not everything is taken back yet{lost and f'; {lost}'}."
    what = "1 thing that " if count == 1 else f"{count} things that "
    if paid == count:
        what += "still costs money" if count == 1 else "still cost money"
    elif used == count:
        what += "costs by use" if count == 1 else "cost by use"
    else:
        what += "is left" if count == 1 else "are left"
        what += f", {paid} of which still {'costs' if paid == 1 else 'cost'} money" if paid else ""
        what += f", {used} of which {'costs' if used == 1 else 'cost'} by use" if used else ""
    what += f"; {lost}" if lost else ""
    if done.complete and not (done.removed or done.restored or gone):
        return (
            f"Nothing was taken back: there is {what}." if count == 1 else f"Nothing was taken back: there are {what}."
        )
    return f"Undone, except {what}." if done.complete else f"Not everything is taken back yet: see the {what}."
