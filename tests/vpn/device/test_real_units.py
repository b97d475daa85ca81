"""The units of the device files among those of Debian's packages, as systemd itself orders a start of the machine."""

from collections.abc import Iterator

import pytest
from vpn.device.lab import Machine, missing
from vpn.device.samples import BGP, STATIC, office

from flows.vpn.device import files, parse

REASON = missing()
pytestmark = [pytest.mark.wild, pytest.mark.skipif(bool(REASON), reason=REASON)]

DAEMONS = {"swanctl": "strongswan", "ipsec": "strongswan-starter"}


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine()
    try:
        yield made
    finally:
        made.close()


def start_of(machine: Machine, xml: str, folder: str) -> str:
    """What systemd says to a start of the machine with these units and those that they work with, all enabled."""
    made = files(parse(xml), office())
    ours = [name.removeprefix(f"{folder}/") for name in made if name.startswith(f"{folder}/aws-tunnels")]
    for name in ours:
        executable = name.endswith(".sh")
        place = f"/etc/aws-vpn/{name}" if executable else f"/etc/systemd/system/{name}"
        machine.write(place, made[f"{folder}/{name}"], 0o755 if executable else 0o644)
    others = [DAEMONS[folder], "nftables", *(["frr"] if xml == BGP else [])]
    others += [
        each for each in ("ufw", "netfilter-persistent") if machine.ok(f"test -e /lib/systemd/system/{each}.service")
    ]
    # firewalld's unit conflicts with nftables': with both, systemd drops one of them, and what hangs on it, at random.
    machine.run("rm -f /etc/systemd/system/multi-user.target.wants/firewalld.service")
    installed = [name for name in ours if "[Install]" in made[f"{folder}/{name}"]]
    machine.run(f"SYSTEMD_OFFLINE=1 /usr/bin/systemctl enable {' '.join([*installed, *others])}")
    assert machine.ok("test -e /etc/systemd/system/multi-user.target.wants/aws-tunnels.service")
    return machine.try_("systemd-analyze verify --man=no default.target multi-user.target").stdout


@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
@pytest.mark.parametrize("xml", [STATIC, BGP], ids=["static", "bgp"])
def test_the_tunnels_come_back_after_a_restart_of_the_machine(machine: Machine, xml: str, folder: str) -> None:
    told = start_of(machine, xml, folder)
    assert "cycle" not in told and "aws-tunnels" not in told, told


def test_an_order_that_systemd_cannot_keep_is_seen(machine: Machine) -> None:
    start_of(machine, BGP, "swanctl")
    machine.run("sed -i 's/^After=/After=network.target /' /etc/systemd/system/aws-tunnels.service")
    assert "cycle" in machine.try_("systemd-analyze verify --man=no multi-user.target").stdout
