"""Records that were merged: an old UID resolves to the newer record, as far as the merges go (DLR-12)."""

from collections.abc import Sequence

from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.ports import UnitOfWork


def current_records(uow: UnitOfWork, state_voter_ids: Sequence[int]) -> dict[int, Voter]:
    """The record in force for each UID asked for; one that was never given is left out."""
    standing = {uid: uid for uid in state_voter_ids}
    found: dict[int, Voter] = {}
    # Each round follows one merge of each record: as many rounds as the longest chain, which is short.
    while wanted := sorted(set(standing.values()) - found.keys()):
        fetched = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id(wanted)}
        standing = {uid: at for uid, at in standing.items() if at in found or at in fetched}
        found |= fetched
        standing = {uid: found[at].merged_into or at for uid, at in standing.items()}
    return {uid: found[at] for uid, at in standing.items()}
