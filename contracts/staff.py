"""People who work with the console: their accounts, what each of them may decide, and their sessions."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, NewType, TypeAlias, get_args

from pydantic import AwareDatetime, StringConstraints

from contracts.approvals import ROLES, Role
from contracts.base import Contract, Request
from contracts.door import DECIDE, Principal
from contracts.ids import ApprovalId

StaffId = NewType("StaffId", str)  # stf_…
StaffRole: TypeAlias = Literal["support", "store", "operations"]
StaffName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?$")]

STAFF_ROLES: Final[tuple[StaffRole, ...]] = get_args(StaffRole)
DECIDES: Final[Mapping[StaffRole, tuple[Role, ...]]] = {
    "support": ("risk", "service"),
    "store": (),
    "operations": ROLES,
}


class StaffMember(Contract):
    """`name` is what they sign in with, and what others see of them."""

    staff_id: StaffId
    name: str
    role: StaffRole

    @property
    def principal(self) -> Principal:
        """As the doors know them."""
        scopes = frozenset(f"{DECIDE}:{role}" for role in DECIDES[self.role])
        return Principal(key_id=self.staff_id, owner=f"staff:{self.staff_id}", scopes=scopes, kind="user")


class Draft(Contract):
    """What somebody was about to say of a question when their session was over."""

    approval_id: ApprovalId
    note: str


class StaffSession(Contract):
    """`csrf` is what each of its forms has to carry."""

    member: StaffMember
    csrf: str
    expires_at: AwareDatetime
    draft: Draft | None = None


class SignIn(Request):
    name: Annotated[str, StringConstraints(max_length=80, strip_whitespace=True, to_lower=True, pattern=r"^[^\x00]*$")]
    password: Annotated[str, StringConstraints(max_length=256, pattern=r"^[^\x00]*$")]


class SignedIn(Contract):
    """`token` is what the browser keeps; of it only a hash is stored."""

    token: str
    session: StaffSession


class TurnedAway(Contract):
    """`until` is there when there were too many failures: nothing is looked at before."""

    until: AwareDatetime | None = None
