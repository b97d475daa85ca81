"""Every variant of every set-up that the tests know answers for, and a session in which all of it is answered.

One of them wants a trail in the account: `s3_pipeline.cases.audited` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

import flows
from flows.engine import Cloud, Flow, Identity, Place, Plan, Review, Session
from support.sessions import agreed

_CASES = {flow: import_module(f"{flow}.cases") for flow in flows.SET_UPS}
VARIANTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    f"{flow}, {name}": (flow, answers) for flow, cases in _CASES.items() for name, answers in cases.VARIANTS.items()
}
ONE_EACH: Mapping[str, str] = {
    flow: f"{flow}, {getattr(cases, 'MOST', next(iter(cases.VARIANTS)))}" for flow, cases in _CASES.items()
}
"""A variant of each set-up that has as much of it as can be: its `MOST`, or the first."""


def by_variant(names: Iterable[str]) -> pytest.MarkDecorator:
    """A test of every variant by its `name`: of those of `ONE_EACH` always, of the others when all is tried.

    What is tested of one variant stays together, so that it is reviewed once.
    """
    return pytest.mark.parametrize("name", [together(name, name, always=name in ONE_EACH.values()) for name in names])


def together(case: Any, name: str, *, always: bool) -> Any:
    """A case whose tests share what the first of them works out, and are tried always or when all is tried."""
    marks = [pytest.mark.xdist_group(name)] + ([] if always else [pytest.mark.wild])
    return pytest.param(case, marks=marks, id=name)


def session(cloud: Cloud, flow: str, answers: Mapping[str, Any]) -> Session:
    """A session in which everything is answered and every warning is accepted."""
    return agreed(Session(flows.find(flow), cloud, None, place=Place(practice=True)), answers)


@dataclass(frozen=True)
class Reviewed:
    """What is reviewed of a variant."""

    flow: type[Flow]
    review: Review
    identity: Identity

    @property
    def plan(self) -> Plan:
        return self.review.plan


_REVIEWED: dict[str, Reviewed] = {}


def reviewed(name: str, cloud: Callable[[], Cloud]) -> Reviewed:
    """A variant, reviewed once in this process; whoever is first asks the account."""
    if name not in _REVIEWED:
        made = session(cloud(), *VARIANTS[name])
        _REVIEWED[name] = Reviewed(made.flow, made.review(), made.identity)
    return _REVIEWED[name]
