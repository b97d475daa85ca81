"""Applied, WordPress is there or put right; undone, the account and the machine are as before."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from typing import Any

import pytest
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back
from wordpress.cases import EXISTING, NEW, VARIANTS, on_it, picture, session

from flows.engine import Call, Grade, Journal, Refused, Session
from flows.engine.boto import Aws
from flows.engine.refusals import explain
from flows.practice import PracticeAccount
from flows.wordpress import script
from tui.copying import taken
from tui.taking_back import not_brought_back


def for_good(made: Session) -> dict[str, str]:
    """What is decided where there is something to decide: nothing is kept."""
    return {decision.key: "no" for decision in made.to_decide()}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("existing, only PHP")
@pytest.mark.quick
def test_undone_is_as_before(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    before = picture(account)
    made = session(cloud, journal, VARIANTS[variant], clock)
    made.review()
    assert picture(account) == before
    carried_out(made)
    told = made.hand_over()
    assert {finding.grade.value for finding in told.findings} == {"proved"}
    assert picture(account) != before
    taken_back(made, **for_good(made))
    assert picture(account) == before


def test_whoever_let_a_name_lead_to_it_is_told_to_delete_that(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """The address may be given to somebody else."""
    made = session(cloud, journal, NEW, clock)
    carried_out(made)
    assert made.run is not None
    address = made.run.record.handover["outputs"]["address"]
    asked = not_brought_back(made.run, {}, made.claims())["What is yours to do:"]
    taken_back(made, **for_good(made))
    (told,) = made.receipt().yours
    assert f"leads to {address}, delete it" in told and told in [what for _, what in asked]


@pytest.mark.parametrize(
    ("system", "packages", "file"),
    [
        ("amazon-linux", "sudo dnf install -y mod_ssl certbot", "/etc/httpd/conf.d/www.tea.test.conf"),
        ("ubuntu", "sudo apt-get install -y certbot", "/etc/apache2/sites-enabled/www.tea.test.conf"),
    ],
)
def test_that_it_speaks_http_is_said_before_and_how_it_gets_https_after(
    cloud: Aws, journal: Journal, clock: FakeClock, system: str, packages: str, file: str
) -> None:
    made = session(cloud, journal, {**NEW, "domain": "www.tea.test", "system": system}, clock)
    assert "plain http" in next(each.message for each in made.review().cautions if each.id == "plain-http")
    carried_out(made)
    commands = [taken(step) for step in made.hand_over().next_steps]
    assert f"{packages} python3-certbot-apache" in commands, commands
    assert "sudo certbot --apache -d www.tea.test" in commands, commands
    (site,) = (each for each in commands if each.startswith("printf '%s\\n' "))
    assert file in site and "'ServerName www.tea.test'" in site


@pytest.mark.wild
def test_no_capacity_is_said_and_leaves_nothing_in_doubt(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """EC2 says so with a status of its own faults: it is a refusal all the same, asked for once, with its way out."""
    meddled = Between(cloud)

    def full(_: int, call: Call) -> None:
        if call.operation == "ec2.RunInstances":
            told = {"Code": "InsufficientInstanceCapacity", "Message": "We currently do not have sufficient capacity."}
            raise explain(call, {"Error": told, "ResponseMetadata": {"HTTPStatusCode": 500}})

    meddled.before = full
    made = session(meddled, journal, NEW, clock)
    (problem,) = [event.problem for event in made.apply() if event.problem]
    assert "AWS has no machine of this type left in this zone." in str(problem)
    assert [call.operation for call in meddled.calls].count("ec2.RunInstances") == 1
    taken_back(made, **for_good(made))


@pytest.mark.wild
def test_the_site_goes_only_once_that_was_decided_and_a_last_image_stays(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """An undo that was stopped behind the image tells of it, too, whatever is decided then."""
    before, ec2 = picture(account), account.session.client("ec2")
    meddled = Between(cloud)
    made = session(meddled, journal, NEW, clock)
    carried_out(made)
    applied = picture(account)
    with pytest.raises(Refused, match=r"last_snapshot: .* \(yes \| no\)"):
        list(made.undo())
    assert picture(account) == applied

    def strike(_: int, call: Call) -> None:
        if call.operation == "ec2.TerminateInstances":
            raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

    meddled.before = strike
    for _ in range(2):  # the second finds the image there
        list(made.undo({"last_snapshot": "yes"}))
        assert not made.receipt().complete
    meddled.before = None
    list(made.undo({"last_snapshot": "no"}))
    assert made.receipt().complete
    assert picture(account) == before
    (image,) = ec2.describe_images(Owners=["self"])["Images"]
    (left,) = [each for each in made.receipt().left if each.costs]
    assert image["Name"].startswith("wordpress-last-") and image["Name"] in left.what and "0.05 USD" in left.costs


def test_a_new_machine_is_closed_tagged_and_current(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """IMDSv2 alone, an encrypted disk, no port 22, the image that AWS names, and everything with the run's tag."""
    made = session(cloud, journal, {**NEW, "visitors": ["203.0.113.7/32"]}, clock)
    carried_out(made)
    outputs = made.hand_over().outputs
    ec2, ssm = account.session.client("ec2"), account.session.client("ssm")
    (found,) = ec2.describe_instances(InstanceIds=[outputs["machine"]])["Reservations"][0]["Instances"]
    assert found["MetadataOptions"]["HttpTokens"] == "required"
    image = ssm.get_parameter(Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")
    assert found["ImageId"] == image["Parameter"]["Value"]
    assert found["PublicIpAddress"] == outputs["address"]
    attached = [{"Name": "attachment.instance-id", "Values": [outputs["machine"]]}]
    (disk,) = ec2.describe_volumes(Filters=attached)["Volumes"]
    assert disk["Encrypted"] is True
    (group,) = ec2.describe_security_groups(GroupIds=[found["NetworkInterfaces"][0]["Groups"][0]["GroupId"]])[
        "SecurityGroups"
    ]
    opened = {(p["FromPort"], p["ToPort"], r["CidrIp"]) for p in group["IpPermissions"] for r in p["IpRanges"]}
    assert opened == {(80, 80, "203.0.113.7/32"), (443, 443, "203.0.113.7/32")}
    assert made.run
    for tags in (found["Tags"], disk["Tags"], group["Tags"]):
        assert {"handrail:run", "handrail:flow", "Name"} <= {tag["Key"] for tag in tags}
        assert made.run.id in {tag["Value"] for tag in tags}


@pytest.mark.parametrize("answers", [NEW, EXISTING], ids=["new", "existing"])
@pytest.mark.some("existing")
def test_denied_at_each_step_is_told_and_taken_back(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, answers: Mapping[str, Any]
) -> None:
    before = picture(account)
    plan = session(cloud, journal, answers, clock).review().plan
    for operation in dict.fromkeys(action.call.operation for action in plan.actions):
        meddled = Between(cloud)
        made = session(meddled, journal, answers, clock)
        made.review()

        def strike(_: int, call: Call, operation: str = operation) -> None:
            if call.operation == operation:
                raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

        meddled.before = strike
        problems = [event.problem for event in made.apply() if event.problem]
        assert "You are not allowed to" in str(problems[0]), operation
        meddled.before = None
        list(made.undo(for_good(made)))
        assert made.receipt().complete
        assert picture(account) == before, operation


@pytest.mark.wild
def test_applied_twice_the_second_run_finds_all_of_it_right_and_undo_keeps_the_first(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    first = session(cloud, journal, EXISTING, clock)
    carried_out(first)
    right = on_it(account)
    second = session(cloud, journal, EXISTING, clock)
    seen = {finding.id: finding.grade.value for finding in second.review().findings}
    assert seen["files"] == seen["permalinks"] == seen["php"] == "proved"
    carried_out(second)
    taken_back(second)
    assert on_it(account) == right
    taken_back(first)
    assert on_it(account)["upload"] == 2


@pytest.mark.wild
def test_no_secret_is_in_the_user_data(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """The password is drawn on the machine: the script only says how."""
    plan = session(cloud, journal, NEW, clock).review().plan
    (start,) = [action for action in plan.actions if action.id == "machine"]
    data = start.call.params["UserData"]
    packed = data.partition("PACKED' | gunzip")[2].split("\n")[1]
    assert gzip.decompress(base64.b64decode(packed)).decode() == script.script()
    assert "IDENTIFIED BY '$password'" in script.script()
    assert len(data.encode()) < script.LIMIT


@pytest.mark.wild
def test_a_folder_without_wordpress_is_refused_before_anything_changes(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    review = session(cloud, journal, {**EXISTING, "folder": "/var/www/shop"}, clock).review()
    assert [finding.sentence for finding in review.refusals] == ["There is no wp-load.php in /var/www/shop."]


@pytest.mark.wild
def test_without_a_fixed_address_left_nothing_is_begun(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    for _ in range(5):
        account.session.client("ec2").allocate_address(Domain="vpc")
    (refusal,) = session(cloud, journal, NEW, clock).review().refusals
    assert refusal.sentence == "5 of 5 fixed addresses (Elastic IPs) are in use in this region."


@pytest.mark.wild
def test_where_zones_and_limits_cannot_be_asked_for_nothing_is_claimed_of_them(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """An emulator that lacks these calls is no reason to refuse; and five addresses need not be the limit."""

    def strange(_: int, call: Call) -> None:
        if call.name in ("DescribeInstanceTypeOfferings", "GetServiceQuota"):
            raise explain(call, {"Error": {"Code": "InvalidAction", "Message": f"Unknown action: {call.name}"}})

    for _ in range(5):
        account.session.client("ec2").allocate_address(Domain="vpc")
    review = session(Between(cloud, before=strange), journal, NEW, clock).review()
    (addresses,) = [each for each in review.findings if each.id == "addresses"]
    assert addresses.grade is Grade.NOT_CHECKED and "5 of the usual 5" in addresses.sentence
    assert review.refusals == ()


@pytest.mark.parametrize("what", ["role", "group"])
@pytest.mark.some("role")
def test_a_name_that_is_taken_is_refused_before_anything_changes(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, what: str
) -> None:
    made = session(cloud, journal, {**NEW, "name": "deliver-shop-build" if what == "role" else "web"}, clock)
    (refusal,) = made.review().refusals
    assert "exists already" in refusal.sentence
