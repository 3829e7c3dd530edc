"""Incident triage: decides on security alerts and acts on them."""
