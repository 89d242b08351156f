"""Which stored columns stand for which field, for functions that do not use every field (COA-06)."""

from typing import Final

from votecal_soap.domain.matching import MatchField, MatchSettings
from votecal_soap.search.address_text import Address

_COLUMNS: Final[dict[MatchField, tuple[str, ...]]] = {
    MatchField.FIRST_NAME: ("first_name", "first_canonical"),
    MatchField.MIDDLE_NAME: ("middle_name", "middle_second"),
    MatchField.LAST_NAME: ("last_name", "last_first_token", "last_second_token"),
    MatchField.ADDRESS: Address._fields,
}


def unused_columns(settings: MatchSettings) -> list[str]:
    """The columns of fields that a function does not use: they count as missing."""
    return [column for field in MatchField if field not in settings.fields for column in _COLUMNS.get(field, (field.value,))]
