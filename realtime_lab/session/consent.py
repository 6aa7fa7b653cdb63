"""Nothing is sent to another machine before the user has agreed to it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from html import escape
from typing import Any

from ..errors import ConsentMissing, EndpointError
from .addresses import is_loopback
from .consent_file import Agreement, ConsentFile
from .endpoints import Endpoint
from .notices import Notice, notice_for

__all__ = ["CONSENT", "Agreements", "Consent", "agree", "consents", "notice", "revoke"]


class Agreements(Sequence[Agreement]):
    """What was agreed to, as a list that shows as a table."""

    def __init__(self, agreements: Iterable[Agreement]) -> None:
        self._agreements = tuple(agreements)

    def __getitem__(self, index: Any) -> Any:
        return self._agreements[index]

    def __len__(self) -> int:
        return len(self._agreements)

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "Nothing was agreed to."

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"


class Consent:
    """Remembers, for this process, which hosts the user has agreed to, and under which notice.

    What ``file`` remembers from earlier counts, too. ``ask`` shows a notice and returns the
    answer, ``None`` where nobody can be asked.
    """

    def __init__(
        self,
        file: ConsentFile | None = None,
        *,
        ask: Callable[[Notice], bool | None] | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._file = file or ConsentFile()
        self._ask = ask or _ask
        self._today = today
        self._agreed: dict[str, Agreement] = {}
        self._revoked: set[str] = set()
        self._lock = threading.Lock()

    def require(
        self, endpoint: Endpoint, agree: bool | None, *, kept: str = "", standing: bool = False
    ) -> Agreement | None:
        """Go on only if the user has agreed; asks once for each host. May block for an answer.

        ``agree`` is the answer given in code; ``None`` asks where somebody can answer. With
        ``standing`` it was given earlier, and has ended if the user has revoked it since. ``kept``
        tells what this side keeps. Returns what was agreed, ``None`` where there is no need.

        Raises:
            ConsentMissing: if the user did not agree.
        """
        if not endpoint.is_remote:
            return None
        notice = notice_for(endpoint, kept)
        with self._lock:
            known = self._known(notice)
            if known is not None:
                return known
            how = "in code"
            if standing and notice.host in self._revoked:
                agree = False
            elif agree is None:
                agree, how = self._ask(notice), "asked"
            if not agree:
                declined = how == "asked" and agree is not None
                raise ConsentMissing(_refusal(notice, declined=declined))
            return self._note(notice, how)

    def agree(self, host: str, *, remember: bool = False) -> Agreement:
        """Note that the user agrees to the notice about a host.

        Raises:
            EndpointError: if it is to be remembered and cannot be written.
        """
        with self._lock:
            agreement = self._note(notice_for(host), "in code", remember=remember)
            if remember:
                self._write({**self._file.read(), host: agreement})
            return agreement

    def revoke(self, hosts: Iterable[str] | None = None) -> list[Agreement]:
        """Forget what was agreed to about these hosts, or all; returns it.

        Raises:
            EndpointError: if what is on disk cannot be changed.
        """
        with self._lock:
            remembered = self._file.read()
            known = {**remembered, **self._agreed}
            gone = [host for host in known if hosts is None or host in set(hosts)]
            if any(host in remembered for host in gone):
                self._write({host: a for host, a in remembered.items() if host not in gone})
            for host in gone:
                self._agreed.pop(host, None)
                self._revoked.add(host)
            return [known[host] for host in gone]

    def all(self) -> Agreements:
        """What was agreed to and still holds, here or on disk."""
        with self._lock:
            known = {**self._file.read(), **self._agreed}
            return Agreements(a for host, a in sorted(known.items()) if _holds(a, notice_for(host)))

    def _known(self, notice: Notice) -> Agreement | None:
        known = self._agreed.get(notice.host) or self._file.read().get(notice.host)
        return known if known is not None and _holds(known, notice) else None

    def _note(self, notice: Notice, how: str, *, remember: bool = False) -> Agreement:
        agreement = Agreement(
            host=notice.host,
            service=notice.service,
            notice=notice.version,
            digest=notice.digest,
            date=self._today(),
            how=how,
            remembered=remember,
        )
        self._agreed[notice.host] = agreement
        self._revoked.discard(notice.host)
        return agreement

    def _write(self, agreements: dict[str, Agreement]) -> None:
        try:
            self._file.write(agreements)
        except OSError as error:
            raise EndpointError(
                f"cannot write {self._file.path}: {(error.strerror or str(error)).lower()}; what "
                "you agree to holds for this process only"
            ) from error


def _ask(notice: Notice) -> bool | None:
    if "ipykernel" not in sys.modules and not sys.stdin.isatty():
        return None
    try:
        answer = input(f"{notice}\nDo you agree? [y/N] ")
    except (EOFError, NotImplementedError, OSError):
        # A kernel that runs without a front end has nobody to ask, and says so with a
        # NotImplementedError of its own; a closed input is an OSError.
        return None
    return answer.strip().lower() in ("y", "yes")


CONSENT = Consent()
"""What was agreed to in this process."""


def notice(endpoint: Any) -> Notice:
    """What there is to know before anything is sent to an endpoint; connects to nothing.

    ``endpoint`` is an `Endpoint` or the name of a host.
    """
    return notice_for(endpoint if isinstance(endpoint, Endpoint) else _only(hosts_of(endpoint)))


def agree(endpoint: Any, *, remember: bool = False) -> Agreements:
    """Agree to the `notice` about an endpoint, a list of them, or a host: nobody asks then.

    It holds for this process, with ``remember`` also for later ones, until the notice changes or
    `revoke` is called.

    Raises:
        EndpointError: for what is no endpoint, or if it cannot be remembered; it then holds for
            this process.
    """
    return Agreements(CONSENT.agree(host, remember=remember) for host in hosts_of(endpoint))


def revoke(endpoint: Any = None) -> Agreements:
    """Take back what was agreed to about an endpoint, a list of them, or a host; all, by default.

    The next session there asks again. A session that is open stays, but when its connection is lost
    it does not come back there. Returns what was taken back.
    """
    return Agreements(CONSENT.revoke(None if endpoint is None else hosts_of(endpoint)))


def consents() -> Agreements:
    """What was agreed to, in this process and on disk, and still holds."""
    return CONSENT.all()


def hosts_of(endpoint: Any) -> list[str]:
    """The other machines that learn what is said at an endpoint, a chain of them, or a host."""
    if isinstance(endpoint, Endpoint):
        return [endpoint.destination] if endpoint.is_remote else []
    if isinstance(endpoint, str):
        host = endpoint.strip().lower()
        if not host or any(mark in host for mark in "/:@ "):
            raise EndpointError(
                f"{endpoint!r} is no name of a host; give an endpoint, or a name as in "
                "'api.openai.com'"
            )
        return [] if is_loopback(host) else [host]
    inner = getattr(endpoint, "sources", None) or getattr(endpoint, "source", None)
    if inner is not None:
        return hosts_of(inner)
    if isinstance(endpoint, Iterable):
        return list(dict.fromkeys(host for one in endpoint for host in hosts_of(one)))
    forwards_to = getattr(endpoint, "forwards_to", None)
    if forwards_to is None:
        raise EndpointError(f"{endpoint!r} is no endpoint")
    return [forwards_to] if forwards_to else []


def _only(hosts: list[str]) -> str:
    if len(hosts) != 1:
        raise EndpointError(
            "nothing leaves this machine there" if not hosts else "give one endpoint"
        )
    return hosts[0]


def _holds(agreement: Agreement, notice: Notice) -> bool:
    return (agreement.notice, agreement.digest) == (notice.version, notice.digest)


def _refusal(notice: Notice, *, declined: bool) -> str:
    lines = " ".join(notice.lines)
    if declined:
        return f"you did not agree that anything is sent to {notice.host}; nothing was."
    return (
        f"nobody agreed yet that anything is sent to {notice.host}, so nothing was. {lines} "
        f"To agree, run rl.agree({notice.host!r}) (add remember=True for later sessions too), or "
        "pass agree=True to connect()."
    )
