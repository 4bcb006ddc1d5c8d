#!/usr/bin/env python3
"""BooksMart in Python: /webapi/books with nothing but the standard library, to stand in for E-Mart's own `books`.

    EMART_MESH__SECRET=... python3 books.py --listen 127.0.0.1:7000 --db books.db
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import sqlite3
import threading
import time
import unicodedata
from datetime import datetime, timezone
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TEXTS = ("title", "description", "author", "publisher")
LONGEST = 255  # characters of a text
LARGEST = 1 << 20  # bytes of a body
ROLES = {"guest": 0, "customer": 1, "staff": 2, "admin": 3, "service": 3}


class Refused(Exception):
    """A request that is not carried out: its status, and its body if it has one."""

    def __init__(self, status, body=None, media_type="application/json"):
        self.status, self.body, self.media_type = status, body, media_type


def problem(status, slug, title):
    """An error as all of E-Mart's services say it (RFC 9457)."""
    body = {"type": f"/problems/{slug}", "title": title, "status": status}
    return Refused(status, body, "application/problem+json")


def classic_error(status, message, path):
    """An error as /webapi/books has always said it: the form of Spring Boot 2."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    error = HTTPStatus(status).phrase
    return Refused(status, {"timestamp": now, "status": status, "error": error, "message": message, "path": path})


def folded(text):
    """A text as it is searched: without case, without accents."""
    if text is None:
        return None
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in parts if not unicodedata.combining(c))


class Books:
    """The books, in one SQLite file. An answer means that it is on the disk."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.create_function("folded", 1, folded, deterministic=True)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS books (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, "
            "description TEXT, author TEXT, publisher TEXT, published BOOLEAN NOT NULL)"
        )

    def run(self, sql, *values):
        """One statement in a transaction of its own; the rows it gives and how many it has changed."""
        with self.lock, self.db:
            cursor = self.db.execute(sql, values)
            rows = [dict(row) | {"published": bool(row["published"])} for row in cursor.fetchall()]
            return rows, cursor.rowcount

    def list(self, condition="TRUE", *values):
        return self.run(f"SELECT * FROM books WHERE {condition} ORDER BY id", *values)[0]

    def add(self, book):
        sql = "INSERT INTO books (title, description, author, publisher, published) VALUES (?, ?, ?, ?, FALSE)"
        return self.run(f"{sql} RETURNING *", *(book[name] for name in TEXTS))[0][0]

    def replace(self, number, book):
        sql = "UPDATE books SET title = ?, description = ?, author = ?, publisher = ?, published = ? WHERE id = ?"
        return self.run(f"{sql} RETURNING *", *(book[name] for name in TEXTS), book["published"], number)[0]

    def delete(self, condition="TRUE", *values):
        return self.run(f"DELETE FROM books WHERE {condition}", *values)[1]


def is_signed(token, secret):
    """Whether a service of the same store has signed this call: a JSON Web Token (HS256) of a minute's life."""

    def decoded(part):
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    try:
        head, claims, signature = token.split(".")
        wanted = hmac.new(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(wanted, decoded(signature)) or json.loads(decoded(head))["alg"] != "HS256":
            return False
        claims, now = json.loads(decoded(claims)), time.time()
        in_time = claims["iat"] <= now + 30 and now <= claims["exp"] + 30
        return in_time and claims["exp"] - claims["iat"] <= 60 and claims["aud"] == "books"
    except (ValueError, KeyError, TypeError):
        return False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        self.timeout = 1 if self.server.stopping else 300  # seconds of silence
        super().setup()
        self.server.idle.add(self.connection)

    def finish(self):
        self.server.idle.discard(self.connection)
        super().finish()

    def answer_request(self):
        """Every request comes through here."""
        self.server.idle.discard(self.connection)
        url = urlsplit(self.path)
        length = self.headers.get("content-length", "0")
        self.unread = int(length) if re.fullmatch("[0-9]{1,15}", length) else LARGEST + 1
        if "transfer-encoding" in self.headers:
            self.unread = LARGEST + 1  # in pieces: how many there are is not known
        try:
            status, body, media_type = *self.route(url.path, url.query), "application/json"
        except Refused as refused:
            status, body, media_type = refused.status, refused.body, refused.media_type
        if self.unread or self.server.stopping:
            self.close_connection = True
        self.send(status, body, media_type)
        self.server.idle.add(self.connection)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer_request

    def route(self, path, query):
        if path == "/healthz":
            return 200, {"status": "alive"}
        if path == "/readyz":
            ready = not self.server.stopping
            return (200 if ready else 503), {"ready": ready}
        if self.server.secret and not is_signed(self.headers.get("emart-service-token", ""), self.server.secret):
            raise problem(401, "unsigned-call", "This call is not signed by a service")
        method = "GET" if self.command == "HEAD" else self.command
        if path == "/webapi/books":
            methods = {"GET": lambda: self.list(query), "POST": self.create, "DELETE": self.delete_all}
        elif path == "/webapi/books/published":
            methods = {"GET": lambda: self.listed(self.server.books.list("published"))}
        elif match := re.fullmatch("/webapi/books/([^/]+)", path):
            methods = {"GET": self.get, "PUT": self.replace, "DELETE": self.delete}
            methods = {name: lambda method=method: method(match[1]) for name, method in methods.items()}
        else:
            raise problem(404, "not-found", "Not found")
        if method not in methods:
            raise problem(405, "method-not-allowed", "This method is not allowed here")
        return methods[method]()

    def list(self, query):
        texts = parse_qs(query, keep_blank_values=True).get("title")
        if not texts:
            return self.listed(self.server.books.list())
        return self.listed(self.server.books.list("instr(folded(title), ?) > 0", folded(texts[0])))

    def listed(self, books):
        return (200, books) if books else (204, None)

    def get(self, text):
        books = self.server.books.list("id = ?", self.number(text))
        return (200, books[0]) if books else (404, None)

    def create(self):
        self.allow("customer")
        return 201, self.server.books.add(self.book())

    def replace(self, text):
        self.allow("staff")
        books = self.server.books.replace(self.number(text), self.book())
        return (200, books[0]) if books else (404, None)

    def delete(self, text):
        self.allow("staff")
        return (204 if self.server.books.delete("id = ?", self.number(text)) else 417), None

    def delete_all(self):
        self.allow("staff")
        self.server.books.delete()
        return 204, None

    def allow(self, least):
        """The gateway has found out who is calling: `guest`, `customer usr_…`, `service orders`."""
        word = self.headers.get("emart-caller", "guest").split(" ")[0]
        role = ROLES.get(word, 0)
        if role == 0:
            raise problem(401, "unauthorized", "Sign in first")
        if role < ROLES[least]:
            raise problem(403, "forbidden", "Not allowed")

    def number(self, text):
        if re.fullmatch("[+-]?[0-9]{1,19}", text) and -(2**63) <= int(text) < 2**63:
            return int(text)
        raise classic_error(400, "The number of a book is missing", urlsplit(self.path).path)

    def book(self):
        """The book that was sent; what is missing is none."""
        path = urlsplit(self.path).path
        kind = self.headers.get_content_type() if "content-type" in self.headers else ""
        if kind != "application/json" and not kind.endswith("+json"):
            raise classic_error(415, "send the body as application/json", path)
        if self.unread > LARGEST:
            raise classic_error(413, "The body is too large", path)
        body, self.unread = self.rfile.read(self.unread), 0
        try:
            sent = json.loads(body)
            book = {name: sent.get(name) for name in TEXTS}
            for text in filter(lambda text: text is not None, book.values()):
                if not isinstance(text, str) or "\0" in text:
                    raise ValueError("a text is expected, without the character U+0000")
                text.encode()  # half of a surrogate pair is no text
            book["published"] = sent.get("published") or False
            if not isinstance(book["published"], bool):
                raise ValueError("published: true or false is expected")
        except (ValueError, AttributeError, RecursionError) as error:
            raise classic_error(400, f"the body is no book: {error}", path) from None
        if any(text and len(text) > LONGEST for name, text in book.items() if name in TEXTS):
            raise Refused(417)
        return book

    def send(self, status, body, media_type):
        text = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        self.send_response(status)
        if body is not None:
            self.send_header("content-type", media_type)
        if status != 204:
            self.send_header("content-length", str(len(text)))
        if self.server.stopping:
            self.send_header("emart-stopping", "1")
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def log_message(self, *_):
        """Silence: the gateway logs the requests."""


class Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for those who are still being answered
    request_queue_size = 128

    def __init__(self, address, books, secret):
        super().__init__(address, Handler)
        self.books, self.secret, self.stopping, self.idle = books, secret, False, set()

    def stop(self, *_):
        """Tells the others that it stops, gives them a second to hear of it, and ends what is idle."""
        if not self.stopping:
            self.stopping = True
            threading.Timer(1, self.end).start()

    def end(self):
        self.shutdown()
        for connection in list(self.idle):
            with contextlib.suppress(OSError):  # it may have gone by itself
                connection.shutdown(socket.SHUT_RD)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", default="127.0.0.1:7000", metavar="ADDR")
    parser.add_argument("--db", default="books.db", metavar="FILE")
    arguments = parser.parse_args()
    host, _, port = arguments.listen.rpartition(":")
    server = Server((host, int(port)), Books(arguments.db), os.environ.get("EMART_MESH__SECRET"))
    signal.signal(signal.SIGTERM, server.stop)
    signal.signal(signal.SIGINT, server.stop)
    signing = "" if server.secret else "; calls need no signature: EMART_MESH__SECRET is not set"
    print(f"books on http://{host}:{server.server_port}{signing}", flush=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    main()
