"""What is killed: the cases of all set-ups, each of which stands in `cases.py` beside its tests."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from support.killed import Case

from flows import SET_UPS

CASES: Mapping[str, Case] = {
    name: case for flow in SET_UPS for name, case in import_module(f"{flow}.cases").CASES.items()
}
FIRST: Mapping[str, str] = {CASES[name].flow: name for name in reversed(CASES)}
"""One case of each set-up."""
