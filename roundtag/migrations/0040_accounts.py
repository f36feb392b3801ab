"""Second factors, known browsers, delays of sign-in, identities of single sign-on."""

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        class Meta:
            table_name = "person"

    kinds = TextField(default="password", constraints=[SQL("DEFAULT 'password'")])
    migrator.migrate(
        migrator.add_column("person", "password_at", TextField(null=True)),
        migrator.add_column("person", "second_factor_at", TextField(null=True)),
        migrator.add_column("person", "sso_name", TextField(null=True)),
        migrator.add_column("session", "label", TextField(null=True)),
        migrator.add_column("session", "via", kinds, allow_not_null=True),
    )

    class SecondFactor(Base):
        person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
        secret = TextField()
        last_step = IntegerField()

    class RecoveryCode(Base):
        person = ForeignKeyField(Person, on_delete="CASCADE")
        code_hash = TextField()
        used_at = TextField(null=True)

    class KnownBrowser(Base):
        token_hash = TextField()
        person = ForeignKeyField(Person, on_delete="CASCADE")
        label = TextField(null=True)
        created_at = TextField()
        seen_at = TextField()
        expires_at = TextField()
        trusted_until = TextField(null=True)

        class Meta:
            indexes = ((("token_hash", "person"), True),)

    class SignInStep(Base):
        token_hash = TextField(primary_key=True)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        via = TextField()
        tries = IntegerField()
        expires_at = TextField()

    class SignInDelay(Base):
        key = TextField(primary_key=True)
        failures = IntegerField()
        last_at = TextField()
        free_at = TextField()

    class SsoIdentity(Base):
        issuer = TextField()
        subject = TextField()
        person = ForeignKeyField(Person)
        linked_at = TextField()
        ended_at = TextField(null=True)
        salts = TextField()

        class Meta:
            indexes = ((("issuer", "subject"), False),)

    class RoleRule(Base):
        role = TextField(primary_key=True)
        second_factor = BooleanField()
        person = ForeignKeyField(Person, null=True)
        at = TextField()

    db.create_tables([SecondFactor, RecoveryCode, KnownBrowser, SignInStep, SignInDelay,
                      SsoIdentity, RoleRule])  # fmt: skip
