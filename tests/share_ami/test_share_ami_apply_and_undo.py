"""Applied, the image is shared; undone, both accounts are as before; and the stopped machine always runs again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from share_ami.cases import NEW, VARIANTS, picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back

from flows.engine import Asking, Call, Danger, Journal, Refused, serialization
from flows.engine.boto import Aws
from flows.engine.refusals import explain
from flows.export.cli import script
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount
from tui import taking_back


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("stop")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    before = picture(account)
    made = session(both, journal, VARIANTS[variant], clock)
    made.review()
    assert picture(account) == before
    assert not [event.problem for event in made.apply() if event.problem]
    told = made.hand_over()
    assert {finding.grade.value for finding in told.findings} == {"proved"}
    month = sum(cost.usd_per_month for cost in made.review().plan.costs)
    assert told.notes[0].startswith(f"It costs about {month:.2f} USD a month (US East) until it is undone")
    assert picture(account)["own", "eu-central-1"][0] == before["own", "eu-central-1"][0]
    assert picture(account) != before
    list(made.undo())
    assert made.receipt().complete
    assert f"What {SECOND_ACCOUNT_ID} copied of it, or started from it, meanwhile" in [
        left.what for left in made.receipt().left if left.maybe
    ]
    assert made.receipt().staying == (), "nobody knows whether anything was copied"
    assert picture(account) == before


@pytest.mark.parametrize("fixed", [False, True], ids=["comes and goes", "fixed"])
def test_a_public_address_that_was_lost_by_stopping_is_not_as_before(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, fixed: bool
) -> None:
    ec2: Any = account.session.client("ec2")
    (shop,) = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["shop-1"]}])["Reservations"]
    like = shop["Instances"][0]
    card = {"DeviceIndex": 0, "SubnetId": like["SubnetId"], "AssociatePublicIpAddress": True}
    machine = ec2.run_instances(ImageId=like["ImageId"], MinCount=1, MaxCount=1, NetworkInterfaces=[card])
    id = machine["Instances"][0]["InstanceId"]
    if fixed:
        ec2.associate_address(AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"], InstanceId=id)
    (had,) = ec2.describe_instances(InstanceIds=[id])["Reservations"]
    address = had["Instances"][0]["PublicIpAddress"]
    made = session(both, journal, {**VARIANTS["stop"], "instance": id}, clock)
    assert ("address-changes" in {each.id for each in made.review().cautions}) is not fixed
    assert not [event.problem for event in made.apply() if event.problem]
    lost = () if fixed else (f"The public address {address} of {id}: it got another when it was stopped.",)
    assert made.run
    before = dict(taking_back.not_brought_back(made.run, {}, ())["What cannot be taken back:"])
    assert before.get("LOST") == (lost[0] if lost else None), "whoever agrees to the undo knows it before"
    list(made.undo())
    assert (made.receipt().complete, made.receipt().lost) == (True, lost)
    assert taking_back.headline(made.receipt()).startswith("Everything" if fixed else "Undone; 1 thing is lost")


def test_giving_it_away_needs_a_yes_that_names_the_account_and_a_machine_there_costs(
    both: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(both, journal, VARIANTS["launched"], clock)
    assert "The machine in the other account (t3.micro)" in [cost.what for cost in made.review().plan.costs]
    made.accepted.discard("compare-the-number")
    asked = made.state()
    assert isinstance(asked, Asking) and asked.question.id == "account"
    (compare,) = asked.cautions
    assert (compare.id, compare.confirm, compare.danger) == ("compare-the-number", True, Danger.FOR_GOOD)
    assert SECOND_ACCOUNT_ID in compare.short


@pytest.mark.parametrize(
    ("answers", "paid"),
    [
        (NEW, {"Snapshots of the image, at most 8 GB": "0.40"}),
        (
            VARIANTS["elsewhere"],
            {
                "Snapshots of the image in eu-central-1, at most 8 GB": "0.40",
                "Snapshots of the copy in eu-west-1, at most 8 GB": "0.40",
            },
        ),
        ({**NEW, "key": "new"}, {"The key": "1.00", "Snapshots of the copy, at most 8 GB": "0.40"}),
    ],
    ids=["here", "elsewhere", "with a key"],
)
def test_each_image_that_stays_costs_where_it_is(
    both: Aws, clock: FakeClock, answers: Mapping[str, Any], paid: Mapping[str, str]
) -> None:
    costs = session(both, None, answers, clock).review().plan.costs
    assert {cost.what: f"{cost.usd_per_month:.2f}" for cost in costs} == paid


def test_the_copy_of_an_image_that_exists_costs_and_so_does_the_receivers(
    both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Of an image there is no machine whose disks could be asked: it says itself how large they are."""
    made = session(both, journal, NEW, clock)
    carried_out(made)
    there = {"image": made.hand_over().outputs["image"], "account": SECOND_ACCOUNT_ID, "launch": "no"}
    told = session(both, None, {**there, "region": "eu-central-1"}, clock).review().plan.costs
    assert not told, "nothing new"
    theirs = {"launch": "yes", "target_profile": "partner", "own_copy": "yes"}
    told = session(both, None, {**there, "region": "eu-west-1", **theirs}, clock).review().plan.costs
    assert [cost.what.partition(", at most")[0] for cost in told if cost.usd_per_month] == [
        "Snapshots of the copy in eu-west-1",
        "Snapshots of the copy in the other account",
        "The machine in the other account (t3.micro)",
    ]


@pytest.mark.wild
def test_denied_at_each_step_the_machine_runs_again_at_once(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Already when applying has failed, before any undo; and undo leads back to before."""
    before = picture(account)
    plan = session(both, journal, NEW, clock).review().plan
    for operation in dict.fromkeys(a.call.operation for a in plan.actions if a.id not in ("stop", "start")):

        def strike(_: int, call: Call, operation: str = operation) -> None:
            if call.operation == operation:
                raise explain(call, {"Error": {"Code": "UnauthorizedOperation", "Message": "no"}})

        meddled = Between(both)
        made = session(meddled, journal, NEW, clock)
        made.review()
        meddled.before = strike
        assert [event.problem for event in made.apply() if event.problem]
        meddled.before = None
        assert picture(account)["own", "eu-central-1"][0] == before["own", "eu-central-1"][0], operation
        list(made.undo())
        assert picture(account) == before


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("account", "12345", "exactly 12 digits"),
        ("account", "123456789012", "is your own account"),
        ("image_name", "x", "3 to 128 characters"),
        ("region", "mars-1", "is not among the choices"),
    ],
)
@pytest.mark.some("account-123456789012-is your own account", "region-mars-1-is not among the choices")
def test_refusals(both: Aws, clock: FakeClock, key: str, value: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        session(both, None, {**NEW, key: value}, clock)


def test_a_profile_of_another_account_is_refused(both: Aws, clock: FakeClock) -> None:
    with pytest.raises(Refused, match="belongs to the account 210987654321, not to 111111111111"):
        session(both, None, {**VARIANTS["launched"], "account": "111111111111"}, clock)


@pytest.mark.wild
def test_a_face_that_goes_away_leaves_it_running(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """The window is closed while the machine is off: it is started again, and a resume stops it anew."""
    before = picture(account)
    made = session(both, journal, NEW, clock)
    events = made.apply()
    for event in events:
        if event.action == "stop" and event.kind.value == "done":
            events.close()  # type: ignore[attr-defined]
    assert picture(account)["own", "eu-central-1"][0] == before["own", "eu-central-1"][0]
    assert not [event.problem for event in made.apply() if event.problem]
    assert picture(account)["own", "eu-central-1"][0] == before["own", "eu-central-1"][0]
    list(made.undo())
    assert picture(account) == before


def test_a_call_in_another_account_says_so(both: Aws, clock: FakeClock) -> None:
    """In the exported script, in the journal, and not among the permissions of the own account."""
    review = session(both, None, VARIANTS["launched"], clock).review()
    assert "--profile partner" in script(review.plan, flow="share_ami", title="x", region="eu-central-1")
    assert serialization.loads(serialization.dumps(review.plan)) == review.plan
    assert "ec2:RunInstances" not in review.permissions
    assert "ec2:CreateImage" in review.permissions


def test_a_machine_that_somebody_stopped_since_stays_stopped(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(both, journal, NEW, clock)
    carried_out(made)
    ec2 = account.session.client("ec2")
    shop = {"Filters": [{"Name": "tag:Name", "Values": [NEW["instance"]]}]}
    (group,) = ec2.describe_instances(**shop)["Reservations"]
    ec2.stop_instances(InstanceIds=[group["Instances"][0]["InstanceId"]])
    taken_back(made)
    (group,) = ec2.describe_instances(**shop)["Reservations"]
    assert group["Instances"][0]["State"]["Name"] == "stopped"


def test_where_there_are_two_images_each_step_says_which(both: Aws, clock: FakeClock) -> None:
    review = session(both, None, VARIANTS["elsewhere"], clock).review()
    said = {action.id: action.sentence for action in review.plan.actions}
    assert said["image-tags"] == "Give the disks of shop-golden their tags"
    assert said["copy-tags"] == "Give the disks of the copy in eu-west-1 their tags"
    assert said["share"] == f"Let the account {SECOND_ACCOUNT_ID} launch the copy in eu-west-1"
    assert said["share-disk-1"] == f"Let the account {SECOND_ACCOUNT_ID} copy disk 1 of the copy in eu-west-1"


def test_a_no_to_a_start_there_does_not_read_as_if_nobody_may_start_one(both: Aws, clock: FakeClock) -> None:
    (launch,) = [each for each in session(both, None, NEW, clock).review().answers if each.question.id == "launch"]
    assert (launch.question.label, launch.shown) == ("Start one there now", "no")
