"""The first calls of an EMS, in 30 lines: pip install zeep; python first_call.py URL USERNAME SECRET FIRST LAST BORN."""

import sys

import zeep
from zeep.wsse.username import UsernameToken

url, username, secret, first_name, last_name, born = sys.argv[1:]
wsdl, token, strict = f"{url}/soap/ems-integration?wsdl", UsernameToken(username, secret), zeep.Settings(strict=True)
ems = zeep.Client(wsdl, wsse=token, settings=strict).service
print("signed in for county", ems.Ping().CountyCode)
cases = ems.ListMatchCases(CaseStates={"CaseState": ["Open"]}).MatchNotices
for case in cases.MatchNotice if cases else []:  # zeep makes None of an empty list
    print("to decide: case", case.MatchCaseId, case.CaseType, "due on", case.DueOn)
registration = {
    "Name": {"FirstName": first_name, "LastName": last_name},
    "DateOfBirth": born,
    "ResidenceAddress": {"HouseNumber": "12", "StreetName": "River", "StreetType": "AVE", "City": "Sacramento", "State": "CA", "ZipCode": "95814"},
    "RegistrationDate": "2026-01-05",
}
try:  # sent again with the same TransactionId it registers nobody twice
    answer = ems.RegisterVoter(TransactionId="first-call-1", EmsVoterId="FIRST-CALL-1", Registration=registration)
    print("register:", answer.RegistrationOutcome, answer.StateVoterId)
except zeep.exceptions.Fault as fault:  # programs branch on Code, in the fault's detail
    print("refused:", fault.detail.findtext(".//{*}Code"), fault.message)
page = ems.GetMessageQueue(MaximumMessages=100)
done = [{"MessageId": each.MessageHeader.MessageId, "ClearOutcome": "Processed"} for each in (page.Messages.Message if page.Messages else [])]
if done:  # an EMS takes each message into its own database before this
    ems.ClearMessages(Clearances={"Clearance": done})
print("cleared:", len(done), "messages, still waiting:", page.MessagesRemaining)
