"""Addresses in every spelling that people paste, and the one they lead to."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

import realtime_lab as rl
from realtime_lab.errors import (
    BetaShapeDisabled,
    EndpointError,
    InsecureTransport,
    RetirementWarning,
)
from realtime_lab.session.addresses import is_loopback, read_address

TODAY = "2026-11-20"
GA = "wss://lab.openai.azure.com/openai/v1/realtime?model=voice"
PREVIEW = (
    "wss://lab.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=voice"
)
FOUNDRY = "wss://lab.services.ai.azure.com/openai/v1/realtime?model=voice"


def read(given, **options):
    return read_address(given, **{"today": TODAY, **options})


@pytest.mark.parametrize(
    "pasted",
    [
        "lab",
        "LAB",
        " 'lab' ",
        "lab.openai.azure.com",
        "lab.openai.azure.com.",
        "https://lab.openai.azure.com",
        "https://lab.openai.azure.com/",
        "HTTPS://Lab.OpenAI.azure.com:443/",
        "wss://lab.openai.azure.com/openai/v1",
        "https://lab.openai.azure.com/openai/v1/",
        "https://lab.openai.azure.com/openai",
        "https://lab.openai.azure.com/openai/v1/realtime",
        "https://lab.openai.azure.com/openai/v1/realtime?api-version=preview",
        "wss://lab.openai.azure.com/openai/v1/realtime?model=voice#fragment",
        "https://lab.openai.azure.com/openai/v1/chat/completions",
        "https://lab.openai.azure.com/openai/v1/realtime/client_secrets",
        "https://lab.openai.azure.com/openai/deployments/voice/chat/completions"
        "?api-version=2024-10-21",
        "https://lab.openai.azure.com/openai/deployments/voice",
        "https://lab.privatelink.openai.azure.com/",
        "<https://lab.openai.azure.com/>",
    ],
)
def test_one_resource_is_one_address_however_it_is_written(pasted):
    assert read(pasted, model="voice").url == GA
    assert read(pasted, model="voice", service="azure").url == GA


@pytest.mark.parametrize(
    "pasted",
    [
        "https://lab.services.ai.azure.com",
        "https://lab.services.ai.azure.com/api/projects/first",
        "https://lab.services.ai.azure.com/api/projects/first/openai/v1/",
        "https://lab.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
    ],
)
def test_a_foundry_project_leads_to_its_resource(pasted):
    address = read(pasted, model="voice")
    assert (address.url, address.service) == (FOUNDRY, "azure")


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        ("https://lab.openai.azure.com/openai/realtime?deployment=voice", PREVIEW),
        (PREVIEW, PREVIEW),
        (
            f"{PREVIEW.replace('wss', 'https')}&intent=transcription",
            f"{PREVIEW}&intent=transcription",
        ),
        (
            "https://lab.openai.azure.com/?api-version=2025-04-01-preview&deployment=voice",
            PREVIEW,
        ),
        (
            "lab.cognitiveservices.azure.com/openai/deployments/a%20b/realtime?api-version=x",
            "wss://lab.cognitiveservices.azure.com/openai/v1/realtime?model=a%20b",
        ),
        (
            "https://lab.openai.azure.us/openai/v1/realtime?model=voice",
            "wss://lab.openai.azure.us/openai/v1/realtime?model=voice",
        ),
        (
            "https://lab.openai.azure.cn?model=voice",
            "wss://lab.openai.azure.cn/openai/v1/realtime?model=voice",
        ),
        (
            "https://swedencentral.api.cognitive.microsoft.com/?model=voice",
            "wss://swedencentral.api.cognitive.microsoft.com/openai/v1/realtime?model=voice",
        ),
        (
            "https://api.openai.com/v1?model=gpt-realtime",
            "wss://api.openai.com/v1/realtime?model=gpt-realtime",
        ),
        (
            "api.openai.com/v1/chat/completions?model=gpt-realtime",
            "wss://api.openai.com/v1/realtime?model=gpt-realtime",
        ),
        (
            "https://eu.api.openai.com/v1/realtime?call_id=rtc_1",
            "wss://eu.api.openai.com/v1/realtime?call_id=rtc_1",
        ),
        ("localhost:8990?model=m", "ws://localhost:8990/v1/realtime?model=m"),
        ("http://[::1]:80/openai/v1?model=m", "ws://[::1]/openai/v1/realtime?model=m"),
        ("https://example.com/v1/?model=m", "wss://example.com/v1/realtime?model=m"),
        (
            "https://gateway.example.com/team/openai/deployments/m",
            "wss://gateway.example.com/team/openai/v1/realtime?model=m",
        ),
        ("wss://example.com/own/path?x=1", "wss://example.com/own/path?x=1"),
    ],
)
def test_an_address_is_read_for_what_it_is(pasted, url):
    assert read(pasted).url == url


names = st.from_regex(r"[a-z][a-z0-9-]{2,20}", fullmatch=True)
models = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=20)


@given(
    name=names,
    model=models,
    scheme=st.sampled_from(["", "https://", "wss://"]),
    suffix=st.sampled_from(["openai.azure.com", "services.ai.azure.com", "openai.azure.us"]),
    path=st.sampled_from(["", "/", "/openai", "/openai/v1/", "/openai/realtime", "/x/y"]),
    dialect=st.sampled_from([None, "ga", "preview"]),
)
def test_what_was_read_is_read_again_as_the_same(name, model, scheme, suffix, path, dialect):
    first = read(f"{scheme}{name}.{suffix}{path}", model=model, dialect=dialect)
    again = read(first.url)
    assert (again.url, again.model, again.dialect) == (first.url, model, first.dialect)
    assert again.host == f"{name}.{suffix}"


@given(st.text(max_size=60))
def test_whatever_is_pasted_is_read_or_refused_in_a_sentence(text):
    try:
        address = read(text)
    except EndpointError as refused:
        assert "; " in str(refused) or "," in str(refused)
    else:
        assert address.url.startswith("wss://") or is_loopback(address.host)


def test_what_was_made_of_an_address_is_told():
    told = rl.explain(
        "https://lab.services.ai.azure.com/api/projects/first?api-version=2024-05-01-preview",
        model="voice",
    )
    assert told.url == FOUNDRY
    assert told.of_kind("understood") == ["Azure AI Foundry resource “lab”"]
    changed = " ".join(told.of_kind("changed"))
    for part in ("https:// became wss://", "project “first”", "api-version 2024-05-01-preview"):
        assert part in changed
    assert told.of_kind("assumed") == ["the dialect is ga"]
    assert told.url in str(told)
    assert "became wss://" in told._repr_html_()


def test_a_deployment_that_is_missing_is_explained_and_refused():
    assert "names no deployment" in rl.explain("lab").of_kind("missing")[0]
    with pytest.raises(EndpointError, match="names no deployment"):
        rl.endpoint("https://lab.openai.azure.com/openai/v1/realtime", api_key="k")
    with pytest.raises(EndpointError, match="deployment is empty"):
        rl.azure("lab", api_key="k")


def test_an_address_below_the_resource_may_name_the_deployment():
    assert rl.azure(GA, api_key="k").model == "voice"
    assert rl.azure("https://gateway.example.com", "voice", api_key="k").url == (
        "wss://gateway.example.com/openai/v1/realtime?model=voice"
    )


KEYS = [
    "sk-proj-abcdefghijklmnopqrstuvwxyz012345",
    "ek_68af296e8e408191a1120ab6383263c2",
    "0123456789abcdef0123456789abcdef",
    "A1" * 42,
    "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl",
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "built",
    [
        "{key}",
        "https://{key}",
        "https://lab.openai.azure.com/{key}",
        "https://lab.openai.azure.com/openai/v1/realtime?model=voice&x={key}",
        "https://lab.openai.azure.com/?api-key={key}",
        "https://lab.openai.azure.com/?%61pi-key=short",
        "https://lab.openai.azure.com/#access_token={key}",
        "https://user:{key}@lab.openai.azure.com/",
        "https://lab.openai.azure.com:{key}/",
        "user:{key}@lab.openai.azure.com",
    ],
)
def test_a_key_in_an_address_is_refused_and_not_repeated(key, built):
    with pytest.raises(EndpointError) as refused:
        rl.explain(built.format(key=key))
    assert key not in str(refused.value)


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("https://portal.azure.com/#home", "a page to look at"),
        ("https://ai.azure.com/build", "a page to look at"),
        ("https://platform.openai.com/api-keys", "a page to look at"),
        ("https://eastus2.realtimeapi-preview.ai.azure.com/v1/realtimertc", "WebRTC"),
        ("https://lab.services.ai.azure.com/voice-live/realtime?model=m", "Voice Live"),
        ("wss:/lab.openai.azure.com", "no name of a machine|not well-formed"),
        ("https://la b.openai.azure.com", "blank"),
        ("ftp://lab.openai.azure.com", "no WebSocket address"),
        ("", "empty"),
    ],
)
def test_what_is_no_endpoint_is_told_for_what_it_is(pasted, told):
    with pytest.raises(EndpointError, match=told):
        read(pasted)


@pytest.mark.parametrize(
    "pasted",
    [
        "ws://lab.openai.azure.com",
        "http://example.com/v1",
        "ws://0.0.0.0:1",
        "ws://localhost.example.com/v1",
    ],
)
def test_nothing_goes_unencrypted_to_another_machine(pasted):
    with pytest.raises(InsecureTransport, match="wss://"):
        read(pasted)


def test_the_preview_dialect_is_over_at_openai():
    with pytest.raises(BetaShapeDisabled, match="embedded"):
        read("https://api.openai.com/v1?model=gpt-4o-realtime-preview", dialect="preview")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ({"deployment": "gpt-4o-realtime-preview"}, ["2026-05-07; use gpt-realtime"]),
        (
            {"dialect": "preview", "api_version": "2024-10-01-preview"},
            ["2024-10-01-preview was retired; use the GA dialect"],
        ),
        ({"dialect": "preview"}, ["deprecated since 2026-04-30"]),
        ({}, []),
    ],
)
def test_what_is_retired_warns_names_what_follows_and_shows(place, told):
    with pytest.warns() as caught:
        found = rl.azure("lab", **{"deployment": "voice", **place}, api_key="k")
        rl.explain("lab")
        warnings.warn("the last one", stacklevel=1)
    messages = [str(w.message) for w in caught if w.category is RetirementWarning]
    assert len(messages) == len(told)
    for part, message in zip(told, messages, strict=True):
        assert part in message
        assert part in repr(found)
        assert part in found._repr_html_()
    assert all(w.filename == __file__ for w in caught)


def test_a_model_whose_end_is_announced_is_told_and_does_not_warn(recwarn):
    found = rl.azure("lab", "gpt-realtime-1.5", api_key="k")
    assert found.retirements[0].state in ("announced", "retired")
    assert "2027-02-23; use gpt-realtime-2.1" in repr(found)
    told = read("lab", model="gpt-realtime-1.5").retirements
    assert not told[0].is_over
    assert read("lab", model="gpt-realtime-1.5", today="2027-02-23").retirements[0].is_over


def test_this_machine_is_never_retired():
    assert (
        read("ws://127.0.0.1:1/openai/realtime?deployment=gpt-4o-realtime-preview").retirements
        == ()
    )
