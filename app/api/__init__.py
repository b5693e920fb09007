"""The API for programs outside: every request is of an opening, every error a problem document."""
