"""The letter for an invitation: addresses and words are looked up when it is written, since the ledger has neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from polku.i18n import LANGUAGES
from polku.journeys import Touchpoints
from polku.mail import Letter, Sender
from polku.settings import Settings
from polku.surveys.asked_first import in_letter
from polku.surveys.distribution.people import contacts, recipient
from polku.surveys.distribution.planning import rules_of
from polku.surveys.distribution.rules import read_rules
from polku.surveys.distribution.store import named as named_mailings
from polku.surveys.inviting import SMS, Invited, TextMessage, invitation_letter, next_sending_time
from polku.surveys.inviting.tables import Invitation
from polku.surveys.inviting.texts import invitation_text
from polku.surveys.known import Asked, KnownSurveys
from polku.web.store import company
from polku.webhooks import Timing, listeners
from polku.workspace import Workspace


def lacking(settings: Settings) -> tuple[str, ...]:
    """The names of settings without which no letter can go."""
    names = [name for name in ("smtp_host", "mail_from") if not getattr(settings, name)]
    return (*names, *(() if settings.public_url.startswith("https://") else ("public_url",)))


def sender_of(settings: Settings) -> Sender:
    return Sender(settings.mail_from, settings.mail_name, settings.mail_reply_to)


def channels(workspace: Workspace, session: Session) -> list[str]:
    """The ways by which something can go now."""
    ways = [] if lacking(workspace.settings) else ["email"]
    return [*ways, "sms"] if not lacking_for_sms(workspace.settings, session) else ways


def lacking_for_sms(settings: Settings, session: Session) -> str:
    """Why no text message can go: 'public_url', 'no_webhook' or 'several_webhooks' (each would send it); empty: it
    can."""
    if not settings.public_url.startswith("https://"):
        return "public_url"
    gateways = listeners(session, SMS)
    return "no_webhook" if not gateways else "several_webhooks" if gateways > 1 else ""


def company_name(settings: Settings, session: Session) -> str:
    """As it stands in letters."""
    owner = company(session)
    return settings.mail_name or (owner.name if owner else "")


def composer(
    workspace: Workspace, session: Session, now: datetime | None = None
) -> Callable[[Invitation, str, bool], Letter | TextMessage | None]:
    """Writes letters and text messages for rows of the ledger, in the unit of work that they are sent in."""
    settings, known = workspace.settings, workspace.part(KnownSurveys)
    named, until = company_name(settings, session), _until(workspace, session, now or datetime.now(UTC))
    words: dict[int, str] = {}

    def words_of(row: Invitation) -> str:
        if row.mailing is None:
            return ""
        if row.mailing not in words:
            words.update((m.id, m.words) for m in named_mailings(session, [row.mailing]).values())
        return words.get(row.mailing, "")

    def compose(row: Invitation, token: str, reminder: bool) -> Letter | TextMessage | None:
        asked = known.by_key(row.survey)
        address = _address(workspace, session, row)
        if not address:
            return None
        language = _language(asked, row.language, settings)
        link = f"{settings.public_url.rstrip('/')}/s/{row.survey}/i/{token}"
        if row.channel == "sms":
            told = invitation_text(
                language=language, company=named, link=link, words=words_of(row), reminder=reminder
            )
            return TextMessage(address, told, until)
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


def letter_languages(asked: Asked) -> list[str]:
    """Those of a survey's languages that letters have."""
    return [c for c in asked.definition.languages if c in LANGUAGES]


def example_letter(
    workspace: Workspace, session: Session, asked: Asked, language: str, *, touchpoint: str = "", reminder: bool = False
) -> Letter:  # fmt: skip
    """A letter as it would go, to nobody: its links are nobody's own."""
    settings, language = workspace.settings, _language(asked, language, workspace.settings)
    link = f"{settings.public_url.rstrip('/') or 'https://polku.example'}/s/{asked.key}"
    answer_within = timedelta(days=read_rules(session).answer_days)
    return invitation_letter(
        Invited(
            to="",
            language=language,
            company=company_name(settings, session),
            question=in_letter(asked.definition, language),
            link_url=link,
            unsubscribe_url=f"{link}/stop",
            touchpoint=_touchpoint(workspace, touchpoint or asked.touchpoint, language),
            answer_by=datetime.now(UTC) + answer_within,
            anonymous=asked.anonymous,
            reminder=reminder,
        )
    )


def text_timing(workspace: Workspace) -> Timing:
    """Text messages go in the hours of asking only, also those that are tried again; until when they may be delivered
    is said anew each time."""

    def may(session: Session, now: datetime) -> bool:
        rules = rules_of(workspace, read_rules(session))
        return next_sending_time(now, rules.hours, rules.zone) == now

    def told(session: Session, now: datetime, data: Mapping[str, Any]) -> Mapping[str, Any]:
        until = _until(workspace, session, now)
        kept = {name: value for name, value in data.items() if name != "send_until"}
        return kept | ({"send_until": until.isoformat()} if until else {})

    return Timing(SMS, may, told)


def _until(workspace: Workspace, session: Session, now: datetime) -> datetime | None:
    """When quiet hours begin next: what a gateway has not delivered by then would wake somebody."""
    rules = rules_of(workspace, read_rules(session))
    local = now.astimezone(rules.zone)
    closes = rules.hours.closes
    if closes == time.max:
        return None
    return datetime.combine(local.date(), closes, rules.zone).astimezone(UTC)


def _address(workspace: Workspace, session: Session, row: Invitation) -> str:
    """Where a row's profile is written to by its channel: what a list gave, else what is known of it."""
    given = recipient(session, row.survey, row.profile)
    if given and ("@" in given) == (row.channel == "email"):
        return given
    profile = int(row.profile, 16)
    return contacts(workspace, [profile], "sms" if row.channel == "sms" else "email")[profile].address or ""


def _language(asked: Asked, wish: str, settings: Settings) -> str:
    """The reader's if the survey speaks it, else the company's, else the survey's own; of those that letters have."""
    spoken = letter_languages(asked)
    return next(
        (c for c in (wish, settings.language) if c in spoken), spoken[0] if spoken else settings.language
    )


def _touchpoint(workspace: Workspace, key: str, language: str) -> str:
    touchpoints = workspace.part(Touchpoints).catalogue().touchpoints if key else ()
    return next((t.name(language) for t in touchpoints if t.key == key), "")
