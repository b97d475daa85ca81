"""Who else keeps a thing. What a stack, a controller or a plan made is put back by it, whatever is changed by hand.

CloudFormation (so CDK, SAM and Amplify too) and the services that make things for people mark those with tags of their
own: CloudFormation User Guide, "Resource tags"; Elastic Beanstalk Developer Guide, "Tagging"; AWS Load Balancer
Controller, "Tags"; the managed policy AmazonEKSLoadBalancingPolicy; ECS Developer Guide, "Tagging"; EC2 Auto Scaling
User Guide; Data Lifecycle Manager and AWS Backup guides, 2026-11. Terraform, OpenTofu, Pulumi and Ansible leave no tag
of their own: they are known where people followed the custom of saying so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flows.engine import Caution, Finding, Grade

Tags = Mapping[str, str] | Iterable[Mapping[str, Any]] | None

MARKS: Mapping[str, str] = {
    "elasticbeanstalk:environment-name": "the Elastic Beanstalk environment {}",
    "elasticbeanstalk:environment-id": "the Elastic Beanstalk environment {}",
    "elbv2.k8s.aws/cluster": "the Kubernetes cluster {}",
    "eks:eks-cluster-name": "the Kubernetes cluster {}",
    "eks:cluster-name": "the Kubernetes cluster {}",
    "alpha.eksctl.io/cluster-name": "the Kubernetes cluster {}",
    "KubernetesCluster": "the Kubernetes cluster {}",
    "ingress.k8s.aws/stack": "Kubernetes, for {}",
    "ingress.eks.amazonaws.com/stack": "Kubernetes, for {}",
    "service.k8s.aws/stack": "Kubernetes, for {}",
    "service.eks.amazonaws.com/stack": "Kubernetes, for {}",
    "kubernetes.io/service-name": "Kubernetes, for {}",
    "aws:ecs:serviceName": "the ECS service {}",
    "aws:ecs:clusterName": "the ECS cluster {}",
    "AmazonECSManaged": "Amazon ECS",
    "aws:servicecatalog:provisionedProductArn": "Service Catalog",
    "crossplane-name": "Crossplane, as {}",
    "aws:cloudformation:stack-name": "the CloudFormation stack {}",
    "aws:autoscaling:groupName": "the Auto Scaling group {}",
    "aws:dlm:lifecycle-policy-id": "the lifecycle policy {}",
    "aws:backup:source-resource": "AWS Backup",
    "aws:secretsmanager:owningService": "the service {}",
}
"""Tags that only a keeper sets, the nearest one first: Elastic Beanstalk and eksctl use stacks themselves."""
WHY = {"managed": "What keeps it puts it back as it was at its next update, whatever is changed by hand."}
_OWNED = re.compile(r"kubernetes\.io/cluster/(?P<name>.+)")
_TOOLS = {
    "terraform": "Terraform",
    "opentofu": "OpenTofu",
    "terragrunt": "Terragrunt",
    "pulumi": "Pulumi",
    "ansible": "Ansible",
    "crossplane": "Crossplane",
    "cloudformation": "CloudFormation",
    "cdk": "CDK",
}
_SAYS = re.compile(
    r"(?:managed|created|provisioned|deployed|maintained)[ _.:-]?(?:by|with|using)|provisioner|iac|tool|automation",
    re.IGNORECASE,
)
"""Keys in which people write which tool keeps a thing."""
_NO = {"", "false", "no", "none", "0"}


def keeper(tags: Tags) -> str:
    """Who keeps a thing that has these tags, as a part of a sentence (“the CloudFormation stack shop”), or "".

    Args:
        tags: as a mapping, or as AWS lists them, with `Key` and `Value` or `key` and `value`; None is no tags.
    """
    known = _known(tags)
    for mark, said in MARKS.items():
        if mark in known:
            return said.format(known[mark] or "of that name")
    for key, value in known.items():
        if (cluster := _OWNED.fullmatch(key)) and value == "owned":
            return f"the Kubernetes cluster {cluster['name']}"
    return next(filter(None, (_by_custom(key, value) for key, value in known.items())), "")


def beforehand(what: str, tags: Tags, key: str = "") -> Iterator[Caution]:
    """A caution where somebody else keeps what is about to be changed: they take the change back.

    Args:
        what: the thing, at the beginning of a sentence.
        tags: its tags.
        key: which question it is about.
    """
    if who := keeper(tags):
        yield Caution(
            "managed",
            f"{what} is managed by {who}. It may undo your change at its next update; better change it there.",
            key=key,
        )


def agreed(what: str, tags: Tags) -> Iterator[Caution]:
    """The same for what mends a thing, which needs a conscious yes: they were not asked."""
    yield from (replace(each, confirm=True) for each in beforehand(what, tags))


def told(thing: str, what: str, tags: Tags) -> Iterator[Finding]:
    """The line of a check that says who else keeps `what`; `thing` is its id."""
    if who := keeper(tags):
        yield Finding(f"managed:{thing}", Grade.PROVED, f"{what} is managed by {who}: change it there.", "its tags")


def _known(tags: Tags) -> dict[str, str]:
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    each = [{str(name).lower(): value for name, value in tag.items()} for tag in tags or ()]
    return {str(tag["key"]): str(tag.get("value") or "") for tag in each if "key" in tag}


def _by_custom(key: str, value: str) -> str:
    words = set(re.split(r"[^a-z]+", value.lower()))
    if _SAYS.fullmatch(key):
        return next((name for tool, name in _TOOLS.items() if tool in words), "")
    meant = re.match("[a-z]*", key.lower())
    return _TOOLS.get(meant[0] if meant else "", "") if value.lower() not in _NO else ""
