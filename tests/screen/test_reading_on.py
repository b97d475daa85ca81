"""PgDn and PgUp through what is longer than the screen: always on, to the end and back, whatever the rows are like."""

from __future__ import annotations

import re

import pytest
from person import Canned, Person, somebody

from flows.engine import Flow
from flows.engine.findings import broken, proved
from flows.engine.verdict import verdict
from tui.screen.screens.finding_rows import finding_rows
from tui.screen.widgets.lines import Said


def words(about: str, count: int) -> str:
    return " ".join(f"{about}-{number}" for number in range(count))


FINDINGS = finding_rows(
    verdict([broken(f"b{n}", words(f"wrong{n}", 40), "Describe", words(f"do{n}", 30)) for n in range(3)]
            + [proved(f"p{n}", words(f"right{n}", 30), "Describe") for n in range(3)]),
    "the site", Flow,
)  # fmt: skip
GIANT = [Said("short", key="a:1"), Said(words("giant", 400), key="a:2"), Said("last", key="a:3")]
PROSE = [Said(words(f"part{n}", 60)) for n in range(8)]


def below(person: Person) -> int:
    """How many lines there are below what is to be seen."""
    more = re.search(r"(\d+) more lines? below", person.words)
    return int(more[1]) if more else 0


@pytest.mark.parametrize("focused", [True, False], ids=["in the text", "elsewhere"])
@pytest.mark.parametrize("rows", [FINDINGS, GIANT, PROSE], ids=["findings", "giant", "prose"])
async def test_a_page_down_always_goes_on_to_the_end_and_leaves_out_no_line(rows: list[Said], focused: bool) -> None:
    async with somebody(Canned()) as person:
        person.app.read("Long", rows)
        await person.settle()
        if not focused:
            person.app.screen.set_focus(None)
        most = left = below(person)
        seen = [person.words]
        assert left > 20
        while left:
            await person.press("pagedown")
            assert below(person) < left, person.screen
            seen.append(person.words)
            left = below(person)
        person.sees("End (PgUp goes up)")
        said = {word for row in rows for word in row.text.split() if re.search(r"\d", word)}
        assert said <= set(" ".join(seen).split())
        for _ in range(len(seen) - 1):
            left = below(person)
            await person.press("pageup")
            assert below(person) > left, person.screen
        assert below(person) == most
