"""FIR_HOME: private files, and a complete environment in which the user's own words win."""

import os
from pathlib import Path

import environ
import pytest

from fir.embedded.home import ForeignHomeError, HalfADatabaseError, Home, is_collected


def test_everything_is_for_the_owner_alone(place: Path) -> None:
    home = Home(place / "home", {})
    home.prepare()
    home.announce(home.settings("postgresql:///app", "postgresql:///owner"))
    for path in home.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    # Root's PostgreSQL runs as `nobody`, who must pass through, but sees no names.
    assert home.folder.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)


def test_the_users_own_variables_win_and_empty_ones_do_not_count(place: Path) -> None:
    home = Home(place, {"REDIS_URL": "redis://mine", "EMAIL_URL": "", "FIR_PORT": "9001"})
    settings = home.settings("postgresql:///app", "postgresql:///owner")
    assert settings["REDIS_URL"] == "redis://mine"
    assert settings["EMAIL_URL"].startswith("filemail:")
    assert settings["FIR_BASE_URL"] == "http://localhost:9001"


def test_the_outbox_is_read_back_by_the_settings(place: Path) -> None:
    home = Home(place / "a b+c", {})
    home.prepare()
    url = home.settings("postgresql:///app", "postgresql:///owner")["EMAIL_URL"]
    assert environ.Env.email_url_config(url)["EMAIL_FILE_PATH"] == str(home.outbox)


def test_the_secret_key_stays_the_same(place: Path) -> None:
    keys = {Home(place, {}).settings("a", "b")["FIR_SECRET_KEY"] for _ in range(3)}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
def test_one_address_without_the_other_is_refused(place: Path, name: str) -> None:
    with pytest.raises(HalfADatabaseError, match=f"{name} is set"):
        Home(place, {name: "postgresql://somewhere/fir"}).given_database()


def test_a_home_of_another_user_is_refused(place: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder that belongs to somebody else")
    os.chown(place, 12345, 12345)
    with pytest.raises(ForeignHomeError, match="12345"):
        Home(place, {}).prepare()


def test_static_files_are_collected_anew_when_any_was_changed_added_or_taken(
    tmp_path: Path,
) -> None:
    source, collected = tmp_path / "static", tmp_path / "collected"
    for folder in (source / "fir", collected):
        folder.mkdir(parents=True)
    style, manifest = source / "fir" / "fir.css", collected / "staticfiles.json"
    style.touch()

    def at(moment: int, *paths: Path) -> None:
        for path in paths:
            os.utime(path, (moment, moment))

    assert not is_collected(source, collected)
    manifest.touch()
    at(100, style, style.parent, source)
    at(200, manifest)
    assert is_collected(source, collected)
    at(300, style)
    assert not is_collected(source, collected)
    at(100, style)
    at(300, style.parent)
    assert not is_collected(source, collected)
