"""Both sides prove that nothing is lost: what a publisher recorded against what a consumer holds."""
