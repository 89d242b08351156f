"""What is true whatever the wire or the database: the words of VoteCal's use cases, standard library only."""
