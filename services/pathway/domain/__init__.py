"""What is true of a person's pathway, given the set of events stated about the person?"""
