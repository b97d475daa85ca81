"""How customers reach the shop: the domain and the load balancer."""

from __future__ import annotations

from flows.practice.company.basics import Client


def domain(client: Client) -> None:
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="fjord-coffee.example", CallerReference="the founding")
    record = {"Name": "mail.fjord-coffee.example", "Type": "A", "TTL": 300}
    route53.change_resource_record_sets(
        HostedZoneId=zone["HostedZone"]["Id"],
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {**record, "ResourceRecords": [{"Value": "198.51.100.25"}]},
                }
            ]
        },
    )


def load_balancer(client: Client) -> None:
    ec2, elbv2 = client("ec2"), client("elbv2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["shop-public-*"]}])["Subnets"]
    (web,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])[
        "SecurityGroups"
    ]
    balancer = elbv2.create_load_balancer(
        Name="shop",
        Subnets=sorted(subnet["SubnetId"] for subnet in subnets),
        SecurityGroups=[web["GroupId"]],
        Scheme="internet-facing",
        Type="application",
    )["LoadBalancers"][0]
    targets = elbv2.create_target_group(
        Name="shop", Protocol="HTTP", Port=8080, VpcId=web["VpcId"], TargetType="instance"
    )["TargetGroups"][0]
    running = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["shop-1"]}])["Reservations"]
    elbv2.register_targets(
        TargetGroupArn=targets["TargetGroupArn"],
        Targets=[{"Id": each["InstanceId"]} for group in running for each in group["Instances"]],
    )
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": targets["TargetGroupArn"]}],
    )
