"""The floor of a hub under load: one prepared look into an index for every request."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

DATABASE = "LUMI_BARE_DATABASE"
_CONNECTIONS = 6
_LOOK = "SELECT head FROM bare_stream WHERE id = %s"
_free: list[psycopg.AsyncConnection[tuple[int]]] = []


def prepare(database: str, streams: int) -> None:
    """Make the one table."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS bare_stream (id bigint PRIMARY KEY, head bigint)"
        )
        connection.execute(
            "INSERT INTO bare_stream SELECT g, 0 FROM generate_series(0, %s) g"
            " ON CONFLICT DO NOTHING",
            (streams - 1,),
        )


@asynccontextmanager
async def _life(_: Starlette) -> AsyncIterator[None]:
    _free.extend([await _connected() for _ in range(_CONNECTIONS)])
    yield


async def _answer(request: Request) -> Response:
    await request.body()
    # More than come at once would wait here; a spare connection is opened instead.
    connection = _free.pop() if _free else await _connected()
    found = await (await connection.execute(_LOOK, (int(request.query_params["s"]),))).fetchone()
    _free.append(connection)
    return Response(str(found).encode())


async def _connected() -> psycopg.AsyncConnection[tuple[int]]:
    return await psycopg.AsyncConnection.connect(
        os.environ[DATABASE], autocommit=True, prepare_threshold=0
    )


app = Starlette(routes=[Route("/ask", _answer, methods=["GET", "POST"])], lifespan=_life)
