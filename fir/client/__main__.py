"""`python -m fir.client verify --url URL --key KEY`: is FIR's ledger whole?"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fir.client.note import CheckpointRefused, Key, KeyRefused, open_checkpoint
from fir.client.server import Server, ServerTrouble
from fir.client.verify import (
    NotWhole,
    check_events,
    read_seen,
    require_fresh,
    require_growth,
    write_seen,
)

HOURS = 25.0


def main(arguments: list[str] | None = None) -> int:
    """Verify, and say in one sentence what is so: 0 when the ledger is whole, else 1."""
    asked = _parser().parse_args(arguments)
    try:
        sys.stdout.write(f"{_verify(asked)}\n")
    except (NotWhole, CheckpointRefused, KeyRefused, ServerTrouble) as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    except OSError as trouble:
        sys.stderr.write(f"A file could not be read or written: {trouble}\n")
        return 1
    return 0


def _verify(asked: argparse.Namespace) -> str:
    key = Key.of(_text_or_file(asked.key))
    server = Server(asked.url, asked.api_key or os.environ.get("FIR_API_KEY", ""))
    checkpoint = open_checkpoint(server.checkpoint(), key)
    seen = read_seen(asked.seen)
    require_fresh(checkpoint, now=datetime.now(UTC), most=timedelta(hours=asked.hours))
    require_growth(checkpoint, seen)
    readable = check_events(server.events(checkpoint.size), checkpoint, seen)
    write_seen(asked.seen, checkpoint)
    before = f", and begins as it did on {seen.at}" if seen else ""
    return (
        f"The ledger is whole: {checkpoint.size} events as signed at {checkpoint.at.isoformat()}, "
        f"{readable} of them readable by this key{before}."
    )


def _text_or_file(said: str) -> str:
    path = Path(said)
    return path.read_text() if path.is_file() else said


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fir.client", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="check the ledger against a signed checkpoint")
    verify.add_argument(
        "--url", required=True, help="FIR's address, such as https://fir.example.org"
    )
    verify.add_argument(
        "--key",
        required=True,
        help="FIR's public key as /keys gives it, or a file that holds it; get it once, by a way "
        "you trust, and keep it",
    )
    verify.add_argument("--api-key", default="", help="a Party's key; FIR_API_KEY when not given")
    verify.add_argument(
        "--seen",
        type=Path,
        default=Path("fir-checkpoint.json"),
        help="the file that keeps the last checkpoint that was found good",
    )
    verify.add_argument(
        "--hours", type=float, default=HOURS, help="how old the newest checkpoint may be"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
