"""Prints a new RSA key, for an issuer of tokens: PKCS #8, DER, base64. The local system's own crates make none."""

import base64

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
print(base64.b64encode(der).decode())
