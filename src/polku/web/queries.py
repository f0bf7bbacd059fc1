"""The API's routes, made of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from polku import workspace as ws
from polku.web.visitor import RULES


def query_router(queries: Sequence[type[ws.Query]]) -> APIRouter:
    """`GET /<path>` for each query: its fields are the parameters, its result the answer."""
    router = APIRouter()
    for query in queries:
        router.add_api_route(
            f"/{query.path}",
            _endpoint(query),
            methods=["GET"],
            dependencies=[Depends(RULES[query.role])],
            response_model=query.result_type(),
            summary=query.summary(),
            description=query.__doc__,
            tags=[query.path.split("/")[0]],
            name=query.path.replace("/", "_"),
        )
    return router


def _endpoint(query: type[ws.Query]) -> Any:
    written: TypeAdapter[Any] = TypeAdapter(query.result_type())

    def endpoint(request: Request, asked: Any) -> Response:
        # Written here: else the answer is checked against its own class before it is, which takes longer than most.
        answer = asked.answer(request.app.state.workspace)
        return Response(written.dump_json(answer), media_type="application/json")

    endpoint.__annotations__["asked"] = Annotated[query, Query()]
    endpoint.__annotations__["request"] = Request
    return endpoint
