"""The continuity test's own machinery: schedule, load, proxy, gateway, clients and figures."""
