"""Celery's broker on a bare machine: each ring is a small file in a folder.

kombu brings such a transport, but its reader may take a file that is still being written, which
ends a Celery worker. Here a file gets its name only when it is complete. A broker URL of the form
`bells:///absolute/folder` names the folder; Redis takes its place in production.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import unquote, urlsplit

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual
from kombu.utils import json as kombu_json

SCHEME = "bells"

# kombu carries no types: these names say so once.
_json: Any = kombu_json
_Channel: Any = filesystem.Channel
_Transport: Any = filesystem.Transport
_State: Any = virtual.BrokerState
_Binding: Any = filesystem.exchange_queue_t


def register() -> None:
    """Make `bells://` known to kombu. Call it before the Celery application is made."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


def transport_options(url: str) -> dict[str, Any]:
    """What Celery's `broker_transport_options` must hold for a `bells://` URL; {} for others."""
    parts = urlsplit(url)
    if parts.scheme != SCHEME:
        return {}
    folder = Path(unquote(parts.path))
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.1,
    }


class Channel(_Channel):  # type: ignore[misc]
    """The filesystem channel with whole files only, both for messages and for bindings."""

    def _put(self, queue: str, payload: object, **_: object) -> None:
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(_names(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            message = _take(folder / name)
            if message is not None:
                return message
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        binding = _Binding(routing_key or "", pattern or "", queue or "")
        if binding not in self.get_table(exchange):  # nearly always there: then no lock, no write
            self._change_table(exchange, lambda table: [binding, *table])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *_: object, **__: object
    ) -> None:
        self._purge(queue)
        binding = _Binding(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda table: [other for other in table if other != binding])

    def _change_table(self, exchange: str, change: Callable[[list[Any]], list[Any]]) -> None:
        file = self._exchange_file(exchange)
        with _locked(file.with_suffix(".lock")):
            _write_whole(file, change(self.get_table(exchange)))


class Transport(_Transport):  # type: ignore[misc]
    """kombu's filesystem transport with the channel above."""

    Channel = Channel
    driver_type = SCHEME
    driver_name = SCHEME
    default_connection_params: dict[str, Any] = {}  # a folder has no host, user or port
    # A folder that cannot be written will not be a moment later: raise, never try again.
    recoverable_connection_errors: tuple[type[Exception], ...] = ()
    recoverable_channel_errors: tuple[type[Exception], ...] = ()

    def __init__(self, client: Any, **arguments: Any) -> None:
        super().__init__(client, **arguments)
        # kombu remembers bindings for the whole process, as if there were one folder only.
        self.state = _State()


def _write_whole(path: Path, content: object) -> None:
    """Give the file its name only when every byte of it is there."""
    new = path.with_name(f".{path.name}.{uuid.uuid4()}")
    try:
        new.write_text(_json.dumps(content))
        new.rename(path)
    except OSError as error:
        raise ChannelError(f"The bell folder {path.parent} cannot be written: {error}.") from error


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []  # the next start of the launcher is just making it anew


def _take(path: Path) -> Any:
    """Read a message that becomes ours by the renaming; None when another worker was quicker."""
    mine = path.with_name(f".{path.name}.taken")
    try:
        path.rename(mine)
        content = mine.read_bytes()
        mine.unlink()
        return _json.loads(content)
    except (FileNotFoundError, ValueError):
        return None  # a stranger's file must not end the worker either


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise ChannelError(f"The bell folder {path.parent} cannot be written: {error}.") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
