"""Checklists that people edit: drafts, and who published which version why."""

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Person(Base):
        class Meta:
            table_name = "person"

    class ChecklistVersion(Base):
        class Meta:
            table_name = "checklist_version"

    class ChecklistDraft(Base):
        category = TextField()
        occasion = TextField()
        name = TextField()
        name_en = TextField()
        items = TextField()
        revision = IntegerField()
        base = ForeignKeyField(ChecklistVersion, null=True)
        person = ForeignKeyField(Person, null=True)
        saved_at = TextField()

        class Meta:
            table_name = "checklist_draft"
            indexes = ((("category", "occasion"), True),)

    def text():
        return TextField(default="", constraints=[SQL("DEFAULT ''")])

    person = ForeignKeyField(Person, field=Person.id, null=True)
    own = BooleanField(default=False, constraints=[SQL("DEFAULT false")])
    migrator.migrate(
        migrator.add_column("checklist_version", "name", text(), allow_not_null=True),
        migrator.add_column("checklist_version", "name_en", text(), allow_not_null=True),
        migrator.add_column("checklist_version", "note", text(), allow_not_null=True),
        migrator.add_column("checklist_version", "own", own, allow_not_null=True),
        migrator.add_column("checklist_version", "person_id", person),
    )
    db.create_tables([ChecklistDraft])
