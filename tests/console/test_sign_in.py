"""The way in: names and passwords, sessions and their cookies, and forms that come from elsewhere."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import pytest_asyncio

from console.forms import local_path
from console.sessions import SESSION, VISIT
from contracts.staff import SignedIn, SignIn, StaffMember, TurnedAway
from tests.console.office import PASSWORD, PEOPLE, Office
from tests.console.orders import hold

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@pytest_asyncio.fixture
async def http(office: Office) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser without a screen: keeps cookies, follows nothing by itself."""
    async with httpx2.AsyncClient(base_url=office.url) as http:
        yield http


async def csrf_of(http: httpx2.AsyncClient, path: str = "/console/sign-in") -> str:
    found = _CSRF.search((await http.get(path)).text)
    assert found is not None
    return found[1]


async def sign_in(http: httpx2.AsyncClient, name: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
    form = {"csrf": await csrf_of(http), "name": name, "password": password, **more}
    return await http.post("/console/sign-in", data=form)


async def test_a_page_leads_to_the_form_and_back(http: httpx2.AsyncClient) -> None:
    asked = await http.get("/console/find?q=shop 1&x=2")
    assert asked.status_code == 303
    form = await http.get(asked.headers["location"])
    assert 'name="next" value="/console/find?q=shop%201&amp;x=2"' in form.text
    signed_in = await sign_in(http, "ana", next="/console/find?q=shop%201&x=2")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/console/find?q=shop%201&x=2")
    assert (await http.get("/console")).status_code == 200


async def test_the_cookie_is_for_this_site_and_no_script(http: httpx2.AsyncClient) -> None:
    cookies = (await sign_in(http, "ana")).headers.get_list("set-cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith(SESSION)]
    assert {"HttpOnly", "Path=/console", "SameSite=lax"} <= set(session.split("; "))
    assert "Secure" not in session  # over plain http it would not come back


async def test_a_wrong_password_and_an_unknown_name_get_the_same_words(http: httpx2.AsyncClient) -> None:
    wrong, unknown = await sign_in(http, "ana", "wrong"), await sign_in(http, "nobody-at-all", "wrong")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "The name or the password is wrong." in wrong.text
    assert _form_of(wrong).replace("ana", "") == _form_of(unknown).replace("nobody-at-all", "")


def _form_of(response: httpx2.Response) -> str:
    return _CSRF.sub("", response.text)


async def test_after_five_failures_nothing_is_looked_at_for_a_while(office: Office, http: httpx2.AsyncClient) -> None:
    await office.staff.add("tim", "support", PASSWORD)
    guesses = await asyncio.gather(*(office.staff.sign_in(SignIn(name="tim", password=str(i))) for i in range(12)))
    assert all(isinstance(guess, TurnedAway) for guess in guesses)
    assert sum(isinstance(guess, TurnedAway) and guess.until is None for guess in guesses) == 5
    right = await sign_in(http, "tim")
    assert right.status_code == 429
    assert "too many wrong passwords" in right.text
    async with office.database.connection() as connection:
        await connection.execute("update failed_sign_ins set last_at = now() - interval '16 minutes'")
    assert (await sign_in(http, "tim")).status_code == 303


async def test_what_is_right_forgets_the_failures_before(office: Office) -> None:
    await office.staff.add("uma", "support", PASSWORD)
    for _ in range(3):
        for _ in range(4):
            assert isinstance(await office.staff.sign_in(SignIn(name="uma", password="wrong")), TurnedAway)
        assert isinstance(await office.staff.sign_in(SignIn(name="uma", password=PASSWORD)), SignedIn)


async def test_neither_password_nor_token_is_kept(office: Office) -> None:
    signed_in = await office.session_of("ana")
    async with office.database.connection() as connection:
        kept = str(await connection.fetch("select s.*, m.* from staff_sessions s join staff m using (staff_id)"))
    assert PASSWORD not in kept
    assert signed_in.token not in kept
    assert "argon2" in kept


async def test_a_session_lasts_twelve_hours_after_the_last_look(office: Office) -> None:
    token = (await office.session_of("ana")).token
    later = datetime.now(UTC) + timedelta(hours=12)
    await _set_expiry(office, token, timedelta(minutes=3))
    looked = await office.staff.session(token)
    assert looked is not None
    assert abs(looked.expires_at - later) < timedelta(minutes=1)
    await _set_expiry(office, token, timedelta(minutes=-1))
    assert await office.staff.session(token) is None


async def _set_expiry(office: Office, token: str, left: timedelta) -> None:
    """Of the newest session, which is the token's."""
    assert await office.staff.session(token) is not None or left < timedelta()
    async with office.database.connection() as connection:
        await connection.execute(
            "update staff_sessions set expires_at = now() + $1::interval"
            " where created_at = (select max(created_at) from staff_sessions)",
            left,
        )


async def test_signing_out_ends_the_session_itself(office: Office, http: httpx2.AsyncClient) -> None:
    await sign_in(http, "ana")
    token = http.cookies[SESSION]
    out = await http.post("/console/sign-out", data={"csrf": await csrf_of(http, "/console")})
    assert (out.status_code, out.headers["location"]) == (303, "/console/sign-in")
    assert await office.staff.session(token) is None


async def test_a_new_password_ends_the_sessions_of_the_old_one(office: Office) -> None:
    await office.staff.add("vic", "support", PASSWORD)
    token = (await office.session_of("vic")).token
    await office.staff.add("vic", "operations", "another password")
    assert await office.staff.session(token) is None
    assert isinstance(await office.staff.sign_in(SignIn(name="vic", password=PASSWORD)), TurnedAway)


async def test_no_form_without_its_sessions_token_does_anything(office: Office, http: httpx2.AsyncClient) -> None:
    held = await hold(office.caller)
    await sign_in(http, "ana")
    for csrf in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": (await office.session_of("ben")).session.csrf}):
        form = {"version": "1", "choice": "approved", **csrf}
        assert (await http.post(f"{held.path}/decision", data=form)).status_code == 403
        assert (await http.post("/console/sign-out", data=csrf)).status_code == 403
    assert (await http.get(held.path)).text.count("data-decide") == 1


async def test_no_form_of_another_site_is_read(office: Office, http: httpx2.AsyncClient) -> None:
    held = await hold(office.caller)
    await sign_in(http, "ana")
    form = {"csrf": await csrf_of(http, held.path), "version": "1", "choice": "approved"}
    for origin in ("https://evil.example", "null", office.url.replace("127.0.0.1", "127.0.0.1.evil.example")):
        answer = await http.post(f"{held.path}/decision", data=form, headers={"Origin": origin})
        assert answer.status_code == 403, origin
    answer = await http.post(f"{held.path}/decision", data=form, headers={"Origin": office.url})
    assert answer.status_code == 303


async def test_nobody_is_signed_in_by_a_form_that_they_did_not_see(http: httpx2.AsyncClient) -> None:
    """Else somebody could make others work in an account that is not theirs."""
    form = {"name": "ana", "password": PASSWORD}
    assert (await http.post("/console/sign-in", data=form)).status_code == 400
    await http.get("/console/sign-in")
    assert VISIT in http.cookies
    assert (await http.post("/console/sign-in", data={**form, "csrf": "0" * 64})).status_code == 403


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/console/../../evil",
        "/console//evil.example",
        "/console\n/x",
        "/consoles",
        "javascript:alert(1)",
        "/v1/orders",
        "",
    ],
)
async def test_signing_in_leads_nowhere_else(http: httpx2.AsyncClient, elsewhere: str) -> None:
    assert local_path(elsewhere) == "/console"
    signed_in = await sign_in(http, "ana", next=elsewhere)
    assert signed_in.headers["location"] == "/console"


@pytest.mark.parametrize(
    "path", ["/console/cases/apr_0", "/console/orders/ord_0", "/console/orders/999999999", "/console/x"]
)
async def test_what_is_not_there_is_said_as_a_page(http: httpx2.AsyncClient, path: str) -> None:
    await sign_in(http, "ana")
    answer = await http.get(path)
    assert answer.status_code == 404
    assert "There is nothing here." in answer.text


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a&b=c", b"note=%ff", b"&".join([b"a=1"] * 100), b'{"a": 1}'])
async def test_what_no_form_of_ours_sends_is_refused(http: httpx2.AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await http.post("/console/sign-in", content=body, headers=headers)).status_code == 400


@pytest.mark.parametrize("path", ["/console/live?of=inbox", "/console/cases/apr_1", "/console/orders/1001"])
async def test_nothing_is_shown_to_who_is_not_signed_in(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in?next=/console/")


def test_each_role_decides_what_it_is_for() -> None:
    decided = {
        role: [
            asked
            for asked in ("risk", "payments", "service", "lead")
            if StaffMember(staff_id="stf_1", name="x", role=role).principal.decides(asked)
        ]
        for role in sorted(set(PEOPLE.values()))
    }
    assert decided == {
        "operations": ["risk", "payments", "service", "lead"],
        "store": [],
        "support": ["risk", "service"],
    }
