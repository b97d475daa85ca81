"""What one key writes into a field."""

from __future__ import annotations

from typing import Any

import pytest
from person import Canned, somebody

import flows
from flows.aws import addresses
from flows.engine import Asking, Flow, Journal, Many, Plan, Refused, Text
from tui.screen.screens.notice import offered
from tui.screen.workspace import Start

NETWORKS = flows.find("vpn").question("networks")


def asking(said: Any, problem: Refused | None = None) -> Asking:
    assert isinstance(NETWORKS, Many)
    return Asking(NETWORKS, None, said, problem)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (["192.168.10.5/24"], "192.168.10.0/24"),
        (["192.168.20.0/24", "192.168.10.5/24"], "192.168.20.0/24\n192.168.10.0/24"),
        (["192.168.10.0/24", "192.168.10.5/24"], "192.168.10.0/24"),
    ],
)
def test_the_corrected_value_stands_in_the_list_once(said: list[str], written: str) -> None:
    problem = Refused("192.168.10.5/24 is in the middle of a network.", suggestion="192.168.10.0/24")
    assert offered(asking(said, problem)) == written


def test_without_a_correction_it_is_the_example_but_never_over_a_list_of_which_a_part_was_refused() -> None:
    assert offered(asking(None)) == NETWORKS.example
    assert offered(asking(["a", "b"], Refused("a and b overlap."))) == ""


def test_over_one_refused_entry_the_example_may_be_written() -> None:
    assert offered(asking(["nowhere"], Refused("“nowhere” is no network."))) == NETWORKS.example


class Addressed(Flow):
    """Something with an address, and several of them."""

    title = "Addresses"
    address = Text("Which address?", addresses.public_ipv4, example="198.51.100.7", why="It is called there.")
    several = Many("Which ones more?", addresses.public_ipv4, example="198.51.100.8", why="They are called, too.")

    def plan(self) -> Plan:
        return Plan(())


async def test_f2_is_named_where_it_takes_the_example_and_nowhere_else(journal: Journal) -> None:
    async with somebody(Canned(), Start(flow="small"), flow=Addressed) as person:
        person.sees("For example 198.51.100.7 (F2 takes it)", "F2 Take it")
        await person.types("999")
        await person.press("enter")
        person.sees("refused", "For example 198.51.100.7 (F2 takes it)", "F2 Take it")
        await person.press("ctrl+u", "f2", "enter")
        person.sees("Which ones more?", "For example 198.51.100.8 (F2 takes it)")
        await person.types("998,999")
        await person.press("enter")
        person.sees("refused", "For example 198.51.100.8")
        person.does_not_see("F2")
