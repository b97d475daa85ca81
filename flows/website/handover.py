"""What a person has in hand once CloudFront delivers the site: its addresses, what to enter, how to upload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine import Cloud, Handover, shell

from .diagnosis import READS, diagnose

__all__ = ["READS", "hand_over"]


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """The addresses, the records to enter by hand, and how to upload. Raises CloudError."""
    host, id_, bucket = outputs["cloudfront_name"], outputs["distribution"], facts["bucket"]
    names = facts["names"] if facts["pointed"] else []
    steps = []
    if facts["names"] and not facts["pointed"]:
        records = "; ".join(f"{name} CNAME {host}" for name in facts["names"])
        steps.append(
            f"Enter these records where the DNS of the names is managed, and keep those of the certificate: {records}."
        )
    uploads = [
        # without --delete: it would remove what is in the bucket and not in that folder
        f"Upload, without --acl: {shell.aws('s3', 'sync', 'build/', f's3://{bucket}')}",
        f"Then: {shell.aws('cloudfront', 'create-invalidation', distribution_id=id_, paths='/*')}",
    ]
    if not facts.get("leads"):  # a bucket that sends everybody elsewhere needs no files
        steps += uploads
    steps += [
        f"See whether it works: {shell.handrail('check', 'website', distribution=id_)}",
    ]
    address = f"https://{(names or [host])[0]}/"
    shown = {**outputs, "address": address, "bucket": bucket, "origin": facts["origin"]}
    proof = diagnose(cloud, {"distribution": id_, "probe": "yes" if facts["probe"] else "no"}, new=True)
    return Handover(shown, {}, tuple(steps), tuple(proof))
