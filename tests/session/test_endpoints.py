"""Addresses, and the keys that must not be in them."""

import pickle
from dataclasses import replace

import pytest

from realtime_lab.errors import AuthenticationError, ConnectError, EndpointError
from realtime_lab.session import Secret, azure, embedded, endpoint, openai
from realtime_lab.session.consent import Consent

KEY = "canary-3f9a"


@pytest.mark.parametrize(
    "resource", ["lab", "https://lab.openai.azure.com/", "lab.openai.azure.com"]
)
def test_an_azure_resource_may_be_named_in_several_ways(resource):
    found = azure(resource, "voice 1", api_key=KEY)
    assert found.url == "wss://lab.openai.azure.com/openai/v1/realtime?model=voice%201"
    assert found.headers() == {"api-key": KEY}


def test_the_preview_dialect_of_azure_has_an_api_version():
    found = azure("lab", "voice", api_key=KEY, dialect="preview", api_version="2025-04-01-preview")
    assert found.url == (
        "wss://lab.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=voice"
    )


def test_the_ga_dialect_refuses_an_api_version():
    with pytest.raises(EndpointError, match="no api_version"):
        azure("lab", "voice", api_key=KEY, api_version="2025-04-01-preview")


def test_a_missing_key_names_the_variable(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(AuthenticationError, match="OPENAI_API_KEY"):
        openai()


def test_the_dialect_is_read_from_the_path():
    host = "ws://127.0.0.1:1"
    assert endpoint(f"{host}/openai/realtime?deployment=d").dialect == "preview"
    assert endpoint(f"{host}/openai/v1/realtime?model=m").dialect == "ga"
    assert endpoint(f"{host}/v1/realtime?model=m").model == "m"


@pytest.mark.parametrize("url", ["ws://example.com/v1/realtime", "example.com", "ftp://x/y"])
def test_an_address_that_is_none_or_would_send_audio_in_the_clear_is_refused(url):
    with pytest.raises(EndpointError):
        endpoint(url)


@pytest.mark.parametrize(
    "url",
    [
        f"wss://lab.openai.azure.com/openai/realtime?deployment=d&api-key={KEY}",
        f"wss://example.com/v1/realtime?API_KEY={KEY}",
        f"wss://user:{KEY}@example.com/v1/realtime",
        f"ftp://user:{KEY}@",
    ],
)
def test_a_key_in_an_address_is_refused_without_repeating_it(url):
    with pytest.raises(EndpointError) as refused:
        endpoint(url)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:99999/v1/realtime", "ws://[::1/v1/realtime"])
def test_an_address_that_is_not_well_formed_is_told(url):
    with pytest.raises(EndpointError, match="not well-formed"):
        endpoint(url)


def test_a_dialect_that_does_not_exist_is_told():
    with pytest.raises(EndpointError, match="no dialect 'esperanto'; use ga or preview"):
        embedded(dialect="esperanto")
    with pytest.raises(EndpointError, match="no dialect"):
        azure("lab", "voice", api_key=KEY, dialect="esperanto")


def test_the_end_of_the_line_a_key_was_read_from_is_no_part_of_it():
    assert azure("lab", "voice", api_key=f"{KEY}\n").headers() == {"api-key": KEY}


@pytest.mark.parametrize("key", [f"{KEY}\r\nX-More: 1", f"{KEY}…"])
def test_a_key_that_no_header_can_carry_is_refused_without_repeating_it(key):
    with pytest.raises(AuthenticationError, match="no key has") as refused:
        azure("lab", "voice", api_key=key)
    assert KEY not in str(refused.value)


def test_a_key_does_not_show_and_is_not_pickled():
    found = azure("lab", "voice", api_key=KEY)
    assert KEY not in f"{found!r} {found} {Secret(KEY)!s} {Secret(KEY)}"
    with pytest.raises(TypeError):
        pickle.dumps(found)


def test_only_remote_endpoints_need_consent():
    consent = Consent()
    consent.require(endpoint("ws://127.0.0.1:1/v1/realtime?model=m"), None)
    with pytest.raises(ConnectError, match=r"lab\.openai\.azure\.com.*agree=True"):
        consent.require(azure("lab", "voice", api_key=KEY), None)


def test_consent_is_asked_for_once_per_host():
    consent = Consent()
    consent.require(azure("lab", "voice", api_key=KEY), True)
    consent.require(azure("lab", "another", api_key=KEY), None)
    with pytest.raises(ConnectError):
        consent.require(azure("elsewhere", "voice", api_key=KEY), False)


def test_the_embedded_server_is_named_by_its_dialect():
    assert embedded().dialect == "preview"
    assert embedded(dialect="ga").model == "gpt-realtime"


def test_the_embedded_server_ends_sessions_when_told_to():
    assert embedded(session_seconds=4).options == ("--session-seconds", "4")
    assert embedded().options == ()


def test_a_chat_brain_on_another_machine_needs_consent_too():
    here = embedded(brain="chat:http://127.0.0.1:11434/v1#llama3")
    there = embedded(brain="chat:https://chat.example.com/v1#llama3")
    assert (here.forwards_to, there.forwards_to) == ("", "chat.example.com")
    server = endpoint("ws://127.0.0.1:1/v1/realtime?model=m")
    with pytest.raises(ConnectError, match=r"chat\.example\.com"):
        Consent().require(replace(server, forwards_to=there.forwards_to), False)
