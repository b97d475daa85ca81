"""Why a database is not awake when its schedule says so, or does not sleep afterwards. Everything here only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from flows.aws import aurora_schedules, keepers, queues, scheduler, serverless_clusters
from flows.aws.aurora_schedules import LIMITS, NAME, Change
from flows.aws.aurora_versions import shown
from flows.aws.serverless_clusters import UNTIL
from flows.aws.service_roles import Worker, open_questions, taken_on
from flows.aws.weekly_hours import local
from flows.engine import Cloud, CloudError, Finding, shell
from flows.engine.findings import broken, caution, likely, proved, unknown, waits
from flows.policies import Answer

from . import repairs, rules
from .rules import Situation

SEEN = "GetSchedule"
ALLOWED = {"limits": "rds:ModifyDBCluster", "stop": "rds:StopDBCluster", "start": "rds:StartDBCluster"}
Rule = Callable[[Situation], Iterator[Finding]]


def diagnose(cloud: Cloud, name: str, now: datetime | None = None) -> Iterator[Finding]:
    """Whether a database's schedules change it, whoever made them. Raises Refused if there is none of that name."""
    told = serverless_clusters.one(cloud, name)
    name = str(told["DBClusterIdentifier"])
    try:
        changes = aurora_schedules.changing(cloud, name)
    except CloudError as problem:
        yield unknown("schedules", f"Whether a schedule changes {name} could not be looked at.", problem.what)
        return
    if not changes:
        yield broken(
            "schedules", f"No schedule changes {name}.", "ListSchedules",
            f"Set it up: {shell.handrail('run', 'database_hours', cluster=name)}",
        )  # fmt: skip
        return
    here = Situation(cloud, told, changes, now or datetime.now(UTC))
    for rule in RULES:
        yield from rule(here)


def _both(here: Situation) -> Iterator[Finding]:
    """Whether one wakes it and another lets it sleep, and no two do the same."""
    meant = [each for each in here.changes if each.cluster]
    wakes, sleeps = [each for each in meant if each.wakes], [each for each in meant if each.sleeps]
    names = ", ".join(f"{each.group}/{each.name}: {each.times}" for each in here.changes)
    if not wakes and meant:
        yield broken("schedules", f"Nothing wakes {here.name}: {names}.", SEEN, "Make the one of the morning again.")
    elif not sleeps and meant:
        sentence = f"Nothing lets {here.name} sleep again, so it is awake, and paid for, all the time: {names}."
        yield caution("schedules", sentence, SEEN, "Make the one of the evening again.")
    else:
        yield proved("schedules", f"{here.name} is changed by the clock: {names}.", "ListSchedules, GetSchedule")
    if len({each.group for each in here.changes}) > 1:
        yield caution(
            "twice", f"{here.name} is changed by schedules of several groups, which may undo each other's changes.",
            SEEN, "Keep those of one group.",
        )  # fmt: skip


def _each(here: Situation) -> Iterator[Finding]:
    """Whether each schedule is on, goes on, and says what AWS understands."""
    for each in here.changes:
        yield from _one(here, each)


def _one(here: Situation, each: Change) -> Iterator[Finding]:
    name = each.name
    if not each.on:
        yield broken(
            f"switched-off:{name}", f"The schedule {name} is switched off.", f"{SEEN}: DISABLED", "Switch it on."
        ).mended_by(repairs.switch_on(each, here.name))
    if (ends := each.told.get("EndDate")) and ends <= here.now:
        sentence = f"The schedule {name} ended on {ends:%Y-%m-%d}."
        yield broken(f"ended:{name}", sentence, f"{SEEN}: EndDate", "Give it a later end, or none.")
    if (begins := each.told.get("StartDate")) and begins > here.now:
        sentence = f"The schedule {name} begins on {begins:%Y-%m-%d}; until then it does nothing."
        yield waits(f"begins:{name}", sentence, f"{SEEN}: StartDate", "Wait, or give it an earlier beginning.")
    if each.when is None:
        yield unknown(
            f"times:{name}", f"When the schedule {name} comes cannot be told: {each.times}.", f"{SEEN}: no time of day"
        )
    elif day := each.when.skipped(here.now.date()):
        yield caution(
            f"clocks:{name}",
            f"On {day:%A, %Y-%m-%d} the clocks in {each.zone} skip {each.when.at:%H:%M}: the schedule {name} is left "
            "out that day.", "the clocks of its time zone", "Give it a time that comes every day.",
        )  # fmt: skip
    if not each.cluster:
        wrong = next((key for key in each.given if key.lower() == NAME.lower()), "")
        yield broken(
            f"input:{name}",
            f"The schedule {name} calls the cluster's name {wrong or 'nothing'}; it must be {NAME}, so each change "
            "fails.",
            f"{SEEN}: Target.Input", f"Write {NAME} in its input.",
        ).mended_by(repairs.say_name(each, here.name) if wrong else None)  # fmt: skip
    elif each.does == "limits" and each.limits is None:
        sentence = f"The schedule {name} sets limits that cannot be read."
        yield broken(f"input:{name}", sentence, f"{SEEN}: Target.Input", f"Give {LIMITS} a minimum and a maximum.")
    else:
        yield from _refused(here, each)
        if each.limits and here.status == "available":
            yield from _limits(here, each)


def _refused(here: Situation, each: Change) -> Iterator[Finding]:
    """Whether AWS refuses what it does, whenever it comes."""
    id = f"refused:{each.name}"
    try:
        why = rules.refused(here, each)
    except CloudError as problem:
        sentence = f"Whether AWS takes what the schedule {each.name} does was not looked at."
        yield unknown(id, sentence, problem.what, aside=True)
        return
    if why:
        remedy = "Let it set what AWS takes, or take it away."
        yield broken(id, f"The schedule {each.name} fails each time: {why}.", f"{SEEN}, DescribeDBClusters", remedy)


def _limits(here: Situation, each: Change) -> Iterator[Finding]:
    """Whether somebody chose other limits by hand, which the schedule will write over."""
    now, wanted = here.limits, each.limits
    assert wanted is not None, "only of those that set limits"
    meant = repairs.with_most_of(wanted, now)
    if meant.most != wanted.most:
        sentence = (
            f"The schedule {each.name} sets a maximum of {shown(wanted.most)} ACU, and {here.name} has "
            f"{shown(now.most)}: somebody changed it by hand, and the next change puts it back."
        )
    elif meant.pause != wanted.pause:
        usual = "" if wanted.pause else " (AWS's own, as it says none)"
        sentence = (
            f"The schedule {each.name} lets {here.name} sleep after {round((wanted.pause or 300) / 60)} quiet minutes"
            f"{usual}, and {here.name} has {round(now.pause / 60)}: the next change puts that back."
        )
        if (wanted.pause or 300) == now.pause:
            return
    else:
        return
    yield caution(
        f"limits:{each.name}",
        sentence,
        f"{SEEN}, DescribeDBClusters",
        "Let the schedule set what the database has now.",
    ).mended_by(repairs.say_limits(each, here.name, meant))


def _patient(here: Situation) -> Iterator[Finding]:
    """Whether a change that fails may still be tried when the other one has been."""
    dated = [each for each in here.changes if each.when and each.cluster]
    for each in dated:
        assert each.when is not None, "only of those whose times are known"
        came = each.when.before(here.now)
        others = [other.when.after(came) for other in dated if other.when and other.wakes != each.wakes]
        if others and each.patience > (min(others) - came).total_seconds():
            yield caution(
                f"late:{each.name}",
                f"A change of the schedule {each.name} that fails is tried again for {round(each.patience / 3600)} "
                "hours, and may come after the other one.", f"{SEEN}: RetryPolicy", "Give it fewer hours.",
            )  # fmt: skip


def _role(here: Situation) -> Iterator[Finding]:
    """Whether EventBridge Scheduler may take each role on, and whether that may change the database."""
    asked = dict[tuple[str, str], Change]()
    for each in here.changes:
        asked.setdefault((str(each.target.get("RoleArn") or ""), each.does), each)
    for (role, does), each in asked.items():
        action = ALLOWED[does]
        source = scheduler.group_arn(here.cloud.identity, each.group)
        worker = Worker(here.cloud, each.name, role, scheduler.SERVICE, source)
        needs, again = f"It needs {action} on {here.arn}.", "Make the schedules again, with a role of their own."
        found = list(taken_on(worker, f"role:{each.name}", needs=needs, again=again))
        yield from found
        if worker.found is None or isinstance(worker.found, CloudError):
            continue
        verdict, id = worker.found.may(action, here.arn), f"may-change:{each.name}"
        if verdict:
            yield proved(id, f"The role {worker.found.name} may change {here.name}.", f"{action}: its policies")
        elif verdict.answer is Answer.UNTOLD:
            sentence = f"Whether the role {worker.found.name} may change {here.name} cannot be told."
            yield unknown(id, sentence, open_questions(verdict))
        else:
            denied = "a statement denies it" if verdict.answer is Answer.FORBIDDEN else "no policy allows it"
            sentence = f"The role {worker.found.name} may not change {here.name}, so each change fails."
            yield broken(id, sentence, f"{action}: {denied}", needs)


def _failed(here: Situation) -> Iterator[Finding]:
    """Whether somebody would notice a change that failed, and whether one did."""
    queues_of = dict[str, Change]()
    for each in here.changes:
        queues_of.setdefault(str((each.target.get("DeadLetterConfig") or {}).get("Arn") or ""), each)
    for queue, each in queues_of.items():
        if not queue:
            sentence = f"The schedule {each.name} has no dead-letter queue: nobody notices a change that fails."
            yield caution(
                f"queue:{each.name}", sentence, f"{SEEN}: no DeadLetterConfig", "Give it a queue of Amazon SQS."
            )
            continue
        name = queue.rpartition(":")[2]
        try:
            count = queues.waiting(here.cloud, queue)
        except CloudError as problem:
            sentence = f"Whether a change failed could not be looked at, in the queue {name}."
            yield unknown(f"queue:{name}", sentence, problem.what, aside=True)
            continue
        if count is None:
            sentence = f"The queue {name} of what failed is not there: nobody notices a change that fails."
            yield caution(f"queue:{name}", sentence, "GetQueueUrl", "Make a queue of that name again.")
        elif count:
            many = f"{count} change{'s' if count > 1 else ''} failed"
            yield caution(
                f"failed:{name}", f"{many} in the last 14 days; AWS says why in the queue {name}.",
                "GetQueueAttributes",
                "Read them in the SQS console (Send and receive messages), and delete them then.",
            )  # fmt: skip
        elif (silent := _sender(here, each, queue)) is not None:
            yield unknown(
                f"queue:{name}", f"Whether a change failed cannot be told: the role {silent} may not put it into the "
                f"queue {name}.", f"sqs:SendMessage on {queue}: its policies",
                f"Allow the role sqs:SendMessage on {queue}.", aside=True,
            )  # fmt: skip
        else:
            yield proved(f"queue:{name}", "No change failed in the last 14 days.", f"GetQueueAttributes of {name}")


def _sender(here: Situation, each: Change, queue: str) -> str | None:
    """The role that is to put a change that failed into the queue, if its policies do not let it (EventBridge Scheduler
    User Guide, "Configuring a dead-letter queue", 2026-11)."""
    source = scheduler.group_arn(here.cloud.identity, each.group)
    found = Worker(here.cloud, each.name, str(each.target.get("RoleArn") or ""), scheduler.SERVICE, source).found
    if found is None or isinstance(found, CloudError):
        return None
    answer = found.may("sqs:SendMessage", queue).answer
    return found.name if answer in (Answer.FORBIDDEN, Answer.NOT_ALLOWED) else None


def _now(here: Situation) -> Iterator[Finding]:
    """Whether it is as the last change should have left it."""
    last = aurora_schedules.due(here.changes, here.now)
    if here.status not in ("available", "stopped"):
        yield unknown("state", f"{here.name} is busy: {here.status or 'no status'}.", "DescribeDBClusters")
        return
    if last and last.does != "limits" and last.set_before(here.now):
        yield _started_or_stopped(here, last)
        return
    if here.status == "stopped":
        yield _stopped(here, last)
        return
    came = last.last(here.now) if last else None
    if last is None or came is None:
        return
    if not last.set_before(here.now) or last.limits is None:
        yield likely(
            "state", f"No change has come yet; its minimum is {shown(here.limits.least)} ACU.", "DescribeDBClusters"
        )
        return
    since, wanted = local(came, last.zone), last.limits
    held = next((tag["Value"] for tag in here.told.get("TagList") or [] if tag["Key"] == UNTIL), "")
    if here.limits.least == wanted.least:
        yield proved("state", f"It is as the schedule {last.name} set it: {since}.", "DescribeDBClusters")
    elif held and here.limits.least > 0:
        yield proved("state", f"Somebody keeps it awake until {held}, beside its schedule.", f"its tag {UNTIL}")
    elif here.now < came + last.window:
        until = local(came + last.window, last.zone)
        yield likely(
            "state", f"The change of the schedule {last.name} may come until {until}; until then its minimum is "
            f"{shown(here.limits.least)} ACU.", f"{SEEN}: FlexibleTimeWindow",
        )  # fmt: skip
    elif wanted.least > 0:
        yield broken(
            "state", f"{here.name} should be awake since {since}, and its minimum is 0: the change failed, or somebody "
            "changed it by hand.", "DescribeDBClusters", f"Set its minimum to {shown(wanted.least)} ACU.",
        ).mended_by(repairs.set_now(here, wanted))  # fmt: skip
    else:
        yield caution(
            "state", f"{here.name} may sleep since {since}, and its minimum is {shown(here.limits.least)} ACU: the "
            "change failed, or somebody changed it by hand. It costs money until the next one.", "DescribeDBClusters",
            "Set its minimum to 0.",
        ).mended_by(repairs.set_now(here, wanted))  # fmt: skip


def _started_or_stopped(here: Situation, last: Change) -> Finding:
    """Whether it runs, where a schedule started it last, or is stopped, where one stopped it."""
    came = last.last(here.now)
    assert came is not None, "only of those that came"
    runs, seen, since = last.does == "start", f"DescribeDBClusters: {here.status}", local(came, last.zone)
    how = "runs" if here.status == "available" else "is stopped"
    if runs == (here.status == "available"):
        return proved("state", f"It {how}, as the schedule {last.name} set it: {since}.", seen)
    if here.now < came + last.window:
        until = local(came + last.window, last.zone)
        sentence = f"The change of the schedule {last.name} may come until {until}; until then {here.name} {how}."
        return likely("state", sentence, f"{SEEN}: FlexibleTimeWindow")
    if runs:
        return broken(
            "state", f"{here.name} should run since {since}, by the schedule {last.name}, and is stopped: the change "
            "failed, or somebody stopped it since.", seen, f"Start it: {_by_hand(here, 'start')}",
        )  # fmt: skip
    return caution(
        "state", f"{here.name} should be stopped since {since}, by the schedule {last.name}, and runs: the change "
        "failed, or it was started since. It costs money until the next one.", seen,
        f"Stop it: {_by_hand(here, 'stop')}",
    )  # fmt: skip


def _stopped(here: Situation, last: Change | None) -> Finding:
    """Of one that is stopped, and no schedule that is known to have come last did it."""
    on, seen, start = [each for each in here.changes if each.on], "DescribeDBClusters: stopped", _by_hand(here, "start")
    stopping = ", ".join(each.name for each in on if each.does == "stop")
    if stopping and any(each.when is None for each in on):
        return unknown(
            "state", f"{here.name} is stopped. Whether that is as it should be cannot be told, because not all times "
            "of its schedules can.", seen, f"If it should run: {start}",
        )  # fmt: skip
    if any(each.does == "start" for each in on):
        return likely("state", f"{here.name} is stopped, and no schedule has started it yet.", seen)
    by = "by hand" if not stopping else f"by hand or by the schedule {stopping}, and no schedule starts it"
    return broken(
        "state", f"{here.name} is switched off {by}: no schedule can change it, and each change fails.", seen,
        f"Start it: {start}",
    )  # fmt: skip


def _by_hand(here: Situation, what: str) -> str:
    return shell.aws("rds", f"{what}-db-cluster", db_cluster_identifier=here.name)


def _next(here: Situation) -> Iterator[Finding]:
    if text := aurora_schedules.next_text(here.changes, here.now):
        yield likely("next", text, "its schedules and the clocks of their time zone")


def _keeper(here: Situation) -> Iterator[Finding]:
    yield from keepers.told(here.name, here.name, here.told.get("TagList"))


RULES: tuple[Rule, ...] = (_both, _each, _patient, _role, _failed, _now, _next, _keeper)
"""In the order in which they are told."""
