"""Break-glass accounts: password and code (TOTP, RFC 6238) for when no login provider answers.

`accounts.py` makes them and checks what is typed, `views.py` is the page; `loket breakglass` is
the only way to make one.
"""
