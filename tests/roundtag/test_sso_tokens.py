"""ID tokens that are not good are refused; no provider is needed to make them."""

import base64
import hmac
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from roundtag.accounts.sso import Pending, SsoFailed, finish, protocol, wire
from roundtag.settings import current, read

ISSUER = "https://id.example.com"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})
PENDING = Pending("state", "nonce", "verifier")
GOOD = {"iss": ISSUER, "aud": "roundtag", "sub": "s-1", "nonce": "nonce", "email": "a@example.com",
        "preferred_username": "a"}  # fmt: skip


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A provider whose answers are what a test says; the token endpoint's is `sent["token"]`."""
    sent: dict[str, Any] = {}
    for name, value in (("OIDC_ISSUER", ISSUER), ("OIDC_CLIENT_ID", "roundtag")):
        monkeypatch.setenv(name, value)
    current.cache_clear()
    monkeypatch.setattr(protocol, "_provider", lambda: {
        "token_endpoint": "t", "jwks_uri": "k", "authorization_endpoint": "a",
        "userinfo_endpoint": "u"})  # fmt: skip
    keys = {"keys": [KEY.as_dict(private=False)]}
    monkeypatch.setattr(protocol, "get", lambda url, *_: keys if url == "k" else sent["info"])
    monkeypatch.setattr(protocol, "post", lambda *_: {"id_token": sent["token"]})
    yield sent
    current.cache_clear()


def token(key: Any = KEY, alg: str = "RS256", **changed: Any) -> str:
    now = int(time.time())
    claims = {**GOOD, "iat": now, "exp": now + 300, **changed}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "one"}, claims, key, algorithms=[alg])


def confused() -> str:
    """A token signed with the public key taken for a shared secret."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').decode().rstrip("=")
    signed = f"{head}.{token().split('.')[1]}"
    sign = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(sign).decode().rstrip('=')}"


def come(**answer: str) -> dict[str, Any]:
    return finish({"state": "state", "code": "c", **answer}, PENDING, "r")


def test_a_good_token_is_taken(configured: dict[str, Any]) -> None:
    configured["token"] = token()
    assert come()["sub"] == "s-1"
    assert come(iss=ISSUER)["email"] == "a@example.com"


@pytest.mark.parametrize("changed", [
    {"iss": "https://evil.example"}, {"iss": None}, {"aud": "another"}, {"aud": None},
    {"aud": ["roundtag", "another"]}, {"azp": "another"}, {"nonce": "x"}, {"nonce": None},
    {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}, {"exp": 1}, {"exp": None},
    {"iat": None}, {"iat": 2**40}, {"nbf": 2**40},
], ids=str)  # fmt: skip
def test_bad_claims_are_refused(configured: dict[str, Any], changed: dict[str, Any]) -> None:
    configured["token"] = token(**changed)
    with pytest.raises(SsoFailed):
        come()


def test_other_keys_and_algorithms_are_refused(configured: dict[str, Any]) -> None:
    """Attacks: a key of one's own, `none`, and HS256 with the public key as the secret."""
    head, body, sign = token().split(".")
    none = jwt.encode({"alg": "none"}, {**GOOD}, OctKey.import_key("x"), algorithms=["none"])
    for bad in (token(OTHER), confused(), none, f"{head}.{body}.", f"{head}.{body}",
                f"{head}.{body[:-2]}AA.{sign}", "", "x", "a.b.c", None):  # fmt: skip
        configured["token"] = bad
        with pytest.raises(SsoFailed):
            come()


def test_user_info_of_somebody_else_is_refused(configured: dict[str, Any]) -> None:
    configured["token"] = token(email=None)
    configured["info"] = {"sub": "s-2", "email": "b@example.com"}
    with pytest.raises(SsoFailed):
        come()
    configured["info"] = {"sub": "s-1", "email": "b@example.com", "nonce": "other"}
    assert come()["email"] == "b@example.com"


@pytest.mark.parametrize("url", [
    "http://id.example.com/keys", "file:///etc/passwd", "ftp://x/y", "http://127.0.0.1.evil/x", "",
])  # fmt: skip
def test_nothing_but_https_is_fetched(url: str) -> None:
    """Attack: a provider's document that names an address inside our network."""
    with pytest.raises(SsoFailed):
        wire.get(url)


@pytest.mark.parametrize(("env", "word"), [
    ({"OIDC_ISSUER": "http://id.example.com", "OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER"),
    ({"OIDC_ISSUER": ISSUER}, "OIDC_CLIENT_ID"),
    ({"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET_FILE": "/nowhere/x"},
     "OIDC_CLIENT_SECRET_FILE"),
])  # fmt: skip
def test_settings_name_what_is_wrong(env: dict[str, str], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        read(env)


def test_the_secret_is_not_in_the_settings_words() -> None:
    settings = read({"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "s3cret"})
    assert settings.oidc_client_secret == "s3cret"
    assert "s3cret" not in repr(settings)
