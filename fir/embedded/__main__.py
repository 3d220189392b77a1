"""`python -m fir.embedded`: what `make run` executes."""

import os
import sys
from collections.abc import Callable

from fir.embedded.errors import LauncherError
from fir.embedded.home import CHECKOUT, Home
from fir.embedded.plan import Plan, fir_plan
from fir.embedded.supervisor import Supervisor
from fir.embedded.terminal import say, warn


def launch(plan_for: Callable[[int], Plan]) -> int:
    """Run a plan, made for a port, until Ctrl-C; 0 after an orderly stop, 1 with a sentence."""
    try:
        home = Home.of(os.environ)
        Supervisor(home, plan_for(home.port), say).run()
    except LauncherError as error:
        warn(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(launch(lambda port: fir_plan(CHECKOUT, port)))
