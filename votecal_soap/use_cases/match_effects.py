"""What decisions on matches do to voters and tell counties, gathered and then written in a few bulks (OPS-04, S10.11).

A voter's record is carried along: each change makes a version, each message takes the voter's next number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.due_dates import due_on
from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.domain.match_cases import MailingKind, TransferOut
from votecal_soap.domain.sos_work_items import NewSosWorkItem
from votecal_soap.domain.voters import FIELD_INDEX, Voter
from votecal_soap.use_cases.audit_trail import change_entry
from votecal_soap.use_cases.ports import AuditEntry, NewActivity, UnitOfWork, VoterChange

BASIS_LENGTH: Final = 400
"""Of an activity's basis the first characters are kept: a county may say more, and messages and the audit trail hold the whole."""


class MatchEffects:
    """Voters locked in this transaction, as they stand after what was gathered. The day is California's."""

    def __init__(self, voters: Iterable[Voter], *, actor: str, at: datetime, day: date, job_id: int | None = None) -> None:
        """Begin with the voters as they are."""
        self.actor = actor
        self.at = at
        self.voters: dict[int, Voter] = {int(voter.state_voter_id): voter for voter in voters}
        self.transfers: list[TransferOut] = []
        self.day = day
        self._job_id = job_id
        self._counties = {uid: voter.county_code for uid, voter in self.voters.items()}
        self._before = dict(self.voters)
        self._changed: dict[int, tuple[str, ...]] = {}
        self._closed: list[VoterChange] = []
        self._activities: list[NewActivity] = []
        self._messages: list[NewMessage] = []
        self._mailings: list[tuple[MailingKind, str | None, int | None, int | None, str | None]] = []
        self._signatures: list[tuple[int, int]] = []
        self._sos_items: list[NewSosWorkItem] = []
        self._audit: list[AuditEntry] = []

    @property
    def moved(self) -> dict[int, str]:
        """The county that each voter had before, of those who are another's now."""
        return {uid: county for uid, county in self._counties.items() if self.voters[uid].county_code != county}

    def change(self, change: Change, action: str) -> None:
        """Take a voter's next record; old and new values go into the audit trail (OPS-02)."""
        after, changed = change
        uid = int(after.state_voter_id)
        before, self.voters[uid] = self.voters[uid], after
        if uid in self._changed:
            # Each version has its own row: the one before is closed here.
            self._closed.append(VoterChange(self._before[uid], before, self._changed[uid]))
            self._before[uid] = before
        self._changed[uid] = changed
        self.audit(action, ("Voter", uid), after.county_code, old=_values(before, changed), new=_values(after, changed))

    def note(self, state_voter_id: int, activity_type: str, basis: str) -> None:
        """Append to a voter's activity history."""
        voter = self.voters[state_voter_id]
        self._activities.append(NewActivity(state_voter_id, voter.county_code, activity_type, self.day, basis[:BASIS_LENGTH], voter.version, self._job_id))

    def tell(
        self,
        county_code: str,
        message_type: MessageType,
        payload: str,
        *,
        dedup_key: str,
        state_voter_id: int | None = None,
        ems_voter_id: str | None = None,
        record_sequence: int | None = None,
        blocks_updates: bool = False,
    ) -> None:
        """Queue a message, about a voter or about nobody known; the place in the file is told of a job's file only."""
        voter = None if state_voter_id is None else self._numbered(state_voter_id)
        self._messages.append(
            NewMessage(
                county_code=county_code,
                message_type=message_type,
                dedup_key=dedup_key,
                payload=payload,
                blocks_updates=int(blocks_updates),
                state_voter_id=state_voter_id,
                voter_sequence=voter and voter.message_sequence,
                ems_voter_id=ems_voter_id,
                record_version=voter and voter.version,
                job_id=self._job_id,
                record_sequence=record_sequence if self._job_id is not None else None,
            )
        )

    def mail(
        self, kind: MailingKind, county_code: str | None, *, state_voter_id: int | None = None, work_item_id: int | None, comment: str | None = None
    ) -> None:
        """Have a letter sent."""
        self._mailings.append((kind, county_code, state_voter_id, work_item_id, comment))

    def keep_signature(self, state_voter_id: int, signature_id: int) -> None:
        """The voter's signature is this image from now on."""
        self._signatures.append((state_voter_id, signature_id))

    def ask_sos(self, item: NewSosWorkItem) -> None:
        """Open a work item of SOS, due in as many business days after its `due_on` as a county has."""
        self._sos_items.append(item)

    def audit(self, action: str, subject: tuple[str, int], county_code: str | None, *, old: Mapping[str, object], new: Mapping[str, object]) -> None:
        """Append to the audit trail."""
        self._audit.append(change_entry(at=self.at, actor=self.actor, action=action, subject=subject, county_code=county_code, old=old, new=new))

    def write(self, uow: UnitOfWork) -> None:
        """Write all of it; cases and work items that it names are there already."""
        uow.voters.save_changes(self._changes(), self.at, self._job_id)
        uow.voters.add_activities(self._activities, self.at)
        uow.messages.add(self._messages, self.at)
        uow.match_cases.add_transfers(self.transfers)
        uow.mailings.add(self._mailings, self.at)
        uow.work_items.keep_signature_of(self._signatures, self.at)
        if self._sos_items:
            holidays = uow.matching.holidays()
            uow.sos_items.open([item._replace(due_on=due_on(item.due_on, holidays)) for item in self._sos_items], self.at)
        uow.audit.add(self._audit)

    def _numbered(self, state_voter_id: int) -> Voter:
        voter = self.voters[state_voter_id]
        numbered = self.voters[state_voter_id] = voter._replace(message_sequence=voter.message_sequence + 1)
        return numbered

    def _changes(self) -> list[VoterChange]:
        last = [VoterChange(self._before[uid], after, self._changed.get(uid, ())) for uid, after in self.voters.items() if after is not self._before[uid]]
        return self._closed + last


def _values(voter: Voter, names: Sequence[str]) -> dict[str, object]:
    return {name: voter[FIELD_INDEX[name]] for name in names}
