"""The HTTP API; ``docs/api.md`` describes it, ``api.app.create_app`` makes it."""
