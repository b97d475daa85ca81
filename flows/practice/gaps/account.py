"""Who is asking, what they may do and how much of it: the account-wide look-ups that moto lacks."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from moto.core.responses import ActionResult
from moto.directconnect.responses import DirectConnectResponse
from moto.iam.responses import IamResponse
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.responses import ServiceQuotasResponse
from moto.sts.responses import TokenResponse

from flows.practice.company.basics import CALLER
from flows.practice.gaps.wire import Response, answers

USER = CALLER.rpartition("/")[2]
QUOTAS: dict[tuple[str, str], tuple[str, float]] = {
    ("vpc", "L-F678F1CE"): ("VPCs per Region", 5),
    ("vpc", "L-407747CB"): ("Subnets per VPC", 200),
    ("vpc", "L-589F43AA"): ("Route tables per VPC", 200),
    ("vpc", "L-93826ACB"): ("Routes per route table", 500),
    ("vpc", "L-E79EC296"): ("VPC security groups per Region", 2500),
    ("vpc", "L-0EA8095F"): ("Inbound or outbound rules per security group", 60),
    ("vpc", "L-2AFB9258"): ("Security groups per network interface", 5),
    ("vpc", "L-7E9ECCDB"): ("Active VPC peering connections per VPC", 50),
    ("vpc", "L-DC9F7029"): ("Outstanding VPC peering connection requests", 25),
    ("ec2", "L-4FB7FF5D"): ("Customer gateways per region", 50),
    ("ec2", "L-7029FAB6"): ("Virtual private gateways per region", 5),
    ("ec2", "L-3E6EC3A3"): ("VPN connections per region", 50),
    ("ec2", "L-B91E5754"): ("VPN connections per VGW", 10),
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", 5),
    ("codebuild", "L-9D07B6EF"): ("Concurrently running builds for Linux/Small environment", 60),
    ("codebuild", "L-ACCF6C0D"): ("Build projects", 5000),
    ("codepipeline", "L-78D200AD"): ("Total pipelines", 1000),
    ("rds", "L-952B80B8"): ("DB clusters", 40),
    ("rds", "L-7B6409FD"): ("DB instances", 40),
}
"""(service, code) → name and default value. The VPN quotas are also answered under "vpc"."""


def _caller(original: Any) -> Any:
    def get_caller_identity(self: Response) -> ActionResult:
        result: Any = original(self)
        who = result.result
        if str(who["Arn"]).endswith(":user/moto"):
            who["Arn"] = f"arn:aws:iam::{who['Account']}:user/{USER}"
        return ActionResult(who)

    return get_caller_identity


def _simulate(self: Response) -> str:
    """Everything is allowed, on every thing; written out, because moto takes its time over long answers."""
    results = "".join(
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>*</EvalResourceName>"
        "<EvalDecision>allowed</EvalDecision><MatchedStatements/><MissingContextValues/></member>"
        for action in self._get_param("ActionNames") or []
    )
    return (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>'
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults>"
        "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )


def _quota(self: Response) -> str:
    asked = json.loads(self.body)
    service, code = str(asked.get("ServiceCode")), str(asked.get("QuotaCode"))
    for quota in _quotas(service, self.region):
        if quota["QuotaCode"] == code:
            return json.dumps({"Quota": quota})
    raise NoSuchResource


def _list_quotas(self: Response) -> str:
    asked = json.loads(self.body)
    quotas = _quotas(str(asked.get("ServiceCode")), self.region)
    if not quotas:
        raise NoSuchResource
    return json.dumps({"Quotas": quotas})


def _quotas(service: str, region: str) -> list[dict[str, Any]]:
    return [
        {
            "ServiceCode": service,
            "ServiceName": {"vpc": "Amazon Virtual Private Cloud (Amazon VPC)"}.get(service, service),
            "QuotaCode": code,
            "QuotaName": name,
            "QuotaArn": f"arn:aws:servicequotas:{region}:123456789012:{service}/{code}",
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }
        for (owner, code), (name, value) in QUOTAS.items()
        if owner == service or (service == "vpc" and owner == "ec2")
    ]


_get_caller_identity: Any = TokenResponse.get_caller_identity


def install() -> None:
    answers(TokenResponse, {"get_caller_identity": _caller(_get_caller_identity)})
    answers(IamResponse, {"simulate_principal_policy": _simulate})
    answers(
        DirectConnectResponse,
        {"describe_virtual_interfaces": lambda _: json.dumps({"virtualInterfaces": []})},
    )
    answers(ServiceQuotasResponse, {"get_service_quota": _quota, "list_service_quotas": _list_quotas})
