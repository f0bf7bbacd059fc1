"""Customers, one customer's page, and decisions about who is who."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, cast
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from polku.errors import NotFound
from polku.i18n import LazyText, _l, current_language, current_zone, day, gettext
from polku.profiles import judgement
from polku.profiles.asides import Asides
from polku.profiles.customers import SORTS
from polku.profiles.decisions import DecisionKind, standing
from polku.profiles.identity import Identities
from polku.profiles.presenting import days
from polku.profiles.queries import ProfileList, ProfileSearch, ProfileShow, ProfileTimeline
from polku.profiles.reviews import ProfileReviews
from polku.web import navigation
from polku.web.channels import CHANNELS
from polku.web.event_titles import EVENT_TITLES
from polku.web.forms import FormData
from polku.web.listing import Column, Listing, TableRequest
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst, CurrentUser
from polku.workspace import Workspace

PATH: Final = "/profiles"
REVIEWS: Final = "/reviews"
RULES: Final = "/settings/identity"
router = APIRouter(include_in_schema=False)
navigation.add(NavItem(PATH, _l("Customers"), "people", 40, also=(REVIEWS,)))

COLUMNS: Final = (
    Column(_l("Customer")),
    Column(_l("Identifiers")),
    Column(_l("Events"), sort="events", numeric=True),
    Column(_l("Last seen"), sort="last_seen", numeric=True),
    Column(_l("Value"), sort="value", numeric=True),
    Column(_l("Latest score"), sort="score", numeric=True),
)
TYPE_TITLES: Final[dict[str, LazyText]] = {
    "user_id": _l("Customer number"),
    "anonymous_id": _l("Browser or device"),
    "email": _l("E-mail"),
    "phone": _l("Phone number"),
}

TRAIT_TITLES: Final[dict[str, LazyText]] = {
    "address": _l("Address"),
    "age": _l("Age"),
    "birthday": _l("Birthday"),
    "city": _l("Town"),
    "company": _l("Company"),
    "country": _l("Country"),
    "createdAt": _l("Customer since"),
    "created_at": _l("Customer since"),
    "email": _l("E-mail"),
    "firstName": _l("First name"),
    "first_name": _l("First name"),
    "language": _l("Language"),
    "lastName": _l("Last name"),
    "last_name": _l("Last name"),
    "name": _l("Name"),
    "phone": _l("Phone number"),
}
"""The names of traits that most senders share; others are shown as sent."""


def trait_value(value: str) -> str:
    """A trait's value as read by people: a time as its day."""
    try:
        return day(datetime.fromisoformat(value)) if "T" in value else value
    except ValueError:
        return value


def channel_title(channel: str) -> str:
    return str(CHANNELS.get(_icon(channel), channel))


def _icon(channel: str) -> str:
    return channel if channel in CHANNELS else "other"


DECISION_TITLES: Final[dict[str, LazyText]] = {
    "split": _l("Taken apart"),
    "same": _l("The same customer"),
    "different": _l("Two customers"),
}


def clock(at: datetime) -> str:
    """The time of day in the company's zone."""
    return at.astimezone(current_zone()).strftime("%-H.%M" if current_language() == "fi" else "%H:%M")


WORDS: Final[dict[str, Any]] = {
    "types": TYPE_TITLES,
    "titles": EVENT_TITLES,
    "kinds": DECISION_TITLES,
    "clock": clock,
    "trait_titles": TRAIT_TITLES,
    "trait_value": trait_value,
    "channel_title": channel_title,
    "channel_icon": _icon,
    "rules_path": RULES,
}


@router.get(PATH)
def show_customers(
    request: Request, user: CurrentUser, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    workspace: Workspace = request.app.state.workspace
    wanted = TableRequest.read(request.query_params, path=PATH, sorts=SORTS, default="-last_seen")
    if q.strip():
        found = ProfileSearch(text=q, limit=50).answer(workspace)
        return render(request, "profiles/customers.html", found=found, q=q, **WORDS)
    listed = ProfileList(
        sort=cast(Any, wanted.sort), ascending=not wanted.descending, offset=wanted.offset, limit=wanted.size
    ).answer(workspace)
    listing = Listing(COLUMNS, listed.customers, listed.total, wanted)
    return render(
        request, "profiles/customers.html", found=None, q="", listing=listing, as_of=listed.as_of,
        reviews=_waiting(workspace), **WORDS,
    )  # fmt: skip


@router.get(PATH + "/{id}")
def show_customer(
    request: Request,
    user: CurrentUser,
    id: str,
    channel: str = "",
    before: str = "",
) -> Response:
    workspace: Workspace = request.app.state.workspace
    told = ProfileTimeline(id=id, channel=channel, before=before).answer(workspace)
    zone = ZoneInfo(workspace.settings.timezone)
    by_day = days(told.happenings, zone, before=before)
    values = {"timeline": told, "days": by_day, "channel": channel, **WORDS}
    if request.headers.get("hx-target") == "older":
        return render(request, "profiles/customer.html", **values)
    shown = ProfileShow(id=told.profile).answer(workspace)
    seen = {shown.name, *(i.value for i in shown.identifiers)}
    more = [t for t in shown.traits if t.others or t.value not in seen]  # not what stands above already
    asides = workspace.part(Asides).of(int(shown.id, 16))
    return render(
        request, "profiles/customer.html", profile=shown, traits=more, before=before, asides=asides, **values
    )


@router.get(PATH + "/{id}/split/{key}")
def ask_split(request: Request, user: CurrentAnalyst, id: str, key: str) -> Response:
    """What would happen if an identifier left its profile."""
    workspace: Workspace = request.app.state.workspace
    profile, identifier = judgement.keys_of(workspace, id, key)
    pairs = judgement.split_pairs(workspace, profile, identifier)
    shown = ProfileShow(id=f"{profile:016x}").answer(workspace)
    leaving = next(i for i in shown.identifiers if i.key == f"{identifier:016x}")
    preview = judgement.preview(workspace, DecisionKind.SPLIT, pairs)
    return render(
        request, "profiles/split.html", profile=shown, leaving=leaving, changes=preview.changes, **WORDS
    )


@router.post(PATH + "/{id}/split/{key}")
def split(request: Request, user: CurrentAnalyst, id: str, key: str, data: FormData) -> Response:
    workspace: Workspace = request.app.state.workspace
    reason = str(data.get("reason", ""))[:500]
    profile, identifier = judgement.keys_of(workspace, id, key)
    pairs = judgement.split_pairs(workspace, profile, identifier)
    workspace.part(Identities).decide(DecisionKind.SPLIT, pairs, who=user.name, why=reason)
    return redirect(f"{PATH}/{profile:016x}", flash=gettext("Parted. You can undo it on this page."))


@router.get(PATH + "/decisions/{number}/undo")
def ask_undo(request: Request, user: CurrentAnalyst, number: int, profile: str = "") -> Response:
    workspace: Workspace = request.app.state.workspace
    preview = judgement.preview_undo(workspace, number)
    made = [d for d in standing(workspace.part(Identities).decisions()) if d.id == number]
    if not made:
        raise NotFound(
            "There is no decision %(decision)s. See the decisions on the profile's page.", decision=number
        )
    return render(
        request, "profiles/undo.html", number=number, back=profile, changes=preview.changes,
        decision=judgement.in_words(workspace, made)[0], **WORDS,
    )  # fmt: skip


@router.post(PATH + "/decisions/{number}/undo")
def undo(request: Request, user: CurrentAnalyst, number: int, profile: str = "") -> Response:
    workspace: Workspace = request.app.state.workspace
    identities = workspace.part(Identities)
    identities.undo(number, who=user.name)
    where = f"{PATH}/{identities.current().find(profile):016x}" if profile else REVIEWS
    return redirect(where, flash=gettext("Undone."))


def _waiting(workspace: Workspace) -> int:
    """How many pairs wait for a judgement."""
    return ProfileReviews(limit=1).answer(workspace).total
