"""What Handrail can set up. Add a module and a line here; menu, answers keys, diagram and tests follow."""

from __future__ import annotations

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the import: this module is on the way to the first frame
if TYPE_CHECKING:
    from flows.engine import Flow

SET_UPS = {
    "vpn": ("Connect an office to a VPC", "An encrypted connection between an on-premises network and one VPC."),
    "website": (
        "Put CloudFront in front of an S3 website",
        "CloudFront in front of an S3 website or a private bucket, with certificate, domain and locked-down origin.",
    ),
    "alb": (
        "Redirect or answer at a load balancer",
        "Send visitors from http to https or elsewhere, or let the load balancer answer by itself.",
    ),
    "aurora": (
        "Create a serverless database",
        "An Aurora database in your network that grows and shrinks by itself, and sleeps when nobody uses it.",
    ),
    "share_ami": (
        "Share a machine image",
        "Give a copy of a machine, or an image that exists, to another account.",
    ),
    "share_snapshot": (
        "Share a database snapshot",
        "Give the data of a database, as a snapshot, to another account.",
    ),
    "wordpress": (
        "Run WordPress on a machine",
        "Install WordPress on a new machine, or put permissions, permalinks and upload size right on an existing one.",
    ),
    "spa_pipeline": (
        "Deliver a single-page application",
        "Build and publish a single-page application whenever its source changes.",
    ),
    "s3_lambda": (
        "Run a function when a file lands",
        "Let a bucket call a Lambda function whenever a file arrives, or something else happens to one.",
    ),
    "s3_pipeline": (
        "Start a pipeline when a file lands",
        "Start a pipeline when a file lands in a bucket, whether it was uploaded, copied or sent in parts.",
    ),
}
"""Name to title and summary. A menu shows them before any set-up is imported; a test compares the two."""


def find(name: str) -> type[Flow]:
    """The set-up of that name. Raises Refused, naming the nearest known one."""
    from importlib import import_module

    from flows.engine import Flow, Refused
    from flows.engine.flow import unknown

    if name not in SET_UPS:
        raise Refused(*unknown(name, SET_UPS, "the list of set-ups"))
    module = import_module(f"flows.{name}.flow")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Flow) and value.__module__ == module.__name__
    )


def every() -> list[type[Flow]]:
    """All set-ups, in the order of the menu."""
    return [find(name) for name in SET_UPS]
