// An EMS in Java with Axis 1.4 (in Debian: libaxis-java). The classes come from the WSDLs:
//   java org.apache.axis.wsdl.WSDL2Java -p org.votecal.ems "https://…/soap/ems-integration?wsdl"
//   java org.apache.axis.wsdl.WSDL2Java -p org.votecal.des "https://…/soap/batch-data-exchange?wsdl"

import java.io.PrintStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.MessageDigest;
import java.text.SimpleDateFormat;
import java.util.Arrays;
import java.util.Locale;
import javax.xml.rpc.holders.BooleanHolder;
import javax.xml.rpc.holders.CalendarHolder;
import javax.xml.rpc.holders.IntHolder;
import javax.xml.rpc.holders.LongHolder;
import javax.xml.rpc.holders.StringHolder;
import javax.xml.soap.SOAPElement;
import org.apache.axis.client.Stub;
import org.apache.axis.message.SOAPHeaderElement;
import org.votecal.des.BatchDataExchangePortType;
import org.votecal.des.BatchDataExchangeServiceLocator;
import org.votecal.des.holders.JobStateHolder;
import org.votecal.des.holders.UploadProgressHolder;
import org.votecal.ems.*;
import org.votecal.ems.holders.DmvRecordHolder;
import org.votecal.ems.holders.MatchNoticeHolder;
import org.votecal.ems.holders.MatchNoticeListHolder;
import org.votecal.ems.holders.MessageListHolder;

public class EmsClient {
    private static final String WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    private static final SimpleDateFormat DAY = new SimpleDateFormat("yyyy-MM-dd", Locale.ROOT);
    private static PrintStream out;

    interface Call {
        void run() throws Exception;
    }

    static SOAPHeaderElement security(String username, String secret) throws Exception {
        SOAPHeaderElement security = new SOAPHeaderElement(WSSE, "Security");
        security.setActor(null);
        SOAPElement token = security.addChildElement("UsernameToken", "wsse", WSSE);
        token.addChildElement("Username", "wsse", WSSE).addTextNode(username);
        token.addChildElement("Password", "wsse", WSSE).addTextNode(secret);
        return security;
    }

    /** A step and what was seen, by name and value in turn. */
    static void say(String step, Object... seen) {
        StringBuilder line = new StringBuilder("{\"step\": \"" + step + "\"");
        for (int place = 0; place < seen.length; place += 2) {
            Object value = seen[place + 1];
            String text = value == null ? "null" : "\"" + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            line.append(", \"").append(seen[place]).append("\": ").append(text);
        }
        out.println(line.append("}"));
    }

    /** What a program branches on stands in the fault's detail, which is the exception here. */
    static void sayFault(String step, Call call) throws Exception {
        try {
            call.run();
            say(step, "code", null);
        } catch (VoteCalFault fault) {
            say(step, "code", fault.getCode(), "name", fault.getName(), "retryable", fault.isRetryable());
        }
    }

    public static void main(String[] given) throws Exception {
        out = new PrintStream(System.out, true, "UTF-8");
        String url = given[0], username = given[1];
        SOAPHeaderElement security = security(username, given[2]);
        EmsIntegrationPortType ems = new EmsIntegrationServiceLocator().getEmsIntegrationSoapPort(new URL(url + "/soap/ems-integration"));
        BatchDataExchangePortType des =
            new BatchDataExchangeServiceLocator().getBatchDataExchangeSoapPort(new URL(url + "/soap/batch-data-exchange"));
        ((Stub) ems).setHeader(security);
        ((Stub) des).setHeader(security);

        PingResult ping = ems.ping();
        say("ping", "contract", ping.getContractVersion(), "county", ping.getCountyCode());
        MatchNotice found = list(ems);
        register(ems, username, given[5], given[6], given[7]);
        update(ems, username, found.getVoter());
        decide(ems, username, found);
        sayFault("not_found", () -> ems.getMatchCase(9_000_000_000L, new MatchNoticeHolder(), new DmvRecordHolder()));
        ((Stub) ems).clearHeaders();
        sayFault("no_credentials", ems::ping);
        ((Stub) ems).setHeader(security);
        clearQueue(ems);
        upload(des, Files.readAllBytes(Paths.get(given[3])), Integer.parseInt(given[4]));
    }

    static MatchNotice list(EmsIntegrationPortType ems) throws Exception {
        MatchNoticeListHolder page = new MatchNoticeListHolder();
        BooleanHolder more = new BooleanHolder();
        ems.listMatchCases(new CaseState[] {CaseState.Open}, new CaseType[] {CaseType.DmvCoa}, null, null, page, more);
        MatchNotice found = page.value[0];
        Voter voter = found.getVoter();
        StringBuilder contributions = new StringBuilder();
        for (Criterion one : found.getCriteria()) {
            contributions.append(contributions.length() == 0 ? "" : " ").append(String.format(Locale.ROOT, "%.2f", one.getContribution()));
        }
        say("list", "case_id", found.getMatchCaseId(), "due_on", DAY.format(found.getDueOn()), "first_name", voter.getFirstName(),
            "middle_name", voter.getMiddleName(), "last_name", voter.getLastName(), "suffix", voter.getSuffix(),
            "date_of_birth", DAY.format(voter.getDateOfBirth()), "contributions", contributions, "more", more.value);
        return found;
    }

    static void register(EmsIntegrationPortType ems, String username, String firstName, String lastName, String dateOfBirth) throws Exception {
        RegistrationName name = new RegistrationName();
        name.setFirstName(firstName);
        name.setLastName(lastName);
        name.setMiddleName("O'Brien & Łuk");
        RegistrationResidence home = new RegistrationResidence();
        home.setHouseNumber("12");
        home.setStreetName("River");
        home.setStreetType("AVE");
        home.setCity("Sacramento");
        home.setState("CA");
        home.setZipCode("95814");
        Registration registration = new Registration();
        registration.setName(name);
        registration.setDateOfBirth(DAY.parse(dateOfBirth));
        registration.setResidenceAddress(home);
        registration.setRegistrationDate(DAY.parse("2026-01-05"));
        RegistrationResult registered = ems.registerVoter(username + "-register", "CLIENT-1", registration, null);
        say("register", "outcome", registered.getRegistrationOutcome(), "state_voter_id", registered.getStateVoterId(),
            "record_version", registered.getRecordVersion());
        // Sent again after a broken connection: the same answer, and nobody registered twice.
        say("resend", "state_voter_id", ems.registerVoter(username + "-register", "CLIENT-1", registration, null).getStateVoterId());
        sayFault("reused_id", () -> ems.registerVoter(username + "-register", "CLIENT-2", registration, null));
    }

    static void update(EmsIntegrationPortType ems, String username, Voter voter) throws Exception {
        Registration change = new Registration();
        change.setPhone("9165550100");
        // The base version is the one that the county saw: a change at the state meanwhile is not overwritten.
        VoterUpdateResult updated =
            ems.updateVoter(username + "-update", voter.getStateVoterId(), null, voter.getRecordVersion(), null, change, null, null);
        say("update", "outcome", updated.getOutcome(), "record_version", updated.getRecordVersion());
    }

    static void decide(EmsIntegrationPortType ems, String username, MatchNotice found) throws Exception {
        long id = found.getMatchCaseId();
        int version = found.getCaseVersion();
        String basis = "Signature agrees – «certain» ✓";
        MatchCaseResult decided = ems.decideMatchCase(username + "-decide", id, version, CaseDecision.Accept, basis, null, null, null);
        say("decide", "state", decided.getCaseState(), "case_version", decided.getCaseVersion(), "record_version", decided.getRecordVersion());
        sayFault("conflict", () -> ems.decideMatchCase(username + "-late", id, version, CaseDecision.Accept, basis, null, null, null));
    }

    static void clearQueue(EmsIntegrationPortType ems) throws Exception {
        MessageListHolder messages = new MessageListHolder();
        LongHolder remaining = new LongHolder();
        ems.getMessageQueue(5, true, null, messages, remaining);
        StringBuilder types = new StringBuilder();
        Clearance[] clearances = new Clearance[messages.value.length];
        for (int place = 0; place < clearances.length; place++) {
            MessageHeader header = messages.value[place].getMessageHeader();
            types.append(place == 0 ? "" : " ").append(header.getMessageType());
            clearances[place] = new Clearance(header.getMessageId(), ClearOutcome.Processed, null);
        }
        say("queue", "types", types, "remaining", remaining.value);
        StringBuilder results = new StringBuilder();
        for (ClearedMessage cleared : ems.clearMessages(clearances)) {
            results.append(results.length() == 0 ? "" : " ").append(cleared.getClearResult());
        }
        say("clear", "results", results);
        ems.getMessageQueue(5, null, null, messages, remaining);
        say("poll", "remaining", remaining.value);
    }

    static void upload(BatchDataExchangePortType des, byte[] content, int recordCount) throws Exception {
        long job = des.getPendingJobs()[0].getJobId();
        des.acknowledgeJob(job, org.votecal.des.JobDecision.Started, null);
        StringBuilder sha256 = new StringBuilder();
        for (byte one : MessageDigest.getInstance("SHA-256").digest(content)) {
            sha256.append(String.format("%02x", one));
        }
        UploadProgressHolder begun = new UploadProgressHolder();
        IntHolder limit = new IntHolder();
        des.beginUpload(job, content.length, sha256.toString(), recordCount, org.votecal.des.Compression.None,
            begun, limit, new StringHolder(), new StringHolder(), new CalendarHolder());
        long upload = begun.value.getUploadId();
        long offset = begun.value.getNextOffset();
        while (offset < content.length) {
            // The answer names the next offset: after a break, getUploadStatus does.
            int end = (int) Math.min(content.length, offset + limit.value);
            offset = des.appendChunk(upload, offset, Arrays.copyOfRange(content, (int) offset, end)).getNextOffset();
        }
        long next = des.getUploadStatus(upload).getNextOffset();
        JobStateHolder state = new JobStateHolder();
        des.completeUpload(upload, new LongHolder(), state);
        say("upload", "job_id", job, "next_offset", next, "job_state", state.value);
    }
}
