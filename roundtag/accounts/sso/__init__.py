"""Single sign-on by OpenID Connect: another server says who somebody is; we say what they may."""

from roundtag.accounts.sso.linking import arrive, link_sso
from roundtag.accounts.sso.protocol import Pending, begin, finish, is_on
from roundtag.accounts.sso.wire import SsoFailed

__all__ = ["Pending", "SsoFailed", "arrive", "begin", "finish", "is_on", "link_sso"]
