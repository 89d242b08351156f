"""The message and file schemas of VoteCal: the source that the WSDLs and the batch readers are built on."""
