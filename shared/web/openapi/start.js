// Shows the document of the service that served this page. A key that is entered stays in this page.
// The moment that stands for the present in examples, EXAMPLE_MOMENT, becomes the real one.
fetch("openapi.json")
  .then((answer) => answer.text())
  .then((text) => {
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    SwaggerUIBundle({
      spec: JSON.parse(text.replaceAll("2026-11-28T09:30:00Z", now)),
      dom_id: "#reference",
      deepLinking: true,
      displayRequestDuration: true,
      defaultModelsExpandDepth: 0,
      tryItOutEnabled: true,
      validatorUrl: null,
    });
  });
