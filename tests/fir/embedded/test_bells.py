"""The bells: whole messages only, and a folder that cannot be written is said at once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.exceptions import ChannelError

from fir.embedded import bells
from tests.fir.embedded.conftest import CHECKOUT

QUEUE = Queue("news", Exchange("news"), routing_key="news")
MESSAGES = 1500

# Large messages, so that a reader would meet half of one if they were written in place.
WRITER = f"""
import sys
from tests.fir.embedded.test_bells import QUEUE, open_bells
with open_bells(sys.argv[1]) as connection, connection.Producer() as producer:
    for number in range({MESSAGES}):
        producer.publish({{"n": number, "w": sys.argv[2], "fill": "x" * 20000}},
                         exchange=QUEUE.exchange, routing_key="news", declare=[QUEUE])
"""


def open_bells(folder: str) -> Connection:
    bells.register()
    url = f"bells://{folder}"
    return Connection(url, transport_options=bells.transport_options(url) | {"polling_interval": 0})


@pytest.fixture
def folder(place: Path) -> Path:
    made = place / "bells"
    made.mkdir()
    return made


@pytest.fixture
def writers(folder: Path) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Two senders at once, which also race to declare the binding."""
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name], cwd=CHECKOUT)
        for name in ("a", "b")
    ]
    yield started
    for writer in started:
        writer.kill()
        writer.wait()


def test_a_reader_beside_two_writers_meets_every_message_whole_and_once(
    folder: Path, writers: list["subprocess.Popen[bytes]"]
) -> None:
    met: list[tuple[str, int]] = []

    def meet(body: dict[str, Any], message: Any) -> None:
        met.append((body["w"], body["n"]))
        message.ack()

    with (
        open_bells(str(folder)) as connection,
        connection.Consumer(QUEUE, callbacks=[meet]),
    ):
        while len(met) < 2 * MESSAGES:
            connection.drain_events(timeout=30)
    assert sorted(met) == [(name, n) for name in ("a", "b") for n in range(MESSAGES)]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert not [path for path in folder.iterdir() if path.is_file()]


def test_a_file_that_is_no_message_does_not_end_the_worker(folder: Path) -> None:
    (folder / "0_stray.news.msg").write_text('{"half":')
    with open_bells(str(folder)) as connection:
        with connection.Producer() as producer:
            producer.publish("whole", exchange="news", routing_key="news", declare=[QUEUE])
        message = QUEUE(connection.default_channel).get(no_ack=True)
        assert message is not None
        assert message.payload == "whole"


@pytest.mark.parametrize("retry", [True, False])
def test_a_missing_folder_is_said_at_once(folder: Path, retry: bool) -> None:
    with (
        open_bells(f"{folder}/missing") as connection,
        connection.Producer() as producer,
        pytest.raises((ChannelError, OSError), match="missing"),
    ):
        producer.publish("x", exchange="news", routing_key="news", retry=retry, declare=[QUEUE])


def test_a_folder_that_vanishes_between_two_rings_is_said_at_once(folder: Path) -> None:
    with open_bells(str(folder)) as connection, connection.Producer() as producer:
        producer.publish("x", exchange="news", routing_key="news", declare=[QUEUE])
        folder.rename(folder.with_name("elsewhere"))
        with pytest.raises(ChannelError, match="cannot be written"):
            connection.default_channel._put("news", {})


def test_other_brokers_get_no_options() -> None:
    assert bells.transport_options("redis://localhost/0") == {}
    assert bells.transport_options("bells:///a%20b")["data_folder_in"] == "/a b"
