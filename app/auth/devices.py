"""The browser and the device of a session in words, from what the browser says of itself."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
DEVICES = (
    ("iPad", "een iPad"),
    ("iPhone", "een iPhone"),
    ("Android", "een Android-toestel"),
    ("CrOS", "een Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "een Mac"),
    ("Linux", "Linux"),
)
UNKNOWN = "Een onbekende browser"


def device_in_words(user_agent: str) -> str:
    """As "Firefox op Windows"; nothing of what is sent is kept as it is."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), UNKNOWN)
    device = next((name for sign, name in DEVICES if sign in user_agent), None)
    return f"{browser} op {device}" if device else browser
