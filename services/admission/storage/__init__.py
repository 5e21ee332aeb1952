"""Where do submissions, identities and keys rest? Tables and queries; the only room that says SQL."""
