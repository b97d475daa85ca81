"""Why what the check of a database looks at matters: whether it answers, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "state": "Only a database that is available takes connections.",
    "instances": "The cluster is the data; it is its instances that answer.",
    "key-state": "Without its key nobody can read the data, AWS neither.",
    "password": "A password that is never changed is good for whoever once read it.",
    "limits": "They say how small it may become, which costs less, and how large, which lets it do more.",
    "can-sleep": "A database that sleeps costs nothing but its storage.",
    "closed": "A firewall that lets nobody in drops what comes: clients wait until they give up.",
    "open-to-the-world": "Anybody on the internet may try passwords on it.",
    "clients": "The first who connects waits while it wakes, up to half a minute; who gives up earlier sees an error.",
    "keeps-awake": "While this holds, it never sleeps, and is paid for day and night.",
    "schedule": "At those times its minimum changes by itself, whatever somebody has set by hand.",
    "reason": "It may be what keeps it awake.",
    "version-deprecated": "AWS upgrades it by itself then, at a time that you did not choose.",
    "maximum-reached": "What needs more than that waits: everything becomes slow.",
    "maximum-barely-used": "A maximum that is never needed only lets a mistake become dear.",
    "minimum-never-reached": "It never becomes as small as it might, so it costs more than it must.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
