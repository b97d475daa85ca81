"""The device files: both tunnels in each, keys only where they belong, nothing a hostile name could do."""

import itertools
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from vpn.device.samples import ARN, BGP, KEYS, STATIC, keyless, office

from flows.vpn.device import Site, files, parse, without_keys

CHOICES = list(
    itertools.product([STATIC, BGP], ["modern", "compatible"], ["aws", "device"], [False, True]),
)


@pytest.fixture(params=CHOICES, ids=lambda c: f"{'static' if c[0] == STATIC else 'bgp'}-{c[1]}-{c[2]}-{c[3]}")
def rendered(request: pytest.FixtureRequest) -> dict[str, str]:
    xml, encryption, startup, behind_nat = request.param
    return files(parse(xml), office(encryption=encryption, startup=startup, behind_nat=behind_nat))


def commands(text: str) -> Iterator[str]:
    """The command lines of a README."""
    return (line.strip() for line in text.splitlines() if line.startswith("    "))


def test_every_file_ends_its_last_line_and_has_no_gap_of_the_templates(rendered: dict[str, str]) -> None:
    for name, text in rendered.items():
        assert text.endswith("\n") and not text.endswith("\n\n"), name
        assert "None" not in text and "{}" not in text, name


def test_both_tunnels_are_in_every_file_about_tunnels(rendered: dict[str, str]) -> None:
    for name in ("swanctl/swanctl.conf", "ipsec/ipsec.conf", "README.txt"):
        assert "198.51.100.21" in rendered[name] and "198.51.100.22" in rendered[name], name
    for folder, link in (("swanctl", "xfrm-aws"), ("ipsec", "vti-aws")):
        script = rendered[f"{folder}/aws-tunnels.sh"]
        assert f"interface {link}1 101 169.254.116.138/30 198.51.100.21 1419" in script
        assert f"interface {link}2 102 169.254.145.186/30 198.51.100.22 1419" in script


def test_the_keys_are_in_one_file_and_in_no_other(rendered: dict[str, str]) -> None:
    holders = {name for name, text in rendered.items() if any(key in text for key in KEYS)}
    assert holders == {"swanctl/swanctl.conf"}
    assert all(key in rendered["swanctl/swanctl.conf"] for key in KEYS)


def test_the_older_format_is_made_from_that_file_where_it_is_used(rendered: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "swanctl").mkdir()
    (tmp_path / "swanctl" / "swanctl.conf").write_text(rendered["swanctl/swanctl.conf"])
    (command,) = (line for line in commands(rendered["README.txt"]) if line.startswith("awk"))
    here = command.replace("/etc/ipsec.d/vpn-0abc1234def567890.secrets", "ipsec.secrets")
    subprocess.run(["sh", "-c", here], cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin"})
    made = tmp_path / "ipsec.secrets"
    ends = ("198.51.100.21", "198.51.100.22")
    assert made.read_text() == "".join(
        f'203.0.113.10 {end} : PSK "{key}"\n' for end, key in zip(ends, KEYS, strict=True)
    )
    assert made.stat().st_mode & 0o777 == 0o600


def test_what_is_kept_of_awss_own_texts_holds_no_key() -> None:
    kept = without_keys(STATIC, parse(STATIC))
    assert not any(key in kept for key in KEYS)
    assert "PUT-THE-KEY-OF-TUNNEL-1-HERE" in kept
    assert len(kept.splitlines()) == len(STATIC.splitlines())


def test_the_identity_is_the_public_address_also_behind_nat() -> None:
    made = files(parse(STATIC), office(behind_nat=True))
    assert made["swanctl/swanctl.conf"].count("      id = 203.0.113.10\n") == 2
    assert "leftid = 203.0.113.10" in made["ipsec/ipsec.conf"]
    assert "forward UDP 500 and UDP 4500" in " ".join(made["README.txt"].split())


def test_modern_offers_nothing_weak_and_compatible_offers_the_strongest_first() -> None:
    modern = files(parse(STATIC), office(encryption="modern"))
    for name in ("swanctl/swanctl.conf", "ipsec/ipsec.conf"):
        assert "sha1" not in modern[name] and "aes128" not in modern[name] and "modp1024" not in modern[name]
    assert "libstrongswan-standard-plugins" in modern["README.txt"]
    compatible = files(parse(STATIC), office(encryption="compatible"))
    assert "version = 0" in compatible["swanctl/swanctl.conf"]
    offers = next(line for line in compatible["swanctl/swanctl.conf"].splitlines() if " proposals" in line)
    assert offers.split(" = ")[1].split(",") == [
        "aes256-sha256-modp2048",
        "aes128-sha256-modp2048",
        "aes128-sha1-modp1024",
    ]


def test_the_device_starts_both_tunnels_and_reopens_closed_ones_unless_aws_does() -> None:
    by_aws = files(parse(STATIC), office(startup="aws"))
    by_device = files(parse(STATIC), office(startup="device"))
    for made in (by_aws, by_device):
        assert made["swanctl/swanctl.conf"].count("start_action = start") == 2
        assert "auto = start" in made["ipsec/ipsec.conf"]
    assert "close_action = none" in by_aws["swanctl/swanctl.conf"]
    assert by_device["swanctl/swanctl.conf"].count("close_action = start") == 2


def test_routes_are_the_scripts_business_with_static_routing_and_frrs_with_bgp() -> None:
    static, bgp = files(parse(STATIC), office()), files(parse(BGP), office())
    assert "frr.conf" not in static and "frr" not in static["README.txt"]
    assert "updown" in static["swanctl/swanctl.conf"] and "updown" not in bgp["swanctl/swanctl.conf"]
    assert "router bgp 65000" in bgp["frr.conf"]
    for tunnel, aws in ((1, "169.254.116.137"), (2, "169.254.145.185")):
        assert f"neighbor {aws} remote-as 64512" in bgp["frr.conf"]
        assert f"neighbor {aws} route-map FROM-AWS{tunnel} in" in bgp["frr.conf"]
        assert f"neighbor {aws} route-map TO-AWS{tunnel} out" in bgp["frr.conf"]


def test_a_key_that_aws_kept_is_asked_for() -> None:
    made = files(parse(keyless(STATIC)), office(psk_secret_arn=ARN))
    assert 'secret = "PUT-THE-KEY-OF-TUNNEL-1-HERE"' in made["swanctl/swanctl.conf"]
    assert ARN in made["README.txt"] and "Secrets Manager" in made["README.txt"]
    assert "Secrets Manager" in files(parse(keyless(STATIC)), office())["README.txt"]
    assert "Secrets Manager" not in files(parse(STATIC), office())["README.txt"]


@pytest.mark.parametrize("letter", ["\n", "\r", "\0", "\x85", "\u2028", "\x1b", "\v"])
def test_a_name_stays_in_its_comment(letter: str) -> None:
    hostile = f"x{letter}rm -rf / # $(reboot) `reboot` \" ' }} \\"
    plain = files(parse(BGP), office(name="x"))
    for name, text in files(parse(BGP), office(name=hostile)).items():
        other = [line for line in text.splitlines() if "rm -rf" not in line]
        assert len(text.split("\n")) == len(plain[name].split("\n")), name
        assert len(text.splitlines()) == len(plain[name].splitlines()), name
        named = [line for line in text.splitlines() if "rm -rf" in line]
        assert all(line.startswith(("#", "!", "VPN between")) for line in named), name
        assert "reboot" not in "".join(other), name


@pytest.mark.parametrize(
    "answers",
    [
        {"networks": ()},
        {"vpc_cidrs": ()},
        {"networks": ("10.0.0.0/16; reboot",)},
        {"networks": ("192.168.10.1/24",)},
        {"networks": ("192.168.10.0/255.255.255.0",)},
        {"vpc_cidrs": ("10.0.0.0/16\n",)},
        {"vpc_cidrs": ("fd00::/8",)},
        {"interface": 'eth0" accept'},
        {"interface": "-eth0"},
        {"interface": "a-name-longer-than-linux-allows"},
        {"psk_secret_arn": "$(reboot)"},
    ],
)
def test_an_answer_that_could_end_up_as_a_command_is_refused(answers: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        office(**answers)


@pytest.mark.some(4)
def test_the_script_is_valid_shell(rendered: dict[str, str]) -> None:
    checks = [["sh", "-n"]]
    if shutil.which("shellcheck"):
        checks.append(["shellcheck", "--shell=sh", "-"])
    for name, check in itertools.product(("swanctl/aws-tunnels.sh", "ipsec/aws-tunnels.sh"), checks):
        checked = subprocess.run(check, input=rendered[name], text=True, capture_output=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_readme_copies_every_file_to_one_place(rendered: dict[str, str]) -> None:
    copied = [shlex.split(line)[-2] for line in commands(rendered["README.txt"]) if line.startswith("install ")]
    # FRR is told by its own shell, which keeps what it does already.
    assert set(copied) == set(rendered) - {"README.txt", "frr.conf"}
    assert ("vtysh -f frr.conf" in rendered["README.txt"]) == ("frr.conf" in rendered)
    places = [shlex.split(line)[-1] for line in commands(rendered["README.txt"]) if line.startswith("install ")]
    others = {"/etc/frr/frr.conf", "/etc/ipsec.conf", "/etc/ipsec.secrets", "/etc/swanctl/swanctl.conf"}
    assert not others & set(places)


def test_what_is_put_onto_the_gateway_is_taken_off_again(rendered: dict[str, str]) -> None:
    for section in rendered["README.txt"].split("\nIF THE GATEWAY"):
        put = {shlex.split(line)[-1] for line in commands(section) if "install " in line and "/etc/" in line}
        taken = {name for line in commands(section) if line.startswith("rm ") for name in line.split()[2:]}
        assert put == taken


def test_strongswan_and_frr_are_restarted_only_where_that_drops_nothing(rendered: dict[str, str]) -> None:
    usual = rendered["README.txt"].split("IF THE GATEWAY ALREADY USES")[0]
    restarts = {line for line in commands(usual) if "systemctl restart" in line} - {"systemctl restart aws-tunnels"}
    assert all(line.startswith(("if swanctl --list-sas", "pgrep -x bgpd")) for line in restarts)


def test_the_readme_tells_what_people_ask() -> None:
    text = " ".join(files(parse(STATIC), office())["README.txt"].split())
    for told in ("scp -r", "aws-sample.txt", "Ubuntu", "ROCKY", "LIBRESWAN", "AMAZON LINUX 2023", "firewalld"):
        assert told in text
    for why in ("journalctl -u strongswan", "AUTHENTICATION_FAILED", "NO_PROPOSAL_CHOSEN"):
        assert why in text


def test_a_site_says_what_it_cannot_take() -> None:
    with pytest.raises(ValueError, match=r"'10\.0\.0\.1/16' is not a network"):
        Site("x", ("10.0.0.1/16",), ("10.1.0.0/16",), "modern", "aws")
