"""How good matching is on labelled people, ours or anybody's (`votecal match evaluate`)."""
