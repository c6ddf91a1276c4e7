"""Every outbound byte: which addresses may be spoken to, fetching, delivering, webhooks."""
