"""Every variant of every set-up that the tests know answers for, and a session in which all of it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alb import fronts

import flows
from flows.engine import Asking, Cloud, Place, Session
from support import aurora, s3_lambda, share_ami, spa, vpn, website

VARIANTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    f"{flow}, {name}": (flow, answers)
    for flow, known in {
        "vpn": vpn.VARIANTS,
        "alb": fronts.VARIANTS,
        "website": website.VARIANTS,
        "aurora": aurora.VARIANTS,
        "spa_pipeline": spa.VARIANTS,
        "share_ami": share_ami.VARIANTS,
        "s3_lambda": s3_lambda.VARIANTS,
    }.items()
    for name, answers in known.items()
}


def session(cloud: Cloud, flow: str, answers: Mapping[str, Any]) -> Session:
    """A session in which everything is answered and every warning is accepted."""
    made = Session(flows.find(flow), cloud, None, place=Place(practice=True))
    made.suggest(answers)
    while isinstance(state := made.state(), Asking) and state.cautions:
        made.accept(state.cautions[0].id)
    made.fill(answers)
    return made
