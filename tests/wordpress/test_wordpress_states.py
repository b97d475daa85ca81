"""Machines with WordPress as other people leave them: what AWS has around them, and what is told of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from support.clock import FakeClock
from support.clouds import Between
from support.repairs import check, mended_and_back
from wordpress.cases import EXISTING, picture, session
from wordpress.standing import NAME, Blog, State, port

from flows.engine import Call, Denied, Journal
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from flows.practice.gaps import machines


def stacked(blog: Blog) -> None:
    blog.tag(blog.id, aws__cloudformation__stack_name="shop")


def with_records(*values: str) -> Callable[[Blog], None]:
    return lambda blog: blog.record(blog.address, *values)


def weighted(blog: Blog) -> None:
    for number, value in enumerate((blog.address, "198.51.100.77")):
        blog.record(value, SetIdentifier=str(number), Weight=1)


def two_addresses(blog: Blog) -> None:
    """Two that are both its own: the second is on another network card."""
    subnet = blog.told()["SubnetId"]
    card = blog.ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    blog.ec2.attach_network_interface(NetworkInterfaceId=card, InstanceId=blog.id, DeviceIndex=1)
    made = blog.ec2.allocate_address(Domain="vpc")
    blog.ec2.associate_address(AllocationId=made["AllocationId"], NetworkInterfaceId=card)
    blog.record(blog.address, made["PublicIp"])


def without_its_address(blog: Blog) -> None:
    """The record stays as it was; the address is somebody else's by now."""
    blog.record(blog.address)
    for each in blog.ec2.describe_addresses()["Addresses"]:
        if each["PublicIp"] == blog.address:
            blog.ec2.disassociate_address(AssociationId=each["AssociationId"])
            blog.ec2.release_address(AllocationId=each["AllocationId"])


def in_state(state: str) -> Callable[[Blog], None]:
    """As EC2 tells of it on the way."""

    def made(blog: Blog) -> None:
        from moto.ec2.models import ec2_backends

        ec2_backends["123456789012"]["eu-central-1"].get_instance(blog.id)._state.name = state

    return made


def by_public_name(blog: Blog, address: str = "") -> None:
    host = f"ec2-{(address or blog.address).replace('.', '-')}.eu-central-1.compute.amazonaws.com"
    blog.record(host, kind="CNAME")


def by_list(blog: Blog, *networks: str) -> None:
    asked = {"PrefixListName": "partners", "MaxEntries": 5, "AddressFamily": "IPv4"}
    told = blog.ec2.create_managed_prefix_list(**asked, Entries=[{"Cidr": each} for each in networks])["PrefixList"]
    blog.groups(port(80, PrefixListIds=[{"PrefixListId": told["PrefixListId"]}]))


def managed_zone(blog: Blog) -> None:
    blog.record(blog.address)
    blog.route53.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=blog.zone["Id"].rpartition("/")[2],
        AddTags=[{"Key": "ManagedBy", "Value": "terraform"}],
    )  # fmt: skip


def by_kubernetes(blog: Blog) -> None:
    blog.record(blog.address)
    blog.record('"heritage=external-dns,external-dns/owner=shop"', kind="TXT")


def tagged_address(blog: Blog) -> None:
    blog.fixed(TagSpecifications=[{
        "ResourceType": "elastic-ip", "Tags": [{"Key": "elasticbeanstalk:environment-name", "Value": "blog"}],
    }])  # fmt: skip


def tagged_group(blog: Blog) -> None:
    second = blog.groups(port(22), port(443))[1]
    blog.tag(second, Terraform="true")


def without_a_gateway(blog: Blog) -> None:
    """In a subnet that has no way to the internet, as where the private one was chosen."""
    told = blog.told()
    new = blog.ec2.create_route_table(VpcId=told["VpcId"])["RouteTable"]["RouteTableId"]
    for table in blog.ec2.describe_route_tables()["RouteTables"]:
        for each in table["Associations"]:
            if each.get("SubnetId") == told["SubnetId"]:
                blog.ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
    blog.ec2.associate_route_table(RouteTableId=new, SubnetId=told["SubnetId"])


def with_entries(*entries: tuple[int, int, bool]) -> Callable[[Blog], None]:
    """Behind a network ACL that lets only these ports in or, with True, out."""

    def made(blog: Blog) -> None:
        told = blog.told()
        new = blog.ec2.create_network_acl(VpcId=told["VpcId"])["NetworkAcl"]["NetworkAclId"]
        for number, (first, last, out) in enumerate(entries, 1):
            blog.ec2.create_network_acl_entry(
                NetworkAclId=new, RuleNumber=number, Protocol="6", RuleAction="allow", Egress=out,
                CidrBlock="0.0.0.0/0", PortRange={"From": first, "To": last},
            )  # fmt: skip
        for acl in blog.ec2.describe_network_acls()["NetworkAcls"]:
            for each in acl["Associations"]:
                if each["SubnetId"] == told["SubnetId"]:
                    id_ = each["NetworkAclAssociationId"]
                    blog.ec2.replace_network_acl_association(AssociationId=id_, NetworkAclId=new)

    return made


STATES: Mapping[str, State] = {
    "as the tutorials have it": State(lambda blog: None),
    "the second of its groups lets visitors in": State(lambda blog: blog.groups(port(22), port(80, 443))),
    "by IPv6 alone": State(
        lambda blog: blog.groups(port(443, Ipv6Ranges=[{"CidrIpv6": "::/0"}])), told="Everybody may use port 443"
    ),
    "everything is open": State(lambda blog: blog.groups({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]})),
    "for one office": State(
        lambda blog: blog.groups(port(443, IpRanges=[{"CidrIp": "203.0.113.7/32"}])), told="203.0.113.7/32 may use"
    ),
    "for a balancer, by another port": State(
        lambda blog: blog.groups(port(8080, UserIdGroupPairs=[{"GroupId": blog.web}])), told="may use port 8080"
    ),
    "for a prefix list of partners": State(
        lambda blog: by_list(blog, "203.0.113.0/24"), told="may use port 80 of"
    ),
    "for a prefix list in which there is nothing": State(by_list, "broken", "firewall", "(g0) lets anybody use"),
    "its name leads to it": State(with_records(), told="leads to this machine"),
    "two addresses, both its own": State(two_addresses, told="leads to this machine"),
    "kept by a stack": State(stacked, told="is managed by the CloudFormation stack shop"),
    "kept by Auto Scaling": State(
        lambda blog: blog.tag(blog.id, aws__autoscaling__groupName="web"), told="the Auto Scaling group web"
    ),
    "its second group is kept by Terraform": State(tagged_group, told="The security group g1 is managed by Terraform"),
    "its address is kept by Elastic Beanstalk": State(tagged_address, told="the Elastic Beanstalk environment blog"),
    "its zone is kept by Terraform": State(managed_zone, told="The zone fjord-coffee.example is managed by Terraform"),
    "its records are kept by Kubernetes": State(by_kubernetes, told="managed by ExternalDNS"),
    "one address of its record is another's": State(
        with_records("198.51.100.77"), "works_but", "records", "198.51.100.77, too, which is not this machine"
    ),
    "its name still leads to the address that it had": State(
        lambda blog: blog.record("198.51.100.77"), "works_but", "records", "and this machine's addresses are"
    ),
    "a wildcard leads its name to another machine": State(
        lambda blog: blog.record("198.51.100.77", name="*.fjord-coffee.example"), "works_but", "records",
        "leads to 198.51.100.77",
    ),
    "its name leads to it by a port that is shut": State(
        lambda blog: [blog.record(blog.address), blog.groups(port(443))], "broken", "firewall-port", "to port 80 of"
    ),
    "its name leads to an address that it lost": State(
        without_its_address, "works_but", "records", "and this machine has no public address"
    ),
    "its name leads to its public name": State(by_public_name, told="leads to this machine"),
    "its name leads to the public name that it had": State(
        lambda blog: by_public_name(blog, "198.51.100.77"), "works_but", "records", "leads to 198.51.100.77"
    ),
    "one of two weighted records is another's": State(weighted, "works_but", "records", "198.51.100.77, too"),
    "only its own group is let in": State(
        lambda blog: blog.groups({"IpProtocol": "-1", "itself": True}), "works_but", "firewall", "the same security"
    ),
    "no group lets visitors in": State(
        lambda blog: blog.groups(port(22), port(3306)), "broken", "firewall", "(g0, g1) lets anybody use port 80 or 443"
    ),
    "only UDP is let in": State(lambda blog: blog.groups(port(443, protocol="udp")), "broken", "firewall", "(g0)"),
    "behind a network ACL of its own": State(
        with_entries((80, 443, False), (1024, 65535, True)), told="let visitors come as far as"
    ),
    "its subnet has no way to the internet": State(
        without_a_gateway, "broken", "way-in", "no route to an internet gateway"
    ),
    "its network ACL lets nobody in": State(with_entries(), "broken", "way-in", "lets nobody in by port"),
    "its network ACL lets no answers out": State(
        with_entries((80, 443, False)), "broken", "way-in", "lets no answers out"
    ),
    "it is stopped": State(
        lambda blog: blog.ec2.stop_instances(InstanceIds=[blog.id]), "broken", "state", "is stopped"
    ),
    "it is starting": State(in_state("pending"), "waiting", "state", "is starting"),
    "it is stopping": State(in_state("stopping"), "broken", "state", "is stopping"),
    "its firewall may not be read": State(
        lambda blog: None, "unknown", "firewall", "could not be read", "ec2.DescribeSecurityGroups"
    ),
    "its addresses may not be read": State(
        lambda blog: None, told="Which fixed addresses", refused="ec2.DescribeAddresses"
    ),
    "its records may not be read": State(
        lambda blog: None, told=f"The records of {NAME} could not be read", refused="route53.ListHostedZones"
    ),
}  # fmt: skip


@pytest.fixture
def blog(account: PracticeAccount, monkeypatch: pytest.MonkeyPatch) -> Blog:
    monkeypatch.setattr(machines, "HOME", f"http://{NAME}")
    return Blog(account)


@pytest.mark.some(1)  # fmt: skip
@pytest.mark.parametrize("name", STATES)
def test_how_it_stands(blog: Blog, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(blog)

    def refuse(_: int, call: Call) -> None:
        if call.operation == state.refused:
            raise Denied("not allowed", permission=call.operation)

    found = check("wordpress", Between(cloud, before=refuse), {"instance": blog.id})
    assert (found.status.value, found.cause) == (state.status, state.cause), found.findings
    assert state.told in "\n".join(each.sentence for each in found.findings)
    assert len({each.id for each in found.findings}) == len(found.findings)


def test_a_machine_that_is_deleted_is_not_to_be_started(blog: Blog, cloud: Aws) -> None:
    """Systems Manager knows it for a while longer."""
    in_state("terminated")(blog)

    class Remembered(Between):
        def pages(self, call: Call) -> Iterator[dict[str, Any]]:
            known = {"InstanceInformationList": [{"InstanceId": blog.id, "PingStatus": "ConnectionLost"}]}
            yield from [known] if call.name == "DescribeInstanceInformation" else super().pages(call)

    found = check("wordpress", Remembered(cloud), {"instance": blog.id})
    assert (found.status.value, found.cause) == ("broken", "state")
    assert found.because and "start-instances" not in found.because.remedy
    assert "deleted for good" in found.because.sentence


@pytest.mark.wild
def test_who_keeps_the_machine_is_said_before_anything_is_changed_on_it(blog: Blog, cloud: Aws) -> None:
    stacked(blog)
    blog.tag(blog.id, aws__autoscaling__groupName="web")
    cautions = {each.id: each for each in session(cloud, None, EXISTING).review().cautions}
    assert {"managed", "replaced"} <= set(cautions)
    assert "The machine blog is managed by the CloudFormation stack shop." in cautions["managed"].message


@pytest.mark.wild
def test_visitors_are_let_in_and_shut_out_again(
    account: PracticeAccount, blog: Blog, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    blog.groups(port(22), {})
    mended_and_back(
        "wordpress", cloud, journal, clock, {"instance": blog.id}, lambda: picture(account), cause="firewall"
    )
