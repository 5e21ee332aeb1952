"""Does docker-compose.yml agree with the repository? One file for each thing that can disagree."""
