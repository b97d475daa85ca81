"""What will be there, drawn: the clock, and the database that it wakes."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing(
        "clock",
        "Schedules",
        "twice a day",
        of="days from to",
        made="awake asleep schedule-group",
        found="schedules times clocks begins ended switched-off input late twice next",
    ),
    Thing("queue", "Queue", "of failed ones", made="queue", found="queue failed", beside=True),
    Thing("role", "Role", "may change the limits, and nothing else", made="hours-role", found="role may-change"),
    Thing("database", "Database", "sleeps when unused", of="cluster", found="state limits"),
    Link("clock", "queue", "A change that failed is kept there, to be looked at."),
    Link("clock", "role", "The clock acts with this role alone."),
    Link("role", "database", "In the morning its minimum is raised, in the evening it may sleep again."),
)
