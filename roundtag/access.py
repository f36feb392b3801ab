"""Who may do what: one table of rights, one table of routes, one place that scopes every read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from roundtag.errors import Forbidden

ROLES = (
    "manager", "supervisor", "desk", "engineer", "analyst", "quality",
    "storekeeper", "librarian", "client", "auditor", "admin",
)  # fmt: skip

STAFF = frozenset(ROLES) - {"client", "auditor"}
EVERYONE = frozenset(ROLES)
FIELD = frozenset({"engineer", "supervisor", "manager", "analyst"})
OFFICE = frozenset({"manager", "supervisor", "desk", "admin", "storekeeper"})
PRINTERS = OFFICE | {"engineer"}
REVIEWERS = frozenset({"manager", "supervisor", "desk", "admin"})
"""Who settles what contradicts: both sides of it are work of others."""
REGISTRARS = frozenset({"manager", "admin", "librarian"})
"""Who keeps the register of places and devices."""
TAGGERS = REGISTRARS | {"storekeeper", "supervisor", "engineer"}
IMPORTERS = frozenset({"manager", "admin", "librarian", "storekeeper"})
"""Who brings files into the register, each what `import_register` and `import_spares` allow."""
EXPORTERS = IMPORTERS | {"supervisor", "desk", "client", "auditor"}
KEEPERS = frozenset({"manager", "supervisor", "storekeeper", "librarian", "admin"})
"""Who answers for what there is: they open and close a stocktake."""
DEVICE_KEEPERS = frozenset({"engineer", "manager", "supervisor", "admin", "librarian"})
"""Who writes down what a device is."""
LENDERS = DEVICE_KEEPERS | {"desk", "storekeeper"}
PUBLIC = None
"""A route or deed that needs no account."""

DEEDS: dict[str, frozenset[str] | None] = {
    "inspect": FIELD,
    "swap": FIELD | {"storekeeper"},
    "report_fault": STAFF | {"client"},
    "report_as_attendee": PUBLIC,
    "report_again": PUBLIC,
    "rate_fault": PUBLIC,
    "tip_helped": PUBLIC,
    "judge_report": REVIEWERS,
    "erase_contact": frozenset({"manager", "desk", "admin"}),
    "move_contact": frozenset(),
    "resolve_fault": FIELD | {"desk"},
    "take_note": STAFF,
    "match_note": frozenset({"manager", "supervisor", "desk", "admin"}),
    "import_register": frozenset({"manager", "admin", "librarian"}),
    "import_spares": frozenset({"manager", "admin", "storekeeper"}),
    "publish_checklists": frozenset({"manager", "admin", "quality"}),
    "close_round": frozenset({"manager", "supervisor", "admin"}),
    "retire_device": frozenset({"manager", "admin", "librarian"}),
    "move_device": frozenset({"manager", "supervisor", "admin", "librarian"}),
    "edit_devices": REGISTRARS,
    "tag_devices": TAGGERS,
    "save_site": REGISTRARS,
    "save_building": REGISTRARS,
    "save_room": REGISTRARS | {"supervisor"},
    "retire_room": REGISTRARS,
    "reinstate_device": frozenset({"manager", "admin", "librarian"}),
    "register_device": DEVICE_KEEPERS,
    "edit_device": DEVICE_KEEPERS,
    "tag_device": DEVICE_KEEPERS,
    "portray_device": DEVICE_KEEPERS,
    "lend_device": LENDERS,
    "return_device": LENDERS,
    "extend_lending": LENDERS,
    "record_software_update": FIELD | {"admin"},
    "set_latest_version": frozenset({"manager", "supervisor", "analyst", "admin"}),
    "replace_tag": OFFICE | {"engineer"},
    "keep_stock": PRINTERS,
    "retire_stock": PRINTERS,
    "keep_printer": PRINTERS,
    "calibrate": PRINTERS,
    "retire_printer": PRINTERS,
    "make_blanks": OFFICE,
    "claim_tag": FIELD | OFFICE,
    "lose_tag": OFFICE | {"engineer"},
    "find_tag": OFFICE | {"engineer"},
    "revoke_tag": OFFICE,
    "see_lost_tag": PUBLIC,
    "print_tags": OFFICE | {"engineer"},
    "report_fake_tag": STAFF | {"client"},
    "settle_conflict": REVIEWERS,
    "settle_kept": REVIEWERS,
    "open_stocktake": KEEPERS,
    "close_stocktake": KEEPERS,
    "explain_missing": KEEPERS,
    "count_device": FIELD | KEEPERS,
    "open_round": frozenset({"manager", "supervisor", "admin"}),
    "add_person": frozenset({"admin", "manager"}),
    "add_client": frozenset({"admin"}),
    "add_contract": frozenset({"admin", "manager"}),
    "decide": frozenset({"manager", "supervisor", "client", "engineer"}),
    "issue_document": frozenset({"manager"}),
    "except_day": frozenset({"manager", "admin"}),
    "put_on_duty": frozenset({"manager", "supervisor", "admin"}),
    "set_locale": EVERYONE,
}


@dataclass(frozen=True)
class Right:
    role: str
    scope: str
    scope_id: int | None = None
    client_id: int | None = None
    """The client that the scope lies in; None for the whole provider."""


@dataclass(frozen=True)
class Actor:
    """Who acts, with the rights of this moment. `person_id` is None for an attendee or a job."""

    person_id: int | None
    rights: tuple[Right, ...] = ()
    via: str = "web"
    locale: str = "zh"
    system: bool = False
    """True for the product's own jobs and for the command line, which stand above grants."""
    carrier: "Actor | None" = None
    """Who brings this person's work in: nobody carries what they may not do themselves."""

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(r.role for r in self.rights)

    @property
    def client_ids(self) -> frozenset[int] | None:
        """Clients whose data this actor may read; None means all of them."""
        if self.system or any(r.scope == "provider" for r in self.rights):
            return None
        return frozenset(r.client_id for r in self.rights if r.client_id is not None)

    def clients_for(self, deed: str) -> frozenset[int] | None:
        """Clients at which this actor may do a deed; None means all of them."""
        held = [r for r in self.rights if r.role in (DEEDS[deed] or frozenset())]
        if self.system or any(r.scope == "provider" for r in held):
            return None
        return frozenset(r.client_id for r in held if r.client_id is not None)

    def roles_at(self, client_id: int | None) -> frozenset[str]:
        return frozenset(
            r.role
            for r in self.rights
            if r.scope == "provider" or (client_id is not None and r.client_id == client_id)
        )

    def may(self, deed: str, client_id: int | None = None) -> bool:
        if self.carrier is not None and not self.carrier.may(deed, client_id):
            return False
        allowed = DEEDS[deed]
        return self.system or allowed is PUBLIC or bool(allowed & self.roles_at(client_id))

    def able(self, deed: str) -> bool:
        """Whether this actor may do a deed for any client at all."""
        allowed = DEEDS[deed]
        return self.system or allowed is PUBLIC or bool(allowed & self.roles)


ATTENDEE = Actor(None, via="link")
SYSTEM = Actor(None, via="job", system=True)


def require(actor: Actor, deed: str, client_id: int | None = None) -> None:
    if not actor.may(deed, client_id):
        raise Forbidden


def require_any(actor: Actor, deed: str) -> None:
    """Refuses early an actor who may not do this deed for any client at all."""
    if not actor.able(deed):
        raise Forbidden


def visible(actor: Actor, query: Any, client_column: Any) -> Any:
    """Narrows a query to the clients that the actor may read; every list and lookup goes by it."""
    if actor.client_ids is None:
        return query
    return query.where(client_column.in_(sorted(actor.client_ids)))


def allowed_on(roles: Iterable[str], endpoint: str) -> bool:
    """Whether a signed-in person with `roles` may use a route. Unknown routes are refused."""
    allowed = ROUTES.get(endpoint, frozenset())
    return allowed is PUBLIC or bool(allowed & frozenset(roles))


def is_public(endpoint: str | None) -> bool:
    return endpoint in ROUTES and ROUTES[endpoint] is PUBLIC


ROUTES: dict[str, frozenset[str] | None] = {
    "pwa.service_worker": PUBLIC,
    "pwa.manifest": PUBLIC,
    "pwa.offline": PUBLIC,
    "pwa.pack": EVERYONE,
    "admin.healthz": PUBLIC,
    "trust.show": PUBLIC,
    "trust.certificate": PUBLIC,
    "people.sign_in": PUBLIC,
    "people.sign_in_submit": PUBLIC,
    "people.sign_out": PUBLIC,
    "people.set_language": PUBLIC,
    "today.home": PUBLIC,
    "today.show": EVERYONE,
    "more.show": EVERYONE,
    "scan.open_tag": PUBLIC,
    "scan.open_tag_scanned": PUBLIC,
    "scan.enter": EVERYONE,
    "scan.enter_submit": PUBLIC,
    "scan.report": PUBLIC,
    "scan.record": EVERYONE,
    "scan.record_submit": STAFF,
    "attendees.relanguage": PUBLIC,
    "attendees.helped": PUBLIC,
    "attendees.status": PUBLIC,
    "attendees.rate": PUBLIC,
    "attendees.again": PUBLIC,
    "claims.claim": FIELD | OFFICE,
    "fakes.show": EVERYONE,
    "fakes.submit": STAFF | {"client"},
    "devices.index": EVERYONE,
    "devices.history": EVERYONE,
    "bulk.edit": TAGGERS,
    "bulk.edit_submit": DEEDS["edit_devices"],
    "bulk.tag": DEEDS["tag_devices"],
    "bulk.print_tags": OFFICE | {"engineer"},
    "device.show": EVERYONE,
    "device.new": DEVICE_KEEPERS,
    "device.register": DEVICE_KEEPERS,
    "device.details": DEVICE_KEEPERS,
    "device.edit": DEVICE_KEEPERS,
    "device.tag": DEVICE_KEEPERS,
    "device.photo": DEVICE_KEEPERS,
    "device.portray": DEVICE_KEEPERS,
    "device.place": DEEDS["move_device"],
    "device.move": DEEDS["move_device"],
    "device.retirement": DEEDS["retire_device"],
    "device.retire": DEEDS["retire_device"],
    "device.reinstate": DEEDS["reinstate_device"],
    "lending.index": EVERYONE,
    "lending.show": EVERYONE,
    "lending.new": LENDERS,
    "lending.lend": LENDERS,
    "lending.take_back": LENDERS,
    "lending.extend": LENDERS,
    "software.index": EVERYONE,
    "software.show": EVERYONE,
    "software.of_device": EVERYONE,
    "software.record": DEEDS["record_software_update"],
    "software.update": DEEDS["record_software_update"],
    "software.set_latest": DEEDS["set_latest_version"],
    "inspections.create": FIELD,
    "spares.swap": FIELD | {"storekeeper"},
    "rounds.show": EVERYONE,
    "stocktakes.index": EVERYONE,
    "stocktakes.create": KEEPERS,
    "stocktakes.show": EVERYONE,
    "stocktakes.rooms": EVERYONE,
    "stocktakes.room": EVERYONE,
    "stocktakes.count": FIELD | KEEPERS,
    "stocktakes.explain": KEEPERS,
    "stocktakes.move": frozenset({"manager", "supervisor", "admin", "librarian"}),
    "stocktakes.close": KEEPERS,
    "stocktakes.csv": EVERYONE,
    "stocktakes.xlsx": EVERYONE,
    "rooms.index": EVERYONE,
    "rooms.show": EVERYONE,
    "rooms.history": EVERYONE,
    "places.index": EVERYONE,
    "places.new_site": DEEDS["save_site"],
    "places.new_site_submit": DEEDS["save_site"],
    "places.edit_site": DEEDS["save_site"],
    "places.edit_site_submit": DEEDS["save_site"],
    "places.new_building": DEEDS["save_building"],
    "places.new_building_submit": DEEDS["save_building"],
    "places.edit_building": DEEDS["save_building"],
    "places.edit_building_submit": DEEDS["save_building"],
    "places.new_room": DEEDS["save_room"],
    "places.new_room_submit": DEEDS["save_room"],
    "places.edit_room": DEEDS["save_room"],
    "places.edit_room_submit": DEEDS["save_room"],
    "places.retire_room": DEEDS["retire_room"],
    "reviews.index": REVIEWERS,
    "reviews.show": REVIEWERS,
    "reviews.settle": REVIEWERS,
    "reviews.photo": REVIEWERS,
    "sync.receipt": STAFF | {"client"},
    "faults.index": EVERYONE,
    "faults.show": EVERYONE,
    "faults.resolve": FIELD | {"desk"},
    "faults.judge": REVIEWERS,
    "faults.erase": frozenset({"manager", "desk", "admin"}),
    "register.imports": IMPORTERS,
    "register.hand_in": IMPORTERS,
    "register.batch": IMPORTERS,
    "register.choose": IMPORTERS,
    "register.accept": IMPORTERS,
    "register.problems": IMPORTERS,
    "register.exports": EXPORTERS,
    "register.download": EXPORTERS,
    "tags.index": EVERYONE,
    "tags.show": EVERYONE,
    "tags.bulk": OFFICE | {"engineer"},
    "tags.change": OFFICE | {"engineer"},
    "tags.replacement": OFFICE | {"engineer"},
    "tags.replace": OFFICE | {"engineer"},
    "tags.batches": OFFICE,
    "tags.batch": OFFICE,
    "tags.make": OFFICE,
    "tags.print_log": OFFICE | {"engineer"},
    "tags.room": STAFF,
    "tags.sheets": OFFICE | {"engineer"},
    "tags.sheet_pdf": OFFICE | {"engineer"},
    "printing.preview": PRINTERS,
    "printing.stocks_page": PRINTERS,
    "printing.stock_create": PRINTERS,
    "printing.stock_check": PRINTERS,
    "printing.stock": PRINTERS,
    "printing.stock_change": PRINTERS,
    "printing.stock_retire": PRINTERS,
    "printing.printers_page": PRINTERS,
    "printing.printer_create": PRINTERS,
    "printing.printer": PRINTERS,
    "printing.printer_change": PRINTERS,
    "printing.printer_measure": PRINTERS,
    "printing.printer_page": PRINTERS,
    "printing.printer_retire": PRINTERS,
    "printing.prints_page": PRINTERS,
    "printing.print_show": PRINTERS,
    "printing.print_file": PRINTERS,
    "photos.show": EVERYONE,
    "outbox.show": EVERYONE,
    "rescue.show": FIELD | OFFICE,
    "rescue.preview": FIELD | OFFICE,
    "rescue.take_in": FIELD | OFFICE,
    "sync.whoami": PUBLIC,
    "sync.seal_key": EVERYONE,
    "sync.submit": STAFF | {"client"},
    "sync.put_photo": STAFF | {"client"},
}
