"""Is the continuity test's own machinery right: its schedule, load, proxy, gateway, clients and figures?"""
