"""A transit gateway as AWS's end: what is refused and said beforehand, what is done, and what stays with others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest
from practice.office import customer_gateway, named
from practice.picture import snapshot
from practice.test_practice_transit_gateways import attach, ends_at, gateway, only_table, routes
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back
from vpn.cases import BGP, HUB, HUB_ANEW, session, subject

import flows
from flows.engine import Call, Caution, Finding, Grade, Journal, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.drawing import answered, draw, found, remembered, sentences
from flows.engine.verdict import verdict
from flows.practice import PracticeAccount

OFFICE = "192.168.10.0/24"
HUB_BGP = {**BGP, "vpn_gateway": "hub"}
Deed = Callable[[Any], object]


@pytest.fixture
def ec2(account: PracticeAccount) -> Any:
    return account.session.client("ec2")


def hubs_table(ec2: Any) -> str:
    return str(gateway(ec2, "hub")["Options"]["AssociationDefaultRouteTableId"])


def said(cloud: Any, answers: Mapping[str, Any]) -> dict[str, Finding | Caution]:
    """What a review says, by the beginning of its id."""
    review = session(cloud, None, answers).review()
    return {each.id.partition(":")[0]: each for each in (*review.cautions, *review.findings)}


def made_of(made: Any) -> list[str]:
    assert made.run is not None and made.run.plan is not None
    return [action.id.partition("-192")[0].partition("-rtb")[0] for action in made.run.plan.actions]


# -- what is refused ---------------------------------------------------------------------------------------------


class Theirs(Between):
    """An account with which the hub is shared."""

    def pages(self, call: Call) -> Any:
        for page in super().pages(call):
            answer = deepcopy(page)
            for each in answer.get("TransitGateways") or []:
                each["OwnerId"] = "210987654321"
            yield answer


def test_one_of_another_account_is_refused(cloud: Aws) -> None:
    """It is listed with whose it is, since AWS lets a VPN end at it only there."""
    with pytest.raises(Refused, match=r"hub belongs to account 210987654321.*only in that account"):
        session(Theirs(cloud), None, HUB)


def test_with_several_tables_none_is_chosen(cloud: Aws, ec2: Any) -> None:
    ec2.create_transit_gateway_route_table(TransitGatewayId=gateway(ec2, "branches")["TransitGatewayId"])
    with pytest.raises(Refused, match="branches has 2 route tables and no default one"):
        session(cloud, None, HUB_ANEW)


def test_without_a_table_nothing_goes_on(cloud: Aws, ec2: Any) -> None:
    off = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
    tags = [{"ResourceType": "transit-gateway", "Tags": [{"Key": "Name", "Value": "bare"}]}]
    ec2.create_transit_gateway(Options=off, TagSpecifications=tags)
    with pytest.raises(Refused, match="bare has no route table"):
        session(cloud, None, {**HUB_ANEW, "vpn_gateway": "bare"})


def test_nothing_propagates_into_a_vpc(cloud: Aws) -> None:
    with pytest.raises(Refused, match="enters no routes into the route tables of a VPC"):
        session(cloud, None, {**HUB, "route_method": "propagation"})


def test_both_ends_need_numbers_of_their_own(cloud: Aws) -> None:
    with pytest.raises(Refused, match="64530 is the AWS side's"):
        session(cloud, None, {**HUB_BGP, "asn": "64530"})


# -- what is said beforehand -------------------------------------------------------------------------------------


def enter(network: str, *, blackhole: bool = False) -> Deed:
    """A route that somebody entered in the hub's table: to another connection, or into nothing."""

    def deed(ec2: Any) -> None:
        to = {"Blackhole": True} if blackhole else {
            "TransitGatewayAttachmentId": ends_at(ec2, gateway(ec2, "hub")["TransitGatewayId"])[1],
        }  # fmt: skip
        ec2.create_transit_gateway_route(TransitGatewayRouteTableId=hubs_table(ec2), DestinationCidrBlock=network, **to)

    return deed


SAID: Mapping[str, tuple[Deed, Mapping[str, Any], str, Grade | None, str]] = {
    "nothing": (lambda _: None, HUB, "transit-routes", Grade.PROVED, "No route of hub leads either side elsewhere"),
    "taken": (enter(OFFICE), HUB, "transit-taken", Grade.REFUSED, "to vpn-.* already; a route that is there is never"),
    "taken, by BGP": (enter(OFFICE), HUB_BGP, "transit-route-taken", None, "goes before what the device announces"),
    "a blackhole": (enter(OFFICE, blackhole=True), HUB, "transit-taken", Grade.REFUSED, r"nothing \(a blackhole\)"),
    "a part": (enter("192.168.10.64/26"), HUB, "transit-more-specific", None, "leads 192.168.10.64/26 to vpn-"),
    "the VPC's own": (enter("10.0.0.0/16"), HUB, "transit-vpc", Grade.REFUSED, "which is the VPC's own, to vpn-"),
    "a part of the VPC": (enter("10.0.10.0/24"), HUB, "transit-part-of-vpc", None, "a part of the VPC's own"),
    "others beside": (
        lambda ec2: attach(ec2, gateway(ec2, "hub")["TransitGatewayId"], "staging", "staging-private"), HUB,
        "transit-shared", None, r"^staging \(vpc-\w+\) goes by the route table tgw-rtb-\w+, too: the way to the office "
        r"is known to them as well\. What comes from the office is led to staging \(vpc-\w+\) as well\.$",
    ),
    "costs": (lambda _: None, HUB, "transit-gateway-costs", None, "about 0.05 USD an hour each"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_is_said_beforehand(cloud: Aws, ec2: Any, case: str) -> None:
    deed, answers, id_, grade, sentence = SAID[case]
    deed(ec2)
    found = said(CachedCloud(cloud), answers)
    assert id_ in found, sorted(found)
    told = found[id_]
    assert (told.grade if isinstance(told, Finding) else None) is grade
    text = told.sentence if isinstance(told, Finding) else told.message
    assert re.search(sentence, text), text
    assert ("transit-routes" in found) is not any(each in found for each in (
        "transit-taken", "transit-route-taken", "transit-more-specific", "transit-vpc", "transit-part-of-vpc",
    ))  # fmt: skip


class Announced(Between):
    """An account in which others announce what somebody entered here."""

    def pages(self, call: Call) -> Any:
        for page in super().pages(call):
            answer = deepcopy(page)
            for each in answer.get("Routes") or [] if "Search" in call.operation else ():
                each["Type"] = "propagated"
            yield answer


@pytest.mark.parametrize(("ecmp", "shares"), [("enable", "by both then"), ("disable", "by one of the two then")])
def test_what_another_vpn_announces_as_well_goes_by_both_or_by_one(
    cloud: Aws, ec2: Any, ecmp: str, shares: str
) -> None:
    """Where it sends by one tunnel at a time, that is said of the own two as well."""
    tags = [{"ResourceType": "transit-gateway", "Tags": [{"Key": "Name", "Value": "ours"}]}]
    made = ec2.create_transit_gateway(Options={"VpnEcmpSupport": ecmp}, TagSpecifications=tags)["TransitGateway"]
    ours = gateway(ec2, "ours")
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=ours["Options"]["AssociationDefaultRouteTableId"], DestinationCidrBlock=OFFICE,
        TransitGatewayAttachmentId=ends_at(ec2, made["TransitGatewayId"])[1],
    )  # fmt: skip
    found = said(Announced(cloud), {**HUB_BGP, "vpn_gateway": "ours"})
    taken = found["transit-route-taken"]
    assert isinstance(taken, Caution) and f"where both announce it alike, ours sends {shares}" in taken.message
    assert ("transit-one-tunnel" in found) == (ecmp == "disable")
    assert "transit-one-tunnel" not in said(cloud, {**HUB, "vpn_gateway": "ours", "networks": ["192.168.30.0/24"]})


def test_where_the_vpc_is_led_to_by_entered_routes_nothing_is_propagated(cloud: Aws, ec2: Any) -> None:
    """Whoever enters the routes by hand may have a reason."""
    own = own_attachment(ec2, gateway(ec2, "hub")["TransitGatewayId"], "vpc")
    ec2.disable_transit_gateway_route_table_propagation(
        TransitGatewayRouteTableId=hubs_table(ec2), TransitGatewayAttachmentId=own
    )
    made = session(cloud, None, HUB)
    assert "attach-bring" in {action.id for action in made.review().plan.actions}
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=hubs_table(ec2), DestinationCidrBlock="10.0.0.0/16", TransitGatewayAttachmentId=own
    )
    made = session(cloud, None, HUB)
    assert "attach-bring" not in {action.id for action in made.review().plan.actions}


def test_a_zone_without_the_attachment(cloud: Aws, ec2: Any) -> None:
    """Of two zones one is said, and where none is left it is refused."""
    branches = gateway(ec2, "branches")["TransitGatewayId"]
    attach(ec2, branches, "shop", "shop-private-a")
    answers = {**HUB, "vpn_gateway": "branches"}
    told = said(cloud, answers)["transit-zones"]
    assert isinstance(told, Caution)
    assert "no subnet in eu-central-1b" in told.message
    refused = said(cloud, {**answers, "route_tables": ["shop-private-b"]})["transit-zones"]
    assert isinstance(refused, Finding)
    assert (refused.grade, refused.remedy) == (Grade.REFUSED, "Add a subnet of eu-central-1b to the attachment.")


# -- what is done ------------------------------------------------------------------------------------------------


def test_what_is_there_is_used(cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any) -> None:
    """The hub associates and propagates by itself: of a static VPN it needs no more than the routes."""
    made = session(cloud, journal, HUB, clock=clock)
    carried_out(made)
    assert {"transit-attachment", "connection", "transit"} <= set(made_of(made))
    assert not {"attach", "attach-associate", "attach-bring", "transit-associate", "transit-bring"} & set(made_of(made))
    assert {cidr: kind for cidr, kind in routes(ec2, hubs_table(ec2)).items() if cidr.startswith("192.")} == {
        "192.168.10.0/24": ("static", "active"), "192.168.20.0/24": ("static", "active"),
    }  # fmt: skip


def test_by_bgp_nothing_is_entered(cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any) -> None:
    made = session(cloud, journal, HUB_BGP, clock=clock)
    carried_out(made)
    assert not {"transit", "transit-bring", "transit-associate"} & set(made_of(made))
    assert set(routes(ec2, hubs_table(ec2))) == {"10.0.0.0/16"}


def test_what_the_gateway_leaves_out_is_done(cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any) -> None:
    """Attached by a subnet a zone, associated, and propagated both ways."""
    made = session(cloud, journal, HUB_ANEW, clock=clock)
    carried_out(made)
    assert {"attach", "attach-associate", "attach-bring", "transit-associate", "transit-bring"} <= set(made_of(made))
    table = only_table(ec2, gateway(ec2, "branches")["TransitGatewayId"])
    told = ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)["Associations"]
    assert sorted(each["ResourceType"] for each in told) == ["vpc", "vpn"]
    bringing = ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=table)
    kinds = [each["ResourceType"] for each in bringing["TransitGatewayRouteTablePropagations"]]
    assert sorted(kinds) == ["vpc", "vpn"]


def test_a_connection_that_is_there_is_used(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """A second run makes no second connection: it enters what is missing."""
    first = session(cloud, journal, HUB, clock=clock)
    carried_out(first)
    before = snapshot(account.session)
    second = session(cloud, None, {**HUB, "networks": ["192.168.30.0/24"]})
    review = second.review()
    assert any("already a VPN connection" in each.message for each in review.cautions)
    ids = [action.id for action in review.plan.actions]
    assert "connection" not in ids and "transit-192.168.30.0-24" in ids
    assert snapshot(account.session) == before


# -- what stays with others --------------------------------------------------------------------------------------


def test_a_route_that_others_entered_keeps_the_connection(
    cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any
) -> None:
    made = session(cloud, journal, HUB, clock=clock)
    carried_out(made)
    *_, vpn = ec2.describe_vpn_connections()["VpnConnections"]
    (own,) = ec2.describe_transit_gateway_attachments(
        Filters=[{"Name": "resource-id", "Values": [vpn["VpnConnectionId"]]}]
    )["TransitGatewayAttachments"]
    theirs = {"TransitGatewayRouteTableId": hubs_table(ec2), "DestinationCidrBlock": "192.168.99.0/24"}
    ec2.create_transit_gateway_route(**theirs, TransitGatewayAttachmentId=own["TransitGatewayAttachmentId"])
    list(made.undo({}))
    left = {each.what: each.why for each in made.receipt().left}
    assert any("192.168.99.0/24" in why for why in left.values()), left
    assert ec2.describe_vpn_connections()["VpnConnections"][0]["State"] == "available"
    assert routes(ec2, hubs_table(ec2))["192.168.99.0/24"] == ("static", "active")
    ec2.delete_transit_gateway_route(**theirs)
    taken_back(made)


def own_attachment(ec2: Any, gateway: str, kind: str) -> str:
    """The newest of its kind at a transit gateway."""
    of = [{"Name": "transit-gateway-id", "Values": [gateway]}, {"Name": "resource-type", "Values": [kind]}]
    (*_, found) = ec2.describe_transit_gateway_attachments(Filters=of)["TransitGatewayAttachments"]
    return str(found["TransitGatewayAttachmentId"])


@pytest.mark.parametrize("by", ["route", "propagation"])
@pytest.mark.parametrize("kind", ["vpc", "vpn"])
def test_a_table_of_others_that_leads_to_it_keeps_what_it_needs(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any, kind: str, by: str
) -> None:
    """Whoever made a route table of their own reaches the VPC, or the office, by what this run attached: it stays, and
    goes on by its table, so that there are answers."""
    branches = gateway(ec2, "branches")["TransitGatewayId"]
    table = only_table(ec2, branches)
    before = snapshot(account.session)
    made = session(cloud, journal, HUB_ANEW, clock=clock)
    carried_out(made)
    own = own_attachment(ec2, branches, kind)
    theirs = ec2.create_transit_gateway_route_table(TransitGatewayId=branches)["TransitGatewayRouteTable"]
    other = {"TransitGatewayRouteTableId": str(theirs["TransitGatewayRouteTableId"])}
    route = {**other, "DestinationCidrBlock": "172.16.0.0/12"}
    if by == "route":
        ec2.create_transit_gateway_route(**route, TransitGatewayAttachmentId=own)
    else:
        ec2.enable_transit_gateway_route_table_propagation(**other, TransitGatewayAttachmentId=own)
    list(made.undo({}))
    because = other["TransitGatewayRouteTableId"]
    left = [each.what.partition(" (")[0] for each in made.receipt().left if because in each.why]
    assert set(left) == ({
        "The attachment of staging", "The association of the VPC", f"What {table} knows of the VPC",
    } if kind == "vpc" else {"The VPN connection", "The association of the office"})  # fmt: skip
    associated = ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)["Associations"]
    assert [each["TransitGatewayAttachmentId"] for each in associated] == [own]
    if by == "route":
        ec2.delete_transit_gateway_route(**route)
    else:
        ec2.disable_transit_gateway_route_table_propagation(**other, TransitGatewayAttachmentId=own)
    taken_back(made)
    after = snapshot(account.session)
    assert after["transit_tables"].pop(because) == ([], [])
    assert after == before


def test_a_route_that_leads_elsewhere_since_is_left(cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any) -> None:
    made = session(cloud, journal, HUB, clock=clock)
    carried_out(made)
    route = {"TransitGatewayRouteTableId": hubs_table(ec2), "DestinationCidrBlock": OFFICE}
    ec2.delete_transit_gateway_route(**route)
    other = customer_gateway(ec2, "198.51.100.44")["CustomerGatewayId"]
    theirs = ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=other, TransitGatewayId=gateway(ec2, "hub")["TransitGatewayId"],
        Options={"StaticRoutesOnly": True},
    )["VpnConnection"]["VpnConnectionId"]  # fmt: skip
    (to,) = ec2.describe_transit_gateway_attachments(Filters=[{"Name": "resource-id", "Values": [theirs]}])[
        "TransitGatewayAttachments"
    ]
    ec2.create_transit_gateway_route(**route, TransitGatewayAttachmentId=to["TransitGatewayAttachmentId"])
    list(made.undo({}))
    assert any("leads elsewhere now" in each.why for each in made.receipt().left)
    assert routes(ec2, hubs_table(ec2))[OFFICE] == ("static", "active")


# -- and whether it works ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [HUB, HUB_ANEW], ids=["hub", "anew"])
def test_the_check_finds_what_was_made(
    cloud: Aws, journal: Journal, clock: FakeClock, answers: Mapping[str, Any]
) -> None:
    """Nothing of AWS's side is wrong: what is waited for is the device."""
    made = session(cloud, journal, answers, clock=clock)
    carried_out(made)
    assert made.run is not None
    asked = subject(made.run.record.handover["outputs"])
    found = verdict(flows.find("vpn").diagnose(CachedCloud(cloud), asked))
    grades = {each.id.partition(":")[0]: each.grade for each in found.findings}
    assert found.status == "waiting", "\n".join(f"{each.id} {each.grade} {each.sentence}" for each in found.findings)
    assert (grades["attachment"], grades["onward"]) == (Grade.PROVED, Grade.PROVED)


@pytest.mark.parametrize(("answers", "leads"), [(HUB, "exists"), (HUB_ANEW, "waiting")], ids=["static", "by BGP"])
def test_the_picture_names_it(
    cloud: Aws, journal: Journal, clock: FakeClock, answers: Mapping[str, Any], leads: str
) -> None:
    """While somebody answers, at the review, for whoever goes on later, and after a check."""
    made, picture = session(cloud, journal, answers, clock=clock), flows.find("vpn").picture
    assert picture is not None
    review = made.review()
    drawn = [draw(picture, answered(review.answers)), draw(picture, answered(review.answers), plan=review.plan)]
    carried_out(made)
    assert made.run is not None
    run = Journal(journal.folder).run(made.run.id)
    assert run.plan is not None
    drawn.append(draw(picture, remembered(run, run.plan), plan=run.plan))
    asked = subject(run.record.handover["outputs"])
    findings = verdict(flows.find("vpn").diagnose(CachedCloud(cloud), asked)).findings
    drawn.append(found(picture, findings))
    assert [each.boxes()["gateway"].name for each in drawn] == ["Transit gateway"] * 4
    assert f"Transit gateway and VPC ({leads}): The gateway is the door of this network." in sentences(drawn[-1])


def test_the_picture_shows_where_it_leads_nowhere(cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any) -> None:
    made = session(cloud, journal, HUB, clock=clock)
    carried_out(made)
    table = hubs_table(ec2)
    for each in routes(ec2, table):
        if each.startswith("192."):
            ec2.delete_transit_gateway_route(TransitGatewayRouteTableId=table, DestinationCidrBlock=each)
    assert made.run is not None and flows.find("vpn").picture is not None
    asked = subject(made.run.record.handover["outputs"])
    drawing = found(flows.find("vpn").picture, verdict(flows.find("vpn").diagnose(CachedCloud(cloud), asked)).findings)
    broken = [each for each in sentences(drawing) if "(broken)" in each]
    assert broken == ["Transit gateway and VPC (broken): The gateway is the door of this network."]


def test_before_the_device_announces_anything_it_is_waited_for_whatever_leads_elsewhere(
    cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any
) -> None:
    enter("0.0.0.0/0")(ec2)
    made = session(cloud, journal, HUB_BGP, clock=clock)
    carried_out(made)
    assert made.run is not None
    found = verdict(flows.find("vpn").diagnose(CachedCloud(cloud), subject(made.run.record.handover["outputs"])))
    assert (found.status, found.cause) == ("waiting", "tunnels")
    (back,) = [each for each in found.findings if each.id.startswith("back:")]
    assert re.fullmatch(r"No answers from shop \(vpc-\w+\) are led back yet: the device announces .*", back.sentence)


def test_an_attachment_that_goes_by_no_table_is_associated_and_let_go(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any
) -> None:
    """It is somebody else's: it gets what is missing, and stays."""
    attach(ec2, gateway(ec2, "branches")["TransitGatewayId"], "staging", "staging-private")
    before = snapshot(account.session)
    made = session(cloud, journal, HUB_ANEW, clock=clock)
    carried_out(made)
    assert {"attach-associate", "attach-bring"} <= set(made_of(made))
    assert "attach" not in made_of(made)
    taken_back(made)
    assert snapshot(account.session) == before


def test_an_attachment_that_goes_by_another_table_is_not_moved(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any
) -> None:
    """Answers go by its own table: the way to the office is entered there, and that to the VPC is in the other."""
    hub = gateway(ec2, "hub")["TransitGatewayId"]
    own = attach(ec2, hub, "staging", "staging-private")
    both = {"TransitGatewayAttachmentId": own, "TransitGatewayRouteTableId": hubs_table(ec2)}
    ec2.disassociate_transit_gateway_route_table(**both)
    other = ec2.create_transit_gateway_route_table(TransitGatewayId=hub)["TransitGatewayRouteTable"]
    theirs = str(other["TransitGatewayRouteTableId"])
    ec2.associate_transit_gateway_route_table(**both | {"TransitGatewayRouteTableId": theirs})
    before = snapshot(account.session)
    answers = {**HUB, "vpc": "staging", "route_tables": ["staging-private"], "security_groups": []}
    made = session(cloud, journal, answers, clock=clock)
    carried_out(made)
    assert set(routes(ec2, theirs)) == {"192.168.10.0/24", "192.168.20.0/24"}
    assert set(routes(ec2, hubs_table(ec2))) == {"10.0.0.0/16", "10.20.0.0/16"}
    assert not {"attach", "attach-associate", "attach-bring", "transit-associate"} & set(made_of(made))
    assert made.run is not None
    found = verdict(flows.find("vpn").diagnose(CachedCloud(cloud), subject(made.run.record.handover["outputs"])))
    grades = {each.id: each.grade for each in found.findings}
    assert grades[f"back:{named(ec2, 'vpc', 'staging')}"] is Grade.PROVED
    taken_back(made)
    assert snapshot(account.session) == before


def test_a_route_of_others_keeps_the_attachment(cloud: Aws, journal: Journal, clock: FakeClock, ec2: Any) -> None:
    """What they let lead to the gateway from the VPC needs it."""
    made = session(cloud, journal, HUB_ANEW, clock=clock)
    carried_out(made)
    theirs = {"RouteTableId": named(ec2, "table", "staging-private"), "DestinationCidrBlock": "172.16.0.0/16"}
    ec2.create_route(**theirs, TransitGatewayId=gateway(ec2, "branches")["TransitGatewayId"])
    list(made.undo({}))
    left = {each.what: each.why for each in made.receipt().left}
    assert any("172.16.0.0/16" in why for what, why in left.items() if "attachment" in what.lower()), left
    (told,) = ec2.describe_transit_gateway_vpc_attachments(
        Filters=[{"Name": "vpc-id", "Values": [named(ec2, "vpc", "staging")]}]
    )["TransitGatewayVpcAttachments"]
    assert told["State"] == "available"
    ec2.delete_route(**theirs)
    taken_back(made)
