"""Who is registered in a conformance run: somebody made up, another one in each run."""

from typing import Final

from votecal_soap.contract.markup import branch, leaf

_HOME: Final = {"HouseNumber": "12", "StreetName": "River", "StreetType": "AVE", "City": "Sacramento", "State": "CA", "ZipCode": "95814"}


def registration(stamp: str, last_name: str = "Check") -> str:
    """The element Registration of somebody new; the same for the same stamp and name."""
    return registration_of("Zébulon", f"{last_name}-{_letters(stamp)}", "1970-01-01")


def registration_of(first_name: str, last_name: str, date_of_birth: str) -> str:
    """The element Registration of a person who now lives in Sacramento."""
    name = branch("Name", leaf("FirstName", first_name), leaf("LastName", last_name))
    address = branch("ResidenceAddress", *(leaf(part, value) for part, value in _HOME.items()))
    return branch("Registration", name, leaf("DateOfBirth", date_of_birth), address, leaf("RegistrationDate", "2026-01-05"))


def _letters(stamp: str) -> str:
    """A name holds no digits."""
    return "".join(chr(ord("a") + int(digit)) for digit in stamp if digit.isdigit()) or "x"
