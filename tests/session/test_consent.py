"""Nothing is sent to another machine before the user has agreed to what is told about it."""

import json
import socket
import stat
import threading
from datetime import date
from pathlib import Path

import pytest

import realtime_lab as rl
from realtime_lab.errors import ConsentMissing, EndpointError
from realtime_lab.session import consent as consent_module
from realtime_lab.session import text_only
from realtime_lab.session.consent import Consent, hosts_of
from realtime_lab.session.consent_file import ConsentFile
from realtime_lab.session.notices import NOTICE_VERSION, Notice, digest

KEY = "0123456789abcdef0123456789abcdef"
AZURE = rl.azure("lab", "voice", api_key=KEY)
OPENAI = rl.openai(api_key="sk-0123456789abcdefghij")
OTHER = rl.endpoint("wss://speech.example.org/v1/realtime?model=m", api_key=KEY)
HOST = "lab.openai.azure.com"


class Asked:
    """Answers as told, and keeps what it was shown."""

    def __init__(self, answer: bool | None) -> None:
        self.answer = answer
        self.shown: list[Notice] = []

    def __call__(self, notice: Notice) -> bool | None:
        self.shown.append(notice)
        return self.answer


@pytest.fixture
def file(tmp_path: Path) -> ConsentFile:
    return ConsentFile(tmp_path / "config" / "consents.json")


def made(file: ConsentFile, answer: bool | None = None) -> tuple[Consent, Asked]:
    asked = Asked(answer)
    return Consent(file, ask=asked, today=lambda: date(2026, 11, 22)), asked


@pytest.fixture
def process(file: ConsentFile, monkeypatch: pytest.MonkeyPatch) -> Consent:
    """What was agreed to in this process: nothing."""
    fresh, _ = made(file)
    monkeypatch.setattr(consent_module, "CONSENT", fresh)
    monkeypatch.setattr("realtime_lab.session.opening.CONSENT", fresh)
    return fresh


# -- what is told ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        (AZURE, ["abuse monitoring is always on", "Global Standard", "any region of the world",
                 "Data Zone", "geography", "30 days", "Authorised Microsoft staff", "AES-256"]),
        (OPENAI, ["abuse monitoring logs", "30 days", "authorised staff of OpenAI"]),
        (OTHER, ["is not known", "ask whoever runs speech.example.org"]),
    ],
)  # fmt: skip
def test_a_notice_tells_what_is_stored_where_and_who_may_see_it(endpoint, told):
    text = str(rl.notice(endpoint))
    assert endpoint.host in text
    assert "your voice" in text
    assert "what tools return" in text
    for words in told:
        assert words in text
    assert endpoint.host in rl.notice(endpoint)._repr_html_()


def test_a_notice_needs_no_endpoint():
    assert rl.notice(HOST).service == "azure"
    assert rl.notice("eu.api.openai.com").service == "openai"
    assert rl.notice("openai.azure.com.example.org").service == "other"
    with pytest.raises(EndpointError, match="no name of a host"):
        rl.notice("https://api.openai.com/v1")
    with pytest.raises(EndpointError, match="leaves this machine"):
        rl.notice("localhost")


def test_where_only_words_leave_the_notice_says_so():
    chat = rl.embedded(brain="chat:https://chat.example.org/v1#m")
    assert hosts_of(chat) == ["chat.example.org"]


def test_other_words_are_another_notice():
    # Whoever agreed is asked again when these change: change NOTICE_VERSION with them.
    digests = {service: digest(service) for service in ("azure", "openai", "other")}
    assert (NOTICE_VERSION, digests) == (
        "2026-11-22",
        {
            "azure": "1a24598c73ca97b5",
            "openai": "1ef8ad71f5db2e6e",
            "other": "f26ae9bba8bb5b92",
        },
    )


# -- asking ----------------------------------------------------------------------------------------


def test_a_host_is_asked_about_once_with_all_there_is_to_know(file):
    consent, asked = made(file, True)
    first = consent.require(AZURE, None, kept="Kept here: nothing.")
    assert consent.require(rl.azure("lab", "another", api_key=KEY), None) == first
    consent.require(OPENAI, None)
    assert [notice.host for notice in asked.shown] == [HOST, "api.openai.com"]
    assert "Kept here: nothing." in str(asked.shown[0])
    assert first is not None
    assert (first.host, first.notice, first.how) == (HOST, NOTICE_VERSION, "asked")
    assert not file.path.exists()


def test_nothing_is_asked_about_this_machine(file):
    consent, asked = made(file, False)
    assert consent.require(rl.endpoint("ws://127.0.0.1:1/v1/realtime?model=m"), None) is None
    assert asked.shown == []


def test_who_says_no_is_asked_again(file):
    consent, asked = made(file, False)
    with pytest.raises(ConsentMissing, match="nothing was"):
        consent.require(AZURE, None)
    asked.answer = True
    consent.require(AZURE, None)
    assert len(asked.shown) == 2


def test_where_nobody_can_answer_it_is_told_how_to_agree(file):
    consent, _ = made(file, None)
    with pytest.raises(ConsentMissing) as refusal:
        consent.require(AZURE, None)
    text = str(refusal.value)
    for words in (HOST, "abuse monitoring", f"rl.agree('{HOST}')", "agree=True", "remember=True"):
        assert words in text


def test_two_sessions_that_begin_at_once_ask_once(file):
    consent, asked = made(file, True)
    threads = [threading.Thread(target=consent.require, args=(AZURE, None)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked.shown) == 1


def test_another_notice_asks_again(file, monkeypatch):
    consent, asked = made(file, True)
    consent.require(AZURE, None)
    monkeypatch.setattr("realtime_lab.session.notices._SENT", ("All to {host}.", "{host}"))
    consent.require(AZURE, None)
    assert len(asked.shown) == 2


# -- remembering -----------------------------------------------------------------------------------


def test_what_is_remembered_holds_in_the_next_process(file):
    consent, _ = made(file)
    consent.agree(HOST, remember=True)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    on_disk = json.loads(file.path.read_text())[HOST]
    assert (on_disk["date"], on_disk["notice"]) == ("2026-11-22", NOTICE_VERSION)
    later, asked = made(file, False)
    assert later.require(AZURE, None) is not None
    assert asked.shown == []
    assert [a.host for a in later.all()] == [HOST]


def test_what_is_not_to_be_remembered_is_not(file):
    made(file)[0].agree(HOST)
    later, _ = made(file, False)
    with pytest.raises(ConsentMissing):
        later.require(AZURE, None)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"h": 5}', "\xff"])
def test_a_file_that_is_broken_agrees_to_nothing(content, file):
    file.path.parent.mkdir()
    file.path.write_text(content, encoding="latin-1")
    consent, _ = made(file)
    with pytest.raises(ConsentMissing):
        consent.require(AZURE, None)
    consent.agree(HOST, remember=True)
    assert len(consent.all()) == 1


def test_what_was_remembered_under_another_notice_does_not_hold(file):
    consent, _ = made(file)
    consent.agree(HOST, remember=True)
    file.path.write_text(file.path.read_text().replace(NOTICE_VERSION, "2020-01-01"))
    later, _ = made(file)
    assert len(later.all()) == 0
    with pytest.raises(ConsentMissing):
        later.require(AZURE, None)


def test_what_cannot_be_remembered_is_told_and_holds_here(tmp_path):
    (tmp_path / "file").touch()
    consent, _ = made(ConsentFile(tmp_path / "file" / "consents.json"))
    with pytest.raises(EndpointError, match="this process only"):
        consent.agree(HOST, remember=True)
    assert consent.require(AZURE, None) is not None


def test_it_can_be_taken_back(file):
    consent, _ = made(file)
    consent.agree(HOST, remember=True)
    consent.agree("api.openai.com")
    assert [a.host for a in consent.revoke([HOST])] == [HOST]
    assert not file.path.exists()
    assert [a.host for a in consent.all()] == ["api.openai.com"]
    with pytest.raises(ConsentMissing):
        consent.require(AZURE, None)
    consent.revoke()
    assert len(consent.all()) == 0


def test_what_was_taken_back_does_not_come_back_with_the_connection(file):
    consent, _ = made(file)
    consent.require(AZURE, True)
    consent.require(AZURE, True, standing=True)
    consent.revoke()
    with pytest.raises(ConsentMissing):
        consent.require(AZURE, True, standing=True)
    assert consent.require(AZURE, True) is not None
    assert consent.require(AZURE, True, standing=True) is not None


# -- as a user sees it -----------------------------------------------------------------------------


def test_what_a_user_types(process):
    chain = [AZURE, text_only(OPENAI), rl.embedded()]
    assert [a.host for a in rl.agree(chain)] == [HOST, "api.openai.com"]
    assert "agreed on 2026-11-22 (in code), in this process" in repr(rl.consents())
    assert [a.host for a in rl.revoke(OPENAI)] == ["api.openai.com"]
    assert [a.host for a in rl.consents()] == [HOST]
    assert "<pre>" in rl.consents()._repr_html_()
    assert len(rl.revoke()) == 1
    assert repr(rl.consents()) == "Nothing was agreed to."
    with pytest.raises(EndpointError):
        rl.agree(42)


def test_before_consent_nothing_is_looked_up_and_nobody_is_called(process, monkeypatch):
    touched: list[str] = []

    def refuse(name: str):
        def touch(*arguments: object, **_: object):
            touched.append(f"{name}{arguments[:2]}")
            raise OSError("the network was touched")

        return touch

    monkeypatch.setattr(socket, "getaddrinfo", refuse("getaddrinfo"))
    monkeypatch.setattr(socket.socket, "connect", refuse("connect"))
    monkeypatch.setattr(socket.socket, "connect_ex", refuse("connect_ex"))
    for chain in (AZURE, [AZURE, OPENAI]):
        with pytest.raises(ConsentMissing):
            rl.run(rl.connect(chain), timeout=20)
    assert touched == []


def test_each_host_of_a_chain_is_asked_about(process, monkeypatch):
    asked = Asked(False)
    monkeypatch.setattr(process, "_ask", asked)
    with pytest.raises(ConsentMissing):
        rl.run(rl.connect([AZURE, OPENAI, OTHER]), timeout=20)
    assert [n.host for n in asked.shown] == [HOST, "api.openai.com", "speech.example.org"]
