"""Nothing is lost, and both sides can show it: what a publisher recorded against what a consumer holds."""
