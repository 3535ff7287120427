"""What stands for ``requests`` in the plugins of apprise: every call of theirs leaves through the guard of outgoing addresses.

Invariant: a plugin dials nothing by itself; each call goes to an address that was checked for it, is not redirected, knows no proxy,
and is bounded in time and size. How it failed is kept, since a plugin says no more than true or false.
"""

import asyncio
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import BaseAdapter

from adapters.channels.posting import Poster
from domain.delivery.sending import PermanentFailure, TemporaryFailure

if TYPE_CHECKING:
    import apprise

_ALLOWED: Final = frozenset({"auth", "codes", "exceptions"})
_NOT_SENT: Final = frozenset({"Accept-Encoding", "User-Agent"})
_PASSED: Final = frozenset({"auth", "data", "files", "headers", "json", "params"})
_CALLS: ContextVar["Calls"] = ContextVar("calls")


class NotBorrowed(Exception):  # noqa: N818 - what it is, in its name
    """A plugin has ways of its own to reach the network."""


@dataclass
class Calls(BaseAdapter):
    """The calls of one message; ``failure`` is how the last one failed.

    It is always a temporary one: what a gateway refuses may be its own fault or ours, and need not be the number's.
    """

    poster: Poster
    failure: TemporaryFailure | None = None

    def notify(self, plugin: "apprise.NotifyBase", text: str) -> bool:
        """Have a plugin send a text, in a thread that may block; whether it says that it was taken."""
        token = _CALLS.set(self)
        try:
            return bool(plugin.notify(body=text, title=""))
        finally:
            _CALLS.reset(token)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Make one call; what fails is ``requests.ConnectionError`` to the plugin, as it expects."""
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)  # type: ignore[arg-type]
        method, url = str(request.method), str(request.url)
        headers = {name: str(value) for name, value in request.headers.items() if name not in _NOT_SENT}
        try:
            reply = asyncio.run(self.poster.call(method, url, content, headers))
        except TemporaryFailure as failure:
            self.failure = failure
            raise requests.ConnectionError(failure.code) from failure
        except PermanentFailure as failure:
            self.failure = TemporaryFailure(failure.code)
            raise requests.ConnectionError(failure.code) from failure
        self.failure = None
        answer = requests.Response()
        answer.status_code, answer._content, answer.url = reply.status, reply.body, url
        return answer

    def close(self) -> None:
        """Nothing is kept open."""


class _Requests:
    """The module, as far as a plugin needs it; time-outs, proxies and certificates are the guard's."""

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        calls = _CALLS.get()
        told = {name: value for name, value in more.items() if name in _PASSED}
        with requests.Session() as session:
            session.trust_env = False
            session.mount("http://", calls)
            session.mount("https://", calls)
            return session.request(method, url, allow_redirects=False, **told)

    def get(self, url: str, params: Any = None, **more: Any) -> requests.Response:
        return self.request("GET", url, params=params, **more)

    def post(self, url: str, data: Any = None, json: Any = None, **more: Any) -> requests.Response:
        return self.request("POST", url, data=data, json=json, **more)

    def put(self, url: str, data: Any = None, **more: Any) -> requests.Response:
        return self.request("PUT", url, data=data, **more)

    def __getattr__(self, name: str) -> Any:
        found = getattr(requests, name)
        if name in _ALLOWED or (isinstance(found, type) and issubclass(found, Exception)):
            return found
        raise NotBorrowed(f"a plugin asked for requests.{name}")


_STAND_IN: Final = _Requests()


def borrow(plugin: "apprise.NotifyBase") -> None:
    """Put the stand-in into the modules of a plugin. Raises ``NotBorrowed`` for one that does not call by ``requests``."""
    modules = [sys.modules[kind.__module__] for kind in type(plugin).__mro__]
    calling = [module for module in modules if getattr(module, "requests", None) in (requests, _STAND_IN)]
    if not calling or any(
        hasattr(module, name) for module in calling for name in ("socket", "smtplib", "urlopen")
    ):
        raise NotBorrowed("the plugin does not send by HTTP requests")
    for module in calling:
        module.__dict__["requests"] = _STAND_IN
