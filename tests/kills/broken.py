"""What is broken, and mended while it is killed: one scene of each kind of taking back."""

from __future__ import annotations

from collections.abc import Callable

from alb.cases import Front
from alb.states import old_tls
from s3_lambda.cases import BUCKET, NAME
from s3_lambda.standing import Bucket
from s3_lambda.states import STATES
from website.standing import Site

from flows.practice import PracticeAccount


def without_permission(account: PracticeAccount) -> tuple[str, ...]:
    STATES["without_permission"].made(Bucket(account))
    return f"bucket={BUCKET}", f"function={NAME}"


def a_shut_site(account: PracticeAccount) -> tuple[str, ...]:
    """CloudFront does not sign its requests, and may not read."""
    made = Site(account)
    made.s3.delete_bucket_policy(Bucket="tea-pages")
    made.origins(made.origin(control=""))
    return (f"distribution={made.id}",)


def with_old_tls(account: PracticeAccount) -> tuple[str, ...]:
    old_tls(Front(account))
    return ("load_balancer=shop",)


SCENES: dict[str, tuple[Callable[[PracticeAccount], tuple[str, ...]], str]] = {
    "made": (without_permission, "s3_lambda"),
    "set": (with_old_tls, "alb"),
    "entered, and changed in a whole": (a_shut_site, "website"),
}
"""What breaks it, and gives what is checked; and the set-up. One of each kind of taking back."""
