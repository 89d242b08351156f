"""An EMS in Python with suds-community: pip install suds-community."""

import base64
import hashlib
import json
import sys
from pathlib import Path

from suds import WebFault
from suds.client import Client
from suds.wsse import Security, UsernameToken

url, username, secret, batch_file, record_count, first_name, last_name, date_of_birth = sys.argv[1:]
security = Security()
security.tokens.append(UsernameToken(username, secret))


def connect(service):
    # Without `cache=None` suds keeps a WSDL for a day, and prettyxml would send blanks inside of values.
    return Client(f"{url}/soap/{service}?wsdl", wsse=security, cache=None)


ems_client, des_client = connect("ems-integration"), connect("batch-data-exchange")
ems, des = ems_client.service, des_client.service


def say(step, **seen):
    print(json.dumps({"step": step, **{name: None if value is None else str(value) for name, value in seen.items()}}), flush=True)


def say_fault(step, call, *arguments, **parts):
    """What a program branches on stands in the fault's detail."""
    try:
        call(*arguments, **parts)
    except WebFault as error:
        fault = error.fault.detail.VoteCalFault
        say(step, code=fault.Code, name=fault.Name, retryable=str(fault.Retryable).lower())
    else:
        say(step, code=None)


def call():
    ping = ems.Ping()
    say("ping", contract=ping.ContractVersion, county=ping.CountyCode)

    page = ems.ListMatchCases({"CaseState": ["Open"]}, {"CaseType": ["DmvCoa"]})
    case = page.MatchNotices.MatchNotice[0]
    voter = case.Voter
    say(
        "list",
        case_id=case.MatchCaseId,
        due_on=case.DueOn,
        first_name=voter.FirstName,
        middle_name=voter.MiddleName,
        last_name=voter.LastName,
        # suds leaves an absent element out of its object.
        suffix=getattr(voter, "Suffix", None),
        date_of_birth=voter.DateOfBirth,
        contributions=" ".join(f"{criterion.Contribution:.2f}" for criterion in case.Criteria.Criterion),
        more=str(page.MoreMatchCases).lower(),
    )

    registration = {
        "Name": {"FirstName": first_name, "LastName": last_name, "MiddleName": "O'Brien & Łuk"},
        "DateOfBirth": date_of_birth,
        "ResidenceAddress": {"HouseNumber": "12", "StreetName": "River", "StreetType": "AVE", "City": "Sacramento", "State": "CA", "ZipCode": "95814"},
        "RegistrationDate": "2026-01-05",
    }
    registered = ems.RegisterVoter(f"{username}-register", "CLIENT-1", registration)
    say("register", outcome=registered.RegistrationOutcome, state_voter_id=registered.StateVoterId, record_version=registered.RecordVersion)
    # Sent again after a broken connection: the same answer, and nobody registered twice.
    say("resend", state_voter_id=ems.RegisterVoter(f"{username}-register", "CLIENT-1", registration).StateVoterId)
    say_fault("reused_id", ems.RegisterVoter, f"{username}-register", "CLIENT-2", registration)

    # BaseVersion is the version that the county saw: a change at the state meanwhile is not overwritten.
    changed = {"StateVoterId": voter.StateVoterId, "BaseVersion": voter.RecordVersion, "Registration": {"Phone": "9165550100"}}
    updated = ems.UpdateVoter(TransactionId=f"{username}-update", **changed)
    say("update", outcome=updated.Outcome, record_version=updated.RecordVersion)

    word = {"MatchCaseId": case.MatchCaseId, "ExpectedVersion": case.CaseVersion, "Decision": "Accept", "Basis": "Signature agrees – «certain» ✓"}
    decided = ems.DecideMatchCase(TransactionId=f"{username}-decide", **word)
    say("decide", state=decided.CaseState, case_version=decided.CaseVersion, record_version=decided.RecordVersion)
    say_fault("conflict", ems.DecideMatchCase, TransactionId=f"{username}-late", **word)

    say_fault("not_found", ems.GetMatchCase, 9_000_000_000)
    ems_client.set_options(wsse=None)
    say_fault("no_credentials", ems.Ping)
    ems_client.set_options(wsse=security)

    queue = ems.GetMessageQueue(MaximumMessages=5, IncludeDetail=True)
    headers = [message.MessageHeader for message in queue.Messages.Message]
    say("queue", types=" ".join(header.MessageType for header in headers), remaining=queue.MessagesRemaining)
    cleared = ems.ClearMessages({"Clearance": [{"MessageId": header.MessageId, "ClearOutcome": "Processed"} for header in headers]})
    say("clear", results=" ".join(result.ClearResult for result in cleared.ClearedMessage))
    say("poll", remaining=ems.GetMessageQueue(MaximumMessages=5).MessagesRemaining)

    job = des.GetPendingJobs().PendingJob[0]
    des.AcknowledgeJob(job.JobId, "Started")
    content = Path(batch_file).read_bytes()
    begun = des.BeginUpload(job.JobId, len(content), hashlib.sha256(content).hexdigest(), record_count, "None")
    upload, offset = begun.UploadProgress.UploadId, begun.UploadProgress.NextOffset
    while offset < len(content):
        # The answer names the next offset: after a break, GetUploadStatus does.
        chunk = content[offset : offset + begun.ChunkByteLimit]
        offset = des.AppendChunk(upload, offset, base64.b64encode(chunk).decode()).NextOffset
    say("upload", job_id=job.JobId, next_offset=des.GetUploadStatus(upload).NextOffset, job_state=des.CompleteUpload(upload).JobState)


call()
