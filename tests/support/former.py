"""A journal that an earlier release wrote, and an account in which its runs were really made.

`former/<release>/journal.sql` is that journal as it was, and `files` what its runs gave their users. Ids are random,
so each run is carried out again from its own kept plan, and what AWS calls it now is written into the journal where
what it was called then stands; of the journal's form nothing changes. `company.json` names what the runs found in the
demo company, whose ids may change too.
"""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from flows.engine import Cloud, Journal, Place, Plan, Ref, Run
from flows.engine.apply import apply
from flows.engine.clock import Clock
from flows.engine.references import refs
from support.killed import Case

FOLDER = Path(__file__).parents[1] / "former"
THERE = "/home/anna/.local/state/handrail"
"""Where the journal was when it was written."""
RUNS = {
    "vpn-k9yacnta": "vpn",
    "alb-t002f35r": "alb, a listener",
    "website-p0a1xpye": "website, secret header",
    "aurora-hef2v5w5": "aurora",
    "share-snapshot-kgns2mbn": "share_snapshot, with a key",
    "share-ami-mzz78990": "share_ami, the machine stopped",
    "wordpress-t964p1pe": "wordpress, a new machine",
    "spa-pipeline-5q6yr3as": "spa_pipeline",
    "s3-lambda-thdsm99e": "s3_lambda",
    "s3-pipeline-4d381z0e": "s3_pipeline, a new trail",
    "vpn-tbpnqnja": "vpn, fixed routes",
    "aurora-2fyje0w0": "aurora",
    "vpn-n9w62mkf": "vpn",
    "vpn-5crr070y": "vpn, fixed routes",
}
"""Each run of the first release that made something, and how its account is looked at."""
HALF_WAY = ("vpn-tbpnqnja", "aurora-2fyje0w0", "vpn-n9w62mkf")
"""Of those: what stopped before its end."""
LINUX = "al2023-ami-2023.12.20260930.0-kernel-6.18-x86_64"
OVER = ("", "refused", "undone")


class Former:
    """The runs of an earlier release, in a state folder of their own.

    Args:
        folder: where to put them: what `Journal` takes.
        now: what `company` says of the account.
        release: which release.
    """

    def __init__(self, folder: Path, now: Mapping[str, str], *, release: str = "first") -> None:
        self.folder, kept = folder, FOLDER / release
        text = (kept / "journal.sql").read_text(encoding="utf-8").replace(THERE, str(folder))
        text = text.replace('"host": "desk"', json.dumps({"host": socket.gethostname()})[1:-1])
        for name, id in json.loads((kept / "company.json").read_text(encoding="utf-8")).items():
            text = text.replace(id, now[name])
        folder.mkdir(mode=0o700, parents=True)
        shutil.copytree(kept / "files", folder / "files")
        for path in (folder / "files", *(folder / "files").rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
        with self._opened() as db:
            db.executescript(text)

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "journal.db")

    def ids(self, *statuses: str, region: str | None = None) -> list[str]:
        """The runs with one of these statuses, and with that region in their record."""
        with self._opened() as db:
            rows = db.execute("SELECT id, status, place FROM runs ORDER BY rowid").fetchall()
        return [
            id for id, status, place in rows if status in statuses and region in (None, json.loads(place)["region"])
        ]

    def relive(self, run_id: str, cloud: Cloud, clock: Clock) -> None:
        """Make in the account what this run had made, whatever became of it since."""
        scratch = Journal(self.folder / "again" / run_id)
        then = self._then(run_id)
        plan = _standing(then)
        run = _begun(scratch, then, plan)
        assert not [event.problem for event in apply(run, plan, cloud, clock=clock) if event.problem]
        now = {action.id: run.facts(action.id) for action in plan.actions}
        scratch.close()
        self._call_it(run_id, [pair for action in now for pair in _pairs(then.facts(action), now[action])])
        with self._opened() as db:  # the others were never made in this account, so none of them works with it
            db.execute("DELETE FROM events WHERE run != ?", (run_id,))
            db.execute("DELETE FROM runs WHERE id != ?", (run_id,))

    def _call_it(self, run_id: str, pairs: list[tuple[str, str]]) -> None:
        """What was called `old` is called `new` by now, in the journal and in the names of files."""
        for path in (self.folder / "files" / run_id).glob("*"):
            for old, new in pairs:
                if old in path.name:
                    path.rename(path.with_name(path.name.replace(old, new)))
        with self._opened() as db:
            for pair in pairs:
                db.execute("UPDATE events SET data = replace(data, ?, ?) WHERE run = ?", (*pair, run_id))
                db.execute("UPDATE runs SET handover = replace(handover, ?, ?) WHERE id = ?", (*pair, run_id))

    def _then(self, run_id: str) -> Run:
        """The run as it was written; the journal itself is not opened, which could change it."""
        copy = self.folder / "again" / f"{run_id}-then"
        copy.mkdir(parents=True)
        with self._opened() as db, sqlite3.connect(copy / "journal.db") as other:
            db.backup(other)
        return Journal(copy).run(run_id)


def company(session: Any, where: str | None = None) -> dict[str, str]:
    """What the demo company's things are called, by names that stay."""
    client = {name: session.client(name, endpoint_url=where) for name in ("ec2", "elbv2", "acm")}
    tags = client["ec2"].describe_tags(Filters=[{"Name": "key", "Values": ["Name"]}])["Tags"]
    found = {f"{tag['ResourceType']} {tag['Value']}": tag["ResourceId"] for tag in tags}
    for image in client["ec2"].describe_images(Filters=[{"Name": "name", "Values": [LINUX]}])["Images"]:
        found[f"image {image['Name']}"] = image["ImageId"]
    for balancer in client["elbv2"].describe_load_balancers()["LoadBalancers"]:
        arn = balancer["LoadBalancerArn"]
        found[f"balancer {balancer['LoadBalancerName']}"] = arn
        for listener in client["elbv2"].describe_listeners(LoadBalancerArn=arn)["Listeners"]:
            found[f"listener {balancer['LoadBalancerName']} {listener['Port']}"] = listener["ListenerArn"]
    for certificate in client["acm"].list_certificates()["CertificateSummaryList"]:
        found[f"certificate {certificate['DomainName']}"] = certificate["CertificateArn"]
    return found


def _standing(then: Run) -> Plan:
    """What of the run's plan is to be made: what it had begun and not taken back. Everything noted is an output."""
    assert then.plan is not None
    made = [action for action in then.plan.actions if then.status(action.id) not in OVER]
    ids = {action.id for action in made}
    noted = {f"{id} {path}": Ref(id, path) for id in ids for path in then.facts(id).get("outputs", {})}
    noted |= {f"{ref.action} {ref.path}": ref for ref in refs(made) if ref.path.startswith("@seen:")}
    actions = tuple(replace(action, after=tuple(ids.intersection(action.after))) for action in made)
    return replace(then.plan, actions=actions, outputs=noted)


def _begun(journal: Journal, then: Run, plan: Plan) -> Run:
    """A run of the same name, ready to be carried out."""
    record = then.record
    journal.write(
        "INSERT INTO runs (id, flow, created, changed, status, place) VALUES (?, ?, ?, ?, 'draft', ?)",
        (record.id, record.flow, record.created, record.changed, json.dumps(asdict(Place()))),
    )
    run = journal.run(record.id)
    run.confirm(plan, record.account, Place())
    return run


def _pairs(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Every text that is another one now, at the same place of what was noted."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in old.keys() & new.keys():
            yield from _pairs(old[key], new[key])
    elif isinstance(old, str) and isinstance(new, str) and old != new:
        yield old, new


def decided(run: Run | None, case: Case) -> dict[str, str]:
    """What is said at the undo of a run of today, as far as the kept plan of that one leaves it to be decided."""
    assert run is not None and run.plan is not None
    asked = {decision.key for decision in run.plan.decisions}
    return {key: value for key, value in (said.split("=") for said in case.decided) if key in asked}
