"""`docs/contract-ws-i.md` has one row a rule of WS-I Basic Profile 1.1 and 2.0, and the tests that it names are there and run for that version of SOAP."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "contract-ws-i.md").read_text(encoding="utf-8")
SOURCES = "".join(
    (ROOT / "tests" / path).read_text(encoding="utf-8") for path in ("contract/test_ws_i_description.py", "integration/soap/test_ws_i_messages.py")
)
TESTS = dict(re.findall(r"^def (test_\w+)\((.*)\):$", SOURCES, re.MULTILINE))

RULES_OF_1_1 = """
0001 1000 1001 1002 1003 1004 1005 1006 1007 1008 1009 1010 1011 1012 1013 1014 1015 1016 1017 1018 1019 1025 1027 1028 1029 1030 1031 1032
1033 1034 1107 1108 1109 1111 1112 1113 1114 1115 1119 1120 1121 1122 1123 1124 1125 1126 1127 1130 1131 1132 1140 1141 2001 2002 2003 2004
2005 2007 2008 2009 2010 2011 2022 2023 2025 2026 2027 2028 2029 2030 2101 2102 2105 2110 2111 2112 2113 2114 2201 2202 2203 2204 2205 2206
2207 2208 2209 2210 2211 2212 2213 2214 2301 2302 2303 2304 2305 2306 2401 2701 2702 2705 2706 2707 2709 2710 2711 2712 2714 2716 2717 2718
2719 2720 2721 2722 2723 2724 2725 2726 2727 2729 2735 2737 2738 2739 2740 2741 2742 2743 2744 2745 2747 2748 2749 2750 2751 2752 2753 2754
2755 2800 2801 2803 3002 3003 3010 3011 3100 4001 4002 4003 4004 4005 5000 5001 5010 9700 9701 9702 9703 9704 9800 9801 9802 9980 9981
"""
RULES_OF_2_0 = """
0001 1008 1009 1010 1012 1014 1017 1018 1019 1020 1021 1022 1029 1032 1033 1035 1036 1040 1041 1107 1109 1111 1112 1121 1122 1124 1130 1140
1141 1142 1143 1144 1145 1146 1147 1148 1149 1152 1153 1154 1155 1156 1157 1158 1160 1161 1162 1163 1202 1203 1204 2001 2002 2003 2004 2005
2007 2008 2009 2010 2011 2022 2023 2025 2026 2027 2028 2029 2030 2101 2102 2105 2110 2111 2112 2113 2114 2115 2116 2179 2201 2202 2203 2204
2205 2206 2207 2208 2209 2210 2211 2212 2213 2214 2301 2302 2303 2304 2305 2306 2401 2701 2702 2705 2706 2707 2709 2710 2711 2712 2714 2716
2717 2718 2720 2721 2722 2723 2724 2725 2726 2727 2729 2735 2737 2738 2739 2740 2741 2742 2743 2744 2747 2748 2749 2751 2752 2753 2754 2755
2756 2757 2758 2759 2760 2761 2800 2801 2803 2900 2901 3002 3003 3010 3011 3100 4002 4003 4004 4005 4006 4007 5000 5001 5010 9701 9980 9981
"""
"""The numbers of the published texts: 1.1 with Simple SOAP Binding Profile 1.0, and 2.0 without R9999, which is an example."""

SOAP = {"1.1": "soap_1_1", "2.0": "soap_1_2"}
both = pytest.mark.parametrize(("profile", "rules"), [("1.1", RULES_OF_1_1.split()), ("2.0", RULES_OF_2_0.split())])


def rows(profile):
    sections = "".join(re.findall(rf"^## Basic Profile {re.escape(profile)}: (.*?)(?=^## )", DOCUMENT, re.MULTILINE | re.DOTALL))
    found = re.findall(r"^\| R(\d{4}) \| [^|]+ \| ([^|]+) \|$", sections, re.MULTILINE)
    assert len(found) == len(dict(found))
    return dict(found)


@both
def test_every_rule_has_one_row_with_a_test_or_a_reason(profile, rules):
    assert sorted(rows(profile)) == sorted(rules)
    assert [cell for cell in rows(profile).values() if not re.match(r"`test_\w+`|not checked: \w|not as it stands: \w", cell)] == []


def test_every_test_that_is_named_is_there_and_every_test_of_a_rule_is_named():
    assert set(re.findall(r"`(test_\w{8,})`", DOCUMENT)) == set(TESTS)


@both
def test_a_test_that_names_a_rule_stands_in_that_rules_row(profile, rules):
    cells, other = rows(profile), SOAP["2.0" if profile == "1.1" else "1.1"]
    for name in TESTS:
        for rule in set(re.findall(r"(?<=_)r(\d{4})(?=_)", name)) & set(rules):
            assert other in name or f"`{name}`" in cells[rule], (name, rule)


@both
def test_a_row_names_only_tests_that_speak_that_version_of_soap(profile, rules):
    other = SOAP["2.0" if profile == "1.1" else "1.1"]
    for rule in rules:
        cell = rows(profile)[rule]
        for name in re.findall(r"`(test_\w+)`", cell) if cell.startswith("`") else []:
            assert other not in name, (rule, name)
            assert re.search(r"\b(version|wsdl|query)\b", TESTS[name]) or SOAP[profile] in name or name.startswith("test_r2725"), (rule, name)
