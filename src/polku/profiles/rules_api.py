"""The API's routes that change the rules of identity. What only asks is made of queries."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from polku.profiles.identity import Identities
from polku.profiles.rules import USER, IdentityRules
from polku.profiles.rules_queries import ProfileRules, RulesInForce
from polku.profiles.rules_trial import RulesTrial, RulesTrials
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

PREFIX: Final = "/profiles/rules"
router = APIRouter(prefix=PREFIX, tags=["profiles"])


class RulesBody(BaseModel):
    """Rules of identity; what is left out is as Polku comes."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(5, description="How many identifiers of each other type a customer may have, 1–100")
    limits: dict[str, int] = Field({}, description="The same by type, e.g. email: 3; user_id is always 1")
    priority: list[str] = Field(
        [USER, "email"], description="Types whose identifiers are joined first, user_id before all"
    )
    blocked: list[str] = Field(
        [], description="Values that mean nobody, beside Polku's own; * stands for any text"
    )

    def rules(self) -> IdentityRules:
        return IdentityRules(self.limit, dict(self.limits), tuple(self.priority), tuple(self.blocked))


@router.put("")
def change(request: Request, user: CurrentAnalyst, body: RulesBody) -> RulesInForce:
    """Put rules in force. The past follows; earlier rules are kept and can be put in force again."""
    workspace: Workspace = request.app.state.workspace
    workspace.part(Identities).change_rules(body.rules(), who=user.name)
    return ProfileRules().answer(workspace)


@router.post("/preview")
def try_out(request: Request, user: CurrentAnalyst, body: RulesBody) -> RulesTrial:
    """What these rules would change. Nothing is changed."""
    workspace: Workspace = request.app.state.workspace
    return workspace.part(RulesTrials).trial(body.rules(), asker=user.id)
