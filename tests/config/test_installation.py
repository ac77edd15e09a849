"""Starting, stopping, saving and bringing back an installation, as a person does it."""

from pathlib import Path

import httpx
import pytest

from tests.running import run_command, up


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_an_installation_starts_is_well_and_survives_backup_and_restore(
    data: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.tar"
    with up(data) as running:
        assert httpx.get(f"{running.base_url}/accounts/login/", timeout=60).status_code == 200
        doctor = running.command("doctor")
        assert doctor.returncode == 0, doctor.stdout + doctor.stderr
        second = running.command("up", "--port", "0")
        assert second.returncode == 2
        assert "already running" in second.stderr
        assert running.command("backup", str(saved)).returncode == 0
        refused = running.command("restore", str(saved), "--replace")
        assert refused.returncode == 2
        assert "stop it first" in refused.stderr
    assert saved.stat().st_mode & 0o077 == 0
    assert "not empty" in run_command(data, "restore", str(saved)).stderr
    assert run_command(data, "restore", str(saved), "--replace").returncode == 0
    assert run_command(data, "doctor").returncode == 0


def test_production_refuses_demo_and_clock(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWCART_ENV", "production")
    for arguments in (["--demo"], ["--clock", "2021-11-15T24:00+08:00"]):
        done = run_command(data, "up", *arguments)
        assert done.returncode == 2
        assert "production" in done.stderr


def test_a_clock_without_a_zone_says_what_to_write(data: Path) -> None:
    done = run_command(data, "up", "--clock", "2021-11-15T23:00")
    assert done.returncode == 2
    assert "+08:00" in done.stderr


def test_something_else_is_not_a_backup(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "photo.tar"
    file.write_bytes(b"not a tar")
    done = run_command(data, "restore", str(file))
    assert done.returncode == 2
    assert "is not a Yellowcart backup" in done.stderr
