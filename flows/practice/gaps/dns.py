"""Changes of records as Route 53 makes them: all of a batch or nothing, and nothing that contradicts.

moto creates what exists already, puts a CNAME beside other records, and compares a deletion with what it was once
told instead of with what is there.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.route53.exceptions import DnsNameInvalidForZone, Route53ClientError
from moto.route53.models import RecordSet
from moto.route53.responses import Route53

from flows.practice.gaps.wire import Response, answers

ADDRESS = {"A": re.compile(r"(\d{1,3}\.){3}\d{1,3}"), "AAAA": re.compile(r"[0-9a-fA-F:.]+")}


def _change(self: Response) -> ActionResult:
    zone = self.backend.get_hosted_zone(self._get_param("HostedZoneId"))
    records = list(zone.rrsets)
    for change in self._get_param("ChangeBatch.Changes"):
        records = _changed(records, change["Action"], change["ResourceRecordSet"], zone.name)
    zone.rrsets = records
    info = {"Id": "/change/C2682N5HXP0BZ4", "Status": "INSYNC", "SubmittedAt": 0}
    return ActionResult({"ChangeInfo": info})


def _changed(records: list[Any], action: str, wanted: dict[str, Any], zone: str) -> list[Any]:
    name, kind = f"{wanted['Name'].strip('.').lower()}.".replace("*", "\\052"), wanted["Type"]
    if not f".{name.strip('.')}".endswith(f".{zone.strip('.')}"):
        raise DnsNameInvalidForZone(name=wanted["Name"], zone_name=zone)
    values = [record["Value"] for record in wanted.get("ResourceRecords") or []]
    if bool(values) == bool(wanted.get("AliasTarget")):
        raise _refused(
            f"Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]] in {name}"
        )
    if any(not ADDRESS[kind].fullmatch(value) for value in values if kind in ADDRESS):
        raise _refused(f"Invalid Resource Record: '{values[0]}' is not a valid {kind} record")
    new = RecordSet({**wanted, "Name": name, "ResourceRecords": values})  # type: ignore[abstract]  # as moto does
    same = [each for each in records if _key(each) == _key(new)]
    others = [each for each in records if each not in same]
    if action == "DELETE":
        if not same or _content(same[0]) != _content(new):
            why = "the values provided do not match the current values" if same else "it was not found"
            raise _refused(f"Tried to delete resource record set [name='{name}', type='{kind}'] but {why}")
        return others
    if action == "CREATE" and same:
        raise _refused(f"Tried to create resource record set [name='{name}', type='{kind}'] but it already exists")
    beside = {each.type for each in others if _name(each) == name}
    if beside and (kind == "CNAME" or "CNAME" in beside):
        raise _refused(
            f"RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet of type "
            f"{'CNAME' if 'CNAME' in beside else sorted(beside)[0]} with the same DNS name already exists in zone "
            f"{zone}"
        )
    return [*others, new]


def _key(record: Any) -> tuple[Any, ...]:
    return _name(record), record.type, record.set_identifier


def _name(record: Any) -> str:
    return f"{record.name.strip('.').lower()}."


def _content(record: Any) -> tuple[Any, ...]:
    alias = record.alias_target or {}
    target = (
        alias.get("HostedZoneId"),
        str(alias.get("DNSName", "")).strip("."),
        str(alias.get("EvaluateTargetHealth")),
    )
    return target, str(record.ttl or ""), sorted(record.records or [])


def _refused(message: str) -> Exception:
    return Route53ClientError("InvalidChangeBatch", f"[{message}]")


def install() -> None:
    answers(Route53, {"change_resource_record_sets": _change})
