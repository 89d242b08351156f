// An EMS in C# in the style of wsdl.exe (ASP.NET web services; here Mono). The proxies come from the WSDLs:
//   wsdl -namespace:Votecal.Ems -out:Ems.cs "https://…/soap/ems-integration?wsdl"
//   wsdl -namespace:Votecal.Des -out:Des.cs "https://…/soap/batch-data-exchange?wsdl"
//   mcs -r:System.Web.Services EmsClient.cs Ems.cs Des.cs
// EmsClient.exe.config registers SecurityExtension, which writes the WS-Security header.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Web.Services.Protocols;
using System.Xml;
using Votecal.Ems;
using Des = Votecal.Des;

/// <summary>Puts the header before the body of each request, unless it is switched off.</summary>
public class SecurityExtension : SoapExtension
{
    const string Wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

    public static string Username;
    public static string Secret;

    Stream wire;
    MemoryStream kept;

    public override Stream ChainStream(Stream stream)
    {
        wire = stream;
        kept = new MemoryStream();
        return kept;
    }

    public override object GetInitializer(Type service) { return null; }
    public override object GetInitializer(LogicalMethodInfo method, SoapExtensionAttribute attribute) { return null; }
    public override void Initialize(object initializer) { }

    public override void ProcessMessage(SoapMessage message)
    {
        if (message.Stage == SoapMessageStage.AfterSerialize) {
            string envelope = Encoding.UTF8.GetString(kept.ToArray());
            int body = envelope.IndexOf("<soap:Body", StringComparison.Ordinal);
            byte[] content = Encoding.UTF8.GetBytes(Username == null ? envelope : envelope.Insert(body, Header()));
            wire.Write(content, 0, content.Length);
        } else if (message.Stage == SoapMessageStage.BeforeDeserialize) {
            wire.CopyTo(kept);
            kept.Position = 0;
        }
    }

    static string Header()
    {
        return "<soap:Header><wsse:Security xmlns:wsse=\"" + Wsse + "\"><wsse:UsernameToken><wsse:Username>" + SecurityElement.Escape(Username)
            + "</wsse:Username><wsse:Password>" + SecurityElement.Escape(Secret) + "</wsse:Password></wsse:UsernameToken></wsse:Security></soap:Header>";
    }
}

public static class EmsClient
{
    /// <summary>A step and what was seen, by name and value in turn.</summary>
    static void Say(string step, params object[] seen)
    {
        var line = new StringBuilder("{\"step\": \"" + step + "\"");
        for (int place = 0; place < seen.Length; place += 2) {
            string text = seen[place + 1] as string ?? Convert.ToString(seen[place + 1], CultureInfo.InvariantCulture);
            if (seen[place + 1] is bool) {
                text = text.ToLowerInvariant();
            }
            string shown = seen[place + 1] == null ? "null" : "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
            line.Append(", \"" + seen[place] + "\": " + shown);
        }
        Console.WriteLine(line.Append("}"));
    }

    /// <summary>What a program branches on stands in the fault's detail.</summary>
    static void SayFault(string step, Action call)
    {
        try {
            call();
            Say(step, "code", null);
        } catch (SoapException error) {
            XmlElement fault = error.Detail["VoteCalFault"];
            Say(step, "code", fault["Code"].InnerText, "name", fault["Name"].InnerText, "retryable", fault["Retryable"].InnerText);
        }
    }

    static string Day(DateTime day) { return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture); }

    public static void Main(string[] given)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        string url = given[0], username = given[1];
        SecurityExtension.Username = username;
        SecurityExtension.Secret = given[2];
        var ems = new EmsIntegrationService { Url = url + "/soap/ems-integration" };
        var des = new Des.BatchDataExchangeService { Url = url + "/soap/batch-data-exchange" };

        PingResult ping = ems.Ping();
        Say("ping", "contract", ping.ContractVersion, "county", ping.CountyCode);
        MatchNotice found = List(ems);
        Register(ems, username, given[5], given[6], given[7]);
        Update(ems, username, found.Voter);
        Decide(ems, username, found);
        DmvRecord record;
        SayFault("not_found", () => ems.GetMatchCase(9000000000, out record));
        SecurityExtension.Username = null;
        SayFault("no_credentials", () => ems.Ping());
        SecurityExtension.Username = username;
        ClearQueue(ems);
        Upload(des, File.ReadAllBytes(given[3]), int.Parse(given[4]));
    }

    static MatchNotice List(EmsIntegrationService ems)
    {
        // wsdl.exe makes two arguments of an optional number: the value, and whether it is sent.
        bool more;
        MatchNotice found = ems.ListMatchCases(new[] { CaseState.Open }, new[] { CaseType.DmvCoa }, 0, false, 0, false, out more)[0];
        Voter voter = found.Voter;
        IEnumerable<string> contributions = found.Criteria.Select(one => one.Contribution.ToString("F2", CultureInfo.InvariantCulture));
        Say("list", "case_id", found.MatchCaseId, "due_on", Day(found.DueOn), "first_name", voter.FirstName, "middle_name", voter.MiddleName,
            "last_name", voter.LastName, "suffix", voter.Suffix, "date_of_birth", Day(voter.DateOfBirth),
            "contributions", string.Join(" ", contributions), "more", more);
        return found;
    }

    static void Register(EmsIntegrationService ems, string username, string firstName, string lastName, string dateOfBirth)
    {
        var registration = new Registration {
            Name = new RegistrationName { FirstName = firstName, LastName = lastName, MiddleName = "O'Brien & Łuk" },
            DateOfBirth = DateTime.Parse(dateOfBirth, CultureInfo.InvariantCulture),
            DateOfBirthSpecified = true,
            ResidenceAddress = new RegistrationResidence {
                HouseNumber = "12", StreetName = "River", StreetType = "AVE", City = "Sacramento", State = "CA", ZipCode = "95814",
            },
            RegistrationDate = new DateTime(2026, 1, 5),
            RegistrationDateSpecified = true,
        };
        RegistrationResult registered = ems.RegisterVoter(username + "-register", "CLIENT-1", registration, null);
        Say("register", "outcome", registered.RegistrationOutcome, "state_voter_id", registered.StateVoterId, "record_version", registered.RecordVersion);
        // Sent again after a broken connection: the same answer, and nobody registered twice.
        Say("resend", "state_voter_id", ems.RegisterVoter(username + "-register", "CLIENT-1", registration, null).StateVoterId);
        SayFault("reused_id", () => ems.RegisterVoter(username + "-register", "CLIENT-2", registration, null));
    }

    static void Update(EmsIntegrationService ems, string username, Voter voter)
    {
        // The base version is the one that the county saw: a change at the state meanwhile is not overwritten.
        var change = new Registration { Phone = "9165550100" };
        VoterUpdateResult updated = ems.UpdateVoter(
            username + "-update", voter.StateVoterId, null, voter.RecordVersion, DateTime.MinValue, false, change, null, null);
        Say("update", "outcome", updated.Outcome, "record_version", updated.RecordVersion);
    }

    static void Decide(EmsIntegrationService ems, string username, MatchNotice found)
    {
        const string basis = "Signature agrees – «certain» ✓";
        MatchCaseResult decided = ems.DecideMatchCase(username + "-decide", found.MatchCaseId, found.CaseVersion, CaseDecision.Accept, basis, null, null, null);
        Say("decide", "state", decided.CaseState, "case_version", decided.CaseVersion, "record_version", decided.RecordVersion);
        SayFault("conflict", () => ems.DecideMatchCase(username + "-late", found.MatchCaseId, found.CaseVersion, CaseDecision.Accept, basis, null, null, null));
    }

    static void ClearQueue(EmsIntegrationService ems)
    {
        long remaining;
        Message[] messages = ems.GetMessageQueue(5, true, true, true, 0, false, out remaining);
        Say("queue", "types", string.Join(" ", messages.Select(message => message.MessageHeader.MessageType)), "remaining", remaining);
        IEnumerable<Clearance> clearances = messages.Select(
            message => new Clearance { MessageId = message.MessageHeader.MessageId, ClearOutcome = ClearOutcome.Processed });
        Say("clear", "results", string.Join(" ", ems.ClearMessages(clearances.ToArray()).Select(cleared => cleared.ClearResult)));
        ems.GetMessageQueue(5, true, false, false, 0, false, out remaining);
        Say("poll", "remaining", remaining);
    }

    static void Upload(Des.BatchDataExchangeService des, byte[] content, int recordCount)
    {
        long job = des.GetPendingJobs()[0].JobId;
        des.AcknowledgeJob(job, Des.JobDecision.Started, null);
        string sha256 = BitConverter.ToString(SHA256.Create().ComputeHash(content)).Replace("-", "");
        int limit;
        string address, token;
        DateTime expires;
        bool expiresSpecified;
        Des.UploadProgress begun = des.BeginUpload(
            job, content.Length, sha256, recordCount, Des.Compression.None, out limit, out address, out token, out expires, out expiresSpecified);
        long offset = begun.NextOffset;
        while (offset < content.Length) {
            // The answer names the next offset: after a break, GetUploadStatus does.
            byte[] chunk = new byte[Math.Min(limit, content.Length - offset)];
            Array.Copy(content, offset, chunk, 0, chunk.Length);
            offset = des.AppendChunk(begun.UploadId, offset, chunk).NextOffset;
        }
        long next = des.GetUploadStatus(begun.UploadId).NextOffset;
        Des.JobState state;
        des.CompleteUpload(begun.UploadId, out state);
        Say("upload", "job_id", job, "next_offset", next, "job_state", state);
    }
}
