"""The practice account: a small firm's AWS, inside this process, cut off from the real one.

`open_account` gives a boto3 session to make clients from. boto3 is imported when it is asked for that, and moto, the
simulated AWS behind it, at the first call: opening the account must not delay the first screen and the first question.
"""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from flows.practice.clock import CLOCK
from flows.practice.company.basics import ACCOUNT_ID, ALIAS, CALLER, PARTNER, SECOND_ACCOUNT_ID
from flows.practice.diary import Diary, PracticeBusy, erase

if TYPE_CHECKING:
    from boto3.session import Session

    from flows.practice.door import Door

__all__ = [
    "ACCOUNT_ID", "ALIAS", "CALLER", "PARTNER", "SECOND_ACCOUNT_ID", "PracticeAccount", "PracticeBusy", "open_account",
    "reset",
]  # fmt: skip

_one_at_a_time = threading.Lock()


class PracticeAccount:
    """Open until closed; make clients from `session` only."""

    def __init__(self, folder: Path | None, *, region: str, hurry: bool, seed: bool = True) -> None:
        if not _one_at_a_time.acquire(blocking=False):
            raise PracticeBusy("This process already has a practice account open. Close that one first.")
        try:
            self._diary = Diary(folder)
        except BaseException:
            _one_at_a_time.release()
            raise
        CLOCK.hurry = hurry
        self._region, self._seed = region, seed
        self._open = True

    @cached_property
    def door(self) -> Door:
        """Where every request passes; closed, if the account is."""
        from flows.practice.door import Door

        door = Door(self._diary, region=self._region, seed=self._seed)
        if not self._open:
            door.close()
        return door

    @property
    def session(self) -> Session:
        """What to make clients from."""
        return self.door.session

    @property
    def open(self) -> bool:
        """Whether it can be asked anything; it is over once it is closed."""
        return self._open

    def session_of(self, profile: str) -> Session | None:
        """The session of the partner's account; None for any other profile."""
        return self.door.partner if profile == PARTNER else None

    def close(self) -> None:
        if self._open:
            self._open = False
            if "door" in vars(self):
                self.door.close()
            self._diary.close()
            _one_at_a_time.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_account(folder: Path, *, region: str = "eu-central-1", hurry: bool = False) -> PracticeAccount:
    """Open the account kept in `folder`; with `hurry` nothing takes any time."""
    return PracticeAccount(folder, region=region, hurry=hurry)


def reset(folder: Path) -> None:
    """Forget everything practised in `folder`; the next opening finds the company as it was."""
    erase(folder)
