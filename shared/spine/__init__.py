"""The spine: how an event gets from the transaction that published it to every service, exactly once."""
