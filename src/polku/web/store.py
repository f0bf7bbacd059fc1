"""Users, sessions, API keys and the company. Each function works in the unit of work it is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from polku.errors import Conflict, NotFound
from polku.security import hash_password, hash_token, new_token
from polku.web.tables import ApiKey, Company, User, UserSession
from polku.workspace import Role

SESSION_LASTS: Final = timedelta(days=30)
"""Since it was last used."""
SEEN_EVERY: Final = timedelta(minutes=5)
"""How exactly the last use of a session or a key is noted: not every request needs a write."""


def company(session: Session) -> Company | None:
    return session.get(Company, 1)


def set_up(
    session: Session, *, company_name: str, name: str, email: str, password: str, language: str, now: datetime
) -> User:
    """Make the company and its first administrator. Raises Conflict if that has been done before."""
    session.add(Company(id=1, name=company_name, created_at=now))
    try:
        session.flush()
    except IntegrityError as e:
        raise Conflict("This Polku has been set up already. Log in instead.") from e
    return add_user(
        session, name=name, email=email, password=password, role="admin", language=language, now=now
    )


def add_user(
    session: Session, *, name: str, email: str, password: str, role: Role, language: str, now: datetime
) -> User:
    """Raises Conflict if the e-mail address is taken."""
    user = User(
        name=name,
        email=email.lower(),
        role=role,
        language=language,
        password_hash=hash_password(password),
        created_at=now,
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as e:
        raise Conflict("A user with this e-mail address exists already.") from e
    return user


def user_by_id(session: Session, user_id: int) -> User:
    """Raises NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no user %(user)s.", user=user_id)
    return user


def open_user_by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.lower(), User.closed_at.is_(None)))


def users(
    session: Session, *, sort: str, descending: bool, offset: int, limit: int
) -> tuple[Sequence[User], int]:
    """A page of users and how many there are. `sort` is name, email, role or created."""
    columns = {
        "name": func.lower(User.name),
        "email": User.email,
        "role": User.role,
        "created": User.created_at,
    }
    column = columns[sort]
    order = column.desc() if descending else column.asc()
    rows = session.scalars(select(User).order_by(order, User.id).offset(offset).limit(limit)).all()
    return rows, session.scalar(select(func.count()).select_from(User)) or 0


def open_admins(session: Session) -> int:
    query = select(func.count()).select_from(User).where(User.role == "admin", User.closed_at.is_(None))
    return session.scalar(query) or 0


def start_session(session: Session, user: User, *, browser: str, now: datetime) -> str:
    """The token for the cookie."""
    token = new_token()
    row = UserSession(
        token_hash=hash_token(token), user_id=user.id, browser=browser[:100], created_at=now, seen_at=now
    )
    session.add(row)
    session.execute(delete(UserSession).where(UserSession.seen_at < now - SESSION_LASTS))
    return token


def session_by_token(session: Session, token: str, *, now: datetime) -> tuple[UserSession, User] | None:
    """A live session and its user."""
    query = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == hash_token(token),
            UserSession.seen_at >= now - SESSION_LASTS,
            User.closed_at.is_(None),
        )
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def touch_session(session: Session, token_hash: str, *, now: datetime) -> None:
    row = session.get(UserSession, token_hash)
    if row:
        row.seen_at = now


def sessions_of(session: Session, user_id: int) -> Sequence[UserSession]:
    query = select(UserSession).where(UserSession.user_id == user_id).order_by(UserSession.seen_at.desc())
    return session.scalars(query).all()


def end_session(session: Session, token_hash: str, *, user_id: int) -> None:
    query = delete(UserSession).where(UserSession.token_hash == token_hash, UserSession.user_id == user_id)
    session.execute(query)


def end_sessions_of(session: Session, user_id: int, *, but: str = "") -> None:
    """Log a user out everywhere, except in the session with token hash `but`."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.token_hash != but))


def add_api_key(session: Session, user: User, *, name: str, role: Role, now: datetime) -> tuple[ApiKey, str]:
    """The key's row, and the key itself, which is not kept."""
    key = new_token("polku_")
    row = ApiKey(
        name=name, user_id=user.id, role=role, key_hash=hash_token(key), start=key[:10], created_at=now
    )
    session.add(row)
    session.flush()
    return row, key


def api_keys(session: Session, *, of: int | None = None) -> Sequence[tuple[ApiKey, User]]:
    """Keys in use (only those of a user, if `of` says whose), newest first, with the users who made them."""
    query = select(ApiKey, User).join(User, User.id == ApiKey.user_id).where(ApiKey.revoked_at.is_(None))
    if of is not None:
        query = query.where(ApiKey.user_id == of)
    query = query.order_by(ApiKey.id.desc())
    return [(row[0], row[1]) for row in session.execute(query)]


def user_by_api_key(session: Session, key: str) -> tuple[ApiKey, User] | None:
    query = (
        select(ApiKey, User)
        .join(User, User.id == ApiKey.user_id)
        .where(ApiKey.key_hash == hash_token(key), ApiKey.revoked_at.is_(None), User.closed_at.is_(None))
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def touch_api_key(session: Session, key_id: int, *, now: datetime) -> None:
    row = session.get(ApiKey, key_id)
    if row:
        row.used_at = now


def revoke_api_key(session: Session, key_id: int, *, now: datetime, of: int | None = None) -> None:
    """Raises NotFound, also for a key that is not of the user `of`, if that is given."""
    row = session.get(ApiKey, key_id)
    if row is None or row.revoked_at is not None or of not in (None, row.user_id):
        raise NotFound("There is no API key %(api_key)s in use.", api_key=key_id)
    row.revoked_at = now
