"""XML to domain and back: the only code that knows element names. Files, parser, schemas, bindings, batch reader and writer."""
