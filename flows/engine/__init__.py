"""How every set-up works. The names that set-ups and front ends use are here."""

from .cloud import Cloud, Identity, Place
from .events import Event, Happening, Left, Receipt
from .flow import Finding, Flow, Grade, Handover
from .journal import Journal, Record, Run
from .outside import Missed, Page
from .plan import (
    FLOW, RUN, TOKEN, Action, Call, Cost, Decision, Entry, Find, Join, Kept, Late, Plan, Ref, Restore, Secret, Still, Undo, Use, Wait,
    before, edited, found, join, secret, seen,
)  # fmt: skip
from .problems import (
    Blocked, Busy, CloudError, Denied, FlowMistake, JournalTrouble, Lost, NoAccess, Problem, Refused, Unreachable,
)  # fmt: skip
from .questions import Caution, Choice, Guard, Many, Option, Picks, Question, Text, Yes
from .session import Asking, Line, Listed, Offer, Review, Reviewing, Session, State

__all__ = [
    "FLOW", "RUN", "TOKEN", "Action", "Asking", "Blocked", "Busy", "Call", "Caution", "Choice", "Cloud", "CloudError",
    "Cost", "Decision", "Denied", "Entry", "Event", "Find", "Finding", "Flow", "FlowMistake", "Grade", "Guard", "Handover",
    "Happening", "Identity", "Join", "Journal", "JournalTrouble", "Kept", "Late", "Left", "Line", "Listed", "Lost", "Many",
    "Missed", "NoAccess", "Offer", "Option", "Page", "Picks", "Place", "Plan", "Problem", "Question", "Receipt", "Record", "Ref",
    "Refused", "Restore", "Review", "Reviewing", "Run", "Secret", "Session", "State", "Still", "Text", "Undo",
    "Unreachable", "Use", "Wait", "Yes", "before", "edited", "found", "join", "secret", "seen",
]  # fmt: skip
