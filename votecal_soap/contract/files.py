"""The committed contract files: the source that code serves, validates against and exports."""

from importlib.resources import files


def xsd_names() -> tuple[str, ...]:
    """Every schema."""
    return tuple(sorted(file.name for file in files("xsd").iterdir() if file.name.endswith(".xsd")))


def read_wsdl(name: str) -> bytes:
    """A WSDL as it was written, its schema included by reference."""
    return (files("wsdl") / name).read_bytes()


def read_xsd(name: str) -> bytes:
    """A schema as it was written, its common types included by reference."""
    return (files("xsd") / name).read_bytes()
