"""Machines (EC2 instances): types, places and machines to pick from, and how one is made and taken back.

Amazon EC2 User Guide and API Reference, 2026-10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from ipaddress import IPv4Network

from flows.engine import (
    RUN,
    TOKEN,
    Action,
    Call,
    Cloud,
    CloudError,
    Cost,
    Decision,
    Find,
    Kept,
    Late,
    NoSuchCall,
    Option,
    Others,
    Ref,
    Refused,
    Settings,
    Still,
    Undo,
    Wait,
    found,
    join,
)
from flows.engine.listing import whole

from . import own_security_groups, route53, subnets, systems_manager, vpcs
from .systems_manager import LIVES
from .tags import name_of, tagged

AMAZON_LINUX, UBUNTU = "amazon-linux", "ubuntu"
IMAGES = {
    AMAZON_LINUX: ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{arch}", "/dev/xvda"),
    UBUNTU: ("/aws/service/canonical/ubuntu/server/24.04/stable/current/{arch}/hvm/ebs-gp3/ami-id", "/dev/sda1"),
}
"""System → the public parameter that names its current image, and its first disk. Both have the agent in them."""
USUAL = {
    "t4g.micro": "1 GB, 2 ARM processors", "t3.micro": "1 GB, 2 processors", "t4g.small": "2 GB, 2 ARM processors",
    "t3.small": "2 GB, 2 processors", "t4g.medium": "4 GB, 2 ARM processors", "t3.medium": "4 GB, 2 processors",
    "t3.large": "8 GB, 2 processors", "m7g.large": "8 GB, 2 ARM processors, always at full speed",
    "m7i.large": "8 GB, 2 processors, always at full speed",
}  # fmt: skip
AS_OF = "2026-11"
HOURLY = {
    "t4g.micro": Decimal("0.0084"), "t4g.small": Decimal("0.0168"), "t4g.medium": Decimal("0.0336"),
    "t3.micro": Decimal("0.0104"), "t3.small": Decimal("0.0208"), "t3.medium": Decimal("0.0416"),
    "t3.large": Decimal("0.0832"), "m7g.large": Decimal("0.0816"), "m7i.large": Decimal("0.1008"),
}  # fmt: skip
ON_DEMAND = "https://aws.amazon.com/ec2/pricing/on-demand/, US East (N. Virginia), not verified"
DISK, ADDRESS = Decimal("0.08") / 730, Decimal("0.005")
GROUPED = "aws:autoscaling:groupName"
SNAPSHOT = "storage of its disk's snapshot, about 0.05 USD per GB and month (2026-11, not verified)"
AGAIN = (
    "In the EC2 console under AMIs it is launched again (or `aws ec2 run-instances` with its id), or deregistered and "
    "its snapshot deleted."
)
LAST_SNAPSHOT = Decision(
    "last_snapshot",
    "Keep a last image of the machine, from which it can be made again with all that is on it?",
    {
        "yes": f"Keep one; it costs {SNAPSHOT} until you delete it",
        "no": "Delete all that is on it for good: the site, its posts and its pictures",
    },
    default="yes",
    loses="no",
)


def last_image(name: str) -> Decision:
    """Whether a last image of this machine is kept."""
    return replace(LAST_SNAPSHOT, lost=f"All that is on the machine {name} is deleted for good; no image is kept.")


@dataclass(frozen=True)
class Kind:
    """An instance type: its processor as images name it, and its memory in MB."""

    id: str
    arch: str
    memory: int


@dataclass(frozen=True)
class Machine:
    """A machine that exists. `answers` says whether Systems Manager reaches it; None is not known. `tags` are as EC2
    tells them."""

    id: str
    name: str
    state: str
    group: str
    answers: bool | None
    tags: Sequence[Mapping[str, str]] = field(default=(), hash=False)


@dataclass(frozen=True)
class Place:
    """A subnet that the internet can reach, with its network, so that a firewall can be made in it."""

    id: str
    name: str
    vpc: str
    zone: str


def type_name(text: str) -> str:
    """The name of an instance type, by its form. Raises Refused."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", text):
        raise Refused(f"“{text}” is no instance type. Enter one like t3.small.")
    return text


def usual_types(flow: object = None) -> Iterator[Option[str]]:
    """Types of general use, the smallest first, with what they have (Amazon EC2 Instance Types Guide, 2026-11), and
    what they cost where that is known.

    AWS has more than a thousand; any of them can be typed.
    """
    for name, about in USUAL.items():
        costs = f", about {HOURLY[name] * 730:.0f} USD a month ({AS_OF})" if name in HOURLY else ""
        yield Option(name, name, name, f"{about}{costs}")


def kind(cloud: Cloud, text: str) -> Kind:
    """The instance type of that name. Raises Refused."""
    try:
        found = cloud.make(Call("ec2.DescribeInstanceTypes", {"InstanceTypes": [text]}))["InstanceTypes"]
    except CloudError as problem:
        if problem.aws_code not in ("InvalidInstanceType", "InvalidParameterValue"):
            raise
        found = []
    if not found:
        raise Refused(f"AWS has no instance type “{text}” in {cloud.identity.region}. Enter one like t3.small.")
    known = found[0].get("ProcessorInfo", {}).get("SupportedArchitectures", ["x86_64"])
    return Kind(text, "arm64" if "arm64" in known else "x86_64", int(found[0]["MemoryInfo"]["SizeInMiB"]))


def image(cloud: Cloud, system: str, chosen: Kind) -> str:
    """The id of the current image of that system. Raises CloudError."""
    named = IMAGES[system][0]
    arch = {"x86_64": "amd64"}.get(chosen.arch, chosen.arch) if system == UBUNTU else chosen.arch
    return str(cloud.make(Call("ssm.GetParameter", {"Name": named.format(arch=arch)}))["Parameter"]["Value"])


def offered(cloud: Cloud, chosen: str, place: Place) -> None:
    """Raises Refused when the place's zone does not have that type."""
    asked = [{"Name": "location", "Values": [place.zone]}, {"Name": "instance-type", "Values": [chosen]}]
    look = Call("ec2.DescribeInstanceTypeOfferings", {"LocationType": "availability-zone", "Filters": asked})
    try:
        there = any(page["InstanceTypeOfferings"] for page in cloud.pages(look))
    except NoSuchCall:  # then AWS says so when the machine is started
        return
    if not there:
        raise Refused(f"{place.zone} has no {chosen}. Choose a subnet in another zone, or another type.")


def places(cloud: Cloud) -> Iterator[Option[Place]]:
    """The subnets that the internet can reach, those of the default network first."""
    for vpc in sorted(vpcs.vpcs(cloud, whole), key=lambda each: not each.value.is_default):
        for option in subnets.subnets(cloud, vpc.value):
            each = option.value
            if each.public:
                hint = f"{each.id}  {vpc.value.name or vpc.value.id}, {each.zone}"
                yield Option(each.id, Place(each.id, each.name, vpc.value.id, each.zone), option.label, hint)


def machines(cloud: Cloud) -> Iterator[Option[Machine]]:
    """The machines of the region that have not ended, those that can be reached first."""
    agents = systems_manager.reachable(cloud)
    found: list[Machine] = []
    for page in cloud.pages(Call("ec2.DescribeInstances")):
        for each in (each for group in page["Reservations"] for each in group["Instances"]):
            state = each["State"]["Name"]
            if state not in ("terminated", "shutting-down"):
                answers = None if agents is None else agents.get(each["InstanceId"]) == systems_manager.ONLINE
                tags = each.get("Tags") or []
                group = next((tag["Value"] for tag in tags if tag["Key"] == GROUPED), "")
                found.append(Machine(each["InstanceId"], name_of(each), state, group, answers, tags))
    told = {True: "answers Systems Manager", False: "does not answer Systems Manager", None: "not known if it answers"}
    for machine in sorted(found, key=lambda machine: not machine.answers):
        hint = f"{machine.id}  {machine.state}, {told[machine.answers]}"
        yield Option(machine.id, machine, machine.name or machine.id, hint)


def machine_called(cloud: Cloud, text: str) -> str:
    """The id of the machine with that id or name. Raises Refused."""
    found = [each.value.id for each in machines(cloud) if text in (each.value.id, each.value.name)]
    if not found:
        raise Refused(f"There is no machine “{text}” in {cloud.identity.region}. Give another, or another --region.")
    if len(found) > 1:
        raise Refused(f"“{text}” is the name of several machines: {', '.join(found)}. Give one of these ids.")
    return found[0]


def firewall(name: str, place: Place) -> Action:
    """The machine's security group. Port 22 is not needed: Systems Manager opens a shell without it."""
    sentence = f"Create the security group {name}, the machine's firewall; it has no port for SSH"
    ours = join("Attachment.InstanceId=='", INSTANCE, "'")
    return own_security_groups.firewall(name, f"Who may visit {name}", place.vpc, sentence, ours)


def let_in(visitors: Iterable[IPv4Network]) -> Action:
    """Let visitors use http and https."""
    visitors = tuple(visitors)
    sentence = f"Let {', '.join(map(str, visitors))} visit it (ports 80 and 443)"
    return own_security_groups.let_in((80, 443), visitors, sentence, "The rules that let visitors in", INSTANCE.action)


def price(what: str, kind: str, note: str = "") -> Cost:
    """What a machine of that type costs; `what` says which one it is."""
    known = HOURLY.get(kind)
    counts = "always" if known else "unknown"
    return Cost(f"{what} ({kind})", known or Decimal(0), AS_OF, ON_DEMAND, note, counts)


def machine(name: str, chosen: Kind, place: Place, system: str, image_id: str, disk: int, data: str) -> Action:
    """The machine itself. Its token makes a repeated request the same request; its metadata needs one too (IMDSv2)."""
    named = {"InstanceIds": [INSTANCE]}
    look, (_, root) = Call("ec2.DescribeInstances", named), IMAGES[system]
    attached = (
        f"{LIVES} | [BlockDeviceMappings[?DeviceName!='{root}'].[Ebs.VolumeId, DeviceName], "
        "NetworkInterfaces[?Attachment.DeviceIndex!=`0`].[NetworkInterfaceId]][]"
    )
    there = Still(look, f"{LIVES}.InstanceId", INSTANCE, "Another machine answers to its id.")
    state = "Reservations[0].Instances[0].State.Name"
    ours = join("Reservations[].Instances[] | [?State.Name!='terminated' && Tags[?Key=='handrail:run' && Value=='", RUN)
    storage = (DISK * disk).quantize(Decimal("0.00001"))
    disk_cost = Cost(f"Its disk ({disk} GB)", storage, AS_OF, "https://aws.amazon.com/ebs/pricing/, not verified")
    cost = price("The machine", chosen.id)
    disk_settings = {"VolumeSize": disk, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
    card = {
        "DeviceIndex": 0, "SubnetId": place.id, "Groups": [own_security_groups.GROUP], "AssociatePublicIpAddress": True,
        "DeleteOnTermination": True,
    }  # fmt: skip
    return Action(
        "machine",
        f"Start a {chosen.id} called {name}, which installs WordPress by itself"
        + ("; what it costs is not known here" if cost.counts == "unknown" else ""),
        Call(
            "ec2.RunInstances",
            {
                "ImageId": image_id, "InstanceType": chosen.id, "MinCount": 1, "MaxCount": 1, "ClientToken": TOKEN,
                "UserData": data, "IamInstanceProfile": {"Name": name},
                "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"},
                "BlockDeviceMappings": [{"DeviceName": root, "Ebs": disk_settings}],
                "NetworkInterfaces": [card],
                **tagged("instance", name, "volume"),
            },
        ),
        wait=Wait(
            look, ready=f"{state}=='running'",
            failed=f"contains(['terminated', 'shutting-down', 'stopped'], {state})", now=state,
            sentence="Waiting until the machine runs", typical=30,
        ),
        undo=(
            _last_image(name, there),
            Undo(
                Call("ec2.TerminateInstances", named),
                still=there,
                wait=Wait(
                    look, ready=f"{state}=='terminated' || !Reservations",
                    gone=("InvalidInstanceID.NotFound",), now=state, sentence="Waiting until the machine is gone",
                    typical=60, limit=1200,
                ),
                # the second is what an emulator says of a machine that has ended: its network card is gone
                gone=("InvalidInstanceID.NotFound", "InvalidNetworkInterfaceID.NotFound"),
            ),
        ),
        others=(
            *protections(INSTANCE),
            Others(look, attached, "Somebody put more into it"),
            BALANCED,
        ),
        settings=Settings(
            look,
            f"{LIVES}.{{type: InstanceType, groups: SecurityGroups && "
            "sort(SecurityGroups[].GroupId), profile: [IamInstanceProfile.Arn], asks: MetadataOptions.HttpTokens}",
        ),
        find=Find(
            Call("ec2.DescribeInstances", {"Filters": [{"Name": "tag:handrail:run", "Values": [RUN]}]}),
            join(*ours.parts, "']] | [0].{Instances: [@]}"),
        ),
        after=("role-in-profile", "let-in"),
        not_yet=("InvalidParameterValue: Invalid IAM Instance Profile",),
        type="AWS::EC2::Instance",
        resource=INSTANCE,
        costs=(cost, disk_cost),
        undone=f"The machine {name}, with all that is on it",
        left=f"The machine {name}",
        refusals=REFUSALS,
    )  # fmt: skip


def _last_image(name: str, there: Still) -> Undo:
    """An image of the machine, ready before the machine ends; it is started anew for that, so that its disk is whole.

    Its name can be given once, so that none is made twice (EC2 API Reference, "CreateImage", 2026-10). One that an
    earlier undo made is not taken for it: it lacks what came since.
    """
    last = join(f"{name}-last-", RUN)
    look = Call("ec2.DescribeImages", {"Owners": ["self"], "Filters": [{"Name": "name", "Values": [last]}]})
    kept = join("The last image of the machine, ", last)
    return Undo(
        Call("ec2.CreateImage", {"InstanceId": INSTANCE, "Name": last, **tagged("image", name)}),
        still=there,
        wait=Wait(
            look, ready="Images[0].State=='available'", failed="Images[0].State=='failed'", now="Images[0].State",
            sentence=f"Waiting until the last image of {name} is made", typical=300, limit=86400,
        ),
        repeated=("InvalidAMIName.Duplicate",),
        not_yet=("IncorrectState",),
        when=(LAST_SNAPSHOT.key, "yes"),
        kept=Kept(kept, f"You asked to keep it. {AGAIN}", SNAPSHOT, Find(look, "Images[0]")),
    )  # fmt: skip


def address(name: str) -> Action:
    """An address that stays when the machine is stopped."""
    look = Call("ec2.DescribeAddresses", {"AllocationIds": [Ref("address", "AllocationId")]})
    moved = "[AssociationId, InstanceId || NetworkInterfaceId]"
    return Action(
        "address",
        "Reserve a fixed public address (Elastic IP)",
        Call("ec2.AllocateAddress", {"Domain": "vpc", **tagged("elastic-ip", name)}),
        undo=(
            Undo(
                Call("ec2.ReleaseAddress", {"AllocationId": Ref("address", "AllocationId")}),
                gone=("InvalidAllocationID.NotFound",),
                not_yet=("InvalidIPAddress.InUse",),
            ),
        ),
        others=(
            Others(
                look,
                join("Addresses[?AssociationId && InstanceId!='", INSTANCE, f"'].{moved}"),
                "Somebody gave it to something else",
                remove=Call("ec2.DisassociateAddress", {"AssociationId": found("id")}),
            ),
            route53.leading_to(Ref("address", "PublicIp")),
        ),
        find=Find(
            Call("ec2.DescribeAddresses"), join("Addresses[?Tags[?Key=='handrail:run' && Value=='", RUN, "']] | [0]")
        ),
        type="AWS::EC2::EIP",
        resource=Ref("address", "PublicIp"),
        costs=(Cost("Its public IPv4 address", ADDRESS, AS_OF, "https://aws.amazon.com/vpc/pricing/, not verified"),),
        undone="The fixed address",
        yours=join(
            "If a DNS record at your provider leads to ",
            Ref("address", "PublicIp"),
            ", delete it: AWS gives the address to somebody else.",
        ),
        refusals={"AddressLimitExceeded": "Your account has no Elastic IP left; 5 per region are usual. Release one."},
    )


def use_address() -> Action:
    """Give the machine the fixed address; doing that again is harmless."""
    held = "Addresses[].{AssociationId: AssociationId, InstanceId: InstanceId}"
    look = Call("ec2.DescribeAddresses", {"AllocationIds": [Ref("address", "AllocationId")]})
    return Action(
        "use-address",
        "Give the machine the fixed address",
        Call("ec2.AssociateAddress", {"AllocationId": Ref("address", "AllocationId"), "InstanceId": INSTANCE}),
        undo=(
            Undo(
                Call("ec2.DisassociateAddress", {"AssociationId": Ref("use-address", "AssociationId")}),
                gone=("InvalidAssociationID.NotFound",),
            ),
        ),
        part_of=(INSTANCE.action,),
        find=Find(look, join(f"{held} | [?InstanceId=='", INSTANCE, "'] | [0]")),
        after=("machine",),
        undone="The fixed address at the machine",
    )


def protections(machine: Late, region: str = "", profile: str = "") -> tuple[Others, ...]:
    """What keeps a machine from being ended, once somebody switched it on."""
    return tuple(
        Others(
            Call("ec2.DescribeInstanceAttribute", {"InstanceId": machine, "Attribute": attribute}, region, profile),
            f"{key}.Value && ['{key}']",
            f"It is protected against {what}; switch that off first",
            key="",
        )
        for attribute, key, what in PROTECTIONS
    )


INSTANCE = Ref("machine", "Instances[0].InstanceId")
BALANCED = Others(
    Call("elbv2.DescribeTargetGroups"),
    "TargetGroups[?TargetType=='instance'].[TargetGroupArn, TargetGroupName]",
    "Load balancers send visitors to it, from these target groups",
    each=Call("elbv2.DescribeTargetHealth", {"TargetGroupArn": found("id")}),
    leans=join("TargetHealthDescriptions[?Target.Id=='", INSTANCE, "']"),
)
PROTECTIONS = (
    ("disableApiTermination", "DisableApiTermination", "being ended"),
    ("disableApiStop", "DisableApiStop", "being stopped"),
)
"""Stop protection keeps a machine from being ended, too (EC2 User Guide, "Enable stop protection", 2026-10)."""
REFUSALS = {
    "InvalidAMIName.Duplicate": "An earlier undo made a last image of this machine, which may lack what came since. "
    "Deregister it to have a new one made, or say last_snapshot=no: that one is kept all the same.",
    "InsufficientInstanceCapacity": "AWS has no machine of this type left in this zone. Choose another subnet or type.",
    "VcpuLimitExceeded": "Your account may not run more machines: the quota “Running On-Demand Standard instances”.",
    "Unsupported": "This type does not exist in this zone. Choose another subnet or type.",
    "InvalidAMIID.NotFound": "The image is not in this region any more. Plan again.",
}
