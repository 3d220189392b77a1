"""Somebody outside, who has a copy of the folder `fir/client`, Python and `cryptography`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
# What `cryptography` is made of; of everything else that is installed here nothing is taken along.
TAKEN_ALONG = ("cryptography", "cffi", "_cffi_backend")


@dataclass(frozen=True)
class Outside:
    """A folder outside of any FIR, in which the verifier runs."""

    folder: Path

    @classmethod
    def of(cls, folder: Path) -> Outside:
        """The folder, with the client copied into a package that holds nothing else."""
        (folder / "fir").mkdir(parents=True)
        (folder / "fir" / "__init__.py").touch()
        shutil.copytree(
            CHECKOUT / "fir" / "client",
            folder / "fir" / "client",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        for name in TAKEN_ALONG:
            spec = importlib.util.find_spec(name)
            assert spec
            assert spec.origin
            found = Path(spec.origin)
            found = found.parent if found.name == "__init__.py" else found
            (folder / found.name).symlink_to(found)
        return cls(folder)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python there, without anything that is installed for FIR."""
        return subprocess.run(
            [sys.executable, "-S", *arguments],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(self.folder),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def verify(self, **options: str) -> subprocess.CompletedProcess[str]:
        """`python -m fir.client verify` with these options."""
        said: list[str] = []
        for name, value in options.items():
            said += [f"--{name.replace('_', '-')}", value]
        return self.python("-m", "fir.client", "verify", *said)
