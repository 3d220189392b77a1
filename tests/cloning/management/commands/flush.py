"""Django's flush, as the tests do it: the whole database is replaced by a fresh clone."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from tests.cloning import clone_to


class Command(flush.Command):
    """Clone the template anew."""

    def handle(self, **options: Any) -> None:
        """Replace the database that this connection is at."""
        connection = connections[options["database"]]
        name = str(connection.settings_dict["NAME"])
        connection.close()
        clone_to(name)
