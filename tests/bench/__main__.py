"""`python -m tests.bench`: measure everything and write docs/benchmarks.md."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests import services
from tests.bench import page, peers, runner
from tests.bench.place import ROOT
from tests.services import Cluster

_DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=256MB")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write."""
    told = _arguments(arguments)
    found: runner.Results = dict(page.here())
    if told.data.exists() and told.again:
        found = json.loads(told.data.read_text("utf-8"))
    names = told.only or runner.all_names()
    with tempfile.TemporaryDirectory(prefix="lumi-bench-") as name, _cluster() as cluster:
        folder = Path(name)

        def database(named: str) -> str:
            cluster.run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", named)
            cluster.run("CREATE DATABASE {name}", named)
            return cluster.url(named)

        if not told.again:
            found |= runner.everything(database, folder, told.rounds, names, _say)
            _keep(told, found)
        if told.load:
            found["load"] = runner.under_load(database, folder, told.load, told.workers, _say)
            _keep(told, found)
    if told.note:
        found["note"] = told.note
    if told.peers_from:
        found["peers"] = peers.read(told.peers_from)
        found["peers when"] = peers.when(told.peers_from)
    elif told.peers:
        found["peers"] = peers.run(told.peers)
    _keep(told, found)


def _keep(told: argparse.Namespace, found: runner.Results) -> None:
    """Write what there is: a part that fails later must not cost the others."""
    told.data.write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    told.out.write_text(page.written(found), "utf-8")
    _say(f"written: {told.out}")


@contextmanager
def _cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this run's own, as durable as PostgreSQL is by default."""
    programs = services.postgres_programs()
    if programs is None:
        sys.exit("PostgreSQL is not installed here: sudo apt install postgresql")
    with tempfile.TemporaryDirectory(prefix="lumi-pg-", ignore_cleanup_errors=True) as folder:
        cluster = services.make_cluster(programs, Path(folder), *_DURABLE)
        try:
            yield cluster
        finally:
            cluster.stop("immediate")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="MEASURE", help="; ".join(runner.all_names()))
    parser.add_argument("--rounds", type=int, default=11, help="of each measure")
    parser.add_argument("--load", type=int, default=1, metavar="ROUNDS", help="0: no hub load")
    parser.add_argument("--workers", type=int, default=2, help="of the hub under load")
    parser.add_argument(
        "--peers",
        type=int,
        default=3,
        metavar="ROUNDS",
        help=f"by the harness that ${peers.HARNESS} names, with ${peers.SCRATCH} as its scratch",
    )
    parser.add_argument(
        "--peers-from", type=Path, metavar="FILE", help="what the harness wrote in an earlier run"
    )
    parser.add_argument("--note", default="", help="what a reader must know about this run")
    parser.add_argument("--again", action="store_true", help="keep what --data has, add to it")
    beside = Path(tempfile.gettempdir()) / "lumi-benchmarks.json"
    parser.add_argument("--data", type=Path, default=beside, help="the figures, as JSON")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    return parser.parse_args(arguments)


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    main()
