"""The app's half of the plugin's calls: a small real server that remembers what it got."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.support.contract import assert_valid
from tests.wordpress.desk import KEY

ME = {
    "success": True,
    "data": {
        "account": {"id": 1, "name": "Account"},
        "site": {"id": 42, "name": "A & site"},
        "integration": {"id": 43, "platform": "wordpress"},
    },
}

SUMMARY = "/api/v1/integration/integrations/43/summary/"


def heard(message: dict[str, Any], *taken: str) -> dict[str, Any]:
    """The answer to a change; all of it is shown but what is `taken` over."""
    parts = ("taxonomies", "relationships", "fields")
    told = [name for part in parts for name in message[part]]
    return {
        "outcome": "heard",
        "sequence": message["sequence"],
        "taken": list(taken),
        "shown": [name for name in told if name not in taken],
        "ignored": [],
        "refused": [],
    }


class App:
    """Answers auth/me, with its `summary` where it has one, and messages; `delay` seconds late when
    told so. Changes are answered with what `judges` says of them, which may be a status."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.asked: list[str] = []
        self.summary: dict[str, Any] = {}
        self.delay = 0.0
        self.judges: Callable[[dict[str, Any]], dict[str, Any] | int] = heard
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.headers.get("Authorization") == f"Bearer {KEY}"
                said = {"/api/v1/auth/me/": ME, SUMMARY: app.summary}.get(self.path)
                app.asked.append(self.path)
                threading.Event().wait(app.delay)
                self._answer(*((200, said) if known and said else (401, {"success": False})))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                headers = {name.lower(): value for name, value in self.headers.items()}
                app.received.append((self.path, headers, body))
                threading.Event().wait(app.delay)
                said: dict[str, Any] | int = {}
                if self.path.endswith("/changes/"):
                    said = app.judges(body)
                answered = said if isinstance(said, int) else 200
                body = {"success": answered == 200, "data": said}
                if answered != 200:
                    body["error"] = {"code": "VALIDATION_FAILED", "message": f"No, {answered}."}
                self._answer(answered, body)

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # The plugin does not wait for slow answers.

            def log_message(self, format: str, *args: object) -> None:
                """Keep the tests' output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def messages(self, name: str) -> list[dict[str, Any]]:
        """The bodies of messages of that name, each held against the contract."""
        found = [body for path, _, body in self.received if path.endswith(f"/{name}/")]
        for body in found:
            assert_valid(f"{name}.request", body)
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
