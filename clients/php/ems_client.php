<?php
/** An EMS in PHP with its own SoapClient: apt-get install php-cli php-soap. */

[, $url, $username, $secret, $batchFile, $recordCount, $firstName, $lastName, $dateOfBirth] = $argv;

/** SoapClient knows no WS-Security: the header is written by hand. */
function security(string $username, string $secret): SoapHeader
{
    $wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
    $name = htmlspecialchars($username, ENT_XML1);
    $password = htmlspecialchars($secret, ENT_XML1);
    $token = "<wsse:Security xmlns:wsse=\"$wsse\"><wsse:UsernameToken><wsse:Username>$name</wsse:Username>"
        . "<wsse:Password>$password</wsse:Password></wsse:UsernameToken></wsse:Security>";
    return new SoapHeader($wsse, 'Security', new SoapVar($token, XSD_ANYXML));
}

function connect(string $url, string $service): SoapClient
{
    // Without SOAP_SINGLE_ELEMENT_ARRAYS a list of one comes as the element itself; without a cache setting the WSDL is kept for a day.
    return new SoapClient("$url/soap/$service?wsdl", ['features' => SOAP_SINGLE_ELEMENT_ARRAYS, 'cache_wsdl' => WSDL_CACHE_NONE]);
}

function say(string $step, array $seen): void
{
    $texts = array_map(fn($value) => $value === null ? null : (is_bool($value) ? ($value ? 'true' : 'false') : (string) $value), $seen);
    echo json_encode(['step' => $step] + $texts, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
}

/** What a program branches on stands in the fault's detail. */
function sayFault(string $step, callable $call): void
{
    try {
        $call();
        say($step, ['code' => null]);
    } catch (SoapFault $fault) {
        $detail = $fault->detail->VoteCalFault;
        say($step, ['code' => $detail->Code, 'name' => $detail->Name, 'retryable' => $detail->Retryable]);
    }
}

$ems = connect($url, 'ems-integration');
$des = connect($url, 'batch-data-exchange');
$security = security($username, $secret);
$ems->__setSoapHeaders($security);
$des->__setSoapHeaders($security);

$ping = $ems->Ping()->PingResult;
say('ping', ['contract' => $ping->ContractVersion, 'county' => $ping->CountyCode]);

$page = $ems->ListMatchCases(['CaseStates' => ['CaseState' => ['Open']], 'CaseTypes' => ['CaseType' => ['DmvCoa']]]);
$case = $page->MatchNotices->MatchNotice[0];
say('list', [
    'case_id' => $case->MatchCaseId,
    'due_on' => $case->DueOn,
    'first_name' => $case->Voter->FirstName,
    'middle_name' => $case->Voter->MiddleName,
    'last_name' => $case->Voter->LastName,
    'suffix' => $case->Voter->Suffix ?? null,
    'date_of_birth' => $case->Voter->DateOfBirth,
    'contributions' => implode(' ', array_map(fn($one) => number_format((float) $one->Contribution, 2, '.', ''), $case->Criteria->Criterion)),
    'more' => $page->MoreMatchCases,
]);

$new = [
    'TransactionId' => "$username-register",
    'EmsVoterId' => 'CLIENT-1',
    'Registration' => [
        'Name' => ['FirstName' => $firstName, 'LastName' => $lastName, 'MiddleName' => "O'Brien & Łuk"],
        'DateOfBirth' => $dateOfBirth,
        'ResidenceAddress' => [
            'HouseNumber' => '12', 'StreetName' => 'River', 'StreetType' => 'AVE', 'City' => 'Sacramento', 'State' => 'CA', 'ZipCode' => '95814',
        ],
        'RegistrationDate' => '2026-01-05',
    ],
];
$registered = $ems->RegisterVoter($new)->RegistrationResult;
say('register', [
    'outcome' => $registered->RegistrationOutcome,
    'state_voter_id' => $registered->StateVoterId ?? null,
    'record_version' => $registered->RecordVersion ?? null,
]);
// Sent again after a broken connection: the same answer, and nobody registered twice.
say('resend', ['state_voter_id' => $ems->RegisterVoter($new)->RegistrationResult->StateVoterId]);
sayFault('reused_id', fn() => $ems->RegisterVoter(['EmsVoterId' => 'CLIENT-2'] + $new));

// BaseVersion is the version that the county saw: a change at the state meanwhile is not overwritten.
$changed = ['StateVoterId' => $case->Voter->StateVoterId, 'BaseVersion' => $case->Voter->RecordVersion, 'Registration' => ['Phone' => '9165550100']];
$updated = $ems->UpdateVoter(['TransactionId' => "$username-update"] + $changed)->VoterUpdateResult;
say('update', ['outcome' => $updated->Outcome, 'record_version' => $updated->RecordVersion]);

$word = [
    'MatchCaseId' => $case->MatchCaseId, 'ExpectedVersion' => $case->CaseVersion, 'Decision' => 'Accept', 'Basis' => 'Signature agrees – «certain» ✓',
];
$decided = $ems->DecideMatchCase(['TransactionId' => "$username-decide"] + $word)->MatchCaseResult;
say('decide', ['state' => $decided->CaseState, 'case_version' => $decided->CaseVersion, 'record_version' => $decided->RecordVersion]);
sayFault('conflict', fn() => $ems->DecideMatchCase(['TransactionId' => "$username-late"] + $word));

sayFault('not_found', fn() => $ems->GetMatchCase(['MatchCaseId' => 9000000000]));
$ems->__setSoapHeaders(null);
sayFault('no_credentials', fn() => $ems->Ping());
$ems->__setSoapHeaders($security);

$queue = $ems->GetMessageQueue(['MaximumMessages' => 5, 'IncludeDetail' => true]);
$headers = array_map(fn($message) => $message->MessageHeader, $queue->Messages->Message);
say('queue', ['types' => implode(' ', array_column($headers, 'MessageType')), 'remaining' => $queue->MessagesRemaining]);
$clearances = array_map(fn($header) => ['MessageId' => $header->MessageId, 'ClearOutcome' => 'Processed'], $headers);
$cleared = $ems->ClearMessages(['Clearances' => ['Clearance' => $clearances]]);
say('clear', ['results' => implode(' ', array_column($cleared->ClearedMessages->ClearedMessage, 'ClearResult'))]);
say('poll', ['remaining' => $ems->GetMessageQueue(['MaximumMessages' => 5])->MessagesRemaining]);

$job = $des->GetPendingJobs()->PendingJobs->PendingJob[0];
$des->AcknowledgeJob(['JobId' => $job->JobId, 'JobDecision' => 'Started']);
$begun = $des->BeginUpload([
    'JobId' => $job->JobId,
    'ByteCount' => filesize($batchFile),
    'Sha256' => hash_file('sha256', $batchFile),
    'RecordCount' => (int) $recordCount,
    'Compression' => 'None',
]);
$upload = $begun->UploadProgress->UploadId;
$offset = $begun->UploadProgress->NextOffset;
$file = fopen($batchFile, 'rb');
while ($offset < filesize($batchFile)) {
    // The answer names the next offset: after a break, GetUploadStatus does. SoapClient writes base64 by itself.
    fseek($file, $offset);
    $chunk = fread($file, $begun->ChunkByteLimit);
    $offset = $des->AppendChunk(['UploadId' => $upload, 'Offset' => $offset, 'Content' => $chunk])->UploadProgress->NextOffset;
}
say('upload', [
    'job_id' => $job->JobId,
    'next_offset' => $des->GetUploadStatus(['UploadId' => $upload])->UploadProgress->NextOffset,
    'job_state' => $des->CompleteUpload(['UploadId' => $upload])->JobState,
]);
