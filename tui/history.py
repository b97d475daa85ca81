"""Drafts and runs, as a list and one by one."""

from __future__ import annotations

from collections.abc import Iterable

from flows.engine import Record, Run
from flows.engine.endpoints import addresses
from flows.engine.look import Looked
from flows.engine.receipts import receipt

from . import outcome, words
from .safe import line

STATES = {
    "draft": "draft",
    "applying": "interrupted",
    "done": "done",
    "waiting": "waiting for you",
    "failed": "stopped half-way",
    "undoing": "undo interrupted",
    "undone": "undone",
}
"""What the journal's words mean to a person who looks at the list."""
WHEN_MADE = "What it cost when it was made (`--look` says what of it is there now)"
UNFINISHED = ("draft", "applying", "failed", "undoing")
"""What is to be gone on with."""


def lines(records: Iterable[Record]) -> list[str]:
    """One line for each draft or run, newest first."""
    rows = [
        f"{record.id:<23} {STATES[record.status]:<25}{record.changed[:16].replace('T', ' ')}  "
        f"{'PRACTICE' if record.place.practice else record.account} {line(record.answers.get('name', ''))}".rstrip()
        for record in records
    ]
    return rows or ["No drafts and no runs yet."]


def state(run: Run) -> str:
    """How a run stands, in words; of one that was taken back also that something of it is there still."""
    told = STATES[run.record.status]
    if run.record.status != "undone" or run.plan is None or not (done := receipt(run, run.plan)).staying:
        return told
    return words.headline(done).rstrip(".").replace("Undone", "undone")


def ended_meanwhile(run: Run) -> str:
    """What to say of a run that another Handrail brought to its end while this one was on its way to it."""
    return f"{run.id} was gone on with elsewhere meanwhile, and is {state(run)}."


def said(value: object) -> str:
    """An answer as a person would say it."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def where(record: Record) -> str:
    """Where a draft or run is."""
    place = record.place
    parts = ["PRACTICE" if place.practice else "", f"account {record.account}" if record.account else ""]
    parts += [place.region or "region unknown", f"profile {place.profile}" if place.profile else ""]
    parts += [f"at {address}" for address in addresses(place.endpoint_url, place.endpoints)]
    return f"In {' · '.join(line(part) for part in parts if part)}"


def details(run: Run, looked: Iterable[Looked] | None = None) -> list[str]:
    """Steps, resources, outputs and costs of one run; of one that was taken back, what is left.

    With how its steps stand now, where that was `looked` at.
    """
    record, plan = run.record, run.plan
    looked = None if looked is None else list(looked)
    found = [f"{record.id}: {state(run)}", f"Begun {record.created}, last changed {record.changed}"]
    found += [where(record)]
    if looked is not None:
        found += ["", *words.looked(run, looked)]
    found += ["", "Answers", *(f"  {key}: {line(said(value))}" for key, value in record.answers.items())]
    if plan is None:
        return [*found, "", f"Go on with: {words.resume(run.id)}"]
    found += ["", "Steps"]
    found += [f"  {run.status(action.id) or 'not begun':<10} {line(action.sentence)}" for action in plan.actions]
    found += ["", "Resources"]
    found += [
        f"  {line(each['id'])}  {each['type']}{'' if each['created'] else ' (existed before)'}"
        for each in outcome.resources(run, plan)
    ]
    if record.status == "undone":
        left = [f"  {line(rest.what)}: {line(rest.why)}{words.still(rest.costs)}" for rest in receipt(run, plan).left]
        return [*found, "", "Left", *left] if left else found
    if outputs := record.handover.get("outputs"):
        found += ["", "Outputs", *(f"  {key}: {line(value)}" for key, value in outputs.items())]
    if files := record.handover.get("files"):
        found += ["", "Files", *(f"  {line(name)}" for name in files)]
    if plan.costs and outcome.anything_created(run, plan) and looked is None:
        found += ["", WHEN_MADE, *(f"  {words.cost(cost)}" for cost in plan.costs)]
    ways = {"applying": words.resume, "failed": words.resume, "undoing": words.undo}
    if way := ways.get(record.status):
        found += ["", f"Go on with: {way(run.id)}"]
    return [*found, "", f"Take it back with: {words.undo(run.id)}"]
