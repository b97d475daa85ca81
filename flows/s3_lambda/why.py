"""Why what the check of a function that files start looks at matters: where an upload is lost."""

from __future__ import annotations

from collections.abc import Mapping

from flows.aws import keepers

WHY: Mapping[str, str] = {
    **keepers.WHY,
    "bucket": "Bucket and function must be in one region, and the bucket must be there.",
    "notification": "S3 calls nobody by itself: the bucket has to name the function.",
    "filter": "A file whose name does not fit is passed over without a word.",
    "only-put": "Large files arrive in parts, by another event, and are passed over.",
    "permission": "A function takes calls only from whom its own policy allows.",
    "function": "Only a function that is active, and may run, takes calls.",
    "role": "The function works with a role that it must be allowed to take on.",
    "reads": "What the function's role may not read, the function cannot open.",
    "key": "An encrypted file can be opened only by who may also use its key.",
    "recursion": "A function that writes where it is started from starts itself again and again, and every call costs.",
    "twice": "The function does everything twice.",
    "receivers": "S3 refuses any change of the list while one on it is dead.",
    "other": "Others on the list are called by the same files.",
    "way": "Whoever stands between bucket and function must pass the message on.",
    "fetches": "Nobody brings what is in a queue: the function's own role fetches it.",
    "other-ways": "What calls it besides was not seen, so it may run more often than it seems.",
    "run": "A call that ended well proves the whole way.",
}
"""By the rule that finds it: the beginning of a finding's id, the longest that fits."""
