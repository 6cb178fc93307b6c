"""What comes to the door and what it is answered: who knocks, with which key, and the answer that is kept."""

import hashlib
import json
from typing import Final, Literal, Self

from pydantic import Field, JsonValue

from contracts.actors import Actor
from contracts.approvals import ROLES
from contracts.base import Contract, Request
from contracts.events import Source
from contracts.wakeups import Wakeup

DECIDE: Final = "approvals:decide"
DECIDE_AS: Final = tuple(f"{DECIDE}:{role}" for role in ROLES)
SCOPES: Final = ("orders:write", "orders:read", "approvals:read", DECIDE, *DECIDE_AS)


class Principal(Contract):
    """Who holds the key, and what the key allows; or which person knocks, by their own id, and what they may."""

    key_id: str
    owner: str
    scopes: frozenset[str]
    kind: Literal["api_key", "user"] = "api_key"

    @property
    def actor(self) -> Actor:
        return Actor(type=self.kind, id=self.key_id)

    @property
    def source(self) -> Source:
        return "console" if self.kind == "user" else "rest"

    def decides(self, role: str) -> bool:
        """Whether this is somebody for whose role a question may be; a key that names no role is for all of them."""
        return (role in self.roles) if self.roles or self.kind == "user" else True

    @property
    def roles(self) -> frozenset[str]:
        """The roles whose questions the key decides and no others; none if it is not bound to roles."""
        if DECIDE in self.scopes:
            return frozenset()
        return frozenset(role for role in ROLES if f"{DECIDE}:{role}" in self.scopes)


class Knock(Contract):
    """One request that starts or changes something: the same key by the same owner on the same route is one effect."""

    principal: Principal
    route: str
    key: str
    body_sha256: bytes

    @classmethod
    def of(cls, principal: Principal, route: str, key: str, body: Request) -> Self:
        return cls(principal=principal, route=route, key=key, body_sha256=fingerprint(body))


class Answer(Contract):
    """An HTTP answer, and what the engine is owed once it is committed. `replayed`: it was given before."""

    status: int
    body: JsonValue
    headers: dict[str, str]
    wakeups: list[Wakeup] = Field(default_factory=list)
    replayed: bool = False


def fingerprint(body: Request) -> bytes:
    """SHA-256 of the canonical body: defaults filled in, keys sorted, so spelling and order do not matter."""
    canonical = json.dumps(body.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).digest()
