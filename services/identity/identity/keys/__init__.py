"""Signing keys of access tokens and the JWKS."""
