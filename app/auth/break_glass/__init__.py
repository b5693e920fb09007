"""Break-glass accounts for when no login provider answers: password and code (TOTP), or a passkey.

`accounts.py` makes them and checks what is typed, `keys.py` does the passkeys, `views.py` and
`key_views.py` are the pages; `loket breakglass` is the only way to make an account or a link that
adds a key.
"""
