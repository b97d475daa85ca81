"""What kind of thing an action does, and what taking it back does, in one word each for whoever reads the plan."""

from __future__ import annotations

from enum import StrEnum

from .actions import Action
from .permissions import READS
from .undo_plan import Restore


class Deed(StrEnum):
    CREATE = "create"
    CHANGE = "change"
    START = "start"
    STOP = "stop"
    REMOVE = "remove"
    WAIT = "wait"
    PUT_BACK = "put back"


VERBS = {
    "Start": Deed.START,
    "Stop": Deed.STOP,
    "Reboot": Deed.STOP,
    "Delete": Deed.REMOVE,
    "Terminate": Deed.REMOVE,
    "Deregister": Deed.REMOVE,
    "Release": Deed.REMOVE,
    "Revoke": Deed.REMOVE,
    "Remove": Deed.REMOVE,
    "Detach": Deed.REMOVE,
    "Disassociate": Deed.REMOVE,
}
"""How AWS's operations begin that neither make a thing nor change a setting."""
ASKS = ("ssm.SendCommand", "codepipeline.StartPipelineExecution")
"""What is only watched where nothing of it is taken back: a question to a machine, a run that begins by itself."""


def deed(action: Action) -> Deed:
    """What an action does."""
    call = action.call
    if call.name.startswith(READS) or (call.operation in ASKS and action.wait and not action.undo):
        return Deed.WAIT
    if action.type and not isinstance(action.undo, Restore):
        return Deed.CREATE
    return next((told for verb, told in VERBS.items() if call.name.startswith(verb)), Deed.CHANGE)


def taken_back(action: Action) -> Deed:
    """What taking an action back does: whether the thing goes, or becomes again what it was."""
    if isinstance(action.undo, Restore):
        return Deed.PUT_BACK
    restores = isinstance(action.undo, tuple) and any(step.restores for step in action.undo)
    return Deed.PUT_BACK if restores else Deed.REMOVE
