"""Line prompts: a conversation that reads well on any terminal, in a log and in a screen reader.

Nothing is drawn and nothing is overwritten. A capable terminal edits each reply with questionary; a dumb one
(or one under test) gives plain lines, and then not a single control character is sent.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
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

from . import batch, history, words
from .arrival import Arrival, LetIn
from .catalogue import Catalogue
from .safe import line, shown

HELP = (
    "Enter takes what is offered. “back” goes back, “?” explains, “refresh” reads the account again, "
    "“quit” leaves and keeps your answers. Nothing is created before you say so."
)
Reader = Callable[[str, str], str]


class Quit(Exception):
    """The person wants to leave. `code` is how the command ends."""

    code = 0


class Interrupted(Quit):
    """The person pressed Ctrl-C."""

    code = 130


def say(text: str, *, err: bool = False) -> None:
    """Tell something. On a terminal, lines break between words, and what continues a line stands under it."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        width = max(shutil.get_terminal_size().columns, 20)
        text = "\n".join(_broken(each, width) for each in text.split("\n"))
    click.echo(text, err=err)


def _broken(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    indent = " " * min(len(text) - len(text.lstrip()) + 2, width // 2) if text.startswith(" ") else ""
    return textwrap.fill(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )  # fmt: skip


def reader() -> Reader:
    """How this terminal is read: prompt in, reply out. Raises Quit at Ctrl-C and at the end of input."""

    def plain(prompt: str, start: str) -> str:
        try:
            return input(f"{prompt} [{line(start)}]: " if start else f"{prompt}: ").strip() or start
        except EOFError:
            say("")
            raise Quit from None
        except KeyboardInterrupt:
            say("")
            raise Interrupted from None

    def editing(prompt: str, start: str) -> str:
        import questionary

        try:
            return str(questionary.text(f"{prompt}:", default=start, qmark=">").unsafe_ask()).strip()
        except EOFError:
            raise Quit from None
        except KeyboardInterrupt:
            raise Interrupted from None

    return plain if os.environ.get("TERM", "dumb") in ("dumb", "") else editing


def lets_in() -> LetIn:
    """Signs a person in, at this terminal."""
    return LetIn(say, reader())


def home(place: Place) -> int:
    """Choose a set-up, or a draft or run to go on with."""
    ask, journal = reader(), Journal()
    say("Handrail guides you through AWS set-ups. What would you like to do?\n")
    ways: list[Callable[[], int]] = []
    for number, flow in enumerate(flows.every(), 1):
        say(f"  {number}  {flow.title}\n     {flow.summary()}")
        ways.append(lambda name=flow.id: run(place, name, {}, (), None))  # type: ignore[misc]
    unfinished = [r for r in journal.records() if r.status in ("draft", "applying", "failed")]
    for number, record in enumerate(unfinished[:9], len(ways) + 1):
        say(f"  {number}  Go on with {history.lines([record])[0]}")
        ways.append(lambda r=record: resume(r.place, r.id, ()))  # type: ignore[misc]
    while True:
        try:
            reply = ask("Number, profile, region, or quit", "")
            if reply in ("profile", "region"):
                place = Arrival(say, ask, journal).choose(place, reply)
                say(f"{reply.capitalize()}: {getattr(place, reply)}.")
                continue
        except Quit as leaving:
            return leaving.code
        if reply in ("quit", "q", ""):
            return 0
        if reply.isdigit() and 1 <= int(reply) <= len(ways):
            return ways[int(reply) - 1]()
        say(f"“{shown(reply)}” is not a number from 1 to {len(ways)}.")


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
    code = Conversation(session, ask).hold()
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
            return talk.hold()
        case "undoing":
            return talk.undo()
        case "applying" | "failed":
            return talk.apply()
        case _:
            say("\n".join(history.details(kept)))
            return 0


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
        reply = self._reply(f"Type yes to go on anyway{switch}, or another answer", "", state)
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
            say(f"{catalogue.count} match “{shown(reply)}”:")
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

    def _reply(self, prompt: str, start: str, state: Asking) -> str | None:
        """A reply that is an answer; None when it was a word for the conversation itself."""
        reply = self.ask(prompt, start)
        match reply.lower():
            case "back":
                if not self.session.back():
                    say("This is the first question.")
            case "?" | "help":
                question = state.question
                say(question.why)
                say(f"You can enter {question.allowed()}.\n{HELP}")
            case "refresh":
                self.session.refresh()
                say("The account is read again.")
            case "quit" | "exit":
                raise Quit
            case _:
                return reply
        return None

    # -- reviewing ---------------------------------------------------------------------------------------

    def _review(self, review: Review) -> int | None:
        session = self.session
        open_ = [c for c in review.cautions if c.confirm and c.id not in session.accepted]
        told = words.review(session, review)
        if told != self._reviewed:
            self._reviewed = told
            say("\nReview\n" + "\n".join(told))
            for refusal in review.refusals:
                say(f"It cannot be created like this: {words.finding(refusal)}")
            for caution in open_:
                say(words.caution(caution))
        say("yes creates it; change KEY changes an answer; commands, permissions, save FILE, back, quit.")
        reply = self.ask("What now", "")
        word, _, rest = reply.partition(" ")
        match word.lower():
            case "yes" if review.refusals:
                say(f"It cannot be created like this: {words.finding(review.refusals[0])}")
            case "yes" if session.place.read_only and review.plan.actions:
                say("Nothing was created: this is read-only. Leave out --read-only.")
            case "yes":
                if self._sure():
                    for caution in open_:
                        session.accept(caution.id)
                    return self.apply()
            case "change":
                try:
                    session.revisit(rest.strip())
                except Refused as problem:
                    say(words.problem(problem))
            case "commands":
                from flows.export.cli import script

                title, region = session.flow.title, session.identity.region
                click.echo(script(review.plan, flow=session.flow.id, title=title, region=region))
            case "permissions":
                say("\n".join(review.permissions))
            case "save":
                self._save(Path(rest.strip() or f"{session.flow.id}.yaml"))
            case "back":
                session.back()
            case "quit" | "exit":
                raise Quit
            case "refresh":
                session.refresh()
                self._reviewed = []
            case "?" | "help":
                say(HELP)
            case _:
                say(f"“{shown(reply)}” is none of these words." if reply else "Nothing was created yet.")
        return None

    def _sure(self) -> bool:
        """In an account that looks like production, its name is typed."""
        wanted = words.production_name(self.session.identity, self.session.place)
        if not wanted:
            return True
        if self.ask(f"This looks like production. Type {wanted} to go on", "") == wanted:
            return True
        say("That is not its name; nothing was created.")
        return False

    def _save(self, path: Path) -> None:
        try:
            batch.save_answers(path, self.session.answers())
            say(f"Written to {path}.")
        except Problem as problem:
            say(words.problem(problem))

    # -- doing -------------------------------------------------------------------------------------------

    def apply(self) -> int:
        """Carry it out, and talk about how it ended."""
        session, code = self.session, 0
        problems = self._watch(session.apply)
        run = session.run
        assert run is not None and run.plan is not None
        if run.record.status == "failed":
            return self._after_failure(problems)
        try:
            handover = session.hand_over()
        except CloudError as problem:
            say(words.problem(problem))
            say(f"Try again with: handrail resume {run.id}")
            return 1
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
        say(f"Take it back with: handrail undo {run.id}")
        return code

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
                case _:
                    say(f"“{shown(reply)}” is none of these words.")

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
