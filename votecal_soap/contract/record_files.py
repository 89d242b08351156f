"""Files of many records, from counties and from DMV: what all have in common is a Header, records, and a Trailer that counts them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFileKind:
    """One kind of file: the namespace, the root and the record of its schema."""

    namespace: str
    root: str
    record: str
    schema_file: str

    @property
    def root_tag(self) -> str:
        """The root, qualified."""
        return self._qualified(self.root)

    @property
    def record_tag(self) -> str:
        """A record, qualified."""
        return self._qualified(self.record)

    @property
    def header_tag(self) -> str:
        """The Header, qualified."""
        return self._qualified("Header")

    @property
    def trailer_tag(self) -> str:
        """The Trailer, qualified."""
        return self._qualified("Trailer")

    @property
    def record_count_tag(self) -> str:
        """The number in the Trailer, qualified."""
        return self._qualified("RecordCount")

    def _qualified(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"


VOTER_RECORD_UPDATE_BATCH: Final = RecordFileKind(
    namespace="urn:votecal:voter-record-update-batch:v1",
    root="VoterRecordUpdateBatch",
    record="Record",
    schema_file="voter-record-update-batch.xsd",
)
DMV_COA_FILE: Final = RecordFileKind(namespace="urn:votecal:dmv-coa-file:v1", root="DmvCoaFile", record="DmvRecord", schema_file="dmv-coa-file.xsd")
