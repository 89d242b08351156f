"""What a client loads: one WSDL a service, schema inline, its address the configured one (never that of a Host header).

SOAP 1.2 has a document of its own, because gSOAP and Axis take a file that even mentions its namespace for a 1.2 service.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from votecal_soap.config import DEFAULTS
from votecal_soap.contract.files import read_xsd, xsd_names
from votecal_soap.contract.flatten import flattened_wsdl
from votecal_soap.contract.namespaces import BATCH_DATA_EXCHANGE, EMS_INTEGRATION, WSDL_SOAP_11, WSDL_SOAP_12


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceContract:
    """One service: the stem of its WSDL and XSD, and its namespace."""

    name: str
    namespace: str

    @property
    def path(self) -> str:
        """Where it is served, below the public URL."""
        return f"/soap/{self.name}"

    @property
    def schema_file(self) -> str:
        """The schema of its messages, in `xsd/`."""
        return f"{self.name}.xsd"


BATCH_DATA_EXCHANGE_SERVICE: Final = ServiceContract(name="batch-data-exchange", namespace=BATCH_DATA_EXCHANGE)
EMS_INTEGRATION_SERVICE: Final = ServiceContract(name="ems-integration", namespace=EMS_INTEGRATION)
SERVICES: Final = (BATCH_DATA_EXCHANGE_SERVICE, EMS_INTEGRATION_SERVICE)


def served_wsdl(service: ServiceContract, public_url: str) -> bytes:
    """The service's WSDL for SOAP 1.1, in one file."""
    wsdl = flattened_wsdl(f"{service.name}.wsdl")
    for address in wsdl.iter(f"{{{WSDL_SOAP_11}}}address"):
        address.set("location", public_url.rstrip("/") + service.path)
    etree.indent(wsdl)
    return etree.tostring(wsdl, encoding="UTF-8", xml_declaration=True)


def served_wsdl12(service: ServiceContract, public_url: str) -> bytes:
    """The same for SOAP 1.2: same address, told apart by Content-Type; binding and port have names of their own."""
    wsdl = served_wsdl(service, public_url)
    for old, new in ((WSDL_SOAP_11, WSDL_SOAP_12), ("SoapBinding", "Soap12Binding"), ("SoapPort", "Soap12Port")):
        wsdl = wsdl.replace(old.encode(), new.encode())
    return wsdl


def export_contract(directory: Path, public_url: str = str(DEFAULTS["public_url"])) -> list[Path]:
    """Write for vendors exactly what is served, and the schemas; the files written."""
    directory.mkdir(parents=True, exist_ok=True)
    contents = {name: read_xsd(name) for name in xsd_names()}
    for service in SERVICES:
        contents[f"{service.name}.wsdl"] = served_wsdl(service, public_url)
        contents[f"{service.name}-soap12.wsdl"] = served_wsdl12(service, public_url)
    for name, content in sorted(contents.items()):
        (directory / name).write_bytes(content)
    return [directory / name for name in sorted(contents)]
