"""All checks in their order."""

from typing import Final

from votecal_soap.contract.wsdl import ServiceContract
from votecal_soap.county.vendor_check import des_operations, ems_operations
from votecal_soap.county.vendor_check.checks import Check, Kind
from votecal_soap.county.vendor_check.digest_mistakes import DIGEST_MISTAKES
from votecal_soap.county.vendor_check.mistakes import MISTAKES
from votecal_soap.county.vendor_check.visit import DES, EMS, CheckFailed, Visit

NEVER_ASKED_FOR: Final = "wsdl/soap12"


def _load(service: ServiceContract) -> Check:
    def run(visit: Visit) -> None:
        document = visit.document(service).decode()
        if service.namespace not in document:
            raise CheckFailed("What is served there is not this service's WSDL.")
        if NEVER_ASKED_FOR in document:
            raise CheckFailed("The WSDL for SOAP 1.1 names SOAP 1.2: older clients would take it for that. Tell SOS.")

    return Check(name="The WSDL is served", service=service.name, kind=Kind.OPERATION, run=run)


def _resent() -> Check:
    return Check(name="The same call sent again", service=EMS.name, kind=Kind.MISTAKE, run=ems_operations.same_call_again, changes=True)


CHECKS: Final = (
    _load(EMS),
    _load(DES),
    *(Check(name=name, service=EMS.name, kind=Kind.OPERATION, run=run, changes=changes) for name, run, changes in ems_operations.OPERATIONS if not changes),
    *(Check(name=mistake.name, service=EMS.name, kind=Kind.MISTAKE, run=mistake.run) for mistake in MISTAKES if not mistake.changes),
    *(Check(name=name, service=EMS.name, kind=Kind.OPERATION, run=run, changes=changes) for name, run, changes in ems_operations.OPERATIONS if changes),
    _resent(),
    *(Check(name=mistake.name, service=EMS.name, kind=Kind.MISTAKE, run=mistake.run, changes=True) for mistake in MISTAKES if mistake.changes),
    *(Check(name=name, service=DES.name, kind=Kind.OPERATION, run=run, changes=changes) for name, run, changes in des_operations.OPERATIONS),
)

DIGEST_CHECKS: Final = tuple(Check(name=mistake.name, service=EMS.name, kind=Kind.MISTAKE, run=mistake.run) for mistake in DIGEST_MISTAKES)
"""What is tried besides by whoever sends PasswordDigest."""
