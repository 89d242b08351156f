"""DMV in a sandbox: asked about every number that waits, it answers for some voters (IDV-01)."""

from collections.abc import Iterable

from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.contract.identity_file_reader import read_requests
from votecal_soap.synthetic.dmv_simulator import answer_requests
from votecal_soap.use_cases.export_identity_requests import ExportIdentityRequests, export_identity_requests
from votecal_soap.use_cases.import_identity_answers import ImportIdentityAnswers, import_identity_answers


def let_dmv_answer(application: Application, state_voter_ids: Iterable[int], actor: str) -> None:
    """Export what waits, and import DMV's answers for these voters."""
    key, wanted = application.config.credential_key.encode(), frozenset(state_voter_ids)
    asked = ExportIdentityRequests(directory=application.config.export_dir, digest_key=key, actor=actor)
    for export in export_identity_requests(asked, application.unit_of_work, application.clock):
        answers = export.path.with_name(f"answers-{export.path.name}")
        now = application.clock.now()
        checks = [check.request_id for check in read_requests(export.path)]
        with application.unit_of_work(read_only=True) as uow:
            ours = {request_id for request_id, request in uow.identity.by_ids(checks).items() if request.state_voter_id in wanted}
        answer_requests(export.path, answers, now, legal_date(now), only=ours)
        import_identity_answers(ImportIdentityAnswers(file=answers, digest_key=key, actor=actor), application.unit_of_work, application.clock)
