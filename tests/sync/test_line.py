"""The line itself, against the smallest of servers: kept, taken up again, cut, packed."""

import gc
import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from lumi_desk.sync import line as lines
from lumi_desk.sync.client import NotAHub, PlainLine, connect
from lumi_desk.sync.line import HttpLine

PATIENCE_S = 5.0
Serve = Callable[[socket.socket, int], None]


@contextmanager
def server(serve: Serve) -> Iterator[str]:
    """An address at which each connection is served by that function, with its number."""
    listener = socket.create_server(("127.0.0.1", 0))

    def loop() -> None:
        number = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            number += 1
            with connection:
                serve(connection, number)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(PATIENCE_S)


def asked(connection: socket.socket) -> bytes:
    """One request that has arrived whole; nothing once the other side has gone."""
    told = b""
    while b"\r\n\r\n" not in told:
        if not (piece := connection.recv(4096)):
            return b""
        told += piece
    head, _, body = told.partition(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    while len(body) < int(fields.get(b"Content-Length", 0)):
        body += connection.recv(4096)
    return head + b"\r\n\r\n" + body


def told(body: bytes, *more: str) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


def one_after_the_other(connection: socket.socket, number: int) -> None:
    while request := asked(connection):
        connection.sendall(told(b"%d:%s" % (number, request.rpartition(b"\r\n\r\n")[2])))


def test_a_connection_is_kept_and_one_packet_is_enough() -> None:
    with server(one_after_the_other) as address, closing(HttpLine(address)) as line:
        for word in (b"a", b"b", b"c" * 9000):
            assert line.send("POST", "/v1/pull", {}, word).read() == b"1:" + word


def test_a_connection_that_was_closed_meanwhile_is_made_anew() -> None:
    def once(connection: socket.socket, number: int) -> None:
        asked(connection)
        connection.sendall(told(b"%d" % number))

    with server(once) as address, closing(HttpLine(address)) as line:
        assert [line.send("GET", "/", {}).read() for _ in range(3)] == [b"1", b"2", b"3"]


def test_a_farewell_that_lies_there_is_no_answer() -> None:
    """What goes between for others says that nobody asked anything for too long, and hangs up."""

    def farewell(connection: socket.socket, number: int) -> None:
        asked(connection)
        late = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(told(b"%d" % number) + (late if number == 1 else b""))

    with server(farewell) as address, closing(HttpLine(address)) as line:
        assert line.send("GET", "/", {}).read() == b"1"
        again = line.send("GET", "/", {})
        assert (again.status, again.read()) == (200, b"2")


def test_a_request_that_dies_with_its_kept_connection_is_sent_once_more() -> None:
    seen: list[bytes] = []

    def dies(connection: socket.socket, number: int) -> None:
        while request := asked(connection):
            seen.append(request.rpartition(b"\r\n\r\n")[2])
            if len(seen) == 2:
                return
            connection.sendall(told(b"%d" % number))

    with server(dies) as address, closing(HttpLine(address)) as line:
        assert line.send("POST", "/", {}, b"a").read() == b"1"
        assert line.send("POST", "/", {}, b"b").read() == b"2"
    assert seen == [b"a", b"b", b"b"]


def test_a_new_connection_that_dies_is_not_tried_for_ever() -> None:
    def dies(connection: socket.socket, _: int) -> None:
        asked(connection)

    with (
        server(dies) as address,
        closing(HttpLine(address)) as line,
        pytest.raises(ConnectionError),
    ):
        line.send("POST", "/", {}, b"a")


@pytest.mark.parametrize("whole", [True, False], ids=["at once", "as it comes"])
def test_an_answer_that_ends_early_is_none(whole: bool) -> None:
    def torn(connection: socket.socket, _: int) -> None:
        asked(connection)
        connection.sendall(told(b"x" * 100)[:-50])

    with server(torn) as address, closing(HttpLine(address)) as line:
        answer = line.send("GET", "/", {})
        with closing(answer), pytest.raises(ConnectionError):
            answer.read() if whole else list(answer.pieces())


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n",
        b"HTTP/1.1 103 Early\r\n\r\n",
        b"HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 2",
    ],
)
def test_a_line_that_broke_is_let_go_at_once(answer: bytes) -> None:
    heard = list[bytes]()

    def serve(connection: socket.socket, _: int) -> None:
        asked(connection)
        connection.sendall(answer)
        if not answer.endswith(b"\n"):
            connection.shutdown(socket.SHUT_WR)
        connection.settimeout(PATIENCE_S)
        heard.append(connection.recv(1))

    with (
        server(serve) as address,
        closing(HttpLine(address)) as line,
        pytest.raises(ConnectionError) as caught,
    ):
        line.send("GET", "/x", {})
    # Whoever still holds the error holds no line by it.
    assert str(caught.value)
    assert heard == [b""]


def test_packed_pieces_come_as_they_were_sent() -> None:
    def packed(connection: socket.socket, _: int) -> None:
        asked(connection)
        body = gzip.compress(b"one\ntwo\n" * 500)
        chunks = [body[:7], body[7:30], body[30:]]
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (*chunks, b""))
        )

    with server(packed) as address, closing(HttpLine(address)) as line:
        assert b"".join(line.send("GET", "/", {}).pieces()) == b"one\ntwo\n" * 500
        assert line.send("GET", "/", {}).read() == b"one\ntwo\n" * 500


@pytest.mark.parametrize(
    "packed",
    [b"no gzip", gzip.compress(b"x" * 999, mtime=0)[:-12] + b"y" * 12],
    ids=["not packed at all", "another sum"],
)
def test_what_cannot_be_unpacked_is_a_broken_line(packed: bytes) -> None:
    def spoiled(connection: socket.socket, _: int) -> None:
        asked(connection)
        connection.sendall(told(packed, "Content-Encoding: gzip"))

    with server(spoiled) as address, closing(HttpLine(address)) as line:
        answer = line.send("GET", "/", {})
        with closing(answer), pytest.raises(ConnectionError):
            answer.read()


def test_a_silent_hub_is_told_apart_from_one_that_is_not_there() -> None:
    over = threading.Event()

    def silent(connection: socket.socket, _: int) -> None:
        asked(connection)
        over.wait(PATIENCE_S)

    with server(silent) as address, closing(HttpLine(address, 0.05)) as line:
        with pytest.raises(TimeoutError):
            line.send("GET", "/", {})
        over.set()
    with closing(HttpLine(address)) as line, pytest.raises(ConnectionError):
        line.send("GET", "/", {})


def test_whoever_waits_in_an_answer_is_woken() -> None:
    def endless(connection: socket.socket, _: int) -> None:
        asked(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
        while connection.recv(4096):
            pass

    with server(endless) as address, closing(HttpLine(address)) as line:
        answer = line.send("GET", "/v1/poke", {})
        pieces = answer.pieces()
        assert next(pieces) == b"hi"
        waker = threading.Timer(0.05, answer.wake)
        waker.start()
        with pytest.raises(ConnectionError):
            next(pieces)
        waker.join()
        answer.close()


def test_a_place_it_is_sent_on_to_is_never_asked() -> None:
    def elsewhere(connection: socket.socket, _: int) -> None:
        asked(connection)
        connection.sendall(
            b"HTTP/1.1 307 Elsewhere\r\nLocation: http://hub.example/\r\nContent-Length: 0\r\n\r\n"
        )

    with server(elsewhere) as address, closing(HttpLine(address)) as line:
        answer = line.send("POST", "/v1/push", {}, b"secret")
        assert (answer.status, answer.read()) == (307, b"")


def test_a_header_cannot_smuggle_another() -> None:
    line = HttpLine("http://127.0.0.1:9")
    with pytest.raises(ConnectionError, match="header"):
        line.send("POST", "/", {"Authorization": "Bearer x\r\nHost: other"})


@pytest.mark.parametrize("address", ["http://hub.example", "hub.example", "ftp://localhost.x"])
def test_a_plain_line_leads_nowhere_else(address: str) -> None:
    with pytest.raises(PlainLine):
        connect(address)


def test_what_is_no_address_is_no_hub() -> None:
    with pytest.raises(NotAHub):
        connect("https://[::1")


def test_a_hub_elsewhere_is_reached_through_the_machines_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bytes] = []

    def proxy(connection: socket.socket, _: int) -> None:
        seen.append(asked(connection))
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

    with server(proxy) as address:
        monkeypatch.setenv("https_proxy", address.replace("//", "//lin:p%40ss@"))
        monkeypatch.setenv("no_proxy", "elsewhere.example")
        with closing(HttpLine("https://hub.example")) as line, pytest.raises(OSError, match="403"):
            line.send("GET", "/", {})
    assert seen[0].startswith(b"CONNECT hub.example:443 ")
    assert b"Proxy-Authorization: Basic bGluOnBAc3M=" in seen[0]
    assert lines._proxy("elsewhere.example") is None


def test_what_is_said_before_an_answer_is_never_taken_for_one() -> None:
    """Nobody was asked for hints; their connection must not give the next request a late answer."""

    def hints(connection: socket.socket, number: int) -> None:
        while request := asked(connection):
            early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" if number == 1 else b""
            connection.sendall(early)
            if early:
                over.wait(PATIENCE_S)
            connection.sendall(told(request.rpartition(b"\r\n\r\n")[2]))

    over = threading.Event()
    with server(hints) as address, closing(HttpLine(address)) as line:
        with pytest.raises(ConnectionError):
            line.send("POST", "/", {}, b"a")
        over.set()
        assert line.send("POST", "/", {}, b"b").read() == b"b"


def test_an_answer_without_a_length_ends_with_its_line() -> None:
    def hangs_up(connection: socket.socket, number: int) -> None:
        asked(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n%d" % number)

    with server(hangs_up) as address, closing(HttpLine(address)) as line:
        assert [line.send("GET", "/", {}).read() for _ in range(2)] == [b"1", b"2"]


def test_what_follows_an_answer_is_no_part_of_it() -> None:
    def goes_on(connection: socket.socket, number: int) -> None:
        asked(connection)
        late = b"HTTP/1.1 503 Late\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno"
        connection.sendall(told(b"%d" % number) + late)
        asked(connection)

    with server(goes_on) as address, closing(HttpLine(address)) as line:
        for number in (b"1", b"2"):
            answer = line.send("GET", "/", {})
            assert (answer.status, answer.read()) == (200, number)


def test_no_answer_waits_for_the_collector() -> None:
    with server(one_after_the_other) as address, closing(HttpLine(address)) as line:
        line.send("POST", "/", {}, b"a").read()
        gc.collect()
        gc.disable()
        try:
            line.send("POST", "/", {}, b"b").read()
            assert gc.collect() == 0
        finally:
            gc.enable()


def test_an_answer_that_is_announced_is_waited_for() -> None:
    def announces(connection: socket.socket, _: int) -> None:
        while asked(connection):
            connection.sendall(b"HTTP/1.1 100 Continue\r\nContent-Encoding: gzip\r\n\r\n")
            connection.sendall(told(b"here"))

    with server(announces) as address, closing(HttpLine(address)) as line:
        assert [line.send("GET", "/", {}).read() for _ in range(2)] == [b"here"] * 2


def test_what_comes_behind_a_body_is_no_header_of_it() -> None:
    def trails(connection: socket.socket, _: int) -> None:
        asked(connection)
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"4\r\nhere\r\n0\r\nContent-Encoding: gzip\r\n\r\n")

    with server(trails) as address, closing(HttpLine(address)) as line:
        assert line.send("GET", "/", {}).read() == b"here"


@pytest.mark.parametrize("whole", [True, False], ids=["at once", "as it comes"])
def test_packed_words_that_end_early_are_a_broken_line(whole: bool) -> None:
    def torn(connection: socket.socket, _: int) -> None:
        asked(connection)
        connection.sendall(told(gzip.compress(b"x" * 999)[:-8], "Content-Encoding: gzip"))

    with server(torn) as address, closing(HttpLine(address)) as line:
        answer = line.send("GET", "/", {})
        with pytest.raises(ConnectionError):
            answer.read() if whole else list(answer.pieces())


def test_headers_without_an_end_are_a_broken_line() -> None:
    def endless(connection: socket.socket, _: int) -> None:
        asked(connection)
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"Some: header\r\n" * 200_000)

    with (
        server(endless) as address,
        closing(HttpLine(address)) as line,
        pytest.raises(ConnectionError),
    ):
        line.send("GET", "/", {})


@pytest.mark.parametrize("length", [10**18, 10**30])
def test_an_answer_longer_than_any_memory_is_a_broken_line(length: int) -> None:
    def endless(connection: socket.socket, _: int) -> None:
        asked(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\nx" % length)

    with (
        server(endless) as address,
        closing(HttpLine(address)) as line,
        pytest.raises(ConnectionError),
        closing(line.send("GET", "/", {})) as answer,
    ):
        answer.read()


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("http://[::1]", "::1", 80),
        ("https://[2001:db8::5]", "2001:db8::5", 443),
        ("https://[2001:db8::5]:8443", "2001:db8::5", 8443),
        ("https://hub.example", "hub.example", 443),
    ],
)
def test_no_part_of_an_address_is_taken_for_a_port(address: str, host: str, port: int) -> None:
    dialled = HttpLine(address)._dialled()
    assert (dialled.host, dialled.port) == (host, port)


def test_an_address_in_chinese_is_written_as_the_line_takes_it() -> None:
    seen: list[bytes] = []

    def noting(connection: socket.socket, _: int) -> None:
        seen.append(asked(connection))
        connection.sendall(told(b""))

    with server(noting) as address, closing(HttpLine(f"{address}/销售 部/")) as line:
        line.send("GET", "/v1/pull", {}).read()
    assert seen[0].startswith(b"GET /%E9%94%80%E5%94%AE%20%E9%83%A8/v1/pull HTTP/1.1\r\n")
    chinese = HttpLine("https://例子.example:8443")
    assert chinese._dialled().host == "xn--fsqu00a.example"
    assert b"Host: xn--fsqu00a.example:8443\r\n" in chinese._written("GET", "/", {}, b"")


def test_a_proxy_is_asked_where_proxies_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example")
    monkeypatch.delenv("no_proxy", raising=False)
    dialled = HttpLine("https://hub.example")._dialled()
    assert (dialled.host, dialled.port) == ("proxy.example", 80)


@pytest.mark.parametrize("address", ["https://", "https:///v1", "https://hub.example:port"])
def test_an_address_without_a_place_is_no_hub(address: str) -> None:
    with pytest.raises(NotAHub):
        connect(address)
