"""What desks send to a hub in a load test, as bytes. Standard library only.

The generator that imports this runs under an interpreter that knows nothing of the product.
"""

import http.client
import json
import os
import re
import tempfile
import zlib
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

Call = dict[str, Any]
_SEQ = re.compile(rb'"stream":"([^"]+)","seq":(\d+)')

_ON_ONE_LINE = 25


class LumiLoad:
    """Head checks, pushes and pulls of many desks, each by the stream's number."""

    def __init__(self, file: Path | None = None) -> None:
        usual = Path(os.environ.get("BENCH_TMP", tempfile.gettempdir())) / "lumi-load.json"
        self.reps: list[dict[str, Any]] = json.loads((file or usual).read_text("utf-8"))["reps"]
        self._cursors: list[dict[str, int]] = []
        self._numbers = count(1)
        self._checks: dict[int, bytes] = {}

    def reset(self, port: int) -> None:
        """Every desk looks in once, on several lines, and is at the head of its streams."""
        self._cursors = [dict(rep["cursors"]) for rep in self.reps]
        self._checks = {}
        for begin in range(0, len(self.reps), _ON_ONE_LINE):
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
                for s in range(begin, min(begin + _ON_ONE_LINE, len(self.reps))):
                    self._look_in(line, s)

    def _look_in(self, line: http.client.HTTPConnection, s: int) -> None:
        head, _, body = self.head(s).partition(b"\r\n\r\n")
        told = dict(one.split(": ", 1) for one in head.decode().split("\r\n")[1:])
        line.request("POST", "/v1/pull", body, told)
        answer = line.getresponse()
        packed = f"content-encoding: {answer.getheader('content-encoding', 'identity')}"
        self.pulled(s, packed.encode(), answer.read())

    def head(self, s: int) -> bytes:
        """A round in which nothing happened: what a desk asks once a minute."""
        found = self._checks.get(s)
        if found is None:
            rep = self.reps[s]
            asked = {"client_id": rep["client_id"], "cursors": self._cursors[s], "limit": 500}
            found = self._checks[s] = self._request(s, "pull", {**asked, "proto": 2})
        return found

    def push(self, s: int, call: Call) -> bytes:
        """One call, written up."""
        rep, number = self.reps[s], next(self._numbers)
        op_id, payload = _contact(rep, number, call)
        op = {"op_id": op_id, "client_seq": number, "kind": "contact.log", "kind_ver": 1}
        told = {**op, "payload": payload, "depends_on": None}
        return self._request(s, "push", {"client_id": rep["client_id"], "ops": [told]})

    def pull(self, s: int) -> bytes:
        """What that push has changed."""
        return self.head(s)

    def pulled(self, s: int, head: bytes, body: bytes) -> None:
        """Read on from there."""
        if b"content-encoding: gzip" in head:
            body = zlib.decompress(body, 31)
        for stream, seq in _SEQ.findall(body):
            self._cursors[s][stream.decode()] = int(seq)
        self._checks.pop(s, None)

    def _request(self, s: int, door: str, told: dict[str, Any]) -> bytes:
        body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        head = (
            f"POST /v1/{door} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
            "Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n"
            "User-Agent: lumi-desk/0.1.0\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.reps[s]['access']}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _contact(rep: dict[str, Any], number: int, call: Call) -> tuple[str, str]:
    """The operation's id and its payload. Her customers take turns."""
    customers = rep["customers"]
    at = f"2026-11-{1 + number % 20:02}T{1 + number // 60 % 9:02}:{number % 60:02}:00Z"
    op = {
        "id": call["id"],
        "customer_id": customers[number % len(customers)],
        "by": rep["person_id"],
        "at": at,
        "channel": "call",
        "started_at": at,
        "ended_at": at,
        "talk_seconds": call["seconds"],
        "wrap_up_seconds": 30,
        "dials": [{"at": at, "answered": True}],
        "disposition": "interested",
        "attitude": "",
        "wechat_state": "",
        "script_id": None,
        "path": [],
        "offers": [],
        "note": call["note"],
        "case": False,
    }
    return call["id"], json.dumps(op, separators=(",", ":"), ensure_ascii=False)
