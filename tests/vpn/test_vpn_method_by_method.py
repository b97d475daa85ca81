"""The tunnels' options as one's own choice: what AWS would refuse is refused, and the device's files follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock
from vpn.cases import METHODS, STATIC, session
from vpn.device.samples import BGP as XML
from vpn.device.samples import office

from flows.aws import tunnel_options
from flows.engine import Call, Journal, Refused
from flows.engine.boto import Aws
from flows.vpn.device import files, parse
from flows.vpn.device.strongswan import CIPHERS, GROUPS, HASHES, methods_of

OWN: Mapping[str, Any] = {**STATIC, "encryption": "own"}
MODERN: Mapping[str, Any] = {
    "IKEVersions": ["ikev2"],
    **{f"Phase{n}EncryptionAlgorithms": ["AES256-GCM-16", "AES256"] for n in (1, 2)},
    **{f"Phase{n}IntegrityAlgorithms": ["SHA2-512", "SHA2-384", "SHA2-256"] for n in (1, 2)},
    **{f"Phase{n}DHGroupNumbers": [14, 15, 16, 19, 20, 21] for n in (1, 2)},
    "Phase1LifetimeSeconds": 28800, "Phase2LifetimeSeconds": 3600, "DPDTimeoutSeconds": 30,
    "DPDTimeoutAction": "restart", "ReplayWindowSize": 1024,
}  # fmt: skip


def planned(cloud: Aws, **answers: Any) -> list[dict[str, Any]]:
    plan = session(cloud, None, {**OWN, **answers}).review().plan
    (made,) = (each for each in plan.actions if each.id == "connection")
    options: list[dict[str, Any]] = made.call.params["Options"]["TunnelOptions"]
    return options


def values(option: Any) -> Any:
    return {each["Value"] for each in option} if isinstance(option, list) else option


def test_they_begin_as_the_modern_encryption(cloud: Aws) -> None:
    own, modern = planned(cloud), planned(cloud, encryption="modern")
    for one, other in zip(own, modern, strict=True):
        assert {name: values(one[name]) for name in other} == {name: values(each) for name, each in other.items()}
        assert (one["Phase1LifetimeSeconds"], one["Phase2LifetimeSeconds"]) == (28800, 3600)


def test_what_was_chosen_reaches_aws_and_the_gateways_files(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, METHODS, clock=clock)
    assert not [event.problem for event in made.apply() if event.problem]
    made.hand_over()
    assert made.run is not None
    by_id = {"VpnConnectionIds": [made.run.record.handover["outputs"]["connection"]]}
    (found,) = cloud.make(Call("ec2.DescribeVpnConnections", by_id))["VpnConnections"]
    for tunnel in found["Options"]["TunnelOptions"]:
        assert values(tunnel["Phase1EncryptionAlgorithms"]) == {"AES256-GCM-16"}
        assert values(tunnel["Phase2DHGroupNumbers"]) == {14, 20}
        assert (tunnel["Phase1LifetimeSeconds"], tunnel["Phase2LifetimeSeconds"]) == (14400, 1800)
        assert (tunnel["DpdTimeoutSeconds"], tunnel["DpdTimeoutAction"]) == (45, "clear")
        assert tunnel["ReplayWindowSize"] == 512
    assert made.run is not None
    conf = (made.run.folder / "swanctl" / "swanctl.conf").read_text()
    (ike,), (esp,) = ({*re.findall(rf"^ +{word} = (.+)$", conf, re.M)} for word in ("proposals", "esp_proposals"))
    assert ike == "aes256gcm16-prfsha512-prfsha384-prfsha256-ecp521-ecp384-ecp256-modp4096-modp3072-modp2048"
    assert esp == "aes256gcm16-ecp384-modp2048,aes256-sha512-sha384-sha256-ecp384-modp2048"
    assert "AWS ends a session after 4h and a key after 30m" in conf and "replay_window = 512" in conf
    older = (made.run.folder / "ipsec" / "ipsec.conf").read_text()
    for line in (f"ike = {ike}!", f"esp = {esp}!", "ikelifetime = 14400s", "lifetime = 1800s", "margintime = 450s",
                 "dpdtimeout = 45s", "keyexchange = ikev2"):  # fmt: skip
        assert f"    {line}\n" in older


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"phase_1_lifetime": "899"}, "phase_1_lifetime: 899 is not 900 to 28800 seconds. Enter 900 to 28800."),
        ({"phase_1_lifetime": "28801"}, "28801 is not 900 to 28800 seconds."),
        ({"phase_1_lifetime": "8h"}, "“8h” is not a whole number. Enter 900 to 28800 seconds."),
        ({"phase_2_lifetime": "3601"}, "phase_2_lifetime: 3601 is not 900 to 3600 seconds."),
        ({"phase_2_lifetime": "-900"}, "-900 is not 900 to 3600 seconds."),
        ({"phase_1_lifetime": "1800", "phase_2_lifetime": "1800"},
         "phase_2_lifetime: 1800 seconds are not less than those of phase 1, 1800. Enter 900 to 1799."),
        ({"phase_1_lifetime": "900", "phase_2_lifetime": "900"}, "Let the keys of phase 1 live longer."),
        ({"phase_1_lifetime": "3600"}, "3600 seconds are not less than those of phase 1, 3600."),
        ({"silent_after": "29"}, "silent_after: 29 is not 30 to 86400 seconds."),
        ({"silent_after": "9" * 40}, "is not 30 to 86400 seconds."),
        ({"replay_window": "63"}, "replay_window: 63 is not 64 to 2048 packets."),
        ({"replay_window": "2049"}, "2049 is not 64 to 2048 packets."),
        ({"replay_window": "½"}, "“½” is not a whole number."),
        ({"when_silent": "retry"}, "“retry” is not among the choices for when_silent."),
        ({"phase_1_groups": ["5"]}, "“5” is not among the choices for phase_1_groups."),
        ({"phase_2_integrity": ["MD5"]}, "“MD5” is not among the choices for phase_2_integrity."),
        ({"phase_1_encryption": []}, "Choose at least one. Without one, the tunnels could not come up."),
        ({"phase_2_groups": ["36", "37"]},
         "strongSwan on a Linux gateway does not know groups 36, 37. Allow one of 14 to 21 as well."),
        ({"ike_versions": ["ikev1"], "phase_1_encryption": ["AES256-GCM-16"]},
         "IKEv1 knows no AES256-GCM-16 in phase 1, and no other version is allowed. Allow AES256 as well, or IKEv2."),
        ({"ike_versions": ["ikev1", "ikev2"], "startup": "aws"},
         "AWS starts a tunnel only with IKEv2, and these tunnels allow IKEv1 as well"),
        ({"ike_versions": ["ikev1"], "startup": "aws"}, "and these tunnels allow IKEv1: with a device"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(cloud: Aws, answers: Mapping[str, Any], said: str) -> None:
    with pytest.raises(Refused) as refused:
        session(cloud, None, {**OWN, **answers})
    assert said in str(refused.value)


def test_what_is_weak_is_warned_of_and_with_ikev1_the_device_starts(cloud: Aws) -> None:
    made = session(cloud, None, {**OWN, "ike_versions": ["ikev2", "ikev1"], "phase_1_groups": ["2", "14"]})
    told = {each.id: each.message for each in made.review().cautions}
    assert told["weak-method"].startswith("group 2 is weak by now") and "device-starts" in told
    assert "weak-method" not in {each.id for each in session(cloud, None, OWN).review().cautions}


def test_practice_is_as_strict_as_aws_about_lifetimes(cloud: Aws) -> None:
    params = {"CustomerGatewayId": "cgw-1", "VpnGatewayId": "vgw-1", "Type": "ipsec.1"}
    gateway = cloud.make(Call("ec2.CreateVpnGateway", {"Type": "ipsec.1"}))["VpnGateway"]["VpnGatewayId"]
    customer = cloud.make(Call("ec2.CreateCustomerGateway", {"Type": "ipsec.1", "PublicIp": "203.0.113.77"}))
    params |= {"VpnGatewayId": gateway, "CustomerGatewayId": customer["CustomerGateway"]["CustomerGatewayId"]}
    options = {"TunnelOptions": [{"Phase1LifetimeSeconds": 1800, "Phase2LifetimeSeconds": 1800}]}
    with pytest.raises(Exception, match="Phase2LifetimeSeconds"):
        cloud.make(Call("ec2.CreateVpnConnection", {**params, "Options": options}))


# -- the gateway -----------------------------------------------------------------------------------------------------


def test_everything_that_can_be_chosen_alone_has_a_name_of_strongswans() -> None:
    assert {*CIPHERS} == {*tunnel_options.CIPHERS} and {*HASHES} == {*tunnel_options.HASHES}
    assert {*GROUPS} | {35, 36, 37} == {*tunnel_options.LISTS["Phase2DHGroupNumbers"]}


some = {name: st.lists(st.sampled_from(each), min_size=1, unique=True) for name, each in tunnel_options.LISTS.items()}
numbers = {name: st.integers(least, most) for name, (least, most, _) in tunnel_options.NUMBERS.items()}


@given(st.fixed_dictionaries({**some, **numbers}))
def test_a_gateway_offers_what_aws_allows_and_nothing_else(told: dict[str, Any]) -> None:
    made = methods_of(office(encryption="own", options=told))
    for phase, proposals in ((1, made.ike), (2, made.esp)):
        allowed = [
            {name for each, name in names.items() if each in told[f"Phase{phase}{kind}"]}
            for names, kind in ((CIPHERS, "EncryptionAlgorithms"), (HASHES, "IntegrityAlgorithms"),
                                (GROUPS, "DHGroupNumbers"))
        ]  # fmt: skip
        ciphers = {word for each in proposals for word in each.split("-")} & {*CIPHERS.values()}
        assert len(proposals) <= 2
        unknown = {each for each in allowed[0] if "gcm" in each and (phase, made.swanctl_version) == (1, 1)}
        assert ciphers == allowed[0] - unknown
        for each in proposals:
            words = {word.removeprefix("prf") for word in each.split("-")}
            assert words <= set().union(*allowed) and words & allowed[2] == allowed[2]
            assert ("gcm" in each) != bool(words & {"aes256", "aes128"}), "they never go together"
            assert ("gcm" in each and phase == 2) or words & allowed[1] == allowed[1]


@given(st.integers(900, 28800), st.integers(900, 3600))
def test_the_gateway_is_always_earlier_than_aws(session: int, keys: int) -> None:
    told = {**MODERN, "Phase1LifetimeSeconds": session, "Phase2LifetimeSeconds": keys}
    made = files(parse(XML), office(encryption="own", options=told))
    new = made["swanctl/swanctl.conf"]
    units = {"h": 3600, "m": 60, "s": 1}
    times = [int(number) * units[unit] for number, unit in re.findall(r"rekey_time = (\d+)([hms])", new)]
    assert all(0 < early < end for early, end in zip(times, (session, keys) * 2, strict=True))
    margin = int(re.findall(r"margintime = (\d+)s", made["ipsec/ipsec.conf"])[0])
    assert 0 < 2 * margin < min(keys, session), "margin and fuzz together"


def test_own_options_that_are_the_modern_ones_leave_the_rest_of_the_files_as_it_is() -> None:
    own, modern = (files(parse(XML), office(**more)) for more in ({"encryption": "own", "options": MODERN}, {}))
    assert own.keys() == modern.keys()
    differing = {
        (name, line.split(" = ")[0].strip())
        for name in own
        for line, other in zip(own[name].splitlines(), modern[name].splitlines(), strict=True)
        if line != other
    }
    assert {word for _, word in differing} == {"proposals", "esp_proposals", "ike", "esp"}
