"""Who else keeps a thing, as its tags tell."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flows.aws import keepers

KEPT = {
    "a stack": ({"aws:cloudformation:stack-name": "shop", "Name": "web"}, "the CloudFormation stack shop"),
    "Beanstalk, which has a stack": (
        {"aws:cloudformation:stack-name": "awseb-e-abc-stack", "elasticbeanstalk:environment-name": "shop-env"},
        "the Elastic Beanstalk environment shop-env",
    ),
    "the controller": ({"elbv2.k8s.aws/cluster": "prod"}, "the Kubernetes cluster prod"),
    "EKS Auto Mode": (
        {"ingress.eks.amazonaws.com/stack": "shop/front", "eks:eks-cluster-name": "prod"},
        "the Kubernetes cluster prod",
    ),
    "a service of Kubernetes": ({"kubernetes.io/service-name": "shop/front"}, "Kubernetes, for shop/front"),
    "a cluster that owns it": ({"kubernetes.io/cluster/prod": "owned"}, "the Kubernetes cluster prod"),
    "ECS": ({"aws:ecs:serviceName": "front", "aws:ecs:clusterName": "shop"}, "the ECS service front"),
    "a group": ({"aws:autoscaling:groupName": "web"}, "the Auto Scaling group web"),
    "Terraform, by custom": ({"ManagedBy": "terraform"}, "Terraform"),
    "Terraform, with blanks": ({"managed by": "Terraform Cloud"}, "Terraform"),
    "Terraform, by key": ({"terraform": "true"}, "Terraform"),
    "Terraform, by workspace": ({"terraform:workspace": "prod"}, "Terraform"),
    "a tool": ({"provisioner": "Pulumi"}, "Pulumi"),
    "OpenTofu": ({"created-by": "opentofu"}, "OpenTofu"),
}


@pytest.mark.parametrize(("tags", "who"), KEPT.values(), ids=KEPT)
def test_the_keeper_is_known(tags: Mapping[str, str], who: str) -> None:
    assert keepers.keeper(tags) == who
    assert keepers.keeper([{"Key": key, "Value": value} for key, value in tags.items()]) == who
    assert keepers.keeper([{"key": key, "value": value} for key, value in tags.items()]) == who
    (said,) = keepers.beforehand("The load balancer web", tags)
    assert said.message.startswith(f"The load balancer web is managed by {who}. ")


@pytest.mark.parametrize(
    "tags",
    [
        {}, None, [], {"Name": "terraform"}, {"terraform": "false"}, {"ManagedBy": "Ana"}, {"team": "cdk"},
        {"kubernetes.io/cluster/prod": "shared"}, {"kubernetes.io/role/elb": "1"}, {"handrail:run": "vpn-1"},
    ],
    ids=str,
)  # fmt: skip
def test_nobody_is_made_up(tags: Mapping[str, str] | None) -> None:
    assert keepers.keeper(tags) == ""
    assert not list(keepers.beforehand("It", tags)) + list(keepers.told("x", "It", tags))
