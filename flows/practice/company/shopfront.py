"""How customers reach the shop: the domain, the certificates and the load balancers."""

from __future__ import annotations

from typing import Any

from flows.practice.company.basics import REGION, Client

DOMAIN = "fjord-coffee.example"
PROOF = "_d930b28be6c5927595552b219965053e", "_c9edd76ee4a0e2a74388032f3861cc50.ykybfrwcxw.acm-validations.aws."
"""The record with which moto's certificates are proved, before the name."""
OLD_POLICY = "ELBSecurityPolicy-2016-08"


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


def load_balancers(client: Client) -> None:
    """The shop's, which knows no https yet, and the office's, made long ago by somebody in a hurry."""
    ec2, elbv2 = client("ec2"), client("elbv2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["shop-public-*"]}])["Subnets"]
    (web,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])["SecurityGroups"]
    arns: dict[str, Any] = {}
    for name, scheme in (("shop", "internet-facing"), ("office", "internal")):
        balancer = elbv2.create_load_balancer(
            Name=name,
            Subnets=sorted(subnet["SubnetId"] for subnet in subnets),
            SecurityGroups=[web["GroupId"]],
            Scheme=scheme,
            Type="application",
        )["LoadBalancers"][0]
        targets = elbv2.create_target_group(
            Name=name, Protocol="HTTP", Port=8080, VpcId=web["VpcId"], TargetType="instance"
        )["TargetGroups"][0]
        arns[name] = balancer["LoadBalancerArn"], targets["TargetGroupArn"]
    running = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["shop-1"]}])["Reservations"]
    for _, targets in arns.values():
        elbv2.register_targets(
            TargetGroupArn=targets,
            Targets=[{"Id": each["InstanceId"]} for group in running for each in group["Instances"]],
        )
    shop, to_shop = arns["shop"]
    _listener(elbv2, shop, "HTTP", 80, [{"Type": "forward", "TargetGroupArn": to_shop}])
    _office(client, *arns["office"])


def _office(client: Client, office: str, to_office: str) -> None:
    """Its redirect keeps port 80, a rule is never reached, and its https is as old as it can be."""
    elbv2 = client("elbv2")
    forward = [{"Type": "forward", "TargetGroupArn": to_office}]
    incomplete = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
    http = _listener(elbv2, office, "HTTP", 80, [incomplete])
    for priority, field, config, pattern in (
        (10, "host-header", "HostHeaderConfig", f"*.{DOMAIN}"),
        (20, "host-header", "HostHeaderConfig", f"wiki.{DOMAIN}"),
    ):
        elbv2.create_rule(
            ListenerArn=http,
            Priority=priority,
            Conditions=[{"Field": field, config: {"Values": [pattern]}}],
            Actions=forward,
        )
    found = client("acm").list_certificates()["CertificateSummaryList"]
    if found:  # in an earlier practice it may have been deleted
        secure = {"Certificates": [{"CertificateArn": found[0]["CertificateArn"]}], "SslPolicy": OLD_POLICY}
        _listener(elbv2, office, "HTTPS", 443, forward, **secure)


def _listener(elbv2: Any, balancer: str, protocol: str, port: int, actions: list[Any], **more: Any) -> str:
    made = elbv2.create_listener(LoadBalancerArn=balancer, Protocol=protocol, Port=port, DefaultActions=actions, **more)
    return str(made["Listeners"][0]["ListenerArn"])
