"""What will be there, declared as a picture: things in rows, from where it begins to its end, and what joins them.

    PICTURE = Picture.of(
        Thing("visitor", "Visitors", "with a browser"),
        Thing("bucket", "Bucket", "holds the pages", of="bucket", found="policy"),
        Link("visitor", "bucket", "They read its files.", made="bucket-policy"),
    )

Which of it there is, and how it stands, is worked out in `drawing`; how it is drawn, nobody says here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from .problems import FlowMistake


class Standing(StrEnum):
    """How a part of a picture stands, in the word that is drawn with it."""

    OPEN = "not said yet"
    ASKED = "asked now"
    EXISTS = "exists"
    WILL_BE = "will be"
    MAKING = "being made"
    GOING = "being taken back"
    GONE = "gone"
    BROKEN = "broken"
    WAITING = "waiting"
    UNSEEN = "not looked at"


@dataclass(frozen=True)
class Thing:
    """One thing in the picture.

    Args:
        id: by which links name it; small letters and digits.
        name: what a newcomer calls it; 15 letters fit where two stand beside each other.
        about: what it is there for, in a few words; shown until an answer says more.
        of: the keys of the answers that it shows, apart by blanks. The first of them that is asked decides: with none
            or no as its answer, or where none of them is asked, it is not there.
        made: the beginnings of the ids of the actions that make it, and of what is used instead; empty for a thing that
            this set-up never makes.
        found: the beginnings of the ids of the findings that are about it. Of several that fit the longest counts.
        seen: the same of findings about something else, which could only be made because it is there.
        beside: whether it stands in one row with the thing before it; else a new row begins with it.
        instead: what may stand there instead, by the beginning of its id, and its name: ("tgw-", "Transit gateway").
    """

    id: str
    name: str
    about: str
    of: str = ""
    made: str = ""
    found: str = ""
    seen: str = ""
    beside: bool = False
    instead: tuple[str, str] = ("", "")

    def called(self, shown: Iterable[str]) -> str:
        """Its name, by what is shown of what stands there: its id, a name with it, or the id of a finding about it."""
        beginning, name = self.instead
        ids = [each.rpartition("(")[2].rpartition(":")[2] for each in shown]
        return name if name and any(each.startswith(beginning) for each in ids) else self.name

    @property
    def either(self) -> str:
        """Its name as long as nobody has said which of the two it is."""
        return f"{self.name} or {self.instead[1].lower()}" if self.instead[1] else self.name


@dataclass(frozen=True)
class Link:
    """What joins two things, with a sentence of its own for whoever sees no lines.

    Args:
        start: the id of the one thing, or of several, apart by blanks.
        end: the same of the other, beside it or in another row. Where rows lie between them that are there, the link is
            not: those are the way then.
        sentence: what happens between the two, as a whole sentence.
        made, found: as of a `Thing`; where neither says anything it stands as the two things do.
    """

    start: str
    end: str
    sentence: str
    made: str = ""
    found: str = ""


@dataclass(frozen=True)
class Picture:
    """All of it, as one declaration. Raises FlowMistake where a link names nothing."""

    rows: tuple[tuple[Thing, ...], ...]
    links: tuple[Link, ...]

    @classmethod
    def of(cls, *parts: Thing | Link) -> Picture:
        """The things from top to bottom, and the links between them, in one list."""
        rows: list[list[Thing]] = []
        for thing in (part for part in parts if isinstance(part, Thing)):
            if thing.beside:
                rows[-1].append(thing)
            else:
                rows.append([thing])
        links = (
            replace(part, start=start, end=end)
            for part in parts
            if isinstance(part, Link)
            for start in part.start.split()
            for end in part.end.split()
        )
        return cls(tuple(tuple(row) for row in rows), tuple(links))

    @property
    def parts(self) -> tuple[Thing | Link, ...]:
        """Every thing and every link."""
        return (*(thing for row in self.rows for thing in row), *self.links)

    def __post_init__(self) -> None:
        ids = [thing.id for row in self.rows for thing in row]
        if strange := {end for link in self.links for end in (link.start, link.end)} - {*ids}:
            raise FlowMistake(f"A picture links {sorted(strange)}, which stands in none of its rows.")
        if len({*ids}) < len(ids):
            raise FlowMistake("Two things of a picture have the same id.")
