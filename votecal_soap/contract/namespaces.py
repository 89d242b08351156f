"""The namespaces of the contract and of the standards it stands on, in one place."""

from typing import Final

BATCH_DATA_EXCHANGE: Final = "urn:votecal:batch-data-exchange:v1"
EMS_INTEGRATION: Final = "urn:votecal:ems-integration:v1"

SOAP_11_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12_ENVELOPE: Final = "http://www.w3.org/2003/05/soap-envelope"
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP_11: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
WSDL_SOAP_12: Final = "http://schemas.xmlsoap.org/wsdl/soap12/"
XML_SCHEMA: Final = "http://www.w3.org/2001/XMLSchema"
XML_SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
WS_SECURITY: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WS_SECURITY_UTILITY: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
PASSWORD_DIGEST: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"  # noqa: S105 - no password
WS_ADDRESSING: Final = ("http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing")
