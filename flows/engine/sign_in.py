"""The ways into an account: credentials found by botocore, single sign-on with a code, MFA.

botocore finds, refreshes and keeps credentials as it does everywhere. What it leaves to the AWS CLI is done here,
the CLI's way: the device authorization of IAM Identity Center (IAM Identity Center OIDC API Reference, 2026-10),
whose token goes into the very file that botocore and the CLI read. Nothing else is kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from ..place import Place
from .misfortunes import configuration
from .problems import CodeNeeded, NoAccess, NotChosen, Problem, Unreachable
from .profiles import Kind, Profile, chain, known_profiles, source

if TYPE_CHECKING:
    from .cloud import Identity

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = "sso:account:access"
"""What a sign-in may be used for if the profile does not say; with it, AWS lets the sign-in renew itself."""
SLOWER = 5
"""Seconds that each "slow down" adds (RFC 8628, section 3.5)."""


# -- opening ---------------------------------------------------------------------------------------------------


def open_session(place: Place, code: str = "") -> Any:
    """A boto3 session for a profile. Its first call that needs a code takes `code`, and CodeNeeded rises without one.

    Raises:
        NoAccess: there is no such profile, or the configuration cannot be read.
    """
    import boto3
    from botocore.exceptions import ProfileNotFound

    from .descriptions import quick

    if place.endpoint_url:  # botocore asks these on its own to get the credentials
        for service in ("STS", "SSO", "SSO_OIDC"):
            os.environ.setdefault(f"AWS_ENDPOINT_URL_{service}", place.endpoint_url)
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
        # botocore would read the code from the terminal, in the middle of a screen, or of nothing at all
        session._session.get_component("credential_provider").get_provider("assume-role")._prompter = answer
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
    if (sso := _sso(config, session.profile_name)) is None:
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
class Door:
    """Where to sign in.

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
        sso = _sso(config, profile)
        if sso is None:
            raise NoAccess(f"The profile “{profile}” does not say where to sign in.", remedy="See `aws configure sso`.")
        return DeviceSignIn(session, sso)


@dataclass(frozen=True)
class _Sso:
    """Where single sign-on happens, and under which name its token is kept."""

    start_url: str
    region: str
    session: str | None
    scopes: tuple[str, ...]

    def _loader(self) -> Any:
        from botocore.credentials import SSOProvider
        from botocore.utils import JSONFileCache, SSOTokenLoader

        where: Any = SSOProvider
        return SSOTokenLoader(cache=JSONFileCache(where._SSO_TOKEN_CACHE_DIR))

    def token(self) -> Mapping[str, Any]:
        """What is kept; empty if nothing is."""
        from botocore.exceptions import SSOTokenLoadError

        try:
            found: Mapping[str, Any] = self._loader()(self.start_url, session_name=self.session)
        except SSOTokenLoadError:
            return {}
        return found

    def keep(self, token: Mapping[str, Any]) -> None:
        self._loader().save_token(self.start_url, token, session_name=self.session)


def _sso(config: Mapping[str, Any], profile: str) -> _Sso | None:
    for settings in chain(config, profile).values():
        name = settings.get("sso_session")
        place = config.get("sso_sessions", {}).get(name, {}) if name else settings
        if "sso_start_url" in place and "sso_region" in place:
            scopes = place.get("sso_registration_scopes", SCOPES if name else "")
            listed = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
            return _Sso(place["sso_start_url"], place["sso_region"], name, listed)
    return None


class DeviceSignIn:
    """One attempt to sign in on a page that can be opened on any device.

    Attributes:
        page: the page's address.
        link: the same with the code in it.
        code: what the page must show, or be given.
        interval: seconds to wait before each `done`.
        seconds: how long the code is good for.
    """

    def __init__(self, session: Any, sso: _Sso) -> None:
        from botocore import UNSIGNED
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        self._sso = sso
        config = Config(region_name=sso.region, signature_version=UNSIGNED, connect_timeout=10, read_timeout=30)
        try:
            self._client: Any = session.create_client("sso-oidc", config=config)
            scopes = {"scopes": list(sso.scopes)} if sso.scopes else {}
            name = f"handrail-{int(_now().timestamp())}"
            self._us = self._client.register_client(clientName=name, clientType="public", **scopes)
            begun = self._client.start_device_authorization(**self._ours(), startUrl=sso.start_url)
        except ClientError as error:
            raise _refused(error, sso) from None
        except BotoCoreError as error:
            raise _unreachable(error, sso) from None
        self.page, self.link = str(begun["verificationUri"]), str(begun["verificationUriComplete"])
        self.code, self._device = str(begun["userCode"]), begun["deviceCode"]
        self.interval, self.seconds = float(begun.get("interval", SLOWER)), int(begun["expiresIn"])

    def _ours(self) -> dict[str, Any]:
        return {"clientId": self._us["clientId"], "clientSecret": self._us["clientSecret"]}

    def done(self) -> bool:
        """Whether somebody has said yes there; then the sign-in is kept where botocore looks for it. Raises Problem."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            token = self._client.create_token(**self._ours(), grantType=GRANT, deviceCode=self._device)
        except ClientError as error:
            match error.response.get("Error", {}).get("Code"):
                case "AuthorizationPendingException":
                    return False
                case "SlowDownException":
                    self.interval += SLOWER
                    return False
                case "ExpiredTokenException":
                    raise NoAccess("The code has run out.", remedy="Ask for a new one.") from None
                case _:
                    raise _refused(error, self._sso) from None
        except BotoCoreError as error:
            raise _unreachable(error, self._sso) from None
        until = datetime.fromtimestamp(self._us["clientSecretExpiresAt"], UTC)
        kept = {
            "startUrl": self._sso.start_url, "region": self._sso.region, "accessToken": token["accessToken"],
            "expiresAt": _stamp(_now() + timedelta(seconds=token["expiresIn"])), **self._ours(),
            "registrationExpiresAt": _stamp(until),
        }  # fmt: skip
        if token.get("refreshToken"):
            kept["refreshToken"] = token["refreshToken"]
        try:
            self._sso.keep(kept)
        except OSError as error:
            raise NoAccess("The sign-in cannot be kept in ~/.aws/sso/cache.", str(error)) from None
        return True


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _refused(error: Any, sso: _Sso) -> Problem:
    said = error.response
    why = str(said.get("error_description") or said.get("Error", {}).get("Message", "")) or str(error)
    if said.get("Error", {}).get("Code") == "AccessDeniedException":
        return NoAccess("The sign-in was refused on the page.", why, "Ask for a new code, and say yes to it there.")
    remedy = "Check sso_start_url and sso_region in ~/.aws/config."
    return NoAccess(f"Single sign-on at {sso.start_url} ({sso.region}) refused to begin.", why, remedy)


def _unreachable(error: Exception, sso: _Sso) -> Problem:
    return Unreachable(
        f"Single sign-on in {sso.region} cannot be reached.", str(error), "Check the network, a proxy, and sso_region."
    )
