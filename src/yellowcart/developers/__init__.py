"""The open platform: applications of integrators, their tokens, and the webhooks they hear by."""
