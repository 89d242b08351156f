"""votecal-soap: what lies between California's voter registration system and 58 county election management systems."""

CONTRACT_VERSION = "1.4"
"""Version of the WSDLs, messages and files that this package speaks."""
