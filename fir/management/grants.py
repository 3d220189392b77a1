"""What the application role may do to every table, and nothing beyond.

The one list of grants. `migrate` applies it after every migration, and a test compares it with what
the database says. A table that is missing here cannot be written by the application.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.sql import SQL, Composed, Identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# Locked: rows come and stay. Triggers refuse the rest to the owner too.
LOCKED = (
    "cpl_cplentry",
    "cpl_devicemodel",
    "cpl_entrycertificates",
    "cpl_entryrevision",
    "cpl_knownfile",
    "cpl_loadconfirmation",
    "cpl_manufacturer",
    "cpl_statuschange",
    "eligibility_supplierdecision",
    "ledger_checkpoint",
    "ledger_ledgerevent",
    "records_archival",
    "records_certificatereminder",
    "records_firmwarerecord",
    "records_hubcapability",
    "records_recall",
    "records_upgradepathway",
    "submissions_comment",
    "submissions_decision",
    "submissions_findingwaiver",
)
# Open: the application's own state.
OPEN = (
    "account_emailaddress",
    "account_emailconfirmation",
    "cpl_devicetypeneeds",
    "cpl_specificationversion",
    "django_session",
    "eligibility_assessment",
    "eligibility_finding",
    "estates_cohort",
    "estates_estate",
    "estates_estateload",
    "estates_loadconfiguration",
    "estates_loadnote",
    "ledger_bookmark",
    "ledger_ledgerhead",
    "ledger_readerfault",
    "notifications_delivery",
    "notifications_notice",
    "notifications_subscription",
    "parties_apikey",
    "parties_demosignin",
    "parties_invitation",
    "parties_manufacturerholding",
    "parties_party",
    "parties_partygroupgrant",
    "parties_partyusergrant",
    "parties_user",
    "parties_user_groups",
    "parties_user_user_permissions",
    "portal_cache",
    "records_manufacturercontact",
    "records_qualityassessment",
    "records_qualityfinding",
    "submissions_draft",
    "submissions_releasesheet",
)
# Locked but for what the state of the row is: the columns that an operation may change.
DECIDED = ("decided_at", "decided_by", "decided_answerable", "decided_party")
APPLIED = ("applied_at", "applied_by", "applied_answerable", "applied_party")
CHANGING = {
    "parties_agentrefusal": ("times",),
    "parties_delegation": ("revoked_at", "revoked_by"),
    "records_proposal": ("state", *DECIDED),
    "records_sheetimport": ("state", "content", "corrections", "needs_another", *APPLIED),
    "submissions_submission": (
        "state",
        "publish_at",
        "cpl_entry_id",
        "further_entry_ids",
        "withdrawn_at",
        "withdrawn_by",
    ),
}
# Read only: views, and what migrations alone fill.
READ_ONLY = (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "cpl_listedentry",
    "django_content_type",
    "django_migrations",
    "guardian_groupobjectpermission",
    "guardian_userobjectpermission",
    "records_repositoryentry",
)

PRIVILEGES = {
    **dict.fromkeys(LOCKED, ("SELECT", "INSERT")),
    **dict.fromkeys(OPEN, ("SELECT", "INSERT", "UPDATE", "DELETE")),
    **dict.fromkeys(READ_ONLY, ("SELECT",)),
    **{
        table: ("SELECT", "INSERT", f"UPDATE ({', '.join(columns)})")
        for table, columns in CHANGING.items()
    },
}


def default_privileges(owner: str, application: str) -> Iterator[Composed]:
    """What a table made by a migration grants until `grants` says more: reading alone."""
    roles = {"owner": Identifier(owner), "application": Identifier(application)}
    yield SQL("GRANT USAGE ON SCHEMA public TO {application}").format(**roles)
    for what in ("SELECT ON TABLES", "USAGE, SELECT ON SEQUENCES"):
        yield SQL(
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT "
            + what
            + " TO {application}"
        ).format(**roles)


def grants(application: str, standing: Collection[str]) -> Iterator[Composed]:
    """Everything granted on the tables and views that stand, after everything was taken away."""
    role = Identifier(application)
    yield SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role)
    for table, privileges in PRIVILEGES.items():
        if table not in standing:
            continue  # the database is at an earlier migration
        granted = SQL(", ").join(map(SQL, privileges))
        yield SQL("GRANT {} ON {} TO {}").format(granted, Identifier(table), role)
    yield SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role)
    yield SQL("GRANT USAGE, CREATE ON SCHEMA loads TO {}").format(role)
