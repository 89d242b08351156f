"""Thin Spyne: envelope, dispatch, faults, authentication, one module per WSDL."""
