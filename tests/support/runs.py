"""Drafts and runs in a journal, made without an account."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flows.engine import Action, Call, Cost, Journal, Place, Plan, Run, Undo

HERE = Place(region="eu-central-1", partition="aws")
GATEWAY = Action(
    "gateway",
    "Create the gateway",
    Call("ec2.CreateVpnGateway", {"Type": "ipsec.1"}),
    undo=(Undo(Call("ec2.DeleteVpnGateway", {"VpnGatewayId": "vgw-1"})),),
    costs=(Cost("A gateway", Decimal("0.05"), "2026-11", "AWS"),),
)


def draft(journal: Journal, flow: str = "vpn", place: Place = HERE, **answers: Any) -> Run:
    """A draft with some answers."""
    run = journal.begin(flow, place, "111122223333")
    run.save_answers(answers)
    return run


def made(journal: Journal, status: str, flow: str = "vpn", *, action: Action = GATEWAY, **answers: Any) -> Run:
    """A run that made one thing, by the step `gateway`; if nothing else is said, it costs 36.50 USD a month."""
    run = draft(journal, flow, **answers)
    run.confirm(Plan((action,)), "111122223333", HERE)
    run.note("gateway", "intent")
    run.note("gateway", "done", outputs={}, created=True)
    run.note("gateway", "ready")
    if status == "undone":
        run.note("gateway", "undone")
    run.set_status(status)
    return run
