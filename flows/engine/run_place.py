"""Where a draft or run lives: it is gone on with, and taken back, where it was begun."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..place import Place
from .actions import Action
from .calls import Call
from .clock import Clock, RealClock
from .cloud import Cloud
from .endpoints import OWN, SIGN_IN, addresses
from .journal import Record, Run
from .plan import Plan
from .problems import CloudError, Denied, NoAccess, Refused, Unplaced
from .sending import Carrier
from .undo_plan import Entry, Restore

EVERYWHERE = ("cloudfront.", "cloudtrail.", "iam.", "organizations.", "route53.", "s3.", "sts.")
"""Services whose things are found from every region: that they are found tells of none."""


def again(record: Record, said: Place) -> Place:
    """Where to go on with a draft or run: where it was begun.

    Args:
        record: what is written of it.
        said: what the command line says. It says who to be, and whether anything may be changed; where to be it may
            only say where nobody wrote that down.

    Raises Unplaced if neither says in which region.
    """
    kept = replace(record.place, read_only=said.read_only)
    if kept.practice:
        return kept.practising()
    region = kept.region or said.region
    if not region:
        raise Unplaced(f"{record.id} was made by an early Handrail, which did not write down in which region.")
    address = kept.endpoint_url or ("" if kept.partition else said.endpoint_url)
    profile = said.profile or kept.profile
    return replace(kept, profile=profile, region=region, endpoint_url=address)


def practice_alone(said: Place) -> None:
    """Refuse a profile or an address that is said of practice, which knows neither.

    Raises:
        NoAccess: a profile: it is always the company's account.
        Refused: an address.
    """
    if said.profile:
        what = f"Practice is always in the company's account, and --profile says {said.profile}."
        raise NoAccess(what, remedy="Leave out --profile. What partner leads to there is reached by answers alone.")
    if said.endpoint_url:
        what = f"Practice is asked at no address, and --endpoint-url says {said.endpoint_url}."
        raise Refused(what, remedy="Leave out --endpoint-url, or --practice.")


def insist(record: Record, said: Place) -> None:
    """Refuse what the command line says of where a draft or run is, where it is somewhere else.

    Raises:
        Refused: another region, or another address.
        NoAccess: another account: that of practice, the real one, or that of a profile where practice has none.
    """
    kept, run = record.place, record.id
    if said.practice and not kept.practice:
        where = f"account {record.account}" if record.account else "a real account"
        raise NoAccess(f"{run} is in {where}, not in practice.", remedy="Leave out --practice.")
    if kept.practice:
        practice_alone(replace(said, endpoint_url=""))
    if said.region and kept.region and said.region != kept.region:
        what = f"{run} is in {kept.region}, and --region says {said.region}."
        raise Refused(what, remedy=f"Leave out --region: it is gone on with in {kept.region}.")
    known = kept.practice or kept.partition or kept.endpoint_url
    elsewhere = any(id not in SIGN_IN for id, _ in kept.endpoints)  # the flag says nothing of where one signs in
    same = said.endpoint_url.rstrip("/") == kept.endpoint_url.rstrip("/") and not elsewhere
    if said.endpoint_url and known and not same:
        there = " and ".join(addresses(kept.endpoint_url, kept.endpoints)) or OWN
        at = "in practice" if kept.practice else f"at {there}"
        what = f"{run} is {at}, and --endpoint-url says {said.endpoint_url}."
        raise Refused(what, remedy="Leave out --endpoint-url: it is gone on with where it is.")


def same_account(record: Record, cloud: Cloud) -> None:
    """Refuse to go on with a draft or run in another account. Raises NoAccess."""
    here, made_in = cloud.identity, record.account
    remedy = "Choose a profile of that account with --profile."
    if made_in and here.account != made_in:
        raise NoAccess(
            f"{record.id} belongs to account {made_in}, but you are signed in to {here.account}.", "", remedy
        )
    if (kept := record.place.partition) and here.partition != kept:
        raise NoAccess(
            f"{record.id} belongs to the partition {kept}, but you are signed in to {here.partition}.", "", remedy
        )


def accounts_of(plan: Plan, cloud: Cloud) -> dict[str, str]:
    """The number of the account that each profile in a plan leads to. Raises CloudError."""
    return {profile: _account_of(profile, cloud) for profile in _profiles(plan.actions)}


def same_accounts(actions: Iterable[Action], carrier: Carrier) -> None:
    """Refuse to do anything with a profile that led to another account when this began. Raises CloudError."""
    plan = carrier.run.plan
    assert plan is not None, "only a confirmed run is carried out"
    for profile in _profiles(actions):
        made_in = plan.accounts.get(profile)
        if made_in and (here := _account_of(profile, carrier.cloud)) != made_in:
            what = f"The profile “{profile}” led to account {made_in} when this run began, and leads to {here} now."
            raise NoAccess(what, "Nothing is done there.", "Let it lead there again, and repeat this.")


def _profiles(actions: Iterable[Action]) -> list[str]:
    named = (call.profile for action in actions for call, _ in action.calls())
    return list(dict.fromkeys(profile for profile in named if profile))


def _account_of(profile: str, cloud: Cloud) -> str:
    return str(cloud.make(Call("sts.GetCallerIdentity", profile=profile)).get("Account", ""))


def found_there(run: Run, plan: Plan, cloud: Cloud, clock: Clock | None = None) -> None:
    """See that something of a run is where somebody says that it is, before anything is sent there. Only reads.

    Raises:
        Unplaced: nothing of it is.
        NoAccess: it could not be looked for.
    """
    here = cloud.identity
    carrier = Carrier(run, cloud, lambda _: None, threading.Event(), clock or RealClock())
    traces = list(_traces(run, plan))
    telling = [action for action in traces if not _look(action).region and not _everywhere(_look(action))]
    elsewhere = set() if telling else _named(plan, here.account) - {here.region}
    if elsewhere or (traces and not any(_is_there(action, carrier) for action in telling or traces)):
        why = f"It speaks of {', '.join(sorted(elsewhere))}." if elsewhere else ""
        raise Unplaced(f"Nothing of {run.id} was found in {here.region}, so nothing was done.", why)


def _traces(run: Run, plan: Plan) -> Iterator[Action]:
    """What this run has begun, and what can be looked for."""
    for action in plan.actions:
        begun = run.status(action.id) not in ("", "refused", "undone") and run.facts(action.id).get("created", True)
        if begun and (action.find or isinstance(action.undo, Restore | Entry)):
            yield action


def _everywhere(call: Call) -> bool:
    return call.operation.startswith(EVERYWHERE)


def _named(plan: Plan, account: str) -> set[str]:
    """The regions that the names of things in a plan tell, but for the one where a certificate may have to be."""
    arn = re.compile(rf"arn:[\w-]+:[\w-]+:([a-z]+(?:-[a-z]+)+-\d):{account}:")
    return set(arn.findall(repr([action for action in plan.actions if not action.call.region]))) - {"us-east-1"}


def _look(action: Action) -> Call:
    if action.find:
        return action.find.look
    assert isinstance(action.undo, Restore | Entry), "what leaves no trace is not looked for"
    return action.undo.read


def _is_there(action: Action, carrier: Carrier) -> bool:
    """Whether it can be seen from here; what AWS refuses to tell is not seen. Raises NoAccess."""
    try:
        if action.find:
            return carrier.search(action.find) is not None
        carrier.cloud.make(_look(action).fill(carrier.resolve))
    except Denied:
        return False
    except NoAccess:
        raise
    except (CloudError, KeyError):  # a KeyError: what it belongs to was never made
        return False
    return True
