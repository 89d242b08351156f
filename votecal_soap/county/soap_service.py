"""One service of the state through zeep: calls whose answer zeep reads, and calls whose answer stays as it came."""

from typing import Any

import requests
import zeep

from votecal_soap.county.faults import translated


class SoapService:
    """Calls operations by name; what goes wrong is an error of our own tree."""

    def __init__(self, client: zeep.Client) -> None:
        """Call through this."""
        self._client = client

    def call(self, operation: str, **parts: object) -> Any:  # noqa: ANN401 - zeep's own object or a simple value
        """The answer as zeep reads it."""
        with translated(self._client):
            return self._client.service[operation](**parts)

    def call_unread(self, operation: str, **parts: object) -> bytes:
        """The whole envelope: being strict, zeep would refuse an answer for one element that a newer state has added."""
        with translated(self._client), self._client.settings(raw_response=True):
            response = self._client.service[operation](**parts)
            if response.status_code != requests.codes.ok:
                binding: Any = next(iter(self._client.wsdl.bindings.values()))
                binding.process_reply(self._client, binding.get(operation), response)
        return bytes(response.content)
