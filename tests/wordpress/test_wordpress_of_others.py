"""What somebody does to a WordPress machine that a run made, and what an undo leaves because of it."""

from __future__ import annotations

import json

import pytest
from support.clock import FakeClock
from support.colleagues import Deed, client, resource, taken_back_after
from support.sessions import carried_out
from wordpress.cases import EXISTING, NEW, session

from flows.engine import Journal, Session
from flows.engine.boto import Aws
from flows.practice import PracticeAccount

EVERYTHING = "role role-policy profile role-in-profile firewall let-in address machine use-address"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
MAY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}


def protected_from_ending(account: PracticeAccount, made: Session) -> None:
    client(account, "ec2").modify_instance_attribute(
        InstanceId=resource(made, "machine"), DisableApiTermination={"Value": True}
    )


def protected_from_stopping(account: PracticeAccount, made: Session) -> None:
    client(account, "ec2").modify_instance_attribute(
        InstanceId=resource(made, "machine"), DisableApiStop={"Value": True}
    )


def disk_attached(account: PracticeAccount, made: Session) -> None:
    ec2, machine = client(account, "ec2"), resource(made, "machine")
    (found,) = ec2.describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
    disk = ec2.create_volume(Size=8, AvailabilityZone=found["Placement"]["AvailabilityZone"])["VolumeId"]
    ec2.attach_volume(VolumeId=disk, InstanceId=machine, Device="/dev/sdf")


def another_group_on_the_machine(account: PracticeAccount, made: Session) -> None:
    ec2, machine = client(account, "ec2"), resource(made, "machine")
    group = _group(account, made)
    ec2.modify_instance_attribute(InstanceId=machine, Groups=[resource(made, "firewall"), group])


def ended(account: PracticeAccount, made: Session) -> None:
    client(account, "ec2").terminate_instances(InstanceIds=[resource(made, "machine")])


def address_given_away(account: PracticeAccount, made: Session) -> None:
    ec2 = client(account, "ec2")
    (address,) = ec2.describe_addresses(PublicIps=[resource(made, "address")])["Addresses"]
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=_machine(account), AllowReassociation=True)


def address_taken_off(account: PracticeAccount, made: Session) -> None:
    ec2 = client(account, "ec2")
    (address,) = ec2.describe_addresses(PublicIps=[resource(made, "address")])["Addresses"]
    ec2.disassociate_address(AssociationId=address["AssociationId"])


def name_leads_to_the_address(account: PracticeAccount, made: Session) -> None:
    dns = client(account, "route53")
    zone = dns.list_hosted_zones()["HostedZones"][0]
    many = [(f"n{number}", "192.0.2.9") for number in range(310)]  # more than Route 53 tells at once
    for some in (many, [("theirs", resource(made, "address"))]):
        changes = [
            {"Action": "CREATE", "ResourceRecordSet": {
                "Name": f"{name}.{zone['Name']}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": value}],
            }}
            for name, value in some
        ]  # fmt: skip
        dns.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": changes})


def machine_behind_a_balancer(account: PracticeAccount, made: Session) -> None:
    balancers, machine = client(account, "elbv2"), resource(made, "machine")
    (found,) = client(account, "ec2").describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
    group = balancers.create_target_group(Name="theirs", Protocol="HTTP", Port=80, VpcId=found["VpcId"])
    (arn,) = (each["TargetGroupArn"] for each in group["TargetGroups"])
    balancers.register_targets(TargetGroupArn=arn, Targets=[{"Id": machine}])


def machine_with_our_profile(account: PracticeAccount, made: Session) -> None:
    _machine(account, IamInstanceProfile={"Name": "wordpress"})


def machine_behind_our_firewall(account: PracticeAccount, made: Session) -> None:
    ec2 = client(account, "ec2")
    (card,) = ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [resource(made, "firewall")]}])[
        "NetworkInterfaces"
    ]
    _machine(account, SubnetId=card["SubnetId"], SecurityGroupIds=[resource(made, "firewall")])


def rule_in_our_firewall(account: PracticeAccount, made: Session) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000, "IpRanges": [{"CidrIp": "172.20.0.0/16"}]}
    client(account, "ec2").authorize_security_group_ingress(GroupId=resource(made, "firewall"), IpPermissions=[rule])


def way_out_of_our_firewall(account: PracticeAccount, made: Session) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 25, "ToPort": 25, "IpRanges": [{"CidrIp": "172.20.0.0/16"}]}
    client(account, "ec2").authorize_security_group_egress(GroupId=resource(made, "firewall"), IpPermissions=[rule])


def rule_that_names_our_firewall(account: PracticeAccount, made: Session) -> None:
    pair = {"UserIdGroupPairs": [{"GroupId": resource(made, "firewall")}]}
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, **pair}
    client(account, "ec2").authorize_security_group_ingress(GroupId=_group(account, made), IpPermissions=[rule])


def our_rule_edited(account: PracticeAccount, made: Session) -> None:
    ec2, group = client(account, "ec2"), resource(made, "firewall")
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    ours = next(each for each in found["SecurityGroupRules"] if not each["IsEgress"])
    rule = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": "172.20.0.0/16"}
    ec2.modify_security_group_rules(
        GroupId=group,
        SecurityGroupRules=[{"SecurityGroupRuleId": ours["SecurityGroupRuleId"], "SecurityGroupRule": rule}],
    )


def one_of_our_rules_removed(account: PracticeAccount, made: Session) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client(account, "ec2").revoke_security_group_ingress(GroupId=resource(made, "firewall"), IpPermissions=[rule])


def our_rules_removed(account: PracticeAccount, made: Session) -> None:
    ec2, group = client(account, "ec2"), resource(made, "firewall")
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    ids = [each["SecurityGroupRuleId"] for each in found if not each["IsEgress"]]
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=ids)


def policy_attached(account: PracticeAccount, made: Session) -> None:
    iam = client(account, "iam")
    arn = iam.create_policy(PolicyName="theirs", PolicyDocument=json.dumps(MAY))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="wordpress", PolicyArn=arn)


def policy_given(account: PracticeAccount, made: Session) -> None:
    client(account, "iam").put_role_policy(RoleName="wordpress", PolicyName="theirs", PolicyDocument=json.dumps(MAY))


def role_put_into_their_profile(account: PracticeAccount, made: Session) -> None:
    iam = client(account, "iam")
    iam.create_instance_profile(InstanceProfileName="theirs")
    iam.add_role_to_instance_profile(InstanceProfileName="theirs", RoleName="wordpress")


def trust_edited(account: PracticeAccount, made: Session) -> None:
    client(account, "iam").update_assume_role_policy(RoleName="wordpress", PolicyDocument=json.dumps(TRUST))


def policy_edited(account: PracticeAccount, made: Session) -> None:
    client(account, "iam").put_role_policy(RoleName="wordpress", PolicyName="handrail", PolicyDocument=json.dumps(MAY))


def their_role_in_our_profile(account: PracticeAccount, made: Session) -> None:
    iam = client(account, "iam")
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.remove_role_from_instance_profile(InstanceProfileName="wordpress", RoleName="wordpress")
    iam.add_role_to_instance_profile(InstanceProfileName="wordpress", RoleName="theirs")


def renamed(account: PracticeAccount, made: Session) -> None:
    client(account, "ec2").create_tags(
        Resources=[resource(made, "machine"), resource(made, "firewall")], Tags=[{"Key": "Name", "Value": "berlin"}]
    )


def nothing(account: PracticeAccount, made: Session) -> None:
    pass


def _group(account: PracticeAccount, made: Session) -> str:
    ec2 = client(account, "ec2")
    (ours,) = ec2.describe_security_groups(GroupIds=[resource(made, "firewall")])["SecurityGroups"]
    made_now = ec2.create_security_group(GroupName="theirs", Description="theirs", VpcId=ours["VpcId"])
    return str(made_now["GroupId"])


def _machine(account: PracticeAccount, **more: object) -> str:
    ec2 = client(account, "ec2")
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["amzn2-ami-hvm-2*"]}])["Images"][0]["ImageId"]
    started = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.small", **more)
    return str(started["Instances"][0]["InstanceId"])


ACCESS, DOOR, ROLE = "role role-policy profile role-in-profile", "firewall let-in", "role role-policy"
DEEDS = (
    Deed(nothing),
    Deed(renamed),
    Deed(protected_from_ending, EVERYTHING, "protected against being ended"),
    Deed(protected_from_stopping, EVERYTHING, "protected against being stopped"),
    Deed(disk_attached, EVERYTHING, "/dev/sdf"),
    Deed(another_group_on_the_machine, EVERYTHING, "Somebody changed it since it was made"),
    Deed(ended, gone="machine"),
    Deed(address_given_away, "address", "Somebody gave it to something else: eipassoc-", gone="use-address"),
    Deed(address_taken_off, gone="use-address"),
    Deed(name_leads_to_the_address, "address", "Records in zones of this account lead to it: "),
    Deed(machine_behind_a_balancer, EVERYTHING, "from these target groups: theirs"),
    Deed(machine_with_our_profile, ACCESS, "Machines of others have it: i-"),
    Deed(machine_behind_our_firewall, DOOR, "network cards have it: eni-"),
    Deed(rule_in_our_firewall, DOOR, "(in tcp 9000 172.20.0.0/16)"),
    Deed(way_out_of_our_firewall, DOOR, "(out tcp 25 172.20.0.0/16)"),
    Deed(rule_that_names_our_firewall, DOOR, "(theirs)"),
    Deed(our_rule_edited, DOOR, "(in tcp 8443 172.20.0.0/16)"),
    Deed(one_of_our_rules_removed),
    Deed(our_rules_removed, gone="let-in"),
    Deed(policy_attached, ROLE, "arn:aws:iam::123456789012:policy/theirs"),
    Deed(policy_given, ROLE, "Somebody gave it policies: theirs"),
    Deed(role_put_into_their_profile, ROLE, "instance profiles of others: theirs"),
    Deed(trust_edited, ROLE, "Somebody changed it since it was made"),
    Deed(policy_edited, ROLE, "Somebody changed it since it was made"),
    Deed(their_role_in_our_profile, "profile", "another role into it: theirs", gone="role-in-profile"),
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.act.__name__)
@pytest.mark.some("rule_in_our_firewall")
def test_what_somebody_did_to_it_is_left_and_told(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, deed: Deed
) -> None:
    made = session(cloud, journal, NEW, clock)
    carried_out(made)
    taken_back_after(account, made, deed, last_snapshot="no")


@pytest.mark.wild
def test_what_was_put_right_on_a_machine_that_ended_is_not_found(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, EXISTING, clock)
    carried_out(made)

    def ended_with_it(account: PracticeAccount, made: Session) -> None:
        client(account, "ec2").terminate_instances(InstanceIds=[made.hand_over().outputs["machine"]])

    taken_back_after(account, made, Deed(ended_with_it, why="not found: ", gone="put-right"))


@pytest.mark.wild
def test_once_that_was_decided_it_goes_with_what_others_have_there(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    made = session(cloud, journal, NEW, clock)
    carried_out(made)
    deeds = (policy_attached, policy_given, role_put_into_their_profile, rule_in_our_firewall, disk_attached)

    def all_of_them(account: PracticeAccount, made: Session) -> None:
        for deed in (*deeds, address_given_away):
            deed(account, made)

    taken_back_after(account, made, Deed(all_of_them, gone="use-address"), others="delete", last_snapshot="no")
    (role,) = [each for each in made.receipt().removed if each.startswith("The role wordpress")]
    assert "what others had there" in role and "arn:aws:iam::123456789012:policy/theirs, theirs" in role
