"""A long line: forwards TCP between pairs of loopback addresses, every byte late by the same time each way."""

from __future__ import annotations

import asyncio
import json
import socket
import sys


async def main(port: int, pairs: list[list[str]], seconds: float) -> None:
    """Until it is told to stop."""
    servers = [
        await asyncio.start_server(_line(there, port, seconds), here, port, backlog=200) for here, there in pairs
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _line(there: str, port: int, seconds: float):  # type: ignore[no-untyped-def]  # asyncio's callback
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A real line delays the handshake too: SYN out and back.
        await asyncio.sleep(2 * seconds)
        far_reader, far_writer = await asyncio.open_connection(there, port)
        for one in (writer, far_writer):
            one.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(_carry(reader, far_writer, seconds), _carry(far_reader, writer, seconds))

    return serve


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    loop = asyncio.get_running_loop()

    def arrive(data: bytes) -> None:
        if writer.is_closing():
            return
        if data:
            writer.write(data)
        else:
            writer.close()

    try:
        while data := await reader.read(65536):
            loop.call_at(loop.time() + seconds, arrive, data)
    except ConnectionError:
        pass
    loop.call_at(loop.time() + seconds, arrive, b"")


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    asyncio.run(main(told["port"], told["pairs"], told["seconds"]))
