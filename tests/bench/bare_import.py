"""The floor of an import: the same lines by the csv module alone, into one table by Core's insert.

No order is recognised, no cell understood, nobody named; in a process of its own. Answers in JSON.
"""

import csv
import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, insert

from lumi_desk.storage import engines
from tests.bench.desk_side import peak

_AT_ONCE = 2000


def main(database: str, file: str, encoding: str) -> dict[str, Any]:
    """Bring every line in, in one transaction; `peak` in bytes, `s` seconds."""
    began = time.perf_counter()
    engine = engines.plain(Path(database))
    lines = 0
    with Path(file).open(encoding=encoding, newline="") as told, engine.begin() as connection:
        reader = csv.reader(told)
        first, *others = next(reader)
        columns = [Column(first, String, primary_key=True), *(Column(n, String) for n in others)]
        table = Table("bare", MetaData(), *columns)
        table.create(connection)
        names = (first, *others)
        while some := [dict(zip(names, row, strict=True)) for row in islice(reader, _AT_ONCE)]:
            connection.execute(insert(table), some)
            lines += len(some)
    engine.dispose()
    return {"peak": peak(), "s": time.perf_counter() - began, "lines": lines}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
