"""Before anything is sent: whether it can be, and a mailing to hold what will be known of it."""

from __future__ import annotations

from datetime import UTC, datetime

from polku.errors import Conflict
from polku.surveys.distribution import store
from polku.surveys.distribution.composing import lacking, lacking_for_sms
from polku.surveys.distribution.forms import ListForm, SegmentForm
from polku.surveys.distribution.segments import EVERYONE, Segment
from polku.surveys.distribution.store import Channel, Mailing
from polku.surveys.known import Asked, KnownSurveys
from polku.workspace import Workspace


def begin(
    workspace: Workspace, key: str, form: ListForm | SegmentForm, *, kind: store.Kind, by: str,
    segment: Segment = EVERYONE,
) -> Mailing:  # fmt: skip
    """A new mailing without its list."""
    with workspace.db.session() as session:
        return store.add_mailing(
            session, survey=key, name=form.name, by=by, now=datetime.now(UTC), kind=kind,
            share=form.percent / 100, channel=form.channel, segment=segment.name, who=segment.who,
            words=form.words, state="new",
        )  # fmt: skip


def check_open(workspace: Workspace, key: str, channel: Channel) -> Asked:
    """The survey, which must be open, with all that its letters need. Raises NotFound and Conflict."""
    asked = workspace.part(KnownSurveys).by_key(key)
    if not asked.open:
        raise Conflict("The survey takes no answers now. Publish it first.")
    if channel == "sms":
        with workspace.db.session(read_only=True) as session:
            missing = lacking_for_sms(workspace.settings, session)
        if missing == "several_webhooks":
            raise Conflict(
                "Several webhooks send text messages: each would send every one. Turn off all but one."
            )
        if missing:
            raise Conflict(
                "No text messages can be sent yet. Add a webhook for them in the settings, and set public_url."
            )
    elif missing_settings := lacking(workspace.settings):
        raise Conflict(
            "No letters can be sent yet. Set %(names)s in polku.toml and start Polku again.",
            names=", ".join(missing_settings),
        )
    return asked
