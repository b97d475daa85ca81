"""How customers reach the shop: the domain and the load balancer."""

from __future__ import annotations

from flows.practice.company.basics import REGION, Client

DOMAIN = "fjord-coffee.example"
PROOF = "_d930b28be6c5927595552b219965053e", "_c9edd76ee4a0e2a74388032f3861cc50.ykybfrwcxw.acm-validations.aws."
"""The record with which moto's certificates are proved, before the name."""


def domain(client: Client) -> None:
    """The zone: where the mail goes, and what proves the certificates."""
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name=DOMAIN, CallerReference="the founding")
    records = [("A", f"mail.{DOMAIN}", "198.51.100.25")]
    records += [("CNAME", f"{PROOF[0]}.{name}", PROOF[1]) for name in (f"shop.{DOMAIN}", DOMAIN)]
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]},
        }
        for kind, name, value in records
    ]
    route53.change_resource_record_sets(HostedZoneId=zone["HostedZone"]["Id"], ChangeBatch={"Changes": changes})


def certificates(client: Client) -> None:
    """One where the load balancer is, and one where CloudFront wants them."""
    for region, name in ((REGION, f"shop.{DOMAIN}"), ("us-east-1", f"*.{DOMAIN}")):
        client("acm", region).request_certificate(DomainName=name, ValidationMethod="DNS")


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
