"""Children and locks: the small parts under the launcher."""

import os
import subprocess
import sys
from pathlib import Path

from fir.embedded.processes import FileLock, end, spawn

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "600"])
print("ready", flush=True)
time.sleep(600)
"""


def test_a_child_that_does_not_end_is_ended_with_all_it_started() -> None:
    child = spawn([sys.executable, "-c", STUBBORN], env=os.environ, output=subprocess.PIPE)
    assert child.stdout is not None
    with child.stdout as said:
        assert said.readline() == b"ready\n"
        end([child], patience=0.2)
        assert child.returncode == -9
        # Its output ends only when every process that shares it has ended.
        assert said.read() == b""


def test_a_lock_is_held_by_one_and_shared_by_many(tmp_path: Path) -> None:
    one, two, three = (FileLock(tmp_path / "lock") for _ in range(3))
    assert one.take()
    one.sign("process 1")
    assert not two.take()
    assert not two.take(shared=True)
    assert two.signature() == "process 1"
    one.release()
    assert two.take(shared=True)
    assert three.take(shared=True)
    assert not one.take()
    two.release()
    three.release()
    assert one.take()
    one.release()


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = f"""
import os, pathlib
from fir.embedded.processes import FileLock
lock = FileLock(pathlib.Path({str(path)!r}))
assert lock.take()
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    lock = FileLock(path)
    assert lock.take()
    lock.release()
