#!/usr/bin/env python
"""Django's commands for FIR; the launcher lends each its database where nobody has set one."""

import os
import sys

from fir.embedded.command import environment_for
from fir.embedded.errors import LauncherError


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fir.settings")
    try:
        with environment_for(sys.argv):
            # Imported here: Django reads its settings from the environment just supplied.
            from django.core.management import execute_from_command_line

            import fir.celery  # noqa: F401 - commands ring the readers through this application

            execute_from_command_line(sys.argv)
    except LauncherError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
