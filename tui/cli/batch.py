"""Answers in, JSON out: nobody at the keyboard."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

import yaml

from flows.engine import (
    Asking,
    Blocked,
    Caution,
    Event,
    Happening,
    Lost,
    Place,
    Problem,
    Receipt,
    Refused,
    Review,
    Run,
    Session,
    Use,
    files,
    standing,
)
from flows.engine.plan import Plan, fill

from .. import words

LARGEST = 1_000_000
"""Characters in an answers file. A full one has a few hundred."""


def load_answers(path: Path | None, sets: Iterable[str]) -> dict[str, Any]:
    """The answers of a file and of `--set KEY=VALUE` flags; flags win. Raises Refused."""
    answers: dict[str, Any] = _read(path) if path else {}
    for entry in sets:
        key, sign, value = entry.partition("=")
        if not sign or not key:
            raise Refused(f"“{entry}” is not KEY=VALUE.", remedy="Write it like --set name=office-berlin.")
        answers[key.strip()] = value
    return answers


def text_of(file: TextIO) -> str:
    """A file that is handed over whole. Raises Refused when it is no text, or too long to have been meant."""
    try:
        text = file.read(LARGEST + 1)
    except UnicodeDecodeError:
        raise Refused(f"{file.name} is no text.", remedy="Give a file in UTF-8.") from None
    if len(text) > LARGEST:
        raise Refused(f"{file.name} has more than {LARGEST:,} characters.", remedy="Give only the part that matters.")
    return text


def save_answers(path: Path, answers: Mapping[str, Any]) -> None:
    """Write an answers file. Raises Refused."""
    files.write(path, dump_answers(answers), files.PRIVATE, remedy="Give another file with --save-answers.")


def dump_answers(answers: Mapping[str, Any]) -> str:
    plain = json.loads(json.dumps(dict(answers), default=str))
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)


def look_ahead(session: Session) -> None:
    """Go past what needs a conscious yes, so that the whole review can be seen; `confirmed` insists on the yes."""
    while isinstance(state := session.state(), Asking) and state.cautions:
        for caution in state.cautions:
            session.accept(caution.id)


def confirmed(review: Review, accepted: Collection[str], place: Place) -> None:
    """Raise Blocked unless every check lets it pass and every caution that needs a yes has one."""
    if review.plan.actions:
        writable(place)
    if review.refusals:
        first = review.refusals[0]
        others = " ".join(found.sentence for found in review.refusals[1:])
        raise Blocked(f"{first.sentence} {others}".strip(), first.evidence, first.remedy)
    if open_ := [caution for caution in review.cautions if caution.confirm and caution.id not in accepted]:
        what = " ".join(caution.message for caution in open_)
        flags = " ".join(f"--accept {caution.id}" for caution in open_)
        raise Blocked(what, remedy=f"If that is what you want, add {flags}.")


def writable(place: Place) -> None:
    """Raise Blocked if nothing may be changed there."""
    if place.read_only:
        raise Blocked("Nothing was changed: this is read-only.", remedy="Leave out --read-only.")


def result(session: Session, cautions: Iterable[Caution]) -> dict[str, Any]:
    """The one document that describes a run."""
    run = session.run
    assert run is not None and run.plan is not None, "only a confirmed run has a result"
    record = run.record
    status = {"applying": "failed", "undoing": "failed"}.get(record.status, record.status)
    return {
        "run": run.id,
        "flow": record.flow,
        "status": status,
        "resources": resources(run, run.plan),
        "outputs": record.handover.get("outputs", {}),
        "warnings": [{"id": c.id, "key": c.key, "message": c.message} for c in cautions],
        "undo": words.undo(run.id),
        "files": sorted(record.handover.get("files", {})),
        "next_steps": record.handover.get("next_steps", []),
        "waiting": record.handover.get("waiting", ""),
    }


def resources(run: Run, plan: Plan) -> list[dict[str, Any]]:
    """What the run made, and what it found and used."""
    made = [
        {
            "action": action.id,
            "type": action.type,
            "id": str(fill(action.resource, run.resolve)),
            "created": bool(run.facts(action.id).get("created", True)),
        }
        for action in plan.actions
        if action.resource and run.status(action.id) in ("done", "ready", "left")
    ]
    found = [_used(use) for use in plan.uses]
    return made + found


def _used(use: Use) -> dict[str, Any]:
    return {"action": use.id, "type": use.type, "id": use.resource, "created": False}


def anything_created(run: Run, plan: Plan) -> bool:
    """Whether the account is not (or may not be) as it was before."""
    return bool(standing(run, plan))


def undone(session: Session, receipt: Receipt) -> dict[str, Any]:
    """The one document that describes an undo."""
    assert session.run is not None
    return {
        "run": session.run.id,
        "status": "undone" if receipt.complete else "failed",
        "removed": list(receipt.removed),
        "restored": list(receipt.restored),
        "left": [{"what": rest.what, "why": rest.why, "costs": rest.costs} for rest in receipt.left],
    }


def as_error(problem: Problem) -> dict[str, Any]:
    message = " ".join(part for part in (problem.what, problem.why) if part)
    return {"code": problem.code, "message": message, "remedy": words.remedy(problem), "action": problem.action}


def as_line(event: Event) -> dict[str, Any]:
    """One event, for ndjson."""
    line: dict[str, Any] = {"event": event.kind.value, "action": event.action, "sentence": event.sentence}
    if event.kind is Happening.WAITING:
        line |= {"now": event.now, "elapsed": round(event.elapsed, 1), "typical": event.typical}
    if event.problem:
        line["error"] = as_error(event.problem)
    return line


def exit_code(run: Run, plan: Plan, problems: list[Problem]) -> int:
    """0 if all went well, 1 if it failed after something was created, else the problem's own code."""
    if not problems:
        return 0
    if anything_created(run, plan) or any(isinstance(problem, Lost) for problem in problems):
        return 1
    return problems[0].exit_code


class _Texts(yaml.BaseLoader):
    """Every value stays the text that was written: `no` is no bool, a date no date. A key may stand once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or keys.count(key.value) > 1:
                what = f"“{key.value}” stands here twice" if isinstance(key, yaml.ScalarNode) else "this is no key"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
        return super().construct_mapping(node, deep)


def _read_json(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for number, (key, _) in enumerate(pairs):
            if key in (other for other, _ in pairs[:number]):
                raise json.JSONDecodeError(f"“{key}” stands here twice", text, max(text.rfind(f'"{key}"'), 0))
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(LARGEST + 1)
    except UnicodeDecodeError:
        what = f"The answers file {path} is not a text file (UTF-8)."
        raise Refused(what, remedy="Give another with --answers.") from None
    except OSError as error:
        raise Refused(f"The answers file {path} cannot be read.", str(error), "Give another with --answers.") from None
    if len(text) > LARGEST:
        raise Refused(f"The answers file {path} is far too large.", remedy="It holds one `key: value` a line.")
    try:
        answers = _read_json(text) if path.suffix == ".json" else yaml.load(text, _Texts)  # noqa: S506 - only texts
    except json.JSONDecodeError as error:
        seen = (text.splitlines() or [""])[error.lineno - 1].strip()
        raise Refused(
            f"The answers file {path} is broken in line {error.lineno}, column {error.colno}: {error.msg}. "
            f"The line is: {seen}"
        ) from None
    except RecursionError:
        what = f"The answers file {path} is nested too deeply."
        raise Refused(what, remedy="Write one `key: value` a line.") from None
    except yaml.MarkedYAMLError as error:
        mark, lines = error.problem_mark, text.splitlines()
        line = mark.line if mark else 0
        seen = f" The line is: {lines[line].strip()}" if line < len(lines) else ""
        raise Refused(
            f"The answers file {path} is broken in line {line + 1}, column {mark.column + 1 if mark else 1}: "
            f"{error.problem}.{seen}",
            remedy="Write one `key: value` a line.",
        ) from None
    except yaml.YAMLError as error:
        raise Refused(f"The answers file {path} is neither YAML nor JSON.", str(error)) from None
    if answers is None:
        return {}
    if not isinstance(answers, dict):
        raise Refused(f"The answers file {path} holds no answers.", remedy="Write one `key: value` a line.")
    return {str(key): value for key, value in answers.items()}
