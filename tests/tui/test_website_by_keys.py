"""The origin that was probably not meant, on the full screen: the warning, and the key that switches."""

from __future__ import annotations

import pytest
from person import NARROW, WIDE, somebody
from support.website import WEBSITE_OF_SITE

from flows.engine import Cloud, Journal
from tui.desk import Start

WARNING = "has website hosting turned on"


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
async def test_one_key_switches_to_the_website(cloud: Cloud, journal: Journal, size: tuple[int, int]) -> None:
    """Chosen the bucket, warned, switched: the next question follows, and the website is the answer."""
    async with somebody(cloud, Start(flow="website"), size=size) as person:
        await person.press("enter")
        person.sees("Where should CloudFront fetch the pages", "the website", "the bucket itself")
        await person.press("down", "enter")
        person.sees(WARNING, f"takes {WEBSITE_OF_SITE}")
        person.goes_without_clipping()
        await person.press("s")
        person.does_not_see(WARNING)
        person.sees("Under which names")
    (record,) = journal.records()
    assert record.answers["origin"] == WEBSITE_OF_SITE
