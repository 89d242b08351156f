"""An EMS in Python with zeep: pip install zeep."""

import hashlib
import json
import sys
from pathlib import Path

import zeep
from zeep.wsse.username import UsernameToken

url, username, secret, batch_file, record_count, first_name, last_name, date_of_birth = sys.argv[1:]
token = UsernameToken(username, secret)
# Made once: reading a WSDL takes longer than a call. `strict` refuses an answer that is not as the WSDL says.
ems_client = zeep.Client(f"{url}/soap/ems-integration?wsdl", wsse=token, settings=zeep.Settings(strict=True))
ems = ems_client.service
des = zeep.Client(f"{url}/soap/batch-data-exchange?wsdl", wsse=token, settings=zeep.Settings(strict=True)).service


def say(step, **seen):
    print(json.dumps({"step": step, **{name: None if value is None else str(value) for name, value in seen.items()}}), flush=True)


def say_fault(step, call, *arguments, **parts):
    """What a program branches on stands in the fault's detail."""
    try:
        call(*arguments, **parts)
    except zeep.exceptions.Fault as fault:
        detail = fault.detail.find("{*}VoteCalFault")
        say(step, **{name.lower(): detail.findtext("{*}" + name) for name in ("Code", "Name", "Retryable")})
    else:
        say(step, code=None)


def call():
    ping = ems.Ping()
    say("ping", contract=ping.ContractVersion, county=ping.CountyCode)

    page = ems.ListMatchCases(CaseStates={"CaseState": ["Open"]}, CaseTypes={"CaseType": ["DmvCoa"]})
    case = page.MatchNotices.MatchNotice[0]
    say(
        "list",
        case_id=case.MatchCaseId,
        due_on=case.DueOn,
        first_name=case.Voter.FirstName,
        middle_name=case.Voter.MiddleName,
        last_name=case.Voter.LastName,
        suffix=case.Voter.Suffix,
        date_of_birth=case.Voter.DateOfBirth,
        contributions=" ".join(f"{criterion.Contribution:.2f}" for criterion in case.Criteria.Criterion),
        more=str(page.MoreMatchCases).lower(),
    )

    registration = {
        "Name": {"FirstName": first_name, "LastName": last_name, "MiddleName": "O'Brien & Łuk"},
        "DateOfBirth": date_of_birth,
        "ResidenceAddress": {"HouseNumber": "12", "StreetName": "River", "StreetType": "AVE", "City": "Sacramento", "State": "CA", "ZipCode": "95814"},
        "RegistrationDate": "2026-01-05",
    }
    new = {"TransactionId": f"{username}-register", "EmsVoterId": "CLIENT-1", "Registration": registration}
    registered = ems.RegisterVoter(**new)
    say("register", outcome=registered.RegistrationOutcome, state_voter_id=registered.StateVoterId, record_version=registered.RecordVersion)
    # Sent again after a broken connection: the same answer, and nobody registered twice.
    say("resend", state_voter_id=ems.RegisterVoter(**new).StateVoterId)
    say_fault("reused_id", ems.RegisterVoter, **(new | {"EmsVoterId": "CLIENT-2"}))

    # BaseVersion is the version that the county saw: a change at the state meanwhile is not overwritten.
    changed = {"StateVoterId": case.Voter.StateVoterId, "BaseVersion": case.Voter.RecordVersion, "Registration": {"Phone": "9165550100"}}
    updated = ems.UpdateVoter(TransactionId=f"{username}-update", **changed)
    say("update", outcome=updated.Outcome, record_version=updated.RecordVersion)

    word = {"MatchCaseId": case.MatchCaseId, "ExpectedVersion": case.CaseVersion, "Decision": "Accept", "Basis": "Signature agrees – «certain» ✓"}
    decided = ems.DecideMatchCase(TransactionId=f"{username}-decide", **word)
    say("decide", state=decided.CaseState, case_version=decided.CaseVersion, record_version=decided.RecordVersion)
    say_fault("conflict", ems.DecideMatchCase, TransactionId=f"{username}-late", **word)

    say_fault("not_found", ems.GetMatchCase, 9_000_000_000)
    ems_client.wsse = None
    say_fault("no_credentials", ems.Ping)
    ems_client.wsse = token

    queue = ems.GetMessageQueue(MaximumMessages=5, IncludeDetail=True)
    headers = [message.MessageHeader for message in queue.Messages.Message]
    say("queue", types=" ".join(header.MessageType for header in headers), remaining=queue.MessagesRemaining)
    clearances = [{"MessageId": header.MessageId, "ClearOutcome": "Processed"} for header in headers]
    cleared = ems.ClearMessages(Clearances={"Clearance": clearances})
    say("clear", results=" ".join(result.ClearResult for result in cleared))
    say("poll", remaining=ems.GetMessageQueue(MaximumMessages=5).MessagesRemaining)

    job = des.GetPendingJobs()[0]
    des.AcknowledgeJob(JobId=job.JobId, JobDecision="Started")
    content = Path(batch_file).read_bytes()
    announced = {"ByteCount": len(content), "Sha256": hashlib.sha256(content).hexdigest(), "RecordCount": record_count, "Compression": "None"}
    begun = des.BeginUpload(JobId=job.JobId, **announced)
    upload, offset = begun.UploadProgress.UploadId, begun.UploadProgress.NextOffset
    while offset < len(content):
        # The answer names the next offset: after a break, GetUploadStatus does.
        offset = des.AppendChunk(UploadId=upload, Offset=offset, Content=content[offset : offset + begun.ChunkByteLimit]).NextOffset
    say("upload", job_id=job.JobId, next_offset=des.GetUploadStatus(UploadId=upload).NextOffset, job_state=des.CompleteUpload(UploadId=upload).JobState)


call()
