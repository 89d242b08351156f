#!/usr/bin/perl
# An EMS in Perl with SOAP::WSDL: apt-get install libsoap-wsdl-perl. The classes come from the WSDLs:
#   wsdl2perl -b lib -p Ems -t EmsTypes -e EmsElements --typemap_prefix EmsMaps -i EmsInterfaces 'https://…/soap/ems-integration?wsdl'
#   wsdl2perl -b lib -p Des -t DesTypes -e DesElements --typemap_prefix DesMaps -i DesInterfaces 'https://…/soap/batch-data-exchange?wsdl'
use strict;
use warnings;
use utf8;

use Digest::SHA;
use Encode qw(decode encode);
use JSON::PP;
use MIME::Base64 qw(encode_base64);

use DesInterfaces::BatchDataExchangeService::BatchDataExchangeSoapPort;
use EmsInterfaces::EmsIntegrationService::EmsIntegrationSoapPort;

# SOAP::WSDL knows no WS-Security: a header is any object that writes itself.
package Security {
    sub new {
        my ($class, %given) = @_;
        return bless {%given}, $class;
    }

    sub serialize_qualified {
        my ($self) = @_;
        my $wsse   = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
        my %text   = map { $_ => _escaped($self->{$_}) } qw(username secret);
        return qq{<wsse:Security xmlns:wsse="$wsse"><wsse:UsernameToken><wsse:Username>$text{username}</wsse:Username>}
            . qq{<wsse:Password>$text{secret}</wsse:Password></wsse:UsernameToken></wsse:Security>};
    }

    sub _escaped {
        my ($text) = @_;
        my %name = ('&' => 'amp', '<' => 'lt', '>' => 'gt');
        $text =~ s/([&<>])/&$name{$1};/g;
        return $text;
    }
}

# wsdl2perl takes the detail of a fault for text: here it becomes what the WSDL says.
package FaultDetail {
    my %fault_of;

    sub add_VoteCalFault {
        my ($self, $fault) = @_;
        $fault_of{$$self} = $fault;
        return;
    }

    sub get_VoteCalFault {
        my ($self) = @_;
        return $fault_of{$$self};
    }

    sub teach {
        my ($types) = @_;
        $types->{"Fault/detail/$_"} = $types->{$_} for grep { m{^VoteCalFault} } keys %$types;
        $types->{'Fault/detail'} = __PACKAGE__;
        return;
    }
}

package main;

FaultDetail::teach(EmsMaps::EmsIntegrationService->get_typemap);

my ($url, $username, $secret, $batch_file, $record_count, $first_name, $last_name, $date_of_birth) = map { decode('UTF-8', $_) } @ARGV;
my $json     = JSON::PP->new->utf8->canonical;
my $security = Security->new(username => $username, secret => $secret);
my $ems      = EmsInterfaces::EmsIntegrationService::EmsIntegrationSoapPort->new({ proxy => "$url/soap/ems-integration" });
my $des      = DesInterfaces::BatchDataExchangeService::BatchDataExchangeSoapPort->new({ proxy => "$url/soap/batch-data-exchange" });

# A fault is an object that is false.
sub call {
    my ($client, $operation, $parts, $header) = @_;
    my $answer = $client->$operation($parts || {}, $header || $security);
    die 'refused: ' . $answer->get_faultstring . "\n" if !$answer;
    return $answer;
}

sub text {
    my ($element) = @_;
    return defined $element ? decode_once($element->get_value) : undef;
}

# The parser hands out bytes or characters, as it was built.
sub decode_once {
    my ($value) = @_;
    return utf8::is_utf8($value) ? $value : decode('UTF-8', $value);
}

sub say_step {
    my ($step, %seen) = @_;
    print $json->encode({ step => $step, map { $_ => defined $seen{$_} ? "$seen{$_}" : undef } keys %seen }), "\n";
    return;
}

# What a program branches on stands in the fault's detail.
sub say_fault {
    my ($step, $client, $operation, $parts, $header) = @_;
    my $answer = $client->$operation($parts, $header);
    return say_step($step, code => undef) if $answer;
    my $fault = $answer->get_detail->get_VoteCalFault;
    say_step($step, code => text($fault->get_Code), name => text($fault->get_Name), retryable => text($fault->get_Retryable));
    return;
}

# One element, or a list of them, as SOAP::WSDL hands them out.
sub each_of {
    my ($found) = @_;
    return !defined $found ? () : ref $found eq 'ARRAY' ? @$found : ($found);
}

my $ping = call($ems, 'Ping')->get_PingResult;
say_step('ping', contract => text($ping->get_ContractVersion), county => text($ping->get_CountyCode));

my $page   = call($ems, ListMatchCases => { CaseStates => { CaseState => ['Open'] }, CaseTypes => { CaseType => ['DmvCoa'] } });
my ($case) = each_of($page->get_MatchNotices->get_MatchNotice);
my $voter  = $case->get_Voter;
say_step(
    'list',
    case_id       => text($case->get_MatchCaseId),
    due_on        => text($case->get_DueOn),
    first_name    => text($voter->get_FirstName),
    middle_name   => text($voter->get_MiddleName),
    last_name     => text($voter->get_LastName),
    suffix        => text($voter->get_Suffix),
    date_of_birth => text($voter->get_DateOfBirth),
    contributions => join(' ', map { sprintf '%.2f', text($_->get_Contribution) } each_of($case->get_Criteria->get_Criterion)),
    more          => text($page->get_MoreMatchCases),
);

my %new = (
    TransactionId => "$username-register",
    EmsVoterId    => 'CLIENT-1',
    Registration  => {
        Name             => { FirstName => $first_name, LastName => $last_name, MiddleName => "O'Brien & Łuk" },
        DateOfBirth      => $date_of_birth,
        ResidenceAddress => { HouseNumber => '12', StreetName => 'River', StreetType => 'AVE', City => 'Sacramento', State => 'CA', ZipCode => '95814' },
        RegistrationDate => '2026-01-05',
    },
);
my $registered = call($ems, RegisterVoter => \%new)->get_RegistrationResult;
say_step(
    'register',
    outcome        => text($registered->get_RegistrationOutcome),
    state_voter_id => text($registered->get_StateVoterId),
    record_version => text($registered->get_RecordVersion),
);
# Sent again after a broken connection: the same answer, and nobody registered twice.
say_step('resend', state_voter_id => text(call($ems, RegisterVoter => \%new)->get_RegistrationResult->get_StateVoterId));
say_fault('reused_id', $ems, RegisterVoter => { %new, EmsVoterId => 'CLIENT-2' }, $security);

# BaseVersion is the version that the county saw: a change at the state meanwhile is not overwritten.
my %change = (
    TransactionId => "$username-update",
    StateVoterId  => text($voter->get_StateVoterId),
    BaseVersion   => text($voter->get_RecordVersion),
    Registration  => { Phone => '9165550100' },
);
my $updated = call($ems, UpdateVoter => \%change)->get_VoterUpdateResult;
say_step('update', outcome => text($updated->get_Outcome), record_version => text($updated->get_RecordVersion));

my %word = (
    MatchCaseId     => text($case->get_MatchCaseId),
    ExpectedVersion => text($case->get_CaseVersion),
    Decision        => 'Accept',
    Basis           => 'Signature agrees – «certain» ✓',
);
my $decided = call($ems, DecideMatchCase => { TransactionId => "$username-decide", %word })->get_MatchCaseResult;
say_step(
    'decide',
    state          => text($decided->get_CaseState),
    case_version   => text($decided->get_CaseVersion),
    record_version => text($decided->get_RecordVersion),
);
say_fault('conflict', $ems, DecideMatchCase => { TransactionId => "$username-late", %word }, $security);

say_fault('not_found', $ems, GetMatchCase => { MatchCaseId => 9_000_000_000 }, $security);
say_fault('no_credentials', $ems, Ping => {}, undef);

my $queue   = call($ems, GetMessageQueue => { MaximumMessages => 5, IncludeDetail => 'true' });
my @headers = map { $_->get_MessageHeader } each_of($queue->get_Messages->get_Message);
say_step('queue', types => join(' ', map { text($_->get_MessageType) } @headers), remaining => text($queue->get_MessagesRemaining));
my @clearances = map { { MessageId => text($_->get_MessageId), ClearOutcome => 'Processed' } } @headers;
my $cleared    = call($ems, ClearMessages => { Clearances => { Clearance => \@clearances } });
say_step('clear', results => join(' ', map { text($_->get_ClearResult) } each_of($cleared->get_ClearedMessages->get_ClearedMessage)));
say_step('poll', remaining => text(call($ems, GetMessageQueue => { MaximumMessages => 5 })->get_MessagesRemaining));

my ($job) = each_of(call($des, 'GetPendingJobs')->get_PendingJobs->get_PendingJob);
my $job_id = text($job->get_JobId);
call($des, AcknowledgeJob => { JobId => $job_id, JobDecision => 'Started' });
my $size  = -s $batch_file;
my $begun = call(
    $des,
    BeginUpload => {
        JobId       => $job_id,
        ByteCount   => $size,
        Sha256      => Digest::SHA->new(256)->addfile($batch_file, 'b')->hexdigest,
        RecordCount => $record_count,
        Compression => 'None',
    }
);
my ($upload, $offset) = (text($begun->get_UploadProgress->get_UploadId), text($begun->get_UploadProgress->get_NextOffset));
open my $file, '<:raw', $batch_file or die "$batch_file: $!\n";
while ($offset < $size) {
    # The answer names the next offset: after a break, GetUploadStatus does.
    seek $file, $offset, 0;
    read $file, my $chunk, text($begun->get_ChunkByteLimit);
    my %part = (UploadId => $upload, Offset => $offset, Content => encode_base64($chunk, ''));
    $offset = text(call($des, AppendChunk => \%part)->get_UploadProgress->get_NextOffset);
}
say_step(
    'upload',
    job_id      => $job_id,
    next_offset => text(call($des, GetUploadStatus => { UploadId => $upload })->get_UploadProgress->get_NextOffset),
    job_state   => text(call($des, CompleteUpload  => { UploadId => $upload })->get_JobState),
);
