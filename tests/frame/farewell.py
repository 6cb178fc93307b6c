"""Stands between a client and Postgres, and ends connections in the server's name without closing them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Between:
    """Passes on every byte both ways."""

    def __init__(self, url: str) -> None:
        self._account, _, place = url.rpartition("@")
        server, _, self._database = place.partition("/")
        self._host, _, self._port = server.partition(":")
        self._clients: list[asyncio.StreamWriter] = []
        self._passing: set[asyncio.Task[None]] = set()
        self.url = ""

    def say_farewell(self) -> None:
        """As a server does whose postmaster was killed: it speaks first, and closes a moment later; here never.

        A notice follows, by which a client can tell that it has read both.
        """
        farewell = _fields(
            S="FATAL", V="FATAL", C="57P01", M="terminating connection due to unexpected postmaster exit"
        )
        notice = _fields(S="NOTICE", V="NOTICE", C="00000", M="that was it")
        self._clients[-1].write(_message(b"E", farewell) + _message(b"N", notice))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(self._host, int(self._port))
        self._clients.append(writer)
        for source, target in ((reader, to_server), (from_server, writer)):
            task = asyncio.create_task(_pass_on(source, target))
            self._passing.add(task)

    def open_at(self, port: int) -> None:
        self.url = f"{self._account}@{self._host}:{port}/{self._database}"

    async def close(self) -> None:
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)


@asynccontextmanager
async def between(url: str) -> AsyncIterator[Between]:
    """Its `url` leads to the same database."""
    middle = Between(url)
    server = await asyncio.start_server(middle.serve, "127.0.0.1", 0)
    middle.open_at(server.sockets[0].getsockname()[1])
    try:
        yield middle
    finally:
        server.close()
        await middle.close()
        await server.wait_closed()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while some := await source.read(65_536):
            target.write(some)
    except ConnectionError:
        return  # one side is gone: so is the other
    finally:
        target.close()


def _fields(**fields: str) -> bytes:
    return b"".join(name.encode() + text.encode() + b"\0" for name, text in fields.items()) + b"\0"


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body
