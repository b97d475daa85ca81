"""Lambda functions behind a load balancer: whether they are there, and whether it may call them."""

from __future__ import annotations

from flows.aws import lambda_functions
from flows.engine import Cloud, CloudError, Finding, Grade, shell
from flows.policies import Answer

CALLER = "elasticloadbalancing.amazonaws.com"
"""Who calls a function that is a target (Application Load Balancers guide, "Use Lambda functions as targets of an
Application Load Balancer", 2026-11)."""
BY = "GetFunctionConfiguration, GetFunctionConcurrency, GetPolicy"


def is_function(target: str) -> bool:
    """Whether that is the ARN of a function, and not a machine or an address."""
    return ":lambda:" in target and target.count(":") > 5


def answers(cloud: Cloud, id: str, group: str, arn: str) -> Finding | None:
    """What keeps the function that is the target of a group from answering; None if nothing does.

    Args:
        cloud: the account.
        id: of the finding.
        group: the ARN of the target group.
        arn: that of the function, or of an alias of it.
    """
    name, called = arn.split(":", 6)[-1], group.split("/")[1]
    try:
        about = lambda_functions.configuration(cloud, arn)
        if about is None:
            return Finding(
                id, Grade.REFUSED, f"The function {name} of {called} does not exist: visitors get an error (502).", BY,
                "Register a function that exists, or make it again.",
            )  # fmt: skip
        if lambda_functions.switched_off(cloud, arn):
            return Finding(
                id, Grade.REFUSED, f"The function {name} of {called} never runs, as its reserved concurrency is 0: "
                "visitors get an error.", BY, "Take that limit away.",
            )  # fmt: skip
        statements = lambda_functions.statements(cloud, arn)
    except CloudError as problem:
        return Finding(id, Grade.NOT_CHECKED, f"The function {name} of {called} could not be looked at.", problem.what)
    may = lambda_functions.may_call(statements, CALLER, arn, group, cloud.identity.account)
    if may.answer is Answer.UNTOLD:
        sentence = f"Whether the load balancer may call the function {name} of {called} cannot be told."
        return Finding(id, Grade.NOT_CHECKED, sentence, f"GetPolicy: {', '.join(may.unknown)}")
    if may:
        return None
    allow = shell.aws("lambda", "add-permission", function_name=arn, statement_id="load-balancer",
                      action="lambda:InvokeFunction", principal=CALLER, source_arn=group)  # fmt: skip
    return Finding(
        id, Grade.REFUSED, f"The load balancer may not call the function {name} of {called}: visitors get an error "
        "(502).", "GetPolicy", f"Allow it: {allow}",
    )  # fmt: skip
