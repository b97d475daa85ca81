"""The review, by lines: what would be done, what can be said to it, and what must be agreed to before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from flows.engine import Refused, Review, Session
from flows.engine.drawing import answered, draw, sentences

from .. import exports, words
from ..safe import line, shown
from ..telling import say
from .question import PlaceChange
from .reading import Quit, Reader, explain, unread

REVIEW: Mapping[str, str] = {
    "yes": "does it, as the plan says",
    "change KEY": "changes an answer; its key stands in brackets, and its name does as well",
    "default KEY": "lets the default count again",
    "show FORM": "shows the plan as a file for somewhere else; the forms are named without one",
    "export FORM FILE": "writes that file; without FILE a name is found",
    "picture": "says what will be there, and how it hangs together",
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


class Reviewer:
    """Puts the review of one session, as often as it takes.

    Args:
        session: whose plan it is.
        ask: how a reply is read.
        apply: carries the plan out; gives the exit code.
    """

    def __init__(self, session: Session, ask: Reader, apply: Callable[[], int]) -> None:
        self.session, self.ask, self._apply = session, ask, apply
        self._told: list[str] = []

    def put(self, review: Review) -> int | None:
        """Show it, do what is said to it; gives the exit code once it is carried out. Raises Quit and PlaceChange."""
        session = self.session
        told = words.review(session, review)
        if told != self._told:
            self._told = told
            say("\nReview\n" + "\n".join(told))
            for refusal in review.refusals:
                say(f"It cannot be done like this: {words.finding(refusal)}")
        change = "change KEY changes an answer; " if session.flow.questions else ""
        say(f"yes does it; {change}show, export, save make files; back, ?, quit.")
        unread()
        reply = self.ask("What now", "")
        word, _, rest = reply.partition(" ")
        rest = rest.strip()
        try:
            match word.lower():
                case "yes" | "apply" if review.refusals:
                    say(f"It cannot be done like this: {words.finding(review.refusals[0])}")
                case "yes" | "apply" if session.place.read_only and review.plan.actions:
                    say("Nothing was created: this is read-only. Leave out --read-only.")
                case "yes" | "apply":
                    if self._agreed(review) and self._sure():
                        return self._apply()
                case "change":
                    session.revisit(self._key(rest), aside=True)
                case "default":
                    session.use_default(self._key(rest))
                case "show" | "commands" | "permissions" | "export":
                    self._export(word.lower(), rest)
                case "picture":
                    self._picture(review)
                case "save":
                    self._save(exports.answers(session), rest or exports.free(session.flow.id, ".yaml"))
                case "back":
                    session.back()
                case "profile" | "region" as kind:
                    raise PlaceChange(kind)
                case "quit" | "exit":
                    raise Quit
                case "refresh":
                    session.refresh()
                    self._told = []
                case "?" | "help":
                    explain(REVIEW, self._told, session.flow.id)
                case _:
                    say(f"“{line(reply)}” is none of these words." if reply else "Nothing was created yet.")
        except Refused as problem:
            say(words.problem(problem))
        return None

    def _key(self, said: str) -> str:
        """The key of the answer that is meant: a question is asked by its name, and who was asked knows that."""
        questions = self.session.flow.questions
        named = [each.id for each in questions if each.label.casefold() == said.casefold()]
        return named[0] if len(named) == 1 and said not in {each.id for each in questions} else said

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

    def _picture(self, review: Review) -> None:
        """What will be there, a sentence for each thing and each link."""
        picture = self.session.flow.picture
        if picture is None:
            say("There is no picture of this.")
            return
        for sentence in sentences(draw(picture, answered(review.answers), plan=review.plan)):
            say(line(sentence))

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
