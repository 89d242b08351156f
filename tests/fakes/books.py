"""Uploads, reference data, audit, loads and identity requests in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fakes.state import FakeState

from votecal_soap.domain.counties import County, Credential, Election, Precinct, StaffUser
from votecal_soap.domain.jobs import FINISHED_STATES, JobState
from votecal_soap.domain.uploads import Upload, UploadState
from votecal_soap.use_cases.ports import AuditEntry, IdentityRequest, LoadProgress


class FakeUploadRepository:
    """See `ports.UploadRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def add(self, **announced: Any) -> Upload:
        upload_id = self._state.next_number("upload")
        fresh = {"state": UploadState.OPEN, "received_bytes": 0, "token_hash": None, "token_expires_at": None, "completed_at": None, "purged_at": None}
        self._state.uploads[upload_id] = Upload(upload_id=upload_id, **fresh, **announced)
        return self._state.uploads[upload_id]

    def get(self, upload_id: int, *, lock: bool = False) -> Upload | None:
        return self._state.uploads.get(upload_id)

    def latest(self, job_id: int, *, lock: bool = False) -> Upload | None:
        mine = [upload for upload in self._state.uploads.values() if upload.job_id == job_id and upload.state is not UploadState.ABANDONED]
        return max(mine, key=lambda upload: (upload.begun_at, upload.upload_id), default=None)

    def set_token(self, upload_id: int, token_hash: str, expires_at: datetime) -> None:
        self._change(upload_id, token_hash=token_hash, token_expires_at=expires_at)

    def set_received(self, upload_id: int, received_bytes: int) -> None:
        self._change(upload_id, received_bytes=received_bytes)

    def complete(self, upload_id: int, at: datetime) -> None:
        self._change(upload_id, state=UploadState.COMPLETE, completed_at=at, token_hash=None, token_expires_at=None)

    def abandon(self, upload_id: int) -> None:
        self._change(upload_id, state=UploadState.ABANDONED, token_hash=None, token_expires_at=None)

    def finished_before(self, instant: datetime, limit: int) -> list[Upload]:
        return [upload for _, upload in sorted(self._state.uploads.items()) if self._is_due(upload, instant)][:limit]

    def set_purged(self, upload_id: int, at: datetime) -> None:
        self._change(upload_id, purged_at=at)

    def _is_due(self, upload: Upload, instant: datetime) -> bool:
        if upload.purged_at is not None or any(kept.run.upload_id == upload.upload_id and not kept.run.state.is_finished for kept in self._state.runs.values()):
            return False
        wants_none = self._state.jobs[upload.job_id].state in (*FINISHED_STATES, JobState.FILE_REFUSED)
        return (upload.state is UploadState.ABANDONED or wants_none) and (upload.completed_at or upload.begun_at) < instant

    def _change(self, upload_id: int, **values: Any) -> None:
        self._state.uploads[upload_id] = replace(self._state.uploads[upload_id], **values)


class FakeReferenceRepository:
    """See `ports.ReferenceRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def counties(self) -> list[County]:
        return [county for _, county in sorted(self._state.counties.items())]

    def county(self, county_code: str) -> County | None:
        return self._state.counties.get(county_code)

    def save_counties(self, counties: Iterable[County]) -> int:
        rows = {county.county_code: county for county in counties}
        self._state.counties.update(rows)
        return len(rows)

    def credential(self, username: str) -> Credential | None:
        return self._state.credentials.get(username)

    def credentials(self, county_code: str | None = None) -> list[Credential]:
        return [item for _, item in sorted(self._state.credentials.items()) if county_code in (None, item.county_code)]

    def credential_by_certificate(self, subject: str) -> Credential | None:
        bound = [item for item in self.credentials() if item.certificate_subject == subject]
        in_force = [item for item in bound if item.revoked_at is None]
        return max(in_force or bound, key=lambda item: item.expires_at or datetime.max.replace(tzinfo=UTC), default=None)

    def save_credential(self, credential: Credential) -> None:
        self._state.credentials[credential.username] = credential

    def staff_user(self, user_name: str) -> StaffUser | None:
        return self._state.people.get(user_name)

    def staff_users(self) -> list[StaffUser]:
        return [person for _, person in sorted(self._state.people.items())]

    def save_staff_user(self, user: StaffUser) -> None:
        self._state.people[user.user_name] = user

    def elections(self) -> list[Election]:
        return [election for _, election in sorted(self._state.elections.items())]

    def save_elections(self, elections: Iterable[Election]) -> int:
        rows = {election.election_id: election for election in elections}
        self._state.elections.update(rows)
        return len(rows)

    def precinct_codes(self, county_code: str) -> frozenset[str]:
        return frozenset(code for county, code in self._state.precincts if county == county_code)

    def precinct_names(self, county_code: str) -> dict[str, str | None]:
        return {code: precinct.name for (county, code), precinct in self._state.precincts.items() if county == county_code}

    def save_precincts(self, precincts: Iterable[Precinct]) -> int:
        rows = {(precinct.county_code, precinct.precinct_code): precinct for precinct in precincts}
        self._state.precincts.update(rows)
        return len(rows)

    def codes(self, kind: str) -> dict[str, str]:
        return {code: name for (of, code), name in self._state.codes.items() if of == kind}

    def save_codes(self, kind: str, codes: Mapping[str, str]) -> int:
        self._state.codes.update({(kind, code): name for code, name in codes.items()})
        return len(codes)

    def rules_text(self, county_code: str) -> str | None:
        return self._state.rules.get(county_code)

    def save_rules_text(self, county_code: str, text: str) -> None:
        self._state.rules[county_code] = text


class FakeAuditRepository:
    """See `ports.AuditRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def add(self, entries: Sequence[AuditEntry]) -> None:
        self._state.audit.extend(entries)


class FakeLoadRepository:
    """See `ports.LoadRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def progress(self, county_code: str, sha256: str) -> LoadProgress:
        return self._state.loads.get((county_code, sha256), LoadProgress())

    def save_progress(self, county_code: str, sha256: str, progress: LoadProgress) -> None:
        self._state.loads[county_code, sha256] = progress


class FakeIdentityRepository:
    """See `ports.IdentityRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def add(self, rows: Sequence[tuple[int, str]], export_name: str, at: datetime) -> list[IdentityRequest]:
        waiting = {(request.state_voter_id, request.kind) for request in self._state.identity.values() if request.answered_at is None}
        opened = []
        for state_voter_id, kind in dict.fromkeys(rows):
            if (state_voter_id, kind) not in waiting:
                request_id = self._state.next_number("identity")
                self._state.identity[request_id] = IdentityRequest(request_id, state_voter_id, kind, export_name, at, None, None)
                opened.append(self._state.identity[request_id])
        return opened

    def by_ids(self, request_ids: Sequence[int]) -> dict[int, IdentityRequest]:
        return {key: self._state.identity[key] for key in request_ids if key in self._state.identity}

    def answer(self, rows: Sequence[tuple[int, str]], at: datetime) -> None:
        for request_id, answer in rows:
            request = self._state.identity.get(request_id)
            if request is not None and request.answered_at is None:
                self._state.identity[request_id] = request._replace(answered_at=at, answer=answer)
