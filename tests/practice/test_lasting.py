"""Practice lasts: another process, or one after a kill, finds the account as it was left."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from kills.scenes import CASES, FIRST
from practice.office import named, office, refused, the_connection
from practice.picture import snapshot
from support.clock import FakeClock
from support.killed import Case
from support.sessions import answered, carried_out, taken_back
from vpn.cases import BGP, HUB, HUB_ANEW, OWN_KEYS, STATIC
from vpn.cases import CASES as VPNS

from flows import accounts
from flows.engine import Journal, Place, Session
from flows.engine.boto import Aws
from flows.engine.secret_text import STAND_IN
from flows.practice import PracticeAccount, PracticeBusy, door, open_account, reset
from flows.practice.clock import CLOCK
from flows.practice.remembering import Remembering

ROOT = Path(__file__).parents[2]


def _python(code: str, folder: Path, **options: Any) -> subprocess.Popen[str]:
    """Another process with the account open in `account` and an EC2 client in `ec2`."""
    opening = f"""
    import sys
    sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
    from pathlib import Path
    from flows.practice import open_account
    from practice.office import *
    from practice.picture import snapshot
    account = open_account(Path({str(folder)!r}), hurry=True)
    ec2 = account.session.client("ec2")
    """
    script = textwrap.dedent(opening) + textwrap.dedent(code)
    return subprocess.Popen([sys.executable, "-c", script], text=True, stdout=subprocess.PIPE, **options)


@pytest.mark.wild
def test_another_process_sees_the_same_account(folder: Path) -> None:
    with open_account(folder, hurry=True) as account:
        ec2: Any = account.session.client("ec2")
        made = office(ec2)
        ec2.create_vpn_connection_route(VpnConnectionId=made["VpnConnectionId"], DestinationCidrBlock="192.168.10.0/24")
        described = the_connection(ec2, made["VpnConnectionId"])
        before = snapshot(account.session)
    show = """
    import json
    print(json.dumps([snapshot(account.session), ec2.describe_vpn_connections()], default=str))
    """
    with _python(show, folder) as other:
        picture, answer = json.loads(other.communicate()[0])
    assert picture == json.loads(json.dumps(before))
    assert answer["VpnConnections"][1:] == json.loads(json.dumps([described], default=str))


@pytest.mark.wild
def test_a_killed_process_leaves_what_it_was_told_of(folder: Path) -> None:
    code = """
    made = office(ec2)["VpnConnectionId"]
    print(made, flush=True)
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
    """
    with _python(code, folder) as other:
        made = other.communicate()[0].strip()
    assert other.returncode == -signal.SIGKILL
    with open_account(folder, hurry=True) as account:
        ec2: Any = account.session.client("ec2")
        assert the_connection(ec2, made)["State"] == "available"
        ec2.delete_vpn_connection(VpnConnectionId=made)
        assert the_connection(ec2, made)["State"] == "deleted"


@pytest.mark.wild
def test_a_line_that_was_cut_short_never_happened(folder: Path) -> None:
    with open_account(folder, hurry=True) as account:
        ec2: Any = account.session.client("ec2")
        ec2.create_vpn_gateway(Type="ipsec.1")
        before = snapshot(account.session)
        ec2.create_vpn_gateway(Type="ipsec.1")
    diary = folder / "account.jsonl"
    text = diary.read_bytes()
    diary.write_bytes(text[:-20])
    with open_account(folder, hurry=True) as account:
        assert snapshot(account.session) == before
        account.session.client("ec2").create_vpn_gateway(Type="ipsec.1")
    assert [json.loads(line)["what"] for line in diary.read_text().splitlines()] == ["ec2 CreateVpnGateway"] * 2
    with open_account(folder, hurry=True) as account:
        assert len(snapshot(account.session)["vpn_gateways"]) == 3


def test_looking_leaves_no_trace_and_ids_do_not_depend_on_it(folder: Path, tmp_path: Path) -> None:
    made = []
    for name, looks in (("one", False), ("two", True)):
        with open_account(tmp_path / name, hurry=True) as account:
            ec2: Any = account.session.client("ec2")
            if looks:
                account.session.client("ec2", region_name="us-west-2").describe_vpcs()
                account.session.client("s3").list_buckets()
                ec2.describe_instances()
            made.append(office(ec2)["VpnConnectionId"])
        assert len((tmp_path / name / "account.jsonl").read_text().splitlines()) == 2
    assert made[0] == made[1]


def test_another_region_is_the_same_every_time(folder: Path) -> None:
    def default_vpc() -> str:
        with open_account(folder, hurry=True) as account:
            ec2: Any = account.session.client("ec2", region_name="us-west-2")
            return str(ec2.describe_vpcs()["Vpcs"][0]["VpcId"])

    assert default_vpc() == default_vpc()


def test_a_refused_call_is_not_written_down(folder: Path) -> None:
    with open_account(folder, hurry=True) as account:
        ec2: Any = account.session.client("ec2")
        with pytest.raises(ec2.exceptions.ClientError):
            ec2.delete_vpn_gateway(VpnGatewayId=named(ec2, "vgw", "staging-vgw"))
        with pytest.raises(ec2.exceptions.ClientError):
            ec2.create_vpc(CidrBlock="10.9.0.0/16", DryRun=True)
    assert (folder / "account.jsonl").read_text() == ""


def test_what_was_practised_in_a_hurry_can_be_played_at_leisure(folder: Path) -> None:
    with open_account(folder, hurry=True) as account:
        ec2: Any = account.session.client("ec2")
        staging, gateway = named(ec2, "vpc", "staging"), named(ec2, "vgw", "staging-vgw")
        for each in ec2.describe_vpn_connections()["VpnConnections"]:
            ec2.delete_vpn_connection(VpnConnectionId=each["VpnConnectionId"])
        ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=staging)
        ec2.delete_vpn_gateway(VpnGatewayId=gateway)
    with open_account(folder) as account:
        CLOCK.hurry = True
        assert snapshot(account.session)["vpn_gateways"] == {}


def test_only_the_owner_can_read_it(folder: Path) -> None:
    with open_account(folder, hurry=True) as account:
        account.session.client("ec2").create_vpn_gateway(Type="ipsec.1")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.wild
def test_two_windows_see_the_same_account(folder: Path) -> None:
    """Whatever one of them does stands in the other with its next look, and when it is begun anew, in both."""
    code = """
    for line in sys.stdin:
        print(eval(line), flush=True)
    """
    count = "len(ec2.describe_vpn_gateways()['VpnGateways'])"
    with (
        open_account(folder, hurry=True) as account,
        _python(code, folder, stdin=subprocess.PIPE) as other,
    ):

        def there(asked: str) -> str:
            assert other.stdin is not None and other.stdout is not None
            other.stdin.write(f"{asked}\n")
            other.stdin.flush()
            return other.stdout.readline().strip()

        ec2: Any = account.session.client("ec2")
        at_first = len(ec2.describe_vpn_gateways()["VpnGateways"])
        mine = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
        assert there(count) == str(at_first + 1)
        theirs = there("ec2.create_vpn_gateway(Type='ipsec.1')['VpnGateway']['VpnGatewayId']")
        assert {mine, theirs} <= {each["VpnGatewayId"] for each in ec2.describe_vpn_gateways()["VpnGateways"]}
        assert there("snapshot(account.session) == " + repr(snapshot(account.session))) == "True"
        reset(folder)
        assert there(count) == str(at_first) == str(len(ec2.describe_vpn_gateways()["VpnGateways"]))


def test_one_process_has_one_account_open(folder: Path, tmp_path: Path) -> None:
    with open_account(folder), pytest.raises(PracticeBusy):
        open_account(tmp_path / "other")
    open_account(tmp_path / "other").close()


def test_whoever_comes_back_to_practice_in_one_process_finds_the_same_account() -> None:
    """As by lines, from one thing to the next; in another region it is another one, and what is over is over."""

    def opened(place: Place) -> Aws:
        cloud = accounts.open_cloud(place)
        assert isinstance(cloud, Remembering) and isinstance(cloud.cloud, Aws)
        return cloud.cloud

    first = opened(Place(practice=True))
    try:
        again = opened(Place(practice=True, read_only=True))
        assert again._session is first._session and again.place.read_only
        assert opened(Place(practice=True, region="eu-west-1")).identity.region == "eu-west-1"
    finally:
        for each in accounts._KEPT.values():
            each.close()
    assert accounts.open_cloud(Place(practice=True)).identity.region == "eu-central-1"
    for each in accounts._KEPT.values():
        each.close()


def test_reset_forgets_everything(folder: Path) -> None:
    with open_account(folder, hurry=True) as account:
        before = snapshot(account.session)
        office(account.session.client("ec2"))
    reset(folder)
    with open_account(folder, hurry=True) as account:
        assert snapshot(account.session) == before
    reset(folder / "never-there")


def test_things_keep_the_date_they_were_made_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def volumes() -> Any:
        return account.session.client("ec2").describe_volumes()["Volumes"]

    with open_account(folder, hurry=True) as account:
        account.session.client("ec2").create_volume(AvailabilityZone="eu-central-1a", Size=8)
        before = volumes()
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    with open_account(folder, hurry=True) as account:
        assert volumes() == before


def test_what_cannot_be_saved_has_not_happened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with open_account(folder, hurry=True) as account:
        ec2: Any = account.session.client("ec2")
        ec2.create_vpn_gateway(Type="ipsec.1")
        before = snapshot(account.session)
        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            with refused("PracticeFault"):
                ec2.create_vpn_gateway(Type="ipsec.1")
        with refused("PracticeFault"):
            ec2.describe_vpn_gateways()
    with open_account(folder, hurry=True) as account:
        assert snapshot(account.session) == before


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if CASES[name].flow == "website" else pytest.mark.wild) for name in FIRST.values()],
)
def test_what_a_set_up_did_is_so_when_the_account_is_opened_again(name: str, tmp_path: Path, clock: FakeClock) -> None:
    there_when_opened_again(CASES[name], tmp_path, clock)


def there_when_opened_again(case: Case, tmp_path: Path, clock: FakeClock) -> None:
    """Made, and taken back, each in a process of its own: no request is played again otherwise than it was sent."""
    folder, journal = tmp_path / "practice", Journal(tmp_path / "state")
    with open_account(folder, hurry=True) as account:
        before = case.picture(account)
        made = answered(case, of(account), journal, clock)
        carried_out(made)
        after = scrubbed(case, account)
        made.close()
    with open_account(folder, hurry=True) as account:
        assert scrubbed(case, account) == after
        again = Session(made.flow, of(account), journal, place=Place(practice=True), run=made.run, clock=clock)
        taken_back(again, **dict(each.split("=") for each in case.decided))
    with open_account(folder, hurry=True) as account:
        assert case.picture(account) == before


AT_GATEWAYS = {
    "hub": HUB,
    "hub, by BGP": {**HUB, **BGP, "vpn_gateway": "hub"},
    "hub, own keys": {**OWN_KEYS, "vpn_gateway": "hub"},
    "branches": {**HUB_ANEW, "routing": "static"},
    "branches, by BGP": HUB_ANEW,
    "new": {**STATIC, "vpn_gateway": "new"},
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "hub" else pytest.mark.wild) for name in AT_GATEWAYS]
)
def test_a_vpn_is_so_when_the_account_is_opened_again_whatever_it_ends_at(
    name: str, tmp_path: Path, clock: FakeClock
) -> None:
    """At the hub its first call is a route to a gateway that nothing else of the diary tells of."""
    case = dataclasses.replace(VPNS["vpn, own keys"], answers=AT_GATEWAYS[name])
    there_when_opened_again(case, tmp_path, clock)


@pytest.mark.wild
@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("vpn_options")])
def test_changed_tunnels_are_so_when_the_account_is_opened_again(name: str, tmp_path: Path, clock: FakeClock) -> None:
    there_when_opened_again(CASES[name], tmp_path, clock)


def test_keys_that_were_entered_are_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as they were sent nor in the account as it stands; who opens it later has something in their place."""
    made, changed, generated = "Eagle.over_the.harbour9", "Otter.under_the.bridge7", list[str]()

    def keys() -> list[str]:
        return [each["PreSharedKey"] for each in the_connection(ec2, id)["Options"]["TunnelOptions"]]

    for kept_after in (1, 60):
        monkeypatch.setattr(door, "KEPT_AFTER", kept_after)
        reset(folder)
        with open_account(folder, hurry=True) as account:
            ec2: Any = account.session.client("ec2")
            one = office(ec2, tunnels=[{"PreSharedKey": made}, {}])
            id, (first, second) = one["VpnConnectionId"], one["Options"]["TunnelOptions"]
            generated.append(second["PreSharedKey"])
            assert keys() == [made, generated[-1]]
            ec2.modify_vpn_tunnel_options(
                VpnConnectionId=id, VpnTunnelOutsideIpAddress=first["OutsideIpAddress"],
                TunnelOptions={"PreSharedKey": changed},
            )  # fmt: skip
            assert keys() == [changed, generated[-1]]
        assert (folder / "account.snapshot").exists() == (kept_after == 1)
        for file in folder.iterdir():
            assert not [key for key in (made, changed) if key.encode() in file.read_bytes()]
        with open_account(folder, hurry=True) as account:
            ec2 = account.session.client("ec2")
            assert keys() == [STAND_IN, generated[-1]]
    assert generated[0] == generated[1]


def test_whoever_goes_on_later_keeps_the_keys_in_the_files_or_is_told_of_what_stands_for_them(
    tmp_path: Path, folder: Path, journal: Journal
) -> None:
    """In the file that the process with the keys wrote they stay, though it is handed over again; in one that is first
    written afterwards something stands in their place. Undo takes both away."""
    place = Place(practice=True)
    for finished in (True, False):
        reset(folder)
        with open_account(folder, hurry=True) as account:
            made = answered(VPNS["vpn, own keys"], Aws(place, account.session), journal, FakeClock())
            assert not [event.problem for event in made.apply() if event.problem]
            if finished:
                made.hand_over()
            made.close()
        assert made.run is not None
        with open_account(folder, hurry=True) as account:
            cloud = Aws(place, account.session)
            for _ in range(2):
                other = Session(made.flow, cloud, journal, place=place, run=journal.run(made.run.id))
                told = [each for each in other.hand_over().notes if STAND_IN in each]
                (conf,) = made.run.folder.rglob("swanctl.conf")
                assert (STAND_IN in conf.read_text(), len(told)) == ((False, 0) if finished else (True, 1))
                other.close()
            if finished:
                assert Path(OWN_KEYS["psk_1"].removeprefix("@")).read_text().strip() in conf.read_text()
            else:
                assert told[0].endswith("stands in its place in swanctl/swanctl.conf.")
            last = Session(made.flow, cloud, journal, place=place, run=journal.run(made.run.id))
            taken_back(last)
            last.close()
        assert not list(made.run.folder.rglob("*.conf"))


def test_what_cannot_be_played_again_is_told_and_nothing_is_left_out(folder: Path) -> None:
    """Without its first lines the account would deny what somebody made; a new beginning helps."""
    with open_account(folder, hurry=True) as account:
        office(account.session.client("ec2"))
    diary = folder / "account.jsonl"
    lines = diary.read_text().splitlines(keepends=True)
    diary.write_text("".join(lines[1:]))
    with open_account(folder, hurry=True) as account:
        ec2: Any = account.session.client("ec2")
        for _ in range(2):
            with pytest.raises(ec2.exceptions.ClientError, match="call 1, ec2 CreateVpnConnection, was accepted"):
                ec2.describe_vpn_connections()
        assert account.session.client("sts").get_caller_identity()["Account"]
        reset(folder)
        assert ec2.describe_vpn_connections()["VpnConnections"]


@pytest.mark.parametrize("name", FIRST.values())
@pytest.mark.some("website, secret header")
def test_an_old_account_opens_without_playing_what_it_was_made_by(
    name: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept as it stands from time to time: only what came since is played, and all is as it was."""
    monkeypatch.setattr(door, "KEPT_AFTER", 4)
    case, folder, journal = CASES[name], tmp_path / "practice", Journal(tmp_path / "state")
    with open_account(folder, hurry=True) as account:
        made = answered(case, of(account), journal, clock)
        carried_out(made)
        after, pages = scrubbed(case, account), len((folder / "account.jsonl").read_text().splitlines())
        made.close()
    played = list[Any]()
    unpacked = vars(door)["_unpacked"]
    monkeypatch.setattr(door, "_unpacked", lambda page: played.append(page) or unpacked(page))
    with open_account(folder, hurry=True) as account:
        assert scrubbed(case, account) == after
        assert len(played) == pages % 4
        again = Session(made.flow, of(account), journal, place=Place(practice=True), run=made.run, clock=clock)
        taken_back(again, **dict(each.split("=") for each in case.decided))


def test_functions_are_in_what_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """moto has two Lambdas with one name, and the account is in the second."""
    monkeypatch.setattr(door, "KEPT_AFTER", 1)
    with open_account(folder, hurry=True) as account:
        before = account.session.client("lambda").list_functions()["Functions"]
        account.session.client("ec2").create_vpn_gateway(Type="ipsec.1")
    monkeypatch.setattr(door, "_unpacked", lambda page: pytest.fail("it is played again"))
    with open_account(folder, hurry=True) as account:
        assert account.session.client("lambda").list_functions()["Functions"] == before != []


@pytest.mark.wild
def test_what_was_kept_by_another_version_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "KEPT_AFTER", 1)
    with open_account(folder, hurry=True) as account:
        account.session.client("ec2").create_vpn_gateway(Type="ipsec.1")
        before = snapshot(account.session)
    kept = folder / "account.snapshot"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    head, _, rest = kept.read_bytes().partition(b"\n")
    for changed in (
        json.dumps({**json.loads(head), "of": "another"}).encode() + b"\n" + rest,
        head,
        b"\n",
        head + b"\ncos\nsystem\n(S'false'\ntR.",
    ):
        kept.write_bytes(changed)
        with open_account(folder, hurry=True) as account:
            assert snapshot(account.session) == before


def scrubbed(case: Case, account: PracticeAccount) -> str:
    """Without the moments at which something was made: a run's clock goes on while a request is under way."""
    return case.differs.sub("", json.dumps(case.picture(account), sort_keys=True, default=str))


def of(account: PracticeAccount) -> Aws:
    return Aws(Place(practice=True), account.session, account.session_of)
