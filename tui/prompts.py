"""Line prompts: a conversation that reads well on any terminal, in a log and in a screen reader.

Nothing is drawn and nothing is overwritten. How a reply is read, and what a dumb terminal gets, is in `reader`.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import click

import flows
from flows.engine import (
    Asking,
    Choice,
    CloudError,
    Journal,
    Listed,
    Many,
    Picks,
    Place,
    Problem,
    Question,
    Refused,
    Review,
    Run,
    Session,
    SignInNeeded,
    Yes,
    standing,
)  # fmt: skip
from flows.engine.questions import several

from . import batch, exports, history, words
from .arrival import Arrival, LetIn
from .catalogue import Catalogue
from .reader import Quit, Reader, reader, say, unread
from .safe import line, shown

HELP = (
    "Enter takes what is offered. “back” goes back, “?” explains, “refresh” reads the account again, "
    "“quit” leaves and keeps your answers. Nothing is created before you say so."
)
HOME: Mapping[str, str] = {
    "NUMBER, or part of a title": "begins a set-up, or goes on with a draft or run",
    "history": "lists every draft and run",
    "profile": "chooses another AWS profile: who to be",
    "region": "chooses another region: where to work",
    "?": "says this",
    "quit": "leaves; nothing is lost",
}
"""What can be said at home."""
QUESTION: Mapping[str, str] = {
    "back": "goes to the question before; no answer is lost",
    "?": "explains the question",
    "refresh": "reads the account afresh",
    "profile": "moves to another AWS profile; answers are kept",
    "region": "moves to another region; answers are kept",
    "quit": "leaves and keeps your answers",
}
"""What can be said instead of an answer."""
REVIEW: Mapping[str, str] = {
    "yes": "creates it, as the plan says",
    "change KEY": "changes an answer; its key stands in brackets",
    "default KEY": "lets the default count again",
    "show FORM": "shows the plan as a file for somewhere else; the forms are named without one",
    "export FORM FILE": "writes that file; without FILE a name is found",
    "commands": "shows the same as aws commands",
    "permissions": "shows what you must be allowed to do, as an IAM policy",
    "save FILE": "writes an answers file; without FILE a name is found",
    "refresh": "reads the account afresh and checks again",
    "profile": "moves to another AWS profile; answers are kept",
    "region": "moves to another region; answers are kept",
    "back": "goes to the last question",
    "?": "says this",
    "quit": "leaves and keeps your answers",
}
"""What can be said at the review."""
OVER: Mapping[str, str] = {
    "check": "looks once more whether it works, and writes its files again",
    "undo": "takes everything back that this run created",
    "?": "says this",
    "quit": "leaves",
}
"""What can be said about a run that is done."""
FAILED: Mapping[str, str] = {
    "again": "tries again",
    "undo": "takes everything back",
    "keep": "leaves it for later",
}
"""What can be said about a run that stopped half-way."""


class Elsewhere(Exception):
    """The person wants another profile or region, whichever `kind` says, for the draft at hand."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


def explain(words: Mapping[str, str]) -> None:
    """Say what can be said."""
    say("\n".join(f"  {word}: {what}" for word, what in words.items()))


def lets_in() -> LetIn:
    """Signs a person in, at this terminal."""
    return LetIn(say, reader())


def home(place: Place) -> int:
    """Choose a set-up, or a draft or run to go on with."""
    ask, journal = reader(), Journal()
    say("Handrail guides you through AWS set-ups. What would you like to do?\n")
    ways: list[tuple[str, Callable[[], int]]] = []
    for number, flow in enumerate(flows.every(), 1):
        say(f"  {number}  {flow.title}\n     {flow.summary()}")
        ways.append((flow.title, lambda name=flow.id: run(place, name, {}, (), None)))  # type: ignore[misc]
    unfinished = [record for record in journal.records() if record.status in history.UNFINISHED]
    for record in unfinished[:9]:
        title = f"Go on with {history.lines([record])[0]}"
        ways.append((title, lambda record=record: resume(record.place, record.id, ())))  # type: ignore[misc]
        say(f"  {len(ways)}  {title}")
    while True:
        try:
            reply = ask("Number, profile, region, history, or quit", "")
            if reply in ("profile", "region"):
                place = Arrival(say, ask, journal).choose(place, reply)
                say(f"{reply.capitalize()}: {getattr(place, reply)}.")
                continue
            if reply == "history":
                if (code := _history(journal, ask)) is not None:
                    return code
                continue
        except Quit as leaving:
            return leaving.code
        if reply in ("quit", "q", ""):
            return 0
        if reply in ("?", "help"):
            explain(HOME)
            continue
        found = [way for title, way in ways if reply.lower() in title.lower()]
        if reply.isdecimal() and 1 <= int(reply) <= len(ways):
            found = [ways[int(reply) - 1][1]]
        if len(found) == 1:
            return found[0]()
        say(f"“{line(reply)}” is not a number from 1 to {len(ways)}, nor in just one of the titles.")


def _history(journal: Journal, ask: Reader) -> int | None:
    """Every draft and run, newest first, and one of them on wish."""
    records = journal.records()
    if not records:
        say("There are no drafts and no runs yet.")
        return None
    for number, row in enumerate(history.lines(records), 1):
        say(f"  {number:>3}  {row}")
    while (reply := ask("Number, or back", "back")) != "back":
        if reply.isdecimal() and 1 <= int(reply) <= len(records):
            record = records[int(reply) - 1]
            return resume(record.place, record.id, ())
        say(f"“{line(reply)}” is not a number from 1 to {len(records)}.")
    return None


def run(place: Place, flow: str, answers: Mapping[str, Any], accept: Collection[str], save: Path | None) -> int:
    """A new set-up, with some answers perhaps given already."""
    journal, found, ask = Journal(), flows.find(flow), reader()
    try:
        cloud, place = Arrival(say, ask, journal).arrive(place)
    except Quit as leaving:
        return leaving.code
    session = Session(found, cloud, journal, place=place)
    session.accepted |= set(accept)
    if answers:
        session.suggest(answers)
    code, session = _talk(session, journal, ask)
    if save:
        batch.save_answers(save, session.answers())
    return code


def resume(place: Place, run_id: str, accept: Collection[str]) -> int:
    """Go on with a draft or run."""
    journal = Journal()
    kept, ask = journal.run(run_id), reader()
    try:
        cloud, place = Arrival(say, ask, journal).arrive(place)
    except Quit as leaving:
        return leaving.code
    session = Session(flows.find(kept.record.flow), cloud, journal, place=place, run=kept)
    session.settle()
    session.accepted |= set(accept)
    talk = Conversation(session, ask)
    match kept.record.status:
        case "draft":
            return _talk(session, journal, ask)[0]
        case "undoing":
            return talk.undo()
        case "applying" | "failed":
            return talk.apply()
        case "undone":
            say("\n".join(history.details(kept)))
            return 0
        case _:
            say("\n".join(history.details(kept)))
            return talk.look_back()


def _talk(session: Session, journal: Journal, ask: Reader) -> tuple[int, Session]:
    """Ask, review and apply, in another account if the person moves; gives the exit code, and the session at last."""
    while True:
        try:
            return Conversation(session, ask).hold(), session
        except Elsewhere as wish:
            session = _moved(session, journal, ask, wish.kind)


def _moved(session: Session, journal: Journal, ask: Reader, kind: str) -> Session:
    """The same draft in the account that is chosen now, or where it was if that is not to be had."""
    if session.place.practice:
        say("The practice account is the only one there is in practice mode.")
        return session
    arrival = Arrival(say, ask, journal)
    try:
        cloud, place = arrival.arrive(arrival.choose(session.place, kind))
    except Quit:
        return session
    except Problem as problem:
        say(words.problem(problem))
        return session
    said, accepted = session.answers(), session.accepted
    session.close()
    kept = journal.run(session.run.id) if session.run else None
    session = Session(session.flow, cloud, journal, place=place, run=kept)
    session.accepted |= accepted
    session.settle()
    if not kept and said:
        session.suggest(said)
    return session


def agree_to_undo(kept: Run, decided: dict[str, str], ask: Reader | None = None) -> bool:
    """Show what would be taken back, ask what must be decided (into `decided`), and whether to go on."""
    plan = kept.plan
    assert plan is not None, "only a confirmed run can be undone"
    say(f"Undo {kept.id}. This will be taken back:", err=True)
    for action in standing(kept, plan):
        say(f"  - {line(action.undone or action.sentence)}", err=True)
    ask = ask or reader()
    try:
        for decision in plan.decisions:
            if decision.key not in decided:
                say(decision.ask, err=True)
                for value, meaning in decision.options.items():
                    say(f"  {value}: {meaning}", err=True)
                decided[decision.key] = ask(" or ".join(decision.options), decision.default)
        unread()
        return ask("Type yes to undo", "").lower() in ("yes", "y")
    except Quit:
        return False


class Conversation:
    """One session, line by line.

    Args:
        session: what is talked about.
        ask: how a reply is read.
    """

    def __init__(self, session: Session, ask: Reader) -> None:
        self.session, self.ask = session, ask
        self._reviewed: list[str] = []
        self._let_in = session.cloud.ask = LetIn(say, ask)

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
                    self._question(state)
                elif (code := self._review(state.review)) is not None:
                    return code
        except Quit as leaving:
            if session.run:
                say(f"Your answers are kept. Go on with: handrail resume {session.run.id}")
            return leaving.code

    # -- asking ------------------------------------------------------------------------------------------

    def _question(self, state: Asking) -> None:
        question = state.question
        number, of = state.position
        say(f"\n{f'{number} of {of}  ' if number else ''}{question.ask}")
        if state.because:
            say(words.because(state))
        if state.problem:
            say(words.problem(state.problem))
        for caution in state.cautions:
            say(words.caution(caution))
        if state.cautions:
            self._confirm(state)
            return
        reply = self._pick(state) if isinstance(question, Choice | Picks) else self._text(state)
        if reply is not None:
            self.session.answer(reply)
            self._remark(question)

    def _remark(self, question: Question[Any]) -> None:
        for answered in self.session.remarks(question):
            say(words.caution(answered))

    def _confirm(self, state: Asking) -> None:
        caution = state.cautions[0]
        switch = f", “switch” for {caution.switch} instead" if caution.switch else ""
        reply = self._reply(f"Type yes to go on anyway{switch}, or another answer", "", state, offers=False)
        if reply is None:
            return
        if reply.lower() in ("yes", "y"):
            self.session.accept(caution.id)
        elif reply == "switch" and caution.switch:
            self.session.answer(caution.switch)
        elif reply:
            self.session.answer(reply)

    def _text(self, state: Asking) -> str | None:
        start = _as_text(state.said)
        if state.problem and state.problem.suggestion:
            start = state.problem.suggestion
        several = " (separate with commas)" if isinstance(state.question, Many) else ""
        prompt = "yes or no" if isinstance(state.question, Yes) else f"{state.question.label}{several}"
        return self._reply(prompt, start, state)

    def _pick(self, state: Asking) -> object | None:
        offer = state.offer
        assert offer is not None, "a question with options has an offer"
        if offer.listed is not Listed.ITEMS:
            say(shown(offer.way_out))
            return self._reply("An id, or back, refresh or quit", "", state)
        try:
            return self._choose(state, Catalogue(offer))
        except Problem as problem:  # the list could not be read on
            say(words.problem(problem))
            return self._reply("An id, or back, refresh or quit", "", state)

    def _choose(self, state: Asking, catalogue: Catalogue) -> object | None:
        many = isinstance(state.question, Picks)
        chosen = state.said if isinstance(state.said, list) else [state.said]
        marked = {str(key): number for key in chosen if (number := catalogue.place(str(key)))}
        while True:
            self._list(catalogue, marked)
            start = ", ".join(str(number) for number in marked.values())
            prompt = "Numbers or names (separate with commas), or none" if many else "Number, name or part of it"
            reply = self._reply(prompt, start, state)
            if reply is None:
                return None
            if reply == "more" and catalogue.further():
                catalogue.turn()
                continue
            if not (catalogue.whole or reply.isdigit() or not reply):
                say("Reading on…")
            if many:
                return self._several(reply, catalogue)
            found = catalogue.named(reply)
            if found or not reply:
                return found[0].key if len(found) == 1 else reply
            if not catalogue.look_for(reply):
                return reply
            if catalogue.count == 1:
                return catalogue.page()[0].key
            say(f"{catalogue.count} match “{line(reply)}”:")
            marked = {}

    def _several(self, reply: str, catalogue: Catalogue) -> object:
        if reply.lower() in ("none", "[]", ""):
            return []
        if reply.lower() == "all":
            return [option.key for option in catalogue.every()]
        keys: list[str] = []
        for part in (text.strip() for text in reply.split(",")):
            found = catalogue.named(part) or catalogue.containing(part)
            keys.append(found[0].key if len(found) == 1 else part)
        return keys

    def _list(self, catalogue: Catalogue, marked: Collection[str]) -> None:
        for number, option in enumerate(catalogue.page(), catalogue.first + 1):
            mark = "*" if option.key in marked else " "
            hint = line(option.hint.removeprefix(option.label))
            say(f" {mark}{number:>3}  {line(option.label)}  {hint}".rstrip())
        if further := catalogue.further():
            say(f"      {further}: type more, or part of a name")

    def _reply(self, prompt: str, start: str, state: Asking, *, offers: bool = True) -> str | None:
        """A reply that is an answer; None when it was a word for the conversation itself."""
        reply = self.ask(prompt, start)
        while "\n" in reply:  # pasted: none of it may answer what is asked next
            offered = self._at_once(reply, state.question)
            reply = self.ask(prompt, offered if offers else "")
        match reply.lower():
            case "back":
                if not self.session.back():
                    say("This is the first question.")
            case "?" | "help":
                question = state.question
                say(question.why)
                say(f"You can enter {question.allowed()}. Or:")
                explain(QUESTION)
            case "refresh":
                self.session.refresh()
                say("The account is read again.")
            case "profile" | "region" as kind:
                raise Elsewhere(kind)
            case "quit" | "exit":
                raise Quit
            case _:
                return reply
        return None

    def _at_once(self, reply: str, question: Question[Any]) -> str:
        """What of several lines is offered, and said of it."""
        if not isinstance(question, Many | Picks):
            say("Several lines came at once. One is asked for here; the others are left out.")
            return reply.partition("\n")[0]
        entries = several(reply, spaces=isinstance(question, Many))
        say(f"{len(entries)} entries came at once. Enter takes them.")
        return ", ".join(entries)

    # -- reviewing ---------------------------------------------------------------------------------------

    def _review(self, review: Review) -> int | None:
        session = self.session
        told = words.review(session, review)
        if told != self._reviewed:
            self._reviewed = told
            say("\nReview\n" + "\n".join(told))
            for refusal in review.refusals:
                say(f"It cannot be created like this: {words.finding(refusal)}")
        say("yes creates it; change KEY changes an answer; show, export, save make files; back, ?, quit.")
        unread()
        reply = self.ask("What now", "")
        word, _, rest = reply.partition(" ")
        rest = rest.strip()
        try:
            match word.lower():
                case "yes" if review.refusals:
                    say(f"It cannot be created like this: {words.finding(review.refusals[0])}")
                case "yes" if session.place.read_only and review.plan.actions:
                    say("Nothing was created: this is read-only. Leave out --read-only.")
                case "yes":
                    if self._agreed(review) and self._sure():
                        return self.apply()
                case "change":
                    session.revisit(rest)
                case "default":
                    session.use_default(rest)
                case "show" | "commands" | "permissions" | "export":
                    self._export(word.lower(), rest)
                case "save":
                    self._save(exports.answers(session), rest or exports.free(session.flow.id, ".yaml"))
                case "back":
                    session.back()
                case "profile" | "region" as kind:
                    raise Elsewhere(kind)
                case "quit" | "exit":
                    raise Quit
                case "refresh":
                    session.refresh()
                    self._reviewed = []
                case "?" | "help":
                    explain(REVIEW)
                case _:
                    say(f"“{line(reply)}” is none of these words." if reply else "Nothing was created yet.")
        except Refused as problem:
            say(words.problem(problem))
        return None

    def _agreed(self, review: Review) -> bool:
        """Whether there is a conscious yes to everything that needs one."""
        for caution in review.cautions:
            if not caution.confirm or caution.id in self.session.accepted:
                continue
            say(words.caution(caution))
            switch = f", “switch” for {caution.switch} instead" if caution.switch else ""
            reply = self.ask(f"Type yes to go on anyway{switch}", "").lower()
            if reply in ("yes", "y"):
                self.session.accept(caution.id)
                continue
            if reply == "switch" and caution.switch:
                self.session.revisit(caution.key)
                self.session.answer(caution.switch)
            else:
                say("Nothing was created.")
            return False
        return True

    def _export(self, word: str, rest: str) -> None:
        """Show the plan as a file for somewhere else, or write it there."""
        session = self.session
        forms = exports.offered(session.flow)
        name, _, file = {"commands": "cli", "permissions": "policy"}.get(word, rest).partition(" ")
        if name not in forms:
            say(f"“{line(name)}” is no form. {word} goes with:" if name else f"{word} goes with:")
            explain({key: f"{form.title}, {form.about}" for key, form in forms.items()})
            return
        document = forms[name].make(session)
        if word == "export":
            self._save(document, file.strip() or exports.free(session.flow.id, forms[name].ending))
            return
        for note in document.notes:
            say(note)
        click.echo("\n".join(shown(each) for each in document.text.split("\n")))

    def _save(self, document: exports.Document, name: str) -> None:
        for note in document.notes:
            say(note)
        say(f"Written to {exports.save(document, name)}.")

    def _sure(self) -> bool:
        """In an account that looks like production, its name is typed."""
        wanted = words.production_name(self.session.identity, self.session.place)
        if not wanted:
            return True
        unread()
        if self.ask(f"This looks like production. Type {wanted} to go on", "") == wanted:
            return True
        say("That is not its name; nothing was created.")
        return False

    # -- doing -------------------------------------------------------------------------------------------

    def apply(self) -> int:
        """Carry it out, and talk about how it ended."""
        session, code = self.session, 0
        problems = self._watch(session.apply)
        run = session.run
        assert run is not None and run.plan is not None
        if run.record.status == "failed":
            return self._after_failure(problems)
        if not self._hand_over():
            return 1
        say(f"Take it back with: handrail undo {run.id}")
        return code

    def _hand_over(self) -> bool:
        """Say what there is now, and whether it works."""
        session, run = self.session, self.session.run
        assert run is not None, "only a run is handed over"
        try:
            handover = session.hand_over()
        except CloudError as problem:
            say(words.problem(problem))
            say(f"Try again with: handrail resume {run.id}")
            return False
        say("\nDone.")
        for name, value in handover.outputs.items():
            say(f"  {name}: {line(value)}")
        for found in handover.findings:
            say(f"  {words.finding(found)}")
        if handover.files:
            say(f"  Files, with secret keys, only for you: {run.folder}")
        for step in handover.next_steps:
            say(f"  {line(step)}")
        if handover.waiting:
            say(handover.waiting)
        return True

    def look_back(self) -> int:
        """What can be done about a run that is done."""
        while True:
            try:
                reply = self.ask("check looks whether it works, undo takes it back, quit leaves", "quit")
            except Quit as leaving:
                return leaving.code
            match reply.lower():
                case "check":
                    self._hand_over()
                case "undo":
                    return self.undo()
                case "quit" | "q":
                    return 0
                case "?" | "help":
                    explain(OVER)
                case _:
                    say(f"“{line(reply)}” is none of these words.")

    def undo(self) -> int:
        """Take it back, and show the receipt."""
        run = self.session.run
        assert run is not None, "only a run is undone"
        decided: dict[str, str] = {}
        if not agree_to_undo(run, decided, self.ask):
            say("Nothing was changed.")
            return 0
        while any(self._signed_in(problem) for problem in self._watch(lambda: self.session.undo(decided))):
            say("Going on.")
        receipt = self.session.receipt()
        say("\n".join(words.receipt(receipt)))
        if not receipt.complete:
            say(f"Try again with: handrail undo {run.id}")
        return 0 if receipt.complete else 1

    def _after_failure(self, problems: list[Problem]) -> int:
        run = self.session.run
        assert run is not None and run.plan is not None
        code = batch.exit_code(run, run.plan, problems) if problems else 130
        if any(self._signed_in(problem) for problem in problems):
            return self.apply()
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
                case "keep":
                    say(f"Go on with: handrail resume {run.id}\nTake it back with: handrail undo {run.id}")
                    return code
                case "?" | "help":
                    explain(FAILED)
                case _:
                    say(f"“{line(reply)}” is none of these words.")

    def _signed_in(self, problem: Problem) -> bool:
        """Whether all that was wrong was the sign-in, and it is mended."""
        return isinstance(problem, SignInNeeded) and problem.door is not None and self._let_in(problem)

    def _watch(self, work: Callable[[], Any]) -> list[Problem]:
        """Show what happens, a line for each change; Ctrl-C stops before the next call."""
        problems: list[Problem] = []
        seen: dict[str, str] = {}

        def stop(number: int, frame: object) -> None:
            self.session.stop()
            say("Stopping after the calls that are under way…")

        before = signal.signal(signal.SIGINT, stop)
        try:
            for event in work():
                problems += [event.problem] if event.problem else []
                if words.news(event, seen):
                    say(words.event(event))
        finally:
            signal.signal(signal.SIGINT, before)
        return problems


def _as_text(said: object) -> str:
    if said is None:
        return ""
    return ", ".join(str(item) for item in said) if isinstance(said, list | tuple) else str(said)
