"""The hub's lane of the bench, whose load generator checks every number every viewer gets."""

import shutil
from pathlib import Path

import pytest
from bench import room_peers as peers
from bench.compiling import compiled
from bench.room_load import SOURCE


@pytest.mark.skipif(shutil.which("cc") is None, reason="the load generator is compiled")
@pytest.mark.parametrize(("name", "mode"), [("hub", "room"), ("bare", "plain")])
def test_every_viewer_gets_every_number_once(tmp_path: Path, name: str, mode: str) -> None:
    port = peers.free_port()
    figures = peers.best_of(
        getattr(peers, name)(port),
        port,
        mode,
        "/",
        viewers=40,
        rates=[20],
        seconds=1.0,
        program=compiled(SOURCE, tmp_path),
        cores=(None, None),
    )
    assert figures["viewers"] == 40
    (run,) = figures["runs"]
    assert (run["lost"], run["undelivered"]) == (0, 0)
