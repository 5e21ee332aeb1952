"""What pathway decides: its domain and edges, without a database or a broker."""
