"""Where are events, pathways and expectations kept, and by which statements?"""
