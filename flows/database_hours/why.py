"""Why what the check of a database's hours looks at matters: whether it is awake in time, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "schedules": "One wakes it, another lets it sleep again; with one of them alone it does only half.",
    "twice": "Whichever comes last decides, and that is hard to see.",
    "switched-off": "A schedule that is off does nothing, and says nothing.",
    "ended": "After its last day a schedule does nothing.",
    "begins": "Before its first day a schedule does nothing.",
    "times": "Only a time of day on days of the week can be compared with how it is now.",
    "clocks": "That day it does not wake in time, or stays awake until the next evening.",
    "input": "AWS takes any text when the schedule is made, and refuses it only when it is due.",
    "refused": "AWS takes any limits when the schedule is made, and refuses them only when it is due.",
    "limits": "Each change writes all limits, also those that somebody chose by hand.",
    "late": "A morning that comes after the evening keeps it awake all night.",
    "role": "A schedule does what it does with its role; without that it does nothing.",
    "may-change": "Without that permission each change fails.",
    "queue": "Nobody is there at night to see an error; it lies in the queue until somebody looks.",
    "failed": "A change that failed is not made up for: it stays as it was until the next one.",
    "state": "This is what the schedules are for.",
    "next": "So it can be seen whether the times are those that are meant.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
