"""The code flow with PKCE, state and nonce (OpenID Connect Core 3.1, RFC 7636, RFC 9207).

The libraries are read at the first use: they are a tenth of what a start takes, and most
installations have no single sign-on.
"""

import hmac
import secrets
from dataclasses import asdict, dataclass
from functools import lru_cache
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from roundtag.accounts.sso.wire import failed, get, post
from roundtag.settings import current

SCOPE = "openid profile email"
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
             "EdDSA", "Ed25519")  # fmt: skip
LEEWAY = 120
FRESH = 3600.0


@dataclass(frozen=True)
class Pending:
    """What a browser keeps between going away and coming back."""

    state: str
    nonce: str
    verifier: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def is_on() -> bool:
    return current().oidc_issuer is not None


def begin(redirect_uri: str, again: bool) -> tuple[str, Pending]:
    """Where to send the browser. `again`: ask there for the password even if somebody is in."""
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    pending = Pending(*(secrets.token_urlsafe(32) for _ in range(3)))
    query = {
        "response_type": "code", "client_id": current().oidc_client_id, "scope": SCOPE,
        "redirect_uri": redirect_uri, "state": pending.state, "nonce": pending.nonce,
        "code_challenge": create_s256_code_challenge(pending.verifier),
        "code_challenge_method": "S256", **({"prompt": "login"} if again else {}),
    }  # fmt: skip
    address = str(_provider()["authorization_endpoint"])
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", pending


def finish(answer: dict[str, str], pending: Pending | None, redirect_uri: str) -> dict[str, Any]:
    """The claims about who came back. Raises SsoFailed for whatever is not as it was asked for."""
    if pending is None or not hmac.compare_digest(
        answer.get("state", "").encode(), pending.state.encode()
    ):
        raise failed("the state is not of this browser")
    if "iss" in answer and answer["iss"] != current().oidc_issuer:
        raise failed("the answer is of another issuer")
    if "code" not in answer:
        raise failed(f"no code came back ({answer.get('error', '')[:60]!r})")
    order = {"grant_type": "authorization_code", "code": answer["code"],
             "redirect_uri": redirect_uri, "code_verifier": pending.verifier}  # fmt: skip
    client = current().oidc_client_id, current().oidc_client_secret
    tokens = post(_provider()["token_endpoint"], order, client)
    return _with_userinfo(_claims(tokens, pending.nonce), tokens)


def _claims(tokens: dict[str, Any], nonce: str) -> dict[str, Any]:
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    settings = current()
    options = {"iss": {"essential": True, "value": settings.oidc_issuer},
               "aud": {"essential": True, "value": settings.oidc_client_id},
               "nonce": {"essential": True, "value": nonce}}  # fmt: skip
    params = {"nonce": nonce, "client_id": settings.oidc_client_id,
              "access_token": tokens.get("access_token")}  # fmt: skip
    try:
        keys = KeySet.import_key_set(get(_provider()["jwks_uri"]))  # type: ignore[arg-type]
        token = jwt.decode(str(tokens.get("id_token")), keys, algorithms=list(SIGNED_BY))
        found = CodeIDToken(token.claims, token.header, options, params)
        found.validate(leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise failed(f"the ID token is not good: {error}") from error
    if not isinstance(found["sub"], str) or not 0 < len(found["sub"]) <= 255:
        raise failed("the subject is no text")
    return dict(found)


def _with_userinfo(claims: dict[str, Any], tokens: dict[str, Any]) -> dict[str, Any]:
    """Providers may keep names and addresses out of the ID token: then they are asked for."""
    wanted = {"email", current().oidc_username_claim}
    where = _provider().get("userinfo_endpoint")
    if wanted <= set(claims) or not where:
        return claims
    more = get(where, str(tokens.get("access_token", "")))
    if more.get("sub") != claims["sub"]:
        raise failed("the user info is about somebody else")
    return {**more, **claims}


def _provider() -> dict[str, Any]:
    return _discovered(current().oidc_issuer or "", int(monotonic() // FRESH))


@lru_cache(maxsize=2)
def _discovered(issuer: str, _hour: int) -> dict[str, Any]:
    found = get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise failed("the provider calls itself by another name than OIDC_ISSUER")
    if missing := {"authorization_endpoint", "token_endpoint", "jwks_uri"} - set(found):
        raise failed(f"the provider publishes no {', '.join(sorted(missing))}")
    return found
