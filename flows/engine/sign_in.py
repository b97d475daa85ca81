"""The ways into an account: credentials found by botocore, single sign-on with a code, MFA.

botocore finds, refreshes and keeps credentials as it does everywhere; nothing of that is done here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from ..place import Place
from .cloud import Identity
from .device_code import DeviceSignIn, single_sign_on
from .endpoints import pin, settled
from .problems import CodeNeeded, NoAccess, NotChosen, Problem
from .profiles import Kind, Profile, chain, known_profiles, source
from .tokens import keep
from .transport import configuration

# -- opening ---------------------------------------------------------------------------------------------------


def open_session(place: Place, code: str = "") -> Any:
    """A boto3 session for a profile. Its first call that needs a code takes `code`, and CodeNeeded rises without one.

    Raises:
        NoAccess: there is no such profile, or the configuration cannot be read.
    """
    import boto3
    from botocore.exceptions import ProfileNotFound

    from .service_models import quick

    codes = [code] if code else []

    def answer(prompt: str) -> str:
        if not codes:
            raise CodeNeeded(prompt.removeprefix("Enter MFA code for ").rstrip(": "))
        return codes.pop()

    try:
        # boto3 itself reads AWS_DEFAULT_REGION only; the AWS CLI and the other SDKs put AWS_REGION first
        region = place.region or os.environ.get("AWS_REGION") or None
        session: Any = boto3.Session(profile_name=place.profile or None, region_name=region)
        quick(session._session.get_component("data_loader"))
        if session.region_name:  # before credentials are thought of: those who get them ask there, too
            where = settled(place, session)
            pin(session, where)
            keep(session, where)
        # botocore would read the code from the terminal, in the middle of a screen, or of nothing at all
        session._session.get_component("credential_provider").get_provider("assume-role")._prompter = answer
    except Problem:
        raise
    except ProfileNotFound as missing:
        what = f"There is no AWS profile called “{missing.kwargs['profile']}”."
        if known := known_profiles():
            raise NotChosen(what, remedy=f"Known profiles: {known}.", lacks="profile") from None
        raise NoAccess(what, remedy="Make one with `aws configure sso`.") from None
    except Exception as error:  # whatever a setting is not: BotoCoreError, ValueError, OSError
        raise configuration(error) from None
    return session


def ends(session: Any) -> datetime | None:
    """When a person will have to sign in again; None where that is never, or unknown."""
    credentials: Any = session.get_credentials()
    if credentials is None or credentials.method in ("env", "explicit"):  # no profile's
        return None
    config = session._session.full_config
    until: datetime | None = getattr(credentials, "_expiry_time", None)
    if any("mfa_serial" in settings for settings in chain(config, session.profile_name).values()):
        return until
    if (sso := single_sign_on(config, session.profile_name)) is None:
        return None
    token = sso.token()
    if "refreshToken" in token or (signed_in := _moment(token.get("expiresAt"))) is None:
        return None
    return max(signed_in, until) if until else signed_in  # the keys of a role may outlive the sign-in


def where_from(session: Any) -> Profile:
    """The profile that the session's credentials come from in the end."""
    try:
        return source(session._session.full_config, session.profile_name)
    except Exception:  # a configuration that cannot be read: that is told elsewhere
        return Profile(session.profile_name, Kind.SETTINGS)


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text).replace("UTC", "+00:00").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# -- signing in ------------------------------------------------------------------------------------------------


class Renewable(Protocol):
    """An account whose credentials can be read afresh."""

    @property
    def identity(self) -> Identity: ...

    def renew(self, profile: str = "", code: str = "") -> None: ...


@dataclass(frozen=True)
class ProfileDoor:
    """Where a profile signs in: what a `SignInNeeded` has as its door.

    Args:
        account: the account that needs it.
        profile: whose credentials; empty for the usual ones.
        other: the same, if it is not the account's own profile but one that a single call is made with.
    """

    account: Renewable
    profile: str
    other: str = ""

    @property
    def ends(self) -> datetime | None:
        """When signing in will be needed again; None where that is never, or unknown."""
        return self.account.identity.ends

    def enter(self, code: str = "") -> None:
        """Try the credentials as they are now, with the code of an MFA device if need be. Raises Problem."""
        self.account.renew(self.other, code)

    def device(self) -> DeviceSignIn:
        """Begin to sign in with a page and a code. Raises Problem."""
        import botocore.session
        from botocore.exceptions import BotoCoreError

        session: Any = botocore.session.Session(profile=self.profile or None)
        try:
            config = session.full_config
            profile = self.profile or session.get_config_variable("profile") or "default"
        except BotoCoreError as error:
            raise NoAccess("Your AWS configuration cannot be read.", str(error)) from None
        sso = single_sign_on(config, profile)
        if sso is None:
            raise NoAccess(f"The profile “{profile}” does not say where to sign in.", remedy="See `aws configure sso`.")
        return DeviceSignIn(session, sso)
