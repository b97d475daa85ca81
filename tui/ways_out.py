"""The ways out that a set-up names where there is nothing to choose from, as they are taken in the face at hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.menu import SET_UPS

if TYPE_CHECKING:
    from flows.engine import Asking, Place

OPTION = re.compile(r" with --region\b|(?<=another) --region\b")
ANEW = "begin Handrail with --region"


def in_this_face(text: str, way: str, place: Place) -> str:
    """The text, in which `--region` is another region by this way. In practice only whoever begins chooses it.

    Args:
        text: what a set-up says, for every face: it names the option of the command line.
        way: what leads to another region here, such as a key.
        place: where one is.
    """
    told = f" ({ANEW if place.practice else way})"
    return OPTION.sub(lambda found: told if "with" in found[0] else f" region{told}", text)


def set_up_instead(asked: object, asking: Asking | None) -> str:
    """The set-up whose like is to be checked, by its name, where there is none to check yet; else empty. `asked` is
    whose question that is."""
    from flows.engine import Listed
    from flows.engine.checking import Checking

    offer = asking.offer if asking else None
    nothing = offer is not None and offer.listed is Listed.EMPTY
    return asked.made.id if nothing and isinstance(asked, Checking) else ""


def title(set_up: str) -> str:
    """What it is called on the menu."""
    return SET_UPS[set_up][0]
