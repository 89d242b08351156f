"""Who is registered in a conformance run: somebody made up, another one in each run."""

from typing import Final

from votecal_soap.contract.markup import branch, leaf

_HOME: Final = {"HouseNumber": "12", "StreetName": "River", "StreetType": "AVE", "City": "Sacramento", "State": "CA", "ZipCode": "95814"}


def registration(stamp: str, last_name: str = "Check") -> str:
    """The element Registration; the same for the same stamp and name."""
    name = branch("Name", leaf("FirstName", "Zébulon"), leaf("LastName", f"{last_name}-{_letters(stamp)}"))
    address = branch("ResidenceAddress", *(leaf(part, value) for part, value in _HOME.items()))
    return branch("Registration", name, leaf("DateOfBirth", "1970-01-01"), address, leaf("RegistrationDate", "2026-01-05"))


def _letters(stamp: str) -> str:
    """A name holds no digits."""
    return "".join(chr(ord("a") + int(digit)) for digit in stamp if digit.isdigit()) or "x"
