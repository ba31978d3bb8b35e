"""The page of figures: docs/benchmarks.md, made from what a run has found."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from lumi_desk import clock
from tests.bench import peers
from tests.bench.runner import BOOKS, FILE, SERVER

# Measure, its name on the page, the bar as a multiple of the floor (0: none), where it counts.
_SHOWN: tuple[tuple[str, str, float, tuple[str, ...]], ...] = (
    ("first-2000", f"first sync of {BOOKS[0]:,} customers", 2.0, (FILE, SERVER)),
    ("first-5000", f"first sync of {BOOKS[1]:,} customers", 2.0, (FILE, SERVER)),
    ("noop", "round in which nothing happened", 10.0, (FILE, SERVER)),
    ("delta", "10 rows changed (bar: ahead of every peer)", 0.0, ()),
    ("move", "500 customers moved away", 3.0, (FILE, SERVER)),
    ("push", "100 calls pushed in two requests", 6.0, (SERVER,)),
    ("poison", "the same, one of them bad", 0.0, ()),
    ("save", "one call saved durably", 0.0, ()),
)
_MOST_DESKS = 10_000
_DELTA = "W2.delta10"
_PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "psycopg", "httpx2", "pydantic", "sqlcipher3")
_HEAD = """# Benchmarks

Made by one command, `python -m tests.bench`, and written by it alone. {when}, {machine}.

Every figure stands beside a **floor** measured in the same round on the same machine, the two in
turn: seconds on a small shared machine mean little, the ratio means something. What the floors are:

- *Syncs*: a bare ASGI callable with its rows made beforehand, no rights, no checks; on the
  desk's side SQLAlchemy Core upserts into the same kind of encrypted file (WAL, every commit
  synced) with a full-text index, in one transaction. It keeps 4 rows of a customer and her orders
  and one of the index. The product keeps 9 (she, two identities, three orders, three lines) in
  tables with the indexes its screens need, and her version, by which both ends know that they
  hold the same.
- *Push*: read what waits, one request, one transaction at the hub, mark it sent: no scope, no
  rules, no answer per call. The product also counts each call for the board, writes the feed and
  fetches back what the push has changed.
- *Load*: a bare endpoint with one prepared look into an index for every request.

“×” is the median over the rounds of (product ÷ floor of that round), in brackets its spread.
PostgreSQL runs with its usual durability (`fsync`, `synchronous_commit`). Hub, desk, floors and
load generator share the cores; the load average meanwhile was {load}.
"""


def written(found: Mapping[str, Any]) -> str:
    """The page as Markdown."""
    load = ", ".join(f"{one:.1f}" for one in found.get("load average", ()))
    parts = [_HEAD.format(when=found["when"], machine=found["machine"], load=load)]
    for engine in (FILE, SERVER):
        if engine in found:
            parts.append(f"## The hub on {engine}\n\n" + _timed(engine, found[engine]))
            parts.append("\n".join(_notes(found[engine])))
    if "load" in found:
        parts.append(_load(found["load"]))
    else:
        parts.append("## Hub load\n\nNot measured in this run by these benchmarks.\n")
    if found.get("peers"):
        parts.append(_peers(found["peers"], found.get("peers when", found["when"])))
    parts.append(_between(found))
    if found.get("note"):
        parts.append(f"## About this run\n\n{found['note']}\n")
    return "\n".join(part.rstrip() + "\n" for part in parts if part)


def here() -> dict[str, str]:
    """When, on what and with what."""
    cores = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cipher = sqlcipher.connect(":memory:").execute("PRAGMA cipher_version").fetchone()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    machine = (
        f"{_processor()}, {cores} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, SQLCipher {cipher}, {packages}"
    )
    return {"when": f"{clock.now():%Y-%m-%d %H:%M} UTC", "machine": machine}


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((x.split(":")[1].strip() for x in told if x.startswith("model name")), "?")


def _timed(engine: str, found: Mapping[str, Any]) -> str:
    rows = []
    for name, title, bar, counts in _SHOWN:
        one = found["timed"].get(name)
        if one:
            counted = bar if engine in counts else 0.0
            rows.append((title, *_pair(one), *_bar(one["ratio"], counted)))
    return _table(("", "product", "floor", "×", "bar", "met"), rows)


def _pair(one: Mapping[str, Any]) -> tuple[str, str, str]:
    spread = f"{one['ratio']:.1f} ({one['low']:.1f}–{one['high']:.1f})"
    return _time(one["ours"]), _time(one["floor"]), spread


def _bar(ratio: float, bar: float) -> tuple[str, str]:
    if not bar:
        return "", ""
    return f"≤ {bar:g} ×", "yes" if ratio <= bar else "**no**"


def _time(value: float) -> str:
    return f"{value:.2f} s" if value >= 0.1 else f"{value * 1000:.2f} ms"


def _notes(found: Mapping[str, Any]) -> Iterator[str]:
    facts = found.get("facts", {})
    if facts.get("poison"):
        one = facts["poison"]
        yield (
            f"- One bad operation among a hundred: {one['landed']} applied, "
            f"{one['explained']} explained to the rep."
        )
    if "recovery" in found:
        kill, before = found["recovery"], found["before"]
        yield (
            f"- Recovery after `kill -9`: {kill['ours']:.2f} s from the start of the process to "
            f"the first screen's data with every acknowledged call waiting (of it imports "
            f"{before['imports']:.2f} s); a bare interpreter that opens the same file and reads a "
            f"screenful takes {kill['floor']:.2f} s."
        )
        peak = found["memory"]
        yield (
            f"- Peak memory of a desk's first sync of {BOOKS[1]:,}: {peak['ours']:.0f} MiB, of it "
            f"{before['memory']:.0f} MiB before it began; floor {peak['floor']:.0f} MiB."
        )
    if "wire" in found:
        yield "\nBytes on the wire, headers included:\n"
        rows = [(name, f"{up:,}", f"{down:,}") for name, (up, down) in found["wire"].items()]
        yield _table(("", "up", "down"), rows)


def _load(one: Mapping[str, Any]) -> str:
    met = "met" if one["ours"] >= _MOST_DESKS else "**missed**"
    steps = "; ".join(
        f"{x['desks']:,} desks: p50 {x['p50']:.0f} ms, p99 {x['p99']:.0f} ms" for x in one["steps"]
    )
    return (
        "## Hub load\n\n"
        f"The most desks with p99 under 250 ms, PostgreSQL, {one['workers']} workers, the "
        "generator on the same cores (each desk: a head check a minute, a call every three, then "
        "the pull it causes; open loop, time counted from when a request was due): "
        f"**{one['ours']:,.0f}** (bar 10,000: {met}); the floor carries {one['floor']:,.0f}. "
        f"{steps}.\n"
    )


def _peers(rows: Sequence[Mapping[str, Any]], when: str) -> str:
    shown = []
    for row in rows:
        for peer, one in sorted(row["peers"].items()):
            ratio = "" if one["ratio"] is None else f"{one['ratio']:.2f}"
            value = f"{one['median']:.4g} {row['unit']}"
            shown.append((row["workload"], row["measure"], peer, value, ratio))
    head = (
        f"## Beside peers\n\nBy a harness of its own, {when}, with its own floors (leaner still: "
        "the driver instead of Core, 4 rows a customer), in interleaved rounds. W6 is one round, "
        "its parts one after the other.\n\n"
    )
    table = _table(("workload", "measure", "", "median", "× floor"), shown)
    return f"{head}{_delta_verdict(rows)}\n{table}"


def _delta_verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    """Whether ten changed rows come faster than to every peer, in the same rounds."""
    for row in rows:
        if row["workload"] == _DELTA:
            times = {peer: one["median"] for peer, one in row["peers"].items()}
            ours = {peer: ms for peer, ms in times.items() if peer.startswith(peers.NAME)}
            others = {
                peer: ms
                for peer, ms in times.items()
                if peer not in ours and not peer.startswith(peers.FLOOR)
            }
            if ours and others:
                best = min(others, key=lambda peer: others[peer])
                told = ", ".join(
                    f"{peer} {ms:.1f} ms ({'met' if ms < others[best] else '**missed**'})"
                    for peer, ms in sorted(ours.items())
                )
                return f"10 rows changed: {told}; best peer {best} {others[best]:.1f} ms.\n"
    return ""


def _between(found: Mapping[str, Any]) -> str:
    """What stands between the product and a bar it misses."""
    missed = sorted(
        {
            name
            for name, _, bar, counts in _SHOWN
            for engine in counts
            if bar and found.get(engine, {}).get("timed", {}).get(name, {}).get("ratio", 0) > bar
        }
    )
    if "missed" in _delta_verdict(found.get("peers") or ()):
        missed.append("delta")
    if found.get("load", {}).get("ours", _MOST_DESKS) < _MOST_DESKS:
        missed.append("load")
    missed = [name for name in missed if not (name == "first-5000" and "first-2000" in missed)]
    said = [f"- {_WHY[name.replace('5000', '2000')]}" for name in missed]
    return "## What stands between\n\n" + "\n".join(said) if said else ""


_WHY = {
    "first-2000": "Of a first sync a third of the desk's processor time is SQLite writing 9 "
    "rows and 17 index entries where the floor writes 4, 6 and one for the search; a quarter are "
    "the commits, one for at most three sheets (so that an interrupted snapshot goes on "
    "where it was); the rest is checking what came and making the tables of a new file, which "
    "weighs more the smaller the book is. On PostgreSQL the server's making of JSON comes on top.",
    "noop": "A round in which nothing happened is one request. What it costs is Python's: HTTP and "
    "two changes of threads around one indexed statement, about half a millisecond at each end.",
    "delta": "Ten rows are some short statements and one commit on the desk: about 2 ms "
    "of processor time at each end; the best peer's core is compiled.",
    "move": "Of a move two fifths are the commit: every page that is freed is overwritten with "
    "zeros, encrypted and sealed, and 9 rows a customer fill two to three times the pages of 4. A "
    "third are SQLite's deletes, the rest is hearing of 500 removals.",
    "push": "Two requests of 50 calls cost the hub and the desk some 14 ms of processor time each, "
    "and the server 10: the lock of the person, who holds whom, the answers given before, the "
    "calls, their figures for the board, the kept answers, the feed; then the 200 rows that come "
    "back with the second answer. The floor inserts 100 rows.",
    "load": "A pushed call costs the hub some six times the processor time of a head check "
    "(parsing, rights, locks, three tables, the feed) and the pull after it some three times; at "
    "10,000 desks pushes and their pulls are two thirds of the work.",
}


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
