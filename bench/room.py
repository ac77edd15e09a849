"""How many viewers one process on one core carries, and how fast what is said reaches them.

The way is the real one: a viewer speaks in a socket, the edge writes it to PostgreSQL, the worker's
relay numbers it, the hub fetches it and spreads it. The edge has a core to itself; PostgreSQL, the
worker and the load generator (C, one thread, ``room_load.c``) share the other, so on two cores the
largest rates are slowed by what stands beside the edge as well. Viewers offer to read deflated
messages, as browsers do; how many bytes they would have been otherwise is counted too. Every
viewer's every number is checked. On the edge's core, in the same run, stand bare uvloop sockets,
socket.io and Channels, where a message goes straight from one socket to all, without a database.

``ratio`` is our best deliveries a second whose p99 is under 250 ms, over socket.io's best, however
late those came. ``frame_ratio`` is our hub's frames a second, one event a frame and no database,
over bare sockets'.
"""

import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import room_peers as peers
from bench.compiling import compiled
from bench.room_load import SOURCE, Load, loading
from bench.room_stage import Pins, Stage, staged
from bench.running import installation

VIEWERS = (2_000, 5_000, 20_000)
RATES = (10, 100, 300)
MOST_P99_MS = 250.0
#: Files a process needs beside its sockets.
SPARE_FILES = 220
PEER_VIEWERS = 2_000
CHANNELS_VIEWERS = 200


def run(*, quick: int = 0) -> dict[str, Any]:
    """The figures."""
    cores = _cores()
    with tempfile.TemporaryDirectory(prefix="yellowcart-room-") as folder:
        program = compiled(SOURCE, Path(folder))
        figures: dict[str, Any] = {"bench": "room", "machine": _machine(cores)}
        others = _peers(program, cores, quick=bool(quick))
        with installation() as home:
            most = 200 if quick else _most_viewers()
            home.environment["YELLOWCART_ROOM_SOCKETS"] = str(most + 100)
            home.environment["YELLOWCART_ROOM_LAG_MS"] = "10000"
            with (
                staged(home, most, server_core=cores[0], other_core=cores[1]) as stage,
                loading(program, stage.port, "room", stage.paths, core=cores[1]) as load,
            ):
                sizes = (most,) if quick else (*VIEWERS[:-1], most)
                ours = _fill(stage, load, sizes, RATES[:1] if quick else RATES, 2 if quick else 4)
                ours["restart"] = _restart(stage, load)
    return figures | _headline(ours, others) | {"ours": ours, "peers": others}


def _cores() -> tuple[int | None, int | None]:
    found = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return (found[0], found[1]) if len(found) > 1 else (None, None)


def _most_viewers() -> int:
    """20,000, or as many as one process may have files."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(VIEWERS[-1], hard - SPARE_FILES)


def _machine(cores: tuple[int | None, int | None]) -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "edge_core": cores[0],
        "core_of_postgres_worker_and_load": cores[1],
        "files_a_process": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        "load_average_before": os.getloadavg()[0],
    }


def _peers(program: Path, cores: tuple[int | None, int | None], *, quick: bool) -> dict[str, Any]:
    size = 100 if quick else PEER_VIEWERS
    plans: dict[str, tuple[Any, str, str, int, list[int], float]] = {
        "bare": (peers.bare, "plain", "/", size, [40, 120], 3.0),
        "hub_only": (peers.hub, "room", "/", size, [40, 120], 3.0),
        "socketio": (
            peers.socketio,
            "sio",
            "/socket.io/?EIO=4&transport=websocket",
            size,
            [20, 40, 60],
            3.0,
        ),
        "channels": (
            peers.channels,
            "plain",
            "/",
            50 if quick else CHANNELS_VIEWERS,
            [5, 10, 20],
            2.0,
        ),
    }
    found: dict[str, Any] = {}
    for name, (command, mode, path, viewers, rates, seconds) in plans.items():
        port = peers.free_port()
        try:
            found[name] = peers.best_of(
                command(port),
                port,
                mode,
                path,
                viewers=viewers,
                rates=rates[:1] if quick else rates,
                seconds=1.0 if quick else seconds,
                program=program,
                cores=cores,
            )
        except peers.MissingError as error:
            found[name] = {"missing": str(error)}
    return found


def _fill(
    stage: Stage, load: Load, sizes: tuple[int, ...], rates: tuple[int, ...], seconds: int
) -> dict[str, Any]:
    """Fill the room further and further, and speak faster and faster in it."""
    empty, cells, opened = stage.server.memory, [], []
    for size in sizes:
        before = stage.server.cpu
        entry = load.ask(f"open {size}")
        entry["server_cpu"] = round(stage.server.cpu - before, 2)
        entry["bytes_a_viewer"] = round((stage.server.memory - empty) / max(entry["open"], 1))
        opened.append(entry)
        cells += [_cell(stage, load, size, rate, seconds) for rate in rates]
    liked = _cell(stage, load, sizes[-1], rates[0], seconds, likes=min(4_000, sizes[-1] // 2))
    return {"cells": cells, "opening": opened, "under_likes": liked}


def _cell(
    stage: Stage, load: Load, size: int, rate: int, seconds: int, likes: int = 0
) -> dict[str, Any]:
    pins = Pins(stage.room, 4)
    pins.start()
    cpu = stage.server.cpu
    began = time.monotonic()
    cell = load.ask(f"run {seconds} {rate} {min(1_000, size)} {likes}")
    spent = time.monotonic() - began
    pins.stop()
    cell["rate"] = rate
    cell["likes_frames_a_second"] = likes
    used = stage.server.cpu - cpu
    cell["server_core_share"] = round(used / spent, 3)
    cell["server_us_per_frame"] = round(used / max(cell["frames"], 1) * 1e6, 2)
    cell["kilobytes_a_viewer_and_second"] = {
        "deflated": round(cell["bytes"] / size / cell["seconds"] / 1_000, 2),
        "as_it_is": round(cell["bytes_undeflated"] / size / cell["seconds"] / 1_000, 2),
    }
    return cell


def _restart(stage: Stage, load: Load) -> dict[str, Any]:
    """A rolling restart and a kill, while the host goes on pinning."""
    found = {}
    for name in ("rolling", "killed"):
        pins = Pins(stage.room, 5)
        pins.start()
        load.ask("run 0.1 0 1 0")
        began = time.monotonic()
        old = stage.server
        if name == "rolling":
            stage.server = stage.another_server()
            began = time.monotonic()
            load.begin("back 60")
            old.end()
        else:
            load.begin("back 60")
            old.process.kill()
            stage.server = stage.another_server()
        found[name] = load.answer() | {"all_back_seconds": round(time.monotonic() - began, 2)}
        pins.stop()
    return found


def _headline(ours: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    good = [
        cell
        for cell in ours["cells"]
        if cell["p99_ms"] <= MOST_P99_MS and not cell["lost"] and not cell["undelivered"]
    ]
    most = max(cell["viewers"] for cell in ours["cells"])
    best = max(good, key=lambda cell: cell["per_second"], default=None)
    theirs = others["socketio"].get("deliveries_per_second")
    bare = others["bare"].get("frames_per_second")
    alone = others["hub_only"].get("frames_per_second")
    return {
        "ratio": round(best["per_second"] / theirs, 2) if best and theirs else None,
        "frame_ratio": round(alone / bare, 3) if alone and bare else None,
        "deliveries_per_second": best["per_second"] if best else None,
        "p50_ms": best["p50_ms"] if best else None,
        "p99_ms": best["p99_ms"] if best else None,
        "viewers": best["viewers"] if best else None,
        "lost": sum(cell["lost"] + cell["twice"] for cell in ours["cells"])
        + sum(one["lost"] + one["twice"] for one in ours["restart"].values()),
        "p99_ms_of_the_fullest_room": {
            str(cell["rate"]): cell["p99_ms"] for cell in ours["cells"] if cell["viewers"] == most
        },
        "all_back_seconds": {
            name: one["all_back_seconds"] for name, one in ours["restart"].items()
        },
        "kilobytes_a_viewer_and_second": ours["cells"][-1]["kilobytes_a_viewer_and_second"],
        "pin_p99_ms_under_likes": ours["under_likes"]["pin_p99_ms"],
        "socketio_deliveries_per_second": theirs,
        "missing": {name: one["missing"] for name, one in others.items() if "missing" in one},
    }
