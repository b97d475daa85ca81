"""Reading the XML: what is in it is found, and what should not be in it is refused without a leak."""

import traceback

import pytest
from vpn.device.samples import BGP, KEYS, STATIC, keyless

from flows.vpn.device import Unreadable, parse
from flows.vpn.tunnels import measured


def test_a_static_connection_is_read_whole() -> None:
    configuration = parse(STATIC)
    first, second = configuration.tunnels
    assert (configuration.connection_id, configuration.static) == ("vpn-0abc1234def567890", True)
    assert configuration.device_ip == "203.0.113.10"
    assert (first.aws_outside, first.aws_inside, first.device_inside, first.prefix) == (
        "198.51.100.21",
        "169.254.116.137",
        "169.254.116.138",
        30,
    )
    assert (first.psk, second.psk) == KEYS
    assert (first.aws_asn, first.device_asn, first.hold_time, first.mss) == (None, None, None, 1379)


def test_a_bgp_connection_has_numbers_and_a_hold_time() -> None:
    configuration = parse(BGP)
    assert not configuration.static
    assert {(t.aws_asn, t.device_asn, t.hold_time) for t in configuration.tunnels} == {(64512, 65000, 30)}


def test_tunnels_are_numbered_in_awss_own_order_and_not_by_address() -> None:
    swapped = STATIC.replace("198.51.100.21", "later").replace("198.51.100.22", "9.9.9.9").replace("later", "100.1.1.1")
    assert [(t.number, t.aws_outside) for t in parse(swapped).tunnels] == [(1, "100.1.1.1"), (2, "9.9.9.9")]
    telemetry = [{"OutsideIpAddress": each, "Status": "UP"} for each in ("9.9.9.9", "100.1.1.1")]
    told = measured({"VgwTelemetry": telemetry, "CustomerGatewayConfiguration": swapped})
    assert [finding.sentence for finding in told][:2] == [
        "Tunnel 1 (100.1.1.1) is up, 0 routes accepted.",
        "Tunnel 2 (9.9.9.9) is up, 0 routes accepted.",
    ]


def test_where_awss_configuration_is_not_shown_check_keeps_the_order_in_which_aws_lists_the_tunnels() -> None:
    telemetry = [{"OutsideIpAddress": each, "Status": "UP"} for each in ("100.1.1.1", "9.9.9.9")]
    first, second, *_ = measured({"VgwTelemetry": telemetry})
    assert "Tunnel 1 (100.1.1.1)" in first.sentence and "Tunnel 2 (9.9.9.9)" in second.sentence


def test_a_missing_key_is_not_an_error() -> None:
    assert [tunnel.psk for tunnel in parse(keyless(STATIC)).tunnels] == [None, None]


@pytest.mark.parametrize("declared", ["UTF-16", "ISO-8859-1", "no-such-thing"])
def test_the_text_is_decoded_already_whatever_it_declares(declared: str) -> None:
    assert parse("\ufeff\n" + STATIC.replace("UTF-8", declared)) == parse(STATIC)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declaration",
    [
        f'<!DOCTYPE v [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE v [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE v SYSTEM "http://127.0.0.1:9/x.dtd">',
        "<!DOCTYPE v>",
    ],
)
def test_a_document_type_is_refused_before_it_can_do_anything(declaration: str) -> None:
    with pytest.raises(Unreadable, match="document type"):
        parse(STATIC.replace("<vpn_connection ", f"{declaration}<vpn_connection ", 1))


def broken(old: str, new: str, count: int = -1) -> str:
    assert old in BGP
    return BGP.replace(old, new, count)


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        ("", "not complete XML"),
        ("<a>", "not complete XML"),
        ("\ud800", "not complete XML"),
        (BGP[: len(BGP) // 2], "not complete XML"),
        ("<a/>", "does not begin with vpn_connection"),
        (broken("vpn-0abc1234def567890", "vpn-$(reboot)"), "id of a VPN connection"),
        (broken("ipsec_tunnel", "other", 2), "has 1"),
        ('<vpn_connection id="vpn-0abc1234"/>', "has 0"),
        (broken("198.51.100.22", "198.51.100.21"), "same address"),
        (broken("198.51.100.21", "$(reboot)"), "IPv4 address at vpn_gateway"),
        (broken("198.51.100.21", "2001:db8::1"), "IPv4 address at vpn_gateway"),
        (broken("<ip_address>203.0.113.10</ip_address>", ""), "certificate"),
        (broken("203.0.113.10", "203.0.113.11", 1), "different addresses"),
        (broken("169.254.116.138", "169.254.9.1"), "not neighbours"),
        (broken("169.254.116.138", "169.254.116.137"), "not neighbours"),
        (broken("<network_cidr>30</network_cidr>", "<network_cidr>99</network_cidr>"), "from 8 to 30"),
        (broken("<asn>64512</asn>", ""), "no vpn_gateway/bgp/asn"),
        (broken("<asn>65000</asn>", "<asn>-1</asn>"), "from 1 to 4294967295"),
        (broken("<asn>65000</asn>", "<asn>٦٥</asn>"), "from 1 to 4294967295"),
        (broken("<asn>65000</asn>", "<asn>65001</asn>", 1), "different BGP numbers"),
        (broken("<hold_time>30</hold_time>", "<hold_time>0</hold_time>"), "hold_time"),
        (broken("1379", "20"), "tcp_mss_adjustment"),
        (broken("Office.tunnel_1", 'x"\n}'), "pre-shared key"),
    ],
)
def test_what_cannot_be_set_up_is_refused_in_a_sentence(xml: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence) as refusal:
        parse(xml)
    assert "not_a_real_key" not in "".join(traceback.format_exception(refusal.value))


def test_a_key_is_in_no_repr() -> None:
    configuration = parse(STATIC)
    assert "not_a_real_key" not in f"{configuration} {configuration!r} {configuration.tunnels[0]}"
