"""A later run that works with what a run made or changed keeps that, and is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from support.clock import FakeClock

from flows.engine import RUN, Action, Call, Identity, Journal, Place, Plan, Ref, Undo, Use, join
from flows.engine.apply import apply
from flows.engine.journal import Run
from flows.engine.receipts import receipt
from flows.engine.undo import claimed, undo

PLACE = Place(region="eu-central-1", partition="aws")
ME = Identity("123456789012", "arn:aws:iam::123456789012:user/ada", "eu-central-1")


class House:
    """An account that does what it is told."""

    identity = ME

    def make(self, call: Call) -> dict[str, Any]:
        return dict(call.params)

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield self.make(call)


def step(id: str, operation: str, *, makes: str = "", **params: Any) -> Action:
    back = (Undo(Call("house.TakeBack", {"Name": id})),)
    return Action(id, id, Call(operation, params), undo=back, resource=makes and Ref(id, makes), undone=id)


LAMP = step("lamp", "house.HangLamp", Name="lamp-of-ada", makes="Name")
LIGHT = step("light", "s3.PutBucketVersioning", Bucket="hall", VersioningConfiguration={"Status": "Enabled"})
NAMED = step("named", "s3.PutBucketPolicy", Policy=join("of ", RUN), Bucket="hall")
DOOR = step("door", "ec2.AttachVpnGateway", VpcId="vpc-1234abcd", VpnGatewayId="vgw-1234abcd")
MINE = Plan((LAMP, LIGHT, NAMED, DOOR))
SHADE = step("shade", "house.PutShade", Name="shade", makes="Name", On={"Lamps": ["lamp-of-ada"]})
LEASE = step(
    "lease", "house.Let", Name="lease", makes="Name", Of="arn:aws:house:eu-central-1:123456789012:lamp/lamp-of-ada"
)
HALL = Use("hall", "Use the hall", "AWS::S3::Bucket", "hall")
DIM = step("light", "s3.PutBucketVersioning", Bucket="hall", VersioningConfiguration={"Status": "Suspended"})


def carried_out(journal: Journal, plan: Plan, place: Place = PLACE, account: str = ME.account) -> Run:
    made = journal.begin("vpn", place, account)
    made.confirm(plan, account, place)
    assert not [event.problem for event in apply(made, plan, House(), clock=FakeClock()) if event.problem]
    made.set_status("done")
    return made


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        (Plan((SHADE,)), "lamp"),
        (Plan((LEASE,)), "lamp"),
        (Plan((), (Use("lamp", "Use the lamp", "AWS::House::Lamp", "lamp-of-ada"),)), "lamp"),
        (Plan((), (HALL,)), "light named"),
        (Plan((LIGHT,)), "light named"),
        (Plan((NAMED,)), "light"),
        (Plan((DIM,)), "named"),
        (Plan((step("tunnel", "ec2.CreateVpnConnection", VpnGatewayId="vgw-1234abcd"),)), ""),
        (Plan((step("hall", "s3.PutBucketPolicy", Bucket="kitchen", Policy="lamp-of-ada, hall"),)), ""),
        (Plan((replace(SHADE, call=Call("garden.PutShade", dict(SHADE.call.params))),)), ""),
        (Plan((replace(SHADE, call=replace(SHADE.call, region="us-east-1")),)), ""),
    ],
    ids=[
        "made, by its name", "made, by its address", "made, found there", "changed, found so",
        "changed, and the same once more", "changed, and its own in it", "changed, and otherwise", "half of what it is",
        "nothing of it", "a name of another service", "a name in another region",
    ],
)  # fmt: skip
def test_what_a_later_run_works_with_stays_until_that_is_undone(journal: Journal, later: Plan, kept: str) -> None:
    run = carried_out(journal, MINE)
    other = carried_out(journal, later)
    wanted = dict.fromkeys(kept.split(), f"The run {other.id} uses it: undo that first.")
    assert {claim.action: claim.why for claim in claimed(run, MINE, House(), FakeClock())} == wanted
    list(undo(run, MINE, House(), clock=FakeClock()))
    assert {left.what.partition(" ")[0]: left.why for left in receipt(run, MINE).left} == wanted
    list(undo(other, later, House(), clock=FakeClock()))
    list(undo(run, MINE, House(), clock=FakeClock()))
    assert not receipt(run, MINE).left


def test_it_goes_with_a_yes(journal: Journal) -> None:
    run = carried_out(journal, MINE)
    carried_out(journal, Plan((SHADE,)))
    list(undo(run, MINE, House(), clock=FakeClock(), decisions={"others": "delete"}))
    assert not receipt(run, MINE).left


@pytest.mark.parametrize(
    "where",
    [
        {"account": "210987654321"}, {"place": replace(PLACE, region="eu-west-1")},
        {"place": replace(PLACE, partition="aws-cn")}, {"place": replace(PLACE, practice=True)},
    ],
    ids=str,
)  # fmt: skip
def test_runs_elsewhere_claim_nothing(journal: Journal, where: Mapping[str, Any]) -> None:
    run = carried_out(journal, MINE)
    carried_out(journal, Plan((SHADE, LIGHT)), **where)
    assert not claimed(run, MINE, House(), FakeClock())


def test_a_former_run_did_not_need_what_was_changed_after_it(journal: Journal) -> None:
    carried_out(journal, Plan((step("chair", "s3.PutObject", Bucket="hall"),)))
    run = carried_out(journal, MINE)
    assert not claimed(run, MINE, House(), FakeClock())


def test_a_run_that_did_nothing_claims_nothing(journal: Journal) -> None:
    run = carried_out(journal, MINE)
    begun = journal.begin("vpn", PLACE, ME.account)
    begun.confirm(Plan((SHADE,)), ME.account, PLACE)
    journal.begin("vpn", PLACE, ME.account)
    assert not claimed(run, MINE, House(), FakeClock())
