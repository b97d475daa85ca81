"""What is done at a transit gateway: attaching a VPC, and leading what comes from one attachment to another.

What comes from an attachment goes on by the one route table that it is associated with; into any table an attachment
may bring its networks (propagation), and routes can be entered there (Amazon VPC Transit Gateways guide, "How AWS
Transit Gateway works", 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from ipaddress import IPv4Network
from typing import Any

from flows.engine import Action, Call, Cost, Find, Late, Others, Ref, Still, Undo, Wait, join, seen

from .addresses import slug
from .route_tables import ATTACH
from .tags import ours, tagged
from .transit_gateways import TransitGateway
from .vpcs import Vpc

PER_GB = "About 0.02 USD per GB that it sends to the transit gateway."
ITS_OWN = {"TransitGatewayAttachmentId": ("tgw-attach-*",)}
"""What is known of the attachment that a new connection gets by itself: it has none of our tags."""
GONE = ("InvalidTransitGatewayAttachmentID.NotFound", "InvalidRouteTableID.NotFound")
"""There is nothing left to take back (terraform-provider-aws, ec2/errors.go, 2026-11)."""
NOT_YET = ("IncorrectState",)
FIRST = "TransitGatewayAttachments[0]"


def price(what: str) -> Cost:
    """What an attachment costs, `what` being attached. That of Tokyo: DevelopersIO, 2023-06."""
    return Cost(
        f"The attachment of {what} to the transit gateway",
        Decimal("0.05"),
        "2026-11",
        "AWS Transit Gateway pricing page, US East (N. Virginia); no price list was read, and some regions cost more, "
        "such as Tokyo 0.07 USD an hour",
        PER_GB,
    )


def attach(gateway: TransitGateway, vpc: Vpc, subnets: Sequence[str], name: str, others: tuple[Others, ...]) -> Action:
    """Attach a VPC. Where the gateway has a default route table, AWS associates it by itself.

    Args:
        gateway: the transit gateway.
        vpc: the network.
        subnets: ids of subnets of it, one a zone; what is in other zones does not reach the gateway.
        name: what it is called.
        others: what others may have let lead there.
    """
    made = Ref(ATTACH, "TransitGatewayVpcAttachment.TransitGatewayAttachmentId")
    by_id = {"TransitGatewayAttachmentIds": [made]}
    return Action(
        ATTACH,
        f"Attach the VPC {vpc.called} to the transit gateway {gateway.called}",
        Call(
            "ec2.CreateTransitGatewayVpcAttachment",
            {
                "TransitGatewayId": gateway.id, "VpcId": vpc.id, "SubnetIds": list(subnets),
                **tagged("transit-gateway-attachment", f"{name}-attachment"),
            },
        ),
        wait=_attached(by_id, f"{vpc.called} is attached", associated=bool(gateway.association)),
        undo=(
            Undo(
                Call("ec2.DeleteTransitGatewayVpcAttachment", {"TransitGatewayAttachmentId": made}),
                gone=GONE,
                not_yet=NOT_YET,
                wait=Wait(
                    Call("ec2.DescribeTransitGatewayAttachments", by_id),
                    ready=f"!{FIRST} || {FIRST}.State=='deleted'",
                    now=f"{FIRST}.State",
                    gone=GONE,
                    sentence=f"Waiting until {vpc.called} is detached",
                    typical=60,
                ),
            ),
        ),
        find=ours(
            "ec2.DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments", "TransitGatewayVpcAttachment"
        ),
        others=others,
        type="AWS::EC2::TransitGatewayVpcAttachment",
        resource=made,
        costs=(price("the VPC"),),
        undone=f"The attachment of {vpc.called}",
    )  # fmt: skip


ATTACHMENT = seen("transit-attachment", f"{FIRST}.TransitGatewayAttachmentId")
"""The id of the attachment of a connection that this run makes."""


def attachment(connection: Late, gateway: TransitGateway) -> Action:
    """Wait for the attachment that a connection gets by itself: AWS's answer to making it does not name it."""
    asked = {"Filters": [{"Name": "resource-id", "Values": [connection]}]}
    return Action(
        "transit-attachment",
        f"Wait until the connection is attached to the transit gateway {gateway.called}",
        Call("ec2.DescribeTransitGatewayAttachments", asked),
        wait=_attached(asked, "the connection is attached", associated=bool(gateway.association)),
    )


def associate(id: str, attachment: Late, table: str, what: str, others: tuple[Others, ...] = ()) -> Action:
    """Let what comes from an attachment go on by a route table. One that goes by another is never moved.

    Args:
        id: the action's.
        attachment: the id of the attachment.
        table: the id of the route table.
        what: what is attached, in words.
        others: what others may have let lead there: it gets no answer without this.
    """
    both = {"TransitGatewayAttachmentId": attachment, "TransitGatewayRouteTableId": table}
    look = _look("ec2.GetTransitGatewayRouteTableAssociations", attachment, table)
    here = "Associations[?State!='disassociated'] | [0]"
    there = Find(look, f"{here}.{{Association: @}}")
    return Action(
        id,
        f"Let what comes from {what} go on by {table}",
        _about("ec2.AssociateTransitGatewayRouteTable", both),
        wait=Wait(
            look, ready=f"{here}.State=='associated'", now=f"{here}.State",
            sentence=f"Waiting until {what} is associated", typical=20,
        ),
        undo=(
            Undo(
                _about("ec2.DisassociateTransitGatewayRouteTable", both),
                gone=(*GONE, "InvalidAssociation.NotFound"),
                not_yet=NOT_YET,
                still=Still(look, f"{here}.TransitGatewayAttachmentId", attachment, "", absent=GONE),
                wait=Wait(look, ready=f"!({here})", gone=GONE, sentence=f"Waiting until {what} is let go", typical=20),
            ),
        ),
        **_told(attachment, there),
        not_yet=NOT_YET,
        others=others,
        type="AWS::EC2::TransitGatewayRouteTableAssociation",
        undone=f"The association of {what}",
    )  # fmt: skip


def bring(id: str, attachment: Late, table: str, what: str, others: tuple[Others, ...] = ()) -> Action:
    """Let an attachment bring its networks into a route table: propagation.

    Args:
        id: the action's.
        attachment: the id of the attachment.
        table: the id of the route table.
        what: what is attached, in words.
        others: what others may have let lead from there: it gets no answer without this.
    """
    both = {"TransitGatewayAttachmentId": attachment, "TransitGatewayRouteTableId": table}
    look = _look("ec2.GetTransitGatewayRouteTablePropagations", attachment, table)
    here = "TransitGatewayRouteTablePropagations[?State!='disabled' && State!='disabling'] | [0]"
    there = Find(look, f"{here}.{{Propagation: @}}")
    return Action(
        id,
        f"Let the networks of {what} be known in {table}",
        _about("ec2.EnableTransitGatewayRouteTablePropagation", both),
        wait=Wait(
            look, ready=f"{here}.State=='enabled'", now=f"{here}.State",
            sentence=f"Waiting until {table} knows the networks of {what}", typical=20,
        ),
        undo=(
            Undo(
                _about("ec2.DisableTransitGatewayRouteTablePropagation", both),
                gone=(*GONE, "TransitGatewayRouteTablePropagation.NotFound"),
                not_yet=NOT_YET,
                still=Still(look, f"{here}.TransitGatewayAttachmentId", attachment, "", absent=GONE),
            ),
        ),
        **_told(attachment, there),
        not_yet=NOT_YET,
        others=others,
        type="AWS::EC2::TransitGatewayRouteTablePropagation",
        undone=f"What {table} knows of {what}",
    )  # fmt: skip


def route(table: str, network: IPv4Network, attachment: Late) -> Action:
    """Enter a route to an attachment. Of a static VPN a transit gateway learns no networks by itself (Site-to-Site VPN
    User Guide, "Edit static routes", 2026-11)."""
    which = {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": str(network)}
    asked = [
        {"Name": "route-search.exact-match", "Values": [str(network)]}, {"Name": "type", "Values": ["static"]},
    ]  # fmt: skip
    look = Call("ec2.SearchTransitGatewayRoutes", {"TransitGatewayRouteTableId": table, "Filters": asked})
    to = "Routes[0].TransitGatewayAttachments[0].TransitGatewayAttachmentId"
    ours = Find(look, join("Routes[?TransitGatewayAttachments[?TransitGatewayAttachmentId=='", attachment, "']] | [0]"))
    return Action(
        f"transit-{slug(network)}",
        f"Let {table} lead {network} to the connection",
        _about("ec2.CreateTransitGatewayRoute", {**which, "TransitGatewayAttachmentId": attachment}),
        undo=(
            Undo(
                Call("ec2.DeleteTransitGatewayRoute", which),
                gone=("InvalidRoute.NotFound", *GONE),
                still=Still(
                    look, f"Routes[0] && ({to} || 'nobody')", attachment,
                    "It leads elsewhere now; somebody changed it since.", absent=GONE,
                ),
            ),
        ),
        find=ours if isinstance(attachment, Ref) else None,
        exists=("RouteAlreadyExists",),
        not_yet=NOT_YET,
        type="AWS::EC2::TransitGatewayRoute",
        undone=f"The route to {network} in {table}",
    )  # fmt: skip


def _about(operation: str, params: dict[str, Any]) -> Call:
    """A call about an attachment."""
    return Call(operation, params, known=ITS_OWN if params["TransitGatewayAttachmentId"] == ATTACHMENT else {})


def _look(operation: str, attachment: Late, table: str) -> Call:
    """What a route table has of that attachment alone."""
    only = [{"Name": "transit-gateway-attachment-id", "Values": [attachment]}]
    return Call(operation, {"TransitGatewayRouteTableId": table, "Filters": only})


def _told(attachment: Late, there: Find) -> dict[str, Any]:
    """What is known by the attachment: of one that this run makes it is ours and goes with it, of another it may be
    anybody's."""
    return {"find": there, "goes_with": attachment.action} if isinstance(attachment, Ref) else {"unless": there}


def _attached(asked: dict[str, Any], what: str, *, associated: bool) -> Wait:
    """Wait for an attachment, and for the route table that AWS associates it with by itself."""
    by = f" && {FIRST}.Association.State=='associated'" if associated else ""
    return Wait(
        Call("ec2.DescribeTransitGatewayAttachments", asked),
        ready=f"{FIRST}.State=='available'{by}",
        failed=f"contains(['failed','rejected','deleted','deleting'], {FIRST}.State || '')",
        now=f"{FIRST}.State",
        sentence=f"Waiting until {what}",
        typical=90,
        limit=1200,
    )
