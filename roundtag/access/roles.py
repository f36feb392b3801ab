"""The roles, and the groups of them that rights are given to."""

ROLES = (
    "manager", "supervisor", "desk", "engineer", "analyst", "quality",
    "storekeeper", "librarian", "client", "auditor", "admin",
)  # fmt: skip

STAFF = frozenset(ROLES) - {"client", "auditor"}
EVERYONE = frozenset(ROLES)
FIELD = frozenset({"engineer", "supervisor", "manager", "analyst"})
TALKERS = FIELD | {"desk"}
"""Who talks with the client and with makers about a fault."""
CALLERS = frozenset({"quality", "supervisor", "manager"})
"""Who asks a client whether they are satisfied: not whoever did the work."""
OFFICE = frozenset({"manager", "supervisor", "desk", "admin", "storekeeper"})
PRINTERS = OFFICE | {"engineer"}
REVIEWERS = frozenset({"manager", "supervisor", "desk", "admin"})
"""Who settles what contradicts: both sides of it are work of others."""
LEDGER_READERS = frozenset({"client", "auditor", "manager", "quality", "admin"})
"""Who looks into the log of a client: whoever it is about, and whoever answers for it."""
REGISTRARS = frozenset({"manager", "admin", "librarian"})
"""Who keeps the register of places and devices."""
TEMPLATERS = frozenset({"manager", "admin", "quality"})
"""Who changes what a checklist asks; it belongs to the provider, and so must their right."""
TAGGERS = REGISTRARS | {"storekeeper", "supervisor", "engineer"}
IMPORTERS = frozenset({"manager", "admin", "librarian", "storekeeper"})
"""Who brings files into the register, each what `import_register` and `import_spares` allow."""
EXPORTERS = IMPORTERS | {"supervisor", "desk", "client", "auditor"}
KEEPERS = frozenset({"manager", "supervisor", "storekeeper", "librarian", "admin"})
"""Who answers for what there is: they open and close a stocktake."""
STOREKEEPERS = frozenset({"storekeeper", "manager", "admin"})
"""Who answers for what lies in stores; in the provider's own only with a right of the provider."""
DRAWERS = FIELD | STOREKEEPERS
"""Who takes spares out of a store: engineers into their own bag, storekeepers for anybody."""
DEVICE_KEEPERS = frozenset({"engineer", "manager", "supervisor", "admin", "librarian"})
"""Who writes down what a device is."""
PLANNERS = frozenset({"manager", "supervisor", "admin"})
"""Who lays down what is checked when."""
LENDERS = DEVICE_KEEPERS | {"desk", "storekeeper"}
LIBRARIANS = frozenset({"analyst", "quality", "supervisor", "manager", "admin", "librarian"})
"""Who writes what all engineers read: the articles are the provider's."""
PROBLEM_KEEPERS = frozenset({"analyst", "quality", "supervisor", "manager", "admin"})
"""Who says what lies behind several faults."""
PROBLEM_FINDERS = PROBLEM_KEEPERS | {"desk", "engineer"}
CONTRACTORS = frozenset({"manager", "admin"})
"""Who writes down what was agreed with a client."""
RATE_READERS = CONTRACTORS | {"supervisor", "quality", "client", "auditor"}
"""Who sees what a contract says about money."""
DISPATCHERS = frozenset({"desk", "supervisor", "manager"})
"""Who judges faults and sends people: the roles of the table of a fault's life."""
HEADS = frozenset({"supervisor", "manager"})
DESKS = frozenset({"desk", "supervisor", "manager", "admin"})
"""Who watches all faults and takes the calls."""
REPAIRERS = STOREKEEPERS | {"supervisor"}
"""Who sends units to their makers, and writes what that costs."""
QUOTE_READERS = RATE_READERS | REPAIRERS
"""Who sees quotes; engineers see that there is one, not what it says."""
CALL_TAKERS = DESKS | {"engineer"}
"""A client's own people call the resident engineer directly."""
CALL_READERS = CALL_TAKERS | {"quality"}
ACCOUNTANTS = frozenset({"admin", "manager"})
ERASERS = frozenset({"admin", "manager", "desk"})
"""Who keeps the accounts; only with a right of the provider, as accounts are the provider's."""
PUBLIC = None
"""A route or deed that needs no account."""
