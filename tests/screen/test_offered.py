"""What one key writes into a field."""

from __future__ import annotations

from typing import Any

import pytest

import flows
from flows.engine import Asking, Many, Refused
from tui.screen.screens.notice import offered

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


def test_without_a_correction_it_is_the_example_but_never_over_what_was_refused() -> None:
    assert offered(asking(None)) == NETWORKS.example
    assert offered(asking(["a", "b"], Refused("a and b overlap."))) == ""
