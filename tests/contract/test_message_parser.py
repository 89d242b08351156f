"""What the one door for foreign XML lets through, and what it says of the rest."""

import pytest

from votecal_soap.contract.parser import parse_message
from votecal_soap.errors import ErrorCode, InvalidRequest

BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><a>&d;</a>"""

REFUSED = {
    "empty": (b"", None, ErrorCode.NOT_WELL_FORMED),
    "blank": (b" \n ", None, ErrorCode.NOT_WELL_FORMED),
    "text": (b"SECRET", None, ErrorCode.NOT_WELL_FORMED),
    "truncated": (b"<a><b>SECRET</b>", None, ErrorCode.NOT_WELL_FORMED),
    "undefined entity": (b"<a>&SECRET;</a>", None, ErrorCode.NOT_WELL_FORMED),
    "gzip bytes": (b"\x1f\x8b\x08\x00SECRET", None, ErrorCode.ENCODING_WRONG),
    "doctype": (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', None, ErrorCode.DOCTYPE_FORBIDDEN),
    "doctype after comments": (b'<?xml version="1.0"?><!-- - --><?p?>\n<!--x--><!DOCTYPE a><a/>', None, ErrorCode.DOCTYPE_FORBIDDEN),
    "doctype in utf-16": ("<!DOCTYPE a><a/>".encode("utf-16"), None, ErrorCode.DOCTYPE_FORBIDDEN),
    "billion laughs": (BILLION_LAUGHS, None, ErrorCode.DOCTYPE_FORBIDDEN),
    "processing instruction": (b"<a><?SECRET SECRET?></a>", None, ErrorCode.ENVELOPE_WRONG),
    "invalid utf-8": (b"<a>SECRET \xff</a>", None, ErrorCode.ENCODING_WRONG),
    "latin-1 said to be utf-8": ("<a>SECRET \u00e9</a>".encode("latin-1"), "utf-8", ErrorCode.ENCODING_WRONG),
    "latin-1": (b'<?xml version="1.0" encoding="iso-8859-1"?><a>SECRET</a>', None, ErrorCode.ENCODING_WRONG),
    "unknown charset": (b"<a>SECRET</a>", "klingon", ErrorCode.ENCODING_WRONG),
    "utf-8 said to be utf-16": (b"<a>SECRET </a>", "utf-16", ErrorCode.NOT_WELL_FORMED),
    "too deep": (b"<a>" * 300 + b"</a>" * 300, None, ErrorCode.NOT_WELL_FORMED),
    "null byte": (b"<a>SECRET\x00</a>", None, ErrorCode.NOT_WELL_FORMED),
}


@pytest.mark.requirement("EWS-13")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_with_its_code_and_without_its_bytes(name):
    content, charset, code = REFUSED[name]
    with pytest.raises(InvalidRequest) as refusal:
        parse_message(content, charset)
    assert refusal.value.code == code
    assert "SECRET" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("<a>\u00e9</a>".encode(), None),
        ("\ufeff<a>\u00e9</a>".encode(), "UTF-8"),
        ("<a>\u00e9</a>".encode("utf-16"), None),
        ('<?xml version="1.0" encoding="utf-16"?><a>\u00e9</a>'.encode("utf-16"), "utf-16"),
        ("\ufeff<a>\u00e9</a>".encode("utf-16-be"), None),
        ("\ufeff<a>\u00e9</a>".encode("utf-16-be"), "utf-16"),
        ('<?xml version="1.0" encoding="utf-8"?><a>\u00e9</a>'.encode("utf-16-be"), "utf-16"),
        ("<a>\u00e9</a>".encode("utf-16-be"), "UTF-16BE"),
        ("<a>\u00e9</a>".encode("utf-16-le"), "utf-16le"),
        ('<?xml version="1.0" encoding="iso-8859-1"?><a>\u00e9</a>'.encode(), "utf-8"),
        (b"<a>&#233;</a>", "us-ascii"),
        ("<a><!-- --><![CDATA[\u00e9]]></a>".encode(), "utf8"),
    ],
)
def test_utf_8_and_utf_16_are_read_and_the_header_wins_over_the_declaration(content, charset):
    assert parse_message(content, charset).text == "\u00e9"


def test_a_crafted_prolog_costs_no_more_than_its_length():
    with pytest.raises(InvalidRequest) as refusal:
        parse_message(b"<!--a-->" * 100_000 + b"x")
    assert refusal.value.code == ErrorCode.NOT_WELL_FORMED
