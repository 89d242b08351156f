"""The Search Service: who on the roll may be the person described, how sure that is, and why (COA-04, COA-05, EWS-08).

standardise → match keys → candidates → comparison levels → weights → confidence → family rules. Numbers and words
only: the roll itself is reached through `CandidateIndex`, which the database implements. docs/matching.md explains it.
"""
