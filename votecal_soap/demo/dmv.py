"""DMV in the demonstration: asked once about everybody, it answers for some voters at a time (IDV-01)."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.contract.identity_file_reader import read_requests
from votecal_soap.demo.state_side import SOS_USER
from votecal_soap.synthetic.dmv_simulator import answer_requests
from votecal_soap.use_cases.export_identity_requests import ExportIdentityRequests, export_identity_requests
from votecal_soap.use_cases.import_identity_answers import ImportIdentityAnswers, import_identity_answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Dmv:
    """The requests that went out, by voter, and the files that they went out in."""

    application: Application
    files: tuple[Path, ...]
    requests: dict[int, list[int]]

    def answer(self, uids: Iterable[int], name: str) -> None:
        """Answer for these voters in one file for each file of requests, and import it as SOS does."""
        wanted = {request_id for uid in uids for request_id in self.requests.get(uid, ())}
        for number, file in enumerate(self.files, 1):
            answers = file.with_name(f"{name}-{number}.xml")
            now = self.application.clock.now()
            answer_requests(file, answers, now, legal_date(now), only=wanted)
            command = ImportIdentityAnswers(file=answers, digest_key=_key(self.application), actor=SOS_USER)
            import_identity_answers(command, self.application.unit_of_work, self.application.clock)


def ask_dmv(application: Application) -> Dmv:
    """Export every pending verification."""
    command = ExportIdentityRequests(directory=application.config.export_dir, digest_key=_key(application), actor=SOS_USER)
    files = tuple(export.path for export in export_identity_requests(command, application.unit_of_work, application.clock))
    request_ids = [check.request_id for file in files for check in read_requests(file)]
    requests: dict[int, list[int]] = {}
    with application.unit_of_work(read_only=True) as uow:
        for request in uow.identity.by_ids(request_ids).values():
            requests.setdefault(request.state_voter_id, []).append(request.request_id)
    return Dmv(application=application, files=files, requests=requests)


def _key(application: Application) -> bytes:
    return application.config.credential_key.encode()
