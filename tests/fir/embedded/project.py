"""A project as small as can be, in FIR's place under the launcher.

`python -m tests.fir.embedded.project` is its `make run`; with an argument it is one of the parts.
"""

import http.server
import json
import os
import signal
import sys
import time
from pathlib import Path

import psycopg

from fir.embedded.__main__ import launch
from fir.embedded.command import environment_for
from fir.embedded.errors import LauncherError
from fir.embedded.home import CHECKOUT
from fir.embedded.plan import Command, Plan, Service


def part(*arguments: str) -> Command:
    """The command line of one of the parts."""
    return (sys.executable, "-m", "tests.fir.embedded.project", *arguments)


def plan(port: int) -> Plan:
    """The parts, as the launcher wants them; FAKE_WORKER names another kind of worker."""
    return Plan(
        folder=CHECKOUT,
        collect=("true",),
        migrate=part(os.environ.get("FAKE_MIGRATE", "migrate")),
        demo=part("demo"),
        web=Service("web", part("web", str(port))),
        beat=Service("beat", part("sleep", "beat")),
        workers=(
            Service("news", part(os.environ.get("FAKE_WORKER", "sleep"), "news")),
            Service("loads", part("sleep", "loads")),
        ),
    )


def migrate() -> None:
    """A table of the owner's, which the application may read and fill."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS world (name text)")
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (at timestamptz)")
        connection.execute("INSERT INTO migrations VALUES (now())")
        connection.execute("GRANT SELECT, INSERT ON world TO fir_app")


def demo() -> None:
    """One row, and its key shown once."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        if connection.execute("SELECT FROM world").fetchone() is None:
            connection.execute("INSERT INTO world VALUES ('demo')")
            sys.stdout.write("the-demo-key\n")


def sleep(name: str) -> None:
    """A worker with nothing to do; its process id stands in a file of its name."""
    (Path(os.environ["FIR_HOME"]) / f"{name}.pid").write_text(str(os.getpid()))
    while True:
        time.sleep(60)


def stubborn(name: str) -> None:
    """A worker that does not end when asked."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleep(name)


class Health(http.server.BaseHTTPRequestHandler):
    """Answers every path as FIR answers /health, and names the variables that it was given."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        token = os.environ["FIR_START_TOKEN"]
        answer = {"start_token": token, "variables": sorted(os.environ), "pid": os.getpid()}
        self.wfile.write(json.dumps(answer).encode())


def command() -> None:
    """A management command: reads the world, then waits as long as the file `hold` stands."""
    with environment_for(sys.argv[1:], migrate=part(os.environ.get("FAKE_MIGRATE", "migrate"))):
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            connection.execute("SELECT FROM world")
        hold = Path(os.environ["FIR_HOME"]) / "hold"
        sys.stdout.write(f"holding {os.environ['FIR_BASE_URL']}\n")
        sys.stdout.flush()
        while hold.exists():
            time.sleep(0.05)
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            connection.execute("SELECT FROM world")


def main(arguments: list[str]) -> int:
    """Be the launcher, or the part that the arguments name."""
    match arguments:
        case []:
            return launch(plan)
        case ["migrate"]:
            migrate()
        case ["demo"]:
            demo()
        case ["sleep", name]:
            sleep(name)
        case ["stubborn", name]:
            stubborn(name)
        case ["web", port]:
            http.server.HTTPServer(("127.0.0.1", int(port)), Health).serve_forever()
        case ["command", *_]:
            return _command()
        case _:
            sys.exit("there is no such part")
    return 0


def _command() -> int:
    try:
        command()
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
