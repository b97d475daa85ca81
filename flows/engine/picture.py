"""What will be there, declared as a picture: things in rows, from where it begins to its end, and what joins them.

    PICTURE = Picture(
        (
            (Thing("visitor", "Visitors", "with a browser"),),
            (Thing("bucket", "Bucket", "holds the pages", of="bucket", found="policy"),),
        ),
        (Link("visitor", "bucket", "They read its files.", made="bucket-policy"),),
    )

Which of it there is, and how it stands, is worked out in `drawing`; how it is drawn, nobody says here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .problems import FlowMistake


class Standing(StrEnum):
    """How a part of a picture stands, in the word that is drawn with it."""

    OPEN = "not said yet"
    ASKED = "asked now"
    EXISTS = "exists"
    WILL_BE = "will be"
    MAKING = "being made"
    GOING = "going"
    GONE = "gone"
    BROKEN = "broken"
    WAITING = "waiting"
    UNSEEN = "not looked at"


@dataclass(frozen=True)
class Thing:
    """One thing in the picture.

    Args:
        id: by which links name it; small letters and digits.
        name: what a newcomer calls it, in at most 16 letters.
        about: what it is there for, in a few words; shown until an answer says more.
        of: the keys of the answers that it shows, apart by blanks. It is there unless the first of them is answered
            with none or no, or not asked at all.
        made: the beginnings of the ids of the actions that make it, and of what is used instead; empty for a thing that
            this set-up never makes.
        found: the beginnings of the ids of the findings that are about it.
    """

    id: str
    name: str
    about: str
    of: str = ""
    made: str = ""
    found: str = ""

    @property
    def key(self) -> str:
        """The key of the answer that decides whether it is there; empty if none does."""
        return self.of.partition(" ")[0]


@dataclass(frozen=True)
class Link:
    """What joins two things, with a sentence of its own for whoever sees no lines.

    Args:
        start: the id of the one thing.
        end: that of the other, beside it or in another row. Where rows lie between them that are there, the link is
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

    def __post_init__(self) -> None:
        ids = [thing.id for row in self.rows for thing in row]
        if strange := {end for link in self.links for end in (link.start, link.end)} - {*ids}:
            raise FlowMistake(f"A picture links {sorted(strange)}, which stands in none of its rows.")
        if len({*ids}) < len(ids):
            raise FlowMistake("Two things of a picture have the same id.")
