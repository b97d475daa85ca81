"""Whatever is wrong with an answer: a sentence, an exit code, nothing created."""

# ruff: noqa: E501 - the sentences stand whole, as a person reads them

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from cli.both_ways import HERE
from support.between import between
from support.command import Account, Answers, Command
from vpn.cases import BGP, FIXED, STAGING, STATIC

MANY = [f"10.{high}.{low}.0/24" for high in (101, 102) for low in range(60)]

# Each refusal of the specification: what is changed in good answers, and the sentence, which holds the value.
REFUSALS: list[tuple[str, Mapping[str, Any], Mapping[str, Any], str]] = [
    # the device's address
    *(
        (f"address {value}", STATIC, {"gateway_ip": value}, f"“{value}” is not an IPv4 address. It looks like 203.0.113.10, four numbers from 0 to 255.")
        for value in ("hello", "1.2.3", "1.2.3.256", "2001:db8::1", "01.2.3.4", "1.2.3.4.5")
    ),
    ("address with a length", STATIC, {"gateway_ip": "203.0.113.10/32"}, "Please enter a single address without “/32”. Did you mean 203.0.113.10?"),
    *(
        (f"address {value}", STATIC, {"gateway_ip": value}, f"{value} is a private address that nobody on the internet can reach. Enter the public address of your router.")
        for value in ("10.0.0.1", "172.31.255.255", "192.168.1.1")
    ),
    ("address 100.64.0.1", STATIC, {"gateway_ip": "100.64.0.1"}, "100.64.0.1 is a carrier-grade NAT address. Your provider shares one public address between customers; ask for a fixed public address."),
    *(
        (f"address {value}", STATIC, {"gateway_ip": value}, f"{value} cannot be used as the address of a VPN device.")
        for value in ("127.0.0.1", "169.254.1.1", "0.0.0.0", "224.0.0.1", "255.255.255.255")
    ),
    # the office's networks
    *(
        (f"network {value}", STATIC, {"networks": [value]}, f"“{value}” is not a network. Write it as address/length, for example 192.168.10.0/24.")
        for value in ("office", "192.168.10.0/33", "192.168.300.0/24", "2001:db8::/32", "192.168.10.0/")
    ),
    ("network without a length", STATIC, {"networks": ["192.168.10.7"]}, "“192.168.10.7” is not a network. Write it as address/length, for example 192.168.10.0/24. Did you mean 192.168.10.7/32?"),
    ("network with host bits", STATIC, {"networks": ["192.168.10.7/24"]}, "192.168.10.7/24 is an address in the middle of a network that begins at 192.168.10.0. Did you mean 192.168.10.0/24?"),
    ("everything", STATIC, {"networks": ["0.0.0.0/0"]}, "0.0.0.0/0 would send all internet traffic of the VPC to your office. Enter the networks that are really there."),
    ("network in the VPC", STATIC, {"networks": ["10.0.128.0/17"]}, "10.0.128.0/17 overlaps with the VPC range 10.0.0.0/16. Inside the VPC this range is always local, so packets would never reach your office. Use another range, or address translation (NAT) on your device."),
    ("networks that overlap", STATIC, {"networks": ["192.168.10.0/24", "192.168.0.0/16"]}, "192.168.10.0/24 and 192.168.0.0/16 overlap. Keep only 192.168.0.0/16."),
    ("the same network twice", STATIC, {"networks": ["192.168.10.0/24"] * 2}, "192.168.10.0/24 and 192.168.10.0/24 overlap. Keep only 192.168.10.0/24."),
    ("link-local network", STATIC, {"networks": ["169.254.10.0/24"]}, "169.254.10.0/24 is reserved (link-local) and cannot be routed."),
    *(
        (f"network {value}", STATIC, {"networks": [value]}, f"{value} is not a usable network range.")
        for value in ("127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4")
    ),
    ("101 networks", STATIC, {"networks": MANY[:101]}, "These are 101 networks. A virtual private gateway accepts at most 100 routes for a VPN connection. Combine networks (summarize) first."),
    ("no network", STATIC, {"networks": []}, "Enter at least one. It looks like 192.168.10.0/24."),
    ("AWS starts IKEv1", {**STATIC, "encryption": "compatible"}, {"startup": "aws"}, "AWS starts a tunnel only with IKEv2, and compatible encryption allows IKEv1 as well: with a device that speaks IKEv1, nobody would start it. Let the device start the tunnels, or choose the modern encryption if it speaks IKEv2."),
    # the device's number
    *(
        (f"ASN {value}", BGP, {"asn": value}, f"“{value}” is not an ASN. An ASN is a number, for example 65000.")
        for value in ("sixty", "-1", "1.2.3", "٣", "65000.x")
    ),
    *(
        (f"ASN {value}", BGP, {"asn": value}, f"“{value}” is out of range. An ASN is between 1 and 4294967295.")
        for value in ("4294967296", "99999999999", "1.65536")
    ),
    ("ASN of 5000 digits", BGP, {"asn": "9" * 5000}, "is out of range. An ASN is between 1 and 4294967295."),
    ("ASN 7224", BGP, {"asn": 7224}, "7224 is reserved by Amazon. Choose another number, for example 65000."),
    *(
        (f"ASN {value}", BGP, {"asn": value}, f"{value} is reserved and cannot be used. Choose a number from 64512 to 65534.")
        for value in (0, 23456, 65535, 4294967295)
    ),
    ("ASN of an existing gateway", {**STAGING, "routing": "bgp"}, {"asn": 64512}, "64512 is the AWS side's. Your device and AWS need different numbers."),
    *(
        (f"AWS's ASN {value}", BGP, {"amazon_asn": value}, f"{value} cannot be used here. For the AWS side choose a number from 64512 to 65534 or from 4200000000 to 4294967294.")
        for value in (64511, 4199999999)
    ),
    ("the same number twice", BGP, {"amazon_asn": 65010}, "65010 is your device's. AWS and your device need different numbers."),
    # inside the tunnels
    *(
        (f"inside {value}", STATIC, {"inside_networks": [value, "169.254.44.248/30"]}, f"{value} must be a /30 inside 169.254.0.0/16, for example 169.254.44.244/30.")
        for value in ("10.0.0.0/30", "169.254.44.0/29", "inside")
    ),
    ("inside with host bits", STATIC, {"inside_networks": ["169.254.44.245/30", "169.254.44.248/30"]}, "169.254.44.245/30 is not the start of a /30. Did you mean 169.254.44.244/30?"),
    *(
        (f"inside {value}", STATIC, {"inside_networks": [value, "169.254.44.248/30"]}, f"{value} is reserved by AWS. Not allowed are 169.254.0.0/30, 169.254.1.0/30, 169.254.2.0/30, 169.254.3.0/30, 169.254.4.0/30, 169.254.5.0/30 and 169.254.169.252/30.")
        for value in ("169.254.0.0/30", "169.254.5.0/30", "169.254.169.252/30")
    ),
    ("inside twice the same", STATIC, {"inside_networks": ["169.254.44.244/30"] * 2}, "The two tunnels need different inside networks."),
    ("one inside network", STATIC, {"inside_networks": ["169.254.44.244/30"]}, "There are two tunnels, so enter two networks or none; these are 1."),
    # what is let in
    *(
        (f"service {value}", STATIC, {"allow": [value]}, f"“{value}” is not a service. Enter ping, ssh,")
        for value in ("telnet", "sctp/80", "tcp/", "tcp/a", "tcp/-1", "tcp/²")
    ),
    *(
        (f"service {value}", STATIC, {"allow": [value]}, f"“{value}”: a port is a number from 0 to 65535.")
        for value in ("tcp/65536", "udp/1-70000")
    ),
    ("port of 5000 digits", STATIC, {"allow": ["tcp/" + "9" * 5000]}, "a port is a number from 0 to 65535."),
    ("ports backwards", STATIC, {"allow": ["tcp/90-80"]}, "“tcp/90-80”: the first port must not be larger than the last. Did you mean tcp/80-90?"),
    # names
    *(
        (f"interface {value!r}", STATIC, {"interface": value}, f"“{value}” is not an interface name; it looks like eth0 or ens3.")
        for value in ("eth 0", "e" * 16, "eth0;reboot")
    ),
    *(
        (f"name {value!r}", STATIC, {"name": value}, f"“{value}” cannot be a name. Use letters, digits, spaces and . _ : / = + - @, at most 40 characters.")
        for value in ("a" * 41, "büro", "a$b")
    ),
    ("no name", STATIC, {"name": ""}, "A name is needed. Enter for example office-berlin."),
    # choices
    ("an unknown VPC", STATIC, {"vpc": "warehouse"}, "“warehouse” is not among the choices for vpc. Choose from: "),
    ("an unknown way of routing", STATIC, {"routing": "ospf"}, "“ospf” is not among the choices for routing. Choose from: static "),
    ("no route table", STATIC, {"route_tables": []}, "Choose at least one. Without at least one route table your servers cannot answer."),
    ("an unknown group", STATIC, {"security_groups": ["app", "ghost"]}, "“ghost” is not among the choices for security_groups."),
    ("neither yes nor no", STATIC, {"behind_nat": "maybe"}, "“maybe” is neither yes nor no. Answer yes or no."),
    ("a list for one value", STATIC, {"gateway_ip": ["203.0.113.10"]}, "Device address takes one value, not a list."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "change", "sentence"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
@pytest.mark.some(1)
def test_a_refused_answer_says_the_value_and_what_to_enter_instead(
    handrail: Command, museum: Account, answers: Answers, base: Any, change: Any, sentence: str
) -> None:
    (key,) = change
    file = answers(base, **change)
    text = handrail("run", "vpn", "--answers", file, "--yes", *museum.at)
    assert (text.code, text.out) == (2, "")
    assert sentence in " ".join(text.err.split())
    assert text.err.startswith(f"{key}: ")
    error = handrail("run", "vpn", "--answers", file, "--yes", "--output", "json", *museum.at).error
    assert error["code"] == "refused"
    assert sentence in " ".join(f"{error['message']} {error['remedy']}".split())


CAUTIONS: list[tuple[str, str, Mapping[str, Any], str, str]] = [
    ("example-address", "gateway_ip", {}, "203.0.113.10 is an example address from documentation. The tunnel will never come up with it.", ""),
    ("public-network", "networks", {"networks": ["8.8.8.0/24"]}, "8.8.8.0/24 is a public range. Packets to those internet addresses will go through the tunnel.", ""),
    ("example-network", "networks", {"networks": ["192.0.2.0/24"]}, "192.0.2.0/24 is an example range", ""),
    ("docker-network", "networks", {"networks": ["172.16.0.0/12"]}, "172.17.0.0/16 is the default range of Docker; containers on your servers may swallow this traffic.", ""),
    ("large-network", "networks", {"networks": ["64.0.0.0/3"]}, "64.0.0.0/3 is very large. Anything in it that you also use in AWS will be harder to reach.", ""),
    ("public-asn", "asn", {"routing": "bgp", "asn": "64000"}, "64000 is not from the private ranges (64512-65534, 4200000000-4294967294). Use it only if it was assigned to you.", ""),
    ("nothing-reachable", "security_groups", {"security_groups": []}, "Nothing will be reachable until a security group allows it. You can do that later.", ""),
    ("default-group", "security_groups", {"security_groups": ["default"]}, "The default security group is used by everything that has no other group.", ""),
    ("everything-open", "allow", {"allow": ["all"]}, "Every port of every server in app becomes reachable from all machines in 192.168.10.0/24, 192.168.20.0/24.", ""),
    ("weak-encryption", "encryption", {"encryption": "compatible"}, "AWS then picks the weakest method that your device offers, possibly SHA-1", ""),
    ("device-starts", "startup", {"startup": "device"}, "The tunnels come up only when your device sends traffic", ""),
    ("device-starts", "startup", {"behind_nat": "yes"}, "The tunnels come up only when your device sends traffic", ""),
    ("default-vpc", "vpc", {"vpc": "172.31.0.0/16", "security_groups": [], "route_tables": "main"}, "This is the default VPC (172.31.0.0/16). Its range is the same in every AWS account and often collides with other networks.", "default"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "key", "change", "sentence", "where"), CAUTIONS)
@pytest.mark.some(2)
def test_what_is_worth_knowing_is_said_and_listed_by_its_id(
    handrail: Command, museum: Account, answers: Answers, id: str, key: str, change: dict[str, Any], sentence: str, where: str
) -> None:  # fmt: skip
    if where:
        (vpc,) = museum.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
        tables = museum.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])
        change = {**change, "vpc": vpc["VpcId"], "route_tables": [t["RouteTableId"] for t in tables["RouteTables"]]}
    file = answers(**change)
    ran = handrail("plan", "vpn", "--answers", file, "--output", "json", *museum.at)
    assert ran.code == 0
    (found,) = [warning for warning in ran.json["warnings"] if warning["id"] == id]
    assert found["key"] == key
    assert sentence in found["message"]
    assert sentence in handrail("plan", "vpn", "--answers", file, *museum.at).out


@pytest.mark.wild
def test_an_elastic_ip_of_ones_own_is_named(handrail: Command, museum: Account, answers: Answers) -> None:
    own = (
        '<DescribeAddressesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><addressesSet><item>'
        "<publicIp>52.0.0.9</publicIp></item></addressesSet></DescribeAddressesResponse>"
    )
    with between(museum.url, deny="DescribeAddresses", error=(200, "text/xml", own.encode())) as address:
        ran = handrail(
            "plan", "vpn", "--answers", answers(gateway_ip="52.0.0.9"), "--output", "json", "--endpoint-url", address, *HERE
        )  # fmt: skip
    (found,) = [warning for warning in ran.json["warnings"] if warning["id"] == "own-address"]
    assert found["message"].startswith("52.0.0.9 is an Elastic IP of your own AWS account.")


@pytest.mark.wild
def test_a_network_that_leads_elsewhere_is_named(handrail: Command, company: Account, answers: Answers) -> None:
    (table,) = company.ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["shop-public"]}])[
        "RouteTables"
    ]
    (door,) = company.ec2.describe_internet_gateways()["InternetGateways"]
    for network in ("192.168.10.0/24", "192.168.20.128/25"):
        company.ec2.create_route(
            RouteTableId=table["RouteTableId"], DestinationCidrBlock=network, GatewayId=door["InternetGatewayId"]
        )
    for base, says in ((STATIC, "a fixed entry always beats a propagated one"), (FIXED, "it stays as it is")):
        file = answers(base, route_tables=["shop-public"])
        warnings = handrail("plan", "vpn", "--answers", file, "--output", "json", *company.at).json["warnings"]
        messages = {warning["id"]: warning["message"] for warning in warnings}
        assert (
            f"shop-public already has 192.168.10.0/24 -> {door['InternetGatewayId']}; {says}" in messages["route-taken"]
        )
        assert f"192.168.20.128/25 to {door['InternetGatewayId']}" in messages["more-specific-route"]


@pytest.mark.wild
def test_an_inside_network_in_use_is_named(handrail: Command, company: Account, answers: Answers) -> None:
    inside = ["169.254.44.244/30", "169.254.44.248/30"]
    made = handrail(
        "run", "vpn", "--answers", answers(inside_networks=inside), "--yes", "--output", "json", *company.at
    ).json
    ran = handrail("plan", "vpn", "--answers", answers(BGP, inside_networks=inside), *company.at)
    assert ran.code == 2
    assert f"169.254.44.244/30 is already used by {made['outputs']['connection']}." in ran.err


@pytest.mark.wild
def test_a_gateway_that_is_leaving_or_elsewhere_is_refused(
    handrail: Command, company: Account, answers: Answers
) -> None:
    (gateway,) = company.ec2.describe_vpn_gateways()["VpnGateways"]
    ran = handrail("plan", "vpn", "--answers", answers(vpn_gateway=gateway["VpnGatewayId"]), *company.at)
    assert ran.code == 2
    assert f"“{gateway['VpnGatewayId']}”" in ran.err
    leaving = _detaching(gateway["VpnGatewayId"], gateway["VpcAttachments"][0]["VpcId"])
    with between(company.url, deny="DescribeVpnGateways", error=leaving) as address:
        ran = handrail("plan", "vpn", "--answers", answers(STAGING), "--endpoint-url", address, *HERE)
    assert ran.code == 2
    assert f"{gateway['VpnGatewayId']} is being removed from this VPC right now." in ran.err
    assert "Wait a minute" in ran.err


@pytest.mark.wild
def test_too_many_rules_for_a_group_are_refused_with_the_numbers(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    ran = handrail("plan", "vpn", "--answers", answers(networks=MANY[:60]), "--output", "json", *museum.at)
    assert ran.code == 3
    (found,) = [check for check in ran.json["checks"] if check["grade"] == "refused"]
    assert "has 1 rules for IPv4; 120 more would be over the limit of 60." in found["sentence"]
    assert "Combine rules" in found["remedy"]
    assert "L-0EA8095F" in found["remedy"]


@pytest.mark.wild
def test_a_connection_of_the_other_kind_is_refused(handrail: Command, company: Account, answers: Answers) -> None:
    """The device is registered with 65000, AWS's end stands: BGP with the same number meets the static connection."""
    made = handrail("run", "vpn", "--answers", answers(), "--yes", "--output", "json", *company.at).json
    file = answers(routing="bgp", asn=65000)
    ran = handrail("run", "vpn", "--answers", file, "--yes", "--output", "json", *company.at)
    assert ran.code == 3
    assert f"{made['outputs']['connection']} between these two, and it uses static routing" in ran.error["message"]
    assert "device name" in ran.error["remedy"]


def _detaching(gateway: str, vpc: str) -> Any:
    body = (
        '<DescribeVpnGatewaysResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpnGatewaySet><item>'
        f"<vpnGatewayId>{gateway}</vpnGatewayId><state>available</state><attachments><item><vpcId>{vpc}</vpcId>"
        "<state>detaching</state></item></attachments></item></vpnGatewaySet></DescribeVpnGatewaysResponse>"
    )
    return 200, "text/xml", body.encode()
