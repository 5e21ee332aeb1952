"""The spine: how an event travels from the transaction that published it to every service, exactly once."""
