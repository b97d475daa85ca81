"""What will be there, drawn: a file, and the pipeline that starts because of it."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("file", "File", "lands in the bucket", of="object_key", found="file"),
    Thing("bucket", "Bucket", "keeps versions", of="bucket", made="bucket versioning", found="bucket versioning"),
    Thing("trail", "Trail", "notes uploads", of="trail", made="trail selectors", found="trail", beside=True),
    Thing("rule", "Rule", "for this file", made="rule", found="rule rule-on pattern watched"),
    Thing("role", "Role", "may start it", made="start-role", found="role", beside=True),
    Thing("pipeline", "Pipeline", "works on the file", of="pipeline", made="pipeline", found="pipeline stages runs"),
    Link("file", "bucket", "Somebody, or a program, puts it there."),
    Link("bucket", "trail", "CloudTrail writes every upload down."),
    Link("bucket", "rule", "EventBridge hears of each new version.", made="bucket-events", found="bucket-events"),
    Link("rule", "role", "The rule acts with this role alone."),
    Link("rule", "pipeline", "The rule starts the pipeline with the new version.", made="target", found="target event"),
)
