"""What was said and what was done, written down before and after doing it.

One SQLite file holds every draft and run. An intent is on the disk before its call is sent, the result right
after. It keeps only the parts of an answer that later steps refer to: answers can hold secrets (a VPN's
pre-shared keys, say), and those never get here.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..place import Place
from . import serialization, shell
from .flow import REPAIR, SET_UP
from .journal_file import JournalFile
from .plan import Plan
from .problems import Busy, FlowMistake, JournalTrouble, Refused
from .references import Ref
from .run_lock import HELD, alive, me

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError, FlowMistake)
"""What comes of a plan that is none."""
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
"""What runs are called, which is the name of a folder too."""
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letters that look alike."""


@dataclass(frozen=True)
class Record:
    """A draft or run as it stands in the journal.

    `status` is one of draft, applying, done, waiting, failed, undoing, undone.
    """

    id: str
    flow: str
    created: str
    changed: str
    status: str
    place: Place
    account: str
    answers: Mapping[str, Any]
    handover: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What it is of: a set-up being made, or a repair."""
        return REPAIR if self.id.startswith(f"{_dashed(self.flow)}-{REPAIR}-") else SET_UP

    def like(self, other: Record) -> bool:
        """Whether both are drafts of the same, there, with the very same answers."""
        mine, theirs = (
            (each.flow, each.kind, each.status, each.place, each.account, each.answers) for each in (self, other)
        )
        return self.status == "draft" and mine == theirs


class Journal(JournalFile):
    """All drafts and runs of this user."""

    def begin(self, flow: str, place: Place, account: str = "", kind: str = SET_UP) -> Run:
        """A new draft. Its name says what it is of: people see it, and an earlier Handrail reads the file."""
        name = _dashed(flow) if kind == SET_UP else f"{_dashed(flow)}-{kind}"
        run = f"{name}-{''.join(secrets.choice(ALPHABET) for _ in range(8))}"
        now = _now()
        self.write(
            "INSERT INTO runs (id, flow, created, changed, status, place, account) VALUES (?, ?, ?, ?, 'draft', ?, ?)",
            (run, flow, now, now, json.dumps(asdict(place)), account),
        )
        return Run(self, run)

    def run(self, run_id: str) -> Run:
        """The draft or run of that id, or of the only id that begins so. Raises Refused."""
        found = self.read("SELECT id FROM runs WHERE id = ?", (run_id,)) or self.read(
            "SELECT id FROM runs WHERE substr(id, 1, length(?)) = ?", (run_id, run_id)
        )
        if len(found) == 1:
            return Run(self, found[0][0])
        if found:
            raise Refused(f"“{run_id}” could be {', '.join(row[0] for row in found)}.", remedy="Give more of the id.")
        raise Refused(f"There is no run “{run_id}”.", remedy="`handrail runs` lists them.")

    def records(self) -> list[Record]:
        """Everything, newest first."""
        return [_record(row) for row in self.read(f"SELECT {COLUMNS} FROM runs ORDER BY changed DESC, rowid DESC")]


class Run:
    """One draft or run. Every method that writes has written when it returns.

    What was done is read when this is made, and again once the run is held, so that nobody drives it by what was true
    before. Whoever has lost hold of it writes nothing more: every such method raises Busy then.
    """

    def __init__(self, journal: Journal, id: str) -> None:
        self.id, self._journal = id, journal
        self._mine = ""
        self.ended_meanwhile = False
        """Whether somebody else brought it to its end between when it was first read and when it was held."""
        self._read()
        self._first_read = self._standing()

    def _standing(self) -> str:
        rows = self._journal.read("SELECT status FROM runs WHERE id = ?", (self.id,))
        return str(rows[0][0]) if rows else ""

    def _read(self) -> None:
        self._status: dict[str, str] = {}
        self._facts: dict[str, dict[str, Any]] = {}
        self._when: dict[tuple[str, str], datetime] = {}
        self._plan: Plan | None = None
        for at, action, kind, data in self._journal.read(
            "SELECT at, action, kind, data FROM events WHERE run = ? ORDER BY seq", (self.id,)
        ):
            self._note(at, action, kind, json.loads(data))

    @property
    def record(self) -> Record:
        rows = self._journal.read(f"SELECT {COLUMNS} FROM runs WHERE id = ?", (self.id,))
        if not rows:
            raise Refused(f"{self.id} was discarded.", remedy="`handrail runs` lists what there is.")
        return _record(rows[0])

    @property
    def folder(self) -> Path:
        """Where this run's files for the user go."""
        return self._journal.folder / "files" / self.id

    def own_folder(self) -> Path:
        """The same, where it is certain that it leads nowhere else. Raises JournalTrouble."""
        if not ID.fullmatch(self.id):
            raise JournalTrouble(f"Handrail gives no run a name like “{self.id}”.", "Somebody else wrote it down.")
        self._journal.refuse_anothers(self.folder.parent, self.folder)
        return self.folder

    @property
    def plan(self) -> Plan | None:
        """The plan that was confirmed; None for a draft. Raises JournalTrouble."""
        if self._plan is None:
            kept = self._journal.read("SELECT plan FROM runs WHERE id = ?", (self.id,))[0][0]
            try:
                self._plan = serialization.loads(kept) if kept else None
            except UNREADABLE as error:
                why = f"This version cannot read it ({error})."
                raise JournalTrouble(f"The plan of {self.id} was written by another version.", why) from None
        return self._plan

    # -- saying ------------------------------------------------------------------------------------------

    def save_answers(self, answers: Mapping[str, Any]) -> None:
        self._set(answers=json.dumps(answers))

    def confirm(self, plan: Plan, account: str, place: Place) -> None:
        """From now on this is a run: the plan is fixed."""
        self._set(plan=serialization.dumps(plan), status="applying", account=account, place=json.dumps(asdict(place)))
        self._plan = plan

    def move(self, place: Place, account: str) -> None:
        """This is where it lives: a draft from now on, an early run since it was found there."""
        self._set(place=json.dumps(asdict(place)), account=account)

    def set_status(self, status: str) -> None:
        self._set(status=status)

    def save_handover(self, handover: Mapping[str, Any]) -> None:
        self._set(handover=json.dumps(handover))

    def discard(self) -> None:
        """Forget a draft. Runs are never forgotten."""
        self._journal.write("DELETE FROM runs WHERE id = ? AND status = 'draft'", (self.id,))

    # -- doing -------------------------------------------------------------------------------------------

    def note(self, action: str, kind: str, **data: Any) -> None:
        """Write down that this happened to an action.

        Kinds: intent (before a call is sent), refused (AWS did nothing), done (it answered; `outputs`,
        `created`), ready (it took effect), undo (before taking back), undone, left (with `why`).
        """
        at, text = _now(), json.dumps(data, default=str)
        self._write(
            "INSERT INTO events (run, action, kind, at, data) SELECT id, ?, ?, ?, ? FROM runs", action, kind, at, text
        )
        self._note(at, action, kind, json.loads(text))

    def status(self, action: str) -> str:
        """The last kind noted for an action; "" if it was never tried."""
        return self._status.get(action, "")

    def facts(self, action: str) -> Mapping[str, Any]:
        """Everything noted for an action, the latest word on each."""
        return self._facts.get(action, {})

    def when(self, action: str, kind: str) -> datetime | None:
        """When this was last noted for an action; None if it never was."""
        return self._when.get((action, kind))

    def began(self, action: str = "") -> int:
        """The place of the first word on an action, or on any, in the journal, which counts through all runs."""
        first = "SELECT MIN(seq) FROM events WHERE run = ? AND ? IN ('', action)"
        return int(self._journal.read(first, (self.id, action))[0][0] or 0)

    def others(self, *, undone: bool = False) -> list[Run]:
        """The other runs in the same account and region, newest first; those that are `undone` only if asked for."""
        mine, over = self.record, ("draft",) if undone else ("draft", "undone")
        return [
            Run(self._journal, each.id)
            for each in self._journal.records()
            if each.id != self.id
            and each.status not in over
            and (each.account, _where(each.place)) == (mine.account, _where(mine.place))
        ]

    def resolve(self, ref: Ref) -> Any:
        """What a `Ref` stands for by now. Raises KeyError if it is not known yet."""
        match ref:
            case Ref("handrail", "run"):
                return self.id
            case Ref("handrail", "token"):
                return "".join(c for c in self.id if c.isalnum())
            case Ref("handrail", "flow"):
                return self.record.flow
            case Ref("handrail", "handed-over"):
                if not self.record.handover:
                    raise KeyError("it was not handed over")
                return ""
            case Ref(action, "@before"):
                return self._facts[action]["before"]
            case Ref(action, path) if path.startswith("@seen:"):
                return self._facts[action]["seen"][path.removeprefix("@seen:")]
            case Ref(action, path):
                return self._facts[action]["outputs"][path]

    def history(self) -> list[dict[str, Any]]:
        """Every event with its time, oldest first."""
        rows = self._journal.read("SELECT at, action, kind, data FROM events WHERE run = ? ORDER BY seq", (self.id,))
        return [{"at": at, "action": action, "kind": kind, **json.loads(data)} for at, action, kind, data in rows]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the run, so that no other session drives it, and read afresh what was done until then. Raises Busy."""
        who = me()
        mine = json.dumps(who, sort_keys=True)
        # one statement decides, so two sessions that try at the same moment cannot both get it
        owner = self._owner()
        if owner and alive(owner):
            raise Busy(
                f"{self.id} is being driven by another Handrail (process {owner['pid']} on {owner['host']}).",
                remedy=f"Go on there, or end that process first. To read it: {shell.handrail('runs', self.id)}",
            )
        HELD.add(who["session"])
        try:
            theirs = json.dumps(owner, sort_keys=True) if owner else ""
            self._journal.write("UPDATE runs SET owner = ? WHERE id = ? AND owner = ?", (mine, self.id, theirs))
            if self._owner() != who:
                raise Busy(f"{self.id} was just taken by another Handrail.", remedy="Go on there.")
            self._mine = mine
            self._read()
            now = self._standing()
            self.ended_meanwhile = now != self._first_read and now in ("done", "waiting", "undone")
            yield
        finally:
            self._mine = ""
            HELD.discard(who["session"])
            with suppress(JournalTrouble):  # without room, or at the very end: what is not in `HELD` holds nothing
                self._journal.write("UPDATE runs SET owner = '' WHERE id = ? AND owner = ?", (self.id, mine))

    @property
    def under_way(self) -> bool:
        """Whether a session, here or elsewhere, holds it: then it stands as far as that has come."""
        owner = self._owner()
        return bool(owner) and alive(owner)

    def _owner(self) -> dict[str, Any]:
        rows = self._journal.read("SELECT owner FROM runs WHERE id = ?", (self.id,))
        owner: dict[str, Any] = json.loads(rows[0][0]) if rows and rows[0][0] else {}
        return owner

    def _set(self, **values: str) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        self._write(f"UPDATE runs SET {columns}, changed = ?", *values.values(), _now())

    def _write(self, sql: str, *values: Any) -> None:
        """Write, if this run is still ours to drive. Raises Busy."""
        ours, by = (" AND owner = ?", (self._mine,)) if self._mine else ("", ())
        if not self._journal.write(f"{sql} WHERE id = ?{ours}", (*values, self.id, *by)):
            what = f"{self.id} is driven by another Handrail by now, or its journal was replaced."
            raise Busy(what, remedy=f"See: {shell.handrail('runs', self.id)}")

    def _note(self, at: str, action: str, kind: str, data: dict[str, Any]) -> None:
        self._status[action] = kind
        self._when[action, kind] = datetime.fromisoformat(at)
        self._facts.setdefault(action, {}).update(data)


COLUMNS = "id, flow, created, changed, status, place, account, answers, handover"


def _record(row: Sequence[Any]) -> Record:
    id_, flow, created, changed, status, place, account, answers, handover = row
    return Record(
        id_, flow, created, changed, status, _place(place), account, json.loads(answers),
        json.loads(handover),
    )  # fmt: skip


def _dashed(flow: str) -> str:
    return flow.replace("_", "-")


def _place(kept: str) -> Place:
    place = json.loads(kept) | {"read_only": False}  # an earlier Handrail kept what one command had said
    return Place(**{**place, "endpoints": tuple((name, url) for name, url in place.get("endpoints", ()))})


def _where(place: Place) -> tuple[Any, ...]:
    """What two places have in common that are in the same account if its number is the same."""
    return place.practice, place.partition, place.region, place.endpoint_url, place.endpoints


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
