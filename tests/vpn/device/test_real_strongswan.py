"""The device files on real strongSwan and FRR: copied and started as the README says, against two AWS ends.

Needs root, the packages in `lab.PACKAGES`, and a kernel with ESP, xfrm interfaces and VTIs.
"""

from collections.abc import Iterator

import pytest
from vpn.device.aws_end import DEVICE_INSIDE, PC, SERVER, Lab
from vpn.device.lab import missing, until
from vpn.device.samples import BGP, KEYS, STATIC, office

REASON = missing(("xfrm if_id 1", "vti remote 192.0.2.1 key 1"))
pytestmark = [pytest.mark.wild, pytest.mark.skipif(bool(REASON), reason=REASON)]


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab()
    try:
        yield made
    finally:
        made.close()


def test_it_is_up_and_says_so_as_the_readme_promises(lab: Lab) -> None:
    lab.build()
    lab.start_aws()
    lab.answer_through(1)
    lab.follow_readme(STATIC, office())
    lab.wait_for(1, 2)
    assert lab.gateway.run("swanctl --list-sas").count("INSTALLED, TUNNEL, ESP:") == 2
    lab.gateway.run("ping -c 3 169.254.116.137")
    lab.gateway.run("ping -c 3 169.254.145.185")
    until(lab.connected)
    lab.pc.run(f"setsid ping -n {SERVER} </dev/null >/dev/null 2>&1 &")
    assert lab.gateway.run("timeout 300 /etc/aws-vpn/aws-tunnels.sh check").count("Right: ") == 3
    assert lab.gateway.run("stat -c %a /etc/swanctl/conf.d/*.conf").strip() == "600"
    assert lab.seen_in_clear() == 0


@pytest.mark.parametrize("startup", ["aws", "device"])
@pytest.mark.parametrize("behind_nat", [False, True], ids=["direct", "nat"])
@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_traffic_passes_both_ways(lab: Lab, folder: str, behind_nat: bool, startup: str) -> None:
    lab.build(behind_nat=behind_nat)
    lab.start_aws(starts=startup == "aws")
    # The office sends through tunnel 1; that the answers take the other one must not matter.
    lab.answer_through(2)
    lab.follow_readme(STATIC, office(behind_nat=behind_nat, startup=startup), folder)
    lab.wait_for(1, 2)
    until(lab.connected)
    assert ("TUNNEL-in-UDP" in lab.aws.run("swanctl --list-sas")) == behind_nat
    assert lab.seen_in_clear() == 0


@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_a_silent_tunnel_is_left_for_the_other_one_and_taken_again_when_it_is_back(lab: Lab, folder: str) -> None:
    lab.build()
    lab.start_aws()
    lab.answer_through(2)
    lab.follow_readme(STATIC, office(), folder)
    lab.wait_for(1, 2)
    until(lab.connected)
    lab.die(1)
    assert not lab.pc.pings(SERVER)
    until(lab.connected, 50, lab.gateway.log)
    assert "aws2" in lab.gateway.run(f"ip route get {SERVER}")
    lab.revive()
    until(lambda: lab.gateway.ok(f"ip route get {SERVER} | grep aws1"), 50)
    until(lab.connected)
    assert lab.seen_in_clear() == 0


@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_with_both_tunnels_down_nothing_leaves_in_clear(lab: Lab, folder: str) -> None:
    lab.build()
    lab.start_aws()
    lab.answer_through(1)
    lab.follow_readme(STATIC, office(), folder)
    lab.wait_for(1, 2)
    lab.aws.run("pkill -TERM charon-systemd")
    until(lambda: "blackhole" in lab.gateway.try_(f"ip route show to {SERVER}/16; ip route").stdout)
    until(lambda: "aws" not in lab.gateway.run("ip route show 10.0.0.0/16"))
    assert not lab.pc.pings(SERVER)
    assert lab.seen_in_clear() == 0
    # The second lock holds alone, should something clean up routes that it does not know.
    lab.gateway.run("ip route delete blackhole 10.0.0.0/16 metric 4278198272")
    assert not lab.pc.pings(SERVER)
    assert lab.seen_in_clear() == 0
    # And without either the packets would be seen, so the watch does see.
    lab.gateway.run("/etc/aws-vpn/aws-tunnels.sh down")
    assert not lab.pc.pings(SERVER)
    assert lab.seen_in_clear() > 0


def test_bgp_exchanges_the_networks_and_moves_to_the_other_tunnel(lab: Lab) -> None:
    lab.build()
    # A network behind the default route, not in the gateway's table, is announced all the same.
    networks = ("192.168.10.0/24", "192.168.77.0/24")
    lab.start_aws()
    lab.start_aws_bgp()
    lab.follow_readme(BGP, office(networks=networks))
    lab.wait_for(1, 2)
    until(lambda: lab.gateway.ok(f"ip route get {SERVER} | grep aws1"), 60, lambda: bgp_state(lab))
    until(lambda: all(lab.aws.ok(f"ip route get {ip} | grep x1") for ip in (PC, "192.168.77.9")), 30)
    until(lab.connected)
    # Both sessions exchange, not only the preferred one.
    for neighbour in DEVICE_INSIDE:
        until(lambda it=neighbour: "192.168.77.0/24" in routes_from(lab, it), 60)
    lab.die(1)
    until(lab.connected, 60, lambda: bgp_state(lab))
    assert "aws2" in lab.gateway.run(f"ip route get {SERVER}")
    assert lab.seen_in_clear() == 0


def test_with_bgp_too_nothing_leaves_in_clear_when_both_tunnels_are_down(lab: Lab) -> None:
    lab.build()
    lab.start_aws()
    lab.start_aws_bgp()
    lab.follow_readme(BGP, office())
    until(lab.connected, 60, lambda: bgp_state(lab))
    lab.pc.run(f"setsid ping -n {SERVER} </dev/null >/dev/null 2>&1 &")
    assert lab.gateway.run("timeout 300 /etc/aws-vpn/aws-tunnels.sh check").count("Right: ") == 5
    lab.pc.run("pkill ping")
    lab.die(1, 2)
    until(lambda: not lab.gateway.ok("ip route show 10.0.0.0/16 | grep aws"), 60)
    assert not lab.pc.pings(SERVER)
    assert lab.seen_in_clear() == 0


def bgp_state(lab: Lab) -> str:
    return lab.gateway.run("vtysh -c 'show ip bgp summary' -c 'show ip bgp' -c 'show ip route'")


def routes_from(lab: Lab, neighbour: str) -> str:
    return lab.aws.run(f"vtysh -c 'show ip bgp neighbors {neighbour} routes'")


def test_a_wrong_key_keeps_its_tunnel_down_and_only_that(lab: Lab) -> None:
    lab.build()
    lab.start_aws(keys=(KEYS[0], "another.key.than.the.offices"))
    lab.follow_readme(STATIC, office())
    until(lambda: "AUTHENTICATION_FAILED" in lab.gateway.run("cat /run/charon.log"))
    lab.wait_for(1)
    assert "aws2" not in lab.gateway.run("ip route show 10.0.0.0/16")


def test_compatible_reaches_an_end_that_knows_only_old_methods(lab: Lab) -> None:
    lab.build()
    lab.start_aws("aes128-sha1-modp1024", version=0)
    lab.answer_through(1)
    lab.follow_readme(STATIC, office(encryption="compatible"))
    lab.wait_for(1, 2)
    until(lab.connected)


@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_a_tunnel_that_aws_ends_comes_back_with_its_route(lab: Lab, folder: str) -> None:
    lab.build()
    lab.start_aws()
    lab.answer_through(1)
    lab.follow_readme(STATIC, office(startup="aws"), folder)
    lab.wait_for(1, 2)
    lab.aws.run("swanctl --terminate --ike t1")
    lab.wait_for(2)
    lab.gateway.run("/etc/aws-vpn/aws-tunnels.sh keep")
    lab.wait_for(1, 2)
    until(lambda: lab.gateway.ok(f"ip route get {SERVER} | grep aws1"))
    until(lab.connected)


def test_modern_prefers_aes_gcm_where_aws_takes_it(lab: Lab) -> None:
    lab.build()
    lab.start_aws("aes256gcm16-prfsha384-ecp384,aes256-sha256-modp2048")
    lab.answer_through(1)
    lab.follow_readme(STATIC, office())
    lab.wait_for(1, 2)
    assert lab.gateway.run("swanctl --list-sas").count("ESP:AES_GCM_16-256") == 2
    until(lab.connected)


def test_segments_are_made_to_fit_the_tunnel(lab: Lab) -> None:
    lab.build()
    lab.start_aws()
    lab.answer_through(1)
    lab.follow_readme(STATIC, office())
    lab.wait_for(1, 2)
    until(lab.connected)
    lab.server.run(
        "nft 'add table ip watch; add chain ip watch in { type filter hook input priority 0; };"
        "add rule ip watch in tcp option maxseg size 1379 counter accept'"
    )
    lab.pc.try_(f"bash -c 'echo >/dev/tcp/{SERVER}/9'")
    assert "counter packets 1 " in lab.server.run("nft list chain ip watch in")
    # What fits, fits whole; one byte more does not, and the sender is told.
    assert lab.pc.ok(f"ping -n -c 1 -w 5 -M do -s {1419 - 28} {SERVER}")
    assert not lab.pc.ok(f"ping -n -c 1 -w 5 -M do -s {1419 - 27} {SERVER}")


@pytest.mark.parametrize("folder", ["swanctl", "ipsec"])
def test_the_script_may_be_repeated_and_leaves_nothing_behind(lab: Lab, folder: str) -> None:
    lab.build()
    # The kernel makes ip_vti0 by itself, when it first hears of VTIs.
    everything = "ip -br address | grep -v ip_vti0; ip route; nft list ruleset"
    before = lab.gateway.run(everything)
    lab.start_aws()
    lab.answer_through(1)
    lab.follow_readme(STATIC, office(), folder)
    lab.wait_for(1, 2)
    until(lab.connected)
    made = lab.gateway.run(everything)
    lab.gateway.run("/etc/aws-vpn/aws-tunnels.sh up")
    assert lab.gateway.run(everything) == made
    assert lab.connected()
    lab.gateway.run("/etc/aws-vpn/aws-tunnels.sh down")
    assert lab.gateway.run(everything) == before
