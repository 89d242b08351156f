"""A county's file that holds every outcome, and a state that is prepared for them."""

from votecal_soap.contract.batch_writer import WireRecord
from votecal_soap.synthetic.batch_truth import Truth
from votecal_soap.synthetic.batches import BatchSpec, generate_batch
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.plant import plant
from votecal_soap.synthetic.scenarios import plan_batch, voters_in

from .installation import COUNTY, ELECTION, KINDS, OTHER_COUNTY, OTHER_VOTERS, SEED, Installation, load_counties


def planted_batch(installation: Installation, job_id: int, record_count: int) -> tuple[list[WireRecord], list[Truth], int]:
    """The records, what must come of each, and how many voters the county has."""
    plan = plan_batch(record_count, KINDS, with_other_county=True)
    voters = voters_in(plan)
    load_counties(installation, voters)
    spec = BatchSpec(
        county_code=COUNTY,
        seed=SEED,
        job_id=job_id,
        election_id=ELECTION,
        authorised=KINDS,
        plan=plan,
        other_countys_uids=[voter.state_voter_id for voter in installation.known_voters(OTHER_COUNTY, OTHER_VOTERS)],
        codes=load_county_codes(),
    )
    made = list(generate_batch(spec, installation.known_voters(COUNTY, voters)))
    records, truths = [record for record, _ in made], [truth for _, truth in made]
    plant(truths, installation.application.unit_of_work, installation.application.clock.now())
    return records, truths, voters
