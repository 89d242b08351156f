"""The WSDLs of VoteCal's SOAP services, written by hand; the code serves them, never the other way round."""
