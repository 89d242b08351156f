"""The VoteCal Application: pages for people at SOS and in the counties, made on the server and usable without a script.

Flask translates requests into commands of use cases, and their results into pages; nothing here decides anything.
"""
