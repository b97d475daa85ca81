"""What can go wrong, said so that a person knows what to do next.

Problem
├── Refused            an answer, a flag or a file is not acceptable            exit 2
├── Blocked            a check says no; nothing was created                     exit 3
├── JournalTrouble     the journal cannot be written or read                    exit 3
├── Busy               another session drives this run                          exit 3
└── CloudError         AWS refused                                              exit 3
    ├── NoAccess       no credentials, no profile, no region                    exit 4
    │   ├── NotChosen      a profile or a region has to be chosen               exit 4
    │   └── SignInNeeded   not signed in yet, or not any more                   exit 4
    ├── Denied         signed in, but not allowed                               exit 4
    ├── NotActivated   AWS does not let this account use the service yet         exit 4
    ├── Unreachable    the request never arrived                                exit 4
    ├── NoSuchCall     there is no such call here; nothing happened             exit 3
    ├── Incomplete     its answer lacks what it should say                      exit 3
    └── Lost           it was sent, and no answer is written down: in doubt      exit 1

FlowMistake            an error in a set-up's own declaration; never the user's fault
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol


class Problem(Exception):
    """Something the user should hear about.

    Args:
        what: one sentence with the value in question.
        why: the reason, where `what` does not already say it; AWS's own words belong here.
        remedy: what to enter, run or ask for instead.
        action: the plan's action that was under way, if any.
        suggestion: a corrected value that a front end may offer with one key.
        instead: the set-up that fits better, by its name.
    """

    code: ClassVar[str] = "problem"
    exit_code: int = 2

    def __init__(
        self, what: str, why: str = "", remedy: str = "", *, action: str = "", suggestion: str = "", instead: str = ""
    ) -> None:
        super().__init__(what)
        self.what, self.why, self.remedy = what, why, remedy
        self.action, self.suggestion, self.instead = action, suggestion, instead

    def __str__(self) -> str:
        ends = not self.why or self.why.rstrip("”)'\"").endswith((".", "!", "?", ":", "…"))  # AWS's words often do not
        why = self.why if ends else f"{self.why}."
        return " ".join(part for part in (self.what, why, self.remedy) if part)


class Refused(Problem):
    """An answer, a flag or an answers file is not acceptable."""

    code = "refused"


class Blocked(Problem):
    """A check refused, before anything was created."""

    code = "blocked"
    exit_code = 3


class JournalTrouble(Problem):
    """The journal cannot be used; without it nothing may be created."""

    code = "journal"
    exit_code = 3


class Busy(Problem):
    """Another session is driving this run."""

    code = "busy"
    exit_code = 3


class CloudError(Problem):
    """AWS refused a call. `aws_code` is AWS's own error code."""

    code = "aws"
    exit_code = 3

    def __init__(
        self,
        what: str,
        why: str = "",
        remedy: str = "",
        *,
        aws_code: str = "",
        aws_message: str = "",
        action: str = "",
    ) -> None:
        super().__init__(what, why, remedy, action=action)
        self.aws_code, self.aws_message = aws_code, aws_message


class NoAccess(CloudError):
    """There is no usable way into an account: credentials, profile or region."""

    code = "no_access"
    exit_code = 4


class NotChosen(NoAccess):
    """There is something to choose from, and nothing is chosen. `lacks` is "profile" or "region"."""

    def __init__(self, what: str, why: str = "", remedy: str = "", *, lacks: str) -> None:
        super().__init__(what, why, remedy)
        self.lacks = lacks


class Unplaced(NotChosen):
    """Which region an early run was made in is written nowhere, or it is not the one that was said."""

    code = "no_region"
    exit_code = 2

    def __init__(self, what: str, why: str = "") -> None:
        super().__init__(what, why, "Say in which region it was made: --region REGION.", lacks="region")


class Way(StrEnum):
    """What signing in takes."""

    DEVICE = "device"
    """A page to open on any device, with a code."""
    CODE = "code"
    """A code from an MFA device."""
    AGAIN = "again"
    """Credentials that are made elsewhere, and read again."""


class DevicePage(Protocol):
    """A page on which somebody says yes, opened on any device.

    Attributes:
        link: the page's address with the code in it.
        code: what the page must show, or be given.
        interval: seconds to wait before each `done`.
        seconds: how long the code is good for.
    """

    link: str
    code: str
    interval: float
    seconds: int

    def done(self) -> bool:
        """Whether somebody has said yes there. Raises Problem."""
        ...


class Door(Protocol):
    """Where to sign in. `other` is the profile that a single call is made with, where it is not the account's own."""

    @property
    def other(self) -> str: ...

    @property
    def ends(self) -> datetime | None:
        """When signing in will be needed again; None where that is never, or unknown."""
        ...

    def enter(self, code: str = "") -> None:
        """Try the credentials as they are now, with the code of an MFA device if need be. Raises Problem."""
        ...

    def device(self) -> DevicePage:
        """Begin to sign in with a page and a code. Raises Problem."""
        ...


class SignInNeeded(NoAccess):
    """Not signed in yet, or not any more.

    Args:
        way: what it takes.
        serial: the MFA device that gives the code, where one is needed.

    Attributes:
        door: where to sign in; None where nobody can, as in a practice account.
        elsewhere: what to do where the credentials are made, for `Way.AGAIN`; the begin of a sentence.
    """

    def __init__(
        self, what: str, why: str = "", remedy: str = "", *, way: Way, serial: str = "", aws_code: str = ""
    ) -> None:
        super().__init__(what, why, remedy, aws_code=aws_code, aws_message=why)
        self.way, self.serial = way, serial
        self.door: Door | None = None
        self.elsewhere = "Renew these credentials where they are made"


class CodeNeeded(Exception):
    """botocore asked for the code of the MFA device `serial`."""

    def __init__(self, serial: str) -> None:
        super().__init__(serial)
        self.serial = serial


class Denied(CloudError):
    """Signed in, but not allowed. `permission` is the IAM action that is missing; "" if it is none of this user's."""

    code = "denied"
    exit_code = 4

    def __init__(self, what: str, why: str = "", remedy: str = "", *, permission: str, aws_code: str = "") -> None:
        super().__init__(what, why, remedy, aws_code=aws_code, aws_message=why)
        self.permission = permission


class NotActivated(CloudError):
    """AWS does not let this account use the service yet, or any more: not verified, not subscribed, or blocked."""

    code = "not_activated"
    exit_code = 4


class Unreachable(CloudError):
    """The request never left, or never arrived: nothing happened."""

    code = "unreachable"
    exit_code = 4


class NoSuchCall(CloudError):
    """There is no such call here, as at an emulator or in a partition that lacks it: nothing happened."""


class Incomplete(CloudError):
    """AWS answered, and left out what was needed of it."""


class Lost(CloudError):
    """The request was sent and its answer never came, or could not be written down: it may or may not have happened."""

    code = "in_doubt"
    exit_code = 1


class FlowMistake(Exception):
    """A set-up is declared wrongly: a mistake of ours, found by the tests."""
