"""One function per thing a user does; each is one transaction."""
