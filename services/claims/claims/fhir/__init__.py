"""Standard interchange (P.08): covers and claims as FHIR R4 Coverage, Claim and ClaimResponse, to read and search."""
