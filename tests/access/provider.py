"""A small OpenID Connect provider on loopback: discovery, authorization with a form of accounts, tokens, keys."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "cockpit-test", "a-secret-of-the-test-client"


class Provider:
    """Issues an identity for whichever account of `accounts` is chosen on its sign-in page."""

    def __init__(self, accounts: dict[str, dict[str, Any]]) -> None:
        self.accounts = accounts
        self.key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"}, private=True)
        self.codes: dict[str, dict[str, Any]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def code(self, account: str, asked: dict[str, str]) -> str:
        made = secrets.token_urlsafe(16)
        self.codes[made] = {"claims": self.accounts[account], **asked}
        return made

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The answer to a code, once, to the right client with the right proof; None otherwise."""
        held = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if held is None or proof != held["code_challenge"] or form.get("client_secret", SECRET) != SECRET:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": held["nonce"]}
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, claims | held["claims"], self.key)
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": signed}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {k: v[0] for k, v in parse_qs(address.query).items()}
            if address.path == "/.well-known/openid-configuration":
                self._json(provider.discovery())
            elif address.path == "/keys":
                self._json({"keys": [provider.key.as_dict(private=False)]})
            elif address.path == "/authorize" and "account" in asked:
                back = {"code": provider.code(asked["account"], asked), "state": asked["state"]}
                self.send_response(302)
                self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
                self.end_headers()
            elif address.path == "/authorize":
                links = "".join(
                    f'<p><a href="/authorize?{urlencode(asked | {"account": name})}">{name}</a></p>'
                    for name in provider.accounts
                ).replace("&", "&amp;")
                self._send(
                    f"<!doctype html><meta charset=utf-8><h1>统一身份认证</h1>{links}".encode(), "text/html"
                )
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found = provider.token({k: v[0] for k, v in parse_qs(body).items()})
            self._json(found or {"error": "invalid_grant"}, 200 if found else 400)

        def _json(self, value: Any, status: int = 200) -> None:
            self._send(json.dumps(value).encode(), "application/json", status)

        def _send(self, content: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler
