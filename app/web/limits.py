"""Rate limits per address for what is expensive or worth guessing (threat 10)."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# A class of thirty teachers shares one address: limits are per minute and generous.
limiter = Limiter(get_remote_address)
