"""Private names over a connection: whose zone which VPC resolves then, by whose permission, and as before at undo."""

from __future__ import annotations

import json
from typing import Any

import pytest
from peering.cases import MINE, ZONES, ids, picture, session
from support.clock import FakeClock
from support.clouds import Between
from support.repairs import check
from support.sessions import carried_out

from flows.engine import Call, Journal, Problem
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui import exports

OWN: dict[str, Any] = {**MINE, "zones": ["shop.internal"], "dns_hostnames": "yes"}


def zone(account: PracticeAccount, name: str, vpc: str) -> str:
    """A private zone of the company's for one of its VPCs."""
    made = account.session.client("route53").create_hosted_zone(
        Name=name, CallerReference=f"{name} {vpc}", HostedZoneConfig={"PrivateZone": True}, VPC=place(account, vpc)
    )
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def place(account: PracticeAccount, vpc: str) -> dict[str, str]:
    return {"VPCRegion": "eu-central-1", "VPCId": ids(account)[vpc]}


def resolved(account: PracticeAccount, vpc: str) -> list[str]:
    found = account.session.client("route53").list_hosted_zones_by_vpc(**place(account, vpc))["HostedZoneSummaries"]
    return [each["Name"] for each in found]


def zones_of_the_warehouse(account: PracticeAccount) -> Any:
    partner: Any = account.session_of("partner")
    vpc = {"VPCRegion": "eu-central-1", "VPCId": ids(account, profile="partner")["warehouse"]}
    return partner.client("route53").list_hosted_zones_by_vpc(**vpc)["HostedZoneSummaries"]


def allowed(account: PracticeAccount) -> list[str]:
    """Which VPCs may be associated with the warehouse's zone."""
    partner: Any = account.session_of("partner")
    (there,) = zones_of_the_warehouse(account)
    told = partner.client("route53").list_vpc_association_authorizations(HostedZoneId=there["HostedZoneId"])
    return [each["VPCId"] for each in told["VPCs"]]


def steps_of(made: Any) -> list[tuple[str, str]]:
    return [
        (action.call.operation.partition(".")[2], action.call.profile)
        for action in made.review().plan.actions
        if action.call.operation.startswith("route53.")
    ]


def test_another_accounts_owner_allows_it_first(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    """Each call in the account that AWS wants it from, and nothing of the permission stays."""
    made = session(both, journal, ZONES, clock)
    assert steps_of(made) == [
        ("CreateVPCAssociationAuthorization", "partner"), ("AssociateVPCWithHostedZone", ""),
        ("DeleteVPCAssociationAuthorization", "partner"),
    ]  # fmt: skip
    carried_out(made)
    assert resolved(account, "shop") == ["warehouse.internal."]
    assert allowed(account) == []
    list(made.undo())
    assert made.receipt().complete
    assert resolved(account, "shop") == []


def test_in_one_account_in_both_directions(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    zone(account, "shop.internal", "shop")
    zone(account, "staging.internal", "staging")
    before = picture(account)
    made = session(both, journal, {**OWN, "zones": ["shop.internal", "staging.internal"]}, clock)
    assert steps_of(made) == [("AssociateVPCWithHostedZone", "")] * 2
    carried_out(made)
    assert sorted(resolved(account, "shop")) == sorted(resolved(account, "staging"))
    list(made.undo())
    assert made.receipt().complete
    assert picture(account) == before


def test_what_cannot_be(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    first, second = zone(account, "shop.internal", "shop"), zone(account, "shop.internal", "staging")
    with pytest.raises(Problem, match=f"staging can resolve one zone called shop.internal, and {second} is one as"):
        session(both, None, {**OWN, "zones": [first]}, clock)
    third = zone(account, "other.internal", "shop")
    with pytest.raises(Problem, match=r"DNS hostnames is switched off in staging. Answer dns_hostnames=yes, or leave"):
        session(both, None, {**OWN, "zones": [third], "dns_hostnames": "no"}, clock)
    ec2 = account.session.client("ec2")
    ec2.modify_vpc_attribute(VpcId=ids(account)["staging"], EnableDnsSupport={"Value": False})
    with pytest.raises(Problem, match="Switch it on there first, or leave zones empty"):
        session(both, None, {**OWN, "zones": [third]}, clock)


def test_what_both_resolve_is_not_offered(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    id = zone(account, "shop.internal", "shop")
    account.session.client("route53").associate_vpc_with_hosted_zone(HostedZoneId=id, VPC=place(account, "staging"))
    with pytest.raises(Problem, match="zones"):
        session(both, None, OWN, clock)


@pytest.mark.parametrize("how", ["authorized", "associated"])
def test_somebody_who_was_faster(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, how: str
) -> None:
    """What they did is used, and stays theirs."""
    partner: Any = account.session_of("partner")
    theirs, ours = partner.client("route53"), account.session.client("route53")
    (there,) = zones_of_the_warehouse(account)
    which = {"HostedZoneId": there["HostedZoneId"], "VPC": place(account, "shop")}
    meddled = Between(both)
    made = session(meddled, journal, ZONES, clock)
    made.review()
    done = list[str]()

    def strike(_: int, call: Call) -> None:
        if call.operation == "ec2.AcceptVpcPeeringConnection" and not done:
            done.append(how)
            theirs.create_vpc_association_authorization(**which)
            if how == "associated":
                ours.associate_vpc_with_hosted_zone(**which)

    meddled.before = strike
    carried_out(made)
    list(made.undo())
    assert allowed(account) == [ids(account)["shop"]]
    assert bool(resolved(account, "shop")) == (how == "associated")


def test_the_zones_last_vpc_stays(account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock) -> None:
    """Somebody took the first away meanwhile: AWS leaves a private zone one VPC, and the receipt says so."""
    id = zone(account, "shop.internal", "shop")
    made = session(both, journal, OWN, clock)
    carried_out(made)
    account.session.client("route53").disassociate_vpc_from_hosted_zone(HostedZoneId=id, VPC=place(account, "shop"))
    list(made.undo())
    (left,) = (each for each in made.receipt().left if "shop.internal" in each.what)
    assert "private zone keeps one" in left.why
    assert resolved(account, "staging") == ["shop.internal."]


def test_each_account_allows_its_own_part(account: PracticeAccount, both: Aws, clock: FakeClock) -> None:
    made = session(both, None, ZONES, clock)

    def on_zones(text: str) -> dict[str, list[str]]:
        """What is allowed on which zones."""
        found: dict[str, list[str]] = {}
        for each in json.loads(text)["Statement"]:
            things = [each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"]
            for action in (action for action in each["Action"] if action.startswith("route53:")):
                found[action] = [thing for thing in things if ":hostedzone/" in thing]
        return {action: things for action, things in found.items() if things}

    ours, theirs = on_zones(exports.policy(made).text), on_zones(exports.there(made).text)
    assert sorted(ours) == ["route53:AssociateVPCWithHostedZone", "route53:DisassociateVPCFromHostedZone"]
    assert sorted(theirs) == [
        "route53:CreateVPCAssociationAuthorization", "route53:DeleteVPCAssociationAuthorization",
        "route53:ListVPCAssociationAuthorizations",
    ]  # fmt: skip
    (id,) = (each["HostedZoneId"] for each in zones_of_the_warehouse(account))
    assert {thing for things in (*ours.values(), *theirs.values()) for thing in things} == {
        f"arn:aws:route53:::hostedzone/{id}"
    }


@pytest.mark.parametrize("shared", [False, True], ids=["apart", "shared"])
def test_the_check_tells_what_is_not_resolved(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock, shared: bool
) -> None:
    made = session(both, journal, {**ZONES, "zones": ZONES["zones"] if shared else []}, clock)
    carried_out(made)
    assert made.run
    subject = {"connection": made.run.record.handover["outputs"]["connection"], "peer_profile": "partner"}
    found = check("peering", both, subject)
    told = {each.id: each.sentence for each in found.findings if each.id.startswith("zones")}
    shop = ids(account)["shop"]
    if shared:
        assert told == {}
    else:
        assert list(told) == [f"zones:{shop}"]
        assert told[f"zones:{shop}"].startswith(f"{shop} does not resolve 1 private hosted zone of warehouse: ware")
    assert found.status.value == "works"
