"""One session, talked through by lines: its questions, the review, what is carried out, and what can be done then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from flows.accounts import let_happen
from flows.engine import (
    Asking,
    CloudError,
    Decision,
    Event,
    Handover,
    Hidden,
    Problem,
    Refused,
    Session,
    SignInNeeded,
)  # fmt: skip
from flows.engine.by_hand import to_do
from flows.engine.shell import handrail

from .. import costs, history, looking_again, outcome, taking_back, words
from ..safe import line
from ..signals import STOPPING, stoppable
from ..telling import say
from .question import Questioner
from .reading import Quit, Reader, Unseen, explain, hidden, reader, unread
from .review import Reviewer
from .sign_in import SignInPrompt

HELP = (
    "Enter takes what is offered. “back” goes back, “?” explains, “refresh” reads the account again, "
    "“quit” leaves and keeps your answers. Nothing is created before you say so."
)
OVER: Mapping[str, str] = {
    "check": "looks once more whether it works, and writes its files again",
    "look": "says whether what this run made is still as it was left",
    "diagnose": "looks at everything on the way to what it made, and says why it does not work",
    "happen": "in practice, lets the device call, somebody push, a file land",
    "undo": "takes everything back that this run created",
    "?": "says this",
    "quit": "leaves",
}
"""What can be said about a run that is done."""
MOVED: Mapping[str, str] = {
    "put back": "makes a plan of what can be made as it was; you see it first",
    "accept": "says that it may stay as it is; an undo takes that back, too",
    "leave": "changes nothing",
}
"""What can be said about what is not as it was left."""
FAILED: Mapping[str, str] = {
    "again": "tries again",
    "undo": "takes everything back",
    "keep": "leaves it for later",
}
"""What can be said about a run that stopped half-way."""

LEAVE: Mapping[str, str] = {
    "back": "goes to the question before, or leaves; nothing is changed",
    "quit": "leaves; nothing is changed",
}
"""What can be said besides about what becomes of something at an undo."""
UNDO: Mapping[str, str] = {
    "yes": "takes it back, as it stands above",
    "back": "goes to the question before, if there was one; else it leaves",
    "quit": "leaves; nothing is changed",
}
"""What can be said when all is decided of an undo."""


class CheckWish(Exception):
    """The person wants everything on the way looked at, of what a run made."""


def agree_to_undo(session: Session, decided: dict[str, str], ask: Reader | None = None) -> bool:
    """Show what would be taken back and what others have there, ask what is to be decided (into `decided`), and whether
    to go on. Raises CloudError."""
    kept = session.run
    assert kept is not None and kept.plan is not None, "only a confirmed run can be undone"
    say(words.where(session.identity, session.place), err=True)
    if not (theirs := taking_back.to_be_taken_back(kept)):
        say(f"Nothing of {kept.id} is left to take back.", err=True)
        return True
    claims = session.claims()
    say(f"Undo {kept.id}. {taking_back.made(claims)}", err=True)
    for word, what in theirs:
        say(f"  {word:<10}  {what}", err=True)
    if claims:
        say("Others have something there:", err=True)
    for what, why in taking_back.claims(kept, claims):
        say(f"  ! {what}: {why}", err=True)
    stops, ask = session.stops(), ask or reader()
    to_decide = [decision for decision in session.to_decide(claims) if decision.key not in decided]
    at = 0
    try:
        while at >= 0:
            if at < len(to_decide):
                value = _decide(to_decide[at], ask)
                decided |= {to_decide[at].key: value} if value else {}
                at += 1 if value else -1
                continue
            for heading, rows in taking_back.not_brought_back(kept, decided, claims, stops).items():
                say("\n".join([heading, *(f"  {word:<10}  {what}" for word, what in rows)]), err=True)
            unread(err=True)
            match reply := ask("Type yes to undo", "").lower():
                case "yes":
                    return True
                case "?" | "help":
                    explain(UNDO, err=True)
                case "back":
                    at -= 1
                case _:
                    if reply not in ("", "no", "n", "quit", "q"):
                        say(f"“{line(reply)}” is not “yes”.", err=True)
                    return False
    except Quit:
        pass
    return False


def _decide(decision: Decision, ask: Reader) -> str:
    """Ask what becomes of something; its value, or nothing to go back. Nothing counts that was typed before it was
    asked. Raises Quit."""
    say(decision.ask, err=True)
    for word, value in decision.words.items():
        say(f"  {word}: {decision.options[value]}{' [lost for good]' * (value == decision.loses)}", err=True)
    offered = next(word for word, value in decision.words.items() if value == (decision.default or value))
    while True:
        unread(err=True)
        reply = ask(" or ".join(decision.words), offered).lower()
        if reply in decision.words:
            return decision.words[reply]
        match reply:
            case "back":
                return ""
            case "quit" | "q":
                raise Quit
            case "?" | "help":
                explain(
                    {**{word: decision.options[value] for word, value in decision.words.items()}, **LEAVE}, err=True
                )
            case _:
                said = ", ".join(decision.words)
                say(f"“{line(reply)}” is none of these: {said}. “quit” leaves, and nothing is changed.", err=True)


class Conversation:
    """One session, line by line.

    Args:
        session: what is talked about.
        ask: how a reply is read.
        ask_unseen: how one is read that nobody may see.
    """

    def __init__(self, session: Session, ask: Reader, ask_unseen: Unseen = hidden) -> None:
        self.session, self.ask, self.ask_unseen = session, ask, ask_unseen
        self._questions = Questioner(session, ask, ask_unseen)
        self._review = Reviewer(session, ask, self.apply)
        self._handed: Handover | None = None
        self._sign_in = session.cloud.ask = SignInPrompt(say, ask)

    def hold(self) -> int:
        """Ask, review and apply; returns the exit code."""
        session = self.session
        say(f"{session.flow.title}\n{session.flow.summary()}")
        say(words.where(session.identity, session.place))
        if lasts := words.left(session.identity.ends):
            say(f"Sign-in: {lasts}. When it ends, you are asked again and go on from there.")
        say(HELP)
        try:
            while True:
                state = session.state()
                if isinstance(state, Asking):
                    self._questions.put(state)
                elif (code := self._review.put(state.review)) is not None:
                    return code
        except Quit as leaving:
            if session.run:
                say(f"Your answers are kept. Go on with: {words.resume(session.run.id)}")
            return leaving.code

    def apply(self) -> int:
        """Carry it out, and talk about how it ended."""
        session, code = self.session, 0
        try:
            self._ask_again()
        except Quit as leaving:
            say(f"Nothing was sent. Go on with: {words.resume(session.run.id) if session.run else ''}")
            return leaving.code
        problems = self._watch(session.apply)
        run = session.run
        assert run is not None and run.plan is not None
        if run.record.status == "failed":
            return self._after_failure(problems)
        if not self._hand_over():
            return 1
        say(f"Take it back with: {words.undo(run.id)}")
        return code

    def _ask_again(self) -> None:
        """Ask for what the run still sends and nothing keeps. Raises Quit."""
        while withheld := self.session.withheld():
            question = withheld[0]
            say(f"{question.ask} It was given before, and is kept nowhere: {question.form}.")
            unread()
            reply = self.ask_unseen(f"{question.label}, not shown")
            if reply.lower() in ("back", "quit", "exit"):
                raise Quit
            try:
                self.session.give(question.id, Hidden(reply))
            except Refused as refused:
                say(words.problem(refused))

    def _hand_over(self, *, again: bool = False) -> bool:
        """Say what there is now, and whether it works; looked at `again`, also whether anything changed."""
        session, run = self.session, self.session.run
        assert run is not None, "only a run is handed over"
        try:
            handover = session.hand_over()
        except CloudError as problem:
            say(words.problem(problem))
            say(f"Try again with: {words.resume(run.id)}")
            return False
        before, self._handed = self._handed, handover
        say(f"\nDone. {words.not_right(handover)}".rstrip())
        for name, value in handover.outputs.items():
            say(f"  {history.output(name)}: {line(value)}")
        for found in handover.findings:
            say(f"  {words.finding(found)}")
        if handover.files:
            say(f"  Files, which only you can read; they may hold secret keys: {run.folder}")
        for heading, told in (
            ("What to do now", handover.next_steps), ("Done already", handover.done), ("Good to know", handover.notes),
        ):  # fmt: skip
            if told:
                say("\n".join([f"{heading}:", *(f"  {line(each)}" for each in told)]))
        if handover.waiting:
            say(handover.waiting)
        if again:
            say(looking_again.as_of(changed=None if before is None else before != handover))
        return True

    def look_back(self) -> int:
        """What can be done about a run that is done. Raises CheckWish."""
        while True:
            try:
                say("happen lets happen what it waits for.") if self._waits_in_practice else None
                say("check looks whether it works, look says what changed since, undo takes it back, quit leaves.")
                reply = self.ask("What now", "quit")
            except Quit as leaving:
                return leaving.code
            match reply.lower():
                case "check":
                    self._hand_over(again=True)
                case "diagnose" if self.session.flow.check.questions:
                    if self._may_reach():
                        raise CheckWish
                case "look":
                    if (code := self._look()) is not None:
                        return code
                case "happen" if self.session.place.practice:
                    self._let_happen()
                case "undo":
                    return self.undo()
                case "quit" | "q":
                    return 0
                case "?" | "help":
                    explain(OVER)
                case _:
                    say(f"“{line(reply)}” is none of these words.")

    @property
    def _waits_in_practice(self) -> bool:
        run = self.session.run
        return self.session.place.practice and run is not None and run.record.status == "waiting"

    def _may_reach(self) -> bool:
        """Whether the check may do what it does besides reading in AWS, if there is any."""
        reaches = self.session.flow.check.reaches
        if reaches:
            say(f"This check {reaches}.")
        return not reaches or self.ask("yes or no", "no").lower() in ("yes", "y")

    def _let_happen(self) -> None:
        """In practice: what this waits for, and what is then."""
        run = self.session.run
        assert run is not None, "only a run that is done waits for something"
        try:
            told = let_happen(self.session.cloud, run.record.handover.get("outputs", {}))
        except CloudError as problem:
            say(words.problem(problem))
            return
        say(told or "Nothing more happens here by itself.")
        if told:
            self._hand_over()

    def _look(self) -> int | None:
        """Whether it is still as it was left, and what to do about that; the exit code if something was done."""
        session, run = self.session, self.session.run
        assert run is not None, "only a run is looked at"
        seen: set[int] = set()

        def told(event: Event) -> None:
            if words.shared_news(event, seen):
                say(words.event(event))

        try:
            looked = session.look(told)
        except CloudError as problem:
            say(words.problem(problem))
            return None
        say("\n".join(looking_again.looked(run, looked)))
        if not looking_again.not_as_left(looked) or session.place.read_only:
            return None
        able = bool(looking_again.can_be_put_back(session, looked))
        offered = {word: meaning for word, meaning in MOVED.items() if able or word != "put back"}
        while True:
            match self.ask(", ".join(offered), "leave").lower():
                case "put back" if able:
                    again = session.put_back(looked)
                    with closing(again):
                        return Conversation(again, self.ask).hold()
                case "accept":
                    say(looking_again.accepted(session.take_as_it_is(looked), looked))
                    return None
                case "leave" | "back" | "quit" | "q":
                    return None
                case "?" | "help":
                    explain(offered)
                case reply:
                    say(f"“{line(reply)}” is none of these words.")

    def undo(self) -> int:
        """Take it back, and show the receipt."""
        run = self.session.run
        assert run is not None, "only a run is undone"
        decided: dict[str, str] = {}
        try:
            agreed = agree_to_undo(self.session, decided, self.ask)
        except CloudError as problem:
            say(words.problem(problem))
            say(f"Try again with: {handrail('undo', run.id)}")
            return problem.exit_code
        if not agreed:
            say("Nothing was changed.")
            return 0
        told: list[str] = []
        while any(self._signed_in(problem) for problem in self._watch(lambda: self.session.undo(decided), told)):
            say("Going on.")
        receipt = self.session.receipt()
        say("\n".join(taking_back.receipt(receipt, told)))
        if not receipt.complete:
            say(f"Try again with: {words.undo(run.id)}")
        return 0 if receipt.complete else 1

    def _after_failure(self, problems: list[Problem]) -> int:
        run = self.session.run
        assert run is not None and run.plan is not None
        code = outcome.exit_code(run, run.plan, problems) if problems else 130
        if any(self._signed_in(problem) for problem in problems):
            return self.apply()
        if meanwhile := costs.meanwhile(run):
            say(meanwhile)
        if waiting := words.to_do(to_do(run, run.plan), self.session.place):
            say("\n".join(waiting))
        while True:
            try:
                reply = self.ask("again tries again, undo takes everything back, keep leaves it for later", "keep")
            except Quit:
                reply = "keep"
            match reply.lower():
                case "again":
                    return self.apply()
                case "undo":
                    return self.undo()
                case "keep" | "back" | "quit" | "q":
                    say(f"Go on with: {words.resume(run.id)}\nTake it back with: {words.undo(run.id)}")
                    return code
                case "?" | "help":
                    explain(FAILED)
                case _:
                    say(f"“{line(reply)}” is none of these words.")

    def _signed_in(self, problem: Problem) -> bool:
        """Whether all that was wrong was the sign-in, and it is mended."""
        return isinstance(problem, SignInNeeded) and problem.door is not None and self._sign_in(problem)

    def _watch(self, work: Callable[[], Any], taken: list[str] | None = None) -> list[Problem]:
        """Show what happens, a line for each change; Ctrl-C stops before the next call.

        What was taken back is added to `taken`, as it was told.
        """
        problems: list[Problem] = []
        seen: dict[str, str] = {}

        with stoppable(self.session.stop, STOPPING):
            for event in work():
                problems += [event.problem] if event.problem else []
                if words.news(event, seen):
                    say(words.event(event))
                    if event.by_hand:
                        say("\n".join(words.to_do([event.by_hand], self.session.place)))
                if taken is not None and event.kind in taking_back.TAKEN:
                    taken.append(event.sentence)
        return problems
