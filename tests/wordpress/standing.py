"""A machine with WordPress on it, and how one that somebody left otherwise stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wordpress.cases import machine

from flows.practice import PracticeAccount

NAME = "blog.fjord-coffee.example"


class Blog:
    """The company's blog, put right, with an address, and what is to be made of it."""

    def __init__(self, account: PracticeAccount) -> None:
        client: Any = account.session.client
        self.ec2, self.route53 = client("ec2"), client("route53")
        self.id = machine(account)
        from moto.ec2.models import ec2_backends

        right = {"files": True, "permalinks": True, "upload": 100, "memory": 256}
        vars(ec2_backends["123456789012"]["eu-central-1"].get_instance(self.id))["wordpress"] = right
        self.address = self.fixed()
        (self.zone,) = self.route53.list_hosted_zones()["HostedZones"]
        self.web = self.told()["SecurityGroups"][0]["GroupId"]

    def told(self) -> Mapping[str, Any]:
        (found,) = self.ec2.describe_instances(InstanceIds=[self.id])["Reservations"][0]["Instances"]
        return dict(found)

    def fixed(self, **more: Any) -> str:
        made = self.ec2.allocate_address(Domain="vpc", **more)
        self.ec2.associate_address(AllocationId=made["AllocationId"], InstanceId=self.id, AllowReassociation=True)
        return str(made["PublicIp"])

    def tag(self, id_: str, **tags: str) -> None:
        listed = [{"Key": key.replace("__", ":").replace("_", "-"), "Value": value} for key, value in tags.items()]
        self.ec2.create_tags(Resources=[id_], Tags=listed)

    def groups(self, *permissions: Mapping[str, Any]) -> list[str]:
        """A group for each permission, and all of them on the machine instead of those that it has."""
        vpc, made = self.told()["VpcId"], []
        for number, permission in enumerate(permissions):
            new = self.ec2.create_security_group(GroupName=f"g{number}", Description="x", VpcId=vpc)["GroupId"]
            named = {**permission, "UserIdGroupPairs": [{"GroupId": new}]} if "itself" in permission else permission
            named = {key: value for key, value in named.items() if key != "itself"}
            if named:
                self.ec2.authorize_security_group_ingress(GroupId=new, IpPermissions=[named])
            made.append(str(new))
        card = self.told()["NetworkInterfaces"][0]["NetworkInterfaceId"]
        self.ec2.modify_instance_attribute(InstanceId=self.id, Groups=made)
        self.ec2.modify_network_interface_attribute(NetworkInterfaceId=card, Groups=made)
        return made

    def record(self, *values: str, kind: str = "A", name: str = NAME, **more: Any) -> None:
        entry = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": each} for each in values], **more}
        change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": entry}]}
        self.route53.change_resource_record_sets(HostedZoneId=self.zone["Id"], ChangeBatch=change)


def port(first: int, last: int | None = None, protocol: str = "tcp", **source: Any) -> dict[str, Any]:
    given = source or {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": first if last is None else last, **given}


@dataclass(frozen=True)
class State:
    """How it is made, how it stands then: the status, the rule that it is because of, and a word of what is told."""

    made: Callable[[Blog], object]
    status: str = "works"
    cause: str = ""
    told: str = ""
    refused: str = ""
    """An operation that may not be used."""
