"""EWS-12 A county reads an image or another document of a voter of its own, part by part (S2.20 to S2.24)."""

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.confidentiality import is_confidential
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.images import PART_BYTES, UNASKED_BYTES, ImagePart, ImageQuery
from votecal_soap.domain.voter_children import Document
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.own_voters import own_voter
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory


def get_image(query: ImageQuery, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> ImagePart:
    """Some bytes of it; a look at a confidential voter's is audited, once an image (OPS-02).

    Raises:
        NotFound: VOTER_NOT_FOUND, also for another county's voter; IMAGE_NOT_FOUND.
    """
    if query.limit is not None and not 1 <= query.limit <= PART_BYTES:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A part has 1 to {PART_BYTES} bytes.", ref="MaximumBytes")
    with unit_of_work(read_only=True) as uow:
        voter = own_voter(uow, query.state_voter_id, caller)
        part = _part(uow, query, int(voter.state_voter_id))
    if query.offset == 0 and is_confidential(voter, legal_date(clock.now())):
        _audit(part, int(voter.state_voter_id), caller, unit_of_work, clock)
    return part


def _part(uow: UnitOfWork, query: ImageQuery, state_voter_id: int) -> ImagePart:
    children = uow.children.of_voters([state_voter_id])
    found = next((child.content for child in children if child.source == query.entry_id and child.in_force and isinstance(child.content, Document)), None)
    if not isinstance(found, Document):
        raise NotFound(ErrorCode.IMAGE_NOT_FOUND, "The voter has no such image.", ref="VoterEntryId")
    size = uow.children.document_sizes(state_voter_id, [found.sha256]).get(found.sha256, 0)
    if not 0 <= query.offset < max(size, 1):
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"The image has {size} bytes.", ref="Offset")
    content = uow.children.document_part(state_voter_id, found.sha256, query.offset, query.limit or UNASKED_BYTES)
    return ImagePart(query.entry_id, found, size, query.offset, content)


def _audit(part: ImagePart, state_voter_id: int, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    with unit_of_work() as uow:
        subject, told = ("Voter", state_voter_id), {"image": part.entry_id}
        record_change(uow, at=clock.now(), actor=actor(caller), action="ViewVoter", subject=subject, county_code=caller.county_code, new=told)
        uow.commit()
