"""The menu: each set-up's name, title and summary, in the order in which people read them; and of each check
the trouble that it is for, and what else people look for who have it. GOALS is what else they look for who need a
set-up.

It is shown before any set-up is imported. `make texts` writes them as the classes have them; the order
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
        "CloudFront before an S3 website or bucket, with its own names.",
    ),
    "alb": (
        "Redirect or answer at a load balancer",
        "Send visitors elsewhere, answer them, or keep each with one server.",
    ),
    "aurora": (
        "Create a serverless database",
        "An Aurora database that grows, shrinks, and sleeps when unused.",
    ),
    "share_ami": (
        "Share a machine image",
        "Give a machine's copy, or an image that exists, to an account.",
    ),
    "share_snapshot": (
        "Share a database snapshot",
        "Give the data of a database, as a snapshot, to another account.",
    ),
    "wordpress": (
        "Run WordPress on a machine",
        "Install it on a new machine, or put an existing one right.",
    ),
    "spa_pipeline": (
        "Deliver a single-page application",
        "Build and publish a web application whenever its source changes.",
    ),
    "s3_lambda": (
        "Run a function when a file lands",
        "Call a Lambda function whenever a file arrives, or is deleted.",
    ),
    "s3_pipeline": (
        "Start a pipeline when a file lands",
        "Start a pipeline whenever a file lands in a bucket.",
    ),
    "database_hours": (
        "Keep a serverless database awake in office hours",
        "Keep it awake at fixed hours, and let it sleep outside of them.",
    ),
    "peering": (
        "Connect two VPCs",
        "Let two VPCs reach each other, in two regions or accounts as well.",
    ),
    "vpn_options": (
        "Change a VPN's tunnels",
        "Encryption, logs and times of a VPN's tunnels, one after the other.",
    ),
}
CHECKS: dict[str, tuple[str, str]] = {
    "vpn": (
        "The VPN is down, or the office and the VPC do not reach each other",
        "tunnel, ipsec, bgp, ike, timeout, ping, route, propagation, security group, firewall, cannot connect, "
        "unreachable",
    ),
    "website": (
        "A website shows an error, an old page, or the wrong one",
        "403, 404, 502, 504, AccessDenied, NoSuchKey, certificate, https, dns, cloudfront, s3, permission denied, "
        "unreachable, down",
    ),
    "alb": (
        "A load balancer does not answer, or sends visitors in a circle",
        "redirect loop, ERR_TOO_MANY_REDIRECTS, 503, 502, 504, certificate, https, elb, listener, logged out, "
        "unreachable, down",
    ),
    "aurora": (
        "A serverless database does not fall asleep, is slow, or does not answer",
        "aurora, awake, asleep, paused, acu, cost, timeout, connection refused, rds, cannot connect, unreachable, "
        "expensive",
    ),
    "share_ami": (
        "Another account cannot see, copy or launch an image",
        "ami, not found, InvalidAMIID.NotFound, kms, encrypted, launch permission, shared, permission denied",
    ),
    "share_snapshot": (
        "Another account cannot see, copy or restore a snapshot",
        "rds, aurora, DBSnapshotNotFound, kms, encrypted, restore, shared, permission denied",
    ),
    "wordpress": (
        "WordPress shows an error, or refuses uploads, updates or permalinks",
        "404, permalinks, upload, file size, memory, ftp, permissions, white page, php, apache, permission denied, "
        "down",
    ),
    "spa_pipeline": (
        "A pipeline fails, or does not deliver",
        "build failed, buildspec, codebuild, codepipeline, npm, exit status, yaml, AccessDenied, stuck, permission "
        "denied",
    ),
    "s3_lambda": (
        "A function does not run when a file lands in a bucket",
        "lambda, s3, trigger, notification, event, not invoked, AccessDenied, permission denied",
    ),
    "s3_pipeline": (
        "A pipeline does not start when a file lands",
        "codepipeline, s3, eventbridge, cloudtrail, rule, trigger, polling, not starting, twice, stuck, permission "
        "denied",
    ),
    "database_hours": (
        "A database does not wake in the morning, or does not sleep at night, as its schedule says",
        "aurora, scheduler, cron, schedule, time zone, clock change, dead letter, awake, rds, expensive",
    ),
    "peering": (
        "Two VPCs do not reach each other",
        "vpc peering, pcx, timeout, blackhole, route, pending-acceptance, security group, dns, cannot connect, "
        "unreachable",
    ),
    "vpn_options": (
        "A VPN's tunnels differ, are weakly encrypted, or write no log",
        "ike, encryption, cipher, sha1, dpd, rekey, lifetime, tunnel logs, modifying, drift",
    ),
}
GOALS: dict[str, str] = {
    "vpn": "ipsec, site-to-site, tunnel, on-premises, data centre, customer gateway, hybrid",
    "website": "https, certificate, own domain, cdn, static site, cache, origin access control, 403",
    "alb": "http to https, 301, 302, www, maintenance page, fixed response, elb, listener rule, sticky session",
    "aurora": "postgres, mysql, rds, sql, scale to zero, cheap",
    "share_ami": "ami, ec2, copy a server, other account, cross-account, kms",
    "share_snapshot": "rds, aurora, copy a database, other account, cross-account, kms",
    "wordpress": "blog, php, apache, lamp, ec2, 404, permalinks, upload size",
    "spa_pipeline": "react, vue, angular, ci/cd, deploy, codebuild, codepipeline, github, git",
    "s3_lambda": "trigger, event, notification, upload, thumbnail, lambda",
    "s3_pipeline": "trigger, eventbridge, cloudtrail, upload, zip, codepipeline",
    "database_hours": "aurora, cron, schedule, eventbridge scheduler, warm, cold start, keep awake, rds, sleep",
    "peering": "vpc peering, pcx, other account, other region, private network, route, cross-account",
    "vpn_options": "ipsec, ike, encryption, cipher, dpd, rekey, tunnel logs, lifetime, site-to-site",
}
