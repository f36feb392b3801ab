"""A foreign server written from docs/sync.md, with faults on demand. Alone:
python -m sync_stub.server PORT DATABASE [FAULT MATCH]."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, send_from_directory
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .pages import DEVICE, OUTBOX, page
from .store import RefusedError, Store, now

ROOT = Path(__file__).resolve().parents[3]
CODES = ["7K3M9QX2PD", "ABCDEFGHJ2", "ABCDEFGHJ3"]
CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
)
NAMES = {1: "Ann", 2: "Ben"}


@dataclass
class Faults:
    """Faults waiting to happen: (method and path prefix, kind), each used once, in order."""

    waiting: list[tuple[str, str]] = field(default_factory=list)
    build: str = "build1"
    broken_shell: bool = False
    tampered: bool = False

    def next(self, moment: str) -> str | None:
        line = f"{request.method} {request.path}"
        for fault in self.waiting:
            match, kind = fault
            if line.startswith(match) and kind.split(":")[0] in MOMENTS[moment]:
                self.waiting.remove(fault)
                return kind
        return None


MOMENTS = {
    "before": {"status", "portal", "stranger", "cut-before", "kill-before", "other-body"},
    "after": {"cut-after", "kill-after"},
}


class OneAnswer(WSGIRequestHandler):
    """A connection for each request: a browser sends again by itself what was cut on an old one."""

    protocol_version = "HTTP/1.0"


def hang_up() -> Response:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def act(kind: str) -> Response | None:
    if kind.startswith("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if kind.startswith("cut"):
        return hang_up()
    if kind == "portal":
        return Response("<h1>Welcome to the hotel</h1>", mimetype="text/html")
    if kind == "stranger":
        stranger = {"id": "another", "sha256": "0", "outcome": "done", "missing": []}
        return reply(False, stranger)
    if kind.startswith("status:"):
        return problem(RefusedError(int(kind[7:]), "busy"))
    return None


def problem(error: RefusedError) -> Response:
    kind = f"https://roundtag.example/problems/{error.code}"
    body = {"type": kind, "title": error.code, "status": error.status, "detail": "", **error.more}
    return Response(json.dumps(body), error.status, mimetype="application/problem+json")


def reply(first: bool, receipt: dict[str, Any]) -> Response:
    return Response(json.dumps(receipt), 201 if first else 200, mimetype="application/json")


def signed_in() -> int | None:
    return int(request.cookies["user"]) if request.cookies.get("user") else None


def judge(envelope: dict[str, Any]) -> None:
    """The checks of docs/sync.md that come before anything is stored."""
    if request.headers.get("X-Roundtag-Sync") != "1":
        raise RefusedError(403, "cross-site")
    if signed_in() is None:
        raise RefusedError(401, "sign-in")
    if envelope["owner"] != signed_in() and envelope["carrier"] is None:
        raise RefusedError(403, "other-owner")
    if hashlib.sha256(envelope["body"].encode()).hexdigest() != envelope["sha256"]:
        raise RefusedError(422, "invalid", {"errors": [error("sha256", "hash")]})
    if ["volts", "9999"] in json.loads(envelope["body"]):
        more = {"detail": "One field", "errors": [error("volts", "range")]}
        raise RefusedError(422, "invalid", more)


def error(name: str, code: str) -> dict[str, str]:
    return {"field": name, "code": code, "message": "No mains has 9999 V"}


def create(store: Store, faults: Faults) -> Flask:
    app = Flask(__name__, static_folder=None)

    @app.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Response:
        return problem(error)

    @app.before_request
    def before() -> Response | None:
        kind = faults.next("before")
        if kind == "other-body":
            envelope = dict(request.get_json(), sha256="0" * 64, body="[]", blobs=[])
            store.take(envelope)
        return act(kind) if kind else None

    @app.after_request
    def after(response: Response) -> Response:
        kind = faults.next("after")
        if kind:
            act(kind)
        response.headers["Content-Security-Policy"] = CSP
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    add_sync(app, store, faults)
    add_pages(app, faults)
    return app


def add_sync(app: Flask, store: Store, faults: Faults) -> None:
    @app.get("/sync/whoami")
    def whoami() -> dict[str, Any]:
        key = signed_in()
        store.asked_by.append(key)
        user = {"id": key, "name": NAMES[key]} if key else None
        return {"user": user, "server_time": now(), "sync": 1, "build": faults.build}

    @app.get("/sync/seal-key")
    def seal_key() -> dict[str, Any]:
        key = signed_in()
        if key is None:
            raise RefusedError(401, "sign-in")
        secret = hashlib.sha256(f"key of {key}".encode()).digest()
        return {"owner": key, "name": NAMES[key], "key": base64.b64encode(secret).decode()}

    @app.post("/sync/<key>")
    def submit(key: str) -> Response:
        envelope = request.get_json()
        judge(envelope)
        return reply(*store.take(envelope))

    @app.get("/sync/<key>")
    def ask(key: str) -> dict[str, Any]:
        return store.receipt(key)

    @app.put("/sync/photos/<sha>")
    def put_photo(sha: str) -> Response:
        return reply(*store.take_photo(sha, request.get_data()))


def add_pages(app: Flask, faults: Faults) -> None:
    def shown(title: str, main: str) -> Response:
        keep = request.headers.get("X-Pack") == "1"
        text = page(title, main, faults.build, None if keep else signed_in()).encode()
        response = Response(text, mimetype="text/html")
        if keep:
            digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
            response.headers["X-Pack"] = "1"
            response.headers["Unencoded-Digest"] = f"sha-256=:{digest}:"
        if keep and faults.tampered:
            response.set_data(text.replace(b"pass", b"fail"))
        return response

    def require(name: str) -> str:
        if signed_in() is None:
            abort(Response(status=302, headers={"Location": "/sign-in"}))
        return name

    @app.get("/sign-in")
    def sign_in_page() -> Response:
        return shown("Sign in", "")

    @app.post("/sign-out")
    def sign_out() -> Response:
        response = Response(status=303, headers={"Location": "/sign-in"})
        response.delete_cookie("user")
        return response

    @app.get("/offline")
    def offline() -> Response:
        return shown("Offline", "")

    for path, main in {"/today": "", "/scan": "", "/outbox": OUTBOX}.items():
        title = path[1:].title()
        app.add_url_rule(path, path, lambda title=title, main=main: shown(require(title), main))

    @app.get("/t/<code>")
    @app.get("/T/<code>")
    def device(code: str) -> Response:
        return shown(require(f"Device {code}"), DEVICE.format(code=code))

    @app.post("/t/<code>/<verb>")
    def plain(code: str, verb: str) -> str:
        return f"plain {verb} for {code}"

    @app.get("/pack")
    def pack() -> dict[str, Any]:
        require("pack")
        pages = ["/today", "/scan", "/outbox", *(f"/t/{code}" for code in CODES)]
        version = f"{faults.build}-{faults.tampered}"
        listed = [{"url": url, "v": version} for url in pages]
        return {
            "version": version,
            "as_of": now(),
            "pages": listed,
            "devices": len(CODES),
            "due": len(CODES),
            "language": "en",
            "build": faults.build,
        }

    add_files(app, faults)


def add_files(app: Flask, faults: Faults) -> None:
    @app.get("/sw.js")
    def worker() -> Response:
        base = f"/static/{faults.build}"
        shell = [f"{base}/pwa/{file.name}" for file in sorted((ROOT / "pwa").glob("*.js"))]
        shell += [f"{base}/vendor/idb@8.0.4/index.js", "/offline"]
        if faults.broken_shell:
            shell.append(f"{base}/missing.css")
        sender = f'import "{base}/pwa/worker_sync.js";\n'
        sender = sender if request.args.get("type") == "module" else ""
        first = f"{sender}const BUILD={json.dumps(faults.build)}, SHELL={json.dumps(shell)};\n"
        text = first + (ROOT / "pwa" / "sw.js").read_text("utf-8")
        return Response(text, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})

    @app.get("/static/<build>/<folder>/<path:name>")
    def static(build: str, folder: str, name: str) -> Response:
        if build != faults.build or folder not in {"pwa", "vendor"}:
            abort(404)
        home = ROOT / "pwa" if folder == "pwa" else ROOT / "static" / "vendor"
        return send_from_directory(home, name, max_age=31536000)


@dataclass
class Stub:
    """The server in this process: `stop` and `start` keep its port and its database."""

    store: Store
    faults: Faults
    port: int = 0
    _server: BaseWSGIServer | None = None

    def start(self) -> None:
        app = create(self.store, self.faults)
        self._server = make_server(
            "127.0.0.1", self.port, app, threaded=True, request_handler=OneAnswer
        )
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def main() -> None:
    port, database, *faults = sys.argv[1:]
    waiting = list(zip(faults[1::2], faults[::2], strict=True))
    app = create(Store(Path(database)), Faults(waiting=waiting))
    server = make_server("127.0.0.1", int(port), app, threaded=True, request_handler=OneAnswer)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
