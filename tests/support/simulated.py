"""IAM's policy simulator, as its API reference describes it: it evaluates what it is sent, and nothing else.

Each action is evaluated for each thing, with the context keys of the request alone; what a policy asks for besides is
listed as missing. A role is known by its whole ARN only. What moto lacks of it, our own reader of policies does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.engine import Call, CloudError, Identity, Page
from flows.policies import Answer, Caller, Policy, Request, read

ACCOUNT = "111122223333"
USER = f"arn:aws:iam::{ACCOUNT}:user/kim"
DECISIONS = {Answer.ALLOWED: "allowed", Answer.FORBIDDEN: "explicitDeny"}
ANYTHING: Policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Simulator:
    """An account in which nothing but the simulator answers.

    Args:
        policies: of whoever is signed in.
        arn: who that is, as GetCallerIdentity says it.
        roles: the roles of the account, by name.
        boundary: a permissions boundary.
        organization: a service control policy.
        problem: how each question is answered instead.
        together: whether actions and things of several kinds may be asked for at once.
    """

    def __init__(
        self,
        policies: Sequence[Policy] = (ANYTHING,),
        *,
        arn: str = USER,
        roles: Mapping[str, str] = {},
        boundary: Policy = ANYTHING,
        organization: Policy = ANYTHING,
        problem: CloudError | None = None,
        together: bool = True,
    ) -> None:
        self.identity = Identity(arn.split(":")[4], arn, "eu-central-1")
        self.asked: list[dict[str, Any]] = []
        self._policies, self._boundary, self._organization = policies, boundary, organization
        self._roles, self._problem, self._together = roles, problem, together

    def make(self, call: Call) -> dict[str, Any]:
        assert call.operation == "iam.GetRole", f"{call.operation} is not needed"
        if call.params["RoleName"] not in self._roles:
            raise CloudError("You are not allowed to iam:GetRole.")
        return {"Role": {"Arn": self._roles[call.params["RoleName"]]}}

    def look_at(self, url: str) -> Page:
        raise AssertionError(f"{url} is not needed")

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        self.asked.append(dict(call.params))
        if self._problem:
            raise self._problem
        whom = call.params["PolicySourceArn"]
        if whom not in (*self._roles.values(), self.identity.arn):
            raise CloudError(f"{whom} was not found.", aws_code="NoSuchEntity")
        resources = call.params["ResourceArns"]
        if not self._together and len({each.split(":")[2] for each in resources if each != "*"}) > 1:
            raise CloudError("IAM refused it.", "They are of several kinds.", aws_code="InvalidInput")
        for action in call.params["ActionNames"]:
            specific = [self._result(action, each, call.params) for each in resources]
            yield {"EvaluationResults": [{**self._whole(action, specific), "ResourceSpecificResults": specific}]}

    def _whole(self, action: str, specific: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        organization = [each.pop("Organization") for each in specific]  # type: ignore[attr-defined]
        return {
            "EvalActionName": action, "EvalResourceName": "arn:${Partition}:…",
            "EvalDecision": max(each["EvalResourceDecision"] for each in specific),
            "MissingContextValues": sorted({key for each in specific for key in each["MissingContextValues"]}),
            "OrganizationsDecisionDetail": {"AllowedByOrganizations": all(organization)},
        }  # fmt: skip

    def _result(self, action: str, resource: str, params: Mapping[str, Any]) -> dict[str, Any]:
        sent = {
            each["ContextKeyName"]: each["ContextKeyValues"]
            if each["ContextKeyType"].endswith("List")
            else each["ContextKeyValues"][0]
            for each in params["ContextEntries"]
        }
        asked = Request(action, resource, Caller(params["PolicySourceArn"]), sent)
        own, limit, above = (
            read(those, asked) for those in (self._policies, [self._boundary], [self._organization])
        )  # fmt: skip
        decision = DECISIONS.get(own.answer, "implicitDeny") if limit and above else "implicitDeny"
        if Answer.FORBIDDEN in (limit.answer, above.answer):
            decision = "explicitDeny"
        return {
            "EvalResourceName": resource, "EvalResourceDecision": decision,
            "MissingContextValues": [each.split()[-1] for each in own.unknown],
            "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": bool(limit)},
            "Organization": bool(above),
        }  # fmt: skip
