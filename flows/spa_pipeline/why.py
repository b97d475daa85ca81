"""Why what the check of a delivery looks at matters: where a change stays on its way to the page."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "pipeline": "It carries each change from the source to the page.",
    "connection": "By it the pipeline gets the files from your Git provider, and hears of changes.",
    "branch": "The pipeline follows one branch; what is on others is never published.",
    "file": "The pipeline gets its source from this file, and needs its versions to tell one from the next.",
    "reads": "The pipeline works with a role: what that may not read, it does not get.",
    "source-key": "An encrypted source can be read only by who may also use its key.",
    "role": "Each service works with a role that it must be allowed to take on.",
    "builds": "The build makes the page of the source; without it nothing is published.",
    "needs": "A build that may not write its log or read its variables ends before its first command.",
    "artifacts": "Each stage hands files on to the next by a bucket that both must reach.",
    "encryption": "Who writes or reads an encrypted file needs its key as well.",
    "store-key": "The files between the stages are encrypted: both ends need the key.",
    "site": "It is the bucket in which the page is.",
    "site-key": "Who writes into an encrypted bucket needs its key as well.",
    "publishes": "The build's role must be allowed to write the page.",
    "visitors": "A page that is published and that nobody may read is no page.",
    "start-page": "Who types the bare address asks for no file by name: the start page must be known, and be there.",
    "distribution": "It keeps pages for a day; unless it is told of new ones, visitors see the old one.",
    "invalidates": "Unless the distribution is told of new pages, visitors see the old one.",
    "starts": "Somebody must tell the pipeline that something changed; otherwise it starts only by hand.",
    "way-in": "While a stage is closed, every change waits before it.",
    "stages": "What the stages say tells how far a change came.",
    "stage": "A change passes the stages in order, and stays where one fails.",
    "build": "The page of the last build that succeeded stays until one succeeds again.",
    "run": "What a run comes to is what is on the page.",
    "runs": "What a run comes to is what is on the page.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
