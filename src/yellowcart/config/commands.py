"""The commands of the installation itself: run it, check it, save it."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from yellowcart.config.boot import boot, collect_static, migrate
from yellowcart.core import home
from yellowcart.core.instants import InstantError, parse_instant

app = typer.Typer()

DataOption = Annotated[
    Path | None, typer.Option("--data", help="The data folder (default: ./yellowcart-data).")
]


def use_data(data: Path | None) -> None:
    """Make ``--data`` count for this command and its children."""
    if data is not None:
        os.environ["YELLOWCART_DATA"] = str(data.expanduser().resolve())


def refuse(message: str) -> typer.Exit:
    """Say why on stderr; the exit to raise."""
    typer.echo(message, err=True)
    return typer.Exit(2)


@app.command()
def up(
    data: DataOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty shop street once.")] = False,
    clock: Annotated[
        str | None, typer.Option(help="Start the platform's clock at this instant (not real time).")
    ] = None,
    speed: Annotated[float, typer.Option(help="Seconds the set clock runs a second.")] = 1.0,
    processes: Annotated[int, typer.Option(help="Server processes to run.")] = 1,
) -> None:
    """Set up what is missing and serve everything."""
    use_data(data)
    production = os.environ.get("YELLOWCART_ENV") == "production"
    if production and (demo or clock):
        raise refuse("--demo and --clock are refused when YELLOWCART_ENV=production")
    run = home.running()
    if run is not None:
        raise refuse(f"already running at {run['base_url']} on this data folder")
    try:
        instant = parse_instant(clock) if clock else None
    except InstantError as error:
        raise refuse(f"--clock: {error}") from error
    from yellowcart.config.server import PortTakenError, bind, bind_media, serve

    try:
        listener = bind(host, port)
        media = bind_media(host)
    except PortTakenError as error:
        raise refuse(str(error)) from error
    port = listener.getsockname()[1]
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  only shown
    base_url = os.environ.setdefault("YELLOWCART_BASE_URL", f"http://{shown}:{port}")
    if demo:
        os.environ["YELLOWCART_DEMO"] = "1"
    boot()
    migrate()
    collect_static()
    from yellowcart.config.install import install
    from yellowcart.core.timeline import do_reset_clock, do_set_clock

    if instant is not None:
        do_set_clock(instant, speed)
    else:
        do_reset_clock()
    install(demo=demo)
    home.write_run_file({"pid": os.getpid(), "base_url": base_url})
    greet(base_url, demo=demo, media=media is not None)
    raise typer.Exit(serve(listener, processes, media))


def _greet_the_first(base_url: str) -> None:
    from yellowcart.people.queries import has_operator

    if not has_operator():
        typer.echo("  Nobody looks after this platform yet. Sign up and become its operator:")
        typer.echo(f"    {base_url}/accounts/signup/")
        program = f"YELLOWCART_DATA={home.data_dir()} {sys.argv[0]}"
        typer.echo(f"    {program} people grant YOUR-NAME operator\n")
        sys.stdout.flush()


def greet(base_url: str, *, demo: bool, media: bool) -> None:
    """Say where to go, and in a demo whom to sign in as."""
    typer.echo(f"\n  Yellowcart is at {base_url}\n  Stop it with Ctrl-C.\n")
    if media:
        rtmp, udp = (os.environ[f"YELLOWCART_MEDIA_{name}_PORT"] for name in ("RTMP", "UDP"))
        typer.echo(f"  Video: RTMP on port {rtmp}, WebRTC on UDP port {udp}\n")
    if not demo:
        _greet_the_first(base_url)
        return
    from yellowcart.demo.people import PASSWORD, PEOPLE

    typer.echo(f"  Sign in at {base_url}/accounts/login/ (password for all: {PASSWORD})")
    for person in PEOPLE:
        typer.echo(f"    {person.username:<12} {person.does}")
    typer.echo("")
    sys.stdout.flush()


@app.command(hidden=True)
def serve(
    fd: Annotated[int, typer.Option()],
    ready_fd: Annotated[int | None, typer.Option()] = None,
) -> None:
    """One server process of ``up``."""
    from yellowcart.config.server import run_server

    boot()
    run_server(fd, ready_fd)


@app.command(hidden=True)
def worker() -> None:
    """The worker process of ``up``."""
    boot()
    from yellowcart.config.worker import main

    main(os.environ["DATABASE_URL"])


@app.command(hidden=True)
def video(
    http: Annotated[int, typer.Option()],
    rtmp: Annotated[int, typer.Option()],
    udp: Annotated[int, typer.Option()],
) -> None:
    """The video process of ``up``."""
    boot()
    # Only this process loads what media needs.
    from yellowcart.media.engine.process import run

    run(os.environ["DATABASE_URL"], http, rtmp, udp)


@app.command()
def doctor(data: DataOption = None) -> None:
    """Check this installation and say what to do about what is wrong."""
    use_data(data)
    boot()
    from yellowcart.config.doctor import examine

    findings = examine()
    for finding in findings:
        typer.echo(f"{'ok   ' if finding.ok else 'WRONG'} {finding.what}: {finding.words}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def backup(file: Path, data: DataOption = None) -> None:
    """Save the database and the secret key in one file; works while the server runs."""
    use_data(data)
    boot()
    from yellowcart.config.saving import SavingError, save

    try:
        size = save(file)
    except SavingError as error:
        raise refuse(str(error)) from error
    typer.echo(f"saved {size:,} bytes in {file}")


@app.command()
def restore(
    file: Path,
    data: DataOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Throw away what the data folder holds now.")
    ] = False,
) -> None:
    """Bring back what ``backup`` saved. The server must be stopped."""
    use_data(data)
    from yellowcart.config.saving import SavingError, bring_back

    try:
        bring_back(file, replace=replace)
    except SavingError as error:
        raise refuse(str(error)) from error
    typer.echo(f"restored from {file}")
