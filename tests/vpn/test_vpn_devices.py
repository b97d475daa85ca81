"""The device that people have: found in AWS's list, with the sample that fits the connection, and a README."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import taken_back
from vpn.cases import BGP, STATIC, session

import flows
from flows.aws import vpn_devices
from flows.engine import Call, Cloud, CloudError, Denied, Handover, Journal, irrevocable
from flows.engine.boto import Aws
from flows.vpn import handover
from flows.vpn.devices import makers
from flows.vpn.devices.allowed import allowed
from tui import taking_back

SAMPLE, TYPES = "GetVpnConnectionDeviceSampleConfiguration", "GetVpnConnectionDeviceTypes"
FORTIGATE, ISR, WATCHGUARD, GENERIC = "7125681a", "b0adb196", "dbeffb53", "9005b6c1"
NEWER = {
    "Cisco ASA": "b556dcd1",
    "Fortinet": FORTIGATE,
    "Juniper SRX": "1361227b",
    "MikroTik": "37d8aff6",
    "Palo Alto": "5fb390ba",
    "Check Point": "1b270706",
    "Meraki": "42ff1bfc",
    "SonicWall": "fa2df246",
    "Sophos": "90f254e7",
    "Yamaha": "e7a2d626",
}
"""Devices for which AWS's guide names a sample with IKEv2."""


class Watched(Between):
    """An account whose answers about samples are kept, and may be refused."""

    def __init__(self, cloud: Cloud, problem: CloudError | None = None) -> None:
        super().__init__(cloud)
        self.problem = problem
        self.given: list[str] = []

    def make(self, call: Call) -> dict[str, Any]:
        if call.name == SAMPLE and self.problem:
            self._noted(call)
            raise self.problem
        answer = super().make(call)
        if call.name == SAMPLE:
            self.given.append(answer["VpnConnectionDeviceSampleConfiguration"])
        return answer

    def asked(self) -> list[tuple[str, str, str]]:
        """The device, IKE version and kind of each sample that was asked for."""
        names = ("VpnConnectionDeviceTypeId", "InternetKeyExchangeVersion", "SampleType")
        samples = (call.params for call in self.calls if call.name == SAMPLE)
        return [(params[names[0]], params[names[1]], params[names[2]]) for params in samples]


class Made:
    """A run that was carried out and handed over, and what it asked for."""

    def __init__(self, cloud: Aws, journal: Journal, clock: FakeClock, answers: Mapping[str, Any], **more: Any) -> None:
        self.account = Watched(cloud, more.pop("problem", None))
        self.session = session(self.account, journal, {**answers, **more}, clock=clock)
        assert not [event.problem for event in self.session.apply() if event.problem]
        self.account.calls.clear()
        self.handover: Handover = self.session.hand_over()
        *_, found = cloud.make(Call("ec2.DescribeVpnConnections"))["VpnConnections"]
        self.keys = re.findall("<pre_shared_key>(.+?)</pre_shared_key>", found["CustomerGatewayConfiguration"])
        assert self.session.run is not None
        folder = self.session.run.folder
        self.written = {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}
        self.modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
        self.readme = " ".join(self.written["README.txt"].split())

    @property
    def holders(self) -> set[str]:
        return {name for name, text in self.written.items() if any(key in text for key in self.keys)}


def test_linux_is_first_and_every_device_of_awss_list_is_found_by_a_name_of_its_own(cloud: Aws) -> None:
    offered = list(vpn_devices.options(cloud))
    told = cloud.make(Call(f"ec2.{TYPES}"))["VpnConnectionDeviceTypes"]
    assert offered[0].key == "linux" and offered[-1].key == GENERIC
    assert {each.key for each in offered[1:]} == {each["VpnConnectionDeviceTypeId"] for each in told}
    labels = [each.label for each in offered]
    assert len(set(labels)) == len(labels) == len(told) + 1
    assert labels[1:-1] == sorted(labels[1:-1], key=str.lower)
    assert "Cisco ASA 5500 Series, ASA 9.7+ VTI" in labels and "pfSense, pfsense 2.2.5+(GUI)" in labels


def test_a_newcomer_is_asked_for_it_and_still_for_eight_things_at_most(cloud: Aws) -> None:
    flow = flows.find("vpn")
    essential = [[each.id for each in route if not each.fine_tuning] for route in flow.routes()]
    assert max(map(len, essential)) == 8 and all("device" in route and "name" not in route for route in essential)
    plain = {key: value for key, value in STATIC.items() if key not in ("device", "name")}
    assert session(cloud, None, plain).answers()["device"] == "linux"
    by_name = session(cloud, None, {**STATIC, "device": "Palo Alto PA Series, PANOS 7.0+"})
    assert by_name.review().plan.facts["device"]["id"] == "5fb390ba"


def test_what_is_for_linux_alone_is_asked_of_linux_alone(cloud: Aws) -> None:
    lines = {key: [line.question.id for line in session(cloud, None, {**STATIC, "device": key}).review().answers]
             for key in ("linux", FORTIGATE)}  # fmt: skip
    assert "interface" in lines["linux"] and "interface" not in lines[FORTIGATE]


@pytest.mark.parametrize("device", NEWER.values(), ids=NEWER)
@pytest.mark.some(6)
def test_the_sample_is_awss_for_the_version_and_methods_that_the_connection_has(
    cloud: Aws, journal: Journal, clock: FakeClock, device: str
) -> None:
    made = Made(cloud, journal, clock, BGP, device=device)
    assert made.account.asked() == [(device, "ikev2", "recommended")]
    (name,) = made.holders
    assert made.written[name] == made.account.given[0], "as AWS gave it"
    assert made.modes == {0o600} and set(made.keys) == {key for key in made.keys if key in made.written[name]}
    assert f"{name}: AWS's own sample for it (IKEv2, with the stronger methods)." in made.readme
    step = next(each for each in made.handover.next_steps if "README.txt" in each)
    assert f"The keys are in {name} alone." in step


@pytest.mark.parametrize("device", NEWER.values(), ids=NEWER)
@pytest.mark.some(3)
def test_a_network_engineer_finds_every_value_and_the_devices_own_words(
    cloud: Aws, journal: Journal, clock: FakeClock, device: str
) -> None:
    made = Made(cloud, journal, clock, BGP, device=device, behind_nat="yes")
    *_, found = cloud.make(Call("ec2.DescribeVpnConnections"))["VpnConnections"]
    for tunnel in found["Options"]["TunnelOptions"]:
        assert tunnel["OutsideIpAddress"] in made.readme
    values = (
        *("203.0.113.11", "192.168.10.0/24", "10.0.0.0/16", "IKEv2", "AES256, SHA2-256", "group 14", "28800", "3600"),
        *("65010", "64512 at 169.254.", "UDP 500 and UDP 4500", "NAT traversal", "AWS starts nothing"),
        found["VpnConnectionId"],
    )
    for value in values:
        assert value in made.readme, value
    assert "SHA1" not in made.readme and "AES128" not in made.readme
    maker = makers.of(next(each for each in vpn_devices.devices(cloud) if each.id == device))
    assert maker is not makers.ANY
    for part in (maker.enter, maker.look, maker.pages, maker.log, maker.off, *maker.commands, maker.bgp):
        assert " ".join(part.split()) in made.readme
    for section in ("VALUES", "STEPS", "WHEN A TUNNEL STAYS DOWN", "TO TAKE IT OFF AGAIN", "GOOD TO KNOW"):
        assert f"\n{section}\n" in made.written["README.txt"]


@pytest.mark.parametrize("device", [WATCHGUARD, "74671aaa", ISR], ids=["WatchGuard", "pfSense", "ISR"])
@pytest.mark.some(1)
def test_where_aws_has_none_its_words_for_any_device_are_given_and_that_is_said(
    cloud: Aws, journal: Journal, clock: FakeClock, device: str
) -> None:
    made = Made(cloud, journal, clock, STATIC, device=device)
    assert made.account.asked() == [
        (device, "ikev2", "recommended"), (device, "ikev2", "compatibility"), (GENERIC, "ikev2", "recommended"),
    ]  # fmt: skip
    assert made.holders == {"generic.txt"}
    assert "AWS gave no sample with IKEv2 for the" in made.readme and "sample for any device (IKEv2" in made.readme
    assert makers.IN_WORDS in made.readme
    review = session(cloud, None, {**STATIC, "device": device}).review()
    assert "no-ikev2-sample" in {each.id for each in review.cautions}


def test_an_old_device_on_a_compatible_connection_gets_its_sample_with_ikev1(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = Made(cloud, journal, clock, STATIC, device=ISR, encryption="compatible")
    assert made.account.asked()[-1] == (ISR, "ikev1", "compatibility")
    assert made.holders == {"cisco-isr-series-routers.txt"}
    assert "This one is for IKEv1, with the oldest methods." in made.readme
    assert "NO_PROPOSAL_CHOSEN" not in made.readme, "these methods are allowed"
    assert "ping every 5 to 10 seconds" in made.readme, "AWS does not start it"


def test_without_the_permission_for_samples_the_readme_has_the_values_and_one_file_the_keys(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    problem = Denied("You may not read samples", permission=f"ec2:{SAMPLE}")
    made = Made(cloud, journal, clock, STATIC, device=FORTIGATE, problem=problem)
    assert len(made.account.asked()) == 1, "one that is denied is not tried again"
    assert made.holders == {"keys.txt"} and all(key in made.written["keys.txt"] for key in made.keys)
    assert "AWS gave no sample for the Fortinet" in made.readme and "AES256, SHA2-256" in made.readme


def test_a_sample_that_does_not_fit_is_said_not_to(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    class Older(Watched):
        def make(self, call: Call) -> dict[str, Any]:
            if call.name == SAMPLE and call.params["SampleType"] == "recommended":
                raise CloudError("No such sample", aws_code="UnsupportedOperation")
            return super().make(call)

    made = Made(cloud, journal, clock, STATIC, device=FORTIGATE)
    run = made.session.run
    assert run is not None and run.plan is not None
    again = handover.hand_over(Older(cloud), made.handover.outputs, run.plan.facts)
    assert "NO_PROPOSAL_CHOSEN" in " ".join(again.files["README.txt"].split())


def test_the_methods_are_those_of_the_connection_as_it_is() -> None:
    """Of one that others made, each tunnel may allow its own."""
    one: dict[str, Any] = {"IkeVersions": [{"Value": "ikev1"}], "Phase1DHGroupNumbers": [{"Value": 14}, {"Value": 20}]}
    two = {**deepcopy(one), "Phase1DHGroupNumbers": [{"Value": 20}], "Phase2LifetimeSeconds": 1800}
    told = allowed({"Options": {"TunnelOptions": [one, two]}})
    assert (told.ike, told.first.groups, told.second.lifetime) == (("ikev1",), (20,), 1800)
    assert told.samples == (("ikev1", "compatibility"),) and not told.least
    assert allowed({}).least and allowed({}).samples[0] == ("ikev2", "recommended")


def test_a_run_of_an_earlier_version_was_for_linux(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = Made(cloud, journal, clock, STATIC)
    run = made.session.run
    assert run is not None and run.plan is not None
    facts = {key: value for key, value in run.plan.facts.items() if key != "device"}
    assert handover.hand_over(cloud, made.handover.outputs, facts).files == made.handover.files
    assert {"swanctl.conf", "aws-sample.txt"} <= set(made.written)
    assert made.account.asked() == [("51cb26fd", "ikev2", "recommended")], "not the oldest, which would be refused"


def test_undo_takes_the_files_and_says_how_to_take_it_off_the_device(
    cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = Made(cloud, journal, clock, STATIC, device=FORTIGATE)
    run = made.session.run
    assert run is not None
    assert run.plan is not None
    count, (told,) = len(made.written), irrevocable.left_to_you(run, run.plan)
    assert taking_back.to_be_taken_back(run)[-1] == ("- remove", f"{count} files in {run.folder}")
    assert told.startswith("Take it off the Fortinet Fortigate")
    list(made.session.undo())
    left = " ".join(str(each) for each in made.session.receipt().yours)
    assert "Take it off the Fortinet Fortigate" in left and "Delete the policies and routes" in left
    assert not [path for path in _files(run.folder) if any(key in path.read_text() for key in made.keys)]


def test_what_was_never_handed_over_is_on_no_device(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, STATIC, clock=clock)
    list(made.apply())
    assert made.run is not None and made.run.plan is not None
    assert irrevocable.left_to_you(made.run, made.run.plan) == []
    assert not [what for _, what in taking_back.to_be_taken_back(made.run) if "file" in what]
    taken_back(made)
    assert made.receipt().yours == ()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
