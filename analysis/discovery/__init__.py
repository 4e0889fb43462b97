"""Formulations that no lexicon knows yet: quoted, numbered, listed in parallel, or simply fixed."""
