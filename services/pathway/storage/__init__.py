"""Says SQL: where events, pathways and expectations are stored, and the statements on them."""
