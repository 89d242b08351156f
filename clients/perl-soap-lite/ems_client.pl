#!/usr/bin/perl
# An EMS in Perl with SOAP::Lite: apt-get install libsoap-lite-perl.
use strict;
use warnings;
use utf8;

use Digest::SHA;
use Encode qw(decode encode);
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use SOAP::Lite;

my ($url, $username, $secret, $batch_file, $record_count, $first_name, $last_name, $date_of_birth) = map { decode('UTF-8', $_) } @ARGV;
my $json = JSON::PP->new->utf8->canonical;

# Nested elements, in their order, from pairs of name and value; a value may be pairs again.
sub elements {
    my @pairs = @_;
    my @elements;
    while (my ($name, $value) = splice @pairs, 0, 2) {
        # Without a type SOAP::Lite would send whatever is not ASCII as base64.
        push @elements, ref $value ? SOAP::Data->name($name => \SOAP::Data->value(elements(@$value))) : SOAP::Data->name($name => $value)->type('string');
    }
    return @elements;
}

my $wsse     = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
my $security = SOAP::Header->name('wsse:Security')->attr({ 'xmlns:wsse' => $wsse })
    ->value(\SOAP::Data->value(elements('wsse:UsernameToken' => [ 'wsse:Username' => $username, 'wsse:Password' => $secret ])));

# Address and actions come from the WSDL; what SOAP::Lite would make of its types is for RPC, so the calls are written out.
sub connect_to {
    my ($service) = @_;
    my ($ports) = values %{ SOAP::Schema->new(schema_url => "$url/soap/$service?wsdl")->parse->services };
    my ($operation) = values %$ports;
    my $lite = SOAP::Lite->proxy($operation->{endpoint}->value)->default_ns($operation->{namespace})->encoding('utf-8');
    $lite->on_action(sub { return '"' . join('/', @_) . '"' });
    $lite->on_fault(sub { return $_[1] });
    return $lite;
}

sub call {
    my ($lite, $operation, $pairs, @headers) = @_;
    my $answer = $lite->call($operation, elements(@$pairs), @headers ? @headers : $security);
    die(ref $answer ? $answer->faultstring . "\n" : $lite->transport->status . "\n") if !ref $answer || $answer->fault;
    return $answer;
}

sub say_step {
    my ($step, %seen) = @_;
    print $json->encode({ step => $step, map { $_ => defined $seen{$_} ? "$seen{$_}" : undef } keys %seen }), "\n";
    return;
}

# What a program branches on stands in the fault's detail.
sub say_fault {
    my ($step, $lite, $operation, $pairs, @headers) = @_;
    my $answer = $lite->call($operation, elements(@$pairs), @headers);
    my $fault  = $answer->faultdetail ? $answer->faultdetail->{VoteCalFault} : {};
    say_step($step, code => $fault->{Code}, name => $fault->{Name}, retryable => $fault->{Retryable});
    return;
}

my $ems = connect_to('ems-integration');
my $des = connect_to('batch-data-exchange');

my $ping = call($ems, Ping => [])->valueof('//PingResult');
say_step('ping', contract => $ping->{ContractVersion}, county => $ping->{CountyCode});

my $page = call($ems, ListMatchCases => [ CaseStates => [ CaseState => 'Open' ], CaseTypes => [ CaseType => 'DmvCoa' ] ]);
my ($case) = $page->valueof('//MatchNotices/MatchNotice');
say_step(
    'list',
    case_id       => $case->{MatchCaseId},
    due_on        => $case->{DueOn},
    first_name    => $case->{Voter}{FirstName},
    middle_name   => $case->{Voter}{MiddleName},
    last_name     => $case->{Voter}{LastName},
    suffix        => $case->{Voter}{Suffix},
    date_of_birth => $case->{Voter}{DateOfBirth},
    contributions => join(' ', map { sprintf '%.2f', $_ } $page->valueof('//MatchNotices/[1]/Criteria/Criterion/Contribution')),
    more          => $page->valueof('//MoreMatchCases'),
);

my @registration = (
    Registration => [
        Name             => [ FirstName => $first_name, LastName => $last_name, MiddleName => "O'Brien & Łuk" ],
        DateOfBirth      => $date_of_birth,
        ResidenceAddress => [ HouseNumber => '12', StreetName => 'River', StreetType => 'AVE', City => 'Sacramento', State => 'CA', ZipCode => '95814' ],
        RegistrationDate => '2026-01-05',
    ]
);
my @new        = (TransactionId => "$username-register", EmsVoterId => 'CLIENT-1', @registration);
my $registered = call($ems, RegisterVoter => \@new)->valueof('//RegistrationResult');
say_step(
    'register',
    outcome        => $registered->{RegistrationOutcome},
    state_voter_id => $registered->{StateVoterId},
    record_version => $registered->{RecordVersion},
);
# Sent again after a broken connection: the same answer, and nobody registered twice.
say_step('resend', state_voter_id => call($ems, RegisterVoter => \@new)->valueof('//RegistrationResult/StateVoterId'));
say_fault('reused_id', $ems, RegisterVoter => [ TransactionId => "$username-register", EmsVoterId => 'CLIENT-2', @registration ], $security);

# BaseVersion is the version that the county saw: a change at the state meanwhile is not overwritten.
my @seen    = (StateVoterId => $case->{Voter}{StateVoterId}, BaseVersion => $case->{Voter}{RecordVersion});
my @change  = (TransactionId => "$username-update", @seen, Registration => [ Phone => '9165550100' ]);
my $updated = call($ems, UpdateVoter => \@change)->valueof('//VoterUpdateResult');
say_step('update', outcome => $updated->{Outcome}, record_version => $updated->{RecordVersion});

my @word = (
    MatchCaseId     => $case->{MatchCaseId},
    ExpectedVersion => $case->{CaseVersion},
    Decision        => 'Accept',
    Basis           => 'Signature agrees – «certain» ✓',
);
my $decided = call($ems, DecideMatchCase => [ TransactionId => "$username-decide", @word ])->valueof('//MatchCaseResult');
say_step('decide', state => $decided->{CaseState}, case_version => $decided->{CaseVersion}, record_version => $decided->{RecordVersion});
say_fault('conflict', $ems, DecideMatchCase => [ TransactionId => "$username-late", @word ], $security);

say_fault('not_found', $ems, GetMatchCase => [ MatchCaseId => 9_000_000_000 ], $security);
say_fault('no_credentials', $ems, Ping => []);

my $queue   = call($ems, GetMessageQueue => [ MaximumMessages => 5, IncludeDetail => 'true' ]);
my @headers = $queue->valueof('//Messages/Message/MessageHeader');
say_step('queue', types => join(' ', map { $_->{MessageType} } @headers), remaining => $queue->valueof('//MessagesRemaining'));
my @clearances = map { (Clearance => [ MessageId => $_->{MessageId}, ClearOutcome => 'Processed' ]) } @headers;
my $cleared    = call($ems, ClearMessages => [ Clearances => \@clearances ]);
say_step('clear', results => join(' ', $cleared->valueof('//ClearedMessage/ClearResult')));
say_step('poll', remaining => call($ems, GetMessageQueue => [ MaximumMessages => 5 ])->valueof('//MessagesRemaining'));

my ($job) = call($des, GetPendingJobs => [])->valueof('//PendingJob');
call($des, AcknowledgeJob => [ JobId => $job->{JobId}, JobDecision => 'Started' ]);
my $size  = -s $batch_file;
my $begun = call(
    $des,
    BeginUpload => [
        JobId       => $job->{JobId},
        ByteCount   => $size,
        Sha256      => Digest::SHA->new(256)->addfile($batch_file, 'b')->hexdigest,
        RecordCount => $record_count,
        Compression => 'None',
    ]
);
my ($upload, $offset) = ($begun->valueof('//UploadId'), $begun->valueof('//NextOffset'));
open my $file, '<:raw', $batch_file or die "$batch_file: $!\n";
while ($offset < $size) {
    # The answer names the next offset: after a break, GetUploadStatus does.
    seek $file, $offset, 0;
    read $file, my $chunk, $begun->valueof('//ChunkByteLimit');
    my @parts = (UploadId => $upload, Offset => $offset, Content => encode_base64($chunk, ''));
    $offset = call($des, AppendChunk => \@parts)->valueof('//NextOffset');
}
say_step(
    'upload',
    job_id      => $job->{JobId},
    next_offset => call($des, GetUploadStatus => [ UploadId => $upload ])->valueof('//NextOffset'),
    job_state   => call($des, CompleteUpload  => [ UploadId => $upload ])->valueof('//JobState'),
);
