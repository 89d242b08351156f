"""Thin Spyne: envelope, dispatch, faults, authentication, one module per WSDL.

The way of a call: `call_log` (one line a call) -> `endpoint` (HTTP) -> Spyne with `protocol` (envelope, credentials, schema,
in this order) -> the operation in the module of its WSDL -> a use case -> the answer as bytes in an envelope.
"""

from votecal_soap.soap.spyne_import import import_spyne

# Before any module of this package imports spyne.
import_spyne()
