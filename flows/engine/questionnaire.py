"""The questions of a set-up or a check being answered: what was said, whether it still holds, and what is asked next.

Only what was said is stored. The trail, the current question, whether an old answer still counts: all of it is worked
out by walking the questions in order, so there is no second copy of the truth to go stale.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Generic, TypeVar

from ..place import Place
from .asked import Asked, possible
from .cache import CachedCloud
from .cloud import Cloud
from .offers import offered
from .options import Caution
from .problems import CloudError, FlowMistake, Problem, Refused
from .questions import Question
from .refused_answers import absent, refuse, said_of
from .said import Said, because, rests
from .secret_text import Hidden, SecretText
from .shell import placed
from .states import Asking, Line

A = TypeVar("A", bound=Asked)


class Questionnaire(Generic[A]):
    """Questions being answered in one account.

    Args:
        flow: whose questions: a set-up, a check, a small task.
        cloud: the account that is read; what was read is kept until `refresh`.
        place: what the command line said about where to work. Where that is practice, a question without an answer
            begins with its example, or the first of its options, so that Enter leads through all of it.
    """

    def __init__(self, flow: type[A], cloud: Cloud, place: Place | None = None) -> None:
        self.flow, self.place = flow, place or Place()
        self.cloud = CachedCloud(cloud)
        self.accepted: set[str] = set()
        self._said: dict[str, Said] = {}
        self._defaults: dict[str, Said] = {}
        self._revisiting, self._aside = "", False
        self._refused: tuple[str, object, Problem] | None = None

    # -- where am I --------------------------------------------------------------------------------------

    def asking(self) -> Asking | None:
        """The question to ask now; None when all are answered. May ask AWS."""
        answered, question = self._walk()
        if question is None:
            return None
        said = self._hold(question, answered)
        raw, problem = said.raw, said.problem
        cautions = tuple(c for c in said.cautions if c.confirm and c.id not in self.accepted)
        if self._refused and self._refused[0] == question.id:
            _, raw, problem = self._refused
            cautions = ()
        if isinstance(question, SecretText):
            raw = said.raw if isinstance(said.value, Hidden) else None
        elif raw is None:
            raw = self._default(question, answered)
        elif problem is None:
            with suppress(Problem, ValueError):  # what cannot be looked up just now stays as it was said
                raw = question.spelled(raw, answered)
        offer, shown = offered(question, answered, raw), question.put(answered.answers)
        if example := raw is None and self.place.practice:
            listed = offer.options if offer is not None and not offer.typed else ()
            raw = listed[0].key if listed else shown.example or None
        where, least = self._position(question, answered)
        return Asking(shown, offer, raw, problem, cautions, said.because, where, example, least)

    def trail(self) -> list[Line]:
        """What holds so far, in order, fine-tuning included."""
        answered, _ = self._walk()
        return [self._line(question, answered) for question in self._asked(answered) if question.id in answered.answers]

    def ahead(self) -> list[Question[Any]]:
        """What is asked after the current question whatever its answer is, fine-tuning left out."""
        answered, current = self._walk()
        routes = possible(answered)
        return [
            q for q in self.flow.questions
            if q.id not in answered.answers and q is not current and not q.fine_tuning
            and routes and all(q in route for route in routes)
        ]  # fmt: skip

    def may_come(self) -> set[str]:
        """The keys of what is still asked on some way from here, fine-tuning too."""
        answered, _ = self._walk()
        return {question.id for route in possible(answered) for question in route} - answered.answers.keys()

    def answers(self) -> dict[str, Any]:
        """Every reply that counts, as an answers file holds them."""
        return {line.question.id: line.raw for line in self.trail() if not line.defaulted}

    def given(self) -> dict[str, str]:
        """What was answered, as the texts that a check or a task is given and `--set` takes."""
        answered, _ = self._walk()
        said = {line.question.id: line.raw for line in self.trail() if not line.defaulted}
        values = {key: answered.answers[key] for key in said}
        texts = {key: value if isinstance(value, str) else said[key] for key, value in values.items()}
        return self.flow.named(texts, self.flow.id)

    # -- what can be said --------------------------------------------------------------------------------

    def answer(self, raw: object) -> None:
        """Answer the current question. A refusal is part of the next state, not an exception."""
        answered, question = self._walk()
        if question is None:
            return
        self._refused = None
        try:
            said = self._as_before(question, raw) or self._understand(question, raw, answered)
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

    def take_back(self, caution_id: str) -> None:
        """Say that a yes does not count any more."""
        self.accepted.discard(caution_id)
        self._save()

    def back(self) -> bool:
        """Return to the question before, or to the review from fine-tuning and from what was opened there.

        False at the first.
        """
        answered, current = self._walk()
        self._refused = None
        if current and self._revisiting == current.id and (current.fine_tuning or self._aside):
            self._revisiting = ""
            left = self._walk()[1]
            on_the_way = left is not None and left.fine_tuning and left.must_be_said
            if left is None or (current.fine_tuning and not on_the_way):
                return True
        self._aside = False
        led_here = self._said if current and current.fine_tuning else ()
        before = [
            q for q in self._asked(answered) if q.id in answered.answers and (not q.fine_tuning or q.id in led_here)
        ]
        if before:
            self._revisiting = before[-1].id
        return bool(before)

    def revisit(self, key: str, *, aside: bool = False) -> None:
        """Return to a question; `aside`, when all are answered: `back` leads there again, and to no question before.

        Later answers are kept while they still hold. Raises Refused if unknown.
        """
        self._revisiting, self._aside, self._refused = self.flow.question(key).id, aside, None

    def use_default(self, key: str) -> None:
        """Forget what was said to a question, so that its default counts again."""
        self._said.pop(key, None)
        self._save()

    def refresh(self) -> None:
        """Read the account afresh."""
        self.cloud.forget()
        self._defaults.clear()

    def require(self, answers: Mapping[str, Any]) -> None:
        """Refuse unknown keys, missing ones, and what is wrong whatever is in the account. What is fine-tuning or has a
        default that is written down may be left out.

        Raises Refused, naming all of it.
        """
        unknown = self._say(answers)
        wrong, missing = self._lacking()
        refuse(unknown, wrong.values(), missing)

    def fill(self, answers: Mapping[str, Any]) -> list[Caution]:
        """Answer from a file or from flags, in any order.

        Returns what is worth saying about the file itself. Asks AWS. Raises Refused as `require` does, and with it for
        every answer that is not accepted in this account, as far as that hangs by no other that is wrong or missing.
        """
        unknown = self._say(answers)
        wrong, missing = self._lacking()
        answered, refused = self._looked_through(whole=not (unknown or wrong or missing))
        unseen = next((each for each in refused.values() if isinstance(each.__cause__, CloudError)), None)
        refused = {key: each for key, each in refused.items() if not isinstance(each.__cause__, CloudError)} | wrong
        refuse(unknown, [refused[each.id] for each in self.flow.questions if each.id in refused], missing)
        if unseen is not None:
            raise unseen
        if lacking := [q for q in self._asked(answered) if q.id not in answered.answers]:
            raise absent(lacking[:1])  # whether it is asked was known only from the account
        self._said.update({
            each.id: self._defaults[each.id] for each in self._asked(answered)
            if each.literal and not each.fine_tuning and each.id not in self._said and each.id in self._defaults
        })  # fmt: skip
        self._save()
        idle = [key for key in answers if key not in answered.answers]
        return [Caution(f"unused-{k}", f"“{k}” is not asked with these answers; it was not used.", key=k) for k in idle]

    def _say(self, answers: Mapping[str, Any]) -> list[Refused]:
        """Take what is said; the refusals of keys that are not known."""
        unknown = list[Refused]()
        for key, raw in answers.items():
            try:
                self._said[self.flow.question(key).id] = Said(raw)
            except Refused as problem:
                unknown.append(problem)
        return unknown

    def _looked_through(self, *, whole: bool) -> tuple[A, dict[str, Refused]]:
        """The answers that hold, and why each other one does not, by its key; what hangs by one of those is left out.

        Unless it is `whole`, it ends with the last of what was said.
        """
        answered, refused = self.flow(self.cloud), dict[str, Refused]()
        untold = {question.id for question in self.flow.questions} if whole else set(self._said)
        for question in self.flow.questions:
            if not untold:
                break
            untold.discard(question.id)
            if not question.when.holds(answered.answers):
                continue
            try:
                said = self._hold(question, answered, nobody=True)
            except FlowMistake:  # it rests on an answer that there is not
                continue
            if said.problem is not None:
                refused[question.id] = said_of(question, said.problem)
                refused[question.id].__cause__ = said.problem
                if isinstance(said.problem, CloudError):
                    break
            elif said.basis is not None:
                answered.answers[question.id] = said.value
        return answered, refused

    def suggest(self, answers: Mapping[str, Any]) -> None:
        """Start from these answers, without insisting that they are complete or right. Raises Refused."""
        for key in answers:
            self.flow.question(key)
        self._said.update({key: Said(raw) for key, raw in answers.items()})

    def try_out(self, raw: object) -> tuple[Problem | None, tuple[Caution, ...]]:
        """What there would be to say about this reply to the current question, which is not given yet."""
        answered, question = self._walk()
        if question is None:
            return None, ()
        try:
            return None, self._understand(question, raw, answered).cautions
        except Problem as problem:
            return problem, ()

    def so_far(self) -> A:
        """The answers that hold, up to the first that is missing or needs another look. Asks AWS."""
        return self._walk(confirmed=False, nobody=True)[0]

    def remarks(self, question: Question[Any]) -> tuple[Caution, ...]:
        """What is worth saying about an answer that was just accepted."""
        said = self._said.get(question.id)
        return tuple(c for c in said.cautions if not c.confirm) if said and not said.problem else ()

    def _save(self) -> None:
        """What was said has changed."""

    # -- walking -----------------------------------------------------------------------------------------

    def _walk(self, confirmed: bool = True, *, nobody: bool = False) -> tuple[A, Question[Any] | None]:
        """The answers that hold, and the first question without one."""
        answered = self.flow(self.cloud)
        for question in self.flow.questions:
            if not question.when.holds(answered.answers):
                continue
            if question.id == self._revisiting:
                return answered, question
            said = self._hold(question, answered, nobody=nobody)
            asked = question.id in self._said  # what a default warns of is agreed to at the review
            if said.basis is None or said.problem or (confirmed and asked and self._unconfirmed(said)):
                return answered, question
            answered.answers[question.id] = said.value
        return answered, None

    def _hold(self, question: Question[Any], answered: Asked, *, nobody: bool = False) -> Said:
        """What was said to a question, or its default if it is fine-tuning, or written down where nobody is asked;
        looked at again if need be.
        """
        said = self._said.get(question.id)
        if said is None:
            if question.must_be_said and not (nobody and question.literal):
                return Said(None)
            said = self._defaults.get(question.id)
            if said is None or not rests(said, answered):
                said = self._defaults[question.id] = self._defaulted(question, answered)
            return said
        if rests(said, answered):
            said.problem, said.because = None, ""
        else:
            earlier = said.basis if said.basis is not None else said.seen
            moved = [key for key, value in earlier.items() if answered.answers.get(key) != value]
            try:
                fresh = self._understand(question, said.raw, answered)
                said.raw, said.value, said.basis, said.cautions, said.problem, said.because = (
                    fresh.raw, fresh.value, fresh.basis, fresh.cautions, None, "",
                )  # fmt: skip
            except Problem as problem:
                said.problem, said.seen = problem, dict(earlier)
                said.because = because(self.flow, moved)
        return said

    def _defaulted(self, question: Question[Any], answered: Asked) -> Said:
        answered.read.clear()
        try:
            raw = question.default(answered)
            if raw is None:
                raise Refused(f"No {question.label.lower()} could be worked out.", remedy=question.empty or "Give one.")
            value, cautions = self._parsed(question, raw, answered)
        except Problem as problem:
            return Said(None, problem=problem)
        return Said(raw, value, dict(answered.read), cautions)

    def _understand(self, question: Question[Any], raw: object, answered: Asked) -> Said:
        answered.read.clear()
        value, cautions = self._parsed(question, raw, answered)
        return Said(question.kept(raw, value), value, dict(answered.read), cautions)

    def _as_before(self, question: Question[Any], raw: object) -> Said | None:
        """What was said of a secret, where the reply is what stands for it: it is to stay."""
        said = self._said.get(question.id)
        hidden = isinstance(question, SecretText) and said is not None and isinstance(said.value, Hidden)
        return said if hidden and said is not None and raw == said.raw else None

    def _parsed(self, question: Question[Any], raw: object, answered: Asked) -> tuple[Any, tuple[Caution, ...]]:
        """What a reply means, and what to be warned of, with commands that say where they work."""
        try:
            value, cautions = question.parse(raw, answered)
        except Problem as problem:
            problem.remedy = placed(problem.remedy, self.place)
            raise
        return value, tuple(replace(each, message=placed(each.message, self.place)) for each in cautions)

    def _unconfirmed(self, said: Said) -> bool:
        return any(caution.confirm and caution.id not in self.accepted for caution in said.cautions)

    def _default(self, question: Question[Any], answered: Asked) -> object:
        try:
            return question.default(answered)
        except Problem:
            return None

    def _asked(self, answered: Asked) -> Iterator[Question[Any]]:
        answers: Collection[str] = answered.answers.keys()
        return (q for q in self.flow.questions if q.when.holds(answered.answers) or q.id in answers)

    def _lacking(self) -> tuple[dict[str, Refused], list[Question[Any]]]:
        """The answers that are wrong for all that is known, by their keys, and the questions surely asked that have
        none."""
        answered = self.flow(self.cloud)
        wrong, missing = dict[str, Refused](), list[Question[Any]]()
        for question in self.flow.questions:
            if not question.when.holds(answered.answers):
                continue
            said = self._said.get(question.id)
            if said is None and not question.literal:
                missing += [question.put(answered.answers)] if question.must_be_said else []
                continue
            with suppress(Problem, FlowMistake):  # it may decide a guard, though it cannot be checked yet
                try:
                    raw = said.raw if said else question.default(answered)
                    answered.answers[question.id] = question.read(raw, answered)
                except (Refused, ValueError) as problem:
                    wrong[question.id] = said_of(question, problem)
        return wrong, missing

    def _position(self, question: Question[Any], answered: Asked) -> tuple[tuple[int, int], int]:
        """Which question it is, of how many at the most, and of how many at least."""
        if question.fine_tuning:
            return (0, 0), 0
        number = 1 + sum(not q.fine_tuning and q.id in answered.answers for q in self._asked(answered))
        routes = [route for route in possible(answered) if question in route]
        lengths = [sum(not q.fine_tuning for q in route) for route in routes] or [number]
        return (number, max(lengths)), max(min(lengths), number)

    def _line(self, question: Question[Any], answered: Asked) -> Line:
        said = self._hold(question, answered)
        shown = question.told(said.value, said.raw)
        return Line(question, shown, said.raw, question.id not in self._said, said.value)
