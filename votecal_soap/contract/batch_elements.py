"""The elements of the batch file and the voter's fields that they carry: the one table of the translation (VRU-05)."""

from typing import Final

from votecal_soap.contract.batch_writer import NAMESPACE

Q: Final = "{" + NAMESPACE + "}"

NAME: Final = {
    "FirstName": "first_name",
    "LastName": "last_name",
    "MiddleName": "middle_name",
    "Prefix": "prefix",
    "Suffix": "suffix",
}
RESIDENCE_ADDRESS: Final = {
    "HouseNumber": "house_number",
    "HouseNumberSuffix": "house_number_suffix",
    "StreetPreDirection": "street_pre_direction",
    "StreetName": "street_name",
    "StreetType": "street_type",
    "StreetPostDirection": "street_post_direction",
    "UnitType": "unit_type",
    "UnitNumber": "unit_number",
    "City": "residence_city",
    "State": "residence_state",
    "ZipCode": "residence_zip_code",
}
MAILING_ADDRESS: Final = {
    "AddressLine1": "mailing_line1",
    "AddressLine2": "mailing_line2",
    "AddressLine3": "mailing_line3",
    "City": "mailing_city",
    "State": "mailing_state",
    "ZipCode": "mailing_zip_code",
    "Country": "mailing_country",
}
HOME_PRECINCT: Final = {"PrecinctCode": "home_precinct", "PrecinctPart": "home_precinct_part"}
SINGLE: Final = {
    "DateOfBirth": "date_of_birth",
    "DriversLicense": "drivers_license",
    "Ssn4": "ssn4",
    "Gender": "gender",
    "Language": "language",
    "Party": "party",
    "Phone": "phone",
    "Email": "email",
    "RegistrationDate": "registration_date",
    "Status": "status",
    "StatusReason": "status_reason",
}
REGISTRATION_ORDER: Final = (
    *("Name", "DateOfBirth", "DriversLicense", "Ssn4", "Gender", "Language", "Party", "Phone", "Email"),
    *("ResidenceAddress", "MailingAddress", "HomePrecinct", "RegistrationDate", "Status", "StatusReason"),
)
"""The children of Registration as the schema orders them."""

GROUP_PARTS: Final = {"Name": NAME, "ResidenceAddress": RESIDENCE_ADDRESS, "MailingAddress": MAILING_ADDRESS, "HomePrecinct": HOME_PRECINCT}

REFS: Final = {
    **{field: f"Registration/{element}" for element, field in SINGLE.items()},
    **{field: f"Registration/{group}/{element}" for group, parts in GROUP_PARTS.items() for element, field in parts.items()},
    "voting_precinct": "VotingPrecinct/PrecinctCode",
    "voting_precinct_part": "VotingPrecinct/PrecinctPart",
    "election_id": "VotingPrecinct/ElectionId",
}
"""Field to its XPath inside a record, for error places."""

REGISTRATION: Final = Q + "Registration"
VOTING_PRECINCT: Final = Q + "VotingPrecinct"
STATE_VOTER_ID: Final = Q + "StateVoterId"
EMS_VOTER_ID: Final = Q + "EmsVoterId"
BASE_VERSION: Final = Q + "BaseVersion"
EFFECTIVE_DATE: Final = Q + "EffectiveDate"
ELECTION_ID: Final = Q + "ElectionId"
PRECINCT_CODE: Final = Q + "PrecinctCode"
PRECINCT_PART: Final = Q + "PrecinctPart"
