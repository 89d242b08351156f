"""A sandbox for EMS vendors: the state's services over throw-away data in which every operation finds something to answer."""
