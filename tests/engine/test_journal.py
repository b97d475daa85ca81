"""The journal: what is written before what, who may write, and what happens when it cannot be written."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from practice.picture import snapshot
from support.clock import FakeClock
from support.clouds import Between
from support.sessions import carried_out, taken_back
from vpn.cases import again, session

from flows.engine import Busy, Call, Event, Happening, Journal, JournalTrouble, Place, Refused, Run
from flows.engine.boto import Aws
from flows.engine.problems import Lost
from flows.engine.refusals import changes
from flows.practice import PracticeAccount

ROOT = Path(__file__).parents[2]


def noted(path: Path) -> list[tuple[str, str]]:
    """What another process would read: (action, kind) of every event."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as other:
        return other.execute("SELECT action, kind FROM events ORDER BY seq").fetchall()


def test_intent_is_on_the_disk_before_the_call(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """When a changing call is sent, anybody who opens the journal reads that it was about to be."""
    unannounced: list[str] = []
    changed: list[str] = []

    def before(_: int, call: Call) -> None:
        if not changes(call):
            return
        assert made.run is not None and made.run.plan is not None
        now = dict(noted(journal.path))
        same = [action for action in made.run.plan.actions if action.call.operation == call.operation]
        changed.append(call.operation)
        if not any(now.get(action.id) == "intent" for action in same):
            unannounced.append(call.operation)

    made = session(Between(cloud, before=before), journal, clock=clock)
    carried_out(made)
    assert len(changed) >= 8
    assert unannounced == []


def test_that_nothing_may_be_changed_was_said_of_a_command_and_not_of_a_draft(journal: Journal) -> None:
    """An earlier Handrail wrote it down, and would not go on with that draft any more."""
    earlier = journal.begin("vpn", Place(region="eu-central-1", read_only=True))
    assert earlier.record.place == Place(region="eu-central-1")


def test_every_undo_is_announced_too(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """Before the first call that takes something back, the journal says so."""
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run is not None
    made.close()
    unannounced: list[str] = []

    def before(_: int, call: Call) -> None:
        if changes(call) and "undo" not in dict(noted(journal.path)).values():
            unannounced.append(call.operation)

    watched = again(Between(cloud, before=before), journal, made.run, clock=clock)
    list(watched.undo())
    assert watched.receipt().complete
    assert unannounced == []


def test_it_is_kept_safely(journal: Journal) -> None:
    """Write-ahead log, every commit on the disk, and nobody else may read it."""
    assert journal.read("PRAGMA journal_mode")[0][0] == "wal"
    assert journal.read("PRAGMA synchronous")[0][0] == 2
    journal.begin("demo", Place())
    assert journal.folder.stat().st_mode & 0o777 == 0o700
    found = sorted(journal.folder.glob("journal.db*"))
    assert len(found) == 3
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}


def test_a_folder_others_could_read_is_closed(tmp_path: Path) -> None:
    """A folder that is there already, and open, is closed."""
    (tmp_path / "open").mkdir(mode=0o755)
    Journal(tmp_path / "open")
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o700


@pytest.mark.wild
def test_a_full_disk_stops_before_the_next_call(
    account: PracticeAccount, cloud: Aws, tmp_path: Path, clock: FakeClock
) -> None:
    """Wherever the disk becomes full: a sentence says so, and no call went out that is not written down."""
    before = snapshot(account.session)
    outcomes = set()
    for room in (0, *range(12, 36, 2)):
        journal = Journal(tmp_path / str(room))
        made = session(cloud, journal, clock=clock)
        made.review()
        pages = journal.read("PRAGMA page_count")[0][0]
        journal.read(f"PRAGMA max_page_count = {pages + room}")
        sent: list[Call] = []
        made._account = Between(cloud, before=lambda _, call, sent=sent: sent.append(call) if changes(call) else None)
        try:
            list(made.apply())
        except JournalTrouble as trouble:
            assert "full" in trouble.why and "Make room" in trouble.remedy
            outcomes.add("full, something sent" if sent else "full, nothing sent")
        else:
            outcomes.add("enough")
        assert made.run is not None
        intents = [action for action, kind in noted(journal.path) if kind == "intent"]
        assert len(sent) <= len(intents)
        journal.read("PRAGMA max_page_count = 1000000")
        made.close()
        mended = again(cloud, Journal(tmp_path / str(room)), made.run, clock=clock)
        if mended.run and mended.run.plan:
            list(mended.undo())
        assert snapshot(account.session) == before
    assert {"full, nothing sent", "full, something sent"} <= outcomes


SMALL = ("unshare", "--map-root-user", "--mount", "sh", "-c")
ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from flows.engine import Journal, JournalTrouble, Place
folder = Path(sys.argv[1])
kept = Journal(folder / "state")
id = kept.begin("vpn", Place(), "1").id
kept.close()
with open(folder / "rest", "wb", buffering=0) as rest:
    try:
        while rest.write(bytes(4096)): pass
    except OSError: pass
full = Journal(folder / "state")
assert [each.id for each in full.records()] == [id]
try:
    with full.run(id).held(): pass
except JournalTrouble as trouble:
    print(trouble.why, trouble.remedy)
"""


def test_a_disk_that_was_full_before_it_began_is_said_to_be_full(tmp_path: Path) -> None:
    """Another folder would be the wrong remedy: what is to be gone on with is in this one."""
    if not shutil.which("unshare") or subprocess.run([*SMALL, "mount -t tmpfs none /mnt"], check=False).returncode:
        pytest.skip("no disk can be made here")
    words = 'mount -t tmpfs -o size=256k none "$0" && exec "$1" -c "$2" "$0"'
    done = subprocess.run(
        [*SMALL, words, str(tmp_path), sys.executable, ON_A_SMALL_DISK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "There is no room on its disk. Make room on the disk; what was written so far is safe.\n", (
        done.stderr
    )


def test_what_was_sent_when_the_disk_became_full_is_in_doubt(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock
) -> None:
    """AWS carried it out, and there was no room to write that down: no failure, and it goes on where there is room."""
    made = session(cloud, journal, clock=clock)
    made.review()
    filled: list[str] = []

    def fill(_: int, call: Call) -> None:
        if changes(call) and not filled:
            filled.append(call.operation)
            journal.read(f"PRAGMA max_page_count = {journal.read('PRAGMA page_count')[0][0]}")
            with suppress(JournalTrouble):
                while made.run:
                    made.run.note("filler", "filler")

    made._account = Between(cloud, after=fill)
    told: list[Event] = []
    with pytest.raises(JournalTrouble):
        told.extend(made.apply())
    assert made.run and made.run.plan
    status = {each.id: made.run.status(each.id) for each in made.run.plan.actions}
    sent = {id for id, is_now in status.items() if is_now == "intent"}
    answered = {id for id, is_now in status.items() if is_now == "done"}  # what was ready beside it could not be noted
    doubted = {each.action: each.problem for each in told if each.kind is Happening.IN_DOUBT}
    assert sent and sent <= doubted.keys() <= sent | answered
    for problem in doubted.values():
        assert isinstance(problem, Lost) and "Make room" in problem.remedy and "resume" in problem.remedy
    journal.read("PRAGMA max_page_count = 1000000")
    made.close()
    mended = again(cloud, journal, made.run, clock=clock)
    carried_out(mended)
    mended.close()
    twice = again(cloud, journal, made.run, clock=clock)
    taken_back(twice)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A sentence with the place and what to do, and no traceback."""
    for nowhere in (Path(os.devnull) / "state", Path("/proc/handrail")):
        with pytest.raises(JournalTrouble, match="cannot be used") as raised:
            Journal(nowhere)
        assert str(nowhere) in raised.value.what
        assert "XDG_STATE_HOME" in raised.value.remedy


@pytest.mark.parametrize("damage", ["not a database", "overwritten"])
def test_a_damaged_journal(journal: Journal, damage: str) -> None:
    """It is refused with a sentence that says what to do, and not touched."""
    run = journal.begin("demo", Place())
    for n in range(200):
        run.note("action", "intent", n=n)
    journal.close()
    content = bytearray(journal.path.read_bytes())
    if damage == "not a database":
        content[:] = b"something else entirely " * 400
    else:
        content[4096:] = b"\xff" * (len(content) - 4096)
    journal.path.write_bytes(content)
    with pytest.raises(JournalTrouble) as raised:
        Journal(journal.folder).run(run.id)
    assert "Move that file away" in raised.value.remedy
    assert journal.path.read_bytes() == content


def test_a_plan_of_another_version(journal: Journal) -> None:
    """A plan that this version cannot read is reported as that."""
    run = journal.begin("demo", Place())
    journal.write("UPDATE runs SET plan = ? WHERE id = ?", (json.dumps({"$": "Hologram"}), run.id))
    with pytest.raises(JournalTrouble, match="another version"):
        journal.run(run.id).plan


def test_runs_are_named_by_their_beginning(journal: Journal) -> None:
    """An id, or the beginning of just one; everything else is refused with a way out."""
    one, other = journal.begin("vpn", Place()), journal.begin("vpn", Place())
    assert journal.run(one.id).id == journal.run(one.id[:-1]).id == one.id
    with pytest.raises(Refused) as several:
        journal.run("vpn-")
    assert one.id in several.value.what and other.id in several.value.what
    with pytest.raises(Refused, match="handrail runs"):
        journal.run("vpn_")
    assert [record.id for record in journal.records()] == [other.id, one.id]


def test_only_drafts_are_forgotten(cloud: Aws, journal: Journal, clock: FakeClock) -> None:
    """A run that made something stays in the journal, whatever a face asks."""
    journal.begin("vpn", Place()).discard()
    assert journal.records() == []
    made = session(cloud, journal, clock=clock)
    carried_out(made)
    assert made.run is not None
    made.run.discard()
    assert [record.id for record in journal.records()] == [made.run.id]


# -- one at a time -------------------------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from flows.engine import Journal
run = Journal(Path(sys.argv[1])).run(sys.argv[2])
with run.held():
    print("held", flush=True)
    sys.stdin.readline()
"""


def holder(run: Run, folder: Path) -> subprocess.Popen[str]:
    """Another process that drives this run."""
    command = [sys.executable, "-c", HOLD, str(folder), run.id]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


def ended(process: subprocess.Popen[str]) -> None:
    process.communicate()


def test_a_run_that_is_driven_elsewhere(journal: Journal) -> None:
    """It is refused with the process that drives it, until that lets go."""
    run = journal.begin("demo", Place())
    process = holder(run, journal.folder)
    with pytest.raises(Busy, match=f"process {process.pid}"), run.held():
        pass
    process.communicate("\n")
    with run.held():
        pass


@pytest.mark.parametrize("asked_after", [True, False], ids=["its end was noticed", "nobody asked how it ended"])
def test_a_killed_owner_holds_nothing(journal: Journal, asked_after: bool) -> None:
    """A process that was killed does not lock its run, not even while it is a zombie."""
    run = journal.begin("demo", Place())
    process = holder(run, journal.folder)
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is still in the list
    if asked_after:
        process.wait()
    with run.held():
        pass
    ended(process)


def owned_by(journal: Journal, run: Run, **owner: Any) -> None:
    import socket

    whole = {"host": socket.gethostname(), "pid": os.getppid(), "started": "1", **owner}
    journal.write("UPDATE runs SET owner = ? WHERE id = ?", (json.dumps(whole, sort_keys=True), run.id))


def test_a_number_used_again_is_not_the_owner(journal: Journal) -> None:
    """A process with the owner's number that began at another time is another process."""
    run = journal.begin("demo", Place())
    owned_by(journal, run)
    with run.held():
        pass


def test_two_windows_of_one_process_are_two(journal: Journal) -> None:
    """What holds a run is a session, not a process."""
    run = journal.begin("demo", Place())
    with run.held():
        with pytest.raises(Busy, match=f"process {os.getpid()}"), journal.run(run.id).held():
            pass
    with journal.run(run.id).held():
        pass


def test_what_was_done_is_read_once_it_is_held(journal: Journal) -> None:
    """What another session did between looking and holding is known then, and that it came to its end."""
    early, other = journal.begin("demo", Place()), journal.records()[0].id
    with (theirs := journal.run(other)).held():
        theirs.note("gateway", "done", outputs={"id": "vgw-1"}, created=True)
        theirs.set_status("done")
    assert (early.status("gateway"), early.ended_meanwhile) == ("", False)
    with early.held():
        assert (early.status("gateway"), early.ended_meanwhile) == ("done", True)
        assert early.facts("gateway")["outputs"] == {"id": "vgw-1"}
    with (late := journal.run(other)).held():
        assert not late.ended_meanwhile


def test_who_has_lost_hold_of_a_run_writes_nothing(journal: Journal) -> None:
    """Should the lock ever be taken away, the next thing written down is refused, so nothing is sent after it."""
    run = journal.begin("demo", Place())
    with run.held():
        owned_by(journal, run)
        for write in (lambda: run.note("gateway", "intent"), lambda: run.set_status("done")):
            with pytest.raises(Busy, match="another Handrail"):
                write()
    assert journal.run(run.id).history() == []
    assert run.record.status == "draft"


def test_it_is_let_go_of_although_nothing_can_be_written(journal: Journal) -> None:
    """Nothing is raised at the very end, where nobody could catch it, and the run is free."""
    run = journal.begin("demo", Place())
    with run.held():
        journal.read("PRAGMA query_only = ON")
    journal.read("PRAGMA query_only = OFF")
    with journal.run(run.id).held():
        pass


def test_an_owner_on_another_machine_is_believed(journal: Journal) -> None:
    """From here nobody can tell whether it lives, so it does."""
    run = journal.begin("demo", Place())
    owned_by(journal, run, host="elsewhere")
    with pytest.raises(Busy, match="elsewhere"), run.held():
        pass


def test_a_newer_form_is_not_touched(tmp_path: Path) -> None:
    """What a newer Handrail wrote is neither read nor stamped down."""
    Journal(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalTrouble, match="written by a newer Handrail"):
        Journal(tmp_path)
    with closing(sqlite3.connect(tmp_path / "journal.db")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (99,)


@pytest.mark.parametrize("logged", (False, True), ids=("on its own", "beside its log"))
def test_reading_needs_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: bool) -> None:
    """Where nothing can be written, what is in the journal can be read, and writing says why it cannot."""
    kept = Journal(tmp_path)
    run = kept.begin("vpn", Place(), "1")
    folder = tmp_path if not logged else Path(shutil.copytree(tmp_path, tmp_path / "copy"))
    kept.close()
    monkeypatch.setattr(os, "open", _no_room)
    reading = Journal(folder)
    assert [record.id for record in reading.records()] == [run.id]
    with pytest.raises(JournalTrouble, match="No space left"):
        reading.begin("vpn", Place(), "1")


def _no_room(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("name", ("", "journal.db"), ids=("the folder", "the file"))
def test_a_link_is_not_followed(tmp_path: Path, name: str) -> None:
    """Whoever can put a link there could have another journal believed."""
    Journal(tmp_path / "theirs").close()
    folder = tmp_path / "ours"
    if name:
        folder.mkdir()
    (folder / name).symlink_to(tmp_path / "theirs" / name)
    with pytest.raises(JournalTrouble, match="is a link"):
        Journal(folder)


def test_a_damaged_journal_is_no_lost_account(tmp_path: Path) -> None:
    """The remedy says how what its runs made is found."""
    (tmp_path / "journal.db").write_text("this is no database, and it is long enough to be seen as none" * 20)
    with pytest.raises(JournalTrouble) as caught:
        Journal(tmp_path)
    assert "handrail:run" in caught.value.remedy


def test_who_looks_in_and_leaves_takes_nothing_away(journal: Journal) -> None:
    """A process may open the journal twice, a page and the command that opened it. Its hold on the file outlives one
    of them, and another process that leaves does not take itself for the last."""
    with closing(Journal(journal.folder)) as second:
        looks_in = (
            "import sys; from pathlib import Path; from flows.engine import Journal\nJournal(Path(sys.argv[1])).close()"
        )
        subprocess.run([sys.executable, "-c", looks_in, str(journal.folder)], check=True, cwd=ROOT)
        run = journal.begin("vpn", Place())
        assert [record.id for record in second.records()] == [run.id]
    with closing(sqlite3.connect(journal.path)) as other:
        assert other.execute("SELECT id FROM runs").fetchall() == [(run.id,)]
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
