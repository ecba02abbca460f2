"""Why AWS did not answer, in one sentence without secrets, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from checker.errors import SourceError
from checker.record import dataclass

Ask = Callable[..., Iterator[Mapping[str, Any]]]
"""Sends one operation to AWS and yields the pages of its answer; raises RefusedError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of refusal: why, what to do, and whether every further request would meet it too."""

    why: str
    hint: str
    everywhere: bool = True


class RefusedError(SourceError):
    """AWS refused one request; `code` is AWS's own word for the reason."""

    def __init__(self, fault: Fault, code: str = "") -> None:
        super().__init__(f"{fault.why}. {fault.hint}")
        self.fault = fault
        self.code = code

    @property
    def why(self) -> str:
        return self.fault.why

    @property
    def hint(self) -> str:
        return self.fault.hint

    @property
    def everywhere(self) -> bool:
        return self.fault.everywhere


_SIGN_IN = "Sign in again, for instance with `aws sso login`"
_CLOCK = Fault(why="the clock of this machine differs from that of AWS", hint="Set the clock")
_EXPIRED = Fault(why="the credentials have expired", hint=_SIGN_IN)
_UNKNOWN_KEY = Fault(
    why="AWS does not know these credentials",
    hint="Sign in again; for credentials of another partition, set AWS_REGION to one of its regions",
)
_SSO = Fault(why="the SSO session has expired or was never begun", hint="Run `aws sso login` for this profile")
_LOGIN = Fault(why="the login session has expired or was never begun", hint="Run `aws login` for this profile")
_THROTTLED = Fault(
    why="AWS throttled the requests to the end", hint="Try again later, when less else asks AWS about this account"
)
_BROKEN = Fault(why="AWS could not answer", hint="Try again later", everywhere=False)
_NETWORK = Fault(why="AWS could not be reached", hint="Check the network, the proxy and AWS_ENDPOINT_URL")
_NO_CREDENTIALS = Fault(
    why="there are no AWS credentials",
    hint="Give --profile NAME, set AWS_PROFILE, or sign in with `aws sso login`",
)
_NOT_AWS = Fault(why="what answered is not AWS", hint="Check the proxy and AWS_ENDPOINT_URL")
_HALF = Fault(why="the AWS credentials are not whole", hint="Set the access key id and the secret access key together")
_PROVIDER = Fault(
    why="what the AWS configuration names as the source of the credentials does not give any",
    hint="Run the credential_process of the profile by hand, or sign in with `aws sso login`",
)
_FILE = Fault(
    why="a file that the AWS configuration names cannot be read",
    hint="Check web_identity_token_file and the other files in ~/.aws/config and the AWS_ variables of the environment",
)
_TOKEN = Fault(
    why="AWS does not take the web identity token",
    hint="Check the token, its audience, and the identity provider in the account of the role",
)
_CONFIG = Fault(why="the AWS configuration cannot be used", hint="Check ~/.aws/config and the AWS_ variables of the environment")
_REGION = Fault(why="no usable AWS region is set", hint="Set AWS_REGION, or a region in the profile")
_NO_ORGANIZATION = Fault(
    why="this account is in no organization",
    hint="Leave --organization out, or use credentials of the management account",
)

_BY_CODE: Mapping[str, Fault] = {
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"), _EXPIRED),
    **dict.fromkeys(("RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"), _CLOCK),
    **dict.fromkeys(("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"), _UNKNOWN_KEY),
    **dict.fromkeys(("SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"), _UNKNOWN_KEY),
    **dict.fromkeys(("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException"), _THROTTLED),
    **dict.fromkeys(("RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown"), _THROTTLED),
    **dict.fromkeys(("ServiceFailure", "ServiceUnavailable", "InternalFailure", "InternalError", "500", "502", "503"), _BROKEN),
    "AWSOrganizationsNotInUseException": _NO_ORGANIZATION,
    "RegionDisabledException": _REGION,
    "ParentNotFoundException": Fault(why="this organization has no such OU", hint="Check --ou and --skip-ou"),
    **dict.fromkeys(("InvalidIdentityToken", "IDPRejectedClaim"), _TOKEN),
}
_DENIED = ("AccessDenied", "AccessDeniedException", "ForbiddenException", "UnauthorizedOperation", "AuthorizationError")

_ON_THE_WAY: Mapping[str, str] = {
    "AssumeRole": "sts:AssumeRole",
    "AssumeRoleWithWebIdentity": "sts:AssumeRoleWithWebIdentity",
    "GetRoleCredentials": "sso:GetRoleCredentials",
}
"""What botocore asks by itself for the credentials that a profile or the environment names, and the permission for it."""

_ROLES: Mapping[str, str] = {
    "sts:AssumeRole": "Let its trust policy name the caller, allow the caller sts:AssumeRole, and give the external id that it "
    "asks for (--external-id, or external_id in the profile)",
    "sts:AssumeRoleWithWebIdentity": "Let its trust policy name the identity provider, and the token's audience and subject",
    "sso:GetRoleCredentials": "Check sso_account_id and sso_role_name in the profile, and who is assigned to them",
}
"""What to do where a role is not given."""

_BY_CLASS: Mapping[str, Fault] = {
    **dict.fromkeys(
        ("SSOError", "UnauthorizedSSOTokenError", "SSOTokenLoadError", "TokenRetrievalError", "NoAuthTokenError"), _SSO
    ),
    "LoginError": _LOGIN,
    "NoCredentialsError": _NO_CREDENTIALS,
    "PartialCredentialsError": _HALF,
    "CredentialRetrievalError": _PROVIDER,
    "OSError": _FILE,
    "ProfileNotFound": Fault(
        why="there is no such profile in the AWS configuration", hint="`aws configure list-profiles` shows them"
    ),
    **dict.fromkeys(("NoRegionError", "InvalidRegionError", "UnknownRegionError"), _REGION),
    **dict.fromkeys(("ConfigParseError", "ConfigNotFound", "InvalidConfigError", "InfiniteLoopConfigError"), _CONFIG),
    "RefreshWithMFAUnsupportedError": _EXPIRED,
    "MetadataRetrievalError": _NO_CREDENTIALS,
    **dict.fromkeys(("HTTPClientError", "ConnectionError", "SSLError", "TimeoutError", "gaierror"), _NETWORK),
    **dict.fromkeys(("ResponseParserError", "LookupError"), _NOT_AWS),
    "ParamValidationError": Fault(
        why="a name or an ARN in the request is not one", hint="Check --role-arn, --role-name and --external-id"
    ),
}


def refused(error: BaseException, permission: str) -> RefusedError:
    """The refusal that an error of botocore means; `permission` is the action that was tried, as policies name it."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping) and isinstance(response.get("Error"), Mapping):
        return _from_answer(response, _ON_THE_WAY.get(getattr(error, "operation_name", ""), permission))
    kinds = [kind.__name__ for kind in type(error).__mro__]
    fault = next((_BY_CLASS[name] for name in kinds if name in _BY_CLASS), _CONFIG)
    return RefusedError(fault, kinds[0])


def mfa_needed(profile: str) -> RefusedError:
    """Keyturn asks no questions, so a profile that wants a code cannot be used as it stands."""
    hint = f'Run `eval "$(aws configure export-credentials --profile {profile} --format env)"`, and leave --profile out'
    return RefusedError(Fault(why=f"the profile {profile} asks for an MFA code", hint=hint), "MFA")


def _from_answer(response: Mapping[str, Any], permission: str) -> RefusedError:
    code = str(response["Error"].get("Code") or "an error without a code")
    message = str(response["Error"].get("Message") or "")
    if code in _DENIED:
        said = re.search(r"not authorized to perform: (kms:[A-Za-z]{3,40})\b", message)
        return RefusedError(_denied(said[1] if said else permission, message), code)
    if re.search("Signature expired|Signature not yet current|not within the allowed", message):
        return RefusedError(_CLOCK, code)
    fault = _BY_CODE.get(code) or _by_status(response) or _other(code, permission)
    return RefusedError(fault, code)


def _by_status(response: Mapping[str, Any]) -> Fault | None:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if status == 429:
        return _THROTTLED
    return _BROKEN if isinstance(status, int) and status >= 500 else None


def _denied(permission: str, message: str) -> Fault:
    """AWS says in the message who denies, and only that is taken from it."""
    by = next((f" by {words}" for words in _DENIERS if words in message), "")
    if permission in _ROLES:
        return Fault(why=f"the role cannot be assumed: {permission} is denied{by}", hint=_ROLES[permission])
    hint = f"Allow {permission} to the role or user that asks"
    if permission.startswith("organizations:"):
        hint = f"Use credentials of the management account or of a delegated administrator, and allow {permission}"
    return Fault(why=f"{permission} is denied{by}", hint=hint, everywhere=False)


_DENIERS = ("a service control policy", "a resource control policy", "a permissions boundary", "a session policy")


def _other(code: str, permission: str) -> Fault:
    word = code if re.fullmatch(r"[A-Za-z.]{1,80}|\d{3}", code) else "an error without a name"  # a token has digits
    return Fault(why=f"AWS answered {word} to {permission}", hint="Try again later", everywhere=False)
