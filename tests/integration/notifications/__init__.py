"""Does the notifications engine keep its promises on a real PostgreSQL, with channels that a test scripts?"""
