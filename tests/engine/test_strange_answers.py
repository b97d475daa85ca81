"""Whatever AWS leaves out, empties or calls by a new word: a person reads a sentence, and never a traceback."""

from __future__ import annotations

import json
import random
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from kills.scenes import CASES
from peering.cases import ids
from s3_pipeline.cases import audited
from support.clock import FakeClock
from support.sessions import agreed
from support.strange import Change, Kept
from support.variants import VARIANTS

import flows
from flows.engine import Caution, Choice, Finding, Journal, Line, Option, Picks, Place, Problem, Session
from flows.engine.boto import Aws
from flows.engine.checking import Checking
from flows.engine.references import fill
from flows.practice import PracticeAccount

PRACTICE = Place(practice=True)
TOGETHER = 12
"""Changes that are made at a time, each in another operation, so that hardly one hides behind another."""
TRIES = 20
"""To carry a plan out, at the most."""
RAW = re.compile(
    r"\bNone\b(?! here)|KeyError|invalid literal|not a valid |values to unpack|not in list|substring not found|\{'"
    "|<[a-z_.]+ object"
)
"""What Python says, and no sentence of ours."""


class Look:
    """Everything that a set-up reads, piece by piece: before it is applied, and afterwards."""

    def __init__(self, flow: str, answers: Mapping[str, Any], cloud: Aws, folder: Path) -> None:
        self.flow = flows.find(flow)
        self.before, self.after = Kept(cloud), Kept(cloud)
        session = agreed(Session(self.flow, cloud, Journal(folder), place=PRACTICE, clock=FakeClock()), answers)
        self.lines = session.review().answers
        self.values = dict(session._walk()[0].answers)
        assert [*self.faults(self.before)] == [], "the practice account's own answers are understood"
        run = session.run
        assert run is not None
        for _ in range(TRIES):  # no time passes, so that a wait may end before what it waits for
            if run.record.status in ("draft", "failed"):
                list(session.apply())
        assert run.record.status not in ("draft", "failed")
        assert run.plan is not None
        told = {name: fill(value, run.resolve) for name, value in run.plan.outputs.items()}
        self.outputs = {name: "" if value is None else str(value) for name, value in told.items()}
        self.facts = json.loads(json.dumps(dict(run.plan.facts)))
        self.subject = import_module(f"{flow}.cases").subject(self.outputs)
        found = self.flow.check.of_run(self.outputs, session.answers())
        assert found.keys() >= self.subject.keys(), "what was made can be checked"
        checking = Checking(self.flow, cloud)
        checking.suggest(found)
        if self.values.get("region", cloud.identity.region) == cloud.identity.region:
            assert checking.asking() is None, f"{found} names it"
        session.close()
        assert [*self.faults(self.after)] == [], "and so are those afterwards"

    def faults(self, account: Kept) -> Iterator[str]:
        """What was raised that is no Problem, or said that is no sentence."""
        pieces = self.reading(account) if account is self.before else self.looking_back(account)
        for name, piece in pieces:
            try:
                said = "\n".join(map(str, piece()))
            except Problem as problem:
                said = str(problem)
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                yield f"{name}: {error!r} at {Path(last.filename).name}:{last.lineno}"
                continue
            if raw := RAW.search(said):
                yield f"{name}: “{said[max(raw.start() - 60, 0) : raw.end() + 40]}”"

    def reading(self, account: Kept) -> Iterator[tuple[str, Callable[[], Iterable[Any]]]]:
        flow = self.flow(account)

        def parsed(line: Line) -> Iterable[Any]:
            flow.answers[line.question.id] = self.values[line.question.id]
            value, cautions = line.question.parse(line.raw, flow)
            flow.answers[line.question.id] = value
            return [caution.message for caution in cautions]

        for line in self.lines:
            question = line.question
            if isinstance(question, Choice | Picks):
                yield f"options of {question.id}", lambda question=question: labels(question.options(flow))
            yield f"default of {question.id}", lambda question=question: [question.default(flow) or ""]
            yield f"reply to {question.id}", lambda line=line: parsed(line)
        yield "plan", lambda: [part.sentence for part in (*flow.plan().actions, *flow.plan().uses)]
        yield (
            "checks",
            lambda: [found.message if isinstance(found, Caution) else told_of(found) for found in flow.checks()],
        )

    def looking_back(self, account: Kept) -> Iterator[tuple[str, Callable[[], Iterable[Any]]]]:
        def handed_over() -> Iterable[str]:
            handover = self.flow.handover(account, self.outputs, self.facts)
            return [*handover.next_steps, handover.waiting, *map(told_of, handover.findings)]

        yield "hand-over", handed_over
        yield "diagnosis", lambda: map(told_of, self.flow.diagnose(account, self.subject))


def labels(options: Iterable[Option[Any]]) -> Iterator[str]:
    for option in options:
        yield f"{option.key} {option.label} {option.hint}"


def told_of(finding: Finding) -> str:
    return f"{finding.sentence} {finding.evidence} {finding.remedy}"


def groups(changes: list[Change], together: int) -> Iterator[tuple[Change, ...]]:
    """Every change once, no two of one operation together."""
    left = random.Random(1).sample(changes, len(changes))
    while left:
        group: dict[str, Change] = {}
        for change in left:
            if len(group) < together:
                group.setdefault(change.operation, change)
        left = [change for change in left if change not in group.values()]
        yield tuple(group.values())


def faults(look: Look, together: int) -> Iterator[str]:
    for account in (look.before, look.after):
        for group in groups(account.possible(), together):
            account.changed = group
            yield from (f"{fault}, after {', '.join(map(str, group))}" for fault in look.faults(account))
        account.changed = ()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.wild
def test_whatever_aws_leaves_out_or_calls_anew_is_a_sentence(case: str, cloud: Aws, tmp_path: Path) -> None:
    found = CASES[case]
    assert [*faults(Look(found.flow, found.answers, cloud, tmp_path), TOGETHER)] == []


@pytest.mark.wild
@pytest.mark.parametrize("variant", VARIANTS)
def test_so_it_is_one_by_one_in_every_variant(variant: str, account: PracticeAccount, tmp_path: Path) -> None:
    if "standing trail" in variant:
        audited(account.session)
    flow, answers = VARIANTS[variant]
    if variant == "peering, owner":
        answers = {**answers, "peer_vpc_id": ids(account, profile="partner")["warehouse"]}
    cloud = Aws(PRACTICE, account.session, account.session_of)
    assert [*faults(Look(flow, answers, cloud, tmp_path), 1)] == []
