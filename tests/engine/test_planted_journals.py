"""What somebody wrote into a journal who once could: nothing but calls of AWS and files of the run comes of it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.clock import FakeClock
from support.sessions import carried_out
from vpn.cases import again, session

from flows.engine import (
    Action,
    Call,
    CloudError,
    Journal,
    JournalTrouble,
    Place,
    Plan,
    Receipt,
    Run,
    Undo,
    serialization,
)
from flows.engine.boto import Aws
from flows.engine.handover import take_files_back

NOTHING = Receipt((), (), (), complete=True, in_use=False)
PLAN = Plan((Action("one", "Make one", Call("ec2.CreateVpc", {"CidrBlock": "10.0.0.0/16"})),))


def planted(journal: Journal, **columns: str) -> Run:
    """A run of which somebody wrote this down."""
    run = journal.begin("vpn", Place(practice=True))
    for name, value in columns.items():
        journal.write(f"UPDATE runs SET {name} = ? WHERE id = ?", (value, run.id))
    return journal.run(columns.get("id", run.id))


@pytest.mark.parametrize(
    "operation",
    [
        "ec2.Close", "ec2.GetPaginator", "s3.GeneratePresignedUrl", "s3.UploadFile", "ec2.create_vpc", "ec2.meta",
        "ec2.__init__", "nobody.Create", "../ec2.Create",
    ],
)  # fmt: skip
def test_what_is_no_operation_of_aws_is_not_done(operation: str, cloud: Aws) -> None:
    """Not a method of botocore's clients either, of which each could be called by its name."""
    for ask in (cloud.make, lambda call: list(cloud.pages(call))):
        with pytest.raises(CloudError) as caught:
            ask(Call(operation, {"Filename": "/etc/passwd"}))
        assert caught.value.exit_code in (3, 4)


def test_an_undo_of_something_else_ends(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run and made.run.plan
    id = made.run.id
    first, *rest = made.run.plan.actions
    wrong = Action(first.id, first.sentence, first.call, undo=(Undo(Call("ec2.Close")),), find=first.find)
    kept = serialization.dumps(Plan((wrong, *rest), outputs=made.run.plan.outputs))
    journal.write("UPDATE runs SET plan = ? WHERE id = ?", (kept, id))
    made.close()
    taken = again(cloud, journal, journal.run(id), clock=clock)
    problems = [event.problem for event in taken.undo() if event.problem]
    assert any("AWS has no operation ec2.Close." in str(problem) for problem in problems)
    assert not taken.receipt().complete


def test_a_plan_that_is_none_is_said_to_be_none(journal: Journal) -> None:
    whole = json.loads(serialization.dumps(PLAN))
    action = whole["actions"]["items"][0]
    for spoilt in (
        {**whole, "actions": {"$": "tuple", "items": [action, action]}},
        {**whole, "actions": {"$": "tuple", "items": [{**action, "call": {**action["call"], "operation": 5}}]}},
        {**whole, "actions": {"$": "tuple", "items": [{**action, "call": {**action["call"], "params": "x"}}]}},
        {**whole, "actions": {"$": "tuple", "items": [{**action, "call": "ec2.CreateVpc"}]}},
        {**whole, "actions": {"$": "tuple", "items": [7]}},
        {"$": "Decimal", "value": "much"},
    ):
        with pytest.raises(JournalTrouble, match="was written by another version"):
            _ = planted(journal, plan=json.dumps(spoilt)).plan


def test_no_file_outside_the_run_is_removed_or_read(journal: Journal, tmp_path: Path) -> None:
    """By its name, by a link on the way, by the run's own name, or as what is no file."""
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "id").write_text("secret")
    digest = hashlib.sha256(b"secret").hexdigest()
    run = planted(journal)
    run.folder.mkdir(parents=True)
    (run.folder / "way").symlink_to(keys)
    os.mkfifo(run.folder / "fifo")  # who reads it waits for ever
    names = [str(keys / "id"), f"{run.folder}/../../../keys/id", f"{run.folder}/way/id", f"{run.folder}/fifo"]
    files = json.dumps({"files": dict.fromkeys(names, digest)})
    journal.write("UPDATE runs SET handover = ? WHERE id = ?", (files, run.id))
    told = take_files_back(journal.run(run.id), NOTHING)
    assert (keys / "id").read_text() == "secret"
    assert [each.what for each in told.left] == [f"The file {name}" for name in names]
    assert told.removed == ()


@pytest.mark.parametrize("id", ["../../keys", "..", "/etc", "a/b-c"])
def test_a_run_whose_name_leads_elsewhere_has_no_files(id: str, journal: Journal, tmp_path: Path) -> None:
    keys = tmp_path / "keys" / "id"
    keys.parent.mkdir()
    keys.write_text("secret")
    files: dict[str, Any] = {"files": {str(journal.folder / "files" / id / "id"): "0"}}
    run = planted(journal, handover=json.dumps(files), id=id)
    told = take_files_back(run, NOTHING)
    assert "Handrail gives no run a name like" in told.left[0].why
    assert keys.exists()


def test_keys_are_not_written_where_a_link_leads(
    cloud: Aws, journal: Journal, clock: FakeClock, tmp_path: Path
) -> None:
    """Where Mallory would read them: the folder of all files, that of the run, or one within it."""
    made = session(cloud, journal, clock=clock)
    assert [event.problem for event in made.apply() if event.problem] == []
    assert made.run
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for link in (made.run.folder.parent, made.run.folder, made.run.folder / "swanctl"):
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(theirs)
        with pytest.raises(JournalTrouble, match="link"):
            made.hand_over()
        assert not list(theirs.rglob("*.conf"))
        link.unlink()
    made.close()


@pytest.mark.parametrize("name", ["journal.db-wal", "journal.db-shm", "journal.db-journal"])
def test_what_sqlite_would_take_over_is_ours(name: str, tmp_path: Path) -> None:
    Journal(tmp_path / "state").close()
    (tmp_path / "theirs").write_bytes(b"")
    (tmp_path / "state" / name).symlink_to(tmp_path / "theirs")
    with pytest.raises(JournalTrouble, match=f"{name} is a link"):
        Journal(tmp_path / "state")
