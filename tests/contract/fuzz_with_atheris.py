"""Coverage-guided fuzzing of the parser, the envelope and every reader, where atheris is installed: `make fuzz` runs it.

`python tests/contract/fuzz_with_atheris.py -max_total_time=60`; the options are libFuzzer's. Whatever is no VoteCalError ends it with the input that did it.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))

with atheris.instrument_imports(include=["votecal_soap.contract", "votecal_soap.soap"]):
    from contract.test_fuzzed_messages import HERE
    from contract.test_fuzzed_readers import READERS, REQUESTS, SCHEMAS
    from lxml import etree

    from votecal_soap.contract.masking import masked
    from votecal_soap.contract.parser import parse_message
    from votecal_soap.errors import VoteCalError
    from votecal_soap.soap.envelope import SOAP_11, open_envelope, strip_encoding_hints
    from votecal_soap.soap.security_header import answer_timestamp, read_credential

NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)


def try_one(content: bytes) -> None:
    """The way of a request as far as its command, without a database."""
    try:
        root = parse_message(content, None)
        envelope = open_envelope(root, SOAP_11)
        read_credential(envelope.headers, HERE)
        answer_timestamp(root, NOW)
        strip_encoding_hints(envelope.request)
        for schema in SCHEMAS.values():
            masked(envelope.request, schema.knows, is_valid=False)
        name = etree.QName(envelope.request).localname
        if name in READERS and not SCHEMAS[REQUESTS[name][0]].violations(envelope.request):
            READERS[name](envelope.request)
    except VoteCalError:
        pass


def seeds(folder: Path) -> Path:
    """The requests that the contract shows, to begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, request) in REQUESTS.items():
        envelope = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{request}</s:Body></s:Envelope>'
        (folder / name).write_text(envelope, encoding="utf-8")
    return folder


if __name__ == "__main__":
    corpus = seeds(Path(__file__).parents[2] / "var" / "fuzz")
    atheris.Setup([*sys.argv, str(corpus)], try_one)
    atheris.Fuzz()
