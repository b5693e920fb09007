"""The settings by subject; `processes.platform.settings` puts them together."""
