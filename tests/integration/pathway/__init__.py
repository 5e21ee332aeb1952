"""Does pathway work with its real database, broker and wiring?"""
