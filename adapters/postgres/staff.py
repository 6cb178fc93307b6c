"""Accounts and sessions of staff: passwords as argon2, sessions as hashes of what their browsers keep."""

import asyncio
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from adapters.postgres.database import Database
from adapters.postgres.new_id import new_id
from contracts.staff import (
    Draft,
    SignedIn,
    SignIn,
    StaffId,
    StaffMember,
    StaffName,
    StaffRole,
    StaffSession,
    TurnedAway,
)

SESSION_LASTS: Final = timedelta(hours=12)  # after the last page that was looked at, on the wall's clock
PROLONGED_AFTER: Final = timedelta(minutes=5)  # so that not every page writes a row
MOST_FAILURES: Final = 5
FAILURES_LAST: Final = timedelta(minutes=15)
AT_ONCE: Final = 2  # passwords looked at: each takes 64 MiB for a moment

_ADD: Final = """
insert into staff (staff_id, name, role, password_hash) values ($1, $2, $3, $4)
on conflict (name) do update set role = excluded.role, password_hash = excluded.password_hash
"""
_NO_HASH: Final = "locked out"  # of no password
_LOCK_OUT: Final = "update staff set password_hash = $2 where name = $1 returning true"
_END_SESSIONS_OF: Final = """
delete from staff_sessions s using staff m where m.staff_id = s.staff_id and m.name = $1
"""
# One statement, so that many guesses at once are counted one by one; no row: there were too many.
_COUNT: Final = """
insert into failed_sign_ins as f (name, failures, last_at) values ($1, 1, $2)
on conflict (name) do update
set failures = case when f.last_at < $2 - $3::interval then 1 else f.failures + 1 end, last_at = $2
where f.failures < $4 or f.last_at < $2 - $3::interval
returning failures
"""
_FORGET: Final = "delete from failed_sign_ins where name = $1"
_FORGET_OLD: Final = "delete from failed_sign_ins where last_at < $1"
_OPEN: Final = "insert into staff_sessions (token_sha256, staff_id, expires_at) values ($1, $2, $3)"
_CLOSE: Final = "delete from staff_sessions where token_sha256 = $1"
_CLOSE_OLD: Final = "delete from staff_sessions where expires_at <= $1"
_SESSION: Final = """
select s.expires_at, s.draft, m.staff_id, m.name, m.role from staff_sessions s join staff m using (staff_id)
where token_sha256 = $1 and expires_at > $2
"""
_PROLONG: Final = "update staff_sessions set expires_at = $2 where token_sha256 = $1"
_KEEP: Final = "update staff_sessions set draft = $2 where token_sha256 = $1"


class PostgresStaff:
    def __init__(self, database: Database, *, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._hasher = hasher or PasswordHasher()
        self._nobodys = self._hasher.hash(secrets.token_urlsafe())  # looked at for names that nobody has
        self._looking = asyncio.Semaphore(AT_ONCE)

    async def add(self, name: StaffName, role: StaffRole, password: str) -> None:
        """Make an account, or give an existing one this role and password; its sessions end."""
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        async with self._database.transaction() as connection:
            await connection.execute(_ADD, new_id("stf"), name, role, hashed)
            await connection.execute(_END_SESSIONS_OF, name)
            await connection.execute(_FORGET, name)

    async def lock_out(self, name: str) -> bool:
        """End their sessions and let nobody in by that name, until it is given a password again; whether there is it.

        The account stays: what it decided is on record by its id.
        """
        async with self._database.transaction() as connection:
            await connection.execute(_END_SESSIONS_OF, name)
            return bool(await connection.fetchval(_LOCK_OUT, name, _NO_HASH))

    async def sign_in(self, who: SignIn) -> SignedIn | TurnedAway:
        """Open a session; an unknown name takes as long as a wrong password, and counts as one."""
        now = datetime.now(UTC)
        async with self._database.connection() as connection:
            counted = await connection.fetchval(_COUNT, who.name, now, FAILURES_LAST, MOST_FAILURES)
            if counted is None:
                last = await connection.fetchval("select last_at from failed_sign_ins where name = $1", who.name)
                return TurnedAway(until=(last or now) + FAILURES_LAST)
            row = await connection.fetchrow("select * from staff where name = $1", who.name)
        if not await self._matches(row, who.password) or row is None:
            return TurnedAway()
        return await self._open(row, who.name, now)

    async def session(self, token: str) -> StaffSession | None:
        """Whose session it is, prolonged by looking; None if there is none or it is over."""
        now = datetime.now(UTC)
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_SESSION, _hash(token), now)
            if row is None:
                return None
            expires_at = now + SESSION_LASTS
            if expires_at - row["expires_at"] > PROLONGED_AFTER:
                await connection.execute(_PROLONG, _hash(token), expires_at)
        return _session(row, token, expires_at, row["draft"])

    async def sign_out(self, token: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute(_CLOSE, _hash(token))

    async def keep(self, token: str, draft: Draft | None) -> None:
        """What was typed for a question, until it is said; None forgets it."""
        async with self._database.connection() as connection:
            await connection.execute(_KEEP, _hash(token), None if draft is None else draft.model_dump(mode="json"))

    async def _matches(self, row: asyncpg.Record | None, password: str) -> bool:
        hashed = self._nobodys if row is None else row["password_hash"]
        async with self._looking:
            return await asyncio.to_thread(self._verify, hashed, password)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _open(self, row: asyncpg.Record, name: str, now: datetime) -> SignedIn:
        token, expires_at = secrets.token_urlsafe(32), now + SESSION_LASTS
        async with self._database.transaction() as connection:
            await connection.execute(_FORGET, name)
            await connection.execute(_FORGET_OLD, now - FAILURES_LAST)
            await connection.execute(_CLOSE_OLD, now)
            await connection.execute(_OPEN, _hash(token), row["staff_id"], expires_at)
        return SignedIn(token=token, session=_session(row, token, expires_at, None))


def _session(row: asyncpg.Record, token: str, expires_at: datetime, draft: object) -> StaffSession:
    member = StaffMember(staff_id=StaffId(row["staff_id"]), name=row["name"], role=row["role"])
    kept = None if draft is None else Draft.model_validate(draft)
    return StaffSession(member=member, csrf=_csrf(token), expires_at=expires_at, draft=kept)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _csrf(token: str) -> str:
    """Another secret that follows from the token, and from which the token does not follow."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()
