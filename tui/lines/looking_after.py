"""Looking after what exists, by lines: which kind of trouble, which thing, and what was found; and small tasks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import flows
from flows.engine import Cloud, Event, Journal, Place, Problem, Session
from flows.engine.board import Board
from flows.engine.checking import Checking
from flows.engine.clock import RealClock
from flows.engine.cloud import Offline
from flows.engine.questionnaire import Questionnaire
from flows.engine.repair import ALL, READ_ONLY, repair
from flows.engine.repair import chosen as chosen_repairs
from flows.engine.shell import next_steps
from flows.engine.task import Surroundings, Task
from flows.engine.verdict import Status, Verdict, verdict
from flows.tasks import TASKS, WORDS, find

from .. import looking_again, outcome, verdicts, words
from ..described import described
from ..safe import line
from ..set_up_from import set_up_from
from ..signals import stoppable
from ..telling import say
from .conversation import Conversation
from .question import PlaceChange, Questioner, ToTheList
from .reading import Quit, Reader, explain, reader
from .sign_in import AccountOpener, SignInPrompt

Way = tuple[str, str, Callable[[], int]]
"""What is in a list: its line, what else people look for who mean it, and how it is begun."""
EVERYTHING = "Everything in this region"
HELP = "It only reads. “back” goes back, “?” explains, “refresh” reads the account again, “quit” leaves."
KINDS: Mapping[str, str] = {
    "NUMBER, or part of a line": "begins that check",
    "?": "says this",
    "quit": "leaves",
}
"""What can be said to the list of checks, and to that of tasks."""
FOUND: Mapping[str, str] = {
    "again": "looks once more, now",
    "other": "looks at another one",
    "show": "the thing that it is because of, as AWS describes it; “show 3”: that of the third of what was found",
    "further": "does also what is more than reading in AWS, such as fetching a few pages of a site",
    "fix": "mends what can be mended: the plan is shown first; “fix ID” only that",
    "undo": "takes back what was mended",
    "make": "begins the set-up that would make it right, with what is known answered",
    "?": "says this",
    "quit": "leaves",
}
"""What can be said to what was found."""
BOARD: Mapping[str, str] = {
    "NUMBER": "tells all that was found of that one",
    "again": "looks once more, now",
    "?": "says this",
    "quit": "leaves",
}
"""What can be said to the board."""


def kinds(place: Place) -> int:
    """The list of checks, and the one that is chosen; the exit code."""
    return chosen("What does not work?", checks(place), reader())


def checks(place: Place) -> list[Way]:
    """Everything at once, then each check, by the trouble that it is for."""
    every: Way = (EVERYTHING, "all, health, board", partial(everything, place))
    return [every] + [
        (title, looked_for, partial(check, place, name, {})) for name, (title, looked_for) in flows.CHECKS.items()
    ]


def chosen(question: str, ways: Sequence[Way], ask: Reader) -> int:
    """A list, and what is chosen from it by its number, or by a part of a line or of what people look for."""
    say(question)
    listed(ways, range(len(ways)))
    while True:
        try:
            reply = ask("Number, or part of a line, or quit", "")
        except Quit as leaving:
            return leaving.code
        match reply.lower():
            case "" | "quit" | "q" | "back":
                return 0
            case "?" | "help":
                explain(KINDS)
            case _:
                if (way := the_one(reply, ways)) and (code := begun(way)) is not None:
                    return code
                if way:
                    listed(ways, range(len(ways)))


def begun(way: Callable[[], int]) -> int | None:
    """What it ends with; None where the person comes back from its first question."""
    try:
        return way()
    except ToTheList:
        return None


def listed(ways: Sequence[Way], which: Iterable[int]) -> None:
    """Some of a list, each with its number."""
    for place in which:
        say(f"  {place + 1:>2}  {ways[place][0]}")


def the_one(reply: str, ways: Sequence[Way]) -> Callable[[], int] | None:
    """What a number, a part of a line, or else what people look for means; says so where that is not just one."""
    if reply.isdecimal() and 1 <= int(reply) <= len(ways):
        return ways[int(reply) - 1][2]
    part = reply.lower()
    if part in flows.SET_UPS and (named := [way for _, looked_for, way in ways if looked_for.startswith(f"{part} ")]):
        return named[0]
    found = [place for place, (title, _, _) in enumerate(ways) if part in title.lower()]
    found = found or [
        place
        for place, (title, looked_for, _) in enumerate(ways)
        if all(word in f"{title} {looked_for}".lower() for word in part.split())
    ]
    if len(found) == 1:
        return ways[found[0]][2]
    say(f"{len(found)} match “{line(reply)}”:" if found else f"None match “{line(reply)}”.")
    listed(ways, found)
    return None


# -- one thing ---------------------------------------------------------------------------------------------------


def check(place: Place, flow: str, given: Mapping[str, str]) -> int:
    """Ask which one, as far as it is not `given`, and tell what was found; the exit code. Raises Problem, ToTheList."""
    made, ask = flows.find(flow), reader()
    opener = AccountOpener(say, ask, Journal())
    try:
        cloud, place = opener.open(place)
        say(f"{made.check.title}\n{made.check.summary()}")
        while True:
            say(words.where(cloud.identity, place))
            try:
                return CheckConversation(Checking(made, cloud, place), ask).hold(given)
            except PlaceChange as wish:
                cloud, place = elsewhere(opener, cloud, place, wish.kind)
    except Quit as leaving:
        return leaving.code


def elsewhere(opener: AccountOpener, cloud: Cloud, place: Place, kind: str) -> tuple[Cloud, Place]:
    """Another profile or region, or the same where that is not to be had."""
    if place.practice:
        say("The practice account is the only one there is in practice mode.")
        return cloud, place
    try:
        return opener.open(opener.choose(place, kind))
    except Problem as problem:
        say(words.problem(problem))
        return cloud, place


def asked(questions: Questionnaire[Any], ask: Reader) -> None:
    """Ask until nothing is left to ask. Raises Quit, PlaceChange and ToTheList."""
    questions.cloud.ask = SignInPrompt(say, ask)
    questioner = Questioner(questions, ask)
    while state := questions.asking():
        questioner.put(state)


class CheckConversation:
    """One check, line by line.

    Args:
        checking: what is asked and looked at.
        ask: how a reply is read.
    """

    def __init__(self, checking: Checking, ask: Reader) -> None:
        self.checking, self.ask = checking, ask
        self.told: Verdict | None = None
        self._mended: Session | None = None
        self._held = ExitStack()

    def hold(self, given: Mapping[str, str]) -> int:
        """Ask, look, and talk about what was found; the exit code is that of the last look. Raises Problem."""
        self.checking.suggest(given)
        say(HELP)
        with self._held:  # whatever was mended here may be driven by others afterwards
            asked(self.checking, self.ask)
            told = self.look()
            try:
                return self._talk(told)
            except Quit as leaving:
                return leaving.code or _code(self.told)

    def _talk(self, told: Verdict | None) -> int:
        """What can be done about what was found. Raises Quit."""
        while True:
            self.told = told
            reply = self.ask("again, other, show, fix, make, or quit", "quit")
            match reply.lower().split():
                case ["quit" | "q"]:
                    return _code(told)
                case ["again"]:
                    before, told = told, self.look(again=True)
                    say(looking_again.as_of(changed=told != before))
                case ["other" | "back"]:
                    self.checking.revisit(self.checking.flow.questions[0].id)
                    asked(self.checking, self.ask)
                    told = self.look()
                case ["show", *which]:
                    self.show(told, "".join(which))
                case ["further"]:
                    self.checking.suggest(self.checking.further())
                    told = self.look(again=True)
                case ["fix", *_]:
                    told = self.mend(told, reply.split()[1:])
                case ["undo"]:
                    told = self.take_back(told)
                case ["make"]:
                    return self.make(told)
                case ["?" | "help"]:
                    made = self.checking.made
                    explain(FOUND, verdicts.checked(made, told, self.checking.place) if told else (), made.id)
                case _:
                    say(f"“{line(reply)}” is none of these words.")

    def make(self, told: Verdict | None) -> int:
        """Begin the set-up that would make it right; its exit code."""
        flow, answers = set_up_from(told or verdict(()), self.checking)
        session = Session(flows.find(flow), self.checking.account, Journal(), place=self.checking.place)
        self._held.callback(session.close)
        session.suggest(answers)
        return Conversation(session, self.ask).hold()

    def show(self, told: Verdict | None, which: str) -> None:
        """The thing that something found is about, as AWS described it when it was read."""
        found = verdicts.cause_first(told) if told else []
        number = int(which) if which.isdecimal() and len(which) < 6 else 1
        if not 1 <= number <= len(found):
            say(f"{len(found)} things were found; there is none with the number {number}.")
            return
        one = found[number - 1]
        say(words.finding(one))
        answers = list(described(one, self.checking.cloud))
        for call, lines in answers:
            say(f"{call.operation.partition('.')[2]}:\n" + "\n".join(f"  {each}" for each in lines))
        if not answers:
            say("No single answer of AWS says that.")

    def mend(self, before: Verdict | None, ids: Sequence[str]) -> Verdict | None:
        """Mend what was found, by a plan that is reviewed first, and look once more; what is found then."""
        checking = self.checking
        if checking.place.read_only:
            say(READ_ONLY)
            return before
        try:
            wanted = chosen_repairs(before.findings if before else (), ids or [ALL])
            if not wanted:
                say("There is nothing that could be mended from here.")
                return before
            made = repair(checking.made, checking.subject(), wanted)
            session = Session(made, checking.account, Journal(), place=checking.place)
            self._held.callback(session.close)
            Conversation(session, self.ask).hold()
        except Problem as problem:
            say(words.problem(problem))
            return before
        if session.run is None or session.run.plan is None:
            return before  # it was not agreed to
        self._mended = session
        return self._beside(before)

    def take_back(self, before: Verdict | None) -> Verdict | None:
        """Take back what was mended here, and look once more."""
        if self._mended is None:
            say("Nothing was mended here. What was mended earlier is in: handrail runs")
            return before
        Conversation(self._mended, self.ask).undo()
        return self._beside(before)

    def _beside(self, before: Verdict | None) -> Verdict | None:
        after = self.look(again=True)
        if before and after:
            say(f"\nBefore: {verdicts.verdict(before)}\nNow: {verdicts.verdict(after)}")
        return after

    def look(self, *, again: bool = False) -> Verdict | None:
        """Look, and tell what was found; None if that could not be done."""
        say("Looking…")
        try:
            told = self.checking.look(again=again)
        except Problem as problem:
            say(words.problem(problem))
            return None
        told = verdicts.done_by(told, self.checking.further(), "say “further”")
        say("\n" + "\n".join(verdicts.checked(self.checking.made, told, self.checking.place)))
        return told


def _code(told: Verdict | None) -> int:
    return outcome.of_check(told.status if told else Status.UNKNOWN)


# -- everything --------------------------------------------------------------------------------------------------


def everything(place: Place) -> int:
    """Everything in the region, and whatever is opened of it; the exit code. Raises Problem."""
    ask = reader()
    try:
        cloud, place = AccountOpener(say, ask, Journal()).open(place)
        say(words.where(cloud.identity, place))
        reaching = not place.read_only and _agreed(ask)
        while True:
            seen = Board(flows.every(), cloud, place, reaching=reaching)
            with stoppable(seen.stop, "Stopping; what is known is kept…") as interrupted:
                for row in seen.look():
                    say(f"{len(seen.rows)} of {seen.found}  {verdicts.row(row)}")
            if not _opened(seen, ask):
                return 130 if interrupted else outcome.of_check(seen.status)
    except Quit as leaving:
        return leaving.code


def _agreed(ask: Reader) -> bool:
    say("Everything is read only. May it also send a command to each machine, which changes nothing, and fetch pages?")
    return ask("yes or no", "no").lower() in ("yes", "y")


def _opened(seen: Board, ask: Reader) -> bool:
    """The board, and what is opened of it; whether to look once more."""
    rows = seen.sorted()
    lines = verdicts.board(seen)
    say("\n" + lines[0])
    for number, each in enumerate(rows, 1):
        say(f"  {number:>3}  {verdicts.row(each)}")
    for rest in lines[1 + len(rows) :]:
        say(rest)
    while True:
        try:
            reply = ask("Number, again, or quit", "quit")
        except Quit:
            return False
        if reply.isdecimal() and 1 <= int(reply) <= len(rows):
            row = rows[int(reply) - 1]
            say("\n" + "\n".join(verdicts.checked(flows.find(row.flow), row.verdict, seen.place)))
            continue
        match reply.lower():
            case "quit" | "q" | "back":
                return False
            case "again":
                return True
            case "?" | "help":
                explain(BOARD, verdicts.board(seen))
            case _:
                say(f"“{line(reply)}” is not a number from 1 to {len(rows)}.")


# -- small tasks -------------------------------------------------------------------------------------------------


def tasks(place: Place) -> int:
    """The list of small tasks, and the one that is chosen; the exit code."""
    return chosen("Which task?", small_tasks(place), reader())


def small_tasks(place: Place) -> list[Way]:
    """Each task, and how it is begun."""
    return [(summary, f"{name}, {WORDS[name]}", partial(task, place, name)) for name, summary in TASKS.items()]


def task(place: Place, name: str) -> int:
    """Ask what a task takes, do it, and tell how it ended; its exit code. Raises Problem and ToTheList."""
    ask, found = reader(), find(name)
    opener = AccountOpener(say, ask, Journal())
    try:
        cloud, place = opener.open(place) if found.account else (Offline(), place)
        say(f"{found.asks.title}\n{found.summary()}")
        while True:
            if found.account:
                say(words.where(cloud.identity, place))
            questions = Questionnaire(found.asks, cloud)
            try:
                asked(questions, ask)
                return performed(found, questions.given(), cloud, place)
            except PlaceChange as wish:
                cloud, place = elsewhere(opener, cloud, place, wish.kind)
    except Quit as leaving:
        return leaving.code


def performed(found: Task, given: Mapping[str, str], cloud: Cloud, place: Place) -> int:
    """Do a task; its exit code. Raises Problem."""
    stop, seen = threading.Event(), dict[str, str]()

    def tell(event: Event) -> None:
        if words.news(event, seen):
            say(words.event(event))

    around = Surroundings(cloud, tell, stop, RealClock())
    with stoppable(stop.set, "Stopping; what was changed is put back first…") as interrupted:
        ended = found.perform(given, around)
    for each in words.ending(ended):
        say(each)
    for step in next_steps(ended.next_steps, place):
        say(line(step))
    return 130 if interrupted else ended.code
