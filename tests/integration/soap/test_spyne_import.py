"""Spyne is importable on every Python that we support."""

import subprocess
import sys

import pytest

from votecal_soap.soap.spyne_import import parse_header


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("text/xml; charset=utf-8", ("text/xml", {"charset": "utf-8"})),
        ('text/xml;CHARSET="UTF-8"', ("text/xml", {"charset": "UTF-8"})),
        ("text/xml", ("text/xml", {})),
        ("", ("", {})),
    ],
)
def test_the_function_that_cgi_had_reads_a_content_type(line, parsed):
    assert parse_header(line) == parsed


def test_spyne_is_imported_without_a_warning():
    code = "import votecal_soap.soap.hosting, sys; assert not [f for f in sys.meta_path if type(f).__module__ == 'spyne.util.six']"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
