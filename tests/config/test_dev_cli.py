import json
import os
from pathlib import Path

import httpx
import pytest

from tests.running import furnish, run_command, up


def test_a_flash_sale_can_be_bought(tmp_path: Path) -> None:
    data = furnish(tmp_path / "data")
    with up(data) as running:
        made = running.command("dev", "flash-sale", "--stock", "2", "--buyers", "3", "--json")
        assert made.returncode == 0, made.stderr
        sale = json.loads(made.stdout)
        assert sale["base_url"] == running.base_url
        assert sale["database_url"].startswith("postgres")
        answers = [
            httpx.post(
                f"{sale['base_url']}/api/v1/rooms/{sale['room_id']}/orders",
                headers={"authorization": f"Bearer {one}"},
                json={
                    "listing_id": sale["listing_id"],
                    "sku_id": sale["sku_id"],
                    "quantity": 1,
                    "unit_price": sale["unit_price"],
                    "idempotency_key": "k",
                },
                timeout=60,
            ).status_code
            for one in sale["passes"]
        ]
        assert answers == [201, 201, 409]


@pytest.mark.parametrize("environment", ["production", "development"])
def test_where_there_is_no_flash_sale(tmp_path: Path, monkeypatch, environment: str) -> None:
    monkeypatch.setitem(os.environ, "YELLOWCART_ENV", environment)
    made = run_command(furnish(tmp_path), "dev", "flash-sale", "--json")
    assert made.returncode == 2
    expected = "refused" if environment == "production" else "start it first"
    assert expected in made.stderr
