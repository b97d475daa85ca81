"""What a run leaves in a person's hands: outputs, files and proof; and taking the files back at undo."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..place import Place
from .cloud import Cloud
from .events import Left, Receipt
from .files import reason, replace_private
from .flow import Flow, Handover
from .journal import Run
from .pasted_lists import joined
from .problems import JournalTrouble
from .references import fill
from .secret_text import STAND_IN
from .shell import next_steps, placed


def hand_over(flow: type[Flow], run: Run, cloud: Cloud, notes: Iterable[str] = ()) -> Handover:
    """Make the outputs and files of a run that was carried out, and note whether it waits for something.

    `notes` are what else is good to know of how it was carried out.

    Raises CloudError when AWS cannot be read, JournalTrouble when the files cannot be written.
    """
    plan = run.plan
    assert plan is not None, "only a confirmed run is handed over"
    told = {name: fill(value, run.resolve) for name, value in plan.outputs.items()}
    outputs = {name: joined(value) for name, value in told.items()}
    handover = flow.handover(cloud, outputs, plan.facts)
    handover = replace(handover, outputs={name: handover.outputs[name] for name in _in_order(flow, handover.outputs)})
    handover = _placed(replace(handover, notes=(*notes, *handover.notes)), run.record.place)
    folder = run.own_folder()
    files = {folder / name: text for name, text in handover.files.items()}
    if edited := _edited(run):
        names = ", ".join(path.name for path in edited)
        kept = f"You changed {names}: what you wrote is left as it is. To get ours again, move yours away and resume."
        handover = replace(handover, next_steps=(*handover.next_steps, kept))
    earlier = run.record.handover.get("files", {})
    files = {path: text for path, text in files.items() if not (str(path) in earlier and _has_the_key(path, text))}
    if stood_in := [str(path.relative_to(folder)) for path, text in files.items() if STAND_IN in text]:
        instead = f"Practice keeps no key that was entered: {STAND_IN} stands in its place in {', '.join(stood_in)}."
        handover = replace(handover, notes=(*handover.notes, instead))
    # written down first: whatever happens meanwhile, undo must know of every file that may hold a key, also of those
    # that an earlier version wrote and this one does not
    run.save_handover(
        {
            "outputs": dict(handover.outputs),
            "files": earlier | {str(path): _digest(text.encode()) for path, text in files.items()},
            "next_steps": [
                *handover.next_steps,
                *handover.notes,
                *(f"Done already: {step}" for step in handover.done),
            ],
            "now": list(handover.next_steps),
            "waiting": handover.waiting,
        }
    )
    for path, text in files.items():
        if path not in edited:
            if not _lies_in(folder, path):
                raise JournalTrouble(f"{path} was not written: a link leads elsewhere on the way.")
            write_private(path, text)
    run.set_status("waiting" if handover.waiting else "done")
    return handover


def _placed(handover: Handover, place: Place) -> Handover:
    """The same with commands that say where they work."""
    notes = tuple(placed(note, place) for note in handover.notes)
    if place.practice and any(value.startswith(("http:", "https:")) for value in handover.outputs.values()):
        notes = ("The addresses here exist in practice alone; a browser does not find them.", *notes)
    found = tuple(replace(each, remedy=placed(each.remedy, place)) for each in handover.findings)
    done = tuple(placed(step, place) for step in handover.done)
    return replace(handover, next_steps=next_steps(handover.next_steps, place), done=done, notes=notes, findings=found)


def _in_order(flow: type[Flow], outputs: Mapping[str, str]) -> list[str]:
    """What one came for first."""
    return sorted(outputs, key=lambda name: flow.came_for.index(name) if name in flow.came_for else len(flow.came_for))


def _edited(run: Run) -> list[Path]:
    """The files of this run that somebody has changed since they were written."""
    written = {Path(name): digest for name, digest in run.record.handover.get("files", {}).items()}
    own = [path for path in written if _lies_in(run.folder, path) and path.is_file()]
    return [path for path in own if _digest(path.read_bytes()) != written[path]]


def _has_the_key(path: Path, text: str) -> bool:
    """Whether a file has the key for which this text has no more than practice keeps of it."""
    return STAND_IN in text and path.is_file() and STAND_IN.encode() not in path.read_bytes()


def _lies_in(folder: Path, path: Path) -> bool:
    """Whether it lies in the folder of a run, and no link leads elsewhere on the way."""
    if ".." in path.parts or not path.is_relative_to(folder):
        return False
    return path.parent.resolve() == folder.resolve() / path.parent.relative_to(folder)


def write_private(path: Path, text: str) -> Path:
    """Write a file that only its owner may read, whole or not at all. Raises JournalTrouble."""
    try:
        for folder in reversed([folder for folder in path.parents if not folder.exists()]):
            folder.mkdir(mode=0o700, exist_ok=True)
        replace_private(path, _part(path), text)
    except OSError as error:
        raise JournalTrouble(
            f"{path} cannot be written.", f"{reason(error)}.", "Make room, then resume the run."
        ) from None
    return path


def files_there(run: Run) -> str:
    """The files of a run that an undo of all of it removes, and where they are; empty where none is there."""
    count = sum(Path(name).is_file() for name in run.record.handover.get("files", {}))
    return _counted(count, run.folder) if count else ""


def _counted(count: int, folder: Path) -> str:
    return f"{count} file{'' if count == 1 else 's'} in {folder}"


def take_files_back(run: Run, receipt: Receipt) -> Receipt:
    """Remove the files of a run that was undone, unless somebody changed them since."""
    if not receipt.complete or receipt.in_use:
        return receipt
    left, count = list(receipt.left), 0
    try:
        folder = run.own_folder()
    except JournalTrouble as trouble:
        return replace(receipt, left=(*left, Left("The files of this run", str(trouble), stays=True)))
    for name, digest in run.record.handover.get("files", {}).items():
        path = Path(name)
        if not _lies_in(folder, path):
            left.append(Left(f"The file {name}", "It is not in the folder of this run, so it was not touched."))
            continue
        try:
            _part(path).unlink(missing_ok=True)
            if not stat.S_ISREG(path.lstat().st_mode) or _digest(path.read_bytes()) != digest:
                left.append(
                    Left(
                        f"The file {name}", "Somebody changed it since; it may hold keys that are now void.", stays=True
                    )
                )
                continue
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            left.append(Left(f"The file {name}", f"{reason(error)}.", stays=True))
            continue
        count += 1
    _remove_empty(folder)
    files = (_counted(count, folder),) if count else ()
    return replace(receipt, removed=receipt.removed + files, left=tuple(left))


def _remove_empty(folder: Path) -> None:
    for each in sorted((folder, *folder.rglob("*")), reverse=True):
        with suppress(OSError):  # not empty, or not a folder
            each.rmdir()


def _part(path: Path) -> Path:
    """Where a file is while it is being written."""
    return path.with_name(f"{path.name}.part")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
