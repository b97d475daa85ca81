"""Which account to work in: a real one, an emulator behind an endpoint, or the practice account.

The only place that knows there are several; the engine and the set-ups see a `Cloud`.
"""

from __future__ import annotations

import atexit
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from flows.engine import (
    Ask,
    Busy,
    Cloud,
    Identity,
    JournalTrouble,
    NoAccess,
    NoSuchCall,
    Place,
    SignInNeeded,
    Unreachable,
)
from flows.engine.boto import Aws
from flows.engine.files import reason
from flows.engine.journal_file import state_folder

if TYPE_CHECKING:
    from flows.practice import PracticeAccount

PRACTICE_REGION = "eu-central-1"
REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
ENDPOINT = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?(/\S*)?")


def open_cloud(place: Place) -> Cloud:
    """The account that the command line asked for.

    Raises:
        NoAccess: no such profile, no region, no credentials, or the practice extra is not installed.
        Busy: another process practises in the same folder.
    """
    if place.region and not REGION.fullmatch(place.region):
        raise NoAccess(f"“{place.region}” is not a region.", remedy="A region looks like eu-central-1.")
    return _practice(place) if place.practice else _real(place)


def _real(place: Place) -> Cloud:
    url = place.endpoint_url
    if url and not ENDPOINT.fullmatch(url):
        raise NoAccess(f"“{url}” is not an address.", remedy="It looks like http://127.0.0.1:4566.")
    return Aws(place)


def sign_in(place: Place, ask: Ask | None = None) -> Cloud:
    """Open that account and ask AWS who is signed in, so that no answer is typed in vain. Raises as `open_cloud` does.

    Args:
        place: where to work.
        ask: lets a person sign in where that is needed; without it nobody is asked.

    Raises:
        SignInNeeded: nobody is signed in there, and nobody was asked or would.
        Unreachable: nobody answered, or somebody who is not AWS.
    """
    cloud = open_cloud(place)
    try:
        _recognised(cloud, ask)
    except NoSuchCall:  # AWS knows this one
        raise _stranger(place) from None
    return cloud


def _recognised(cloud: Cloud, ask: Ask | None) -> None:
    """Ask who is signed in, as often as a person signs in."""
    while True:
        try:
            cloud.identity  # noqa: B018 - it is remembered
        except SignInNeeded as need:
            if ask is None or need.door is None or not ask(need):
                raise
        else:
            return


def _stranger(place: Place) -> Unreachable:
    return Unreachable(
        f"What answered at {place.endpoint_url or 'the address of AWS'} is not AWS.",
        "Its answer made no sense.",
        "Check --endpoint-url or AWS_ENDPOINT_URL, and whether a proxy or a network's sign-in page is in between.",
    )


def let_happen(cloud: Cloud, outputs: Mapping[str, str]) -> str:
    """In practice: let happen what a run with these outputs waits for, and say what that was; empty if nothing comes.

    Raises CloudError.
    """
    from flows.practice import happenings

    return happenings.happen(cloud, outputs)


def something_comes(outputs: Mapping[str, str], *, waiting: bool) -> bool:
    """In practice: whether `let_happen` has anything for a run with these outputs, which waits for something or not."""
    from flows.practice import happenings

    return happenings.comes(outputs, waiting=waiting)


def begin_practice_anew() -> None:
    """Forget everything that was practised, in every window. Raises JournalTrouble."""
    from flows import practice

    try:
        practice.reset(state_folder() / "practice")
    except OSError as error:
        raise JournalTrouble("The practice account cannot be begun anew.", str(error)) from None


_KEPT: dict[tuple[Path, str], PracticeAccount] = {}
"""The practice account that this process has open: it holds one, and whoever comes back to it finds it as it is."""


def _practised(folder: Path, region: str) -> PracticeAccount:
    from flows import practice

    account = _KEPT.get((folder, region))
    if account is None or not account.open:
        for other in _KEPT.values():
            other.close()
        _KEPT.clear()
        account = _KEPT[folder, region] = practice.open_account(folder, region=region)
        atexit.register(account.close)
    return account


def _practice(place: Place) -> Cloud:
    from flows import practice
    from flows.practice.memory import Memory, moto
    from flows.practice.remembering import Remembering

    if not moto():
        remedy = "Run: pip install 'handrail[practice]'"
        raise NoAccess("Practice mode is not installed.", "moto is missing.", remedy)
    folder, region = state_folder() / "practice", place.region or PRACTICE_REGION
    try:
        account = _practised(folder, region)
    except practice.PracticeBusy as busy:
        raise Busy(str(busy)) from None
    except OSError as error:
        remedy = "Set XDG_STATE_HOME elsewhere."
        raise JournalTrouble("The practice account cannot be kept.", f"{reason(error)}.", remedy) from None
    # it is known who practises, and asking the simulated AWS would wake all of it before the first question
    who = Identity(practice.ACCOUNT_ID, practice.CALLER, region, practice.ALIAS)

    def load() -> Cloud:
        practised = Place(region=place.region, practice=True, read_only=place.read_only)
        return Aws(practised, account.session, account.session_of, who)

    cloud = Remembering(who, Memory(folder, region), load)
    atexit.register(cloud.keep)
    _BEHIND.append(cloud.load_behind)
    return cloud


_BEHIND: list[Callable[[], None]] = []
"""What may still have to be loaded."""


def load_behind() -> None:
    """While somebody reads a question: have loaded what it stood without, as in practice the first one does."""
    while _BEHIND:
        _BEHIND.pop()()
