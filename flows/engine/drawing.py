"""A picture as it is now: which things and links there are, and how each stands.

While somebody answers it follows from what was said, at the review from the plan, while that is carried out or taken
back from the run, and after a check from what was found. None of it asks AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .events import Happening
from .flow import Finding, Grade
from .journal import Run
from .picture import Link, Picture, Standing, Thing
from .plan import Plan
from .states import Line


@dataclass(frozen=True)
class Box:
    """A thing as it stands; `text` may hold names from the account."""

    id: str
    name: str
    text: str
    standing: Standing


@dataclass(frozen=True)
class Wire:
    """A link as it stands, between the ids of two boxes."""

    start: str
    end: str
    sentence: str
    standing: Standing


@dataclass(frozen=True)
class Drawing:
    """What is drawn: rows of boxes, from top to bottom, and wires inside a row or from one to the next."""

    rows: tuple[tuple[Box, ...], ...]
    wires: tuple[Wire, ...]

    def boxes(self) -> dict[str, Box]:
        return {box.id: box for row in self.rows for box in row}


@dataclass(frozen=True)
class Answered:
    """An answer as a picture needs it: what it means, and how a person reads it."""

    value: Any
    shown: str

    @property
    def none(self) -> bool:
        """Whether it says that there shall be no such thing."""
        return self.value in (None, False, 0, "", (), [], "no", "none")

    @property
    def named(self) -> bool:
        """Whether it is something of the account, and not only a word for what shall be made."""
        each = self.value if isinstance(self.value, tuple) and self.value else (self.value,)
        return not any(isinstance(one, str) for one in each)


def answered(lines: Iterable[Line]) -> dict[str, Answered]:
    """The answers in a list of them."""
    return {line.question.id: Answered(line.value, line.shown) for line in lines}


def written(answers: Mapping[str, Any]) -> dict[str, Answered]:
    """Answers as a journal or a file has them."""
    return {
        key: Answered(raw, ", ".join(map(str, raw)) if isinstance(raw, list | tuple) else str(raw))
        for key, raw in answers.items()
    }


# -- what there is -------------------------------------------------------------------------------------------


def whole(picture: Picture) -> Drawing:
    """All that a set-up may make, before anything is said."""
    return _drawn(
        picture,
        lambda thing: True,
        lambda thing: (thing.about, Standing.WILL_BE if thing.made else Standing.EXISTS),
        lambda link, ends: Standing.WILL_BE if link.made else _between(ends),
    )


def draw(
    picture: Picture,
    said: Mapping[str, Answered],
    *,
    asked: str = "",
    ahead: Collection[str] = (),
    plan: Plan | None = None,
    now: Mapping[str, Standing] | None = None,
) -> Drawing:
    """The picture as far as it is answered.

    Args:
        picture: what was declared.
        said: the answers, by their keys.
        asked: the key of the question that is asked now.
        ahead: the keys of those that may still come.
        plan: what will be done, once that is known.
        now: how each action of it stands, by its id; what is left out is still to be done.
    """
    known: dict[str, Standing] = {}
    if plan is not None:
        known = {use.id: Standing.EXISTS for use in plan.uses}
        known |= {action.id: (now or {}).get(action.id, Standing.WILL_BE) for action in plan.actions}

    def there(thing: Thing) -> bool:
        if not thing.key or thing.key == asked or thing.key in ahead or thing.key in said:
            return thing.key not in said or not said[thing.key].none
        return any(_fitting(thing.made, known))

    def box(thing: Thing) -> tuple[str, Standing]:
        shown = [said[key].shown for key in thing.of.split() if key in said and not said[key].none]
        return ", ".join(shown) or thing.about, standing(thing)

    def standing(thing: Thing) -> Standing:
        if thing.key == asked != "":
            return Standing.ASKED
        if plan is not None:
            return _together([known[id_] for id_ in _fitting(thing.made, known)])
        if thing.key and thing.key not in said:
            return Standing.OPEN
        named = not thing.key or said[thing.key].named
        return Standing.EXISTS if not thing.made or (thing.key and named) else Standing.WILL_BE

    def wire(link: Link, ends: tuple[Standing, Standing]) -> Standing:
        if done := [known[id_] for id_ in _fitting(link.made, known)]:
            return _together(done)
        between = _between(ends)
        return Standing.WILL_BE if link.made and plan is None and between is Standing.EXISTS else between

    return _drawn(picture, there, box, wire)


def found(picture: Picture, findings: Iterable[Finding]) -> Drawing:
    """The picture of something that exists, what is broken where it is broken."""
    all_ = list(findings)

    def seen(part: Thing | Link) -> Standing | None:
        ids = [each.id for each in all_]
        grades = {each.grade for each in all_ if each.id in set(_fitting(part.found, ids))}
        if Grade.REFUSED in grades:
            return Standing.BROKEN
        if Grade.WAITING in grades:
            return Standing.WAITING
        if grades - {Grade.NOT_CHECKED}:
            return Standing.EXISTS
        return Standing.UNSEEN if part.found or part.made else None

    return _drawn(
        picture,
        lambda thing: True,
        lambda thing: (thing.about, seen(thing) or Standing.EXISTS),
        lambda link, ends: (seen(link) if link.found else None) or _between(ends),
    )


def _drawn(
    picture: Picture,
    there: Callable[[Thing], bool],
    box: Callable[[Thing], tuple[str, Standing]],
    wire: Callable[[Link, tuple[Standing, Standing]], Standing],
) -> Drawing:
    rows = [tuple(Box(each.id, each.name, *box(each)) for each in row if there(each)) for row in picture.rows]
    rows = [row for row in rows if row]
    places = {each.id: (y, x) for y, row in enumerate(rows) for x, each in enumerate(row)}
    how = {each.id: each.standing for row in rows for each in row}
    wires = tuple(
        Wire(link.start, link.end, link.sentence, wire(link, (how[link.start], how[link.end])))
        for link in picture.links
        if link.start in places and link.end in places and _near(places[link.start], places[link.end])
    )
    return Drawing(tuple(rows), wires)


def _near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether nothing stands between two places, each a row and a place in it."""
    return abs(one[0] - other[0]) == 1 or (one[0] == other[0] and abs(one[1] - other[1]) == 1)


# -- how it stands -------------------------------------------------------------------------------------------

OF_RUN = {
    "": Standing.WILL_BE, "intent": Standing.MAKING, "refused": Standing.WILL_BE, "done": Standing.MAKING,
    "ready": Standing.EXISTS, "undo": Standing.GOING, "undone": Standing.GONE, "left": Standing.EXISTS,
}  # fmt: skip
"""By the journal's words."""
OF_EVENT = {
    Happening.STARTED: Standing.MAKING, Happening.WAITING: Standing.MAKING, Happening.DONE: Standing.EXISTS,
    Happening.EXISTED: Standing.EXISTS, Happening.FAILED: Standing.BROKEN, Happening.IN_DOUBT: Standing.BROKEN,
    Happening.UNDOING: Standing.GOING, Happening.REMOVED: Standing.GONE, Happening.RESTORED: Standing.GONE,
    Happening.GONE: Standing.GONE, Happening.LEFT: Standing.EXISTS,
}  # fmt: skip
"""By what is told of an action; what stopped stands as it stood."""


def of_run(run: Run, plan: Plan) -> dict[str, Standing]:
    """How each action of a run stands, by its id."""
    return {action.id: OF_RUN[run.status(action.id)] for action in plan.actions}


def _fitting(beginnings: str, ids: Iterable[str]) -> Iterator[str]:
    """Those ids that are one of these, or go on after it as `rule-sg-1` and `routes:rtb-1` do."""
    wanted = beginnings.split()
    return (id_ for id_ in ids if any(id_ == each or id_.startswith((f"{each}-", f"{each}:")) for each in wanted))


def _together(parts: Iterable[Standing]) -> Standing:
    """How something stands of which these are the parts: all alike, or under way. What has none was there before."""
    all_ = {*parts}
    if len(all_) < 2:
        return next(iter(all_), Standing.EXISTS)
    if Standing.BROKEN in all_:
        return Standing.BROKEN
    return Standing.GOING if all_ & {Standing.GOING, Standing.GONE} else Standing.MAKING


NOT_YET = (Standing.OPEN, Standing.ASKED, Standing.UNSEEN, Standing.WILL_BE, Standing.MAKING, Standing.GONE)
"""An end of which first decides how a link stands that says nothing itself."""


def _between(ends: tuple[Standing, Standing]) -> Standing:
    least = next((each for each in NOT_YET if each in ends), Standing.EXISTS)
    return Standing.OPEN if least is Standing.ASKED else least


# -- in words ------------------------------------------------------------------------------------------------


def sentences(drawing: Drawing) -> list[str]:
    """All of it for whoever sees no lines: each thing, then each link, with how it stands."""
    boxes = drawing.boxes()
    things = [f"{box.name} ({box.standing}): {box.text}" for box in boxes.values()]
    links = [
        f"{boxes[each.start].name} and {boxes[each.end].name} ({each.standing}): {each.sentence}"
        for each in drawing.wires
    ]
    return [*things, *links]
