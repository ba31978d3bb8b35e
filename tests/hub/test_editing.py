"""Edits of a customer's fields: what clashes is told, what does not goes together."""

from dataclasses import replace

from lumi_desk.customers.fields.rules import Field, Patch
from tests.hub.conftest import Floor


def test_a_clash_is_told_with_her_row_and_changes_nothing(floor: Floor) -> None:
    base = floor.her().ver
    first = replace(floor.edits(Patch(Field.CITY, "", "杭州")), by=floor.wang, base_ver=base)
    assert floor.send(floor.wang, first).status == "applied"
    second = replace(
        floor.edits(Patch(Field.CITY, "", "宁波"), Patch(Field.ALLERGY, "", "虾")),
        by=floor.wang,
        base_ver=base,
    )

    answer = floor.send(floor.wang, second)

    assert (answer.status, answer.reason) == ("rejected", "Clash")
    assert answer.params == {"fields": "city"}
    [change] = answer.now
    assert "杭州" in (change.row or ())
    assert floor.her().allergy == ""


def test_edits_of_other_fields_and_equal_edits_go_together(floor: Floor) -> None:
    base = floor.her().ver
    for patches in (
        (Patch(Field.CITY, "", "杭州"),),
        (Patch(Field.CITY, "", "杭州"), Patch(Field.HOUSEHOLD, "1", "4")),
        (Patch(Field.NAME, "周文静", "曾雅琴"), Patch(Field.BIRTHDAY, "", "1970-05-01")),
    ):
        edit = replace(floor.edits(*patches), by=floor.wang, base_ver=base)
        assert floor.send(floor.wang, edit).status == "applied"

    her = floor.her()
    assert (her.city, her.household, her.name) == ("杭州", 4, "曾雅琴")
    assert (her.pinyin, her.initials) == ("zengyaqin", "zyq")
    assert f"{her.birthday}" == "1970-05-01"
