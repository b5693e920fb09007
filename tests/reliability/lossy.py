"""TCP proxy that loses or delays answers, for the older register.

python -m tests.reliability.lossy HOST PORT TO_HOST TO_PORT loses nothing: a bridge between hosts.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

PIECE = 65_536
GONE = (ConnectionError, TimeoutError, OSError)


@dataclass(frozen=True)
class Fate:
    """What becomes of one connection, after so many pieces of an answer."""

    pieces: int
    is_hung: bool  # otherwise it is cut


class LossyWay:
    """Passes on what is said, both ways; of some connections only the beginning of an answer."""

    def __init__(
        self,
        to: tuple[str, int],
        *,
        chance: random.Random,
        cut: float,
        hung: float,
        tell: Callable[[str], None],
    ) -> None:
        self._to = to
        self._chance, self._cut, self._hung = chance, cut, hung
        self._tell = tell

    async def listen(self, host: str, port: int) -> None:
        """For ever."""
        server = await asyncio.start_server(self._pass_on, host, port)
        await server.serve_forever()

    def _fate(self) -> Fate | None:
        drawn, pieces = self._chance.random(), self._chance.randint(0, 3)
        if drawn < self._cut + self._hung:
            return Fate(pieces, is_hung=drawn < self._hung)
        return None

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self._fate()
        there: asyncio.StreamWriter | None = None
        try:
            answers, there = await asyncio.open_connection(*self._to)
            asking = asyncio.create_task(_copy(reader, there))
            await self._answer(answers, writer, fate, until=asking)
            asking.cancel()
        except GONE:
            pass
        finally:
            for each in (writer, there):
                if each is not None:
                    each.transport.abort()

    async def _answer(
        self,
        answers: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        fate: Fate | None,
        *,
        until: Awaitable[None],
    ) -> None:
        passed = 0
        while piece := await answers.read(PIECE):
            if fate is not None and passed >= fate.pieces:
                self._tell("legacy hung" if fate.is_hung else "legacy cut")
                if fate.is_hung:
                    await until  # whoever asked has to give up
                return
            writer.write(piece)
            await writer.drain()
            passed += 1


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(*GONE):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()


def main() -> None:
    host, port, to_host, to_port = sys.argv[1:]
    chance = random.Random()  # noqa: S311 - not asked for anything
    way = LossyWay((to_host, int(to_port)), chance=chance, cut=0, hung=0, tell=print)
    asyncio.run(way.listen(host, int(port)))


if __name__ == "__main__":
    main()
