"""What every service is built on and that knows no business, in layers; an import never goes upwards."""
