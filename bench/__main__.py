"""`make bench`: what the house costs over what PostgreSQL or Django alone would cost.

Absolute figures say more about the machine than about FIR, so each line is a ratio of two rates
measured in turns. Runs on a throw-away database like that of the tests, but with commits that
reach the disk, and leaves nothing.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import django

TURNS = 5


def rate(work: Callable[[], int]) -> float:
    """How many things a second one turn of work does."""
    start = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - start)


def ratio(name: str, reference: str, ours: Callable[[], int], theirs: Callable[[], int]) -> None:
    """Print the median ratio of our rate to the reference's, taken in turns."""
    pairs = [(rate(ours), rate(theirs)) for _ in range(TURNS)]
    share = median(mine / other for mine, other in pairs)
    rates = f"{median(p[0] for p in pairs):,.0f}/s against {median(p[1] for p in pairs):,.0f}/s"
    sys.stdout.write(f"{name}: {share:.3f} of {reference} ({rates})\n")


def main() -> None:
    """Migrate the throw-away database and run every benchmark."""
    for command in ("migrate", "collectstatic --no-input"):
        arguments = [*command.split(), "--verbosity", "0"]
        subprocess.run([sys.executable, "manage.py", *arguments], check=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    import fir.celery  # noqa: F401 - operations ring the readers through this application
    from bench import figures

    for figure in figures.ALL:
        figure(ratio)


if __name__ == "__main__":
    main()
