"""Route tables, security groups and dry runs behave as on AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from practice.office import named, refused, tags, vpn_gateway
from practice.picture import snapshot

from flows.practice import PracticeAccount, door, open_account


def _table(ec2: Any, table: str) -> Any:
    (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return found


def test_routes_are_propagated_only_from_an_attached_gateway(ec2: Any) -> None:
    table, gateway = named(ec2, "table", "shop-private-a"), vpn_gateway(ec2)
    with refused("Gateway.NotAttached"):
        ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=gateway)
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=named(ec2, "vpc", "shop"))
    ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=gateway)
    ec2.enable_vgw_route_propagation(RouteTableId=table, GatewayId=gateway)
    assert _table(ec2, table)["PropagatingVgws"] == [{"GatewayId": gateway}]
    ec2.disable_vgw_route_propagation(RouteTableId=table, GatewayId=gateway)
    assert _table(ec2, table).get("PropagatingVgws", []) == []


def test_a_route_to_a_vpn_gateway_needs_it_attached_and_dies_with_the_attachment(ec2: Any) -> None:
    shop, table = named(ec2, "vpc", "shop"), named(ec2, "table", "shop-private-a")
    elsewhere = named(ec2, "vgw", "staging-vgw")
    with refused("InvalidParameterValue"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="192.168.10.0/24", GatewayId=elsewhere)
    gateway = vpn_gateway(ec2, shop)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="192.168.10.0/24", GatewayId=gateway)

    def route() -> tuple[str, str, str]:
        found = _table(ec2, table)["Routes"]
        (one,) = [each for each in found if each["DestinationCidrBlock"] == "192.168.10.0/24"]
        return one["GatewayId"], one["State"], one["Origin"]

    assert route() == (gateway, "active", "CreateRoute")
    with refused("RouteAlreadyExists"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="192.168.10.0/24", GatewayId=gateway)
    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=shop)
    assert route() == (gateway, "blackhole", "CreateRoute")


def _permission(low: int, high: int, *cidrs: str) -> dict[str, Any]:
    ranges = [{"CidrIp": cidr, "Description": "office"} for cidr in cidrs]
    return {"IpProtocol": "tcp", "FromPort": low, "ToPort": high, "IpRanges": ranges}


def test_a_rule_for_another_group_says_what_it_is_for(ec2: Any) -> None:
    group = named(ec2, "group", "app")
    pair = {"GroupId": named(ec2, "group", "web"), "Description": "the web servers"}
    rule = {"IpProtocol": "tcp", "FromPort": 9100, "ToPort": 9100, "UserIdGroupPairs": [pair]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    assert "the web servers" in [each.get("Description") for each in rules]


def test_every_new_rule_is_answered_with_its_id_description_and_tags(ec2: Any) -> None:
    group = named(ec2, "group", "app")
    rules = ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            _permission(22, 22, "192.168.10.0/24", "192.168.11.0/24"),
            _permission(443, 443, "10.9.0.0/16"),
        ],
        TagSpecifications=tags("security-group-rule", "office"),
    )["SecurityGroupRules"]
    assert [(rule["CidrIpv4"], rule["FromPort"]) for rule in rules] == [
        ("192.168.10.0/24", 22),
        ("192.168.11.0/24", 22),
        ("10.9.0.0/16", 443),
    ]
    assert {rule["Description"] for rule in rules} == {"office"}
    filters = [{"Name": "group-id", "Values": [group]}, {"Name": "tag:Name", "Values": ["office"]}]
    found = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    ids = {rule["SecurityGroupRuleId"] for rule in rules}
    assert {rule["SecurityGroupRuleId"] for rule in found} == ids
    assert all(rule["Tags"] == [{"Key": "Name", "Value": "office"}] for rule in found)
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=sorted(ids))
    assert ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"] == []
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=sorted(ids))


def test_the_way_out_is_ruled_alike(ec2: Any) -> None:
    group = named(ec2, "group", "app")
    (rule,) = ec2.authorize_security_group_egress(
        GroupId=group, IpPermissions=[_permission(22, 22, "192.168.10.0/24")]
    )["SecurityGroupRules"]
    assert rule["IsEgress"] is True
    ec2.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        ec2.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    with refused("InvalidParameterValue"):
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[_permission(443, 80, "192.168.10.0/24")])


@pytest.mark.parametrize(
    "wrong",
    [
        _permission(99999, 99999, "192.168.10.0/24"),
        _permission(443, 80, "192.168.10.0/24"),
        _permission(80, 80, "192.168.10.1/24"),
        {"IpProtocol": "icmp", "FromPort": 300, "ToPort": -1, "IpRanges": [{"CidrIp": "192.168.10.0/24"}]},
    ],
)
@pytest.mark.some(3)
def test_a_wrong_rule_is_refused(ec2: Any, wrong: Any) -> None:
    with refused("InvalidParameterValue"):
        ec2.authorize_security_group_ingress(GroupId=named(ec2, "group", "app"), IpPermissions=[wrong])


def test_rules_are_added_all_or_none(account: PracticeAccount, ec2: Any) -> None:
    group = named(ec2, "group", "app")
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[_permission(22, 22, "10.9.0.0/16")])
    before = snapshot(account.session)
    with refused("InvalidPermission.Duplicate"):
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[_permission(80, 80, "10.9.0.0/16"), _permission(22, 22, "10.9.0.0/16")],
        )
    assert snapshot(account.session) == before


def test_a_dry_run_does_nothing(account: PracticeAccount, ec2: Any) -> None:
    before = snapshot(account.session)
    vpc, gateway = named(ec2, "vpc", "shop"), named(ec2, "vgw", "staging-vgw")
    for call, given in {
        "create_vpc": {"CidrBlock": "10.9.0.0/16"},
        "create_vpn_gateway": {"Type": "ipsec.1"},
        "attach_vpn_gateway": {"VpnGatewayId": gateway, "VpcId": vpc},
        "create_customer_gateway": {"Type": "ipsec.1", "IpAddress": "198.51.100.7"},
        "delete_vpn_gateway": {"VpnGatewayId": gateway},
        "describe_vpcs": {},
    }.items():
        with refused("DryRunOperation"):
            getattr(ec2, call)(**given, DryRun=True)
    assert snapshot(account.session) == before


def test_an_entry_of_a_network_acl_keeps_what_icmp_it_is_for(account: PracticeAccount) -> None:
    ec2 = account.session.client("ec2")
    acl = ec2.describe_network_acls()["NetworkAcls"][0]["NetworkAclId"]
    which = {"NetworkAclId": acl, "RuleNumber": 7, "Egress": False}
    ec2.create_network_acl_entry(
        **which, Protocol="1", RuleAction="allow", CidrBlock="10.0.0.0/8", IcmpTypeCode={"Type": 8, "Code": -1}
    )
    entries = ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Entries"]
    (made,) = [each for each in entries if each["RuleNumber"] == 7]
    assert made["IcmpTypeCode"] == {"Type": 8, "Code": -1}


def test_addresses_go_on_where_they_were_in_an_account_that_was_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with those that AWS keeps for itself, nor with others than where all of it is played again."""

    def address(account: PracticeAccount) -> str:
        ec2: Any = account.session.client("ec2")
        beside = ec2.describe_instances()["Reservations"][0]["Instances"][0]
        like = {each: beside[each] for each in ("ImageId", "SubnetId")}
        return str(ec2.run_instances(**like, MinCount=1, MaxCount=1)["Instances"][0]["PrivateIpAddress"])

    for kept_after, where in ((60, folder), (1, tmp_path / "kept")):
        monkeypatch.setattr(door, "KEPT_AFTER", kept_after)
        with open_account(where, hurry=True) as account:
            account.session.client("ec2").create_vpn_gateway(Type="ipsec.1")
    with open_account(folder, hurry=True) as played:
        expected = address(played)
    with open_account(tmp_path / "kept", hurry=True) as kept:
        assert address(kept) == expected
