"""What the log will say of a request; filled while it is answered, by whichever edge answers it."""

from dataclasses import dataclass
from typing import Final


@dataclass(slots=True, kw_only=True)
class CallRecord:
    """One request: its id, what was called, for which county, the code of the error that it met, and whether the payload log had no room for it."""

    correlation_id: str
    operation: str | None = None
    county_code: str | None = None
    fault: str | None = None
    is_payload_dropped: bool = False


RECORD_KEY: Final = "votecal.call_record"
"""Where a request's record is in its WSGI environment."""
