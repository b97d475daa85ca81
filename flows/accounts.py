"""Which account to work in: a real one, an emulator behind an endpoint, or the practice account.

The only place that knows there are several; the engine and the set-ups see a `Cloud`.
"""

from __future__ import annotations

import atexit

from flows.engine import Busy, Cloud, JournalTrouble, NoAccess, Place
from flows.engine.cloud import Aws
from flows.engine.journal import state_folder

PRACTICE_REGION = "eu-central-1"


def open_cloud(place: Place) -> Cloud:
    """The account that the command line asked for.

    Raises:
        NoAccess: no such profile, no region, or the practice extra is not installed.
        Busy: another process practises in the same folder.
    """
    return _practice(place) if place.practice else Aws(place)


def _practice(place: Place) -> Cloud:
    try:
        from flows import practice
    except ModuleNotFoundError as missing:
        raise NoAccess(
            "Practice mode is not installed.", f"{missing.name} is missing.", "Run: pip install 'handrail[practice]'"
        ) from None
    try:
        account = practice.open_account(state_folder() / "practice", region=place.region or PRACTICE_REGION)
    except practice.PracticeBusy as busy:
        raise Busy(str(busy)) from None
    except OSError as error:
        raise JournalTrouble("The practice account cannot be kept.", str(error), "Set XDG_STATE_HOME elsewhere.") from None
    atexit.register(account.close)
    return Aws(Place(region=place.region, practice=True, read_only=place.read_only), account.session)
