"""The company's rules of asking, as pages show and tables keep them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from polku.surveys.distribution.tables import AskingRulesRow
from polku.surveys.inviting import Rules, SendingHours

_THE_ONE: Final = 1


@dataclass(frozen=True, slots=True)
class AskingRules:
    """Days and hours; gaps of 0 and `most_a_year` of 0 do not limit. They hold for all surveys together.

    `closes` of 24 is the end of the day. `reminders` is how many are sent at most, each `remind_after_days` after the
    letter before it. `consent_trait` names what says whether somebody agreed to be asked (empty: nothing does), and
    `ask_unknown` whether those are asked of whom it is not known.
    """

    gap_days: int = 90
    touchpoint_gap_days: int = 180
    gap_without_answer_days: int = 180
    most_a_year: int = 3
    latest_days: int = 14
    opens: int = 9
    closes: int = 20
    weekends: bool = True
    answer_days: int = 14
    remind_after_days: int = 5
    reminders: int = 1
    consent_trait: str = ""
    ask_unknown: bool = True

    def within(self, zone: ZoneInfo, share: float = 1.0) -> Rules:
        """What is decided by. Raises InvalidInput if no letter could ever go."""
        return Rules(
            zone,
            gap=timedelta(days=self.gap_days),
            touchpoint_gap=timedelta(days=self.touchpoint_gap_days),
            gap_without_answer=timedelta(days=self.gap_without_answer_days),
            most_a_year=self.most_a_year or None,
            share=share,
            consent_needed=bool(self.consent_trait) and not self.ask_unknown,
            latest=timedelta(days=self.latest_days),
            hours=SendingHours(
                time(self.opens),
                time.max if self.closes == 24 else time(self.closes),
                frozenset(range(7 if self.weekends else 5)),
            ),
        )


def read_rules(session: Session) -> AskingRules:
    """Those in force."""
    row = session.get(AskingRulesRow, _THE_ONE)
    return (
        AskingRules(**{f.name: getattr(row, f.name) for f in fields(AskingRules)}) if row else AskingRules()
    )


def write_rules(session: Session, rules: AskingRules) -> None:
    session.merge(AskingRulesRow(id=_THE_ONE, **asdict(rules)))
