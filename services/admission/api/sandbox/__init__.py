"""The sandbox: says what would become of what is sent, by the functions of the doors, and stores nothing."""
