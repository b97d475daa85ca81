"""One set-up being made: the answers so far, the review of what they lead to, and the run that carries it out.

A session is its questionnaire with an account, a journal and a run. It has no screen in it and is synchronous; front
ends run it in a worker thread, because `state`, `answer` and `review` may ask AWS.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

from ..place import Place
from . import given_again
from .apply import apply
from .bucket_owner import all_owned
from .clock import Clock
from .cloud import Cloud, Identity
from .drawing import remember
from .elsewhere import There
from .endpoints import otherwise, unprotected
from .events import Event, Receipt
from .flow import Finding, Flow, Handover
from .half_gone import half_gone
from .handover import hand_over, take_files_back
from .journal import Journal, Run
from .look import Looked, look
from .mended import still_mended
from .of_others import DECISIONS, Claim
from .options import Caution
from .permissions import Need
from .plan import Plan
from .plan_permissions import Needs
from .preflight import allowed
from .problems import Blocked, Busy, CloudError, FlowMistake, Refused
from .put_back import accept, put_back
from .questionnaire import Questionnaire
from .receipts import receipt
from .refused_answers import Lacking, said_of
from .repair import begun
from .run_place import accounts_of, found_there, same_account
from .said import Said
from .secret_text import Hidden, SecretText
from .shell import placed
from .states import Review, Reviewing, State
from .undo import claimed, undo
from .undo_plan import Decision

READABLE = (
    "{} is asked without TLS: whoever is on the way can read and change what is sent and answered, session tokens "
    "included. Use https, or an emulator on this machine."
)


class Session(Questionnaire[Flow]):
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
        super().__init__(begun(flow, run), cloud, place)
        self.run = run
        self._account = cloud  # unremembered: what is waited for must be looked at again and again
        self.otherwise: list[str] = []
        """What environment and profile say of where a run is, a sentence each; it is not heeded, and should be told."""
        self._journal, self._clock = journal, clock
        self._stop = threading.Event()
        self._held = ExitStack()
        self._again: dict[str, object] = {}  # what was withheld and said again, as it is kept
        self._notes: list[str] = []  # and what is good to know of it
        self._reviewed: tuple[Mapping[str, Any], Review] | None = None
        self._said |= {key: Said(raw) for key, raw in flow.given.items()}
        if run:
            self._held.enter_context(run.held())
            record = run.record  # only now: until then another session may have driven it
            self._said = {key: Said(raw) for key, raw in record.answers.items()}

    def close(self) -> None:
        """Let go of the run, so that another session may drive it."""
        self._held.close()

    @property
    def identity(self) -> Identity:
        return self.cloud.identity

    def settle(self, said: Place | None = None, *, moving: bool = False) -> None:
        """See that a draft or run is gone on with where it was begun, and write down what was not known of that place.

        A draft may be `moving`: somebody chose another account or region for it, and its answers are looked up there.
        What the command line `said` is not told to be said otherwise by its surroundings.

        Raises:
            NoAccess: this is another account.
            Unplaced: it is an early run, and nothing of it is here.
        """
        if self.run is None:
            return
        record = self.run.record
        self.otherwise = otherwise(record.place, said)
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
        return self.asking() or Reviewing(self.review())

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
                findings.append(replace(found, remedy=placed(found.remedy, self.place)))
            else:
                cautions.append(replace(found, message=placed(found.message, self.place)))
        # two answers may be warned of in the very same words: both secrets from one file that others can read
        cautions = list({(each.id, each.message): each for each in cautions}.values())
        cautions += [Caution("surroundings", sentence) for sentence in self.otherwise]
        if self._journal is not None:
            cautions += half_gone(self._journal, plan.uses, self.identity.account)
        if open_ := unprotected(self._here()):
            cautions.append(Caution("plain-http", READABLE.format(" and ".join(open_)), confirm=True))
        needs = Needs(self.identity, self.flow.id, plan, self.cloud.reads.values())
        findings += allowed(self.cloud, needs.wanted)
        review = Review(lines, plan, tuple(findings), tuple(cautions), needs.all, needs.looking, self._there(plan))
        self._reviewed = dict(answered.answers), review
        return review

    def _there(self, plan: Plan) -> dict[str, tuple[Need, ...]]:
        """What must be allowed in each other account, as far as the profile leads to one."""
        found: dict[str, tuple[Need, ...]] = {}
        for profile in dict.fromkeys(action.call.profile for action in plan.actions if action.call.profile):
            with suppress(CloudError):
                who = There(self.cloud, profile=profile).identity
                found[profile] = Needs(who, self.flow.id, plan, self.cloud.reads.values(), profile).all
        return found

    def refresh(self) -> None:
        super().refresh()
        self._reviewed = None

    def _kept(self) -> dict[str, Any]:
        """What was said, in the order in which it is asked: what comes first tells a draft from others."""
        order = {question.id: place for place, question in enumerate(self.flow.questions)}
        said = sorted(self._said.items(), key=lambda each: order.get(each[0], len(order)))
        kept = {question.id: question.kept for question in self.flow.questions}
        return {key: kept[key](each.raw, each.value) if key in kept else each.raw for key, each in said}

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
                names = ", ".join(dict.fromkeys(c.id for c in open_))
                raise Blocked(open_[0].message, "", f"Say yes to it, in batch with --accept {names}.")
            told = remember(self.flow.picture, review.answers) if self.flow.picture else {}
            plan = replace(review.plan, accounts=accounts_of(review.plan, self.cloud), told=told)
            self._begin()
            assert self.run is not None
            idle = {each.id for each in self.flow.questions} - {line.question.id for line in review.answers}
            said = {key: each for key, each in self._kept().items() if key not in idle}
            self.run.save_answers(said)  # suggested ones, too
            self.run.confirm(plan, self.identity.account, self._here())
        same_account(self.run.record, self.cloud)
        run = self.run
        assert run.plan is not None
        secrets = self.insist_on_secrets()
        given_again.write_down(run, self._again)
        self._notes = list(dict.fromkeys([*self._notes, *given_again.alike(secrets, self._again)]))
        self._stop = threading.Event()
        yield from apply(run, run.plan, self._account, self._stop, self._clock, secrets)
        given_again.write_down(run, self._again)
        self.refresh()

    def withheld(self) -> tuple[SecretText, ...]:
        """What must be said again before a run that was begun goes on: it is still to be sent, and nothing keeps it."""
        lacking, _ = self._known_secrets()
        return tuple(lacking)

    def say_more(self, answers: Mapping[str, Any]) -> None:
        """Say something more to a draft that is gone on with, or again what is withheld of a run. Raises Refused."""
        if self.run is not None and self.run.record.status == "draft":
            self.suggest(answers)
        else:
            for key, raw in answers.items():
                self.give(key, raw)

    def give(self, key: str, raw: object) -> None:
        """Say again what is withheld. Raises Refused."""
        question = next((each for each in self.withheld() if each.id == key), None)
        if question is None:
            what = f"“{key}” cannot be said any more: the plan of this run was confirmed."
            raise Refused(what, remedy="Leave out that --set.")
        try:
            value, cautions = question.parse(raw, self.flow(self.cloud))
        except Refused as refused:
            raise said_of(question, refused) from None
        self._said[key] = Said(question.kept(raw, value), value)
        self._again[key] = self._said[key].raw
        self._notes += [each.message for each in cautions if each.message not in self._notes]

    def insist_on_secrets(self) -> dict[str, Hidden]:
        """The answers that are still to be sent and kept nowhere, by the keys of their questions. Raises Refused."""
        lacking, known = self._known_secrets()
        if lacking:
            raise Lacking(
                "\n".join(f"{each.id}: {each.label} is still to be sent, and is kept nowhere." for each in lacking),
                f"Say it again: {' '.join(f'--set {each.id}=@FILE' for each in lacking)}, or env:NAME for a variable.",
                missing=lacking,
            )
        return known

    def _known_secrets(self) -> tuple[list[SecretText], dict[str, Hidden]]:
        return given_again.known(self.flow(self.cloud), self.run, self._said)

    def stop(self) -> None:
        """Send nothing further; what is under way is finished and written down."""
        self._stop.set()

    def hand_over(self) -> Handover:
        """Outputs, files and proof of a run whose plan was carried out. Marks it done or waiting."""
        assert self.run is not None
        same_account(self.run.record, self.cloud)
        late = list(given_again.too_late(self.run, self._again))
        return hand_over(self.flow, self.run, self._account, late or self._notes)

    def undo(self, decisions: Mapping[str, str] | None = None) -> Iterator[Event]:
        """Take the run back. `decisions` holds a value for each that must be decided, and for those that may be.

        Raises Refused.
        """
        run = self.run
        if not run or not run.plan:
            raise Refused("Nothing was created yet, so there is nothing to undo.")
        decided = dict(decisions or {})
        self.insist_on_decisions(decided)
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

    def stops(self) -> tuple[str, ...]:
        """What works now by what this run made, and stops once it is taken back; where that cannot be told, nothing."""
        if not self.run or not self.run.plan:
            return ()
        try:
            return tuple(self.flow.stops(self._account, self.run.record.handover.get("outputs", {})))
        except CloudError:
            return ()

    def look(self, report: Callable[[Event], None] = lambda _: None) -> list[Looked]:
        """Whether what the run made is still as it left it. Only reads. `report` is told where that takes its time.

        Raises CloudError.
        """
        run = self.run
        if not run or not run.plan:
            raise Refused("Nothing was created yet, so there is nothing to look at.")
        same_account(run.record, self.cloud)
        self._stop = threading.Event()
        return look(run, run.plan, self._account, self._stop, self._clock, report)

    def put_back(self, looked: Iterable[Looked]) -> Session:
        """A session of its own that comes at once to the review of making it as it was left, as far as that can be."""
        assert self.run is not None, "only a run is looked at"
        again = put_back(self.flow, self.run, looked)
        return Session(again, self._account, self._journal, place=self.place, clock=self._clock)

    def take_as_it_is(self, looked: Iterable[Looked]) -> list[str]:
        """Say that what was changed or is gone may stay so; the ids of those steps. Raises CloudError."""
        assert self.run is not None, "only a run is looked at"
        same_account(self.run.record, self.cloud)
        return accept(self.run, looked, self._account, self._clock)

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

    def insist_on_decisions(self, decided: Mapping[str, str]) -> None:
        """Raise Refused unless all that must be decided before this run is taken back is, and nothing else."""
        assert self.run is not None and self.run.plan is not None, "only a confirmed run is taken back"
        plan = self.run.plan
        known = {decision.key: decision for decision in (*plan.decisions, *DECISIONS.values())}
        for key, value in decided.items():
            if key not in known:
                raise Refused(f"“{key}” is nothing to decide here.", remedy="Leave out that --set.")
            if value not in known[key].options:
                raise Refused(f"{key}: “{value}” is not one of {', '.join(known[key].choices)}.")
        if missing := [d for d in self._open(plan) if d.key not in decided]:
            words = [f"  {d.key}: {d.ask} ({' | '.join(d.choices)})" for d in missing]
            raise Refused("Before this is undone, decide:\n" + "\n".join(words), remedy="Say it with --set KEY=VALUE.")

    def receipt(self) -> Receipt:
        """How the undo ended."""
        assert self.run is not None and self.run.plan is not None, "only a run has a receipt"
        done = receipt(self.run, self.run.plan)
        mended = still_mended(self.run, self.run.plan) if done.complete else ()
        return take_files_back(self.run, replace(done, yours=(*done.yours, *mended), mended=bool(mended)))

    # -- keeping -----------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self.run is None:
            if self._journal is None:
                raise FlowMistake("a session without a journal cannot apply")
            self.run = self._journal.begin(self.flow.id, self._here(), self.identity.account, self.flow.kind)
            self._held.enter_context(self.run.held())

    def go_on_with_the_same(self) -> None:
        """Where a draft with the very same answers is there already, go on with that, and forget this: whoever tries
        again leaves no second one."""
        assert self.run is not None and self._journal is not None, "only what is written down may be there twice"
        mine = self.run.record
        for other in self._journal.records():
            if other.id == mine.id or not other.like(mine):
                continue
            earlier = self._journal.run(other.id)
            with suppress(Busy, Refused):  # somebody has it open, or has just deleted it
                self._held.enter_context(earlier.held())
                if earlier.record.like(mine):
                    self.run.discard()
                    self.run = earlier
                    return

    def _save(self) -> None:
        self._reviewed = None
        if self._journal is not None:
            self._begin()
            assert self.run is not None
            self.run.save_answers(self._kept())
