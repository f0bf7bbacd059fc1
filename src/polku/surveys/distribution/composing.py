"""The letter for an invitation: addresses and words are looked up when it is written, since the ledger has neither."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from polku.i18n import LANGUAGES
from polku.journeys import Touchpoints
from polku.mail import Letter, Sender
from polku.settings import Settings
from polku.surveys.asked_first import in_letter
from polku.surveys.distribution.people import contacts, recipient
from polku.surveys.inviting import Invited, invitation_letter
from polku.surveys.inviting.tables import Invitation
from polku.surveys.known import Asked, KnownSurveys
from polku.web.store import company
from polku.workspace import Workspace


def lacking(settings: Settings) -> tuple[str, ...]:
    """The names of settings without which no letter can go."""
    names = [name for name in ("smtp_host", "mail_from") if not getattr(settings, name)]
    return (*names, *(() if settings.public_url.startswith("https://") else ("public_url",)))


def sender_of(settings: Settings) -> Sender:
    return Sender(settings.mail_from, settings.mail_name, settings.mail_reply_to)


def composer(workspace: Workspace, session: Session) -> Callable[[Invitation, str, bool], Letter | None]:
    """Writes letters for rows of the ledger, in the unit of work that they are sent in."""
    settings, known = workspace.settings, workspace.part(KnownSurveys)
    owner = company(session)
    named = settings.mail_name or (owner.name if owner else "")

    def compose(row: Invitation, token: str, reminder: bool) -> Letter | None:
        asked = known.by_key(row.survey)
        address = recipient(session, row.survey, row.profile)
        if not address:
            address = contacts(workspace, [int(row.profile, 16)])[int(row.profile, 16)].address or ""
        if not address:
            return None
        language = _language(asked, row.language, settings)
        link = f"{settings.public_url.rstrip('/')}/s/{row.survey}/i/{token}"
        return invitation_letter(
            Invited(
                to=address,
                language=language,
                company=named,
                question=in_letter(asked.definition, language),
                link_url=link,
                unsubscribe_url=f"{link}/stop",
                touchpoint=_touchpoint(workspace, row.touchpoint, language),
                answer_by=row.expires_at,
                anonymous=row.anonymous,
                reminder=reminder,
            )
        )

    return compose


def _language(asked: Asked, wish: str, settings: Settings) -> str:
    """The reader's if the survey speaks it, else the company's, else the survey's own; of those that letters have."""
    spoken = [c for c in asked.definition.languages if c in LANGUAGES]
    return next(
        (c for c in (wish, settings.language) if c in spoken), spoken[0] if spoken else settings.language
    )


def _touchpoint(workspace: Workspace, key: str, language: str) -> str:
    touchpoints = workspace.part(Touchpoints).catalogue().touchpoints if key else ()
    return next((t.name(language) for t in touchpoints if t.key == key), "")
