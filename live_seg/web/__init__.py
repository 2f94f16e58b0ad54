"""The web page: the live loop with its controls, photos, and a JSON API."""
