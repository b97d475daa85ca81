"""What a screen is, and every key that works on it, from the bindings in force."""

from __future__ import annotations

from collections.abc import Iterable

from flows import glossary

from ..widgets.bar import key_name, shown_bindings
from ..widgets.lines import Said
from .page import Page, Reading

MOVING = [
    Said(
        "Up Down (k j) PgUp PgDn Home End move. Tab goes to the next part. q quits, Ctrl-Z goes to the shell.",
        "",
        "muted",
    ),
]


class Help(Reading):
    """Made for the page under it."""

    def __init__(self, page: Page) -> None:
        rows = page.explained()
        rows += words_of([*(row.text for row in rows), *page.texts()], page.set_up)
        rows += [Said(), Said("Keys", kind="heading"), *keys_of(page), *MOVING]
        rows += [
            Said(),
            Said("Nothing is lost", kind="heading"),
            Said("Every answer is saved at once, and every call to AWS is written down before it is sent. You can "
                 "close this window at any time: `handrail resume` goes on, `handrail undo` takes back."),
        ]  # fmt: skip
        super().__init__("Help", rows)


def words_of(texts: Iterable[str], set_up: str = "") -> list[Said]:
    """The technical words that stand in these texts, each with what it means in that set-up."""
    found = [Said(word.meaning, word.name, "point") for word in glossary.standing_in(texts, set_up)]
    return [Said(), Said("Words", kind="heading"), *found] if found else []


def keys_of(page: Page) -> list[Said]:
    """The keys that apply on a page now, each with a sentence."""
    found: dict[str, Said] = {}
    for active in shown_bindings(page):
        words = active.tooltip or active.binding.description
        found[active.binding.description] = Said(words, key_name(active.binding), "point")
    return list(found.values())
