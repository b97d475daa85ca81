"""One set-up being made: where the person is, what they said, and what happens next.

The session stores only what was said. The trail, the current question, whether an old answer still counts,
the review: all of it is worked out by walking the questions in order, so there is no second copy of the
truth to go stale. It has no screen in it and is synchronous; front ends run it in a worker thread, because
`state`, `answer` and `review` may ask AWS.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from ..place import Place
from .apply import apply
from .bucket_owner import all_owned
from .cache import Remembering
from .clock import Clock
from .cloud import Cloud, Identity
from .endpoints import otherwise, unprotected
from .events import Event, Receipt
from .flow import Finding, Flow, Handover
from .handover import hand_over, take_files_back
from .journal import Journal, Run
from .listing import Enough, reading_until
from .of_others import DECISIONS, Claim
from .plan import Plan
from .plan_permissions import Needs
from .preflight import allowed
from .problems import Blocked, Denied, FlowMistake, Problem, Refused
from .questions import Caution, Choice, Option, Picks, Question, several
from .receipts import receipt
from .run_place import accounts_of, found_there, same_account
from .states import Asking, Line, Listed, Offer, Review, Reviewing, State
from .undo import claimed, undo
from .undo_plan import Decision

READABLE = (
    "{} is asked without TLS: whoever is on the way can read and change what is sent and answered, session tokens "
    "included. Use https, or an emulator on this machine."
)


@dataclass
class _Said:
    """A reply, what it meant, and the earlier answers that this rests on."""

    raw: object
    value: Any = None
    basis: Mapping[str, Any] | None = None
    cautions: tuple[Caution, ...] = ()
    problem: Problem | None = None
    because: str = ""
    seen: dict[str, Any] = field(default_factory=dict)


class Session:
    """A draft or run of one set-up in one account.

    Args:
        flow: the set-up.
        cloud: the account.
        journal: where answers and runs are kept; None keeps nothing (for `plan` and `export`).
        place: what the command line said about where to work.
        run: an earlier draft or run to go on with.
        clock: time; the real one if left out.
    """

    def __init__(
        self,
        flow: type[Flow],
        cloud: Cloud,
        journal: Journal | None = None,
        *,
        place: Place | None = None,
        run: Run | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.flow, self.place, self.run = flow, place or Place(), run
        self.cloud = Remembering(cloud)
        self._account = cloud  # unremembered: what is waited for must be looked at again and again
        self.accepted: set[str] = set()
        self.otherwise: list[str] = []
        """What environment and profile say of where a run is, a sentence each; it is not heeded, and should be told."""
        self._journal, self._clock = journal, clock
        self._stop = threading.Event()
        self._held = ExitStack()
        self._said: dict[str, _Said] = {}
        self._defaults: dict[str, _Said] = {}
        self._revisiting = ""
        self._refused: tuple[str, object, Problem] | None = None
        self._reviewed: tuple[Mapping[str, Any], Review] | None = None
        if run:
            self._held.enter_context(run.held())
            record = run.record  # only now: until then another session may have driven it
            self._said = {key: _Said(raw) for key, raw in record.answers.items()}

    def close(self) -> None:
        """Let go of the run, so that another session may drive it."""
        self._held.close()

    @property
    def identity(self) -> Identity:
        return self.cloud.identity

    def settle(self, *, moving: bool = False) -> None:
        """See that a draft or run is gone on with where it was begun, and write down what was not known of that place.

        A draft may be `moving`: somebody chose another account or region for it, and its answers are looked up there.

        Raises:
            NoAccess: this is another account.
            Unplaced: it is an early run, and nothing of it is here.
        """
        if self.run is None:
            return
        record = self.run.record
        self.otherwise = otherwise(record.place)
        if not moving or record.status != "draft":
            same_account(record, self.cloud)
        if record.status != "draft" and self.run.plan and not record.place.region and not record.place.practice:
            found_there(self.run, self.run.plan, self._account, self._clock)
        elif record.status != "draft":
            return
        if (here := self._here()) != record.place:
            self.run.move(here, self.identity.account)

    def _here(self) -> Place:
        return self.identity.settled(self.place)

    # -- where am I --------------------------------------------------------------------------------------

    def state(self) -> State:
        """What to show now. May ask AWS."""
        answered, question = self._walk()
        if question is None:
            return Reviewing(self.review())
        said = self._hold(question, answered)
        raw, problem = said.raw, said.problem
        cautions = tuple(c for c in said.cautions if c.confirm and c.id not in self.accepted)
        if self._refused and self._refused[0] == question.id:
            _, raw, problem = self._refused
            cautions = ()
        if raw is None:
            raw = self._default(question, answered)
        offer = self._offer(question, answered, raw)
        return Asking(question, offer, raw, problem, cautions, said.because, self._position(question, answered))

    def trail(self) -> list[Line]:
        """What holds so far, in order, fine-tuning included."""
        answered, _ = self._walk()
        return [self._line(question, answered) for question in self._asked(answered) if question.id in answered.answers]

    def ahead(self) -> list[Question[Any]]:
        """What may still be asked after the current question, fine-tuning left out."""
        answered, current = self._walk()
        reach = {q for route in self.flow.routes() for q in route if self._possible(route, answered)}
        return [
            q for q in self.flow.questions
            if q in reach and q.id not in answered.answers and q is not current and not q.fine_tuning
        ]  # fmt: skip

    def answers(self) -> dict[str, Any]:
        """Every reply that counts, as an answers file holds them."""
        return {line.question.id: line.raw for line in self.trail() if not line.defaulted}

    def review(self) -> Review:
        """The plan and all there is to know about it. Raises Refused while something is unanswered."""
        answered, question = self._walk()
        if question is not None:
            raise Refused(f"“{question.ask}” is not answered yet.")
        if self._reviewed and self._reviewed[0] == answered.answers:
            return self._reviewed[1]
        lines = tuple(self._line(q, answered) for q in self._asked(answered))
        plan = all_owned(answered.plan(), self.identity.account)
        findings: list[Finding] = []
        cautions = [caution for q in self._asked(answered) for caution in self._hold(q, answered).cautions]
        for found in answered.checks():
            if isinstance(found, Finding):
                findings.append(found)
            else:
                cautions.append(found)
        cautions += [Caution("surroundings", sentence) for sentence in self.otherwise]
        if open_ := unprotected(self._here()):
            cautions.append(Caution("plain-http", READABLE.format(" and ".join(open_)), confirm=True))
        needs = Needs(self.identity, self.flow.id, plan, self.cloud.reads.values())
        findings += allowed(self.cloud, needs.wanted)
        review = Review(lines, plan, tuple(findings), tuple(cautions), needs.all, needs.looking)
        self._reviewed = dict(answered.answers), review
        return review

    # -- what can happen ---------------------------------------------------------------------------------

    def answer(self, raw: object) -> None:
        """Answer the current question. A refusal is part of the next state, not an exception."""
        answered, question = self._walk()
        if question is None:
            return
        self._refused = None
        try:
            said = self._understand(question, raw, answered)
        except Problem as problem:
            self._refused = question.id, raw, problem
            return
        self._said[question.id] = said
        if self._unconfirmed(said):
            return
        if self._revisiting == question.id:
            self._revisiting = ""
        self._save()

    def accept(self, caution_id: str) -> None:
        """Say a conscious yes to a caution."""
        self.accepted.add(caution_id)
        answered, question = self._walk()
        if question and self._revisiting == question.id and not self._unconfirmed(self._hold(question, answered)):
            self._revisiting = ""
        self._save()

    def back(self) -> bool:
        """Return to the question before, or from fine-tuning to the review; False at the first."""
        answered, current = self._walk()
        self._refused = None
        if current and current.fine_tuning and self._revisiting == current.id:
            self._revisiting = ""
            return True
        before = [q for q in self._asked(answered) if q.id in answered.answers and not q.fine_tuning]
        if before:
            self._revisiting = before[-1].id
        return bool(before)

    def revisit(self, key: str) -> None:
        """Return to a question. Later answers are kept while they still hold. Raises Refused if unknown."""
        self._revisiting, self._refused = self.flow.question(key).id, None

    def use_default(self, key: str) -> None:
        """Forget what was said to a question, so that its default counts again."""
        self._said.pop(key, None)
        self._save()

    def refresh(self) -> None:
        """Read the account afresh."""
        self.cloud.forget()
        self._reviewed = None
        self._defaults.clear()

    def require(self, answers: Mapping[str, Any]) -> None:
        """Refuse answers with unknown or missing keys, without asking AWS. Fine-tuning may be left out.

        Raises Refused, naming the nearest known key, or every missing one.
        """
        for key in answers:
            self.flow.question(key)
        self._said.update({key: _Said(raw) for key, raw in answers.items()})
        if missing := self._missing():
            words = [f"  {q.id}: {q.ask} ({q.allowed()})" for q in missing]
            raise Refused(
                f"{len(missing)} answer{'s are' if len(missing) > 1 else ' is'} missing:\n" + "\n".join(words),
                remedy="Add them to the answers file, or with --set KEY=VALUE.",
            )

    def fill(self, answers: Mapping[str, Any]) -> list[Caution]:
        """Answer from a file or from flags, in any order.

        Returns what is worth saying about the file itself. Raises Refused as `require` does, or for an answer
        that is not accepted.
        """
        self.require(answers)
        answered, question = self._walk(confirmed=False)
        if question is not None:
            problem = self._hold(question, answered).problem or Refused("There is no usable default.")
            raise Refused(f"{question.id}: {problem.what}", problem.why, problem.remedy) from problem
        self._save()
        idle = [key for key in answers if key not in answered.answers]
        return [Caution(f"unused-{k}", f"“{k}” is not asked with these answers; it was not used.", key=k) for k in idle]

    def suggest(self, answers: Mapping[str, Any]) -> None:
        """Start from these answers, without insisting that they are complete or right. Raises Refused."""
        for key in answers:
            self.flow.question(key)
        self._said.update({key: _Said(raw) for key, raw in answers.items()})

    def try_out(self, raw: object) -> tuple[Problem | None, tuple[Caution, ...]]:
        """What there would be to say about this reply to the current question, which is not given yet."""
        answered, question = self._walk()
        if question is None:
            return None, ()
        try:
            return None, self._understand(question, raw, answered).cautions
        except Problem as problem:
            return problem, ()

    def remarks(self, question: Question[Any]) -> tuple[Caution, ...]:
        """What is worth saying about an answer that was just accepted."""
        said = self._said.get(question.id)
        return tuple(c for c in said.cautions if not c.confirm) if said and not said.problem else ()

    # -- doing -------------------------------------------------------------------------------------------

    def apply(self) -> Iterator[Event]:
        """Carry out the plan that was reviewed, or go on with one that was begun. Raises Blocked."""
        if self.run and self.run.record.status in ("undoing", "undone"):
            raise Refused(f"{self.run.id} is taken back; there is nothing to go on with.", remedy="Begin a new one.")
        if not self.run or not self.run.plan:
            review = self.review()
            if review.refusals:
                finding = review.refusals[0]
                raise Blocked(finding.sentence, finding.evidence, finding.remedy)
            open_ = [c for c in review.cautions if c.confirm and c.id not in self.accepted]
            if open_:
                names = ", ".join(c.id for c in open_)
                raise Blocked(open_[0].message, "", f"Say yes to it, in batch with --accept {names}.")
            plan = replace(review.plan, accounts=accounts_of(review.plan, self.cloud))
            self._begin()
            assert self.run is not None
            self.run.save_answers({key: said.raw for key, said in self._said.items()})  # suggested ones, too
            self.run.confirm(plan, self.identity.account, self._here())
        same_account(self.run.record, self.cloud)
        run = self.run
        assert run.plan is not None
        self._stop = threading.Event()
        yield from apply(run, run.plan, self._account, self._stop, self._clock)
        self.refresh()

    def stop(self) -> None:
        """Send nothing further; what is under way is finished and written down."""
        self._stop.set()

    def hand_over(self) -> Handover:
        """Outputs, files and proof of a run whose plan was carried out. Marks it done or waiting."""
        assert self.run is not None
        same_account(self.run.record, self.cloud)
        return hand_over(self.flow, self.run, self._account)

    def undo(self, decisions: Mapping[str, str] | None = None) -> Iterator[Event]:
        """Take the run back. `decisions` holds a value for each that must be decided, and for those that may be.

        Raises Refused.
        """
        run = self.run
        if not run or not run.plan:
            raise Refused("Nothing was created yet, so there is nothing to undo.")
        decided = dict(decisions or {})
        self._decided(run.plan, decided)
        same_account(run.record, self.cloud)
        self._stop = threading.Event()
        yield from undo(run, run.plan, self._account, self._stop, self._clock, decided)
        self.refresh()

    def claims(self) -> list[Claim]:
        """What others put into what this run made, or made lean on it: to be named before it is taken back.

        Asks AWS. Raises CloudError.
        """
        run = self.run
        if not run or not run.plan:
            return []
        same_account(run.record, self.cloud)
        return claimed(run, run.plan, self._account, self._clock)

    def to_decide(self, claims: Iterable[Claim] = ()) -> tuple[Decision, ...]:
        """What a person must decide before this run is taken back, and what they may because of these `claims`."""
        always = self._open(self.run.plan) if self.run and self.run.plan else []
        keys = dict.fromkeys(claim.key for claim in claims if claim.key)
        return (*always, *(DECISIONS[key] for key in keys))

    def _open(self, plan: Plan) -> list[Decision]:
        """What is to be decided of what was not taken back before."""
        assert self.run is not None, "only a confirmed run is taken back"
        asks = [
            (step.when[0], self.run.status(each.id) not in ("", "refused", "undone"))
            for each in plan.actions
            if isinstance(each.undo, tuple)
            for step in each.undo
            if step.when
        ]
        over = {key for key, _ in asks} - {key for key, stands in asks if stands}
        return [decision for decision in plan.decisions if decision.key not in over]

    def _decided(self, plan: Plan, decided: Mapping[str, str]) -> None:
        known = {decision.key: decision for decision in (*plan.decisions, *DECISIONS.values())}
        for key, value in decided.items():
            if key not in known:
                raise Refused(f"“{key}” is nothing to decide here.", remedy="Leave out that --set.")
            if value not in known[key].options:
                raise Refused(f"{key}: “{value}” is not one of {', '.join(known[key].options)}.")
        if missing := [d for d in self._open(plan) if d.key not in decided]:
            words = [f"  {d.key}: {d.ask} ({' | '.join(d.options)})" for d in missing]
            raise Refused("Before this is undone, decide:\n" + "\n".join(words), remedy="Say it with --set KEY=VALUE.")

    def receipt(self) -> Receipt:
        """How the undo ended."""
        assert self.run is not None and self.run.plan is not None, "only a run has a receipt"
        return take_files_back(self.run, receipt(self.run, self.run.plan))

    # -- walking -----------------------------------------------------------------------------------------

    def _walk(self, confirmed: bool = True) -> tuple[Flow, Question[Any] | None]:
        """The answers that hold, and the first question without one."""
        answered = self.flow(self.cloud)
        for question in self.flow.questions:
            if not question.when.holds(answered.answers):
                continue
            if question.id == self._revisiting:
                return answered, question
            said = self._hold(question, answered)
            if said.basis is None or said.problem or (confirmed and self._unconfirmed(said)):
                return answered, question
            answered.answers[question.id] = said.value
        return answered, None

    def _hold(self, question: Question[Any], answered: Flow) -> _Said:
        """What was said to a question, or its default if it is fine-tuning; looked at again if need be."""
        said = self._said.get(question.id)
        if said is None:
            if not question.fine_tuning:
                return _Said(None)
            said = self._defaults.get(question.id)
            if said is None or not _rests(said, answered):
                said = self._defaults[question.id] = self._defaulted(question, answered)
            return said
        if _rests(said, answered):
            said.problem, said.because = None, ""
        else:
            earlier = said.basis if said.basis is not None else said.seen
            moved = [key for key, value in earlier.items() if answered.answers.get(key) != value]
            try:
                fresh = self._understand(question, said.raw, answered)
                said.value, said.basis, said.cautions, said.problem, said.because = (
                    fresh.value, fresh.basis, fresh.cautions, None, "",
                )  # fmt: skip
            except Problem as problem:
                said.problem, said.seen = problem, dict(earlier)
                said.because = _because(self.flow, moved)
        return said

    def _defaulted(self, question: Question[Any], answered: Flow) -> _Said:
        answered.read.clear()
        try:
            raw = question.default(answered)
            if raw is None:
                raise Refused(f"No {question.label.lower()} could be worked out.", remedy=question.empty or "Give one.")
            value, cautions = question.parse(raw, answered)
        except Problem as problem:
            return _Said(None, problem=problem)
        return _Said(raw, value, dict(answered.read), cautions)

    def _understand(self, question: Question[Any], raw: object, answered: Flow) -> _Said:
        answered.read.clear()
        value, cautions = question.parse(raw, answered)
        return _Said(raw, value, dict(answered.read), cautions)

    def _unconfirmed(self, said: _Said) -> bool:
        return any(caution.confirm and caution.id not in self.accepted for caution in said.cautions)

    def _offer(self, question: Question[Any], answered: Flow, said: object) -> Offer | None:
        if not isinstance(question, Choice | Picks):
            return None
        options: list[Option[Any]] = []
        missing, rest = set(several(said, spaces=False)), None

        def enough(many: int) -> bool:
            """There is something to pick from, and what was said is in it."""
            return len(options) >= many and not missing

        try:
            with reading_until(enough):
                for option in question.options(answered):
                    options.append(option)
                    missing -= {option.key, option.label}
        except Enough:
            rest = islice(_all(question, answered), len(options), None)
        except Denied as problem:
            return Offer(Listed.DENIED, way_out=str(problem))
        except Problem as problem:
            return Offer(Listed.FAILED, way_out=str(problem))
        now = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
        if not options:
            return Offer(Listed.EMPTY, (), now, question.empty or "There is nothing to choose from.")
        return Offer(Listed.ITEMS, tuple(options), now, rest=rest)

    def _default(self, question: Question[Any], answered: Flow) -> object:
        try:
            return question.default(answered)
        except Problem:
            return None

    def _asked(self, answered: Flow) -> Iterator[Question[Any]]:
        answers: Collection[str] = answered.answers.keys()
        return (q for q in self.flow.questions if q.when.holds(answered.answers) or q.id in answers)

    def _missing(self) -> list[Question[Any]]:
        """Every question that will surely be asked and has no answer."""
        answered = self.flow(self.cloud)
        found: list[Question[Any]] = []
        for question in self.flow.questions:
            if question.when.holds(answered.answers):
                if question.id not in self._said:
                    found += [] if question.fine_tuning else [question]
                    continue
                with suppress(
                    Problem, FlowMistake, ValueError
                ):  # it may decide a guard, though it cannot be checked yet
                    answered.answers[question.id] = question.read(self._said[question.id].raw, answered)
        return found

    def _possible(self, route: Iterable[Question[Any]], answered: Flow) -> bool:
        ids = {question.id for question in route}
        return answered.answers.keys() <= ids

    def _position(self, question: Question[Any], answered: Flow) -> tuple[int, int]:
        if question.fine_tuning:
            return 0, 0
        essential = [q.id for q in self._asked(answered) if not q.fine_tuning and q.id in answered.answers]
        routes = [r for r in self.flow.routes() if self._possible(r, answered) and question in r]
        longest = max((sum(not q.fine_tuning for q in route) for route in routes), default=len(essential) + 1)
        return len(essential) + 1, longest

    def _line(self, question: Question[Any], answered: Flow) -> Line:
        said = self._hold(question, answered)
        return Line(question, question.shown(said.value, said.raw), said.raw, question.id not in self._said)

    # -- keeping -----------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self.run is None:
            if self._journal is None:
                raise FlowMistake("a session without a journal cannot apply")
            self.run = self._journal.begin(self.flow.id, self._here(), self.identity.account)
            self._held.enter_context(self.run.held())

    def _save(self) -> None:
        self._reviewed = None
        if self._journal is not None:
            self._begin()
            assert self.run is not None
            self.run.save_answers({key: said.raw for key, said in self._said.items()})


def _all(question: Choice[Any] | Picks[Any], answered: Flow) -> Iterator[Option[Any]]:
    """Every option, beginning only when the first is asked for."""
    yield from question.options(answered)


def _rests(said: _Said, answered: Flow) -> bool:
    """Whether an answer was understood, on answers that are still the same."""
    if said.basis is None:
        return False
    return all(key in answered.answers and answered.answers[key] == value for key, value in said.basis.items())


def _because(flow: type[Flow], moved: Iterable[str]) -> str:
    labels = [flow.question(key).label for key in moved]
    return f"needs another look, because you changed {' and '.join(labels)}" if labels else ""
