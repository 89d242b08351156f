"""The operations of EMS Integration on one voter's record, tried on the voter of a match case that waits."""

import base64
import hashlib
from collections.abc import Callable
from typing import Final

from votecal_soap.clock import legal_date
from votecal_soap.contract.client_envelope import text_of
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.county.vendor_check.made_up import registration, registration_of
from votecal_soap.county.vendor_check.visit import EMS, NotTried, Visit

BASIS: Final = "A conformance run of the vendor's."
IMAGE: Final = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGq1O0wAAAABJRU5ErkJggg==")
"""A PNG of one dot."""


def get_reference_data(visit: Visit) -> None:
    """One small table."""
    visit.ask(EMS, "GetReferenceData", branch("ReferenceQueries", branch("ReferenceQuery", leaf("ReferenceKind", "Gender"))))


def get_synchronization_digest(visit: Visit) -> None:
    """Of the first records."""
    visit.ask(EMS, "GetSynchronizationDigest", leaf("SynchronizationScope", "Status"), leaf("GroupSize", 50))


def list_differences(visit: Visit) -> None:
    """As if the county had no records: all of them are missing there."""
    visit.ask(EMS, "ListDifferences", leaf("SynchronizationScope", "Status"), "<CountyRecords/>", leaf("MaximumDifferences", 2))


def get_voter(visit: Visit) -> None:
    """Registration and identity."""
    sections = branch("VoterSections", *(leaf("VoterSection", name) for name in ("Registration", "Identity")))
    answer = visit.ask(EMS, "GetVoter", leaf("StateVoterId", _voter(visit)), sections)
    visit.kept["version"] = int(text_of(answer, "VoterRecord/CurrentVersion"))


def update_voter(visit: Visit) -> None:
    """Another phone number; a refusal is an answer too."""
    if "version" not in visit.kept:
        raise NotTried("No voter was read before it.")
    seen = (leaf("StateVoterId", _voter(visit)), leaf("BaseVersion", visit.kept["version"]))
    visit.ask(
        EMS, "UpdateVoter", leaf("TransactionId", visit.transaction("update")), *seen, branch("Registration", leaf("Phone", "9165550100")), leaf("Basis", BASIS)
    )


def add_voter_activity(visit: Visit) -> None:
    """The voter called."""
    activity = (leaf("CountyActivity", "VoterContacted"), leaf("ActivityDate", _today(visit)), leaf("Basis", BASIS))
    visit.ask(EMS, "AddVoterActivity", leaf("TransactionId", visit.transaction("activity")), leaf("StateVoterId", _voter(visit)), *activity)


def confirm_vnc_printed(visit: Visit) -> None:
    """A card was printed; that none was due is an answer too."""
    cards = branch("PrintedCards", branch("PrintedCard", leaf("StateVoterId", _voter(visit))))
    visit.ask(EMS, "ConfirmVncPrinted", leaf("TransactionId", visit.transaction("cards")), leaf("PrintedOn", _today(visit)), cards)


def attach_image(visit: Visit) -> None:
    """A signature of one dot."""
    kind = (leaf("DocumentKind", "SignatureImage"), leaf("MediaType", "image/png"), leaf("ReceivedOn", _today(visit)))
    content = (leaf("ByteCount", len(IMAGE)), leaf("Sha256", hashlib.sha256(IMAGE).hexdigest()), leaf("Content", base64.b64encode(IMAGE).decode()))
    answer = visit.ask(EMS, "AttachImage", leaf("TransactionId", visit.transaction("image")), leaf("StateVoterId", _voter(visit)), *kind, *content)
    visit.kept["image"] = text_of(answer, "ImageResult/VoterEntryId")


def get_image(visit: Visit) -> None:
    """The same again."""
    if not visit.kept.get("image"):
        raise NotTried("No image was attached before it.")
    visit.ask(EMS, "GetImage", leaf("StateVoterId", _voter(visit)), leaf("VoterEntryId", visit.kept["image"]))


def enter_declined_voter(visit: Visit) -> None:
    """Somebody who may not register; a refusal is an answer too."""
    parts = (leaf("EmsVoterId", f"DECLINED-{visit.stamp}"[:20]), registration(visit.stamp, "Declined"), leaf("DeclineReason", "Under age"))
    visit.ask(EMS, "EnterDeclinedVoter", leaf("TransactionId", visit.transaction("declined")), *parts)


def transfer_voter(visit: Visit) -> None:
    """A voter of another county's registers here; a refusal is an answer too."""
    for message in visit.messages_of("PotentialDuplicate"):
        other = message.find("{*}MatchNotice/{*}Duplicate/{*}OtherVoter")
        if other is not None and text_of(other, "CountyCode") != visit.kept.get("county"):
            break
    else:
        raise NotTried("No voter of another county's is known here; a sandbox has some.")
    seen = (leaf("StateVoterId", text_of(other, "StateVoterId")), leaf("BaseVersion", int(text_of(other, "RecordVersion"))))
    person = (text_of(other, name) for name in ("FirstName", "LastName", "DateOfBirth"))
    new = (leaf("EmsVoterId", f"MOVED-{visit.stamp}"[:20]), registration_of(*person), leaf("Basis", BASIS))
    visit.ask(EMS, "TransferVoter", leaf("TransactionId", visit.transaction("transfer")), *seen, *new)


READING: Final[tuple[tuple[str, Callable[[Visit], None], bool], ...]] = (
    ("GetReferenceData", get_reference_data, False),
    ("GetSynchronizationDigest", get_synchronization_digest, False),
    ("ListDifferences", list_differences, False),
    ("GetVoter", get_voter, False),
)
CHANGING: Final[tuple[tuple[str, Callable[[Visit], None], bool], ...]] = (
    ("UpdateVoter", update_voter, True),
    ("AddVoterActivity", add_voter_activity, True),
    ("ConfirmVncPrinted", confirm_vnc_printed, True),
    ("AttachImage", attach_image, True),
    ("GetImage", get_image, True),
    ("EnterDeclinedVoter", enter_declined_voter, True),
    ("TransferVoter", transfer_voter, True),
)
"""Name in the WSDL, how it is tried, and whether that changes records, or stands on what does."""


def _voter(visit: Visit) -> str:
    notices = visit.kept.get("notices")
    if not notices:
        raise NotTried("No match case of DMV's is open, whose voter could be looked at; a sandbox has some.")
    return text_of(notices[0], "Voter/StateVoterId")


def _today(visit: Visit) -> str:
    return legal_date(visit.clock.now()).isoformat()
