"""The load balancer set-up on the full screen: the same plan, and a preview while it is typed."""

from __future__ import annotations

import pytest
from alb.cases import GONE, HTTPS, session
from person import Person, somebody

from flows.engine import Cloud
from tui.screen.workspace import Start


async def cleared(person: Person) -> None:
    await person.press("ctrl+u")


@pytest.mark.wild
async def test_http_to_https_by_enter_alone(cloud: Cloud) -> None:
    async with somebody(cloud, Start(flow="alb")) as person:
        person.sees("Which load balancer?", "HTTP 80 → forward to shop")
        await person.press("enter", "enter", "enter", "enter")
        person.sees("What will be done", "Listen on port 443 for https", "On port 80, redirect (301) to")
        person.goes_without_clipping()
        assert person.app.workspace.session is not None
        assert person.app.workspace.session.review().plan == session(cloud, None, HTTPS).review().plan


@pytest.mark.wild
async def test_a_rule_with_a_fixed_response(cloud: Cloud) -> None:
    async with somebody(cloud, Start(flow="alb")) as person:
        await person.press("enter", "down", "enter", "down", "enter", "enter")
        await person.types("/winter-sale, /winter-sale/*")
        await person.press("enter")
        person.sees("Enter goes on")
        await person.press("enter")
        await person.types("310")
        person.sees("Enter takes “310”", "refused 310 is not possible: the status code must start with 2, 4 or 5")
        await person.press("escape")
        await person.types("410")
        person.does_not_see("refused")
        await person.press("enter")
        await cleared(person)
        await person.types("Gone")
        await person.press("enter", "enter")
        person.sees("What will be done", "for /winter-sale or /winter-sale/*, answer 410")
        assert person.app.workspace.session is not None
        assert person.app.workspace.session.review().plan == session(cloud, None, GONE).review().plan


@pytest.mark.wild
async def test_the_location_is_shown_while_an_address_is_typed(cloud: Cloud) -> None:
    async with somebody(cloud, Start(flow="alb", answers={**HTTPS, "preview_url": "x"})) as person:
        await person.until("An address to try?")
        await cleared(person)
        await person.types("http://shop.example.com/a")
        person.sees("http://shop.example.com/a → 301 → https://shop.example.com:443/a → forward to shop")


@pytest.mark.wild
async def test_bytes_are_counted_while_they_are_typed(cloud: Cloud) -> None:
    start = {"load_balancer": "shop", "action": "fixed_response", "scope": "all", "status": "503"}
    async with somebody(cloud, Start(flow="alb", answers=start)) as person:
        await person.until("What should the answer say?")
        await cleared(person)
        await person.types("ä" * 12)
        person.does_not_see("refused")
        person.app.screen.query_one("TextField").value = "ä" * 513  # type: ignore[attr-defined]
        await person.settle()
        person.sees("The text has 1026 bytes; at most 1024 are possible.")
