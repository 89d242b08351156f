"""The schema that cut blocks of records are validated against.

One schema object a thread and process: lxml keeps one error log in it (measured: shared, one client saw another's value).
"""

import threading
from importlib.resources import as_file, files
from typing import Final

from lxml import etree

from votecal_soap.contract.batch_writer import NAMESPACE

_BLOCK: Final = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}"
 elementFormDefault="qualified"><xs:include schemaLocation="%s"/>
 <xs:element name="RecordBlock"><xs:complexType><xs:sequence><xs:element ref="Record" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>"""

_compiling = threading.Lock()
_mine = threading.local()


def block_schema() -> etree.XMLSchema:
    """This thread's schema: that of the file, with RecordBlock as one more root."""
    schema: etree.XMLSchema | None = getattr(_mine, "schema", None)
    if schema is None:
        # Compiling at the same time in two threads is not safe in libxml2.
        with _compiling, as_file(files("xsd")) as folder:
            source = _BLOCK % (folder / "voter-record-update-batch.xsd").as_uri()
            schema = _mine.schema = etree.XMLSchema(etree.fromstring(source))
    return schema
