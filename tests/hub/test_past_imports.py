"""`lumi-hub import runs` and `import show`: what earlier imports did, as a keeper asks for it."""

from pathlib import Path

import pytest

from tests.hub.conftest import Type
from tests.imports import files


def test_past_imports_are_listed_and_shown(
    type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    odd = {"订单创建时间": "2017/5/30 23:18", "总金额": "100元", "联系手机": "138 0000 4127"}
    first = files.orders(tmp_path / "a.csv", odd, {"总金额": "?"}, style=files.RESAVED)
    other = files.orders(tmp_path / "b.csv", {"订单编号": "2140260038636553218"})
    assert type_("import", "runs").out.strip() == "Nothing was imported yet."
    told = type_("import", "orders", str(first), "--json").data
    type_("import", "orders", str(other))
    newest, oldest = type_("import", "runs", "--json").data["runs"]
    assert (newest["files"], newest["added"], newest["repaired"]) == (["b.csv"], 1, 0)
    assert (oldest["run"], oldest["left_out"], oldest["repaired"]) == (told["run_id"], 1, 3)
    shown = type_("import", "show", told["run_id"]).out
    assert "a.csv, line 3: 总金额 is no amount in yuan and fen: ?" in shown
    assert "3 cells repaired; --repairs shows them" in shown
    repairs = type_("import", "show", told["run_id"][:20], "--repairs").out
    assert "2017-05-30 23:18:00" in repairs
    assert "138 •••• 4127" in repairs
    assert "13800004127" not in repairs
    as_data = type_("import", "show", "last", "--json").data
    assert as_data["run_id"] == newest["run"]
    assert "No cell was taken" in type_("import", "show", "last", "--repairs").out


def test_an_import_that_is_not_there_is_said(type_: Type) -> None:
    for wanted in ("last", "0123", ""):
        said = type_("import", "show", wanted)
        assert said.code == 1
        assert f"There is no import “{wanted}”" in said.err
