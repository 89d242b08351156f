"""The demonstration: every part real and joined up, a made-up county, and situations planted so that every outcome occurs."""
