"""A key shows nowhere: every place that is known to show things is searched for it."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType

import nbformat
import pytest
from IPython.core.ultratb import VerboseTB
from nbclient import NotebookClient

import realtime_lab as rl
from realtime_lab.errors import RealtimeLabError
from realtime_lab.eventlog import EventLog
from realtime_lab.server import Access
from realtime_lab.session import Secret, probe
from realtime_lab.session.credentials import KeyCredential
from realtime_lab.session.secret import without_keys
from realtime_lab.widgets import Console
from tests.servers import scripted_server
from tests.session.places import answering, azure_error, listening

CANARY = "canary-9c41d7e2"
TOKEN = f"eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.{CANARY}"
URL = "wss://lab.openai.azure.com/openai/v1/realtime?model=voice"
HERE = Path(__file__)


@pytest.fixture(scope="module")
def server():
    with scripted_server(access=Access(CANARY)) as running:
        yield running


def shown(thing: object) -> str:
    """Everything that shows of an object without asking for the key."""
    found = [repr(thing), str(thing), f"{thing}", f"{thing!r:>40}", pprint.pformat([thing])]
    found += [pprint.pformat(getattr(thing, "__dict__", ""))]
    slots = [s for kind in type(thing).__mro__ for s in getattr(kind, "__slots__", ())]
    found += [repr(getattr(thing, name, "")) for name in slots]
    return "\n".join(found)


@pytest.fixture(
    params=[
        lambda: Secret(CANARY, "somewhere"),
        lambda: KeyCredential(Secret(CANARY)),
        lambda: KeyCredential(Secret(CANARY)).plain_headers(),
        lambda: rl.endpoint(URL, api_key=CANARY),
        lambda: rl.endpoint(URL, api_key=CANARY, proxy=f"http://me:{CANARY}@127.0.0.1:1"),
        lambda: rl.endpoint(URL, api_key=CANARY, proxy=f"http://me:{CANARY}@127.0.0.1:1").route,
        lambda: rl.endpoint(URL, credential=lambda: TOKEN),
        lambda: rl.explain(rl.endpoint(URL, api_key=CANARY)),
    ],
    ids=["secret", "credential", "headers", "endpoint", "proxied", "route", "token", "explained"],
)
def holder(request) -> object:
    return request.param()


def test_what_holds_a_key_does_not_show_it(holder):
    assert CANARY not in shown(holder)
    assert CANARY not in str(getattr(holder, "_repr_html_", str)())


def test_what_holds_a_key_can_be_copied_without_showing_it(holder):
    assert CANARY not in shown(copy.copy(holder))
    assert CANARY not in shown(copy.deepcopy(holder))
    assert copy.deepcopy(holder) == holder
    if isinstance(holder, rl.Endpoint):
        assert CANARY not in shown(asdict(holder))
        assert CANARY not in shown(replace(holder, model="other"))
        assert hash(holder) == hash(copy.copy(holder))


def test_what_holds_a_key_is_not_pickled(holder):
    try:
        pickled = pickle.dumps(holder)
    except TypeError as refused:
        assert CANARY not in str(refused)
    else:
        assert CANARY.encode() not in pickled


def frames(error: BaseException) -> Iterator[str]:
    """The variables of every frame behind an error, those of errors before it too."""
    for linked in (error.__cause__, error.__context__):
        if linked is not None:
            yield from frames(linked)
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if Path(step.tb_frame.f_code.co_filename) != HERE:
            yield f"{step.tb_frame.f_code.co_name}: {step.tb_frame.f_locals!r}"
        step = step.tb_next


def every_traceback(error: BaseException) -> str:
    """As Python, IPython in its verbose mode, and whoever else walks the frames show it."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    verbose = VerboseTB(include_vars=True).text(type(error), error, error.__traceback__)
    lines = [*told.format(), verbose]
    return "\n".join([*lines, *frames(error)])


KEY = Secret(CANARY)
PROXY = Secret(f"http://me:{CANARY}@127.0.0.1:1")
FAILING = {
    "nobody there": lambda: rl.run(
        rl.connect(rl.endpoint("ws://127.0.0.1:1/v1/realtime?model=m", api_key=KEY.reveal()))
    ),
    "no such proxy": lambda: rl.run(
        rl.connect(
            rl.endpoint(URL, api_key=KEY.reveal(), proxy=PROXY.reveal()),
            agree=True,
        )
    ),
    "no such dialect": lambda: rl.endpoint(URL, api_key=KEY.reveal(), dialect="x"),  # type: ignore[arg-type]
    "an address that is none": lambda: rl.endpoint("ftp://x", api_key=KEY.reveal()),
    "no deployment": lambda: rl.azure("lab", api_key=KEY.reveal(), proxy=PROXY.reveal()),
    "a bad key": lambda: rl.azure("lab", "voice", api_key=f"{KEY.reveal()}\n{KEY.reveal()}"),
    "a bad proxy": lambda: rl.azure("lab", "v", api_key="k", proxy=f"ftp://x:{KEY.reveal()}@h"),
    "a bad certificate": lambda: rl.azure("lab", "v", api_key=KEY.reveal(), ca="/none.pem"),
    "two ways in": lambda: rl.azure("lab", "v", api_key=KEY.reveal(), credential="entra"),
    "a seed": lambda: rl.connect(rl.endpoint(URL, api_key=KEY.reveal()), seed=1),
}


@pytest.mark.parametrize("name", FAILING)
def test_no_traceback_shows_a_key(name):
    with pytest.raises(RealtimeLabError) as raised:
        FAILING[name]()
    assert CANARY not in every_traceback(raised.value)


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
@pytest.mark.parametrize("secret", ["key", "token"])
def test_no_refusal_shows_a_key_not_even_one_that_the_service_repeats(status, secret):
    with listening(answering(status, repeating(status))) as port:
        url = f"ws://127.0.0.1:{port}/openai/v1/realtime?model=m"
        given = {"api_key": KEY} if secret == "key" else {"credential": token, "scope": "s"}
        place = rl.endpoint(url, **given)
        with pytest.raises(RealtimeLabError) as raised:
            rl.run(rl.connect(place))
        assert raised.value.__context__ is None
        told = every_traceback(raised.value) + str(asyncio.run(probe(place)))
    assert CANARY not in told


def repeating(status: int) -> str:
    return azure_error(str(status), f"I was shown {TOKEN} and sk-{CANARY}-and-more-of-it")


def token() -> str:
    return Secret(TOKEN).reveal()


@pytest.mark.parametrize("loggers", [["websockets"], [None]])
def test_the_debug_log_of_everything_shows_no_key(server, loggers):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    touched = [logging.getLogger(name) for name in loggers]
    before = [logger.level for logger in touched]
    for logger in touched:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        for header in ("/openai/v1/realtime", "/v1/realtime"):
            place = rl.endpoint(f"{server.ws_url}{header}?model=gpt-realtime", api_key=KEY)
            rl.run(rl.run(rl.connect(place)).close())
    finally:
        for logger, level in zip(touched, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
    written = stream.getvalue()
    assert "> api-key: ***" in written
    assert "> Authorization: ***" in written
    assert CANARY not in written


def test_neither_log_nor_widget_nor_exported_state_holds_the_key(server, tmp_path):
    log = EventLog()
    place = rl.endpoint(f"{server.ws_url}/v1/realtime?model=gpt-realtime", api_key=KEY)
    lab = rl.run(rl.connect(place, log=log))
    rl.run(lab.say("Hello"))
    console = Console(lab.session)
    rl.run(lab.close())
    log.write(tmp_path / "log.jsonl")
    everything = [
        (tmp_path / "log.jsonl").read_text(),
        repr(lab),
        repr(lab.session),
        log._repr_html_(),
        json.dumps(console.get_state(), default=repr),
        repr(console),
    ]
    assert CANARY not in "\n".join(everything)


NOTEBOOK = """
%xmode Verbose
import os, realtime_lab as rl
---
place = rl.endpoint(os.environ["PLACE"], api_key=os.environ["CANARY"])
place
---
lab = await rl.connect(place)
lab
---
turn = await lab.say("Hello")
turn
---
lab.log
---
lab.session.endpoint.credential, lab.session.endpoint.headers(), rl.explain(place)
---
await rl.doctor(place)
---
await lab.close()
---
nowhere = os.environ["PLACE"].replace("/v1", "/v9")
await rl.connect(rl.endpoint(nowhere, api_key=place.credential.key))
---
def held(place):
    return place.credential / 0
held(place)
"""


def test_no_saved_notebook_holds_the_key(server, monkeypatch):
    monkeypatch.setenv("CANARY", CANARY)
    monkeypatch.setenv("PLACE", f"{server.ws_url}/v1/realtime?model=gpt-realtime")
    cells = [nbformat.v4.new_code_cell(c.strip()) for c in NOTEBOOK.split("---\n")]
    for cell in cells[-2:]:
        cell.metadata["tags"] = ["raises-exception"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, store_widget_state=True).execute()
    saved = nbformat.writes(notebook)
    assert "You said: Hello" in saved
    assert "There is nothing at /v9/realtime" in saved
    assert "TypeError" in saved
    assert CANARY not in saved


@pytest.mark.parametrize(
    "text",
    ["sk-proj-abcdefghijklmnop1234", f"Bearer {TOKEN}", "0123456789abcdef0123456789abcdef"],
)
def test_what_is_built_as_a_key_is_hidden_in_text(text):
    assert without_keys(f"before {text} after").endswith("*** after")
