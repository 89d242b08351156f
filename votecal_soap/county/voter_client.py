"""Voters' records of the EMS Integration service over SOAP (EWS-09, EWS-10, EWS-11, EWS-12)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from votecal_soap.contract.batch_elements import GROUP_PARTS, REGISTRATION_ORDER
from votecal_soap.contract.batch_writer import WireRegistration
from votecal_soap.contract.received_voters import (
    ReceivedChange,
    ReceivedImagePart,
    ReceivedImageProgress,
    ReceivedRecord,
    read_declined,
    read_image_part,
    read_image_progress,
    read_printed_cards,
    read_record,
    read_transfer,
    read_update,
)
from votecal_soap.county.soap_service import SoapService
from votecal_soap.county.state import ChangedVoter, DecidedTransfer, DeclinedRegistration, ImageToSend, MovedVoter
from votecal_soap.domain.county_activities import CountyActivity
from votecal_soap.domain.voter_records import VoterSection


class VoterClient:
    """What a county reads and says of one voter."""

    def __init__(self, integration: SoapService) -> None:
        """Speak to this service."""
        self._integration = integration

    def get_voter(
        self, state_voter_id: int, sections: Collection[VoterSection] = (), *, as_of: date | None = None, version: int | None = None, after: str | None = None
    ) -> ReceivedRecord:
        """A voter's record; without sections those that the contract names."""
        wanted = {"VoterSection": sorted(section.value for section in sections)} if sections else None
        parts = {"StateVoterId": state_voter_id, "VoterSections": wanted, "AsOfDate": as_of, "RecordVersion": version, "AfterVoterEntryId": after}
        return read_record(self._integration.call_unread("GetVoter", **parts))

    def update_voter(self, transaction_id: str, changed: ChangedVoter) -> ReceivedChange:
        """Update a voter of the county."""
        named = {"StateVoterId": changed.state_voter_id, "EmsVoterId": changed.ems_voter_id, "BaseVersion": changed.base_version}
        given = {"Registration": registration_parts(changed.registration), "Basis": changed.basis}
        return read_update(self._integration.call_unread("UpdateVoter", TransactionId=transaction_id, **named, **given))

    def transfer_voter(self, transaction_id: str, moved: MovedVoter) -> ReceivedChange:
        """Take a voter of another county over."""
        named = {"StateVoterId": moved.state_voter_id, "BaseVersion": moved.base_version, "EmsVoterId": moved.ems_voter_id}
        given = {"Registration": _filled(registration_parts(moved.registration)), "Basis": moved.basis}
        return read_transfer(self._integration.call_unread("TransferVoter", TransactionId=transaction_id, **named, **given))

    def undo_transfer_out(self, transaction_id: str, transfer_id: int, basis: str) -> DecidedTransfer:
        """Say after the acceptance that the person who moved away is somebody else."""
        answer = self._integration.call("UndoTransferOut", TransactionId=transaction_id, TransferId=transfer_id, Basis=basis)
        return DecidedTransfer(state_uid=int(answer.StateVoterId), transfer_state=answer.TransferState, record_version=answer.RecordVersion)

    def enter_declined_voter(self, transaction_id: str, declined: DeclinedRegistration) -> ReceivedChange:
        """Tell of a registration that the county declined."""
        given = {"Registration": _filled(registration_parts(declined.registration)), "DeclineReason": declined.reason}
        return read_declined(self._integration.call_unread("EnterDeclinedVoter", TransactionId=transaction_id, EmsVoterId=declined.ems_voter_id, **given))

    def add_voter_activity(self, transaction_id: str, state_voter_id: int, activity: CountyActivity, on: date, basis: str | None) -> None:
        """Enter something in a voter's activity history."""
        entry = {"StateVoterId": state_voter_id, "CountyActivity": activity.value, "ActivityDate": on, "Basis": basis}
        self._integration.call_unread("AddVoterActivity", TransactionId=transaction_id, **entry)

    def confirm_vnc_printed(self, transaction_id: str, printed_on: date, cards: Sequence[tuple[int, int | None]]) -> dict[int, str]:
        """Tell that notification cards were printed: (UID, version shown); UID to outcome."""
        given = {"PrintedCard": [{"StateVoterId": uid, "RecordVersion": version} for uid, version in cards]}
        return read_printed_cards(self._integration.call_unread("ConfirmVncPrinted", TransactionId=transaction_id, PrintedOn=printed_on, PrintedCards=given))

    def attach_image(self, transaction_id: str, image: ImageToSend, offset: int, content: bytes) -> ReceivedImageProgress:
        """Send a part of an image."""
        about = {"StateVoterId": image.state_voter_id, "DocumentKind": image.kind.value, "MediaType": image.media_type, "Title": image.title}
        whole = {"ReceivedOn": image.received_on, "ByteCount": image.byte_count, "Sha256": image.sha256}
        part = {"Offset": offset, "Content": content}
        return read_image_progress(self._integration.call_unread("AttachImage", TransactionId=transaction_id, **about, **whole, **part))

    def get_image(self, state_voter_id: int, entry_id: str, offset: int, maximum_bytes: int) -> ReceivedImagePart:
        """Some bytes of an image."""
        named = {"StateVoterId": state_voter_id, "VoterEntryId": entry_id}
        return read_image_part(self._integration.call_unread("GetImage", **named, Offset=offset, MaximumBytes=maximum_bytes))


def registration_parts(registration: WireRegistration) -> dict[str, Any]:
    """A registration as zeep takes it: what is None is left out, an empty text clears."""
    return {name: _part(name, value) for name, value in zip(REGISTRATION_ORDER, registration, strict=True) if value is not None}


def _part(name: str, value: Any) -> object:  # noqa: ANN401 - a text or a group of texts
    group = GROUP_PARTS.get(name)
    return value if group is None else {part: text for part, text in zip(group, value, strict=True) if text}


def _filled(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Of a whole affidavit what is empty is left out."""
    return {name: value for name, value in parts.items() if value}
