"""What a consumer does about differences: it compares, pulls what is missing and fills holes."""
