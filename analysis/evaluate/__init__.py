"""Measurements: how right Tifa is, on corpora whose answers are known."""
