"""How people prove who they are, beside a password."""

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.people import Person


class SecondFactor(Base):
    """What an authenticator app shares with us, encrypted under a key outside the database.

    In no log, for the reason of `SealKey`; that there is one, `Person.second_factor_at` tells.
    """

    person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
    secret = TextField()
    last_step = IntegerField(default=0)
    """The time step of the last code that was taken: no code is taken twice."""


class RecoveryCode(Base):
    """A code for who lost the app: Argon2id of it, used once."""

    person = ForeignKeyField(Person, on_delete="CASCADE")
    code_hash = TextField()
    used_at = UtcField(null=True)


class KnownBrowser(Base):
    """A browser in which a person has signed in; its cookie holds the secret.

    It opens nothing by itself: strangers' guesses do not slow it down, and until `trusted_until`
    the password is enough there.
    """

    token_hash = TextField()
    person = ForeignKeyField(Person, on_delete="CASCADE")
    label = TextField(null=True)
    created_at = UtcField()
    seen_at = UtcField()
    expires_at = UtcField()
    trusted_until = UtcField(null=True)

    class Meta:
        indexes = ((("token_hash", "person"), True),)


class SignInStep(Base):
    """Somebody whose password was right and whose second factor is awaited."""

    token_hash = TextField(primary_key=True)
    person = ForeignKeyField(Person, on_delete="CASCADE")
    via = TextField()
    tries = IntegerField(default=0)
    expires_at = UtcField()


class SignInDelay(Base):
    """Failed guesses under a key (a hash of name, address or browser); when the next may be."""

    key = TextField(primary_key=True)
    failures = IntegerField(default=0)
    last_at = UtcField()
    free_at = UtcField()


class SsoIdentity(Base):
    """Whom the provider of single sign-on means by a subject; it never means somebody else."""

    LOG = "provider"
    SEALED = ("subject",)

    issuer = TextField()
    subject = TextField()
    person = ForeignKeyField(Person)
    linked_at = UtcField()
    ended_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("issuer", "subject"), False),)


class RoleRule(Base):
    """Whether a role asks for a second factor."""

    LOG = "provider"

    role = TextField(primary_key=True)
    second_factor = BooleanField(default=False)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
