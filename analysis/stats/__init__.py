"""Statistics: a Dfm or an occurrence table in, a plain DataFrame out. The document is the unit throughout."""
