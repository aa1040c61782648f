"""An identity provider for tests: signs tokens, and publishes its keys."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

ISSUER, AUDIENCE = "https://id.example.com", "shipfrom"


class Issuer:
    """Has one key at a time."""

    def __init__(self, kid: str = "first") -> None:
        self.kid = kid
        self._key = ec.generate_private_key(ec.SECP256R1())

    def entry(self) -> dict[str, Any]:
        """Return the public key as an entry of a key set."""
        entry = json.loads(ECAlgorithm.to_jwk(self._key.public_key()))
        return {**entry, "kid": self.kid, "alg": "ES256", "use": "sig"}

    def write(self, path: Path) -> Path:
        """Write the key set."""
        path.write_text(json.dumps({"keys": [self.entry()]}), encoding="utf-8")
        return path

    def claims(self, now: datetime, roles: Any, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good token; `changes` of None take one away."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "somebody",
            "iat": now,
            "exp": now + timedelta(hours=1),
            "roles": roles,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, now: datetime, roles: Any, **changes: Any) -> str:
        """Return a signed token."""
        claims = self.claims(now, roles, **changes)
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self.kid})
