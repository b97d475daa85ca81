"""How every set-up works. The names that set-ups and front ends use are here; the rooms behind them, by subject:

asking            asked, questions, choices, secret_text, missing, refused_answers, options, pasted_lists, listing,
                  questionnaire, said, offers, states
what is asked     flow (a set-up), check, task; driven by session and checking, all checks at once by board
what will be done plan, actions, deeds, calls, undo_plan, references, expressions
doing it          apply, sending, changed, by_hand, settings, documents, events, clock, resume_checks, just_seen,
                  made, handover, given_again, monthly
taking it back    undo, undo_action, taking, as_left, receipts, irrevocable, open_to_all, mended
what others have  of_others, others_before, later_runs, half_gone; what stays with it: staying
looking again     look, event_history, differences, put_back, half_done
writing it down   journal, journal_file, serialization, run_lock, run_place, usage, files
the account       cloud, boto, call_log, cache, responses, service_models, endpoints, bucket_owner, web, elsewhere
signing in        sign_in, device_code, profiles, tokens
conscious yeses   consents
permissions       permissions, authorization, ec2_authorization, resource_types, plan_permissions, preflight,
                  simulator
what goes wrong   problems, transport, refusals, refusal_families, denials
what is told      findings, verdict; mending it: repair; commands to paste: shell
as a picture      picture, drawing
"""

from ..place import Place
from .actions import Action, ByHand, Cost, usd
from .calls import Call, Find, Wait
from .choices import Choice, Picks, Yes
from .cloud import Ask, Cloud, Identity
from .events import Event, Happening, Left, Receipt
from .flow import Finding, Flow, Grade, Handover
from .journal import Journal, Record, Run
from .of_others import Claim
from .options import Caution, Danger, Option, Words
from .others_before import since
from .picture import Link, Picture, Thing
from .plan import Plan, Secret, Use
from .problems import (
    Blocked,
    Busy,
    CloudError,
    Denied,
    DevicePage,
    Door,
    FlowMistake,
    JournalTrouble,
    Lost,
    NoAccess,
    NoSuchCall,
    NotChosen,
    Problem,
    Refused,
    SignInNeeded,
    Unplaced,
    Unreachable,
    Way,
)  # fmt: skip
from .profiles import Profile
from .questions import Guard, Many, Question, Text
from .references import FLOW, RUN, TOKEN, Changed, Join, Late, Ref, before, edited, found, if_found, join, secret, seen
from .secret_text import Hidden, SecretText
from .sending import Stopped
from .session import Session
from .states import Asking, Line, Listed, Offer, Review, Reviewing, State
from .undo import standing
from .undo_plan import Decision, Entry, Kept, Others, Restore, Settings, Still, Undo
from .usage import Habit, Habits
from .web import Missed, Page

__all__ = [
    "FLOW",
    "RUN",
    "TOKEN",
    "Action",
    "Ask",
    "Asking",
    "Blocked",
    "Busy",
    "ByHand",
    "Call",
    "Caution",
    "Changed",
    "Choice",
    "Claim",
    "Cloud",
    "CloudError",
    "Cost",
    "Danger",
    "Decision",
    "Denied",
    "DevicePage",
    "Door",
    "Entry",
    "Event",
    "Find",
    "Finding",
    "Flow",
    "FlowMistake",
    "Grade",
    "Guard",
    "Habit",
    "Habits",
    "Handover",
    "Happening",
    "Hidden",
    "Identity",
    "Join",
    "Journal",
    "JournalTrouble",
    "Kept",
    "Late",
    "Left",
    "Line",
    "Link",
    "Listed",
    "Lost",
    "Many",
    "Missed",
    "NoAccess",
    "NoSuchCall",
    "NotChosen",
    "Offer",
    "Option",
    "Others",
    "Page",
    "Picks",
    "Picture",
    "Place",
    "Plan",
    "Problem",
    "Profile",
    "Question",
    "Receipt",
    "Record",
    "Ref",
    "Refused",
    "Restore",
    "Review",
    "Reviewing",
    "Run",
    "Secret",
    "SecretText",
    "Session",
    "Settings",
    "SignInNeeded",
    "State",
    "Still",
    "Stopped",
    "Text",
    "Thing",
    "Undo",
    "Unplaced",
    "Unreachable",
    "Use",
    "Wait",
    "Way",
    "Words",
    "Yes",
    "before",
    "edited",
    "found",
    "if_found",
    "join",
    "secret",
    "seen",
    "since",
    "standing",
    "usd",
]
