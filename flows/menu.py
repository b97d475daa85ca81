"""The menu: each set-up's name, title and summary, in the order in which people read them.

It is shown before any set-up is imported. `make texts` writes titles and summaries as the classes have them; the order
is what stands here, and what is new stands last until somebody moves its row.
"""

from __future__ import annotations

SET_UPS: dict[str, tuple[str, str]] = {
    "vpn": (
        "Connect an office to a VPC",
        "An encrypted connection between an on-premises network and one VPC.",
    ),
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
