"""One connection on which several prepared statements travel together.

libpq's pipeline as the lane needs it, and no more: what is sent between two :meth:`Wire.sent`
goes in one round trip, and one callback takes its results in. psycopg's own pipeline waits for the
socket once a statement, which on small batches costs more than the statements.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from psycopg import AsyncConnection, OperationalError
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult

Rows = list[tuple[Any, ...]]

_PLAIN: Final = {
    b"begin": b"BEGIN ISOLATION LEVEL READ COMMITTED",
    b"commit": b"COMMIT",
    b"rollback": b"ROLLBACK",
}


class Wire:
    """A connection in pipeline mode with statements prepared by name.

    Parameters and results are binary; parameters come packed (:mod:`checkout.arrays`).
    """

    def __init__(self, conn: AsyncConnection[Any]) -> None:
        self._conn = conn
        self._pg = conn.pgconn
        # A number of our own for the same socket: libpq closes its own as soon as it finds the
        # connection lost, and the loop would go on watching whoever is given that number next.
        self._socket = os.dup(conn.pgconn.socket)
        self._load = Transformer(conn)
        self._loop = asyncio.get_running_loop()
        self._taken: list[PGresult] = []
        self._done: asyncio.Future[list[PGresult]] | None = None
        self._writing = False

    @classmethod
    async def open(cls, url: str, statements: Mapping[bytes, bytes], **options: Any) -> "Wire":
        """Connect and prepare. Raises psycopg's errors."""
        wire = cls(await AsyncConnection.connect(url, autocommit=True, **options))
        wire._pg.nonblocking = 1
        wire._pg.enter_pipeline_mode()
        wire._loop.add_reader(wire._socket, wire._on_readable)
        try:
            for name, statement in {**_PLAIN, **statements}.items():
                wire._pg.send_prepare(name, statement)
            await wire.sent()
        except BaseException:
            await wire.close()
            raise
        return wire

    @property
    def closed(self) -> bool:
        """Whether the connection is gone."""
        return self._conn.closed or self._pg.status == ConnStatus.BAD

    @property
    def backend_pid(self) -> int:
        """The server process at the other end."""
        return self._pg.backend_pid

    def send(self, name: bytes, parameters: Sequence[bytes | None] = ()) -> None:
        """Add a statement to the next round trip."""
        formats = [Format.BINARY] * len(parameters)
        self._pg.send_query_prepared(name, parameters, formats, Format.BINARY)

    async def sent(self) -> list[Rows]:
        """Make the round trip: the rows of each statement that was sent.

        Raises the first statement's error that failed; those after it were not run.
        """
        self._taken = []
        self._done = self._loop.create_future()
        self._pg.pipeline_sync()
        self._flush()
        results = await self._done
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result)
        return [self._rows(result) for result in results]

    async def close(self) -> None:
        """Hang up; an open transaction is rolled back by the server."""
        self._stop_watching()
        await self._conn.close()

    def _rows(self, result: PGresult) -> Rows:
        if result.status != ExecStatus.TUPLES_OK:
            return []
        self._load.set_pgresult(result)
        return self._load.load_rows(0, result.ntuples, tuple)

    def _flush(self) -> None:
        """Send what libpq still holds; come back when the socket takes more."""
        if not self._pg.flush():
            self._stop_writing()
        elif not self._writing:
            self._writing = True
            self._loop.add_writer(self._socket, self._on_writable)

    def _stop_watching(self) -> None:
        if self._socket >= 0:
            self._loop.remove_reader(self._socket)
            self._stop_writing()
            os.close(self._socket)
            self._socket = -1

    def _stop_writing(self) -> None:
        if self._writing:
            self._writing = False
            self._loop.remove_writer(self._socket)

    def _on_writable(self) -> None:
        try:
            self._flush()
        except OperationalError as error:
            self._fail(error)

    def _on_readable(self) -> None:
        try:
            self._pg.consume_input()
            ended = False
            while self._done is not None and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None:
                    if ended:
                        break  # no statement ended before: there is nothing more to read yet
                    ended = True
                    continue
                ended = False
                if result.status == ExecStatus.PIPELINE_SYNC:
                    done, self._done = self._done, None
                    if not done.done():
                        done.set_result(self._taken)
                else:
                    self._taken.append(result)
            if self._pg.status == ConnStatus.BAD:
                raise OperationalError("the connection was lost")
        except OperationalError as error:
            self._fail(error)

    def _fail(self, error: OperationalError) -> None:
        """The connection is gone: whoever waits learns of it."""
        self._stop_watching()
        done, self._done = self._done, None
        if done is not None and not done.done():
            done.set_exception(error)
