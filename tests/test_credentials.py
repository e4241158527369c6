from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app import credentials
from app.domain.errors import MainstayError
from app.settings import Settings, SettingsFault
from tests.environments import NEEDED


def test_what_is_kept_is_read_and_the_environment_counts_more(tmp_path: Path) -> None:
    path = tmp_path / "mainstay.env"
    credentials.keep(path, NEEDED)
    credentials.keep(path, {"GITHUB_APP_ID": "77", "PORT": "9"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["mainstay.env"]
    merged = credentials.merged({"CREDENTIALS_FILE": str(path), "PORT": "8", "HOST": " "})
    settings = Settings.from_env(merged)
    assert (settings.github.app_id, settings.port) == (77, 8)
    assert settings.github.private_key.get_secret_value() == NEEDED["GITHUB_PRIVATE_KEY"]


def test_a_comment_stays(tmp_path: Path) -> None:
    path = tmp_path / "mainstay.env"
    path.touch(0o600)
    path.write_text("# mine\n\nHOST=::1\n")
    credentials.keep(path, {"PORT": "9"})
    assert path.read_text() == "# mine\n\nHOST=::1\nPORT=9\n"


def test_no_file_says_nothing(tmp_path: Path) -> None:
    given = {"CREDENTIALS_FILE": str(tmp_path / "none"), "PORT": "8"}
    assert credentials.merged(given) == given


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "mainstay.env"
    credentials.keep(path, {"SECRET_KEY": "very-secret-indeed"})
    path.chmod(mode)
    with pytest.raises(SettingsFault, match="chmod 600") as refused:
        credentials.read(path)
    assert "very-secret" not in str(refused.value)


@pytest.mark.parametrize("line", ["SECRET_KEY", "SECERT_KEY=very-secret", "very secret"])
def test_a_line_that_sets_nothing_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "mainstay.env"
    path.touch(0o600)
    path.write_text(f"PORT=1\n{line}\n")
    with pytest.raises(SettingsFault, match="line 2") as refused:
        credentials.read(path)
    assert "secret" not in str(refused.value)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(MainstayError, match="CREDENTIALS_FILE"):
        credentials.keep(tmp_path / "nowhere" / "mainstay.env", {"PORT": "1"})
