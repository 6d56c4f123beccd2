"""Mails that come in: what one says, what of it is the sender's own, and what is passed over."""
