"""Django's migrate as the owner's role, one at a time, then the application role's grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections, transaction

from fir.management.grants import default_privileges, grants

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

OWNER = "owner"
MIGRATE_LOCK = 0x4D494752  # "MIGR" in ASCII
WAITS = "SET lock_timeout = '4s'"

STANDING = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"


class Command(migrate.Command):
    """Bring the database to this version's tables, then grant the application role what it may."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, but for the role."""
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate under a lock, so that two servers that start at once do not both do it."""
        if OWNER not in connections.databases:
            raise CommandError(
                "DATABASE_OWNER_URL is not set. It is the database as the role that owns the "
                "tables, postgres://fir_owner:…@host/fir, and only migrations need it."
            )
        owner = connections[OWNER]
        application = connections["default"].settings_dict["USER"]
        with owner.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATE_LOCK])
            cursor.execute(WAITS)
            for statement in default_privileges(owner.settings_dict["USER"], application):
                cursor.execute(statement)
            super().handle(*args, **options)
            with transaction.atomic(using=OWNER):
                cursor.execute(STANDING)
                standing = {name for (name,) in cursor.fetchall()}
                for statement in grants(application, standing):
                    cursor.execute(statement)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATE_LOCK])
