// An EMS in Java with JAX-WS (the reference implementation; in Debian: jaxws). The classes below come from the WSDL:
//   wsimport -keep -Xnocompile -p org.votecal.ems "https://…/soap/ems-integration?wsdl"
//   wsimport -keep -Xnocompile -p org.votecal.des "https://…/soap/batch-data-exchange?wsdl"

import java.io.PrintStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.namespace.QName;
import javax.xml.soap.SOAPElement;
import javax.xml.soap.SOAPException;
import javax.xml.soap.SOAPHeader;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.Holder;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;
import org.votecal.des.BatchDataExchangePortType;
import org.votecal.des.BatchDataExchangeService;
import org.votecal.des.JobState;
import org.votecal.des.UploadProgress;
import org.votecal.ems.*;

public class EmsClient {
    private static final String WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

    /** Adds the WS-Security header to each request, unless it is switched off. */
    static class Security implements SOAPHandler<SOAPMessageContext> {
        private final String username;
        private final String secret;
        boolean on = true;

        Security(String username, String secret) {
            this.username = username;
            this.secret = secret;
        }

        @Override
        public boolean handleMessage(SOAPMessageContext context) {
            if (!on || !(Boolean) context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY)) {
                return true;
            }
            try {
                SOAPHeader header = context.getMessage().getSOAPHeader();
                if (header == null) {
                    header = context.getMessage().getSOAPPart().getEnvelope().addHeader();
                }
                SOAPElement token = header.addChildElement("Security", "wsse", WSSE).addChildElement("UsernameToken", "wsse");
                token.addChildElement("Username", "wsse").addTextNode(username);
                token.addChildElement("Password", "wsse").addTextNode(secret);
                return true;
            } catch (SOAPException error) {
                throw new IllegalStateException(error);
            }
        }

        @Override
        public boolean handleFault(SOAPMessageContext context) {
            return true;
        }

        @Override
        public void close(MessageContext context) {
        }

        @Override
        public Set<QName> getHeaders() {
            return Collections.emptySet();
        }
    }

    interface Call {
        void run() throws Exception;
    }

    private static PrintStream out;

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

    /** What a program branches on stands in the fault's detail. */
    static void sayFault(String step, Call call) throws Exception {
        try {
            call.run();
            say(step, "code", null);
        } catch (VoteCalFault_Exception error) {
            VoteCalFault fault = error.getFaultInfo();
            say(step, "code", fault.getCode(), "name", fault.getName().value(), "retryable", fault.isRetryable());
        }
    }

    public static void main(String[] given) throws Exception {
        out = new PrintStream(System.out, true, "UTF-8");
        String url = given[0], username = given[1], batchFile = given[3];
        Security security = new Security(username, given[2]);
        EmsIntegrationPortType ems = new EmsIntegrationService(new URL(url + "/soap/ems-integration?wsdl")).getEmsIntegrationSoapPort();
        BatchDataExchangePortType des = new BatchDataExchangeService(new URL(url + "/soap/batch-data-exchange?wsdl")).getBatchDataExchangeSoapPort();
        for (BindingProvider port : Arrays.asList((BindingProvider) ems, (BindingProvider) des)) {
            port.getBinding().setHandlerChain(Collections.singletonList(security));
        }

        PingResult ping = ems.ping();
        say("ping", "contract", ping.getContractVersion(), "county", ping.getCountyCode());
        MatchNotice found = list(ems);
        register(ems, username, given[5], given[6], given[7]);
        update(ems, username, found.getVoter());
        decide(ems, username, found);
        sayFault("not_found", () -> ems.getMatchCase(9_000_000_000L, new Holder<>(), new Holder<>()));
        security.on = false;
        sayFault("no_credentials", ems::ping);
        security.on = true;
        clearQueue(ems);
        upload(des, Files.readAllBytes(Paths.get(batchFile)), Integer.parseInt(given[4]));
    }

    static MatchNotice list(EmsIntegrationPortType ems) throws Exception {
        CaseStateList states = new CaseStateList();
        states.getCaseState().add(CaseState.OPEN);
        CaseTypeList types = new CaseTypeList();
        types.getCaseType().add(CaseType.DMV_COA);
        Holder<MatchNoticeList> page = new Holder<>();
        Holder<Boolean> more = new Holder<>();
        ems.listMatchCases(states, types, null, null, page, more);
        MatchNotice found = page.value.getMatchNotice().get(0);
        Voter voter = found.getVoter();
        List<String> contributions = new ArrayList<>();
        for (Criterion one : found.getCriteria().getCriterion()) {
            contributions.add(String.format(Locale.ROOT, "%.2f", one.getContribution()));
        }
        say("list", "case_id", found.getMatchCaseId(), "due_on", found.getDueOn(), "first_name", voter.getFirstName(),
            "middle_name", voter.getMiddleName(), "last_name", voter.getLastName(), "suffix", voter.getSuffix(),
            "date_of_birth", voter.getDateOfBirth(), "contributions", String.join(" ", contributions), "more", more.value);
        return found;
    }

    static void register(EmsIntegrationPortType ems, String username, String firstName, String lastName, String dateOfBirth) throws Exception {
        DatatypeFactory days = DatatypeFactory.newInstance();
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
        registration.setDateOfBirth(days.newXMLGregorianCalendar(dateOfBirth));
        registration.setResidenceAddress(home);
        registration.setRegistrationDate(days.newXMLGregorianCalendar("2026-01-05"));
        RegistrationResult registered = ems.registerVoter(username + "-register", "CLIENT-1", registration, null);
        say("register", "outcome", registered.getRegistrationOutcome().value(), "state_voter_id", registered.getStateVoterId(),
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
        say("update", "outcome", updated.getOutcome().value(), "record_version", updated.getRecordVersion());
    }

    static void decide(EmsIntegrationPortType ems, String username, MatchNotice found) throws Exception {
        long id = found.getMatchCaseId();
        int version = found.getCaseVersion();
        String basis = "Signature agrees – «certain» ✓";
        MatchCaseResult decided = ems.decideMatchCase(username + "-decide", id, version, CaseDecision.ACCEPT, basis, null, null, null);
        say("decide", "state", decided.getCaseState().value(), "case_version", decided.getCaseVersion(), "record_version", decided.getRecordVersion());
        sayFault("conflict", () -> ems.decideMatchCase(username + "-late", id, version, CaseDecision.ACCEPT, basis, null, null, null));
    }

    static void clearQueue(EmsIntegrationPortType ems) throws Exception {
        Holder<MessageList> messages = new Holder<>();
        Holder<Long> remaining = new Holder<>();
        ems.getMessageQueue(5, true, null, messages, remaining);
        List<String> types = new ArrayList<>();
        ClearanceList clearances = new ClearanceList();
        for (Message message : messages.value.getMessage()) {
            types.add(message.getMessageHeader().getMessageType().value());
            Clearance clearance = new Clearance();
            clearance.setMessageId(message.getMessageHeader().getMessageId());
            clearance.setClearOutcome(ClearOutcome.PROCESSED);
            clearances.getClearance().add(clearance);
        }
        say("queue", "types", String.join(" ", types), "remaining", remaining.value);
        List<String> results = new ArrayList<>();
        for (ClearedMessage cleared : ems.clearMessages(clearances).getClearedMessage()) {
            results.add(cleared.getClearResult().value());
        }
        say("clear", "results", String.join(" ", results));
        ems.getMessageQueue(5, null, null, messages, remaining);
        say("poll", "remaining", remaining.value);
    }

    static void upload(BatchDataExchangePortType des, byte[] content, int recordCount) throws Exception {
        long job = des.getPendingJobs().getPendingJob().get(0).getJobId();
        des.acknowledgeJob(job, org.votecal.des.JobDecision.STARTED, null);
        StringBuilder sha256 = new StringBuilder();
        for (byte one : MessageDigest.getInstance("SHA-256").digest(content)) {
            sha256.append(String.format("%02x", one));
        }
        Holder<UploadProgress> begun = new Holder<>();
        Holder<Integer> limit = new Holder<>();
        des.beginUpload(job, content.length, sha256.toString(), recordCount, org.votecal.des.Compression.NONE,
            begun, limit, new Holder<>(), new Holder<>(), new Holder<>());
        long upload = begun.value.getUploadId();
        long offset = begun.value.getNextOffset();
        while (offset < content.length) {
            // The answer names the next offset: after a break, getUploadStatus does.
            int end = (int) Math.min(content.length, offset + limit.value);
            offset = des.appendChunk(upload, offset, Arrays.copyOfRange(content, (int) offset, end)).getNextOffset();
        }
        long next = des.getUploadStatus(upload).getNextOffset();
        Holder<JobState> state = new Holder<>();
        des.completeUpload(upload, new Holder<>(), state);
        say("upload", "job_id", job, "next_offset", next, "job_state", state.value.value());
    }
}
