"""The documents of `--output json` and the lines of `--output ndjson`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flows.engine import ByHand, Caution, Event, Finding, Plan, Problem, Receipt, Review, Run, Session
    from flows.engine.look import Looked
    from flows.engine.verdict import Verdict

    from ..history import Entry


VERSION = 1
"""Of all documents. What is only added keeps it; whoever reads them need not know what is new."""


def print_json(value: Any, *, compact: bool = False) -> None:
    """A document, a list, or (`compact`) a line."""
    if isinstance(value, dict) and "event" not in value:
        value = {**value, "version": value.get("version", VERSION)}  # a form of others has one
    click.echo(json.dumps(value, indent=None if compact else 2, default=str))


def reviewed(session: Session, review: Review, cautions: Iterable[Caution]) -> dict[str, Any]:
    """The document that describes what would be done."""
    plan = review.plan
    return {
        "flow": session.flow.id,
        "answers": {line.question.id: line.raw for line in review.answers},
        "actions": [
            {"id": a.id, "sentence": a.sentence, "operation": a.call.operation, "needs": sorted(a.needs)}
            for a in plan.actions
        ],
        "uses": [{"id": u.id, "sentence": u.sentence, "type": u.type, "resource": u.resource} for u in plan.uses],
        "checks": [
            {"id": f.id, "grade": f.grade.value, "sentence": f.sentence, "remedy": f.remedy} for f in review.findings
        ],
        "warnings": [
            {"id": c.id, "key": c.key, "message": c.message, "confirm": c.confirm, **_instead(c)}
            for c in (*cautions, *review.cautions)
        ],
        "costs": [
            {"what": c.what, "usd_per_hour": str(c.usd_per_hour), "as_of": c.as_of, "source": c.source}
            for c in plan.costs
        ],
        "permissions": list(review.permissions),
    }


def result(run: Run, cautions: Iterable[Caution]) -> dict[str, Any]:
    """The one document that describes a run that was carried out."""
    from flows.engine.shell import handrail

    from .. import outcome

    assert run.plan is not None, "only a confirmed run has a result"
    record = run.record
    status = {"applying": "failed", "undoing": "failed"}.get(record.status, record.status)
    return {
        "run": run.id,
        "flow": record.flow,
        "kind": record.kind,
        "status": status,
        "resources": outcome.resources(run, run.plan),
        "outputs": record.handover.get("outputs", {}),
        "warnings": [{"id": c.id, "key": c.key, "message": c.message, **_instead(c)} for c in cautions],
        "undo": handrail("undo", run.id),
        "files": sorted(record.handover.get("files", {})),
        "next_steps": record.handover.get("next_steps", []),
        "waiting": record.handover.get("waiting", ""),
        **_to_do(run, run.plan),
    }


def undone(run: Run, receipt: Receipt) -> dict[str, Any]:
    """The one document that describes an undo."""
    from .. import taking_back

    return {
        "run": run.id,
        "status": "undone" if receipt.complete else "failed",
        "removed": list(receipt.removed),
        "restored": list(receipt.restored),
        "left": [{"what": rest.what, "why": rest.why, "costs": rest.costs} for rest in receipt.left],
        "headline": taking_back.headline(receipt),
    }


def planned(session: Session, review: Review) -> dict[str, Any]:
    """What a repair would do."""
    document = reviewed(session, review, ())
    return {key: each for key, each in document.items() if key not in ("flow", "answers")}


def checked(told: Verdict) -> dict[str, Any]:
    """How something stands, and each thing that was found."""
    findings = [
        {**about_finding(each), "why": each.why, "follows": list(each.follows), "repair": each.repair}
        for each in told.findings
    ]
    return {"status": told.status.value, "cause": told.cause, "findings": findings}


def as_error(problem: Problem) -> dict[str, Any]:
    from .. import words

    message = " ".join(part for part in (problem.what, problem.why) if part)
    told = {"code": problem.code, "message": message, "remedy": words.remedy(problem), "action": problem.action}
    return told | _instead(problem)


def _instead(said: Caution | Problem) -> dict[str, str]:
    """The set-up that fits better, by its name, if one does."""
    return {"instead": said.instead} if said.instead else {}


def usage(message: str) -> dict[str, Any]:
    """The error of a command that is not whole."""
    return {"code": "usage", "message": message, "remedy": "", "action": ""}


def as_line(event: Event) -> dict[str, Any]:
    """One event, for ndjson."""
    from flows.engine import Happening

    line: dict[str, Any] = {"event": event.kind.value, "action": event.action, "sentence": event.sentence}
    if event.kind is Happening.WAITING:
        line |= {"now": event.now, "elapsed": round(event.elapsed, 1), "typical": event.typical}
        line |= {"to_do": [by_hand(event.by_hand)]} if event.by_hand else {}
    if event.problem:
        line["error"] = as_error(event.problem)
    return line


def by_hand(each: ByHand) -> dict[str, Any]:
    """What a person has to do while it is waited for."""
    return {"what": each.sentence, "rows": [{"label": label, "value": value} for label, value in each.rows]}


def _to_do(run: Run, plan: Plan) -> dict[str, Any]:
    """What a person has to do now, where there is anything."""
    from flows.engine.by_hand import to_do

    told = [by_hand(each) for each in to_do(run, plan)]
    return {"to_do": told} if told else {}


def about_record(entry: Entry) -> dict[str, Any]:
    """One draft or run in a list."""
    record = entry.record
    return {
        "run": record.id, "flow": record.flow, "kind": record.kind, "status": record.status, "created": record.created,
        "changed": record.changed, "account": record.account, "practice": record.place.practice,
        "partition": record.place.partition, "region": record.place.region, "profile": record.place.profile,
        "endpoint_url": record.place.endpoint_url, "endpoints": dict(record.place.endpoints),
        "subject": entry.subject, "state": entry.state,
        "usd_per_month": "" if entry.usd_per_month is None else f"{entry.usd_per_month:.2f}",
        "usd_per_month_most": "" if entry.usd_per_month_most is None else f"{entry.usd_per_month_most:.2f}",
    }  # fmt: skip


def about_run(run: Run, looked: Iterable[Looked] | None = None) -> dict[str, Any]:
    """All about one draft or run; with how its steps stand now, where that was looked at."""
    from flows.engine.shell import handrail

    from .. import history, outcome

    record, plan = run.record, run.plan
    found = about_record(history.entry(run)) | {
        "answers": dict(record.answers),
        "outputs": record.handover.get("outputs", {}),
    }
    if plan is None:
        return found
    now = {} if looked is None else {"looked": [about_looked(each) for each in looked]}
    return (
        found
        | now
        | {
            "steps": [{"action": a.id, "sentence": a.sentence, "status": run.status(a.id)} for a in plan.actions],
            "resources": outcome.resources(run, plan),
            **_to_do(run, plan),
            "files": sorted(record.handover.get("files", {})),
            "costs": [
                {"what": c.what, "usd_per_hour": str(c.usd_per_hour), "as_of": c.as_of} for c in history.prices(run)
            ],
            "history": run.history(),
            "undo": handrail("undo", run.id),
        }
    )


def about_looked(seen: Looked) -> dict[str, str]:
    """How one step of a run stands now."""
    from .. import looking_again

    return {
        "action": seen.action, "state": seen.state.value, "was": seen.was, "is": seen.now, "by": seen.by,
        "costs": looking_again.costs_now(seen),
    }  # fmt: skip


def about_finding(found: Finding) -> dict[str, str]:
    """What one check found."""
    return {
        "id": found.id, "grade": found.grade.value, "sentence": found.sentence, "evidence": found.evidence,
        "remedy": found.remedy,
    }  # fmt: skip
