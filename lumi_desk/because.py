"""Why a rule decided as it did: a code with plain values, put into words by a presenter."""

from collections.abc import Mapping
from dataclasses import dataclass

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Because:
    """One reason. `params` are sorted name-value pairs, so equal reasons are equal and hashable.

    Units are part of the name: `*_fen` is money, `*_at` an ISO instant in UTC, `*_day` an ISO
    day in Shanghai, `percent` a whole number.
    """

    code: str
    params: tuple[tuple[str, Plain], ...] = ()

    @property
    def fields(self) -> dict[str, Plain]:
        """The values by name, ready for a text template or JSON."""
        return dict(self.params)

    def as_json(self) -> dict[str, object]:
        """Plain values only, the inverse of `from_json`."""
        return {"code": self.code, "params": self.fields}


def because(code: str, **params: Plain) -> Because:
    """The usual way to make one: `because("quiet", days=83, usual=45)`."""
    return Because(code, tuple(sorted(params.items())))


def from_json(data: Mapping[str, object]) -> Because:
    """Read what `as_json` wrote; TypeError if it is something else."""
    code, params = data.get("code"), data.get("params", {})
    if not isinstance(code, str) or not isinstance(params, Mapping):
        raise TypeError("not a reason")
    return because(code, **params)
