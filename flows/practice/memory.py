"""What the first questions look up, remembered: it is there before the simulated AWS is loaded, which takes longer than
all the rest.

An answer holds for the account in one state. Those for the first day come with the package (`make texts` writes them),
those for the account as it was left last are kept beside its diary. It only saves time: whatever is not known is asked.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flows.engine import Call, Cloud, CloudError
from flows.engine.refusals import explain
from flows.engine.responses import told
from flows.practice.company.basics import REGION
from flows.practice.diary import ANSWERS, PAGES, write_whole

Answer = dict[str, Any]
FIRST_DAY = Path(__file__).with_name("first_day.json")
LASTING = (
    "ec2.DescribeVpcs", "s3.ListBuckets", "s3.GetBucketWebsite", "codepipeline.ListPipelines",
    "codepipeline.GetPipeline",
)  # fmt: skip
"""What is answered the same until somebody changes something; other answers tell states, which move by themselves."""
NOW = "LatestRestorableTime"
"""To when a database can be put back at the latest: for moto, to the moment of the question."""


@dataclass(frozen=True)
class Asked:
    """A reading call, and whether all its pages are wanted or what one call says."""

    call: Call
    paged: bool = False

    @property
    def key(self) -> str:
        return f"{'pages of ' if self.paged else ''}{self.call.key}"

    def of(self, cloud: Cloud) -> Iterator[Answer]:
        """What that account answers. Raises CloudError."""
        if self.paged:
            yield from cloud.pages(self.call)
        else:
            yield cloud.make(self.call)


LISTS = (
    Asked(Call("ec2.DescribeVpcs"), paged=True), Asked(Call("s3.ListBuckets", {"MaxBuckets": 1000}), paged=True),
    Asked(Call("codepipeline.ListPipelines"), paged=True),
)  # fmt: skip
"""What lasts of the first questions, as they ask for it; in an answers file only a part of it is asked for."""


class Memory:
    """What is known of the account in this folder, seen from this region."""

    def __init__(self, folder: Path, region: str) -> None:
        self._diary, self._file, self._region = folder / PAGES, folder / ANSWERS, region

    def recall(self, asked: Asked) -> list[Answer] | None:
        """The pages of the answer, or None if it is not known. Raises CloudError where it was refused."""
        known = self._known(self._state()).get(asked.key)
        if isinstance(known, dict):
            raise explain(asked.call, known)
        return known and [told(page) for page in known]

    def keep(self, asked: Iterable[Asked], cloud: Cloud) -> None:
        """Note what lasts of this, and the lists of the same services, for whoever finds the account as it is now."""
        state, all_asked = self._state(), [*asked]
        known, services = self._known(state), {each.call.service for each in all_asked}
        lists = [each for each in LISTS if each.call.service in services]
        lasting = [each for each in (*all_asked, *lists) if each.call.operation in LASTING]
        fresh = [each for each in lasting if each.key not in known]
        answers = noted(fresh, cloud) if fresh else {}
        if answers and self._state() == state:
            write_whole(
                self._file, json.dumps({"of": [made_by(), *state], "answers": _plain({**known, **answers})}).encode()
            )

    def _state(self) -> tuple[str, str]:
        """Where it is looked at from, and all that was practised; empty if nothing was."""
        try:
            pages = self._diary.read_bytes()
        except OSError:
            pages = b""
        return self._region, hashlib.sha256(pages).hexdigest() if pages else ""

    def _known(self, state: tuple[str, str]) -> Mapping[str, Any]:
        first_day = _read(FIRST_DAY, [moto()]) if state == (REGION, "") else {}
        return {**first_day, **_read(self._file, [made_by(), *state])}


def noted(all_asked: Iterable[Asked], cloud: Cloud) -> dict[str, Any]:
    """How this account answers, as it is written down."""
    found: dict[str, Any] = {}
    for each in all_asked:
        try:
            found[each.key] = [_plain(page) for page in each.of(cloud)]
        except CloudError as refused:
            if not refused.aws_code.startswith("Practice"):  # the account could not be asked
                found[each.key] = {"Error": {"Code": refused.aws_code, "Message": refused.aws_message}}
    return found


def _read(path: Path, of: list[str]) -> Mapping[str, Any]:
    try:
        file = json.loads(path.read_bytes(), object_hook=_moment)
        return file["answers"] if file["of"] == of else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _plain(part: Any) -> Any:
    match part:
        case dict():
            kept = {name: value for name, value in part.items() if name != "ResponseMetadata"}
            return {name: {"$": "now"} if name == NOW else _plain(value) for name, value in kept.items()}
        case list():
            return [_plain(each) for each in part]
        case datetime():
            return {"$": part.isoformat()}
        case _:
            return part


def _moment(part: dict[str, Any]) -> Any:
    if "$" not in part:
        return part
    return datetime.now(UTC) if part["$"] == "now" else datetime.fromisoformat(part["$"])


@cache
def moto() -> str:
    """The installed one, with its version; empty if there is none. To look that up by `importlib.metadata` is slow."""
    found = find_spec("moto")
    where = Path(found.origin).parents[1] if found and found.origin else Path()
    return next((path.name for path in where.glob("moto-*.dist-info")), "") if found else ""


@cache
def made_by() -> str:
    """What made a file in which the account is kept: of another version things may have other members."""
    here = Path(__file__).parent
    sources = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(here.rglob("*.py"))]
    return hashlib.sha256(repr((sys.version, moto(), sources)).encode()).hexdigest()
