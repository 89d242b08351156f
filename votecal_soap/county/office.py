"""What the county side works with: its EMS, a place for files, and how patient it is."""

from dataclasses import dataclass
from pathlib import Path

from votecal_soap.clock import Clock
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.extract import Extract, extract
from votecal_soap.county.progress import Tell
from votecal_soap.county.retry import Retry
from votecal_soap.county.upload import PIECE_BYTES
from votecal_soap.domain.uploads import Compression


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One county's means. `tell` hears of progress; `piece_bytes` is one PUT of the fast lane."""

    ems: EmsDatabase
    work_dir: Path
    clock: Clock
    retry: Retry
    tell: Tell
    compression: Compression = Compression.NONE
    piece_bytes: int = PIECE_BYTES
    extract: Extract = extract
