// An EMS in Node with the package strong-soap: npm install strong-soap.
"use strict";

const crypto = require("crypto");
const fs = require("fs");
const { soap } = require("strong-soap");

const [url, username, secret, batchFile, recordCount, firstName, lastName, dateOfBirth] = process.argv.slice(2);
const security = new soap.WSSecurity(username, secret, { hasTimeStamp: false, hasTokenCreated: false, passwordType: "PasswordText" });

const text = (value) => (value === undefined || value === null ? null : String(value));

function say(step, seen) {
  console.log(JSON.stringify({ step, ...Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, text(value)])) }));
}

// What a program branches on stands in the fault's detail.
async function sayFault(step, call) {
  try {
    await call();
    say(step, { code: null });
  } catch (error) {
    const fault = error.root.Envelope.Body.Fault.detail.VoteCalFault;
    say(step, { code: fault.Code, name: fault.Name, retryable: fault.Retryable });
  }
}

function connect(service) {
  return new Promise((resolve, reject) => {
    soap.createClient(`${url}/soap/${service}?wsdl`, {}, (error, client) => {
      if (error) return reject(error);
      client.setSecurity(security);
      return resolve(client);
    });
  });
}

// strong-soap calls back with the parsed body and more; a caller wants the body.
function call(client, operation, parts = {}) {
  return new Promise((resolve, reject) => {
    client[operation](parts, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

async function main() {
  const ems = await connect("ems-integration");
  const des = await connect("batch-data-exchange");

  const ping = (await call(ems, "Ping")).PingResult;
  say("ping", { contract: ping.ContractVersion, county: ping.CountyCode });

  const page = await call(ems, "ListMatchCases", { CaseStates: { CaseState: ["Open"] }, CaseTypes: { CaseType: ["DmvCoa"] } });
  const found = page.MatchNotices.MatchNotice[0];
  say("list", {
    case_id: found.MatchCaseId,
    due_on: found.DueOn,
    first_name: found.Voter.FirstName,
    middle_name: found.Voter.MiddleName,
    last_name: found.Voter.LastName,
    suffix: found.Voter.Suffix,
    date_of_birth: found.Voter.DateOfBirth,
    contributions: found.Criteria.Criterion.map((one) => Number(one.Contribution).toFixed(2)).join(" "),
    more: page.MoreMatchCases,
  });

  const registration = {
    Name: { FirstName: firstName, LastName: lastName, MiddleName: "O'Brien & Łuk" },
    DateOfBirth: dateOfBirth,
    ResidenceAddress: { HouseNumber: "12", StreetName: "River", StreetType: "AVE", City: "Sacramento", State: "CA", ZipCode: "95814" },
    RegistrationDate: "2026-01-05",
  };
  const register = { TransactionId: `${username}-register`, EmsVoterId: "CLIENT-1", Registration: registration };
  const registered = (await call(ems, "RegisterVoter", register)).RegistrationResult;
  say("register", { outcome: registered.RegistrationOutcome, state_voter_id: registered.StateVoterId, record_version: registered.RecordVersion });
  // Sent again after a broken connection: the same answer, and nobody registered twice.
  say("resend", { state_voter_id: (await call(ems, "RegisterVoter", register)).RegistrationResult.StateVoterId });
  await sayFault("reused_id", () => call(ems, "RegisterVoter", { ...register, EmsVoterId: "CLIENT-2" }));

  // BaseVersion is the version that the county saw: a change at the state meanwhile is not overwritten.
  const seen = { StateVoterId: found.Voter.StateVoterId, BaseVersion: found.Voter.RecordVersion };
  const change = { TransactionId: `${username}-update`, ...seen, Registration: { Phone: "9165550100" } };
  const updated = (await call(ems, "UpdateVoter", change)).VoterUpdateResult;
  say("update", { outcome: updated.Outcome, record_version: updated.RecordVersion });

  const word = { MatchCaseId: found.MatchCaseId, ExpectedVersion: found.CaseVersion, Decision: "Accept", Basis: "Signature agrees – «certain» ✓" };
  const decided = (await call(ems, "DecideMatchCase", { TransactionId: `${username}-decide`, ...word })).MatchCaseResult;
  say("decide", { state: decided.CaseState, case_version: decided.CaseVersion, record_version: decided.RecordVersion });
  await sayFault("conflict", () => call(ems, "DecideMatchCase", { TransactionId: `${username}-late`, ...word }));

  await sayFault("not_found", () => call(ems, "GetMatchCase", { MatchCaseId: 9000000000 }));
  ems.setSecurity(null);
  await sayFault("no_credentials", () => call(ems, "Ping"));
  ems.setSecurity(security);

  const queue = await call(ems, "GetMessageQueue", { MaximumMessages: 5, IncludeDetail: true });
  const headers = queue.Messages.Message.map((message) => message.MessageHeader);
  say("queue", { types: headers.map((header) => header.MessageType).join(" "), remaining: queue.MessagesRemaining });
  const clearances = headers.map((header) => ({ MessageId: header.MessageId, ClearOutcome: "Processed" }));
  const cleared = await call(ems, "ClearMessages", { Clearances: { Clearance: clearances } });
  say("clear", { results: cleared.ClearedMessages.ClearedMessage.map((one) => one.ClearResult).join(" ") });
  say("poll", { remaining: (await call(ems, "GetMessageQueue", { MaximumMessages: 5 })).MessagesRemaining });

  const job = (await call(des, "GetPendingJobs")).PendingJobs.PendingJob[0];
  await call(des, "AcknowledgeJob", { JobId: job.JobId, JobDecision: "Started" });
  const content = fs.readFileSync(batchFile);
  const begun = await call(des, "BeginUpload", {
    JobId: job.JobId,
    ByteCount: content.length,
    Sha256: crypto.createHash("sha256").update(content).digest("hex"),
    RecordCount: recordCount,
    Compression: "None",
  });
  const upload = begun.UploadProgress.UploadId;
  let offset = Number(begun.UploadProgress.NextOffset);
  while (offset < content.length) {
    // The answer names the next offset: after a break, GetUploadStatus does.
    const chunk = content.subarray(offset, offset + begun.ChunkByteLimit).toString("base64");
    offset = Number((await call(des, "AppendChunk", { UploadId: upload, Offset: offset, Content: chunk })).UploadProgress.NextOffset);
  }
  const status = await call(des, "GetUploadStatus", { UploadId: upload });
  const completed = await call(des, "CompleteUpload", { UploadId: upload });
  say("upload", { job_id: job.JobId, next_offset: status.UploadProgress.NextOffset, job_state: completed.JobState });
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
