"""The county side, a real client: a small reference EMS, the DES agent, the queue consumer."""
