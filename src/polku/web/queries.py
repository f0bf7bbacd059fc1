"""The API's routes, made of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from polku import workspace as ws
from polku.errors import NotFound
from polku.web.files import as_csv, as_parquet
from polku.web.visitor import RULES


class QueryRouter(APIRouter):
    """`GET /<path>` for each query: its fields are the parameters, its result the answer."""

    def __init__(self, queries: Sequence[type[ws.Query]]) -> None:
        super().__init__()
        self.answering = {f"/{q.path}": Answering(q) for q in queries}
        for path, answering in self.answering.items():
            query = answering.query
            self.add_api_route(
                path,
                answering.endpoint(),
                methods=["GET"],
                dependencies=[Depends(RULES[query.role])],
                response_model=query.result_type(),
                summary=query.summary(),
                description=query.__doc__,
                tags=[query.path.split("/")[0]],
                name=query.path.replace("/", "_"),
            )
        self.add_api_route(
            "/{name:path}.{form}",
            self.file,
            methods=["GET"],
            dependencies=[Depends(RULES["agent"])],
            response_class=Response,
            summary="A table of any answer as a file, CSV or Parquet.",
            description="A table of any answer as a file, CSV or Parquet. Asked with the same parameters as the "
            "answer itself; `table` chooses one of its tables.",
            tags=["files"],
            name="file",
        )

    def file(self, name: str, form: Literal["csv", "parquet"], request: Request) -> Response:
        """A table of an answer as a file."""
        answering = self.answering.get(f"/{name}")
        if answering is None:
            raise NotFound("Nothing is asked as '%(name)s'. See: /api", name=name)
        RULES[answering.query.role](request)
        given = request.query_params
        asked = {k: v if len(v) > 1 else v[0] for k in given if k != "table" and (v := given.getlist(k))}
        answer = answering.query.of(asked).answer(request.app.state.workspace)
        table = answer.to_arrow(given.get("table"))
        content, kind = (
            (as_csv(table), "text/csv; charset=utf-8")
            if form == "csv"
            else (
                as_parquet(table),
                "application/vnd.apache.parquet",
            )
        )
        called = f"polku-{name.replace('/', '-')}.{form}"
        return Response(
            content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{called}"'}
        )


class AnswersAtOnce:
    """Answers queries that are plain; all else goes the long way, which also says what is wrong with a query.

    Finding a route, solving its dependencies and checking its parameters takes longer than most answers.
    """

    def __init__(self, app: ASGIApp, answering: Mapping[str, Answering]) -> None:
        self._app, self._answering = app, answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and scope["method"] == "GET"
        answering = self._answering.get(scope["path"]) if is_asked else None
        asked = answering.plain(scope["query_string"]) if answering else None
        if answering is None or asked is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        RULES[asked.role](request)
        await (await run_in_threadpool(answering.answer, request, asked))(scope, receive, send)


class Answering:
    def __init__(self, query: type[ws.Query]) -> None:
        self.query = query
        self._written: TypeAdapter[Any] = TypeAdapter(query.result_type())

    def plain(self, query_string: bytes) -> ws.Query | None:
        """What is asked, if each field is given at most once and as it can be."""
        given = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
        fields = dict(given)
        if len(fields) < len(given):
            return None
        try:
            return self.query(**fields)
        except ValidationError:
            return None

    def answer(self, request: Request, asked: ws.Query) -> Response:
        # Written here: else the answer is checked against its own class before it is, which takes longer than most.
        answer = asked.answer(request.app.state.workspace)
        return Response(self._written.dump_json(answer), media_type="application/json")

    def endpoint(self) -> Any:
        def endpoint(request: Request, asked: Any) -> Response:
            return self.answer(request, asked)

        endpoint.__annotations__["asked"] = Annotated[self.query, Query()]
        endpoint.__annotations__["request"] = Request
        return endpoint
