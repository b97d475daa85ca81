"""What a person has in hand once two VPCs are connected, or once the request waits for the other owner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import vpc_peering
from flows.aws.vpc_peering import ACTIVE, PENDING, Connection
from flows.engine import Call, Cloud, Handover, shell

from . import diagnosis, dual_stack, sides

READS = tuple(
    Call(operation)
    for operation in (
        *(f"ec2.Describe{things}" for things in (
            "VpcPeeringConnections", "Vpcs", "RouteTables", "SecurityGroups", "NetworkAcls", "Subnets",
            "NetworkInterfaces", "Instances", "StaleSecurityGroups", "VpcAttribute",
        )),
        "ec2.GetManagedPrefixListEntries", "route53.ListHostedZonesByVPC",
    )
)  # fmt: skip
"""What `hand_over` and a later look at the connection will call; a plan lists it for the permissions."""


NAMES_ON = "AllowDnsResolutionFromRemoteVpc=true"


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Read the connection as it is now, and write down what the other owner has to do. Raises CloudError."""
    id = outputs["connection"]
    subject = {"connection": id, **({"peer_profile": facts["peer_profile"]} if facts["peer_profile"] else {})}
    found = vpc_peering.one(cloud, id)
    state = found.state if found else "not found"
    told = {
        **outputs, "state": state, "account": facts["peer_account"], "region": facts["peer_region"],
        "networks": ", ".join(facts["networks"]), "peer_networks": ", ".join(facts["peer_networks"]),
    }  # fmt: skip
    findings = tuple(diagnosis.diagnose(cloud, subject)) if found else ()
    check = f"See whether it works: {shell.handrail('check', 'peering', **subject)}"
    if facts["whose"] == "owner" and found:
        waits = found.state == PENDING
        letter = {f"peering-{id}.txt": for_the_owner(found, facts)}
        until = f" until {found.expires}" if found.expires else ""
        waiting = f"Waiting for account {facts['peer_account']} to accept {id}{until}." if waits else ""
        steps = [f"Send peering-{id}.txt to the owner of {facts['peer_vpc']}.", check]
        return Handover({**told, "expires": found.expires}, letter, tuple(steps), findings, waiting)
    steps = [
        f"Try it from a machine in {facts['vpc']}: nc -zv ADDRESS PORT.",
        check,
    ]
    notes = (
        "Private hosted zones are apart: the check tells which the other VPC does not resolve.",
        "A range that is added to either VPC later needs routes: check again then.",
    )
    return Handover(told, {}, tuple(steps), findings, notes=notes)


def stops(cloud: Cloud, connection: str) -> Iterator[str]:
    """Whether two VPCs are connected by it at this moment. Raises CloudError."""
    found = vpc_peering.one(cloud, connection) if connection else None  # none: it was not handed over yet
    if found and found.state == ACTIVE:
        yield "The two VPCs are connected: what their machines send each other by it is cut off at once."


def for_the_owner(found: Connection, facts: Mapping[str, Any]) -> str:
    """The commands with which the owner of the other VPC does their side; no secrets."""
    id, region = found.id, facts["peer_region"]

    def aws(word: str, **options: str) -> str:
        return f"   {shell.aws('ec2', word, region=region, **options)}"

    def on_it(word: str, **options: str) -> str:
        return aws(word, vpc_peering_connection_id=id, **options)

    about = (
        "VpcPeeringConnections[0].{state:Status.Code,until:ExpirationTime,from_account:RequesterVpcInfo.OwnerId,"
        "from_vpc:RequesterVpcInfo.VpcId,to_vpc:AccepterVpcInfo.VpcId,"
        "multipath:RequesterVpcInfo.PeeringOptions.AllowMultipathResilience}"
    )
    tables = "RouteTables[].{table:RouteTableId,main:Associations[?Main]|[0].Main,subnets:Associations[].SubnetId}"
    said = re.sub(r"[^\w.-]", "-", facts["name"])
    rule = "IpProtocol=tcp,FromPort=5432,ToPort=5432,{}"
    accept = [
        "2. Accept, in this region:",
        on_it("accept-vpc-peering-connection"),
        aws("create-tags", resources=id, tags=f"Key=Name,Value={facts['name']}"),
    ]
    return "\n".join(
        [
            f"Account {facts['account']} asks to connect its VPC {facts['vpc']} ({', '.join(facts['networks'])}, "
            f"{facts['region']}) with your VPC {facts['peer_vpc']} in {region}.",
            f"The request {id} ends {f'on {found.expires}' if found.expires else 'after 7 days'}. Accept only if you "
            "know who asks. After that nothing is open until you add routes and rules.",
            "",
            "1. See that it is the right one:",
            aws("describe-vpc-peering-connections", vpc_peering_connection_ids=id, query=about),
            *(["2. It is accepted already."] if found.state == ACTIVE else accept),
            "3. For every route table whose subnets should reach them (list first), and every network of theirs:",
            aws("describe-route-tables", filters=f"Name=vpc-id,Values={facts['peer_vpc']}", query=tables),
            *(on_it("create-route", route_table_id="rtb-…", **sides.to(n)) for n in facts["networks"]),
            "4. Let in what they need, for example a database:",
            *(
                aws(
                    "authorize-security-group-ingress",
                    group_id="sg-…",
                    ip_permissions=rule.format(dual_stack.let_in(network, said)),
                )
                for network in facts["networks"]
            ),
            "5. If names should lead to private addresses (DNS hostnames must be on in both VPCs):",
            on_it("modify-vpc-peering-connection-options", accepter_peering_connection_options=NAMES_ON),
            "",
            "To refuse:",
            on_it("reject-vpc-peering-connection"),
            f"With Handrail in your account: {shell.command('handrail', 'run', 'peering', '--region', region)} finds "
            "the request.",
            "",
        ]
    )
