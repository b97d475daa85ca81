"""Drafts and runs, as a list and one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flows.engine import Action, Cost, Journal, Receipt, Record, Run, put_back, standing
from flows.engine.asked import NOT_LISTED
from flows.engine.by_hand import to_do as by_hand
from flows.engine.endpoints import addresses
from flows.engine.flow import REPAIR
from flows.engine.look import Looked
from flows.engine.pasted_lists import joined
from flows.engine.problems import JournalTrouble, Refused
from flows.engine.receipts import receipt
from flows.engine.shell import handrail

from . import costs, looking_again, outcome, taking_back, words
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
UNDER_WAY = {"applying": "being carried out", "undoing": "being undone"}
"""The same while a Handrail is at it, perhaps in another window."""
NOTHING_MADE = "stopped before anything was made"
WHEN_MADE = "What it cost when it was made (`--look` says what of it is there now)"
THE_REST = "Take back what stayed for others' sake, once they have left or may be harmed"
"""Beside the command for it."""
UNFINISHED = ("draft", "applying", "waiting", "failed", "undoing")
"""What is to be gone on with."""
STEPS = {
    "": "to do", "intent": "begun", "refused": "to do", "done": "begun", "ready": "done", "undo": "undoing",
    "undone": "removed", "left": "LEFT",
}  # fmt: skip
"""What the journal's words for a step mean to a person."""
STOPPED = "stopped"
"""The word for a step that somebody stopped before its call was sent: a resume does it."""
EMPTY = "(empty)"
"""How an answer is shown that is nothing."""
NO_NAMES = (EMPTY, "[]", "yes", "no", "new", "mine", "profile", "owner", NOT_LISTED)
"""Answers that say nothing of what something is."""
SAY_MOST = ("domain", "vpc", "peer_vpc", "peer_vpc_id")
"""Keys whose answers come first, whatever was asked before them."""
ID = re.compile(r"[a-z]+-[0-9a-f]{8,17}")
"""What AWS calls a thing that may have a name."""
DIGITS = re.compile(r"(/[0-9a-f]{16})+$")
"""What stands behind a load balancer's name, and a target group's, in an ARN."""
IN_WORDS = {
    "new_instance": "a new machine", "existing_instance": "a machine that exists", "fixed_response": "a fixed response",
    "no_reboot": "without a restart",
}  # fmt: skip
"""Answers to choose that are no words."""
MOST = 36
"""Characters of a title up to which those of all lines are as wide."""
NOTHING = "There are no drafts and no runs yet."


@dataclass(frozen=True)
class Entry:
    """A draft or run as every face lists it.

    Args:
        record: the same as the journal has it.
        subject: what it is of, in its own answers: its name, or else what was answered first.
        state: how it stands, in words.
        usd_per_month: what stands of it costs now in any case, without what is billed by use; None where nothing is
            known to.
        usd_per_month_most: what it costs while all of it is used as much as it can be; None likewise, and where that
            has no bound that is known: it is billed by use.
    """

    record: Record
    subject: str
    state: str
    usd_per_month: Decimal | None = None
    usd_per_month_most: Decimal | None = None

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def title(self) -> str:
        """What a list calls it."""
        return f"{self.record.flow}{' repair' if self.record.kind == REPAIR else ''}: {line(self.subject)}"

    @property
    def account(self) -> str:
        return "PRACTICE" if self.record.place.practice else self.record.account or "unknown account"

    @property
    def region(self) -> str:
        return self.record.place.region or "region unknown"

    @property
    def at(self) -> str:
        """What is asked instead of AWS; empty where nothing is."""
        place = self.record.place
        others = addresses(place.endpoint_url, place.endpoints)
        return f"at {' and '.join(others)}" if others and not place.practice else ""

    @property
    def costs(self) -> str:
        """What it costs now, in words; empty where nothing."""
        if self.usd_per_month is None:
            return ""
        return costs.a_month(self.usd_per_month, self.usd_per_month_most)

    def told(self, now: datetime | None = None) -> list[str]:
        """All of it but its title, the most important first."""
        parts = [self.state, age(self.record.changed, now), self.costs, self.account, self.region, self.at, self.id]
        return [line(part) for part in parts if part]


def entries(journal: Journal, records: Iterable[Record] | None = None) -> list[Entry]:
    """What there is, newest first; or these of it. Nothing but the journal is read."""
    chosen = journal.records() if records is None else records
    return [
        Entry(record, subject(record), STATES["draft"]) if record.status == "draft" else entry(Run(journal, record.id))
        for record in chosen
    ]


def entry(run: Run) -> Entry:
    """One draft or run."""
    record, what = run.record, subject(run.record)
    try:
        plan, how = run.plan, state(run)
    except JournalTrouble:  # another version's: that is said where the run is opened
        return Entry(record, what, STATES[record.status])
    prices = [cost for action in (standing(run, plan) if plan else ()) for cost in action.costs]
    return Entry(record, what, how, *((costs.least(prices), costs.bound(prices)) if prices else ()))


def unfinished(journal: Journal) -> list[Record]:
    """What is to be gone on with, the latest first."""
    return [record for record in journal.records() if record.status in UNFINISHED]


def subject(record: Record) -> str:
    """What a draft or run is of: its name, or what was answered first. No set-up is loaded for it."""
    answers = {key: _short(said(value)) for key, value in record.answers.items()}
    if of := answers.get(put_back.OF):
        return f"{of} put back"
    first = [answers[key] for key in SAY_MOST if key in answers]
    said_so = [text for text in [*first, *answers.values()] if text not in NO_NAMES]
    by_name = sorted(said_so, key=lambda text: ID.fullmatch(text) is not None)  # an id says least
    told = [text for at, text in enumerate(by_name) if not any(text.startswith(each) for each in by_name[:at])]
    return answers.get("name") or " · ".join(told[:2]) or "nothing answered yet"


def _short(text: str) -> str:
    """An ARN by what it is of, and by its name where that stands before digits; an answer to choose as a person would
    say it."""
    if not (text.startswith("arn:") and text.count(":") >= 5):
        return IN_WORDS.get(text, text)
    thing = text.split(":", 5)[5]
    named = DIGITS.sub("", thing)
    return thing if named == thing else named.rpartition("/")[2]


def age(moment: str, now: datetime | None = None) -> str:
    """How long ago that was, as people say it; `moment` is in ISO 8601."""
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def moment(at: str) -> str:
    """A time of the journal, to the minute, in UTC."""
    return at[:16].replace("T", " ")


def output(name: str) -> str:
    """What an output is called."""
    return name.replace("_", " ")


def lines(found: Sequence[Entry], now: datetime | None = None) -> list[str]:
    """One line for each draft or run, newest first."""
    width = min(max((len(each.title) for each in found), default=0), MOST)
    return [f"{each.title:<{width}}  {' · '.join(each.told(now))}" for each in found] or [NOTHING]


def existed(resource: Mapping[str, Any]) -> str:
    """What to add to a thing of a run that the run did not make."""
    if resource["created"]:
        return ""
    if resource.get("by"):
        return f" (made by the run {resource['by']})"
    return " (existed before, and was changed)" if resource.get("changed") else " (existed before)"


def delete(journal: Journal, run: Run) -> None:
    """Forget a draft, which created nothing. Raises Refused for a run, and Busy where another Handrail has it open."""
    if run.record.status == "undone":
        raise Refused(f"{run.id} is no draft: it was taken back, and what was done stays written down.")
    if run.record.status != "draft":
        what = f"{run.id} is no draft: it created something, and what was done stays written down."
        raise Refused(what, remedy=f"Take it back: {handrail('undo', run.id)}")
    with run.held():
        run.discard()


def state(run: Run) -> str:
    """How a run stands, in words; of one that was taken back also that something of it is there still."""
    told = STATES[run.record.status]
    if now_at_it(run):
        return UNDER_WAY[run.record.status]
    if run.record.status == "failed" and run.plan and not outcome.anything_created(run, run.plan):
        return NOTHING_MADE
    if run.record.status != "undone" or run.plan is None or not ((done := receipt(run, run.plan)).staying or done.lost):
        return told
    headline = taking_back.headline(done).rstrip(".")
    return f"{headline[:1].lower()}{headline[1:]}"


def now_at_it(run: Run) -> bool:
    """Whether a Handrail carries it out or takes it back at this moment, perhaps in another window."""
    return run.record.status in UNDER_WAY and run.under_way


def may_be_undone(run: Run) -> bool:
    """Whether an undo would find something to do: also once more, where the first had to leave something to others."""
    if run.record.status != "undone":
        return run.record.status != "draft"
    return run.plan is not None and receipt(run, run.plan).in_use


def to_do(run: Run) -> tuple[str, list[str]]:
    """What a run waits for outside of Handrail, and what was to do when it was last handed over, a sentence each."""
    handed = run.record.handover if run.record.status in ("done", "waiting") else {}
    return line(handed.get("waiting", "")), [line(step) for step in handed.get("now", ())]


def finished(run: Run) -> str:
    """What to say where somebody wants to go on with a run that is carried out; empty where there is something left."""
    if run.record.status not in ("done", "waiting"):
        return ""
    told = f"{run.id} is {state(run)}: all of it was carried out"
    return f"{told}. {waits}" if (waits := to_do(run)[0]) else f"{told}, and nothing is left to go on with."


def ended_meanwhile(run: Run) -> str:
    """What to say of a run that another Handrail brought to its end while this one was on its way to it."""
    return f"{run.id} was gone on with elsewhere meanwhile, and is {state(run)}."


def undone_before(run: Run, done: Receipt) -> str:
    """What to say where somebody takes back a run that is: when it was, and what of it is there still."""
    told = f"{run.id} was undone on {moment(run.record.changed)} (UTC); nothing is left to take back."
    return "\n".join([told, *taking_back.there(done)])


def said(value: object) -> str:
    """An answer as a person would say it."""
    return joined(value) or EMPTY


def prices(run: Run) -> list[Cost]:
    """What each thing costs that a run made, or may have made, and that was not taken back. What another run made and
    AWS handed out costs in that run."""

    def may_be_its(action: Action) -> bool:
        facts = run.facts(action.id)
        made = facts.get("created", True) or facts.get("doubt", False)
        return bool(made) and run.status(action.id) not in ("", "refused", "undone")

    made = filter(may_be_its, run.plan.actions if run.plan else ())
    return [cost for action in made for cost in action.costs]


def step(action: Action, run: Run) -> str:
    """How a step stands, in a word of `STEPS`, or that it was begun and stopped before anything was sent."""
    status = run.status(action.id)
    return STOPPED if status == "refused" and run.facts(action.id).get("why") == "stopped" else STEPS[status]


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
    found = [
        f"{record.id}: {state(run)}",
        line(subject(record)),
        f"Begun {moment(record.created)}, last changed {moment(record.changed)} (UTC)",
    ]
    found += [where(record)]
    if looked is not None:
        found += ["", *looking_again.looked(run, looked)]
    waits, now = to_do(run)
    found += ["", f"Waiting: {waits}"] if waits else []
    found += ["", "What to do now", *(f"  {step}" for step in now)] if now else []
    found += ["", *asked] if plan and (asked := words.to_do(by_hand(run, plan), record.place)) else []
    found += ["", "Answers", *(f"  {key}: {line(said(value))}" for key, value in record.answers.items())]
    if plan is None:
        return [*found, "", f"Go on with: {words.resume(run.id)}"]
    found += ["", "Steps"]
    over = record.status in ("undoing", "undone")
    rows = [
        taking_back.backwards(action, run) if over and action.undo
        else (step(action, run), line(action.sentence))
        for action in plan.actions
    ]  # fmt: skip
    found += [f"  {word:<10} {what}" for word, what in rows]
    found += ["", "Resources"]
    found += [f"  {line(each['id'])}  {each['type']}{existed(each)}" for each in outcome.resources(run, plan)]
    if record.status == "undone":
        left = [f"  {line(rest.what)}: {line(rest.why)}{words.still(rest)}" for rest in receipt(run, plan).left]
        found += ["", "Left", *left] if left else []
        return [*found, "", f"{THE_REST}: {words.undo(run.id)}"] if may_be_undone(run) else found
    if outputs := record.handover.get("outputs"):
        found += ["", "Outputs", *(f"  {output(key)}: {line(value)}" for key, value in outputs.items())]
    if files := record.handover.get("files"):
        found += ["", "Files", *(f"  {line(name)}" for name in files)]
    if looked is None and (made := prices(run)):
        found += ["", WHEN_MADE, *(f"  {costs.cost(each)}" for each in made)]
    if now_at_it(run):
        return [*found, "", f"It is {state(run)} in another window. How it goes on: {words.details(run.id)}"]
    ways = {"applying": words.resume, "failed": words.resume, "undoing": words.undo}
    if way := ways.get(record.status):
        found += ["", f"Go on with: {way(run.id)}"]
    return [*found, "", f"Take it back with: {words.undo(run.id)}"]
