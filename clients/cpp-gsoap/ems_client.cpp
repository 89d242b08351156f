// An EMS in C++ with gSOAP: apt-get install gsoap libgsoap-dev libssl-dev g++. The classes come from the WSDLs:
//   wsdl2h -P -t typemap.dat -o votecal.h "https://…/soap/ems-integration?wsdl" "https://…/soap/batch-data-exchange?wsdl"
//   cat votecal.h security.h > all.h && soapcpp2 -j -C -w -x -L -I/usr/share/gsoap/import all.h
//   g++ ems_client.cpp soapC.cpp soap*Proxy.cpp -lgsoap++ -lcrypto

#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <openssl/evp.h>

#include "EmsIntegrationSoapBinding.nsmap"
#include "soapBatchDataExchangeSoapBindingProxy.h"
#include "soapEmsIntegrationSoapBindingProxy.h"

namespace {

using Seen = std::vector<std::pair<std::string, std::string>>;

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char letter : text) {
    if (letter == '"' || letter == '\\') out += '\\';
    out += letter;
  }
  return out + "\"";
}

std::string value(const std::string& text) { return quoted(text); }
std::string value(const std::string* text) { return text ? quoted(*text) : "null"; }
std::string value(const char* text) { return quoted(text); }
std::string value(long long number) { return quoted(std::to_string(number)); }
std::string value(const int* number) { return number ? value(*number) : "null"; }
std::string flag(bool truth) { return quoted(truth ? "true" : "false"); }

void say(const std::string& step, const Seen& seen) {
  std::cout << "{\"step\": " << quoted(step);
  for (const auto& [name, shown] : seen) std::cout << ", " << quoted(name) << ": " << shown;
  std::cout << "}" << std::endl;
}

void must(struct soap* soap, int status) {
  if (status != SOAP_OK) {
    soap_print_fault(soap, stderr);
    std::exit(1);
  }
}

// What a program branches on stands in the fault's detail.
void say_fault(const std::string& step, struct soap* soap, int status) {
  if (status == SOAP_OK || !soap->fault || !soap->fault->detail || !soap->fault->detail->ems__VoteCalFault_) return say(step, {{"code", "null"}});
  const ems__VoteCalFault& fault = *soap->fault->detail->ems__VoteCalFault_;
  say(step, {{"code", value(fault.Code)}, {"name", value(soap_ems__RequestError2s(soap, fault.Name))}, {"retryable", flag(fault.Retryable)}});
}

// gSOAP empties the header after each call: this puts it back.
class Security {
 public:
  Security(struct soap* soap, std::string username, std::string secret) : soap_(soap) {
    token_.wsse__Username = std::move(username);
    token_.wsse__Password = std::move(secret);
    security_.wsse__UsernameToken = &token_;
  }

  void on() {
    soap_header(soap_);
    soap_->header->wsse__Security = &security_;
  }

  void off() {
    soap_header(soap_);
    soap_->header->wsse__Security = nullptr;
  }

 private:
  struct soap* soap_;
  _wsse__UsernameToken token_;
  _wsse__Security security_;
};

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : " ") + part;
  return out;
}

struct Case {
  LONG64 id;
  int version;
  std::string state_voter_id;
  int record_version;
};

class Ems {
 public:
  Ems(struct soap* soap, const std::string& url, Security& security)
      : soap_(soap), security_(security), endpoint_(url + "/soap/ems-integration"), proxy_(soap, endpoint_.c_str()) {}

  void ping() {
    _ems__Ping request;
    _ems__PingResponse answer;
    security_.on();
    must(soap_, proxy_.Ping(&request, answer));
    say("ping", {{"contract", value(answer.PingResult->ContractVersion)}, {"county", value(answer.PingResult->CountyCode)}});
  }

  Case list() {
    ems__CaseStateList states;
    states.CaseState.push_back(ems__CaseState__Open);
    ems__CaseTypeList types;
    types.CaseType.push_back(ems__CaseType__DmvCoa);
    _ems__ListMatchCases request;
    request.CaseStates = &states;
    request.CaseTypes = &types;
    _ems__ListMatchCasesResponse page;
    security_.on();
    must(soap_, proxy_.ListMatchCases(&request, page));
    const ems__MatchNotice& found = *page.MatchNotices->MatchNotice.at(0);
    const ems__Voter& voter = *found.Voter;
    std::vector<std::string> contributions;
    for (const ems__Criterion* one : found.Criteria->Criterion) {
      char text[32];  // an xs:decimal is text in gSOAP
      std::snprintf(text, sizeof text, "%.2f", std::stod(one->Contribution));
      contributions.push_back(text);
    }
    say("list", {{"case_id", value(found.MatchCaseId)}, {"due_on", value(found.DueOn)}, {"first_name", value(voter.FirstName)},
                 {"middle_name", value(voter.MiddleName)}, {"last_name", value(voter.LastName)}, {"suffix", value(voter.Suffix)},
                 {"date_of_birth", value(voter.DateOfBirth)}, {"contributions", value(joined(contributions))}, {"more", flag(page.MoreMatchCases)}});
    return {found.MatchCaseId, found.CaseVersion, voter.StateVoterId, voter.RecordVersion};
  }

  void register_voter(const std::string& username, std::string first_name, std::string last_name, std::string date_of_birth) {
    std::string middle_name = "O'Brien & Łuk", house = "12", street = "River", type = "AVE", city = "Sacramento", state = "CA", zip = "95814";
    std::string registered_on = "2026-01-05";
    ems__RegistrationName name;
    name.FirstName = &first_name;
    name.LastName = &last_name;
    name.MiddleName = &middle_name;
    ems__RegistrationResidence home;
    home.HouseNumber = &house;
    home.StreetName = &street;
    home.StreetType = &type;
    home.City = &city;
    home.State = &state;
    home.ZipCode = &zip;
    ems__Registration registration;
    registration.Name = &name;
    registration.DateOfBirth = &date_of_birth;
    registration.ResidenceAddress = &home;
    registration.RegistrationDate = &registered_on;
    _ems__RegisterVoter request;
    request.TransactionId = username + "-register";
    request.EmsVoterId = "CLIENT-1";
    request.Registration = &registration;
    _ems__RegisterVoterResponse answer;
    security_.on();
    must(soap_, proxy_.RegisterVoter(&request, answer));
    const ems__RegistrationResult& result = *answer.RegistrationResult;
    say("register", {{"outcome", value(soap_ems__RegistrationOutcome2s(soap_, result.RegistrationOutcome))},
                     {"state_voter_id", value(result.StateVoterId)}, {"record_version", value(result.RecordVersion)}});
    // Sent again after a broken connection: the same answer, and nobody registered twice.
    _ems__RegisterVoterResponse again;
    security_.on();
    must(soap_, proxy_.RegisterVoter(&request, again));
    say("resend", {{"state_voter_id", value(again.RegistrationResult->StateVoterId)}});
    request.EmsVoterId = "CLIENT-2";
    security_.on();
    say_fault("reused_id", soap_, proxy_.RegisterVoter(&request, again));
  }

  void update(const std::string& username, Case found) {
    std::string phone = "9165550100";
    ems__Registration change;
    change.Phone = &phone;
    _ems__UpdateVoter request;
    request.TransactionId = username + "-update";
    request.StateVoterId = &found.state_voter_id;
    // The base version is the one that the county saw: a change at the state meanwhile is not overwritten.
    request.BaseVersion = found.record_version;
    request.Registration = &change;
    _ems__UpdateVoterResponse answer;
    security_.on();
    must(soap_, proxy_.UpdateVoter(&request, answer));
    const ems__VoterUpdateResult& result = *answer.VoterUpdateResult;
    say("update", {{"outcome", value(soap_ems__RecordOutcome2s(soap_, result.Outcome))}, {"record_version", value(result.RecordVersion)}});
  }

  void decide(const std::string& username, const Case& found) {
    _ems__DecideMatchCase request;
    request.TransactionId = username + "-decide";
    request.MatchCaseId = found.id;
    request.ExpectedVersion = found.version;
    request.Decision = ems__CaseDecision__Accept;
    request.Basis = "Signature agrees – «certain» ✓";
    _ems__DecideMatchCaseResponse answer;
    security_.on();
    must(soap_, proxy_.DecideMatchCase(&request, answer));
    const ems__MatchCaseResult& result = *answer.MatchCaseResult;
    say("decide", {{"state", value(soap_ems__CaseState2s(soap_, result.CaseState))}, {"case_version", value(result.CaseVersion)},
                   {"record_version", value(result.RecordVersion)}});
    request.TransactionId = username + "-late";
    security_.on();
    say_fault("conflict", soap_, proxy_.DecideMatchCase(&request, answer));
  }

  void be_refused() {
    _ems__GetMatchCase unknown;
    unknown.MatchCaseId = 9000000000LL;
    _ems__GetMatchCaseResponse nothing;
    security_.on();
    say_fault("not_found", soap_, proxy_.GetMatchCase(&unknown, nothing));
    _ems__Ping request;
    _ems__PingResponse answer;
    security_.off();
    say_fault("no_credentials", soap_, proxy_.Ping(&request, answer));
  }

  void clear_queue() {
    int most = 5;
    bool with_detail = true;
    _ems__GetMessageQueue request;
    request.MaximumMessages = &most;
    request.IncludeDetail = &with_detail;
    _ems__GetMessageQueueResponse page;
    security_.on();
    must(soap_, proxy_.GetMessageQueue(&request, page));
    std::vector<std::string> types;
    std::vector<ems__Clearance> clearances(page.Messages->Message.size());
    ems__ClearanceList list;
    for (std::size_t place = 0; place < clearances.size(); ++place) {
      const ems__MessageHeader& header = *page.Messages->Message[place]->MessageHeader;
      types.push_back(soap_ems__MessageType2s(soap_, header.MessageType));
      clearances[place].MessageId = header.MessageId;
      clearances[place].ClearOutcome = ems__ClearOutcome__Processed;
      list.Clearance.push_back(&clearances[place]);
    }
    say("queue", {{"types", value(joined(types))}, {"remaining", value(page.MessagesRemaining)}});
    _ems__ClearMessages clear;
    clear.Clearances = &list;
    _ems__ClearMessagesResponse cleared;
    security_.on();
    must(soap_, proxy_.ClearMessages(&clear, cleared));
    std::vector<std::string> results;
    for (const ems__ClearedMessage* one : cleared.ClearedMessages->ClearedMessage) results.push_back(soap_ems__ClearResult2s(soap_, one->ClearResult));
    say("clear", {{"results", value(joined(results))}});
    request.IncludeDetail = nullptr;
    _ems__GetMessageQueueResponse rest;
    security_.on();
    must(soap_, proxy_.GetMessageQueue(&request, rest));
    say("poll", {{"remaining", value(rest.MessagesRemaining)}});
  }

 private:
  struct soap* soap_;
  Security& security_;
  std::string endpoint_;
  EmsIntegrationSoapBindingProxy proxy_;
};

std::string sha256(const std::string& content) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(content.data(), content.size(), digest, &length, EVP_sha256(), nullptr);
  std::string out;
  for (unsigned int place = 0; place < length; ++place) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", digest[place]);
    out += pair;
  }
  return out;
}

void upload(struct soap* soap, const std::string& url, Security& security, std::string content, int record_count) {
  std::string endpoint = url + "/soap/batch-data-exchange";
  BatchDataExchangeSoapBindingProxy des(soap, endpoint.c_str());
  _des__GetPendingJobs ask;
  _des__GetPendingJobsResponse jobs;
  security.on();
  must(soap, des.GetPendingJobs(&ask, jobs));
  LONG64 job = jobs.PendingJobs->PendingJob.at(0)->JobId;
  _des__AcknowledgeJob acknowledge;
  acknowledge.JobId = job;
  acknowledge.JobDecision = des__JobDecision__Started;
  _des__AcknowledgeJobResponse acknowledged;
  security.on();
  must(soap, des.AcknowledgeJob(&acknowledge, acknowledged));
  _des__BeginUpload begin;
  begin.JobId = job;
  begin.ByteCount = static_cast<LONG64>(content.size());
  begin.Sha256 = sha256(content);
  begin.RecordCount = record_count;
  begin.Compression = des__Compression__None;
  _des__BeginUploadResponse begun;
  security.on();
  must(soap, des.BeginUpload(&begin, begun));
  _des__AppendChunk chunk;
  chunk.UploadId = begun.UploadProgress->UploadId;
  chunk.Offset = begun.UploadProgress->NextOffset;
  while (chunk.Offset < begin.ByteCount) {
    // The answer names the next offset: after a break, GetUploadStatus does.
    chunk.Content.__ptr = reinterpret_cast<unsigned char*>(&content[chunk.Offset]);
    chunk.Content.__size = static_cast<int>(std::min<LONG64>(begun.ChunkByteLimit, begin.ByteCount - chunk.Offset));
    _des__AppendChunkResponse appended;
    security.on();
    must(soap, des.AppendChunk(&chunk, appended));
    chunk.Offset = appended.UploadProgress->NextOffset;
  }
  _des__GetUploadStatus ask_status;
  ask_status.UploadId = chunk.UploadId;
  _des__GetUploadStatusResponse status;
  security.on();
  must(soap, des.GetUploadStatus(&ask_status, status));
  _des__CompleteUpload complete;
  complete.UploadId = chunk.UploadId;
  _des__CompleteUploadResponse completed;
  security.on();
  must(soap, des.CompleteUpload(&complete, completed));
  say("upload", {{"job_id", value(job)}, {"next_offset", value(status.UploadProgress->NextOffset)},
                 {"job_state", value(soap_des__JobState2s(soap, completed.JobState))}});
}

}  // namespace

int main(int count, char** given) {
  if (count != 9) return 2;
  std::string url = given[1], username = given[2];
  // UTF-8 strings as they are; without this flag gSOAP reads and writes Latin-1.
  struct soap* soap = soap_new1(SOAP_C_UTFSTRING);
  Security security(soap, username, given[3]);
  Ems ems(soap, url, security);
  ems.ping();
  Case found = ems.list();
  ems.register_voter(username, given[6], given[7], given[8]);
  ems.update(username, found);
  ems.decide(username, found);
  ems.be_refused();
  ems.clear_queue();
  std::ifstream file(given[4], std::ios::binary);
  upload(soap, url, security, std::string(std::istreambuf_iterator<char>(file), {}), std::stoi(given[5]));
  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
  return 0;
}
