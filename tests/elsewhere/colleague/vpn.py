"""VPN connections, their gateways, devices and tunnels."""

from __future__ import annotations

from collections.abc import Collection

from elsewhere.colleague.deed import NotHere, client, only, to
from elsewhere.hand import Made
from support.world import REGION

from flows.practice import ACCOUNT_ID, PracticeAccount


@to("ec2.CreateVpnGateway", "ec2.AttachVpnGateway")
def second_connection_on_our_gateway(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    gateway = it.id or it.params["VpnGatewayId"]
    device = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="198.51.100.200", BgpAsn=65020)
    ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=device["CustomerGateway"]["CustomerGatewayId"],
        VpnGatewayId=gateway if gateway.startswith("vgw") else it.params["VpnGatewayId"],
        Options={"StaticRoutesOnly": True},
    )  # fmt: skip


def _another_table(account: PracticeAccount, gateway: str) -> str:
    """A route table beside the gateway that neither uses it yet nor is the main one."""
    ec2 = client(account, "ec2")
    (about,) = ec2.describe_vpn_gateways(VpnGatewayIds=[gateway])["VpnGateways"]
    vpc = about["VpcAttachments"][0]["VpcId"]
    for table in ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]:
        leads = [route.get("GatewayId") for route in table["Routes"]]
        if gateway not in leads and not table.get("PropagatingVgws"):
            return str(table["RouteTableId"])
    raise NotHere


@to("ec2.CreateVpnGateway")
def propagation_into_another_table(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").enable_vgw_route_propagation(RouteTableId=_another_table(account, it.id), GatewayId=it.id)


@to("ec2.CreateVpnGateway")
def route_to_our_gateway(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").create_route(
        RouteTableId=_another_table(account, it.id), DestinationCidrBlock="172.20.0.0/16", GatewayId=it.id
    )


@to("ec2.CreateVpnConnection")
def static_route_of_theirs(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    if "TransitGatewayId" not in it.params:
        if not it.params["Options"]["StaticRoutesOnly"]:
            raise NotHere
        ec2.create_vpn_connection_route(VpnConnectionId=it.id, DestinationCidrBlock="172.20.0.0/16")
        return
    of = [{"Name": "resource-id", "Values": [it.id]}]
    (own,) = ec2.describe_transit_gateway_attachments(Filters=of)["TransitGatewayAttachments"]
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=own["Association"]["TransitGatewayRouteTableId"],
        TransitGatewayAttachmentId=own["TransitGatewayAttachmentId"], DestinationCidrBlock="172.20.0.0/16",
    )  # fmt: skip


@to("ec2.CreateCustomerGateway")
def our_device_on_another_gateway(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    ec2 = client(account, "ec2")
    gateways = ec2.describe_vpn_gateways()["VpnGateways"]
    ours = {each.id for each in all_}
    other = only([g["VpnGatewayId"] for g in gateways if g["VpnGatewayId"] not in ours and g["State"] == "available"])
    ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=it.id, VpnGatewayId=other, Options={"StaticRoutesOnly": True}
    )


@to("ec2.ModifyVpnTunnelOptions")
def tunnel_set_otherwise(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    """One of the options that the run changed; the others are put back all the same."""
    client(account, "ec2").modify_vpn_tunnel_options(
        VpnConnectionId=it.params["VpnConnectionId"], VpnTunnelOutsideIpAddress=it.params["VpnTunnelOutsideIpAddress"],
        TunnelOptions={"DPDTimeoutSeconds": 90}
        if "DPDTimeoutSeconds" in it.params["TunnelOptions"]
        else {"Phase1DHGroupNumbers": [{"Value": 21}]},
    )  # fmt: skip


@to("ec2.ModifyVpnTunnelOptions", mere=True)
def another_option_set(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").modify_vpn_tunnel_options(
        VpnConnectionId=it.params["VpnConnectionId"], VpnTunnelOutsideIpAddress=it.params["VpnTunnelOutsideIpAddress"],
        TunnelOptions={"ReplayWindowSize": 512},
    )  # fmt: skip


@to("ec2.ModifyVpnTunnelOptions", takes=True)
def connection_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "ec2").delete_vpn_connection(VpnConnectionId=it.params["VpnConnectionId"])


@to("logs.CreateLogGroup", "logs.PutResourcePolicy")
def their_connection_logged_in_our_log(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    """Where somebody switches the logs of another connection on, our log is one to choose."""
    ec2, ours = client(account, "ec2"), {each.id for each in all_}
    log = next(each.params["logGroupName"] for each in all_ if each.operation == "logs.CreateLogGroup")
    if "/vpn/" not in log:
        raise NotHere
    gateways = ec2.describe_vpn_gateways()["VpnGateways"]
    gateway = only([g["VpnGatewayId"] for g in gateways if g["VpnGatewayId"] not in ours and g["State"] == "available"])
    device = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="198.51.100.201", BgpAsn=65021)
    where = f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{log}"
    logged = {"LogEnabled": True, "LogGroupArn": where, "LogOutputFormat": "json"}
    ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=device["CustomerGateway"]["CustomerGatewayId"], VpnGatewayId=gateway,
        Options={"TunnelOptions": [{"LogOptions": {"CloudWatchLogOptions": logged}}]},
    )  # fmt: skip


@to("logs.CreateLogGroup")
def stream_of_theirs_in_our_log(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    logs, log = client(account, "logs"), it.params["logGroupName"]
    if "/vpn/" not in log:
        raise NotHere
    logs.create_log_stream(logGroupName=log, logStreamName="eni-0a1b2c3d4e5f60718-all")
