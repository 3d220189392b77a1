"""`make bench`: what the house costs over what PostgreSQL or Django alone would cost.

Absolute figures say more about the machine than about FIR, so each line is a ratio of two rates
measured in turns. Runs on a throw-away database like that of the tests, but with commits that
reach the disk, and leaves nothing. `make bench ARGS="estates feed"` measures these alone.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
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


def main(names: Sequence[str]) -> int:
    """Migrate the throw-away database and run these benchmarks, or every one."""
    for command in ("migrate", "collectstatic --no-input"):
        arguments = [*command.split(), "--verbosity", "0"]
        subprocess.run([sys.executable, "manage.py", *arguments], check=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    import fir.celery  # noqa: F401 - operations ring the readers through this application
    from bench import figures

    known = {figure.__name__: figure for figure in figures.ALL}
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"No benchmark is named {unknown[0]}. There are: {', '.join(known)}.\n")
        return 2
    for name in names or known:
        known[name](ratio)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
