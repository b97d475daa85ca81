"""What a person has in hand once CloudFront delivers the site: its addresses, what to enter, how to upload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flows.aws import certificates
from flows.engine import Cloud, Grade, Handover, shell
from flows.engine.flow import parted, was_proved

from .diagnosis import READS, diagnose

__all__ = ["READS", "hand_over"]


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """The addresses, the records to enter by hand, and how to upload. Raises CloudError."""
    host, id_, bucket = outputs["cloudfront_name"], outputs["distribution"], facts["bucket"]
    names = facts["names"] if facts["pointed"] else []
    found = diagnose(cloud, {"distribution": id_, "probe": "yes" if facts["probe"] else "no"}, new=True)
    visit = f"To look, with a handful of requests: {shell.handrail('check', 'website', distribution=id_, probe='yes')}"
    proof = tuple(replace(each, remedy=visit) if each.id == "outside" else each for each in found)
    steps: list[tuple[str, bool]] = []
    notes: list[str] = []
    records: dict[str, str] = {}
    if facts["names"] and not facts["pointed"]:
        entered = all(was_proved(proof, f"records-{name}", f"outside-{name}") for name in facts["names"])
        where = f"where the DNS of {', '.join(facts['names'])} is managed"
        step = f"Enter a CNAME record {where}: its name is {facts['names'][0]}, its value {host}."
        if len(facts["names"]) > 1:
            step = f"Enter CNAME records {where}: one with each of these names, and with the value {host}."
        steps.append((step, entered))
        records = _numbered("record", [(name, host) for name in facts["names"]])
        proves = _numbered("proof", _proofs(cloud, outputs["certificate"]))
        if proves:
            records |= proves
            notes.append("Keep the certificate's CNAME records there (proof name, proof value), or it is not renewed.")
    # without --delete: it would remove what is in the bucket and not in that folder
    upload = shell.aws("s3", "sync", "build/", f"s3://{bucket}")
    anew = shell.aws("cloudfront", "create-invalidation", distribution_id=id_, paths="/*")
    if was_proved(proof, "start-page"):  # who put it there, nobody saw
        notes += [
            f"When the pages change, upload them, without --acl: {upload}",
            f"So that they are seen at once: {anew}",
        ]
    elif not facts.get("leads"):  # a bucket that sends everybody elsewhere needs no files
        steps += [(f"Upload, without --acl: {upload}", False), (f"Then: {anew}", False)]
    steps.append((f"See whether it works: {shell.handrail('check', 'website', distribution=id_)}", False))
    address = f"https://{(names or [host])[0]}/"
    shown = {**outputs, **records, "address": address, "bucket": bucket, "origin": facts["origin"]}
    now, done = parted(*steps)
    entering = (each for each in proof if each.id.startswith("records-") and each.grade is Grade.WAITING)
    waiting = next((each.sentence for each in entering), "")
    return Handover(shown, {}, now, proof, waiting, done=done, notes=tuple(notes))


def _proofs(cloud: Cloud, certificate: str) -> list[tuple[str, str]]:
    """Name and value of each record that proves the certificate, once each; none where it is not proved by DNS."""
    return [*dict.fromkeys((name, value) for _, name, value in certificates.proofs(cloud, certificate))]


def _numbered(what: str, records: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name and value of each as outputs of their own, so that each is copied by itself."""
    told: dict[str, str] = {}
    for number, (name, value) in enumerate(records, 1):
        more = f"_{number}" if number > 1 else ""
        told |= {f"{what}_name{more}": name, f"{what}_value{more}": value}
    return told
