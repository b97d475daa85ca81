"""Lambda functions: which there are, how they are, who may call them, and letting one bucket call one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    CloudError,
    Cost,
    Find,
    Late,
    Option,
    Others,
    Restore,
    Still,
    Undo,
    Wait,
    before,
    join,
)
from flows.policies import Caller, Request, Verdict, document, listed, read

from . import edits

ARN = re.compile(r"arn:[a-z-]+:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]+)(?::([A-Za-z0-9_$-]+))?")
LATEST = "latest"
S3 = "s3.amazonaws.com"
NOT_THERE = "ResourceNotFoundException"
PRICE = Cost(
    "The function's calls (notifications cost nothing)", Decimal(0), "2026-11",
    "AWS Lambda pricing page, US East (N. Virginia); no price list was read",
    "A million calls of a month are free, then about 0.20 USD a million and 0.0000167 USD a GB-second.",
)  # fmt: skip


@dataclass(frozen=True)
class Function:
    name: str
    arn: str
    role: str

    @property
    def id(self) -> str:
        return self.name

    def called(self, alias: str) -> str:
        """The ARN by which it is called: the newest code, or what an alias stands for."""
        return self.arn if alias == LATEST else f"{self.arn}:{alias}"


def qualifier(alias: str) -> dict[str, str]:
    return {} if alias == LATEST else {"Qualifier": alias}


# -- to pick from ----------------------------------------------------------------------------------------------


def functions(cloud: Cloud) -> Iterator[Option[Function]]:
    """The functions of the region."""
    for page in cloud.pages(Call("lambda.ListFunctions")):
        for each in page.get("Functions") or []:
            name = str(each["FunctionName"])
            hint = ", ".join(part for part in (each.get("Runtime"), each.get("Description")) if part)
            yield Option(name, Function(name, _bare(each["FunctionArn"]), str(each.get("Role", ""))), name, hint)


def aliases(cloud: Cloud, function: Function) -> Iterator[Option[str]]:
    """The newest code first, then every alias."""
    try:
        pages = list(cloud.pages(Call("lambda.ListAliases", {"FunctionName": function.name})))
    except CloudError as problem:  # the newest code needs no alias
        yield Option(LATEST, LATEST, "always the newest code", f"other aliases could not be read: {problem.what}")
        return
    yield Option(LATEST, LATEST, "always the newest code")
    for page in pages:
        for each in page.get("Aliases") or []:
            yield Option(each["Name"], each["Name"], each["Name"], f"an alias for version {each['FunctionVersion']}")


# -- how one is ------------------------------------------------------------------------------------------------


def asking(cloud: Cloud, operation: str, arn: str) -> Call:
    """A reading call about a function, or the alias of it, that an ARN names, wherever it is."""
    _, _, _, region, account, _, name = arn.split(":", 6)
    base, _, alias = name.partition(":")
    there = "" if region == cloud.identity.region else region
    whose = base if account == cloud.identity.account else arn.removesuffix(f":{alias}")
    return Call(f"lambda.{operation}", {"FunctionName": whose, **({"Qualifier": alias} if alias else {})}, there)


def configuration(cloud: Cloud, arn: str) -> dict[str, Any] | None:
    """How a function is set up; None if it does not exist. Raises CloudError."""
    try:
        return cloud.make(asking(cloud, "GetFunctionConfiguration", arn))
    except CloudError as problem:
        if problem.aws_code != NOT_THERE:
            raise
        return None


def not_ready(about: Mapping[str, Any]) -> str:
    """Why a function does not run at the moment; "" if it does. One that is idle wakes when it is called."""
    if (state := about.get("State", "Active")) not in ("Active", "Inactive"):
        return str(about.get("StateReason") or f"its state is {state}").rstrip(".")
    return ""


def unfinished(about: Mapping[str, Any]) -> str:
    """Why the last change of a function is not what runs; "" if it is. Until it is, and where it failed, the function
    runs as it was (Lambda API Reference, "UpdateFunctionConfiguration", 2026-11)."""
    if (update := about.get("LastUpdateStatus", "Successful")) != "Successful":
        return str(about.get("LastUpdateStatusReason") or f"its last update is {update}").rstrip(".")
    return ""


def coming(about: Mapping[str, Any]) -> bool:
    """Whether one that is not ready is being made."""
    return about.get("State") == "Pending"


def variables_key(about: Mapping[str, Any]) -> str:
    """The key of one's own that encrypts a function's variables, without which it does not begin (Lambda Developer
    Guide, "Troubleshoot invocation issues": KMSDisabledException, 2026-11); "" for none."""
    return str(about.get("KMSKeyArn") or "") if (about.get("Environment") or {}).get("Variables") else ""


def switched_off(cloud: Cloud, arn: str) -> bool:
    """Whether its reserved concurrency is 0, so that it never runs. Raises CloudError."""
    whole = ":".join(arn.split(":")[:7])
    found = cloud.make(asking(cloud, "GetFunctionConcurrency", whole))
    return found.get("ReservedConcurrentExecutions") == 0


def naming(cloud: Cloud, arn: str, bucket: str) -> list[str]:
    """The variables of a function's environment that name a bucket. Raises CloudError."""
    about = configuration(cloud, arn) or {}
    variables = (about.get("Environment") or {}).get("Variables") or {}
    return sorted(name for name, value in variables.items() if bucket in re.split(r"[^a-z0-9.-]+", str(value)))


def statements(cloud: Cloud, arn: str) -> list[dict[str, Any]]:
    """The statements of the policy that belongs to a function or an alias of it. Raises CloudError."""
    try:
        found = cloud.make(asking(cloud, "GetPolicy", arn))
    except CloudError as problem:
        if problem.aws_code != NOT_THERE:
            raise
        return []
    try:
        whole = document(found.get("Policy") or "{}")
    except ValueError:
        raise CloudError("The policy of the function cannot be read.") from None
    return listed(whole.get("Statement") if isinstance(whole, Mapping) else None)


def may_call(statements: Iterable[Mapping[str, Any]], service: str, arn: str, source: str, account: str) -> Verdict:
    """What a function's policy says to a service that calls it, by that ARN, for a thing of that account."""
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    context = {"aws:SourceArn": source, "aws:SourceAccount": account}
    return read(document, Request("lambda:InvokeFunction", arn, Caller(service=service), context))


def names_the_account(statement: Mapping[str, Any]) -> bool:
    """Whether a statement holds for one account's bucket only, not for a stranger's that gets its name later."""
    return any(
        key.lower() == "aws:sourceaccount" for test in (statement.get("Condition") or {}).values() for key in test
    )


# -- to change -------------------------------------------------------------------------------------------------


def let_bucket_call(
    function: Function,
    alias: str,
    bucket: str,
    bucket_arn: str,
    account: str,
    *,
    notification: Late,
    watch: Call,
    known: Iterable[str],
) -> Action:
    """Let S3 call a function for one bucket of this account.

    Args:
        notification: the id of the bucket's notification that will need it.
        watch: the call that reads the bucket's notifications: while that one stands, undo keeps the permission.
        known: the ids of the notifications that call the function already, and need no new permission.
    """
    statement = {"FunctionName": function.name, "StatementId": join("handrail-", RUN), **qualifier(alias)}
    standing = join("length(LambdaFunctionConfigurations[?Id=='", notification, "'] || `[]`)")
    others = join(
        f"LambdaFunctionConfigurations[?LambdaFunctionArn=='{function.called(alias)}' && Id!='",
        notification,
        f"' && !contains({edits.literal(list(known))}, Id)].Id",
    )
    return Action(
        "permission",
        f"Let S3 call {function.name} for files of {bucket}, and of no other bucket or account",
        Call(
            "lambda.AddPermission",
            {
                **statement, "Action": "lambda:InvokeFunction", "Principal": S3, "SourceArn": bucket_arn,
                "SourceAccount": account,
            },
        ),
        undo=(
            Undo(
                Call("lambda.RemovePermission", statement),
                still=Still(
                    watch, standing, "0",
                    "Somebody changed the notification, which is left as it is now and needs this permission.",
                    absent=("NoSuchBucket",), beside=True,
                ),
            ),
        ),
        find=Find(
            Call("lambda.GetPolicy", {"FunctionName": function.name, **qualifier(alias)}),
            join("contains(Policy || '', '\"handrail-", RUN, "\"') && {Statement: Policy} || null"),
            absent=(NOT_THERE,),
        ),
        # the id holds the run, so what exists is this run's own, whose answer got lost
        exists=("ResourceConflictException",),
        others=(Others(watch, others, f"Other notifications of {bucket} call it by this permission"),),
        type="AWS::Lambda::Permission",
        resource=join("handrail-", RUN),
        undone=f"The permission to call {function.name}",
        refusals={
            "PolicyLengthExceededException": f"The policy of {function.name} is full (20 KB). Remove statements that "
            "nobody needs any more: aws lambda remove-permission.",
            NOT_THERE: f"The function {function.name} or its alias does not exist any more.",
        },
    )  # fmt: skip


def let_call(function: str, service: str, source: str, account: str) -> Action:
    """Let a service call a function, by its ARN, for one thing; of this account only, where `account` is given."""
    base, _, alias = function.split(":", 6)[6].partition(":")
    stem = service.partition(".")[0]
    statement = {"FunctionName": base, "StatementId": join(f"handrail-{stem}-", RUN), **qualifier(alias or LATEST)}
    for_ = {"Principal": service, "SourceArn": source, **({"SourceAccount": account} if account else {})}
    return Action(
        f"permission-{stem}-{base}",
        f"Let {service} call {base} for {source}",
        Call("lambda.AddPermission", {**statement, "Action": "lambda:InvokeFunction", **for_}),
        undo=(Undo(Call("lambda.RemovePermission", statement)),),
        find=Find(
            Call("lambda.GetPolicy", {"FunctionName": base, **qualifier(alias or LATEST)}),
            join(f"contains(Policy || '', '\"handrail-{stem}-", RUN, "\"') && {Statement: Policy} || null"),
            absent=(NOT_THERE,),
        ),
        # the id holds the run, so what exists is this run's own, whose answer got lost
        exists=("ResourceConflictException",),
        type="AWS::Lambda::Permission",
        resource=join(f"handrail-{stem}-", RUN),
        undone=f"The permission to call {base}",
    )


def let_run(function: str) -> Action:
    """Take away a reserved concurrency, and put it back at undo."""
    id, named = f"concurrency-{function}", {"FunctionName": function}
    return Action(
        id,
        f"Let {function} run again, without a concurrency of its own",
        Call("lambda.DeleteFunctionConcurrency", named),
        undo=Restore(
            Call("lambda.GetFunctionConcurrency", named),
            "ReservedConcurrentExecutions",
            Call("lambda.PutFunctionConcurrency", {**named, "ReservedConcurrentExecutions": before(id)}),
        ),
        undone=f"The concurrency of {function}",
    )


def fetch(mapping: str, way: str) -> Action:
    """Let a function fetch from a queue again; `way` names it."""
    which = {"UUID": mapping}
    look = Call("lambda.GetEventSourceMapping", which)
    on = Wait(look, "State=='Enabled'", "Waiting until the function fetches", now="State", typical=30)
    off = Wait(look, "State=='Disabled'", "Waiting until the function no longer fetches", now="State", typical=30)
    return Action(
        f"fetch-{mapping}",
        f"Let the function fetch from {way} again",
        Call("lambda.UpdateEventSourceMapping", {**which, "Enabled": True}),
        wait=on,
        undo=(
            Undo(
                Call("lambda.UpdateEventSourceMapping", {**which, "Enabled": False}),
                still=Still(look, "State", "Enabled", "It is in another state by now; it is left so."),
                not_yet=("ResourceInUseException",),
                wait=off,
                restores=True,
            ),
        ),
        unless=Find(look, "[State][?@=='Enabled'] | [0]"),
        undone=f"Fetching from {way}, which is paused",
        left=f"Fetching from {way}",
    )


def tags(cloud: Cloud, arn: str) -> dict[str, str]:
    """The tags of a function; of one whose tags may not be read, none."""
    try:
        found = cloud.make(Call("lambda.ListTags", {"Resource": _bare(arn)}))
    except CloudError:
        return {}
    return {str(key): str(value) for key, value in (found.get("Tags") or {}).items()}


def _bare(arn: str) -> str:
    """Some emulators list functions with their version behind."""
    return ":".join(arn.split(":")[:7])
