"""Getting into an account by line prompts: choosing a profile and a region, and signing in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flows.accounts import sign_in
from flows.engine import (
    Cloud,
    Habits,
    Journal,
    Listed,
    NoAccess,
    NotChosen,
    Offer,
    Option,
    Place,
    Problem,
    Record,
    SignInNeeded,
    Unplaced,
    Way,
)  # fmt: skip
from flows.engine.run_place import again

from .. import places, words
from ..places import PlaceOption
from ..safe import line, shown
from .options import Catalogue
from .reading import Quit, Reader

Say = Callable[[str], None]
OTHERWISE = {
    "again": "tries again, after you changed something",
    "profile": "chooses another AWS profile",
    "practise": "goes on in a simulated account; no AWS account is needed",
    "quit": "leaves; nothing is lost",
}
"""What can be said where there is no way into an account."""


class AccountOpener:
    """Asks what it takes to get into an account.

    Args:
        say: how something is told.
        ask: how a reply is read; it raises when the person leaves.
        journal: where what is used most is kept.
    """

    def __init__(self, say: Say, ask: Reader, journal: Journal) -> None:
        self.say, self.journal = say, journal
        self.ask = ask
        self.sign_in = SignInPrompt(say, ask)

    def open(self, place: Place) -> tuple[Cloud, Place]:
        """The account, and the place that it is in. Raises Problem, or what the reader raises."""
        self.say("Opening the account…")
        while True:
            try:
                cloud = sign_in(place, self.sign_in)
            except NotChosen as missing:
                self.say(shown(missing.what))
                place = self.choose(place, missing.lacks, missing=True)
                continue
            except NoAccess as problem:
                if place.practice:
                    raise
                self.say(words.problem(problem))
                place = self._otherwise(place, problem)
                continue
            Habits(self.journal).note(place, cloud.identity)
            return cloud, place

    def back_to(self, record: Record, said: Place) -> Place:
        """Where a draft or run was begun; asks for a region that nobody wrote down. Raises what the reader raises."""
        try:
            return again(record, said)
        except Unplaced as missing:
            self.say(words.problem(missing))
            region = self._pick("In which region was it made?", places.regions(self.journal), missing=False)
            if not region:
                leaving = Quit()
                leaving.code = missing.exit_code
                raise leaving from None
            return again(record, replace(said, region=region))

    def _otherwise(self, place: Place, problem: NoAccess) -> Place:
        """Where to try after this went wrong."""
        while True:
            match reply := self.ask("again tries again, profile chooses another, practise simulates, quit", "quit"):
                case "again":
                    return place
                case "profile":
                    return self.choose(place, reply)
                case "practise":
                    return place.practising()
                case "quit":
                    leaving = Quit()
                    leaving.code = problem.exit_code
                    raise leaving
                case "?" | "help":
                    self.say("\n".join(f"  {word}: {what}" for word, what in OTHERWISE.items()))
                case _:
                    self.say(f"“{line(reply)}” is none of these words.")

    # -- choosing ----------------------------------------------------------------------------------------

    def choose(self, place: Place, kind: str, *, missing: bool = False) -> Place:
        """Ask for the profile (and the region, where it has none), or for the region alone.

        It stays as it is for somebody who would rather go back; where it is `missing`, one may practise instead.
        """
        if kind == "region":
            name = self._pick("Which region?", places.regions(self.journal, place.region), missing)
            chosen = replace(place, region=name)
        else:
            name = self._pick("Which profile?", places.profiles(self.journal), missing)
            region = place.region if place.partition else ""  # where a run is does not change with who goes on with it
            chosen = replace(place, profile=name, region=region, practice=False)
            if name and places.without_region(chosen, name):
                return self.choose(chosen, "region", missing=True)
        if name:
            return chosen
        return place.practising() if missing else place

    def _pick(self, question: str, options: list[PlaceOption], missing: bool) -> str:
        """The name of one of them; none if the person said what else there is to say."""
        offer = Offer(Listed.ITEMS, tuple(Option(each.name, each.name, each.name, each.about) for each in options))
        catalogue, instead = Catalogue(offer), "practise" if missing else "back"
        self.say(question)
        while True:
            for number, option in enumerate(catalogue.page(), catalogue.first + 1):
                self.say(f"  {number:>3}  {option.label}  {option.hint}")
            if further := catalogue.further():
                self.say(f"      {further}: type more, or part of a name")
            reply = self.ask(f"Number, name or part of it, or {instead}", "")
            if reply == instead:
                return ""
            if reply == "more" and further:
                catalogue.turn()
            elif found := catalogue.named(reply):
                return found[0].key
            elif not reply or not catalogue.look_for(reply):
                self.say(f"None match “{line(reply)}”.")
            elif catalogue.count == 1:
                return catalogue.page()[0].key
            else:
                self.say(f"{catalogue.count} match “{line(reply)}”:")


class SignInPrompt:
    """Signs a person in, line by line: an `Ask`."""

    def __init__(self, say: Say, ask: Reader) -> None:
        self.say, self.ask = say, ask

    def __call__(self, need: SignInNeeded) -> bool:
        """Sign in, whatever it takes; False if the person would rather not."""
        while True:
            try:
                if not self._one_way(need):
                    return False
            except SignInNeeded as other:
                need = other
            except Quit:
                return False
            except KeyboardInterrupt:
                self.say("")
                return False
            except Problem as problem:
                self.say(words.problem(problem))
                if self.ask("Type yes to try once more", "").lower() != "yes":
                    return False
            else:
                self.say("You are signed in.")
                return True

    def _one_way(self, need: SignInNeeded) -> bool:
        door = need.door
        assert door is not None, "only a door is shown"
        match need.way:
            case Way.DEVICE:
                self.say(shown(need.what))
                device = door.device()
                self.say("On any device with a browser (your telephone will do), open this page:")
                self.say(
                    f"  {line(device.link)}\nCheck that it shows this code, and say yes there:\n  {line(device.code)}"
                )
                self.say(
                    f"Waiting for that; the code is good for {max(device.seconds // 60, 1)} minutes. Ctrl-C leaves."
                )
                while not device.done():
                    time.sleep(device.interval)
                door.enter()
            case Way.CODE:
                self.say(shown(need.what))
                of = f" of {line(need.serial)}" if need.serial else ""
                code = "".join(self.ask(f"The 6 digits{of}", "").split())
                if not code:
                    return False
                if not (code.isdecimal() and len(code) == 6):
                    self.say(f"“{shown(code)}” is not a code: it has 6 digits.")
                    raise need
                door.enter(code)
            case Way.AGAIN:
                self._again(need, partial(door.enter, ""))
        return True

    def _again(self, need: SignInNeeded, enter: Callable[[], None]) -> None:
        """Credentials that are made elsewhere: perhaps they are new already, else they are waited for."""
        while True:
            try:
                enter()
            except SignInNeeded as still:
                if still.way is not Way.AGAIN:
                    raise
                self.say("\n".join(shown(part) for part in (still.what, still.why) if part))
                then = f"{line(still.elsewhere)}, then press Enter"
            else:
                return
            self.ask(then, "")
