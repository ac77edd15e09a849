"""The cut-off night, told by the command."""

import json
from pathlib import Path

from tests.running import furnish, run_command


def test_the_story_keeps_every_promise(tmp_path: Path) -> None:
    done = run_command(furnish(tmp_path), "demo", "cutoff", "--json", timeout=800)
    assert done.stdout, done.stderr[-3000:]
    told = json.loads(done.stdout)
    broken = [one for one in told["promises"] if not one["kept"]]
    assert broken == []
    assert told["kept"]
    assert done.returncode == 0
