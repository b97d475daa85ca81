"""What of the device files can be proved on real programs where the kernel knows no ESP.

There no packet can be encrypted, but strongSwan still loads the files, finds the right key for each end
and agrees with it on methods, and FRR still reads its configuration.
"""

from collections.abc import Iterator

import pytest
from vpn.device.aws_end import Lab
from vpn.device.lab import missing, until
from vpn.device.samples import BGP, KEYS, STATIC, office

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


def negotiate(lab: Lab, folder: str, encryption: str, proposals: str, keys: tuple[str, str] = KEYS) -> None:
    """Copy and start as the README says, but for the interfaces, against these two AWS ends."""
    lab.configure_aws(proposals, starts=False, keys=keys, version=0)
    lab.aws.run("systemctl restart strongswan")
    for command in lab.hand_over(STATIC, office(encryption=encryption), folder):
        if command != "systemctl restart aws-tunnels":
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


def test_frr_reads_its_configuration_without_a_complaint(lab: Lab) -> None:
    list(lab.hand_over(BGP, office(), "swanctl"))
    assert "%" not in lab.gateway.run("vtysh --dryrun --inputfile /run/handed-over/frr.conf")
