"""The schema that cut blocks of records are validated against.

One schema object a thread and process: lxml keeps one error log in it (measured: shared, one client saw another's value).
"""

import threading
from importlib.resources import as_file, files
from typing import Final

from lxml import etree

from votecal_soap.contract.record_files import RecordFileKind

_BLOCK: Final = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{namespace}" targetNamespace="{namespace}"
 elementFormDefault="qualified"><xs:include schemaLocation="{location}"/>
 <xs:element name="RecordBlock"><xs:complexType><xs:sequence><xs:element ref="{record}" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>"""

_compiling = threading.Lock()
_mine = threading.local()


def block_schema(kind: RecordFileKind) -> etree.XMLSchema:
    """This thread's schema: that of the file, with RecordBlock as one more root."""
    schema: etree.XMLSchema | None = getattr(_mine, kind.root, None)
    if schema is None:
        # Compiling at the same time in two threads is not safe in libxml2.
        with _compiling, as_file(files("xsd")) as folder:
            source = _BLOCK.format(namespace=kind.namespace, record=kind.record, location=(folder / kind.schema_file).as_uri())
            schema = etree.XMLSchema(etree.fromstring(source))
        setattr(_mine, kind.root, schema)
    return schema
