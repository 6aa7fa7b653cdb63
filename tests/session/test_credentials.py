"""Where a key is looked for, and in which order."""

import sys
from types import ModuleType

import pytest

import realtime_lab as rl
from realtime_lab.errors import AuthMissing
from realtime_lab.session import Secret
from realtime_lab.session.credentials import KEYRING_SERVICE, KeyCredential, find_key

HOST = "lab.openai.azure.com"
VARIABLE = "AZURE_OPENAI_API_KEY"


@pytest.fixture(autouse=True)
def empty_place(monkeypatch, tmp_path):
    """A folder without .env, an environment without keys, and nobody to ask."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "keyring", None)
    return tmp_path


@pytest.fixture
def keyring(monkeypatch):
    """A keyring of a dict."""
    kept: dict[tuple[str, str], str] = {}
    fake = ModuleType("keyring")
    fake.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", fake)
    return kept


def test_the_first_place_that_has_one_wins(keyring, empty_place, monkeypatch):
    asked = []

    def prompt(question):
        asked.append(question)
        return "typed"

    monkeypatch.setattr("getpass.getpass", prompt)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)

    def found():
        key = find_key(HOST, [VARIABLE])
        return key.reveal(), key.source

    assert found() == ("typed", "the prompt")
    assert HOST in asked[0]
    (empty_place / ".env").write_text(f"OTHER=1\n{VARIABLE}='in$file'\n")
    assert found() == ("in$file", f".env ({VARIABLE})")
    monkeypatch.setenv(VARIABLE, " in-environment\n")
    assert found() == ("in-environment", VARIABLE)
    keyring[KEYRING_SERVICE, VARIABLE] = "kept-by-variable"
    assert found() == ("kept-by-variable", f"the keyring ({VARIABLE})")
    keyring[KEYRING_SERVICE, HOST] = "kept-by-host"
    assert found() == ("kept-by-host", f"the keyring ({HOST})")
    given = rl.azure("lab", "voice", api_key="given")
    assert given.headers() == {"api-key": "given"}
    assert len(asked) == 1


def test_where_the_key_came_from_is_told_and_the_key_is_not(monkeypatch):
    monkeypatch.setenv(VARIABLE, "canary-51")
    shown = repr(rl.azure("lab", "voice"))
    assert f"with the key from {VARIABLE}" in shown
    assert "canary" not in shown


def test_the_folder_above_may_have_the_env_file(empty_place, monkeypatch):
    (empty_place / ".env").write_text(f"{VARIABLE}=above\n")
    (empty_place / "notebooks").mkdir()
    monkeypatch.chdir(empty_place / "notebooks")
    assert find_key(HOST, [VARIABLE]).reveal() == "above"


def test_a_keyring_that_fails_is_passed_over(keyring, monkeypatch):
    def locked(*_):
        raise RuntimeError("no backend")

    monkeypatch.setattr(sys.modules["keyring"], "get_password", locked)
    monkeypatch.setenv(VARIABLE, "in-environment")
    assert find_key(HOST, [VARIABLE]).reveal() == "in-environment"


def test_nobody_is_asked_where_nobody_can_answer():
    with pytest.raises(AuthMissing) as missing:
        rl.azure("lab", "voice")
    for way in (VARIABLE, ".env", f"keyring set {KEYRING_SERVICE} {HOST}", "api_key=", "entra"):
        assert way in str(missing.value)


def test_an_env_file_that_cannot_be_read_is_told(empty_place, monkeypatch):
    (empty_place / ".env").write_text(f"{VARIABLE}=k\n")
    monkeypatch.setitem(sys.modules, "dotenv", None)
    with pytest.raises(AuthMissing, match="python-dotenv"):
        rl.azure("lab", "voice")


def test_the_key_of_a_service_goes_to_that_service_alone(keyring, monkeypatch):
    monkeypatch.setenv(VARIABLE, "azures")
    monkeypatch.setenv("OPENAI_API_KEY", "openais")
    assert rl.endpoint(f"https://{HOST}?model=m").headers() == {"api-key": "azures"}
    assert rl.openai().headers() == {"Authorization": "Bearer openais"}
    for other in ("openai.azure.com.example.com", "x.cloudapp.azure.com", "fakeopenai.com"):
        assert rl.endpoint(f"wss://{other}/v1/realtime?model=m").credential is None
    keyring[KEYRING_SERVICE, "speech.example.com"] = "its-own"
    place = rl.endpoint("wss://speech.example.com/v1/realtime?model=m")
    assert place.headers() == {"Authorization": "Bearer its-own"}


def test_a_key_and_a_credential_are_too_much():
    with pytest.raises(rl.errors.EndpointError, match="give one of them"):
        rl.azure("lab", "voice", api_key="k", credential="entra")


def test_the_headers_of_a_key_do_not_show_it():
    headers = KeyCredential(Secret("canary-52")).plain_headers()
    assert dict(headers) == {"Authorization": "Bearer canary-52"}
    assert "canary" not in f"{headers!r}{headers}"
