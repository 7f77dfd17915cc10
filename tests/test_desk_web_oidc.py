"""Logging in at an issuer: the way in, and everything that must not open the door."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pyotp
import pytest
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select, update
from starlette.testclient import TestClient

from config.errors import ConfigError
from config.settings import PACKAGED, load
from desk.oidc.errors import Unreachable
from desk.oidc.signing_in import Door
from desk.oidc.wire import may_connect
from desk.web import passwords
from flows.steps.workplace import Workplace, open_workplace
from store import identities, people
from store.audit import verify
from store.schema import audit, sessions, signins, users
from store.schema import identities as identity_rows
from tests.conftest import Cli
from tests.desk_samples import BASE, Clock, add_user, browser, opened
from tests.fake_issuer import SECRET, FakeIssuer, unsigned, with_public_key_as_secret


class Site:
    """A desk, an issuer, and a browser that goes between the two."""

    def __init__(self, tmp_path: Path, prepared: Path, more: str = "", desk: str = "") -> None:
        self.folder = tmp_path / "config"
        shutil.copytree(PACKAGED, self.folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        self.environment = {
            "DONDOC_VAR": str(tmp_path / "var"),
            "DONDOC_CONFIG": str(self.folder),
            "DONDOC_OIDC_SECRET": SECRET,
        }
        self.clock = Clock(open_workplace(self.environment))
        self.issuer = FakeIssuer(self.clock, BASE)
        file = self.folder / "dondoc.toml"
        text = file.read_text(encoding="utf-8").replace('need_totp = "nobody"', desk)
        file.write_text(text + self.issuer.toml(more), encoding="utf-8")
        shutil.copytree(prepared, tmp_path / "var")
        self.place = opened(self.environment)
        self.client = browser(self.place, self.clock)

    def out(self, client: TestClient | None = None, path: str = "/login/oidc") -> str:
        """Where the issuer sends the browser back to."""
        answer = (client or self.client).get(path)
        assert answer.status_code == 303, answer.text
        return str(httpx.get(answer.headers["location"]).headers["location"]).removeprefix(BASE)

    def come_in(self, client: TestClient | None = None) -> Any:
        return (client or self.client).get(self.out(client))

    def linked(self, role: str = "operator", name: str = "mai") -> None:
        """As an admin would link the issuer's person to a user."""
        with self.place.database.write() as connection:
            identities.ask(
                connection,
                self.place.province,
                issuer=self.issuer.url,
                subject=self.issuer.person["sub"],
                shown=self.place.seal.close(json.dumps(["Mai", role])),
                now=self.clock(),
            )
            user = people.find(connection, self.place.province, name)
            row = connection.execute(select(identity_rows)).one()
            assert user is not None
            assert identities.link(
                connection, self.place.province, row.id, user, now=self.clock(), actor="user:chanhvanphong"
            )

    def entries(self, action: str) -> list[Any]:
        with self.place.database.read() as connection:
            assert isinstance(verify(connection, self.place.province), int)
            return list(connection.execute(select(audit).where(audit.c.action == action)).all())

    def inside(self, client: TestClient | None = None) -> bool:
        return bool((client or self.client).get("/").status_code == 200)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with an admin and an operator, to be copied."""
    var = tmp_path_factory.mktemp("prepared") / "var"
    place = opened({"DONDOC_VAR": str(var)})
    for name, role in (("chanhvanphong", "admin"), ("mai", "operator")):
        add_user(place, Clock(place), name, role)
    assert place.seal is not None
    place.database.close()
    return var


@pytest.fixture
def make(tmp_path: Path, prepared: Path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def build(more: str = "", desk: str = "") -> Site:
        made.append(Site(tmp_path, prepared, more, desk))
        return made[0]

    yield build
    for site in made:
        site.issuer.close()


@pytest.fixture
def site(make: Callable[..., Site]) -> Site:
    return make()


def test_nobody_comes_in_before_an_admin_has_linked_the_identity(site: Site) -> None:
    site.issuer.person["groups"] = ["don-doc-quan-tri"]
    answer = site.come_in()
    assert answer.status_code == 403
    assert "chưa được liên kết" in answer.text
    assert not site.inside()
    admin = browser(site.place, site.clock)
    admin.post("/login", data={"name": "chanhvanphong", "password": "mot cau dai de nho 7"})
    page = admin.get("/users").text
    assert "Nguyễn Thị Mai" in page
    assert "u-4711" in page
    with site.place.database.read() as connection:
        number = connection.execute(select(identity_rows.c.id)).scalar_one()
        mai = people.find(connection, site.place.province, "mai")
    assert mai is not None
    assert admin.post(f"/identities/{number}/link", data={"user": str(mai.id)}).status_code == 303
    assert site.come_in().status_code == 303
    assert site.inside()
    assert site.client.get("/users").status_code == 403, "an admin at the issuer is an operator here"
    assert len(site.entries("oidc.ask")) == len(site.entries("oidc.link")) == len(site.entries("login.oidc")) == 1
    assert admin.post(f"/identities/{number}/drop").status_code == 303
    assert not site.inside(), "the session ends with the link"
    assert site.come_in().status_code == 403


def test_an_admin_links_somebody_to_a_new_user_without_a_password(site: Site) -> None:
    site.come_in()
    admin = browser(site.place, site.clock)
    admin.post("/login", data={"name": "chanhvanphong", "password": "mot cau dai de nho 7"})
    with site.place.database.read() as connection:
        number = connection.execute(select(identity_rows.c.id)).scalar_one()
    assert admin.post(f"/identities/{number}/link", data={"name": "có cách", "role": "viewer"}).status_code == 422
    assert admin.post(f"/identities/{number}/link", data={"name": "mai", "role": "viewer"}).status_code == 422
    assert admin.post(f"/identities/{number}/link", data={"name": "moi", "role": "viewer"}).status_code == 303
    assert admin.post(f"/identities/{number}/link", data={"name": "khac", "role": "admin"}).status_code == 409
    assert site.come_in().status_code == 303
    assert "không có mật khẩu riêng" in site.client.get("/account").text
    other = browser(site.place, site.clock)
    for password in (passwords.NONE, "", "moi"):
        assert other.post("/login", data={"name": "moi", "password": password}).status_code == 401


@pytest.mark.parametrize(
    ("here", "there", "gets"),
    [
        ("viewer", "don-doc-quan-tri", "viewer"),
        ("admin", "don-doc-xem", "viewer"),
        ("admin", "don-doc-quan-tri", "admin"),
        ("operator", "don-doc-can-bo", "operator"),
    ],
)
def test_the_lesser_role_holds(site: Site, here: str, there: str, gets: str) -> None:
    site.linked()
    with site.place.database.write() as connection:
        connection.execute(update(users).where(users.c.name == "mai").values(role=here))
    site.issuer.person["groups"] = ["khác", there]
    assert site.come_in().status_code == 303
    allowed = [site.client.get(path).status_code == 200 for path in ("/tasks", "/audit", "/users")]
    assert allowed == [True, gets in {"operator", "admin"}, gets == "admin"]


@pytest.mark.parametrize(
    "groups", [[], ["khác"], None, {"don-doc-quan-tri": 1}, [["don-doc-quan-tri"]], 7, "admin"]
)
def test_no_claim_no_entry_and_no_request(site: Site, groups: Any) -> None:
    site.linked()
    site.issuer.person["groups"] = groups
    answer = site.come_in()
    assert answer.status_code == 403
    assert "không được phép" in answer.text
    assert not site.inside()
    assert [one.after["reason"] for one in site.entries("oidc.failed")] == ["role"]


@pytest.mark.parametrize(("value", "status"), [("phu-chau", 303), ("tinh-khac", 403), (None, 403)])
def test_people_of_another_province_stay_out(make: Callable[..., Site], value: str | None, status: int) -> None:
    site = make('province_claim = "don_vi.tinh"\nprovince_values = ["phu-chau"]')
    site.linked()
    site.issuer.person["don_vi"] = {"tinh": value} if value else {}
    assert site.come_in().status_code == status
    assert site.inside() is (status == 303)


def alg_none(site: Site) -> None:
    site.issuer.forge = unsigned


def public_key_as_secret(site: Site) -> None:
    site.issuer.forge = with_public_key_as_secret(site.issuer)


def published_secret(site: Site) -> None:
    secret = OctKey.generate_key(256, {"kid": "oct"})
    site.issuer.keys.append(secret)

    def forge(token: str) -> str:
        from joserfc import jws

        claims = jws.extract_compact(token.encode()).payload
        return jws.serialize_compact({"alg": "HS256", "kid": "oct"}, claims, secret, algorithms=["HS256"])

    site.issuer.forge = forge


def anothers_key(site: Site) -> None:
    published, signing = site.issuer.keys, RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
    token = site.issuer.id_token

    def signed(nonce: str, access: str) -> str:
        site.issuer.keys = [signing]
        try:
            return token(nonce, access)
        finally:
            site.issuer.keys = published

    site.issuer.id_token = signed  # type: ignore[method-assign]


def key_in_the_header(site: Site) -> None:
    anothers_key(site)
    site.issuer.header = {"jwk": RSAKey.generate_key(2048).as_dict(private=False), "kid": "k1"}


def weak_key(site: Site) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        site.issuer.keys = [RSAKey.generate_key(1024, {"kid": "weak", "use": "sig"})]


def changed(name: str, value: Any) -> Callable[[Site], None]:
    def attack(site: Site) -> None:
        def alter(claims: dict[str, Any]) -> None:
            if value is None:
                claims.pop(name)
            else:
                claims[name] = value(claims[name]) if callable(value) else value

        site.issuer.alter = alter

    attack.__name__ = f"{name}_{'gone' if value is None else 'wrong'}"
    return attack


def header(name: str, value: Any) -> Callable[[Site], None]:
    def attack(site: Site) -> None:
        site.issuer.header = {name: value}

    attack.__name__ = f"header_{name}"
    return attack


def broken(site: Site) -> None:
    site.issuer.forge = lambda token: token[:-6] + "AAAAAA"


def no_token(site: Site) -> None:
    site.issuer.forge = lambda token: ""


def not_a_token(site: Site) -> None:
    site.issuer.forge = lambda token: "é.{}.~"


ATTACKS: tuple[Callable[[Site], None], ...] = (
    alg_none,
    public_key_as_secret,
    published_secret,
    anothers_key,
    key_in_the_header,
    weak_key,
    broken,
    no_token,
    not_a_token,
    header("kid", "unknown"),
    changed("nonce", "another log-in's"),
    changed("nonce", None),
    changed("aud", "another-client"),
    changed("aud", ["ban-lam-viec", "another-client"]),
    changed("aud", None),
    changed("iss", "http://127.0.0.1:1"),
    changed("iss", None),
    changed("exp", lambda at: at - 400),
    changed("exp", float("nan")),
    changed("exp", None),
    changed("iat", lambda at: at - 3600),
    changed("iat", lambda at: at + 3600),
    changed("iat", None),
    changed("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
    changed("sub", ""),
    changed("sub", 4711),
    changed("sub", None),
    changed("sub", "u" * 256),
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_proves_nothing_opens_nothing(site: Site, attack: Callable[[Site], None]) -> None:
    site.linked()
    attack(site)
    answer = site.come_in()
    assert answer.status_code in {401, 503}, answer.text
    assert not site.inside()
    assert len(site.entries("oidc.failed")) == 1
    assert site.entries("login.oidc") == []
    with site.place.database.read() as connection:
        assert connection.execute(select(sessions)).all() == []


def test_azp_of_this_client_and_clocks_a_little_apart_are_taken(site: Site) -> None:
    site.linked()

    def alter(claims: dict[str, Any]) -> None:
        claims |= {"aud": ["ban-lam-viec", "khac"], "azp": "ban-lam-viec"}
        claims |= {"iat": claims["iat"] + 50, "nbf": claims["iat"] + 50}

    site.issuer.alter = alter
    assert site.come_in().status_code == 303
    assert site.inside()


class TestTheWayBack:
    def test_an_answer_is_used_once(self, site: Site) -> None:
        site.linked()
        back = site.out()
        first = site.client.get(back)
        assert first.status_code == 303
        site.client.post("/logout")
        again = site.client.get(back)
        assert again.status_code == 401
        assert not site.inside()
        assert [one.after["reason"] for one in site.entries("oidc.failed")] == ["state"]

    def test_an_answer_serves_no_other_browser_and_is_then_spent(self, site: Site) -> None:
        site.linked()
        back, victim = site.out(), browser(site.place, site.clock)
        assert victim.get(back).status_code == 401, "log-in CSRF"
        assert not site.inside(victim)
        assert site.client.get(back).status_code == 401, "a state that got about is used up"

    def test_a_browsers_older_answer_is_refused(self, site: Site) -> None:
        site.linked()
        old = site.out()
        site.out()
        assert site.client.get(old).status_code == 401

    def test_an_answer_comes_in_time(self, site: Site) -> None:
        site.linked()
        back = site.out()
        site.clock.move(minutes=11)
        assert site.client.get(back).status_code == 401

    def test_an_answer_of_another_issuer_is_refused_before_its_code_is_shown_to_anybody(self, site: Site) -> None:
        site.linked()
        for iss in ("https://evil.example", ""):
            site.issuer.answer = {"iss": iss}
            assert site.come_in().status_code == 401
        assert site.issuer.asked["/token"] == 0
        assert {one.after["reason"] for one in site.entries("oidc.failed")} == {"mix-up"}

    def test_an_injected_code_fails_for_want_of_the_verifier(self, site: Site) -> None:
        site.linked()
        stolen = parse_qs(urlsplit(site.out()).query)["code"][0]
        attacker = browser(site.place, site.clock)
        own = {name: values[0] for name, values in parse_qs(urlsplit(site.out(attacker)).query).items()}
        assert attacker.get(f"/login/oidc/back?{urlencode(own | {'code': stolen})}").status_code == 401
        assert [one.after["reason"] for one in site.entries("oidc.failed")] == ["code"]

    @pytest.mark.parametrize(
        "query", ["", "state=x&code=y", "state=&code=", "state=%00&code=%ff&state=2", "error=x"]
    )
    def test_made_up_answers_ask_the_issuer_nothing(self, site: Site, query: str) -> None:
        before = sum(site.issuer.asked.values())
        assert site.client.get(f"/login/oidc/back?{query}").status_code == 401
        assert sum(site.issuer.asked.values()) == before

    def test_a_person_who_declines_comes_back_to_the_log_in(self, site: Site) -> None:
        site.issuer.answer = {"error": "access_denied", "code": ""}
        answer = site.come_in()
        assert answer.status_code == 401
        assert 'href="/login"' in answer.text

    @pytest.mark.parametrize("following", ["//evil.example", "https://evil.example", "/\\evil.example"])
    def test_it_leads_nowhere_else(self, site: Site, following: str) -> None:
        site.linked()
        back = site.out(path=f"/login/oidc?{urlencode({'next': following})}")
        assert site.client.get(back).headers["location"] == "/"

    def test_it_leads_on_to_the_page_that_was_wanted(self, site: Site) -> None:
        site.linked()
        back = site.out(path="/login/oidc?next=%2Ftasks%3Fq%3Da")
        assert site.client.get(back).headers["location"] == "/tasks?q=a"


class TestKeys:
    def test_a_new_key_of_the_issuer_is_learnt(self, site: Site) -> None:
        site.linked()
        assert site.come_in().status_code == 303
        for kind in ("RSA", "EC"):
            site.issuer.rotate(kind=kind)
            site.clock.move(minutes=1)
            site.client.post("/logout")
            assert site.come_in().status_code == 303, kind
        assert site.issuer.asked["/jwks"] == 3

    def test_odd_tokens_do_not_make_the_desk_ask_and_ask(self, site: Site) -> None:
        site.linked()
        site.issuer.header = {"kid": "unknown"}
        for _ in range(5):
            assert site.come_in().status_code == 401
        assert site.issuer.asked["/jwks"] == 2

    def test_a_withdrawn_key_is_forgotten(self, site: Site) -> None:
        site.linked()
        site.come_in()
        site.client.post("/logout")
        published, site.issuer.keys = site.issuer.keys, [RSAKey.generate_key(2048, {"kid": "k2", "use": "sig"})]
        site.clock.move(minutes=11)
        token = site.issuer.id_token

        def signed(nonce: str, access: str) -> str:
            kept, site.issuer.keys = site.issuer.keys, published
            try:
                return token(nonce, access)
            finally:
                site.issuer.keys = kept

        site.issuer.id_token = signed  # type: ignore[method-assign]
        assert site.come_in().status_code == 401


class TestSecondStep:
    def secret(self, site: Site) -> pyotp.TOTP:
        secret = pyotp.random_base32()
        with site.place.database.write() as connection:
            sealed = site.place.seal.close(secret)
            connection.execute(update(users).where(users.c.name == "mai").values(totp_sealed=sealed))
        return pyotp.TOTP(secret)

    def test_the_desks_own_is_asked_after_the_issuer(self, site: Site) -> None:
        site.linked()
        totp = self.secret(site)
        answer = site.come_in()
        assert answer.headers["location"].startswith("/login/code")
        assert not site.inside(), "half a log-in is none"
        assert site.client.get("/account").status_code == 303
        waiting = site.client.cookies["dondoc"]
        assert site.client.post("/login/code", data={"code": "000000"}).status_code == 401
        good = {"code": totp.at(site.clock()), "next": "/tasks"}
        assert site.client.post("/login/code", data=good).headers["location"] == "/tasks"
        assert site.inside()
        other = browser(site.place, site.clock)
        other.cookies.set("dondoc", waiting)
        assert not site.inside(other), "the session that waited is over"

    def test_it_does_not_wait_for_ever_nor_stand_guessing(self, site: Site) -> None:
        site.linked()
        totp = self.secret(site)
        site.come_in()
        codes = [site.client.post("/login/code", data={"code": "000000"}).status_code for _ in range(12)]
        assert codes == [401] * 10 + [429] * 2
        site.clock.move(minutes=6)
        answer = site.client.post("/login/code", data={"code": totp.at(site.clock())})
        assert answer.headers["location"] == "/login"
        assert not site.inside()

    @pytest.mark.parametrize("claim", [{"amr": ["pwd", "mfa"]}, {"acr": "cap-cao"}])
    def test_the_issuers_counts_where_the_settings_say_so(
        self, make: Callable[..., Site], claim: dict[str, Any]
    ) -> None:
        site = make('second_step = ["mfa", "cap-cao"]', 'need_totp = "admins"')
        site.linked()
        with site.place.database.write() as connection:
            connection.execute(update(users).where(users.c.name == "mai").values(role="admin"))
        site.issuer.person["groups"] = ["don-doc-quan-tri"]
        site.come_in()
        assert site.client.get("/users").headers["location"] == "/account", "nobody vouched for a second step"
        site.client.post("/logout")
        site.issuer.person |= claim
        site.come_in()
        assert site.client.get("/users").status_code == 200

    @pytest.mark.parametrize("role", ["viewer", "operator"])
    def test_everybody_needs_one_wherever_they_log_in(self, make: Callable[..., Site], role: str) -> None:
        site = make('second_step = ["mfa"]', 'need_totp = "everybody"')
        site.linked()
        with site.place.database.write() as connection:
            connection.execute(update(users).where(users.c.name == "mai").values(role=role))
        site.come_in()
        assert site.client.get("/tasks").headers["location"] == "/account", "nobody vouched for a second step"
        assert "Cần bật xác thực hai bước" in site.client.get("/account").text
        with site.place.database.write() as connection:
            connection.execute(update(users).where(users.c.name == "mai").values(password=passwords.NONE))
        assert site.client.get("/tasks").headers["location"] == "/account"
        assert "chưa xác nhận xác thực hai bước" in site.client.get("/account").text, "has no form to turn it on"
        site.client.post("/logout")
        site.issuer.person |= {"amr": ["mfa"]}
        site.come_in()
        assert site.client.get("/tasks").status_code == 200


class TestTheIssuerOutOfReach:
    def test_a_dead_issuer_leaves_the_password(self, site: Site) -> None:
        site.issuer.close()
        answer = site.client.get("/login/oidc")
        assert answer.status_code == 503
        assert "mật khẩu" in answer.text
        given = {"name": "mai", "password": "mot cau dai de nho 7"}
        assert site.client.post("/login", data=given).status_code == 303

    def test_an_issuer_that_drips_is_left_in_time(self, make: Callable[..., Site]) -> None:
        import threading

        site = make("total_seconds = 1")
        site.issuer.slow = threading.Event()
        assert site.client.get("/login/oidc").status_code == 503
        assert not site.issuer.outlasted

    @pytest.mark.parametrize(
        "wrong",
        [
            {"issuer": "https://evil.example"},
            {"token_endpoint": "https://169.254.169.254/token"},
            {"token_endpoint": "http://10.0.0.1/token"},
            {"token_endpoint": "https://user:pass@127.0.0.1/token"},
            {"jwks_uri": "file:///etc/passwd"},
            {"jwks_uri": None},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"code_challenge_methods_supported": ["plain"]},
            {"id_token_signing_alg_values_supported": ["HS256", "none"]},
            {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
        ],
        ids=lambda wrong: "-".join(wrong),
    )
    def test_an_issuer_that_says_odd_things_is_not_used(self, site: Site, wrong: dict[str, Any]) -> None:
        site.linked()
        site.issuer.metadata = wrong
        answer = site.client.get("/login/oidc")
        if answer.status_code == 303:
            answer = site.client.get(str(httpx.get(answer.headers["location"]).headers["location"]))
        assert answer.status_code == 503
        assert not site.inside()

    def test_nobody_hammers_the_issuer_through_the_desk(self, site: Site) -> None:
        codes = [site.client.get("/login/oidc").status_code for _ in range(62)]
        assert codes == [303] * 60 + [429] * 2
        assert site.issuer.asked["/.well-known/openid-configuration"] == 1


def test_log_out_leaves_the_issuer_to_the_person(site: Site) -> None:
    site.linked()
    site.come_in()
    answer = site.client.post("/logout")
    assert answer.headers["location"] == "/login?told=bye_oidc"
    assert "/login/oidc/leave" in site.client.get(answer.headers["location"]).text
    away = site.client.get("/login/oidc/leave").headers["location"]
    assert away.startswith(f"{site.issuer.url}/leave?client_id=ban-lam-viec")
    assert parse_qs(urlsplit(away).query)["post_logout_redirect_uri"] == [f"{BASE}/login"]


def test_a_user_who_is_shut_out_here_is_shut_out_there_too(site: Site) -> None:
    site.linked()
    site.come_in()
    with site.place.database.write() as connection:
        connection.execute(update(users).where(users.c.name == "mai").values(active=False))
    assert not site.inside()
    assert site.come_in().status_code == 403


def test_who_must_change_a_password_need_not_when_none_was_used(site: Site) -> None:
    site.linked()
    with site.place.database.write() as connection:
        connection.execute(update(users).where(users.c.name == "mai").values(must_change=True))
    site.come_in()
    assert site.inside()


def test_nothing_of_a_log_in_is_kept_in_clear(site: Site) -> None:
    site.linked()
    back = site.out()
    state = parse_qs(urlsplit(back).query)["state"][0]
    with site.place.database.read() as connection:
        row = connection.execute(select(signins)).one()
    assert state not in str(row)
    assert site.client.cookies["dondoc-oidc"] not in str(row)
    site.client.get(back)
    with site.place.database.read() as connection:
        assert connection.execute(select(signins)).all() == []
        told = " ".join(str(one) for one in connection.execute(select(audit)).all())
    assert SECRET not in told
    assert "Nguyễn Thị Mai" not in told
    assert site.issuer.forms[0]["code_verifier"] not in told


def test_strangers_cannot_fill_the_table_of_requests(site: Site) -> None:
    with site.place.database.write() as connection:
        for number in range(identities.MOST_ASKING + 5):
            identities.ask(
                connection,
                site.place.province,
                issuer=site.issuer.url,
                subject=f"s{number}",
                shown=b"x",
                now=site.clock(),
            )
        assert identities.asking(connection, site.place.province) == identities.MOST_ASKING


def test_the_secret_goes_as_the_issuer_wants_it(site: Site) -> None:
    site.linked()
    site.issuer.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert site.come_in().status_code == 303
    assert site.issuer.forms[-1]["client_secret"] == SECRET


def test_a_desk_without_an_issuer_has_no_such_way_in(place: Workplace) -> None:
    clock = Clock(place)
    add_user(place, clock, "lan", "admin")
    client = browser(place, clock)
    assert "/login/oidc" not in client.get("/login").text
    for path in ("/login/oidc", "/login/oidc/back?state=a&code=b"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("address", "public", "local", "loopback"),
    [
        ("203.0.113.7", False, False, False),
        ("8.8.8.8", True, True, False),
        ("10.1.2.3", False, True, False),
        ("192.168.0.5", False, True, False),
        ("fd00::5", False, True, False),
        ("127.0.0.1", False, False, True),
        ("::1", False, False, True),
        ("::ffff:127.0.0.1", False, False, True),
        ("169.254.169.254", False, False, False),
        ("fe80::1%eth0", False, False, False),
        ("0.0.0.0", False, False, False),
        ("224.0.0.1", False, False, False),
        ("not an address", False, False, False),
    ],
)
def test_where_the_issuer_may_stand(address: str, public: bool, local: bool, loopback: bool) -> None:
    found = [may_connect(address, network) for network in ("public", "local", "loopback")]
    if address == "203.0.113.7":
        found[1] = False  # a range for books; some Pythons call it private
    assert found == [public, local, loopback]


class TestSettings:
    @pytest.mark.parametrize(
        "line",
        [
            'issuer = "http://dangnhap.tinh.example"',
            'issuer = "https://ten:mk@dangnhap.tinh.example"',
            'issuer = "https://dangnhap.tinh.example?x=1"',
            'issuer = "http://127.0.0.1:8080"',
            'algorithms = ["none"]',
            'algorithms = ["HS256"]',
            'scopes = ["profile"]',
            "roles = {}",
            'roles = { "a" = "root" }',
            'province_claim = "tinh"',
            "skew_seconds = 4000",
            'secret = "trong tệp"',
        ],
    )
    def test_what_would_be_unsafe_is_refused(self, tmp_path: Path, line: str) -> None:
        folder = tmp_path / "config"
        shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        given = {"issuer": '"https://dangnhap.tinh.example"', "client_id": '"a"', "roles": '{ "a" = "viewer" }'}
        name, _, value = line.partition(" = ")
        part = "\n".join(f"{key} = {told}" for key, told in (given | {name: value}).items())
        with (folder / "dondoc.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n[oidc]\n{part}\n")
        with pytest.raises(ConfigError, match="oidc"):
            load({"DONDOC_CONFIG": str(folder)})

    def test_check_says_whether_the_issuer_answers(self, site: Site, tmp_path: Path) -> None:
        run = Cli(site.environment | {"DONDOC_BASE_URL": BASE}, tmp_path)
        found = {one["part"]: one for one in json.loads(run("check", "--json").stdout)["parts"]}
        assert found["đăng nhập chung (OIDC)"]["ok"]
        assert "1 khóa ký" in found["đăng nhập chung (OIDC)"]["said"]
        lacking = Door(
            load({name: told for name, told in site.environment.items() if name != "DONDOC_OIDC_SECRET"})
        )
        with pytest.raises(Unreachable, match="DONDOC_OIDC_SECRET"):
            lacking.look(site.clock())
        site.issuer.close()
        dead = run("check")
        assert dead.returncode == 1
        assert "không hỏi được" in dead.stdout
        assert SECRET not in dead.stdout + dead.stderr
