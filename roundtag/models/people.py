from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField


class Person(Base):
    LOG = "provider"
    SEALED = ("username", "name", "email", "phone", "sso_name")
    UNLOGGED = ("salts", "password_hash")

    username = TextField(unique=True)
    name = TextField(null=True)
    email = TextField(null=True)
    phone = TextField(null=True)
    password_hash = TextField(null=True)
    locale = TextField(null=True)
    active = BooleanField(default=True)
    password_at = UtcField(null=True)
    second_factor_at = UtcField(null=True)
    """Since when a second factor is asked for; its secret is in `second_factor`."""
    sso_name = TextField(null=True)
    """The name or address by which single sign-on may find this person for the first time."""
    erased_at = UtcField(null=True)
    """Since when nothing here says any more who it was; the number stays."""
    salts = JsonField(default=dict)


class Grant(Base):
    """A right: person, role, scope. `scope` is provider, client or contract; `scope_id` its key."""

    LOG = "provider"

    person = ForeignKeyField(Person, backref="grants")
    role = TextField()
    scope = TextField()
    scope_id = IntegerField(null=True)
    since = UtcField()
    until = UtcField(null=True)


class Session(Base):
    """A signed-in browser. The cookie holds the secret; the row holds only its SHA-256."""

    token_hash = TextField(primary_key=True)
    person = ForeignKeyField(Person)
    created_at = UtcField()
    seen_at = UtcField()
    expires_at = UtcField()
    revoked_at = UtcField(null=True)
    label = TextField(null=True)
    """What kind of browser it is, to its owner's eyes."""
    via = TextField(default="password", constraints=[SQL("DEFAULT 'password'")])


class SealKey(Base):
    """What opens a person's sealed entries on a shared phone; it lives as long as the person.

    In no log: an image of it there would outlive the person, and outside it there is nothing to
    prove about a random number.
    """

    person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
    secret = TextField()
