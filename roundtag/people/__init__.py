"""People, their grants, and the browsers they are signed in with."""

from roundtag.people.adding import (
    LOCALES,
    AddPerson,
    SetLocale,
    add_person,
    any_exists,
    name,
    names,
    set_locale,
)
from roundtag.people.passwords import MIN_PASSWORD
from roundtag.people.rights import actor_of, granted, holders, holding, working_for
from roundtag.people.sessions import (
    SESSION_IDLE,
    SESSION_LIFE,
    SignedIn,
    end_sessions,
    open_session,
    session,
    sign_out,
    token_hash,
)

__all__ = [
    "LOCALES", "MIN_PASSWORD", "SESSION_IDLE", "SESSION_LIFE", "AddPerson", "SetLocale", "SignedIn",
    "actor_of", "add_person", "any_exists", "end_sessions", "granted", "holders", "holding", "name",
    "names", "open_session", "session", "set_locale", "sign_out", "token_hash", "working_for",
]  # fmt: skip
