"""Articles with their versions, problems that group faults, and what both are found by.

The first start afterwards fills the derived tables (search.RECIPE).
"""

from peewee import (
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

WORDS = ("title_zh", "title_en", "body_zh", "body_en")


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class Person(Base):
        class Meta:
            table_name = "person"

    class Fault(Base):
        class Meta:
            table_name = "fault"

    class DeviceModel(Base):
        class Meta:
            table_name = "device_model"

    class Problem(Base):
        client = ForeignKeyField(Client)
        number = TextField()
        title = TextField(null=True)
        kind = TextField()
        state = TextField()
        category = TextField(default="")
        root_cause = TextField(null=True)
        workaround = TextField(null=True)
        opened_at = TextField()
        opened_by = ForeignKeyField(Person, null=True)
        changed_at = TextField()
        resolved_at = TextField(null=True)
        resolved_by = ForeignKeyField(Person, null=True)
        salts = TextField()

        class Meta:
            table_name = "problem"
            indexes = ((("client", "number"), True), (("state", "opened_at"), False))

    class ProblemFault(Base):
        client = ForeignKeyField(Client)
        fault = ForeignKeyField(Fault, unique=True)
        problem = ForeignKeyField(Problem, null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()

        class Meta:
            table_name = "problem_fault"

    class Article(Base):
        key = TextField(unique=True)
        category = TextField()
        device_model = ForeignKeyField(DeviceModel, null=True)
        kind = TextField()
        public = BooleanField()
        symptoms = TextField()
        state = TextField()
        version = IntegerField()
        published = IntegerField(null=True)
        problem = ForeignKeyField(Problem, null=True)
        shipped = BooleanField()
        changed_at = TextField()

        class Meta:
            table_name = "article"
            indexes = ((("state", "changed_at"), False), (("state", "category"), False))

    class ArticleVersion(Base):
        article = ForeignKeyField(Article)
        number = IntegerField()
        category = TextField()
        device_model = ForeignKeyField(DeviceModel, null=True)
        kind = TextField()
        public = BooleanField()
        symptoms = TextField()
        title_zh = TextField(null=True)
        title_en = TextField(null=True)
        body_zh = TextField(null=True)
        body_en = TextField(null=True)
        shipped = BooleanField()
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "article_version"
            indexes = ((("article", "number"), True),)

    class ArticleHelp(Base):
        article = ForeignKeyField(Article)
        who = TextField()
        what = TextField()
        at = TextField()

        class Meta:
            table_name = "article_help"
            indexes = ((("article", "who", "what"), True),)

    class ArticleExcuse(Base):
        client = ForeignKeyField(Client)
        fault = ForeignKeyField(Fault, unique=True)
        reason = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "article_excuse"

    class ArticleIndex(Base):
        article = IntegerField(primary_key=True)
        text = TextField()

        class Meta:
            table_name = "article_index"

    class FirstSeen(Base):
        category = TextField()
        symptom = TextField()
        fault = IntegerField(index=True)
        client = IntegerField()
        at = TextField()

        class Meta:
            table_name = "first_seen"
            primary_key = CompositeKey("category", "symptom")

    db.create_tables([Problem, ProblemFault, Article, ArticleVersion, ArticleHelp, ArticleExcuse,
                      ArticleIndex, FirstSeen])  # fmt: skip
    for statement in _kept_but_for_erasure(isinstance(db, SqliteDatabase)):
        db.execute_sql(statement)


def _kept_but_for_erasure(sqlite):
    """Versions are never deleted; the only change that is let through empties their words."""
    erased = " AND ".join((*(f"NEW.{name} IS NULL" for name in WORDS), "NEW.salts = '{}'"))
    if sqlite:
        yield (
            "CREATE TRIGGER article_version_no_update BEFORE UPDATE ON article_version "
            f"WHEN NOT ({erased}) BEGIN SELECT RAISE(ABORT, 'article_version is append-only'); END"
        )
        yield (
            "CREATE TRIGGER article_version_no_delete BEFORE DELETE ON article_version "
            "BEGIN SELECT RAISE(ABORT, 'article_version is append-only'); END"
        )
        return
    yield (
        "CREATE FUNCTION article_version_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'article_version is append-only'; END $$"
    )
    yield (
        "CREATE TRIGGER article_version_no_update BEFORE UPDATE ON article_version "
        f"FOR EACH ROW WHEN (NOT ({erased})) EXECUTE FUNCTION article_version_refuse()"
    )
    yield (
        "CREATE TRIGGER article_version_no_delete BEFORE DELETE ON article_version "
        "FOR EACH ROW EXECUTE FUNCTION article_version_refuse()"
    )
