"""One question, asked by lines: how it is put, how a reply to it is understood, and what else can be said to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flows.accounts import load_behind
from flows.engine import Asking, Choice, Hidden, Listed, Many, Picks, Problem, Question, SecretText, Text, Yes
from flows.engine.pasted_lists import joined, several
from flows.engine.questionnaire import Questionnaire
from flows.engine.questions import NONE
from flows.engine.shell import handrail, placed

from .. import words
from ..safe import line, shown
from ..telling import say
from ..ways_out import in_this_face, set_up_instead
from .options import Catalogue
from .reading import Quit, Reader, Unseen, explain, hidden, unread

QUESTION: Mapping[str, str] = {
    "back": "goes to the question before, from the first to what can be begun; no answer is lost",
    "?": "explains the question",
    "example": "offers what stands behind “for example”",
    NONE: "leaves it empty; in quotes, “none” is the word itself",
    "refresh": "reads the account afresh",
    "profile": "moves to another AWS profile; answers are kept",
    "region": "moves to another region; answers are kept",
    "quit": "leaves and keeps your answers",
}
"""What can be said instead of an answer, `none` only where nothing is an answer, too."""
QUOTES = "\"'“”„‘’«»"
"""What people put around a word that is meant as it stands."""


class PlaceChange(Exception):
    """The person wants another profile or region, whichever `kind` says, for the draft at hand."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


class ToTheList(Exception):
    """The person goes back from the first question: to the list from which this was begun."""


class Questioner:
    """Puts the questions of a session, a check or a task.

    Args:
        session: who is told the answers.
        ask: how a reply is read.
        ask_unseen: how one is read that nobody may see.
    """

    def __init__(self, session: Questionnaire[Any], ask: Reader, ask_unseen: Unseen = hidden) -> None:
        self.session, self.ask, self.ask_unseen = session, ask, ask_unseen

    def put(self, state: Asking) -> None:
        """Ask it, and take the answer. Raises Quit, PlaceChange and ToTheList."""
        question = state.question
        where = words.position(state)
        say(f"\n{f'{where}  ' if where else ''}{question.ask}")
        if state.because:
            say(words.because(state))
        if state.problem:
            say(words.problem(state.problem))
        for caution in state.cautions:
            say(words.caution(caution))
        unread()
        if state.cautions:
            self._confirm(state)
            return
        match question:
            case SecretText():
                reply: object | None = self._secret(state, question)
            case Choice() | Picks():
                reply = self._pick(state)
            case _:
                reply = self._text(state)
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
            self.session.answer(meant(reply, state.question))

    def _text(self, state: Asking) -> str | None:
        question = state.question
        start = (state.problem.suggestion if state.problem else "") or joined(state.said)
        several = " (separate with commas)" if isinstance(question, Many) else ""
        prompt = "yes or no" if isinstance(question, Yes) else f"{question.label}{several}"
        catalogue = None
        if state.offer is not None and state.offer.listed is Listed.ITEMS:
            catalogue, prompt = Catalogue(state.offer), f"{prompt}, or a number"
            self._list(catalogue, {start})
        else:
            self._nothing(state)
        if question.example and not start:
            say(f"For example {question.example}")
        reply = self._reply(prompt, start, state)
        while catalogue is not None and reply == "more" and catalogue.further():
            catalogue.turn()
            self._list(catalogue, {start})
            reply = self._reply(prompt, start, state)
        if reply == "example" != start and question.example:
            reply = self._reply(prompt, question.example, state)
        reply = reply and meant(reply, question)
        if catalogue is not None and reply and reply != start:
            found = catalogue.exact(reply) or catalogue.named(reply)
            reply = found[0].key if len(found) == 1 else reply
        return reply

    def _secret(self, state: Asking, question: SecretText) -> object | None:
        keep = "; Enter keeps what was given" if state.said else ""
        say(f"It looks like this: {question.form}.")
        reply = self._reply(f"{question.label}, not shown{keep}", "", state, ask=lambda at, _: self.ask_unseen(at))
        return state.said if state.said and not reply else reply if reply is None else Hidden(reply)

    def _nothing(self, state: Asking) -> None:
        """Say why there is nothing to choose from, unless what was refused just now said so."""
        told = "" if state.problem is None else words.problem(state.problem)
        if state.offer is not None and (why := shown(state.offer.way_out)) and why not in told:
            say(in_this_face(why, "say “region”", self.session.place))
        if name := set_up_instead(self.session, state):
            say(f"Set one up: {placed(handrail('run', name), self.session.place)}")

    def _pick(self, state: Asking) -> object | None:
        offer = state.offer
        assert offer is not None, "a question with options has an offer"
        if offer.listed is not Listed.ITEMS:
            self._nothing(state)
            return self._by_id(state)
        try:
            return self._choose(state, Catalogue(offer))
        except Problem as problem:  # the list could not be read on
            say(words.problem(problem))
            return self._by_id(state)

    def _by_id(self, state: Asking) -> str | None:
        none = f", {NONE}" if state.question.may_be_empty else ""
        reply = self._reply(f"An id{none}, or back, refresh or quit", "", state)
        return reply and meant(reply, state.question)

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
                return self._several(meant(reply, state.question), catalogue)
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
        if reply in ("[]", ""):
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

    def _reply(
        self, prompt: str, start: str, state: Asking, *, offers: bool = True, ask: Reader | None = None
    ) -> str | None:
        """A reply that is an answer; None when it was a word for the conversation itself."""
        load_behind()
        reply = (ask or self.ask)(prompt, start)
        while "\n" in reply:  # pasted: none of it may answer what is asked next
            offered = self._at_once(reply, state.question)
            reply = self.ask(prompt, offered if offers else "")
        if any(reply.lower() == option.key for option in getattr(state.question, "written", ())):
            return reply.lower()  # an option that is called like one of the words for the conversation
        match reply.lower():
            case "back":
                if not self.session.back():
                    raise ToTheList
            case "?" | "help":
                question = state.question
                say(question.why)
                say(f"You can enter {question.allowed()}. Or:")
                said = {word: what for word, what in QUESTION.items() if word != NONE or question.may_be_empty}
                explain(said, _texts(state), self.session.flow.id)
            case "refresh":
                self.session.refresh()
                say("The account is read again.")
            case "profile" | "region" as kind:
                raise PlaceChange(kind)
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


def meant(reply: str, question: Question[Any]) -> str:
    """What a reply says: `none` is nothing where something is typed or picked, and in quotes a word like any other."""
    if reply.lower() == NONE and isinstance(question, Text | Many | Picks):
        if not question.may_be_empty:
            say(f"“{NONE}” is nothing here; in quotes it is the word itself.")
        return ""
    bare = reply.strip(QUOTES)
    return bare if bare.lower() == NONE else reply


def _texts(state: Asking) -> list[str]:
    """What stands there when this is asked."""
    question = state.question
    written = question.written if isinstance(question, Choice | Picks) else ()
    cautions = (caution.message for caution in state.cautions)
    return [question.ask, question.why, *(option.label for option in written), *cautions]
