"""How is pathway asked over HTTP? Routes and the shapes of their answers."""
