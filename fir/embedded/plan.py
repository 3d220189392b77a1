"""What the launcher runs: FIR's own commands, or, in tests, others in their place."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Command: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """A process that is to run for as long as the launcher does."""

    name: str
    command: Command


@dataclass(frozen=True)
class Plan:
    """The commands of one FIR; `demo` prints the keys of a world that it has just made."""

    folder: Path
    collect: Command
    migrate: Command
    demo: Command
    web: Service
    beat: Service
    workers: tuple[Service, ...]


def fir_plan(checkout: Path, port: int) -> Plan:
    """FIR itself, served on a port of this machine."""
    # By module, never by script: a script's first line breaks in a deep path.
    manage: Command = (sys.executable, "manage.py")
    return Plan(
        folder=checkout,
        collect=(*manage, "collectstatic", "--no-input", "--clear"),
        migrate=(*manage, "migrate", "--no-input"),
        demo=(*manage, "demo", "--if-empty"),
        web=Service("web", _gunicorn(port)),
        # In memory: no schedule file to corrupt. Every entry is a sweep, so nothing is lost.
        beat=Service("beat", _celery("beat", "-S", "celery.beat:Scheduler")),
        workers=(_worker("news"), _worker("loads")),
    )


def _worker(queue: str) -> Service:
    arguments = f"-Q {queue} -n {queue}@%h -P solo --without-gossip --without-mingle"
    return Service(queue, _celery("worker", *arguments.split()))


def _celery(*arguments: str) -> Command:
    return (sys.executable, "-m", "celery", "-A", "fir.celery", *arguments, "--loglevel", "INFO")


def _gunicorn(port: int) -> Command:
    # Kept alive, a connection would hold its thread until a refused body has come in, however
    # slowly. The control socket would lie in the user's home folder, shared by every copy of FIR.
    options = (
        f"--workers 2 --threads 6 --worker-class gthread --keep-alive 0 --bind 127.0.0.1:{port}"
    )
    return (
        sys.executable, "-m", "gunicorn", "fir.wsgi", *options.split(), "--no-control-socket",
    )  # fmt: skip
