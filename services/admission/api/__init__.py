"""How is admission spoken to over HTTP? Routes and the shapes of requests and answers."""
