"""Do indicators store and answer on a real PostgreSQL what their arithmetic says?"""
