"""How much script a room needs before it can play video."""

import re

from yellowcart.web.viewer import modules
from yellowcart.web.viewer.rooms import MAIN

#: Bytes, uncompressed: the issue's budget for everything but video libraries.
BUDGET = 200_000
_LATER = re.compile(r'import\("(?P<path>\.[^"]+)"\)')


def _mounted() -> list[str]:
    text = modules.source_of("viewer/js/room/mounts.js")
    return [f"viewer/js/room/{match['path'][2:]}" for match in _LATER.finditer(text)]


def test_all_script_of_a_room_fits_its_budget() -> None:
    found = {*modules.graph_of(MAIN), *modules.graph_of("base/js/main.js")}
    for name in _mounted():
        found |= {*modules.graph_of(name)}
    assert "viewer/js/room/connection.js" in found
    assert "base/js/clock.js" in found
    sizes = {name: len(modules.source_of(name).encode()) for name in found}
    assert sum(sizes.values()) < BUDGET, sorted(sizes.items(), key=lambda one: -one[1])[:10]


def test_video_libraries_wait_until_there_is_something_to_play() -> None:
    assert not [name for name in modules.graph_of(MAIN) if "/media/" in name or "vendor" in name]


def test_style_sheets_are_found_without_reading_the_one_that_brings_them_in() -> None:
    found = modules.sheets_of("base/css/index.css")
    assert "base/css/tokens.css" in found
    assert all(modules.source_of(name) for name in found)
