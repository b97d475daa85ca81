"""What of the device files can be proved on real programs where the kernel knows no ESP.

There no packet can be encrypted, but strongSwan still loads the files, finds the right key for each end
and agrees with it on methods, and FRR still reads its configuration.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from vpn.device.aws_end import Lab
from vpn.device.lab import missing, until
from vpn.device.samples import BGP, KEYS, STATIC, office

from flows.vpn.device.strongswan import CIPHERS, GROUPS, HASHES

SCRIPT = "/etc/aws-vpn/aws-tunnels.sh"
REASON = missing()
pytestmark = [pytest.mark.wild, pytest.mark.skipif(bool(REASON), reason=REASON)]

MODERN = "aes256-sha256-modp2048"
OLD = "aes128-sha1-modp1024"


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab()
    try:
        made.build()
        yield made
    finally:
        made.close()


def negotiate(
    lab: Lab,
    folder: str,
    encryption: str,
    proposals: str,
    keys: tuple[str, str] = KEYS,
    startup: str = "device",
    options: Mapping[str, Any] | None = None,
) -> None:
    """Copy and start as the README says, but for the interfaces, against these two AWS ends."""
    lab.configure_aws(proposals, starts=False, keys=keys, version=0)
    lab.aws.run("systemctl restart strongswan")
    site = office(encryption=encryption, startup=startup, options=options or {})
    for command in lab.hand_over(STATIC, site, folder):
        if command != "systemctl restart aws-tunnels":  # its interfaces and rules need more of the kernel
            lab.gateway.run(command, "/run/handed-over")


def agreed(lab: Lab) -> set[int]:
    """The AWS ends that accepted the office's identity, key and methods."""
    log = lab.aws.run("cat /run/charon.log")
    return {
        number for number in (1, 2) if f"IKE_SA t{number}[" in log and f"] established between {end(number)}" in log
    }


def end(number: int) -> str:
    return f"198.51.100.2{number}[198.51.100.2{number}]...203.0.113.10[203.0.113.10]"


@pytest.mark.parametrize(("encryption", "proposals"), [("modern", MODERN), ("compatible", MODERN), ("compatible", OLD)])
@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_both_ends_accept_the_office(lab: Lab, folder: str, encryption: str, proposals: str) -> None:
    negotiate(lab, folder, encryption, proposals)
    until(lambda: agreed(lab) == {1, 2}, 30, lab.aws.log)


def chosen(
    ciphers: Iterable[str] = CIPHERS, hashes: Iterable[str] = HASHES, groups: Iterable[int] = GROUPS, ike: str = "ikev2"
) -> Mapping[str, Any]:
    """Options of one's own choice, the same in both phases."""
    lists = {"EncryptionAlgorithms": [*ciphers], "IntegrityAlgorithms": [*hashes], "DHGroupNumbers": [*groups]}
    return {
        "IKEVersions": [ike], "Phase1LifetimeSeconds": 7200, "Phase2LifetimeSeconds": 900, "DPDTimeoutSeconds": 45,
        "ReplayWindowSize": 2048, **{f"Phase{n}{name}": each for n in (1, 2) for name, each in lists.items()},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "proposals"),
    [
        pytest.param(chosen(), OLD, id="all, least"),
        pytest.param(chosen(), "aes256-sha512-modp2048s256", id="all, group 24"),
        pytest.param(chosen(), "aes256-sha384-modp8192", id="all, group 18"),
        pytest.param(chosen(["AES128-GCM-16"], ["SHA2-384"], [21]), "aes128gcm16-prfsha384-ecp521", id="GCM alone"),
        pytest.param(
            chosen(["AES256-GCM-16", "AES256"], ["SHA2-512"], [16], "ikev1"), "aes256-sha512-modp4096", id="IKEv1"
        ),
    ],
)
@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_both_ends_agree_on_what_was_chosen(
    lab: Lab, folder: str, options: Mapping[str, Any], proposals: str
) -> None:  # fmt: skip
    """strongSwan knows every name in the files, and offers each method that is allowed."""
    negotiate(lab, folder, "own", proposals, options=options)
    until(lambda: agreed(lab) == {1, 2}, 60, lab.aws.log)


@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_a_wrong_key_is_refused_for_its_tunnel_only(lab: Lab, folder: str) -> None:
    negotiate(lab, folder, "modern", MODERN, (KEYS[0], "another.key.than.the.offices"))
    until(lambda: "AUTHENTICATION_FAILED" in lab.gateway.try_("cat /run/charon.log").stdout, 30, lab.gateway.log)
    until(lambda: agreed(lab) == {1}, 30, lab.aws.log)


@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_modern_refuses_old_methods(lab: Lab, folder: str) -> None:
    negotiate(lab, folder, "modern", OLD)
    until(lambda: "NO_PROPOSAL_CHOSEN" in lab.gateway.try_("cat /run/charon.log").stdout, 30, lab.gateway.log)
    assert not agreed(lab)


@pytest.mark.parametrize("startup", ["aws", "device"])
@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_a_tunnel_that_aws_ends_is_called_again(lab: Lab, folder: str, startup: str) -> None:
    negotiate(lab, folder, "modern", MODERN, startup=startup)
    until(lambda: agreed(lab) == {1, 2}, 30, lab.aws.log)
    lab.aws.run("swanctl --terminate --ike t1 && swanctl --terminate --ike t2 && : >/run/charon.log")
    lab.gateway.run("nft add table ip aws_vpn")  # so that nothing but the calls is missing
    lab.gateway.run(f"{SCRIPT} keep")
    until(lambda: agreed(lab) == {1, 2}, 30, lab.aws.log)


def test_an_end_that_is_being_called_is_not_called_twice(lab: Lab) -> None:
    lab.die(1, 2)
    for command in lab.hand_over(STATIC, office(), "swanctl"):
        if command != "systemctl restart aws-tunnels":
            lab.gateway.run(command, "/run/handed-over")
    lab.gateway.run("nft add table ip aws_vpn")
    for _ in range(2):
        lab.gateway.run(f"{SCRIPT} keep")
    assert lab.gateway.run("swanctl --list-sas --raw 2>/dev/null").count("state=CONNECTING") == 2


@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_what_strongswan_did_before_it_does_on(lab: Lab, folder: str) -> None:
    others = {
        "swanctl": ("/etc/swanctl/conf.d/others.conf", "connections {\n others {\n remote_addrs = 192.0.2.9\n }\n}\n"),
        "ipsec": ("/etc/ipsec.conf", "conn others\n right = 192.0.2.9\n authby = psk\n auto = add\n"),
    }
    lab.gateway.write(*others[folder])
    lab.gateway.write("/etc/ipsec.secrets", '192.0.2.9 : PSK "of.others"\n', 0o600)
    negotiate(lab, folder, "modern", MODERN)
    until(lambda: agreed(lab) == {1, 2}, 30, lab.aws.log)
    shown = "swanctl --list-conns" if folder == "swanctl" else "ipsec statusall"
    assert "others:" in lab.gateway.run(shown)
    assert lab.gateway.run("cat /etc/ipsec.secrets").startswith('192.0.2.9 : PSK "of.others"\n')
    # Followed a second time nothing is dropped where that can be, and taken off again only our own is gone.
    if folder == "swanctl":
        lab.aws.run(": >/run/charon.log")
        for command in lab.hand_over(STATIC, office(), folder):
            if command != "systemctl restart aws-tunnels":
                lab.gateway.run(command, "/run/handed-over")
        assert "deleting IKE_SA" not in lab.aws.run("cat /run/charon.log")
    lab.take_off(lab.gateway.run("cat /run/handed-over/README.txt"), folder)
    until(lambda: "aws-tunnel" not in lab.gateway.run(shown), 30)
    assert "others:" in lab.gateway.run(shown)
    ours = "/etc/aws-vpn /etc/systemd/system /etc/strongswan.d /etc/swanctl/conf.d /etc/ipsec.d /etc/ipsec.conf"
    assert not lab.gateway.ok(f"grep -rlE 'vpn-0abc|aws-tunnel' {ours} /etc/ipsec.secrets")


def test_the_older_format_stops_before_it_would_take_the_routes_of_others(lab: Lab) -> None:
    lab.gateway.run("ip route add 192.0.2.128/25 via 203.0.113.1 table 220")
    *_, last = [each for each in lab.hand_over(STATIC, office(), "ipsec") if each.startswith("!")]
    assert not lab.gateway.ok(last)


@pytest.mark.parametrize(("folder", "other"), [("swanctl", "ipsec start"), ("ipsec", "systemctl restart strongswan")])
def test_it_stops_where_strongswan_runs_in_the_other_way(lab: Lab, folder: str, other: str) -> None:
    first = next(lab.hand_over(STATIC, office(), folder))
    lab.gateway.run(first)
    lab.gateway.run(other)
    until(lambda: not lab.gateway.ok(first), 30)  # `ipsec start` returns before its charon runs


def test_frr_keeps_what_it_does_and_says_when_its_number_is_another(lab: Lab) -> None:
    others = "ip route 172.20.0.0/16 192.168.10.9\nrouter bgp {}\n neighbor 192.168.10.2 remote-as 65099\n"
    lab.gateway.write("/etc/frr/frr.conf", others.format(65010))
    lab.gateway.run("chown frr:frr /etc/frr/frr.conf")
    steps = [each for each in lab.hand_over(BGP, office(), "swanctl") if "bgpd" in each or "vtysh" in each]
    *before, merge = steps
    for command in before:
        lab.gateway.run(command, "/run/handed-over")
    refused = lab.gateway.try_(merge, "/run/handed-over")
    assert refused.returncode and "BGP is already running; AS is 65010" in refused.stdout
    assert lab.gateway.run("cat /etc/frr/frr.conf") == others.format(65010)
    ours = ("conf t", "no router bgp 65010", "router bgp 65000", "neighbor 192.168.10.2 remote-as 65099")
    lab.gateway.run("vtysh " + " ".join(f"-c '{line}'" for line in ours))
    lab.gateway.run(merge, "/run/handed-over")
    lab.gateway.run(merge, "/run/handed-over")
    kept = lab.gateway.run("cat /etc/frr/frr.conf")
    assert "ip route 172.20.0.0/16 192.168.10.9" in kept and "neighbor 192.168.10.2 remote-as 65099" in kept
    assert kept.count(" neighbor 169.254.116.137 remote-as 64512") == 1
    (off,) = {
        line.strip()
        for line in lab.gateway.run("cat /run/handed-over/README.txt").splitlines()
        if "no neighbor" in line
    }
    lab.gateway.run(off)
    left = lab.gateway.run("cat /etc/frr/frr.conf")
    assert "169.254" not in left and "neighbor 192.168.10.2 remote-as 65099" in left


def test_frr_reads_its_configuration_without_a_complaint(lab: Lab) -> None:
    list(lab.hand_over(BGP, office(), "swanctl"))
    assert "%" not in lab.gateway.run("vtysh --dryrun --inputfile /run/handed-over/frr.conf")
