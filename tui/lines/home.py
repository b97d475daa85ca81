"""Where a conversation by lines begins that names nothing: what can be set up, looked after and gone on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import flows
from flows.engine import Journal, Place, Problem

from .. import history, words
from ..history import Entry
from ..safe import line
from ..telling import say
from . import looking_after, prompts
from .looking_after import Way
from .reading import Quit, Reader, explain, reader
from .sign_in import AccountOpener

HOME: Mapping[str, str] = {
    "NUMBER, or part of a line": "begins a set-up, a check or a task, or goes on with a draft or run",
    "history": "lists every draft and run",
    "profile": "chooses another AWS profile: who to be",
    "region": "chooses another region: where to work",
    "?": "says this",
    "quit": "leaves; nothing is lost",
}
"""What can be said at home."""
HISTORY: Mapping[str, str] = {
    "NUMBER, or part of a line": "goes on with that draft, or shows that run",
    "delete NUMBER": "deletes that draft; a run is never forgotten",
    "?": "says this",
    "back": "goes back to what can be begun",
}
"""What can be said to the list of drafts and runs."""


def home(place: Place) -> int:
    """Choose what to do; the exit code."""
    ask, journal = reader(), Journal()
    say("Handrail guides you through AWS. What would you like to do?")
    ways = _told(place, journal)
    while True:
        try:
            reply = ask("Number, part of a line, profile, region, history, or quit", "")
            if reply in ("profile", "region"):
                place = AccountOpener(say, ask, journal).choose(place, reply)
                ways = _ways(_parts(place, journal))
                say(f"{reply.capitalize()}: {getattr(place, reply)}.")
                continue
            if reply == "history":
                if (code := _history(journal, ask, place)) is not None:
                    return code
                continue
        except Quit as leaving:
            return leaving.code
        if reply in ("quit", "q", ""):
            return 0
        if reply in ("?", "help"):
            explain(HOME)
            continue
        if way := looking_after.the_one(reply, ways):
            if (code := looking_after.begun(way)) is not None:
                return code
            ways = _told(place, journal)


def _told(place: Place, journal: Journal) -> list[Way]:
    """What there is at home, listed under its headings."""
    parts = _parts(place, journal)
    ways = _ways(parts)
    for heading, part in parts.items():
        say(f"\n{heading}")
        looking_after.listed(ways, range(ways.index(part[0]), ways.index(part[-1]) + 1))
    return ways


def _ways(parts: Mapping[str, list[Way]]) -> list[Way]:
    return [way for part in parts.values() for way in part]


def _parts(place: Place, journal: Journal) -> dict[str, list[Way]]:
    """What there is at home, each part under its heading."""
    unfinished = history.entries(journal, history.unfinished(journal))
    set_up, go_on = partial(prompts.run, stays=True), partial(prompts.resume, stays=True)
    set_ups: list[Way] = [
        (title, f"{name} {summary} {flows.GOALS.get(name, '')}", partial(set_up, place, name, {}, (), None))
        for name, (title, summary) in flows.SET_UPS.items()
    ]
    there = Place(read_only=place.read_only)
    begun: list[Way] = [
        (f"Go on with {each.title} ({' · '.join(each.told())})", "", partial(go_on, there, each.id, ()))
        for each in unfinished
    ]
    parts = {
        "Set up": set_ups,
        "Look after: what does not work?": looking_after.checks(place),
        "Small tasks": looking_after.small_tasks(place),
        "Go on": begun,
    }
    return {heading: ways for heading, ways in parts.items() if ways}


def _history(journal: Journal, ask: Reader, place: Place) -> int | None:
    """Every draft and run, newest first, and one of them on wish."""
    there = Place(read_only=place.read_only)
    while found := history.entries(journal):
        rows = history.lines(found)
        ways: list[Way] = [
            (row, "", partial(prompts.resume, there, each.id, (), stays=True))
            for row, each in zip(rows, found, strict=True)
        ]
        looking_after.listed(ways, range(len(ways)))
        while not (reply := ask("Number, or part of a line; delete NUMBER, or back", "back")).startswith("delete"):
            if reply in ("back", "quit", "q"):
                return None
            if reply in ("?", "help"):
                explain(HISTORY)
            elif way := looking_after.the_one(reply, ways):
                if (code := looking_after.begun(way)) is not None:
                    return code
                looking_after.listed(ways, range(len(ways)))
        _delete(journal, reply.removeprefix("delete").strip(), found)
    say(history.NOTHING)
    return None


def _delete(journal: Journal, number: str, found: Sequence[Entry]) -> None:
    """Forget the draft with that number in the list."""
    if not (number.isdecimal() and 1 <= int(number) <= len(found)):
        say(f"“{line(number)}” is not a number from 1 to {len(found)}.")
        return
    draft = found[int(number) - 1]
    try:
        history.delete(journal, journal.run(draft.id))
    except Problem as problem:
        say(words.problem(problem))
    else:
        say(f"{draft.id} is deleted. It had created nothing.")
