"""What shall go wrong in the embedded server: how it is said, and how it is changed at run time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from ..errors import FaultError, ServerError
from .secret import Secret

__all__ = ["FaultLike", "fault_options", "fault_text", "read_faults", "write_faults"]

FaultLike = str | Mapping[str, Any] | Any
"""A text such as ``"close:code=1011,at=response.done"``, the same as a dict, or what prints so."""

_SECONDS = 10.0


def fault_text(fault: FaultLike) -> str:
    """A fault as on the command line of the server."""
    if not isinstance(fault, Mapping):
        return str(fault)
    pairs = (
        f"{name}={json.dumps(str(value), ensure_ascii=False)}"
        for name, value in fault.items()
        if name != "kind" and value is not None
    )
    return f"{fault.get('kind')}:{','.join(pairs)}".removesuffix(":")


def fault_options(faults: Iterable[FaultLike], seed: int | None = None) -> tuple[str, ...]:
    """Options of the server's command line that put these in force."""
    options = [part for fault in faults for part in ("--fault", fault_text(fault))]
    if seed is not None:
        options += ["--fault-seed", str(seed)]
    return tuple(options)


def read_faults(port: int, control_key: Secret) -> list[dict[str, Any]]:
    """The faults in force at a server of this machine. Blocks for a moment.

    Raises:
        ServerError: if it does not answer.
    """
    return _ask(port, control_key, "GET")["faults"]


def write_faults(port: int, control_key: Secret, faults: Iterable[FaultLike]) -> None:
    """Put these in force there, in open sessions too. Blocks for a moment.

    Raises:
        FaultError: for a fault that makes no sense; those before stay.
        ServerError: if the server does not answer.
    """
    listed = [faults] if isinstance(faults, str | Mapping) else faults
    _ask(port, control_key, "PUT", [fault_text(fault) for fault in listed])


def _ask(port: int, control_key: Secret, method: str, body: Any = None) -> Any:
    request = Request(
        f"http://127.0.0.1:{port}/lab/faults",
        None if body is None else json.dumps(body).encode(),
        {"api-key": control_key.reveal()},
        method=method,
    )
    # No proxy of the environment stands between two processes of one machine.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return json.load(answer)
    except HTTPError as refused:
        message = json.load(refused)["error"]["message"]
        raise (FaultError if refused.code == 400 else ServerError)(message) from None
    except URLError as error:
        raise ServerError(
            f"the embedded server does not answer ({error.reason}); connect again to start another"
        ) from None
