"""A survey taken elsewhere: its draft as SurveyJS's JSON and as LimeSurvey's .lss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import in_words
from polku.surveys import store
from polku.surveys.definition import Definition
from polku.surveys.limesurvey import write_lss
from polku.web.visitor import CurrentAnalyst

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Carried:
    """Whether a draft can be written as .lss, and what that cannot say: places and words."""

    as_lss: bool
    untaken: Sequence[tuple[str, str]] = ()


def carried(raw: Mapping[str, Any]) -> Carried:
    """What comes of a draft as .lss; a draft with faults cannot be one."""
    try:
        written = write_lss(Definition.of(raw))
    except InvalidInput:
        return Carried(False)
    return Carried(True, [(one.place, in_words(one.said)) for one in written.untaken])


@router.get("/surveys/{key}/definition.{form}")
def take_away(request: Request, key: str, form: Literal["json", "lss"], user: CurrentAnalyst) -> Response:
    """The draft as a file; raises InvalidInput for .lss of a draft with faults."""
    with request.app.state.workspace.db.session(read_only=True) as session:
        raw = store.survey(session, key).draft
    if form == "json":
        content = json.dumps(raw, ensure_ascii=False, indent=2).encode()
    else:
        content = write_lss(Definition.of(raw)).content
    media = "application/json" if form == "json" else "application/xml"
    headers = {"Content-Disposition": f'attachment; filename="{key}.{form}"'}
    return Response(content, media_type=media, headers=headers)
