"""A picture as it is now: which things and links there are, and how each stands.

While somebody answers it follows from what was said, at the review from the plan, while that is carried out or taken
back from the run, and after a check from what was found. None of it asks AWS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
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


ID = re.compile(r"(?<=\S) \([a-z]+-[0-9a-f]{8,17}\)")
"""An id of EC2 behind a name."""


@dataclass(frozen=True)
class Answered:
    """An answer as a picture needs it: what it means, and how a person reads it."""

    value: Any
    shown: str

    @property
    def none(self) -> bool:
        """Whether it says that there shall be no such thing."""
        return self.value in (None, False, 0, "", (), [], "no", "none", "never", "keep")

    @property
    def told(self) -> str:
        """What a thing shows of it: names without their ids, and nothing of a mere yes or no."""
        mere = self.none or self.value is True or self.value == "yes"
        return "" if mere else ID.sub("", self.shown)

    @property
    def named(self) -> bool:
        """Whether it is something of the account, and not only a word for what shall be made."""
        each = self.value if isinstance(self.value, tuple) and self.value else (self.value,)
        return not any(isinstance(one, str) for one in each)


def answered(lines: Iterable[Line]) -> dict[str, Answered]:
    """The answers in a list of them."""
    return {line.question.id: Answered(line.value, line.shown) for line in lines}


def written(answers: Mapping[str, Any]) -> dict[str, Answered]:
    """Answers as a file has them, or the journal of a Handrail that kept no more of them."""
    return {
        key: Answered(raw, ", ".join(map(str, raw)) if isinstance(raw, list | tuple) else str(raw))
        for key, raw in answers.items()
    }


def remember(picture: Picture, lines: Iterable[Line]) -> dict[str, str | None]:
    """What a run keeps of its answers, to be drawn by them once more when nobody can look up what they mean."""
    keys = {key for row in picture.rows for thing in row for key in thing.of.split()}
    return {key: None if each.none else each.told for key, each in answered(lines).items() if key in keys}


def remembered(run: Run, plan: Plan) -> dict[str, Answered]:
    """The answers of a run as they were when it was confirmed."""
    if not plan.told:
        return written(run.record.answers)
    return {key: Answered(None if told is None else (told,), told or "") for key, told in plan.told.items()}


# -- what there is -------------------------------------------------------------------------------------------


def whole(picture: Picture) -> Drawing:
    """All that a set-up may make, before anything is said."""
    return _drawn(
        picture,
        lambda thing: True,
        lambda thing: (thing.either, thing.about, Standing.WILL_BE if thing.made else Standing.EXISTS),
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
    uses, done = dict[str, Standing](), dict[str, Standing]()
    if plan is not None:
        uses = {use.id: Standing.EXISTS for use in plan.uses}
        done = {action.id: (now or {}).get(action.id, Standing.WILL_BE) for action in plan.actions}
    ours = _sorted_out((part.made for part in picture.parts), {**uses, **done})

    def steps(part: Thing | Link, among: Mapping[str, Standing]) -> list[Standing]:
        return [among[id_] for each in part.made.split() for id_ in ours.get(each, ()) if id_ in among]

    def key(thing: Thing) -> str:
        return next((each for each in thing.of.split() if each in said or each == asked or each in ahead), "")

    def there(thing: Thing) -> bool:
        if decides := key(thing):
            return decides not in said or not said[decides].none
        in_plan = bool(steps(thing, {**uses, **done}))
        return in_plan if thing.of or (plan is not None and thing.made) else True

    def box(thing: Thing) -> tuple[str, str, Standing]:
        answers = [said[each] for each in thing.of.split() if each in said]
        told = ", ".join(each.told for each in answers if each.told)
        return called(thing, answers), told or thing.about, standing(thing, key(thing))

    def called(thing: Thing, answers: list[Answered]) -> str:
        if plan is None:
            return thing.called(each.shown for each in answers)
        used = {id_ for each in thing.made.split() for id_ in ours.get(each, ())}
        return thing.called(use.resource for use in plan.uses if use.id in used)

    def standing(thing: Thing, key: str) -> Standing:
        if key == asked != "":
            return Standing.ASKED
        if plan is not None:  # what is used is there, also where something of it is changed
            return _together(steps(thing, uses) or steps(thing, done))
        if key and key not in said:
            return Standing.OPEN
        named = key and said[key].named
        return Standing.EXISTS if named or not thing.made else Standing.WILL_BE

    def wire(link: Link, ends: tuple[Standing, Standing]) -> Standing:
        if made := steps(link, done) or steps(link, uses):
            return _together(made)
        between = _between(ends)
        return Standing.WILL_BE if link.made and plan is None and between is Standing.EXISTS else between

    return _drawn(picture, there, box, wire)


def found(picture: Picture, findings: Iterable[Finding]) -> Drawing:
    """The picture of something that exists, what is broken where it is broken.

    A thing in AWS is there as far as something was found of it: what nothing is said of may not exist at all.
    """
    by_id = {each.id: each.grade for each in findings}
    about = _sorted_out((part.found for part in picture.parts), by_id)
    by_the_way = _sorted_out((thing.seen for row in picture.rows for thing in row), by_id)

    def ids(thing: Thing) -> list[str]:
        return [id_ for each in thing.found.split() for id_ in about.get(each, ())]

    def grades(declared: str, among: Mapping[str, list[str]]) -> set[Grade]:
        return {by_id[id_] for each in declared.split() for id_ in among.get(each, ())}

    def seen(part: Thing | Link) -> Standing | None:
        told = grades(part.found, about)
        if Grade.REFUSED in told:
            return Standing.BROKEN
        if Grade.WAITING in told:
            return Standing.WAITING
        if isinstance(part, Thing):
            told |= grades(part.seen, by_the_way)
        if told - {Grade.NOT_CHECKED}:
            return Standing.EXISTS
        return Standing.UNSEEN if told else None

    return _drawn(
        picture,
        lambda thing: seen(thing) is not None or not (thing.of or thing.made or thing.found),
        lambda thing: (thing.called(ids(thing)), thing.about, seen(thing) or Standing.EXISTS),
        lambda link, ends: seen(link) or _between(ends),
    )


def _drawn(
    picture: Picture,
    there: Callable[[Thing], bool],
    box: Callable[[Thing], tuple[str, str, Standing]],
    wire: Callable[[Link, tuple[Standing, Standing]], Standing],
) -> Drawing:
    rows = [tuple(Box(each.id, *box(each)) for each in row if there(each)) for row in picture.rows]
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


def of_run(run: Run, plan: Plan, *, undo: bool = False) -> dict[str, Standing]:
    """How each action of a run stands, by its id; while it is taken back, what was only begun is there as well."""
    now = {action.id: OF_RUN[run.status(action.id)] for action in plan.actions}
    return {id_: Standing.EXISTS if undo and each is Standing.MAKING else each for id_, each in now.items()}


def of_event(kind: Happening, *, undo: bool = False) -> Standing | None:
    """How an action stands by what was just told of it; None where that says nothing."""
    now = OF_EVENT.get(kind)
    return Standing.GOING if undo and now is Standing.MAKING else now


def _sorted_out(declared: Iterable[str], ids: Iterable[str]) -> dict[str, list[str]]:
    """Each beginning that is declared to the ids that it is for: `rule` is also that of `rule-sg-1` and `rule:sg-1`,
    where no longer one fits."""
    beginnings = {each for some in declared for each in some.split()}
    found: dict[str, list[str]] = {}
    for id_ in ids:
        fitting = (each for each in beginnings if id_ == each or id_.startswith((f"{each}-", f"{each}:")))
        if best := max(fitting, key=len, default=""):
            found.setdefault(best, []).append(id_)
    return found


def _together(parts: Iterable[Standing]) -> Standing:
    """How something stands of which these are the parts: all alike, or under way. What has none was there before."""
    all_ = {*parts}
    if len(all_) < 2:
        return next(iter(all_), Standing.EXISTS)
    if Standing.BROKEN in all_:
        return Standing.BROKEN
    if all_ == {Standing.GONE, Standing.WILL_BE}:  # the one was taken back, the other never begun
        return Standing.GONE
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
