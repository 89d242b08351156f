"""How a clerk sees match cases and voters found."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from votecal_soap.cli import output
from votecal_soap.search.family_rules import rule_text

if TYPE_CHECKING:
    from votecal_soap.contract.received_cases import ReceivedCase, ReceivedFoundVoter
    from votecal_soap.contract.received_matches import ReceivedCriterion, ReceivedMatch, ReceivedVoter
    from votecal_soap.contract.received_voters import ReceivedRecord
    from votecal_soap.county.registration import EnteredVoter


def show_cases(cases: "Sequence[ReceivedMatch]", as_json: bool) -> None:
    """A line a case."""
    if as_json:
        output.show_json([_plain_match(match) for match in cases])
    elif not cases:
        output.console().print("No match case.")
    else:
        columns = ("Case", "State", "Confidence", "Why it waits", "Due", "Voter", "Decides")
        rows = (
            (match.case_id, match.case_state, match.confidence, match.potential_reason or match.cap, match.due_on, _name(match.voter), match.county_code)
            for match in cases
        )
        output.show_table(columns, rows)


def show_case(found: "ReceivedCase", as_json: bool) -> None:
    """One case in full."""
    match = found.match
    if as_json:
        output.show_json({**_plain_match(match), "dmv_record": found.dmv_record})
        return
    output.show_table(("Field", "Level", "Bits", "In words"), _criteria(match.criteria))
    held = f"{match.cap}: {rule_text(match.cap)}" if match.cap else None
    stands = {"Case": match.case_id, "State": f"{match.case_state}, version {match.case_version}", "Confidence": match.confidence, "Held down by": held}
    why = {"Why it waits": match.potential_reason, "Due": match.due_on, "Decides": match.county_code, "Basis": match.basis}
    output.show_fields({**stands, **why, "Voter": _name(match.voter), "Lives at": _address(match.voter.residence), "New address": _address(match.new_address)})
    if found.dmv_record:
        output.console().print("\n[bold]What DMV sent[/bold]")
        output.show_fields({name: _text(value) for name, value in found.dmv_record.items() if name != "Signature"})


def show_found(found: "Sequence[ReceivedFoundVoter]", as_json: bool) -> None:
    """A line a voter, best first."""
    if as_json:
        output.show_json([{**one._asdict(), "voter": _plain_voter(one.voter), "criteria": [item._asdict() for item in one.criteria]} for one in found])
    elif not found:
        output.console().print("No voter was found.")
    else:
        rows = ((one.confidence, "yes" if one.exact else "no", _name(one.voter), one.voter.county_code, one.voter.status) for one in found)
        output.show_table(("Confidence", "Exact", "Voter", "County", "Status"), rows)


def show_registration(voter: "EnteredVoter", result: str, candidates: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """What became of a registration; the candidates whom a clerk has to look at."""
    if as_json:
        output.show_json({"voter": voter.number, "state_uid": voter.state_uid, "result": result, "candidates": list(candidates)})
        return
    output.console().print(f"{voter.number}: {result}{f' as {voter.state_uid}' if voter.state_uid else ''}.", markup=False)
    if candidates:
        rows = [(found["confidence"], _plain_name(found["voter"]), found["voter"]["county_code"], found["voter"]["status"]) for found in candidates]
        output.show_table(("Confidence", "Voter", "County", "Status"), rows)
        output.console().print(f"If it is none of them: votecal county register --voter {voter.number} --none-of-them", markup=False)


def _plain_name(voter: Mapping[str, Any]) -> str:
    texts = voter["texts"]
    parts = (texts.get(name) for name in ("FirstName", "MiddleName", "LastName", "Suffix"))
    return f"{voter['state_voter_id']} {' '.join(filter(None, parts))}, {texts.get('DateOfBirth', '')}"


def _criteria(criteria: "Sequence[ReceivedCriterion]") -> list[tuple[object, ...]]:
    return [(item.field, item.level, f"{item.contribution:+.2f}", item.text) for item in criteria]


def _name(voter: "ReceivedVoter") -> str:
    parts = (voter.texts.get("FirstName"), voter.texts.get("MiddleName"), voter.texts.get("LastName"), voter.texts.get("Suffix"))
    return f"{voter.state_voter_id} {' '.join(filter(None, parts))}, {voter.texts.get('DateOfBirth', '')}"


def _address(address: Sequence[str | None] | None) -> str | None:
    return None if address is None else " ".join(filter(None, address))


def _text(value: object) -> str:
    return " ".join(map(str, value.values())) if isinstance(value, Mapping) else str(value)


def _plain_match(match: "ReceivedMatch") -> dict[str, object]:
    addresses = {name: None if value is None else value._asdict() for name, value in (("new_address", match.new_address),)}
    return {**match._asdict(), **addresses, "criteria": [item._asdict() for item in match.criteria], "voter": _plain_voter(match.voter)}


def _plain_voter(voter: "ReceivedVoter") -> dict[str, object]:
    return {**voter._asdict(), "residence": None if voter.residence is None else voter.residence._asdict()}


def show_record(record: "ReceivedRecord", as_json: bool) -> None:
    """A voter's record with what hangs on it."""
    voter = record.voter
    if as_json:
        entries = [entry._asdict() for entry in record.entries]
        output.show_json({**record._asdict(), "voter": _plain_voter(voter), "entries": entries})
        return
    stands = {"Voter": _name(voter), "County": voter.county_code, "Status": voter.status, "Version": f"{voter.record_version}, now {record.current_version}"}
    others = {name: text for name, text in voter.texts.items() if name not in _TOLD}
    pending = {"Merged from": record.merged_id, "Move not decided until": record.pending_until}
    output.show_fields({**stands, "Lives at": _address(voter.residence), "Mail to": _address(voter.mailing), **others, **pending})
    if not record.own:
        output.console().print("Another county's voter: the rest of the record is for that county.")
    if record.entries:
        rows = [(entry.entry_id, entry.kind, "; ".join(f"{name} {_text(value)}" for name, value in entry.data.items())) for entry in record.entries]
        output.show_table(("Entry", "Kind", "What it says"), rows)


_TOLD = frozenset({"FirstName", "MiddleName", "LastName", "Suffix", "DateOfBirth"})
"""Fields of a voter that stand beside the UID."""
