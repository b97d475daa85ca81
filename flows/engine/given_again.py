"""Secrets that were given once more for a run that is gone on with: from where they came, and which came too late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .flow import Flow
from .journal import Run
from .made import made_by
from .plan import Secret
from .problems import Refused
from .said import Said
from .secret_text import Hidden, SecretText


def known(form: Flow, run: Run | None, said: Mapping[str, Said]) -> tuple[list[SecretText], dict[str, Hidden]]:
    """Of the secrets that are still to be sent: the questions of those that nobody knows any more, and the others.

    Args:
        form: the set-up.
        run: what is gone on with; without a plan nothing is to be sent.
        said: what was answered, by the keys of the questions.
    """
    lacking, found = list[SecretText](), dict[str, Hidden]()
    if run is None or run.plan is None:
        return lacking, found
    for kept in _asked(run):
        if run.status(kept.kept_by) in ("done", "ready"):
            continue
        question, answer = form.question(kept.answer), said.get(kept.answer, Said(None))
        assert isinstance(question, SecretText), "what is kept nowhere is the answer to nothing else"
        try:
            found[kept.answer] = answer.value or question.parse(answer.raw, form)[0]
        except Refused:
            lacking.append(question)
    return lacking, found


def write_down(run: Run, again: Mapping[str, object]) -> None:
    """Into the run's answers, from where each came.

    What an earlier process may have sent keeps its word until it is known that it had not.

    Args:
        run: a confirmed run.
        again: how each is kept, by the key of its question.
    """
    ours = {each.answer for each in _asked(run) if run.status(each.kept_by) != "intent" and not _adopted(run, each)}
    if sent := {key: kept for key, kept in again.items() if key in ours}:
        run.save_answers({**run.record.answers, **sent})


def alike(secrets: Mapping[str, Hidden], again: Mapping[str, object]) -> list[str]:
    """That two of what is sent are the same, where one of them was given once more: no review tells it then."""
    keys = sorted(secrets)
    same = [
        (one, other) for at, one in enumerate(keys) for other in keys[at + 1 :] if secrets[one] == secrets[other]
    ]  # fmt: skip
    return [f"{a} and {b} are the same key. It works; two are safer." for a, b in same if {a, b} & again.keys()]


def too_late(run: Run, again: Mapping[str, object]) -> Iterator[str]:
    """What was given once more and is not used, since an earlier process had sent its own: a sentence a thing."""
    late: dict[str, list[str]] = {}
    for secret in _asked(run):
        if secret.answer in again and _adopted(run, secret):
            late.setdefault(secret.kept_by, []).append(secret.answer)
    for action, keys in late.items():
        assert run.plan is not None
        thing = next(made_by(each, run) for each in run.plan.actions if each.id == action)
        given = f"{' and '.join(keys)}, given now, {'is' if len(keys) == 1 else 'are'} not used"
        yield f"{thing} exists already, and keeps the keys that it was made with: {given}."


def _asked(run: Run) -> list[Secret]:
    assert run.plan is not None, "only a confirmed run asks once more"
    return [each for each in run.plan.secrets if each.answer]


def _adopted(run: Run, secret: Secret) -> bool:
    return bool(run.facts(secret.kept_by).get("adopted"))
