"""How hours of other people stand: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from database_hours.standing import ASLEEP, AWAKE, CLUSTER, NAME, NIGHT, NOON, Hours, State


def as_by_the_set_up(hours: Hours) -> None:
    hours.both()


def awake_at_noon(hours: Hours) -> None:
    hours.both()
    hours.limits(AWAKE)


def by_numbers_of_days(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * 2-6 *)", AWAKE)
    hours.at("evening", "cron(0 18 ? * 2-6 *)", ASLEEP)


def held_by_hand(hours: Hours) -> None:
    hours.both()
    hours.limits(AWAKE)
    tags = [{"Key": "handrail:capacity-before", "Value": "0/4/600"}, {"Key": "handrail:awake-until", "Value": "later"}]
    hours.client("rds").add_tags_to_resource(ResourceName=CLUSTER, Tags=tags)


def stopped_by_schedule(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", operation="startDBCluster")
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", operation="stopDBCluster")
    hours.client("rds").stop_db_cluster(DBClusterIdentifier=NAME)


def not_started_again(hours: Hours) -> None:
    """The start of the morning failed."""
    stopped_by_schedule(hours)


def runs_by_schedule(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", operation="startDBCluster")
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", operation="stopDBCluster")


def not_stopped(hours: Hours) -> None:
    runs_by_schedule(hours)


def stopped_at_times_that_cannot_be_read(hours: Hours) -> None:
    """On the first Monday of the month, for example."""
    hours.at("morning", "cron(0 8 ? * 2#1 *)", operation="startDBCluster")
    hours.at("evening", "cron(0 18 ? * 2#1 *)", operation="stopDBCluster")
    hours.client("rds").stop_db_cluster(DBClusterIdentifier=NAME)


def stopped_and_not_started(hours: Hours) -> None:
    """The one of the morning sets limits, which AWS takes of no cluster that is stopped."""
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", AWAKE)
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", operation="stopDBCluster")
    hours.client("rds").stop_db_cluster(DBClusterIdentifier=NAME)


def switched_off(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", AWAKE, State="DISABLED")
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP)


def in_a_window(hours: Hours) -> None:
    """Within an hour of the time, as AWS has it in its examples."""
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 60}
    hours.at("morning", "cron(0 11 ? * MON-FRI *)", AWAKE, zone="UTC", FlexibleTimeWindow=window)
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP, zone="UTC", FlexibleTimeWindow=window)


def a_window_that_is_over(hours: Hours) -> None:
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    hours.at("morning", "cron(0 11 ? * MON-FRI *)", AWAKE, zone="UTC", FlexibleTimeWindow=window)
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP, zone="UTC", FlexibleTimeWindow=window)


def still_to_begin(hours: Hours) -> None:
    hours.both(StartDate=datetime.now(UTC) + timedelta(days=60))


def without_leave_to_send(hours: Hours) -> None:
    """Whoever cannot put what failed into the queue leaves it empty."""
    hours.both()
    hours.client("iam").delete_role_policy(RoleName="hours", PolicyName="failed")


def ended(hours: Hours) -> None:
    hours.both(EndDate=datetime.now(UTC) + timedelta(days=1))


def misspelled(hours: Hours) -> None:
    hours.both(key="DBClusterIdentifier")


def without_limits_that_can_be_read(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", {"MinCapacity": "much"})
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP)


def without_numbers(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", {"MinCapacity": "NaN", "MaxCapacity": "Infinity"})
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP)


def a_maximum_below_one(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", {"MinCapacity": 0.5, "MaxCapacity": 0.5})
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP)


def a_minimum_above_its_maximum(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", {"MinCapacity": 8, "MaxCapacity": 4})
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP)


def asleep_after_a_minute(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", AWAKE)
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", {**ASLEEP, "SecondsUntilAutoPause": 60})


def a_version_that_cannot_sleep(hours: Hours) -> None:
    rds = hours.client("rds")
    rds.modify_db_cluster(DBClusterIdentifier=NAME, EngineVersion="16.2", AllowMajorVersionUpgrade=True)
    hours.both()


def no_morning(hours: Hours) -> None:
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP)


def no_evening(hours: Hours) -> None:
    awake_at_noon(hours)
    hours.client("scheduler").delete_schedule(GroupName="hours", Name="evening")


def no_schedule(hours: Hours) -> None:
    """There is none at all."""


def role_gone(hours: Hours) -> None:
    hours.both()
    for name in ("hours", "failed"):
        hours.client("iam").delete_role_policy(RoleName="hours", PolicyName=name)
    hours.client("iam").delete_role(RoleName="hours")


def role_of_another_service(hours: Hours) -> None:
    hours.both()
    hours.role(service="events.amazonaws.com")


def role_of_another_group(hours: Hours) -> None:
    hours.both()
    hours.group = "others"
    hours.role()


def role_for_another_database(hours: Hours) -> None:
    hours.both()
    hours.role(on=CLUSTER.replace("reports", "loyalty"))


def stopped_by_hand(hours: Hours) -> None:
    hours.both()
    hours.client("rds").stop_db_cluster(DBClusterIdentifier=NAME)


def largest_by_hand(hours: Hours) -> None:
    hours.both()
    hours.limits({**ASLEEP, "MaxCapacity": 8})


def pause_forgotten(hours: Hours) -> None:
    hours.at("morning", "cron(0 8 ? * MON-FRI *)", AWAKE)
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", {"MinCapacity": 0, "MaxCapacity": 4})


def without_a_queue(hours: Hours) -> None:
    hours.queue = {}
    hours.both()


def queue_gone(hours: Hours) -> None:
    hours.both()
    hours.client("sqs").delete_queue(QueueUrl=hours.client("sqs").get_queue_url(QueueName="failed")["QueueUrl"])


def one_failed(hours: Hours) -> None:
    hours.both()
    at = hours.client("sqs").get_queue_url(QueueName="failed")["QueueUrl"]
    hours.client("sqs").send_message(QueueUrl=at, MessageBody="InvalidDBClusterStateFault")


def in_the_skipped_hour(hours: Hours) -> None:
    hours.at("morning", "cron(30 2 * * ? *)", AWAKE)
    hours.at("evening", "cron(0 18 * * ? *)", ASLEEP)
    hours.limits(AWAKE)


def every_few_hours(hours: Hours) -> None:
    hours.at("morning", "rate(5 hours)", AWAKE)
    hours.at("evening", "cron(0 18 ? * MON-FRI *)", ASLEEP)


def tried_for_a_day(hours: Hours) -> None:
    hours.both(age=0)


STATES = {
    state.made.__name__ + ("" if state.hour == NIGHT else "_at_noon"): state
    for state in (
        State(as_by_the_set_up, "works"),
        State(awake_at_noon, "works", hour=NOON),
        State(by_numbers_of_days, "works"),
        State(held_by_hand, "works"),
        State(stopped_by_schedule, "works"),
        State(not_started_again, "broken", "state", NOON),
        State(runs_by_schedule, "works", hour=NOON),
        State(not_stopped, "works_but", "state"),
        State(stopped_at_times_that_cannot_be_read, "unknown", "times:evening"),
        State(stopped_and_not_started, "broken", "state", NOON),
        State(in_a_window, "works", hour=NOON),
        State(a_window_that_is_over, "broken", "state", NOON),
        State(still_to_begin, "waiting", "begins:", NOON),
        State(without_leave_to_send, "works"),
        State(no_schedule, "broken", "schedules"),
        State(no_morning, "broken", "schedules"),
        State(no_evening, "works_but", "schedules", NOON),
        State(switched_off, "broken", "switched-off:morning"),
        State(ended, "broken", "ended:"),
        State(misspelled, "broken", "input:"),
        State(without_limits_that_can_be_read, "broken", "schedules"),
        State(without_numbers, "broken", "schedules"),
        State(a_maximum_below_one, "broken", "refused:morning"),
        State(a_minimum_above_its_maximum, "broken", "refused:morning"),
        State(asleep_after_a_minute, "broken", "refused:evening"),
        State(a_version_that_cannot_sleep, "broken", "refused:evening"),
        State(role_gone, "broken", "role:"),
        State(role_of_another_service, "broken", "role:"),
        State(role_of_another_group, "broken", "role:"),
        State(role_for_another_database, "broken", "may-change:"),
        State(stopped_by_hand, "broken", "state"),
        State(as_by_the_set_up, "broken", "state", NOON),
        State(awake_at_noon, "works_but", "state"),
        State(largest_by_hand, "works_but", "limits:"),
        State(pause_forgotten, "works_but", "limits:evening"),
        State(without_a_queue, "works_but", "queue:"),
        State(queue_gone, "works_but", "queue:"),
        State(one_failed, "works_but", "failed:"),
        State(in_the_skipped_hour, "works_but", "clocks:morning", NOON),
        State(every_few_hours, "unknown", "times:morning"),
        State(tried_for_a_day, "works_but", "late:"),
    )
}
