"""Settings from the environment, addresses, the ASGI application."""
