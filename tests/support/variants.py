"""Every variant of every set-up that the tests know answers for, and a session in which all of it is answered.

One of them wants a trail in the account: `s3_pipeline.cases.audited` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import flows
from flows.engine import Asking, Cloud, Flow, Identity, Place, Plan, Review, Session

VARIANTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    f"{flow}, {name}": (flow, answers)
    for flow in flows.SET_UPS
    for name, answers in import_module(f"{flow}.cases").VARIANTS.items()
}


def session(cloud: Cloud, flow: str, answers: Mapping[str, Any]) -> Session:
    """A session in which everything is answered and every warning is accepted."""
    made = Session(flows.find(flow), cloud, None, place=Place(practice=True))
    made.suggest(answers)
    while isinstance(state := made.state(), Asking) and state.cautions:
        made.accept(state.cautions[0].id)
    made.fill(answers)
    return made


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
