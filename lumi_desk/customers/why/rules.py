"""Why a customer is where she is: a code for what decided, with the numbers it was decided by.

Every reason holds what the rule says under the rule's name (`pool`, `grade`, `relationship`;
`run_out` is the day, `value_fen` what is expected in 365 days, see customers.value), None where it
says nothing. `*_fen` is money, `*_day` an ISO day in Shanghai,
other numbers are days, points or orders.
"""

from lumi_desk.because import Because, because
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import (
    GRADE,
    POOL,
    RELATIONSHIP,
    GradeSettings,
    PoolSettings,
    RelationshipSettings,
    Seen,
    grade_of,
    grade_points,
    pool_of,
    relationship_of,
    relationship_points,
)
from lumi_desk.customers.run_out.rules import (
    RUN_OUT,
    RunOutSettings,
    Taken,
    remind_from,
    used_up,
)

WHY_CODES = frozenset(
    {
        "pool_card",
        "pool_bought",
        "pool_lapsed",
        "pool_nothing",
        "grade_points",
        "grade_old",
        "grade_nothing",
        "relationship_points",
        "relationship_lapsed",
        "relationship_nothing",
        "value_model",
        "value_mean",
        "value_last_year",
        "value_nothing",
        "run_out_catalogue",
        "run_out_line",
        "run_out_unknown",
        "run_out_nothing",
    }
)


def why_pool(seen: Seen, settings: PoolSettings = POOL) -> Because:
    """What put her into her pool."""
    pool, within = pool_of(seen.pace, settings).value, settings.active_days
    if seen.card_opened_at is not None:
        opened = local_day(seen.card_opened_at).isoformat()
        return because("pool_card", pool=pool, opened_day=opened)
    quiet = seen.quiet
    if quiet is None:
        return because("pool_nothing", pool=pool)
    if quiet <= within:
        return because("pool_bought", pool=pool, days=quiet, within=within)
    return because("pool_lapsed", pool=pool, days=quiet, within=within)


def why_grade(seen: Seen, settings: GradeSettings = GRADE) -> Because:
    """What she has her grade for, or why she has none."""
    days, grade = seen.new_days, grade_of(seen, settings)
    if days is None:
        return because("grade_nothing", grade=grade)
    if days > settings.new_days:
        return because("grade_old", grade=grade, days=days, within=settings.new_days)
    order, line, recharge = grade_points(seen, settings)
    return because(
        "grade_points",
        grade=grade,
        days=days,
        within=settings.new_days,
        order_fen=order,
        line=seen.kept[0].line.value if seen.kept else None,
        line_fen=line,
        recharge_fen=recharge,
        points_fen=order + line + recharge,
        a_fen=settings.a_points,
        b_fen=settings.b_points,
    )


def why_relationship(seen: Seen, settings: RelationshipSettings = RELATIONSHIP) -> Because:
    """What makes her near or not, or why nothing can be said."""
    quiet, found = seen.quiet, relationship_of(seen.pace, settings)
    if quiet is None:
        return because("relationship_nothing", relationship=found)
    if quiet > settings.active_days:
        return because(
            "relationship_lapsed", relationship=found, days=quiet, within=settings.active_days
        )
    recency, often, answered = relationship_points(seen.pace, settings)
    rhythm, near = seen.rhythm, seen.answered_day
    return because(
        "relationship_points",
        relationship=found,
        days=quiet,
        usual=rhythm or settings.usual,
        own=rhythm is not None,
        recency=recency,
        orders=len(seen.within(settings.active_days)),
        within=settings.active_days,
        often=often,
        often_from=settings.often,
        answered=answered,
        answered_ago=None if near is None else (seen.today - near).days,
        answered_within=settings.answered_days,
        points=recency + often + answered,
        close_from=settings.close,
        steady_from=settings.steady,
        cooling_from=settings.cooling,
    )


def why_run_out(taken: Taken | None, settings: RunOutSettings = RUN_OUT) -> Because:
    """What the day is reckoned from on which her last order is used up."""
    if taken is None:
        return because("run_out_nothing", run_out=None)
    last = used_up(taken, settings)
    if last is None:
        return because("run_out_unknown", run_out=None, line=taken.line.value)
    known = taken.days_per_unit is not None
    return because(
        "run_out_catalogue" if known else "run_out_line",
        run_out=last.isoformat(),
        units=taken.units,
        lasts=taken.lasts(settings),
        people=max(taken.people, 1),
        line=taken.line.value,
        start_day=taken.start.isoformat(),
        remind_day=remind_from(taken, last, settings).isoformat(),
    )
